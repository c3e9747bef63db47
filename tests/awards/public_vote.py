"""A vote beside which the public votes on a prize of its own; all made up."""

from __future__ import annotations

from awards import casting, elections, public_votes, winners
from awards.casting import Receipt
from awards.models import Election, RollEntry
from awards.verdicts import Stage
from tests.awards.poll import PUBLIC, Poll

PRIZE = '\n[[prizes]]\nkey = "people"\nname.en = "People\'s prize"\n'
OWN_PRIZE = f'{PRIZE}\n[public_vote]\nprize = "people"\n'
BESIDE = PUBLIC + OWN_PRIZE


class Square(Poll):
    """The poll with the public: `citizen` casts the ballot of somebody who was let in."""

    def citizen(self, name: str, *choice: str, category: str = "services") -> Receipt:
        return self.casts(self.let_in(name), *choice, category=category)

    def casts(self, entry: RollEntry, *choice: str, category: str = "services") -> Receipt:
        form = f"the form that {entry.elector} was given"
        found = casting.cast(
            self.session(),  # type: ignore[operator]
            self.edition,
            entry,
            {category: choice},
            form=form,
            nonces={category: f"nonce of {form}"},
            now=self.now,
        )
        return found[category]

    def let_in(self, name: str) -> RollEntry:
        entry = RollEntry(
            edition_id=self.edition.id,
            elector=f"public:{name}",
            email=f"{name}@citizens.example",
            is_public=True,
        )
        self.session.add(entry)
        self.session.flush()
        public_votes.entitle(self.session, self.edition, entry)
        return entry

    def public(self, category: str = "services") -> Election:
        found = public_votes.of_category(self.session, self.edition, category)
        assert found is not None
        return found

    def order_of_the_public(self, *order: str, by: str = "chair") -> None:
        winners.order_level(
            self.session,
            self.edition,
            "services",
            order,
            reason="Nobody else has a garden",
            stage=Stage.PUBLIC,
            actor=getattr(self, by),
            now=self.now,
        )

    def all_elections(self) -> list[Election]:
        return [*self.elections(), *elections.of_the_public(self.session, self.edition)]

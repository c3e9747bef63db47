"""A vote that organisers and a teller run: dated, its finalists announced, its roll frozen; all made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, scoped_session

from awards import accounts, finalists, polls, roll
from awards.audit import Actor
from awards.models import Election, Role
from judging.ballot import Choice
from tests.awards.contest import FINALISTS, Contest
from tests.awards.play import NOW, entry

SIGNERS = '\n[[signatories]]\nname.en = "Example President"\noffice.en = "President"\n'
PUBLIC = SIGNERS + '\n[vote]\nelectorate = "public"\nmethod = "one_choice"\nquorum = "1/2"\n'
TO_JUDGES = PUBLIC + 'below_quorum = "judges"\n'
ELECTORS = ("one", "two", "three", "four")
CLOSES = NOW + timedelta(days=7)
FIVE = (*FINALISTS, "SV-5")
MARKS = dict.fromkeys(FINALISTS, 8) | {"SV-5": 5}


class Poll(Contest):
    """The contest, with the people who run its vote; `now` is what its clock shows."""

    def __init__(
        self,
        session: Session | scoped_session[Session],
        folder: Path,
        more: str = PUBLIC,
        *,
        electors: Sequence[str] = ELECTORS,
        entries: Sequence[tuple[str, ...]] = tuple(entry(name) for name in FIVE),
        **rules: object,
    ) -> None:
        super().__init__(session, folder, rules, more, marks=MARKS, entries=entries)
        self.electors = electors

    def person(self, email: str, *roles: Role) -> Actor:
        account, _ = accounts.find_or_make(
            self.session, email, name=email.partition("@")[0].title(), now=NOW, actor=self.actor
        )
        for role in roles:
            accounts.grant(self.session, account, role, edition=self.edition, actor=self.actor, now=NOW)
        return Actor(account=account, real=account)

    def announced(self) -> Poll:
        """Finalists signed and announced; nothing else is ready."""
        self.shortlisted()
        finalists.announce(self.session, self.edition, actor=self.actor, now=NOW)
        return self

    def ready(self) -> Poll:
        """As `announced`, and the checklist empty."""
        self.announced()
        self.organiser = self.person("organiser@desk.example", Role.ORGANISER)
        self.teller = self.person("teller@desk.example", Role.TELLER)
        self.chair = self.person("chair@desk.example", Role.CHAIR)
        self.closes_at(CLOSES)
        if 'electorate = "public"' in self.more:
            self.enrol(*((it, it.title(), f"{it}@electors.example", "") for it in self.electors))
            roll.freeze(self.session, self.edition, actor=self.actor, now=NOW)
        return self

    def begun(self) -> Poll:
        """As `ready`, and the vote opened by the organiser."""
        self.ready()
        self.begin()
        return self

    def begin(self) -> int:
        return polls.open_vote(
            self.session,
            self.edition,
            seen=polls.stamp(self.session, self.edition),
            key_folder=self.keys,
            actor=self.organiser,
            now=self.now,
        )

    def cast(self, *electors: str, choice: Choice = ("SV-1",), category: str = "services") -> None:
        for it in electors:
            self.ballots((category, it, *choice))

    def over(self) -> Poll:
        """The date of the close has passed, with its grace, and the organiser closes the vote."""
        self.now = CLOSES + timedelta(hours=1)
        polls.close(self.session, self.edition, actor=self.organiser, now=self.now)
        return self

    def elections(self) -> list[Election]:
        from awards import elections

        return list(elections.of_edition(self.session, self.edition))

    def lacks(self, now: datetime = NOW) -> list[str]:
        found = polls.checklist(self.session, self.edition, now, key_folder=self.keys)
        return [it.kind.value for it in found]

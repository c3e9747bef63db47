"""An edition of a programme that comes with Laurels, played by the use cases with marks that are reckoned by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    ballots,
    cycle,
    editions,
    elections,
    finalists,
    judges,
    nominations,
    panels,
    prizes,
    programmes,
    publishing,
    records,
    results,
    rounds,
    screening,
    sheets,
    shortlists,
    submissions,
    winners,
)
from awards.config import ROOT
from awards.models import Assignment, Edition, Nomination, NominationState, Publication, PublicationKind
from awards.timetable import Phase
from judging.record import read_bytes
from judging.recount import Recount, recount
from tests.awards import certified
from tests.awards.play import JUDGE_COLUMNS, NOMINATION_COLUMNS, NOW, judge, operator, table

COLUMNS = (*NOMINATION_COLUMNS, "organisation_kind")
Worth = Callable[[str], int]
"""What every judge's marks of a nomination add up to."""


def spread(total: int, criteria: int) -> list[int]:
    """Marks that add up to a total, as even as can be."""
    whole, more = divmod(total, criteria)
    return [whole + (place < more) for place in range(criteria)]


class Run:
    """Every act is the operator's, who signs for the people of the office."""

    def __init__(
        self, session: Session | scoped_session[Session], folder: Path, key: str, judging: Sequence[str]
    ) -> None:
        self.session, self.keys, self.files = session, folder / "keys", folder / "files"
        self.actor, self.judging = operator(session), judging
        self.act = {"actor": self.actor, "now": NOW}
        text = (ROOT / "seed" / "programmes" / f"{key}.toml").read_text(encoding="utf-8")
        self.edition: Edition = programmes.load(session, text, edition_key=None, **self.act).edition
        self.rules = editions.rules_of(session, self.edition)

    def reach(self, phase: Phase) -> None:
        cycle.reach(self.session, self.edition, phase, key_folder=self.keys, **self.act)

    def nominate(self, *rows: Sequence[str]) -> None:
        """Rows as `play.entry` makes them, with the kind of the organisation as the last cell."""
        self.reach(Phase.NOMINATIONS)
        submissions.load(self.session, self.edition, table(COLUMNS, rows), **self.act)
        self.reach(Phase.SCREENING)

    def screen(self, **refused: str) -> None:
        """Refuse some, by reference, with a reason, and accept whatever nothing is found about."""
        for reference, reason in refused.items():
            screening.decide(
                self.session,
                self.edition,
                reference.replace("_", "-"),
                eligible=False,
                reason=reason,
                **self.act,
            )
        screening.accept_clean(self.session, self.edition, **self.act)

    def judge_first(self, worth: Worth) -> None:
        """The first round, from the panel's seats to the signed shortlists."""
        panel = table(JUDGE_COLUMNS, [judge(name) for name in self.judging])
        judges.load(self.session, self.edition, panel, **self.act)
        self.reach(Phase.FIRST_ROUND)
        self.mark(worth)
        rounds.close_first(self.session, self.edition, **self.act)
        for category in shortlists.sign(self.session, self.edition, **self.act).signed:
            elections.prepare(self.session, self.edition, category, **self.act)
        finalists.announce(self.session, self.edition, **self.act)

    def mark(self, worth: Worth) -> None:
        """A sheet of every judge for whatever they are given in the open round."""
        panels.assign(self.session, self.edition, **self.act)
        keys = [criterion.key for criterion in self.rules.criteria]
        rows = []
        for given in self.session.scalars(
            select(Assignment)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .where(
                Nomination.edition_id == self.edition.id,
                Assignment.round == panels.open_round(self.session, self.edition),
            )
        ):
            reference = given.nomination.reference
            own = self.rules.criteria_of(given.nomination.category)
            marks = dict(zip([it.key for it in own], spread(worth(reference), len(own)), strict=True))
            cells = [str(marks.get(key, "")) for key in keys]
            rows.append((given.judge.account.email, reference, *cells, ""))
        sheets.load(
            self.session, self.edition, table(("judge", "nomination", *keys, "comment"), rows), **self.act
        )

    def vote(self, rankings: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """A ranking of every judge, in the judges' order, for each category."""
        rows = [
            (category, f"{name}@example.org", *ranking)
            for category, its in rankings.items()
            for name, ranking in zip(self.judging, its, strict=True)
        ]
        columns = ("category", "elector", "first", "second", "third", "fourth", "fifth")
        ballots.load(self.session, self.edition, table(columns, rows), **self.act)

    def close_second(self) -> None:
        results.close_second(self.session, self.edition, key_folder=self.keys, **self.act)

    def sign(self) -> None:
        winners.sign(self.session, self.edition, **self.act)

    def give(self, reference: str, prize: str) -> None:
        prizes.give(self.session, self.edition, reference, prize, reason="For its courage.", **self.act)

    def release(self) -> None:
        publishing.release(self.session, self.edition, folder=self.files, **self.act)
        certified.issue(self.session, self.edition, self.act["actor"], self.act["now"])

    def in_state(self, state: NominationState, category: str) -> set[str]:
        found = nominations.of_edition(self.session, self.edition, state)
        return {it.reference for it in found if it.category == category}

    def public(self, kind: PublicationKind) -> dict[str, list[dict[str, str]]]:
        """What the public reads of each category."""
        rows = self.session.scalars(select(Publication).where(Publication.kind == kind))
        return {it.category: list(it.document["rows"]) for it in rows}

    def prizes(self) -> dict[str, dict[str, str]]:
        """The prizes that the public reads of, by category and reference."""
        return {
            category: {row["reference"]: row["prize"] for row in rows}
            for category, rows in self.public(PublicationKind.WINNERS).items()
        }

    def recounted(self, *, public: bool) -> Recount:
        target = BytesIO()
        records.write(self.session, self.edition, target, public=public)
        return recount(read_bytes(target.getvalue()))

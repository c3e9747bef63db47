"""An edition whose shortlist is about to be signed, small enough to reckon its votes by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    ballots,
    cycle,
    editions,
    elections,
    enrolment,
    judges,
    nominations,
    panels,
    programmes,
    results,
    rounds,
    screening,
    sheets,
    shortlists,
    submissions,
    winners,
)
from awards.elections import Turnout
from awards.models import Assignment, Edition, Election, Nomination, Organisation
from awards.models.organisation import Membership
from awards.results import Closed
from awards.timetable import Moment, Phase
from awards.winners import Signed
from tests.awards.play import (
    CRITERIA,
    JUDGE_COLUMNS,
    NOMINATION_COLUMNS,
    NOW,
    entry,
    judge,
    operator,
    programme,
    table,
)

JUDGES = ("ann", "ben", "cho", "dia")
FINALISTS = ("SV-1", "SV-2", "SV-3", "SV-4")
ROLL = ("elector", "name", "email", "organisation")
BALLOTS = ("category", "elector", "first", "second", "third", "fourth")


@dataclass
class Contest:
    """`marks`: what every judge gives each nomination; `more` is added to the small programme's file."""

    session: Session | scoped_session[Session]
    folder: Path
    rules: Mapping[str, object] = field(default_factory=dict)
    more: str = ""
    marks: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(FINALISTS, 8))
    panel: Sequence[tuple[str, ...]] = tuple(judge(name) for name in JUDGES)
    entries: Sequence[tuple[str, ...]] = tuple(entry(name) for name in FINALISTS)

    def __post_init__(self) -> None:
        self.actor, self.now, self.keys = operator(self.session), NOW, self.folder / "keys"
        text = programme(**({"second_round": "vote", "places": 4} | dict(self.rules))) + self.more
        self.edition: Edition = programmes.load(
            self.session, text, edition_key=None, actor=self.actor, now=self.now
        ).edition

    def _reach(self, phase: Phase) -> None:
        cycle.reach(self.session, self.edition, phase, actor=self.actor, now=self.now, key_folder=self.keys)

    def judged(self) -> Contest:
        """Nominations taken in, marked, and the first round closed."""
        self.marked()
        rounds.close_first(self.session, self.edition, actor=self.actor, now=self.now)
        return self

    def marked(self) -> None:
        """Nominations taken in and marked."""
        act = {"actor": self.actor, "now": self.now}
        self.nominate()
        self._reach(Phase.SCREENING)
        screening.accept_clean(self.session, self.edition, **act)
        judges.load(self.session, self.edition, table(JUDGE_COLUMNS, self.panel), **act)
        self._reach(Phase.FIRST_ROUND)
        panels.assign(self.session, self.edition, **act)
        self.mark()

    def nominate(self) -> None:
        self._reach(Phase.NOMINATIONS)
        taken = table(NOMINATION_COLUMNS, self.entries)
        submissions.load(self.session, self.edition, taken, actor=self.actor, now=self.now)

    def mark(self) -> None:
        """A sheet of every judge for whatever is given out in the open round."""
        rows = []
        of_round = panels.open_round(self.session, self.edition)
        for assignment in self.session.scalars(
            select(Assignment)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .where(Nomination.edition_id == self.edition.id, Assignment.round == of_round)
        ):
            mark = str(self.marks[assignment.nomination.reference])
            own = assignment.nomination.category == "services"
            cells = (mark if own else "", mark)
            rows.append((assignment.judge.account.email, assignment.nomination.reference, *cells, ""))
        columns = ("judge", "nomination", *CRITERIA, "comment")
        sheets.load(self.session, self.edition, table(columns, rows), actor=self.actor, now=self.now)

    def shortlisted(self) -> Contest:
        """As `judged`, and every shortlist signed and its election made."""
        self.judged()
        self.shortlist()
        return self

    def shortlist(self) -> None:
        signed = shortlists.sign(self.session, self.edition, actor=self.actor, now=self.now).signed
        for category in signed:
            elections.prepare(self.session, self.edition, category, actor=self.actor, now=self.now)

    def opened(self) -> Contest:
        """As `shortlisted`, and the second round open."""
        self.shortlisted()
        self.open()
        return self

    def open(self) -> None:
        self._reach(Phase.SECOND_ROUND)

    def closes_at(self, moment: datetime) -> None:
        """State when the vote closes."""
        editions.set_moment(
            self.session,
            self.edition,
            Moment.VOTE_CLOSE,
            moment.replace(tzinfo=None),
            zone="UTC",
            actor=self.actor,
            now=self.now,
        )

    def enrol(self, *rows: Sequence[str]) -> enrolment.RollLoaded:
        """Rows of elector, name, email, organisation."""
        return enrolment.load(self.session, self.edition, table(ROLL, rows), actor=self.actor, now=self.now)

    def vote(self, *rows: Sequence[str]) -> dict[str, int]:
        """Rows of elector and choices, in the category services."""
        return self.ballots(*(("services", *row) for row in rows))

    def ballots(self, *rows: Sequence[str]) -> dict[str, int]:
        """Rows of category, elector and choices."""
        return ballots.load(self.session, self.edition, table(BALLOTS, rows), actor=self.actor, now=self.now)

    def close(self) -> Closed:
        return results.close_second(
            self.session, self.edition, key_folder=self.keys, actor=self.actor, now=self.now
        )

    def sign(
        self, category: str | None = None, order: Sequence[str] = (), reason: str = ""
    ) -> tuple[Signed, ...]:
        if category and order:
            winners.order_level(
                self.session, self.edition, category, order, reason=reason, actor=self.actor, now=self.now
            )
        return winners.sign(self.session, self.edition, category=category, actor=self.actor, now=self.now)

    def election(self, category: str = "services") -> Election:
        return elections.of_category(self.session, self.edition, category)[-1]

    def turnout(self) -> tuple[Turnout, ...]:
        return elections.turnout(self.session, elections.of_edition(self.session, self.edition))

    def nomination(self, reference: str) -> Nomination:
        return nominations.find(self.session, self.edition, reference)

    def prizes(self, category: str = "services") -> dict[str, str | None]:
        """The prize of each nomination in the frozen result."""
        document = results.frozen(self.session, self.edition)[category].document
        return {row["nomination"]: row["prize"] for row in document["rows"]}


def member(
    session: Session | scoped_session[Session],
    name: str,
    *,
    kind: str = "city",
    country: str = "KR",
    **more: object,
) -> Organisation:
    """A full member of the association."""
    found = Organisation(
        name=name, folded=name.casefold(), kind=kind, country=country, membership=Membership.FULL, **more
    )
    session.add(found)
    session.flush()
    return found


def address(name: str) -> str:
    return f"{name}@example.org"

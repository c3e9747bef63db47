"""An edition on its way through the first round, by the use cases, with rules small enough to reckon by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from awards import (
    cycle,
    editions,
    judges,
    nominations,
    panels,
    programmes,
    rounds,
    screening,
    sheets,
    submissions,
)
from awards.audit import Actor
from awards.judges import JudgesLoaded
from awards.models import Account, Edition, FrozenStanding, Nomination
from awards.panels import Assigned
from awards.sheets import SheetsLoaded
from awards.tables import Row, Table
from awards.timetable import Phase

NOW = datetime(2014, 9, 1, 9, 30, tzinfo=UTC)
KEY = "small-prize"
CRITERIA = ("services", "impact")
JUDGE_COLUMNS = ("name", "email", "organisation", "city", "country", "languages", "categories")
NOMINATION_COLUMNS = (
    "reference", "category", "nominee_kind", "title", "organisation", "city", "country", "summary", "partners",
)  # fmt: skip

PROGRAMME = """
key = "small-prize"
languages = ["en"]
working_language = "en"
name.en = "Small Prize"
honours.en = "Good practice."
association.en = "An association of imagined cities"
second_round = "{second_round}"
standing = "{standing}"
slate = "{slate}"
record = "{record}"
minimum_nominations = {minimum_nominations}

[scale]
lowest = 1
highest = {highest}

[sheets]
minimum = {minimum}
everyone_up_to = {everyone_up_to}
per_nomination = {per_nomination}

[conflicts]
same_country = "{same_country}"

[shortlist]
places = {places}
ladder = [{ladder}]

[readings]
budget = {budget}
most = {most}

[practice]
offered = {practice}

[[criteria]]
key = "services"
weight = {weight}
name.en = "Services"
text.en = "Services."

[[criteria]]
key = "impact"
weight = 1
name.en = "Impact"
text.en = "Impact."

[[categories]]
key = "services"
name.en = "Services"
text.en = "Services."

[[categories]]
key = "openness"
name.en = "Openness"
text.en = "Openness."
criteria = ["impact"]

[[prizes]]
key = "best"
name.en = "Best prize"
"""

DEFAULTS: Mapping[str, object] = {
    "highest": 10,
    "weight": 1,
    "second_round": "none",
    "standing": "mean",
    "slate": "finalists",
    "record": "finalists",
    "minimum_nominations": 1,
    "minimum": 1,
    "everyone_up_to": 100,
    "per_nomination": 2,
    "same_country": "off",
    "places": 2,
    "ladder": '"chair", "lot"',
    "budget": 0,
    "most": 4,
    "practice": "false",
}


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A spreadsheet as it is read: the header is row 1."""
    return Table(
        tuple(columns),
        tuple(Row(number, dict(zip(columns, row, strict=False))) for number, row in enumerate(rows, start=2)),
    )


def programme(**rules: object) -> str:
    """The small programme, with other rules than by default."""
    return PROGRAMME.format(**(DEFAULTS | rules))


def operator(session: Session) -> Actor:
    account = Account(name="tester", operator=True, active=False, created_at=NOW)
    session.add(account)
    session.flush()
    return Actor(account=account, real=account, operator=True)


@dataclass
class Play:
    """One edition, and the operator who moves it."""

    session: Session
    folder: Path
    rules: Mapping[str, object] = field(default_factory=dict)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.actor = operator(self.session)
        self.edition: Edition = programmes.load(
            self.session, programme(**self.rules), edition_key=None, actor=self.actor, now=self.now
        ).edition

    def reach(self, phase: Phase) -> None:
        cycle.reach(
            self.session, self.edition, phase, actor=self.actor, now=self.now, key_folder=self.folder / "keys"
        )

    def nominate(self, *rows: Sequence[str], accept: bool = True) -> None:
        """Rows of reference, category, kind, title, organisation, city, country, summary, partners."""
        self.reach(Phase.NOMINATIONS)
        submissions.load(
            self.session, self.edition, table(NOMINATION_COLUMNS, rows), actor=self.actor, now=self.now
        )
        self.reach(Phase.SCREENING)
        if accept:
            screening.accept_clean(self.session, self.edition, actor=self.actor, now=self.now)

    def seat(self, *rows: Sequence[str]) -> JudgesLoaded:
        """Rows of name, email, organisation, city, country, languages, categories."""
        return judges.load(
            self.session, self.edition, table(JUDGE_COLUMNS, rows), actor=self.actor, now=self.now
        )

    def assign(self, *, per_nomination: int | None = None, seed: str | None = None) -> Assigned:
        if self.edition.phase is not Phase.SECOND_ROUND:
            self.reach(Phase.FIRST_ROUND)
        return panels.assign(
            self.session,
            self.edition,
            actor=self.actor,
            now=self.now,
            per_nomination=per_nomination,
            seed=seed,
        )

    def mark(
        self, *rows: Sequence[str], columns: Sequence[str] = ("judge", "nomination", *CRITERIA, "comment")
    ) -> SheetsLoaded:
        """Rows of judge, nomination, a mark for each criterion, comment."""
        return sheets.load(self.session, self.edition, table(columns, rows), actor=self.actor, now=self.now)

    def close(self) -> tuple[FrozenStanding, ...]:
        return rounds.close_first(self.session, self.edition, actor=self.actor, now=self.now)

    def nomination(self, reference: str) -> Nomination:
        return nominations.find(self.session, self.edition, reference)

    def again(self) -> Edition:
        """The edition as the database has it now."""
        return editions.find(self.session, self.edition.key)


def entry(
    reference: str,
    category: str = "services",
    *,
    title: str = "",
    organisation: str = "",
    city: str = "",
    country: str = "KR",
    summary: str = "Shared.",
    partners: str = "",
) -> tuple[str, ...]:
    """A row of nominations; by default of an imagined city of its own."""
    town = city or organisation or f"Town of {reference}"
    return (
        reference,
        category,
        "project",
        title or f"Project {reference}",
        organisation or town,
        town,
        country,
        summary,
        partners,
    )


def judge(
    name: str,
    *,
    organisation: str = "",
    city: str = "Elsewhere",
    country: str = "NZ",
    languages: str = "en",
    categories: str = "",
) -> tuple[str, ...]:
    """A row of judges; by default of an institute of their own, far away."""
    return (
        f"{name.title()} Fictional",
        f"{name}@example.org",
        organisation or f"Institute of {name.title()}",
        city,
        country,
        languages,
        categories,
    )


@contextmanager
def statements(session: scoped_session[Session]) -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        run.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(engine, "before_cursor_execute", note)

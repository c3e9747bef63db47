"""What tests of the use cases start from: an operator, a small edition, tables as a spreadsheet gives them."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session, scoped_session

from awards import editions, programmes, submissions
from awards.audit import Actor
from awards.models import Account, Edition
from awards.tables import Row, Table
from awards.timetable import ORDER, Phase

Work = Session | scoped_session[Session]

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
SEED = Path(__file__).resolve().parents[2] / "seed"

PROGRAMME = """
key = "{programme}"
languages = ["en"]
working_language = "en"
name.en = "Invented Awards"
honours.en = "What nobody has done."
association.en = "Society of Invented Cities"
[[criteria]]
key = "value"
name.en = "Value"
[[prizes]]
key = "best"
name.en = "Best Prize"
[[categories]]
key = "services"
name.en = "Services"
[[categories]]
key = "mobility"
name.en = "Mobility"
nominee_kinds = ["project"]
[eligibility]
{eligibility}
{fields}
"""


def operator(session: Work, name: str = "operator") -> Actor:
    account = Account(name=name, operator=True, active=False, created_at=NOW)
    session.add(account)
    session.flush()
    return Actor(account=account, real=account, operator=True)


def edition_of(
    session: Work,
    actor: Actor,
    *,
    key: str = "2026",
    programme: str = "invented",
    eligibility: str = "",
    fields: str = "",
    phase: Phase = Phase.NOMINATIONS,
) -> Edition:
    """An edition of a small programme with two categories, moved to a phase."""
    text = PROGRAMME.format(programme=programme, eligibility=eligibility, fields=fields)
    edition = programmes.load(session, text, edition_key=key, actor=actor, now=NOW).edition
    move(session, edition, phase, actor)
    return edition


def move(session: Work, edition: Edition, phase: Phase, actor: Actor) -> None:
    """Take every step up to a phase, without what the phases ask for before they open."""
    for step in ORDER[ORDER.index(edition.phase) + 1 : ORDER.index(phase) + 1]:
        editions.advance(session, edition, step, actor=actor, now=NOW)


def table_of(*rows: dict[str, str]) -> Table:
    """Rows as a spreadsheet gives them, the header being row 1."""
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    filled = [{name: row.get(name, "") for name in columns} for row in rows]
    return Table(columns, tuple(Row(number, row) for number, row in enumerate(filled, start=2)))


def nomination_row(reference: str, **cells: str) -> dict[str, str]:
    """A row of a file of nominations, like every other one but for what is named."""
    return {
        "reference": reference,
        "category": "services",
        "nominee_kind": "project",
        "title": f"Project {reference}",
        "organisation": f"City of {reference}",
        "city": f"Town {reference}",
        "country": "KR",
        **cells,
    }


def nominate(session: Work, edition: Edition, actor: Actor, *rows: dict[str, str]) -> submissions.Loaded:
    return submissions.load(session, edition, table_of(*rows), actor=actor, now=NOW)

"""Answers in a file of nominations: rows, choices and contacts in cells, in the shape in which forms store them."""

from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import nominations, reviews
from awards.audit import Actor
from awards.eligibility import FindingKind
from awards.models import Edition
from awards.tables import FileRefused, Line, Reason
from awards.timetable import Phase
from tests.awards.builders import edition_of, move, nominate, nomination_row, operator

Work = scoped_session[Session]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FORM = """
[[fields]]
key = "problem"
kind = "text"
limit = 3
name.en = "Problem"
[[fields]]
key = "stage"
kind = "choice"
options = [{ key = "pilot", name.en = "Pilot run" }, { key = "full", name.en = "In full operation" }]
name.en = "Stage"
[[fields]]
key = "topics"
kind = "choices"
most = 2
options = [{ key = "water", name.en = "Water" }, { key = "light", name.en = "Light" }, { key = "air", name.en = "Air" }]
name.en = "Topics"
[[fields]]
key = "results"
kind = "rows"
required = true
columns = [
    { key = "indicator", required = true, name.en = "Indicator" },
    { key = "value", kind = "number", required = true, name.en = "Value" },
    { key = "date", kind = "date", name.en = "Date" },
]
name.en = "Results"
[[fields]]
key = "contacts"
kind = "contacts"
name.en = "Contacts"
[[fields]]
key = "started_on"
kind = "date"
name.en = "Started"
"""


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def edition(session: Work, actor: Actor) -> Edition:
    return edition_of(session, actor, fields=FORM)


def content_of(session: Work, edition: Edition, actor: Actor, **cells: str) -> dict[str, Any]:
    nominate(session, edition, actor, nomination_row("A", **cells))
    revision = nominations.standing_revision(nominations.find(session, edition, "A"))
    return {**revision.content, "topics": revision.topics}


def refused(session: Work, edition: Edition, actor: Actor, **cells: str) -> tuple[Line, ...]:
    with pytest.raises(FileRefused) as error:
        nominate(session, edition, actor, nomination_row("A", **cells))
    return error.value.lines


def test_rows_are_separated_by_semicolons_and_their_cells_by_bars(
    session: Work, edition: Edition, actor: Actor
) -> None:
    found = content_of(session, edition, actor, results="Days | 35 | 2025. 12.; Visits|1,200; ;")

    assert found["results"] == [
        {"indicator": "Days", "value": "35", "date": "2025-12"},
        {"indicator": "Visits", "value": "1,200", "date": ""},
    ]


def test_options_are_given_by_key_or_by_name(session: Work, edition: Edition, actor: Actor) -> None:
    found = content_of(session, edition, actor, stage="in full operation", topics="Light; water; LIGHT")

    assert (found["stage"], found["topics"]) == ("full", ["light", "water"])


def test_contacts_begin_with_name_office_and_address(session: Work, edition: Edition, actor: Actor) -> None:
    found = content_of(
        session, edition, actor, contacts="Kim Sample | Digital office | kim@example.org; Lee Sample"
    )

    assert found["contacts"] == [
        {
            "name": "Kim Sample",
            "latin_name": "",
            "office": "Digital office",
            "email": "kim@example.org",
            "phone": "",
        },
        {"name": "Lee Sample", "latin_name": "", "office": "", "email": "", "phone": ""},
    ]


@pytest.mark.parametrize(
    ("column", "cell", "reason", "allowed"),
    [
        ("stage", "finished", Reason.NOT_ONE_OF, ("pilot", "full")),
        ("topics", "water; fire", Reason.NOT_ONE_OF, ("water", "light", "air")),
        ("topics", "water; light; air", Reason.TOO_MANY, ("2 at most",)),
        ("results", "Days | many", Reason.NOT_ONE_OF, ("a number",)),
        ("results", "Days | 3 | soon", Reason.NOT_A_DATE, ()),
        ("contacts", "Kim | Office | kim", Reason.NOT_AN_ADDRESS, ()),
        ("problem", "four words are here", Reason.TOO_LONG, ("3 words",)),
        ("problem", "a\x00b", Reason.NOT_READABLE, ()),
    ],
)
def test_a_cell_that_cannot_be_taken_is_told_with_what_may_stand_there(
    session: Work,
    edition: Edition,
    actor: Actor,
    column: str,
    cell: str,
    reason: Reason,
    allowed: tuple[str, ...],
) -> None:
    assert refused(session, edition, actor, **{column: cell}) == (Line(2, column, cell, reason, allowed),)


def test_a_limit_counts_characters_in_a_language_without_spaces(
    session: Work, edition: Edition, actor: Actor
) -> None:
    assert (
        content_of(session, edition, actor, problem="六个汉字的话", language="zh")["problem"]
        == "六个汉字的话"
    )

    [line] = refused(session, edition, actor, problem="这里有七个汉字", language="zh")
    assert (line.reason, line.allowed) == (Reason.TOO_LONG, ("6 characters without spaces",))


def test_what_is_missing_in_a_row_is_a_matter_of_screening(
    session: Work, edition: Edition, actor: Actor
) -> None:
    assert content_of(session, edition, actor, results="Days")["results"] == [
        {"indicator": "Days", "value": "", "date": ""}
    ]


def test_rows_of_empty_cells_are_no_answer(session: Work, edition: Edition, actor: Actor) -> None:
    for reference, cell in (("A", "Days | 3"), ("B", " | | ;"), ("C", "\u200b")):
        nominate(session, edition, actor, nomination_row(reference, results=cell))
    move(session, edition, Phase.SCREENING, actor)

    findings = reviews.review(session, edition).findings

    assert {reference: [it.kind for it in found] for reference, found in findings.items()} == {
        "A": [],
        "B": [FindingKind.FIELD_MISSING],
        "C": [FindingKind.FIELD_MISSING],
    }

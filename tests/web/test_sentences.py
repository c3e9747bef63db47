"""The rules in words: every clause of every programme has its sentence, in both languages."""

from pathlib import Path

import pytest
from flask import Flask

from awards.timetable import Moment, Phase
from awards.web import kinds, words
from awards.web.chapters import SHAPES, STEPS, TITLES, Block, chapters
from awards.web.sentences import SENTENCES
from awards.web.texts import Names
from judging import programme
from judging.clauses import ClauseKind, Section, clauses
from judging.programme import ORGANISATION_KINDS
from judging.values import Step
from tests.web import world

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FILES = sorted((world.ROOT / "seed" / "programmes").glob("*.toml"), key=lambda file: file.name)

STRICT = """
key = "strict"
languages = ["en", "ko"]
name = {en = "Strict Prize", ko = "엄격상"}
honours = {en = "x", ko = "x"}
association = {en = "x", ko = "x"}
second_round = "vote"
slate = "eligible"
withhold = true
vacated = "move_up"
record = "all"
criteria = [
    {key = "a", weight = 2, name = {en = "First", ko = "첫째"}},
    {key = "b", name = {en = "Second", ko = "둘째"}},
]
categories = [
    {key = "one", criteria = ["a"], places = 3, nominee_kinds = ["individual"], name = {en = "One", ko = "하나"}},
    {key = "two", places = 4, name = {en = "Two", ko = "둘"}},
]
prizes = [
    {key = "gold", count = 1, name = {en = "Gold", ko = "금상"}},
    {key = "mention", count = 2, by_decision = true, name = {en = "Mention", ko = "특별상"}},
]
sheets = {everyone_up_to = 0, per_nomination = 4}
shortlist = {ladder = ["lot"]}
vote = {electorate = "members", method = "approval", approve_up_to = 3, quorum = "1/3", below_quorum = "judges"}
result = {ladder = ["runoff", "share"]}
conflicts = {same_country = "off"}

[eligibility]
members_only = true
running_months = 24
city_approval = ["corporation"]
languages = ["en", "ko"]
earlier_winners = false
grace_minutes = 0
appeal_days = 0
"""


def say(app: Flask, text: str, language: str) -> dict[str, tuple[Block, ...]]:
    read = programme.read(text)
    with app.test_request_context(f"/{language}/"):
        found = chapters(clauses(read.rules), Names(read.texts, "en"))
    return {chapter.key: chapter.blocks for chapter in found}


def test_every_kind_of_clause_has_words() -> None:
    assert set(ClauseKind) == SENTENCES.keys() | SHAPES.keys()
    assert SENTENCES.keys() & SHAPES.keys() == set()
    assert set(TITLES) == set(Section)
    assert set(STEPS) == set(Step)


def test_every_value_that_pages_show_has_words() -> None:
    assert set(words.PHASES) == set(Phase)
    assert set(words.NOW) == set(Phase) - {Phase.DRAFT}
    assert set(words.MOMENTS) == set(Moment)
    assert set(kinds.ORGANISATION_KINDS) == set(ORGANISATION_KINDS)


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_programme_is_said_in_every_language(app: Flask, file: Path, language: str) -> None:
    found = say(app, file.read_text(encoding="utf-8"), language)

    said = [text for blocks in found.values() for b in blocks for text in (b.intro, *b.sentences, *b.steps)]
    assert found.keys() == {section.value for section in Section}
    assert [text for text in said if "%(" in text] == []
    assert all(text.endswith((".", ":")) for blocks in found.values() for b in blocks for text in b.sentences)


@ON_SQLITE
def test_unusual_rules_are_said_as_they_are(app: Flask) -> None:
    found = say(app, STRICT, "en")

    assert found["nomination"][0].sentences == (
        "A nomination counts if it is submitted by the deadline.",
        "A project is nominated in one category only.",
        "These need the approval of the city: companies.",
        "Only members of the association may be nominated.",
        "At the deadline the project has been in operation for at least 24 months.",
        "Language of the form: English, Korean.",
        "A project that won a prize in an earlier edition is not nominated again.",
        "One is for individuals only.",
        "A category with fewer than 2 nominations is merged with another, carried over or cancelled before the "
        "first round.",
        "Whoever is found ineligible is told which rule was not met. The decision can't be appealed against.",
    )
    assert [(str(row.name), row.figure) for row in found["marks"][1].rows] == [
        ("First", "2/3"),
        ("Second", "1/3"),
    ]
    assert found["marks"][2].sentences[0] == "One is marked on: First."
    assert found["first_round"][0].sentences[0] == "Each nomination goes to 4 judges."
    assert [(str(row.name), row.figure) for row in found["first_round"][1].rows] == [
        ("One", "3"),
        ("Two", "4"),
    ]
    assert found["second_round"][0].sentences == (
        "The full-member local governments vote. Each has one ballot in every category, cast by the delegate it names.",
        "A ballot names up to 3.",
        "A delegate casts the ballot of one elector, and of no other.",
        "The vote stands if at least 1/3 of the roll takes part. If fewer do, the envelopes are destroyed unopened "
        "and the judges vote instead.",
        "Nobody votes for a nomination of their own city, or of a body above or within it. "
        "In a ranking it stands at the foot of the ballot.",
        "All eligible nominations stand in the second round, not the finalists only.",
    )
    assert found["second_round"][1].steps == (
        "one more vote, on those that are level only",
        "the prize is shared, and the next one is not given",
    )
    assert found["prizes"][1].sentences == (
        "Mention: at most 2, named by the committee with a signed reason, without marks or votes.",
        "Before the second round opens, the chair may decide that a prize is not given.",
        "A prize that is lost or declined goes to the next in the result.",
    )


@ON_SQLITE
def test_a_prize_of_several_places_names_the_first_and_the_last(app: Flask) -> None:
    text = (world.ROOT / "seed" / "programmes" / "seoul-smart-city-prize.toml").read_text(encoding="utf-8")

    rows = say(app, text, "en")["prizes"][0].rows

    assert [row.figure for row in rows] == ["1 to 8", "1 to 8", "1 to 2"]

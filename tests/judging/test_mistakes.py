"""Mistakes in a programme's file: every kind, all of them at once, each with its place and line."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.programme import ProgrammeInvalid, read, read_rules
from judging.reading import Mistake, MistakeKind, locate
from judging.rules import Column, document
from tests.builders import rules, rules_document

SOUND = """
key = "made-up"
languages = ["en", "ko"]
name.en = "Made-up Awards"
name.ko = "가상 시상"
honours.en = "Cities that do not exist"
honours.ko = "존재하지 않는 도시"
association.en = "Association"
association.ko = "협회"

[[signatories]]
office.en = "President"
office.ko = "회장"

[[criteria]]
key = "value"
weight = 1.5
name.en = "Value"
name.ko = "가치"
text.en = "What it is worth"
text.ko = "가치가 있는가"

[[categories]]
key = "open-city"
name.en = "Open City"
name.ko = "열린 도시"

[[prizes]]
key = "best"
name.en = "Best"
name.ko = "최우수상"
"""


def mistakes(**changes: Any) -> list[tuple[MistakeKind, str]]:
    """The mistakes of rules with these changes: kind and place."""
    with pytest.raises(ProgrammeInvalid) as refused:
        rules(**changes)
    return [(mistake.kind, mistake.place) for mistake in refused.value.mistakes]


def mistakes_in(text: str) -> list[Mistake]:
    with pytest.raises(ProgrammeInvalid) as refused:
        read(text)
    return list(refused.value.mistakes)


K = MistakeKind
ONE_BY_ONE: list[tuple[dict[str, Any], list[tuple[MistakeKind, str]]]] = [
    ({"colour": "blue"}, [(K.UNKNOWN_KEY, "colour")]),
    ({"scale": {"least": 1}}, [(K.UNKNOWN_KEY, "scale.least")]),
    ({"key": None}, [(K.MISSING, "key")]),
    ({"key": 7}, [(K.WRONG_TYPE, "key")]),
    ({"key": "Made Up"}, [(K.BAD_KEY, "key")]),
    ({"key": "a" * 65}, [(K.BAD_KEY, "key")]),
    ({"languages": []}, [(K.EMPTY, "languages")]),
    ({"languages": "en"}, [(K.WRONG_TYPE, "languages"), (K.EMPTY, "languages")]),
    ({"languages": ["en", "xx"]}, [(K.NOT_DEFINED, "languages[2]")]),
    ({"languages": ["en", "en"]}, [(K.DUPLICATE, "languages[2]")]),
    ({"languages": ["en", 7]}, [(K.WRONG_TYPE, "languages[2]")]),
    ({"working_language": "ko"}, [(K.NOT_ONE_OF, "working_language")]),
    ({"scale": 10}, [(K.WRONG_TYPE, "scale")]),
    ({"scale": {"lowest": 10, "highest": 1}}, [(K.UPSIDE_DOWN, "scale.lowest")]),
    ({"scale": {"lowest": 3, "highest": 3}}, [(K.UPSIDE_DOWN, "scale.lowest")]),
    ({"scale": {"highest": "ten"}}, [(K.WRONG_TYPE, "scale.highest")]),
    ({"scale": {"highest": True}}, [(K.WRONG_TYPE, "scale.highest")]),
    ({"scale": {"lowest": -1}}, [(K.TOO_SMALL, "scale.lowest")]),
    ({"scale": {"highest": 10**7}}, [(K.TOO_LARGE, "scale.highest")]),
    ({"criteria": []}, [(K.EMPTY, "criteria")]),
    ({"criteria": "value"}, [(K.WRONG_TYPE, "criteria"), (K.EMPTY, "criteria")]),
    ({"criteria": [{"weight": 1}]}, [(K.MISSING, "criteria[1].key")]),
    ({"criteria": [{}, {}]}, [(K.MISSING, "criteria[1].key"), (K.MISSING, "criteria[2].key")]),
    ({"criteria": [{"key": "a"}, {"key": "a"}]}, [(K.DUPLICATE, "criteria[2].key")]),
    ({"criteria": [{"key": "a", "weight": 0}]}, [(K.NOT_ABOVE_ZERO, "criteria[1].weight")]),
    ({"criteria": [{"key": "a", "weight": "-1/3"}]}, [(K.NOT_ABOVE_ZERO, "criteria[1].weight")]),
    ({"criteria": [{"key": "a", "weight": "heavy"}]}, [(K.WRONG_TYPE, "criteria[1].weight")]),
    ({"criteria": [{"key": "a", "weight": "1/0"}]}, [(K.WRONG_TYPE, "criteria[1].weight")]),
    ({"criteria": [{"key": "a", "weight": "1e999999999"}]}, [(K.WRONG_TYPE, "criteria[1].weight")]),
    ({"criteria": [{"key": "a", "weight": True}]}, [(K.WRONG_TYPE, "criteria[1].weight")]),
    ({"categories": []}, [(K.EMPTY, "categories")]),
    ({"categories": [{"key": "a"}, {"key": "a"}]}, [(K.DUPLICATE, "categories[2].key")]),
    (
        {"categories": [{"key": "a", "criteria": ["charm"]}]},
        [(K.NOT_DEFINED, "categories[1].criteria[1]"), (K.EMPTY, "categories[1].criteria")],
    ),
    ({"categories": [{"key": "a", "places": 1}]}, [(K.MORE_PRIZES_THAN_PLACES, "categories[1].places")]),
    ({"categories": [{"key": "a", "places": 0}]}, [(K.TOO_SMALL, "categories[1].places")]),
    ({"categories": [{"key": "a", "prizes": ["none"]}]}, [(K.NOT_DEFINED, "categories[1].prizes[1]")]),
    ({"categories": [{"key": "a", "nominee_kinds": ["team"]}]}, [(K.NOT_DEFINED, "categories[1].nominee_kinds[1]")]),
    ({"prizes": [{"key": "a"}, {"key": "a"}]}, [(K.DUPLICATE, "prizes[2].key")]),
    ({"prizes": [{"key": "a", "count": 0}]}, [(K.TOO_SMALL, "prizes[1].count")]),
    ({"prizes": [{"key": "a", "count": 6}]}, [(K.MORE_PRIZES_THAN_PLACES, "categories[1].places")]),
    ({"prizes": [{"key": "a", "by_decision": "yes"}]}, [(K.WRONG_TYPE, "prizes[1].by_decision")]),
    (
        {"prizes": [{"key": "a", "by_decision": True}], "categories": [{"key": "c", "prizes": ["a"]}]},
        [(K.NOT_DEFINED, "categories[1].prizes[1]")],
    ),
    ({"second_round": "duel"}, [(K.NOT_ONE_OF, "second_round")]),
    ({"second_round": "none", "vote": {}}, [(K.DOES_NOT_APPLY, "vote")]),
    ({"panel": {"carry_over": True}}, [(K.DOES_NOT_APPLY, "panel")]),
    ({"standing": "median"}, [(K.NOT_ONE_OF, "standing")]),
    ({"readings": {"budget": -1, "most": 0}}, [(K.TOO_SMALL, "readings.budget"), (K.TOO_SMALL, "readings.most")]),
    ({"readings": {"budget": 10**7}}, [(K.TOO_LARGE, "readings.budget")]),
    ({"practice": {"offered": "yes"}}, [(K.WRONG_TYPE, "practice.offered")]),
    ({"calibration": {"shown": True}}, [(K.UNKNOWN_KEY, "calibration.shown")]),
    ({"vote": {"method": "guess"}}, [(K.NOT_ONE_OF, "vote.method")]),
    ({"vote": {"quorum": 2}}, [(K.NOT_ONE_OF, "vote.quorum")]),
    ({"vote": {"minimum_electors": 0}}, [(K.TOO_SMALL, "vote.minimum_electors")]),
    ({"sheets": {"minimum": 4, "per_nomination": 3}}, [(K.TOO_SMALL, "sheets.per_nomination")]),
    ({"shortlist": {"places": 1}}, [(K.MORE_PRIZES_THAN_PLACES, "categories[1].places")]),
    ({"shortlist": {"ladder": ["mean", "lot"]}}, [(K.NOT_DEFINED, "shortlist.ladder[1]")]),
    ({"shortlist": {"ladder": ["median", "median", "lot"]}}, [(K.DUPLICATE, "shortlist.ladder[2]")]),
    ({"shortlist": {"ladder": ["share"]}}, [(K.STEP_NOT_POSSIBLE, "shortlist.ladder[1]")]),
    (
        {"shortlist": {"ladder": ["mean", "runoff", "lot"]}},
        [(K.NOT_DEFINED, "shortlist.ladder[1]"), (K.STEP_NOT_POSSIBLE, "shortlist.ladder[2]")],
    ),
    ({"shortlist": {"ladder": ["median", "extend"]}}, [(K.LADDER_CAN_END_UNRESOLVED, "shortlist.ladder")]),
    ({"shortlist": {"ladder": ["median", "chair"]}}, [(K.LADDER_CAN_END_UNRESOLVED, "shortlist.ladder")]),
    ({"shortlist": {"ladder": ["chair", "median", "lot"]}}, [(K.LADDER_CAN_END_UNRESOLVED, "shortlist.ladder")]),
    ({"shortlist": {"ladder": ["lot", "median"]}}, [(K.LADDER_CAN_END_UNRESOLVED, "shortlist.ladder")]),
    ({"shortlist": {"ladder": []}}, [(K.LADDER_CAN_END_UNRESOLVED, "shortlist.ladder")]),
    ({"result": {"ladder": ["share", "lot"]}}, [(K.LADDER_CAN_END_UNRESOLVED, "result.ladder")]),
    ({"result": {"ladder": ["median", "lot"]}}, [(K.STEP_NOT_POSSIBLE, "result.ladder[1]")]),
    (
        {"vote": {"method": "one_choice"}, "result": {"ladder": ["head_to_head", "lot"]}},
        [(K.STEP_NOT_POSSIBLE, "result.ladder[1]")],
    ),
    (
        {"second_round": "none", "result": {"ladder": ["first_round", "lot"]}},
        [(K.STEP_NOT_POSSIBLE, "result.ladder[1]")],
    ),
    ({"conflicts": {"same_country": "perhaps"}}, [(K.NOT_ONE_OF, "conflicts.same_country")]),
    ({"eligibility": {"organisation_kinds": ["kingdom"]}}, [(K.NOT_DEFINED, "eligibility.organisation_kinds[1]")]),
    ({"eligibility": {"deadline": 1}}, [(K.WRONG_TYPE, "eligibility.deadline")]),
    ({"fields": [{"key": "a", "kind": "song"}]}, [(K.NOT_ONE_OF, "fields[1].kind")]),
    ({"fields": {"key": "a"}}, [(K.WRONG_TYPE, "fields")]),
    ({"fields": ["a"]}, [(K.WRONG_TYPE, "fields")]),
    ({"fields": [{"key": "a", "most": -1}]}, [(K.TOO_SMALL, "fields[1].most")]),
    ({"fields": [{"key": "a", "characters": "few"}]}, [(K.WRONG_TYPE, "fields[1].characters")]),
    ({"fields": [{"key": "a", "section": "b"}]}, [(K.UNKNOWN_KEY, "fields[1].section")]),
    (
        {"fields": [{"key": "a", "kind": "line", "options": [{"key": "b"}]}]},
        [(K.DOES_NOT_APPLY, "fields[1].options")],
    ),
    (
        {"fields": [{"key": "a", "kind": "links", "columns": [{"key": "b"}]}]},
        [(K.DOES_NOT_APPLY, "fields[1].columns")],
    ),
    (
        {"fields": [{"key": "a", "kind": "choice", "options": [{"key": "b"}, {"key": "b"}, {"key": "c d"}]}]},
        [(K.BAD_KEY, "fields[1].options[3].key"), (K.DUPLICATE, "fields[1].options[2].key")],
    ),
    (
        {"fields": [{"key": "a", "kind": "choices", "options": [{"key": "b", "weight": 2}]}]},
        [(K.UNKNOWN_KEY, "fields[1].options[1].weight")],
    ),
    ({"fields": [{"key": "a", "kind": "choice", "options": ["b"]}]}, [(K.WRONG_TYPE, "fields[1].options")]),
    (
        {"fields": [{"key": "a", "kind": "rows", "columns": [{"key": "b", "kind": "song"}]}]},
        [(K.NOT_ONE_OF, "fields[1].columns[1].kind")],
    ),
    (
        {"fields": [{"key": "a", "kind": "contacts", "columns": [{"key": "shoe_size"}]}]},
        [(K.NOT_ONE_OF, "fields[1].columns[1].key")],
    ),
    ({"withhold": "no"}, [(K.WRONG_TYPE, "withhold")]),
    ({"min_publish": 0}, [(K.TOO_SMALL, "min_publish")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "found"), ONE_BY_ONE, ids=[f"{it[1][0][0]} {it[1][0][1]}" for it in ONE_BY_ONE]
)
def test_a_mistake_is_found_at_its_place(
    changes: dict[str, Any], found: list[tuple[MistakeKind, str]]
) -> None:
    if changes == {"key": None}:
        with pytest.raises(ProgrammeInvalid) as refused:
            read_rules({key: value for key, value in rules_document().items() if key != "key"})
        assert [(it.kind, it.place) for it in refused.value.mistakes] == found
    else:
        assert mistakes(**changes) == found


def test_a_number_with_thousands_of_digits_is_a_mistake_like_any_other() -> None:
    assert mistakes(scale={"highest": 1 << 20000}) == [(K.TOO_LARGE, "scale.highest")]
    assert mistakes(criteria=[{"key": "a", "weight": 1 << 20000}]) == [(K.WRONG_TYPE, "criteria[1].weight")]


def test_every_kind_of_mistake_has_a_test() -> None:
    tested = {kind for _, found in ONE_BY_ONE for kind, _ in found}

    elsewhere = {MistakeKind.NOT_TOML, MistakeKind.MISSING_LANGUAGE, MistakeKind.RESERVED}
    assert set(MistakeKind) - tested == elsewhere


def test_a_mistake_says_what_stands_there_and_what_may() -> None:
    with pytest.raises(ProgrammeInvalid, match="2 mistakes, the first at 'criteria"):
        rules(criteria=[{"key": "a", "weight": 0}], vote={"method": "guess"})
    with pytest.raises(ProgrammeInvalid) as refused:
        rules(vote={"method": "guess"})

    assert refused.value.mistakes == (
        Mistake(
            MistakeKind.NOT_ONE_OF, "vote.method", "guess", ("one_choice", "approval", "borda", "schulze")
        ),
    )


def test_what_stands_there_is_shown_at_a_length_that_can_be_read() -> None:
    with pytest.raises(ProgrammeInvalid) as refused:
        rules(working_language="x" * 10_000)

    assert len(refused.value.mistakes[0].found) == 201


def test_a_sound_file_is_read() -> None:
    programme = read(SOUND)

    assert programme.rules.criterion("value").weight == 3 / 2
    assert programme.texts["name"] == {"en": "Made-up Awards", "ko": "가상 시상"}
    assert programme.texts["criteria"] == {
        "value": {
            "name": {"en": "Value", "ko": "가치"},
            "text": {"en": "What it is worth", "ko": "가치가 있는가"},
        }
    }
    assert programme.texts["signatories"] == [{"name": {}, "office": {"en": "President", "ko": "회장"}}]


def test_all_mistakes_of_a_file_are_found_at_once_with_their_lines() -> None:
    text = (
        SOUND.replace("weight = 1.5", "weight = 0")
        .replace('name.ko = "최우수상"', "count = 9")
        .replace('key = "open-city"', 'key = "open-city"\nnominees = ["project"]')
        + '\n[shortlist]\nladder = [\n  "median",\n  "luck",\n]\n'
    )

    found = [(it.kind, it.place, locate(text, it.place)) for it in mistakes_in(text)]

    lines = text.splitlines()
    assert found == [
        (K.NOT_ABOVE_ZERO, "criteria[1].weight", lines.index("weight = 0") + 1),
        (K.MISSING_LANGUAGE, "prizes[1].name.ko", lines.index("[[prizes]]") + 1),
        (K.MORE_PRIZES_THAN_PLACES, "categories[1].places", lines.index("[[categories]]") + 1),
        (K.UNKNOWN_KEY, "categories[1].nominees", lines.index('nominees = ["project"]') + 1),
        (K.NOT_DEFINED, "shortlist.ladder[2]", lines.index("ladder = [") + 1),
        (K.LADDER_CAN_END_UNRESOLVED, "shortlist.ladder", lines.index("ladder = [") + 1),
    ]


FORM = (
    SOUND
    + """
[[sections]]
key = "project"
name.en = "The project"
name.ko = "사업"

[[fields]]
key = "stage"
kind = "choice"
section = "project"
name.en = "Stage"
name.ko = "단계"
options = [
    { key = "pilot", name.en = "Pilot", name.ko = "시범" },
    { key = "done", name.en = "Done", name.ko = "완료" },
]

[[fields]]
key = "results"
kind = "rows"
section = "project"
name.en = "Results"
name.ko = "성과"

[[fields.columns]]
key = "value"
kind = "number"
name.en = "Value"
name.ko = "값"

[[fields.columns]]
key = "source"
name.en = "Source"
name.ko = "출처"

[[fields]]
key = "head"
kind = "contacts"
section = "project"
columns = [{ key = "name", required = true }]
name.en = "Head"
name.ko = "단체장"
"""
)


def test_sections_options_and_columns_have_their_texts() -> None:
    programme = read(FORM)

    assert programme.texts["sections"] == {"project": {"name": {"en": "The project", "ko": "사업"}}}
    assert programme.texts["fields"] == {
        "stage": {
            "name": {"en": "Stage", "ko": "단계"},
            "guidance": {},
            "section": "project",
            "options": {
                "pilot": {"name": {"en": "Pilot", "ko": "시범"}},
                "done": {"name": {"en": "Done", "ko": "완료"}},
            },
        },
        "results": {
            "name": {"en": "Results", "ko": "성과"},
            "guidance": {},
            "section": "project",
            "columns": {
                "value": {"name": {"en": "Value", "ko": "값"}},
                "source": {"name": {"en": "Source", "ko": "출처"}},
            },
        },
        "head": {
            "name": {"en": "Head", "ko": "단체장"},
            "guidance": {},
            "section": "project",
            "columns": {"name": {"name": {}}},
        },
    }
    assert [field.options for field in programme.rules.fields] == [("pilot", "done"), (), ()]
    assert programme.rules.fields[1].columns == (
        Column("value", "number", required=False),
        Column("source", "line", required=False),
    )
    assert read_rules(document(programme.rules)) == programme.rules


@pytest.mark.parametrize(
    ("before", "after", "kind", "place", "line"),
    [
        ('section = "project"\nname.en = "Stage"', 'section = "hall"\nname.en = "Stage"', K.NOT_DEFINED,
         "fields[1].section", 'section = "hall"'),
        ('section = "project"\nname.en = "Stage"', 'name.en = "Stage"', K.MISSING,
         "fields[1].section", "[[fields]]"),
        ('name.en = "Done", name.ko = "완료"', 'name.en = "Done"', K.MISSING_LANGUAGE,
         "fields[1].options[2].name.ko", '    { key = "done", name.en = "Done" },'),
        ('name.ko = "출처"', 'nombre = "출처"', K.UNKNOWN_KEY,
         "fields[2].columns[2].nombre", 'nombre = "출처"'),
        ('kind = "number"', 'kind = "song"', K.NOT_ONE_OF, "fields[2].columns[1].kind", 'kind = "song"'),
        ('name.ko = "사업"', 'colour = "blue"', K.UNKNOWN_KEY, "sections[1].colour", 'colour = "blue"'),
        ('key = "stage"', 'key = "title"', K.RESERVED, "fields[1].key", 'key = "title"'),
    ],
)  # fmt: skip
def test_a_mistake_in_the_form_is_found_in_its_line(
    before: str, after: str, kind: MistakeKind, place: str, line: str
) -> None:
    text = FORM.replace(before, after)

    found = {(it.kind, it.place): locate(text, it.place) for it in mistakes_in(text)}

    assert found[kind, place] == text.splitlines().index(line) + 1


@pytest.mark.parametrize("text", ["key = ", "key = 1\nkey = 2", "a = " + "9" * 5000, "a = " + "[" * 5000])
def test_what_is_no_toml_is_one_mistake(text: str) -> None:
    assert [it.kind for it in mistakes_in(text)] == [MistakeKind.NOT_TOML]


def test_a_weight_without_end_is_a_mistake_and_no_endless_sum() -> None:
    found = mistakes_in(SOUND.replace("weight = 1.5", "weight = 1e999999999"))

    assert [(it.kind, it.place) for it in found] == [(MistakeKind.WRONG_TYPE, "criteria[1].weight")]


def test_a_language_that_the_programme_does_not_have_is_a_mistake() -> None:
    found = mistakes_in(SOUND.replace('name.en = "Value"', 'name.en = "Value"\nname.fr = "Valeur"'))

    assert [(it.kind, it.place) for it in found] == [(MistakeKind.UNKNOWN_KEY, "criteria[1].name.fr")]


def test_texts_are_composed() -> None:
    assert read(SOUND.replace("Made-up", "Cafe\u0301")).texts["name"]["en"] == "Café Awards"


def test_a_place_is_found_in_the_text_or_its_table_is() -> None:
    assert locate(SOUND, "criteria[1].weight") == SOUND.splitlines().index("weight = 1.5") + 1
    assert locate(SOUND, "criteria[1].colour") == SOUND.splitlines().index("[[criteria]]") + 1
    assert locate(SOUND, "criteria[9]") is None
    assert locate(SOUND, "vote.method") is None
    assert locate("[a.b]\nc = 1\n# d = 2\n", "a.b.c") == 2
    assert locate('[[a]]\n[a.b]\n"c" = 1\n', "a[1].b.c") == 3


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["lot", "vote", "en", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "weight", "ladder", "places", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from([*rules_document(), "vote", "scale", "result", "fields", "sheets"]), VALUES
    )
)
def test_no_document_breaks_the_reader(changes: dict[str, Any]) -> None:
    with contextlib.suppress(ProgrammeInvalid):
        rules(**changes)


ANCHORED = SOUND.replace(
    'text.ko = "가치가 있는가"\n',
    'text.ko = "가치가 있는가"\n'
    'anchors.1-4.en = "Weak"\nanchors.1-4.ko = "약함"\n'
    'anchors.10.en = "Best"\nanchors.10.ko = "최고"\n',
    1,
)


def test_what_marks_mean_is_a_text_and_no_rule() -> None:
    found = read(ANCHORED)

    assert document(found.rules) == document(read(SOUND).rules)
    assert found.texts["criteria"]["value"]["anchors"] == {  # type: ignore[index,call-overload]
        "1-4": {"text": {"en": "Weak", "ko": "약함"}},
        "10": {"text": {"en": "Best", "ko": "최고"}},
    }


@pytest.mark.parametrize("key", ["0-4", "4-1", "11", "1-11", "good", "1-2-3", "-1"])
def test_what_marks_mean_is_said_of_marks_of_the_scale(key: str) -> None:
    with pytest.raises(ProgrammeInvalid) as found:
        read(ANCHORED.replace("anchors.10", f"anchors.{key}"))

    assert [(it.kind, it.place) for it in found.value.mistakes] == [
        (MistakeKind.NOT_ONE_OF, f"criteria[1].anchors.{key}")
    ]

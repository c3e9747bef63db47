"""Rules as values: what is looked up, and the document that is hashed and published."""

import hashlib
from fractions import Fraction

import pytest

from judging.programme import read_rules
from judging.rules import digest, document
from judging.values import Step, canonical
from tests.builders import rules, rules_document

TWO = [
    {"key": "mobility", "criteria": ["value"], "prizes": ["outstanding"], "places": 1},
    {"key": "open-city"},
]


def test_rules_are_asked_by_key() -> None:
    found = rules(categories=TWO)

    assert found.criterion("value").weight == 1
    assert found.category("mobility").places == 1
    assert found.prize("best").count == 1
    assert [criterion.key for criterion in found.criteria_of("mobility")] == ["value"]
    assert [prize.key for prize in found.prizes_of("mobility")] == ["outstanding"]
    assert [prize.key for prize in found.prizes_of("open-city")] == ["best", "outstanding"]


@pytest.mark.parametrize("table", ["criterion", "category", "prize"])
def test_there_is_nothing_under_another_key(table: str) -> None:
    with pytest.raises(KeyError, match="nothing"):
        getattr(rules(), table)("nothing")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"second_round": "none"},
        {"second_round": "panel", "panel": {"carry_over": True}},
        {"vote": {"electorate": "members", "method": "one_choice", "quorum": "2/5"}},
        {"vote": {"method": "approval", "approve_up_to": 4}},
        {
            "criteria": [{"key": "a", "weight": "1/3"}, {"key": "b", "weight": "0.5"}],
            "categories": [{"key": "c"}],
        },
        {"fields": [{"key": "site", "kind": "links", "required": True, "limit": 3}]},
        {"categories": TWO},
        {"eligibility": {"appeal_days": 0}},
        {"standing": "calibrated", "readings": {"budget": 40, "most": 2}},
        {"practice": {"offered": True}, "calibration": {"shown_to_judge": True}},
    ],
)
def test_the_document_reads_as_the_same_rules(changes: dict[str, object]) -> None:
    found = rules(**changes)

    assert read_rules(document(found)) == found


def test_days_of_appeal_are_written_down_only_where_they_are_not_the_usual_ones() -> None:
    """The rule is younger than the hashes of the first editions."""
    usual, longer = rules(), rules(eligibility={"appeal_days": 30})

    assert (usual.eligibility.appeal_days, longer.eligibility.appeal_days) == (14, 30)
    assert "appeal_days" not in document(usual)["eligibility"]  # type: ignore[operator]
    assert document(longer)["eligibility"]["appeal_days"] == 30  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("name", "stated", "usual"),
    [
        ("readings", {"budget": 40, "most": 4}, {"budget": 0, "most": 4}),
        ("practice", {"offered": True}, {"offered": False}),
        ("calibration", {"shown_to_judge": True}, {"shown_to_judge": False}),
    ],
)
def test_rules_of_fair_judging_are_written_down_only_where_they_are_stated(
    name: str, stated: dict[str, object], usual: dict[str, object]
) -> None:
    """They are younger than the hashes of the first editions."""
    assert name not in document(rules())
    assert digest(rules(**{name: usual})) == digest(rules())
    assert document(rules(**{name: stated}))[name] == stated


def test_every_default_is_written_out() -> None:
    assert document(rules())["vote"] == {
        "electorate": "judges",
        "method": "borda",
        "approve_up_to": 2,
        "minimum_electors": 3,
        "quorum": 0,
        "below_quorum": "extend",
    }


def test_what_is_not_whole_is_written_as_a_fraction() -> None:
    found = rules(criteria=[{"key": "open-city", "weight": "0.3"}, {"key": "value", "weight": 2}])

    assert found.criterion("open-city").weight == Fraction(3, 10)
    assert document(found)["criteria"] == [
        {"key": "open-city", "weight": "3/10"},
        {"key": "value", "weight": 2},
    ]


def test_the_hash_is_over_the_canonical_document() -> None:
    assert digest(rules()) == hashlib.sha256(canonical(document(rules()))).hexdigest()
    assert digest(rules(withhold=True)) != digest(rules())
    assert digest(rules(withhold=False)) == digest(rules())


@pytest.mark.parametrize(
    ("changes", "ladder"),
    [
        ({}, [Step.HEAD_TO_HEAD, Step.FIRST_PLACES, Step.FIRST_ROUND, Step.CHAIR, Step.LOT]),
        ({"vote": {"electorate": "members"}}, [Step.FIRST_ROUND, Step.CHAIR, Step.LOT]),
        ({"vote": {"electorate": "public"}}, [Step.FIRST_ROUND, Step.CHAIR, Step.LOT]),
        ({"vote": {"method": "one_choice"}}, [Step.FIRST_ROUND, Step.CHAIR, Step.LOT]),
        (
            {"second_round": "panel"},
            [Step.OWN_CRITERION, Step.MEDIAN, Step.LOWEST_SHARE, Step.CHAIR, Step.LOT],
        ),
    ],
)
def test_each_way_of_deciding_has_its_ladder(changes: dict[str, object], ladder: list[Step]) -> None:
    assert list(rules(**changes).result_ladder) == ladder


def test_the_defaults_are_those_of_the_awards_this_was_built_for() -> None:
    found = read_rules(rules_document())

    assert (found.scale.lowest, found.scale.highest) == (1, 10)
    assert found.category("open-city").places == 5
    assert list(found.shortlist_ladder) == [
        Step.OWN_CRITERION,
        Step.MEDIAN,
        Step.LOWEST_SHARE,
        Step.EXTEND,
        Step.CHAIR,
        Step.LOT,
    ]
    assert (found.minimum_nominations, found.min_publish, found.sheets.minimum) == (2, 10, 3)


def test_members_have_a_quorum_of_a_third() -> None:
    found = rules(vote={"electorate": "members"})

    assert found.vote
    assert (found.vote.quorum, found.vote.minimum_electors) == (Fraction(1, 3), 1)

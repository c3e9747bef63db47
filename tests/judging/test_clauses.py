"""The rules read out: every rule of an edition is a clause, and nothing that does not apply is one."""

from fractions import Fraction
from pathlib import Path

import pytest

from judging.clauses import ClauseKind, Section, clauses
from judging.programme import read
from judging.rules import Rules
from tests.builders import rules as made_up

PROGRAMMES = Path(__file__).parents[2] / "seed" / "programmes"


def rules(name: str) -> Rules:
    return read((PROGRAMMES / f"{name}.toml").read_text(encoding="utf-8")).rules


def kinds(name: str) -> set[ClauseKind]:
    return {clause.kind for clause in clauses(rules(name))}


def test_the_sections_come_in_the_order_of_the_cycle() -> None:
    found = list(dict.fromkeys(clause.section for clause in clauses(rules("wego-awards"))))

    assert found == list(Section)


def test_five_criteria_of_equal_weight_have_a_fifth_each() -> None:
    shares = [
        clause["share"] for clause in clauses(rules("wego-awards")) if clause.kind is ClauseKind.CRITERION
    ]

    assert shares == [Fraction(1, 5)] * 5


def test_prizes_state_the_places_that_get_them() -> None:
    found = [
        (clause["prize"], clause["first"], clause["last"])
        for clause in clauses(rules("seoul-smart-city-prize"))
        if clause.kind is ClauseKind.PRIZE and clause.category == "tech-innovacity"
    ]

    assert found[-1][2] == 8


def test_an_election_by_members_states_its_quorum_and_own_city_rule() -> None:
    assert {ClauseKind.QUORUM, ClauseKind.OWN_CITY, ClauseKind.MIN_PUBLISH} <= kinds("wego-awards-members")


def test_a_programme_without_a_second_round_speaks_of_no_vote() -> None:
    found = kinds("feasibility-study")

    assert ClauseKind.NO_SECOND_ROUND in found
    assert not found & {ClauseKind.VOTE, ClauseKind.METHOD, ClauseKind.QUORUM, ClauseKind.MIN_PUBLISH}


def test_a_panel_is_stated_and_special_mentions_are_given_by_decision() -> None:
    assert {ClauseKind.PANEL, ClauseKind.PRIZE_BY_DECISION} <= kinds("seoul-smart-city-prize")


@pytest.mark.parametrize("name", sorted(path.stem for path in PROGRAMMES.glob("*.toml")))
def test_every_step_of_both_ladders_is_read_out(name: str) -> None:
    found = clauses(rules(name))

    assert [c["step"] for c in found if c.kind is ClauseKind.SHORTLIST_STEP] == [
        *rules(name).shortlist_ladder
    ]
    assert [c["step"] for c in found if c.kind is ClauseKind.RESULT_STEP] == [*rules(name).result_ladder]


ASKED = {
    "deadline": ClauseKind.DEADLINE,
    "one_category": ClauseKind.ONE_CATEGORY,
    "per_city": ClauseKind.PER_CITY,
    "organisation_kinds": ClauseKind.ORGANISATION_KINDS,
    "city_approval": ClauseKind.CITY_APPROVAL,
    "members_only": ClauseKind.MEMBERS_ONLY,
    "running_months": ClauseKind.RUNNING_MONTHS,
    "languages": ClauseKind.LANGUAGES,
}
EVERYTHING = {
    "deadline": True,
    "one_category": True,
    "per_city": 2,
    "organisation_kinds": ["city"],
    "city_approval": ["corporation"],
    "members_only": True,
    "running_months": 24,
    "languages": ["en"],
    "earlier_winners": False,
}
NOTHING = {"deadline": False, "one_category": False, "earlier_winners": True}


def test_everything_that_is_asked_of_a_nomination_is_read_out() -> None:
    found = {clause.kind for clause in clauses(made_up(eligibility=EVERYTHING))}

    assert found >= {*ASKED.values(), ClauseKind.NO_EARLIER_WINNERS}


def test_what_is_not_asked_is_not_read_out() -> None:
    found = {clause.kind for clause in clauses(made_up(eligibility=NOTHING))}

    assert not found & {*ASKED.values(), ClauseKind.NO_EARLIER_WINNERS, ClauseKind.REQUIRED_FIELDS}


@pytest.mark.parametrize("days", [0, 14])
def test_whether_and_how_long_one_may_appeal_is_read_out(days: int) -> None:
    [clause] = [
        it
        for it in clauses(made_up(eligibility={"appeal_days": days}))
        if it.kind is ClauseKind.APPEAL
    ]

    assert clause["days"] == days


def test_required_fields_are_read_out() -> None:
    [clause] = [
        it
        for it in clauses(made_up(fields=[{"key": "summary", "required": True}, {"key": "links"}]))
        if it.kind is ClauseKind.REQUIRED_FIELDS
    ]

    assert clause["fields"] == ("summary",)


def test_a_category_with_criteria_of_its_own_states_them() -> None:
    [clause] = [
        it
        for it in clauses(
            made_up(categories=[{"key": "open-city", "criteria": ["value"]}, {"key": "mobility"}])
        )
        if it.kind is ClauseKind.CATEGORY_CRITERIA
    ]

    assert (clause.category, clause["criteria"]) == ("open-city", ("value",))


def test_a_vote_among_all_and_a_prize_that_may_be_withheld_are_read_out() -> None:
    found = {clause.kind for clause in clauses(made_up(slate="eligible", withhold=True))}

    assert {ClauseKind.SLATE, ClauseKind.WITHHOLD, ClauseKind.MINIMUM_ELECTORS} <= found


def test_a_vote_of_any_number_of_electors_states_no_minimum() -> None:
    found = {clause.kind for clause in clauses(made_up(vote={"minimum_electors": 1}))}

    assert ClauseKind.MINIMUM_ELECTORS not in found

"""The rules read out: every rule of an edition is a clause, and nothing that does not apply is one."""

from fractions import Fraction
from pathlib import Path

import pytest

from judging.clauses import ClauseKind, Section, clauses
from judging.programme import read
from judging.rules import Rules

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

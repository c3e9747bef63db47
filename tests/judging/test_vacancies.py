"""A prize that is lost or declined stays vacant or moves up, as the rules say."""

from __future__ import annotations

from fractions import Fraction

from judging.outcome import OutcomeRow
from judging.vacancies import Holder, held
from judging.values import Vacated


def row(nomination: str, place: int, prize: str | None = None) -> OutcomeRow:
    return OutcomeRow(nomination, place, Fraction(5 - place), prize, None, open=False)


RESULT = (row("a", 1, "best"), row("b", 2, "outstanding"), row("c", 3), row("d", 4))


def test_a_vacant_prize_is_given_to_nobody_and_the_others_keep_theirs() -> None:
    found = held(RESULT, {"a"}, Vacated.VACANT)

    assert found.holders == (Holder("b", "outstanding", 2),)
    assert found.vacant == ("best",)


def test_where_others_move_up_everybody_moves_by_one_prize() -> None:
    found = held(RESULT, {"a"}, Vacated.MOVE_UP)

    assert found.holders == (Holder("b", "best", 1), Holder("c", "outstanding", 2))
    assert found.vacant == ()


def test_level_ones_without_a_prize_can_not_be_told_apart_so_it_stays_vacant() -> None:
    level = (row("a", 1, "best"), row("b", 2, "outstanding"), row("c", 3), row("d", 3))

    found = held(level, {"a"}, Vacated.MOVE_UP)

    assert found.holders == (Holder("b", "best", 1),)
    assert found.vacant == ("outstanding",)


def test_where_nobody_is_left_to_move_up_the_last_prize_is_vacant() -> None:
    found = held(RESULT[:2], {"b"}, Vacated.MOVE_UP)

    assert found.holders == (Holder("a", "best", 1),)
    assert found.vacant == ("outstanding",)


def test_those_who_share_a_prize_move_together_and_stay_when_one_of_them_is_gone() -> None:
    shared = (row("a", 1, "best"), row("b", 2, "outstanding"), row("c", 2, "outstanding"))

    assert held(shared, {"a"}, Vacated.MOVE_UP).holders == (Holder("b", "best", 1), Holder("c", "best", 1))
    assert held(shared, {"c"}, Vacated.VACANT).vacant == ()

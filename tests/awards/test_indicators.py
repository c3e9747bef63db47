"""Results before and now: drawn on one scale where that can be said, and never where it can't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.indicators import WHOLE, Change, change


@pytest.mark.parametrize(
    ("before", "now", "drawn"),
    [
        ("31 of 100", "92 of 100", Change(310, 920, of_whole=True)),
        ("100건 중 31건", "100건 중 92건", Change(310, 920, of_whole=True)),
        ("44 %", "12%", Change(440, 120, of_whole=True)),
        ("0", "9,125", Change(0, 1000, of_whole=False)),
        ("12 days", "1 day", Change(1000, 83, of_whole=False)),
        ("٣١", "٩٢", Change(337, 1000, of_whole=False)),
        ("80 %", "250 %", Change(320, 1000, of_whole=False)),
        ("1 of 5,000", "5,000 of 5,000", Change(6, 1000, of_whole=True)),
    ],
)
def test_two_values_of_one_unit_are_drawn(before: str, now: str, drawn: Change) -> None:
    assert change(before, now) == drawn


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("", "9,125"),
        ("none", "some"),
        ("3 days", "4 hours"),
        ("1,5 km", "2,5 km"),
        ("120 (2024)", "300 (2024)"),
        ("-3", "4"),
        ("0", "0"),
        ("3 of 10", "3 of 12"),
        ("1/2/3", "1/2/4"),
    ],
)
def test_others_stay_words(before: str, now: str) -> None:
    assert change(before, now) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_it_and_no_bar_is_longer_than_the_scale(before: str, now: str) -> None:
    drawn = change(before, now)

    assert drawn is None or (0 <= drawn.before <= WHOLE and 0 <= drawn.now <= WHOLE)

"""Second readings go where they are likeliest to change who advances, within the budget."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from judging.readings import second_readings

P = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.fractions(0, 1, max_denominator=50), max_size=12
)


def test_the_borderline_comes_first_and_the_certain_get_nothing() -> None:
    p = {"safe": Fraction(1), "out": Fraction(0), "even": Fraction(1, 2), "likely": Fraction(9, 10)}
    assert second_readings(p, budget=1) == {"even": 1}
    assert second_readings(p, budget=2) == {"even": 2}
    assert second_readings(p, budget=4) == {"even": 3, "likely": 1}
    assert second_readings(p, budget=99) == {"even": 4, "likely": 4}


def test_of_level_ones_the_first_by_name() -> None:
    assert second_readings({"b": Fraction(1, 2), "a": Fraction(1, 2)}, budget=1) == {"a": 1}


@given(P, st.integers(0, 40), st.integers(1, 4))
def test_the_budget_is_kept_and_used(p: dict[str, Fraction], budget: int, most: int) -> None:
    found = second_readings(p, budget=budget, most=most)
    open_ones = {name for name, value in p.items() if 0 < value < 1}
    assert found.keys() <= open_ones
    assert all(1 <= extra <= most for extra in found.values())
    assert sum(found.values()) == min(budget, most * len(open_ones))

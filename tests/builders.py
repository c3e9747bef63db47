"""Small rules and sheets for tests; everything in them is made up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from judging.programme import read_rules
from judging.rules import Rules

SEED = "made-up seed"
CATEGORY = "open-city"
Marks = Mapping[str, int]
Sheets = Mapping[str, Sequence[Marks]]


def rules_document(**changes: Any) -> dict[str, Any]:
    """One category with a criterion of its own key, two prizes, five places, a Borda vote of judges."""
    return {
        "key": "made-up-awards",
        "languages": ["en"],
        "criteria": [{"key": CATEGORY}, {"key": "value"}],
        "categories": [{"key": CATEGORY}],
        "prizes": [{"key": "best"}, {"key": "outstanding"}],
    } | changes


def rules(**changes: Any) -> Rules:
    return read_rules(rules_document(**changes))


def sheets(**marks: Iterable[tuple[int, int]]) -> dict[str, list[Marks]]:
    """Sheets by nomination: for each judge the marks on the category's own criterion and on `value`."""
    return {name: [{CATEGORY: own, "value": value} for own, value in pairs] for name, pairs in marks.items()}


SEVEN = sheets(
    A=[(9, 9), (8, 9), (9, 8)],
    B=[(8, 8), (8, 8), (7, 9)],
    C=[(7, 7), (8, 8), (7, 8)],
    D=[(7, 7), (7, 7), (7, 7)],
    E=[(6, 6), (6, 6), (6, 6)],
    F=[(5, 7), (6, 6), (6, 6)],
    G=[(1, 2), (2, 2), (2, 1)],
)
"""Seven nominations, three judges; E and F are level at the fifth place, and the own criterion parts them."""

FIVE_BALLOTS = (("A", "B", "C"), ("B", "A"), ("C", "A", "B", "D"), ("A",), ())

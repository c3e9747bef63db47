"""What ballots add up to as tables of words: every number with which a category can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from awards.web.table.sayings import figure
from judging.ballot import Tally
from judging.schulze import strongest_paths
from judging.values import Method

MOST_COLUMNS = 8
"""With more than so many a square would not fit on a page: pairs are listed one below the other."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title; the first cell of a row names it. `note` says how it is read."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(
    method: Method, tally: Tally, names: Sequence[str], call: Callable[[str], str] = str
) -> tuple[Table, ...]:
    """`names` in the order of the result; `call`: how each is called in a table."""
    if not method.is_ranking:
        return ()
    pairs = _square(
        _("Each against each"),
        _("On how many ballots the one in the row is placed above the one in the column."),
        names,
        lambda one, other: tally.pairwise[one, other],
        call,
    )
    if method is Method.BORDA:
        return pairs, _points(tally, names, call)
    strength = strongest_paths(tally.slate, tally.pairwise)
    chains = _square(
        _("The strongest chains"),
        _(
            "How strong the strongest chain of wins is from the one in the row to the one in the column: so many "
            "ballots has the weakest win in it. 0: there is none."
        ),
        names,
        lambda one, other: strength[one, other],
        call,
    )
    return pairs, chains


def _square(
    title: str,
    note: str,
    names: Sequence[str],
    number: Callable[[str, str], int],
    call: Callable[[str], str],
) -> Table:
    if len(names) > MOST_COLUMNS:
        rows = [
            (call(a), call(b), str(number(a, b)), str(number(b, a)))
            for place, a in enumerate(names)
            for b in names[place + 1 :]
        ]
        heads = (_("One of two"), _("The other"), _("One to other"), _("Other to one"))
        return Table(title, note, heads, tuple(rows))
    square = [(call(a), *("–" if a == b else str(number(a, b)) for b in names)) for a in names]
    return Table(title, note, ("", *map(call, names)), tuple(square))


def _points(tally: Tally, names: Sequence[str], call: Callable[[str], str]) -> Table:
    """Points from the pairs: one for each other that a ballot places below, a half for each that it leaves level."""
    rows = []
    for one in names:
        others = [it for it in names if it != one]
        above = sum(tally.pairwise[one, it] for it in others)
        level = sum(tally.ballots - tally.pairwise[one, it] - tally.pairwise[it, one] for it in others)
        points = figure(above + Fraction(level, 2))
        rows.append((call(one), str(tally.first_places[one]), str(above), str(level), points))
    return Table(
        _("From pairs to points"),
        _(
            "A point for each time one is placed above another, half a point for each time two are left level."
        ),
        ("", _("Ranked first"), _("Placed above"), _("Left level"), _("Points")),
        tuple(rows),
    )

"""Each method of voting in one paragraph, with an example that is counted here and now, by the count itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards.web.texts import listed
from judging.ballot import Choice, count
from judging.rules import Vote
from judging.schulze import strongest_paths
from judging.values import Method

SLATE: Final = ("A", "B", "C")
BALLOTS: Final[Mapping[Method, Mapping[Choice, int]]] = {
    Method.ONE_CHOICE: {("A",): 3, ("B",): 4, ("C",): 2},
    Method.APPROVAL: {("A",): 3, ("A", "B"): 2, ("B", "C"): 4},
    Method.BORDA: {("A", "B", "C"): 4, ("B", "C", "A"): 3, ("C", "B", "A"): 2, ("A",): 1},
    Method.SCHULZE: {("A", "B", "C"): 4, ("B", "C", "A"): 3, ("C", "A", "B"): 2},
}
"""What is cast in the examples."""
JOINED: Final = {Method.APPROVAL: " + ", Method.BORDA: " > ", Method.SCHULZE: " > ", Method.ONE_CHOICE: ""}

UNITS: Final = {
    Method.ONE_CHOICE: _l("Votes"),
    Method.APPROVAL: _l("Votes"),
    Method.BORDA: _l("Points"),
    Method.SCHULZE: _l("Stands above"),
}
"""What the figure of each nomination is."""
DECIDES: Final = {
    Method.ONE_CHOICE: _l("Who has most comes first."),
    Method.APPROVAL: _l("Who has most comes first."),
    Method.BORDA: _l("Who has most comes first."),
    Method.SCHULZE: _l("Who stands above most others comes first."),
}


def paragraph(vote: Vote) -> str:
    """How ballots are counted, with an example."""
    from awards.web.table.sayings import figure  # noqa: PLC0415 (the table explains methods too)

    method = vote.method
    if method is Method.APPROVAL and vote.approve_up_to == 1:
        method = Method.ONE_CHOICE
    tally = count(method, SLATE, BALLOTS[method])
    told = {
        "number": tally.ballots,
        "ballots": "; ".join(f"{times} × {JOINED[method].join(it)}" for it, times in BALLOTS[method].items()),
        "figures": listed(f"{it} {figure(tally.votes[it])}" for it in SLATE),
        "order": listed(_ordered(tally.votes)),
    }
    if method is Method.ONE_CHOICE:
        return _(
            "A ballot names one; who is named most often comes first. An example: A, B and C stand, and %(number)d "
            "ballots are cast, %(ballots)s. The votes are %(figures)s, and the order is %(order)s. Where some are "
            "level and a prize hangs on it, the steps of the rules tell them apart.",
            **told,
        )
    if method is Method.APPROVAL:
        return _(
            "A ballot names up to %(most)d, and each one named gets one vote, whoever else is named with it; who has "
            "most votes comes first. An example: A, B and C stand, and %(number)d ballots are cast, %(ballots)s. The "
            "votes are %(figures)s, and the order is %(order)s. Where some are level and a prize hangs on it, the "
            "steps of the rules tell them apart.",
            most=vote.approve_up_to,
            **told,
        )
    if method is Method.BORDA:
        return _(
            "A ballot puts those that stand into an order. The last gets no point and each one above it a point more "
            "than the one below; those without a place share what is left in equal parts. Who has most points comes "
            "first. An example: A, B and C stand, so a first place is worth %(top)d points, and %(number)d ballots "
            "are cast, %(ballots)s. The points are %(figures)s, and the order is %(order)s. Where some are level and "
            "a prize hangs on it, the steps of the rules tell them apart.",
            top=len(SLATE) - 1,
            **told,
        )
    return _(
        "A ballot puts those that stand into an order; those without a place are level with each other, below the "
        "rest. Every two are compared: the one that more ballots place above the other wins against it, with so many "
        "ballots. Who wins against all others comes first. Where the wins go round in a circle, chains of wins "
        "decide: a chain is as strong as its weakest win, and the one with the stronger chain to the other goes "
        "first. An example: A, B and C stand, and %(number)d ballots are cast, %(ballots)s. The pairs are %(pairs)s: "
        "a circle. The strongest chains there and back are %(chains)s, so the order is %(order)s. Where some are level "
        "and a prize hangs on it, the steps of the rules tell them apart.",
        pairs=listed(_pairs(tally.pairwise)),
        chains=listed(_pairs(strongest_paths(SLATE, tally.pairwise))),
        **told,
    )


def _ordered(votes: Mapping[str, Fraction]) -> list[str]:
    return sorted(SLATE, key=lambda it: (-votes[it], it))


def _pairs(numbers: Mapping[tuple[str, str], int]) -> Iterable[str]:
    """Each pair by the better one, with both its numbers."""
    for one, other in combinations(SLATE, 2):
        a, b = (one, other) if numbers[one, other] >= numbers[other, one] else (other, one)
        yield f"{a}–{b} {numbers[a, b]}:{numbers[b, a]}"

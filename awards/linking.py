"""Whether the marks of a category can be compared: its judges share nominations, and regions mix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.orm import Session

from awards import fitness, stages
from awards.fitness import Key
from awards.models import Edition
from awards.pairing import Pairs
from judging.assignment import Link, linked

LEAST_CROSSING = Fraction(1, 5)
"""So large a share of the sheets is to be of judges from another region than most of their panel."""


class Gulf(StrEnum):
    """What keeps marks from being compared. PARTED: some judges share no nomination with the others."""

    PARTED = "parted"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A category whose marks can't well be compared: its judges by group, by row, the largest first; the share of
    sheets that cross regions, in per cent.
    """

    category: str
    gulf: Gulf
    groups: tuple[tuple[int, ...], ...]
    crossing: int


def unlinked(pairs: Pairs, made: Iterable[Key], regions: Mapping[int, str]) -> tuple[Unlinked, ...]:
    """The categories that are to be warned of, with the pairs that stand and those that are proposed."""
    of_category: dict[str, list[tuple[str, str]]] = {}
    for judge, nomination in made:
        category = pairs.nominations[nomination].category
        of_category.setdefault(category, []).append((str(judge), str(nomination)))
    pools = {str(row): region for row, region in regions.items() if region}
    found = linked(of_category, pools)
    return tuple(
        Unlinked(
            key,
            gulf,
            tuple(tuple(int(it) for it in part) for part in link.parts),
            int((link.crossing or Fraction(0)) * 100),
        )
        for key, link in sorted(found.items())
        if (gulf := _gulf(link, pools))
    )


def issued(session: Session, edition: Edition) -> tuple[Unlinked, ...]:
    """The same of what is issued in the open round. Raises RoundNotOpen, RoundClosed."""
    pairs = Pairs.of(session, edition, stages.open_round(session, edition))
    return unlinked(pairs, pairs.issued, fitness.regions(session, pairs.judges))


def _gulf(link: Link, pools: Mapping[str, str]) -> Gulf | None:
    if not link.connected:
        return Gulf.PARTED
    several = len({pools[judge] for part in link.parts for judge in part if judge in pools}) > 1
    if several and link.crossing is not None and link.crossing < LEAST_CROSSING:
        return Gulf.APART
    return None

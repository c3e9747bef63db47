"""Who plays in a rehearsal: the real judges and nominations, and simulated ones where there are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from awards.rehearsing.brief import Brief, Entered, Seat

ELSEWHERE = ("AQ", "BV", "HM", "GS", "TF", "UM", "IO", "PN")
"""Countries of simulated nominations and judges: hardly anybody comes from there, so that nothing is in conflict."""
JUDGES_MADE = 7


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the real ones and those that are simulated because there are none."""

    seats: tuple[Seat, ...]
    entered: tuple[Entered, ...]
    simulated_judges: int
    simulated: Mapping[str, int]


def cast(brief: Brief, simulated_judges: int | None = None) -> Cast:
    """The judges and nominations of a brief. `simulated_judges`: so many, instead of the panel that is there."""
    seats, made = brief.judges, 0
    if simulated_judges is not None or not seats:
        made = simulated_judges or max(JUDGES_MADE, brief.rules.sheets.minimum)
        seats = tuple(Seat(f"simulated-{number}") for number in range(1, made + 1))
    there = Counter(it.category for it in brief.entered)
    wanted = {key: _wanted(brief, key) - there[key] for key in brief.categories}
    simulated = {key: number for key, number in wanted.items() if number > 0}
    more = tuple(it for key, number in simulated.items() for it in _simulated(brief, key, number))
    return Cast(seats, (*brief.entered, *more), made, simulated)


def _wanted(brief: Brief, category: str) -> int:
    """How many nominations a category is played with at least: enough to be judged, or to have a cut."""
    there = sum(it.category == category for it in brief.entered)
    if there >= max(1, brief.rules.minimum_nominations):
        return 0
    return max(brief.rules.minimum_nominations, 0 if there else brief.rules.category(category).places + 3)


def _simulated(brief: Brief, category: str, number: int) -> Iterator[Entered]:
    kinds = brief.rules.category(category).nominee_kinds
    for place in range(1, number + 1):
        name = f"Rehearsal city {category} {place}"
        yield Entered(
            reference=f"REHEARSAL-{category}-{place}"[:64],
            category=category,
            nominee_kind=kinds[0],
            title=f"Rehearsal project {place}",
            titles={},
            organisation=name,
            organisation_kind="",
            city=name,
            country=ELSEWHERE[place % len(ELSEWHERE)],
            language=brief.language,
        )

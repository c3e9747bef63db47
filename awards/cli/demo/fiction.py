"""Made-up marks and ballots for the demo, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

COMMENTS = (
    "Clear aims and honest figures; the yearly cost is missing.",
    "Citizens were asked early, and it shows.",
    "Strong in its own city; what others can take over needs a page more.",
    "The results are measured against a baseline, which few do.",
    "A good start. Two more years of figures would settle my doubts.",
    "Well run, and the people left out before are now reached.",
)

LEVEL = 4
"""More than the ladder lets through when all level ones advance."""

Pair = tuple[str, str]
Sheet = dict[str, int]


def marks(
    seed: str, pairs: Sequence[Pair], criteria: Mapping[str, Sequence[str]], scale: tuple[int, int]
) -> dict[Pair, Sheet]:
    """A sheet for every (judge, nomination): a good nomination gets good marks, a strict judge gives low ones.

    `criteria` are the keys on which each nomination is marked.
    """
    lowest, highest = scale
    return {
        (judge, nomination): {
            key: min(highest, max(lowest, round(_level(seed, judge, nomination, key, scale))))
            for key in criteria[nomination]
        }
        for judge, nomination in pairs
    }


def _level(seed: str, judge: str, nomination: str, criterion: str, scale: tuple[int, int]) -> float:
    middle, width = sum(scale) / 2, (scale[1] - scale[0]) / 9
    merit = _chance(seed, "merit", nomination).gauss(0.9, 1.1)
    strength = _chance(seed, "strength", nomination, criterion).gauss(0, 0.7)
    severity = _chance(seed, "severity", judge).gauss(0, 0.6)
    whim = _chance(seed, "whim", judge, nomination, criterion).gauss(0, 0.9)
    return middle + width * (merit + strength - severity + whim)


def level_at_the_cut(found: dict[Pair, Sheet], nominations: Sequence[str], places: int) -> None:
    """Make the last that would advance and the first that would not level, so that a ladder is seen at work.

    They get the same marks on other criteria. Nothing changes where not the same judges marked both.
    """
    ranked = ranking_of(found, nominations)
    if len(ranked) <= places:
        return
    last, first_out = ranked[places - 1], ranked[places]
    judges = [judge for judge, it in found if it == last]
    if judges != [judge for judge, it in found if it == first_out]:
        return
    for judge in judges:
        sheet = found[judge, last]
        turned = [*list(sheet.values())[1:], next(iter(sheet.values()))]
        found[judge, first_out] = dict(zip(sheet, turned, strict=True))


def level_past_the_ladder(found: dict[Pair, Sheet], nominations: Sequence[str], places: int) -> None:
    """Make so many level at the cut, and in every mark, that no step but the chair's tells them apart.

    They are nominations that the same judges marked, the last that would advance among them.
    """
    ranked = ranking_of(found, nominations)
    last = ranked[places - 1]
    judges = [judge for judge, it in found if it == last]
    alike = [it for it in ranked[places - 1 :] if [judge for judge, other in found if other == it] == judges]
    for name in alike[1:LEVEL]:
        for judge in judges:
            found[judge, name] = dict(found[judge, last])


def ranking_of(found: dict[Pair, Sheet], nominations: Sequence[str]) -> list[str]:
    """The nominations by the mean of all their marks, the highest first."""
    totals = {name: _mean([sheet for (_, it), sheet in found.items() if it == name]) for name in nominations}
    return sorted((name for name in nominations if totals[name]), key=lambda name: (-totals[name], name))


def _mean(sheets: Sequence[Sheet]) -> Fraction:
    values = [mark for sheet in sheets for mark in sheet.values()]
    return Fraction(sum(values), len(values)) if values else Fraction(0)


def comment(seed: str, judge: str, nomination: str) -> str:
    """A comment for one sheet in three."""
    chance = _chance(seed, "comment", judge, nomination)
    return chance.choice(COMMENTS) if chance.random() < 1 / 3 else ""


def ranking(seed: str, elector: str, slate: Sequence[str]) -> list[str]:
    """An elector's order of those it may vote for: by merit, as it sees it."""
    return sorted(
        slate,
        key=lambda name: (
            -_chance(seed, "merit", name).gauss(0.9, 1.1) - _chance(seed, "vote", elector, name).gauss(0, 0.8)
        ),
    )


def _chance(*names: str) -> random.Random:
    return random.Random(":".join(names))  # noqa: S311 (fiction, no secret)

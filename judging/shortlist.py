"""The first round's standing of a category, and who advances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from judging.fitted import Fitted
from judging.ladder import Measure, Settlement, StepTaken, Verdicts, group_by_value, settle
from judging.ranking import places
from judging.rules import Rules
from judging.scoring import Score
from judging.values import Deciding, Finalist, Step


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A nomination in the standing: `place` is by total alone and shared by level ones.

    `total` decides. `raw` is the plain mean beside it where the rules let a calibration decide, else None.
    """

    nomination: str
    place: int
    total: Fraction
    sheets: int
    finalist: Finalist
    settled_by: Step | None
    raw: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of one category, best first, and the steps that its ladder took.

    Where the rules let a calibration decide, `deciding` tells which total did, and `why` for which reason that is the
    plain mean all the same.
    """

    category: str
    rows: tuple[StandingRow, ...]
    steps: tuple[StepTaken, ...]
    deciding: Deciding | None = None
    why: str | None = None

    @property
    def finalists(self) -> tuple[str, ...]:
        """Those who advance, best first; incomplete while a row is open."""
        return tuple(row.nomination for row in self.rows if row.finalist is Finalist.YES)

    @property
    def totals(self) -> dict[str, Fraction]:
        return {row.nomination: row.total for row in self.rows}


def measures_of(scores: Mapping[str, Score]) -> dict[Step, Measure]:
    """The steps that compare marks, as functions of the level nominations."""
    return {
        Step.OWN_CRITERION: lambda level: _present({name: scores[name].own for name in level}),
        Step.MEDIAN: lambda level: {name: scores[name].median for name in level},
        Step.LOWEST_SHARE: lambda level: {name: scores[name].lowest_share for name in level},
    }


def _present(values: Mapping[str, Fraction | None]) -> dict[str, Fraction] | None:
    found = {name: value for name, value in values.items() if value is not None}
    return found if len(found) == len(values) else None


def shortlist(
    rules: Rules,
    category: str,
    scores: Mapping[str, Score],
    *,
    verdicts: Verdicts,
    seed: str | None,
    fitted: Fitted | None = None,
) -> Standing:
    """The standing of a category and who advances: the places of the rules, ties at the cut by the ladder.

    `scores` holds every nomination that was judged. Fewer nominations than places all advance. `fitted`: what a
    calibration gave them, where the rules let it decide; then it has a total for each of them or for none.
    """
    if fitted is not None and fitted.deciding is Deciding.FAIR:
        totals = {name: fitted.totals[name] for name in scores}
    else:
        totals = {name: found.total for name, found in scores.items()}
    cut = rules.category(category).places
    settlement = settle(
        group_by_value(totals),
        cuts=[cut],
        ladder=rules.shortlist_ladder,
        measures=measures_of(scores),
        verdicts=verdicts,
        seed=seed,
    )
    rows = _rows(settlement, scores, totals, cut, with_raw=fitted is not None)
    if fitted is None:
        return Standing(category, rows, settlement.steps)
    return Standing(category, rows, settlement.steps, fitted.deciding, fitted.why)


def _rows(
    settlement: Settlement,
    scores: Mapping[str, Score],
    totals: Mapping[str, Fraction],
    cut: int,
    *,
    with_raw: bool,
) -> tuple[StandingRow, ...]:
    by_total = places(totals)
    return tuple(
        StandingRow(
            nomination=placed.nomination,
            place=by_total[placed.nomination],
            total=totals[placed.nomination],
            sheets=scores[placed.nomination].sheets,
            finalist=Finalist.OPEN if placed.open else Finalist.YES if placed.place <= cut else Finalist.NO,
            settled_by=placed.settled_by,
            raw=scores[placed.nomination].total if with_raw else None,
        )
        for placed in settlement.placed
    )

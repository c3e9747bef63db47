"""What the calibration finds, how honest its probabilities are, and how long it takes."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.linalg import cholesky

from judging.calibration.draws import ranks
from judging.calibration.fit import Fit, fit
from judging.calibration.panel import Panel, Real
from judging.calibration.validation import predicted
from judging.readings import second_readings
from tests.benchmarks.figures import ratio
from tests.judging.panels import (
    SCENARIOS,
    World,
    assigned,
    found_of_best,
    moved,
    real_panel,
    sample,
    world,
    z_scores,
)

DRAWS = 4000
FULL = [
    pytest.param(10, marks=pytest.mark.audit, id="audit"),
    pytest.param(10, marks=pytest.mark.bench, id="bench"),
]


@pytest.mark.parametrize(
    ("items", "judges", "k", "size", "most", "times"),
    [
        (200, 40, 3, 1500, 12.0, 3),
        pytest.param(1_000, 200, 3, 2500, 6.0, 3, marks=pytest.mark.bench),
        pytest.param(10_000, 1_000, 5, 10_000, 6.0, 1, marks=pytest.mark.bench),
    ],
)
def test_fit_and_draws_take_a_few_times_one_dense_cholesky(
    items: int, judges: int, k: int, size: int, most: float, times: int
) -> None:
    """The baseline: one Cholesky factor of a dense matrix of that size."""
    chance = np.random.default_rng(1)
    made = world("random", chance, items=items, categories=20, judges=judges)
    panel = made.panel(assigned(made, k, chance))
    square = np.full((size, size), 0.5) + np.eye(size) * size

    def work() -> None:
        found = fit(panel)
        assert len(_p_top(found, seed="bench")) == items

    name = f"fit and {DRAWS} draws, {items:,} x {judges:,}, k = {k}"
    assert ratio(name, work, lambda: cholesky(square), times=times) < most


def _p_top(found: Fit, *, seed: str, draws: int = DRAWS) -> Real:
    places = [5] * len(found.panel.categories)
    answer = np.empty(len(found.panel.items))
    for number, rank in enumerate(ranks(found.system, seed=seed, draws=draws, places=places)):
        answer[found.panel.of_category(number)] = rank.p_top
    return answer


def _held_out(panel: Panel, chance: np.random.Generator) -> tuple[float, float, float]:
    """Mean squared error at 15 % of the sheets, hidden: plain mean, z-scores, fair."""
    hidden = chance.random(panel.size) < 0.15
    kept = panel.part(~hidden)
    counts = np.bincount(kept.item, minlength=len(kept.items))
    asked = np.flatnonzero(hidden & (counts[panel.item] > 0))
    judge, item, truth = panel.judge[asked], panel.item[asked], panel.value[asked]
    z, mean, deviation = z_scores(kept)
    guesses = kept.means()[item], mean[judge] + deviation[judge] * z[item], predicted(fit(kept), judge, item)
    plain, by_z, fair = (float(np.mean((guess - truth) ** 2)) for guess in guesses)
    return plain, by_z, fair


@pytest.mark.bench
@pytest.mark.parametrize(
    ("judges", "severity", "slope", "most"),
    [(9, 0, 0, 0.93), (9, 1, 0, 0.5), (9, 1, 0.25, 0.5), (3, 0, 0, 1), (3, 1, 0, 0.5), (3, 1, 0.25, 0.5)],
)
def test_skating_sheets_held_out(judges: int, severity: float, slope: float, most: float) -> None:
    errors = []
    for repeat in range(20):
        chance = np.random.default_rng(repeat)
        errors.append(_held_out(sample(moved(real_panel(), severity, slope, chance), judges, chance), chance))
    plain, by_z, fair = np.sqrt(np.mean(errors, axis=0))
    print(
        f"\nskating, {judges} judges, severity {severity}, slope {slope}: held-out error "
        f"mean {plain:.4f}  z-score {by_z:.4f}  fair {fair:.4f}  ({fair / plain:.3f} of the mean's)"
    )
    assert fair <= most * plain
    assert fair < by_z


def _recovery(repeats: int, judges: int, severity: float) -> tuple[float, float, float]:
    """Percent of the whole panel's five that a part of it finds: plain mean, z-scores, fair."""
    whole = real_panel()
    truth, found = whole.means(), []
    for repeat in range(repeats):
        chance = np.random.default_rng(repeat)
        part = sample(moved(whole, severity, 0, chance), judges, chance)
        totals = part.means(), z_scores(part)[0], fit(part).system.fair()
        found.append([100 * found_of_best(total, truth, part) for total in totals])
    plain, by_z, fair = np.mean(found, axis=0)
    return float(plain), float(by_z), float(fair)


@pytest.mark.parametrize("repeats", [3, pytest.param(40, marks=pytest.mark.bench)])
def test_three_judges_find_the_five_of_nine(repeats: int) -> None:
    with_severity, as_they_are = _recovery(repeats, 3, 1), _recovery(repeats, 3, 0)
    for severity, found in ((1, with_severity), (0, as_they_are)):
        print(
            f"\nskating, 3 judges, severity {severity}: of the five "
            f"mean {found[0]:.1f} %  z-score {found[1]:.1f} %  fair {found[2]:.1f} %"
        )
    assert with_severity[2] >= with_severity[0] + (12 if repeats > 3 else 8)
    assert as_they_are[2] >= as_they_are[0] - 1


def _honesty(chances: Real, came: Real) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((chances * 10).astype(int), 9)
    return sum(
        abs(float(chances[bins == at].mean() - came[bins == at].mean())) * float((bins == at).mean())
        for at in range(10)
        if (bins == at).any()
    )


def _true_best(made: World, panel: Panel) -> Real:
    came = np.zeros(len(made.worth))
    for number in range(len(panel.categories)):
        items = panel.of_category(number)
        came[items[np.argsort(-made.worth[items])[:5]]] = 1
    return came


@pytest.mark.parametrize("repeats", [1, *FULL])
def test_probabilities_of_the_five_come_true(repeats: int) -> None:
    full = repeats > 1
    for scenario in SCENARIOS if full else ("random", "missing"):
        chances, came, totals = [], [], []
        for repeat in range(repeats):
            chance = np.random.default_rng(repeat)
            made = (
                world(scenario, chance)
                if full
                else world(scenario, chance, items=600, categories=12, judges=120)
            )
            panel = made.panel(assigned(made, 3, chance))
            found = fit(panel)
            chances.append(_p_top(found, seed=str(repeat), draws=DRAWS if full else 1000))
            came.append(_true_best(made, panel))
            ways = panel.means(), z_scores(panel)[0], found.system.fair()
            totals.append([100 * found_of_best(way, made.worth, panel) for way in ways])
        error = _honesty(np.concatenate(chances), np.concatenate(came))
        plain, by_z, fair = np.mean(totals, axis=0)
        print(
            f"\n{scenario:<8} k = 3: calibration error of P(top five) {error:.4f}; of the true five "
            f"mean {plain:.1f} %  z-score {by_z:.1f} %  fair {fair:.1f} %"
        )
        assert error <= (0.02 if full else 0.04)
        assert fair > plain


def _expected(found: Fit) -> float:
    """Percent of the true five that the fair score is expected to find, by P(top five): less noisy than counting."""
    p_top, totals, panel = _p_top(found, seed="expected", draws=1000), found.system.fair(), found.panel
    chosen = [
        items[np.argsort(-totals[items])[:5]]
        for items in map(panel.of_category, range(len(panel.categories)))
    ]
    return 100 * float(np.mean([p_top[items].mean() for items in chosen]))


def _readings(scenario: str, repeat: int, size: dict[str, int]) -> list[float]:
    """Three judges each, one more for everybody, as many by the rule: found of the true five, and expected to be."""
    chance = np.random.default_rng(repeat)
    made = world(scenario, chance, **size)
    given = assigned(made, 3, chance)
    items = len(made.worth)

    def with_more(extra: dict[int, int]) -> Fit:
        more = assigned(made, 0, np.random.default_rng(repeat), extra=extra, given=given) if extra else []
        return fit(made.panel(given + more))

    first = with_more({})
    p_top = {f"{item:06}": Fraction(int(p * DRAWS), DRAWS) for item, p in enumerate(_p_top(first, seed="r"))}
    by_rule = {int(name): count for name, count in second_readings(p_top, budget=items).items()}
    tried = first, with_more(dict.fromkeys(range(items), 1)), with_more(by_rule)
    found = [100 * found_of_best(it.system.fair(), made.worth, it.panel) for it in tried]
    return found + [_expected(it) for it in tried]


@pytest.mark.parametrize("repeats", [2, *FULL])
def test_second_readings_by_the_rule_find_more_than_one_more_for_everybody(repeats: int) -> None:
    full = repeats > 2
    size = {} if full else {"items": 400, "categories": 8, "judges": 80}
    gains = []
    for scenario in SCENARIOS if full else ("random",):
        found = np.mean([_readings(scenario, it, size) for it in range(repeats)], axis=0)
        start, even, rule, _, expected_even, expected_rule = found
        gains.append((rule - even, expected_rule - expected_even))
        print(
            f"\n{scenario:<8} of the true five: 3 judges {start:.1f} %  one more for all {even:.1f} %  "
            f"as many by the rule {rule:.1f} %; expected {expected_even:.1f} % and {expected_rule:.1f} %"
        )
    counted, expected = np.mean(gains, axis=0)
    print(f"by the rule more than one more for all: {counted:.1f} points counted, {expected:.1f} expected")
    assert expected >= (4 if full else 2)
    assert not full or counted >= 4

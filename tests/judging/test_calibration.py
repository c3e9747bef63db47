"""The fair score, how sure the cut line is, and the guard rails."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from judging.calibration import Calibration, Sheet, Why, calibrate, document
from judging.calibration.cut import _best
from judging.calibration.fit import fit
from judging.calibration.panel import panel_of
from judging.calibration.system import Guess, System
from judging.calibration.validation import held_out
from judging.values import canonical
from tests.judging.panels import own_country, skating

FIVE: Mapping[str, int] = defaultdict(lambda: 5)
SEED = "a seed for tests"


def made(
    nominations: int,
    judges: int,
    *,
    severity: Mapping[int, float] | None = None,
    noise: float = 0.4,
    seed: int = 1,
) -> list[Sheet]:
    """Everybody reads everything in one category; nomination n is worth more the higher its number."""
    chance = np.random.default_rng(seed)
    shift = severity or {}
    return [
        Sheet(f"judge-{j}", f"n{n:02}", "services", Fraction(round(value * 5), 5))
        for n in range(nominations)
        for j in range(judges)
        for value in [3 + 5 * n / nominations + shift.get(j, 0.0) + chance.normal(0, noise)]
    ]


def run(sheets: list[Sheet], **others: Any) -> Calibration:
    return calibrate(sheets, **{"places": FIVE, "seed": SEED, "draws": 400, **others})


@pytest.fixture(scope="module")
def skaters() -> Calibration:
    return calibrate(
        skating(), places=FIVE, seed=SEED, draws=400, same_country=own_country(), expected={("nobody", "x")}
    )


def test_a_strict_judge_is_found_and_the_nominations_that_drew_one_are_not_hurt() -> None:
    sheets = [
        sheet
        for sheet in made(20, 6, severity={0: -2.0})
        if sheet.judge != "judge-0" or sheet.nomination[-1] in "02468"
    ]
    found = run(sheets)

    strict = found.judges[0]
    rows = {row.nomination: row for row in found.categories[0].nominations}
    gain = {name: row.fair - float(row.raw) for name, row in rows.items()}
    drew = np.mean([it for name, it in gain.items() if name[-1] in "02468"])
    spared = np.mean([it for name, it in gain.items() if name[-1] not in "02468"])
    assert abs(strict.severity + 2 - 2 / 6) < 3 * strict.error < 0.5  # against the mean of all six
    assert drew - spared == pytest.approx(2 / 6, abs=0.05)
    assert found.prediction.better
    assert found.categories[0].fair_decides


def test_the_same_sheets_and_seed_give_the_same_document_in_any_order() -> None:
    sheets = made(12, 4, severity={1: 1.0})

    one, other = document(run(sheets)), document(run(sheets[::-1]))
    another_seed = document(run(sheets, seed="another"))

    assert canonical(one) == canonical(other)
    assert canonical(one) != canonical(another_seed)
    assert one["sheets_sha256"] == another_seed["sheets_sha256"]


def test_the_document_holds_whole_numbers_and_texts_only(skaters: Calibration) -> None:
    written = document(skaters)

    canonical(written)
    category: Any = written["categories"]
    assert category[0]["nominations"][0]["raw"] == "9.877778"
    assert set(written) == {
        "format", "method", "versions", "seed", "draws", "sheets", "sheets_sha256", "variances", "prediction",
        "reliability", "same_country", "judges", "far", "categories",
    }  # fmt: skip


def test_judges_who_share_no_nomination_are_not_compared() -> None:
    sheets = [
        sheet
        for sheet in made(20, 6, severity={0: 2.0})
        if (sheet.judge < "judge-3") == (sheet.nomination < "n10")
    ]

    (category,) = run(sheets).categories

    assert not category.linked
    assert category.parts == (("judge-0", "judge-1", "judge-2"), ("judge-3", "judge-4", "judge-5"))
    assert (category.fair_decides, category.why) == (False, Why.NOT_LINKED)
    assert all(row.fair == float(row.raw) for row in category.nominations)


def test_a_fair_score_that_predicts_no_better_does_not_decide() -> None:
    found = run(made(6, 3, noise=2.0, seed=8))

    assert not found.prediction.better
    assert (found.categories[0].fair_decides, found.categories[0].why) == (False, Why.PREDICTS_NO_BETTER)


@pytest.mark.parametrize(
    "sheets",
    [
        made(6, 1),
        made(1, 5),
        [Sheet("j", "n", "", Fraction(5))],
        [Sheet(f"j{n}", f"n{n}", "", Fraction(n)) for n in range(6)],
        [Sheet(f"j{j}", f"n{n}", "", Fraction(7)) for n in range(6) for j in range(3)],
    ],
    ids=["one judge", "one nomination", "one sheet", "a sheet each", "all the same"],
)
def test_where_judges_and_nominations_cannot_be_told_apart_the_plain_mean_stays(sheets: list[Sheet]) -> None:
    found = run(sheets)

    (category,) = found.categories
    assert category.why is Why.TOO_FEW
    assert [row.fair for row in category.nominations] == [float(row.raw) for row in category.nominations]
    assert sum(row.p_top for row in category.nominations) == pytest.approx(min(5, len(category.nominations)))


def test_where_no_difference_between_nominations_is_found_fair_scores_still_stand_in_order() -> None:
    chance = np.random.default_rng(5)
    severity = chance.normal(0, 1.5, 9)
    sheets = [
        Sheet(f"judge-{j}", f"n{n:02}", "wines", Fraction(round(14 + severity[j] + chance.normal(0, 2.6)), 1))
        for n in range(20)
        for j in range(9)
    ]

    found = run(sheets)

    (category,) = found.categories
    by_mean = sorted(category.nominations, key=lambda it: -it.raw)
    assert found.variances.nomination < 1e-4 * found.variances.noise
    assert category.why is None
    assert category.nominations[0].fair - category.nominations[-1].fair > 0.1
    assert {it.nomination for it in by_mean[:3]} <= {it.nomination for it in category.nominations[:5]}


def test_nothing_is_said_of_a_judge_with_three_sheets() -> None:
    sheets = [
        sheet
        for sheet in made(20, 5, severity={0: -3.0})
        if sheet.judge != "judge-0" or sheet.nomination < "n03"
    ]

    few, many, *_ = run(sheets).judges

    assert (few.sheets, few.severity, few.shrunk) == (3, 0.0, True)
    assert not many.shrunk
    assert many.severity != 0


def test_large_adjustments_and_changes_of_the_five_are_listed() -> None:
    sheets = [
        sheet
        for sheet in made(16, 6, severity={0: -5.0, 1: -5.0, 2: -5.0})
        if (sheet.judge < "judge-3") == (sheet.nomination in ("n15", "n14")) or sheet.nomination < "n08"
    ]
    (category,) = run(sheets).categories

    assert {"n14", "n15"} <= set(category.adjusted)
    assert set(category.enters) == {"n14", "n15"}
    assert len(category.leaves) == 2
    assert {row.nomination for row in category.nominations[:5]} >= {"n14", "n15"}


def test_when_the_rules_let_the_plain_mean_decide_everything_is_told_by_it() -> None:
    sheets = [
        sheet
        for sheet in made(12, 6, severity={0: -4.0})
        if sheet.judge != "judge-0" or sheet.nomination > "n07"
    ]
    (by_fair,), (by_mean,) = run(sheets).categories, run(sheets, fair_decides=False).categories

    assert (by_mean.fair_decides, by_mean.why) == (False, None)
    assert by_mean.enters == by_fair.enters
    assert [row.nomination for row in by_mean.nominations] == sorted(
        (row.nomination for row in by_mean.nominations), key=lambda name: -_raw(by_mean, name)
    )


def _raw(category: Any, name: str) -> Fraction:
    return next(row.raw for row in category.nominations if row.nomination == name)


def test_one_judge_who_decides_a_place_is_shown() -> None:
    odd = {("judge-2", "n09"): Fraction(1)}
    sheets = [
        Sheet(it.judge, it.nomination, it.category, odd.get((it.judge, it.nomination), it.value))
        for it in made(10, 5, noise=0.1)
    ]
    (by_mean,), (by_fair,) = (
        run(sheets, places={"services": 1}, fair_decides=decides).categories for decides in (False, True)
    )

    without = {it.judge: it for it in by_mean.without}
    assert (without["judge-2"].enters, without["judge-2"].leaves) == (("n09",), ("n08",))
    assert (without["judge-0"].enters, without["judge-0"].leaves) == ((), ())
    assert by_fair.nominations[0].nomination == "n09"  # who is so far from the others counts for less
    assert all(not it.enters for it in by_fair.without)


def test_without_a_judge_the_means_of_the_others_say_who_is_in_in_every_category() -> None:
    sheets = [
        Sheet(it.judge, f"{category}-{it.nomination}", category, it.value)
        for number, category in enumerate(("east", "west"))
        for at, it in enumerate(made(9, 6, noise=1.5, seed=number))
        if (at + number) % 4
    ]

    found = run(sheets, places={"east": 3, "west": 4}, fair_decides=False)

    for category in found.categories:
        best = {it.nomination for it in category.nominations[: category.places]}
        for without in category.without:
            left: dict[str, list[Fraction]] = defaultdict(list)
            for sheet in sheets:
                if sheet.category == category.category and sheet.judge != without.judge:
                    left[sheet.nomination].append(sheet.value)
            order = sorted(left, key=lambda name: (-sum(left[name]) / len(left[name]), name))
            again = set(order[: category.places])
            assert (set(without.enters), set(without.leaves)) == (again - best, best - again)
    assert any(it.enters for category in found.categories for it in category.without)


@pytest.mark.parametrize("by_fair", [True, False])
def test_a_missing_sheet_matters_where_a_low_one_would_change_the_five(by_fair: bool) -> None:
    absent = {("judge-1", "n35"), ("judge-1", "n00")}
    sheets = [it for it in made(40, 5, noise=0.1) if (it.judge, it.nomination) not in absent]

    (category,) = run(
        sheets, expected={*absent, ("judge-1", "n37"), ("new", "n20")}, fair_decides=by_fair
    ).categories

    assert [(it.judge, it.nomination, it.could_matter) for it in category.missing] == [
        ("judge-1", "n00", False),
        ("judge-1", "n35", True),
        ("new", "n20", False),
    ]


def test_without_is_what_a_fit_of_the_sheets_left_gives_on_either_side_of_the_equations() -> None:
    for nominations, judges in ((12, 5), (5, 12)):
        panel = panel_of(made(nominations, judges, severity={1: 1.0}))
        guess = Guess(
            1.0, 0.5, 0.1, 0.2, np.linspace(0.8, 1.2, judges), np.linspace(1.2, 0.8, judges), np.zeros(judges)
        )
        system = System(panel, guess)
        inverse = system.inverse()
        rows = np.flatnonzero(panel.judge == 2)

        left = System(panel.part(panel.judge != 2), guess)
        one_less = System(panel.part(np.arange(panel.size) != 3), guess)
        added = one_less.addition(int(panel.judge[3]), int(panel.item[3]), float(panel.value[3]))

        assert system.items_out is (nominations > judges)
        np.testing.assert_allclose(system.deletion(rows, inverse), left.items(), atol=1e-10)
        np.testing.assert_allclose(added, system.items(), atol=1e-10)
        _agrees_with_dense_algebra(system, inverse)


def _agrees_with_dense_algebra(system: System, inverse: Any) -> None:
    """Solved in one piece: design, priors, inverse."""
    panel, guess = system.panel, system.guess
    judges, items = len(panel.judges), len(panel.items)
    design = np.zeros((panel.size, 1 + judges + items))
    rows = np.arange(panel.size)
    design[:, 0] = 1
    design[rows, 1 + panel.judge] = 1
    design[rows, 1 + judges + panel.item] = guess.spread[panel.judge]
    prior = np.concatenate(([0], np.full(judges, 1 / guess.judge), np.full(items, 1 / guess.nomination)))
    whole = np.linalg.inv(design.T * system.weight @ design + np.diag(prior))
    effects = whole @ (design.T @ (system.weight * (panel.value - system.level)))

    item_variances, judge_variances = system.variances(inverse)
    against_mean = np.eye(judges) - 1 / judges
    contrasts = against_mean @ whole[1 : 1 + judges, 1 : 1 + judges] @ against_mean
    np.testing.assert_allclose(system.severity_errors(inverse), np.sqrt(np.diag(contrasts)), atol=1e-9)
    moments = system.moments(inverse)
    fitted_variance = np.einsum("ij,jk,ik->i", design, whole, design)
    own = 1 + judges + panel.item
    np.testing.assert_allclose(system.items(), effects[1 + judges :], atol=1e-9)
    np.testing.assert_allclose(item_variances, np.diag(whole)[1 + judges :], atol=1e-9)
    np.testing.assert_allclose(judge_variances, np.diag(whole)[1 : 1 + judges], atol=1e-9)
    np.testing.assert_allclose(moments.chance, system.residual**2 + fitted_variance, atol=1e-9)
    np.testing.assert_allclose(moments.square, effects[own] ** 2 + whole[own, own], atol=1e-9)
    np.testing.assert_allclose(moments.shared, whole[0, own] + whole[1 + panel.judge, own], atol=1e-9)


def test_bands_and_ranks_say_how_sure_the_cut_is() -> None:
    (category,) = run(made(14, 5, severity={0: 1.5}, noise=1.0), draws=2000).categories

    rows = category.nominations
    assert sum(row.p_top for row in rows) == pytest.approx(5, abs=1e-9)
    assert all(
        (row.band == "safe") == (row.p_top >= 0.9) and (row.band == "out") == (row.p_top <= 0.1)
        for row in rows
    )
    assert {row.band for row in rows} == {"safe", "in_play", "out"}
    assert all(row.rank_low <= row.rank <= row.rank_high for row in rows)
    assert category.expected_wrong == pytest.approx(sum(1 - row.p_top for row in rows[:5]))
    assert category.margin == pytest.approx(rows[4].fair - rows[5].fair)


def test_sheets_far_from_the_panel_are_listed() -> None:
    sheets = [Sheet(f"j{j}", "n", "", Fraction(mark)) for j, mark in enumerate([7, 7, 7, 3])]
    sheets += [Sheet(f"j{j}", "m", "", Fraction(mark)) for j, mark in enumerate([4, 4, 4, 7])]

    found = run(sheets)

    assert [(it.judge, it.nomination, it.value, it.panel) for it in found.far] == [("j3", "n", 3, 7)]


def test_skating_judges_favour_their_own_country(skaters: Calibration) -> None:
    premium = skaters.same_country

    assert premium is not None
    assert premium.premium == pytest.approx(0.29, abs=0.06)
    assert premium.premium > 6 * premium.error


def test_sheets_held_out_are_predicted_better_than_by_the_mean(skaters: Calibration) -> None:
    raw, fair = skaters.prediction.raw, skaters.prediction.fair

    assert raw is not None
    assert fair is not None
    assert fair <= 0.93 * raw


def test_progress_is_told_and_ends_complete() -> None:
    told: list[tuple[int, int]] = []

    run(made(10, 4), progress=lambda done, of: told.append((done, of)))

    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_two_sheets_of_one_judge_and_nomination_are_refused() -> None:
    with pytest.raises(ValueError, match="two sheets"):
        run([Sheet("j", "n", "", Fraction(1))] * 2)
    with pytest.raises(ValueError, match="no sheets"):
        run([])


def test_level_totals_stand_in_the_order_of_their_names() -> None:
    totals = np.array([1.0, 2.0, 2.0 + 1e-12, 3.0])

    assert _best(totals, np.arange(4), 3) == [3, 1, 2]


@pytest.mark.parametrize(
    ("nomination", "judge", "noise"), [(1e-8, 1e6, 1e-10), (1, 1e9, 1e-8), (1e6, 1e3, 1e-10)]
)
def test_variances_under_which_level_and_judges_cannot_be_told_apart_stop_no_fit(
    nomination: float, judge: float, noise: float
) -> None:
    ones = np.ones(8)

    system = System(panel_of(made(30, 8)), Guess(nomination, judge, 1, noise, ones, ones, 0 * ones))

    assert np.isfinite(system.log_determinant())
    assert np.isfinite(system.fair()).all()


def test_held_out_sheets_are_chosen_by_the_seed() -> None:
    found = fit(panel_of(made(10, 4)))

    assert held_out(found, seed="a") == held_out(found, seed="a") != held_out(found, seed="b")

"""Variances, intraclass correlations and alpha against other people's libraries.

The libraries are installed for `make audit` only: two of them are under the GPL and none belongs into the product.
What they gave on 2026-11-27 is kept here, so that every test compares with it: statsmodels 0.15.0 (MixedLM, REML,
crossed variance components, BFGS with gtol 1e-9), pingouin 0.7.0 and krippendorff 0.9.0.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from judging.calibration import Sheet
from judging.calibration.fit import fit
from judging.calibration.panel import Panel, panel_of
from judging.calibration.reliability import alpha, judges_for, reliability, share, word
from judging.calibration.values import Word
from tests.judging.panels import moved, real_panel, sample

SHORT = ("Ladies Single Skating - Short Program",)
FIVE_PROGRAMMES = (
    "Ice Dance - Free Dance",
    "Ladies Single Skating - Free Skating",
    "Men Single Skating - Free Skating",
    "Pair Skating - Free Skating",
    "Team Event - Ladies Single Skating Short Program",
)
OF_STATSMODELS = {
    "nine judges": (1.346515006, 0.017874920, None, 0.110544061),
    "three of nine, severity added": (0.928074641, 1.491149698, 0.113294238, 0.056925779),
}
OF_PINGOUIN = {1: 0.912932, 9: 0.989514}
OF_KRIPPENDORFF = {"nine judges": 0.9103821379703476, "all programmes": 0.9175964621678356}


def programmes(names: tuple[str, ...]) -> Panel:
    whole = real_panel()
    return whole.part(np.isin(whole.category[whole.item], [whole.categories.index(name) for name in names]))


def tidy(panel: Panel) -> Panel:
    """The same sheets without the judges and nominations that have none."""
    return panel_of(
        Sheet(panel.judges[judge], panel.items[item][1], panel.items[item][0], Fraction(float(value)))
        for judge, item, value in zip(panel.judge, panel.item, panel.value, strict=True)
    )


def panels() -> dict[str, Panel]:
    chance = np.random.default_rng(3)
    three = sample(moved(programmes(FIVE_PROGRAMMES), 1, 0, chance), 3, chance)
    return {"nine judges": tidy(programmes(SHORT)), "three of nine, severity added": tidy(three)}


@pytest.mark.parametrize("name", OF_STATSMODELS)
def test_the_variances_are_those_of_statsmodels(name: str) -> None:
    nomination, judge, category, noise = OF_STATSMODELS[name]

    found = fit(panels()[name]).reml

    assert found.nomination == pytest.approx(nomination, rel=5e-5)
    assert found.judge == pytest.approx(judge, rel=5e-5)
    assert found.noise == pytest.approx(noise, rel=5e-5)
    assert category is None or found.category == pytest.approx(category, rel=5e-5)


def test_the_intraclass_correlations_are_those_of_pingouin() -> None:
    panel = panels()["nine judges"]
    variances = fit(panel).reml

    found = reliability(panel, variances)

    assert found.panel_of == 9
    assert found.single == pytest.approx(OF_PINGOUIN[1], abs=5e-6)
    assert found.panel == pytest.approx(OF_PINGOUIN[9], abs=5e-6)
    assert found.panel_calibrated > found.panel
    assert (found.word, found.good_from) == (Word.EXCELLENT, 1)


def test_alpha_is_that_of_krippendorff() -> None:
    assert alpha(panels()["nine judges"]) == pytest.approx(OF_KRIPPENDORFF["nine judges"], abs=1e-9)
    assert alpha(real_panel()) == pytest.approx(OF_KRIPPENDORFF["all programmes"], abs=1e-9)


def test_the_judges_needed_for_good_are_found_by_solving_for_their_number() -> None:
    for truth, error in ((1.0, 2.0), (0.3, 0.7), (1.0, 0.1), (1.0, 1 / 3)):
        needed = judges_for(0.75, truth, error)
        assert needed is not None
        assert share(truth, error, needed) >= 0.75 - 1e-12
        assert needed == 1 or share(truth, error, needed - 1) < 0.75
    assert judges_for(0.75, 0.0, 1.0) is None
    assert judges_for(0.75, 1e-9, 1.0) is None
    assert [word(it) for it in (0.49, 0.5, 0.75, 0.9)] == [
        Word.POOR,
        Word.MODERATE,
        Word.GOOD,
        Word.EXCELLENT,
    ]


@pytest.mark.audit
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OF_STATSMODELS)
def test_statsmodels_still_gives_what_is_kept_here(name: str) -> None:
    import pandas
    import statsmodels.formula.api as models

    panel = panels()[name]
    columns: dict[str, Any] = {"j": panel.judge, "i": panel.item, "c": panel.category[panel.item]}
    frame = pandas.DataFrame({**columns, "y": panel.value, "g": 1})
    parts = {"i": "0 + C(i)", "j": "0 + C(j)"} | ({"c": "0 + C(c)"} if len(panel.categories) > 1 else {})
    model = models.mixedlm("y ~ 1", frame, groups="g", re_formula="0", vc_formula=parts)
    found = model.fit(reml=True, method="bfgs", maxiter=500, gtol=1e-9)

    by_name = dict(zip(model.exog_vc.names, found.vcomp, strict=True))
    nomination, judge, category, noise = OF_STATSMODELS[name]
    assert (by_name["i"], by_name["j"], found.scale) == pytest.approx((nomination, judge, noise), rel=5e-5)
    assert category is None or by_name["c"] == pytest.approx(category, rel=5e-5)


@pytest.mark.audit
@pytest.mark.filterwarnings("ignore")
def test_pingouin_and_krippendorff_still_give_what_is_kept_here() -> None:
    import krippendorff
    import pandas
    import pingouin

    panel = panels()["nine judges"]
    frame = pandas.DataFrame({"j": panel.judge, "i": panel.item, "y": panel.value})
    found = pingouin.intraclass_corr(frame, targets="i", raters="j", ratings="y").set_index("Type")["ICC"]
    table = np.full((len(panel.judges), len(panel.items)), np.nan)
    table[panel.judge, panel.item] = panel.value

    assert found["ICC(A,1)"] == pytest.approx(OF_PINGOUIN[1], abs=1e-6)
    assert found["ICC(A,k)"] == pytest.approx(OF_PINGOUIN[9], abs=1e-6)
    assert krippendorff.alpha(reliability_data=table, level_of_measurement="interval") == pytest.approx(
        OF_KRIPPENDORFF["nine judges"], abs=1e-9
    )

"""A calibration as the document that is stored: whole numbers and texts, every fitted number with six decimals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

from judging.calibration.values import Calibration, CategoryFit, JudgeFit, NominationFit, Premium
from judging.values import Json

FORMAT = "laurels-calibration-1"
METHOD = "mixed model, REML; spread and consistency by ECM; posterior draws"
SCALE = 10**6


def six(number: Fraction | float) -> str:
    """A number with six decimals, halves away from zero; never "-0.000000"."""
    value = Fraction(number) if isinstance(number, Fraction) else Fraction(Decimal(repr(float(number))))
    units = floor(abs(value) * SCALE + Fraction(1, 2))
    whole, decimals = divmod(units, SCALE)
    return f"{'-' if value < 0 and units else ''}{whole}.{decimals:06d}"


def document(found: Calibration) -> dict[str, Json]:
    """The document of docs/calibration.md; its canonical form is what is kept and hashed."""
    variances, prediction, reliable = found.variances, found.prediction, found.reliability
    return {
        "format": FORMAT,
        "method": METHOD,
        "versions": dict(found.versions),
        "seed": found.seed,
        "draws": found.draws,
        "sheets": found.sheets,
        "sheets_sha256": found.sheets_sha256,
        "variances": {
            "nomination": six(variances.nomination),
            "judge": six(variances.judge),
            "spread": six(variances.spread),
            "noise": six(variances.noise),
            "category": six(variances.category),
        },
        "prediction": {
            "folds": prediction.folds,
            "raw": _maybe(prediction.raw),
            "fair": _maybe(prediction.fair),
            "better": prediction.better,
        },
        "reliability": {
            "single": six(reliable.single),
            "panel_of": reliable.panel_of,
            "panel": six(reliable.panel),
            "panel_calibrated": six(reliable.panel_calibrated),
            "alpha": _maybe(reliable.alpha),
            "word": reliable.word.value,
            "good_from": reliable.good_from,
        },
        "same_country": _premium(found.same_country),
        "judges": [_judge(it) for it in found.judges],
        "far": [
            {"judge": it.judge, "nomination": it.nomination, "value": six(it.value), "panel": six(it.panel)}
            for it in found.far
        ],
        "categories": [_category(it) for it in found.categories],
    }


def _maybe(number: float | None) -> str | None:
    return None if number is None else six(number)


def _premium(found: Premium | None) -> Json:
    if found is None:
        return None
    return {"premium": six(found.premium), "error": six(found.error), "sheets": found.sheets}


def _judge(found: JudgeFit) -> Json:
    return {
        "judge": found.judge,
        "sheets": found.sheets,
        "severity": six(found.severity),
        "error": six(found.error),
        "spread": six(found.spread),
        "noise": six(found.noise),
        "shrunk": found.shrunk,
        "same_country": _premium(found.same_country),
    }


def _category(found: CategoryFit) -> Json:
    return {
        "category": found.category,
        "places": found.places,
        "linked": found.linked,
        "parts": [list(part) for part in found.parts],
        "deciding": "fair" if found.fair_decides else "raw",
        "why": found.why.value if found.why else None,
        "expected_wrong": six(found.expected_wrong),
        "margin": _maybe(found.margin),
        "method_dependent": found.method_dependent,
        "nominations": [_nomination(it) for it in found.nominations],
        "without": [
            {"judge": it.judge, "enters": list(it.enters), "leaves": list(it.leaves)} for it in found.without
        ],
        "adjusted": list(found.adjusted),
        "enters": list(found.enters),
        "leaves": list(found.leaves),
        "missing": [
            {"judge": it.judge, "nomination": it.nomination, "could_matter": it.could_matter}
            for it in found.missing
        ],
    }


def _nomination(found: NominationFit) -> Json:
    return {
        "nomination": found.nomination,
        "sheets": found.sheets,
        "raw": six(found.raw),
        "fair": six(found.fair),
        "error": six(found.error),
        "p_top": six(found.p_top),
        "band": found.band.value,
        "rank": six(found.rank),
        "rank_low": found.rank_low,
        "rank_high": found.rank_high,
    }

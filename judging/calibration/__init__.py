"""Calibration: the fair score of nominations read by different judges, and how sure the cut line is.

The model (docs/calibration.md): a sheet's value = general level + level of the category + severity of the judge
+ spread of the judge x worth of the nomination + chance. Values in, values out; no clock, and chance only from a
seed that is given. numpy and scipy are loaded when something is fitted, not when this is imported.
"""

from judging.calibration.papers import document
from judging.calibration.values import (
    Calibration,
    CategoryFit,
    Far,
    JudgeFit,
    Missing,
    NominationFit,
    Prediction,
    Premium,
    Reliability,
    Sheet,
    Variances,
    Why,
    Without,
)
from judging.calibration.whole import calibrate

__all__ = [
    "Calibration",
    "CategoryFit",
    "Far",
    "JudgeFit",
    "Missing",
    "NominationFit",
    "Prediction",
    "Premium",
    "Reliability",
    "Sheet",
    "Variances",
    "Why",
    "Without",
    "calibrate",
    "document",
]

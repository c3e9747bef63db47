"""What goes into a calibration and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

Pair = tuple[str, str]
"""A judge and a nomination, in this order."""


class Why(StrEnum):
    """Why the fair score may not decide a category."""

    NOT_LINKED = "not_linked"
    PREDICTS_NO_BETTER = "predicts_no_better"
    TOO_FEW = "too_few"


class Band(StrEnum):
    """How sure it is that a nomination is among the best of its category."""

    SAFE = "safe"
    IN_PLAY = "in_play"
    OUT = "out"


class Word(StrEnum):
    """Reliability in a word: below 0.5, 0.75, 0.9, and above (Koo and Li 2016)."""

    POOR = "poor"
    MODERATE = "moderate"
    GOOD = "good"
    EXCELLENT = "excellent"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One judge's sheet of one nomination; `value` is the weighted mean of its marks."""

    judge: str
    nomination: str
    category: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Variances:
    """Of nominations, judges' severity, judges' spread, chance, categories; in points squared, spread without unit."""

    nomination: float
    judge: float
    spread: float
    noise: float
    category: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Root of the mean squared error, in points, at sheets that were held out; both None where none could be."""

    folds: int
    raw: float | None
    fair: float | None

    @property
    def better(self) -> bool:
        return self.raw is not None and self.fair is not None and self.fair < self.raw


@dataclass(frozen=True, slots=True)
class Reliability:
    """Shares from 0 to 1 (alpha may be negative): of one judge (ICC(A,1)), of a panel of `panel_of` (ICC(A,k)), of
    that panel after calibration; Krippendorff's alpha for intervals, None where no nomination has two sheets; the
    word for the panel; and how many judges would make it good, None where no number would."""

    single: float
    panel_of: int
    panel: float
    panel_calibrated: float
    alpha: float | None
    word: Word
    good_from: int | None


@dataclass(frozen=True, slots=True)
class Premium:
    """What a judge gives nominations of the own country above what others of equal worth get, in points."""

    premium: float
    error: float
    sheets: int


@dataclass(frozen=True, slots=True)
class JudgeFit:
    """`severity` above 0 marks higher than colleagues (lenient), with its standard `error` against the mean of all
    judges, both in points. `spread`: 1 uses the scale as colleagues do, above 1 more of it. `noise`: 1 is as consistent
    as colleagues, above 1 less. `shrunk`: too few sheets, so that nothing is said of severity."""

    judge: str
    sheets: int
    severity: float
    error: float
    spread: float
    noise: float
    shrunk: bool
    same_country: Premium | None


@dataclass(frozen=True, slots=True)
class Far:
    """A sheet more than three points from the mean of the others' sheets of the same nomination."""

    judge: str
    nomination: str
    value: Fraction
    panel: Fraction


@dataclass(frozen=True, slots=True)
class NominationFit:
    """`raw`: the plain mean. `fair`: what an average judge would have given, with its standard `error` against the mean
    of the category. `p_top`: probability of being truly among the best. `rank`: expected rank, 1 best, with its 90 %
    interval."""

    nomination: str
    sheets: int
    raw: Fraction
    fair: float
    error: float
    p_top: float
    band: Band
    rank: float
    rank_low: int
    rank_high: int


@dataclass(frozen=True, slots=True)
class Without:
    """Who would come among the best, and who would leave them, without a judge's sheets."""

    judge: str
    enters: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A sheet that was issued and never came; `could_matter`: a low one would change who is among the best."""

    judge: str
    nomination: str
    could_matter: bool


@dataclass(frozen=True, slots=True)
class CategoryFit:
    """A category. `fair_decides`: by which total the best are found here; `why` not by the fair one, if it may not.
    `parts`: the judges, by who is linked through nominations read together. `expected_wrong`: how many of the places
    are expected to be filled wrongly. `margin`: points between the last place and the next nomination, None where
    there is none. `enters`, `leaves`: who is among the best by the fair score and not by the plain mean, and the
    other way round. `nominations` are best first by the deciding total."""

    category: str
    places: int
    parts: tuple[tuple[str, ...], ...]
    fair_decides: bool
    why: Why | None
    expected_wrong: float
    margin: float | None
    method_dependent: bool
    nominations: tuple[NominationFit, ...]
    without: tuple[Without, ...]
    adjusted: tuple[str, ...]
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def linked(self) -> bool:
        return len(self.parts) <= 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fit with all that follows from it. `sheets_sha256` is the hash of what it was fitted to."""

    versions: Mapping[str, str]
    seed: str
    draws: int
    sheets: int
    sheets_sha256: str
    variances: Variances
    prediction: Prediction
    reliability: Reliability
    same_country: Premium | None
    judges: tuple[JudgeFit, ...]
    far: tuple[Far, ...]
    categories: tuple[CategoryFit, ...]

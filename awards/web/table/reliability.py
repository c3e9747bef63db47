"""How far the panel agreed, and whether the fair score is worth more than the plain mean: in words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.web import door, severities
from awards.web.access import Audience, audience
from awards.web.table import advice
from awards.web.table.cut_line import BEFORE, no_advice
from awards.web.table.routes import Answer, blueprint, is_closed, show
from judging.calibration.values import Word
from judging.values import rounded

WORDS: Final = {
    Word.POOR: _l("poor"),
    Word.MODERATE: _l("moderate"),
    Word.GOOD: _l("good"),
    Word.EXCELLENT: _l("excellent"),
}
MEANS: Final = {
    Word.POOR: _l("Another panel of this size might well have put other nominations first."),
    Word.MODERATE: _l(
        "Another panel of this size would agree about the best and the weakest, less about the cut."
    ),
    Word.GOOD: _l("Another panel of this size would have come to much the same order."),
    Word.EXCELLENT: _l("Another panel of this size would have come to nearly the same order."),
}
SHARES: Final = (
    ("single", _l("One judge alone (ICC)")),
    ("panel", _l("The panel of a nomination (ICC)")),
    ("panel_calibrated", _l("The panel, once strictness is taken out")),
    ("alpha", _l("Agreement of all judges (Krippendorff's alpha)")),
)


@blueprint.get("/reliability")
@audience(Audience.ADVICE)
def reliability(edition: str) -> Answer:  # noqa: ARG001
    """The whole panel of the first round."""
    title = _("Reliability")
    if not is_closed():
        return no_advice(title, "", [str(BEFORE)])
    found = advice.of(door.edition())
    if not found.is_ready:
        return no_advice(title, "table.reliability", found.why_not, failed=found.has_failed)
    document = found.document
    return show(
        "reliability.html",
        "table.reliability",
        agreement=agreement_said(document["reliability"]),
        shares=[
            (label, rounded(Fraction(document["reliability"][key])))
            for key, label in SHARES
            if can_tell(document["reliability"])
        ],
        word=WORDS[Word(document["reliability"]["word"])],
        prediction=prediction_said(document["prediction"]),
        strictness=strictness_said(document),
        document=document,
    )


def can_tell(found: Mapping[str, Any]) -> bool:
    """Whether there are nominations with two sheets, and sheets that differ: else the shares are mere assumptions."""
    return found["alpha"] is not None


def agreement_said(found: Mapping[str, Any]) -> list[str]:
    """How much another panel would have agreed, and what it would take to be good."""
    if not can_tell(found):
        return [
            _(
                "How far the panel agreed can't be told: it takes nominations with two sheets or more, and sheets "
                "that differ."
            )
        ]
    word = Word(found["word"])
    says = [
        ngettext(
            "Nominations were read by about %(num)d judge each. How reliable that is: %(word)s.",
            "Nominations were read by about %(num)d judges each. How reliable that is: %(word)s.",
            found["panel_of"],
            word=WORDS[word],
        ),
        str(MEANS[word]),
    ]
    if word in (Word.GOOD, Word.EXCELLENT):
        return says
    if found["good_from"] is None:
        return [*says, _("No number of judges would make it good: they do not mean the same by their marks.")]
    return [*says, _("To reach good you need %(num)d judges per nomination.", num=found["good_from"])]


def prediction_said(found: Mapping[str, Any]) -> list[str]:
    """Whether the fair score foretells sheets that it did not see better than the plain mean does."""
    if found["raw"] is None or found["fair"] is None:
        return [_("There are too few sheets to put some aside and try which score foretells them better.")]
    says = [
        _(
            "Some sheets were put aside, and both scores were asked what would stand on them. The plain mean missed "
            "by %(raw)s points, the fair score by %(fair)s.",
            raw=rounded(Fraction(found["raw"])),
            fair=rounded(Fraction(found["fair"])),
        )
    ]
    if found["better"]:
        return [*says, _("So the fair score is the better guide here.")]
    return [*says, _("So the fair score is no better guide here, and the plain mean stands.")]


def strictness_said(document: Mapping[str, Any]) -> list[str]:
    """How far judges differ in strictness, and what judges gave their own country, all together."""
    variance = Fraction(document["variances"]["judge"])
    size = rounded(Fraction(isqrt(int(variance * 10**6)), 1000), 1)
    says = (
        [_("Judges hardly differ in how strict they are.")]
        if size == "0.0"
        else [
            _(
                "Judges differ in how strict they are: two in three are within %(size)s points of the middle, to "
                "either side.",
                size=size,
            )
        ]
    )
    premium = document.get("same_country")
    if premium is None:
        return says
    it, sheets = severities.measured(premium["premium"], premium["error"]), int(premium["sheets"])
    if not it.is_clear:
        told = ngettext(
            "On %(num)d sheet a judge read a nomination of the own country: no difference that is sure.",
            "On %(num)d sheets judges read nominations of their own country: no difference that is sure.",
            sheets,
        )
    elif it.points > 0:
        told = ngettext(
            "On %(num)d sheet a judge read a nomination of the own country: %(size)s points higher than others.",
            "On %(num)d sheets judges read nominations of their own country: %(size)s points higher than others.",
            sheets,
            size=it.size,
        )
    else:
        told = ngettext(
            "On %(num)d sheet a judge read a nomination of the own country: %(size)s points lower than others.",
            "On %(num)d sheets judges read nominations of their own country: %(size)s points lower than others.",
            sheets,
            size=it.size,
        )
    return [*says, told]

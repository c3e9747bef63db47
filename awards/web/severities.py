"""How strictly a judge marked, said to the chair and to the judge alone: numbers of the calibration in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from judging.values import rounded

Card = Mapping[str, Any]
"""What a calibration's document says of one judge."""
SURE = Fraction(196, 100)
"""So many standard errors to either side hold the truth 19 times in 20."""
WIDE, NARROW = Fraction(115, 100), Fraction(85, 100)
UNEVEN, EVEN = Fraction(125, 100), Fraction(80, 100)


@dataclass(frozen=True, slots=True)
class Measured:
    """A difference in points and how sure it is, to one decimal; what is sure is rounded up."""

    points: Fraction
    sure: Fraction

    @property
    def size(self) -> str:
        return rounded(abs(self.points), 1)

    @property
    def within(self) -> str:
        return rounded(Fraction(ceil(self.sure * 10), 10), 1)

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference", and what is printed isn't 0.0."""
        return abs(self.points) > self.sure and abs(self.points) >= Fraction(5, 100)


def measured(points: str, error: str) -> Measured:
    return Measured(Fraction(points), SURE * Fraction(error))


def of_judge(document: Mapping[str, Any], judge: str) -> Card | None:
    """What the document says of a judge by their public id; None where no sheet of theirs counted."""
    return next((it for it in document.get("judges", ()) if it["judge"] == judge), None)


def severity(card: Card) -> str:
    """How a judge marked, as it is told to the chair."""
    it = measured(card["severity"], card["error"])
    if card["shrunk"]:
        return _few(card["sheets"])
    if not it.is_clear:
        return _("Marks like colleagues on the same nominations; sure within ±%(within)s.", within=it.within)
    if it.points < 0:
        return _(
            "Marks %(size)s lower than colleagues on the same nominations; sure within ±%(within)s.",
            size=it.size,
            within=it.within,
        )
    return _(
        "Marks %(size)s higher than colleagues on the same nominations; sure within ±%(within)s.",
        size=it.size,
        within=it.within,
    )


def own_severity(card: Card) -> str:
    """How a judge marked, as it is told to them."""
    it = measured(card["severity"], card["error"])
    if card["shrunk"]:
        return _few(card["sheets"])
    if not it.is_clear:
        return _(
            "You marked like colleagues on the same nominations; sure within ±%(within)s.", within=it.within
        )
    if it.points < 0:
        return _(
            "You marked %(size)s lower than colleagues on the same nominations; sure within ±%(within)s.",
            size=it.size,
            within=it.within,
        )
    return _(
        "You marked %(size)s higher than colleagues on the same nominations; sure within ±%(within)s.",
        size=it.size,
        within=it.within,
    )


def _few(sheets: int) -> str:
    return ngettext(
        "Only one sheet counts: too few to say anything.",
        "Only %(num)d sheets count: too few to say anything.",
        sheets,
    )


def spread(card: Card) -> str:
    """How much of the scale a judge used."""
    if card["shrunk"]:
        return _("Too few sheets to say.")
    it = Fraction(card["spread"])
    if it > WIDE:
        return _("Tells good and weak nominations further apart than colleagues do.")
    if it < NARROW:
        return _("Keeps marks closer together than colleagues do.")
    return _("Uses the scale as colleagues do.")


def consistency(card: Card) -> str:
    """How near a judge's marks were to what is expected of them."""
    if card["shrunk"]:
        return _("Too few sheets to say.")
    it = Fraction(card["noise"])
    if it > UNEVEN:
        return _("Agrees less with colleagues about which nominations are better.")
    if it < EVEN:
        return _("Agrees more than most with colleagues about which nominations are better.")
    return _("Agrees with colleagues about as much as most do.")


def same_country(card: Card) -> str:
    """What a judge gave nominations of the own country; nothing where they read none."""
    if card["same_country"] is None:
        return ""
    found = card["same_country"]
    it, sheets = measured(found["premium"], found["error"]), int(found["sheets"])
    if not it.is_clear:
        return ngettext(
            "%(num)d nomination of the own country: no difference that is sure (within ±%(within)s).",
            "%(num)d nominations of the own country: no difference that is sure (within ±%(within)s).",
            sheets,
            within=it.within,
        )
    more = it.points > 0
    return (
        ngettext(
            "%(num)d nomination of the own country: %(size)s higher than others of equal worth (sure within "
            "±%(within)s).",
            "%(num)d nominations of the own country: %(size)s higher than others of equal worth (sure within "
            "±%(within)s).",
            sheets,
            size=it.size,
            within=it.within,
        )
        if more
        else ngettext(
            "%(num)d nomination of the own country: %(size)s lower than others of equal worth (sure within "
            "±%(within)s).",
            "%(num)d nominations of the own country: %(size)s lower than others of equal worth (sure within "
            "±%(within)s).",
            sheets,
            size=it.size,
            within=it.within,
        )
    )

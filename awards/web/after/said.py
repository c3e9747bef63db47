"""What feedback says, in the words of its page and its paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards.bands import Band
from awards.web.texts import Text, choose

BANDS: Mapping[Band, object] = {
    Band.UPPER: _l("in the upper third"),
    Band.MIDDLE: _l("in the middle third"),
    Band.LOWER: _l("in the lower third"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion, and in which third of its category the nomination lies by it."""

    name: Text
    band: Band

    @property
    def words(self) -> object:
        return BANDS[self.band]


@dataclass(frozen=True, slots=True)
class Said:
    """Feedback as it is read; no lines where too few were judged."""

    lines: tuple[Line, ...]
    comments: tuple[str, ...]
    next: Text


def said_of(document: Mapping[str, Any], language: str) -> Said:
    """Feedback as it was frozen; `language` is the edition's own."""
    return Said(
        tuple(Line(choose(it["name"], language), Band(it["band"])) for it in document["bands"]),
        tuple(str(text) for text in document["comments"]),
        choose(document["next"], language),
    )


def explained() -> str:
    """What the bands mean, and what they don't."""
    return _(
        "Of all nominations that were judged in the category, in which third this one lies by each criterion. "
        "It says nothing of totals or places."
    )


def too_few() -> str:
    """Why there are no bands."""
    return _(
        "Fewer than six nominations were judged in this category, so it is not told how this one lies among them."
    )

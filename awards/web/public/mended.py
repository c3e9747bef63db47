"""What of public prizes was revoked or corrected since their release: marked where they stood, with day and reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from awards.web import results, words
from awards.web.edition_page import Page
from awards.web.public.routes import show
from awards.web.results import Nominee
from awards.web.texts import Text

REVOKED, CORRECTED = "revoked", "corrected"


@dataclass(frozen=True, slots=True)
class Mark:
    """One prize that was revoked, or what is said of it corrected; `nominee` as it stood where it was revoked."""

    reference: str
    prize: Text
    category: Text
    day: str
    because: str
    nominee: Nominee | None


def marks(page: Page, part: str) -> dict[str, list[Mark]]:
    """The prizes that were revoked, or those that were corrected, by category; of what may be shown now."""
    return {
        published.category: list(_marks(page, published.category, published.document.get(part, ())))
        for published in page.shown.winners
        if published.document.get(part)
    }


def of_nomination(page: Page, part: str, reference: str) -> list[Mark]:
    """Those of one nomination."""
    return [it for its in marks(page, part).values() for it in its if it.reference == reference]


def revoked_page(page: Page, reference: str) -> str | None:
    """The page of a nomination that has no prize any more: what it had, since when not, and why. None for others."""
    if any(row["reference"] == reference for it in page.shown.winners for row in it.document["rows"]):
        return None
    found = of_nomination(page, REVOKED, reference)
    return show("revoked.html", page, marks=found, it=found[0].nominee) if found else None


def _marks(page: Page, category: str, rows: Iterable[Mapping[str, Any]]) -> Iterable[Mark]:
    names = page.face.names
    for row in rows:
        yield Mark(
            str(row["reference"]),
            names.name("prizes", row["prize"]),
            names.name("categories", category),
            words.day(date.fromisoformat(str(row["on"]))),
            str(row["because"]),
            results.nominee_of(row) if "organisation" in row else None,
        )

"""Which texts of a certificate come out smaller than they are meant to be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from awards.documents.citation import Citation
from awards.documents.layout import arrange, parts_of
from awards.documents.template import design_in

SIGNING = {"signatory": 7.5, "office": 7.0}
WRITTEN = ("nominee", "nominee_latin", "organisation", "project", "honour", "association", *SIGNING)
"""Parts whose words come from an edition or a nomination; the others are the certificate's own."""
BELOW = 0.9
"""So much smaller than its least size a part may be before anybody minds."""


@dataclass(frozen=True, slots=True)
class Tight:
    """A part of the page that is drawn smaller than its least size, in points."""

    part: str
    size: float
    least: float


def tight(citation: Citation) -> tuple[Tight, ...]:
    """The parts that are too long for the page, each once. Nothing ever runs off it: it gets small instead."""
    return tuple({it.part: it for it in _small(citation)}.values())


def _small(citation: Citation) -> Iterator[Tight]:
    parts = parts_of(design_in(citation))
    for line in arrange(citation).lines:
        if line.part not in WRITTEN or line.language != citation.language:
            continue
        least = SIGNING.get(line.part) or parts[line.part].least
        if line.size < BELOW * least:
            yield Tight(line.part, line.size, least)

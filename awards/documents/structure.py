"""Which part of a page is a heading, a paragraph, a picture or mere ornament, as reading programs want to know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas


@dataclass(frozen=True)
class Element:
    """A marked part: its role (`H1`, `P`, `Figure` …), page from 0, number on that page, language if it has its own."""

    role: str
    page: int
    number: int
    language: str = ""
    alt: str = ""


class Structure:
    """The marked parts of a document in the order in which they are drawn, which is the order of reading."""

    def __init__(self) -> None:
        self._elements: list[Element] = []

    @property
    def elements(self) -> tuple[Element, ...]:
        return tuple(self._elements)

    @contextmanager
    def mark(
        self, canvas: Canvas, role: str, *, language: str = "", alt: str | None = None
    ) -> Iterator[None]:
        """What is drawn inside is one element; a `Figure` needs `alt`, its words."""
        page = canvas.getPageNumber() - 1
        number = sum(it.page == page for it in self._elements)
        self._elements.append(Element(role, page, number, language, alt or ""))
        canvas.addLiteral(f"/{role} <</MCID {number}>> BDC")
        yield
        canvas.addLiteral("EMC")

    @contextmanager
    def artefact(self, canvas: Canvas) -> Iterator[None]:
        """What is drawn inside is ornament: not read out."""
        canvas.addLiteral("/Artifact BMC")
        yield
        canvas.addLiteral("EMC")

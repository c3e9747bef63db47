"""Squares on paper: a code that a telephone reads, and boxes to tick for marks."""

from __future__ import annotations

from itertools import groupby

import segno
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from awards.documents.lettering import Face, width, write

INK, QUIET = HexColor("#1c2321"), HexColor("#55605b")
WIDEST, BOX, UNDER, SIZE = 42.0, 15.0, 11.0, 9.0
ROOM = 60.0
"""How wide the box is into which a mark is written where there are too many to tick."""


class Square(Flowable):
    """A text as a QR code of a given side."""

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        self.text, self.side = text, side

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.side, self.side

    def draw(self) -> None:
        rows = [list(row) for row in segno.make_qr(self.text, error="m").matrix]
        module = self.side / len(rows)
        path = self.canv.beginPath()
        for number, row in enumerate(rows):
            column = 0
            for dark, cells in groupby(row):
                length = len(list(cells))
                if dark:
                    path.rect(column * module, self.side - (number + 1) * module, length * module, module)
                column += length
        self.canv.setFillColor(INK)
        self.canv.drawPath(path, stroke=0, fill=1)


class MarkBoxes(Flowable):
    """A row of boxes, each with its mark under it; one wide box where there is none."""

    def __init__(self, marks: tuple[str, ...], measure: float) -> None:
        super().__init__()
        self.marks, self.measure = marks, measure

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.measure, BOX + UNDER + 4

    def draw(self) -> None:
        canvas = self.canv
        canvas.setStrokeColor(INK)
        canvas.setFillColor(QUIET)
        canvas.setLineWidth(0.8)
        if not self.marks:
            canvas.rect(0.5, 2, ROOM, BOX + UNDER - 4)
            return
        step = min(WIDEST, self.measure / len(self.marks))
        for place, mark in enumerate(self.marks):
            canvas.rect(place * step + 0.5, UNDER + 2, BOX, BOX)
            middle = place * step + 0.5 + BOX / 2
            write(canvas, mark, Face.SANS, SIZE, middle - width(mark, Face.SANS, SIZE) / 2, 2)

"""A text as one line of placed glyphs, in thousandths of its size, from its left end to its right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

import uharfbuzz as hb

from awards.documents.lettering import direction
from awards.documents.lettering.faces import JOINERS, Face, assign, settle
from awards.documents.lettering.fonts import Font


class Glyph(NamedTuple):
    """`text`: what it stands for; `dx` and `dy` move its ink, `advance` the pen; `width` is the font's own advance."""

    number: int
    text: str
    advance: int
    dx: int
    dy: int
    width: int


class Run(NamedTuple):
    """Glyphs of one font; `said` is their text where the glyphs one after the other don't spell it."""

    font: Font
    glyphs: tuple[Glyph, ...]
    said: str


class Line(NamedTuple):
    runs: tuple[Run, ...]
    width: float


@lru_cache(maxsize=4096)
def line(text: str, face: Face, language: str) -> Line:
    """Format characters but the joiners are left out; what breaks lines is set as a space."""
    if not text.isprintable():
        text = "".join(map(_inked, text))
    settled = settle(face, text)
    fonts = tuple(assign(text, settled, language))
    runs = tuple(
        run
        for start, end, leftward in direction.runs(text, language)
        for first, last in _stretches(fonts, start, end, leftward=leftward)
        for run in _shape(text[first:last], fonts[first], language, leftward=leftward)
    )
    return Line(runs, sum(glyph.advance for run in runs for glyph in run.glyphs))


def _inked(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" and character not in JOINERS:
        return ""
    return " " if category in ("Cc", "Zl", "Zp") else character


def _stretches(fonts: tuple[Font, ...], start: int, end: int, *, leftward: bool) -> Iterator[tuple[int, int]]:
    """Where one font follows another, from the left."""
    groups = [list(group) for _, group in groupby(range(start, end), fonts.__getitem__)]
    for group in reversed(groups) if leftward else groups:
        yield group[0], group[-1] + 1


def _shape(text: str, font: Font, language: str, *, leftward: bool) -> Iterator[Run]:
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if leftward else "ltr"
    buffer.language = language or "und"
    hb.shape(font.shaper, buffer)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    assert infos is not None
    assert positions is not None
    says = _texts(text, [info.cluster for info in infos], leftward=leftward)
    scale = font.scale
    glyphs = [
        Glyph(
            info.codepoint,
            said,
            round(at.x_advance * scale),
            round(at.x_offset * scale),
            round(at.y_offset * scale),
            round(font.advance(info.codepoint) * scale),
        )
        for info, at, said in zip(infos, positions, says, strict=True)
    ]
    if leftward:
        yield Run(font, tuple(glyphs), "")
    else:
        yield from _words(glyphs, [info.cluster for info in infos], text, font)


def _texts(text: str, clusters: list[int], *, leftward: bool) -> list[str]:
    """What each glyph stands for: the first of a cluster for all of its text, the others for nothing."""
    starts = sorted({*clusters, len(text)})
    ends = dict(pairwise(starts))
    seen: set[int] = set()
    says = [""] * len(clusters)
    for place in reversed(range(len(clusters))) if leftward else range(len(clusters)):
        cluster = clusters[place]
        if cluster not in seen:
            seen.add(cluster)
            says[place] = text[cluster : ends[cluster]]
    return says


def _words(glyphs: list[Glyph], clusters: list[int], text: str, font: Font) -> Iterator[Run]:
    """The run as it is where each glyph spells its own character; else word by word, each with what it says."""
    if not font.reorders and all(glyph.text for glyph in glyphs):
        yield Run(font, tuple(glyphs), "")
        return
    for blank, group in groupby(range(len(glyphs)), lambda place: glyphs[place].text.isspace()):
        places = list(group)
        end = clusters[places[-1] + 1] if places[-1] + 1 < len(glyphs) else len(text)
        said = "" if blank else text[clusters[places[0]] : end]
        yield Run(font, tuple(glyphs[place] for place in places), said)

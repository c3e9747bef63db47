"""Where everything stands on the certificate: a page of placed lines, before any ink. In A4; A3 is the same, larger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from awards.documents.citation import CertificateKind, Citation, printed
from awards.documents.lettering import Face, is_rtl, settle, width
from awards.documents.template import Design, design_in
from awards.documents.typesetting import BREAK, Setting, fit
from awards.documents.wording import address_of, said_in, undefined_in, words_in

PAGE = (841.89, 595.28)
FRAME = 26.0
EDGE = 52.0
ASCENT, DESCENT = 0.98, 0.27
LEADING = ASCENT + DESCENT
QR_SIDE = 66.0
CORNER = 165.0
"""The width of the texts in the corners."""
SECOND = 0.62
"""The size of the second language beside that of the first."""
ADDRESSES = "en"
"""An address runs to the right, in a language that runs to the left too."""
SHARED = frozenset({"nominee", "nominee_latin", "given", "merit", "role"})
"""Parts that a second language doesn't repeat."""


class Ink(StrEnum):
    INK = "ink"
    QUIET = "quiet"
    LAUREL = "laurel"
    GOLD = "gold"
    WRONG = "wrong"


@dataclass(frozen=True)
class Line:
    """A line of text with its left end on the base line, in points from the lower left corner."""

    part: str
    text: str
    face: Face
    size: float
    x: float
    y: float
    ink: Ink
    language: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, foot, right, top."""
        right = self.x + width(self.text, self.face, self.size, self.language)
        return self.x, self.y - DESCENT * self.size, right, self.y + ASCENT * self.size


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    rules: tuple[tuple[float, float, float], ...]
    """Left, right and height of each signature's line."""
    qr: tuple[float, float, float]
    """Left, foot and side."""
    size: tuple[float, float] = PAGE


@dataclass(frozen=True)
class Part:
    """How one part of the stack is set: face, sizes, lines at most, and the space above it."""

    face: Face
    size: float
    least: float
    most: int
    above: float
    ink: str = "ink"


@dataclass(frozen=True)
class Ground:
    """Where things go on a sheet: the column in the middle, and the room of those who sign."""

    size: tuple[float, float]
    measure: float
    top: float
    foot: float
    signing: tuple[float, float]
    rule: float

    @property
    def centre(self) -> float:
        return self.size[0] / 2


ACROSS = Ground(PAGE, 520.0, PAGE[1] - 52, 138.0, (226.0, PAGE[0] - 226.0), 104.0)
UPRIGHT = Ground((PAGE[1], PAGE[0]), 430.0, PAGE[0] - 190, 236.0, (EDGE + 12, PAGE[1] - EDGE - 12), 196.0)


def ground_of(design: Design) -> Ground:
    return UPRIGHT if design["upright"] else ACROSS


def parts_of(design: Design) -> dict[str, Part]:
    """How each part of a design is set."""
    return {name: _part(style) for name, style in design["styles"].items()}


def _part(style: Mapping[str, Any]) -> Part:
    return Part(
        Face(style["face"]), style["size"], style["least"], style["lines"], style["above"], style["ink"]
    )


@dataclass(frozen=True)
class _Said:
    """A part of the stack with what it says, in which language."""

    part: str
    text: str
    how: Part
    language: str


def arrange(citation: Citation) -> Page:
    """The page of the citation; every box lies inside the frame whatever the texts' length."""
    ground = ground_of(design_in(citation))
    signing, rules = arrange_signatures(citation, ground)
    mirrored = is_rtl(citation.language)
    lines = (
        *arrange_stack(citation, ground),
        *signing,
        *(_mirrored(it, ground) if mirrored else it for it in arrange_corners(citation, ground)),
    )
    left = EDGE if mirrored else ground.size[0] - EDGE - QR_SIDE
    return Page(tuple(_marked(it) for it in lines), rules, (left, EDGE, QR_SIDE), ground.size)


def _mirrored(line: Line, ground: Ground) -> Line:
    return replace(line, x=ground.size[0] - line.x - width(line.text, line.face, line.size, line.language))


def _marked(line: Line) -> Line:
    """In red where a field is left in it that nothing defines."""
    return replace(line, ink=Ink.WRONG) if "{" in line.text and undefined_in(line.text) else line


def stack_of(citation: Citation) -> tuple[_Said, ...]:
    """What the middle column says from its top; each text of the second language below the first's."""
    design = design_in(citation)
    styles = parts_of(design)
    own = [_Said(name, text, styles[name], citation.language) for name, text in words_in(citation).items()]
    if citation.second is None:
        return tuple(own)
    smaller = {it.part: it for it in _second(citation, citation.second)}
    found: list[_Said] = []
    for it in own:
        if it.part == "when":
            found += [smaller.pop(name) for name in ("occasion", "sentence") if name in smaller]
        found.append(it)
        if it.part in smaller:
            found.append(smaller.pop(it.part))
    return (*found, *smaller.values())


def _second(citation: Citation, second: Citation) -> Iterator[_Said]:
    styles = parts_of(design_in(second))
    said = {it for _, it in words_in(citation).items()}
    for name, text in words_in(second).items():
        if name not in SHARED and text not in said:
            how = styles[name]
            size = max(8.0, how.size * SECOND)
            least, above = min(size, max(7.0, how.least * SECOND)), min(2.0, how.above)
            yield _Said(name, text, replace(how, size=size, least=least, above=above), second.language)


def arrange_stack(citation: Citation, ground: Ground) -> Iterator[Line]:
    """The centred column: as large as its parts like to be, all of it smaller where it would be too high."""
    stack = stack_of(citation)
    scale, room = 1.0, ground.top - ground.foot
    while True:
        settings = [set_part(it, scale, ground.measure) for it in stack]
        spaces = sum(it.how.above for it in stack[1:]) * scale
        height = sum(len(s.lines) * s.size * LEADING for s in settings) + spaces
        if height <= room:
            break
        scale *= 0.97
    stretch = 1 + min(0.6, (room - height) / spaces) if spaces else 1.0
    y = ground.top - (room - height - spaces * (stretch - 1)) / 2
    for index, (it, setting) in enumerate(zip(stack, settings, strict=True)):
        y -= it.how.above * scale * stretch if index else 0
        ink = honour_ink(citation) if it.how.ink == "honour" else Ink(it.how.ink)
        yield from centred(it.part, setting, ground.centre, y, ink, it.language)
        y -= len(setting.lines) * setting.size * LEADING


def set_part(said: _Said, scale: float, measure: float) -> Setting:
    part, size = said.how, said.how.size * scale
    least = min(size, part.least)
    return fit(
        said.text, part.face, size=size, least=least, measure=measure, most=part.most, language=said.language
    )


def honour_ink(citation: Citation) -> Ink:
    return Ink.GOLD if citation.kind is CertificateKind.WINNER else Ink.LAUREL


def centred(
    part: str, setting: Setting, centre: float, top: float, ink: Ink, language: str
) -> Iterator[Line]:
    for index, text in enumerate(setting.lines):
        x = centre - width(text, setting.face, setting.size, language) / 2
        y = top - (index * LEADING + ASCENT) * setting.size
        yield Line(part, text, setting.face, setting.size, x, y, ink, language)


Rules = tuple[tuple[float, float, float], ...]


def arrange_signatures(citation: Citation, ground: Ground) -> tuple[tuple[Line, ...], Rules]:
    """Up to four lines side by side above names and offices; more go on sharing the same room."""
    people = _people(citation)
    count = len(people)
    if not count:
        return (), ()
    left, right = ground.signing
    cell = min(190.0, (right - left) / count)
    rule = min(150.0, cell - 14)
    names, offices = (tuple(it[number] for it in people) for number in (0, 1))
    room, spoken = cell * 0.93, citation.language
    called = alike(names, Face.SANS_BOLD, size=10, least=7.5, measure=room, language=spoken)
    seated = alike(offices, Face.SANS, size=8.5, least=7, measure=room, language=spoken)
    lines: list[Line] = []
    rules: list[tuple[float, float, float]] = []
    for index in range(count):
        place = count - 1 - index if is_rtl(citation.language) else index
        centre = ground.centre + (place - (count - 1) / 2) * cell
        rules.append((centre - rule / 2, centre + rule / 2, ground.rule))
        top = ground.rule - 4
        lines += centred("signatory", called[index], centre, top, Ink.INK, citation.language)
        top -= len(called[index].lines) * called[index].size * LEADING
        lines += centred("office", seated[index], centre, top, Ink.QUIET, citation.language)
    return tuple(lines), tuple(rules)


def _people(citation: Citation) -> tuple[tuple[str, str], ...]:
    """Name and office of those who sign, in both languages of the sheet."""
    own = [(printed(it.name), printed(it.office)) for it in citation.signatories]
    other = citation.second.signatories if citation.second else ()
    if len(other) != len(own):
        return tuple(own)
    return tuple(
        (_both(name, printed(it.name)), _both(office, printed(it.office)))
        for (name, office), it in zip(own, other, strict=True)
    )


def _both(one: str, other: str) -> str:
    return " · ".join(dict.fromkeys(it for it in (one, other) if it))


def alike(
    texts: tuple[str, ...], face: Face, *, size: float, least: float, measure: float, language: str
) -> list[Setting]:
    """All of them in the size of the one that needs the smallest."""

    def at(size: float) -> list[Setting]:
        lowest = min(size, least)
        return [
            fit(text, face, size=size, least=lowest, measure=measure, most=2, language=language)
            for text in texts
        ]

    return at(min(setting.size for setting in at(size)))


def arrange_corners(citation: Citation, ground: Ground) -> Iterator[Line]:
    """The number in the upper corner and how to verify in the lower, both on the left."""
    yield from arrange_number(citation, ground)
    yield from arrange_verification(citation)


def arrange_number(citation: Citation, ground: Ground) -> Iterator[Line]:
    setting = fit(
        said_in(citation, "number"),
        Face.SANS,
        size=10,
        least=6,
        measure=CORNER,
        most=2,
        language=citation.language,
    )
    yield from flush(setting, "number", ground.size[1] - EDGE, Ink.QUIET, citation.language)


def arrange_verification(citation: Citation) -> Iterator[Line]:
    """Code and address at the lower left, built from the foot upwards to stand level with the QR code."""
    address = address_of(citation).replace("/", f"/{BREAK}").replace(".", f"{BREAK}.")
    verify = said_in(citation, "verify")
    if citation.second is not None:
        verify = _both(verify, said_in(citation.second, "verify"))
    blocks = (
        (
            "code",
            fit(
                said_in(citation, "code"),
                Face.SANS_BOLD,
                size=8.5,
                least=6,
                measure=CORNER,
                most=1,
                language=citation.language,
            ),
            Ink.INK,
        ),
        (
            "verify",
            fit(verify, Face.SANS, size=7.5, least=6, measure=CORNER, most=1, language=citation.language),
            Ink.QUIET,
        ),
        ("address", fit(address, Face.SANS, size=7.5, least=6, measure=CORNER, most=3), Ink.QUIET),
    )
    y = EDGE + sum(len(setting.lines) * setting.size * LEADING for _, setting, _ in blocks)
    for part, setting, ink in blocks:
        language = ADDRESSES if part == "address" and is_rtl(citation.language) else citation.language
        yield from flush(setting, part, y, ink, language)
        y -= len(setting.lines) * setting.size * LEADING


def flush(setting: Setting, part: str, top: float, ink: Ink, language: str) -> Iterator[Line]:
    for index, text in enumerate(setting.lines):
        y = top - (index * LEADING + ASCENT) * setting.size
        yield Line(part, text, settle(setting.face, text), setting.size, EDGE, y, ink, language)

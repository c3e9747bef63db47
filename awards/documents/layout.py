"""Where everything stands on the certificate: a page of placed lines, before any ink."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from awards.documents.citation import CertificateKind, Citation, printed
from awards.documents.lettering import Face, settle, width
from awards.documents.typesetting import BREAK, Setting, fit
from awards.documents.wording import CATALOGUE, Wording, grouped

PAGE = (841.89, 595.28)
FRAME = 26.0
EDGE = 52.0
ASCENT, DESCENT = 0.98, 0.27
LEADING = ASCENT + DESCENT

CENTRE = PAGE[0] / 2
MEASURE = 520.0
STACK_TOP, STACK_FOOT = PAGE[1] - 52, 138.0

QR_SIDE = 66.0
SIGNING = (226.0, PAGE[0] - 226.0)
SIGNING_RULE = 104.0


class Ink(StrEnum):
    INK = "ink"
    QUIET = "quiet"
    LAUREL = "laurel"
    GOLD = "gold"


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

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, foot, right, top."""
        right = self.x + width(self.text, self.face, self.size)
        return self.x, self.y - DESCENT * self.size, right, self.y + ASCENT * self.size


@dataclass(frozen=True)
class Page:
    lines: tuple[Line, ...]
    rules: tuple[tuple[float, float, float], ...]
    """Left, right and height of each signature's line."""
    qr: tuple[float, float, float]
    """Left, foot and side."""


@dataclass(frozen=True)
class Part:
    """How one part of the stack is set: face, sizes, lines at most, and the space above it."""

    face: Face
    size: float
    least: float
    most: int
    above: float
    ink: Ink = Ink.INK


ENGLISH_PARTS = {
    "association": Part(Face.SANS_BOLD, 12.5, 9, 2, 0),
    "title": Part(Face.SERIF, 25, 25, 1, 15, Ink.QUIET),
    "honour": Part(Face.SERIF_BOLD, 32, 18, 2, 7),
    "occasion": Part(Face.SANS, 12.5, 9, 2, 4),
    "given": Part(Face.SERIF, 12, 12, 1, 15, Ink.QUIET),
    "nominee": Part(Face.SERIF_BOLD, 48, 20, 2, 3),
    "nominee_latin": Part(Face.SERIF, 17, 11, 2, 1),
    "organisation": Part(Face.SANS, 12, 9, 2, 4, Ink.QUIET),
    "merit": Part(Face.SERIF, 12, 12, 1, 13, Ink.QUIET),
    "project": Part(Face.SERIF, 19, 11, 3, 3),
    "when": Part(Face.SANS, 11, 9, 1, 17),
}
KOREAN_PARTS = {
    "title": Part(Face.SANS_BOLD, 36, 36, 1, 0),
    "honour": Part(Face.SANS_BOLD, 28, 16, 2, 9),
    "nominee": Part(Face.SANS_BOLD, 46, 20, 2, 12),
    "nominee_latin": Part(Face.SANS, 15, 10, 2, 2, Ink.QUIET),
    "organisation": Part(Face.SANS, 13, 9, 2, 5),
    "project": Part(Face.SANS_BOLD, 18, 11, 3, 12),
    "sentence": Part(Face.SANS, 13.5, 10, 3, 14),
    "when": Part(Face.SANS, 12, 9, 1, 15),
    "association": Part(Face.SANS_BOLD, 19, 11, 2, 6),
}
PARTS: Mapping[str, Mapping[str, Part]] = {"en": ENGLISH_PARTS, "ko": KOREAN_PARTS}


def arrange(citation: Citation) -> Page:
    """The page of the citation; every box lies inside the frame whatever the texts' length."""
    wording = CATALOGUE[citation.language]
    signing, rules = arrange_signatures(citation)
    lines = (
        *arrange_stack(citation, wording),
        *signing,
        *arrange_number(citation, wording),
        *arrange_verification(citation, wording),
    )
    return Page(lines, rules, (PAGE[0] - EDGE - QR_SIDE, EDGE, QR_SIDE))


def words_of(citation: Citation, wording: Wording) -> dict[str, str]:
    words = {
        "association": printed(citation.association),
        "title": wording.title,
        "honour": wording.honour_of(citation),
        "occasion": wording.occasion_of(citation),
        "given": wording.given_for(citation),
        "nominee": printed(citation.nominee),
        "nominee_latin": printed(citation.nominee_latin),
        "organisation": printed(citation.organisation),
        "merit": wording.merit(citation),
        "project": printed(citation.project),
        "sentence": wording.sentence(citation),
        "when": wording.when_and_where(citation),
    }
    if words["nominee_latin"] == words["nominee"]:
        del words["nominee_latin"]
    if words["organisation"] in (words["nominee"], words.get("nominee_latin")):
        del words["organisation"]
    if not words["project"]:
        del words["merit"]
    return {part: words[part] for part in wording.order if words.get(part)}


def arrange_stack(citation: Citation, wording: Wording) -> Iterator[Line]:
    """The centred column: as large as its parts like to be, all of it smaller where it would be too high."""
    words, parts = words_of(citation, wording), PARTS[citation.language]
    scale, room = 1.0, STACK_TOP - STACK_FOOT
    while True:
        settings = {part: set_part(parts[part], text, scale) for part, text in words.items()}
        spaces = sum(parts[part].above for part in list(words)[1:]) * scale
        height = sum(len(s.lines) * s.size * LEADING for s in settings.values()) + spaces
        if height <= room:
            break
        scale *= 0.97
    stretch = 1 + min(0.6, (room - height) / spaces) if spaces else 1.0
    y = STACK_TOP - (room - height - spaces * (stretch - 1)) / 2
    for index, (part, setting) in enumerate(settings.items()):
        y -= parts[part].above * scale * stretch if index else 0
        ink = honour_ink(citation) if part == "honour" else parts[part].ink
        yield from centred(part, setting, CENTRE, y, ink)
        y -= len(setting.lines) * setting.size * LEADING


def set_part(part: Part, text: str, scale: float) -> Setting:
    size = part.size * scale
    return fit(text, part.face, size=size, least=min(size, part.least), measure=MEASURE, most=part.most)


def honour_ink(citation: Citation) -> Ink:
    return Ink.GOLD if citation.kind is CertificateKind.WINNER else Ink.LAUREL


def centred(part: str, setting: Setting, centre: float, top: float, ink: Ink) -> Iterator[Line]:
    for index, text in enumerate(setting.lines):
        x = centre - width(text, setting.face, setting.size) / 2
        y = top - (index * LEADING + ASCENT) * setting.size
        yield Line(part, text, setting.face, setting.size, x, y, ink)


def arrange_signatures(citation: Citation) -> tuple[tuple[Line, ...], tuple[tuple[float, float, float], ...]]:
    """Up to four lines side by side above names and offices; more go on sharing the same room."""
    count = len(citation.signatories)
    if not count:
        return (), ()
    cell = min(190.0, (SIGNING[1] - SIGNING[0]) / count)
    rule = min(150.0, cell - 14)
    people = citation.signatories
    names = alike(tuple(s.name for s in people), Face.SANS_BOLD, size=10, least=7.5, measure=cell * 0.93)
    offices = alike(tuple(s.office for s in people), Face.SANS, size=8.5, least=7, measure=cell * 0.93)
    lines: list[Line] = []
    rules: list[tuple[float, float, float]] = []
    for index in range(count):
        centre = CENTRE + (index - (count - 1) / 2) * cell
        rules.append((centre - rule / 2, centre + rule / 2, SIGNING_RULE))
        top = SIGNING_RULE - 4
        lines += centred("signatory", names[index], centre, top, Ink.INK)
        top -= len(names[index].lines) * names[index].size * LEADING
        lines += centred("office", offices[index], centre, top, Ink.QUIET)
    return tuple(lines), tuple(rules)


def alike(texts: tuple[str, ...], face: Face, *, size: float, least: float, measure: float) -> list[Setting]:
    """All of them in the size of the one that needs the smallest."""

    def at(size: float) -> list[Setting]:
        return [
            fit(printed(text), face, size=size, least=min(size, least), measure=measure, most=2)
            for text in texts
        ]

    return at(min(setting.size for setting in at(size)))


def arrange_number(citation: Citation, wording: Wording) -> Iterator[Line]:
    text = wording.number.format(printed(citation.number))
    setting = fit(text, Face.SANS, size=10, least=6, measure=165, most=2)
    yield from flush(setting, "number", PAGE[1] - EDGE, Ink.QUIET)


def arrange_verification(citation: Citation, wording: Wording) -> Iterator[Line]:
    """Code and address at the lower left, built from the foot upwards to stand level with the QR code."""
    code = f"{wording.code} {grouped(citation.code)}"
    address = printed(citation.verify_url).removeprefix("https://").removeprefix("http://")
    address = address.replace("/", f"/{BREAK}").replace(".", f"{BREAK}.")
    blocks = (
        ("code", fit(code, Face.SANS_BOLD, size=8.5, least=6, measure=165, most=1), Ink.INK),
        ("verify", fit(wording.verify, Face.SANS, size=7.5, least=6, measure=165, most=1), Ink.QUIET),
        ("address", fit(address, Face.SANS, size=7.5, least=6, measure=165, most=3), Ink.QUIET),
    )
    y = EDGE + sum(len(setting.lines) * setting.size * LEADING for _, setting, _ in blocks)
    for part, setting, ink in blocks:
        yield from flush(setting, part, y, ink)
        y -= len(setting.lines) * setting.size * LEADING


def flush(setting: Setting, part: str, top: float, ink: Ink) -> Iterator[Line]:
    for index, text in enumerate(setting.lines):
        y = top - (index * LEADING + ASCENT) * setting.size
        yield Line(part, text, settle(setting.face, text), setting.size, EDGE, y, ink)

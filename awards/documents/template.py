"""A certificate's template: a TOML file laid over the built-in one, read with every mistake and its place.

What one certificate needs of it, for its language and kind, is its design: plain JSON, frozen with the citation.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from awards.documents.citation import CertificateKind, Citation
from awards.documents.lettering import Face
from judging.reading import KEY, Mistake, MistakeKind, Table, locate

BUILT_IN = Path(__file__).parents[2] / "seed" / "certificates" / "laurel.toml"
FIELD = re.compile(r"\{([^{}]*)\}")
FIELDS = (
    "association", "programme", "edition", "contest", "prize", "category", "field", "nominee", "nominee_latin",
    "organisation", "project", "lead", "place", "day", "number", "code", "address",
)  # fmt: skip
DATED = ("d", "m", "y", "month")
"""The fields of how a day is written."""
PARTS = (
    "association", "title", "honour", "occasion", "given", "nominee", "nominee_latin", "organisation", "role",
    "merit", "project", "sentence", "when",
)  # fmt: skip
"""The parts of the middle column, each at most once, in the order that a language gives."""
AS_THEY_ARE = {
    "association": ("{association}",),
    "nominee": ("{nominee}",),
    "nominee_latin": ("{nominee_latin}",),
    "organisation": ("{organisation}",),
    "project": ("{project}",),
}
NEEDED = ("title", "honour", "when", "number", "code", "verify", "specimen")
VARIANTS = ("winner", "partner", "finalist", "judge", "unnamed", "every")
COLOURS = ("paper", "border", "watermark", "ink", "quiet", "laurel", "light", "gold")
INKS = ("ink", "quiet", "laurel", "gold", "honour")
COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
LONGEST = 400
"""Signs of a text of a template at most."""
LETTERS = ("invitation", "congratulation", "regret")
LONGEST_LETTER = 5000
LARGEST = 256 * 1024
MOST_DOTS = 200
"""Full stops in a line: a key of more would be deeper than can be read, and slow to."""

Design = dict[str, Any]
"""{paper, upright, border, ornament, colours, images, signatures, styles, order, texts, values, date}"""


class Format(StrEnum):
    A4 = "A4"
    A3 = "A3"


class Orientation(StrEnum):
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Border(StrEnum):
    NONE = "none"
    SINGLE = "single"
    DOUBLE = "double"


class Ornament(StrEnum):
    NONE = "none"
    LAURELS = "laurels"


class TemplateInvalid(Exception):
    """A template's file has mistakes; all of them are in `mistakes`, each with its place."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(f"{it.place}: {it.kind.value} {it.found}" for it in mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Stamp:
    """An image on the sheet, in millimetres from the lower left corner of A4."""

    name: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Language:
    """The words of a language: each text as the variants of it, each variant the texts to try in turn."""

    style: str
    order: tuple[str, ...]
    texts: Mapping[str, Mapping[str, tuple[str, ...]]]
    date: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template as read. `second`: the language that stands below another on one sheet; `issue`: the languages of
    which certificates are issued, none for all; `values`: fields of its own, by language.
    """

    name: str
    format: Format
    orientation: Orientation
    border: Border
    ornament: Ornament
    colours: Mapping[str, str]
    images: tuple[Stamp, ...]
    signatures: tuple[str, ...]
    second: Mapping[str, str]
    issue: tuple[str, ...]
    styles: Mapping[str, Mapping[str, Mapping[str, Any]]]
    values: Mapping[str, Mapping[str, str]]
    languages: Mapping[str, Language]
    letters: Mapping[str, Mapping[str, Letter]]

    @property
    def called(self) -> dict[str, str]:
        """The images that it calls for by name, and the place of each."""
        return dict.fromkeys(self.signatures, "signatures") | {
            it.name: f"images.{it.name}" for it in self.images
        }


@cache
def built_in() -> Template:
    """The template of an edition that was given none."""
    return _Reading(_document(BUILT_IN.read_text(encoding="utf-8"))).template()


def read(source: str) -> Template:
    """A template's file, laid over the built-in one. Raises TemplateInvalid with every mistake."""
    if len(source.encode()) > LARGEST:
        raise TemplateInvalid([Mistake(MistakeKind.TOO_LARGE, "", str(len(source)), (str(LARGEST),))])
    own = _document(source)
    base = _document(BUILT_IN.read_text(encoding="utf-8"))
    return _Reading(_laid(base, own)).template()


def _document(source: str) -> dict[str, Any]:
    if any(line.count(".") > MOST_DOTS for line in source.splitlines()):
        raise TemplateInvalid([Mistake(MistakeKind.NOT_TOML, "", "too deep")])
    try:
        return tomllib.loads(source)
    except ValueError as error:  # not TOML, or a number of thousands of digits
        raise TemplateInvalid([Mistake(MistakeKind.NOT_TOML, "", str(error))]) from error
    except RecursionError as error:
        raise TemplateInvalid([Mistake(MistakeKind.NOT_TOML, "", "too deep")]) from error


def _laid(under: Mapping[str, Any], over: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """One document over another: tables key by key, everything else whole. A part's variants are one thing."""
    found = dict(under)
    for key, value in over.items():
        there = under.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping) and depth < 4:
            found[key] = _laid(there, value, depth + 1)
        else:
            found[key] = value
    return found


@dataclass(slots=True)
class _Reading:
    document: Mapping[str, Any]
    mistakes: list[Mistake] = field(default_factory=list)

    def template(self) -> Template:
        root = Table(self.document, "", self.mistakes)
        styles = self._styles(root.table("styles"))
        made = Template(
            name=root.string("name", "Laurel"),
            format=root.one_of("paper", Format, Format.A4),
            orientation=root.one_of("orientation", Orientation, Orientation.LANDSCAPE),
            border=root.one_of("border", Border, Border.DOUBLE),
            ornament=root.one_of("ornament", Ornament, Ornament.LAURELS),
            colours=self._colours(root.table("colours")),
            images=tuple(self._images(root.table("images"))),
            signatures=root.strings("signatures"),
            second=self._texts(root.table("second")),
            issue=root.strings("issue"),
            styles=styles,
            values=self._values(root.table("values")),
            languages=self._languages(root.table("languages"), styles),
            letters=self._letters(root.table("letters")),
        )
        for key, tag in [*made.second.items(), *(("issue", tag) for tag in made.issue)]:
            if tag not in made.languages:
                place = f"second.{key}" if key != "issue" else key
                self._wrong(MistakeKind.NOT_DEFINED, place, tag, tuple(made.languages))
        root.close()
        if self.mistakes:
            raise TemplateInvalid(self.mistakes)
        return made

    def _wrong(self, kind: MistakeKind, place: str, found: object = "", allowed: Sequence[str] = ()) -> None:
        self.mistakes.append(Mistake(kind, place, str(found)[:200], tuple(allowed)))

    def _colours(self, table: Table) -> dict[str, str]:
        found = {name: table.string(name).lower() for name in COLOURS}
        for name, colour in found.items():
            if not COLOUR.match(colour):
                table.wrong(MistakeKind.WRONG_TYPE, name, colour, ['"#1e5b45"'])
        table.close()
        return found

    def _images(self, images: Table) -> Iterator[Stamp]:
        for name in images.values:
            table = images.table(name)
            if not KEY.match(name):
                images.wrong(MistakeKind.BAD_KEY, name, name)
            found = {key: self._number(table, key, least=0, most=420) for key in ("x", "y")}
            width = self._number(table, "width", least=2, most=420)
            table.close()
            yield Stamp(name, found["x"], found["y"], width)

    def _number(self, table: Table, key: str, *, least: float, most: float) -> float:
        value = table.take(key, required=True)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
            table.wrong(MistakeKind.WRONG_TYPE, key, value, [f"{least:g} … {most:g}"])
            return max(least, 10.0)
        return float(value)

    def _styles(self, styles: Table) -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for name in styles.values:
            style = styles.table(name)
            found[name] = {part: self._style(style.table(part)) for part in PARTS if style.has(part)}
            style.close()
        return found

    def _style(self, table: Table) -> dict[str, Any]:
        size = self._number(table, "size", least=6, most=120)
        least = self._number(table, "least", least=6, most=120)
        ink = table.string("ink", "ink")
        if ink not in INKS:
            table.wrong(MistakeKind.NOT_ONE_OF, "ink", ink, INKS)
        if least > size:
            table.wrong(MistakeKind.UPSIDE_DOWN, "least", least, [f"{size:g}"])
        found = {
            "face": table.one_of("face", Face, Face.SANS).value,
            "size": size,
            "least": least,
            "lines": int(self._number(table, "lines", least=1, most=6)),
            "above": self._number(table, "above", least=0, most=100),
            "ink": ink,
        }
        table.close()
        return found

    def _values(self, values: Table) -> dict[str, dict[str, str]]:
        found = {}
        for name in values.values:
            if name in FIELDS and name != "place":
                values.wrong(MistakeKind.RESERVED, name, name)
            found[name] = self._texts(values.table(name))
        return found

    def _texts(self, table: Table) -> dict[str, str]:
        return {key: self._short(table, key, table.string(key)) for key in table.values}

    def _short(self, table: Table, key: str, text: str, most: int = LONGEST) -> str:
        if len(text) > most:
            table.wrong(MistakeKind.TOO_LARGE, key, text, [str(most)])
        return text

    def _languages(
        self, languages: Table, styles: Mapping[str, Mapping[str, Mapping[str, Any]]]
    ) -> dict[str, Language]:
        return {tag: self._language(languages.table(tag), styles) for tag in languages.values}

    def _language(self, table: Table, styles: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Language:
        style = table.string("style")
        if style not in styles:
            table.wrong(MistakeKind.NOT_DEFINED, "style", style, styles)
        order = table.strings("order", of=PARTS)
        date = {
            "day": table.string("day"),
            "months": list(table.strings("months")),
            "digits": table.string("digits", ""),
            "years": table.integer("years", 0),
            "first": table.string("first", ""),
            "field": table.string("field", ""),
        }
        self._date(table, date)
        found = {
            name: self._variants(table, name)
            for name in dict.fromkeys([*PARTS, *NEEDED])
            if table.has(name) or name in NEEDED
        }
        for name in order:
            if name not in found and name not in AS_THEY_ARE:
                table.wrong(MistakeKind.MISSING, name)
            if style in styles and name not in styles[style]:
                self._wrong(MistakeKind.MISSING, f"styles.{style}.{name}")
        table.close()
        return Language(style, order, found, date)

    def _date(self, table: Table, date: Mapping[str, Any]) -> None:
        if unknown := [it for it in FIELD.findall(date["day"]) if it not in DATED]:
            table.wrong(MistakeKind.NOT_ONE_OF, "day", f"{{{unknown[0]}}}", [f"{{{it}}}" for it in DATED])
        if "{month}" in date["day"] and len(date["months"]) != 12:
            table.wrong(MistakeKind.WRONG_TYPE, "months", len(date["months"]), ["12"])
        if date["digits"] and len(date["digits"]) != 10:
            table.wrong(MistakeKind.WRONG_TYPE, "digits", date["digits"], ["0123456789"])

    def _variants(self, table: Table, name: str) -> dict[str, tuple[str, ...]]:
        value = table.take(name, required=True)
        if not isinstance(value, Mapping):
            return {"every": self._tries(table, name, value)}
        inner = table.table(name)
        known = [*VARIANTS, *(f"{it}-person" for it in VARIANTS if it != "judge")]
        for key in value:
            if key not in known:
                inner.wrong(MistakeKind.UNKNOWN_KEY, key, allowed=known)
        return {key: self._tries(inner, key, inner.take(key)) for key in value}

    def _tries(self, table: Table, key: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        tries = value if isinstance(value, list) else [value]
        if not tries or not all(isinstance(it, str) for it in tries):
            table.wrong(MistakeKind.WRONG_TYPE, key, value, ["text", "a list of texts"])
            return ()
        return tuple(self._short(table, key, str(it)) for it in tries)

    def _letters(self, letters: Table) -> dict[str, dict[str, Letter]]:
        found: dict[str, dict[str, Letter]] = {}
        for kind in letters.values:
            if kind not in LETTERS:
                letters.wrong(MistakeKind.NOT_ONE_OF, kind, kind, LETTERS)
            table = letters.table(kind)
            found[kind] = {}
            for tag in table.values:
                inner = table.table(tag)
                text = self._short(inner, "text", inner.string("text"), LONGEST_LETTER)
                found[kind][tag] = Letter(inner.string("title"), text.strip())
                inner.close()
        return found


def line_of(source: str, place: str) -> int | None:
    """The line of a template's own file where a place stands; None where only the built-in one has it."""
    return locate(source, place) if source else None


def undefined(template: Template) -> tuple[tuple[str, str], ...]:
    """Fields that nothing gives a value, each with the place of the text that holds it."""
    known = {*FIELDS, *template.values}
    found = {
        (f"languages.{tag}.{name}", asked)
        for tag, language in template.languages.items()
        for name, variants in language.texts.items()
        for tries in variants.values()
        for text in tries
        for asked in FIELD.findall(text)
        if asked not in known
    }
    found |= {
        (f"letters.{kind}.{tag}", asked)
        for kind, said in template.letters.items()
        for tag, letter in said.items()
        for asked in FIELD.findall(letter.text + letter.title)
        if asked not in known
    }
    return tuple(sorted(found))


def variants_of(citation: Citation) -> tuple[str, ...]:
    """The variants of a text that suit a certificate, the best first."""
    is_prize = citation.kind is CertificateKind.WINNER
    kinds = ["unnamed"] if is_prize and not citation.prize else []
    if is_prize and citation.partner_of:
        kinds.append("partner")
    kinds.append(citation.kind.value)
    person = [f"{kind}-person" for kind in kinds] if citation.person else []
    both = [it for pair in zip(person or kinds, kinds, strict=True) for it in pair]
    return (*dict.fromkeys(both), *(("every-person",) if citation.person else ()), "every")


def design_of(
    template: Template, citation: Citation, images: Mapping[str, Mapping[str, Any]] | None = None
) -> Design:
    """What the citation's certificate needs of the template. `images`: of each name its file, hash and size; those
    that are missing are left out. KeyError for a language that it has no words in.
    """
    language = template.languages[citation.language]
    wanted = variants_of(citation)
    texts = {
        name: list(next((variants[it] for it in wanted if it in variants), ()))
        for name, variants in language.texts.items()
    }
    known = images or {}
    values = {name: said.get(citation.language, "") for name, said in template.values.items()}
    return {
        "paper": template.format.value,
        "upright": template.orientation is Orientation.PORTRAIT,
        "border": template.border.value,
        "ornament": template.ornament.value,
        "colours": dict(template.colours),
        "images": [
            {"name": it.name, "x": it.x, "y": it.y, "width": it.width, **known[it.name]}
            for it in template.images
            if it.name in known
        ],
        "signatures": [{"name": it, **known[it]} if it in known else {} for it in template.signatures],
        "styles": {part: dict(template.styles[language.style][part]) for part in language.order},
        "order": list(language.order),
        "texts": {name: tries for name, tries in texts.items() if tries},
        "values": {name: value for name, value in values.items() if value},
        "date": dict(language.date),
    }


def design_in(citation: Citation) -> Design:
    """The design that was frozen with a citation; the built-in one for those before there were any."""
    return dict(citation.design) if citation.design else design_of(built_in(), citation)

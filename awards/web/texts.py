"""Texts that exist in several languages, and which of them a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.languages import get_official_languages
from flask_babel import gettext as _
from markupsafe import Markup

from awards.web.language import RIGHT_TO_LEFT, current


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its language; on a page in another language it says so to whoever reads it aloud."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    def __html__(self) -> str:
        if self.language in ("", current()):
            return Markup.escape(self.text)
        direction = "rtl" if self.language in RIGHT_TO_LEFT else "ltr"
        return Markup('<span lang="{}" dir="{}">{}</span>').format(self.language, direction, self.text)


NOTHING = Text("", "")


def choose(texts: Mapping[str, Any] | None, *preferred: str) -> Text:
    """The text in the page's language, else in the first preferred one that there is, else in any."""
    found = {tag: str(text) for tag, text in (texts or {}).items() if text}
    for tag in (current(), *preferred, *sorted(found)):
        if tag in found:
            return Text(found[tag], tag)
    return NOTHING


def own(name: str, names: Mapping[str, Any] | None, country: str) -> tuple[Text, Text]:
    """What a body calls itself, and how readers of the page call it where that is something else.

    `name` is the English one; a body's own language is an official one of its country.
    """
    known = {tag: str(text) for tag, text in (names or {}).items() if text}
    spoken = get_official_languages(country, de_facto=True) if country else ()
    at_home = next((Text(known[tag], tag) for tag in spoken if tag in known), Text(name, "en"))
    here = choose(known | {"en": name}, "en")
    return at_home, NOTHING if here.text == at_home.text else here


class Names:
    """The names that the texts of an edition give to keys."""

    def __init__(self, texts: Mapping[str, Any], fallback: str) -> None:
        self.texts, self.fallback = texts, fallback

    def name(self, thing: str, key: object, part: str = "name") -> Text:
        """A text of the edition, such as the name of a category; the key itself where there is none."""
        texts = self.texts.get(thing, {}).get(str(key), {}).get(part)
        return choose(texts, self.fallback) or Text(str(key) if part == "name" else "", "")

    def names(self, thing: str, keys: object) -> str:
        assert isinstance(keys, tuple)
        return listed(str(self.name(thing, key)) for key in keys)


def listed(parts: Iterable[str]) -> str:
    """Words in a row, as the page's language separates them."""
    return _(", ").join(parts)

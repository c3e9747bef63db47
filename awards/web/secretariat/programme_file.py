"""A programme's file as it is sent: from a file, a field or the shelf, read, and its mistakes with their lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from awards.config import ROOT
from awards.web.secretariat import wording
from awards.web.secretariat.frame import FileTooLarge, posted, posted_file
from awards.web.texts import Names, Text
from judging import programme
from judging.programme import Programme, ProgrammeInvalid
from judging.reading import locate

SHELF = ROOT / "seed" / "programmes"
TEXT = "text"


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake of a file: its line where it is known, its place, and what is wrong."""

    line: int | None
    place: str
    says: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: its text, kept whatever is wrong with it; `problem` says why it could not be read at all."""

    text: str
    problem: str = ""


@cache
def shelf() -> Mapping[str, str]:
    """The programmes that come with Laurels, by the name of their file."""
    return {file.stem: programme_name(file) for file in sorted(SHELF.glob("*.toml"))}


def programme_name(file: Path) -> str:
    names = programme.read(file.read_text(encoding="utf-8")).texts["name"]
    assert isinstance(names, dict)
    return f"{names.get('en') or next(iter(names.values()))} ({file.stem})"


def from_shelf(name: str) -> str:
    return (SHELF / f"{name}.toml").read_text(encoding="utf-8") if name in shelf() else ""


def sent() -> Sent:
    """The file that was chosen, else the text in the field."""
    text = posted(TEXT)
    try:
        found = posted_file()
    except UnicodeDecodeError:
        return Sent(text, _("This file is not text in UTF-8. Save it as UTF-8 and send it again."))
    except FileTooLarge:
        return Sent(text, _("This file is larger than 512 KB. A programme's file is text of a few pages."))
    return Sent(found if found is not None else text)


def faults(text: str, error: ProgrammeInvalid) -> list[Fault]:
    """Every mistake with its line, as the file's own order has them."""
    return [
        Fault(locate(text, found.place) if found.place else None, found.place, wording.mistake(found))
        for found in error.mistakes
    ]


def names(read: Programme) -> Names:
    return Names(read.texts, read.rules.working_language)


def categories(read: Programme) -> list[tuple[Text, Text]]:
    found = names(read)
    return [
        (found.name("categories", it.key), found.name("categories", it.key, "text"))
        for it in read.rules.categories
    ]

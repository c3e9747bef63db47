"""A letter: what one message says, before it becomes plain text and HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _

from awards import untrusted
from awards.models import Invitation
from awards.timetable import Deadline
from awards.web import findings, words
from awards.web.texts import Names
from judging.values import Json

IN_SUBJECT = 60
NO_NAMES = Names({}, "")


class Kind(StrEnum):
    TEXT = "text"
    LIST = "list"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that stand together: a paragraph, a list, or somebody's own words."""

    kind: Kind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Parts in the order in which they are read; one thing to do, with its link; why the reader gets this."""

    subject: str
    parts: tuple[Part, ...]
    act: str = ""
    link: str = ""
    code: str = ""
    after: tuple[Part, ...] = ()
    why: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a letter is about. Everything in `arguments` may be a stranger's, and is asked for through `said`."""

    arguments: Mapping[str, Json]
    link: str
    code: str = ""
    edition: str = ""
    names: Names = NO_NAMES
    edition_zone: str = "UTC"
    reader_zone: str = ""
    invitation: Invitation | None = field(default=None)

    def said(self, key: str, most: int = 200) -> str:
        """What stands under a key, made harmless; empty where nothing does."""
        found = self.arguments.get(key)
        return "" if found is None or isinstance(found, dict | list) else untrusted.line(found, most)

    def number(self, key: str) -> int:
        found = self.arguments.get(key)
        return found if isinstance(found, int) and not isinstance(found, bool) else 0

    def lines(self, key: str) -> tuple[str, ...]:
        found = self.arguments.get(key)
        return untrusted.lines(found) if isinstance(found, str) else ()

    def is_so(self, key: str) -> bool:
        return self.arguments.get(key) is True

    def items(self, key: str) -> list[Json]:
        found = self.arguments.get(key)
        return found if isinstance(found, list) else []

    def name(self, thing: str, key: object) -> str:
        """The name that the edition's texts give to a key, such as that of a category or a field."""
        return untrusted.line(self.names.name(thing, key)) if key else ""

    def field(self, key: object) -> str:
        """What a field of the form is called, by its key."""
        return untrusted.line(findings.field_name(str(key), self.names))

    def when(self, key: str) -> str:
        """A moment with its weekday, where it was stated and where the reader's clock differs."""
        found = self.arguments.get(key)
        moment = moment_of(found, self.edition_zone)
        return words.in_both(moment, self.reader_zone) if moment else ""

    @property
    def nomination(self) -> str:
        """The nomination as its writers know it: title and reference."""
        return self._titled(200)

    @property
    def short(self) -> str:
        """The same for a subject line."""
        return self._titled(IN_SUBJECT)

    def _titled(self, most: int) -> str:
        title, reference = self.said("title", most), self.said("reference", 40)
        if reference.startswith(f"{untrusted.OPEN}draft-"):
            reference = ""
        if title and reference:
            return _("“%(title)s” (%(reference)s)", title=title, reference=reference)
        if title:
            return _("“%(title)s”", title=title)
        return reference or _("a nomination without a title yet")


def moment_of(found: Json, zone: str) -> Deadline | None:
    """A moment as arguments hold it: with local time and zone, or as an instant; None where it is neither."""
    try:
        if isinstance(found, dict):
            local, place = datetime.fromisoformat(str(found.get("local"))), str(found.get("zone"))
            return Deadline(local, place, local.replace(tzinfo=ZoneInfo(place)).astimezone(UTC))
        if not isinstance(found, str):
            return None
        instant = datetime.fromisoformat(found)
        here = ZoneInfo(zone)
        instant = instant.replace(tzinfo=here) if instant.tzinfo is None else instant
        return Deadline(instant.astimezone(here).replace(tzinfo=None), zone, instant.astimezone(UTC))
    except (ValueError, ZoneInfoNotFoundError, OverflowError):
        return None


def text(*sentences: str) -> Part:
    """A paragraph of the sentences that say something."""
    return Part(Kind.TEXT, (" ".join(sentence for sentence in sentences if sentence),))


def listed(lines: Iterable[str]) -> Part:
    return Part(Kind.LIST, tuple(line for line in lines if line))


def quoted(lines: Iterable[str]) -> Part:
    return Part(Kind.QUOTE, tuple(lines))


def parts(*given: Part | None) -> tuple[Part, ...]:
    """The parts that hold something."""
    return tuple(part for part in given if part is not None and any(part.lines))


def reason(case: Case, key: str = "reason") -> tuple[Part, ...]:
    """Somebody's own words, introduced as such."""
    said = case.lines(key)
    return (text(_("The reason given:")), quoted(said)) if said else ()


def as_writer(case: Case) -> str:
    """Why those who write a nomination get a letter about it."""
    if case.edition:
        return _(
            "You receive this because you write %(nomination)s for %(edition)s.",
            nomination=case.nomination,
            edition=case.edition,
        )
    return _("You receive this because you write %(nomination)s.", nomination=case.nomination)

"""What the page of one file field shows: the files, what was typed about them, and what is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from awards import attachments, drafts, editions, enclosures
from awards.attachments import CAPTIONS, Item
from awards.eligibility import CITY_APPROVAL
from awards.enclosures import Disputed
from awards.extensions import db
from awards.models import Attachment, Edition, Nomination
from awards.uploads import SUFFIXES, Kind
from awards.web import refusals, sessions
from awards.web.texts import Names, Text
from awards.web.words import day
from judging.rules import Field
from judging.values import Json

LONGEST: Mapping[str, int] = {"caption": 400, "alternative": 600, "credit": 200}
LABELS: Mapping[str, object] = {
    "caption": _l("Caption"),
    "alternative": _l("Description for people who can't see the picture"),
    "credit": _l("Who took it"),
    "permission": _l("It may be published with this nomination, and whoever took it agrees."),
}
SHORT = {media_type: refusals.SHORT[kind] for kind, (media_type, _suffix) in SUFFIXES.items()}


@dataclass
class Box:
    """One input about a picture: its text, what is wrong with it, and what somebody else wrote meanwhile."""

    id: str
    label: str
    value: str
    longest: int = 0
    wrong: str = ""
    theirs: str = ""


@dataclass
class Row:
    """One file on the page."""

    key: str
    name: str
    href: str = ""
    small: str = ""
    facts: str = ""
    boxes: Sequence[Box] = ()
    permission: bool = False


class FieldPage:
    """The page of a field of a nomination, while it is read and after something was sent.

    `problems` are pairs of a place on the page and what is wrong there; `done` what was done all the same.
    """

    def __init__(self, nomination: Nomination, field: Field) -> None:
        self.nomination, self.field = nomination, field
        self.done: list[str] = []
        self.problems: list[tuple[str, str]] = []
        self.undo = ""
        self._typed: MultiDict[str, str] = MultiDict()
        self._restored = False
        self._disputed: tuple[Disputed, ...] = ()

    @property
    def is_pictures(self) -> bool:
        return self.field.kind == "pictures"

    @property
    def lost_a_file(self) -> bool:
        """Whether a file was sent with a form that was kept while its sender signed in; the file was not."""
        return self._restored and self._typed.get("act") == "upload"

    @cached_property
    def edition(self) -> Edition:
        return db.session().get_one(Edition, self.nomination.edition_id)

    @property
    def most(self) -> int:
        """How many files the field takes."""
        return int(getattr(self.field, "most", 0)) or attachments.MOST_IN_A_FIELD

    @property
    def keeps(self) -> int:
        """How many files are taken in for it."""
        return self.most

    def is_full(self) -> bool:
        """Whether one has to go before another one has room."""
        return len(self.items()) >= self.most

    @property
    def base(self) -> int | None:
        """The revision that what was typed began from."""
        said = self._typed.get("base", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else None

    def begun(self) -> int:
        """The revision that the form on the page is made from."""
        newest = drafts.latest(db.session(), self.nomination).number
        return (self.base or newest) if self._restored else newest

    def closed(self) -> str:
        """Why nothing can be changed now; nothing where it can."""
        try:
            self.need_open()
        except enclosures.FilesClosed as error:
            return refusals.closed(error)
        return ""

    def need_open(self) -> None:
        """Raises FilesClosed where nothing can be changed now."""
        enclosures.need_open(db.session(), self.nomination, self.field.key, now=sessions.now())

    def hold_open(self) -> None:
        """The same, until what was sent is saved."""
        enclosures.hold_open(db.session(), self.nomination, self.field.key, now=sessions.now())

    def put(self, key: str) -> None:
        """Let a file that is kept stand here."""
        enclosures.put(
            db.session(), self.nomination, self.field, key, actor=sessions.actor(), now=sessions.now()
        )

    def take_out(self, key: str) -> None:
        """Let a file stand here no more."""
        enclosures.take_out(
            db.session(), self.nomination, self.field, key, actor=sessions.actor(), now=sessions.now()
        )

    def fill(self, typed: MultiDict[str, str]) -> None:
        """Take what was typed."""
        self._typed = typed

    def restore(self, typed: MultiDict[str, str] | None) -> None:
        """Take what was typed before the session ended; it began from the revision that it names."""
        if typed is not None:
            self._typed, self._restored = typed, True

    def wrong(self, where: str, text: str) -> None:
        self.problems.append((where, text))

    def wrong_at(self, where: str) -> list[str]:
        return [text for place, text in self.problems if place == where]

    def name(self) -> Text | str:
        return self._texts.name("fields", self.field.key)

    def title(self) -> str:
        """What the nomination is called now."""
        return drafts.latest(db.session(), self.nomination).title

    def guidance(self) -> Text | str:
        return self._texts.name("fields", self.field.key, "guidance")

    @cached_property
    def _texts(self) -> Names:
        session = db.session()
        rules = editions.rules_of(session, self.edition)
        return Names(editions.texts_of(session, self.edition), rules.working_language)

    def up(self) -> str:
        """The address of the nomination."""
        return url_for("nominations.show", nomination=self.nomination.public_id)

    def back(self) -> str:
        """Where that leads."""
        return _("Back to the nomination")

    def letter(self) -> str:
        """The address of the letter that is signed and comes here; nothing for other files."""
        if self.field.key != CITY_APPROVAL:
            return ""
        return url_for("collaboration.letter", nomination=self.nomination.public_id)

    def accepted(self) -> str:
        return refusals.accepted(pictures_only=self.is_pictures)

    def accept(self) -> str:
        """What the browser offers to choose from."""
        kinds = [Kind.JPEG, Kind.PNG] if self.is_pictures else list(SUFFIXES)
        endings = [SUFFIXES[kind][1] for kind in kinds] + [".jpeg"]
        return ",".join(endings + [SUFFIXES[kind][0] for kind in kinds])

    def items(self) -> list[Item]:
        return attachments.items(db.session(), self.nomination, self.field.key)

    def taken_out(self) -> list[Attachment]:
        """The files that stood here and can be put back."""
        return attachments.removed(db.session(), self.nomination, self.field.key)

    def sound(self) -> dict[str, dict[str, Json]]:
        """What was typed about each picture, without what is too long, which is told."""
        found: dict[str, dict[str, Json]] = {}
        form = self._typed
        names = {item.key: _called(item) for item in self.items()}
        for key in form.getlist("picture")[: attachments.MOST_IN_A_FIELD * 5]:
            if key not in names and len(key) > 32:
                continue
            words: dict[str, Json] = {"permission": f"permission-{key}" in form}
            for name, longest in LONGEST.items():
                text = _one_line(form.get(f"{name}-{key}", ""))
                if len(text) <= longest:
                    words[name] = text
                if len(text) <= longest or key not in names or key == form.get("take_out"):
                    continue
                self.wrong(
                    f"{name}-{key}",
                    _(
                        "“%(label)s” of “%(picture)s” has %(found)d characters; the limit is %(limit)d.",
                        label=LABELS[name],
                        picture=names[key],
                        found=len(text),
                        limit=longest,
                    ),
                )
            found[key] = words
        return found

    def dispute(self, disputed: tuple[Disputed, ...]) -> None:
        """Show both texts of what two people wrote at the same time."""
        self._disputed = disputed
        kept = {one.key: one.name for one in self._all()}
        for one in disputed:
            name = kept.get(one.key, one.key)
            if one.name:
                self.wrong(
                    f"{one.name}-{one.key}",
                    _(
                        "Somebody else changed “%(label)s” of “%(picture)s” while you were writing. "
                        "Both texts are shown there; yours is saved when you save again.",
                        label=LABELS[one.name],
                        picture=name,
                    ),
                )
            elif isinstance(one.yours, dict) and one.key in kept:
                words = "; ".join(str(one.yours[part]) for part in CAPTIONS if one.yours.get(part))
                self.wrong(
                    "removed",
                    _(
                        "“%(picture)s” was taken out by somebody else while you were writing about it: “%(words)s”. "
                        "Put it back to write that again.",
                        picture=name,
                        words=words,
                    ),
                )

    def rows(self) -> list[Row]:
        return [self._row(item) for item in self.items()]

    def removed(self) -> list[Row]:
        """What was taken out and can be put back."""
        return [self._row(Item(one.key, one)) for one in self.taken_out()]

    def undone(self) -> str:
        """The name of the file that has just been taken out, if it still is."""
        return next((row.name for row in self.removed() if row.key == self.undo), "")

    def _all(self) -> list[Attachment]:
        return [item.attachment for item in self.items() if item.attachment] + self.taken_out()

    def _row(self, item: Item) -> Row:
        row = Row(item.key, _called(item), permission=item.permission)
        found = item.attachment
        if found is not None:
            row.href, row.small = self._address("get", item.key), self._address("small", item.key)
            row.facts = " · ".join(
                (SHORT.get(found.media_type, ""), refusals.size(found.size), self._day(found.at))
            )
        if self.is_pictures:
            row.boxes = [self._box(item, name) for name in CAPTIONS]
            if item.key in self._typed.getlist("picture"):
                row.permission = f"permission-{item.key}" in self._typed
        return row

    def _address(self, view: str, key: str) -> str:
        if view == "small" and not self.is_pictures:
            return ""
        return url_for(f"files.{view}", nomination=self.nomination.public_id, field=self.field.key, key=key)

    def _box(self, item: Item, name: str) -> Box:
        place = f"{name}-{item.key}"
        value = self._typed.get(place, str(getattr(item, name)))
        theirs = [one.theirs for one in self._disputed if (one.key, one.name) == (item.key, name)]
        return Box(
            place,
            str(LABELS[name]),
            value,
            LONGEST[name],
            " ".join(self.wrong_at(place)),
            (str(theirs[0] or "") or _("(nothing)")) if theirs else "",
        )

    def _day(self, moment: datetime) -> str:
        return day(moment.astimezone(ZoneInfo(self.edition.zone)))


def _called(item: Item) -> str:
    return item.attachment.name if item.attachment else item.key


def _one_line(text: str) -> str:
    """What was typed, without line breaks and control characters."""
    spaced = " ".join(text.split())
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs"))

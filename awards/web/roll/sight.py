"""The roll as its pages show it: how the ballot gets to each elector, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from awards import codes, delegations, roll
from awards.extensions import db
from awards.folding import fold
from awards.models import Outbox, OutboxState, RollEntry, RollState, VotingCode
from awards.web import door, words
from awards.web.roll import says


class Way(StrEnum):
    """How the ballot gets to an elector."""

    MAIL = "mail"
    LETTER = "letter"
    NEEDS_LETTER = "needs_letter"
    ASKED = "asked"
    NOBODY = "nobody"
    OFF = "off"


WAYS = {
    Way.MAIL: _l("by mail"),
    Way.LETTER: _l("by letter"),
    Way.NEEDS_LETTER: _l("needs a letter"),
    Way.ASKED: _l("asked for a delegate"),
    Way.NOBODY: _l("nobody named yet"),
    Way.OFF: _l("off the roll"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An elector in the list."""

    entry: RollEntry
    name: str
    place: str
    way: Way
    code: VotingCode | None
    asked: Outbox | None
    why: str

    @property
    def failed(self) -> bool:
        return self.asked is not None and self.asked.state is OutboxState.FAILED


class Sight:
    """The whole roll, after a fixed number of queries."""

    def __init__(self) -> None:
        session, edition = db.session(), door.edition()
        self.edition = edition
        self.entries = session.scalars(
            select(RollEntry)
            .where(RollEntry.edition_id == edition.id, RollEntry.is_public.is_(False))
            .options(selectinload(RollEntry.organisation))
            .order_by(RollEntry.sort_key, RollEntry.elector)
        ).all()
        self.codes = codes.latest(session, edition)
        self.asked = delegations.asked(session, edition)

    @cached_property
    def lines(self) -> list[Line]:
        by_letter = {entry.id for entry in roll.by_letter(self.electors)}
        return [self._line(entry, entry.id in by_letter) for entry in self.entries]

    @cached_property
    def electors(self) -> list[RollEntry]:
        return [entry for entry in self.entries if entry.state is RollState.ON]

    def _line(self, entry: RollEntry, by_letter: bool) -> Line:
        code, asked, body = self.codes.get(entry.id), self.asked.get(entry.id), entry.organisation
        return Line(
            entry,
            says.elector(entry),
            words.country(body.country) if body is not None and body.country else "",
            self._way(entry, by_letter, code, asked),
            code,
            asked,
            says.reason(entry) if entry.state is RollState.OUT else "",
        )

    def _way(self, entry: RollEntry, by_letter: bool, code: VotingCode | None, asked: Outbox | None) -> Way:
        if entry.state is RollState.OUT:
            return Way.OFF
        if not by_letter:
            return Way.MAIL
        if code is not None:
            return Way.LETTER
        if entry.name:
            return Way.NEEDS_LETTER
        return Way.ASKED if asked is not None else Way.NOBODY

    def count(self, *ways: Way) -> int:
        return sum(it.way in ways for it in self.lines)

    def chosen(self, way: str, text: str) -> Sequence[Line]:
        """The lines of a filter and a search. Without a filter those off the roll come last."""
        key = fold(text)
        found = [it for it in self.lines if not key or key in self._searched(it)]
        if way in {it.value for it in Way}:
            return [it for it in found if it.way == way]
        return sorted(found, key=_is_off)

    def _searched(self, it: Line) -> str:
        return fold(" ".join((it.name, it.entry.elector, it.entry.name, it.entry.email, it.place)))


def _is_off(it: Line) -> bool:
    return it.way is Way.OFF

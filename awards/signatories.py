"""Signatories: who signs the certificates, each in office from a day to a day; those sign who were on the day."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from awards import editions
from awards.audit import Actor
from awards.decisions import need_reason
from awards.models import Edition, TextsDocument
from awards.models.base import Document
from awards.texts import SIGNATORIES

MOST = 8
LONGEST = 200


class OfficeMissing(Exception):
    """Whoever signs has an office in every language."""


class DaysUpsideDown(Exception):
    """Somebody leaves office before they take it. `number` is theirs in the list, from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class TooManySign(Exception):
    """There is room for eight who sign."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Somebody who signs, in every language; `since` and `until` are the first and last day in office, if stated."""

    name: Mapping[str, str]
    office: Mapping[str, str]
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether they were in office that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def listed(texts: Mapping[str, Any]) -> tuple[Signs, ...]:
    """All who sign, in their order."""
    return tuple(
        Signs(it.get("name") or {}, it.get("office") or {}, _day(it.get("since")), _day(it.get("until")))
        for it in texts.get(SIGNATORIES) or ()
    )


def in_office(texts: Mapping[str, Any], day: date) -> tuple[Signs, ...]:
    """Those who sign a certificate of that day."""
    return tuple(it for it in listed(texts) if it.on(day))


def _day(said: object) -> date | None:
    return date.fromisoformat(str(said)) if said else None


def set_all(
    session: Session,
    edition: Edition,
    people: Sequence[Signs],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> TextsDocument | None:
    """State who signs, in this order, as a new version of the texts; None where nothing differs.

    Raises OfficeMissing, DaysUpsideDown, TooManySign, ReasonMissing.
    """
    editions.lock(session, edition)
    if len(people) > MOST:
        raise TooManySign(str(len(people)))
    for number, it in enumerate(people, start=1):
        if not any(it.office.values()):
            raise OfficeMissing(str(number))
        if it.since and it.until and it.until < it.since:
            raise DaysUpsideDown(number)
    document = copy.deepcopy(editions.texts_of(session, edition))
    if tuple(people) == listed(document):
        return None
    document[SIGNATORIES] = [_document(it) for it in people]
    return editions.save_texts(session, edition, document, reason=need_reason(reason), actor=actor, now=now)


def _document(it: Signs) -> Document:
    days = {"since": it.since, "until": it.until}
    return {
        "name": {tag: text for tag, text in it.name.items() if text},
        "office": {tag: text for tag, text in it.office.items() if text},
        **{key: day.isoformat() for key, day in days.items() if day},
    }

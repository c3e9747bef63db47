"""Enclosures: the files in a draft and what is said of each; whether that may change now; which ones screeners read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import deadlines, drafts, editions, windows
from awards.attachments import CAPTIONS, answer_of, entries_of, key_of, keys_of
from awards.audit import Actor
from awards.models import (
    Appeal,
    Attachment,
    AttachmentState,
    Edition,
    LateRequest,
    Nomination,
    NominationPartner,
    NominationReturn,
    NominationRevision,
    NominationState,
    NominationSubmission,
)
from awards.timetable import Deadline
from judging.rules import Field
from judging.values import Json

SAID = (*CAPTIONS, "permission")


class Why(StrEnum):
    """Why a field takes no files now."""

    STATE = "state"
    DEADLINE = "deadline"
    RETURN_OVER = "return_over"
    FIELD = "field"


class FilesClosed(Exception):
    """The field can't be changed now, because of the nomination's state, a date, or what it was returned for."""

    def __init__(self, why: Why, until: Deadline | None = None) -> None:
        super().__init__(why.value)
        self.why, self.until = why, until


@dataclass(frozen=True, slots=True)
class Disputed:
    """Words about a picture that two people changed; `name` is empty where the other one took the picture out."""

    key: str
    name: str
    theirs: Json
    yours: Json


def need_open(session: Session, nomination: Nomination, field: str, *, now: datetime) -> None:
    """Whether a field of the form may be changed now. Raises FilesClosed.

    The grace counts for everybody: a file may take long to arrive, and only submitting decides about being in time.
    """
    if nomination.state not in drafts.EDITABLE:
        raise FilesClosed(Why.STATE)
    edition = session.get_one(Edition, nomination.edition_id)
    if nomination.state is NominationState.RETURNED:
        back = session.scalars(
            select(NominationReturn)
            .where(NominationReturn.nomination_id == nomination.id)
            .order_by(NominationReturn.id.desc())
            .limit(1)
        ).one()
        until = Deadline(datetime.fromisoformat(back.local), back.zone, back.until)
        if now > until.instant + _grace(session, edition):
            raise FilesClosed(Why.RETURN_OVER, until)
        if field not in back.fields:
            raise FilesClosed(Why.FIELD, until)
        return
    found = windows.window(session, edition, nomination, opened=now - _grace(session, edition), now=now)
    if found is None or not found.is_open:
        raise FilesClosed(Why.DEADLINE, deadlines.closes(session, edition, nomination))


def _grace(session: Session, edition: Edition) -> timedelta:
    return timedelta(minutes=editions.rules_of(session, edition).eligibility.grace_minutes)


def hold_open(session: Session, nomination: Nomination, field: str, *, now: datetime) -> None:
    """The same, with edition and nomination held, so that it stays true until the change is saved."""
    editions.lock(session, session.get_one(Edition, nomination.edition_id))
    session.refresh(nomination, with_for_update=True)
    need_open(session, nomination, field, now=now)


def put(
    session: Session, nomination: Nomination, field: Field, key: str, *, actor: Actor, now: datetime
) -> NominationRevision:
    """Write a file into the draft; one that stood there before gets its place and its words back."""
    said = entries_of(answer_of(session, nomination, field.key))
    if any(key_of(entry) == key for entry in said):
        return drafts.latest(session, nomination)
    place, entry = _last_said(session, nomination, field.key, key)
    if entry is None:
        place, entry = len(said), _blank(key) if field.kind == "pictures" else key
    return _save(session, nomination, field, [*said[:place], entry, *said[place:]], actor=actor, now=now)


def take_out(
    session: Session, nomination: Nomination, field: Field, key: str, *, actor: Actor, now: datetime
) -> NominationRevision:
    """Take a file out of the draft. The file stays: earlier revisions point to it, and it can be put back."""
    said = entries_of(answer_of(session, nomination, field.key))
    rest = [entry for entry in said if key_of(entry) != key]
    return _save(session, nomination, field, rest, actor=actor, now=now)


def describe(
    session: Session,
    nomination: Nomination,
    field: Field,
    typed: Mapping[str, Mapping[str, Json]],
    *,
    base: int | None,
    actor: Actor,
    now: datetime,
) -> tuple[Disputed, ...]:
    """Save what was written about pictures, each text by itself; what somebody else changed meanwhile stays.

    `base` is the revision that the form was made from. Both texts of what is in dispute are given back.
    """
    session.refresh(nomination, with_for_update=True)
    said = entries_of(answer_of(session, nomination, field.key))
    base_said = drafts.revision(session, nomination, base) if base else None
    before = {
        key_of(entry): entry for entry in entries_of((base_said.content if base_said else {}).get(field.key))
    }
    disputed: list[Disputed] = []
    merged = [_merged(entry, before, typed, disputed) for entry in said]
    there = {key_of(entry) for entry in said}
    for key in set(typed) & set(before) - there:
        started, yours = _words(before[key]), typed[key]
        if any(not drafts.same(yours.get(name), started.get(name)) for name in SAID if name in yours):
            disputed.append(Disputed(key, "", None, dict(yours)))
    if merged != said:
        _save(session, nomination, field, merged, actor=actor, now=now)
    return tuple(disputed)


def _merged(
    entry: Json,
    before: Mapping[str, Json],
    typed: Mapping[str, Mapping[str, Json]],
    disputed: list[Disputed],
) -> Json:
    key = key_of(entry)
    if key not in typed:
        return entry
    now_said = _words(entry)
    started = _words(before[key]) if key in before else now_said
    for name in SAID:
        yours = typed[key].get(name, started[name])
        if drafts.same(yours, started[name]) or drafts.same(yours, now_said[name]):
            continue
        if drafts.same(now_said[name], started[name]):
            now_said[name] = yours
        else:
            disputed.append(Disputed(key, name, now_said[name], yours))
    return entry if now_said == _words(entry) else now_said


def _words(entry: Json) -> dict[str, Any]:
    found = _blank(key_of(entry))
    return found | dict(entry) if isinstance(entry, Mapping) else found


def _blank(key: str) -> dict[str, Json]:
    return {"file": key, **dict.fromkeys(CAPTIONS, ""), "permission": False}


def _save(
    session: Session,
    nomination: Nomination,
    field: Field,
    entries: list[Json],
    *,
    actor: Actor,
    now: datetime,
) -> NominationRevision:
    base = drafts.latest(session, nomination).number
    return drafts.change(session, nomination, {field.key: entries}, base=base, actor=actor, now=now)


def _last_said(session: Session, nomination: Nomination, field: str, key: str) -> tuple[int, Json]:
    """Where a file stood in the newest revision that had it, and what was said of it."""
    contents = session.scalars(
        select(NominationRevision.content)
        .where(NominationRevision.nomination_id == nomination.id)
        .order_by(NominationRevision.number.desc())
    )
    for content in contents:
        for place, entry in enumerate(entries_of(content.get(field))):
            if key_of(entry) == key:
                return place, entry
    return 0, None


def shown_to_screeners(session: Session, edition: Edition, key: str) -> tuple[Nomination, Attachment] | None:
    """A file of a nomination of this edition that was submitted, sent late, or given with an appeal or approval."""
    found = session.execute(
        select(Nomination, Attachment)
        .join(Attachment, Attachment.nomination_id == Nomination.id)
        .where(
            Nomination.edition_id == edition.id,
            Attachment.key == key,
            Attachment.state == AttachmentState.CLEAN,
        )
    ).first()
    if found is None:
        return None
    nomination, attachment = found
    named = session.scalars(
        select(Appeal.attachment_key)
        .where(Appeal.nomination_id == nomination.id, Appeal.attachment_key == key)
        .union_all(
            select(NominationPartner.approval_key).where(
                NominationPartner.nomination_id == nomination.id, NominationPartner.approval_key == key
            )
        )
    ).first()
    if named is None and key not in keys_of(_sent(session, nomination, attachment.field)):
        return None
    return nomination, attachment


def _sent(session: Session, nomination: Nomination, field: str) -> Iterator[Json]:
    """What a field says in every revision that was sent in."""
    numbers = {nomination.submitted_number}
    for table in (NominationSubmission, LateRequest):
        numbers |= set(
            session.scalars(select(table.revision_number).where(table.nomination_id == nomination.id))
        )
    contents = session.scalars(
        select(NominationRevision.content).where(
            NominationRevision.nomination_id == nomination.id,
            NominationRevision.number.in_({number for number in numbers if number is not None}),
        )
    )
    for content in contents:
        yield content.get(field)

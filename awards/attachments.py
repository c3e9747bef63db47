"""Attachments: files that belong to a nomination, kept for good, within the limits of a field and of the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from awards import audit, drafts, drawing, editions, storage
from awards.audit import Actor
from awards.models import Attachment, AttachmentState, DrawnState, Edition, Job, Nomination
from awards.uploads import Accepted
from awards.uploads.values import MEGABYTE
from judging.rules import Field
from judging.values import Json

FILES = "files"
"""The folder under LAURELS_DATA that holds them."""
KINDS = frozenset({"files", "pictures"})
MOST_IN_A_FIELD = 20
"""Files of a field whose rules set no limit."""
MOST_TOGETHER = 60 * MEGABYTE
MOST_EVER = 5 * MOST_TOGETHER
SMALL = ".small"
DRAW = "files.draw"
"""The kind of the job that draws a file."""
NEW_FILES = "new_files"
CAPTIONS = ("caption", "alternative", "credit")
"""What is written about a picture, besides that it may be published."""


class TooManyFiles(Exception):
    """The field holds as many files as it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class TooMuch(Exception):
    """The files of the nomination are larger together than they may be; `ever` counts removed ones too."""

    def __init__(self, limit: int, found: int, *, ever: bool = False) -> None:
        super().__init__(f"{found} > {limit}")
        self.limit, self.found, self.ever = limit, found, ever


class NoSuchField(Exception):
    """The form has no field of that key that takes files."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a field's answer. `attachment` is None where the answer names something that isn't here."""

    key: str
    attachment: Attachment | None
    caption: str = ""
    alternative: str = ""
    credit: str = ""
    permission: bool = False


@event.listens_for(Session, "after_commit")
def _keep_new_files(session: Session) -> None:
    session.info.pop(NEW_FILES, None)


@event.listens_for(Session, "after_rollback")
def _drop_new_files(session: Session) -> None:
    """A file whose row is gone with its transaction belongs to nobody: it goes too."""
    for folder, key in session.info.pop(NEW_FILES, []):
        storage.drop(folder, key)


def add(
    session: Session,
    nomination: Nomination,
    field: str,
    accepted: Accepted,
    *,
    folder: Path,
    actor: Actor,
    now: datetime,
    most: int = 0,
) -> Attachment:
    """Keep a file for a field of a nomination; the same content in the same field is kept once.

    `most` is how many the field may hold; 0: MOST_IN_A_FIELD. The draft isn't changed: enclosures.put does that.
    Raises TooManyFiles, TooMuch.
    """
    session.refresh(nomination, with_for_update=True)
    digest = hashlib.sha256(accepted.content).hexdigest()
    there = of(session, nomination, field)
    known = session.scalars(
        select(Attachment)
        .where(
            Attachment.nomination_id == nomination.id, Attachment.field == field, Attachment.sha256 == digest
        )
        .order_by(Attachment.id)
    ).first()
    if known is not None and known in there:
        return known
    if len(there) >= (limit := most or MOST_IN_A_FIELD):
        raise TooManyFiles(limit)
    _fits(session, nomination, len(accepted.content), new=known is None)
    if known is not None:
        return known
    file = storage.keep(folder, accepted.content, suffix=accepted.suffix)
    kept = session.info.setdefault(NEW_FILES, [])
    kept.append((folder, file))
    if accepted.small:
        kept.append((folder, storage.keep(folder, accepted.small, suffix=SMALL, beside=file)))
    attachment = Attachment(
        nomination_id=nomination.id,
        field=field,
        name=accepted.name,
        media_type=accepted.media_type,
        size=len(accepted.content),
        sha256=digest,
        state=AttachmentState.CLEAN,
        file=file,
        uploaded_by_id=actor.account.id,
        at=now,
    )
    session.add(attachment)
    session.flush()
    if attachment.media_type in drawing.DRAWABLE:
        attachment.drawn = DrawnState.WAITING
        session.add(Job(kind=DRAW, arguments={"file": attachment.key}, due_at=now))
    audit.record(
        session,
        actor=actor,
        action="attachment.added",
        subject=nomination.public_id,
        now=now,
        edition=session.get_one(Edition, nomination.edition_id),
        after={"key": attachment.key, "field": field, "sha256": digest, "size": attachment.size},
    )
    return attachment


def _fits(session: Session, nomination: Nomination, size: int, *, new: bool) -> None:
    kept = list(session.scalars(select(Attachment).where(Attachment.nomination_id == nomination.id)))
    ever = sum(one.size for one in kept) + (size if new else 0)
    if ever > MOST_EVER:
        raise TooMuch(MOST_EVER, ever, ever=True)
    said = drafts.latest(session, nomination).content
    used = set(keys_of(said.values()))
    fields = {field.key for field in fields_of(session, nomination)}
    together = size + sum(one.size for one in kept if one.key in used or one.field not in fields)
    if together > MOST_TOGETHER:
        raise TooMuch(MOST_TOGETHER, together)


def fields_of(session: Session, nomination: Nomination) -> tuple[Field, ...]:
    """The fields of the form that take files."""
    rules = editions.rules_of(session, session.get_one(Edition, nomination.edition_id))
    return tuple(field for field in rules.fields if field.kind in KINDS)


def field_of(session: Session, nomination: Nomination, key: str) -> Field:
    """One of these fields. Raises NoSuchField."""
    for field in fields_of(session, nomination):
        if field.key == key:
            return field
    raise NoSuchField(key)


def of(session: Session, nomination: Nomination, field: str) -> list[Attachment]:
    """The files in a field of the newest revision, in its order; of any other purpose all that were kept."""
    kept = _kept(session, nomination, field)
    if field not in {one.key for one in fields_of(session, nomination)}:
        return list(kept.values())
    return [
        item.attachment for item in _items(answer_of(session, nomination, field), kept) if item.attachment
    ]


def items(session: Session, nomination: Nomination, field: str) -> list[Item]:
    """What a field of the newest revision holds, imported names of files included."""
    return _items(answer_of(session, nomination, field), _kept(session, nomination, field))


def removed(session: Session, nomination: Nomination, field: str) -> list[Attachment]:
    """Files of a field that were taken out of the draft; each can be put back."""
    there = {item.key for item in items(session, nomination, field)}
    return [one for key, one in _kept(session, nomination, field).items() if key not in there]


def find(session: Session, nomination: Nomination, key: str) -> Attachment | None:
    """A file of this nomination; None for any other nomination's."""
    return session.scalars(
        select(Attachment).where(
            Attachment.nomination_id == nomination.id,
            Attachment.key == key,
            Attachment.state == AttachmentState.CLEAN,
        )
    ).first()


def open_file(folder: Path, attachment: Attachment) -> Path:
    """Where the file is. Raises NoSuchFile."""
    return storage.locate(folder, attachment.file)


def open_small(folder: Path, attachment: Attachment) -> Path:
    """Where the small picture of a picture is. Raises NoSuchFile."""
    return storage.locate(folder, f"{attachment.file.partition('.')[0]}{SMALL}")


def number(session: Session, attachment: Attachment) -> int:
    """Which file of its field it was, counted from 1 in the order of uploading."""
    earlier = session.scalar(
        select(func.count())
        .select_from(Attachment)
        .where(
            Attachment.nomination_id == attachment.nomination_id,
            Attachment.field == attachment.field,
            Attachment.id <= attachment.id,
        )
    )
    return earlier or 1


def _kept(session: Session, nomination: Nomination, field: str) -> dict[str, Attachment]:
    rows = session.scalars(
        select(Attachment)
        .where(
            Attachment.nomination_id == nomination.id,
            Attachment.field == field,
            Attachment.state == AttachmentState.CLEAN,
        )
        .order_by(Attachment.id)
    )
    return {one.key: one for one in rows}


def answer_of(session: Session, nomination: Nomination, field: str) -> Json:
    """What the newest revision says in a field."""
    found: Json = drafts.latest(session, nomination).content.get(field)
    return found


def entries_of(answer: Json) -> list[Json]:
    """An answer as a list, also one that an import left as a single text."""
    return list(answer) if isinstance(answer, list) else [answer] if answer else []


def key_of(entry: Json) -> str:
    """The key that an entry names, with or without words about it."""
    return str(entry.get("file", "") if isinstance(entry, Mapping) else entry or "")


def keys_of(answers: Iterable[Json]) -> set[str]:
    """Every key that some answers name."""
    return {key_of(entry) for answer in answers for entry in entries_of(answer)}


def _items(answer: Json, kept: Mapping[str, Attachment]) -> list[Item]:
    found = []
    for entry in entries_of(answer):
        key = key_of(entry)
        words: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
        found.append(
            Item(
                key,
                kept.get(key),
                **{name: str(words.get(name) or "") for name in CAPTIONS},
                permission=bool(words.get("permission")),
            )
        )
    return found

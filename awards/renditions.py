"""Renditions: pages of an attachment drawn to pictures, so that they are read in place; which ones wait to be drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import attachments, drawing, storage
from awards.attachments import DRAW, SMALL
from awards.drawing import Drawn
from awards.models import Attachment, AttachmentState, DrawnState, Job, Rendition

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is to be drawn: what is in it, and as what."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page of a file. `narrow` is the width of its small picture, 0 where there is none."""

    number: int
    width: int
    height: int
    narrow: int

    @classmethod
    def of(cls, row: Rendition) -> Page:
        return cls(row.page, row.width, row.height, drawing.NARROW if row.width > drawing.NARROW else 0)


def queue_missing(session: Session, *, now: datetime, failed: bool = False) -> int:
    """Queue the files that nobody asked to have drawn, such as those from before; how many there were.

    `failed`: and those again that could not be drawn.
    """
    never = Attachment.drawn.is_(None)
    rows = session.scalars(
        select(Attachment)
        .where(
            never | (Attachment.drawn == DrawnState.FAILED) if failed else never,
            Attachment.media_type.in_(drawing.DRAWABLE),
            Attachment.state == AttachmentState.CLEAN,
            Attachment.nomination_id.is_not(None),
            Attachment.file != "",
        )
        .order_by(Attachment.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for attachment in rows:
        attachment.drawn = DrawnState.WAITING
        session.add(Job(kind=DRAW, arguments={"file": attachment.key}, due_at=now))
    session.flush()
    return len(rows)


def wanted(session: Session, folder: Path, key: str) -> Wanted | None:
    """What is to be drawn of a file; None where it is drawn already. Raises NoSuchFile."""
    found = session.scalars(select(Attachment).where(Attachment.key == key)).one()
    if found.drawn is DrawnState.DRAWN:
        return None
    return Wanted(attachments.open_file(folder, found).read_bytes(), found.media_type)


def keep(session: Session, folder: Path, key: str, drawn: Drawn, *, now: datetime) -> None:
    """Keep what was drawn of a file; nothing where somebody else was faster."""
    found = _held(session, key)
    if found.drawn is DrawnState.DRAWN:
        return
    kept = session.info.setdefault(attachments.NEW_FILES, [])
    for picture in drawn.pictures:
        file = storage.keep(folder, picture.large, suffix=drawing.SUFFIX)
        kept.append((folder, file))
        if picture.small:
            kept.append((folder, storage.keep(folder, picture.small, suffix=SMALL, beside=file)))
        session.add(
            Rendition(
                attachment_id=found.id,
                page=picture.page,
                file=file,
                media_type=drawing.MEDIA_TYPE,
                width=picture.width,
                height=picture.height,
                size=len(picture.large),
                at=now,
            )
        )
    found.drawn, found.pages = DrawnState.DRAWN, drawn.pages
    session.flush()


def give_up(session: Session, keys: Collection[str]) -> None:
    """Note that these files could not be drawn: their originals are all there is."""
    for key in keys:
        found = _held(session, key)
        if found.drawn is DrawnState.WAITING:
            found.drawn = DrawnState.FAILED
    session.flush()


def pages_of(session: Session, files: Iterable[Attachment]) -> dict[int, tuple[Page, ...]]:
    """The drawn pages of some files, by row, after one query."""
    wanted = [it.id for it in files if it.drawn is DrawnState.DRAWN]
    found: dict[int, list[Page]] = {}
    if wanted:
        rows = session.scalars(
            select(Rendition).where(Rendition.attachment_id.in_(wanted)).order_by(Rendition.page)
        )
        for row in rows:
            found.setdefault(row.attachment_id, []).append(Page.of(row))
    return {number: tuple(pages) for number, pages in found.items()}


def find(session: Session, attachment: Attachment, page: int) -> Rendition | None:
    """A drawn page of a file; no file has more than are drawn."""
    if not 1 <= page <= drawing.MOST_PAGES:
        return None
    return session.scalars(
        select(Rendition).where(Rendition.attachment_id == attachment.id, Rendition.page == page)
    ).first()


def locate(folder: Path, rendition: Rendition, *, small: bool) -> Path:
    """Where the picture of a page is; the large one where there is no small one. Raises NoSuchFile."""
    if small and Page.of(rendition).narrow:
        return storage.locate(folder, f"{rendition.file.partition('.')[0]}{SMALL}")
    return storage.locate(folder, rendition.file)


def _held(session: Session, key: str) -> Attachment:
    return session.scalars(
        select(Attachment)
        .where(Attachment.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()

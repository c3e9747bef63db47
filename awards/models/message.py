"""Work that waits: messages to send, jobs to run, files to keep."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from awards.models.base import Base, Document, UtcDateTime, Word, public_id


class OutboxState(StrEnum):
    """HELD: drafted, and not sent before somebody has looked at it."""

    HELD = "held"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class AttachmentState(StrEnum):
    WAITING = "waiting"
    CLEAN = "clean"
    REFUSED = "refused"


class DrawnState(StrEnum):
    """Whether the worker has drawn an attachment's pages; FAILED: it could not, and only the original is there."""

    WAITING = "waiting"
    DRAWN = "drawn"
    FAILED = "failed"


class Outbox(Base):
    """A message to send: template and arguments, never a token.

    `once` names what is said a single time, such as a reminder; a second message of that name is refused.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12))
    template: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[Document] = mapped_column(default=dict)
    state: Mapped[OutboxState] = mapped_column(Word(OutboxState), default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    roll_entry_id: Mapped[int | None] = mapped_column(ForeignKey("roll_entry.id"), index=True)
    once: Mapped[str | None] = mapped_column(String(200), unique=True)


class Job(Base):
    """A piece of background work, and how it went."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    kind: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[Document] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(Word(JobState), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attachment(Base):
    """A file that was uploaded; shown to nobody until it is clean. `file` is its key in the storage."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True, default=public_id)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    field: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[AttachmentState] = mapped_column(Word(AttachmentState), default=AttachmentState.WAITING)
    file: Mapped[str] = mapped_column(String(64), default="", server_default="")
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    drawn: Mapped[DrawnState | None] = mapped_column(Word(DrawnState))
    pages: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Rendition(Base):
    """A page of an attachment, drawn to a picture so that it is read in place. `page` counts from 1."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("attachment_id", "page"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), index=True)
    page: Mapped[int]
    file: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

"""Practice: nominations on which judges try the criteria, and the rehearsal of a whole edition."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from awards.models.base import Base, Document, UtcDateTime, Word, public_id


class RehearsalState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PracticeNomination(Base):
    """A nomination that is made up, or stood in an earlier edition, with what a panel gave it.

    `texts` by language: {"title": ..., "body": ...}. `panel`: one object of marks by criterion for each judge of that
    panel, without names. `comments` by language: why.
    """

    __tablename__ = "practice_nomination"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    position: Mapped[int]
    category: Mapped[str] = mapped_column(String(64))
    texts: Mapped[Document] = mapped_column(default=dict)
    panel: Mapped[list[Any]] = mapped_column(default=list)
    comments: Mapped[Document] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PracticeSheet(Base):
    """A judge's own marks on a practice nomination. It counts for nothing and nobody else sees it."""

    __tablename__ = "practice_sheet"
    __table_args__ = (UniqueConstraint("practice_id", "judge_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice_nomination.id"), index=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    marks: Mapped[Document] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Rehearsal(Base):
    """A run of an edition with simulated people, somewhere else, and what it found."""

    __tablename__ = "rehearsal"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    state: Mapped[RehearsalState] = mapped_column(Word(RehearsalState), default=RehearsalState.WAITING)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    report: Mapped[Document] = mapped_column(default=dict)
    answer: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

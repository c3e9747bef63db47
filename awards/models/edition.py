"""Programmes and their editions, with the three documents of an edition: rules, texts, timetable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.timetable import Moment, Phase


class Programme(Base):
    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    names: Mapped[Document] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Edition(Base):
    """One year's run of a programme. `seed` is drawn at the freeze and stays secret until the result.

    `roll_sha256` is the hash of the roll as frozen before the vote opens.
    """

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    phase: Mapped[Phase] = mapped_column(Word(Phase), default=Phase.DRAFT)
    language: Mapped[str] = mapped_column(String(12), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    specimen: Mapped[bool] = mapped_column(default=False)
    seed: Mapped[str | None] = mapped_column(String(64))
    seed_sha256: Mapped[str | None] = mapped_column(String(64))
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roll_frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roll_sha256: Mapped[str | None] = mapped_column(String(64))
    first_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    programme: Mapped[Programme] = relationship()


class RulesDocument(Base):
    """The rules as loaded or amended; the highest number is in force. Never changed."""

    __tablename__ = "rules_document"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    document: Mapped[Document]
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TextsDocument(Base):
    """The texts of an edition, versioned; the highest version is shown."""

    __tablename__ = "texts_document"
    __table_args__ = (UniqueConstraint("edition_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    version: Mapped[int]
    document: Mapped[Document]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TimetableAmendment(Base):
    """One moment of the timetable as set or moved; the highest number per moment holds. Never changed."""

    __tablename__ = "timetable_amendment"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    moment: Mapped[Moment] = mapped_column(Word(Moment))
    local: Mapped[str] = mapped_column(String(19))
    zone: Mapped[str] = mapped_column(String(64))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CategoryClosure(Base):
    """A category that too few entered: merged into another, carried to the next edition or cancelled."""

    __tablename__ = "category_closure"
    __table_args__ = (UniqueConstraint("edition_id", "category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    category: Mapped[str] = mapped_column(String(64))
    how: Mapped[str] = mapped_column(String(16))
    into: Mapped[str | None] = mapped_column(String(64))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))


class OwnDeadline(Base):
    """A later moment granted to one nomination, organisation or category, or, for marks, to one judge; the latest
    that applies holds.
    """

    __tablename__ = "own_deadline"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    moment: Mapped[Moment] = mapped_column(Word(Moment))
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(64))
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"), index=True)
    local: Mapped[str] = mapped_column(String(19))
    zone: Mapped[str] = mapped_column(String(64))
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

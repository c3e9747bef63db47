"""Score sheets: identity and state here, marks in versions that never change; standings frozen at the close."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.panel import Assignment


class SheetState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"


class Origin(StrEnum):
    PORTAL = "portal"
    FILE = "file"
    TYPED = "typed"
    PAPER = "paper"


class ScoreSheet(Base):
    """One judge's marks on one nomination in one round. `counted` turns false when the judge is recused from it."""

    __tablename__ = "score_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    state: Mapped[SheetState] = mapped_column(Word(SheetState), default=SheetState.DRAFT)
    counted: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assignment: Mapped[Assignment] = relationship()
    versions: Mapped[list[ScoreSheetVersion]] = relationship(
        back_populates="sheet", order_by="ScoreSheetVersion.number"
    )


class ScoreSheetVersion(Base):
    """One save of a sheet: marks by criterion key, and what the judge wrote."""

    __tablename__ = "score_sheet_version"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    number: Mapped[int]
    marks: Mapped[Document]
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    comment: Mapped[str] = mapped_column(Text, default="")
    feedback: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    sheet: Mapped[ScoreSheet] = relationship(back_populates="versions")


class Typing(Base):
    """A version that somebody typed from paper or from the telephone, and who confirmed it against the scan or note.

    Until it is confirmed its sheet is a draft. `arrived_at`: when the paper was there, or the call came. `refused_at`:
    it was not what the judge had written.
    """

    __tablename__ = "typing"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> typed_by_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    version_id: Mapped[int] = mapped_column(ForeignKey("score_sheet_version.id"), unique=True)
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    typed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(1000), default="")

    version: Mapped[ScoreSheetVersion] = relationship()


class FrozenStanding(Base):
    """The standing of a category as frozen; a higher number replaces it. Exact numbers as text."""

    __tablename__ = "frozen_standing"
    __table_args__ = (UniqueConstraint("edition_id", "category", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    category: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    document: Mapped[Document]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

"""After the close: the calibration of the marks, second readings, and the room where chair and panel deliberate."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.account import Account
from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.nomination import Nomination


class CalibrationState(StrEnum):
    """SUPERSEDED: the sheets changed before it was fitted."""

    WAITING = "waiting"
    RUNNING = "running"
    FITTED = "fitted"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class ReadingState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


class Calibration(Base):
    """The calibration of an edition's first round; a higher number replaces it. Fitted numbers are decimals as text.

    `document` names judges by public_id and nominations by reference; it is empty until it is fitted. `done` of `steps`
    tells how far a fit has come. `answer`: why it failed.
    """

    __tablename__ = "calibration"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    state: Mapped[CalibrationState] = mapped_column(Word(CalibrationState), default=CalibrationState.WAITING)
    sheets_sha256: Mapped[str] = mapped_column(String(64), default="")
    document: Mapped[Document] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondReading(Base):
    """Extra judges for borderline nominations, ordered by the chair within the budget that the rules fix.

    `extra`: further sheets by reference, as the rule gave them. `unfilled`: references for which too few judges were
    left, each with what was wanted and found.
    """

    __tablename__ = "second_reading"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    state: Mapped[ReadingState] = mapped_column(Word(ReadingState), default=ReadingState.OPEN)
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    extra: Mapped[Document] = mapped_column(default=dict)
    unfilled: Mapped[list[Any]] = mapped_column(default=list)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Room(Base):
    """The room of an edition's deliberation: open to the panel from the chair's word until it is closed."""

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoomNote(Base):
    """What somebody wrote about a nomination in the room. Taken back, its text is hidden and stays on record."""

    __tablename__ = "room_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()
    nomination: Mapped[Nomination] = relationship()

"""Judges of an edition, their conflicts, and who reads what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.account import Account
from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.nomination import Nomination
from judging.values import Round


class JudgeState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"


class ConflictSource(StrEnum):
    SAME_CITY = "same_city"
    SAME_ORGANISATION = "same_organisation"
    SAME_COUNTRY = "same_country"
    NAMED = "named"
    DECLARED = "declared"


class AssignmentKind(StrEnum):
    REGULAR = "regular"
    SECOND = "second"
    PRACTICE = "practice"
    ALTERNATE = "alternate"


class AssignmentState(StrEnum):
    ISSUED = "issued"
    HANDED_BACK = "handed_back"
    RECUSED = "recused"


class Judge(Base):
    """A person on the panel of an edition. No categories means all of them."""

    __tablename__ = "judge"
    __table_args__ = (UniqueConstraint("edition_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[JudgeState] = mapped_column(Word(JudgeState), default=JudgeState.INVITED)
    languages: Mapped[list[str]] = mapped_column(default=list)
    categories: Mapped[list[str]] = mapped_column(default=list)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()

    def reads(self, category: str) -> bool:
        return not self.categories or category in self.categories


class Conflict(Base):
    """An interest of a judge in a nomination. It blocks the pair unless a decision waives it."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("judge_id", "nomination_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    source: Mapped[ConflictSource] = mapped_column(Word(ConflictSource))
    detail: Mapped[str] = mapped_column(String(400), default="")
    waived_by: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)

    judge: Mapped[Judge] = relationship()
    nomination: Mapped[Nomination] = relationship()


class Assignment(Base):
    """A judge is to read a nomination in a round. Once issued it is never moved, only ended."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("judge_id", "nomination_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    round: Mapped[Round] = mapped_column(Word(Round), default=Round.FIRST)
    kind: Mapped[AssignmentKind] = mapped_column(Word(AssignmentKind), default=AssignmentKind.REGULAR)
    state: Mapped[AssignmentState] = mapped_column(Word(AssignmentState), default=AssignmentState.ISSUED)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    judge: Mapped[Judge] = relationship()
    nomination: Mapped[Nomination] = relationship()


class AssignmentRun(Base):
    """One run of the assignment: what it was asked, its seed, what it reported."""

    __tablename__ = "assignment_run"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    document: Mapped[Document]
    shortages: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

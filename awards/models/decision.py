"""Signed acts, and the second person's word on those that need two."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from awards.models.base import Base, Document, UtcDateTime, Word


class DecisionKind(StrEnum):
    FREEZE = "freeze"
    AMENDMENT = "amendment"
    ELIGIBILITY = "eligibility"
    RETURNED = "returned"
    APPEAL = "appeal"
    CATEGORY_MOVED = "category_moved"
    LATE = "late"
    DEADLINE = "deadline"
    WITHDRAWAL = "withdrawal"
    CATEGORY_CLOSED = "category_closed"
    CONFLICT_WAIVED = "conflict_waived"
    MINIMUM_WAIVED = "minimum_waived"
    ROUND_CLOSED = "round_closed"
    TIE = "tie"
    SHORTLIST = "shortlist"
    REPLACEMENT = "replacement"
    DISQUALIFICATION = "disqualification"
    WITHHELD = "withheld"
    AWARD = "award"
    OPENING = "opening"
    WINNERS = "winners"
    ANNOUNCEMENT = "announcement"
    RELEASE = "release"
    TAKE_DOWN = "take_down"
    REVOCATION = "revocation"
    STEP_BACK = "step_back"
    JUDGE_LEFT = "judge_left"
    REOPENED = "reopened"
    RECOUNTED = "recounted"
    ROLL_FROZEN = "roll_frozen"
    ROLL_CHANGED = "roll_changed"
    VOTE_OPENED = "vote_opened"
    BELOW_QUORUM = "below_quorum"
    REPEAT = "repeat"
    ARMED = "armed"
    PUT_BACK = "put_back"
    DECLINED = "declined"
    CORRECTION = "correction"
    SECOND_READINGS = "second_readings"
    STRUCK = "struck"
    DISPUTE = "dispute"
    PAPERS = "papers"
    CERTIFICATES = "certificates"
    REISSUED = "reissued"
    CORRECTED = "corrected"


class Decision(Base):
    """A numbered, signed act of an edition. Never changed; a later one may supersede it.

    `subject` holds what the record needs to recount, `names` the names as they stood, `signers` who signed and
    as what.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    kind: Mapped[DecisionKind] = mapped_column(Word(DecisionKind))
    category: Mapped[str | None] = mapped_column(String(64))
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    subject: Mapped[Document] = mapped_column(default=dict)
    names: Mapped[Document] = mapped_column(default=dict)
    signers: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(Text, default="")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Approval(Base):
    """A two-person act: a proposal, bound to its subject by hash, and the approval of somebody else.

    An act completed alone at the shell has `operator_alone` set and no approver. `subject` is what was proposed,
    whole; a proposal that was taken back or turned down has `ended_at`.
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("approver_id IS NULL OR approver_id <> proposer_id", name="two_people"),
        CheckConstraint("NOT operator_alone OR approver_id IS NULL", name="alone_is_alone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"), index=True)
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[Document] = mapped_column(default=dict, server_default="{}")
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    subject_sha256: Mapped[str] = mapped_column(String(64))
    proposer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    operator_alone: Mapped[bool] = mapped_column(default=False)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Told(Base):
    """When those concerned were told of a decision; until then it is the secretariat's alone."""

    __tablename__ = "told"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

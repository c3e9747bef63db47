"""Nominations: identity and state here, the text in revisions that never change."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.organisation import Organisation


class NominationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    NOT_SHORTLISTED = "not_shortlisted"
    FINALIST = "finalist"
    WINNER = "winner"
    NOT_AWARDED = "not_awarded"
    DECLINED = "declined"
    REVOKED = "revoked"
    DISQUALIFIED = "disqualified"
    WITHDRAWN = "withdrawn"


class Nomination(Base):
    """`category` is the one it is judged in; `submitted_number` the revision that stands.

    `partners` are those that stand: none that declined or was taken off.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        UniqueConstraint("edition_id", "reference"),
        Index("ix_nomination_edition_id_state", "edition_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    reference: Mapped[str] = mapped_column(String(64))
    state: Mapped[NominationState] = mapped_column(Word(NominationState), default=NominationState.DRAFT)
    category: Mapped[str] = mapped_column(String(64))
    submitted_number: Mapped[int | None]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    nominator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    imported_columns: Mapped[list[str] | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    revisions: Mapped[list[NominationRevision]] = relationship(
        back_populates="nomination", order_by="NominationRevision.number"
    )
    partners: Mapped[list[NominationPartner]] = relationship(
        primaryjoin=lambda: sa.and_(
            Nomination.id == NominationPartner.nomination_id, NominationPartner.stands()
        ),
        order_by=lambda: NominationPartner.id,
        viewonly=True,
    )


class NominationRevision(Base):
    """One state of a nomination's text; `content` holds the fields of the form that have no column.

    Every save of a draft is a revision. `kept_back` names the fields that are not for publication.
    """

    __tablename__ = "nomination_revision"
    __table_args__ = (UniqueConstraint("nomination_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    number: Mapped[int]
    category: Mapped[str] = mapped_column(String(64))
    nominee_kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(400))
    titles: Mapped[Document] = mapped_column(default=dict)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(12))
    summary: Mapped[str] = mapped_column(Text, default="")
    summaries: Mapped[Document] = mapped_column(default=dict, server_default="{}")
    kept_back: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    topics: Mapped[list[str]] = mapped_column(default=list)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(String(64))

    nomination: Mapped[Nomination] = relationship(back_populates="revisions")
    organisation: Mapped[Organisation | None] = relationship()


class NominationPartner(Base):
    """A partner nominee of a joint nomination; the lead stands in the revision.

    It confirms by itself (`approved_by`) or by a letter (`approval_key` of an attachment). One that is taken off
    the nomination again has `ended_at`.
    """

    __tablename__ = "nomination_partner"
    __table_args__ = (UniqueConstraint("nomination_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approval_key: Mapped[str | None] = mapped_column(String(64))
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    nomination: Mapped[Nomination] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @classmethod
    def stands(cls) -> sa.ColumnElement[bool]:
        """What is true of the partners that a nomination has."""
        return sa.and_(cls.ended_at.is_(None), cls.declined_at.is_(None))


class Screening(Base):
    """The findings about one revision as they stood when it was decided."""

    __tablename__ = "screening"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    revision_number: Mapped[int]
    findings: Mapped[list[Any]]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))


class Timeliness(StrEnum):
    """How a submission stood to the deadline."""

    IN_TIME = "in_time"
    GRACE = "grace"
    OWN_DEADLINE = "own_deadline"
    RETURNED = "returned"
    LATE_ACCEPTED = "late_accepted"


class NominationEditor(Base):
    """A person who may write a nomination, beside its nominator, while `ended_at` is empty."""

    __tablename__ = "nomination_editor"
    __table_args__ = (UniqueConstraint("nomination_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NominationSubmission(Base):
    """One revision was submitted; `sha256` is what the receipt states. Never changed."""

    __tablename__ = "nomination_submission"
    __table_args__ = (UniqueConstraint("nomination_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    number: Mapped[int]
    revision_number: Mapped[int]
    timeliness: Mapped[Timeliness] = mapped_column(Word(Timeliness))
    sha256: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LateRequest(Base):
    """A revision that was sent too late, kept, with the request to take it all the same."""

    __tablename__ = "late_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    revision_number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))


class NominationReturn(Base):
    """A nomination was given back for the fields named, and for these only, until a moment.

    `answered_number` is the revision that answered it.
    """

    __tablename__ = "nomination_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    revision_number: Mapped[int]
    fields: Mapped[list[str]] = mapped_column()
    note: Mapped[str] = mapped_column(Text, default="")
    local: Mapped[str] = mapped_column(String(19))
    zone: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_number: Mapped[int | None]


class FindingReview(Base):
    """A person's word on one finding about one revision; the last one on it holds. Never changed."""

    __tablename__ = "finding_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    revision_number: Mapped[int]
    finding: Mapped[Document] = mapped_column()
    overridden: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeclaredInterest(Base):
    """A person's own word that a nomination is none of their business: a conflict without waiver.

    One that an organiser has undone, because it was declared by mistake, has `ended_at`.
    """

    __tablename__ = "declared_interest"
    __table_args__ = (UniqueConstraint("account_id", "nomination_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Appeal(Base):
    """The one appeal against the decision that a nomination is ineligible."""

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), unique=True)
    against_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    text: Mapped[str] = mapped_column(Text)
    attachment_key: Mapped[str | None] = mapped_column(String(64))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    upheld: Mapped[bool | None]

"""Nominations: identity and state here, the text in revisions that never change."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

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
    """`category` is the one it is judged in; `submitted_number` the revision that stands."""

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
    partners: Mapped[list[NominationPartner]] = relationship(back_populates="nomination")


class NominationRevision(Base):
    """One state of a nomination's text; `content` holds the fields of the form that have no column."""

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
    topics: Mapped[list[str]] = mapped_column(default=list)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(String(64))

    nomination: Mapped[Nomination] = relationship(back_populates="revisions")
    organisation: Mapped[Organisation | None] = relationship()


class NominationPartner(Base):
    """A partner nominee of a joint nomination; the lead stands in the revision."""

    __tablename__ = "nomination_partner"
    __table_args__ = (UniqueConstraint("nomination_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    nomination: Mapped[Nomination] = relationship(back_populates="partners")
    organisation: Mapped[Organisation] = relationship()


class Screening(Base):
    """The findings about one revision as they stood when it was decided."""

    __tablename__ = "screening"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    revision_number: Mapped[int]
    findings: Mapped[list[Any]]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))

"""Results and what follows from them: prizes, certificates, publications, labels of the public record."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.nomination import Nomination


class AwardState(StrEnum):
    GIVEN = "given"
    DECLINED = "declined"
    REVOKED = "revoked"


class CertificateState(StrEnum):
    IN_FORCE = "in_force"
    REVOKED = "revoked"
    REISSUED = "reissued"


class PublicationKind(StrEnum):
    FINALISTS = "finalists"
    WINNERS = "winners"


class FrozenOutcome(Base):
    """The result of a category as counted; a higher number replaces it. Exact numbers as text."""

    __tablename__ = "frozen_outcome"
    __table_args__ = (UniqueConstraint("edition_id", "category", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    category: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    document: Mapped[Document]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Award(Base):
    """A prize given to a nomination. `names` are the names as they stood."""

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("nomination_id", "prize"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    category: Mapped[str] = mapped_column(String(64))
    prize: Mapped[str] = mapped_column(String(64))
    place: Mapped[int | None]
    by_decision: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AwardState] = mapped_column(Word(AwardState), default=AwardState.GIVEN)
    names: Mapped[Document] = mapped_column(default=dict)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))

    nomination: Mapped[Nomination] = relationship()


class Certificate(Base):
    """A certificate as issued: what it says is `citation`, frozen."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_in_force",
            "nomination_id",
            "kind",
            "prize",
            "language",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    number: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    prize: Mapped[str] = mapped_column(String(64), default="")
    language: Mapped[str] = mapped_column(String(12))
    citation: Mapped[Document]
    issued_on: Mapped[date]
    state: Mapped[CertificateState] = mapped_column(Word(CertificateState), default=CertificateState.IN_FORCE)

    nomination: Mapped[Nomination] = relationship()


class Publication(Base):
    """Finalists or winners of a category made public: `document` is what the pages show, frozen."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    category: Mapped[str] = mapped_column(String(64))
    kind: Mapped[PublicationKind] = mapped_column(Word(PublicationKind))
    document: Mapped[Document]
    visible_from: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_down_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecordLabel(Base):
    """The number drawn for a nomination, or for a judge in a category, in the public record."""

    __tablename__ = "record_label"
    __table_args__ = (UniqueConstraint("edition_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"), index=True)
    category: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(80))


class PublishedRecord(Base):
    """The public record as released: the file itself is kept under `key`, its manifest's hash here."""

    __tablename__ = "published_record"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    full_sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

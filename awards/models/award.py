"""Results and what follows from them: prizes, certificates, publications, labels of the public record."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.account import Answer
from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.nomination import Nomination


class AwardState(StrEnum):
    """SUPERSEDED: taken back by a correction before anybody outside knew of it."""

    GIVEN = "given"
    DECLINED = "declined"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class CertificateState(StrEnum):
    IN_FORCE = "in_force"
    REVOKED = "revoked"
    REISSUED = "reissued"


class PublicationKind(StrEnum):
    FINALISTS = "finalists"
    WINNERS = "winners"


class ReleaseState(StrEnum):
    """ARMED: two people said so, and it waits for its moment or for somebody to press. HELD: it waits for nothing until
    somebody lets it go on.
    """

    ARMED = "armed"
    HELD = "held"
    DONE = "done"
    CALLED_OFF = "called_off"


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
    """A prize given to a nomination. `names` are the names as they stood, `citations` why it won, by language."""

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
    citations: Mapped[Document] = mapped_column(default=dict, server_default="{}")
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))

    nomination: Mapped[Nomination] = relationship()


class Acceptance(Base):
    """What a winner, told in confidence, answered: whether they take the prize, their names and texts as they are to
    stand, who comes. `proof_at`: the proof of the certificate was approved; `settled_at`: an organiser dealt with what
    was asked to be changed.
    """

    __tablename__ = "acceptance"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), unique=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    answer: Mapped[Answer | None] = mapped_column(Word(Answer))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    names: Mapped[Document] = mapped_column(default=dict)
    wishes: Mapped[str] = mapped_column(Text, default="")
    attending: Mapped[str] = mapped_column(Text, default="")
    proof_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    award: Mapped[Award] = relationship()


class Release(Base):
    """Winners of some categories about to be made public: armed by two, pressed by one or by the clock at `due_at`."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    categories: Mapped[list[str]]
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    state: Mapped[ReleaseState] = mapped_column(Word(ReleaseState), default=ReleaseState.ARMED)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    armed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))


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
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
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

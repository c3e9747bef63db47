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
    """A certificate as issued: what it says is `citation`, frozen; what was signed is kept once as `file`.

    `holder` names whose it is (`awards/honours.py`); `file` is empty until the worker has drawn and signed it;
    `replaces_id`: the one in whose place it was issued. `ended_at`, `because`: when it ceased to be in force, and why,
    in words that everybody may read.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_in_force",
            "edition_id",
            "holder",
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
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"), index=True)
    holder: Mapped[str] = mapped_column(String(64), default="", server_default="")
    number: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    prize: Mapped[str] = mapped_column(String(64), default="")
    language: Mapped[str] = mapped_column(String(12))
    citation: Mapped[Document]
    template_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_template.id"))
    issuance_id: Mapped[int | None] = mapped_column(ForeignKey("issuance.id"), index=True)
    issued_on: Mapped[date]
    state: Mapped[CertificateState] = mapped_column(Word(CertificateState), default=CertificateState.IN_FORCE)
    file: Mapped[str] = mapped_column(String(100), default="", server_default="")
    sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    page_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    serial: Mapped[str] = mapped_column(String(64), default="", server_default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    because: Mapped[str] = mapped_column(Text, default="", server_default="")
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))

    nomination: Mapped[Nomination | None] = relationship()


class IssuanceState(StrEnum):
    """ISSUING: the worker draws and signs. STOPPED: it could not go on, and says why; it can be let go on."""

    ISSUING = "issuing"
    STOPPED = "stopped"
    DONE = "done"


class Issuance(Base):
    """Certificates issued together by two people; `done` of `steps` are drawn and signed."""

    __tablename__ = "issuance"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    state: Mapped[IssuanceState] = mapped_column(Word(IssuanceState), default=IssuanceState.ISSUING)
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProofOutcome(StrEnum):
    """HOLDER: approved by whose certificate it is. NOTED: an organiser noted how it was approved. ENDED: names or
    texts have changed since, or it was taken back.
    """

    HOLDER = "holder"
    NOTED = "noted"
    ENDED = "ended"


class ProofApproval(Base):
    """That the proof of a certificate is right, whose word that is, and what it said then, as a hash."""

    __tablename__ = "proof_approval"
    __table_args__ = (Index("ix_proof_approval_of", "edition_id", "holder", "kind", "prize"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    holder: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    prize: Mapped[str] = mapped_column(String(64), default="")
    fingerprint: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[ProofOutcome] = mapped_column(Word(ProofOutcome))
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CertificateTemplate(Base):
    """What certificates of an edition look like and say, as its TOML file, in versions; append-only."""

    __tablename__ = "certificate_template"
    __table_args__ = (UniqueConstraint("edition_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    version: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    images: Mapped[Document] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EditionImage(Base):
    """A seal, a signature or a logo of an edition, drawn anew by us; `name` is how templates call it. The latest of a
    name is in use, the others stay for certificates that were drawn with them.
    """

    __tablename__ = "edition_image"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SigningState(StrEnum):
    """CURRENT: it signs. RETIRED: it signs no more, and what it signed stays good. REVOKED: it was lost or stolen."""

    CURRENT = "current"
    RETIRED = "retired"
    REVOKED = "revoked"


class SigningCertificate(Base):
    """An X.509 certificate by which we sign, or signed; `chain` are those above it, the root last. Its private key is a
    file or in the environment, never here.
    """

    __tablename__ = "signing_certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(String(64), unique=True)
    pem: Mapped[str] = mapped_column(Text)
    chain: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[SigningState] = mapped_column(Word(SigningState), default=SigningState.CURRENT)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    because: Mapped[str] = mapped_column(Text, default="")


class RevocationList(Base):
    """A list of revoked signing certificates as the root signed it (DER, base64); the latest is published."""

    __tablename__ = "revocation_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    der: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Badge(Base):
    """An Open Badge of a winner or a judge as issued: `token` is the signed credential, `place` its bit in the status
    list of the site.
    """

    __tablename__ = "badge"
    __table_args__ = (
        Index(
            "uq_badge_in_force",
            "edition_id",
            "holder",
            "kind",
            "prize",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"), index=True)
    holder: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    prize: Mapped[str] = mapped_column(String(64), default="")
    place: Mapped[int] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[CertificateState] = mapped_column(Word(CertificateState), default=CertificateState.IN_FORCE)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    because: Mapped[str] = mapped_column(Text, default="")


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

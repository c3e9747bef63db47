"""What follows a release: consents withdrawn, the press, feedback to nominees, what members are offered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.nomination import Nomination


class WithdrawnConsent(Base):
    """Something of a nomination that its people no longer let be published: `item` is the key of a question of the
    form, of a picture (`picture:KEY`), `contacts`, or `everything` but name, prize and citation.
    """

    __tablename__ = "withdrawn_consent"
    __table_args__ = (
        Index(
            "uq_withdrawn_consent",
            "nomination_id",
            "item",
            unique=True,
            sqlite_where=text("given_again_at IS NULL"),
            postgresql_where=text("given_again_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    item: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    by_organiser: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PressContact(Base):
    """A journalist who may see winners before the release, under an embargo that they agreed to by name.

    `categories`: of which, whole results only. `ended_at`: the organiser ended it; the link opens nothing any more.
    """

    __tablename__ = "press_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    medium: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12))
    categories: Mapped[list[str]]
    token_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_as: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    because: Mapped[str] = mapped_column(Text, default="")


class PressAccess(Base):
    """That a press contact read or took something, and which file, by its hash; append-only."""

    __tablename__ = "press_access"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("press_contact.id"), index=True)
    what: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CeremonyNote(Base):
    """What whoever hosts the ceremony needs for a prize: `position` in the order, how the name is said, who comes on
    stage where that is not as the winner wrote, and what else to know.
    """

    __tablename__ = "ceremony_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), unique=True)
    position: Mapped[int | None]
    said_as: Mapped[str] = mapped_column(String(300), default="")
    on_stage: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")


class CommentState(StrEnum):
    """RELEASED by the judge; APPROVED or KEPT_BACK by an organiser; TAKEN_BACK by the judge before that."""

    RELEASED = "released"
    APPROVED = "approved"
    KEPT_BACK = "kept_back"
    TAKEN_BACK = "taken_back"


class FeedbackComment(Base):
    """What a judge lets a nominee read of a sheet, word for word, and what an organiser decided on it."""

    __tablename__ = "feedback_comment"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[CommentState] = mapped_column(Word(CommentState), default=CommentState.RELEASED)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


class Feedback(Base):
    """What a nominee is told of how its nomination was judged, frozen when it was sent; a higher number replaces it."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("nomination_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    document: Mapped[Document]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    nomination: Mapped[Nomination] = relationship()


class MembershipNote(Base):
    """That the people of a winner that is no member have been shown what membership offers: once."""

    __tablename__ = "membership_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), unique=True)
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)
    put_away_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

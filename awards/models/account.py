"""People, their addresses, the roles given to them, and the links that let them in once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    SCREENER = "screener"
    CLERK = "clerk"
    TELLER = "teller"
    HOLDER = "holder"
    JUDGE = "judge"
    CHAIR = "chair"
    DEPUTY = "deputy"
    ELECTOR = "elector"
    AUDITOR = "auditor"


class LinkPurpose(StrEnum):
    SET_PASSWORD = "set_password"  # noqa: S105 (a purpose, no password)
    SIGN_IN = "sign_in"
    ADDRESS = "address"
    INVITATION = "invitation"
    BALLOT = "ballot"
    DELEGATE = "delegate"


class SignedInBy(StrEnum):
    PASSWORD = "password"  # noqa: S105 (a way, no password)
    LINK = "link"
    CODE = "code"


class InvitationKind(StrEnum):
    """What somebody is asked to be, or to agree to."""

    ROLE = "role"
    EDITOR = "editor"
    PARTNER = "partner"
    NOMINEE = "nominee"
    HANDOVER = "handover"
    CATEGORY = "category"


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Account(Base):
    """A person. Names are as to be printed; there is no first and last name."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    name: Mapped[str] = mapped_column(String(200), default="")
    latin_name: Mapped[str] = mapped_column(String(200), default="")
    form_of_address: Mapped[str] = mapped_column(String(80), default="")
    office: Mapped[str] = mapped_column(String(200), default="")
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    operator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    session_token = ""
    """The token of the session in which the person acts now; kept in no table."""

    addresses: Mapped[list[AccountAddress]] = relationship(
        back_populates="account", order_by="AccountAddress.id"
    )
    grants: Mapped[list[Grant]] = relationship(back_populates="account")

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_id(self) -> str:
        return self.session_token

    @property
    def email(self) -> str:
        """The first address, empty for the operator at the shell."""
        return self.addresses[0].email if self.addresses else ""


class AccountAddress(Base):
    """An e-mail address, folded to lower case; a person may have several."""

    __tablename__ = "account_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)

    account: Mapped[Account] = relationship(back_populates="addresses")


class Grant(Base):
    """A role given to a person: everywhere, in a programme, in an edition or in one category of it."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "programme_id", "edition_id", "category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"), index=True)
    category: Mapped[str | None] = mapped_column(String(64))
    rank: Mapped[int] = mapped_column(default=0)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(back_populates="grants")


class OneTimeLink(Base):
    """A link in use until `expires_at`, once; those to a ballot and to the naming of a delegate, of a `roll_entry_id`,
    as often as their reader likes. Only hashes are kept: of its token, and of the short code that may be
    typed instead on the device that asked for it, whose own secret `request_hash` stands for. `email` is the address
    that a link of that purpose is to confirm.
    """

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    roll_entry_id: Mapped[int | None] = mapped_column(ForeignKey("roll_entry.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Word(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    request_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserSession(Base):
    """A person signed in on one device. Only the hash of the token in the cookie is kept."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    by: Mapped[SignedInBy] = mapped_column(Word(SignedInBy))
    agent: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()


class Attempt(Base):
    """An attempt that counts against a limit: `key` is a hash of what is limited, such as an address."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """Somebody is asked by mail to take a role, or to agree to something about a nomination.

    Valid until what it invites to closes; answered once. `organisation_id` names the partner that is to confirm,
    `arguments` what else is asked, such as the category to move to.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    kind: Mapped[InvitationKind] = mapped_column(Word(InvitationKind))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"), index=True)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(12))
    role: Mapped[Role | None] = mapped_column(Word(Role))
    rank: Mapped[int] = mapped_column(default=0)
    arguments: Mapped[Document] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[Answer | None] = mapped_column(Word(Answer))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    invited_by: Mapped[Account] = relationship(foreign_keys=[invited_by_id])


class HeldForm(Base):
    """A form that was sent when nobody was signed in any more, kept until its sender is back."""

    __tablename__ = "held_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    path: Mapped[str] = mapped_column(String(500))
    fields: Mapped[list[Any]] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)

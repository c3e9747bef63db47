"""People, their addresses, the roles given to them, and the links that let them in once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, UtcDateTime, Word, public_id


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    SCREENER = "screener"
    CLERK = "clerk"
    TELLER = "teller"
    JUDGE = "judge"
    CHAIR = "chair"
    DEPUTY = "deputy"
    ELECTOR = "elector"
    AUDITOR = "auditor"


class LinkPurpose(StrEnum):
    SET_PASSWORD = "set_password"  # noqa: S105 (a purpose, no password)


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
        return self.public_id

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
    """A link in use until `expires_at`, once. Only the hash of its token is kept."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Word(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""Cities and other bodies, the names they go by, and who belongs to them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, Word, public_id


class Membership(StrEnum):
    NONE = "none"
    FULL = "full"
    ASSOCIATE = "associate"


class Organisation(Base):
    """A body; `parent` is the body that contains it. Unconfirmed until an organiser or an import vouches for it.

    One that turned out to be another is kept, and points to it by `merged_into`.
    """

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("country", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    names: Mapped[Document] = mapped_column(default=dict)
    kind: Mapped[str] = mapped_column(String(32), default="other")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    city: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    listed_as: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(32), default="")
    membership: Mapped[Membership] = mapped_column(Word(Membership), default=Membership.NONE)
    membership_assumed: Mapped[bool] = mapped_column(default=False)
    confirmed: Mapped[bool] = mapped_column(default=False)
    confidence: Mapped[str] = mapped_column(String(16), default="")
    notes: Mapped[str] = mapped_column(String(1000), default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    suggested_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    parent: Mapped[Organisation | None] = relationship(remote_side=[id], foreign_keys=[parent_id])
    merged_into: Mapped[Organisation | None] = relationship(remote_side=[id], foreign_keys=[merged_into_id])
    aliases: Mapped[list[OrganisationAlias]] = relationship(back_populates="organisation")


class OrganisationAlias(Base):
    """Another name of an organisation; `folded` is without case, accents and punctuation, to be matched."""

    __tablename__ = "organisation_alias"
    __table_args__ = (UniqueConstraint("organisation_id", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200), index=True)

    organisation: Mapped[Organisation] = relationship(back_populates="aliases")


class Affiliation(Base):
    """A person's tie to an organisation, city or country, while it lasts."""

    __tablename__ = "affiliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    city: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]

    organisation: Mapped[Organisation | None] = relationship()

"""The second-round vote: keys, elections, the roll, sealed envelopes, opened ballots."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.organisation import Organisation


class KeyState(StrEnum):
    LIVE = "live"
    SPENT = "spent"
    DESTROYED = "destroyed"


class ElectionKind(StrEnum):
    REGULAR = "regular"
    RUNOFF = "runoff"
    REPEAT = "repeat"


class ElectionState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    VOID = "void"


class EnvelopeOrigin(StrEnum):
    ONLINE = "online"
    PAPER = "paper"


class RollState(StrEnum):
    """OUT: on no roll any more; the reason stands beside it."""

    ON = "on"
    OUT = "out"


class PassBy(StrEnum):
    """How an elector came in: by the link of a mail, the code of a printed letter, or signed in."""

    LINK = "link"
    CODE = "code"
    ACCOUNT = "account"


class BallotKey(Base):
    """A key pair to which envelopes are sealed; the private half is a file and never in the database."""

    __tablename__ = "ballot_key"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    public_key: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[KeyState] = mapped_column(Word(KeyState), default=KeyState.LIVE)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Election(Base):
    """The vote in one category; a run-off or a repeat is an election of its own with the next number.

    `slate` holds references. `tally` is what the opened ballots add up to, frozen when counted.
    """

    __tablename__ = "election"
    __table_args__ = (UniqueConstraint("edition_id", "category", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    category: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    kind: Mapped[ElectionKind] = mapped_column(Word(ElectionKind), default=ElectionKind.REGULAR)
    state: Mapped[ElectionState] = mapped_column(Word(ElectionState), default=ElectionState.PREPARED)
    key_id: Mapped[int] = mapped_column(ForeignKey("ballot_key.id"))
    slate: Mapped[list[str]]
    tally: Mapped[Document | None]
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    key: Mapped[BallotKey] = relationship()


class RollEntry(Base):
    """An elector: a judge, a member organisation through its delegate, or a confirmed person.

    `name`, `office` and `email` are the delegate's of now. `contact` is where the organisation is asked to name one,
    `post` where printed letters go. `state` and `reason` say who is in, who is out, and why.
    """

    __tablename__ = "roll_entry"
    __table_args__ = (UniqueConstraint("edition_id", "elector"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    elector: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    office: Mapped[str] = mapped_column(String(200), default="", server_default="")
    language: Mapped[str] = mapped_column(String(12), default="en", server_default="en")
    contact: Mapped[str] = mapped_column(String(254), default="", server_default="")
    post: Mapped[str] = mapped_column(Text, default="", server_default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"))
    state: Mapped[RollState] = mapped_column(Word(RollState), default=RollState.ON, server_default="on")
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort_key: Mapped[str] = mapped_column(String(254), default="")

    organisation: Mapped[Organisation | None] = relationship()


class Delegate(Base):
    """Who casts an organisation's ballot, as named by it, or recorded by an organiser (`by_id`). One holds at a time;
    an ended one says why.
    """

    __tablename__ = "delegate"

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entry.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    office: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(12))
    named_by: Mapped[str] = mapped_column(String(254), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(400), default="")


class VotingCode(Base):
    """The code in words of a printed letter, by its hash. A new letter voids the one before."""

    __tablename__ = "voting_code"
    __table_args__ = (UniqueConstraint("roll_entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entry.id"), index=True)
    number: Mapped[int]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VotingPass(Base):
    """An elector let in on one device. Only the hash of the token in the cookie is kept."""

    __tablename__ = "voting_pass"

    id: Mapped[int] = mapped_column(primary_key=True)
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entry.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    by: Mapped[PassBy] = mapped_column(Word(PassBy))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    roll_entry: Mapped[RollEntry] = relationship()


class Entitlement(Base):
    """A roll entry's ballot in one election: which finalists are barred to it, or why it has none."""

    __tablename__ = "entitlement"

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entry.id"), primary_key=True)
    barred: Mapped[list[str]] = mapped_column(default=list)
    withheld_because: Mapped[str | None] = mapped_column(String(32))

    roll_entry: Mapped[RollEntry] = relationship()


class Envelope(Base):
    """A cast ballot, sealed. `tag` recognises the same form sent twice; `sealed` is blanked at the opening.

    `cast_at` is cut to the hour.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        ForeignKeyConstraint(
            ["election_id", "roll_entry_id"], ["entitlement.election_id", "entitlement.roll_entry_id"]
        ),
    )

    election_id: Mapped[int] = mapped_column(primary_key=True)
    roll_entry_id: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    tag: Mapped[str] = mapped_column(String(64))
    origin: Mapped[EnvelopeOrigin] = mapped_column(Word(EnvelopeOrigin))
    cast_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Ballot(Base):
    """An opened ballot: no elector, no time, no order but that of the commitments."""

    __tablename__ = "ballot"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it)

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    commitment: Mapped[str] = mapped_column(String(64), primary_key=True)
    choice: Mapped[list[str]]
    nonce: Mapped[str] = mapped_column(String(64))

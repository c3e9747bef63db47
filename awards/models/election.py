"""The second-round vote: keys, elections, the roll, sealed envelopes, opened ballots."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from awards.models.base import Base, Document, UtcDateTime, Word, public_id
from awards.models.edition import Edition
from awards.models.organisation import Organisation


class KeyState(StrEnum):
    LIVE = "live"
    SPENT = "spent"
    DESTROYED = "destroyed"


class ElectionKind(StrEnum):
    REGULAR = "regular"
    RUNOFF = "runoff"
    REPEAT = "repeat"
    PUBLIC = "public"


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


class StruckBecause(StrEnum):
    """Why an envelope was struck before the opening, as it is published."""

    NOT_ENTITLED = "not_entitled"
    DELEGATE_DISPUTED = "delegate_disputed"
    FRAUD = "fraud"


class PaperState(StrEnum):
    """ISSUED shuts the online ballot; RETURNED unused opens it again; CAST lies in the box; SPOILT was given up for
    another paper.
    """

    ISSUED = "issued"
    RETURNED = "returned"
    SPOILT = "spoilt"
    CAST = "cast"


class BundleState(StrEnum):
    """OPEN until two tellers agree on every paper; AGREED counts; VOID was set aside, with the reason."""

    OPEN = "open"
    AGREED = "agreed"
    VOID = "void"


class PassBy(StrEnum):
    """How an elector came in: by the link of a mail, the code of a printed letter, or signed in."""

    LINK = "link"
    CODE = "code"
    ACCOUNT = "account"


class BallotKey(Base):
    """A key pair to which envelopes are sealed; the private half is a file and never in the database.

    `shared`: the private half is nowhere whole; any two of three holders open with their shares.
    """

    __tablename__ = "ballot_key"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    number: Mapped[int]
    public_key: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[KeyState] = mapped_column(Word(KeyState), default=KeyState.LIVE)
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KeyHolder(Base):
    """One of the three who hold shares of an edition's keys, with a key pair of their own.

    Shares are sealed to `public_key`; its private half is a file under the holder's passphrase, and words on paper.
    """

    __tablename__ = "key_holder"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    public_key: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str | None] = mapped_column(String(100), unique=True)
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")


class KeyShare(Base):
    """A holder's share of one key: a file, sealed to the holder's own key. `given_at`: given for the opening."""

    __tablename__ = "key_share"

    key_id: Mapped[int] = mapped_column(ForeignKey("ballot_key.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("key_holder.id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(100), unique=True)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    holder: Mapped[KeyHolder] = relationship()


class Election(Base):
    """The vote in one category; a run-off or a repeat is an election of its own with the next number.

    `slate` holds references. `tally` is what the opened ballots add up to, frozen when counted. `most_ranked`: how many
    a ranking may name, where it is not all; `commitments_root`: the Merkle root of the sorted commitments of the opened
    ballots. A public vote on a prize of its own stands beside the vote of its category. `last_call_at`: the minute, as
    announced in the hall, after which it takes nothing any more.
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
    most_ranked: Mapped[int | None]
    commitments_root: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    key: Mapped[BallotKey] = relationship()
    edition: Mapped[Edition] = relationship()


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
    is_public: Mapped[bool] = mapped_column(default=False, server_default=false())

    organisation: Mapped[Organisation | None] = relationship()


class PublicElector(Base):
    """What is known of a public elector beside the roll entry: for limits and for the report on anomalies.

    `network` is a keyed hash of the first part of the address on the network, dropped with the release.
    """

    __tablename__ = "public_elector"

    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entry.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(String(254), index=True)
    network: Mapped[str] = mapped_column(String(64), default="", index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    roll_entry: Mapped[RollEntry] = relationship()


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

    `fingerprint` is its leaf in the public log (see awards.envelopes). A struck one stays and counts for nothing; where
    the elector may vote again the next has the next `number`, and only one of an elector is not struck. `cast_at` is
    cut to the hour.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        ForeignKeyConstraint(
            ["election_id", "roll_entry_id"], ["entitlement.election_id", "entitlement.roll_entry_id"]
        ),
        Index(
            "uq_envelope_standing",
            "election_id",
            "roll_entry_id",
            unique=True,
            sqlite_where=text("struck_because IS NULL"),
            postgresql_where=text("struck_because IS NULL"),
        ),
    )

    election_id: Mapped[int] = mapped_column(primary_key=True)
    roll_entry_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    tag: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default="")
    origin: Mapped[EnvelopeOrigin] = mapped_column(Word(EnvelopeOrigin))
    cast_at: Mapped[datetime] = mapped_column(UtcDateTime)
    struck_because: Mapped[StruckBecause | None] = mapped_column(Word(StruckBecause))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))


class Dispute(Base):
    """A question whether the right delegate cast an elector's ballot: the chair decides before the opening."""

    __tablename__ = "dispute"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entry.id"), index=True)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    said_by: Mapped[str] = mapped_column(String(254), default="")
    reason: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    upheld: Mapped[bool | None]

    roll_entry: Mapped[RollEntry] = relationship()


class LogLeaf(Base):
    """A fingerprint at its position in an election's public log: a Merkle tree that only grows."""

    __tablename__ = "log_leaf"
    __table_args__ = (Index("ix_log_leaf_election_id_fingerprint", "election_id", "fingerprint"),)

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))


class LogHead(Base):
    """The root over the first `size` leaves of a log, as it was published."""

    __tablename__ = "log_head"
    __table_args__ = (UniqueConstraint("election_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), index=True)
    number: Mapped[int]
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperBallot(Base):
    """The paper ballots issued to an elector, one paper for each category: while they are out, no online ballot is."""

    __tablename__ = "paper_ballot"
    __table_args__ = (UniqueConstraint("roll_entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    roll_entry_id: Mapped[int] = mapped_column(ForeignKey("roll_entry.id"), index=True)
    number: Mapped[int]
    state: Mapped[PaperState] = mapped_column(Word(PaperState), default=PaperState.ISSUED)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")

    roll_entry: Mapped[RollEntry] = relationship()


class Bundle(Base):
    """Papers of one category, tied together and numbered: two tellers enter them apart, only what agrees counts.

    `invalid`: on how many of them, once agreed, neither could tell a choice; these abstain.
    """

    __tablename__ = "bundle"
    __table_args__ = (UniqueConstraint("election_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=public_id)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), index=True)
    number: Mapped[int]
    papers: Mapped[int]
    state: Mapped[BundleState] = mapped_column(Word(BundleState), default=BundleState.OPEN)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invalid: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")

    election: Mapped[Election] = relationship()


class BundlePaper(Base):
    """One paper as one teller entered it, sealed to the election's key. `digest` is keyed, and only tells whether two
    tellers entered the same; `fingerprint` is the leaf in the public log of the one that counts.
    """

    __tablename__ = "bundle_paper"

    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundle.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Ballot(Base):
    """An opened ballot: no elector, no time, no order but that of the commitments."""

    __tablename__ = "ballot"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it)

    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), primary_key=True)
    commitment: Mapped[str] = mapped_column(String(64), primary_key=True)
    choice: Mapped[list[str]]
    nonce: Mapped[str] = mapped_column(String(64))

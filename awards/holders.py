"""Key holders: three people named before the freeze, each with a key pair of their own, tried before it is needed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from nacl.public import PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, decisions, editions, key_files, keys, notices, passwords, shares
from awards.audit import Actor
from awards.keys import WrongSecret
from awards.models import Account, BallotKey, Edition, Grant, KeyHolder, KeyShare, KeyState, Role
from awards.notices import Template


class HoldersFull(Exception):
    """An edition has three key holders."""


class HoldersTooLate(Exception):
    """Key holders are named before the rules are frozen; later only in the place of one who has lost the key."""


class NoVote(Exception):
    """The rules have no vote whose envelopes holders could open."""


class NoHolder(Exception):
    """The person is no key holder here."""


class NoKeyYet(Exception):
    """The holder has made no key yet, or it is destroyed."""


class KeyThere(Exception):
    """The holder's key stands: envelopes are sealed by it."""


class IsLost(Exception):
    """The holder has said that the key is lost."""


class HolderNeeded(Exception):
    """Keys are shared to this holder: record first that the own key is lost."""


class State(StrEnum):
    """How far a holder is."""

    NAMED = "named"
    MADE = "made"
    READY = "ready"
    LOST = "lost"
    OVER = "over"


class Wanted(StrEnum):
    """What a holder is written to for."""

    PREPARE = "prepare"
    TRY = "try"
    GIVE = "give"


@dataclass(frozen=True, slots=True)
class Secret:
    """What a holder types: the passphrase, or the words of the paper copy."""

    passphrase: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who holds, with their key pair where there is one."""

    account: Account
    row: KeyHolder | None

    @property
    def name(self) -> str:
        return self.account.name or self.account.email

    @property
    def state(self) -> State:
        if self.row is None:
            return State.NAMED
        if self.row.lost_at is not None:
            return State.LOST
        if self.row.ended_at is not None:
            return State.OVER if self.row.ready_at else State.NAMED
        return State.READY if self.row.ready_at else State.MADE

    @property
    def tried_at(self) -> datetime | None:
        return self.row.tried_at if self.row is not None and self.state is State.READY else None


def of_edition(session: Session, edition: Edition) -> list[Holder]:
    """Who holds, in the order in which they agreed, each with their last key pair."""
    people = session.scalars(
        select(Account)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.edition_id == edition.id, Grant.role == Role.HOLDER, Grant.ended_at.is_(None))
        .order_by(Grant.id)
    ).all()
    rows = session.scalars(select(KeyHolder).where(KeyHolder.edition_id == edition.id).order_by(KeyHolder.id))
    last = {it.account_id: it for it in rows}
    return [Holder(it, last.get(it.id)) for it in people]


def find(session: Session, edition: Edition, account: Account) -> Holder:
    """One of them. Raises NoHolder."""
    found = next((it for it in of_edition(session, edition) if it.account.id == account.id), None)
    if found is None:
        raise NoHolder(edition.key)
    return found


def check_place(session: Session, edition: Edition, *, taken: int = 0) -> None:
    """Whether one more may be named; `taken`: places promised beside. Raises NoVote, HoldersFull, HoldersTooLate."""
    if editions.rules_of(session, edition).vote is None:
        raise NoVote(edition.key)
    if len(of_edition(session, edition)) + taken >= keys.PARTS:
        raise HoldersFull(edition.key)
    if edition.frozen_at is not None and not shares.is_shared(session, edition):
        raise HoldersTooLate(edition.key)


def make(
    session: Session,
    edition: Edition,
    account: Account,
    passphrase: str,
    *,
    folder: Path,
    actor: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """Make a holder's key pair under a passphrase; the words of its paper copy, which are shown this once.

    Anew as often as wished until envelopes rest on it, and where the one before is lost. Raises NoHolder, KeyThere,
    PasswordRefused.
    """
    editions.lock(session, edition)
    holder = find(session, edition, account)
    if holder.row is not None and holder.row.lost_at is None and _is_relied_on(session, holder.row):
        raise KeyThere(edition.key)
    passwords.check(passphrase, (account.name, account.email, edition.key))
    private = keys.new()
    name = f"{edition.public_id}-{secrets.token_hex(8)}.holder"
    key_files.keep(session, folder, name, keys.lock(private, passphrase))
    if holder.row is not None and holder.row.ended_at is None:
        holder.row.ended_at = now
    row = KeyHolder(
        edition_id=edition.id,
        account_id=account.id,
        public_key=keys.public_of(private),
        file_name=name,
        named_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, edition, row, account, "made", actor=actor, now=now)
    return keys.words_of(private)


def _is_relied_on(session: Session, row: KeyHolder) -> bool:
    """Whether a key in use is shared to it."""
    query = select(KeyShare.key_id).join(BallotKey).where(KeyShare.holder_id == row.id)
    return session.scalars(query.where(BallotKey.state == KeyState.LIVE).limit(1)).first() is not None


def asked(row: KeyHolder) -> tuple[int, int]:
    """Which two words of the paper copy are asked back, counted from 1."""
    digest = hashlib.sha256(f"words {row.public_key}".encode()).digest()
    first = digest[0] % keys.WORDS
    second = (first + 1 + digest[1] % (keys.WORDS - 1)) % keys.WORDS
    low, high = sorted((first, second))
    return low + 1, high + 1


def confirm(
    session: Session,
    edition: Edition,
    account: Account,
    passphrase: str,
    words: tuple[str, str],
    *,
    folder: Path,
    actor: Actor,
    now: datetime,
) -> KeyHolder:
    """Ready: the holder knows the passphrase, and two words of the paper copy, so that there surely is one.

    Raises NoHolder, NoKeyYet, IsLost, KeyMissing, WrongSecret.
    """
    editions.lock(session, edition)
    row = _live(session, edition, account)
    private = _open(folder, row, Secret(passphrase=passphrase))
    whole = keys.words_of(private)
    if not all(keys.same_word(it, whole[at - 1]) for it, at in zip(words, asked(row), strict=True)):
        raise WrongSecret
    if row.ready_at is None:
        row.ready_at = row.tried_at = now
        _record(session, edition, row, account, "ready", actor=actor, now=now)
    return row


def try_key(
    session: Session,
    edition: Edition,
    account: Account,
    secret: Secret,
    *,
    folder: Path,
    actor: Actor,
    now: datetime,
) -> KeyHolder:
    """Open a share made for the trial, and those that are already there, with passphrase or words; nothing is given.

    A key that was said to be lost, and opens, is not lost. Raises NoHolder, NoKeyYet, KeyMissing, WrongSecret,
    ShareMissing.
    """
    editions.lock(session, edition)
    row = _live(session, edition, account, lost_too=True)
    if row.ready_at is None:
        raise NoKeyYet(edition.key)
    private = _open(folder, row, secret)
    assert row.public_key is not None
    proof = secrets.token_bytes(keys.HALF)
    if keys.open_sealed(keys.box_of(private), keys.seal(row.public_key, proof)) != proof:
        raise WrongSecret
    for share in in_use(session, row):
        shares.take(folder, share, private)
    row.tried_at = now
    _record(session, edition, row, account, "tried", actor=actor, now=now)
    if row.lost_at is not None:
        row.lost_at, row.ended_at, row.reason = None, None, ""
        _record(session, edition, row, account, "found", actor=actor, now=now)
    return row


def in_use(session: Session, row: KeyHolder) -> list[KeyShare]:
    """The holder's shares of keys that still seal something."""
    return list(
        session.scalars(
            select(KeyShare)
            .join(BallotKey)
            .where(KeyShare.holder_id == row.id, BallotKey.state == KeyState.LIVE)
            .order_by(KeyShare.key_id)
        )
    )


def private_of(
    session: Session, edition: Edition, account: Account, secret: Secret, *, folder: Path
) -> tuple[KeyHolder, PrivateKey]:
    """The holder's own private half. Raises NoHolder, NoKeyYet, IsLost, KeyMissing, WrongSecret."""
    row = _live(session, edition, account)
    if row.ready_at is None:
        raise NoKeyYet(edition.key)
    return row, _open(folder, row, secret)


def _live(session: Session, edition: Edition, account: Account, *, lost_too: bool = False) -> KeyHolder:
    holder = find(session, edition, account)
    if holder.row is None or holder.state in (State.OVER, State.NAMED):
        raise NoKeyYet(edition.key)
    if holder.row.lost_at is not None and not lost_too:
        raise IsLost(edition.key)
    return holder.row


def _open(folder: Path, row: KeyHolder, secret: Secret) -> PrivateKey:
    if secret.words:
        private = keys.from_words(secret.words)
    else:
        private = keys.unlock(folder, row.file_name or "", secret.passphrase)
    if keys.public_of(private) != row.public_key:
        raise WrongSecret
    return private


def lose(
    session: Session,
    edition: Edition,
    account: Account,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> KeyHolder:
    """The holder has neither passphrase nor paper any more, or is gone: said by the holder or recorded by an organiser.

    The other two open without. Raises NoHolder, NoKeyYet, IsLost, ReasonMissing.
    """
    editions.lock(session, edition)
    row = _live(session, edition, account)
    row.reason = decisions.need_reason(reason)
    row.lost_at, row.ended_at = now, now
    _record(session, edition, row, account, "lost", actor=actor, now=now)
    return row


def end(session: Session, edition: Edition, account: Account, *, now: datetime) -> None:
    """What ends with the role: before the freeze the key pair; later only one that is lost. Raises HolderNeeded."""
    row = find(session, edition, account).row
    if row is None or row.lost_at is not None:
        return
    if _is_relied_on(session, row):
        raise HolderNeeded(edition.key)
    row.ended_at = row.ended_at or now
    session.flush()


def ask(
    session: Session, edition: Edition, whom: Sequence[Holder], wanted: Wanted, *, now: datetime
) -> list[Holder]:
    """Write to holders: to make their key, to try it, or to give their share. At most once an hour each."""
    told = []
    for holder in whom:
        once = f"holder {edition.public_id} {holder.account.public_id} {wanted.value} {now:%Y-%m-%d %H}"
        sent = notices.queue(
            session,
            Template.HOLDER_ASKED,
            holder.account.email,
            language=holder.account.language,
            now=now,
            account=holder.account,
            edition=edition,
            arguments={"wanted": wanted.value, "path": f"/holding/{edition.key}"},
            once=once,
        )
        if sent is not None:
            told.append(holder)
    return told


def _record(
    session: Session,
    edition: Edition,
    row: KeyHolder,
    account: Account,
    what: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"holder.{what}",
        subject=account.public_id,
        now=now,
        edition=edition,
        after={"public_key": row.public_key, "reason": row.reason},
    )

"""Shares of the keys that seal envelopes: each of three holders has one, and any two of them open.

A share is a file in the key folder, sealed to its holder's own key; one that was given waits there too, open, and tells
nothing without a second. The database knows who holds what and when it was given, and no share.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from nacl.public import PrivateKey, SealedBox
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, key_files, keys
from awards.audit import Actor
from awards.models import (
    Account,
    BallotKey,
    Edition,
    Grant,
    Invitation,
    KeyHolder,
    KeyShare,
    KeyState,
    Role,
)

LASTS = timedelta(hours=12)
"""How long a share that was given waits for a second."""
GIVEN = ".given"


class KeyShared(Exception):
    """The key is shared among holders: two of them open the envelopes, each with their own share."""


class HoldersMissing(Exception):
    """Where key holders are named, three have to be ready before the rules are frozen, two for each later key."""

    def __init__(self, missing: Sequence[str], ready: int) -> None:
        super().__init__(", ".join(missing) or f"{ready} of {keys.PARTS} are ready")
        self.missing, self.ready = tuple(missing), ready


class ShareMissing(Exception):
    """A share's file is not there, or does not open with its holder's key."""


def named(session: Session, edition: Edition) -> list[str]:
    """Who is a key holder of an edition, and who was asked and has not answered, by name."""
    there = session.scalars(
        select(Account)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.edition_id == edition.id, Grant.role == Role.HOLDER, Grant.ended_at.is_(None))
        .order_by(Grant.id)
    )
    asked = session.scalars(
        select(Invitation)
        .where(
            Invitation.edition_id == edition.id,
            Invitation.role == Role.HOLDER,
            Invitation.answer.is_(None),
        )
        .order_by(Invitation.id)
    )
    return [it.name or it.email for it in there] + [it.name or it.email for it in asked]


def current(session: Session, edition: Edition) -> list[KeyHolder]:
    """The key pairs of holders that are not ended, in the order in which they were made."""
    return list(
        session.scalars(
            select(KeyHolder)
            .where(KeyHolder.edition_id == edition.id, KeyHolder.ended_at.is_(None))
            .order_by(KeyHolder.id)
        )
    )


def ready(session: Session, edition: Edition) -> list[KeyHolder]:
    """Those whose key pair surely exists twice, and is not lost."""
    return [it for it in current(session, edition) if it.ready_at is not None and it.lost_at is None]


def is_shared(session: Session, edition: Edition) -> bool:
    """Whether the edition's keys are shared; decided at the freeze."""
    return (
        session.scalar(select(BallotKey.shared).where(BallotKey.edition_id == edition.id).limit(1)) or False
    )


def holders_for(session: Session, edition: Edition) -> list[KeyHolder]:
    """To whom a new key is shared out; nobody where no holder is named. Raises HoldersMissing."""
    people, found = named(session, edition), ready(session, edition)
    if is_shared(session, edition):
        if len(found) < keys.NEEDED:
            raise HoldersMissing(_waited_for(session, people, found), len(found))
        return found[: keys.PARTS]
    is_first = session.scalar(select(BallotKey.id).where(BallotKey.edition_id == edition.id).limit(1)) is None
    if not people or not is_first:
        return []
    if len(people) != keys.PARTS or len(found) != keys.PARTS:
        raise HoldersMissing(_waited_for(session, people, found), len(found))
    return found


def _waited_for(session: Session, people: Sequence[str], found: Sequence[KeyHolder]) -> list[str]:
    there = [_name(session, it) for it in found]
    return [it for it in people if it not in there]


def hand_out(
    session: Session, key: BallotKey, private: PrivateKey, holders: Sequence[KeyHolder], *, folder: Path
) -> None:
    """Split a key and seal a share to each holder. The private half is then nowhere whole."""
    for holder, part in zip(holders, keys.split(private), strict=False):
        assert holder.public_key is not None
        name = f"{key.file_name.removesuffix('.key')}-{secrets.token_hex(4)}.share"
        key_files.keep(session, folder, name, keys.seal(holder.public_key, part))
        session.add(KeyShare(key_id=key.id, holder_id=holder.id, file_name=name))
    session.flush()


def of_key(session: Session, key: BallotKey) -> list[KeyShare]:
    return list(
        session.scalars(select(KeyShare).where(KeyShare.key_id == key.id).order_by(KeyShare.holder_id))
    )


def names_of(session: Session, key: BallotKey) -> list[str]:
    """Among whom a key is shared, by name."""
    return [_name(session, it.holder) for it in of_key(session, key)]


def _name(session: Session, holder: KeyHolder) -> str:
    account = session.get_one(Account, holder.account_id)
    return account.name or account.email


def is_there(session: Session, folder: Path, key: BallotKey) -> bool:
    """Whether a key can still open what it seals: its file is there, or enough shares that are not lost."""
    if not key.shared:
        return keys.fits(folder, key.file_name, key.public_key)
    left = [
        it for it in of_key(session, key) if it.holder.lost_at is None and (folder / it.file_name).is_file()
    ]
    return len(left) >= keys.NEEDED


def take(folder: Path, share: KeyShare, private: PrivateKey) -> bytes:
    """A holder's part of a key, opened with the holder's own. Raises ShareMissing."""
    try:
        return keys.open_sealed(SealedBox(private), (folder / share.file_name).read_bytes())
    except (OSError, keys.EnvelopeDamaged) as error:
        raise ShareMissing(share.file_name) from error


def give(session: Session, folder: Path, share: KeyShare, part: bytes, *, now: datetime) -> None:
    """Let a part wait for a second one."""
    keys.destroy(folder, share.file_name + GIVEN)
    key_files.keep(session, folder, share.file_name + GIVEN, part)
    share.given_at = now
    session.flush()


def given(folder: Path, share: KeyShare, now: datetime) -> bytes | None:
    """The part that waits, None where none was given or its time is over."""
    if share.given_at is None or now - share.given_at >= LASTS:
        return None
    try:
        return (folder / (share.file_name + GIVEN)).read_bytes()
    except OSError:
        return None


def take_back(session: Session, folder: Path, share: KeyShare) -> None:
    """Destroy the part that waits; the share itself stays where it is."""
    keys.destroy(folder, share.file_name + GIVEN)
    share.given_at = None
    session.flush()


def destroy(session: Session, folder: Path, key: BallotKey) -> int:
    """Destroy every share of a key, and what was given of them; how many there were."""
    found = of_key(session, key)
    for share in found:
        take_back(session, folder, share)
        keys.destroy(folder, share.file_name)
    return len(found)


def destroy_holders_keys(session: Session, *, folder: Path, actor: Actor, now: datetime) -> int:
    """Destroy the own keys of holders that nothing needs any more; how many.

    That is where they were replaced or ended, and in editions none of whose keys is in use after an opening.
    """
    rows = session.scalars(select(KeyHolder).where(KeyHolder.file_name.is_not(None)).order_by(KeyHolder.id))
    done = 0
    for holder in rows.all():
        edition = session.get_one(Edition, holder.edition_id)
        over = _is_over(session, edition)
        if _is_needed(session, holder) or not (over or holder.ended_at):
            continue
        assert holder.file_name is not None
        keys.destroy(folder, holder.file_name)
        holder.file_name = None
        holder.ended_at = holder.ended_at or now
        account = session.get_one(Account, holder.account_id)
        audit.record(
            session,
            actor=actor,
            action="holder.key_destroyed",
            subject=account.public_id,
            now=now,
            edition=edition,
            after={"public_key": holder.public_key},
        )
        done += 1
    session.flush()
    return done


def _is_needed(session: Session, holder: KeyHolder) -> bool:
    """Whether a share of a key in use is sealed to it."""
    return (
        session.scalars(
            select(KeyShare.key_id)
            .join(BallotKey, BallotKey.id == KeyShare.key_id)
            .where(KeyShare.holder_id == holder.id, BallotKey.state != KeyState.DESTROYED)
            .limit(1)
        ).first()
        is not None
    )


def _is_over(session: Session, edition: Edition) -> bool:
    """Whether the edition has shared keys, all of them destroyed."""
    states = session.scalars(
        select(BallotKey.state).where(BallotKey.edition_id == edition.id, BallotKey.shared)
    ).all()
    return bool(states) and all(it is KeyState.DESTROYED for it in states)

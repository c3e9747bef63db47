"""Giving: after the close two of three holders give their shares; the first waits, the second opens the envelopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nacl.public import PrivateKey, SealedBox
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    approvals,
    audit,
    ballot_log,
    editions,
    elections,
    envelopes,
    holders,
    keys,
    shares,
    unsealing,
)
from awards.audit import Actor
from awards.ballot_log import LogBroken
from awards.envelopes import OPENING, Unlock
from awards.holders import Holder, Secret
from awards.models import (
    Account,
    Approval,
    BallotKey,
    Edition,
    Election,
    ElectionState,
    KeyHolder,
    KeyShare,
)
from awards.results import Closed
from awards.unsealing import Box
from awards.voiding import SPOILT

HOLDER = "holder"
"""As what the two sign."""


class NotShared(Exception):
    """The key of this vote is one file; no holders open."""


class NothingGiven(Exception):
    """The holder has no share waiting."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A share that was given, and until when it waits."""

    holder: Holder
    approval: Approval
    until: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """What giving a share did: the first waits (`closed` is None); the second has opened, or found what can't be.

    `breach`: where box and public log don't belong together.
    """

    closed: Closed | None = None
    spoilt: tuple[str, ...] = ()
    breach: LogBroken | None = None


def needed(session: Session, edition: Edition) -> list[BallotKey]:
    """The keys that the opening needs: there may be one of its own for a category that was voted on again."""
    opening = (
        *elections.of_edition(session, edition, *elections.IN_THE_BOX),
        *elections.of_the_public(session, edition, *elections.IN_THE_BOX),
    )
    found = {it.key_id: it.key for it in opening}
    return [found[number] for number in sorted(found)]


def first(session: Session, edition: Edition, *, key_folder: Path, now: datetime) -> Waiting | None:
    """The first share, while it waits for a second; None where none was given, or its time is over."""
    approval = approvals.waiting(session, edition, OPENING)
    wanted = needed(session, edition)
    if approval is None or not wanted or not all(it.shared for it in wanted):
        return None
    account = approvals.proposer(session, approval)
    row = _row_of(session, wanted[0], account)
    if row is None or approval.proposed_at is None:
        return None
    if any(shares.given(key_folder, it, now) is None for it in _shares_of(session, wanted, row).values()):
        return None
    holder = Holder(account, row)
    return Waiting(holder, approval, approval.proposed_at + shares.LASTS)


def _row_of(session: Session, key: BallotKey, account: Account) -> KeyHolder | None:
    return next((it.holder for it in shares.of_key(session, key) if it.holder.account_id == account.id), None)


def _shares_of(session: Session, wanted: list[BallotKey], row: KeyHolder) -> Mapping[int, KeyShare]:
    """A person's share of each key, whichever of their key pairs it is sealed to. Raises ShareMissing."""
    found = {}
    for key in wanted:
        share = next(
            (it for it in shares.of_key(session, key) if it.holder.account_id == row.account_id), None
        )
        if share is None:
            raise shares.ShareMissing(key.file_name)
        found[key.id] = share
    return found


def give(
    session: Session,
    edition: Edition,
    account: Account,
    secret: Secret,
    *,
    reason: str,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> Given:
    """Give a share: the first waits as a file and proposes the opening, the second approves it and opens at once.

    Once this is committed `envelopes.destroy_spent_keys` removes keys and shares. Raises NotClosed, NotShared,
    NobodyVoted, QuorumNotMet, SamePerson, ReasonMissing, SharesDoNotFit and what `holders.private_of`, `shares.take`
    and `results.close_second` raise.
    """
    editions.lock(session, edition)
    box = unsealing.look(session, edition)
    wanted = needed(session, edition)
    if not wanted or not all(it.shared for it in wanted):
        raise NotShared(edition.key)
    row, private = holders.private_of(session, edition, account, secret, folder=key_folder)
    own = _shares_of(session, wanted, row)
    parts = {number: shares.take(key_folder, share, private) for number, share in own.items()}
    before = first(session, edition, key_folder=key_folder, now=now)
    if before is not None and before.holder.account.id == account.id:
        raise approvals.SamePerson(OPENING)
    if before is not None and _is_as_proposed(session, box, before.approval):
        return _open(session, edition, before, wanted, parts, key_folder=key_folder, actor=actor, now=now)
    drop(session, edition, key_folder=key_folder, actor=actor, now=now)
    unsealing.propose(session, edition, reason=reason, by_holder=True, actor=actor, now=now)
    for number, share in own.items():
        shares.give(session, key_folder, share, parts[number], now=now)
    _record(session, edition, account, "given", actor=actor, now=now)
    return Given()


def _is_as_proposed(session: Session, box: Box, approval: Approval) -> bool:
    """Whether the box is still the one that the first holder saw."""
    public = envelopes.public_in(session, box.poll.public)
    subject = envelopes.subject_of(box.poll.elections, box.poll.presence, public)
    return approvals.digest(subject) == approval.subject_sha256


def _open(
    session: Session,
    edition: Edition,
    before: Waiting,
    wanted: list[BallotKey],
    parts: Mapping[int, bytes],
    *,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> Given:
    assert before.holder.row is not None
    theirs = _shares_of(session, wanted, before.holder.row)
    boxes: dict[int, SealedBox[PrivateKey]] = {}
    for key in wanted:
        other = shares.given(key_folder, theirs[key.id], now)
        boxes[key.id] = keys.join([other or b"", parts[key.id]], key.public_key)

    def unlock(key: BallotKey) -> SealedBox[PrivateKey]:
        return boxes[key.id]

    try:
        with session.begin_nested():
            closed = unsealing.approve(
                session,
                edition,
                before.approval.subject_sha256,
                key_folder=key_folder,
                unlock=unlock,
                signed_as=HOLDER,
                actor=actor,
                now=now,
            )
    except envelopes.BROKEN as error:
        found = _note_spoilt(session, edition, unlock, actor=actor, now=now)
        drop(session, edition, key_folder=key_folder, actor=actor, now=now)
        return Given(spoilt=found, breach=error if isinstance(error, LogBroken) else None)
    return Given(closed)


def _note_spoilt(
    session: Session,
    edition: Edition,
    unlock: Unlock,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """Write into the audit whose envelopes hold no ballot, for `voiding`; nothing of what they hold.

    What the opening had put into the log is undone with it, so it is put there again: what is not in the log would be
    taken for something that was added.
    """
    ballot_log.publish(session, edition, actor=actor, now=now)
    rules = editions.rules_of(session, edition)
    opening = session.scalars(
        select(Election)
        .where(Election.edition_id == edition.id, Election.state == ElectionState.CLOSED)
        .order_by(Election.id)
    )
    found = [
        it
        for it in opening
        if not envelopes.can_be_opened(session, it, elections.vote_of(rules, it), unlock=unlock)
    ]
    for election in found:
        audit.record(
            session, actor=actor, action=SPOILT, subject=election.public_id, now=now, edition=edition
        )
    return tuple(it.category for it in found)


def take_back(
    session: Session, edition: Edition, account: Account, *, key_folder: Path, actor: Actor, now: datetime
) -> None:
    """The first holder takes the share back before a second has given theirs. Raises NothingGiven."""
    editions.lock(session, edition)
    before = first(session, edition, key_folder=key_folder, now=now)
    if before is None or before.holder.account.id != account.id:
        raise NothingGiven(edition.key)
    drop(session, edition, key_folder=key_folder, actor=actor, now=now)
    _record(session, edition, account, "taken_back", actor=actor, now=now)


def drop(session: Session, edition: Edition, *, key_folder: Path, actor: Actor, now: datetime) -> int:
    """Destroy what was given and end its proposal; how many shares there were."""
    waiting = [
        share
        for key in needed(session, edition)
        for share in shares.of_key(session, key)
        if share.given_at is not None
    ]
    for share in waiting:
        shares.take_back(session, key_folder, share)
    approval = approvals.waiting(session, edition, OPENING)
    if approval is not None and any(it.shared for it in needed(session, edition)):
        approvals.end(session, edition, approval, actor=actor, now=now)
    return len(waiting)


def lapse(session: Session, *, key_folder: Path, actor: Actor, now: datetime) -> int:
    """Destroy the shares that waited their twelve hours in vain; in how many editions."""
    late = (
        select(BallotKey.edition_id)
        .join(KeyShare, KeyShare.key_id == BallotKey.id)
        .where(KeyShare.given_at <= now - shares.LASTS)
    )
    rows = session.scalars(select(Edition).where(Edition.id.in_(late)).order_by(Edition.id)).all()
    for edition in rows:
        editions.lock(session, edition)
        drop(session, edition, key_folder=key_folder, actor=actor, now=now)
        audit.record(
            session, actor=actor, action="share.lapsed", subject=edition.key, now=now, edition=edition
        )
    return len(rows)


def _record(
    session: Session, edition: Edition, account: Account, what: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session, actor=actor, action=f"share.{what}", subject=account.public_id, now=now, edition=edition
    )

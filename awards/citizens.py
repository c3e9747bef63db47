"""Citizens: who gives an e-mail address gets a mail, and who comes in by its link votes on the public's prize.

One mailbox has one ballot. Nobody is kept out: many requests from one place, or for one mailbox, only make the mail
come later. Networks and mailboxes are kept as keyed hashes, the address until the release; times to the hour.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from awards import deadlines, editions, elections, notices, passes, public_votes, throttle
from awards.models import (
    Edition,
    ElectionState,
    Outbox,
    OutboxState,
    PublicElector,
    RollEntry,
)
from awards.notices import Template
from awards.spellings import domain_of, folded, mailbox_of
from awards.throttle import Kind
from awards.timetable import Deadline, Moment

UNDELAYED = 100
"""Requests within an hour from one place on the network whose mails go out at once."""
A_STEP, STEP, LONGEST = 50, timedelta(minutes=10), timedelta(hours=1)
"""Beyond them each `A_STEP` more make a mail wait a `STEP` longer, an hour at most."""
MAILS_AT_ONCE = 3
OF_WHAT_IS_LEFT = 4
"""No mail waits longer than this part of the time that is left to vote."""


class Stage(StrEnum):
    """How far the public's vote has come."""

    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


class PublicVoteNotOpen(Exception):
    """The public's vote is not open."""


@dataclass(frozen=True, slots=True)
class Vote:
    """The public's vote as everybody may see it; `closes` is None where no date holds."""

    stage: Stage
    closes: Deadline | None


def look(session: Session, edition: Edition, now: datetime) -> Vote:
    """Whether the public can vote now, and until when. Nothing of how many did."""
    found = elections.of_the_public(session, edition)
    stated = editions.timetable_of(session, edition).get(Moment.VOTE_CLOSE)
    waiting = [it for it in found if it.state is ElectionState.OPEN]
    until = [deadlines.of_vote(it, stated) for it in waiting]
    if any(it is None or now <= it.instant for it in until):
        dated = [it for it in until if it is not None]
        return Vote(Stage.OPEN, dated[0] if len(dated) == len(until) else None)
    return Vote(Stage.OVER if found else Stage.BEFORE, stated)


def keyed(key: bytes, edition: Edition, what: str) -> str:
    """A hash that nobody makes again without the key, and that says nothing in another edition."""
    return hmac.new(key, f"{edition.public_id}:{what}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def ask(
    session: Session,
    edition: Edition,
    address: str,
    *,
    key: bytes,
    place: str,
    network: str,
    language: str,
    now: datetime,
) -> timedelta:
    """Have a mail sent by which whoever reads that mailbox comes in; how long it waits because of the place.

    The answer tells nothing of the address: a mailbox that is known gets a link to the same ballots once more. `place`:
    from where it is asked, of which only a count is kept. Raises PublicVoteNotOpen.
    """
    vote = look(session, edition, now)
    if vote.stage is not Stage.OPEN:
        raise PublicVoteNotOpen(edition.key)
    wait = _capped(_pace(throttle.note(session, Kind.CITIZEN_PLACE, place, now)), vote, now)
    mailbox = keyed(key, edition, mailbox_of(address))
    asked = throttle.note(session, Kind.CITIZEN_MAIL, mailbox, now)
    entry = _entry(
        session, edition, folded(address), mailbox, keyed(key, edition, network), language=language, now=now
    )
    if not _waits(session, entry):
        later = _capped(LONGEST, vote, now) if asked >= MAILS_AT_ONCE else timedelta()
        notices.queue(
            session,
            Template.CITIZEN,
            entry.email,
            language=language,
            now=now + max(wait, later),
            edition=edition,
            roll_entry=entry,
            arguments={"until": notices.moment(vote.closes) if vote.closes else None},
        )
    return wait


def _pace(before: int) -> timedelta:
    """How long a mail waits after so many requests from its place."""
    if before < UNDELAYED:
        return timedelta()
    return min(STEP * (1 + (before - UNDELAYED) // A_STEP), LONGEST)


def _capped(wait: timedelta, vote: Vote, now: datetime) -> timedelta:
    """Never so long that the vote would be over."""
    if vote.closes is None:
        return wait
    left = max(vote.closes.instant - now, timedelta()) // OF_WHAT_IS_LEFT
    return min(wait, timedelta(minutes=left // timedelta(minutes=1)))


def _entry(
    session: Session,
    edition: Edition,
    address: str,
    mailbox: str,
    network: str,
    *,
    language: str,
    now: datetime,
) -> RollEntry:
    """The elector that a mailbox is; written to under the spelling that came first."""
    query = select(RollEntry).where(
        RollEntry.edition_id == edition.id, RollEntry.elector == mailbox, RollEntry.is_public
    )
    found = session.scalars(query).first()
    if found is not None:
        return found
    entry = RollEntry(
        edition_id=edition.id, elector=mailbox, email=address, language=language, is_public=True
    )
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError:  # asked for twice in the same moment
        return session.scalars(query).one()
    hour = passes.to_the_hour(now)
    session.add(
        PublicElector(roll_entry_id=entry.id, domain=domain_of(address), network=network, asked_at=hour)
    )
    session.flush()
    return entry


def _waits(session: Session, entry: RollEntry) -> bool:
    """Whether a mail to somebody has not gone out yet."""
    query = select(Outbox.id).where(
        Outbox.roll_entry_id == entry.id,
        Outbox.template == Template.CITIZEN.value,
        Outbox.state.in_((OutboxState.QUEUED, OutboxState.HELD)),
    )
    return session.scalar(query.limit(1)) is not None


def confirm(
    session: Session, edition: Edition, entry: RollEntry, *, key: bytes, network: str, now: datetime
) -> None:
    """Whoever came in by the link has shown whose the mailbox is, and gets a ballot in each public vote that is open.

    Coming in again adds what was opened meanwhile; hour and network are those of the first time.
    """
    editions.hold(session, edition)
    known = session.get_one(PublicElector, entry.id, with_for_update=True, populate_existing=True)
    if known.confirmed_at is None and public_votes.open_ones(session, edition):
        known.confirmed_at = passes.to_the_hour(now)
        known.network = keyed(key, edition, network)
    public_votes.entitle(session, edition, entry)


def forget(session: Session, edition: Edition) -> int:
    """Drop what is known of the public's electors, once the result is out; of how many.

    Of each stays a row of the roll without an address, and that a ballot was cast.
    """
    of_the_public = select(RollEntry.id).where(RollEntry.edition_id == edition.id, RollEntry.is_public)
    queued = select(Outbox).where(
        Outbox.roll_entry_id.in_(of_the_public), Outbox.state.in_((OutboxState.QUEUED, OutboxState.HELD))
    )
    notices.cancel(session, session.scalars(queued).all())
    session.execute(
        update(Outbox)
        .where(Outbox.roll_entry_id.in_(of_the_public))
        .values(recipient="", answer="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(PublicElector)
        .where(PublicElector.roll_entry_id.in_(of_the_public))
        .values(domain="", network="")
        .execution_options(synchronize_session=False)
    )
    found = session.execute(
        update(RollEntry)
        .where(RollEntry.id.in_(of_the_public), RollEntry.email != "")
        .values(elector="public " + RollEntry.public_id, email="")
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return int(found.rowcount)  # type: ignore[attr-defined]

"""Passes: electors are invited by mail and let in to their ballots, on as many devices as they like.

What lets in is a mail's link, which can be opened as often as wished, the code of a letter, or one's own account. Times
are kept to the hour: when somebody was about to vote is nobody's business.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from awards import audit, editions, links, notices
from awards.audit import Actor
from awards.folding import fold
from awards.links import LinkExpired, LinkUnknown
from awards.models import (
    Account,
    AccountAddress,
    Edition,
    Judge,
    JudgeState,
    LinkPurpose,
    OneTimeLink,
    PassBy,
    RollEntry,
    RollState,
    VotingPass,
)
from awards.notices import Template
from awards.sessions import digest
from awards.timetable import Moment

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
LINK_LASTS = timedelta(days=3 * 366)


class Why(StrEnum):
    """Why electors are written to after the opening: their own vote again, one more, or the vote given to judges."""

    ANEW = "anew"
    RUNOFF = "runoff"
    JUDGES = "judges"


class PassEnded(Exception):
    """Whoever was let in isn't any more: the ballot is somebody else's to cast now."""


def to_the_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def admit(session: Session, entry: RollEntry, by: PassBy, *, now: datetime) -> str:
    """Let an elector in on a device: the token for its cookie. Only its hash is kept."""
    token, hour = secrets.token_urlsafe(32), to_the_hour(now)
    session.add(
        VotingPass(roll_entry_id=entry.id, token_hash=digest(token), by=by, made_at=hour, seen_at=hour)
    )
    session.flush()
    return token


def find(session: Session, token: str, *, now: datetime) -> VotingPass | None:
    """The pass of a token; None where it was ended, wasn't used for long, or its elector is off the roll."""
    found = session.scalars(
        select(VotingPass)
        .where(VotingPass.token_hash == digest(token))
        .options(joinedload(VotingPass.roll_entry))
        .execution_options(populate_existing=True)
    ).first()
    return found if found is not None and is_valid(found, now) else None


def is_valid(found: VotingPass, now: datetime) -> bool:
    """Whether somebody is still let in by this pass."""
    lasts = now < found.made_at + ABSOLUTE and now < found.seen_at + IDLE
    return found.ended_at is None and lasts and found.roll_entry.state is RollState.ON


def touch(found: VotingPass, now: datetime) -> bool:
    """Note that a pass is in use, once an hour. True where there is something to commit."""
    if to_the_hour(now) <= found.seen_at:
        return False
    found.seen_at = to_the_hour(now)
    return True


def end(found: VotingPass, *, now: datetime) -> None:
    """Let nobody in by this pass any more."""
    found.ended_at = found.ended_at or to_the_hour(now)


def end_all(session: Session, edition: Edition, *, now: datetime) -> None:
    """Let nobody in any more by a pass made until now: the vote is closed. Links and codes show how it went."""
    of_edition = select(RollEntry.id).where(RollEntry.edition_id == edition.id)
    session.execute(
        update(VotingPass)
        .where(VotingPass.roll_entry_id.in_(of_edition), VotingPass.ended_at.is_(None))
        .values(ended_at=to_the_hour(now))
    )


def of_account(session: Session, edition: Edition, account: Account) -> RollEntry | None:
    """The elector that a person is, as judge or under one of their addresses.

    None where that address stands for several electors: each of them gets a letter with a code of its own.
    """
    return the_one(of_people(session, account).get(edition.id, []))


def the_one(entries: Sequence[RollEntry]) -> RollEntry | None:
    """Which of the electors that a person may be in an edition they are: as judge, or the only one, or the first of
    several for whom they are named.
    """
    return next(iter(theirs(entries)), None)


def theirs(entries: Sequence[RollEntry]) -> Sequence[RollEntry]:
    """All of the electors that a person may be whose ballots are surely theirs to cast; none where it isn't sure."""
    found = [entry for entry in entries if entry.judge_id is not None] or list(entries)
    one = len(found) == 1 or (len({person(it) for it in found}) == 1 and person(found[0]) is not None)
    return found if found and one else ()


def person(entry: RollEntry) -> tuple[str, str] | None:
    """Who casts a ballot, by address and name, to tell whether it is the same as for another elector; None where that
    can't be told, and for judges, who vote for themselves.
    """
    return person_of(entry.email, entry.name) if entry.judge_id is None and not entry.is_public else None


def person_of(email: str, name: str) -> tuple[str, str] | None:
    """The same from an address and a name."""
    return (email, fold(name)) if email and name else None


def of_people(session: Session, account: Account) -> dict[int, list[RollEntry]]:
    """The electors on the roll that a person may be, by edition. One of the public comes in by link."""
    own = select(AccountAddress.email).where(AccountAddress.account_id == account.id)
    judge = select(Judge.id).where(Judge.account_id == account.id, Judge.state == JudgeState.ACCEPTED)
    by_address = (
        RollEntry.email.in_(own)
        & (RollEntry.email != "")
        & RollEntry.judge_id.is_(None)
        & RollEntry.is_public.is_(False)
    )
    found: dict[int, list[RollEntry]] = {}
    for entry in session.scalars(
        select(RollEntry)
        .where(
            RollEntry.state == RollState.ON,
            RollEntry.judge_id.in_(judge) | by_address,
        )
        .order_by(RollEntry.id)
        .execution_options(populate_existing=True)
    ):
        found.setdefault(entry.edition_id, []).append(entry)
    return found


def make_link(session: Session, entry: RollEntry, *, now: datetime) -> str:
    """The token of a new link to an elector's ballots, for a mail; those made earlier go on working."""
    return links.new_link(session, None, LinkPurpose.BALLOT, expires_at=now + LINK_LASTS, roll_entry=entry)


def of_link(session: Session, token: str, *, now: datetime) -> RollEntry:
    """The elector whom a link lets in. Raises LinkUnknown, LinkExpired where somebody else votes for it now."""
    row = session.execute(
        select(OneTimeLink, RollEntry)
        .join(RollEntry, RollEntry.id == OneTimeLink.roll_entry_id)
        .where(OneTimeLink.token_hash == digest(token), OneTimeLink.purpose == LinkPurpose.BALLOT)
    ).first()
    if row is None:
        raise LinkUnknown
    link, entry = row
    if link.expires_at <= now or entry.state is not RollState.ON:
        raise LinkExpired
    elector: RollEntry = entry
    return elector


def reachable(entries: Sequence[RollEntry]) -> list[RollEntry]:
    """Those who can be written to: with an address that is nobody else's; the others get printed letters.

    A judge may cast an organisation's ballot too: the judge's own mail is for the person. A person who votes for
    several electors gets a mail for each of them.
    """
    sharing: dict[tuple[str, bool], list[RollEntry]] = {}
    for entry in entries:
        sharing.setdefault((entry.email, entry.judge_id is None), []).append(entry)
    return [
        it
        for it in entries
        if it.state is RollState.ON and it.email and theirs(sharing[it.email, it.judge_id is None])
    ]


def invite(
    session: Session,
    edition: Edition,
    entries: Sequence[RollEntry],
    *,
    again: bool = False,
    why: Why | None = None,
    dated: bool = True,
    actor: Actor,
    now: datetime,
) -> list[RollEntry]:
    """Write to electors that they can vote, each with a link of their own; those who were written to.

    `again`: a reminder; `why` they vote now; `dated`: the stated close holds for it. Entries without an address,
    or sharing one with another of them, are left out: give this the whole roll, or what `reachable` said of it.
    """
    stated = editions.timetable_of(session, edition).get(Moment.VOTE_CLOSE)
    closes = stated if stated is not None and dated and now < stated.instant else None
    written = reachable(entries)
    panel = _accounts(session, written)
    for entry in written:
        account = panel.get(entry.judge_id or 0)
        notices.queue(
            session,
            Template.BALLOT,
            entry.email,
            language=account.language if account is not None else entry.language,
            now=now,
            account=account,
            edition=edition,
            roll_entry=entry,
            arguments={
                "again": again,
                **({why.value: True} if why is not None else {}),
                **({"public": True} if entry.is_public else {}),
                "elector": entry.organisation.name if entry.organisation else "",
                "until": notices.moment(closes) if closes else None,
            },
        )
        entry.invited_at = entry.invited_at or now
    if written:
        audit.record(
            session,
            actor=actor,
            action="electors.reminded" if again else "electors.invited",
            subject=edition.key,
            now=now,
            edition=edition,
            after={"electors": len(written)},
        )
    return written


def _accounts(session: Session, entries: Sequence[RollEntry]) -> dict[int, Account]:
    """The accounts of those who vote as judges, who are written to in their own language and time."""
    wanted = [entry.judge_id for entry in entries if entry.judge_id is not None]
    judges = session.scalars(select(Judge).where(Judge.id.in_(wanted)).options(joinedload(Judge.account)))
    return {judge.id: judge.account for judge in judges}

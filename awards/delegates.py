"""Delegates: who casts the ballot of an elector now, and who did before; another may be named until it is cast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from awards import accounts, addressing, audit, codes, deadlines, decisions, editions, passes, proxies, roll
from awards.accounts import NotAnAddress, fold_address, is_address
from awards.audit import Actor
from awards.models import (
    Delegate,
    Edition,
    Election,
    ElectionState,
    Entitlement,
    LinkPurpose,
    OneTimeLink,
    RollEntry,
    RollState,
    VotingPass,
)
from awards.notices import Template
from awards.timetable import Moment
from judging.values import Json

LONGEST_REASON = 400
STAYS = (
    Template.DELEGATE_ASKED,
    Template.DELEGATE_ENDED,
    Template.DELEGATE_RECORDED,
    Template.ENVELOPE_STRUCK,
    Template.DISPUTE_RAISED,
    Template.DISPUTE_DECIDED,
)
"""Mails that go out though somebody else is named meanwhile: none of them brings a ballot."""


class NoDelegate(Exception):
    """Nobody is named for this elector, or nobody can be: a judge of the panel votes in person."""


class NameMissing(Exception):
    """The name of the delegate was left out."""


class TooLong(Exception):
    """A name or an office has 200 letters at most."""


class NamedMeanwhile(Exception):
    """Somebody else was named since the page was opened."""


@dataclass(frozen=True, slots=True)
class Named:
    """Who is to cast an organisation's ballot."""

    name: str
    email: str = ""
    office: str = ""
    language: str = "en"


def replace(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    named: Named,
    *,
    by: str = "",
    seen: int | None = None,
    actor: Actor,
    now: datetime,
) -> Delegate:
    """Let somebody cast the ballot of an elector from now on; links, codes and passes of the one before end.

    While the vote is open the ballot is sent to them at once, where a mail can bring it. A run-off has ballots of its
    own: until those are cast, somebody else may be named once more.
    `by`: the address through which the organisation itself names them; empty where the actor records it. `seen`: how
    many were named when the page was opened. The same once more changes nothing. Raises VoteClosed, NotOnRoll,
    NoDelegate, AlreadyCast, NameMissing, TooLong, NotAnAddress, NamedMeanwhile, TooManyBallots, JudgeIsNoProxy.
    """
    editions.lock(session, edition)
    session.refresh(entry)
    need_open(session, edition)
    if entry.state is not RollState.ON:
        raise roll.NotOnRoll(entry.elector)
    if entry.judge_id is not None:
        raise NoDelegate(entry.elector)
    named = _checked(named)
    former = current(session, entry)
    if former is not None and _of(former) == named == _here(entry):
        return former
    if entry.id in roll.cast(session, edition):
        raise roll.AlreadyCast(entry.elector)
    if seen is not None and seen != count(session, entry):
        raise NamedMeanwhile(entry.name)
    proxies.check(session, edition, entry, named.email, named.name)
    before = _here(entry)
    made = put(session, entry, named, by=by, actor=actor, now=now)
    end_ways_in(session, entry, now=now)
    _tell_all(session, edition, entry, before, by=by, now=now)
    audit.record(
        session,
        actor=actor,
        action="delegate.named",
        subject=entry.public_id,
        now=now,
        edition=edition,
        before={"name": before.name, "email": before.email},
        after={"name": named.name, "email": named.email, "by_link": bool(by)},
    )
    _bring_the_ballot(session, edition, entry, actor=actor, now=now)
    return made


def end(
    session: Session, edition: Edition, entry: RollEntry, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Let nobody cast the ballot of an elector until somebody is named again.

    Raises VoteClosed, NoDelegate, AlreadyCast, ReasonMissing.
    """
    editions.lock(session, edition)
    session.refresh(entry)
    need_open(session, edition)
    former = current(session, entry)
    if entry.judge_id is not None or former is None:
        raise NoDelegate(entry.elector)
    if entry.id in roll.cast(session, edition):
        raise roll.AlreadyCast(entry.elector)
    former.reason, former.ended_at = decisions.need_reason(reason)[:LONGEST_REASON], now
    before = _here(entry)
    entry.name = entry.email = entry.office = ""
    end_ways_in(session, entry, now=now)
    said: dict[str, Json] = {"nobody": True}
    if before.email:
        addressing.tell(session, edition, entry, Template.DELEGATE_ENDED, before.email, said, now=now)
    audit.record(
        session,
        actor=actor,
        action="delegate.ended",
        subject=entry.public_id,
        now=now,
        edition=edition,
        before={"name": before.name, "email": before.email},
        after={"reason": former.reason},
    )


def put(
    session: Session, entry: RollEntry, named: Named, *, by: str = "", actor: Actor, now: datetime
) -> Delegate:
    """Write down who is the delegate now; nobody is told. Whoever calls has checked and records the audit event."""
    former = current(session, entry)
    if former is not None:
        former.ended_at = now
    entry.name, entry.email = named.name, named.email
    entry.office, entry.language = named.office, named.language
    made = Delegate(
        roll_entry_id=entry.id,
        name=named.name,
        office=named.office,
        email=named.email,
        language=named.language,
        named_by=by,
        by_id=None if by else actor.account.id,
        named_at=now,
    )
    session.add(made)
    session.flush()
    return made


def current(session: Session, entry: RollEntry) -> Delegate | None:
    """The delegate of now, None where nobody was named yet."""
    return session.scalars(
        select(Delegate)
        .where(Delegate.roll_entry_id == entry.id, Delegate.ended_at.is_(None))
        .order_by(Delegate.id.desc())
    ).first()


def history(session: Session, entry: RollEntry) -> Sequence[Delegate]:
    """Everybody who was named, the last one first."""
    return session.scalars(
        select(Delegate).where(Delegate.roll_entry_id == entry.id).order_by(Delegate.id.desc())
    ).all()


def count(session: Session, entry: RollEntry) -> int:
    """How many were named so far."""
    return (
        session.scalar(select(func.count()).select_from(Delegate).where(Delegate.roll_entry_id == entry.id))
        or 0
    )


def end_ways_in(session: Session, entry: RollEntry, *, now: datetime) -> None:
    """End every pass, ballot link and code of an elector, and the mails that would bring another link."""
    session.execute(
        update(VotingPass)
        .where(VotingPass.roll_entry_id == entry.id, VotingPass.ended_at.is_(None))
        .values(ended_at=now)
    )
    end_links(session, entry, LinkPurpose.BALLOT, now=now)
    codes.void(session, [entry], now=now)
    addressing.cancel(session, entry, [it for it in Template if it not in STAYS])


def end_links(session: Session, entry: RollEntry, purpose: LinkPurpose, *, now: datetime) -> None:
    """End the links of an elector that serve one purpose."""
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.roll_entry_id == entry.id,
            OneTimeLink.purpose == purpose,
            OneTimeLink.expires_at > now,
        )
        .values(expires_at=now)
    )


def _checked(named: Named) -> Named:
    name, office = named.name.strip(), named.office.strip()
    email = fold_address(named.email) if named.email else ""
    if not name:
        raise NameMissing
    if max(len(name), len(office)) > accounts.LONGEST_NAME:
        raise TooLong(name)
    if email and not is_address(email):
        raise NotAnAddress(email)
    return Named(name, email, office, named.language)


def _of(delegate: Delegate) -> Named:
    return Named(delegate.name, delegate.email, delegate.office, delegate.language)


def _here(entry: RollEntry) -> Named:
    return Named(entry.name, entry.email, entry.office, entry.language)


def need_open(session: Session, edition: Edition) -> None:
    """Raise VoteClosed where a delegate has nothing to do any more."""
    if roll.is_over(session, edition):
        raise roll.VoteClosed(edition.key)


def _bring_the_ballot(
    session: Session, edition: Edition, entry: RollEntry, *, actor: Actor, now: datetime
) -> None:
    """Write to whoever is the delegate now where a ballot of theirs can be cast: the close has not passed for it."""
    stated = editions.timetable_of(session, edition).get(Moment.VOTE_CLOSE)
    opened = session.scalars(
        select(Election)
        .join(Entitlement, Entitlement.election_id == Election.id)
        .where(
            Entitlement.roll_entry_id == entry.id,
            Entitlement.withheld_because.is_(None),
            Election.state == ElectionState.OPEN,
        )
    )
    closes = [
        until for it in opened if (until := deadlines.of_vote(it, stated)) is None or now <= until.instant
    ]
    if closes and entry in passes.reachable(roll.on(session, edition)):
        passes.invite(session, edition, [entry], dated=all(closes), actor=actor, now=now)


def _tell_all(
    session: Session, edition: Edition, entry: RollEntry, before: Named, *, by: str, now: datetime
) -> None:
    """Who is named, who was named before, and the organisation itself where it has an address."""
    if before.email and before.email != entry.email:
        addressing.tell(
            session, edition, entry, Template.DELEGATE_ENDED, before.email, {}, now=now, tag=before.language
        )
    if entry.email:
        addressing.tell(session, edition, entry, Template.DELEGATE_NAMED, entry.email, {}, now=now)
    if entry.contact and entry.contact != entry.email:
        said: dict[str, Json] = {"name": entry.name, "by_link": bool(by)}
        addressing.tell(session, edition, entry, Template.DELEGATE_RECORDED, entry.contact, said, now=now)

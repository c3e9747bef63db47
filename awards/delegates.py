"""Delegates: who casts the ballot of an elector now, and who did before; another may be named until it is cast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from awards import accounts, audit, codes, editions, notices, roll
from awards.accounts import NotAnAddress, fold_address, is_address
from awards.audit import Actor
from awards.models import (
    Delegate,
    Edition,
    LinkPurpose,
    OneTimeLink,
    Outbox,
    OutboxState,
    RollEntry,
    RollState,
    VotingPass,
)
from awards.notices import Template
from awards.timetable import Moment
from judging.values import Json

STAYS = (Template.DELEGATE_ASKED, Template.DELEGATE_ENDED, Template.DELEGATE_RECORDED)
"""Mails that go out though somebody else is named meanwhile: none of them brings a ballot."""


OnNamed = Callable[[Session, Edition, RollEntry, datetime], None]
on_named: list[OnNamed] = []
"""What follows once somebody was named, such as the mail with the ballot where the vote is open; called in the same
transaction. Appended to at import by the module that sends ballots."""


class NoDelegate(Exception):
    """This elector votes in person: a judge of the panel."""


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

    `by`: the address through which the organisation itself names them; empty where the actor records it. `seen`: how
    many were named when the page was opened. The same once more changes nothing. Raises VoteClosed, NotOnRoll,
    NoDelegate, AlreadyCast, NameMissing, TooLong, NotAnAddress, NamedMeanwhile.
    """
    editions.lock(session, edition)
    session.refresh(entry)
    need_open(edition)
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
    for follow in on_named:
        follow(session, edition, entry, now)
    return made


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
    cancel(session, entry, [it for it in Template if it not in STAYS])


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


def cancel(session: Session, entry: RollEntry, templates: Sequence[Template]) -> None:
    """Take back mails about an elector that haven't gone out yet."""
    waiting = session.scalars(
        select(Outbox).where(
            Outbox.roll_entry_id == entry.id,
            Outbox.template.in_([it.value for it in templates]),
            Outbox.state.in_((OutboxState.QUEUED, OutboxState.HELD)),
        )
    )
    notices.cancel(session, waiting)


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


def need_open(edition: Edition) -> None:
    """Raise VoteClosed where a delegate has nothing to do any more."""
    if edition.second_closed_at is not None:
        raise roll.VoteClosed(edition.key)


def _tell_all(
    session: Session, edition: Edition, entry: RollEntry, before: Named, *, by: str, now: datetime
) -> None:
    """Who is named, who was named before, and the organisation itself where it has an address."""
    if before.email and before.email != entry.email:
        tell(session, edition, entry, Template.DELEGATE_ENDED, before.email, {}, now=now, tag=before.language)
    if entry.email:
        tell(session, edition, entry, Template.DELEGATE_NAMED, entry.email, {}, now=now)
    if entry.contact and entry.contact != entry.email:
        said: dict[str, Json] = {"name": entry.name, "by_link": bool(by)}
        tell(session, edition, entry, Template.DELEGATE_RECORDED, entry.contact, said, now=now)


def tell(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    template: Template,
    recipient: str,
    arguments: Mapping[str, Json],
    *,
    now: datetime,
    tag: str = "",
) -> None:
    """Write to somebody about an elector, in the language `tag` where it is not the elector's."""
    language = tag or entry.language
    said = arguments_of(session, edition, entry, language)
    message = notices.queue(
        session,
        template,
        recipient,
        language=language,
        now=now,
        edition=edition,
        arguments=said | dict(arguments),
    )
    if message is not None:
        message.roll_entry_id = entry.id
        session.flush()


def arguments_of(session: Session, edition: Edition, entry: RollEntry, language: str) -> dict[str, Json]:
    """What every mail about an elector says: the organisation, and the dates of the vote as far as they are stated."""
    dates = editions.timetable_of(session, edition)
    said: dict[str, Json] = {"organisation": called(entry, language), "path": f"/{edition.key}"}
    for key, moment in (("opens", Moment.VOTE_OPEN), ("closes", Moment.VOTE_CLOSE)):
        if moment in dates:
            said[key] = notices.moment(dates[moment])
    return said


def called(entry: RollEntry, language: str) -> str:
    """What an elector is called in a language: the organisation's own name there, else as the roll has it."""
    names = entry.organisation.names if entry.organisation is not None else {}
    return str(names.get(language) or entry.elector)

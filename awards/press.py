"""The press before the release: asked by name, let in after they agreed, every access noted, ended at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    arming,
    audit,
    consents,
    decisions,
    editions,
    embargoes,
    portraits,
    prizes,
    publication,
    results,
)
from awards.accounts import LONGEST_NAME, NotAnAddress, fold_address, is_address
from awards.audit import Actor
from awards.models import (
    Award,
    Decision,
    Edition,
    PressAccess,
    PressContact,
    Publication,
    PublicationKind,
)
from awards.notices import Template
from awards.timetable import Moment

AGREED, READ, TAKEN = "agreed", "read", "taken"
LONGEST_NOTE = 100


class NameMissing(Exception):
    """A press contact is asked, and agrees, by name."""


class TooLong(Exception):
    """A name or the name of a medium has 200 letters at most."""


class NotOpen(Exception):
    """Only results that are signed and not public are shown to the press, and at least one is."""


class AskedAlready(Exception):
    """Somebody with this address is asked already."""


class Ended(Exception):
    """The access of this press contact was ended."""


class NotShown(Exception):
    """What the page showed is not what stands now."""


class Standing(StrEnum):
    """How a category stands for a press contact. CLOSED: nothing may be shown, or not as it stands now."""

    OPEN = "open"
    PUBLIC = "public"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is asked, at which address, for which medium."""

    name: str
    email: str
    medium: str = ""
    language: str = "en"


def open_to(session: Session, edition: Edition) -> list[str]:
    """The categories that may be shown to the press: their results are signed, and neither public nor taken down."""
    down = publication.taken_down(session, edition)
    public = publication.first_shown(session, edition, PublicationKind.WINNERS)
    return [
        key
        for key, it in results.frozen(session, edition).items()
        if it.signed_by is not None and key not in down and key not in public
    ]


def standings(
    session: Session, edition: Edition, contact: PressContact, *, now: datetime
) -> dict[str, Standing]:
    """How each category that a contact was asked for stands, asked anew every time.

    A result that was signed, or a prize that was given, after the contact was asked is closed until they are asked
    anew.
    """
    public = {it.category for it in publication.visible(session, edition, PublicationKind.WINNERS, now)}
    open_now = set(open_to(session, edition)) - _changed_since(session, edition, contact.invited_at)
    found = {}
    for key in contact.categories:
        standing = Standing.OPEN if key in open_now else Standing.CLOSED
        found[key] = Standing.PUBLIC if key in public else standing
    return found


def _changed_since(session: Session, edition: Edition, moment: datetime) -> set[str]:
    """The categories whose result was signed, or a prize of which was given, after a moment."""
    signed = {it.signed_by: key for key, it in results.frozen(session, edition).items() if it.signed_by}
    later = session.scalars(select(Decision.id).where(Decision.id.in_(signed), Decision.at > moment))
    given = session.scalars(
        select(Award.category)
        .join(Decision, Decision.id == Award.decision_id)
        .where(Award.edition_id == edition.id, Decision.at > moment)
    )
    return {signed[it] for it in later} | set(given)


def open_for(session: Session, edition: Edition, contact: PressContact, *, now: datetime) -> list[str]:
    """The categories whose winners a contact may read now; none where their access was ended."""
    if contact.ended_at is not None:
        return []
    found = standings(session, edition, contact, now=now)
    return [key for key, standing in found.items() if standing is Standing.OPEN]


def stand(session: Session, edition: Edition, categories: Collection[str]) -> str:
    """The fingerprint of what is shown of some categories: results, prizes, names, citations."""
    return arming.stand(session, edition, categories)


def unreleased(session: Session, edition: Edition, categories: Collection[str]) -> list[Publication]:
    """The winners of some categories as a release would freeze them now, without what consent was withdrawn from; of no
    row of the database.
    """
    given = prizes.of_edition(session, edition)
    withdrawn = consents.of_editions(session, [edition.id])
    return [
        Publication(
            edition_id=edition.id,
            category=key,
            kind=PublicationKind.WINNERS,
            document={
                "rows": [
                    consents.leaves(
                        portraits.of_award(session, edition, it),
                        withdrawn.get((edition.id, it.nomination.reference), ()),
                    )
                    for it in given
                    if it.category == key
                ]
            },
        )
        for key in categories
    ]


def until(session: Session, edition: Edition, categories: Collection[str]) -> datetime | None:
    """When the embargo ends: the last moment at which the clock releases the categories, else the ceremony.

    None where neither is stated, or a category waits for somebody to press.
    """
    due = {key: it.due_at for it in arming.live(session, edition) for key in it.categories}
    moments = [due.get(key) for key in categories]
    stated = [at for at in moments if at is not None]
    if stated and len(stated) == len(moments):
        return max(stated)
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    return ceremony.instant if ceremony else None


def invite(
    session: Session,
    edition: Edition,
    invited: Invited,
    categories: Collection[str],
    *,
    actor: Actor,
    now: datetime,
) -> PressContact:
    """Ask somebody of the press, by name and mail, to agree to the embargo of some categories; the mail has their link.

    Raises NameMissing, TooLong, NotAnAddress, NotOpen, AskedAlready.
    """
    editions.lock(session, edition)
    name, medium, email = invited.name.strip(), invited.medium.strip(), fold_address(invited.email)
    if not name:
        raise NameMissing
    if max(len(name), len(medium)) > LONGEST_NAME:
        raise TooLong(name)
    if not is_address(email):
        raise NotAnAddress(email)
    asked = _need_open(session, edition, categories)
    if any(it.email == email and it.ended_at is None for it in embargoes.of_edition(session, edition)):
        raise AskedAlready(email)
    contact = PressContact(
        edition_id=edition.id,
        name=name,
        medium=medium,
        email=email,
        language=invited.language,
        categories=asked,
        invited_at=now,
        invited_by_id=actor.account.id,
    )
    session.add(contact)
    session.flush()
    _write(session, edition, contact, "press.invited", actor=actor, now=now)
    return contact


def invite_again(
    session: Session,
    edition: Edition,
    contact: PressContact,
    categories: Collection[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Ask a contact anew, for other categories or for what has changed: a new link, and they agree anew.

    Raises Ended, NotOpen.
    """
    editions.lock(session, edition)
    session.refresh(contact)
    if contact.ended_at is not None:
        raise Ended(contact.public_id)
    contact.categories = _need_open(session, edition, categories)
    contact.invited_at, contact.token_sha256 = now, ""
    contact.agreed_at, contact.agreed_as = None, ""
    embargoes.cancel(session, edition, contact)
    _write(session, edition, contact, "press.invited_again", actor=actor, now=now)


def _need_open(session: Session, edition: Edition, categories: Collection[str]) -> list[str]:
    open_now = open_to(session, edition)
    asked = [key for key in open_now if key in categories]
    if not asked or len(asked) != len(set(categories)):
        raise NotOpen(", ".join(categories))
    return asked


def _write(
    session: Session, edition: Edition, contact: PressContact, action: str, *, actor: Actor, now: datetime
) -> None:
    embargoes.write(
        session,
        edition,
        contact,
        Template.PRESS_INVITED,
        categories=contact.categories,
        until=until(session, edition, contact.categories),
        now=now,
    )
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=contact.public_id,
        now=now,
        edition=edition,
        after={"name": contact.name, "email": contact.email, "categories": [*contact.categories]},
    )


def agree(session: Session, edition: Edition, contact: PressContact, name: str, *, now: datetime) -> str:
    """Somebody with the link agrees to the embargo under their name; the fingerprint of what they may read then.

    Every browser agrees for itself, and each of them is noted: a link that is passed on shows. Raises Ended,
    NameMissing, TooLong, NotOpen.
    """
    editions.lock(session, edition)
    session.refresh(contact)
    agreed = name.strip()
    if contact.ended_at is not None:
        raise Ended(contact.public_id)
    if not agreed:
        raise NameMissing
    if len(agreed) > LONGEST_NAME:
        raise TooLong(agreed)
    categories = open_for(session, edition, contact, now=now)
    if not categories:
        raise NotOpen(contact.public_id)
    if contact.agreed_at is None:
        contact.agreed_at, contact.agreed_as = now, agreed
    shown = stand(session, edition, categories)
    _note(session, contact, f"{AGREED}: {agreed}", shown, now=now)
    return shown


def read(session: Session, edition: Edition, contact: PressContact, *, now: datetime) -> str:
    """Note that the winners are read as they stand now; their fingerprint. Raises Ended, NotOpen."""
    categories = _may(session, edition, contact, now=now)
    shown = stand(session, edition, categories)
    _note(session, contact, READ, shown, now=now)
    return shown


def take(
    session: Session,
    edition: Edition,
    contact: PressContact,
    what: str,
    *,
    sha256: str,
    seen: str,
    now: datetime,
) -> None:
    """Note that a file is taken away, and which. `seen`: the fingerprint of what it was made from.

    Raises Ended, NotOpen, NotShown where something has changed since.
    """
    categories = _may(session, edition, contact, now=now)
    if stand(session, edition, categories) != seen:
        raise NotShown(contact.public_id)
    _note(session, contact, f"{TAKEN}: {what}", sha256, now=now)


def _may(session: Session, edition: Edition, contact: PressContact, *, now: datetime) -> list[str]:
    editions.lock(session, edition)
    session.refresh(contact)
    if contact.ended_at is not None:
        raise Ended(contact.public_id)
    categories = open_for(session, edition, contact, now=now)
    if not categories or contact.agreed_at is None:
        raise NotOpen(contact.public_id)
    return categories


def _note(session: Session, contact: PressContact, what: str, sha256: str, *, now: datetime) -> None:
    session.add(PressAccess(contact_id=contact.id, what=what[:LONGEST_NOTE], sha256=sha256, at=now))
    session.flush()


def accesses(session: Session, contacts: Sequence[PressContact]) -> dict[int, list[PressAccess]]:
    """What each contact read and took, by the contact's row, the last first."""
    found: dict[int, list[PressAccess]] = {it.id: [] for it in contacts}
    rows = session.scalars(
        select(PressAccess).where(PressAccess.contact_id.in_(found)).order_by(PressAccess.id.desc())
    )
    for row in rows:
        found[row.contact_id].append(row)
    return found


def end(
    session: Session, edition: Edition, contact: PressContact, *, reason: str, actor: Actor, now: datetime
) -> None:
    """End the access of a contact at once: their link opens nothing any more, and they are told.

    Raises Ended, ReasonMissing.
    """
    editions.lock(session, edition)
    session.refresh(contact)
    why = decisions.need_reason(reason)
    if contact.ended_at is not None:
        raise Ended(contact.public_id)
    contact.ended_at, contact.because = now, why
    unsent = embargoes.cancel(session, edition, contact)
    if contact.token_sha256 or not unsent:
        embargoes.write(
            session, edition, contact, Template.PRESS_ENDED, categories=contact.categories, now=now
        )
    audit.record(
        session,
        actor=actor,
        action="press.ended",
        subject=contact.public_id,
        now=now,
        edition=edition,
        after={"reason": why},
    )

"""Consents: what the people of a nomination no longer let be published, and what is left of a published row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import announcements, audit, editions, notices
from awards.audit import Actor
from awards.models import Account, Edition, Nomination, WithdrawnConsent
from awards.models.base import Document
from awards.notices import Template

EVERYTHING = "everything"
SUMMARY = "summary"
CONTACTS = "contacts"
PICTURE = "picture:"
"""What an item is called that is no question; of a picture the name of its file follows."""


class NothingSuch(Exception):
    """Nothing of that name is published of the nomination, or its consent was not withdrawn."""


class ReasonMissing(Exception):
    """An organiser says how the consent was withdrawn or given again."""


class WithdrawnByOrganiser(Exception):
    """An organiser withdrew it, and an organiser alone puts it back."""


def items_of(row: Mapping[str, Any]) -> list[str]:
    """Everything of a published row that its people may withdraw, in the order of the page."""
    found = [SUMMARY] if row.get("summary") or any((row.get("summaries") or {}).values()) else []
    found += [str(key) for key in row.get("answers") or ()]
    found += [picture_of(it) for it in row.get("pictures") or ()]
    return found + ([CONTACTS] if row.get("contacts") else [])


def picture_of(picture: Mapping[str, Any]) -> str:
    """What the consent to a picture is called."""
    return f"{PICTURE}{picture['file']}"


def leaves(row: Mapping[str, Any], withdrawn: Collection[str]) -> Document:
    """A published row without what was withdrawn; `withdrawn` in it names that. Its pictures keep their `number`, from
    1, whatever leaves; `had` is how many there were.
    """
    found: Document = dict(row)
    if "pictures" in found:
        numbered = [{**it, "number": number} for number, it in enumerate(found["pictures"] or (), start=1)]
        found["pictures"] = [it for it in numbered if not _is_out(picture_of(it), withdrawn)]
        found["had"] = len(numbered)
    if not withdrawn:
        return found
    if _is_out(SUMMARY, withdrawn):
        found |= {"summary": "", "summaries": {}}
    if found.get("answers"):
        found["answers"] = {key: it for key, it in found["answers"].items() if not _is_out(key, withdrawn)}
    if found.get("contacts") and _is_out(CONTACTS, withdrawn):
        found["contacts"] = []
    found["withdrawn"] = sorted(withdrawn)
    return found


def _is_out(item: str, withdrawn: Collection[str]) -> bool:
    return item in withdrawn or EVERYTHING in withdrawn


def of_editions(session: Session, numbers: Iterable[int]) -> dict[tuple[int, str], frozenset[str]]:
    """What was withdrawn in some editions, by row number of the edition and reference of the nomination."""
    rows = session.execute(
        select(WithdrawnConsent.edition_id, Nomination.reference, WithdrawnConsent.item)
        .join(Nomination, Nomination.id == WithdrawnConsent.nomination_id)
        .where(WithdrawnConsent.edition_id.in_(set(numbers)), WithdrawnConsent.given_again_at.is_(None))
    )
    found: dict[tuple[int, str], set[str]] = {}
    for edition, reference, item in rows:
        found.setdefault((edition, reference), set()).add(item)
    return {key: frozenset(items) for key, items in found.items()}


def of_nomination(session: Session, nomination: Nomination) -> dict[str, WithdrawnConsent]:
    """What was withdrawn of a nomination and not given again, by item."""
    rows = session.scalars(
        select(WithdrawnConsent)
        .where(
            WithdrawnConsent.nomination_id == nomination.id,
            WithdrawnConsent.given_again_at.is_(None),
        )
        .order_by(WithdrawnConsent.id)
    )
    return {it.item: it for it in rows}


def of_edition(session: Session, edition: Edition) -> Sequence[WithdrawnConsent]:
    """Every consent that was ever withdrawn in an edition, the latest first."""
    return session.scalars(
        select(WithdrawnConsent)
        .where(WithdrawnConsent.edition_id == edition.id)
        .order_by(WithdrawnConsent.id.desc())
    ).all()


def withdraw(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    item: str,
    *,
    published: Collection[str],
    reason: str = "",
    as_organiser: bool = False,
    actor: Actor,
    now: datetime,
) -> WithdrawnConsent:
    """Take an item of a nomination off every page, from the next request on; one that is off already stays so.

    `published` are the items that may be withdrawn. An organiser says who asked for it, in `reason`; the organisers
    are told of what others withdraw. Raises NothingSuch, ReasonMissing.
    """
    editions.lock(session, edition)
    why = reason.strip()
    if as_organiser and not why:
        raise ReasonMissing(item)
    before = of_nomination(session, nomination)
    if item in before:
        return before[item]
    if item != EVERYTHING and item not in published:
        raise NothingSuch(item)
    found = WithdrawnConsent(
        edition_id=edition.id,
        nomination_id=nomination.id,
        item=item,
        reason=why,
        by_id=actor.account.id,
        by_organiser=as_organiser,
        at=now,
    )
    session.add(found)
    session.flush()
    _record(session, edition, nomination, found, "consent.withdrawn", actor=actor, now=now)
    if not as_organiser:
        _tell(session, edition, nomination, now=now)
    return found


def give_again(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    item: str,
    *,
    reason: str = "",
    as_organiser: bool = False,
    actor: Actor,
    now: datetime,
) -> WithdrawnConsent:
    """Let an item be published again as it stood. What an organiser took off, because somebody asked for it, only an
    organiser puts back, saying why. Raises NothingSuch, ReasonMissing, WithdrawnByOrganiser.
    """
    editions.lock(session, edition)
    found = of_nomination(session, nomination).get(item)
    if found is None:
        raise NothingSuch(item)
    if as_organiser and not reason.strip():
        raise ReasonMissing(item)
    if found.by_organiser and not as_organiser:
        raise WithdrawnByOrganiser(item)
    found.given_again_at = now
    session.flush()
    _record(
        session,
        edition,
        nomination,
        found,
        "consent.given_again",
        reason=reason.strip(),
        actor=actor,
        now=now,
    )
    if not as_organiser:
        _tell(session, edition, nomination, now=now)
    return found


def names_of(session: Session, found: Iterable[WithdrawnConsent]) -> dict[int, str]:
    """Who withdrew each, by row number of the account."""
    wanted = {it.by_id for it in found if it.by_id is not None}
    rows = session.scalars(select(Account).where(Account.id.in_(wanted)))
    return {it.id: it.name or it.email for it in rows}


def _record(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    found: WithdrawnConsent,
    action: str,
    *,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=nomination.public_id,
        now=now,
        edition=edition,
        after={"item": found.item, "reason": found.reason if reason is None else reason},
    )


def _tell(session: Session, edition: Edition, nomination: Nomination, *, now: datetime) -> None:
    """A letter to every organiser, once an hour and nomination at most."""
    for person in announcements.organisers(session, edition):
        if person.email:
            notices.queue(
                session,
                Template.CONSENT_CHANGED,
                person.email,
                language=person.language,
                now=now,
                account=person,
                edition=edition,
                arguments={"path": f"/secretariat/{edition.key}/release/consents"},
                once=f"consent changed {nomination.public_id} {now:%Y-%m-%d %H} {person.id}",
            )

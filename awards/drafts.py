"""Drafts: what a nomination says while it is written, every save a revision, and nobody's text overwritten silently."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, editions
from awards.audit import Actor
from awards.models import Edition, Nomination, NominationReturn, NominationRevision, NominationState
from awards.timetable import Phase
from judging.values import Json, canonical

COLUMNS = (
    "category", "nominee_kind", "title", "titles", "organisation_id", "organisation_name", "city", "country",
    "language", "summary", "summaries", "kept_back", "topics",
)  # fmt: skip
"""Keys of a draft that have a column; every other key is a field of the programme's form and stands in `content`."""

EDITABLE = (NominationState.DRAFT, NominationState.SUBMITTED, NominationState.RETURNED)

JUST_NOW = timedelta(minutes=10)


class NominationsNotOpen(Exception):
    """This edition takes no nominations now."""


class CategoryClosed(Exception):
    """The category is not part of these awards any more; choose another one."""


class NotEditable(Exception):
    """A nomination in this state is not written any more."""


class FieldClosed(Exception):
    """A returned nomination is open for the fields that were named only."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed: what it was, what stands now, what the second one wrote."""

    key: str
    before: Json
    theirs: Json
    yours: Json


class StaleDraft(Exception):
    """Somebody else has saved the same fields meanwhile; nothing was overwritten. `clashes` holds both texts."""

    def __init__(self, latest: int, clashes: tuple[Clash, ...]) -> None:
        super().__init__(f"revision {latest}: {', '.join(clash.key for clash in clashes)}")
        self.latest, self.clashes = latest, clashes


def start(
    session: Session,
    edition: Edition,
    *,
    category: str,
    language: str,
    nominee_kind: str = "project",
    actor: Actor,
    now: datetime,
) -> Nomination:
    """A draft of the actor's, with an empty first revision.

    One that was just begun for the same category and is empty yet is given again: a button pressed twice makes one
    draft. Raises NominationsNotOpen, CategoryClosed, KeyError.
    """
    editions.lock(session, edition)
    if edition.phase is not Phase.NOMINATIONS:
        raise NominationsNotOpen(edition.phase.value)
    editions.rules_of(session, edition).category(category)
    if category not in editions.open_categories(session, edition):
        raise CategoryClosed(category)
    if begun := _just_begun(session, edition, category, actor=actor, now=now):
        wanted: dict[str, Json] = {"language": language, "nominee_kind": nominee_kind}
        change(session, begun, wanted, base=None, actor=actor, now=now)
        return begun
    nomination = Nomination(
        edition_id=edition.id,
        reference=f"draft-{secrets.token_hex(6)}",
        category=category,
        nominator_id=actor.account.id,
        created_at=now,
    )
    session.add(nomination)
    session.flush()
    said: dict[str, Any] = dict.fromkeys(("title", "organisation_name", "city", "country"), "")
    said |= {"category": category, "nominee_kind": nominee_kind, "language": language}
    _save(session, nomination, said, number=1, actor=actor, now=now)
    audit.record(
        session,
        actor=actor,
        action="nomination.started",
        subject=nomination.public_id,
        now=now,
        edition=edition,
        after={"category": category},
    )
    return nomination


def _just_begun(
    session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime
) -> Nomination | None:
    """A draft in which nothing was written since it was begun a few minutes ago."""
    begun = session.scalars(
        select(Nomination)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.category == category,
            Nomination.nominator_id == actor.account.id,
            Nomination.state == NominationState.DRAFT,
            Nomination.created_at > now - JUST_NOW,
        )
        .order_by(Nomination.id.desc())
    )
    return next((it for it in begun if _is_empty(latest(session, it))), None)


def _is_empty(found: NominationRevision) -> bool:
    chosen = ("category", "language", "nominee_kind")
    return not any(value for key, value in said_by(found).items() if key not in chosen)


def latest(session: Session, nomination: Nomination) -> NominationRevision:
    """The newest revision, submitted or not."""
    return session.scalars(
        select(NominationRevision)
        .where(NominationRevision.nomination_id == nomination.id)
        .order_by(NominationRevision.number.desc())
        .limit(1)
    ).one()


def revision(session: Session, nomination: Nomination, number: int) -> NominationRevision | None:
    """One revision by its number."""
    return session.scalars(
        select(NominationRevision).where(
            NominationRevision.nomination_id == nomination.id, NominationRevision.number == number
        )
    ).first()


def said_by(found: NominationRevision) -> dict[str, Json]:
    """Everything that a revision says, by key: columns and content in one."""
    columns: dict[str, Json] = {key: getattr(found, key) for key in COLUMNS if key != "topics"}
    return columns | dict(found.content) | ({"topics": list(found.topics)} if found.topics else {})


def said_now(session: Session, nomination: Nomination, newest: NominationRevision) -> dict[str, Json]:
    """What a nomination would say if it was submitted now, `newest` being its newest revision.

    One that was given back says what was submitted, but for the fields that are open: what was changed after the
    submission and never submitted doesn't slip in with the correction.
    """
    allowed = open_fields(session, nomination)
    number = nomination.submitted_number
    standing = revision(session, nomination, number) if allowed is not None and number else None
    if allowed is None or standing is None or standing.number == newest.number:
        return said_by(newest)
    opened = {key: value for key, value in said_by(newest).items() if key in allowed}
    return {key: value for key, value in said_by(standing).items() if key not in allowed} | opened


def settle(session: Session, nomination: Nomination, *, actor: Actor, now: datetime) -> NominationRevision:
    """The revision that says what the nomination would say if it was submitted now; made where there is none."""
    newest = latest(session, nomination)
    said = said_now(session, nomination, newest)
    if digest_of(said) == digest(newest):
        return newest
    return _save(session, nomination, said, number=newest.number + 1, actor=actor, now=now)


def open_fields(session: Session, nomination: Nomination) -> frozenset[str] | None:
    """The fields that are open in a returned nomination; None where all are."""
    if nomination.state is not NominationState.RETURNED:
        return None
    found = session.scalars(
        select(NominationReturn)
        .where(NominationReturn.nomination_id == nomination.id)
        .order_by(NominationReturn.id.desc())
        .limit(1)
    ).one()
    return frozenset(found.fields)


def change(
    session: Session,
    nomination: Nomination,
    changes: Mapping[str, Json],
    *,
    base: int | None,
    actor: Actor,
    now: datetime,
) -> NominationRevision:
    """Save what was changed as a new revision; what equals the newest one saves nothing.

    `base` is the number of the revision that the form was made from. Where others have saved since, only fields that
    both changed clash. None changes whatever stands. Raises NotEditable, FieldClosed, StaleDraft.
    """
    session.refresh(nomination, with_for_update=True)
    if nomination.state not in EDITABLE:
        raise NotEditable(nomination.state.value)
    newest = latest(session, nomination)
    now_said = said_now(session, nomination, newest)
    start_from = now_said
    if base is not None and base != newest.number:
        older = revision(session, nomination, base)
        start_from = said_by(older) if older is not None else {}
    wanted = {key: value for key, value in changes.items() if not same(value, start_from.get(key))}
    allowed = open_fields(session, nomination)
    if allowed is not None and (closed := sorted(set(wanted) - allowed)):
        raise FieldClosed("; ".join(closed))
    clashes = tuple(
        Clash(key, start_from.get(key), now_said.get(key), value)
        for key, value in wanted.items()
        if not same(now_said.get(key), start_from.get(key)) and not same(now_said.get(key), value)
    )
    if clashes:
        raise StaleDraft(newest.number, clashes)
    if all(same(value, now_said.get(key)) for key, value in wanted.items()):
        return newest
    return _save(session, nomination, now_said | wanted, number=newest.number + 1, actor=actor, now=now)


def same(one: Json, other: Json) -> bool:
    """Whether two answers say the same; nothing, an empty text and an empty list are all no answer."""
    return (one or None) == (other or None)


def digest(found: NominationRevision) -> str:
    """The SHA-256 of everything that a revision says, as receipts state it."""
    return digest_of(said_by(found))


def digest_of(said: Mapping[str, Json]) -> str:
    """The SHA-256 of what is said, by key; what says nothing changes nothing."""
    known = {key: value for key, value in said.items() if value not in (None, "", [], {})}
    return hashlib.sha256(canonical(dict(known))).hexdigest()


def _save(
    session: Session,
    nomination: Nomination,
    said: Mapping[str, Any],
    *,
    number: int,
    actor: Actor,
    now: datetime,
) -> NominationRevision:
    columns = {key: said[key] for key in COLUMNS if said.get(key) is not None}
    content = {key: value for key, value in said.items() if key not in COLUMNS}
    saved = NominationRevision(
        nomination_id=nomination.id,
        number=number,
        **columns,
        content=content,
        author_id=actor.account.id,
        at=now,
        sha256=digest_of(said),
    )
    session.add(saved)
    if nomination.state is NominationState.DRAFT and columns.get("category"):
        nomination.category = columns["category"]
    session.flush()
    session.expire(nomination, ["revisions"])
    return saved

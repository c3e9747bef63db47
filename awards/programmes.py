"""Programmes: reading a programme's file, and making or amending the edition that runs by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import approvals, audit, decisions, editions, texts
from awards.audit import Actor
from awards.models import (
    Approval,
    Assignment,
    DecisionKind,
    Edition,
    Nomination,
    Programme,
    RulesDocument,
    ScoreSheet,
    TextsDocument,
)
from judging import programme
from judging.programme import LANGUAGES
from judging.reading import KEY
from judging.rules import Rules, digest, document
from judging.values import Json

LONGEST_KEY = 64
MENDING = "rules.mended"
"""The act of two that amends frozen rules."""
PAGES = frozenset(
    {*LANGUAGES}
    | {
        "verify",
        "signing",
        "link",
        "static",
        "sign-in",
        "sign-up",
        "sign-out",
        "today",
        "account",
        "invitation",
        "invitations",
        "mailbox",
        "organisations",
        "new",
    }
    | {
        "nominations",
        "files",
        "directory",
        "secretariat",
        "screening",
        "judging",
        "clerk",
        "table",
        "vote",
        "hall",
        "holding",
        "delegation",
        "deliberation",
        "archive",
        "badges",
        "data",
        "library",
        "leave",
        "press",
        "results",
    }
    | {"api", "guide", "design", "health"}
)
"""Words that are addresses of the site's own, now or in time."""


class RulesFrozen(Exception):
    """The rules are frozen and sheets have been submitted, so they can't change any more."""


class OtherProgramme(Exception):
    """The file belongs to another programme than the edition."""


class BadEditionKey(Exception):
    """An edition's key is made of small letters, digits and hyphens, at most 64, and is no page of the site."""


class EditionThere(Exception):
    """There is an edition of that key already."""


class Loading(StrEnum):
    CREATED = "created"
    AMENDED = "amended"
    TEXTS = "texts"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a programme's file did; `number` of the rules in force."""

    edition: Edition
    did: Loading
    number: int
    sha256: str


def load(
    session: Session,
    text: str,
    *,
    edition_key: str | None,
    actor: Actor,
    now: datetime,
    reason: str = "",
    approval: Approval | None = None,
    keep_wording: bool = False,
) -> Loaded:
    """Read a programme's file: make its edition, or amend the rules and texts of one that is there.

    `approval`: the word of two, without which frozen rules don't change. `keep_wording`: what is worded already stays
    as it is shown. Raises ProgrammeInvalid with every mistake,
    BadEditionKey, OtherProgramme, RulesFrozen, NeedsTwoPeople.
    """
    read = programme.read(text)
    key = read.rules.key if edition_key is None else edition_key
    check_key(key)
    edition = session.scalars(select(Edition).where(Edition.key == key)).first()
    if edition is None:
        return make(session, read, key, actor=actor, now=now)
    editions.lock(session, edition)
    if edition.programme.key != read.rules.key:
        raise OtherProgramme(f"{read.rules.key} / {edition.programme.key}")
    wording = read.texts
    if keep_wording:
        wording = texts.keep_wording(editions.texts_of(session, edition), wording)
    if editions.texts_of(session, edition) != wording:
        editions.save_texts(session, edition, wording, reason=reason, actor=actor, now=now)
        did = Loading.TEXTS
    else:
        did = Loading.UNCHANGED
    return _amend(session, edition, read.rules, did, actor=actor, now=now, reason=reason, approval=approval)


def create(
    session: Session, text: str, *, edition_key: str, zone: str, actor: Actor, now: datetime
) -> Edition:
    """Make a new edition of a programme's file, with the zone in which it states its dates.

    Raises ProgrammeInvalid, BadEditionKey, EditionThere, UnknownZone.
    """
    programme.read(text)
    check_key(edition_key)
    if session.scalars(select(Edition.id).where(Edition.key == edition_key)).first() is not None:
        raise EditionThere(edition_key)
    edition = load(session, text, edition_key=edition_key, actor=actor, now=now).edition
    editions.set_zone(session, edition, zone, actor=actor, now=now)
    return edition


def check_key(key: str) -> None:
    """Raises BadEditionKey."""
    if not KEY.match(key) or len(key) > LONGEST_KEY or key in PAGES:
        raise BadEditionKey(key)


def make(session: Session, read: programme.Programme, key: str, *, actor: Actor, now: datetime) -> Loaded:
    """A new edition by rules and texts that have been read, under a key that nobody has."""
    rules = read.rules
    owner = session.scalars(select(Programme).where(Programme.key == rules.key)).first()
    if owner is None:
        owner = Programme(key=rules.key, names=read.texts["name"], created_at=now)
        session.add(owner)
        session.flush()
    edition = Edition(programme_id=owner.id, key=key, language=rules.working_language, created_at=now)
    session.add(edition)
    session.flush()
    session.add(
        RulesDocument(
            edition_id=edition.id,
            number=1,
            document=document(rules),
            sha256=digest(rules),
            by_id=actor.account.id,
            at=now,
        )
    )
    session.add(
        TextsDocument(edition_id=edition.id, version=1, document=read.texts, by_id=actor.account.id, at=now)
    )
    audit.record(
        session,
        actor=actor,
        action="edition.created",
        subject=key,
        now=now,
        edition=edition,
        after={"rules": digest(rules)},
    )
    return Loaded(edition, Loading.CREATED, 1, digest(rules))


def _amend(
    session: Session,
    edition: Edition,
    rules: Rules,
    did: Loading,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    approval: Approval | None,
) -> Loaded:
    current = editions.rules_document(session, edition)
    sha256 = digest(rules)
    if sha256 == current.sha256:
        return Loaded(edition, did, current.number, sha256)
    change: dict[str, Json] = {"before": current.sha256, "after": sha256}
    if edition.frozen_at:
        _mend(session, edition, change, approval, actor=actor, now=now)
    number = current.number + 1
    session.add(
        RulesDocument(
            edition_id=edition.id,
            number=number,
            document=document(rules),
            sha256=sha256,
            reason=reason,
            by_id=actor.account.id,
            at=now,
        )
    )
    decisions.decide(
        session,
        edition,
        DecisionKind.AMENDMENT,
        actor=actor,
        now=now,
        reason=reason,
        subject=change | {"amendment": number},
        proposed_by=approvals.first_signature(session, approval) if approval else None,
    )
    return Loaded(edition, Loading.AMENDED, number, sha256)


def has_sheets(session: Session, edition: Edition) -> bool:
    """Whether a judge has begun a sheet: from then on frozen rules stay as they are."""
    sheets = session.scalar(
        select(func.count())
        .select_from(ScoreSheet)
        .join(Assignment)
        .join(Nomination)
        .where(Nomination.edition_id == edition.id)
    )
    return bool(sheets)


def _mend(
    session: Session,
    edition: Edition,
    change: Mapping[str, Json],
    approval: Approval | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Frozen rules are mended only before the first sheet, and by two."""
    if has_sheets(session, edition):
        raise RulesFrozen(edition.key)
    if approval is None:
        decisions.complete_alone(session, edition, MENDING, change, actor=actor, now=now)
    elif approval.act != MENDING or approval.approved_at is None or approval.approver_id is None:
        raise decisions.NeedsTwoPeople(MENDING)
    elif any(approval.subject.get(name) != value for name, value in change.items()):
        raise approvals.SubjectChanged(MENDING)

"""Programmes: reading a programme's file, and making or amending the edition that runs by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, decisions, editions
from awards.audit import Actor
from awards.models import (
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
from judging.rules import digest, document

LONGEST_KEY = 64
PAGES = frozenset(
    {*LANGUAGES}
    | {
        "verify",
        "link",
        "static",
        "sign-in",
        "sign-up",
        "sign-out",
        "today",
        "account",
        "invitation",
        "mailbox",
    }
    | {"nominations", "files", "directory", "secretariat", "screening", "judge", "vote", "results"}
    | {"api", "guide", "design", "health"}
)
"""Words that are addresses of the site's own, now or in time."""


class RulesFrozen(Exception):
    """The rules are frozen and sheets have been submitted, so they can't change any more."""


class OtherProgramme(Exception):
    """The file belongs to another programme than the edition."""


class BadEditionKey(Exception):
    """An edition's key is made of small letters, digits and hyphens, at most 64, and is no page of the site."""


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
    session: Session, text: str, *, edition_key: str | None, actor: Actor, now: datetime, reason: str = ""
) -> Loaded:
    """Read a programme's file: make its edition, or amend the rules and texts of one that is there.

    Raises ProgrammeInvalid with every mistake, BadEditionKey, OtherProgramme, RulesFrozen.
    """
    read = programme.read(text)
    key = read.rules.key if edition_key is None else edition_key
    if not KEY.match(key) or len(key) > LONGEST_KEY or key in PAGES:
        raise BadEditionKey(key)
    edition = session.scalars(select(Edition).where(Edition.key == key)).first()
    if edition is None:
        return _create(session, read, key, actor=actor, now=now)
    editions.lock(session, edition)
    if edition.programme.key != read.rules.key:
        raise OtherProgramme(f"{read.rules.key} / {edition.programme.key}")
    return _amend(session, edition, read, actor=actor, now=now, reason=reason)


def _create(session: Session, read: programme.Programme, key: str, *, actor: Actor, now: datetime) -> Loaded:
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
        RulesDocument(edition_id=edition.id, number=1, document=document(rules), sha256=digest(rules), at=now)
    )
    session.add(TextsDocument(edition_id=edition.id, version=1, document=read.texts, at=now))
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
    session: Session, edition: Edition, read: programme.Programme, *, actor: Actor, now: datetime, reason: str
) -> Loaded:
    current = editions.rules_document(session, edition)
    did = Loading.UNCHANGED
    if editions.texts_of(session, edition) != read.texts:
        last = session.scalar(
            select(func.max(TextsDocument.version)).where(TextsDocument.edition_id == edition.id)
        )
        session.add(
            TextsDocument(
                edition_id=edition.id, version=(last or 0) + 1, document=read.texts, reason=reason, at=now
            )
        )
        audit.record(
            session, actor=actor, action="texts.changed", subject=edition.key, now=now, edition=edition
        )
        did = Loading.TEXTS
    sha256 = digest(read.rules)
    if sha256 == current.sha256:
        return Loaded(edition, did, current.number, sha256)
    if edition.frozen_at:
        _amend_frozen(session, edition, current.sha256, sha256, actor=actor, now=now)
    number = current.number + 1
    session.add(
        RulesDocument(
            edition_id=edition.id,
            number=number,
            document=document(read.rules),
            sha256=sha256,
            reason=reason,
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
        subject={"before": current.sha256, "after": sha256, "amendment": number},
    )
    return Loaded(edition, Loading.AMENDED, number, sha256)


def _amend_frozen(
    session: Session, edition: Edition, before: str, after: str, *, actor: Actor, now: datetime
) -> None:
    """Frozen rules are mended only before the first sheet, and by two."""
    sheets = session.scalar(
        select(func.count())
        .select_from(ScoreSheet)
        .join(Assignment)
        .join(Nomination)
        .where(Nomination.edition_id == edition.id)
    )
    if sheets:
        raise RulesFrozen(edition.key)
    decisions.complete_alone(
        session, edition, "rules.mended", {"before": before, "after": after}, actor=actor, now=now
    )

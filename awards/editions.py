"""Editions: their rules, texts and timetable, the freeze, and the moves from phase to phase."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, decisions, key_files, keys, shares
from awards.audit import Actor
from awards.models import (
    BallotKey,
    CategoryClosure,
    DecisionKind,
    Edition,
    RulesDocument,
    TextsDocument,
    TimetableAmendment,
)
from awards.models.base import Document
from awards.timetable import Deadline, IllegalTransition, Moment, Phase, deadline, way
from judging import programme
from judging.rules import Rules, digest
from judging.values import SecondRound, canonical


class NoSuchEdition(Exception):
    """There is no edition of that key."""


class NotFrozen(Exception):
    """The rules have to be frozen first."""


class DeadlinePassed(Exception):
    """A deadline that has passed can't be moved."""


class DeadlineEarlier(Exception):
    """A deadline only moves later."""


def find(session: Session, key: str) -> Edition:
    """The edition of a key. Raises NoSuchEdition."""
    edition = session.scalars(select(Edition).where(Edition.key == key)).first()
    if edition is None:
        raise NoSuchEdition(key)
    return edition


def lock(session: Session, edition: Edition) -> Edition:
    """Hold the edition's row until the transaction ends, so that nothing is saved after a close."""
    session.flush()
    session.refresh(edition, with_for_update=True)
    return edition


def hold(session: Session, edition: Edition) -> Edition:
    """Keep an edition from changing until the transaction ends, together with others who only need that too."""
    session.flush()
    session.refresh(edition, with_for_update={"read": True})
    return edition


def rules_document(session: Session, edition: Edition) -> RulesDocument:
    """The rules in force: the document of the highest number."""
    return session.scalars(
        select(RulesDocument)
        .where(RulesDocument.edition_id == edition.id)
        .order_by(RulesDocument.number.desc())
        .limit(1)
    ).one()


def rules_of(session: Session, edition: Edition) -> Rules:
    return read(rules_document(session, edition))


def rules_in_force(session: Session, editions: Iterable[int]) -> dict[int, Rules]:
    """The rules of several editions, by row number, after one query."""
    documents = session.scalars(
        select(RulesDocument)
        .where(RulesDocument.edition_id.in_(list(editions)))
        .order_by(RulesDocument.number)
    )
    return {number: read(it) for number, it in {it.edition_id: it for it in documents}.items()}


def read(document: RulesDocument) -> Rules:
    """The rules of a document, taken apart once."""
    return _parsed(json.dumps(document.document))


@lru_cache(maxsize=64)
def _parsed(text: str) -> Rules:
    return programme.read_rules(json.loads(canonical(json.loads(text))))


def texts_of(session: Session, edition: Edition) -> Document:
    """The texts as shown: the document of the highest version."""
    return texts_document(session, edition).document


def texts_document(session: Session, edition: Edition) -> TextsDocument:
    """The texts as shown, with their version."""
    return session.scalars(
        select(TextsDocument)
        .where(TextsDocument.edition_id == edition.id)
        .order_by(TextsDocument.version.desc())
        .limit(1)
    ).one()


def in_force(session: Session, edition: Edition) -> tuple[Rules, Document]:
    """The rules in force and the texts as shown, after one query."""
    rules, texts = session.execute(
        select(RulesDocument, TextsDocument)
        .join(TextsDocument, TextsDocument.edition_id == RulesDocument.edition_id)
        .where(RulesDocument.edition_id == edition.id)
        .order_by(RulesDocument.number.desc(), TextsDocument.version.desc())
        .limit(1)
    ).one()
    return read(rules), texts.document


def save_texts(
    session: Session, edition: Edition, document: Document, *, reason: str, actor: Actor, now: datetime
) -> TextsDocument:
    """Show these texts from now on, as a new version. The caller holds the edition's lock."""
    version = texts_document(session, edition).version + 1
    texts = TextsDocument(
        edition_id=edition.id,
        version=version,
        document=document,
        reason=reason,
        by_id=actor.account.id,
        at=now,
    )
    session.add(texts)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="texts.changed",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"version": version, "reason": reason},
    )
    return texts


def timetable_of(session: Session, edition: Edition) -> dict[Moment, Deadline]:
    """The moments that are stated, each as last set."""
    amendments = session.scalars(
        select(TimetableAmendment)
        .where(TimetableAmendment.edition_id == edition.id)
        .order_by(TimetableAmendment.number)
    )
    return {
        change.moment: Deadline(datetime.fromisoformat(change.local), change.zone, change.at_utc)
        for change in amendments
    }


def open_categories(session: Session, edition: Edition) -> tuple[str, ...]:
    """The categories that are judged: those of the rules that no decision has closed, in the rules' order."""
    closed = set(
        session.scalars(select(CategoryClosure.category).where(CategoryClosure.edition_id == edition.id))
    )
    return tuple(c.key for c in rules_of(session, edition).categories if c.key not in closed)


def set_moment(
    session: Session,
    edition: Edition,
    moment: Moment,
    local: datetime,
    *,
    zone: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    by_rule: bool = False,
) -> Deadline:
    """State or move a moment of the timetable. A stated one moves later only, and only before it has passed, but where
    the rules themselves let a passed one be stated anew.

    Raises UnknownZone, DeadlinePassed, DeadlineEarlier.
    """
    lock(session, edition)
    wanted = deadline(local, zone)
    stated = timetable_of(session, edition).get(moment)
    if stated and wanted.instant != stated.instant:
        if stated.instant <= now and not by_rule:
            raise DeadlinePassed(moment.value)
        if wanted.instant < stated.instant:
            raise DeadlineEarlier(moment.value)
    last = session.scalar(
        select(func.max(TimetableAmendment.number)).where(TimetableAmendment.edition_id == edition.id)
    )
    session.add(
        TimetableAmendment(
            edition_id=edition.id,
            number=(last or 0) + 1,
            moment=moment,
            local=wanted.local.isoformat(),
            zone=zone,
            at_utc=wanted.instant,
            reason=reason,
            by_id=actor.account.id,
            at=now,
        )
    )
    audit.record(
        session,
        actor=actor,
        action="timetable.set",
        subject=moment.value,
        now=now,
        edition=edition,
        before={"at": stated.instant.isoformat() if stated else None},
        after={"at": wanted.instant.isoformat(), "reason": reason},
    )
    return wanted


def freeze(session: Session, edition: Edition, *, folder: Path, actor: Actor, now: datetime) -> bool:
    """Freeze the rules: draw the seed of the lots, make the election's key pair, publish both fingerprints.

    `folder` keeps private keys. False where they were frozen already. Raises HoldersMissing where key holders are named
    and not all three are ready.
    """
    lock(session, edition)
    if edition.frozen_at:
        return False
    rules = rules_of(session, edition)
    has_vote = rules.second_round is SecondRound.VOTE
    key = make_key(session, edition, folder=folder, now=now) if has_vote else None
    edition.seed = secrets.token_hex(32)
    edition.seed_sha256 = hashlib.sha256(edition.seed.encode()).hexdigest()
    edition.frozen_at = now
    subject: Document = {"rules": digest(rules), "seed_sha256": edition.seed_sha256}
    if key is not None:
        subject["ballot_key"] = key.public_key
        if key.shared:
            subject["key_holders"] = [*shares.names_of(session, key)]
    decisions.decide(session, edition, DecisionKind.FREEZE, actor=actor, now=now, subject=subject)
    return True


def make_key(session: Session, edition: Edition, *, folder: Path, now: datetime) -> BallotKey:
    """A new key pair for an edition's vote; the private half becomes a file in `folder`, or where the edition has key
    holders it is split at once, each share sealed to its holder, and kept nowhere whole. Raises HoldersMissing.
    """
    last = session.scalar(select(func.max(BallotKey.number)).where(BallotKey.edition_id == edition.id))
    number = (last or 0) + 1
    name = f"{edition.public_id}-{number}-{secrets.token_hex(4)}.key"
    holders = shares.holders_for(session, edition)
    private = keys.new()
    if not holders:
        key_files.coming(session, folder, name)
        public = keys.make(folder, name)
    else:
        public = keys.public_of(private)
    key = BallotKey(
        edition_id=edition.id,
        number=number,
        public_key=public,
        file_name=name,
        shared=bool(holders),
        made_at=now,
    )
    session.add(key)
    session.flush()
    if holders:
        shares.hand_out(session, key, private, holders, folder=folder)
    return key


def set_zone(session: Session, edition: Edition, zone: str, *, actor: Actor, now: datetime) -> None:
    """The time zone in which an edition states its moments. Raises UnknownZone."""
    deadline(now, zone)
    before, edition.zone = edition.zone, zone
    audit.record(
        session,
        actor=actor,
        action="edition.zone",
        subject=edition.key,
        now=now,
        edition=edition,
        before={"zone": before},
        after={"zone": zone},
    )


def mark_as_specimen(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Put SPECIMEN on every page and document of an edition. It is never taken off again."""
    edition.specimen = True
    audit.record(
        session, actor=actor, action="edition.specimen", subject=edition.key, now=now, edition=edition
    )


def advance(session: Session, edition: Edition, phase: Phase, *, actor: Actor, now: datetime) -> None:
    """Take one legal step. What a phase asks for before it opens is checked by the use case that calls this.

    Raises IllegalTransition for anything but the next phase.
    """
    lock(session, edition)
    steps = way(edition.phase, phase, rules_of(session, edition).second_round)
    if len(steps) != 1:
        raise IllegalTransition("edition", edition.phase, phase)
    before, edition.phase = edition.phase, phase
    audit.record(
        session,
        actor=actor,
        action="edition.advanced",
        subject=edition.key,
        now=now,
        edition=edition,
        before={"phase": before.value},
        after={"phase": phase.value},
    )
    session.flush()

"""Issuing: two people say what is issued; what they issued is drawn, signed and kept once each, a few at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import approvals, audit, certificates, editions, honours, storage, templates
from awards.audit import Actor
from awards.certificates import ISSUE, SIGN, NothingToCertify, ProofsMissing, TemplateLacks, Wanted
from awards.documents import Citation
from awards.models import Approval, Certificate, CertificateState, Edition, Issuance, IssuanceState, Job
from judging.values import Json, canonical

AT_ONCE = 8
"""So many certificates are drawn and signed between two short transactions."""
SUFFIX = ".pdf"


class WantedChanged(Exception):
    """What would be issued is not what was proposed."""


class NotStopped(Exception):
    """This work goes on, or is done."""


@dataclass(frozen=True, slots=True)
class Task:
    """A certificate to be drawn and signed; `file` is the key under which it will be kept."""

    row: int
    number: str
    citation: Citation
    file: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate as it was signed: the file is kept; its hash, that of the page without signature, by which key."""

    task: Task
    sha256: str
    page_sha256: str
    serial: str
    at: datetime


def stand(session: Session, edition: Edition, found: Sequence[Wanted]) -> str:
    """The fingerprint of what would be issued: whose certificates, in which languages, saying what, by which version of
    the template, which says how they look and holds the pictures of seals and signatures.
    """
    template = templates.current(session, edition)
    lines: list[Json] = [
        [*it.key, it.proof.fingerprint, [*sorted(said.language for said in it.lacking)]]
        for it in found
        if it.ready
    ]
    version: Json = template.version if template else 0
    return hashlib.sha256(canonical([version, *sorted(lines, key=str)])).hexdigest()


def propose(
    session: Session,
    edition: Edition,
    groups: Collection[str],
    *,
    reason: str,
    url: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose to issue what is ready of some kinds and categories; somebody else approves.

    Raises NothingToCertify, ProofsMissing, TemplateLacks, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    found = certificates.wanted(session, edition, groups=groups, url=url)
    ready = [it for it in found if it.ready]
    if not found:
        raise NothingToCertify(edition.key)
    if templates.lacks(session, edition):
        raise TemplateLacks(edition.key)
    if not ready:
        raise ProofsMissing(edition.key)
    subject: dict[str, Json] = {
        "groups": [*sorted({it.group for it in ready})],
        "certificates": sum(len(it.lacking) for it in ready),
        "stand": stand(session, edition, found),
    }
    return approvals.propose(session, edition, ISSUE, subject, reason=reason, actor=actor, now=now)


def approve(
    session: Session, edition: Edition, sha256: str, *, url: str, actor: Actor, now: datetime
) -> list[Certificate]:
    """Approve it: what was proposed is issued by a decision of both, and the worker signs it.

    Raises NoProposal, SamePerson, SubjectChanged, WantedChanged.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, ISSUE, sha256)
    groups = [str(it) for it in approval.subject["groups"]]
    found = certificates.wanted(session, edition, groups=groups, url=url)
    if stand(session, edition, found) != approval.subject["stand"] or templates.lacks(session, edition):
        raise WantedChanged(edition.key)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    return certificates.issue(
        session, edition, groups=groups, some=True, approval=approval, url=url, actor=actor, now=now
    )


def of_edition(session: Session, edition: Edition) -> Sequence[Issuance]:
    """What was issued together, the latest first."""
    return session.scalars(
        select(Issuance).where(Issuance.edition_id == edition.id).order_by(Issuance.id.desc())
    ).all()


def find(session: Session, edition: Edition, identifier: str) -> Issuance | None:
    """What was issued together, by its public identifier."""
    return session.scalars(
        select(Issuance).where(Issuance.edition_id == edition.id, Issuance.public_id == identifier)
    ).first()


def go_on(session: Session, edition: Edition, issuance: Issuance, *, actor: Actor, now: datetime) -> None:
    """Let the worker take up what it had to stop. Raises NotStopped."""
    editions.lock(session, edition)
    session.refresh(issuance)
    if issuance.state is not IssuanceState.STOPPED:
        raise NotStopped(issuance.public_id)
    issuance.state, issuance.answer, issuance.ended_at = IssuanceState.ISSUING, "", None
    session.add(Job(kind=SIGN, arguments={"issuance": issuance.id}, due_at=now))
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="certificates.let_go_on",
        subject=issuance.public_id,
        now=now,
        edition=edition,
    )


def queue_unsigned(session: Session, *, now: datetime) -> int:
    """Queue certificates that were issued before files were signed; how many. A second call finds none."""
    rows = session.scalars(
        select(Certificate)
        .where(
            Certificate.sha256 == "",
            Certificate.issuance_id.is_(None),
            Certificate.state == CertificateState.IN_FORCE,
        )
        .order_by(Certificate.id)
    ).all()
    by_edition: dict[int, list[Certificate]] = {}
    for it in rows:
        by_edition.setdefault(it.edition_id, []).append(it)
    for row, found in by_edition.items():
        certificates.queue(session, session.get_one(Edition, row), found, now=now)
    return len(rows)


def claim(session: Session, folder: Path, issuance: Issuance) -> list[Task]:
    """The next certificates to draw, each with the key of its file; what an attempt that broke off left is dropped.

    A certificate that ended before it was signed is signed no more. Empty where nothing is left. The rows are locked:
    one that another worker is about to keep is waited for, so that no file is dropped that has just become one.
    """
    rows = session.scalars(
        select(Certificate)
        .where(
            Certificate.issuance_id == issuance.id,
            Certificate.sha256 == "",
            Certificate.state == CertificateState.IN_FORCE,
        )
        .order_by(Certificate.id)
        .limit(AT_ONCE)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.file:
            storage.drop(folder, row.file)
        row.file = storage.new_key(SUFFIX)
    session.flush()
    return [Task(it.id, it.number, honours.citation_of(it.citation), it.file) for it in rows]


def keep(session: Session, folder: Path, issuance: Issuance, found: Sequence[Signed]) -> None:
    """Note which files are the certificates from now on. What somebody else has taken up meanwhile is left to them."""
    for it in found:
        row = session.get_one(Certificate, it.task.row, with_for_update=True, populate_existing=True)
        if row.file != it.task.file or row.sha256:
            storage.drop(folder, it.task.file)
            continue
        row.sha256, row.page_sha256, row.serial, row.signed_at = it.sha256, it.page_sha256, it.serial, it.at
    session.flush()
    issuance.done = issuance.steps - left(session, issuance)


def left(session: Session, issuance: Issuance) -> int:
    """How many certificates are still to be signed."""
    return len(
        session.scalars(
            select(Certificate.id).where(
                Certificate.issuance_id == issuance.id,
                Certificate.sha256 == "",
                Certificate.state == CertificateState.IN_FORCE,
            )
        ).all()
    )


def signed_in(session: Session, issuance: Issuance) -> Sequence[Certificate]:
    """The certificates of an issuance that are signed, by number."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.issuance_id == issuance.id, Certificate.sha256 != "")
        .order_by(Certificate.id)
    ).all()


def finish(issuance: Issuance, *, now: datetime) -> None:
    issuance.state, issuance.answer, issuance.ended_at = IssuanceState.DONE, "", now
    issuance.done = issuance.steps


def stop(issuance: Issuance, answer: str, *, now: datetime) -> None:
    """Note why the worker could not go on; somebody lets it."""
    issuance.state, issuance.answer, issuance.ended_at = IssuanceState.STOPPED, answer, now

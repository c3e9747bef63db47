"""Records: an edition written as the file from which anybody counts it again, and the one that is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import annexes, audit, editions, labels, storage
from awards.audit import Actor
from awards.counts import Counts
from awards.evidence import Evidence
from awards.models import Edition, PublishedRecord
from judging import record
from judging.record import RecordKind
from judging.values import Json

SUFFIX = ".zip"


@dataclass(frozen=True, slots=True)
class Written:
    """A record that was written: the SHA-256 of its manifest names it."""

    kind: RecordKind
    manifest_sha256: str


def write(session: Session, edition: Edition, target: IO[bytes], *, public: bool) -> Written:
    """Write an edition's record as it stands, full or public. Raises EvidenceDiffers.

    The public one carries the full one's hash. Once published, both are as they were published: see `kept`.
    """
    full_sha256 = _write(session, edition, BytesIO(), RecordKind.FULL, None) if public else None
    kind = RecordKind.PUBLIC if public else RecordKind.FULL
    return Written(kind, _write(session, edition, target, kind, full_sha256))


def publish(
    session: Session, edition: Edition, *, folder: Path, actor: Actor, now: datetime
) -> PublishedRecord:
    """Keep full and public record in `folder` and make the public one the edition's."""
    full, public = BytesIO(), BytesIO()
    full_sha256 = _write(session, edition, full, RecordKind.FULL, None)
    sha256 = _write(session, edition, public, RecordKind.PUBLIC, full_sha256)
    last = session.scalar(
        select(func.max(PublishedRecord.number)).where(PublishedRecord.edition_id == edition.id)
    )
    (folder / _full_name(full_sha256)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / _full_name(full_sha256)).write_bytes(full.getvalue())
    published = PublishedRecord(
        edition_id=edition.id,
        number=(last or 0) + 1,
        key=storage.keep(folder, public.getvalue(), suffix=SUFFIX),
        manifest_sha256=sha256,
        full_sha256=full_sha256,
        at=now,
    )
    session.add(published)
    audit.record(
        session,
        actor=actor,
        action="record.published",
        subject=f"record {published.number}",
        now=now,
        edition=edition,
        after={"manifest": sha256, "full": full_sha256},
    )
    return published


def kept(session: Session, edition: Edition, *, folder: Path, public: bool) -> tuple[Written, bytes] | None:
    """The record as it was published; None before."""
    published = session.scalars(
        select(PublishedRecord)
        .where(PublishedRecord.edition_id == edition.id)
        .order_by(PublishedRecord.number.desc())
        .limit(1)
    ).first()
    if published is None:
        return None
    if public:
        content = storage.locate(folder, published.key).read_bytes()
        return Written(RecordKind.PUBLIC, published.manifest_sha256), content
    file = folder / _full_name(published.full_sha256)
    return (Written(RecordKind.FULL, published.full_sha256), file.read_bytes()) if file.exists() else None


def was_published(session: Session, edition: Edition, now: datetime) -> bool:
    """Whether a record of the edition was published by now."""
    found = select(PublishedRecord.id).where(
        PublishedRecord.edition_id == edition.id, PublishedRecord.at <= now
    )
    return session.scalars(found.limit(1)).first() is not None


def _full_name(sha256: str) -> str:
    return f"full/{sha256}{SUFFIX}"


def _write(
    session: Session, edition: Edition, target: IO[bytes], kind: RecordKind, full_sha256: str | None
) -> str:
    full = kind is RecordKind.FULL
    known = labels.full(session, edition) if full else labels.public(session, edition)
    evidence = Evidence(session, edition, kind, known)
    counts = Counts(evidence)
    documents: dict[str, Json] = {
        "rules.json": editions.rules_document(session, edition).document,
        "texts.json": editions.texts_of(session, edition),
        "outcome.json": counts.outcome(full_sha256),
        "decisions.json": evidence.decisions(counts.lots),
    }
    documents |= annexes.documents(session, edition, kind, known)
    shown, tables = counts.elections_by_form()
    lines: dict[str, Iterable[Json]] = {
        "nominations.jsonl": evidence.nominations(),
        "judges.jsonl": evidence.judges(),
        "assignments.jsonl": evidence.assignments(),
        "sheets.jsonl": evidence.sheets(counts.sheets),
        "commitments.jsonl": evidence.commitments(counts.elections_with_commitments()),
        "ballots.jsonl": chain(evidence.ballots(shown), tables),
    }
    if logged := counts.elections_with_a_log():
        lines["log.jsonl"] = evidence.log(logged)
    return record.write(target, documents, lines)

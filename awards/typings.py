"""Typings: a sheet that came on paper or by telephone is typed by one person and confirmed by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from awards import (
    audit,
    barring,
    chairs,
    editions,
    marking,
    notices,
    recusals,
    scoring,
    stages,
    unconfirmed,
)
from awards.audit import Actor
from awards.models import (
    Account,
    Assignment,
    AssignmentKind,
    AssignmentState,
    Attachment,
    Edition,
    Grant,
    Judge,
    Origin,
    Role,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
    Typing,
)
from awards.notices import Template
from awards.scoring import Content

CODE_LENGTH = 8
LONGEST_NOTE = 2000
LONGEST_REASON = 1000
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": "", " ": ""})
"""Letters that no code has, and what was meant by them."""


class NoSuchSheet(Exception):
    """No sheet of the edition has this code."""


class SheetEnded(Exception):
    """The judge has no more to mark the nomination: handed back, taken back, withdrawn, in conflict, or gone."""


class AlreadySubmitted(Exception):
    """The judge has submitted this sheet; it can't be typed over."""


class AlreadyTyped(Exception):
    """Somebody else has typed this sheet, and it waits to be confirmed."""


class Overtaken(Exception):
    """The sheet was saved since this page was opened, so what was typed isn't taken unseen."""


class NotYours(Exception):
    """Who judges, chairs, or has an interest in the nomination neither types nor confirms."""


class SameHand(Exception):
    """Nobody confirms what they typed themselves."""


class NotWaiting(Exception):
    """The typing was confirmed or refused, or the judge has saved the sheet since."""


class NothingTyped(Exception):
    """A sheet without a mark says nothing."""


class Proof(StrEnum):
    SCAN = "scan"
    NOTE = "note"


class ProofMissing(Exception):
    """What was typed from paper needs its scan, what was told by telephone a note of the call."""

    def __init__(self, proof: Proof) -> None:
        super().__init__(proof.value)
        self.proof = proof


class ArrivedLater(Exception):
    """It can't have arrived in the future."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a sheet came: on paper with its scan, or by telephone with a note of the call; and when."""

    origin: Origin
    at: datetime
    scan: Attachment | None = None
    note: str = ""


def code_of(text: str) -> str:
    """A code as it is kept, from one as somebody read it off a paper."""
    return text.strip().upper().translate(MISREAD)


def find(session: Session, edition: Edition, text: str) -> Assignment:
    """The assignment whose sheet has a code. Raises NoSuchSheet."""
    code = code_of(text)
    if len(code) != CODE_LENGTH or not code.isalnum():
        raise NoSuchSheet(text)
    found = session.scalars(
        select(Assignment)
        .join(Judge)
        .where(
            Judge.edition_id == edition.id,
            Assignment.code == code,
            Assignment.kind != AssignmentKind.PRACTICE,
        )
        .options(joinedload(Assignment.judge).joinedload(Judge.account), joinedload(Assignment.nomination))
    ).first()
    if found is None:
        raise NoSuchSheet(text)
    return found


def base_of(session: Session, assignment: Assignment) -> int:
    """The number of what was saved last for a sheet, 0 where nothing was; it tells nothing of any mark."""
    found = session.scalar(
        select(func.max(ScoreSheetVersion.number))
        .join(ScoreSheet)
        .where(ScoreSheet.assignment_id == assignment.id)
    )
    return found or 0


def need_free(
    session: Session, edition: Edition, assignment: Assignment, *, actor: Actor, now: datetime
) -> None:
    """Whether somebody may type a sheet now.

    Raises SheetEnded, AlreadySubmitted, AlreadyTyped, NotYours, MarksClosed.
    """
    _need_uninvolved(session, edition, assignment, actor)
    if assignment.state is not AssignmentState.ISSUED or assignment.nomination.state in stages.GONE:
        raise SheetEnded(assignment.code)
    sheet = scoring.sheet_of(session, assignment)
    if sheet is not None and sheet.state is SheetState.SUBMITTED:
        raise AlreadySubmitted(assignment.code)
    waits = unconfirmed.of_sheet(session, assignment)
    if waits is not None and waits.typed_by_id != actor.account.id:
        raise AlreadyTyped(assignment.code)
    _need_round(session, edition, assignment, now)


def write(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    content: Content,
    arrival: Arrival,
    *,
    base: int,
    actor: Actor,
    now: datetime,
) -> Typing:
    """Type a sheet: a version that doesn't count before the judge, or a second person, has confirmed it.

    What arrived before the judge's deadline may be typed until the round is closed. Who typed it may type it again;
    the newer typing takes the place of the one that waited. Raises NotYours, SheetEnded, AlreadySubmitted,
    AlreadyTyped, Overtaken, ArrivedLater, MarksClosed, NothingTyped, NotAMark, ProofMissing.
    """
    editions.hold(session, edition)
    session.refresh(assignment, with_for_update=True)
    need_free(session, edition, assignment, actor=actor, now=now)
    if base != base_of(session, assignment):
        raise Overtaken(assignment.code)
    _need_arrived(session, edition, assignment, arrival, now)
    if not content.marks:
        raise NothingTyped(assignment.code)
    rules, category = editions.rules_of(session, edition), assignment.nomination.category
    scoring.need_marks(rules, category, content.marks)
    version = scoring.write(session, assignment, content, origin=arrival.origin, actor=actor, now=now)
    typing = Typing(
        version_id=version.id,
        scan_id=arrival.scan.id if arrival.scan else None,
        note=arrival.note[:LONGEST_NOTE],
        arrived_at=arrival.at,
        typed_by_id=actor.account.id,
        at=now,
    )
    typing.version = version
    session.add(typing)
    session.flush()
    _record(session, edition, typing, "sheet.typed", actor, now, arrived=arrival.at.isoformat())
    _tell(session, edition, assignment, typing, now)
    return typing


def confirm(session: Session, edition: Edition, typing: Typing, *, actor: Actor, now: datetime) -> ScoreSheet:
    """Let a typed sheet count, submitted if it is complete: by its judge, or by a second person against the scan.

    Raises SameHand, NotYours, NotWaiting, MarksClosed.
    """
    sheet = _settle(session, edition, typing, actor, now)
    typing.confirmed_by_id, typing.confirmed_at = actor.account.id, now
    rules, category = editions.rules_of(session, edition), sheet.assignment.nomination.category
    if not scoring.missing(rules, category, typing.version.marks):
        sheet.state, sheet.submitted_at = SheetState.SUBMITTED, now
    session.flush()
    _record(session, edition, typing, "sheet.confirmed", actor, now, submitted=sheet.state.value)
    return sheet


def refuse(
    session: Session, edition: Edition, typing: Typing, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Say that this is not what the judge gave: it is kept, and what stood there before stands again.

    Raises SameHand, NotYours, NotWaiting, MarksClosed.
    """
    sheet = _settle(session, edition, typing, actor, now)
    typing.refused_by_id, typing.refused_at, typing.reason = actor.account.id, now, reason[:LONGEST_REASON]
    session.flush()
    before = session.scalars(
        select(ScoreSheetVersion).where(
            ScoreSheetVersion.sheet_id == sheet.id,
            ScoreSheetVersion.number == _stood_before(session, typing),
        )
    ).first()
    scoring.write(
        session,
        sheet.assignment,
        Content.of(before),
        origin=before.origin if before else typing.version.origin,
        actor=actor,
        now=now,
    )
    _record(session, edition, typing, "sheet.refused", actor, now)


def bound_in(session: Session, edition: Edition, account: Account) -> Callable[[int], bool]:
    """About which nominations, by row, somebody may neither type nor confirm sheets.

    Judges of the edition, its chair and its auditors none; whoever has an interest in some, not those.
    """
    kept_out = session.scalars(
        select(Grant.id).where(
            Grant.edition_id == edition.id,
            Grant.account_id == account.id,
            Grant.role.in_((*chairs.CHAIRS, Role.AUDITOR)),
            Grant.ended_at.is_(None),
        )
    ).first()
    if kept_out is not None:
        return lambda _nomination: True
    interests = recusals.interests_in(session, edition, account)
    return lambda nomination: nomination in interests


def _settle(session: Session, edition: Edition, typing: Typing, actor: Actor, now: datetime) -> ScoreSheet:
    """The sheet of a typing that who acts may answer now, held."""
    editions.hold(session, edition)
    assignment = typing.version.sheet.assignment
    session.refresh(assignment, with_for_update=True)
    session.refresh(typing)
    session.refresh(typing.version.sheet)
    if typing.typed_by_id == actor.account.id:
        raise SameHand(typing.public_id)
    if assignment.judge.account_id != actor.account.id:
        _need_uninvolved(session, edition, assignment, actor)
    if not unconfirmed.is_waiting(session, typing):
        raise NotWaiting(typing.public_id)
    _need_round(session, edition, assignment, now)
    return typing.version.sheet


def _need_round(session: Session, edition: Edition, assignment: Assignment, now: datetime) -> None:
    """The assignment's round is open, if late; after the close for its judge in its category. Raises MarksClosed."""
    found = marking.of_judge(session, edition, assignment.judge, assignment=assignment, opened=None, now=now)
    barred = found is not None and found.after_the_close and barring.is_barred(session, assignment)
    if found is None or found.round is not assignment.round or barred:
        raise marking.MarksClosed


def _need_uninvolved(session: Session, edition: Edition, assignment: Assignment, actor: Actor) -> None:
    if bound_in(session, edition, actor.account)(assignment.nomination_id):
        raise NotYours(assignment.code)


def _need_arrived(
    session: Session, edition: Edition, assignment: Assignment, arrival: Arrival, now: datetime
) -> None:
    if arrival.at > now:
        raise ArrivedLater(arrival.at.isoformat())
    marking.need_open(session, edition, assignment.judge, assignment=assignment, opened=None, now=arrival.at)
    if arrival.origin is Origin.PAPER and arrival.scan is None:
        raise ProofMissing(Proof.SCAN)
    if arrival.origin is not Origin.PAPER and not arrival.note.strip():
        raise ProofMissing(Proof.NOTE)


def _stood_before(session: Session, typing: Typing) -> int:
    """The number of the version that stood before some typings in a row; 0 for none."""
    typed = set(
        session.scalars(
            select(ScoreSheetVersion.number)
            .join(Typing, Typing.version_id == ScoreSheetVersion.id)
            .where(ScoreSheetVersion.sheet_id == typing.version.sheet_id, Typing.confirmed_at.is_(None))
        )
    )
    return next((n for n in range(typing.version.number, 0, -1) if n not in typed), 0)


def _tell(session: Session, edition: Edition, assignment: Assignment, typing: Typing, now: datetime) -> None:
    """The judge is asked whether this is what they gave; the message holds no mark."""
    account = assignment.judge.account
    if not account.email:
        return
    notices.queue(
        session,
        Template.SHEET_TYPED,
        account.email,
        language=account.language,
        now=now,
        account=account,
        edition=edition,
        arguments={
            "reference": assignment.nomination.reference,
            "paper": typing.version.origin is Origin.PAPER,
            "path": f"/judging/{edition.key}/confirm/{typing.public_id}",
        },
    )


def _record(
    session: Session,
    edition: Edition,
    typing: Typing,
    action: str,
    actor: Actor,
    now: datetime,
    **details: str,
) -> None:
    sheet = typing.version.sheet
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=sheet.public_id,
        now=now,
        edition=edition,
        after={
            "assignment": sheet.assignment.code or "",
            "version": typing.version.number,
            "typing": typing.public_id,
            **details,
        },
    )

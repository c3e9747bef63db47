"""Calibrations of an edition's first round: queued at every freeze, fitted as a job, kept as they were fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from awards import audit, editions, marked
from awards.audit import Actor
from awards.models import (
    Affiliation,
    Assignment,
    AssignmentKind,
    AssignmentState,
    Calibration,
    CalibrationState,
    Conflict,
    ConflictSource,
    Edition,
    Job,
    Judge,
    Nomination,
    NominationRevision,
    ScoreSheet,
    SheetState,
)
from judging import calibration
from judging.calibration import Sheet
from judging.fitted import Fitted, SheetRow, fitted_of, sheets_sha256
from judging.scoring import yardstick
from judging.values import Json, Round, StandingBy

FIT = "calibration.fit"
"""The kind of job that fits."""
INLINE_MOST = 2000
"""So many nominations are fitted while somebody waits for a page; more only at the shell, or as a job."""
AHEAD = (CalibrationState.WAITING, CalibrationState.RUNNING)
NOTHING: Mapping[str, Any] = {"deciding": "raw", "why": "too_few", "nominations": ()}
"""What a calibration gives a category without a sheet."""
Pair = tuple[str, str]
Progress = Callable[[int, int], None]


class TooManyToFit(Exception):
    """There are too many nominations to fit while a page is loading: do this with the command line."""


class NotFailed(Exception):
    """The calibration has not failed, so there is nothing to try again."""


class NothingToFit(Exception):
    """The first round is not closed, or has no sheet that counts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is fitted: the counted sheets, and what else the fit goes by. Judges by public_id."""

    sheets: tuple[SheetRow, ...]
    sheets_sha256: str
    places: Mapping[str, int]
    seed: str
    expected: frozenset[Pair]
    same_country: frozenset[Pair]
    fair_decides: bool

    @property
    def nominations(self) -> int:
        return len({reference for _, reference, _, _ in self.sheets})


def latest(session: Session, edition: Edition) -> Calibration | None:
    """The calibration in force, or the one that is to be: waiting, running, fitted or failed. None before any."""
    return session.scalars(
        select(Calibration)
        .where(Calibration.edition_id == edition.id, Calibration.state != CalibrationState.SUPERSEDED)
        .order_by(Calibration.number.desc())
        .limit(1)
    ).first()


def fitted(session: Session, edition: Edition) -> Calibration | None:
    """The calibration that was fitted last."""
    return session.scalars(
        select(Calibration)
        .where(Calibration.edition_id == edition.id, Calibration.state == CalibrationState.FITTED)
        .order_by(Calibration.number.desc())
        .limit(1)
    ).first()


def category(document: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """What a calibration's document says of a category; None where no sheet of it counted."""
    return next((it for it in document.get("categories", ()) if it["category"] == key), None)


def start(session: Session, edition: Edition, *, now: datetime) -> Calibration | None:
    """Queue the fit of the sheets as they count now; the one that is there, where it is of these sheets or will be.

    None before the first round is closed. The caller holds the edition's lock.
    """
    if edition.first_closed_at is None:
        return None
    there = latest(session, edition)
    if there is not None and there.state is CalibrationState.WAITING:
        return there
    is_fitted = there is not None and there.state is CalibrationState.FITTED
    if there is not None and is_fitted and there.sheets_sha256 == sheets_sha256(sheets_of(session, edition)):
        return there
    return _queue(session, edition, now=now)


def again(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> Calibration:
    """Try a fit again that failed. Raises NotFailed."""
    editions.lock(session, edition)
    there = latest(session, edition)
    if there is None or there.state is not CalibrationState.FAILED:
        raise NotFailed(edition.key)
    queued = _queue(session, edition, now=now)
    audit.record(
        session,
        actor=actor,
        action="calibration.again",
        subject=f"calibration {queued.number}",
        now=now,
        edition=edition,
        after={"failed": there.number},
    )
    return queued


def need(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> Calibration:
    """The calibration of the sheets as they count now, fitted here if there is none. The caller holds the lock.

    Raises NothingToFit, TooManyToFit.
    """
    asked = ask(session, edition)
    there = fitted(session, edition)
    if there is not None and there.sheets_sha256 == asked.sheets_sha256:
        return there
    if asked.nominations > INLINE_MOST and not actor.operator:
        raise TooManyToFit(edition.key)
    row = _add(session, edition, CalibrationState.RUNNING, now=now)
    keep(session, row, asked, fit(asked, None), now=now)
    return row


def fitted_of_category(row: Calibration, key: str) -> Fitted:
    """What a calibration that was fitted gave a category."""
    document = row.document
    found = category(document, key) or NOTHING
    by_fair = found["deciding"] == "fair"
    totals: dict[str, Json] = {it["nomination"]: it["fair"] for it in found["nominations"]} if by_fair else {}
    return fitted_of(
        {
            "number": row.number,
            "deciding": found["deciding"],
            "why": found["why"],
            "totals": totals,
            "sheets_sha256": document["sheets_sha256"],
            "method": document["method"],
            "versions": document["versions"],
        }
    )


def ask(session: Session, edition: Edition) -> Asked:
    """What there is to fit. Raises NothingToFit."""
    sheets = sheets_of(session, edition)
    if edition.first_closed_at is None or not sheets:
        raise NothingToFit(edition.key)
    rules = editions.rules_of(session, edition)
    return Asked(
        sheets=tuple(sheets),
        sheets_sha256=sheets_sha256(sheets),
        places={it.key: it.places for it in rules.categories},
        seed=edition.seed_sha256 or edition.public_id,
        expected=_expected(session, edition),
        same_country=_same_country(session, edition),
        fair_decides=rules.standing is StandingBy.CALIBRATED,
    )


def sheets_of(session: Session, edition: Edition, category: str | None = None) -> list[SheetRow]:
    """The counted sheets of the first round with their exact totals."""
    rules = editions.rules_of(session, edition)
    measures = {it.key: yardstick(rules, it.key) for it in rules.categories}
    return [
        (judge, reference, key, measures[key].total(marks))
        for key, reference, judge, marks in marked.read(session, edition, Round.FIRST, category=category)
    ]


def fit(asked: Asked, progress: Progress | None) -> dict[str, Json]:
    """The document of a calibration: the long piece of work, which asks the database nothing."""
    found = calibration.calibrate(
        [Sheet(*row) for row in asked.sheets],
        places=asked.places,
        seed=asked.seed,
        expected=asked.expected,
        same_country=asked.same_country,
        fair_decides=asked.fair_decides,
        progress=progress,
    )
    return calibration.document(found)


def claim(row: Calibration) -> bool:
    """Begin, or begin anew after a worker that died; whether there is still something to do."""
    if row.state not in AHEAD:
        return False
    row.state, row.done, row.answer = CalibrationState.RUNNING, 0, ""
    return True


def keep(
    session: Session, row: Calibration, asked: Asked, document: dict[str, Json], *, now: datetime
) -> CalibrationState:
    """Write a fit down, once; where another was asked for meanwhile it is superseded."""
    row.ended_at = now
    there = latest(session, session.get_one(Edition, row.edition_id))
    if row.state is not CalibrationState.RUNNING or (there is not None and there.number > row.number):
        row.state = CalibrationState.SUPERSEDED
    else:
        row.state, row.document, row.sheets_sha256 = CalibrationState.FITTED, document, asked.sheets_sha256
        row.done = row.steps
    session.flush()
    return row.state


def put_back(row: Calibration, answer: str, *, failed: bool, now: datetime) -> None:
    """Note that a fit broke: it waits for another time, or has failed for good."""
    if row.state in AHEAD:
        row.state = CalibrationState.FAILED if failed else CalibrationState.WAITING
        row.answer, row.ended_at = answer, now if failed else None


def _queue(session: Session, edition: Edition, *, now: datetime) -> Calibration:
    row = _add(session, edition, CalibrationState.WAITING, now=now)
    session.add(Job(kind=FIT, arguments={"calibration": row.id}, due_at=now))
    session.flush()
    return row


def _add(session: Session, edition: Edition, state: CalibrationState, *, now: datetime) -> Calibration:
    """A calibration under the next number, in the place of those that are not fitted."""
    mine = Calibration.edition_id == edition.id
    for it in session.scalars(select(Calibration).where(mine, Calibration.state.in_(AHEAD))):
        it.state, it.ended_at = CalibrationState.SUPERSEDED, now
    last = session.scalar(select(func.max(Calibration.number)).where(mine))
    row = Calibration(edition_id=edition.id, number=(last or 0) + 1, state=state, at=now)
    session.add(row)
    session.flush()
    return row


def _expected(session: Session, edition: Edition) -> frozenset[Pair]:
    """Judges and nominations of the first round whose sheet never came."""
    rows = session.execute(
        select(Judge.public_id, Nomination.reference)
        .select_from(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.state.in_(marked.JUDGED),
            Assignment.round == Round.FIRST,
            Assignment.state == AssignmentState.ISSUED,
            Assignment.kind != AssignmentKind.PRACTICE,
            or_(ScoreSheet.id.is_(None), ScoreSheet.state != SheetState.SUBMITTED),
        )
    )
    return frozenset(_pairs(rows.all()))


def _same_country(session: Session, edition: Edition) -> frozenset[Pair]:
    """Judges and nominations of one country: by a conflict that was waived, nationality, residence or affiliation."""
    waived = (
        select(Judge.public_id, Nomination.reference)
        .join(Conflict, Conflict.judge_id == Judge.id)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .where(Judge.edition_id == edition.id, Conflict.source == ConflictSource.SAME_COUNTRY)
    )
    country = NominationRevision.country
    ties = (
        select(Affiliation.id)
        .where(Affiliation.account_id == Judge.account_id, Affiliation.country == country)
        .exists()
    )
    at_home = (
        select(Judge.public_id, Nomination.reference)
        .select_from(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(
            NominationRevision,
            and_(
                NominationRevision.nomination_id == Nomination.id,
                NominationRevision.number == Nomination.submitted_number,
            ),
        )
        .where(
            Nomination.edition_id == edition.id,
            Assignment.round == Round.FIRST,
            country != "",
            or_(Judge.nationality == country, Judge.residence == country, ties),
        )
    )
    return frozenset(_pairs([*session.execute(waived).all(), *session.execute(at_home).all()]))


def _pairs(rows: Sequence[Any]) -> list[Pair]:
    return [(judge, reference) for judge, reference in rows]

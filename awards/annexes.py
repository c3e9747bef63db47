"""Annexes of a record: what a calibration gave, and in the full record all of it and how judges were assigned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import calibrations, editions, standings
from awards.labels import Labels
from awards.models import AssignmentRun, Calibration, CalibrationState, Edition, RunState
from judging.fitted import Fitted, fitted_document, fitted_of
from judging.record import CALIBRATION, RUNS, RecordKind
from judging.values import Json, StandingBy

Document = dict[str, Json]


def documents(session: Session, edition: Edition, kind: RecordKind, known: Labels) -> dict[str, Json]:
    """The annexes that a record of this kind has, by name.

    The public record has a calibration only where the rules let it decide, and of it what a recount needs.
    """
    found: dict[str, Json] = {}
    if kind is RecordKind.PUBLIC:
        if editions.rules_of(session, edition).standing is StandingBy.CALIBRATED:
            found[CALIBRATION] = {"categories": _categories(session, edition, known)}
        return found
    if (last := calibrations.fitted(session, edition)) is not None:
        found[CALIBRATION] = {
            "categories": _categories(session, edition, known),
            **_fit(last),
            "earlier": [_fit(it) for it in _earlier(session, edition, last)],
        }
    if runs := _runs(session, edition):
        found[RUNS] = runs
    return found


def fitted_under(document: Mapping[str, Json], known: Labels) -> Fitted | None:
    """What a calibration gave the category of a frozen standing, under a record's labels; None without one."""
    stated = document.get("fitted")
    if not isinstance(stated, dict):
        return None
    there = fitted_of(stated)
    return Fitted(
        number=there.number,
        deciding=there.deciding,
        why=there.why,
        totals={known.nominations[name]: total for name, total in there.totals.items()},
        sheets_sha256=there.sheets_sha256,
        method=there.method,
        versions=there.versions,
    )


def _categories(session: Session, edition: Edition, known: Labels) -> Document:
    return {
        key: fitted_document(fitted)
        for key, frozen in standings.latest(session, edition).items()
        if (fitted := fitted_under(frozen.document, known)) is not None
    }


def _fit(row: Calibration) -> Document:
    return {
        "number": row.number,
        "at": row.at.isoformat(timespec="seconds"),
        "document": row.document,
    }


def _earlier(session: Session, edition: Edition, last: Calibration) -> Sequence[Calibration]:
    """The fits before the last one from which standings in force have their totals."""
    decided = {
        it.document["fitted"]["number"]
        for it in standings.latest(session, edition).values()
        if "fitted" in it.document
    }
    return session.scalars(
        select(Calibration)
        .where(
            Calibration.edition_id == edition.id,
            Calibration.number.in_(decided - {last.number}),
            Calibration.state == CalibrationState.FITTED,
        )
        .order_by(Calibration.number)
    ).all()


def _runs(session: Session, edition: Edition) -> list[Json]:
    """The runs of the assignment that were issued: what each was asked, its certificate, what it could not do."""
    rows = session.scalars(
        select(AssignmentRun)
        .where(AssignmentRun.edition_id == edition.id, AssignmentRun.state == RunState.CONFIRMED)
        .order_by(AssignmentRun.number)
    )
    return [
        {
            "number": row.number,
            "at": row.at.isoformat(timespec="seconds"),
            "run": row.document,
            "pairs": row.pairs,
            "shortages": row.shortages,
        }
        for row in rows
    ]

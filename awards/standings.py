"""Standings of the first round: counted from the sheets that count, frozen at the close and at the chair's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import calibrations, editions, marked, nominations
from awards.audit import Actor
from awards.models import Edition, FrozenStanding, Nomination
from awards.verdicts import Stage, bar_where_nobody_may_decide, verdicts_of
from judging import count
from judging.fitted import Fitted, fitted_document, fitted_of, sheets_sha256
from judging.scoring import Marks, Score, score_by, yardstick
from judging.shortlist import Standing, shortlist
from judging.values import Json, Round, StandingBy

JUDGED = marked.JUDGED


class RoundOpen(Exception):
    """The first round isn't closed yet, and until then nobody sees a total."""


def scores_of(session: Session, edition: Edition, category: str, *rounds: Round) -> dict[str, Score]:
    """The score of every nomination of a category from the counted sheets of the rounds named, taken together."""
    measure = yardstick(editions.rules_of(session, edition), category)
    found: dict[str, list[Marks]] = {}
    for _, reference, _, marks in marked.read(session, edition, *rounds, category=category):
        found.setdefault(reference, []).append(marks)
    return {reference: score_by(measure, found[reference]) for reference in sorted(found)}


def of_edition(session: Session, edition: Edition) -> tuple[Standing, ...]:
    """The frozen standing of every category, in the rules' order. Raises RoundOpen before the close."""
    if edition.first_closed_at is None:
        raise RoundOpen(edition.key)
    return tuple(count.standing_of(it.document) for it in latest(session, edition).values())


def latest(session: Session, edition: Edition) -> dict[str, FrozenStanding]:
    """The standing in force of each category that has one, in the rules' order."""
    found: dict[str, FrozenStanding] = {
        it.category: it
        for it in session.scalars(
            select(FrozenStanding)
            .where(FrozenStanding.edition_id == edition.id)
            .order_by(FrozenStanding.number)
        )
    }
    keys = (category.key for category in editions.rules_of(session, edition).categories)
    return {key: found[key] for key in keys if key in found}


def freeze(
    session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime
) -> FrozenStanding:
    """Count a category and freeze its standing under the next number, past steps that nobody may take.

    While a nomination has no counted sheet left, the standing before is repeated: nobody is placed without marks.
    The sheets are calibrated: first, where the rules let that decide, and else as a job that tells how sure it is.
    Raises TooManyToFit.
    """
    before = _last(session, edition, category)
    if before is not None and _lost(session, edition, before):
        return _keep(session, edition, category, before.document, number=before.number + 1, now=now)
    fitted = _fitted(session, edition, category, before, actor=actor, now=now)
    scores = scores_of(session, edition, category, Round.FIRST)
    document = _count(session, edition, category, scores, fitted)
    while bar_where_nobody_may_decide(
        session, edition, category, Stage.SHORTLIST, document, actor=actor, now=now
    ):
        document = _count(session, edition, category, scores, fitted)
    if fitted is not None:
        document["fitted"] = fitted_document(fitted.values) | {"own_sha256": fitted.own_sha256}
    else:
        calibrations.start(session, edition, now=now)
    return _keep(session, edition, category, document, number=(before.number if before else 0) + 1, now=now)


def unmarked(session: Session, edition: Edition) -> dict[str, tuple[str, ...]]:
    """The nominations that stand in a frozen standing and have no counted sheet left, by category and reference."""
    if edition.first_closed_at is None:
        return {}
    lost = marked.unmarked(session, edition)
    if not lost:
        return {}
    found = {}
    for key, frozen in latest(session, edition).items():
        if gone := sorted(lost & count.standing_of(frozen.document).totals.keys()):
            found[key] = tuple(gone)
    return found


def judged_in(session: Session, edition: Edition, frozen: FrozenStanding) -> list[Nomination]:
    """The nominations of a frozen standing."""
    names = count.standing_of(frozen.document).totals.keys()
    return [it for it in nominations.of_edition(session, edition) if it.reference in names]


@dataclass(frozen=True, slots=True)
class _ByCalibration:
    """What a calibration gave a category, and the hash of the category's own sheets, by which it is kept."""

    values: Fitted
    own_sha256: str


def _fitted(
    session: Session,
    edition: Edition,
    category: str,
    before: FrozenStanding | None,
    *,
    actor: Actor,
    now: datetime,
) -> _ByCalibration | None:
    """Where the rules let a calibration decide: its totals for a category, those from before while its sheets stand.

    So an order of the chair, or a sheet mended in another category, moves no total here.
    """
    if editions.rules_of(session, edition).standing is StandingBy.MEAN:
        return None
    own = sheets_sha256(calibrations.sheets_of(session, edition, category))
    kept = before.document.get("fitted") if before is not None else None
    if kept is not None and kept["own_sha256"] == own:
        return _ByCalibration(fitted_of(kept), own)
    row = calibrations.need(session, edition, actor=actor, now=now)
    return _ByCalibration(calibrations.fitted_of_category(row, category), own)


def _last(session: Session, edition: Edition, category: str) -> FrozenStanding | None:
    return session.scalars(
        select(FrozenStanding)
        .where(FrozenStanding.edition_id == edition.id, FrozenStanding.category == category)
        .order_by(FrozenStanding.number.desc())
        .limit(1)
    ).first()


def _lost(session: Session, edition: Edition, before: FrozenStanding) -> bool:
    """Whether somebody who stands in a frozen standing has no counted sheet left."""
    lost = marked.unmarked(session, edition)
    return bool(lost) and not lost.isdisjoint(row["nomination"] for row in before.document["rows"])


def _keep(
    session: Session,
    edition: Edition,
    category: str,
    document: dict[str, Json],
    *,
    number: int,
    now: datetime,
) -> FrozenStanding:
    frozen = FrozenStanding(
        edition_id=edition.id, category=category, number=number, document=document, at=now
    )
    session.add(frozen)
    session.flush()
    return frozen


def _count(
    session: Session,
    edition: Edition,
    category: str,
    scores: Mapping[str, Score],
    fitted: _ByCalibration | None,
) -> dict[str, Json]:
    standing = shortlist(
        editions.rules_of(session, edition),
        category,
        scores,
        verdicts=verdicts_of(session, edition, category, Stage.SHORTLIST),
        seed=edition.seed,
        fitted=fitted.values if fitted else None,
    )
    return count.standing_document(standing)

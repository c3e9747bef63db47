"""Where it is close: what the rule orders of second readings, from the calibration of the marks as they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from awards import (
    calibrations,
    editions,
    further,
    publication,
    readings,
    reopening,
    rooms,
    stages,
    standings,
)
from awards.further import Drawn
from awards.models import Calibration, CalibrationState, Edition, PublicationKind
from awards.timetable import Phase
from judging.fitted import sheets_sha256
from judging.readings import second_readings
from judging.rules import Readings
from judging.values import Json, canonical


class NoBudget(Exception):
    """The rules give no budget for second readings, or all of it is used."""


class NotNow(Exception):
    """Second readings are ordered between the close and the first signed shortlist."""


class ReadingsOpen(Exception):
    """Second readings are under way already; they are closed before others are ordered."""


class NotCalibrated(Exception):
    """The marks as they stand now are not calibrated yet, so nobody knows where it is close."""


class SheetsMended(Exception):
    """A judge mends a sheet, or has asked to, so the marks are not the last ones."""


class PanelHasRead(NotNow):
    """The deliberation room was opened: the panel knows the standing, so nobody gives further marks."""


class NothingClose(Exception):
    """By the rule no nomination needs a further reading, or nobody is left who may read one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be ordered now: further sheets by reference, by the rule alone, and who would read them."""

    calibration: Calibration
    rules: Readings
    left: int
    extra: Mapping[str, int]
    drawn: Drawn

    @property
    def number(self) -> int:
        """How many sheets that are in all."""
        return sum(self.extra.values())

    @property
    def sha256(self) -> str:
        """What was seen, to be ordered and nothing else."""
        return hashlib.sha256(
            canonical(
                {
                    "calibration": self.calibration.number,
                    "extra": dict[str, Json](self.extra),
                    "readers": self.drawn.sha256,
                }
            )
        ).hexdigest()


def budget_left(session: Session, edition: Edition) -> int:
    """How many further sheets the rules still allow."""
    budget = editions.rules_of(session, edition).readings.budget
    return max(0, budget - sum(readings.spent(session, edition).values()))


def plan(session: Session, edition: Edition) -> Plan:
    """What the rule orders now; it asks nobody and stores nothing.

    Raises NoBudget, NotNow, ReadingsOpen, SheetsMended, NotCalibrated, NothingClose.
    """
    rules = editions.rules_of(session, edition).readings
    left = budget_left(session, edition)
    need_time(session, edition, left)
    fitted = _fitted(session, edition)
    had = readings.spent(session, edition)
    p_top = _borderline(session, edition, fitted)
    extra = by_rule(p_top, had, budget=left, most=rules.most)
    if not extra:
        raise NothingClose(edition.key)
    drawn = further.draw(session, edition, extra, f"{edition.seed or edition.public_id} {fitted.number}")
    if not drawn.new:
        raise NothingClose(edition.key)
    return Plan(fitted, rules, left, extra, drawn)


def by_rule(
    p_top: Mapping[str, Fraction], had: Mapping[str, int], *, budget: int, most: int
) -> dict[str, int]:
    """The rule, where some nominations had further readings before: those count towards what one may get."""
    room = {name: most - had.get(name, 0) for name in p_top}
    open_to = {name: p for name, p in p_top.items() if room[name] > 0}
    found: dict[str, int] = {}
    while open_to and budget > 0:
        given = second_readings(open_to, budget=budget, most=most)
        full = {name: room[name] for name, number in given.items() if number > room[name]}
        if not full:
            return dict(sorted((found | given).items()))
        found |= full
        budget -= sum(full.values())
        open_to = {name: p for name, p in open_to.items() if name not in full}
    return dict(sorted(found.items()))


def can_come(session: Session, edition: Edition) -> bool:
    """Whether second readings can be ordered before anything is signed: now, or once what is being mended is."""
    try:
        need_time(session, edition, budget_left(session, edition))
    except SheetsMended:
        return True
    except (NoBudget, NotNow, ReadingsOpen):
        return False
    return True


def need_time(session: Session, edition: Edition, left: int) -> None:
    if not left:
        raise NoBudget(edition.key)
    if edition.first_closed_at is None or edition.phase is not Phase.DELIBERATION:
        raise NotNow(edition.key)
    there = standings.latest(session, edition)
    if any(it.signed_by is not None for it in there.values()) or publication.first_shown(
        session, edition, PublicationKind.FINALISTS
    ):
        raise NotNow(edition.key)
    if rooms.was_opened(session, edition):
        raise PanelHasRead(edition.key)
    if readings.is_open(session, edition):
        raise ReadingsOpen(edition.key)
    if reopening.going_on(session, edition):
        raise SheetsMended(edition.key)


def _fitted(session: Session, edition: Edition) -> Calibration:
    """The calibration in force, of the sheets as they count now. Raises NotCalibrated."""
    there = calibrations.latest(session, edition)
    if there is None or there.state is not CalibrationState.FITTED:
        raise NotCalibrated(edition.key)
    sheets = calibrations.sheets_of(session, edition)
    if there.sheets_sha256 != sheets_sha256(sheets):
        raise NotCalibrated(edition.key)
    return there


def _borderline(session: Session, edition: Edition, fitted: Calibration) -> dict[str, Fraction]:
    """How likely each nomination that still stands is to advance."""
    standing = {it.reference for it in stages.nominations_in(session, edition, stages.FIRST)}
    return {
        it["nomination"]: Fraction(it["p_top"])
        for category in fitted.document.get("categories", ())
        for it in category["nominations"]
        if it["nomination"] in standing
    }

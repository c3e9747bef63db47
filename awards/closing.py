"""Closing a round of marks: what is missing, what stops it, and closing it after a look at both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from awards import audit, chairs, duties, editions, notices, panels, progress, results, rounds
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.duties import Duty
from awards.models import Edition
from awards.notices import Template
from awards.progress import OfJudge, OfNomination, Progress
from judging.values import Round


class Cause(StrEnum):
    """Why a nomination has too few sheets."""

    UNASSIGNED = "unassigned"
    TOO_FEW_ISSUED = "too_few_issued"
    SHEETS_LEFT = "sheets_left"


class SeenOtherwise(Exception):
    """What is missing has changed since the page was shown."""


class StaysOpen(Exception):
    """Something stands in the way of closing."""


@dataclass(frozen=True, slots=True)
class Short:
    """A nomination below the minimum, and why."""

    of: OfNomination
    cause: Cause


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands between an open round and its close.

    `undecided`: references without an eligibility decision. `running`: judges whose forms are still open and who have
    sheets left; to close over them takes a reason.
    """

    progress: Progress
    short: tuple[Short, ...]
    undecided: tuple[str, ...]
    running: tuple[OfJudge, ...]
    typings: int
    suspicions: int
    appeals: int

    @property
    def round(self) -> Round:
        return self.progress.round

    @property
    def is_empty(self) -> bool:
        return not self.progress.nominations

    @property
    def stops(self) -> bool:
        return bool(self.short or self.undecided or self.is_empty)

    @property
    def judges_left(self) -> tuple[OfJudge, ...]:
        return tuple(it for it in self.progress.judges if it.tally.left)

    @property
    def unassigned(self) -> int:
        return sum(it.cause is Cause.UNASSIGNED for it in self.short)

    @property
    def digest(self) -> str:
        """What was shown, in a word: numbers of sheets and nobody's mark."""
        tally = self.progress.tally
        seen = (
            self.round.value,
            (tally.none, tally.half, tally.typed, tally.complete, tally.submitted),
            [(it.of.nomination.reference, it.of.counted, it.of.needed) for it in self.short],
            self.undecided,
            [it.judge.public_id for it in self.running],
            (self.typings, self.suspicions, self.appeals),
        )
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def look(session: Session, edition: Edition, now: datetime) -> Closing:
    """What is missing before the open round can be closed. Raises RoundNotOpen, RoundClosed."""
    of_round = panels.open_round(session, edition)
    found = progress.of_round(session, edition, of_round, now)
    grace = editions.rules_of(session, edition).eligibility.grace_minutes
    undecided = panels.nominations_in(session, edition, panels.UNDECIDED) if of_round is Round.FIRST else ()
    waiting = duties.waiting(session, edition, Duty.TYPINGS, Duty.SUSPICIONS, Duty.APPEALS)
    return Closing(
        progress=found,
        short=tuple(Short(it, _cause(it)) for it in found.nominations if it.is_short),
        undecided=tuple(it.reference for it in undecided),
        running=progress.running(found, grace, now),
        typings=waiting[Duty.TYPINGS],
        suspicions=waiting[Duty.SUSPICIONS],
        appeals=waiting[Duty.APPEALS] if of_round is Round.FIRST else 0,
    )


def close(
    session: Session,
    edition: Edition,
    *,
    seen: str,
    reason: str,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> None:
    """Close the open round after what was `seen`, and, over judges who could still mark, with a reason.

    Raises RoundNotOpen, RoundClosed, SeenOtherwise, StaysOpen, ReasonMissing.
    """
    editions.lock(session, edition)
    found = look(session, edition, now)
    if found.stops:
        raise StaysOpen(edition.key)
    if found.digest != seen:
        raise SeenOtherwise(edition.key)
    why = reason.strip()
    if found.running and not why:
        raise ReasonMissing(edition.key)
    if found.round is Round.FIRST:
        rounds.close_first(session, edition, reason=why, actor=actor, now=now)
    else:
        results.close_second(session, edition, key_folder=key_folder, reason=why, actor=actor, now=now)


def ask_the_chair(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> bool:
    """Ask who acts as chair to look at the nominations below the minimum, once a day; whether that is new.

    Where some can't reach it with the sheets that are left, it is about those.

    Raises RoundNotOpen, RoundClosed, NotTheChair where nobody may act.
    """
    editions.lock(session, edition)
    of_round = panels.open_round(session, edition)
    found = progress.short(session, edition, of_round)
    short = [it.nomination for it in [it for it in found if not it.can_reach] or found]
    asked = False
    for category in dict.fromkeys(it.category for it in short):
        its = [it for it in short if it.category == category]
        grant = chairs.acting(session, edition, its, category)
        if grant is None or not grant.account.email:
            raise chairs.NotTheChair(None)
        queued = notices.queue(
            session,
            Template.WAIVER_ASKED,
            grant.account.email,
            language=grant.account.language,
            now=now,
            account=grant.account,
            edition=edition,
            arguments={"number": len(short), "path": f"/table/{edition.key}/minimum"},
            once=f"waiver:{edition.public_id}:{grant.account.public_id}:{now:%Y-%m-%d}",
        )
        asked = asked or queued is not None
    if asked:
        audit.record(
            session,
            actor=actor,
            action="chair.asked",
            subject=of_round.value,
            now=now,
            edition=edition,
            after={"nominations": len(short)},
        )
    return asked


def _cause(it: OfNomination) -> Cause:
    if not it.tally.issued and not it.counted:
        return Cause.UNASSIGNED
    return Cause.SHEETS_LEFT if it.can_reach else Cause.TOO_FEW_ISSUED

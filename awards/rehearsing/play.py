"""An edition played from the assignment to the certificates by the use cases, each step a look at what goes wrong."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from awards import (
    acceptances,
    briefing,
    calibrations,
    certificates,
    chairs,
    conflicts,
    elections,
    finalists,
    nominations,
    panels,
    prizes,
    publishing,
    rounds,
    sheets,
    shortlists,
    winners,
)
from awards.finalists import Letters
from awards.models import Assignment, AssignmentState, Nomination, NominationState
from awards.rehearsing import mailing, papers, voting
from awards.rehearsing.findings import Finding, Kind, Severity, Step
from awards.rehearsing.people import Crowd
from awards.rehearsing.stage import BECAUSE, Stage, table_of
from awards.shortlists import ChairDecides
from awards.timetable import Moment, Phase
from awards.winners import ChairToDecide
from judging.assignment import Cause, linked
from judging.values import Round, SecondRound, StandingBy

log = logging.getLogger("laurels.rehearsing")
EVEN = 4
"""Loads this many times as large as others, and more, are said to be uneven."""
FITTED_MOST = 2000
"""So many nominations are calibrated where the plain mean decides anyway."""
MOST_TRIES = 40


@dataclass(slots=True)
class Play:
    """One run of an edition on its stage. `found` grows as it goes."""

    stage: Stage
    seed: str
    found: list[Finding] = field(default_factory=list)
    played: list[Step] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    bound: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    crowd: Crowd = field(init=False)

    def __post_init__(self) -> None:
        self.crowd = Crowd(self.seed, 0)

    def run(self, progress: Callable[[int, int], None]) -> Step | None:
        """Play every step; the one at which it stopped, if it did. Mails are looked at whatever happened."""
        steps: Mapping[Step, Callable[[], None]] = {
            Step.PREPARING: self.prepare,
            Step.ASSIGNMENT: self.assign,
            Step.MARKS: self.mark,
            Step.CLOSE: self.close,
            Step.CALIBRATION: self.calibrate,
            Step.SHORTLIST: self.shorten,
            Step.SECOND_ROUND: self.second,
            Step.RESULT: self.decide,
            Step.CERTIFICATES: self.certify,
            Step.MAILS: self.mail,
        }
        stopped = None
        for number, (step, take) in enumerate(steps.items()):
            progress(number, len(steps))
            if stopped is None or step is Step.MAILS:
                stopped = stopped if self._took(step, take) else stopped or step
        progress(len(steps), len(steps))
        return stopped

    def _took(self, step: Step, take: Callable[[], None]) -> bool:
        """Take a step, or say what kept it from being taken."""
        session = self.stage.session
        try:
            take()
            session.commit()
        except Exception as error:  # whatever a step runs into is a finding, and nothing of it is kept
            log.info("a rehearsal stopped at %s", step, exc_info=True)
            session.rollback()
            self.found.append(_stopped(step, error))
            return False
        self.played.append(step)
        return True

    def prepare(self) -> None:
        self.stage.found()
        self.stage.nominate()
        self.found += papers.look(self.stage)
        self.stage.seat()

    def assign(self) -> None:
        stage = self.stage
        stage.reach(Phase.FIRST_ROUND)
        stage.issue()
        self._give_out(Round.FIRST)
        self._look_at_chairs()

    def _give_out(self, of_round: Round) -> None:
        stage = self.stage
        done = panels.assign(stage.session, stage.edition, actor=stage.actor, now=stage.now, seed=self.seed)
        briefing.tell(stage.session, stage.edition, actor=stage.actor, now=stage.now)
        pairs = self._issued(of_round)
        if of_round is Round.FIRST:
            self.pairs = pairs
        self.figures["sheets"] = self.figures.get("sheets", 0) + len(pairs)
        self._look_at_panels(done.short)
        if of_round is Round.FIRST:
            self._look_at_loads(pairs)
            self._look_at_links(pairs)

    def _issued(self, of_round: Round) -> list[tuple[str, str]]:
        """The pairs that stand, by the keys of judges and references."""
        names = self.stage.keys_by_address()
        rows = self.stage.session.scalars(
            select(Assignment)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .where(
                Nomination.edition_id == self.stage.edition.id,
                Assignment.round == of_round,
                Assignment.state == AssignmentState.ISSUED,
            )
        )
        return sorted((names[it.judge.account.email], it.nomination.reference) for it in rows)

    def _look_at_panels(self, short: Iterable[panels.Short]) -> None:
        readers = self._readers()
        by_cause: dict[str, list[Any]] = {}
        needed = 0
        for it in short:
            reading, bound = readers[it.reference]
            needed = it.needed
            cause = it.cause or _cause(reading, bound, needed)
            by_cause.setdefault(cause.value, []).append([it.reference, it.found, bound, reading])
        for cause_value, these in sorted(by_cause.items()):
            values = {"cause": cause_value, "needed": needed, "nominations": these}
            self.found.append(Finding(Kind.TOO_FEW_JUDGES, Severity.STOPS, values))

    def _readers(self) -> dict[str, tuple[int, int]]:
        """How many judges read the category of each nomination, and how many of them have a conflict with it."""
        seats, references = self.stage.rows()
        blocked = conflicts.blocked(self.stage.session, self.stage.edition)
        found = {}
        for it in self.stage.cast.entered:
            reading = [seat for seat in self.stage.cast.seats if seat.reads(it.category)]
            bound = sum((seats[seat.key], references.get(it.reference)) in blocked for seat in reading)
            found[it.reference] = len(reading), bound
        return found

    def _look_at_loads(self, pairs: Iterable[tuple[str, str]]) -> None:
        loads = Counter(judge for judge, _ in pairs)
        seats = self.stage.cast.seats
        over: list[Any] = [
            [it.key, loads[it.key], it.capacity]
            for it in seats
            if it.capacity is not None and loads[it.key] > it.capacity
        ]
        if over:
            self.found.append(Finding(Kind.OVER_CAPACITY, Severity.LOOK, {"judges": over}))
        of_all = [loads[it.key] for it in seats if not it.categories and it.capacity is None]
        if of_all and max(of_all) >= EVEN * max(1, min(of_all)):
            values = {"least": min(of_all), "most": max(of_all)}
            self.found.append(Finding(Kind.LOADS_UNEVEN, Severity.LOOK, values))
        if loads:
            self.figures |= {"least": min(loads[it.key] for it in seats), "most": max(loads.values())}

    def _look_at_links(self, pairs: Iterable[tuple[str, str]]) -> None:
        category = {it.reference: it.category for it in self.stage.cast.entered}
        by_category: dict[str, list[tuple[str, str]]] = {}
        for judge, name in pairs:
            by_category.setdefault(category[name], []).append((judge, name))
        for key, link in linked(by_category).items():
            if not link.connected:
                decides = self.stage.brief.rules.standing is StandingBy.CALIBRATED
                values = {"category": key, "parts": len(link.parts), "calibrated": decides}
                self.found.append(Finding(Kind.NOT_LINKED, Severity.LOOK, values))

    def _look_at_chairs(self) -> None:
        """Who may decide in each category, by what is known here and in the live edition."""
        session, edition, brief = self.stage.session, self.stage.edition, self.stage.brief
        table = chairs.table_of(session, edition)
        names = {it.id: it.reference for it in nominations.of_edition(session, edition)}
        for key in brief.categories:
            inside = {it.reference for it in self.stage.cast.entered if it.category == key}
            real = [it.bound for it in brief.chairs if it.category in (None, key)]
            here = [frozenset(names[row] for row in it.kept_out if row in names) for it in table.of(key)]
            bound = [(one | other) & inside for one, other in zip(real, here, strict=False)]
            self.bound[key] = bound
            if bound and all(bound):
                values = {"category": key, "count": len(bound)}
                self.found.append(Finding(Kind.CHAIRS_BOUND, Severity.LOOK, values))

    def mark(self) -> None:
        self._fill(Round.FIRST)

    def _fill(self, of_round: Round) -> None:
        stage, rules = self.stage, self.stage.brief.rules
        category = {it.reference: it.category for it in stage.cast.entered}
        keys = [it.key for it in rules.criteria]
        given = self.crowd.mark(rules, self._issued(of_round), category)
        address = {key: email for email, key in stage.keys_by_address().items()}
        rows = [
            (address[judge], name, *(str(marks.get(key, "")) for key in keys), "")
            for (judge, name), marks in given.items()
        ]
        columns = ("judge", "nomination", *keys, "comment")
        sheets.load(stage.session, stage.edition, table_of(columns, rows), actor=stage.actor, now=stage.now)

    def close(self) -> None:
        stage = self.stage
        stage.pass_to(Moment.MARKS_CLOSE)
        self._waive(Round.FIRST)
        rounds.close_first(stage.session, stage.edition, actor=stage.actor, now=stage.now)

    def _waive(self, of_round: Round) -> None:
        """Count with fewer sheets, or without a nomination that nobody has marked: that was said before."""
        stage = self.stage
        for it in rounds.short_of_sheets(stage.session, stage.edition, of_round):
            found = nominations.find(stage.session, stage.edition, it.reference)
            if it.found:
                rounds.waive_minimum(
                    stage.session, stage.edition, found, reason=BECAUSE, actor=stage.actor, now=stage.now
                )
            elif of_round is Round.FIRST:
                nominations.advance(found, NominationState.WITHDRAWN)
        stage.session.flush()

    def calibrate(self) -> None:
        stage = self.stage
        decides = stage.brief.rules.standing is StandingBy.CALIBRATED
        if decides or len(stage.cast.entered) <= FITTED_MOST:
            calibrations.need(stage.session, stage.edition, actor=stage.actor, now=stage.now)

    def shorten(self) -> None:
        stage = self.stage
        for _ in range(MOST_TRIES):
            try:
                signed = shortlists.sign(
                    stage.session, stage.edition, actor=stage.actor, now=stage.now
                ).signed
                break
            except ChairDecides as level:
                for category, sets in level.level.items():
                    shortlists.order_level(
                        stage.session,
                        stage.edition,
                        category,
                        self.crowd.shuffle(sets[0]),
                        reason=BECAUSE,
                        actor=stage.actor,
                        now=stage.now,
                    )
        else:
            raise ChairDecides({})
        for category in signed:
            elections.prepare(stage.session, stage.edition, category, actor=stage.actor, now=stage.now)
        stage.pass_to(Moment.FINALISTS_ANNOUNCED)
        finalists.announce(
            stage.session, stage.edition, letters=Letters.TOGETHER, actor=stage.actor, now=stage.now
        )

    def second(self) -> None:
        match self.stage.brief.rules.second_round:
            case SecondRound.VOTE:
                voting.play(self.stage, self.crowd, self.figures, self.found)
            case SecondRound.PANEL:
                self.stage.reach(Phase.SECOND_ROUND)
                self._give_out(Round.SECOND)
                self._fill(Round.SECOND)
                self._waive(Round.SECOND)
                voting.close(self.stage, self.crowd)
            case SecondRound.NONE:
                conflicts.find(
                    self.stage.session, self.stage.edition, actor=self.stage.actor, now=self.stage.now
                )

    def decide(self) -> None:
        stage = self.stage
        for _ in range(MOST_TRIES):
            try:
                winners.sign(stage.session, stage.edition, actor=stage.actor, now=stage.now)
                break
            except ChairToDecide as level:
                category, names = level.waiting[0]
                winners.order_level(
                    stage.session,
                    stage.edition,
                    category,
                    self.crowd.shuffle(names),
                    reason=BECAUSE,
                    actor=stage.actor,
                    now=stage.now,
                )
        given = prizes.of_edition(stage.session, stage.edition)
        self.figures["prizes"] = len(given)
        if given:
            acceptances.tell(
                stage.session, stage.edition, [it.id for it in given], actor=stage.actor, now=stage.now
            )

    def certify(self) -> None:
        stage = self.stage
        stage.pass_to(Moment.CEREMONY)
        publishing.release(
            stage.session, stage.edition, folder=stage.theatre.files, actor=stage.actor, now=stage.now
        )
        certificates.issue(
            stage.session, stage.edition, some=True, url=papers.URL, actor=stage.actor, now=stage.now
        )
        self.figures["certificates"] = papers.draw(stage)

    def mail(self) -> None:
        sent, failed = mailing.send(self.stage)
        self.figures["mails"] = sent
        for template, count in sorted(failed.items()):
            values = {"template": template, "count": count}
            self.found.append(Finding(Kind.MAIL_FAILED, Severity.STOPS, values))


def _cause(reading: int, bound: int, needed: int) -> Cause:
    """Why a nomination is short of judges where everybody reads everything."""
    if not reading:
        return Cause.NO_JUDGES
    if reading < needed:
        return Cause.TOO_FEW_JUDGES
    return Cause.CONFLICTS if reading - bound < needed else Cause.LANGUAGE


def _stopped(step: Step, error: Exception) -> Finding:
    """A step that could not be taken; the sentence of an error of ours says why."""
    if isinstance(error, voting.VoteNotOpened):
        return Finding(
            Kind.STOPPED, Severity.STOPS, {"step": step.value, "error": "", "says": "", "about": ""}
        )
    is_ours = type(error).__module__.split(".")[0] in ("awards", "judging")
    says = (type(error).__doc__ or "").strip().splitlines()[:1] if is_ours else []
    about = str(error)[:200] if is_ours else ""
    values = {"step": step.value, "error": type(error).__name__, "says": " ".join(says), "about": about}
    return Finding(Kind.STOPPED, Severity.STOPS, values)

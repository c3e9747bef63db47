"""An edition played from the assignment to the certificates by the use cases, each step a look at what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from awards import (
    acceptances,
    briefing,
    calibrations,
    certificates,
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
from awards.rehearsing import benches, holders, mailing, papers, voting
from awards.rehearsing.findings import Finding, Kind, Severity, Step
from awards.rehearsing.people import Crowd
from awards.rehearsing.stage import BECAUSE, Stage, table_of
from awards.shortlists import ChairDecides
from awards.timetable import Moment, Phase
from awards.winners import ChairToDecide
from judging.values import Round, SecondRound, StandingBy

log = logging.getLogger("laurels.rehearsing")
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
        holders.name(self.stage)
        self.stage.nominate()
        self.found += papers.look(self.stage)
        self.stage.seat()

    def assign(self) -> None:
        stage = self.stage
        stage.reach(Phase.FIRST_ROUND)
        stage.issue()
        self._give_out(Round.FIRST)
        self.bound = benches.bound(stage)
        self.found += benches.chairs(self.bound)

    def _give_out(self, of_round: Round) -> None:
        stage = self.stage
        done = panels.assign(stage.session, stage.edition, actor=stage.actor, now=stage.now, seed=self.seed)
        briefing.tell(stage.session, stage.edition, actor=stage.actor, now=stage.now)
        pairs = self._issued(of_round)
        if of_round is Round.FIRST:
            self.pairs = pairs
        self.figures["sheets"] = self.figures.get("sheets", 0) + len(pairs)
        self.found += benches.panels(stage, done.short)
        if of_round is Round.FIRST:
            self.found += [*benches.loads(stage, pairs), *benches.links(stage, pairs)]
            self.figures |= benches.extremes(stage, pairs)

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
        papers.approve(stage)
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

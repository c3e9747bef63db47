"""Results: the second round closed and counted, and what each count gave, frozen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import (
    anomalies,
    decisions,
    editions,
    elections,
    envelopes,
    marked,
    public_votes,
    reckoning,
    rounds,
    standings,
    verdicts,
)
from awards.audit import Actor
from awards.elections import ShortlistNotSigned, Turnout
from awards.envelopes import Unlock
from awards.models import (
    Approval,
    Decision,
    DecisionKind,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
    FrozenOutcome,
)
from awards.panels import RoundClosed
from awards.rounds import SheetsMissing
from awards.timetable import Phase
from awards.verdicts import Stage
from judging.ballot import Tally
from judging.count import outcome_document, scores, second_round, standing_of, tally_of
from judging.ladder import Level, StepTaken
from judging.outcome import Outcome
from judging.scoring import Marks
from judging.values import Round, SecondRound, Step, StepResult


class SecondRoundNotOpen(Exception):
    """The second round of this edition is not open."""


class NotCounted(Exception):
    """There is no result yet."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing the second round did: turnout of what was opened, results, run-offs now open."""

    turnout: tuple[Turnout, ...]
    outcomes: tuple[Outcome, ...]
    runoffs: tuple[Election, ...]


def close_second(
    session: Session,
    edition: Edition,
    *,
    key_folder: Path,
    unlock: Unlock | None = None,
    reason: str = "",
    approved: Approval | None = None,
    signed_as: str = "teller",
    actor: Actor,
    now: datetime,
) -> Closed:
    """Close the second round: open the envelopes or take the panel's sheets, count, freeze each result.

    `approved`: what somebody else proposed of the opening, which the actor approves; `unlock` and `signed_as`: with two
    shares, as holders. A vote that was closed before by
    `polls.close` has its decision of the close already.
    Where a ladder reaches a run-off it is opened here, and this is called again once it is voted. Raises
    SecondRoundNotOpen, RoundClosed, PapersUnsettled, the errors of `envelopes.open_all`, for a panel SheetsMissing.
    """
    editions.lock(session, edition)
    rules = editions.rules_of(session, edition)
    if edition.phase is not Phase.SECOND_ROUND:
        closed = edition.second_closed_at is not None
        raise (RoundClosed if closed else SecondRoundNotOpen)(f"{edition.key} is in phase {edition.phase}")
    if rules.second_round is SecondRound.VOTE:
        opening = elections.of_edition(session, edition, *elections.IN_THE_BOX)
        if not opening and edition.second_closed_at:
            raise RoundClosed(edition.key)
        was_open = any(election.state is ElectionState.OPEN for election in opening)
        turnout = elections.turnout(session, opening)
        reckoning.check(session, edition, opening)
        anomalies.keep(session, edition, actor=actor, now=now)
        envelopes.open_all(
            session,
            edition,
            key_folder=key_folder,
            unlock=unlock,
            approved=approved,
            signed_as=signed_as,
            actor=actor,
            now=now,
        )
        categories = [election.category for election in opening]
    else:
        if edition.second_closed_at:
            raise RoundClosed(edition.key)
        turnout, was_open = (), True
        categories = with_a_slate(session, edition)
        if short := rounds.short_of_sheets(session, edition, Round.SECOND):
            raise SheetsMissing(short)
    edition.second_closed_at = edition.second_closed_at or now
    if was_open:
        decide_close(session, edition, categories, reason=reason, actor=actor, now=now)
    outcomes = tuple(freeze(session, edition, category, actor=actor, now=now) for category in categories)
    runoffs = tuple(
        elections.open_runoff(
            session, edition, outcome.category, step.level, key_folder=key_folder, actor=actor, now=now
        )
        for outcome in outcomes
        for step in waiting(outcome, Step.RUNOFF)[:1]
    )
    return Closed(turnout, outcomes, runoffs)


def decide_close(
    session: Session, edition: Edition, categories: Sequence[str], *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """The decision that the second round is closed."""
    return decisions.decide(
        session,
        edition,
        DecisionKind.ROUND_CLOSED,
        actor=actor,
        now=now,
        subject={"round": Round.SECOND.value, "categories": [*categories]},
        reason=reason,
    )


def with_a_slate(session: Session, edition: Edition) -> list[str]:
    """The open categories in which somebody stands in the second round."""
    return [
        category
        for category in editions.open_categories(session, edition)
        if elections.slate_of(session, edition, category)
    ]


def count(session: Session, edition: Edition, category: str) -> Outcome:
    """The result of a category from what has been opened, marked and decided. Raises NotCounted."""
    rules = editions.rules_of(session, edition)
    standing = standings.latest(session, edition).get(category)
    if standing is None or standing.signed_by is None:
        raise ShortlistNotSigned(category)
    totals = standing_of(standing.document).totals
    slate, tally, runoffs = _votes(session, edition, category)
    marks = None
    if rules.second_round is SecondRound.VOTE:
        if tally is None:
            raise NotCounted(category)
    else:
        slate = slate or elections.slate_of(session, edition, category)
        marks = scores(rules, category, deciding_sheets(session, edition, category))
    return second_round(
        rules,
        category,
        totals=totals,
        slate=slate,
        tally=tally,
        marks=marks,
        verdicts=replace(verdicts.verdicts_of(session, edition, category, Stage.RESULT), runoffs=runoffs),
        seed=edition.seed,
        withheld=[
            str(decision.subject["prize"])
            for decision in decisions.in_force(session, edition, DecisionKind.WITHHELD, category=category)
        ],
    )


def _votes(
    session: Session, edition: Edition, category: str
) -> tuple[tuple[str, ...], Tally | None, dict[Level, dict[str, Fraction]]]:
    """The slate and tally of the vote in a category, and the votes of its run-offs."""
    slate: tuple[str, ...] = ()
    deciding: Tally | None = None
    runoffs: dict[Level, dict[str, Fraction]] = {}
    for election in elections.of_category(session, edition, category):
        tally = tally_of(election.tally) if election.tally else None
        if election.kind is ElectionKind.RUNOFF:
            if tally:
                runoffs[frozenset(tally.slate)] = dict(tally.votes)
        else:
            slate, deciding = tuple(election.slate), tally
    return slate, deciding, runoffs


def deciding_sheets(session: Session, edition: Edition, category: str) -> dict[str, list[Marks]]:
    """The sheets that decide where there is no vote: the panel's, the first round's, or both."""
    rules = editions.rules_of(session, edition)
    first = marked.counted(session, edition, Round.FIRST, category=category)
    if rules.second_round is SecondRound.NONE:
        return first
    second = marked.counted(session, edition, Round.SECOND, category=category)
    return {
        reference: [*(first.get(reference, ()) if rules.carry_over else ()), *marks]
        for reference, marks in second.items()
    }


def freeze(session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime) -> Outcome:
    """Count a category and freeze its result under the next number, with that of the public's own prize.

    Where chair and deputies all have a conflict the ladder goes on without them.
    """
    outcome = count(session, edition, category)
    while verdicts.bar_where_nobody_may_decide(
        session, edition, category, Stage.RESULT, outcome_document(outcome), actor=actor, now=now
    ):
        outcome = count(session, edition, category)
    public = public_votes.settled(session, edition, category, actor=actor, now=now)
    last = session.scalar(
        select(func.max(FrozenOutcome.number)).where(
            FrozenOutcome.edition_id == edition.id, FrozenOutcome.category == category
        )
    )
    session.add(
        FrozenOutcome(
            edition_id=edition.id,
            category=category,
            number=(last or 0) + 1,
            document=outcome_document(outcome) | public_votes.part(public),
            at=now,
        )
    )
    session.flush()
    return outcome


def frozen(session: Session, edition: Edition) -> dict[str, FrozenOutcome]:
    """The result of each category that has one: the frozen one of the highest number, in the rules' order."""
    rows = session.scalars(
        select(FrozenOutcome).where(FrozenOutcome.edition_id == edition.id).order_by(FrozenOutcome.number)
    )
    latest = {outcome.category: outcome for outcome in rows}
    order = [category.key for category in editions.rules_of(session, edition).categories]
    return {category: latest[category] for category in order if category in latest}


def preview(session: Session, edition: Edition) -> dict[str, Outcome]:
    """Without a second round: what the signed shortlists give, before anybody signs the winners."""
    return {
        category: count(session, edition, category)
        for category, standing in standings.latest(session, edition).items()
        if standing.signed_by is not None
    }


def count_first(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Without a second round: count the result of every category whose shortlist is signed; those counted anew.

    Raises NotCounted where nothing can be counted.
    """
    editions.lock(session, edition)
    before = {key: it.number for key, it in frozen(session, edition).items()}
    ready = [key for key, it in standings.latest(session, edition).items() if it.signed_by is not None]
    if not ready or editions.rules_of(session, edition).second_round is not SecondRound.NONE:
        raise NotCounted(edition.key)
    if edition.phase is Phase.DELIBERATION:
        for key in ready:
            _freeze_first_round(session, edition, key, actor=actor, now=now)
    after = frozen(session, edition)
    return tuple(key for key, it in after.items() if before.get(key) != it.number)


def counted(
    session: Session, edition: Edition, category: str | None, *, actor: Actor, now: datetime
) -> dict[str, FrozenOutcome]:
    """The results asked for; without a second round they are counted now, from the signed shortlist.

    Raises NotCounted, ShortlistNotSigned.
    """
    rules = editions.rules_of(session, edition)
    if rules.second_round is SecondRound.NONE and edition.phase is Phase.DELIBERATION:
        _freeze_first_round(session, edition, category, actor=actor, now=now)
    there = frozen(session, edition)
    if not there or (category and category not in there):
        raise NotCounted(category or edition.key)
    return {key: it for key, it in there.items() if category in (None, key)}


def _freeze_first_round(
    session: Session, edition: Edition, category: str | None, *, actor: Actor, now: datetime
) -> None:
    """Without a second round the signed shortlist is counted when it comes to the winners."""
    asked = [key for key in standings.latest(session, edition) if category in (None, key)]
    if waiting := [key for key in elections.unsigned(session, edition) if key in asked]:
        raise ShortlistNotSigned(", ".join(waiting))
    there, old = frozen(session, edition), outdated(session, edition, asked)
    for key in asked:
        if key not in there or key in old:
            freeze(session, edition, key, actor=actor, now=now)


def outdated(session: Session, edition: Edition, categories: Collection[str]) -> frozenset[str]:
    """Without a second round: of some signed shortlists, those whose unsigned result is not what they give now.

    Since it was counted the standing or what the chair withholds has changed.
    """
    rules = editions.rules_of(session, edition)
    if rules.second_round is not SecondRound.NONE or edition.phase is not Phase.DELIBERATION:
        return frozenset()
    return frozenset(
        key
        for key, it in frozen(session, edition).items()
        if key in categories
        and it.signed_by is None
        and it.document != outcome_document(count(session, edition, key))
    )


def waiting(outcome: Outcome, kind: Step) -> list[StepTaken]:
    """The steps of a result at which the chair has yet to decide, or a run-off to be voted."""
    return [step for step in outcome.steps if step.result is StepResult.WAITING and step.step is kind]

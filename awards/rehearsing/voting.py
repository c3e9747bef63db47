"""The second round of a rehearsal: its roll, whether it can open and be counted, and simulated ballots."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from sqlalchemy import select

from awards import ballots, electors, enrolment, keys, polls, results, roll, shares
from awards.ballots import ORDINALS
from awards.elections import TooFewElectors
from awards.elections import of_edition as elections_of
from awards.models import Election, ElectionState, Entitlement, RollEntry
from awards.rehearsing import holders
from awards.rehearsing.findings import Finding, Kind, Severity
from awards.rehearsing.people import Crowd
from awards.rehearsing.stage import BECAUSE, DOMAIN, Stage, table_of
from awards.timetable import Moment, Phase
from judging.ballot import Choice
from judging.values import Electorate

PUBLIC_MADE = 50
"""So many electors are simulated for a vote of the public whose roll nobody has loaded yet."""
MOST_RUNOFFS = 5


class VoteNotOpened(Exception):
    """The vote could not be opened, for what was found of its electors."""


def play(stage: Stage, crowd: Crowd, figures: dict[str, int], found: list[Finding]) -> None:
    """Enrol, open, cast, close and count. Raises VoteNotOpened."""
    found += _enrol(stage)
    stage.pass_to(Moment.VOTE_OPEN)
    savepoint = stage.session.begin_nested()
    try:
        stage.reach(Phase.SECOND_ROUND)
    except TooFewElectors as error:
        savepoint.rollback()
        stage.session.refresh(stage.edition)
        found += _short(error)
        raise VoteNotOpened from error
    opened = elections_of(stage.session, stage.edition, ElectionState.OPEN)
    found += _quorum(stage)
    figures["electors"] = len(roll.on(stage.session, stage.edition))
    polls.call(stage.session, stage.edition, opened, again=False, actor=stage.actor, now=stage.now)
    stage.pass_to(Moment.VOTE_CLOSE)
    figures["ballots"] = _cast(stage, crowd)
    close(stage, crowd)
    if shares.is_shared(stage.session, stage.edition):
        figures["shares"] = keys.NEEDED


def _short(error: TooFewElectors) -> Iterator[Finding]:
    for category, (there, needed) in error.short.items():
        values = {"category": category, "found": there, "needed": needed}
        yield Finding(Kind.TOO_FEW_ELECTORS, Severity.STOPS, values)


def close(stage: Stage, crowd: Crowd) -> None:
    """Close the second round, and every run-off that it ends in."""
    for _ in range(MOST_RUNOFFS):
        closed = holders.open_by_two(stage) or results.close_second(
            stage.session, stage.edition, key_folder=stage.theatre.keys, actor=stage.actor, now=stage.now
        )
        if not closed.runoffs:
            return
        _cast(stage, crowd)


def _enrol(stage: Stage) -> Iterator[Finding]:
    """The roll, as it is in the live edition, else as the rules make it."""
    brief, session = stage.brief, stage.session
    vote = roll.vote_of(brief.rules)
    if vote.electorate is Electorate.MEMBERS:
        electors.build(session, stage.edition, as_of=stage.now.date(), actor=stage.actor, now=stage.now)
        for entry in roll.on(session, stage.edition):
            if entry.elector in brief.off_roll:
                electors.take_off(
                    session, stage.edition, entry, reason=BECAUSE, actor=stage.actor, now=stage.now
                )
    elif vote.electorate is Electorate.PUBLIC:
        names = [name for name, _ in brief.electors] or [f"Elector {it}" for it in range(1, PUBLIC_MADE + 1)]
        rows = [(f"Elector {number}", f"elector-{number}@{DOMAIN}") for number, _ in enumerate(names, 1)]
        enrolment.load(
            session, stage.edition, table_of(("elector", "email"), rows), actor=stage.actor, now=stage.now
        )
        if not brief.electors:
            yield Finding(Kind.SIMULATED_ROLL, Severity.KNOW, {"count": len(rows)})
    if vote.electorate is Electorate.MEMBERS and not brief.electors:
        there = roll.on(session, stage.edition)
        how = Severity.KNOW if there else Severity.STOPS
        kind = Kind.SIMULATED_ROLL if there else Kind.ROLL_EMPTY
        yield Finding(kind, how, {"count": len(there)})


def _quorum(stage: Stage) -> Iterator[Finding]:
    """Whether enough of those on the roll can take part at all."""
    vote = roll.vote_of(stage.brief.rules)
    there = roll.on(stage.session, stage.edition)
    can = roll.left(stage.session, stage.edition)
    needed = ceil(vote.quorum * len(there))
    if len(can) < needed:
        values = {"can": len(can), "roll": len(there), "needed": needed}
        yield Finding(Kind.QUORUM_OUT_OF_REACH, Severity.STOPS, values)
    away = [name for name, is_reached in stage.brief.electors if not is_reached]
    if away:
        left = len(stage.brief.electors) - len(away)
        quorum = ceil(vote.quorum * len(stage.brief.electors))
        how = Severity.LOOK if left >= quorum else Severity.STOPS
        values = {"count": len(away), "roll": len(stage.brief.electors), "needed": quorum}
        yield Finding(Kind.OUT_OF_REACH, how, values)


def _cast(stage: Stage, crowd: Crowd) -> int:
    """A ballot of everybody who has one, in every election that is open."""
    session = stage.session
    vote = roll.vote_of(stage.brief.rules)
    rows = []
    for election, entitlement, entry in session.execute(
        select(Election, Entitlement, RollEntry)
        .join(Entitlement, Entitlement.election_id == Election.id)
        .join(RollEntry, RollEntry.id == Entitlement.roll_entry_id)
        .where(
            Election.edition_id == stage.edition.id,
            Election.state == ElectionState.OPEN,
            Entitlement.withheld_because.is_(None),
        )
        .order_by(Election.id, RollEntry.id)
    ):
        choice: Choice = crowd.choose(vote, election.slate, entitlement.barred)
        choice = choice[: len(ORDINALS)][: election.most_ranked]
        rows.append((election.category, entry.elector, *choice, *[""] * (len(ORDINALS) - len(choice))))
    ballots.load(
        session,
        stage.edition,
        table_of(("category", "elector", *ORDINALS), rows),
        actor=stage.actor,
        now=stage.now,
    )
    return len(rows)

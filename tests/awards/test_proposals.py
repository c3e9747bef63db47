"""Proposals: drawn, changed by hand, issued only by whoever saw them, and never moving what was issued."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import pairing, panels, proposals, runs
from awards.models import (
    Assignment,
    AssignmentRun,
    AssignmentState,
    Conflict,
    ConflictSource,
    Judge,
    JudgeState,
    NominationRevision,
    NominationState,
    RunState,
    Suspicion,
    SuspicionKind,
)
from awards.pairing import Caution
from awards.proposals import Confirmed, Drawn, LeftOut
from awards.timetable import Phase
from judging.assignment import Cause
from judging.values import Round
from tests.awards.play import Play, entry, judge, statements

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    return Play(session(), tmp_path)


def propose(play: Play, **asked: object) -> Drawn:
    if play.edition.phase is not Phase.SECOND_ROUND:
        play.reach(Phase.FIRST_ROUND)
    return proposals.propose(play.session, play.edition, actor=play.actor, now=play.now, **asked)  # type: ignore[arg-type]


def confirm(play: Play, run: AssignmentRun) -> Confirmed:
    return proposals.confirm(
        play.session,
        play.edition,
        number=run.number,
        shown=runs.fingerprint(run),
        actor=play.actor,
        now=play.now,
    )


def add(play: Play, name: str, reference: str) -> AssignmentRun:
    return proposals.add(
        play.session,
        play.edition,
        person(play, name),
        play.nomination(reference),
        actor=play.actor,
        now=play.now,
    )


def person(play: Play, name: str) -> Judge:
    return next(it for it in play.session.scalars(select(Judge)) if it.account.email == f"{name}@example.org")


def proposed(play: Play, run: AssignmentRun) -> set[tuple[str, str]]:
    names = {it.public_id: it.account.email.partition("@")[0] for it in play.session.scalars(select(Judge))}
    return {(names[who], reference) for who, reference in run.pairs}


def issued(play: Play, of_round: Round = Round.FIRST) -> set[tuple[str, str]]:
    return {
        (it.judge.account.email.partition("@")[0], it.nomination.reference)
        for it in play.session.scalars(select(Assignment))
        if it.state is AssignmentState.ISSUED and it.round is of_round
    }


@ON_SQLITE
def test_a_proposal_issues_nothing_until_it_is_confirmed(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"), judge("ben"))

    run = propose(play, per_nomination=1, seed="7").run

    assert (run.state, len(run.pairs), issued(play)) == (RunState.PROPOSED, 2, set())
    assert (run.document["per_nomination"], run.document["seed"]) == (1, "7")
    assert run.document["loads"] == {person(play, name).public_id: [0, 1] for name in ("ada", "ben")}
    assert confirm(play, run).left_out == ()
    assert (run.state, issued(play)) == (RunState.CONFIRMED, proposed(play, run))


def test_a_new_proposal_drops_the_one_that_was_open(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    old = propose(play).run

    new = propose(play).run

    assert (old.state, new.state) == (RunState.DROPPED, RunState.PROPOSED)
    with pytest.raises(proposals.AnotherProposal):
        confirm(play, old)
    assert issued(play) == set()


@ON_SQLITE
def test_a_proposal_changed_by_hand_is_not_the_one_that_was_shown(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"), judge("ben"))
    run = propose(play, per_nomination=1).run
    shown, number = runs.fingerprint(run), run.number
    who, reference = next(
        (name, it) for name in ("ada", "ben") for it in ("N1", "N2") if (name, it) not in proposed(play, run)
    )
    add(play, who, reference)

    with pytest.raises(proposals.AnotherProposal):
        proposals.confirm(
            play.session, play.edition, number=number, shown=shown, actor=play.actor, now=play.now
        )

    assert issued(play) == set()
    assert len(confirm(play, run).issued) == 3


def test_a_conflict_found_after_the_look_drops_that_pair_and_says_so(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"))
    run = propose(play).run
    ada, nomination = person(play, "ada"), play.nomination("N1")
    play.session.add(
        Conflict(
            judge_id=ada.id, nomination_id=nomination.id, source=ConflictSource.DECLARED, found_at=play.now
        )
    )

    done = confirm(play, run)

    assert done.left_out == (((ada.id, nomination.id), LeftOut.CONFLICT),)
    assert issued(play) == {("ada", "N2")}


@ON_SQLITE
def test_nobody_puts_a_conflicted_pair_into_a_proposal(play: Play) -> None:
    play.nominate(entry("N1", city="Seoul"))
    play.seat(judge("ada"), judge("ben", city="Seoul", country="KR"))
    run = propose(play).run

    with pytest.raises(pairing.InConflict) as refused:
        add(play, "ben", "N1")

    assert refused.value.sources == {ConflictSource.SAME_CITY}
    assert proposed(play, run) == {("ada", "N1")}


@ON_SQLITE
def test_what_speaks_against_a_pair_without_forbidding_it_is_said(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada", categories="openness", languages="fr"))
    ada, nomination = person(play, "ada"), play.nomination("N1")
    ada.capacity = 0
    play.session.add(
        Suspicion(
            judge_id=ada.id, nomination_id=nomination.id, kind=SuspicionKind.MAIL_DOMAIN, found_at=play.now
        )
    )
    play.session.flush()
    play.reach(Phase.FIRST_ROUND)
    pairs = pairing.Pairs.of(play.session, play.edition, Round.FIRST)

    said = pairs.cautions((ada.id, nomination.id), load=1)

    assert said == (Caution.CATEGORY, Caution.LANGUAGE, Caution.CAPACITY, Caution.SUSPICION)


@ON_SQLITE
def test_capacity_and_language_bound_what_is_proposed(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2"), entry("N3"))
    play.seat(judge("ada"), judge("ben", languages="fr"), judge("cy", languages=""))
    person(play, "ada").capacity = 1
    play.session.flush()

    drawn = propose(play, per_nomination=2)

    loads = {name.partition("@")[0]: load for name, load in drawn.proposal.loads.items()}
    assert loads == {"ada": 1, "ben": 0, "cy": 3}
    assert {it.cause for it in drawn.proposal.shortages} <= {Cause.CAPACITY, Cause.LANGUAGE}
    assert {it["cause"] for it in drawn.run.shortages} == {it.cause.value for it in drawn.proposal.shortages}


@ON_SQLITE
def test_where_only_the_language_keeps_judges_away_the_shortage_says_so(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"), judge("ben", languages="fr"))

    drawn = propose(play, per_nomination=2)

    assert [(it.nomination, it.found, it.cause) for it in drawn.proposal.shortages] == [
        ("N1", 1, Cause.LANGUAGE)
    ]
    assert play.session.scalars(select(NominationRevision.language)).first() == "en"


def test_a_judge_who_joins_leaves_or_falls_silent_changes_only_what_must_change(play: Play) -> None:
    play.nominate(*(entry(f"N{number}") for number in range(6)))
    play.seat(judge("ada"), judge("ben"), judge("cy"))
    confirm(play, propose(play, per_nomination=2).run)
    first = issued(play)

    play.seat(judge("dee"))
    joined = propose(play).run
    assert joined.pairs == []

    ada = person(play, "ada")
    ada.state = JudgeState.LEFT
    for it in play.session.scalars(select(Assignment).where(Assignment.judge_id == ada.id)):
        it.state = AssignmentState.LEFT
    play.session.flush()
    left = propose(play).run
    confirm(play, left)

    stay = {pair for pair in first if pair[0] != "ada"}
    assert stay < issued(play)
    assert len(proposed(play, left)) == len(first - stay)
    assert {reference for _who, reference in proposed(play, left)} == {
        it for who, it in first if who == "ada"
    }
    assert {who for who, _reference in proposed(play, left)} <= {"ben", "cy", "dee"}


@ON_SQLITE
def test_a_nomination_that_becomes_eligible_during_the_round_is_covered_by_the_next_proposal(
    play: Play,
) -> None:
    play.nominate(entry("N1"), entry("N2"))
    late = play.nomination("N2")
    late.state = NominationState.INELIGIBLE
    play.seat(judge("ada"))
    confirm(play, propose(play).run)
    late.state = NominationState.ELIGIBLE
    play.session.flush()

    run = propose(play).run

    assert proposed(play, run) == {("ada", "N2")}


@ON_SQLITE
def test_one_taken_out_by_hand_or_dropped_is_not_issued(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"))
    run = propose(play).run
    act = {"actor": play.actor, "now": play.now}
    proposals.remove(play.session, play.edition, person(play, "ada"), play.nomination("N1"), **act)
    with pytest.raises(proposals.NotProposed):
        proposals.remove(play.session, play.edition, person(play, "ada"), play.nomination("N1"), **act)
    assert proposed(play, run) == {("ada", "N2")}

    proposals.drop(play.session, play.edition, **act)

    with pytest.raises(proposals.NoProposal):
        confirm(play, run)
    assert issued(play) == set()


@ON_SQLITE
def test_the_command_is_a_proposal_confirmed_at_once(play: Play) -> None:
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"))
    propose(play)

    done = play.assign()

    states = [it.state for it in play.session.scalars(select(AssignmentRun).order_by(AssignmentRun.number))]
    assert states == [RunState.DROPPED, RunState.CONFIRMED]
    assert (done.new, issued(play)) == (2, {("ada", "N1"), ("ada", "N2")})


@ON_SQLITE
def test_the_second_round_of_a_panel_is_proposed_on_the_slate(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"second_round": "panel", "places": 1, "ladder": '"lot"'})
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"))
    play.assign()
    play.mark(("ada@example.org", "N1", "9", "9"), ("ada@example.org", "N2", "2", "2"))
    play.close()
    play.nomination("N1").state = NominationState.FINALIST
    play.nomination("N2").state = NominationState.NOT_SHORTLISTED
    play.edition.phase = Phase.SECOND_ROUND
    play.session.flush()

    run = propose(play).run
    confirm(play, run)

    assert run.document["round"] == Round.SECOND.value
    assert issued(play, Round.SECOND) == {("ada", "N1")}


@ON_SQLITE
def test_after_the_close_nothing_is_proposed_or_confirmed(play: Play) -> None:
    play.nominate(entry("N1"))
    play.seat(judge("ada"))
    play.assign()
    run = propose(play).run
    play.mark(("ada@example.org", "N1", "8", "8"))
    play.close()

    with pytest.raises(panels.RoundClosed):
        confirm(play, run)
    with pytest.raises(panels.RoundClosed):
        proposals.propose(play.session, play.edition, actor=play.actor, now=play.now)


@ON_SQLITE
def test_confirming_takes_as_many_statements_for_many_pairs_as_for_few(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    counts = []
    for number in (3, 40):
        play = Play(session(), tmp_path)
        play.nominate(*(entry(f"N{it}", summary="Shared. " * 50) for it in range(number)))
        play.seat(judge("ada"), judge("ben"))
        play.reach(Phase.FIRST_ROUND)
        with statements(session) as run:
            confirm(play, propose(play).run)
        counts.append(len(run))
        session.rollback()

    assert counts[0] == counts[1]

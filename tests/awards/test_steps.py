"""Steps: what is missing before a phase is left, what stops it, and the step back that two take."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import approvals, dates, decisions, steps
from awards.audit import Actor
from awards.models import Decision, DecisionKind, Edition, NominationState, Role
from awards.steps import Gap, Missing
from awards.timetable import IllegalTransition, Moment, Phase
from tests.awards.builders import NOW, edition_of, operator
from tests.awards.desks import appointed, draft_of, organiser

Work = scoped_session[Session]

CLOSE = datetime(2026, 5, 10, 23, 59)  # noqa: DTZ001 (local, as stated)


@pytest.fixture
def edition(session: Work) -> Edition:
    return edition_of(session, operator(session))


@pytest.fixture
def actor(session: Work, edition: Edition) -> Actor:
    return organiser(session, edition)


def state(session: Work, edition: Edition, actor: Actor) -> None:
    dates.state(
        session(), edition, Moment.NOMINATIONS_CLOSE, CLOSE, zone="UTC", reason="", actor=actor, now=NOW
    )


def gaps(session: Work, edition: Edition, now: datetime = NOW) -> list[Gap]:
    return [it.gap for it in steps.missing(session(), edition, now)]


def take(
    session: Work, edition: Edition, actor: Actor, folder: Path, *, seen: Phase, now: datetime = NOW
) -> None:
    phase = steps.following(session(), edition)
    assert phase is not None
    steps.take(session(), edition, phase, seen=seen, key_folder=folder, actor=actor, now=now)


def test_a_call_without_a_close_and_a_chair_is_pointed_out(session: Work) -> None:
    edition = edition_of(session, operator(session), phase=Phase.DRAFT)

    assert gaps(session, edition) == [Gap.NO_CLOSE, Gap.NO_CHAIR]


def test_nominations_stay_open_until_the_grace_has_passed(
    session: Work, edition: Edition, actor: Actor, tmp_path: Path
) -> None:
    state(session, edition, actor)
    last = CLOSE.replace(tzinfo=NOW.tzinfo) + timedelta(minutes=15)

    with pytest.raises(steps.StandsInTheWay):
        take(session, edition, actor, tmp_path, seen=Phase.NOMINATIONS, now=last)
    take(session, edition, actor, tmp_path, seen=Phase.NOMINATIONS, now=last + timedelta(seconds=1))

    assert edition.phase is Phase.SCREENING


def test_a_step_seen_on_an_old_page_is_not_taken(
    session: Work, edition: Edition, actor: Actor, tmp_path: Path
) -> None:
    with pytest.raises(steps.StepTaken):
        take(session, edition, actor, tmp_path, seen=Phase.DRAFT)


def test_what_is_left_to_decide_is_counted(session: Work, edition: Edition, actor: Actor) -> None:
    appointed(session, edition, "chair@city.example", Role.CHAIR)
    draft_of(session, edition, "one@city.example")
    draft_of(session, edition, "two@city.example", state=NominationState.SUBMITTED, reference="SV-01")
    edition.phase = Phase.SCREENING

    assert steps.missing(session(), edition, NOW) == (
        Missing(Gap.UNDECIDED, 1),
        Missing(Gap.TOO_FEW, 1, ("services",)),
        Missing(Gap.NO_JUDGES),
    )


def test_without_a_chair_it_is_pointed_out_as_long_as_one_is_needed(session: Work, edition: Edition) -> None:
    def lacking() -> list[Gap]:
        return [it for it in gaps(session, edition) if it is Gap.NO_CHAIR]

    needed = (Phase.SCREENING, Phase.FIRST_ROUND, Phase.DELIBERATION, Phase.SECOND_ROUND)
    for edition.phase in needed:
        assert lacking() == [Gap.NO_CHAIR]
    edition.phase = Phase.DECIDED
    assert lacking() == []
    appointed(session, edition, "deputy@city.example", Role.DEPUTY)
    edition.phase = Phase.DELIBERATION
    assert lacking() == []


def test_two_take_an_edition_back_and_both_sign(session: Work, edition: Edition, actor: Actor) -> None:
    edition.phase = Phase.SCREENING
    proposal = steps.propose_back(session(), edition, reason="The site was down.", actor=actor, now=NOW)
    with pytest.raises(approvals.SamePerson):
        steps.approve_back(session(), edition, proposal.subject_sha256, actor=actor, now=NOW)

    second = organiser(session, edition, "second")
    steps.approve_back(session(), edition, proposal.subject_sha256, actor=second, now=NOW)

    [decision] = session.scalars(select(Decision).where(Decision.kind == DecisionKind.STEP_BACK))
    assert (edition.phase, decision.reason) == (Phase.NOMINATIONS, "The site was down.")
    assert [signer["name"] for signer in decision.signers] == ["Example organiser", "Example second"]


def test_a_step_back_needs_a_reason_and_a_way(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(IllegalTransition):
        steps.propose_back(session(), edition, reason="Why not.", actor=actor, now=NOW)

    edition.phase = Phase.SCREENING
    with pytest.raises(decisions.ReasonMissing):
        steps.propose_back(session(), edition, reason="", actor=actor, now=NOW)


def test_a_proposal_is_void_once_the_edition_has_moved_on(
    session: Work, edition: Edition, actor: Actor
) -> None:
    edition.phase = Phase.SCREENING
    proposal = steps.propose_back(session(), edition, reason="The site was down.", actor=actor, now=NOW)
    edition.phase = Phase.FIRST_ROUND
    second = organiser(session, edition, "second")

    with pytest.raises(steps.StepTaken):
        steps.approve_back(session(), edition, proposal.subject_sha256, actor=second, now=NOW)

"""Assignments: a judge's own, handing back, taking back, giving again, and what becomes of the sheets."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import assignments, briefing, decisions, marked, pairing, scoring
from awards.assignments import HandBack
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentState,
    Conflict,
    ConflictSource,
    Judge,
    JudgeState,
    NominationState,
    Outbox,
    ScoreSheet,
    SheetState,
)
from awards.notices import Template
from awards.scoring import Content
from judging.values import Round
from tests.awards.play import Play, entry, judge

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    """Ada and Ben each read N1 and N2."""
    play = Play(session(), tmp_path)
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"), judge("ben"))
    play.assign()
    return play


def person(play: Play, name: str) -> Judge:
    return next(it for it in play.session.scalars(select(Judge)) if it.account.email == f"{name}@example.org")


def actor(play: Play, name: str) -> Actor:
    account = person(play, name).account
    return Actor(account, account)


def pair(play: Play, name: str, reference: str) -> Assignment:
    return next(
        it
        for it in play.session.scalars(select(Assignment))
        if it.judge_id == person(play, name).id and it.nomination.reference == reference
    )


def mine(play: Play, name: str) -> list[str]:
    found = assignments.of_judge(play.session, play.edition, person(play, name), Round.FIRST)
    return [it.nomination.reference for it in found]


def save(play: Play, name: str, reference: str, *, submit: bool = False) -> None:
    it = pair(play, name, reference)
    act = {"opened": None, "actor": actor(play, name), "now": play.now}
    scoring.save(
        play.session,
        play.edition,
        it,
        Content({"services": 8, "impact": 6}),
        base=0,
        **act,  # type: ignore[arg-type]
    )
    if submit:
        scoring.submit(play.session, play.edition, it, **act)  # type: ignore[arg-type]


def hand_back(
    play: Play, name: str, reference: str, why: HandBack = HandBack.LANGUAGE, note: str = ""
) -> Assignment:
    return assignments.hand_back(
        play.session,
        play.edition,
        pair(play, name, reference),
        why,
        note=note,
        actor=actor(play, name),
        now=play.now,
    )


def issue(play: Play, name: str, reference: str) -> Assignment:
    return assignments.issue(
        play.session,
        play.edition,
        person(play, name),
        play.nomination(reference),
        actor=play.actor,
        now=play.now,
    )


def counted(play: Play) -> dict[str, int]:
    return {key: len(it) for key, it in marked.counted(play.session, play.edition, Round.FIRST).items()}


def test_a_nomination_handed_back_leaves_the_queue_with_its_reason(play: Play) -> None:
    found = hand_back(play, "ada", "N1", HandBack.OTHER, "I am on leave.")

    assert mine(play, "ada") == ["N2"]
    assert (found.state, found.ended_at) == (AssignmentState.HANDED_BACK, play.now)
    assert assignments.reason_of(found) == (HandBack.OTHER, "I am on leave.")
    with pytest.raises(scoring.NotAssigned):
        hand_back(play, "ada", "N1")
    with pytest.raises(scoring.NotAssigned):
        save(play, "ada", "N1")


@ON_SQLITE
def test_another_reason_is_put_into_words(play: Play) -> None:
    with pytest.raises(decisions.ReasonMissing):
        hand_back(play, "ada", "N1", HandBack.OTHER, "  ")


@ON_SQLITE
def test_nobody_hands_back_what_is_another_judges(play: Play) -> None:
    with pytest.raises(scoring.NotAssigned):
        assignments.hand_back(
            play.session,
            play.edition,
            pair(play, "ben", "N1"),
            HandBack.TIME,
            actor=actor(play, "ada"),
            now=play.now,
        )

    assert mine(play, "ben") == ["N1", "N2"]


@ON_SQLITE
def test_a_submitted_sheet_is_neither_handed_back_nor_taken_back(play: Play) -> None:
    save(play, "ada", "N1", submit=True)

    with pytest.raises(assignments.SheetSubmitted):
        hand_back(play, "ada", "N1")
    with pytest.raises(assignments.SheetSubmitted):
        release(play, "ada", "N1")

    assert counted(play) == {"N1": 1}


def release(play: Play, name: str, *references: str, reason: str = "Silent for weeks.") -> None:
    assignments.release(
        play.session,
        play.edition,
        person(play, name),
        [pair(play, name, it) for it in references],
        reason=reason,
        actor=play.actor,
        now=play.now,
    )


def test_all_that_a_silent_judge_has_not_submitted_is_taken_back_and_what_was_submitted_counts(
    play: Play,
) -> None:
    save(play, "ada", "N1", submit=True)
    save(play, "ada", "N2")
    left = assignments.unsubmitted(play.session, play.edition, person(play, "ada"), Round.FIRST)

    release(play, "ada", *(it.nomination.reference for it, _saved in left))

    draft = play.session.scalars(select(ScoreSheet).where(ScoreSheet.state == SheetState.DRAFT)).one()
    assert [(it.nomination.reference, saved) for it, saved in left] == [("N2", True)]
    assert mine(play, "ada") == ["N1"]
    assert (draft.counted, draft.reason) == (False, "released")
    assert counted(play) == {"N1": 1}
    with pytest.raises(assignments.NotIssued):
        release(play, "ada", "N2")


@ON_SQLITE
def test_nothing_is_taken_back_without_a_reason_or_from_another(play: Play) -> None:
    with pytest.raises(decisions.ReasonMissing):
        release(play, "ada", "N1", reason=" ")
    with pytest.raises(scoring.NotAssigned):
        assignments.release(
            play.session,
            play.edition,
            person(play, "ada"),
            [pair(play, "ben", "N1")],
            reason="Why.",
            actor=play.actor,
            now=play.now,
        )


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (AssignmentState.HANDED_BACK, {}),
        (AssignmentState.RELEASED, {}),
        (AssignmentState.LEFT, {"N1": 1}),
    ],
)
@ON_SQLITE
def test_how_an_assignment_ends_says_whether_its_sheet_counts(
    play: Play, state: AssignmentState, counts: dict[str, int]
) -> None:
    """A sheet on paper may be confirmed, and so submitted, after its assignment ended."""
    save(play, "ada", "N1")
    ada = pair(play, "ada", "N1")
    assignments.end(play.session, play.edition, ada, state, reason="", actor=play.actor, now=play.now)
    sheet = scoring.sheet_of(play.session, ada)
    assert sheet is not None
    sheet.state = SheetState.SUBMITTED
    play.session.flush()

    assert counted(play) == counts


def test_what_was_handed_back_is_given_to_another_judge_and_never_by_conflict(play: Play) -> None:
    play.seat(judge("cy"), judge("dee"))
    hand_back(play, "ada", "N1")
    dee, nomination = person(play, "dee"), play.nomination("N1")
    play.session.add(
        Conflict(
            judge_id=dee.id, nomination_id=nomination.id, source=ConflictSource.DECLARED, found_at=play.now
        )
    )

    issue(play, "cy", "N1")

    assert mine(play, "cy") == ["N1"]
    with pytest.raises(pairing.InConflict):
        issue(play, "dee", "N1")
    with pytest.raises(pairing.AlreadyIssued):
        issue(play, "ben", "N1")


def test_a_pair_that_ended_stands_again_with_its_draft_and_counts_once_submitted(play: Play) -> None:
    save(play, "ada", "N1")
    hand_back(play, "ada", "N1")

    again = issue(play, "ada", "N1")

    assert (mine(play, "ada"), again.told_at, again.reason) == (["N1", "N2"], None, "")
    version = scoring.latest(play.session, again)
    assert version is not None
    assert version.marks == {"services": 8, "impact": 6}
    assert counted(play) == {}
    scoring.submit(play.session, play.edition, again, opened=None, actor=actor(play, "ada"), now=play.now)
    assert counted(play) == {"N1": 1}


@ON_SQLITE
def test_only_judges_on_the_panel_get_nominations_that_are_judged(play: Play) -> None:
    play.seat(judge("cy"))
    person(play, "cy").state = JudgeState.INVITED
    with pytest.raises(pairing.NotOnThePanel):
        issue(play, "cy", "N1")
    person(play, "cy").state = JudgeState.ACCEPTED
    play.nomination("N1").state = NominationState.DISQUALIFIED
    with pytest.raises(pairing.NotJudged):
        issue(play, "cy", "N1")


@ON_SQLITE
def test_a_nomination_withdrawn_or_disqualified_leaves_every_queue(play: Play) -> None:
    play.nomination("N1").state = NominationState.WITHDRAWN
    play.session.flush()

    assert (mine(play, "ada"), mine(play, "ben")) == (["N2"], ["N2"])
    play.nomination("N2").state = NominationState.DISQUALIFIED
    play.session.flush()
    assert mine(play, "ada") == []


@ON_SQLITE
def test_after_the_close_a_judge_still_finds_what_they_read(play: Play) -> None:
    for name in ("ada", "ben"):
        for reference in ("N1", "N2"):
            save(play, name, reference, submit=True)
    play.close()
    play.nomination("N1").state = NominationState.FINALIST
    play.session.flush()

    assert mine(play, "ada") == ["N1", "N2"]


def test_judges_are_told_once_of_what_is_new(play: Play) -> None:
    act = {"actor": play.actor, "now": play.now}
    first = briefing.tell(play.session, play.edition, **act)
    again = briefing.tell(play.session, play.edition, **act)
    play.seat(judge("cy"))
    issue(play, "cy", "N2")

    later = briefing.tell(play.session, play.edition, **act)

    told = play.session.scalars(select(Outbox).where(Outbox.template == Template.ASSIGNED.value)).all()
    assert (first, again, later) == (2, 0, 1)
    assert sorted((it.recipient, it.arguments["new"]) for it in told) == [
        ("ada@example.org", 2),
        ("ben@example.org", 2),
        ("cy@example.org", 1),
    ]


@pytest.mark.parametrize("told", [True, False])
@ON_SQLITE
def test_who_was_told_of_nominations_is_told_when_they_are_taken_back(play: Play, told: bool) -> None:
    if told:
        briefing.tell(play.session, play.edition, actor=play.actor, now=play.now)

    release(play, "ada", "N1")

    mails = play.session.scalars(select(Outbox).where(Outbox.template == Template.RELEASED.value)).all()
    assert [it.arguments["references"] for it in mails] == ([["N1"]] if told else [])

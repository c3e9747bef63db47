"""Running the vote: what must be seen to before it opens, who is reminded, when it closes, and who opens the box."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    approvals,
    codes,
    decisions,
    disclosures,
    elections,
    envelopes,
    labels,
    polls,
    publication,
    records,
    replacing,
    roll,
    unsealing,
)
from awards.chairs import NotTheChair
from awards.dates import ClosesInThePast
from awards.envelopes import NotOpen
from awards.models import (
    DecisionKind,
    ElectionKind,
    ElectionState,
    Envelope,
    Judge,
    JudgeState,
    KeyState,
    NominationState,
    Outbox,
    PublicationKind,
    Role,
)
from awards.polls import Stage
from awards.replacing import Then
from awards.unsealing import WayOn
from judging.record import read_bytes
from judging.recount import recount
from judging.values import Json
from tests.awards.contest import address
from tests.awards.play import NOW
from tests.awards.poll import CLOSES, ELECTORS, PUBLIC, SIGNERS, TO_JUDGES, Poll

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def kinds(poll: Poll) -> list[str]:
    return [it.kind.value for it in decisions.of_edition(poll.session, poll.edition)]


def open_by_two(poll: Poll) -> None:
    act = {"now": poll.now}
    made = unsealing.propose(poll.session, poll.edition, reason="Closed in time", actor=poll.teller, **act)
    unsealing.approve(
        poll.session,
        poll.edition,
        made.subject_sha256,
        key_folder=poll.keys,
        actor=poll.organiser,
        **act,
    )


def told_below_quorum(poll: Poll, category: str = "services") -> Json:
    """What is published with the result of a category: that too few had taken part, and what was done."""
    found = disclosures.of_category(poll.session(), poll.edition, "services").get("below_quorum")
    assert found == disclosures.below_quorum(poll.session(), poll.edition, "services")
    return disclosures.below_quorum(poll.session(), poll.edition, category)


def recounts(poll: Poll, *, public: bool) -> None:
    target = BytesIO()
    found = records.write(poll.session, poll.edition, target, public=public)
    assert recount(read_bytes(target.getvalue(), manifest_sha256=found.manifest_sha256)).differences == ()


@SQLITE
def test_the_checklist_names_what_is_missing_and_the_vote_does_not_open_before_it_is_empty(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path, '\n[vote]\nelectorate = "public"\nmethod = "one_choice"\n')
    poll.shortlisted()
    poll.organiser = poll.person("organiser@desk.example", Role.ORGANISER)
    (key,) = poll.keys.iterdir()
    key.rename(tmp_path / "mislaid")

    assert poll.lacks() == [
        "not_announced", "roll_empty", "no_key", "no_close", "no_chair", "no_signatories", "alone",
    ]  # fmt: skip
    with pytest.raises(polls.NotReady) as refused:
        poll.begin()
    assert len(refused.value.items) == 7


@SQLITE
def test_opening_freezes_dates_decides_and_calls_everybody_with_a_ballot(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).ready()
    assert poll.lacks() == []
    seen = polls.stamp(session(), poll.edition)
    with pytest.raises(polls.SeenOtherwise):
        polls.open_vote(
            session(), poll.edition, seen=f"{seen}x", key_folder=poll.keys, actor=poll.organiser, now=NOW
        )

    assert poll.begin() == 4
    assert kinds(poll)[-2:] == ["roll_frozen", "vote_opened"]
    assert [(it.state, it.opened_at) for it in poll.elections()] == [(ElectionState.OPEN, NOW)]
    assert {it.recipient for it in session.scalars(select(Outbox).where(Outbox.template == "ballot"))} == {
        f"{it}@electors.example" for it in ELECTORS
    }
    with pytest.raises(polls.ClosedAlready):
        poll.begin()


@SQLITE
def test_where_the_judges_vote_the_opening_freezes_the_roll(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path, SIGNERS).ready()
    assert poll.edition.roll_frozen_at is None
    poll.begin()
    assert poll.edition.roll_frozen_at == NOW
    assert [it.kind for it in decisions.of_edition(session(), poll.edition)][-2:] == [
        DecisionKind.ROLL_FROZEN,
        DecisionKind.VOTE_OPENED,
    ]


def test_whoever_has_a_ballot_left_is_reminded_once_a_day(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one")
    everybody = [it.public_id for it in roll.on(session(), poll.edition)]
    act = {"actor": poll.teller}

    assert polls.remind(session(), poll.edition, everybody, now=NOW + timedelta(hours=2), **act) == []
    told = polls.remind(session(), poll.edition, everybody, now=NOW + timedelta(days=2), **act)
    assert sorted(it.elector for it in told) == ["four", "three", "two"]
    assert polls.remind(session(), poll.edition, everybody, now=NOW + timedelta(days=2), **act) == []


@SQLITE
def test_the_vote_stays_open_as_promised_unless_every_ballot_is_cast(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two", "three")
    act = {"actor": poll.organiser}
    for moment in (NOW, CLOSES, CLOSES + timedelta(minutes=15)):
        with pytest.raises(polls.TimeLeft):
            polls.close(session(), poll.edition, now=moment, **act)
    poll.cast("four")
    assert polls.close(session(), poll.edition, now=NOW, **act).stage is Stage.CLOSED
    with pytest.raises(NotOpen):
        poll.cast("four")
    with pytest.raises(polls.ClosedAlready):
        polls.close(session(), poll.edition, now=NOW, **act)


def test_two_people_open_the_box_as_the_first_has_seen_it(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two")
    with pytest.raises(unsealing.NotClosed):
        unsealing.propose(session(), poll.edition, reason="Early", actor=poll.teller, now=NOW)
    poll.over()
    act = {"key_folder": poll.keys, "now": poll.now}
    made = unsealing.propose(session(), poll.edition, reason="Closed", actor=poll.teller, now=poll.now)
    with pytest.raises(approvals.SamePerson):
        unsealing.approve(session(), poll.edition, made.subject_sha256, actor=poll.teller, **act)
    with pytest.raises(approvals.NoProposal):
        unsealing.approve(session(), poll.edition, "0" * 64, actor=poll.organiser, **act)
    assert session.scalars(select(Envelope.sealed)).all().count(None) == 0

    closed = unsealing.approve(session(), poll.edition, made.subject_sha256, actor=poll.organiser, **act)
    assert [it.category for it in closed.outcomes] == ["services"]
    assert kinds(poll).count("round_closed") == 2, "of either round"
    (opening,) = decisions.of_edition(session(), poll.edition, DecisionKind.OPENING)
    assert [(it["name"], it["as"]) for it in opening.signers] == [
        ("Teller", "teller"),
        ("Organiser", "teller"),
    ]
    assert polls.look(session(), poll.edition).stage is Stage.COUNTED
    assert envelopes.destroy_spent_keys(session(), key_folder=poll.keys, actor=poll.actor, now=poll.now)
    assert list(poll.keys.iterdir()) == []


@SQLITE
def test_below_the_quorum_the_vote_is_extended_once_and_then_given_to_the_judges(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one")
    poll.over()
    edition, act = poll.edition, {"actor": poll.organiser}
    with pytest.raises(envelopes.QuorumNotMet):
        unsealing.propose(session(), edition, reason="Closed", actor=poll.teller, now=poll.now)
    with pytest.raises(unsealing.NotByTheRules):
        unsealing.propose_judges(session(), edition, reason="Too few", now=poll.now, **act)
    with pytest.raises(ClosesInThePast):
        unsealing.extend(
            session(), edition, CLOSES.replace(tzinfo=None), zone="UTC", reason="Few", now=poll.now, **act
        )

    later = CLOSES + timedelta(days=3)
    told = unsealing.extend(
        session(), edition, later.replace(tzinfo=None), zone="UTC", reason="Too few", now=poll.now, **act
    )
    assert len(told) == 3
    poll.cast("two")
    poll.now = later + timedelta(hours=1)
    assert polls.close(session(), edition, now=poll.now, **act).presence.present == 2
    assert unsealing.look(session(), edition).is_enough
    open_by_two(poll)
    recounts(poll, public=True)
    assert told_below_quorum(poll) == [{"act": "extended", "present": 1, "roll": 4, "needed": 2}]


@SQLITE
def test_the_rules_hand_the_vote_to_the_judges_and_the_envelopes_are_destroyed_unopened(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path, TO_JUDGES).begun()
    poll.cast("one")
    poll.over()
    edition, before = poll.edition, poll.edition.roll_sha256
    assert unsealing.look(session(), edition).ways == (WayOn.JUDGES,)
    made = unsealing.propose_judges(session(), edition, reason="Too few", actor=poll.organiser, now=poll.now)
    told = unsealing.approve_judges(
        session(), edition, made.subject_sha256, key_folder=poll.keys, actor=poll.teller, now=poll.now
    )

    assert sorted(it.email for it in told) == sorted(address(it) for it in ("ann", "ben", "cho", "dia"))
    first, second = poll.elections()
    assert (first.state, first.key.state) == (ElectionState.VOID, KeyState.SPENT)
    assert (second.state, second.kind) == (ElectionState.OPEN, ElectionKind.REPEAT)
    assert session.scalars(select(Envelope.sealed)).all() == [None]
    assert edition.roll_sha256 != before
    found = polls.look(session(), edition)
    assert (found.presence.present, found.presence.roll, found.closes) == (0, 4, None)

    poll.cast(*(address(it) for it in ("ann", "ben")))
    polls.close(session(), edition, reason="Enough", actor=poll.organiser, now=poll.now)
    open_by_two(poll)
    recounts(poll, public=False)
    assert told_below_quorum(poll) == [{"act": "judges", "present": 1, "roll": 4, "needed": 2}]
    assert told_below_quorum(poll, "openness") == [], "nothing of it happened there"


@SQLITE
def test_a_judge_who_is_an_elector_of_the_public_too_comes_onto_the_roll_beside_and_is_told(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll, ann = Poll(session, tmp_path, TO_JUDGES), address("ann")
    poll.enrol((ann, "Ann", ann, ""))
    poll.begun()
    poll.cast("one")
    poll.over()
    made = unsealing.propose_judges(
        session(), poll.edition, reason="Too few", actor=poll.organiser, now=poll.now
    )
    told = unsealing.approve_judges(
        session(), poll.edition, made.subject_sha256, key_folder=poll.keys, actor=poll.teller, now=poll.now
    )

    assert sorted(it.email for it in told) == sorted(address(it) for it in ("ann", "ben", "cho", "dia"))
    mine = [it for it in roll.on(session(), poll.edition) if it.email == ann]
    assert len({it.elector for it in mine}) == len(mine) == 2
    assert len([it for it in mine if it.judge_id is not None]) == 1


@SQLITE
def test_a_finalist_who_drops_out_before_the_vote_is_replaced_by_the_next(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).ready()
    edition, act = poll.edition, {"key_folder": poll.keys, "now": NOW, "seen": Then.REPLACED}
    out = poll.nomination("SV-2")
    disqualified = NominationState.DISQUALIFIED
    with pytest.raises(NotTheChair):
        replacing.take_out(
            session(), edition, out, disqualified, reason="Copied", actor=poll.organiser, **act
        )
    replacing.take_out(session(), edition, out, disqualified, reason="Copied", actor=poll.chair, **act)

    assert poll.nomination("SV-5").state is NominationState.FINALIST
    (shown,) = publication.visible(session(), edition, PublicationKind.FINALISTS, NOW)
    assert [it["reference"] for it in shown.document["rows"]] == ["SV-1", "SV-3", "SV-4", "SV-5"]
    poll.begin()
    assert poll.election().slate == ["SV-1", "SV-3", "SV-4", "SV-5"]
    with pytest.raises(replacing.NotStanding):
        replacing.look(session(), edition, out, NOW)

    poll.cast("one", "two", choice=("SV-5",))
    poll.over()
    open_by_two(poll)
    assert poll.prizes()["SV-5"] == "best"
    assert "SV-5" in labels.named_in_public(session(), edition), "it was announced as a finalist"
    for public in (True, False):
        recounts(poll, public=public)


def test_a_finalist_disqualified_during_the_vote_has_its_category_voted_again(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two")
    poll.over()
    edition = poll.edition
    made = unsealing.propose(session(), edition, reason="Closed", actor=poll.teller, now=poll.now)
    replacing.take_out(
        session(),
        edition,
        poll.nomination("SV-1"),
        NominationState.DISQUALIFIED,
        seen=Then.VOTED_AGAIN,
        reason="Copied",
        key_folder=poll.keys,
        actor=poll.chair,
        now=poll.now,
    )

    first, second = poll.elections()
    assert (first.state, second.kind, second.state) == (
        ElectionState.VOID,
        ElectionKind.REPEAT,
        ElectionState.OPEN,
    )
    assert second.slate == ["SV-2", "SV-3", "SV-4"]
    assert session.scalars(select(Envelope.sealed)).all() == [None, None]
    assert polls.look(session(), edition).presence.present == 0
    assert len(polls.without_a_ballot(session(), edition)) == 4
    poll.cast("one", "two", choice=("SV-2",))
    polls.close(session(), edition, reason="Long enough", actor=poll.organiser, now=poll.now)
    with pytest.raises(approvals.NoProposal):
        unsealing.approve(
            session(), edition, made.subject_sha256, key_folder=poll.keys, actor=poll.chair, now=poll.now
        )
    open_by_two(poll)
    with pytest.raises(replacing.NotThen):
        replacing.look(session(), edition, poll.nomination("SV-2"), poll.now)
    for public in (True, False):
        recounts(poll, public=public)


@SQLITE
def test_whoever_has_voted_and_thrown_the_letter_away_gets_another_for_a_run_off(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path, f'{PUBLIC}\n[result]\nladder = ["runoff", "lot"]\n').begun()
    poll.cast("one", choice=("SV-1",))
    poll.cast("two", choice=("SV-2",))
    one = next(it for it in roll.on(session(), poll.edition) if it.elector == "one")
    with pytest.raises(roll.AlreadyCast):
        codes.make(session(), poll.edition, [one], actor=poll.organiser, now=poll.now)
    poll.over()
    open_by_two(poll)

    (code,) = codes.make(session(), poll.edition, [one], actor=poll.organiser, now=poll.now)
    assert codes.find(session(), code) is one
    poll.cast("one")
    with pytest.raises(roll.AlreadyCast):
        codes.make(session(), poll.edition, [one], actor=poll.organiser, now=poll.now)
    polls.close(session(), poll.edition, reason="Long enough", actor=poll.organiser, now=poll.now)
    with pytest.raises(roll.VoteClosed):
        codes.make(session(), poll.edition, [one], actor=poll.organiser, now=poll.now)


@SQLITE
def test_a_judge_who_has_left_the_panel_is_not_reminded(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path, SIGNERS).begun()
    later = NOW + timedelta(days=2)
    assert len(polls.to_remind(session(), poll.edition, later).go) == 4
    judge = session.get_one(Judge, roll.on(session(), poll.edition)[0].judge_id)
    judge.state = JudgeState.LEFT
    session.flush()
    found = polls.to_remind(session(), poll.edition, later).go
    assert len(found) == 3
    assert judge.id not in {it.judge_id for it in found}
    opened = elections.of_edition(session(), poll.edition)
    assert len(polls.call(session(), poll.edition, opened, actor=poll.teller, now=later)) == 3


@SQLITE
def test_nobody_waits_for_a_judge_who_has_left_the_panel_and_the_quorum_stays(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path, SIGNERS).begun()
    entries = roll.on(session(), poll.edition)
    for it in entries[1:]:
        poll.cast(it.elector)
    act = {"actor": poll.organiser, "now": NOW}
    with pytest.raises(polls.TimeLeft):
        polls.close(session(), poll.edition, **act)
    session.get_one(Judge, entries[0].judge_id).state = JudgeState.LEFT
    session.flush()

    closed = polls.close(session(), poll.edition, **act)

    assert (closed.presence.present, closed.presence.roll) == (3, 4)

"""Envelopes that nobody can open are destroyed by two people and the vote is held again; others stay as they are."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import approvals, decisions, elections, keys, mails, polls, roll, unsealing, voiding
from awards.decisions import ReasonMissing
from awards.elections import IN_THE_BOX
from awards.envelopes import NotOpen
from awards.models import (
    Approval,
    Ballot,
    BallotKey,
    DecisionKind,
    ElectionKind,
    ElectionState,
    Envelope,
    EnvelopeOrigin,
    KeyState,
    Outbox,
)
from awards.voiding import CanBeOpened
from tests.awards.play import NOW, entry
from tests.awards.poll import CLOSES, ELECTORS, FIVE, MARKS, Poll
from tests.awards.test_polls import open_by_two, recounts

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
OPENNESS = ("OP-1", "OP-2")


def lose(poll: Poll) -> None:
    for it in poll.keys.iterdir():
        it.unlink()


def propose(poll: Poll, reason: str = "The disk is gone, and there is no copy") -> Approval:
    return voiding.propose(
        poll.session, poll.edition, reason=reason, key_folder=poll.keys, actor=poll.organiser, now=poll.now
    )


def approve(poll: Poll, made: Approval, **more: object) -> list[str]:
    told = voiding.approve(
        poll.session,
        poll.edition,
        made.subject_sha256,
        key_folder=poll.keys,
        now=poll.now,
        **{"actor": poll.teller} | more,  # type: ignore[arg-type]
    )
    return sorted(it.elector for it in told)


def spoil(poll: Poll, elector: str) -> None:
    """An envelope that holds no ballot, as nobody's page makes one."""
    services = next(it for it in poll.elections() if it.category == "services")
    entry_of = next(it for it in roll.on(poll.session, poll.edition) if it.elector == elector)
    poll.session.add(
        Envelope(
            election_id=services.id,
            roll_entry_id=entry_of.id,
            sealed=keys.seal(services.key.public_key, b"no ballot at all"),
            tag="0" * 64,
            origin=EnvelopeOrigin.ONLINE,
            cast_at=NOW.replace(minute=0),
        )
    )
    poll.session.flush()


def two_categories(session: scoped_session[Session], folder: Path) -> Poll:
    standing = (*FIVE, *OPENNESS)
    poll = Poll(
        session,
        folder,
        entries=tuple(entry(it, "openness" if it in OPENNESS else "services") for it in standing),
    )
    poll.marks = MARKS | dict.fromkeys(OPENNESS, 8)
    poll.begun()
    return poll


def test_a_vote_whose_key_is_lost_is_held_again_by_the_word_of_two(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two")
    lose(poll)
    with pytest.raises(ReasonMissing):
        propose(poll, " ")
    made = propose(poll)
    with pytest.raises(approvals.SamePerson):
        approve(poll, made, actor=poll.organiser)
    assert session.scalars(select(Envelope.sealed)).all().count(None) == 0

    assert approve(poll, made) == sorted(ELECTORS)

    before, after = poll.elections()
    assert (before.state, before.key.state) == (ElectionState.VOID, KeyState.SPENT)
    assert (after.state, after.kind, after.slate) == (
        ElectionState.OPEN,
        ElectionKind.REPEAT,
        before.slate,
    )
    assert session.scalars(select(Envelope.sealed)).all() == [None, None]
    assert session.scalars(select(Ballot)).all() == []
    (decision,) = decisions.of_edition(session(), poll.edition, DecisionKind.REPEAT)
    assert (decision.subject["because"], decision.subject["destroyed"]) == ("unopenable", 2)
    assert decision.reason == "The disk is gone, and there is no copy"
    assert [(it["name"], it["as"]) for it in decision.signers] == [
        ("Organiser", "organiser"),
        ("Teller", "teller"),
    ]
    assert polls.look(session(), poll.edition).presence.present == 0
    poll.cast("one", "three", choice=("SV-2",))
    poll.over()
    open_by_two(poll)
    for public in (True, False):
        recounts(poll, public=public)


@SQLITE
def test_who_voted_reads_that_it_counts_no_more_and_until_when_they_can_vote(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two")
    poll.over()
    lose(poll)
    approve(poll, propose(poll))

    message = session.scalars(select(Outbox).order_by(Outbox.id.desc())).first()
    assert message is not None
    subject, text = mails.preview(session(), message, url="https://x.example")
    assert "Please vote once more" in subject
    assert "were destroyed unopened" in text
    assert "No ballot has come from you" not in text
    assert "You can vote until" not in text, "the stated date has passed: people close it"


@SQLITE
def test_envelopes_that_can_be_opened_are_never_destroyed(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    poll.cast("one", "two")
    with pytest.raises(CanBeOpened):
        propose(poll)
    poll.over()
    made = propose(poll)
    with pytest.raises(CanBeOpened), session.begin_nested():
        approve(poll, made)

    assert [it.state for it in poll.elections()] == [ElectionState.CLOSED]
    assert session.scalars(select(Envelope.sealed)).all().count(None) == 0
    open_by_two(poll)
    with pytest.raises(NotOpen):
        propose(poll)


def test_a_spoilt_envelope_has_its_category_voted_again_and_no_other(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = two_categories(session, tmp_path)
    poll.cast("one", "two")
    poll.cast("one", "two", "three", choice=("OP-1",), category="openness")
    spoil(poll, "four")
    poll.over()
    opening = unsealing.propose(session(), poll.edition, reason="Closed", actor=poll.teller, now=poll.now)

    approve(poll, propose(poll))

    states = {(it.category, it.kind): it.state for it in poll.elections()}
    assert states == {
        ("openness", ElectionKind.REGULAR): ElectionState.CLOSED,
        ("services", ElectionKind.REGULAR): ElectionState.VOID,
        ("services", ElectionKind.REPEAT): ElectionState.OPEN,
    }
    assert opening.ended_at == poll.now, "of a box that is another one now"
    poll.cast("one", "two", choice=("SV-2",))
    assert (
        polls.close(
            session(), poll.edition, reason="Long enough", actor=poll.organiser, now=poll.now
        ).presence.present
        == 3
    )
    open_by_two(poll)
    recounts(poll, public=False)


@SQLITE
def test_a_category_voted_again_after_the_close_is_closed_by_people_with_a_reason(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = two_categories(session, tmp_path)
    poll.cast("one", "two")
    poll.cast("one", "two", choice=("OP-1",), category="openness")
    spoil(poll, "four")
    poll.over()
    approve(poll, propose(poll))
    act = {"actor": poll.organiser, "now": poll.now}

    found = polls.look(session(), poll.edition)
    assert (found.closes, found.everybody) == (None, False)
    with pytest.raises(ReasonMissing):
        polls.close(session(), poll.edition, **act)
    poll.cast(*ELECTORS)
    assert polls.look(session(), poll.edition).everybody, "of what can still be cast"
    polls.close(session(), poll.edition, **act)
    closes = decisions.of_edition(session(), poll.edition, DecisionKind.ROUND_CLOSED)
    assert closes[-1].subject["categories"] == ["services"]


@SQLITE
def test_the_key_of_a_run_off_is_lost_and_it_stays_a_run_off(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path, more_of("runoff")).begun()
    poll.cast("one", choice=("SV-1",))
    poll.cast("two", choice=("SV-2",))
    poll.over()
    open_by_two(poll)
    assert [it.kind for it in elections.of_edition(session(), poll.edition, *IN_THE_BOX)] == [
        ElectionKind.RUNOFF
    ]
    poll.cast("one", choice=("SV-1",))
    lose(poll)

    approve(poll, propose(poll))

    (again,) = elections.of_edition(session(), poll.edition, *IN_THE_BOX)
    assert (again.kind, again.slate) == (ElectionKind.RUNOFF, ["SV-1", "SV-2"])
    poll.cast("one", "two", choice=("SV-2",))
    polls.close(session(), poll.edition, reason="All are here", actor=poll.organiser, now=poll.now)
    open_by_two(poll)
    assert poll.prizes()["SV-2"] == "best"
    recounts(poll, public=False)


def more_of(step: str) -> str:
    from tests.awards.poll import PUBLIC

    return f'{PUBLIC}\n[result]\nladder = ["{step}", "lot"]\n'


@SQLITE
@pytest.mark.parametrize("content", [b"", b"half a k", b"\xff" * 64, b"0" * 63, b"ab" * 32])
def test_a_damaged_or_another_key_is_none(
    session: scoped_session[Session], tmp_path: Path, content: bytes
) -> None:
    poll = Poll(session, tmp_path).ready()
    (file,) = poll.keys.iterdir()
    file.write_bytes(content)

    assert poll.lacks() == ["no_key"]
    key = session.scalars(select(BallotKey)).one()
    assert not keys.fits(poll.keys, key.file_name, key.public_key)
    if content != b"ab" * 32:
        with pytest.raises(keys.KeyMissing):
            keys.load(poll.keys, key.file_name)


@SQLITE
def test_nobody_is_reminded_once_the_time_is_over(session: scoped_session[Session], tmp_path: Path) -> None:
    poll = Poll(session, tmp_path).begun()
    with pytest.raises(NotOpen):
        polls.to_remind(session(), poll.edition, CLOSES + timedelta(minutes=1))
    assert polls.to_remind(session(), poll.edition, NOW + timedelta(days=2)).go


@SQLITE
def test_a_new_key_stays_whatever_becomes_of_a_savepoint_and_goes_with_its_transaction(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path).begun()
    (key,) = poll.keys.iterdir()
    session.begin_nested().rollback()
    assert key.exists()
    session.begin_nested().commit()
    session.rollback()
    assert not key.exists()

"""The public's own vote: on one prize that nothing else contests, beside the vote, in no roll and in no quorum."""

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    casting,
    decisions,
    envelopes,
    passes,
    polls,
    prizes,
    public_votes,
    records,
    replacing,
    results,
    roll,
    unsealing,
    winners,
)
from awards.models import (
    AwardState,
    DecisionKind,
    ElectionKind,
    ElectionState,
    Envelope,
    NominationState,
    Outbox,
)
from awards.notices import Template
from awards.polls import TimeLeft
from awards.replacing import Then
from awards.winners import ChairToDecide
from judging.record import read_bytes
from judging.recount import recount
from tests.awards.poll import ELECTORS
from tests.awards.public_vote import BESIDE, Square

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def begun(session: scoped_session[Session], folder: Path) -> Square:
    square = Square(session, folder, BESIDE)
    square.begun()
    return square


def voted(session: scoped_session[Session], folder: Path, *choices: str) -> Square:
    """The electors want SV-1, the public what is given."""
    square = begun(session, folder)
    square.cast(*ELECTORS[:3])
    for number, choice in enumerate(choices):
        square.citizen(f"citizen{number}", choice)
    return square


def opened(square: Square) -> Square:
    square.over()
    act = {"now": square.now}
    made = unsealing.propose(square.session, square.edition, reason="In time", actor=square.teller, **act)
    unsealing.approve(
        square.session,
        square.edition,
        made.subject_sha256,
        key_folder=square.keys,
        actor=square.organiser,
        **act,
    )
    return square


def given(square: Square) -> list[tuple[str, str]]:
    return [(it.nomination.reference, it.prize) for it in prizes.of_edition(square.session, square.edition)]


def differences(square: Square, *, public: bool) -> list[str]:
    target = BytesIO()
    found = records.write(square.session(), square.edition, target, public=public)
    counted = recount(read_bytes(target.getvalue(), manifest_sha256=found.manifest_sha256))
    return [f"{it.place}: {it.stated} {it.counted}" for it in counted.differences]


def test_the_public_gives_its_own_prize_and_no_other(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    square = opened(voted(session, tmp_path, "SV-2", "SV-2", "SV-3"))
    signed = winners.sign(square.session, square.edition, actor=square.chair, now=square.now)

    assert len(signed) == 1
    assert given(square) == [("SV-1", "best"), ("SV-2", "people")]
    assert square.nomination("SV-2").state is NominationState.WINNER
    decision = decisions.of_edition(square.session, square.edition, DecisionKind.WINNERS)[-1]
    assert decision.subject["prizes"] == {"best": ["SV-1"], "people": ["SV-2"]}
    assert {it.state for it in square.all_elections()} == {ElectionState.COUNTED}
    assert square.public().tally["ballots"] == 3
    assert differences(square, public=False) == differences(square, public=True) == []


@ON_SQLITE
def test_the_public_is_on_no_roll_and_in_no_turnout_quorum_or_account(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    square = voted(session, tmp_path, "SV-2", "SV-2", "SV-3")
    entry = square.let_in("silent")
    poll = polls.look(square.session, square.edition)
    member = square.person("one@electors.example")
    square.let_in("twin").email = "one@electors.example"

    assert (poll.presence.present, poll.presence.roll, poll.presence.envelopes, poll.left) == (3, 4, 3, 1)
    assert [it.kind for it in poll.public] == [ElectionKind.PUBLIC]
    assert {it.elector for it in roll.on(square.session, square.edition)} == set(ELECTORS)
    assert entry.id not in roll.left(square.session, square.edition)
    assert passes.of_account(square.session(), square.edition, member.account).elector == "one"
    with pytest.raises(roll.NoSuchEntry):
        roll.find(square.session, square.edition, entry.public_id)
    with pytest.raises(public_votes.NotThePublic):
        public_votes.entitle(square.session, square.edition, roll.on(square.session, square.edition)[0])


@ON_SQLITE
def test_the_vote_stays_open_for_the_public_until_its_date_and_closes_with_the_other(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    square = begun(session, tmp_path)
    square.cast(*ELECTORS)

    assert not polls.look(square.session, square.edition).left
    with pytest.raises(TimeLeft):
        polls.close(square.session, square.edition, actor=square.organiser, now=square.now)
    square.over()
    assert square.public().state is ElectionState.CLOSED
    with pytest.raises(casting.NoBallot):
        square.citizen("late", "SV-2")


@ON_SQLITE
def test_below_the_quorum_nothing_of_the_public_is_opened_and_more_time_is_the_public_s_too(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    square = begun(session, tmp_path)
    square.cast("one")
    for name in ("a", "b", "c", "d", "e"):
        square.citizen(name, "SV-3")
    square.over()

    with pytest.raises(envelopes.QuorumNotMet):
        unsealing.propose(square.session, square.edition, reason="r", actor=square.teller, now=square.now)
    local = square.now.replace(tzinfo=None, year=2015)
    unsealing.extend(
        square.session, square.edition, local, zone="UTC", reason="r", actor=square.organiser, now=square.now
    )
    assert {it.state for it in square.all_elections()} == {ElectionState.OPEN}
    square.citizen("f", "SV-3")


@ON_SQLITE
def test_where_nobody_of_the_public_chose_anybody_its_prize_is_not_given(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    square = voted(session, tmp_path)
    square.citizen("blank")
    opened(square)
    winners.sign(square.session, square.edition, actor=square.chair, now=square.now)

    assert given(square) == [("SV-1", "best")]
    decision = decisions.of_edition(square.session, square.edition, DecisionKind.WINNERS)[-1]
    assert decision.subject["not_given"] == ["people"]
    assert differences(square, public=False) == []


@ON_SQLITE
def test_level_ones_of_the_public_wait_for_the_chair_and_only_there(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    square = opened(voted(session, tmp_path, "SV-2", "SV-3"))

    with pytest.raises(ChairToDecide):
        winners.sign(square.session, square.edition, actor=square.chair, now=square.now)
    square.order_of_the_public("SV-3", "SV-2")
    winners.sign(square.session, square.edition, actor=square.chair, now=square.now)

    assert given(square) == [("SV-1", "best"), ("SV-3", "people")]
    document = results.frozen(square.session, square.edition)["services"].document
    assert document["steps"] == []
    assert [it["step"] for it in document["public"]["steps"]] == ["first_round", "chair"]
    assert differences(square, public=True) == []


def test_a_finalist_disqualified_during_the_vote_has_the_public_s_envelopes_destroyed_too(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    square = voted(session, tmp_path, "SV-2", "SV-3")
    before = square.public()
    replacing.take_out(
        square.session,
        square.edition,
        square.nomination("SV-2"),
        NominationState.DISQUALIFIED,
        seen=Then.VOTED_AGAIN,
        reason="Copied",
        key_folder=square.keys,
        actor=square.chair,
        now=square.now,
    )
    after = square.public()

    written = [
        it.recipient for it in square.session.scalars(select(Outbox)) if it.template == Template.BALLOT.value
    ]
    assert [written.count(f"citizen{number}@citizens.example") for number in (0, 1)] == [1, 1]
    assert before.state is ElectionState.VOID
    assert (after.state, "SV-2" in after.slate) == (ElectionState.OPEN, False)
    sealed = select(Envelope.sealed).where(Envelope.election_id == before.id)
    assert set(square.session.scalars(sealed)) == {None}
    repeated = decisions.of_edition(square.session, square.edition, DecisionKind.REPEAT)
    assert [(it.subject["destroyed"], it.subject.get("public", False)) for it in repeated] == [
        (3, False),
        (2, True),
    ]
    square.cast(*ELECTORS[:3])
    square.citizen("again", "SV-4")
    opened(square)
    winners.sign(square.session, square.edition, actor=square.chair, now=square.now)
    assert given(square) == [("SV-1", "best"), ("SV-4", "people")]
    assert differences(square, public=True) == []


@ON_SQLITE
def test_a_record_that_leaves_the_public_s_vote_out_or_gives_its_prize_to_another_is_found(
    session: scoped_session[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    square = opened(voted(session, tmp_path, "SV-2", "SV-2", "SV-3"))
    winners.sign(square.session, square.edition, actor=square.chair, now=square.now)
    award = next(it for it in prizes.of_edition(square.session, square.edition) if it.prize == "people")
    award.nomination = square.nomination("SV-3")
    square.session.flush()
    assert differences(square, public=False) != []
    award.state = AwardState.SUPERSEDED
    square.session.flush()
    assert differences(square, public=False) == ["SV-2: nothing people"]
    monkeypatch.setattr("awards.elections.of_the_public", lambda *_: [])
    assert any(it.startswith("public: nothing") for it in differences(square, public=False))

"""The public log of a vote: what is published when, and what an opening finds that was tampered with."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, scoped_session

from awards import audit, ballot_list, ballot_log, envelopes, jobs, keys
from awards.ballot_log import Breach, LogBroken
from awards.jobs import Work
from awards.models import (
    Ballot,
    Election,
    ElectionState,
    Envelope,
    EnvelopeOrigin,
    LogHead,
    LogLeaf,
    RollEntry,
)
from judging import merkle
from judging.ballot import commitment
from tests.awards.play import NOW
from tests.awards.poll import Poll
from tests.awards.test_polls import open_by_two

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def poll(session: scoped_session[Session], tmp_path: Path) -> Poll:
    return Poll(session, tmp_path).begun()


def leaves(poll: Poll) -> list[str]:
    return list(ballot_log.leaves(poll.session, poll.elections()[0]))


def heads(poll: Poll) -> list[LogHead]:
    return list(poll.session.scalars(select(LogHead).order_by(LogHead.number)))


def root(fingerprints: list[str]) -> str:
    return merkle.root(map(bytes.fromhex, fingerprints)).hex()


def tick(poll: Poll, minutes: int) -> int:
    at = NOW.replace(minute=0) + timedelta(minutes=minutes)
    return jobs.tick(Work(poll.session(), poll.actor, at, poll.keys, "", "")).heads


def test_a_head_by_the_hour_takes_what_was_cast_in_the_hours_before_and_the_close_takes_the_rest(
    poll: Poll,
) -> None:
    poll.cast("one", "two")

    assert tick(poll, 59) == 0
    assert tick(poll, 61) == 1
    assert tick(poll, 62) == tick(poll, 121) == 0
    poll.now = NOW + HOUR
    poll.cast("three")
    poll.over()

    first, last = heads(poll)
    assert (first.size, last.size) == (2, 3)
    assert leaves(poll)[:2] == sorted(leaves(poll)[:2])
    assert (first.root, last.root) == (root(leaves(poll)[:2]), root(leaves(poll)))
    told = audit.told(poll.session(), poll.edition, ballot_log.HEAD)
    assert [(it["size"], it["root"]) for it in told] == [(2, first.root), (3, last.root)]


@SQLITE
def test_an_opening_publishes_the_root_of_the_sorted_commitments(poll: Poll) -> None:
    poll.cast("one", "two", "three")
    open_by_two(poll.over())

    (election,) = poll.elections()
    found = [
        commitment(election.public_id, tuple(it.choice), it.nonce)
        for it in poll.session.scalars(select(Ballot))
    ]
    assert election.commitments_root == root(sorted(found))


@SQLITE
def test_a_vote_in_which_nobody_took_part_has_an_empty_log_at_the_close(poll: Poll) -> None:
    poll.over()

    assert [(it.size, it.root) for it in heads(poll)] == [(0, hashlib.sha256().hexdigest())]


def unguarded(poll: Poll, statement: str, **values: object) -> None:
    """What somebody does who has the database to themselves."""
    names = (
        poll.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    )
    for name in names:
        poll.session.execute(text(f"DROP TRIGGER {name}"))
    poll.session.execute(text(statement), values)
    poll.session.expire_all()


def dropped(poll: Poll) -> None:
    unguarded(poll, "DELETE FROM envelope WHERE roll_entry_id = (SELECT min(roll_entry_id) FROM envelope)")


def changed(poll: Poll) -> None:
    election = poll.elections()[0]
    vote = envelopes.roll.vote_of(envelopes.editions.rules_of(poll.session, poll.edition))
    other = envelopes.seal(election, vote, ("SV-2",))
    unguarded(
        poll,
        "UPDATE envelope SET sealed = :other WHERE roll_entry_id = (SELECT min(roll_entry_id) FROM envelope)",
        other=other,
    )


def added(poll: Poll) -> None:
    """Put in after the close, with everything that belongs to it."""
    election, entry = (
        poll.elections()[0],
        poll.session.scalars(select(RollEntry).where(RollEntry.elector == "four")).one(),
    )
    sealed = keys.seal(election.key.public_key, b"whatever it holds")
    poll.session.add(
        Envelope(
            election_id=election.id,
            roll_entry_id=entry.id,
            sealed=sealed,
            fingerprint=envelopes.fingerprint(election, entry.public_id, sealed),
            tag="0" * 64,
            origin=EnvelopeOrigin.ONLINE,
            cast_at=NOW.replace(minute=0),
        )
    )
    poll.session.flush()


def swapped(poll: Poll) -> None:
    """Two electors' envelopes change places, fingerprints and all."""
    one, other = poll.session.scalars(select(Envelope).order_by(Envelope.roll_entry_id)).all()[:2]
    values = [(one.sealed, one.fingerprint), (other.sealed, other.fingerprint)]
    for it, (sealed, given) in zip((other, one), values, strict=True):
        unguarded(
            poll,
            "UPDATE envelope SET sealed = :sealed, fingerprint = :given WHERE roll_entry_id = :entry",
            sealed=sealed,
            given=given,
            entry=it.roll_entry_id,
        )


def root_replaced(poll: Poll) -> None:
    unguarded(poll, "UPDATE log_head SET root = :other", other=root(["00" * 32]))


def history_rewritten(poll: Poll) -> None:
    """The leaves stand in another order, and their root with them: only the audit trail remembers."""
    there = leaves(poll)
    unguarded(poll, "DELETE FROM log_leaf")
    (election,) = poll.elections()
    poll.session.add_all(
        LogLeaf(election_id=election.id, position=at, fingerprint=it) for at, it in enumerate(reversed(there))
    )
    unguarded(poll, "UPDATE log_head SET root = :other", other=root(there[::-1]))


def leaf_dropped_with_its_envelope_kept(poll: Poll) -> None:
    unguarded(poll, "DELETE FROM log_leaf WHERE position = 2")


TAMPERED: tuple[tuple[Callable[[Poll], None], Breach], ...] = (
    (dropped, Breach.GONE),
    (changed, Breach.CHANGED),
    (added, Breach.ADDED),
    (swapped, Breach.CHANGED),
    (root_replaced, Breach.ROOT),
    (history_rewritten, Breach.ROOT),
    (leaf_dropped_with_its_envelope_kept, Breach.ADDED),
)


@SQLITE
def test_an_opening_finds_what_was_tampered_with_and_opens_nothing(poll: Poll) -> None:
    poll.cast("one", "two", "three")
    poll.over()
    for tamper, breach in TAMPERED:
        attempt = poll.session.begin_nested()
        tamper(poll)

        with pytest.raises(LogBroken) as found:
            open_by_two(poll)

        assert (found.value.breach, found.value.category) == (breach, "services"), tamper.__name__
        assert poll.session.scalars(select(Ballot)).all() == []
        assert {it.state for it in poll.elections()} == {ElectionState.CLOSED}
        attempt.rollback()


@SQLITE
@pytest.mark.parametrize("tamper", [dropped, changed, swapped, history_rewritten])
def test_without_the_look_at_the_log_the_same_would_pass_unseen(
    poll: Poll, tamper: Callable[[Poll], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    poll.cast("one", "two", "three")
    poll.over()
    tamper(poll)
    monkeypatch.setattr(ballot_log, "check", lambda *_: None)

    open_by_two(poll)

    assert {it.state for it in poll.elections()} == {ElectionState.COUNTED}


@SQLITE
def test_triggers_keep_box_and_log_as_they_are(poll: Poll) -> None:
    poll.cast("one")
    poll.over()
    for statement in (
        "UPDATE log_leaf SET fingerprint = 'other'",
        "DELETE FROM log_leaf",
        "UPDATE log_head SET root = 'other'",
        "DELETE FROM log_head",
        "DELETE FROM envelope",
        "UPDATE envelope SET fingerprint = 'other'",
        "UPDATE envelope SET sealed = x'00'",
    ):
        with pytest.raises(DatabaseError), poll.session.begin_nested():
            poll.session.execute(text(statement))


@SQLITE
def test_a_struck_envelope_stays_in_the_log_and_opens_nothing(poll: Poll) -> None:
    poll.cast("one", "two", "three")
    poll.over()
    poll.session.execute(
        text(
            "UPDATE envelope SET struck_because = 'fraud'"
            " WHERE roll_entry_id = (SELECT min(roll_entry_id) FROM envelope)"
        )
    )

    open_by_two(poll)

    assert len(leaves(poll)) == 3
    assert len(poll.session.scalars(select(Ballot)).all()) == 2


def test_a_fingerprint_is_over_election_owner_and_seal() -> None:
    election = Election(public_id="e1")

    expected = hashlib.sha256(json.dumps(["envelope", "e1", "owner", "00ff"], separators=(",", ":")).encode())

    assert envelopes.fingerprint(election, "owner", b"\x00\xff") == expected.hexdigest()
    assert len({envelopes.fingerprint(election, owner, b"\x00") for owner in ("a", "b")}) == 2


@SQLITE
def test_what_is_not_in_the_log_is_found_by_an_index(session: scoped_session[Session]) -> None:
    """Without one each envelope is looked for among all leaves, which takes hours in a large vote."""
    asked = ballot_list._outside([1]).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = [str(row[3]) for row in session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    leaves = [step for step in plan if "log_leaf" in step]

    assert leaves
    assert all("ix_log_leaf_election_id_fingerprint" in step for step in leaves), plan

"""The public log of a vote: what is published when. What is found of tampering stands in test_tampering.py."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from awards import audit, ballot_list, ballot_log, envelopes, jobs
from awards.jobs import Work
from awards.models import (
    Ballot,
    Election,
    LogHead,
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

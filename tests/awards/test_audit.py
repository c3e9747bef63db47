"""The audit trail: whatever is done to its rows by hand, verifying finds it."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, scoped_session

from awards import audit
from awards.audit import Flaw
from awards.extensions import begin_writing
from awards.models import AuditEvent, AuditPayload
from tests.awards.contest import Contest


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    """An edition with a trail of some length, kept."""
    contest = Contest(session, tmp_path).opened()
    contest.session.commit()
    return contest


def flaws(contest: Contest) -> dict[int, set[Flaw]]:
    contest.session.expire_all()
    found: dict[int, set[Flaw]] = {}
    for flaw in audit.verify(contest.session):
        if flaw.chain == contest.edition.public_id:
            found.setdefault(flaw.seq, set()).add(flaw.flaw)
    return found


def unguarded(contest: Contest) -> None:
    """The triggers dropped by hand, as somebody with the database's password could."""
    on = " ON audit_event" if contest.session.get_bind().dialect.name == "postgresql" else ""
    for act in ("delete", "update"):
        contest.session.execute(text(f"DROP TRIGGER guard_audit_event_{act}{on}"))


def tamper(contest: Contest, statement: str, **values: object) -> None:
    chain = contest.edition.public_id
    contest.session.execute(text(statement), {"chain": chain, **values})
    contest.session.commit()


def test_an_untouched_trail_has_no_flaw(contest: Contest) -> None:
    assert flaws(contest) == {}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_event SET action = 'nothing' WHERE seq = 3", "DELETE FROM audit_event WHERE seq = 3"],
)
def test_the_database_itself_refuses_to_change_or_remove_an_event(contest: Contest, statement: str) -> None:
    with pytest.raises(DatabaseError, match="audit_event"):
        contest.session.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    [
        "action = 'nothing'",
        "actor = 'somebody'",
        "real_actor = 'somebody'",
        "subject = 'else'",
        "digest = 'abc'",
    ],
)
def test_a_changed_event_is_found(contest: Contest, change: str) -> None:
    unguarded(contest)

    tamper(contest, f"UPDATE audit_event SET {change} WHERE chain = :chain AND seq = 3")

    assert Flaw.CHANGED in flaws(contest)[3]


def test_an_event_changed_with_its_own_hash_breaks_the_next_ones_link(contest: Contest) -> None:
    unguarded(contest)
    event = contest.session.scalars(
        select(AuditEvent).where(AuditEvent.chain == contest.edition.public_id, AuditEvent.seq == 3)
    ).one()
    event.action = "nothing"
    event.hash = audit._hash(event)
    contest.session.commit()

    assert flaws(contest) == {4: {Flaw.BROKEN_LINK}}


def test_a_changed_payload_is_found_and_an_erased_one_is_none_of_its_business(contest: Contest) -> None:
    events = contest.session.scalars(
        select(AuditEvent.id).where(AuditEvent.chain == contest.edition.public_id).order_by(AuditEvent.seq)
    ).all()
    contest.session.delete(contest.session.get_one(AuditPayload, events[1]))
    contest.session.get_one(AuditPayload, events[2]).after = "{}  "
    contest.session.commit()

    assert flaws(contest) == {3: {Flaw.PAYLOAD_CHANGED}}


def test_a_removed_event_is_found(contest: Contest) -> None:
    unguarded(contest)
    events = "(SELECT id FROM audit_event WHERE chain = :chain AND seq = 3)"
    tamper(contest, f"DELETE FROM audit_payload WHERE event_id IN {events}")

    tamper(contest, "DELETE FROM audit_event WHERE chain = :chain AND seq = 3")

    assert flaws(contest) == {4: {Flaw.GAP, Flaw.BROKEN_LINK}}


def test_an_inserted_event_is_found(contest: Contest) -> None:
    last = contest.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.chain == contest.edition.public_id)
        .order_by(AuditEvent.seq.desc())
    ).first()
    assert last is not None

    tamper(
        contest,
        "INSERT INTO audit_event (chain, seq, at, actor, real_actor, action, subject, digest, previous, hash)"
        " SELECT chain, seq + 1, at, actor, real_actor, 'forged', subject, digest, hash, hash FROM audit_event"
        " WHERE chain = :chain AND seq = :last",
        last=last.seq,
    )

    assert flaws(contest) == {last.seq + 1: {Flaw.CHANGED}}


def test_reordered_events_are_found(contest: Contest) -> None:
    unguarded(contest)
    for before, after in ((3, -1), (4, 3), (-1, 4)):
        tamper(
            contest,
            "UPDATE audit_event SET seq = :after WHERE chain = :chain AND seq = :before",
            before=before,
            after=after,
        )

    found = flaws(contest)

    assert set(found) >= {3, 4, 5}
    assert found[3] >= {Flaw.CHANGED, Flaw.BROKEN_LINK}


def test_the_command_says_which_event_does_not_hold(
    app: Flask, cli: FlaskCliRunner, contest: Contest
) -> None:
    sound = cli.invoke(args=["audit", "verify"])
    begin_writing()
    unguarded(contest)
    tamper(contest, "UPDATE audit_event SET action = 'nothing' WHERE chain = :chain AND seq = 3")

    flawed = cli.invoke(args=["audit", "verify"])

    assert (sound.exit_code, sound.output) == (0, "The audit trail holds.\n")
    assert flawed.exit_code == 1
    assert "Event 3 of small-prize was changed." in flawed.output

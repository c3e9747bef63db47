"""Tampering: an envelope dropped, changed, added, swapped, struck; a root replaced; a ballot changed; a share lost.

Whoever does it has the database to themselves, triggers and all. Each is found, before anything is opened or by a
recount, and passes unseen where the look that finds it is taken out.
"""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, scoped_session

from awards import ballot_log, envelopes, keys, records, roll, shares
from awards.ballot_log import Breach, LogBroken
from awards.counts import EvidenceDiffers
from awards.models import Ballot, ElectionState, Envelope, EnvelopeOrigin, LogLeaf, RollEntry
from judging.ballot import commitment
from judging.ledger import Ledger, Sorted
from judging.record import read_bytes
from judging.recount import recount
from tests.awards.keeping import Kept
from tests.awards.play import NOW
from tests.awards.poll import ELECTORS, Poll
from tests.awards.test_ballot_log import leaves, root
from tests.awards.test_polls import open_by_two
from tests.awards.test_striking import strike

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def poll(session: scoped_session[Session], tmp_path: Path) -> Poll:
    """Four envelopes that count, and one that is struck; the vote is closed."""
    poll = Poll(session, tmp_path, electors=(*ELECTORS, "five", "six")).begun()
    poll.cast("one", "two", "three", "five", "six")
    poll.now += timedelta(minutes=1)
    strike(poll, "six")
    return poll.over()


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
    vote = roll.vote_of(envelopes.editions.rules_of(poll.session, poll.edition))
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


def struck_by_nobody(poll: Poll) -> None:
    unguarded(
        poll,
        "UPDATE envelope SET struck_because = 'fraud'"
        " WHERE roll_entry_id = (SELECT min(roll_entry_id) FROM envelope)",
    )


def struck_under_a_decision_of_another(poll: Poll) -> None:
    unguarded(
        poll,
        "UPDATE envelope SET struck_because = 'fraud', decision_id = (SELECT max(decision_id) FROM envelope)"
        " WHERE roll_entry_id = (SELECT min(roll_entry_id) FROM envelope)",
    )


def put_back_by_nobody(poll: Poll) -> None:
    unguarded(poll, "UPDATE envelope SET struck_because = NULL, decision_id = NULL")


TAMPERED: tuple[tuple[Callable[[Poll], None], Breach], ...] = (
    (dropped, Breach.GONE),
    (changed, Breach.CHANGED),
    (added, Breach.ADDED),
    (swapped, Breach.CHANGED),
    (root_replaced, Breach.ROOT),
    (history_rewritten, Breach.ROOT),
    (leaf_dropped_with_its_envelope_kept, Breach.ADDED),
    (struck_by_nobody, Breach.STRUCK),
    (struck_under_a_decision_of_another, Breach.STRUCK),
    (put_back_by_nobody, Breach.STRUCK),
)


def test_an_opening_finds_what_was_tampered_with_and_opens_nothing(poll: Poll) -> None:
    for tamper, breach in TAMPERED:
        attempt = poll.session.begin_nested()
        tamper(poll)

        with pytest.raises(LogBroken) as found:
            open_by_two(poll)

        assert (found.value.breach, found.value.category) == (breach, "services"), tamper.__name__
        assert poll.session.scalars(select(Ballot)).all() == []
        assert {it.state for it in poll.elections()} == {ElectionState.CLOSED}
        attempt.rollback()


def test_without_the_look_at_the_log_the_same_would_pass_unseen(
    poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ballot_log, "check", lambda *_: None)
    for tamper in (
        dropped,
        changed,
        swapped,
        root_replaced,
        history_rewritten,
        struck_by_nobody,
        put_back_by_nobody,
    ):
        attempt = poll.session.begin_nested()
        tamper(poll)

        open_by_two(poll)

        assert {it.state for it in poll.elections()} == {ElectionState.COUNTED}, tamper.__name__
        attempt.rollback()


def test_triggers_keep_box_and_log_as_they_are(poll: Poll) -> None:
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


def ballot_changed(poll: Poll) -> None:
    unguarded(poll, """UPDATE ballot SET choice = '["SV-2"]'""")


def ballot_changed_with_its_commitment(poll: Poll) -> None:
    """It fits its own hash again; the root that was published with the opening does not."""
    (election,) = poll.elections()
    ballot = poll.session.scalars(select(Ballot)).first()
    assert ballot is not None
    unguarded(
        poll,
        """UPDATE ballot SET choice = '["SV-2"]', commitment = :new WHERE commitment = :old""",
        new=commitment(election.public_id, ("SV-2",), ballot.nonce),
        old=ballot.commitment,
    )


def ballot_dropped(poll: Poll) -> None:
    unguarded(poll, "DELETE FROM ballot WHERE commitment = (SELECT min(commitment) FROM ballot)")


def head_replaced(poll: Poll) -> None:
    unguarded(poll, "UPDATE log_head SET root = :other", other=root(["00" * 32]))


def opened_root_replaced(poll: Poll) -> None:
    unguarded(poll, "UPDATE election SET commitments_root = :other", other=root(["00" * 32]))


def ballot_replaced_with_its_root(poll: Poll) -> None:
    """Ballots and root fit again, and so does the count: only the audit trail remembers."""
    (election,) = poll.elections()
    ballot = poll.session.scalars(select(Ballot)).first()
    assert ballot is not None
    nonce, choice = "0" * 32, tuple(ballot.choice)
    unguarded(
        poll,
        "UPDATE ballot SET nonce = :nonce, commitment = :new WHERE commitment = :old",
        nonce=nonce,
        new=commitment(election.public_id, choice, nonce),
        old=ballot.commitment,
    )
    there = sorted(poll.session.scalars(select(Ballot.commitment)))
    unguarded(poll, "UPDATE election SET commitments_root = :other", other=root(there))


def opened_root_removed(poll: Poll) -> None:
    """So that it looks like a vote from before there was a log."""
    unguarded(poll, "UPDATE election SET commitments_root = NULL")


def found(poll: Poll) -> bool:
    target = BytesIO()
    try:
        records.write(poll.session, poll.edition, target, public=False)
        return bool(recount(read_bytes(target.getvalue())).differences)
    except (ValueError, EvidenceDiffers):
        return True


def test_a_recount_finds_what_was_changed_after_the_opening(
    poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by_two(poll)
    assert not found(poll)
    for tamper in (
        ballot_changed,
        ballot_changed_with_its_commitment,
        ballot_dropped,
        head_replaced,
        opened_root_replaced,
        opened_root_removed,
        ballot_replaced_with_its_root,
    ):
        attempt = poll.session.begin_nested()
        tamper(poll)

        assert found(poll), tamper.__name__
        attempt.rollback()
        poll.session.expire_all()

    monkeypatch.setattr(ballot_log, "commitments_roots", lambda *_: {})
    attempt = poll.session.begin_nested()
    ballot_replaced_with_its_root(poll)
    assert not found(poll), "without what the audit trail holds"
    attempt.rollback()
    poll.session.expire_all()
    monkeypatch.setattr(Ledger, "misfits", lambda *_: ())
    monkeypatch.setattr(Sorted, "misfits", lambda *_: ())
    for tamper in (head_replaced, opened_root_replaced):
        attempt = poll.session.begin_nested()
        tamper(poll)
        assert not found(poll), tamper.__name__
        attempt.rollback()
        poll.session.expire_all()


def test_a_share_that_is_lost_hurts_nobody(session: scoped_session[Session], tmp_path: Path) -> None:
    kept = Kept(session, tmp_path).voted()
    lost = next(it for it in shares.of_key(session(), kept.elections()[0].key))
    keys.destroy(kept.keys, lost.file_name)

    with pytest.raises(shares.ShareMissing):
        kept.give("hana")
    kept.give("hugo")

    assert kept.give("hilda").closed is not None
    assert {it.state for it in kept.elections()} == {ElectionState.COUNTED}

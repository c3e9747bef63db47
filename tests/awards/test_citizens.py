"""The public comes in on both databases: counted, confirmed, reported, forgotten."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import anomalies, bursts, citizens
from awards.models import RollEntry
from tests.awards.play import NOW
from tests.awards.poll import Poll
from tests.awards.public_vote import BESIDE


def test_an_address_is_asked_for_confirmed_reported_and_forgotten(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    edition = Poll(session, tmp_path, BESIDE).begun().edition
    who = {"key": b"k", "network": "192.0.2.0", "now": NOW}
    for address in ("Anna@gmail.com", "an.na+2@googlemail.com", "ben@mailinator.com"):
        assert (
            citizens.ask(session(), edition, address, place="192.0.2.1", language="ko", **who) == timedelta()
        )
    anna, ben = session.scalars(select(RollEntry).where(RollEntry.is_public).order_by(RollEntry.id))
    for entry in (anna, ben, ben):
        citizens.confirm(session(), edition, entry, **who)
    found = anomalies.look(session(), edition)

    assert anna.email == "anna@gmail.com"
    assert (found.asked, found.confirmed, found.ballots) == (2, 2, 0)
    assert [(it.sign, it.electors) for it in found.classes] == [(bursts.Sign.DISPOSABLE, 1)]
    assert [it.id for it in anomalies.class_of(session(), edition, found.classes[0].key)[1]] == [ben.id]
    assert anomalies.removed(session(), edition, "services") == 0
    assert citizens.forget(session(), edition) == 2
    assert citizens.forget(session(), edition) == 0
    assert session.scalars(select(RollEntry.email).where(RollEntry.is_public)).all() == ["", ""]

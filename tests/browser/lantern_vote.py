"""The Lantern Prize around its vote, by the use cases: what stories of the vote itself needn't do by hand again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from awards import (
    accounts,
    arming,
    delegations,
    editions,
    enrolment,
    holders,
    polls,
    roll,
    winners,
)
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Edition, Role, RollEntry
from awards.timetable import Moment
from tests.awards.keeping import PASSPHRASES
from tests.awards.play import table
from tests.awards.poll import SIGNERS
from tests.browser.members_prize import (
    CHAIR,
    KEY,
    PROGRAMME,
    SECOND_ORGANISER,
    STAFF,
    ZONE,
    reach_the_finalists,
    start,
)
from tests.browser.stage import ORGANISER, Stage, employ
from tests.web import world

LASTS = timedelta(days=5)
HANA, HUGO, HILDA = (f"{it}@keys.example" for it in PASSPHRASES)
HOLDERS = {it: (f"{it.partition('@')[0].title()} Example", Role.HOLDER) for it in (HANA, HUGO, HILDA)}
HALL, QUI, TOM = "hall@zephyrgate.example", "qui@quillonia.example", "tom@tollen.example"
ROLL = (
    ("Zephyrgate", "", "", HALL),
    ("Quillonia", "Qui Example", QUI, ""),
    ("Tollen", "Tom Example", TOM, ""),
    ("Marrowby", "Mary Example", "mary@marrowby.example", ""),
)


def with_holders() -> None:
    """Before the rules are frozen: three key holders are named, and none has a key."""
    session, now = db.session(), datetime.now(UTC)
    who = world.actor(session)
    employ(start(PROGRAMME + SIGNERS, who, now), {**STAFF, **HOLDERS}, who, now)
    session.commit()


def with_a_high_quorum(data: Path) -> None:
    """The vote is open; three of the four have to take part, else it is extended."""
    session, now = db.session(), datetime.now(UTC)
    who = world.actor(session)
    edition = start(PROGRAMME.replace('quorum = "1/3"', 'quorum = "3/4"') + SIGNERS, who, now)
    employ(edition, STAFF, who, now)
    _open(edition, data / "keys", who, now)
    session.commit()


def opens(quay: Stage) -> None:
    """The third holder is ready too, so the rules are frozen; then everything up to the open vote."""
    keys = _data(quay) / "keys"
    with quay.app.app_context():
        begin_writing()
        session, now = db.session(), datetime.now(UTC)
        edition = editions.find(session, KEY)
        _make_ready(edition, HILDA, keys, now)
        _open(edition, keys, world.actor(session), now)
        session.commit()


def _data(quay: Stage) -> Path:
    return Path(quay.app.config["LAURELS_DATA"])


def _make_ready(edition: Edition, email: str, folder: Path, now: datetime) -> None:
    session, who, passphrase = db.session(), _person(email), PASSPHRASES[email.partition("@")[0]]
    words = holders.make(session, edition, who.account, passphrase, folder=folder, actor=who, now=now)
    row = holders.find(session, edition, who.account).row
    assert row is not None
    asked = holders.asked(row)
    two = (words[asked[0] - 1], words[asked[1] - 1])
    holders.confirm(session, edition, who.account, passphrase, two, folder=folder, actor=who, now=now)


def _person(email: str) -> Actor:
    account = accounts.find(db.session(), email)
    assert account is not None, email
    return Actor(account, account)


def _open(edition: Edition, keys: Path, who: Actor, now: datetime) -> None:
    session = db.session()
    reach_the_finalists(edition, keys, who, now)
    columns: Sequence[str] = ("elector", "name", "email", "contact")
    enrolment.load(session, edition, table(columns, ROLL), actor=who, now=now)
    roll.freeze(session, edition, actor=who, now=now)
    asked = session.scalars(select(RollEntry).where(RollEntry.contact != "")).all()
    delegations.ask(session, edition, asked, actor=who, now=now)
    closes = (now + LASTS).replace(hour=14, minute=59, second=0, microsecond=0, tzinfo=None)
    editions.set_moment(session, edition, Moment.VOTE_CLOSE, closes, zone=ZONE, actor=who, now=now)
    seen = polls.stamp(session, edition)
    polls.open_vote(session, edition, seen=seen, key_folder=keys, actor=_person(ORGANISER), now=now)


def releases(quay: Stage) -> None:
    """The chair signs; two organisers arm it, and one presses."""
    with quay.app.app_context():
        begin_writing()
        session, now = db.session(), datetime.now(UTC)
        edition = editions.find(session, KEY)
        winners.sign(session, edition, actor=_person(CHAIR), now=now)
        olga, omar = _person(ORGANISER), _person(SECOND_ORGANISER)
        proposal = arming.propose(
            session, edition, ["night"], due=None, reason="All agree.", actor=olga, now=now
        )
        armed = arming.approve(session, edition, proposal.subject_sha256, actor=omar, now=now)
        arming.press(
            session, edition, armed, folder=_data(quay) / "files", url=quay.address, actor=olga, now=now
        )
        session.commit()

"""The public votes: an address typed, a mail, a button, a ballot; slowed, never shut out; strange classes struck."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import (
    anomalies,
    citizens,
    elections,
    passes,
    polls,
    striking,
    throttle,
    unsealing,
)
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Account,
    Attempt,
    Ballot,
    Envelope,
    PublicElector,
    RollEntry,
    StruckBecause,
)
from tests.awards.play import NOW, statements
from tests.awards.poll import CLOSES, PUBLIC, Poll
from tests.web.citizens import ASK, AUDITOR, CHOICE, ORGANISER, REPORT, TELLER, Public, burst
from tests.web.laid import laid
from tests.web.signing import send, signed_in
from tests.web.voters import BOOTH, cast, hidden, press, says

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW + timedelta(minutes=7), tick=False) as clock:
        yield clock


@pytest.fixture
def public(app: Flask) -> Public:
    return Public(app)


def test_an_address_gets_a_mail_whose_button_lets_in_to_the_ballots_of_the_public_prize(
    public: Public,
) -> None:
    client = public.app.test_client()
    page = says(client.get(ASK))
    asked = public.ask("Anna@City.example", client=client)
    told = says(client.get(asked.location))
    link = public.link("anna@city.example")
    before = client.get(link)
    with public.app.app_context():
        [elector] = db.session.scalars(select(PublicElector))
        unconfirmed = elector.confirmed_at
    booth = press(client, before)
    index = says(client.get(booth.location))
    receipt = cast(client, "services", CHOICE)
    again = client.get(f"{BOOTH}/")

    assert "Everybody may vote on one prize: People's prize" in page
    assert asked.location == f"{ASK}/asked"
    assert "a mail is on its way" in told
    assert "this address is yours" in says(before)
    assert unconfirmed is None
    assert "These are the ballots of anna@city.example." in index
    assert "People's prize: one in each category, on which the public votes" in index
    assert "Your ballot is in the box" in says(receipt) or receipt.status_code == 200
    assert "Cast:" in says(again)
    assert public.count(Envelope) == 1


def test_a_mailbox_has_one_ballot_whatever_its_spelling_and_however_often_it_asks(public: Public) -> None:
    public.votes("anna.example@gmail.com")
    public.ask("annaexample+2@googlemail.com")
    second = public.app.test_client()
    press(second, second.get(public.link("anna.example@gmail.com")))

    assert public.count(PublicElector) == 1
    assert "Cast:" in says(second.get(f"{BOOTH}/"))
    assert cast_refused(second)
    assert public.count(Envelope) == 1


def cast_refused(client: FlaskClient) -> bool:
    return client.get(f"{BOOTH}/services").status_code == 303


def test_the_answer_is_the_same_whether_or_not_an_address_is_known(public: Public) -> None:
    public.votes("anna@city.example")
    known, new = public.ask("anna@city.example"), public.ask("ben@city.example")
    elector = public.ask("one@electors.example")

    assert (known.status_code, known.location) == (new.status_code, new.location)
    assert (elector.status_code, elector.location) == (new.status_code, new.location)
    assert "anna" not in known.location + known.text


@pytest.mark.parametrize(
    "typed", ["", "nobody", "a@b", "x\0y@city.example", "a b@city.example", "a" * 300 + "@city.example"]
)
def test_what_is_no_address_is_said_beside_the_field(public: Public, typed: str) -> None:
    answer = public.ask(typed)

    assert answer.status_code == 422
    assert "Please mend this first" in says(answer)
    assert public.count(PublicElector) == 0


def test_fifty_honest_people_behind_one_address_of_the_network_all_vote(public: Public) -> None:
    people = [f"person{chr(97 + n // 26)}{chr(97 + n % 26)}@school.example" for n in range(50)]
    school = public.app.test_client()
    page = school.get(ASK)
    here = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}}
    for address in people:
        data = {**dict(hidden(page.text)), "email": address}
        assert school.post(ASK, data=data, **here).location == f"{ASK}/asked"
    for address in people:
        answer = school.post(public.link(address), data=dict(hidden(page.text)), **here)
        assert (answer.status_code, answer.location) == (303, f"{BOOTH}/")
    assert cast(school, "services", CHOICE).status_code == 200

    with public.app.app_context():
        assert {it.due_at for it in public.mails()} == {NOW + timedelta(minutes=7)}
        confirmed = [it.confirmed_at for it in db.session.scalars(select(PublicElector))]
    assert len(confirmed) == 50
    assert None not in confirmed


def flood(place: str, number: int, now: datetime) -> None:
    for _ in range(number):
        throttle.note(db.session(), throttle.Kind.CITIZEN_PLACE, place, now)


def test_a_flood_is_slowed_and_nobody_is_shut_out(public: Public) -> None:
    now, place = NOW + timedelta(minutes=7), "203.0.113.7"
    with public.app.app_context():
        begin_writing()
        session, edition = db.session(), public.edition()
        who = {"key": b"k", "place": place, "network": "203.0.113.0", "language": "en", "now": now}
        waits = []
        for number, before in enumerate((99, 0, 49, 400)):
            flood(place, before, now)
            waits.append(citizens.ask(session, edition, f"p{number}@flood.example", **who))
        kept = len(session.scalars(select(Attempt)).all())
        db.session.commit()
        due = [it.due_at - now for it in public.mails()]
    slowed, other = public.ask("late@city.example", place), public.ask("honest@city.example")

    assert [it // timedelta(minutes=1) for it in waits] == [0, 10, 20, 60]
    assert due == waits
    assert kept == throttle.LIMITS[throttle.Kind.CITIZEN_PLACE].most + len(waits)
    assert slowed.location == f"{ASK}/asked?wait=60"
    assert other.location == f"{ASK}/asked"
    said = says(public.app.test_client().get(slowed.location))
    assert "so the mail goes out in 60 minutes. Nothing is lost" in said
    public.votes("late@city.example", place)


def test_no_mail_waits_until_the_vote_is_over(public: Public) -> None:
    now = CLOSES - timedelta(minutes=20)
    with public.app.app_context():
        begin_writing()
        flood("203.0.113.7", 300, now)
        who = {"key": b"k", "place": "203.0.113.7", "network": "n", "language": "en", "now": now}
        wait = citizens.ask(db.session(), public.edition(), "p@flood.example", **who)
        db.session.rollback()

    assert wait == timedelta(minutes=5)


def test_one_mailbox_is_not_flooded_with_mails(public: Public) -> None:
    for _ in range(3):
        public.ask("anna@city.example")
        public.link("anna@city.example")
    public.ask("anna@city.example")
    public.ask("anna@city.example")

    with public.app.app_context():
        waits = [it.due_at - NOW for it in public.mails()]
    assert len(waits) == 2, "while one waits there is no second"


def test_before_and_after_there_is_no_form(public: Public, clock: time_machine.Traveller) -> None:
    stale = public.app.test_client()
    page = stale.get(ASK)
    clock.move_to(CLOSES + timedelta(minutes=1))
    answer = press(stale, page, [("email", "anna@city.example")])

    assert "The public vote is over." in says(answer)
    assert public.count(PublicElector) == 0


def test_an_edition_without_a_public_vote_has_no_such_page(app: Flask) -> None:
    folder = Path(app.config["LAURELS_DATA"])
    with app.app_context():
        laid("no public vote", folder, lambda: _without(folder))
    assert app.test_client().get(ASK).status_code == 404


def _without(folder: Path) -> Poll:
    begin_writing()
    poll = Poll(db.session, folder, PUBLIC).begun()
    db.session.commit()
    return poll


def test_nothing_kept_tells_an_address_of_the_network_or_a_finer_time_than_the_hour(public: Public) -> None:
    public.votes("anna@city.example", "203.0.113.77")

    with public.app.app_context():
        [elector] = db.session.scalars(select(PublicElector))
        kept = (elector.network, elector.roll_entry.elector)
        assert elector.confirmed_at == elector.asked_at == passes.to_the_hour(NOW)
        everything = "\n".join(
            str(row) for it in db.metadata.sorted_tables for row in db.session.execute(select(it)).all()
        )
    assert "203.0.113" not in everything
    assert all(re.fullmatch("[0-9a-f]{64}", it) for it in kept)


def test_a_strange_class_is_proposed_to_be_struck_by_one_and_struck_by_another(public: Public) -> None:
    burst(public)
    desk = signed_in(public.app, ORGANISER)
    page = desk.get(REPORT)
    found = re.findall(rf'href="({REPORT}/[0-9a-f]+)"', page.text)
    one = desk.get(found[0])
    empty = send(desk, found[0], {"about": "", "reason": "A script."}, page=found[0])
    nothing = send(desk, found[0], {"about": "addresses at mailinator.com", "reason": ""}, page=found[0])
    done = send(
        desk, found[0], {"about": "addresses at mailinator.com", "reason": "A script."}, page=found[0]
    )
    twice = send(
        desk, found[0], {"about": "addresses at mailinator.com", "reason": "A script."}, page=found[0]
    )

    assert "Nothing is struck by the machine." in says(page)
    assert "One network" in says(page)
    assert "mailinator.com" in says(page)
    assert "Propose to strike 22 ballots" in says(one)
    assert (empty.status_code, nothing.status_code) == (422, 422)
    assert done.status_code == 303
    assert twice.status_code == 422
    with public.app.app_context():
        begin_writing()
        session, edition = db.session(), public.edition()
        [waiting] = striking.waiting(session, edition)
        striking.approve(session, edition, waiting.subject_sha256, actor=public.actor(TELLER), now=NOW)
        db.session.commit()
        assert anomalies.removed(session, edition, "services") == 22
        lying = db.session.scalars(select(Envelope).where(Envelope.struck_because.is_(None))).all()
        assert len(lying) == 1
    assert "22" in says(desk.get(REPORT))
    assert "nothing to strike" in says(desk.get(found[0]))


def test_the_report_asks_the_database_as_often_however_many_came(public: Public) -> None:
    desk = signed_in(public.app, ORGANISER)
    asked = []
    for number in (2, 24):
        burst(public, number)
        desk.get(REPORT)
        with public.app.app_context(), statements(db.session) as run:
            assert desk.get(REPORT).status_code == 200
        asked.append(len(run))

    assert asked[0] == asked[1]


def test_auditors_read_the_report_and_propose_nothing(public: Public) -> None:
    burst(public)
    auditor = signed_in(public.app, AUDITOR)
    [address, *_] = re.findall(rf'href="({REPORT}/[0-9a-f]+)"', auditor.get(REPORT).text)

    assert "Propose to strike" not in says(auditor.get(address))
    assert send(auditor, address, {"about": "x", "reason": "y"}, page=REPORT).status_code == 404
    assert signed_in(public.app, "chair@desk.example").get(REPORT).status_code == 404


def test_the_report_is_kept_at_the_opening_and_addresses_are_dropped_with_the_release(public: Public) -> None:
    burst(public)
    with public.app.app_context():
        begin_writing()
        session, edition, poll = db.session(), public.edition(), public.poll
        _class, entries = anomalies.class_of(
            session, edition, anomalies.look(session, edition).classes[0].key
        )
        who, other = public.actor(ORGANISER), public.actor(TELLER)
        late = CLOSES + timedelta(hours=1)
        proposal = striking.propose(
            session,
            edition,
            entries,
            StruckBecause.FRAUD,
            about="a class",
            reason="A script.",
            actor=who,
            now=NOW,
        )
        striking.approve(session, edition, proposal.subject_sha256, actor=other, now=NOW)
        poll.edition, poll.actor = edition, _operator()
        poll.ballots(*(("services", it, "SV-1") for it in ("one", "two", "three")))
        polls.close(session, edition, actor=who, now=late)
        proposal = unsealing.propose(session, edition, reason="Over.", actor=who, now=late)
        unsealing.approve(
            session, edition, proposal.subject_sha256, key_folder=poll.keys, actor=other, now=late
        )
        kept = anomalies.look(session, edition)
        dropped = citizens.forget(session, edition)
        db.session.commit()
        emails = set(session.scalars(select(RollEntry.email).where(RollEntry.is_public)))
        networks = set(session.scalars(select(PublicElector.network)))
        recipients = {it.recipient for it in public.mails()}
        after = anomalies.look(session, edition)
        [opened] = elections.of_the_public(session, edition)[:1]
        ballots = session.scalars(select(Ballot).where(Ballot.election_id == opened.id)).all()

    assert (kept.confirmed, kept.struck, kept.frozen_at) == (23, 22, late)
    assert after == kept
    assert dropped == 23
    assert (emails, networks, recipients) == ({""}, {""}, {""})
    assert len(ballots) <= 1
    assert "The report as it stood when the envelopes were opened" in says(
        signed_in(public.app, ORGANISER).get(REPORT)
    )


def _operator() -> Actor:
    account = db.session.scalars(select(Account).where(Account.operator)).one()
    return Actor(account=account, real=account, operator=True)

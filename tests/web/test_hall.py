"""A vote in a hall: opened by hand, its last minutes on every page; and one delegate for two cities."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from awards.extensions import begin_writing, db
from awards.models import Role
from tests.awards.contest import FINALISTS, Contest, member
from tests.awards.play import NOW, entry
from tests.awards.test_halls import Hall
from tests.web.signing import person, send, signed_in
from tests.web.test_polling import HALL, ORGANISER, TELLER, VOTE, Desk, says
from tests.web.voters import BOOTH, Vote, cast, press, receipt
from tests.web.voters import says as reads

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MINUTES = f"{VOTE}/last-minutes"
TWO = '\n[vote]\nelectorate = "members"\nmethod = "one_choice"\nquorum = 0\nmax_ballots = 2\n'
ADA = ("Ada Example", "ada@porto.example")


class ByHand(Desk):
    """The desk of a vote for which nobody has stated a close."""

    def __init__(self, app: Flask, clock: time_machine.Traveller) -> None:
        self.app, self.clock, self.browsers = app, clock, {}
        with app.app_context():
            begin_writing()
            self.poll = Hall(db.session, Path(app.config["LAURELS_DATA"])).ready()
            db.session.commit()
            self.operator = self.poll.actor.account.id


@pytest.fixture
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_a_vote_is_opened_and_closed_by_hand(app: Flask, clock: time_machine.Traveller) -> None:
    desk = ByHand(app, clock)
    assert "Open the vote by hand" in desk.read("/open")
    assert desk.post("/open").status_code == 422, "without saying that it is by hand"
    assert desk.post("/open", by_hand="yes").status_code == 303
    hall = desk.at(TELLER).get(HALL)
    assert "The last minutes are announced here" in says(hall)
    assert ("/en/vote/" in hall.text, 'role="img"' in hall.text, hall.headers["Refresh"]) == (
        True,
        True,
        "30",
    )
    for minutes in ("five", "999", "٣"):
        assert desk.post("/last-minutes", TELLER, minutes=minutes).status_code == 422
    assert desk.post("/last-minutes", TELLER, minutes="5").status_code == 303
    assert "These are the last minutes" in desk.read()
    assert desk.at().get(f"{VOTE}/extend").location.endswith("/last-minutes")
    assert desk.post("/last-minutes", minutes="3").status_code == 422
    hall = desk.at(TELLER).get(HALL)
    assert ("The last 5 minutes" in says(hall), hall.headers["Refresh"]) == (True, "10")
    assert desk.post("/last-minutes", act="off").status_code == 303
    assert "The vote is open" in says(desk.at(TELLER).get(HALL))

    desk.post("/last-minutes", minutes="2")
    clock.move_to(NOW + timedelta(minutes=1, seconds=30))
    assert "The last minute " in says(desk.at(TELLER).get(HALL))
    clock.move_to(NOW + timedelta(minutes=2, seconds=1))
    assert "The vote is closed" in says(desk.at(TELLER).get(HALL))
    assert desk.at().get(MINUTES).location.endswith("/close")
    assert desk.post("/close", TELLER).status_code == 303


def test_every_ballot_page_says_when_the_vote_ends_and_a_page_opened_before_is_too_late(
    app: Flask, clock: time_machine.Traveller
) -> None:
    vote = Vote(app)
    with app.app_context():
        begin_writing()
        person(ORGANISER, Role.ORGANISER, edition=vote.again().edition)
        db.session.commit()
    elector, organiser = vote.browser("one"), signed_in(app, ORGANISER)
    page = elector.get(f"{BOOTH}/services")
    assert "No date closes this vote: people do, and may do so at any time" in reads(page)
    send(organiser, MINUTES, {"minutes": "5"})
    for address in ("/", "/services"):
        assert "These are the last minutes" in reads(elector.get(BOOTH + address))
    choice = [("c-services", FINALISTS[0])]
    review = press(elector, page, choice, to=f"{BOOTH}/review")
    assert "you can vote until" in reads(review)
    clock.move_to(NOW + timedelta(minutes=5, seconds=1))
    assert press(elector, review, to=f"{BOOTH}/cast").status_code == 303
    assert vote.envelopes() == [], "no grace follows the announced minute"


class Delegates(Vote):
    """Ada votes for Porto and for Hanoi, Min for Seoul."""

    def _begin(self, folder: Path, more: str, *_others: object) -> Contest:
        begin_writing()
        self.contest = Contest(
            db.session,
            folder,
            {},
            more,
            entries=[entry(name) for name in FINALISTS],
            marks=dict.fromkeys(FINALISTS, 8),
        )
        for name, country in (("Porto", "PT"), ("Hanoi", "VN"), ("Seoul", "KR")):
            member(db.session(), name, country=country)
        self.contest.enrol(
            ("Porto", *ADA, ""), ("Hanoi", *ADA, ""), ("Seoul", "Min", "min@seoul.example", "")
        )
        self.contest.opened()
        db.session.commit()
        return self.contest


def test_one_delegate_casts_the_ballots_of_two_cities_each_on_its_own(
    app: Flask, clock: time_machine.Traveller
) -> None:
    vote = Delegates(app, TWO, ())
    ada = vote.browser("Porto")
    page = ada.get(f"{BOOTH}/")
    assert "You vote for others too" in reads(page)
    (change,) = re.findall(r'action="([^"]+/for/[^"]+)"', page.text)
    first = cast(ada, "services", ("c-services", "SV-1"))
    stale = ada.get(f"{BOOTH}/services")
    assert "See whether those of the others are too" in reads(first)

    assert send(ada, change, page=f"{BOOTH}/").status_code == 303
    ballot = ada.get(f"{BOOTH}/services")
    assert "These are the ballots of Hanoi." in reads(ballot)
    second = cast(ada, "services", ("c-services", "SV-2"))
    assert len({*receipt(first), *receipt(second)}) == 2
    assert vote.envelopes() == [("Hanoi", "services"), ("Porto", "services")]
    assert stale.status_code == 303
    assert send(vote.browser("Seoul"), change, page=f"{BOOTH}/").status_code == 404, "nobody else's"


def test_a_page_of_the_one_city_casts_nothing_for_the_other(
    app: Flask, clock: time_machine.Traveller
) -> None:
    vote = Delegates(app, TWO, ())
    ada = vote.browser("Porto")
    page = ada.get(f"{BOOTH}/")
    (change,) = re.findall(r'action="([^"]+/for/[^"]+)"', page.text)
    ballot = ada.get(f"{BOOTH}/services")
    send(ada, change, page=f"{BOOTH}/")
    review = press(ada, ballot, [("c-services", "SV-1")], to=f"{BOOTH}/review")
    assert press(ada, ballot, [("c-services", "SV-1")], to=f"{BOOTH}/cast").status_code == 303
    assert (review.status_code, vote.envelopes()) == (200, []), "chosen for Porto, asked of Hanoi"

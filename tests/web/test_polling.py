"""The vote is run on pages: opened from its checklist, watched as numbers, closed, its box opened by two people."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from awards import editions, elections
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Decision, DecisionKind, Envelope, Outbox, Role
from tests.awards.contest import FINALISTS
from tests.awards.play import KEY, NOW
from tests.awards.poll import CLOSES, ELECTORS, PUBLIC, TO_JUDGES, Poll
from tests.web.markup import Page
from tests.web.signing import send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VOTE = f"/en/secretariat/{KEY}/vote"
HALL = f"/en/hall/{KEY}"
ORGANISER, TELLER, CHAIR = "organiser@desk.example", "teller@desk.example", "chair@desk.example"
OTHER, AUDITOR, SECOND = "other@desk.example", "auditor@desk.example", "second@desk.example"
OVER = CLOSES + timedelta(hours=1)
PAGES = ("", "/preview", "/open", "/remind", "/extend", "/close", "/opening", "/anew", "/finalists")


class Desk:
    """Everybody's browser, and the poll that they run."""

    def __init__(self, app: Flask, clock: time_machine.Traveller, more: str = PUBLIC) -> None:
        self.app, self.clock = app, clock
        self.browsers: dict[str, FlaskClient] = {}
        with app.app_context():
            begin_writing()
            self.poll = Poll(db.session, Path(app.config["LAURELS_DATA"]), more).ready()
            self.poll.person(OTHER)
            self.poll.person(SECOND, Role.ORGANISER)
            self.poll.person(AUDITOR, Role.AUDITOR)
            db.session.commit()
            self.operator = self.poll.actor.account.id

    def at(self, email: str = ORGANISER) -> FlaskClient:
        if email not in self.browsers:
            self.browsers[email] = signed_in(self.app, email)
        return self.browsers[email]

    def read(self, page: str = "", email: str = ORGANISER) -> str:
        answer = self.at(email).get(f"{VOTE}{page}")
        assert answer.status_code == 200, (page, answer.status_code, answer.location)
        return says(answer)

    def post(self, page: str, email: str = ORGANISER, **fields: str) -> TestResponse:
        """A button of a page, with what the page hides in its form."""
        hidden = dict(
            re.findall(r'name="(seen|sha256)" value="([^"]*)"', self.at(email).get(f"{VOTE}{page}").text)
        )
        return send(self.at(email), f"{VOTE}{page}", {**hidden, **fields}, page="/en/account")

    def cast(self, *electors: str, choice: Sequence[str] = ("SV-1",)) -> None:
        with self.app.app_context():
            begin_writing()
            account = db.session.get_one(Account, self.operator)
            self.poll.edition = editions.find(db.session(), KEY)
            self.poll.actor = Actor(account=account, real=account, operator=True)
            self.poll.cast(*electors, choice=tuple(choice))
            db.session.commit()

    def wait_until(self, moment: datetime) -> None:
        """By then everybody has signed in anew."""
        self.clock.move_to(moment)
        self.browsers.clear()

    def decided(self) -> list[str]:
        with self.app.app_context():
            return [it.kind.value for it in db.session.scalars(select(Decision).order_by(Decision.number))]


def says(page: TestResponse) -> str:
    """The words of a page, which is well-formed."""
    assert Page(page.text).faults == []
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(app: Flask, clock: time_machine.Traveller) -> Desk:
    return Desk(app, clock)


def test_from_the_checklist_to_the_opened_box(desk: Desk) -> None:
    assert "Nothing stands in the way." in desk.read()
    assert all(it in desk.read("/preview") for it in ("Project SV-1", "Town of SV-4", "I abstain"))
    assert desk.at().get(f"/en/secretariat/{KEY}/next").location.endswith("/vote/open")
    assert desk.post("/open", seen="something else").status_code == 422
    assert desk.post("/open").status_code == 303
    assert "The vote is open. 4 electors are written to." in desk.read()
    assert (desk.post("/open").status_code, desk.decided().count("vote_opened")) == (303, 1)

    desk.cast("one")
    assert "1 of 4 electors have cast a ballot. The rules ask for at least 2." in desk.read(email=TELLER)
    hall = desk.at(TELLER).get(HALL)
    assert ("1 of 4 electors" in says(hall), hall.headers["Refresh"]) == (True, "30")
    assert "can't be done yet" in desk.read("/close")
    assert desk.post("/close").status_code == 422

    desk.wait_until(NOW + timedelta(days=2))
    text = desk.at(TELLER).get(f"{VOTE}/remind").text
    boxes = re.findall(r'name="elector" value="([^"]+)"', text)
    assert len(boxes) == 3
    sent = send(desk.at(TELLER), f"{VOTE}/remind", [("elector", boxes[0])])
    assert (sent.status_code, "One elector is reminded." in desk.read(email=TELLER)) == (303, True)
    assert desk.post("/remind", TELLER).status_code == 422, "nobody ticked"

    desk.cast("two", choice=("SV-2",))
    desk.wait_until(OVER)
    assert "The time is over" in desk.read()
    assert desk.post("/close", TELLER).status_code == 303
    assert str(desk.post("/close", TELLER).location).endswith("/vote/opening"), "pressed twice"
    assert desk.post("/opening", TELLER, act="propose").status_code == 422, "without a reason"
    assert desk.post("/opening", TELLER, act="propose", reason="All tellers are here").status_code == 303
    assert desk.post("/opening", TELLER, act="approve").status_code == 422, "the same person"
    assert "Somebody else has to approve it" in desk.read("/opening", TELLER)
    assert "proposed by Teller" in says(desk.at().get(f"/en/secretariat/{KEY}/"))
    assert desk.post("/opening", act="approve", sha256="0" * 64).status_code == 303
    assert "opening" not in desk.decided()
    assert desk.post("/opening", act="approve").status_code == 303
    page = desk.read()
    assert "their key is destroyed" in page
    assert "The envelopes were opened" in page
    assert desk.post("/opening", act="approve").status_code == 303
    assert "There is no closed vote" not in desk.read(), "pressed twice"
    assert not any(it in desk.read(email=TELLER) for it in FINALISTS), "no result on these pages"
    assert desk.decided()[-3:] == ["vote_opened", "round_closed", "opening"]
    with desk.app.app_context():
        assert db.session.scalars(select(Envelope.sealed)).all() == [None, None]


def test_who_may_read_and_who_may_act(desk: Desk) -> None:
    for page in PAGES:
        assert desk.at(OTHER).get(f"{VOTE}{page}").status_code == 404, page
    assert desk.at(OTHER).get(HALL).status_code == 404
    for page in ("", "/preview", "/remind", "/close", "/opening", "/anew"):
        assert desk.at(TELLER).get(f"{VOTE}{page}").status_code in (200, 303), page
        assert desk.at(AUDITOR).get(f"{VOTE}{page}").status_code in (200, 303), page
    for page in ("/open", "/extend"):
        assert desk.at(TELLER).get(f"{VOTE}{page}").status_code == 404, page
        assert send(desk.at(TELLER), f"{VOTE}{page}", page="/en/account").status_code == 404, page
    for page in ("/open", "/remind", "/close", "/opening", "/anew"):
        assert send(desk.at(AUDITOR), f"{VOTE}{page}", page="/en/account").status_code == 404, page
    assert "vote_opened" not in desk.decided()
    assert desk.at(CHAIR).get(f"{VOTE}/finalists").status_code == 200
    assert desk.at(CHAIR).get(VOTE).status_code == 404


def test_too_few_took_part_and_the_judges_vote_by_the_word_of_two(
    app: Flask, clock: time_machine.Traveller
) -> None:
    desk = Desk(app, clock, TO_JUDGES)
    desk.post("/open")
    desk.cast("one")
    desk.wait_until(OVER)
    desk.post("/close")
    page = desk.read("/opening")
    assert "Too few took part" in page
    assert "Let the judges vote" in page
    assert "Open the vote again" not in page
    assert desk.post("/opening", act="propose", reason="Anyway").status_code == 303
    assert desk.post("/opening", TELLER, act="propose-judges", reason="Few").status_code == 422
    assert desk.post("/opening", act="propose-judges", reason="Few").status_code == 303
    assert desk.post("/opening", act="approve-judges").status_code == 422
    assert desk.post("/opening", SECOND, act="approve-judges").status_code == 303
    page = desk.read()
    assert "0 of 4 electors have cast a ballot." in page
    assert "1 envelope was destroyed unopened" in page
    assert "No date closes this vote" in page
    assert desk.post("/close").status_code == 422, "it needs a reason"


def test_a_box_that_does_not_fit_its_public_log_is_not_opened_but_voted_on_again(desk: Desk) -> None:
    desk.post("/open")
    desk.cast("one", "two", "three")
    desk.wait_until(OVER)
    desk.post("/close")
    with desk.app.app_context():
        begin_writing()
        for name in db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text("DELETE FROM envelope WHERE roll_entry_id = 1"))
        db.session.commit()
    assert desk.post("/opening", TELLER, act="propose", reason="All are here").status_code == 303

    refused = desk.post("/opening", act="approve")

    assert refused.status_code == 409
    assert "An envelope of the log is not in the box any more." in says(refused)
    assert "two people hold the vote of this category again" in says(refused)
    assert desk.post("/anew", act="propose", reason="An envelope is gone").status_code == 303
    assert desk.post("/anew", TELLER, act="approve").status_code == 303
    assert "2 envelopes were destroyed unopened" in desk.read()


def test_a_lost_key_has_the_vote_held_again_by_the_word_of_two(desk: Desk) -> None:
    desk.post("/open")
    desk.cast("one", "two")
    assert "No envelope is tried while the vote is open" in desk.read("/anew")
    assert desk.post("/anew", act="propose", reason="I want another result").status_code == 409
    desk.wait_until(OVER)
    desk.post("/close")
    for file in (Path(desk.app.config["LAURELS_DATA"]) / "keys").iterdir():
        file.unlink()
    assert "The key that opens the envelopes is not where it should be" in desk.read()
    assert desk.post("/opening", TELLER, act="propose", reason="All are here").status_code == 303
    refused = desk.post("/opening", act="approve")
    assert (refused.status_code, "If it can't be mended" in says(refused)) == (409, True)
    assert "/vote/anew" in desk.at().get(f"{VOTE}/opening").text

    assert desk.post("/anew", TELLER, act="propose", reason="Lost").status_code == 422, "an organiser does it"
    assert desk.post("/anew", AUDITOR, act="propose", reason="Lost").status_code == 404
    assert desk.post("/anew", act="propose").status_code == 422, "without a reason"
    assert desk.post("/anew", act="propose", reason="The disk is gone").status_code == 303
    assert desk.post("/anew", act="approve").status_code == 422, "the same person"
    assert "Destroy envelopes that nobody can open" in says(desk.at().get(f"/en/secretariat/{KEY}/"))
    with desk.app.app_context():
        assert None not in db.session.scalars(select(Envelope.sealed)).all()
    assert desk.post("/anew", TELLER, act="approve").status_code == 303
    page = desk.read()
    assert "The envelopes are destroyed unopened, and the vote is held again." in desk.read(email=TELLER)
    assert "0 of 4 electors have cast a ballot." in page
    assert "2 envelopes were destroyed unopened" in page
    assert "The disk is gone" in page
    assert "not where it should be" not in page
    with desk.app.app_context():
        assert db.session.scalars(select(Envelope.sealed)).all() == [None, None]


def test_more_time_is_looked_at_then_given_and_told(desk: Desk) -> None:
    desk.post("/open")
    desk.cast("one")
    when = {"day": "2014-09-20", "time": "", "zone": "Asia/Seoul"}
    looked = desk.post("/extend", act="look", **when)
    assert "23:59 in Seoul" in says(looked)
    assert "Write why" in says(
        desk.post("/extend", act="save", seen="2014-09-20T23:59:00 Asia/Seoul", **when)
    )
    early = {**when, "day": "2014-09-02", "seen": "2014-09-02T23:59:00 Asia/Seoul", "reason": "Why"}
    assert "moves later only" in says(desk.post("/extend", act="save", **early))
    saved = desk.post(
        "/extend", act="save", seen="2014-09-20T23:59:00 Asia/Seoul", reason="A typhoon", **when
    )
    assert saved.status_code == 303
    assert "3 electors are written to" in desk.read()
    assert desk.at().get(f"/en/secretariat/{KEY}/dates/vote_close").location.endswith("/vote/extend")
    with desk.app.app_context():
        assert len(db.session.scalars(select(Outbox).where(Outbox.template == "ballot")).all()) == 7


def test_a_finalist_is_taken_out_before_and_during_the_vote(desk: Desk) -> None:
    out = "/finalists/SV-2"
    assert "Who disqualifies: Chair" in desk.read(out)
    assert "The next in the standing becomes a finalist: SV-5." in desk.read(out, CHAIR)
    assert desk.post(out, act="disqualify", reason="Copied").status_code == 409
    assert desk.post(out, CHAIR, act="disqualify").status_code == 422
    assert desk.post(out, CHAIR, act="disqualify", reason="Copied").status_code == 303
    assert desk.at(CHAIR).get(f"{VOTE}{out}").status_code == 303
    assert "SV-5" in desk.read("/finalists", CHAIR)
    assert desk.at(CHAIR).get(f"{VOTE}/finalists/nobody").status_code == 404

    desk.post("/open")
    desk.cast(*ELECTORS[:2])
    assert desk.post("/finalists/SV-3", act="withdraw", reason="Asked in writing").status_code == 303
    assert "Services is voted on again: 2 envelopes were destroyed unopened" in desk.read()
    with desk.app.app_context():
        assert elections.of_category(db.session(), editions.find(db.session(), KEY), "services")[0].slate == [
            "SV-1", "SV-4", "SV-5",
        ]  # fmt: skip


@pytest.mark.parametrize("odd", ["\0", "\ud800", "x" * 5000, ""])
def test_odd_input_breaks_nothing(desk: Desk, odd: str) -> None:
    desk.post("/open")
    text = odd.encode("utf-8", "surrogatepass")
    for page in ("/remind", "/extend", "/close", "/anew"):
        fields = [(name, text) for name in ("act", "reason", "day", "time", "zone", "seen", "elector")]
        assert send(desk.at(), f"{VOTE}{page}", fields, page="/en/account").status_code < 500
    assert DecisionKind.ROUND_CLOSED.value not in desk.decided()[-1:]

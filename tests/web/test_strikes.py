"""Envelopes that should not count, on pages: struck by two, put back by two; a dispute is decided by the chair."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import striking, struck
from awards.extensions import begin_writing, db
from awards.models import Ballot, Dispute, Envelope, RollEntry, StruckBecause
from tests.awards.play import KEY
from tests.web import test_roll
from tests.web.office import well
from tests.web.signing import send
from tests.web.test_polling import CHAIR, OTHER, OVER, SECOND, TELLER, Desk, clock, desk, says
from tests.web.test_roll import Association, association, cast, write_to
from tests.web.voters import BOOTH, Vote
from tests.web.voters import says as said

__all__ = ["association", "clock", "desk"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TABLE = f"/en/table/{KEY}/disputes"
STRIKE = {
    "act": "propose",
    "because": "not_entitled",
    "about": "A member that had left",
    "reason": "It left in May",
}


def page_of(desk: Desk, elector: str) -> str:
    (path,) = re.findall(
        r'href="[^"]*/vote(/struck/[^"]+)"',
        desk.at().get(f"/en/secretariat/{KEY}/vote/struck?elector={elector}").text,
    )
    return str(path)


def decide(desk: Desk, email: str, **fields: str) -> TestResponse:
    """The form of the one dispute there is."""
    with desk.app.app_context():
        (found,) = db.session.scalars(select(Dispute.public_id)).all()
    page = f"{TABLE}/{found}"
    hidden = dict(re.findall(r'name="(sha256)" value="([^"]*)"', desk.at(email).get(page).text))
    return send(desk.at(email), page, {**hidden, **fields}, page="/en/account")


def test_an_envelope_is_struck_by_two_and_put_back_by_two(desk: Desk) -> None:
    desk.post("/open")
    desk.cast("one", "two")
    assert "Nobody of that name" in desk.read("/struck?elector=three"), "who has cast nothing"
    page = page_of(desk, "one")
    for change, wrong in (
        ({"because": "loser"}, "Choose why"),
        ({"about": ""}, "what is published"),
        ({"about": "x" * 201}, "what is published"),
        ({"reason": ""}, "Write a reason"),
    ):
        refused = desk.post(page, **STRIKE | change)
        assert (refused.status_code, wrong in says(refused)) == (422, True)
    assert desk.post(page, TELLER, **STRIKE).status_code == 303
    assert desk.post("/struck", TELLER, act="approve").status_code == 422, "the same person"
    assert "waits for a second person" in says(desk.at().get("/en/today"))
    assert desk.post("/struck", act="approve").status_code == 303
    text = desk.read("/struck")
    assert "1 envelope was struck unopened: Not entitled to vote" in text.replace(
        "One envelope", "1 envelope"
    )
    assert "1 of 4 electors have cast a ballot" in desk.read()
    assert "Put back" not in desk.read(email=TELLER)

    (number,) = re.findall(r"/put-back/(\d+)", desk.at().get(f"/en/secretariat/{KEY}/vote/struck").text)
    assert desk.post(f"/put-back/{number}", reason=" ").status_code == 422
    assert desk.post(f"/put-back/{number}", reason="The register was wrong").status_code == 303
    assert desk.post("/struck", TELLER, act="approve-back").status_code == 303
    assert "2 of 4 electors have cast a ballot" in desk.read()
    assert desk.at().get(f"/en/secretariat/{KEY}/vote/put-back/{number}").status_code == 404
    assert "were put back" in desk.read()
    for page in ("/struck", f"/struck/{'0' * 32}", "/put-back/1"):
        assert desk.at(OTHER).get(f"/en/secretariat/{KEY}/vote{page}").status_code == 404


def test_a_dispute_keeps_the_box_shut_until_the_chair_decides(desk: Desk) -> None:
    desk.post("/open")
    desk.cast("one", "two", "three")
    page = page_of(desk, "one")
    assert "said_by" not in desk.at(TELLER).get(f"/en/secretariat/{KEY}/vote{page}").text
    assert desk.post(page, TELLER, act="dispute", said_by="Me", reason="So").status_code == 422
    assert desk.post(page, act="dispute", said_by="", reason="We named nobody").status_code == 422
    assert desk.post(page, act="dispute", said_by="The mayor", reason="We named nobody").status_code == 303
    assert desk.post(page, act="dispute", said_by="The mayor", reason="Again").status_code == 422
    desk.wait_until(OVER)
    desk.post("/close")
    assert "Nothing is opened before the chair has decided" in desk.read("/opening")
    assert desk.post("/opening", TELLER, act="propose", reason="Closed").status_code == 409
    assert "It is disputed who cast one ballot" in says(desk.at(CHAIR).get("/en/today"))
    assert "Who decides: Chair" in says(desk.at().get(_only(desk)))
    assert decide(desk, SECOND, act="decide", answer="stands", reason="So").status_code == 409
    assert decide(desk, SECOND, act="propose", answer="stands", reason="So").status_code == 303
    assert decide(desk, CHAIR, act="decide", reason="So").status_code == 422
    assert decide(desk, CHAIR, act="decide", answer="struck", reason="").status_code == 422
    assert "no ballot in it" in says(desk.at(CHAIR).get(_only(desk))), "the vote is closed"
    assert decide(desk, CHAIR, act="decide", answer="struck", reason="Both were asked").status_code == 303
    assert "nothing was done" in says(_pressed_again(desk))
    assert "struck unopened" in says(desk.at(CHAIR).get(TABLE))
    assert desk.post("/opening", TELLER, act="propose", reason="Closed").status_code == 303
    assert desk.post("/opening", act="approve").status_code == 303
    with desk.app.app_context():
        assert len(db.session.scalars(select(Ballot.commitment)).all()) == 2
    assert "nothing can be struck" in desk.read("/struck")
    assert desk.post(page, **STRIKE).status_code == 303
    with desk.app.app_context():
        assert [it.value for it in db.session.scalars(select(Envelope.struck_because)) if it] == [
            "delegate_disputed"
        ]


def _only(desk: Desk) -> str:
    with desk.app.app_context():
        return f"{TABLE}/{db.session.scalars(select(Dispute.public_id)).one()}"


def _pressed_again(desk: Desk) -> TestResponse:
    assert decide(desk, CHAIR, act="decide", answer="stands", reason="Once more").status_code == 303
    return desk.at(CHAIR).get(TABLE)


def test_an_organisation_disputes_by_the_link_of_its_mail_once(association: Association) -> None:
    write_to(association, "Porto", "mayor@porto.example")
    send(association.at(), association.page("Porto"), {"act": "ask"})
    visitor, link = association.app.test_client(), association.link("Porto")
    send(visitor, link, test_roll.ADA)
    assert "wrong person" not in well(visitor.get(link)), "nothing is cast yet"
    cast(association, "Porto")
    for reason, wrong in (("", "Write what happened"), ("x" * 1001, "at most 1,000"), ("\x00", "Write what")):
        refused = send(visitor, f"{link}/dispute", {"reason": reason}, page=link)
        assert (refused.status_code, wrong in well(refused)) == (422, True)
    for _ in range(2):
        said = send(visitor, f"{link}/dispute", {"reason": "Ada left us in May"}, page="/en/sign-in")
        assert said.status_code == 303
    assert "The chair decides before anything is opened" in well(visitor.get(link))
    with association.app.app_context():
        (found,) = db.session.scalars(select(Dispute)).all()
        assert (found.said_by, found.raised_by_id) == ("mayor@porto.example", None)
        whose = db.session.get_one(RollEntry, found.roll_entry_id)
        assert whose.elector == "Porto"
    assert (
        send(visitor, "/en/delegation/guessed/dispute", {"reason": "x"}, page="/en/sign-in").status_code
        == 404
    )
    assert ("dispute_raised", "ada@porto.example") in test_roll.queued(association)


def test_an_elector_reads_that_the_envelope_was_struck_and_by_dispute_votes_again(
    app: Flask, clock: object
) -> None:
    assert clock
    vote = Vote(app)
    browser = vote.browser("one")
    for because, reads in (
        (StruckBecause.DELEGATE_DISPUTED, "did not come from the right delegate. You can cast yours."),
        (StruckBecause.NOT_ENTITLED, "Nobody has seen what is in it, and nobody will."),
    ):
        with app.app_context():
            begin_writing()
            contest = vote.again()
            contest.ballots(("services", "one", "SV-1"))
            entry, act = vote.entry("one"), {"actor": contest.actor, "now": contest.now}
            striking.strike(
                db.session(),
                contest.edition,
                [entry],
                because,
                about="",
                reason="So",
                signed_as="chair",
                **act,
            )
            if because is StruckBecause.NOT_ENTITLED:
                struck.withhold(db.session(), contest.edition, [entry], None, because.value)
            db.session.commit()
        assert reads in said(browser.get(f"{BOOTH}/"))
        assert browser.get(f"{BOOTH}/services").status_code == (
            200 if because is StruckBecause.DELEGATE_DISPUTED else 303
        )

"""Ballots on paper in the browser: the desk, the printed paper, two tellers, and the box that waits for them."""

import re
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import accounts, passes, sessions
from awards.extensions import begin_writing, db
from awards.models import Ballot, Bundle, BundlePaper, Entitlement, HeldForm, RollEntry
from awards.web.tellers import entering
from tests.awards.play import NOW
from tests.awards.poll import PUBLIC
from tests.web.signing import send
from tests.web.test_polling import AUDITOR, ORGANISER, OTHER, OVER, TELLER, VOTE, Desk, clock, says
from tests.web.voters import BOOTH, press

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAPERS = f"{VOTE}/papers"
__all__ = ["clock"]


class Papers(Desk):
    """The desk of the vote, with papers."""

    def entry(self, elector: str) -> str:
        with self.app.app_context():
            return db.session.scalars(select(RollEntry).where(RollEntry.elector == elector)).one().public_id

    def at_desk(self, elector: str, act: str, email: str = ORGANISER, **fields: str) -> TestResponse:
        there = f"{PAPERS}/electors/{self.entry(elector)}"
        return send(self.at(email), there, {"act": act, **fields}, page="/en/account")

    def look(self, page: str = "", email: str = ORGANISER) -> str:
        return self.read(f"/papers{page}", email)

    def act(self, page: str, email: str = ORGANISER, **fields: str) -> TestResponse:
        return send(self.at(email), f"{PAPERS}{page}", fields, page="/en/account")

    def link(self, elector: str) -> str:
        with self.app.app_context():
            begin_writing()
            entry = db.session.scalars(select(RollEntry).where(RollEntry.elector == elector)).one()
            token = passes.make_link(db.session(), entry, now=NOW)
            db.session.commit()
        return f"/en/vote/link/{token}"

    def seal(self) -> str:
        """The hash of the proposal that waits."""
        found = re.search(r'name="sha256" value="([^"]+)"', self.at(TELLER).get(PAPERS).text)
        assert found is not None
        return found[1]

    def enter(self, email: str, bundle: str, *typed: str) -> TestResponse:
        for number, it in enumerate(typed, start=1):
            answer = self.act(f"/bundles/{bundle}/{number}", email, on_paper=it, counted=str(len(typed)))
        return answer


def test_a_paper_after_an_invitation_from_the_desk_to_the_opened_box(
    app: Flask, clock: time_machine.Traveller
) -> None:
    desk = Papers(app, clock)
    assert "The vote is not open" in desk.look()
    desk.post("/open")
    elector = app.test_client()
    press(elector, elector.get(desk.link("one")))
    ballot = elector.get(f"{BOOTH}/services")
    token = re.search(r'name="form" value="([^"]+)"', ballot.text)
    assert token is not None

    assert "Town" not in desk.look("?q=one"), "electors, no finalists"
    assert "One" in desk.look("?q=ONE")
    assert desk.at_desk("one", "issue", TELLER).status_code == 404, "an organiser hands out papers"
    assert desk.at_desk("one", "issue").status_code == 303
    assert desk.at_desk("one", "issue").status_code == 422, "pressed twice"
    assert "A paper was given to you in place of this ballot" in says(elector.get(f"{BOOTH}/"))
    cast = send(elector, f"{BOOTH}/cast", {"form": token[1], "c-services": "SV-1"}, page=f"{BOOTH}/")
    assert "given out in your name" in says(elector.get(cast.location))

    assert desk.at_desk("one", "give-back", paper="1").status_code == 303
    assert elector.get(f"{BOOTH}/services").status_code == 200, "unused: the site takes the ballot again"
    desk.at_desk("one", "issue")
    assert desk.at_desk("one", "hand-in", paper="1").status_code == 422, "an old tab"
    assert desk.at_desk("one", "hand-in", paper="2").status_code == 303
    assert "Cast on paper" in says(elector.get(f"{BOOTH}/"))
    assert desk.at_desk("one", "take-back", paper="2").status_code == 422, "without a reason"
    desk.cast("two", choice=("SV-2",))
    assert desk.at_desk("two", "issue").status_code == 422, "who has voted gets none"
    assert "2 of 4 electors" in desk.read()

    pdf = desk.at(TELLER).get(f"{PAPERS}/print/services/ko.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.data)).pages)
    assert "Town of SV-4" in text
    assert not re.search(r"\bOne\b|electors.example", text)
    for wrong in ("services/fr.pdf", "nothing/en.pdf", "services/en.pdf?without=SV-1"):
        assert desk.at().get(f"{PAPERS}/print/{wrong}").status_code == 404

    desk.wait_until(OVER)
    desk.post("/close")
    assert "papers that were handed in" in desk.look() or "One paper that was handed in" in desk.look()
    refused = desk.post("/opening", TELLER, act="propose", reason="All are here")
    assert (refused.status_code, "Nothing was opened" in says(refused)) == (422, True)
    for number in ("", "0", "201", "x", "9" * 40):
        assert desk.act("", act="make", category="services", papers=number).status_code == 422
    assert desk.act("", act="make", category="nothing", papers="1").status_code == 422
    a_bundle_is_set_aside_and_a_difference_accepted_by_two(desk)
    made = desk.act("", TELLER, act="make", category="services", papers="1")
    bundle = made.location.rpartition("/")[2]
    assert desk.enter(TELLER, bundle, "2").status_code == 303
    assert "Somebody else has to do the same" in desk.look(f"/bundles/{bundle}", TELLER)
    desk.enter(ORGANISER, bundle, "1")
    assert "entered in two ways: 1." in desk.look(f"/bundles/{bundle}", TELLER)
    assert "SV-" not in desk.look(f"/bundles/{bundle}", TELLER)
    desk.enter(ORGANISER, bundle, "2")
    desk.enter(TELLER, bundle, "2")
    assert "The papers add up" in desk.look()
    desk.post("/opening", TELLER, act="propose", reason="All are here")
    assert desk.post("/opening", act="approve").status_code == 303
    with app.app_context():
        assert sorted(db.session.scalars(select(Ballot.choice))) == [["SV-2"], ["SV-2"]]
    assert "Where the papers are" in desk.look()


def test_what_a_teller_types_is_refused_in_words_and_kept_nowhere(
    app: Flask, clock: time_machine.Traveller
) -> None:
    desk = Papers(app, clock, PUBLIC.replace("one_choice", "borda"))
    desk.post("/open")
    for elector in ("one", "two", "three"):
        desk.at_desk(elector, "issue")
        desk.at_desk(elector, "hand-in", paper="1")
    with app.app_context():
        begin_writing()
        db.session.scalars(select(Entitlement)).first().barred = ["SV-1"]
        db.session.commit()
    assert "for one elector, who can't choose that" in desk.look()
    assert desk.at().get(f"{PAPERS}/print/services/en.pdf?without=SV-1").status_code == 200
    desk.wait_until(OVER)
    desk.post("/close")
    bundle = desk.act("", act="make", category="services", papers="2").location.rpartition("/")[2]
    page = f"/bundles/{bundle}/1"
    assert "Count the papers first" in desk.look(page)
    assert "You counted 3" in says(desk.act(page, on_paper="1", counted="3"))
    for typed in ("", "\0", "9" * 500, "5", "a", "1 1", "12345", "-"):
        refused = desk.act(page, on_paper=typed, counted="2")
        assert refused.status_code == 422, typed
    assert (
        send(
            desk.at(), f"{PAPERS}{page}", [("on_paper", "1"), ("on_paper", "0"), ("counted", "2")]
        ).status_code
        == 422
    )
    for typed in ("312", "３ １ ２", "3,1,2"):
        assert desk.act(page, on_paper=typed, counted="2").status_code == 303
    assert "312" not in desk.at().get(f"{PAPERS}{page}").text

    with app.test_request_context("/en/"):
        slate = [f"N-{number}" for number in range(1, 13)]
        assert entering.read(["12 3"], slate).choice == ("N-12", "N-3")
        assert entering.read(["123"], slate).wrong
        assert (entering.read(["X"], slate), entering.read(["0"], slate).choice) == (entering.Typed(None), ())

    late = desk.browsers.pop(ORGANISER)
    token = re.search(r'name="csrf_token" value="([^"]+)"', late.get(f"{PAPERS}{page}").text)
    assert token is not None
    with app.app_context():
        begin_writing()
        account = accounts.find(db.session(), ORGANISER)
        assert account is not None
        sessions.end_all(db.session(), account, actor=sessions.Actor(account, account), now=OVER)
        db.session.commit()
    late.post(f"{PAPERS}{page}", data={"csrf_token": token[1], "on_paper": "231"})
    with app.app_context():
        assert not any("231" in str(it.fields) for it in db.session.scalars(select(HeldForm))), "never held"
        held = " ".join(str(it.digest) for it in db.session.scalars(select(BundlePaper)))
        assert "SV-" not in held
        assert db.session.scalars(select(Bundle)).one().papers == 2

    for who, path in ((OTHER, ""), (OTHER, f"/bundles/{bundle}")):
        assert desk.at(who).get(f"{PAPERS}{path}").status_code == 404
    assert desk.act(f"/bundles/{bundle}/2", AUDITOR, on_paper="1").status_code == 404
    assert desk.at(AUDITOR).get(f"{PAPERS}/bundles/{bundle}").status_code == 200
    for path in ("/bundles/nobody", f"/bundles/{bundle}/3", f"/bundles/{bundle}/0", "/electors/nobody"):
        assert desk.at().get(f"{PAPERS}{path}").status_code == 404


def a_bundle_is_set_aside_and_a_difference_accepted_by_two(desk: Papers) -> None:
    bundle = desk.act("", act="make", category="services", papers="3").location.rpartition("/")[2]
    assert desk.act(f"/bundles/{bundle}", act="correct", papers="2").status_code == 303
    assert desk.act(f"/bundles/{bundle}", act="aside").status_code == 422, "without a reason"
    assert desk.act(f"/bundles/{bundle}", act="aside", reason="A teller is gone").status_code == 303
    assert desk.act("", act="approve-aside", sha256=desk.seal()).status_code == 422, "the same person"
    assert desk.act("", TELLER, act="approve-aside", sha256=desk.seal()).status_code == 303
    assert "Set aside: it counts for nothing." in desk.look()
    assert desk.act("", act="propose", category="services", reason="Kept it").status_code == 303
    assert desk.act("", TELLER, act="approve", sha256=desk.seal()).status_code == 303
    page = desk.read()
    assert "bundle 1 of 2 papers was set aside" in page
    assert "1 papers were handed in and 0 entered" in page

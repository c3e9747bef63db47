"""Results on the chair's table: the count sheet, ties, the signature, citations, prizes by decision, corrections."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import accounts, editions, publication, recusals
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Acceptance,
    Account,
    Award,
    Decision,
    DecisionKind,
    Nomination,
    PublicationKind,
    Role,
)
from awards.timetable import Phase
from tests.awards.contest import Contest, address
from tests.awards.play import KEY, NOW
from tests.web.laid import laid
from tests.web.office import well
from tests.web.signing import person, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TABLE = f"/en/table/{KEY}"
PEOPLE = {
    "chair": Role.CHAIR,
    "deputy": Role.DEPUTY,
    "olga": Role.ORGANISER,
    "omar": Role.ORGANISER,
    "auditor": Role.AUDITOR,
}
LEVEL = (
    (address("ann"), "SV-1", "SV-2", "SV-3", "SV-4"),
    (address("ben"), "SV-2", "SV-1", "SV-4", "SV-3"),
    (address("cho"), "SV-1", "SV-2", "SV-3", "SV-4"),
    (address("dia"), "SV-2", "SV-1", "SV-4", "SV-3"),
)
"""SV-1 and SV-2 are level in points, head to head, in first places and in the first round."""
MENTION = """count = 1

[[prizes]]
key = "mention"
name.en = "Mention"
by_decision = true
"""


class Hall:
    """A contest at the chair's table, each of its people in a browser of their own."""

    def __init__(
        self, app: Flask, folder: Path, more: str = "", *ballots: tuple[str, ...], **rules: object
    ) -> None:
        self.app, self.browsers = app, dict[str, FlaskClient]()

        def begin() -> Contest:
            begin_writing()
            self.contest = Contest(db.session(), folder, rules, MENTION + more)
            self.contest.shortlisted()
            db.session.commit()
            for name, role in PEOPLE.items():
                person(
                    f"{name}@people.example",
                    role,
                    edition=self.contest.edition,
                    name=f"{name.title()} Example",
                )
            if ballots:
                self.vote(*ballots)
            return self.contest

        with app.app_context():
            self.contest = laid(repr(("hall", more, ballots, rules)), folder, begin)

    def vote(self, *ballots: tuple[str, ...]) -> None:
        with self.app.app_context():
            begin_writing()
            contest = self.again()
            contest.open()
            contest.vote(*ballots)
            contest.close()
            db.session.commit()

    def again(self) -> Contest:
        contest = self.contest
        contest.session, contest.edition = db.session(), editions.find(db.session(), KEY)
        operator = db.session.query(Account).filter(Account.name == "tester").one()
        contest.actor = Actor(operator, operator, operator=True)
        return contest

    def at(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            self.browsers[name] = signed_in(self.app, f"{name}@people.example")
        return self.browsers[name]

    def page(self, name: str, path: str, language: str = "en") -> str:
        answer = self.at(name).get(f"/{language}/table/{KEY}{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return well(answer)

    def post(self, name: str, path: str, fields: dict[str, str], *, page: str = "") -> TestResponse:
        return send(self.at(name), TABLE + path, fields, page=TABLE + (page or path))

    def bind(self, name: str, reference: str) -> None:
        with self.app.app_context():
            begin_writing()
            account = accounts.find(db.session(), f"{name}@people.example")
            assert account is not None
            nomination = self.again().nomination(reference)
            recusals.declare(db.session(), nomination, actor=Actor(account, account), now=NOW)
            db.session.commit()

    def order(self, name: str = "chair", seen: str = "1", first: str = "2") -> TestResponse:
        fields = {
            "place-0": first,
            "place-1": "1" if first == "2" else "2",
            "reason": "More people.",
            "seen": seen,
        }
        return self.post(name, "/services/result/order", fields)

    def awards(self) -> dict[str, str]:
        with self.app.app_context():
            return {
                it.nomination.reference: it.prize
                for it in db.session.scalars(select(Award).where(Award.state == "given"))
            }

    def phase(self) -> Phase:
        with self.app.app_context():
            return editions.find(db.session(), KEY).phase


@pytest.fixture
def hall(app: Flask, tmp_path: Path) -> Hall:
    return Hall(app, tmp_path, "", *LEVEL)


def ordered(hall: Hall) -> Hall:
    assert hall.order().status_code == 303
    return hall


def signed(hall: Hall) -> Hall:
    assert (
        hall.post(
            "chair", "/acts/sign-winners", {"seen-services": "2"}, page="/acts/sign-winners"
        ).status_code
        == 303
    )
    return hall


def tell(hall: Hall) -> None:
    """Its winner is told in confidence."""
    with hall.app.app_context():
        begin_writing()
        award = db.session.scalars(select(Award)).one()
        olga = accounts.find(db.session(), "olga@people.example")
        assert olga is not None
        db.session.add(Acceptance(award_id=award.id, told_at=NOW, told_by_id=olga.id))
        db.session.commit()


def test_the_count_sheet_says_step_by_step_what_was_counted(hall: Hall) -> None:
    sheet = hall.page("auditor", "/services/result")

    assert "4 of 4 electors cast a ballot. Nobody abstained." in sheet
    assert "A ballot ranks all that stand." in sheet
    assert "On how many ballots each is ranked first: SV-1 2, SV-2 2. They stay level." in sheet
    assert "The chair decides among these: SV-1, SV-2. This step waits." in sheet
    assert sheet.count("to be decided") == 2
    assert "결과" in hall.page("chair", "/services/result", "ko")


def test_nothing_of_a_result_stands_there_before_the_envelopes_are_opened(app: Flask, tmp_path: Path) -> None:
    hall = Hall(app, tmp_path)
    with app.app_context():
        begin_writing()
        contest = hall.again()
        contest.open()
        contest.vote(*LEVEL)
        db.session.commit()

    assert "No category is counted yet." in hall.page("chair", "/results")
    assert "SV-1" not in hall.page("auditor", "/results")
    assert hall.at("chair").get(f"{TABLE}/services/result").status_code == 404


def test_a_tie_is_ordered_by_whoever_acts_as_chair_and_the_order_can_be_replaced_until_the_signature(
    hall: Hall,
) -> None:
    assert hall.order("deputy").status_code == 409
    twice = hall.post("chair", "/services/result/order", {"place-0": "1", "place-1": "1", "reason": "Why"})
    bare = hall.post("chair", "/services/result/order", {"place-0": "1", "reason": ""})
    assert (twice.status_code, "have the same place" in twice.text) == (422, True)
    assert (bare.status_code, "Write why in this order" in bare.text) == (422, True)

    assert ordered(hall).order("chair", seen="1").status_code == 409
    assert "SV-2" in hall.page("chair", "/acts/sign-winners")
    assert hall.order("chair", seen="2", first="1").status_code == 303
    stale = hall.post("chair", "/acts/sign-winners", {"seen-services": "2"}, page="/acts/sign-winners")
    assert (stale.status_code, hall.awards()) == (409, {})
    done = hall.post("chair", "/acts/sign-winners", {"seen-services": "3"}, page="/acts/sign-winners")
    assert (done.status_code, hall.awards(), hall.phase()) == (303, {"SV-1": "best"}, Phase.DECIDED)
    late = hall.at("chair").get(f"{TABLE}/services/result/order")
    assert late.status_code == 303


def test_where_several_prizes_were_level_each_order_can_be_given_anew(app: Flask, tmp_path: Path) -> None:
    more = "".join(f'\n[[prizes]]\nkey = "{key}"\nname.en = "{key.title()}"\n' for key in ("second", "third"))
    hall = Hall(app, tmp_path, more, *LEVEL)
    order, fields = "/services/result/order", {"place-0": "2", "place-1": "1", "reason": "More people."}
    for seen in ("1", "2"):
        assert hall.post("chair", order, fields | {"seen": seen}).status_code == 303

    ways = re.findall(
        r'/result/order(\?again=1)?">Order them anew: ([^<]+)<', hall.page("chair", "/services/result")
    )
    assert ways == [("", "SV-1, SV-2"), ("?again=1", "SV-3, SV-4")]
    assert "Order them anew" not in hall.page("deputy", "/services/result")
    anew = fields | {"place-0": "1", "place-1": "2", "seen": "3"}
    assert hall.post("chair", order + ways[1][0], anew).status_code == 303
    sheet = hall.page("chair", "/services/result")
    assert "The chair&#39;s order: SV-2, SV-1." in sheet
    assert "The chair&#39;s order: SV-3, SV-4." in sheet
    assert hall.at("chair").get(f"{TABLE}{order}?again=7").status_code == 303


def test_the_chair_with_a_conflict_neither_orders_nor_signs(hall: Hall) -> None:
    hall.bind("chair", "SV-1")
    assert "You have a conflict with: SV-1" in hall.page("chair", "/services/result")
    assert hall.order("chair").status_code == 409
    assert hall.order("deputy").status_code == 303
    refused = hall.post("chair", "/acts/sign-winners", {"seen-services": "2"}, page="/special")
    assert (refused.status_code, hall.awards()) == (409, {})


def test_where_all_at_the_table_are_bound_two_organisers_sign(hall: Hall) -> None:
    ordered(hall)
    hall.bind("chair", "SV-4")
    hall.bind("deputy", "SV-3")
    two = "/services/result/two"
    assert hall.post("olga", two, {"act": "propose", "seen": "2", "reason": "As counted."}).status_code == 303
    sha = re.search(r'name="sha256" value="([0-9a-f]+)"', hall.page("omar", two))
    assert sha
    own = hall.post("olga", two, {"act": "approve", "sha256": sha[1]})
    assert (own.status_code, hall.awards()) == (409, {})
    assert hall.post("omar", two, {"act": "approve", "sha256": sha[1]}).status_code == 303
    assert hall.awards() == {"SV-2": "best"}
    with hall.app.app_context():
        decision = db.session.scalars(select(Decision).where(Decision.kind == DecisionKind.WINNERS)).one()
        assert [it["name"] for it in decision.signers] == ["Olga Example", "Omar Example"]


def test_citations_are_written_by_the_chair_until_the_winners_are_public(hall: Hall) -> None:
    assert (
        "citations are written once the winners are signed"
        in hall.at("chair").get(f"{TABLE}/services/citations", follow_redirects=True).text
    )
    signed(ordered(hall))
    page = hall.page("chair", "/services/citations")
    name, seen = (
        re.search(pattern, page)
        for pattern in (r'name="(text-[^"]+)"', r'name="(seen-[^"]+)" value="([^"]+)"')
    )
    assert name
    assert seen
    fields = {name[1]: "It opened the budget.", seen[1]: seen[2]}

    long = hall.post("chair", "/services/citations", fields | {name[1]: "x" * 1001})
    assert (long.status_code, "at most 1,000 characters" in long.text, "x" * 1001 in long.text) == (
        422,
        True,
        True,
    )
    assert hall.post("chair", "/services/citations", fields).status_code == 303
    assert "It opened the budget." in hall.page("auditor", "/services/result")
    stale = hall.post("chair", "/services/citations", fields | {name[1]: "Another one."})
    assert (stale.status_code, "Another one." in stale.text, "It opened the budget." in stale.text) == (
        409,
        True,
        True,
    )
    assert name[1] not in hall.page("deputy", "/services/citations")
    assert hall.post("deputy", "/services/citations", fields | {name[1]: "Mine."}).status_code == 409

    with hall.app.app_context():
        begin_writing()
        edition = editions.find(db.session(), KEY)
        publication.publish(
            db.session(), edition, "services", PublicationKind.WINNERS, {"rows": []}, visible_from=NOW
        )
        db.session.commit()
    assert name[1] not in hall.page("chair", "/services/citations")
    assert hall.post("chair", "/services/citations", fields, page="/special").status_code == 409


def test_a_prize_by_decision_is_given_by_the_chair_and_can_be_taken_back_and_given_again(hall: Hall) -> None:
    give = {"nomination": "SV-3", "prize": "mention", "reason": "Courage."}
    assert hall.post("deputy", "/special", give).status_code == 422
    assert hall.post("chair", "/special", give | {"reason": " "}).status_code == 422
    assert hall.post("chair", "/special", give | {"nomination": "nobody\0"}).status_code == 422
    assert hall.post("chair", "/special", give).status_code == 303
    assert hall.post("chair", "/special", give | {"nomination": "SV-4"}).status_code == 422
    assert hall.awards() == {"SV-3": "mention"}
    assert '<span class="gold">Mention</span>: SV-3' in hall.page("auditor", "/services")

    back = "/special/SV-3/mention/take-back"
    assert hall.post("chair", back, {"reason": "Given to the wrong one."}).status_code == 303
    assert hall.awards() == {}
    assert hall.at("chair").get(TABLE + back).status_code == 404
    assert hall.post("chair", "/special", give | {"nomination": "SV-4"}).status_code == 303
    assert hall.awards() == {"SV-4": "mention"}


def test_where_all_at_the_table_are_bound_two_organisers_give_a_prize_cite_it_and_take_it_back(
    hall: Hall,
) -> None:
    give = {"nomination": "SV-3", "prize": "mention", "reason": "Courage."}
    assert hall.post("olga", "/special", give).status_code == 422
    hall.bind("chair", "SV-3")
    hall.bind("deputy", "SV-3")
    assert hall.post("chair", "/special", give).status_code == 422
    assert (hall.post("olga", "/special", give).status_code, hall.awards()) == (303, {})

    def second(name: str) -> TestResponse:
        page = hall.page(name, "/special")
        fields = dict(re.findall(r'name="(which|sha256)" value="([^"]+)"', page))
        return hall.post(name, "/special", fields | {"act": "approve"})

    assert (second("olga").status_code, second("chair").status_code, hall.awards()) == (409, 409, {})
    assert (second("omar").status_code, hall.awards()) == (303, {"SV-3": "mention"})
    with hall.app.app_context():
        decision = db.session.scalars(select(Decision).where(Decision.kind == DecisionKind.AWARD)).one()
        assert [it["name"] for it in decision.signers] == ["Olga Example", "Omar Example"]
    assert 'name="text-' not in hall.page("chair", "/services/citations")
    assert 'name="text-' in hall.page("omar", "/services/citations")

    back = "/special/SV-3/mention/take-back"
    assert hall.post("chair", back, {"reason": "The wrong one."}).status_code == 409
    assert hall.post("omar", back, {"reason": "The wrong one."}).status_code == 303
    assert hall.awards() == {"SV-3": "mention"}
    assert (second("olga").status_code, hall.awards()) == (303, {})


def test_a_signed_result_is_taken_back_by_two_ordered_anew_and_signed_again(hall: Hall) -> None:
    signed(ordered(hall))
    tell(hall)
    correct = "/services/result/correct"
    assert "One winner was told in confidence already." in hall.page("chair", correct)
    assert (
        hall.post("chair", correct, {"act": "propose", "reason": "The order was upside down."}).status_code
        == 303
    )
    sha = re.search(r'name="sha256" value="([0-9a-f]+)"', hall.page("olga", correct))
    assert sha
    assert hall.post("chair", correct, {"act": "approve", "sha256": sha[1]}).status_code == 409
    assert hall.awards() == {"SV-2": "best"}
    assert hall.post("olga", correct, {"act": "approve", "sha256": sha[1]}).status_code == 303
    assert (hall.awards(), hall.phase()) == ({}, Phase.SECOND_ROUND)
    told = well(hall.at("olga").get(f"/en/secretariat/{KEY}/release/winners"))
    assert ("Taken back with the result" in told, "Declined, recorded" in told) == (True, False)

    assert hall.order("chair", seen="3", first="1").status_code == 303
    done = hall.post("chair", "/acts/sign-winners", {"seen-services": "4"}, page="/acts/sign-winners")
    assert (done.status_code, hall.awards(), hall.phase()) == (303, {"SV-1": "best"}, Phase.DECIDED)
    page = hall.page("auditor", "/services/result")
    assert "Taken back: decision" in page
    with hall.app.app_context():
        states = dict(db.session.execute(select(Nomination.reference, Nomination.state)).all())
        assert {str(it) for it in states.values()} == {"winner", "not_awarded"}
        assert states["SV-1"] == "winner"


def test_what_is_public_is_not_corrected_here(hall: Hall) -> None:
    signed(ordered(hall))
    with hall.app.app_context():
        begin_writing()
        edition = editions.find(db.session(), KEY)
        publication.publish(
            db.session(), edition, "services", PublicationKind.WINNERS, {"rows": []}, visible_from=NOW
        )
        db.session.commit()
    answer = hall.at("chair").get(f"{TABLE}/services/result/correct", follow_redirects=True)
    assert "The winners of this category are public." in answer.text
    assert hall.awards() == {"SV-2": "best"}


def test_a_prize_is_withheld_before_the_second_round_opens_or_given_after_all(
    app: Flask, tmp_path: Path
) -> None:
    hall = Hall(app, tmp_path, record='finalists"\nwithhold = true # "')
    which = {"which": "services best", "reason": "None deserves it."}
    assert hall.post("deputy", "/withholding", which | {"act": "withhold"}).status_code == 422
    assert hall.post("chair", "/withholding", which | {"act": "withhold", "reason": ""}).status_code == 422
    assert hall.post("chair", "/withholding", which | {"act": "withhold", "which": "x y"}).status_code == 422
    assert hall.post("chair", "/withholding", which | {"act": "withhold"}).status_code == 303
    assert "withheld" in hall.page("auditor", "/withholding")
    assert hall.post("chair", "/withholding", which | {"act": "give"}).status_code == 303
    assert hall.post("chair", "/withholding", which | {"act": "withhold"}).status_code == 303

    hall.vote(*LEVEL)
    late = hall.at("chair").get(f"{TABLE}/withholding")
    assert "this stays as it is" in late.text
    sheet = hall.page("chair", "/services/result")
    assert "Withheld by decision of the chair" in sheet
    done = hall.post("chair", "/acts/sign-winners", {"seen-services": "1"}, page="/acts/sign-winners")
    assert (done.status_code, hall.awards()) == (303, {})


def test_without_a_second_round_the_table_counts_and_signs_from_the_first(app: Flask, tmp_path: Path) -> None:
    hall = Hall(app, tmp_path, second_round="none")
    assert "no second round" in hall.page("chair", "/results")
    for name in ("chair", "olga"):
        assert "The result of one category can be counted" in well(hall.at(name).get("/en/today"))
    assert hall.post("olga", "/acts/count", {}, page="/results").status_code == 303
    assert "Count the result" not in hall.page("olga", "/results")
    assert "can be counted" not in well(hall.at("chair").get("/en/today"))
    assert "totals of the first round decide" in hall.page("chair", "/services/result")


def test_without_a_second_round_what_no_longer_follows_is_counted_again_and_nothing_else_signed(
    app: Flask, tmp_path: Path
) -> None:
    hall = Hall(app, tmp_path, record='finalists"\nwithhold = true # "', second_round="none")
    hall.post("olga", "/acts/count", {}, page="/results")
    hall.order()
    seen = hall.page("chair", "/acts/sign-winners")
    withheld = {"which": "services best", "reason": "None deserves it.", "act": "withhold"}
    assert hall.post("chair", "/withholding", withheld).status_code == 303

    stale = hall.post("chair", "/acts/sign-winners", {"seen-services": "2"}, page="/special")
    assert 'name="seen-services" value="2"' in seen
    assert (stale.status_code, stale.location, hall.awards()) == (303, f"{TABLE}/results", {})
    assert hall.at("chair").get(f"{TABLE}/services/result").location == f"{TABLE}/results"
    assert "What this result was counted from has changed" in hall.page("chair", "/results")
    assert hall.post("chair", "/acts/count", {}, page="/results").status_code == 303
    assert "Withheld by decision of the chair" in hall.page("chair", "/services/result")

    out = {"nomination": "SV-1", "act": "withdraw", "reason": "Written on paper."}
    assert hall.post("olga", "/services/out", out, page="/services/out?nomination=SV-1").status_code == 303
    assert "Shortlists still to be signed: Services" in hall.page("chair", "/results")
    assert hall.post("chair", "/acts/sign", {"seen-services": "2"}, page="/acts/sign").status_code == 303
    assert "Count the result" in hall.page("chair", "/results")
    assert hall.post("chair", "/acts/count", {}, page="/results").status_code == 303
    assert "SV-1" not in hall.page("chair", "/acts/sign-winners")
    done = hall.post("chair", "/acts/sign-winners", {"seen-services": "4"}, page="/acts/sign-winners")
    assert (done.status_code, hall.phase()) == (303, Phase.DECIDED)


def test_the_minutes_hold_the_count_sheet_and_who_signed(hall: Hall) -> None:
    signed(ordered(hall))
    paper = hall.at("auditor").get(f"{TABLE}/minutes.pdf")
    read = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=paper.data, capture_output=True, check=True
    )
    text = " ".join(read.stdout.decode().split())
    assert "Minutes of both rounds" in text
    assert "4 of 4 electors cast a ballot" in text
    assert "On how many ballots each is ranked first" in text
    assert "Winners signed" in text


def test_a_run_off_is_named_with_its_turnout_and_nothing_is_signed_before_it_is_counted(
    app: Flask, tmp_path: Path
) -> None:
    hall = Hall(app, tmp_path, '\n[result]\nladder = ["runoff", "share"]\n')
    hall.vote(*LEVEL)

    sheet = hall.page("chair", "/services/result")
    assert "A run-off among these decides: SV-1, SV-2. This step waits." in sheet
    assert "0 of 4 electors cast a ballot." in sheet
    assert "It is not opened yet." in sheet
    early = hall.post("chair", "/acts/sign-winners", {"seen-services": "1"}, page="/special")
    assert (early.status_code, "A run-off has to be voted and counted first." in early.text) == (409, True)

    with app.app_context():
        begin_writing()
        contest = hall.again()
        contest.vote(*((name, first, second) for name, first, second, *_ in LEVEL))
        contest.close()
        db.session.commit()
    sheet = hall.page("chair", "/services/result")
    assert "The prize is shared: SV-1, SV-2." in sheet
    assert sheet.count("Best prize (shared)") == 2

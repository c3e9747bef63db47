"""The pages of the release: two arm it, one presses; winners are told in confidence, and others learn nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from time_machine import TimeMachineFixture
from werkzeug.test import TestResponse

from awards import acceptances, certificates, prizes, shortlists, winners
from awards.extensions import begin_writing, db
from awards.models import Nomination, Outbox, ScoreSheet
from tests.awards import certified
from tests.web.office import well
from tests.web.signing import person, send, signed_in
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Release:
    """A round whose results are signed: N1 and M1 have the best prize."""

    def __init__(self, made: Round) -> None:
        self.made, self.app, self.key = made, made.app, made.key
        self.desk = f"/en/secretariat/{made.key}/release"

    def page(self, name: str, path: str = "/", language: str = "en") -> str:
        answer = self.made.at(name).get(f"/{language}{self.desk[3:]}{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.location)
        return well(answer)

    def post(self, name: str, path: str, fields: dict[str, str], page: str | None = None) -> TestResponse:
        return send(self.made.at(name), self.desk + path, fields, page=self.desk + (page or path))

    def overview(self, name: str) -> str:
        return well(self.made.at(name).get(f"/en/secretariat/{self.key}/"))

    def propose(self, **more: str) -> TestResponse:
        fields = {"act": "propose", "when": "pressed", "category": "services", "reason": "The board agrees."}
        return self.post("olga", "/", fields | more)

    def sha256(self, path: str = "/") -> str:
        found = re.search(r'name="sha256" value="([0-9a-f]+)"', self.page("omar", path))
        assert found
        return found[1]

    def approve_proofs(self) -> None:
        with self.app.app_context():
            begin_writing()
            play = self.made._play()
            certified.approve_proofs(play.session, play.edition, play.actor, play.now)
            db.session.commit()

    def sign(self) -> None:
        """Let the worker sign the certificates that were issued."""
        with self.app.app_context():
            begin_writing()
            play = self.made._play()
            data = Path(self.app.config["LAURELS_DATA"])
            certified.sign(db.session, data, play.actor, play.now)
            db.session.commit()

    def arm(self, category: str = "services") -> str:
        self.approve_proofs()
        self.propose(category=category)
        self.post("omar", "/", {"act": "approve", "sha256": self.sha256()})
        found = re.search(r"/release/armed/([^/]+)/press", self.page("omar"))
        assert found
        return found[1]

    def public(self) -> int:
        return self.app.test_client().get(f"/en/{self.key}/winners").status_code

    def stands(self) -> str:
        """What the public page of the edition says of where it stands."""
        found = re.search(
            r"(The result is settled|The winners of some)[^<]*",
            self.app.test_client().get(f"/en/{self.key}/").text,
        )
        return found[1] if found else ""


@pytest.fixture
def release(app: Flask, tmp_path: Path) -> Release:
    return signed(app, tmp_path)


def signed(app: Flask, folder: Path) -> Release:
    made = Round(app, folder)
    made.mark_and_close()
    with app.app_context():
        begin_writing()
        play = made._play()
        act = {"actor": play.actor, "now": play.now}
        shortlists.order_level(
            play.session, play.edition, "services", ("N3", "N2"), reason="More people.", **act
        )
        shortlists.sign(play.session, play.edition, **act)
        winners.sign(play.session, play.edition, **act)
        db.session.commit()
        for reference, email in {"N1": "nora@city.example", "N3": "nils@city.example"}.items():
            account = person(email, name=email[:4].title())
            nomination = db.session.query(Nomination).filter(Nomination.reference == reference).one()
            nomination.nominator_id = account.id
            db.session.commit()
    return Release(made)


def ids(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {it.reference: it.public_id for it in db.session.query(Nomination)}


def tell(release: Release) -> None:
    page = release.page("olga", "/winners")
    numbers = re.findall(r'name="award" value="(\d+)"', page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = release.made.at("olga").post(
        f"{release.desk}/winners", data={"csrf_token": token[1], "award": numbers}
    )
    assert answer.status_code == 303


def test_two_arm_one_presses_and_one_takes_down_what_two_put_back(release: Release) -> None:
    assert f'href="/en/table/{release.key}/services/citations"' in release.page("olga")
    assert release.propose(reason=" ").status_code == 422
    assert release.propose().status_code == 303
    assert "Release winners: proposed by Olga" in release.overview("omar")
    assert release.post("olga", "/", {"act": "approve", "sha256": release.sha256()}).status_code == 409
    assert release.post("omar", "/", {"act": "approve", "sha256": release.sha256()}).status_code == 303
    armed = re.search(r"/release/armed/([^/]+)/press", release.page("omar"))
    assert armed
    assert (release.public(), release.stands()) == (404, "The result is settled")

    assert "It can be taken down" in release.page("omar", f"/armed/{armed[1]}/press")
    assert release.post("omar", f"/armed/{armed[1]}/press", {}).status_code == 303
    assert (release.public(), release.stands()) == (200, "The winners of some")
    again = release.post("omar", f"/armed/{armed[1]}/press", {}, page="/")
    assert again.status_code == 303

    down = {"act": "take_down", "category": "services"}
    assert release.post("olga", "/taken-down", down).status_code == 422
    assert release.post("olga", "/taken-down", down | {"reason": "A name."}).status_code == 303
    assert (release.public(), release.stands()) == (410, "The result is settled")
    back = {"act": "propose", "category": "services", "reason": "Mended."}
    assert release.post("olga", "/taken-down", back).status_code == 303
    assert "Make winners public again: proposed by Olga" in release.overview("omar")
    approve = {"act": "approve", "sha256": release.sha256("/taken-down")}
    assert release.post("olga", "/taken-down", approve).status_code == 409
    assert release.post("omar", "/taken-down", approve).status_code == 303
    assert release.public() == 200


def test_a_held_release_is_pressed_by_nobody_and_called_off_with_a_reason(release: Release) -> None:
    armed = release.arm()
    assert release.post("omar", f"/armed/{armed}/hold", {}, page="/").status_code == 303
    release.post("omar", f"/armed/{armed}/press", {}, page="/")
    assert release.public() == 404
    assert release.post("omar", f"/armed/{armed}/go-on", {}, page="/").status_code == 303
    assert release.post("omar", f"/armed/{armed}/call-off", {"reason": ""}).status_code == 422
    assert release.post("omar", f"/armed/{armed}/call-off", {"reason": "Anew."}).status_code == 303
    release.post("omar", f"/armed/{armed}/press", {}, page="/")
    assert release.public() == 404


def test_what_was_armed_meanwhile_is_not_proposed_again_nor_left_out_in_silence(release: Release) -> None:
    release.arm("services")
    both = [("act", "propose"), ("when", "pressed"), ("reason", "x")]
    both += [("category", key) for key in ("services", "openness")]
    answer = send(release.made.at("olga"), f"{release.desk}/", both)
    assert (answer.status_code, "Something has changed meanwhile" in answer.text) == (409, True)


def test_a_clock_that_is_late_is_said_so(release: Release, time_machine: TimeMachineFixture) -> None:
    soon = datetime.now(UTC) + timedelta(hours=2)
    release.propose(when="later", day=f"{soon:%Y-%m-%d}", time=f"{soon:%H:%M}", zone="UTC")
    release.post("omar", "/", {"act": "approve", "sha256": release.sha256()})
    assert "Becomes public on" in release.page("omar")

    time_machine.move_to(soon)
    assert "the clock has not done it yet" in release.page("omar")


def test_a_name_that_no_font_draws_is_said_before_the_press_and_after_it(release: Release) -> None:
    with release.app.app_context():
        begin_writing()
        for it in prizes.of_edition(db.session(), release.made._play().edition):
            it.names = it.names | {"title": "For \U00013000"}
        db.session.commit()
    press = f"/armed/{release.arm()}/press"
    assert "\U00013000" in release.page("omar", press)
    assert "lacks a certificate" not in release.page("omar")

    release.post("omar", press, {})
    assert "One prize that is public lacks a certificate" in release.page("omar")


def test_what_no_longer_counts_as_it_was_signed_is_not_put_back(release: Release) -> None:
    release.post("omar", f"/armed/{release.arm()}/press", {})
    release.post("olga", "/taken-down", {"act": "take_down", "category": "services", "reason": "A name."})
    release.post("olga", "/taken-down", {"act": "propose", "category": "services", "reason": "Mended."})
    with release.app.app_context():
        begin_writing()
        db.session.execute(update(ScoreSheet).values(counted=False))
        db.session.commit()
    approve = {"act": "approve", "sha256": release.sha256("/taken-down")}
    assert release.post("omar", "/taken-down", approve).status_code == 303
    assert "The count differs from what was signed" in release.page("omar", "/taken-down")
    assert release.public() == 410


def test_only_those_who_write_a_nomination_that_won_learn_it_and_by_name(release: Release) -> None:
    here = ids(release.app)
    nora, nils = (signed_in(release.app, f"{name}@city.example") for name in ("nora", "nils"))
    winner, loser = (f"/en/nominations/{here[name]}/award" for name in ("N1", "N3"))
    assert nora.get(winner).status_code == 404

    tell(release)

    assert (nora.get(winner).status_code, nils.get(loser).status_code, nils.get(winner).status_code) == (
        200, 404, 404,
    )  # fmt: skip
    assert "Best prize" not in well(nora.get(winner))
    with release.app.app_context():
        letters = db.session.query(Outbox).filter(Outbox.template == "won").all()
        assert [it.recipient for it in letters] == ["nora@city.example"]
        assert "best" not in str([it.arguments for it in letters])
    assert send(nora, winner, {"act": "read"}).status_code == 303
    assert "Best prize" in well(nora.get(winner))
    assert "Nora" in release.page("olga", "/winners")
    assert nora.get(winner, headers={"Accept-Language": "ko"}).headers["Cache-Control"].startswith("no-store")


def test_a_winner_answers_and_the_secretariat_takes_the_names_over(release: Release) -> None:
    tell(release)
    nora = signed_in(release.app, "nora@city.example")
    page = f"/en/nominations/{ids(release.app)['N1']}/award"
    send(nora, page, {"act": "read"})
    told = re.search(r'name="told" value="([^"]+)"', nora.get(page).text)
    assert told
    fields = {"act": "answer", "told": told[1], "answer": "accepted", "title": "Better \x00project"}

    assert send(nora, page, fields | {"answer": "maybe"}).status_code == 422
    long = send(nora, page, fields | {"wishes": "x" * 2001})
    assert (long.status_code, "Better project" in long.text) == (422, True)
    not_yet = "The secretariat has not dealt with your changes yet."
    assert send(nora, page, fields | {"title": "", "wishes": "As on our seal, please."}).status_code == 303
    assert not_yet in nora.get(page).text
    assert send(nora, page, fields).status_code == 303
    assert not_yet in nora.get(page).text
    one = f"/winners/{told[1]}"
    assert "Better project" in release.page("olga", one)
    asked = re.search(r'name="seen" value="([^"]+)"', release.page("olga", one))
    assert asked
    assert release.post("olga", one, {"act": "adopt"}).status_code == 303
    assert not_yet in nora.get(page).text, "what is taken over is what was looked at"
    assert release.post("olga", one, {"act": "adopt", "seen": asked[1]}).status_code == 303
    assert not_yet not in nora.get(page).text
    proof = nora.get(page.replace("/en/", "/en/") + f"/{told[1]}/proof-en.pdf")
    assert (proof.status_code, proof.mimetype) == (200, "application/pdf")
    seen = re.search(r'name="seen" value="([^"]+)"', nora.get(page).text)
    assert seen
    approve = {"act": "proof", "told": told[1], "seen": seen[1]}
    assert send(nora, page, approve | {"seen": "0"}).status_code == 409
    assert send(nora, page, approve).status_code == 303

    with release.app.app_context():
        begin_writing()
        play = release.made._play()
        certified.issue(play.session, play.edition, play.actor, play.now)
        db.session.commit()
        numbers = [it.number for it in certificates.of_edition(play.session, play.edition)]
    assert {nora.get(f"{page}/certificate/{it}.pdf").status_code for it in numbers} == {404}
    armed = release.arm()
    release.post("omar", f"/armed/{armed}/press", {})
    assert "Better project" in release.app.test_client().get(f"/en/{release.key}/winners").text
    assert "is being signed" in nora.get(page).text
    release.sign()
    after = nora.get(page)
    number = re.search(r"/award/certificate/([^.]+)\.pdf", after.text)
    assert number
    assert nora.get(f"{page}/certificate/{number[1]}.pdf").data.startswith(b"%PDF")
    badge = re.search(r'href="(/en/badges/[^"]+)"', after.text)
    assert badge
    assert "Better project" in release.app.test_client().get(badge[1]).text
    assert send(nora, page, fields, page="/en/nominations/").status_code in (400, 409)


def test_whoever_did_not_open_it_in_confidence_reads_it_after_the_release_without_a_promise(
    release: Release,
) -> None:
    tell(release)
    nora = signed_in(release.app, "nora@city.example")
    page = f"/en/nominations/{ids(release.app)['N1']}/award"
    assert "Tell nobody" in nora.get(page).text

    release.post("omar", f"/armed/{release.arm()}/press", {})

    after = well(nora.get(page))
    assert ("Tell nobody" in after, "The result is public." in after) == (False, True)


def test_declining_is_confirmed_and_recorded_with_what_follows(release: Release) -> None:
    tell(release)
    nora = signed_in(release.app, "nora@city.example")
    page = f"/en/nominations/{ids(release.app)['N1']}/award"
    send(nora, page, {"act": "read"})
    told = re.search(r'name="told" value="([^"]+)"', nora.get(page).text)
    assert told
    fields = {"act": "answer", "told": told[1], "answer": "declined"}
    assert "Yes, we decline" in send(nora, page, fields).text
    assert send(nora, page, fields | {"sure": "yes"}).status_code == 303
    one = f"/winners/{told[1]}"
    assert 'name="act" value="accepts"' in release.page("omar", one), (
        "noted by mistake, or taken back by telephone"
    )
    assert release.post("omar", one, {"act": "accepts", "reason": "She called."}).status_code == 303
    assert "Accepts" in release.page("omar", one)
    assert release.post("omar", one, {"act": "declines", "reason": "And again."}).status_code == 303
    seen = re.search(r'name="seen" value="([^"]+)"', release.page("omar", one))
    assert seen
    record = {"act": "record", "seen": seen[1], "reason": "The mayor's letter of 3 May."}
    assert release.post("omar", one, record | {"reason": ""}).status_code == 422
    assert release.post("omar", one, record | {"seen": "N9:best -"}).status_code == 303
    assert "stays vacant" in release.page("omar", one)
    assert release.post("omar", one, record).status_code == 303
    assert "recorded" in release.page("omar", "/winners")
    sheet = well(release.made.at("chair").get(f"/en/table/{release.key}/services/result"))
    assert ("Prize declined" in sheet, "stays vacant" in sheet) == (True, True)
    minutes = release.made.at("chair").get(f"/en/table/{release.key}/minutes.pdf")
    assert minutes.data.startswith(b"%PDF")
    with release.app.app_context():
        left = prizes.of_edition(db.session(), release.made._play().edition)
        assert [it.nomination.reference for it in left] == ["M1"]
        assert len(acceptances.of_edition(db.session(), release.made._play().edition)) == 2
    release.post("omar", f"/armed/{release.arm()}/press", {})
    assert "declined; the rules say" in well(release.app.test_client().get(f"/en/{release.key}/method"))


@pytest.mark.parametrize("path", ["/", "/winners", "/taken-down"])
def test_the_pages_are_well_made_in_both_languages_and_before_anything_is_signed(
    app: Flask, tmp_path: Path, path: str
) -> None:
    made = Release(Round(app, tmp_path))
    for language in ("en", "ko"):
        made.page("olga", path, language)
    made.page("auditor", path)
    assert made.made.at("chair").get(made.desk + path).status_code == 404


def test_today_calls_the_winner_and_the_second_organiser(release: Release) -> None:
    tell(release)
    release.propose()

    nora = signed_in(release.app, "nora@city.example")
    assert "News in confidence" in well(nora.get("/en/today"))
    assert "waits for your word" in well(release.made.at("omar").get("/en/today"))
    assert "waits for your word" not in well(release.made.at("olga").get("/en/today"))
    assert "News in confidence" not in well(signed_in(release.app, "nils@city.example").get("/en/today"))


def test_what_was_public_says_that_it_was_taken_down_and_what_was_not_is_no_page(release: Release) -> None:
    for category in ("services", "openness"):
        armed = release.arm(category)
        release.post("omar", f"/armed/{armed}/press", {})
    visitor = release.app.test_client()
    with release.app.app_context():
        edition = release.made._play().edition
        codes = {it.nomination.reference: it.code for it in certificates.of_edition(db.session(), edition)}
    winner, loser, other = (f"/en/{release.key}/winners/{it}" for it in ("N1", "N3", "M1"))
    assert {visitor.get(it).status_code for it in (winner, other, f"/en/verify/{codes['N1']}")} == {200}

    down = {"act": "take_down", "category": "services", "reason": "A name."}
    assert release.post("olga", "/taken-down", down).status_code == 303

    gone = [winner, f"/en/{release.key}/record", f"/en/{release.key}/record.zip"]
    assert [visitor.get(it).status_code for it in (*gone, loser, other)] == [410, 410, 410, 404, 200]
    assert "taken it down to look into something" in well(visitor.get(winner))
    certificate = visitor.get(f"/en/verify/{codes['N1']}")
    assert (certificate.status_code, "N1" in well(certificate)) == (410, False)
    assert "It was issued here" in certificate.text
    assert visitor.get("/en/verify/0000-0000-0000-0000").status_code == 404
    for page in ("", "winners", "method"):
        text = well(visitor.get(f"/en/{release.key}/{page}"))
        assert "were public and were taken down" in text
        assert "N1" not in text
    assert "N1" not in visitor.get("/en/archive").text
    nils = signed_in(release.app, "nils@city.example")
    assert nils.get(f"/en/nominations/{ids(release.app)['N3']}/result").status_code == 410


def test_today_tells_what_a_signed_result_waits_for(release: Release) -> None:
    olga, chair = (release.made.at(name) for name in ("olga", "chair"))
    assert "of 2 categories are signed and wait for their release" in well(olga.get("/en/today"))
    assert "No reasons are written yet why 2 prizes were won" in well(chair.get("/en/today"))
    assert "No reasons are written" not in well(olga.get("/en/today"))

    armed = release.arm()
    assert "wait for their release" not in well(olga.get("/en/today"))
    release.post("omar", f"/armed/{armed}/hold", {}, page="/")
    assert "A release is held" in well(olga.get("/en/today"))
    with release.app.app_context():
        begin_writing()
        for it in prizes.of_edition(db.session(), release.made._play().edition):
            it.citations = {"en": "It opened the budget."}
        db.session.commit()
    assert "No reason" not in well(chair.get("/en/today"))

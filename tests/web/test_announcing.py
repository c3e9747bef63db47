"""Announcing the finalists: now or later, nominees first or together, each told about their own; never too early."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from awards import accounts
from awards.extensions import begin_writing, db
from awards.models import Nomination, Outbox, OutboxState, Publication
from tests.web import signing, world
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LATER = {"when": "later", "day": "2026-05-10", "time": "10:00", "zone": "Asia/Seoul"}
WRITERS = {"N1": "nora@city.example", "N2": "nils@city.example"}


@pytest.fixture
def signed(app: Flask, tmp_path: Path, at_noon: time_machine.Traveller) -> Round:
    """Everything is signed; N1 is a finalist and N2 is not."""
    made = Round(app, tmp_path)
    made.mark_and_close()
    made.order()
    made.sign(services="2", openness="1")
    with app.app_context():
        begin_writing()
        for reference, email in WRITERS.items():
            person, _ = accounts.find_or_make(db.session(), email, now=world.NOW, actor=None)
            person.language = "ko" if reference == "N2" else "en"
            nomination = db.session.query(Nomination).filter(Nomination.reference == reference).one()
            nomination.nominator_id = person.id
        db.session.commit()
    return made


def announce(made: Round, name: str = "olga", **fields: str) -> int:
    """Look, then do it."""
    looked = made.post(name, "/acts/announce", {"act": "look", **fields})
    seen = re.search(r'name="seen" value="([^"]+)"', looked.text)
    if seen is None:
        return looked.status_code
    return made.post(name, "/acts/announce", {"act": "announce", "seen": seen[1], **fields}).status_code


def letters(made: Round) -> list[tuple[str, str, str, OutboxState]]:
    with made.app.app_context():
        rows = (
            db.session.query(Outbox).filter(Outbox.recipient.in_(WRITERS.values())).order_by(Outbox.recipient)
        )
        return [(it.recipient[:4], it.template, f"{it.due_at:%d %H:%M}", it.state) for it in rows]


def public(made: Round) -> int:
    return made.app.test_client().get(f"/en/{made.key}/finalists").status_code


def test_until_the_stated_moment_nothing_is_public_and_nominees_first_are_told_at_once(
    signed: Round, at_noon: time_machine.Traveller
) -> None:
    assert announce(signed, letters="first", **LATER) == 303

    assert public(signed) == 404
    queued = OutboxState.QUEUED
    assert letters(signed) == [
        ("nils", "not_shortlisted", "04 09:00", queued),
        ("nora", "finalist", "04 09:00", queued),
    ]
    at_noon.move_to(world.NOW + timedelta(days=5, hours=15, minutes=59))
    assert public(signed) == 404
    at_noon.move_to(world.NOW + timedelta(days=5, hours=16))
    assert public(signed) == 200


def test_its_people_read_on_their_own_pages_that_it_is_a_finalist_once_that_is_public(
    signed: Round, at_noon: time_machine.Traveller
) -> None:
    def says(reference: str) -> list[bool]:
        language = "ko" if reference == "N2" else "en"
        words = {"en": "Finalist", "ko": "1차 평가 미통과"}[language]
        client = signing.signed_in(signed.app, WRITERS[reference])
        with signed.app.app_context():
            [one] = db.session.query(Nomination).filter(Nomination.reference == reference)
        pages = ("today", "nominations/", f"nominations/{one.public_id}/")
        return [words in client.get(f"/{language}/{page}").text for page in pages]

    announce(signed, letters="first", **LATER)

    assert says("N1") + says("N2") == [False] * 6
    at_noon.move_to(world.NOW + timedelta(days=5, hours=16))
    assert says("N1") + says("N2") == [True] * 6


def test_letters_sent_together_wait_for_the_public_moment_and_are_cancelled_with_it(signed: Round) -> None:
    announce(signed, letters="together", **LATER)
    assert {it[2] for it in letters(signed)} == {"10 01:00"}

    without = signed.post("olga", "/acts/call-off", {"reason": " "})
    done = signed.post("olga", "/acts/call-off", {"reason": "A name is misspelt."})

    assert (without.status_code, done.status_code) == (422, 303)
    assert {it[3] for it in letters(signed)} == {OutboxState.CANCELLED}
    assert announce(signed, when="now", letters="together") == 303
    assert public(signed) == 200


def test_what_was_signed_anew_since_the_look_is_looked_at_again(signed: Round) -> None:
    fields = {"when": "now", "letters": "together"}
    looked = signed.post("olga", "/acts/announce", {"act": "look", **fields})
    seen = re.search(r'name="seen" value="([^"]+)"', looked.text)
    assert seen
    out = {"nomination": "M2", "act": "withdraw", "reason": "Written on paper."}
    signed.post("olga", "/openness/out", out, page="/openness/out?nomination=M2")
    assert signed.sign(openness="2").status_code == 303

    stale = signed.post("olga", "/acts/announce", {"act": "announce", "seen": seen[1], **fields})

    assert stale.status_code == 200
    assert public(signed) == 404
    assert announce(signed, **fields) == 303


def test_each_letter_is_about_its_own_nomination_and_shown_before_it_goes(signed: Round) -> None:
    page = signed.page("olga", "/acts/announce")

    assert "A finalist: “Project N1” (N1)" in page
    assert "1차 평가 미통과" in page
    assert "Nobody is reached for: M1, M2, N3, N4." in page
    announce(signed, when="now", letters="together")
    with signed.app.app_context():
        told = {it.recipient: it.arguments["reference"] for it in db.session.query(Outbox) if it.recipient}
        assert {it: told[it] for it in WRITERS.values()} == {email: name for name, email in WRITERS.items()}


def test_finalists_of_some_categories_are_said_to_be_announced_and_no_letter_is_promised_to_nobody(
    signed: Round,
) -> None:
    with signed.app.app_context():
        db.session.query(Nomination).update({Nomination.nominator_id: None})
        db.session.commit()
    page = signed.page("olga", "/acts/announce")
    before = signed.at("olga").get("/en/").text
    announce(signed, when="now", letters="none")
    after = signed.at("olga").get("/en/").text

    assert "No letter is written" in page
    assert "One letter of each kind" not in page
    assert "The shortlist is being settled." in before
    assert "The finalists are announced." in after


def test_what_was_not_looked_at_is_not_announced_and_nothing_twice(signed: Round) -> None:
    blind = signed.post("olga", "/acts/announce", {"act": "announce", "when": "now", "letters": "none"})
    assert blind.status_code == 200
    assert public(signed) == 404
    for wrong in (
        {"when": ""},
        {"when": "later", "day": "2026-13-01"},
        {"when": "later", "day": "2020-01-01"},
        {"when": "now", "letters": "first"},
    ):
        assert announce(signed, **wrong) == 422

    assert announce(signed, when="now", letters="none") == 303
    announce(signed, when="now", letters="none")

    with signed.app.app_context():
        assert db.session.query(Publication).count() == 2


def test_a_time_left_empty_is_announced_as_the_page_has_shown_it(signed: Round) -> None:
    assert 'value="10:00"' in signed.page("olga", "/acts/announce")
    looked = signed.post("olga", "/acts/announce", {"act": "look", "letters": "none", **LATER, "time": ""})
    hidden = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', looked.text))

    assert "23:59" in looked.text
    assert signed.post("olga", "/acts/announce", {**hidden, "act": "announce"}).status_code == 303


@pytest.mark.parametrize("name", ["chair", "deputy", "auditor"])
def test_only_organisers_announce(signed: Round, name: str) -> None:
    here = f"/en/table/{signed.key}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', signed.page(name))
    assert token

    answer = signed.at(name).post(f"{here}/acts/announce", data={"csrf_token": token[1], "act": "announce"})

    assert answer.status_code == 404

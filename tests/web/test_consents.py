"""Those who wrote a nomination take what they like off the public pages, and so does the secretariat for them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from awards import accounts
from awards.audit import Actor
from awards.extensions import db
from awards.models import Edition, Nomination, NominationRevision, Organisation, Outbox, Publication, Role
from awards.models.organisation import Membership
from tests.web import world
from tests.web.office import well
from tests.web.signing import person, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WINNER = f"/en/{world.RELEASED}/winners/OC-05"
DESK = f"/en/secretariat/{world.RELEASED}/release/consents"


class Owned:
    """The winner OC-05 with its writer and an organiser."""

    def __init__(self, app: Flask, *, member: bool = False) -> None:
        with app.app_context():
            edition = db.session.query(Edition).filter(Edition.key == world.RELEASED).one()
            found = db.session.query(Nomination).filter_by(edition_id=edition.id, reference="OC-05").one()
            nora = person("nora@city.example", name="Nora Example")
            olga = person("olga@city.example", name="Olga Example")
            accounts.grant(
                db.session(), olga, Role.ORGANISER, edition=edition, actor=Actor(olga, olga), now=world.NOW
            )
            found.nominator_id, found.submitted_number = nora.id, 1
            status = Membership.FULL if member else Membership.NONE
            city = Organisation(name="Exampleton", folded="exampleton", membership=status)
            db.session.add(city)
            db.session.flush()
            db.session.add(
                NominationRevision(
                    nomination_id=found.id,
                    number=1,
                    category=found.category,
                    nominee_kind="project",
                    title="A portal",
                    organisation_name="Exampleton",
                    organisation_id=city.id,
                    city="",
                    country="KR",
                    language="en",
                    at=world.NOW,
                    sha256="0" * 64,
                )
            )
            db.session.commit()
            self.page = f"/en/nominations/{found.public_id}/published"
        self.app = app
        self.nora, self.olga = (signed_in(app, f"{it}@city.example") for it in ("nora", "olga"))
        self.reader = app.test_client()

    def withdraw(self, item: str, **more: str):
        return send(self.nora, self.page, {"item": item, "act": "withdraw", **more})


@pytest.fixture
def owned(site: Flask, at_noon: time_machine.Traveller) -> Owned:
    return Owned(site)


def test_an_item_leaves_the_winners_page_after_one_question_and_comes_back(owned: Owned) -> None:
    listed = well(owned.nora.get(owned.page))
    asked = well(owned.nora.get(f"{owned.page}?item=problem"))
    before = owned.reader.get(WINNER).text

    assert owned.withdraw("problem").status_code == 303
    without = owned.reader.get(WINNER).text
    assert send(owned.nora, owned.page, {"item": "problem", "act": "give"}).status_code == 303

    assert "?item=problem" in listed
    assert "Withdraw this?" in asked
    said = "Nobody knew what became of a proposal."
    assert [said in it for it in (before, without, owned.reader.get(WINNER).text)] == [True, False, True]


def test_a_withdrawn_picture_is_gone_from_page_and_address_and_from_caches_at_their_next_request(
    owned: Owned,
) -> None:
    page = well(owned.nora.get(owned.page))
    item = re.search(r"item=(picture%3A[^\"]+)", page)
    assert item
    address = f"{WINNER}/pictures/1"
    cached = owned.reader.get(address, buffered=True)

    owned.withdraw(item[1].replace("%3A", ":"))
    again = owned.reader.get(address, headers={"If-None-Match": cached.headers["ETag"]})

    assert (cached.status_code, cached.headers["Cache-Control"]) == (200, "no-cache")
    assert again.status_code == 410
    assert "/pictures/1" not in owned.reader.get(WINNER).text
    assert owned.reader.get(f"{WINNER}/pictures/2").status_code == 404


def test_everything_but_name_prize_and_citation_leaves_at_once(owned: Owned) -> None:
    owned.withdraw("everything")

    page = owned.reader.get(WINNER).text
    assert "It answers, and others took it over." in page
    assert not [it for it in ("Proposals traced", "The hall", "Nobody knew") if it in page]
    assert "Withdrawn with everything" in well(owned.nora.get(owned.page))


def test_the_secretariat_says_who_asked_and_its_writers_cannot_undo_that(owned: Owned) -> None:
    page = f"{DESK}/OC-05"
    assert send(owned.olga, page, {"item": "problem", "act": "withdraw"}).status_code == 422
    reason = "A person named there wrote to us."
    assert send(owned.olga, page, {"item": "problem", "act": "withdraw", "reason": reason}).status_code == 303

    assert "by the secretariat" in well(owned.nora.get(owned.page))
    send(owned.nora, owned.page, {"item": "problem", "act": "give"})
    assert "Nobody knew" not in owned.reader.get(WINNER).text
    assert reason in well(owned.olga.get(DESK))
    send(owned.olga, page, {"item": "problem", "act": "give", "reason": "They agree now."})
    assert "Nobody knew" in owned.reader.get(WINNER).text


def test_the_secretariat_is_told_of_what_writers_withdraw(owned: Owned) -> None:
    owned.withdraw("problem")

    with owned.app.app_context():
        letters = db.session.query(Outbox).filter(Outbox.template == "consent_changed").all()
        assert [it.recipient for it in letters] == ["olga@city.example"]


def test_nothing_is_listed_before_it_is_public_and_only_to_its_own_people(owned: Owned) -> None:
    shown = [it.get(owned.page).status_code for it in (owned.nora, owned.olga, owned.app.test_client())]
    with owned.app.app_context():
        later = world.NOW + timedelta(days=1)
        db.session.execute(update(Publication).values(visible_from=later))
        db.session.commit()

    assert shown == [200, 404, 303]
    assert owned.nora.get(owned.page).status_code == 404
    assert owned.olga.get(f"{DESK}/OC-05").status_code == 404

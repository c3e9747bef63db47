"""One's own account: what is said of oneself, the password, addresses, and the devices on which one is signed in."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from awards import accounts, editions, links, organisations, profiles
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, AuditEvent, Outbox, Role, UserSession
from awards.web import account as page_of
from awards.web import devices
from tests.web import world
from tests.web.mailing import queued
from tests.web.signing import faults_of, person, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMAIL = "officer@city.example"
PASSWORD = "seven quiet herons"
NEW = "nine loud pelicans"
PROFILE = {
    "name": "Ólafur Dæmi",
    "latin_name": "Olafur Daemi",
    "form_of_address": "Mayor",
    "office": "City of Example",
    "language": "ko",
    "zone": "Atlantic/Reykjavik",
}


@pytest.fixture
def officer(site: Flask) -> Flask:
    with site.app_context():
        account = person(EMAIL, name="Example Officer")
        accounts.set_password(db.session(), account, PASSWORD, but=None, now=world.NOW)
        person("fresh@city.example", name="No Password")
        db.session.commit()
    return site


def found(email: str = EMAIL) -> Account:
    account = accounts.find(db.session(), email)
    assert account is not None
    return account


def test_what_one_says_of_oneself_is_saved_and_shown_in_ones_language(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)

    answer = send(browser, "/en/account", PROFILE)
    page = browser.get(answer.location)

    assert (answer.status_code, answer.location) == (303, "/ko/account")
    assert "저장했습니다" in page.text
    assert faults_of(page.text) == []
    with officer.app_context():
        assert {key: getattr(found(), key) for key in PROFILE} == PROFILE
        assert "account.changed" in db.session.scalars(select(AuditEvent.action)).all()


def test_an_address_without_language_leads_to_the_language_of_the_profile(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    send(browser, "/en/account", PROFILE)

    answer = browser.get(f"/{world.RELEASED}/rules", headers={"Accept-Language": "en"})

    assert answer.location == f"/ko/{world.RELEASED}/rules"
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Write your name as it is to be printed."),
        ({"latin_name": "x" * 201}, "A name has 200 characters at most."),
        ({"form_of_address": "x" * 81}, "A form of address has 80 characters at most."),
        ({"office": "x" * 201}, "An office has 200 characters at most."),
        ({"language": "fr"}, "Choose one of the languages."),
        ({"zone": ""}, "Choose one of the places."),
    ],
)
def test_what_will_not_do_is_said_beside_the_field(
    officer: Flask, changed: dict[str, str], words: str
) -> None:
    answer = send(signed_in(officer, EMAIL), "/en/account", PROFILE | changed)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert faults_of(answer.text) == []


def test_a_new_password_needs_the_old_one_and_ends_every_other_session(officer: Flask) -> None:
    browser, phone = signed_in(officer, EMAIL), signed_in(officer, EMAIL)
    form = {"password": NEW, "again": NEW}

    wrong = send(browser, "/en/account/password", form | {"current": "wrong"})
    missing = send(browser, "/en/account/password", form)
    right = send(browser, "/en/account/password", form | {"current": PASSWORD})

    assert [answer.status_code for answer in (wrong, missing, right)] == [422, 422, 303]
    assert "This is not your password." in wrong.text
    assert browser.get("/en/account").status_code == 200
    assert phone.get("/en/account").status_code == 303
    with officer.app_context():
        assert accounts.is_password(found(), NEW)


def test_whoever_guesses_the_old_password_at_an_open_screen_is_stopped(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    form = {"password": NEW, "again": NEW, "current": "wrong"}

    tries = [send(browser, "/en/account/password", form).status_code for _ in range(10)]
    right = send(browser, "/en/account/password", form | {"current": PASSWORD})

    assert (tries, right.status_code) == ([422] * 10, 429)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "The password needs 12 to 256 characters."),
        ("x" * 257, "The password needs 12 to 256 characters."),
        ("password1234", "among the first that others would try"),
        ("Example Officer 1", "made of your name"),
        ("laurels-laurels", "made of your name"),
        ("officer@city.example", "made of your name"),
    ],
)
def test_a_password_that_others_would_guess_is_refused_in_words(
    officer: Flask, password: str, words: str
) -> None:
    browser = signed_in(officer, EMAIL)

    answer = send(
        browser, "/en/account/password", {"current": PASSWORD, "password": password, "again": password}
    )

    assert (answer.status_code, words in answer.text) == (422, True)
    assert faults_of(answer.text) == []
    with officer.app_context():
        assert accounts.is_password(found(), PASSWORD)


def test_a_first_password_is_set_soon_after_signing_in_and_later_after_signing_in_again(
    officer: Flask, at_noon: time_machine.Traveller
) -> None:
    soon, later = (signed_in(officer, "fresh@city.example") for _ in range(2))
    form = {"password": NEW, "again": NEW}
    set_soon = send(soon, "/en/account/password", form)
    with officer.app_context():
        found("fresh@city.example").password_hash = None
        db.session.commit()
    later = signed_in(officer, "fresh@city.example")
    at_noon.shift(page_of.FRESH)

    asked = later.get("/en/account/password")
    sent = send(later, "/en/account/password", form, page="/en/account")

    assert set_soon.status_code == 303
    assert (asked.status_code, sent.status_code) == (403, 403)
    assert "Sign in once more" in asked.text
    assert 'href="/en/sign-in/mail?email=fresh' in asked.text
    assert faults_of(asked.text) == []


def test_one_more_address_is_added_by_the_link_sent_to_it(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    asked = send(browser, "/en/account/address", {"email": "Second@city.example", "current": PASSWORD})
    with officer.app_context():
        begin_writing()
        message = db.session.scalars(select(Outbox)).one()
        me = found()
        token = links.make_address_link(
            db.session(), me, message.recipient, actor=Actor(me, me), now=world.NOW
        )
        db.session.commit()
    gateway = officer.test_client()

    opened = [gateway.get(f"/en/link/{token}") for _ in range(10)]
    with officer.app_context():
        assert accounts.find(db.session(), "second@city.example") is None
    other = signed_in(officer, "fresh@city.example")
    refused = [send(it, f"/en/link/{token}") for it in (gateway, other)]
    with officer.app_context():
        assert accounts.find(db.session(), "second@city.example") is None
    answer = send(browser, f"/en/link/{token}")

    assert [it.location for it in refused] == ["/en/sign-in"] * 2
    assert f"Sign in to the account of {EMAIL} first" in gateway.get("/en/sign-in").text
    assert queued(officer) == [("address_confirm", "second@city.example")]
    assert asked.status_code == 303
    assert {page.status_code for page in opened} == {200}
    assert faults_of(opened[0].text) == []
    assert answer.location == "/en/account"
    assert "second@city.example" in browser.get("/en/account").text
    with officer.app_context():
        assert found("second@city.example").id == found().id
    assert gateway.get(f"/en/link/{token}").status_code == 404


def test_an_address_of_somebody_else_is_asked_for_alike_and_never_taken(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    theirs = send(browser, "/en/account/address", {"email": "fresh@city.example", "current": PASSWORD})
    mine = send(browser, "/en/account/address", {"email": EMAIL, "current": PASSWORD})
    with officer.app_context():
        begin_writing()
        me = found()
        token = links.make_address_link(
            db.session(), me, "fresh@city.example", actor=Actor(me, me), now=world.NOW
        )
        db.session.commit()

    answer = send(browser, f"/en/link/{token}")

    assert (theirs.status_code, mine.status_code, answer.status_code) == (303, 422, 404)
    assert "This address belongs to another account." in answer.text
    with officer.app_context():
        assert found("fresh@city.example").id != found().id


def test_an_address_needs_the_password_too(officer: Flask) -> None:
    answer = send(
        signed_in(officer, EMAIL), "/en/account/address", {"email": "b@city.example", "current": "x"}
    )

    assert answer.status_code == 422
    assert queued(officer) == []


def test_devices_are_listed_in_words_and_ended_one_by_one_or_all(officer: Flask) -> None:
    phone, browser = signed_in(officer, EMAIL), signed_in(officer, EMAIL)
    with officer.app_context():
        first = db.session.scalars(select(UserSession).order_by(UserSession.id)).first()
        assert first is not None
        first.agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari"
        number = first.public_id
        db.session.commit()
    page = browser.get("/en/account").text

    one = send(browser, f"/en/account/sessions/{number}/end", page="/en/account")

    assert "Chrome on Android" in page
    assert "this device" in page
    assert one.status_code == 303
    assert phone.get("/en/account").status_code == 303
    others = [signed_in(officer, EMAIL) for _ in range(2)]
    send(browser, "/en/account/sessions/end-others", page="/en/account")
    assert [it.get("/en/account").status_code for it in (*others, browser)] == [303, 303, 200]


def test_nobody_ends_the_session_of_somebody_else(officer: Flask) -> None:
    theirs = signed_in(officer, "fresh@city.example")
    with officer.app_context():
        number = db.session.scalars(select(UserSession.public_id)).one()

    answer = send(signed_in(officer, EMAIL), f"/en/account/sessions/{number}/end", page="/en/account")

    assert answer.status_code == 404
    assert theirs.get("/en/account").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/27.0 Chrome/125.0", "Samsung Internet on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("w3m/0.5", "A device that does not say what it is"),
        ("", "A device that does not say what it is"),
    ],
)
def test_a_device_is_named_by_browser_and_system(site: Flask, agent: str, words: str) -> None:
    with site.test_request_context("/en/account"):
        assert devices.device(agent) == words


def test_the_pages_are_well_formed_in_both_languages(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    pages = {
        path: browser.get(path)
        for tag in ("en", "ko")
        for path in (f"/{tag}/account", f"/{tag}/account/password", f"/{tag}/account/address")
    }

    assert {path: (page.status_code, faults_of(page.text)) for path, page in pages.items()} == {
        path: (200, []) for path in pages
    }


def test_an_old_link_to_set_a_password_ends_the_sessions_too(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    with officer.app_context():
        begin_writing()
        token = links.make_link(db.session(), found(), actor=Actor(found(), found()), now=world.NOW)
        db.session.commit()

    send(officer.test_client(), f"/en/link/{token}", {"password": NEW, "again": NEW})

    assert browser.get("/en/account").status_code == 303


def test_a_mail_link_to_set_a_password_lasts_a_week(officer: Flask, at_noon: time_machine.Traveller) -> None:
    with officer.app_context():
        begin_writing()
        token = links.make_link(db.session(), found(), actor=Actor(found(), found()), now=world.NOW)
        db.session.commit()
    at_noon.shift(timedelta(days=7))

    assert officer.test_client().get(f"/en/link/{token}").status_code == 404


def test_where_one_works_is_asked_of_who_decides_and_found_in_the_directory(officer: Flask) -> None:
    asks = "Say where you work, so that conflicts are found"
    with officer.app_context():
        person(EMAIL, Role.SCREENER, edition=editions.find(db.session(), world.OPEN))
        begin_writing()
        actor = Actor(found(), found())
        made, _ = organisations.find_or_make(
            db.session(),
            "Metropolitan City of Example",
            country="KR",
            kind="city",
            actor=actor,
            now=world.NOW,
        )
        number = made.public_id
        db.session.commit()
    browser = signed_in(officer, EMAIL)
    assert asks in browser.get("/en/today").text
    assert asks in browser.get(f"/en/screening/{world.OPEN}/").text
    assert asks not in signed_in(officer, "fresh@city.example").get("/en/today").text

    said = {"organisation": "Example", "city": "", "country": "KR"}
    offered = send(browser, "/en/account/work", said)
    assert (offered.status_code, number in offered.text) == (422, True)
    assert faults_of(offered.text) == []
    answer = send(browser, "/en/account/work", said | {"listed": number})

    assert (answer.status_code, answer.location) == (303, "/en/account")
    assert "Metropolitan City of Example, South Korea" in browser.get("/en/account").text
    assert asks not in browser.get("/en/today").text
    assert asks not in browser.get(f"/en/screening/{world.OPEN}/").text
    with officer.app_context():
        assert [it.organisation_id is not None for it in profiles.works_at(db.session(), found())] == [True]


@pytest.mark.parametrize(
    "said", [{}, {"city": "Example"}, {"country": "KR"}, {"city": "\0", "country": "QQ"}, {"city": "x" * 300}]
)
def test_half_of_where_one_works_is_asked_for_again(officer: Flask, said: dict[str, str]) -> None:
    answer = send(signed_in(officer, EMAIL), "/en/account/work", said)

    assert answer.status_code == 422
    assert faults_of(answer.text) == []

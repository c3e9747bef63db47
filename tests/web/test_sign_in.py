"""Signing in by password, link and code: the same answer for everybody who may not, and limits that hold."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from awards import accounts, links, passwords
from awards.extensions import db
from awards.models import Attempt, AuditEvent, OneTimeLink, UserSession
from awards.throttle import LIMITS, Kind
from awards.web import limits
from awards.web.access import Audience, audience
from tests.web.mailing import last_sign_in, queued
from tests.web.signing import faults_of, person, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMAIL = "officer@city.example"
PASSWORD = "seven quiet herons"


@pytest.fixture
def officer(site: Flask) -> Flask:
    """The site with an officer who has a password, and people who can't sign in by one."""
    with site.app_context():
        account = person(EMAIL, name="Example Officer")
        accounts.set_password(db.session(), account, PASSWORD, but=None, now=account.created_at)
        person("nopassword@city.example")
        closed = person("closed@city.example")
        closed.password_hash, closed.active = passwords.hash_password(PASSWORD), False
        operator = person("operator@city.example")
        operator.password_hash, operator.operator = passwords.hash_password(PASSWORD), True
        db.session.commit()
    return site


def by_password(client: FlaskClient, email: str, password: str, **options: object) -> TestResponse:
    return send(client, "/en/sign-in", {"email": email, "password": password}, **options)


def told(answer: TestResponse) -> str:
    """What a page says, but for what was typed and the token of its form."""
    return re.sub(r'value="[^"]*"', "", answer.text)


def test_a_password_signs_in_and_leads_to_today(officer: Flask) -> None:
    answer = by_password(officer.test_client(), " Officer@City.example ", PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/en/today")


def test_nobody_learns_which_accounts_there_are(officer: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words and the same work for a wrong password, no account, no password, a closed one, the operator."""
    hashed: list[str] = []
    real = passwords._hasher()

    class Watching:
        def verify(self, kept: str, text: str) -> bool:
            hashed.append(kept)
            return real.verify(kept, text)

    monkeypatch.setattr(passwords, "_hasher", Watching)
    tries = [
        (EMAIL, "seven loud herons"),
        ("nobody@city.example", PASSWORD),
        ("not an address", PASSWORD),
        ("nul\0@city.example", PASSWORD),
        ("nopassword@city.example", PASSWORD),
        ("closed@city.example", PASSWORD),
        ("operator@city.example", PASSWORD),
        (EMAIL, PASSWORD + "x" * 300),
    ]

    answers = [by_password(officer.test_client(), *it) for it in tries]

    assert {answer.status_code for answer in answers} == {422}
    assert len({told(answer) for answer in answers}) == 1
    assert "E-mail address and password do not belong together." in answers[0].text
    assert len(hashed) == len(tries)
    assert {kept.split("$")[3] for kept in hashed} == {"m=19456,t=2,p=1"}


def test_ten_failures_close_the_door_for_a_quarter_of_an_hour(
    officer: Flask, at_noon: time_machine.Traveller
) -> None:
    client = officer.test_client()
    for email in (EMAIL, "nobody@city.example"):
        failed = [by_password(client, email, "wrong").status_code for _ in range(10)]
        refused = by_password(client, email, PASSWORD)

        assert failed == [422] * 10
        assert refused.status_code == 429
        assert "Too many attempts." in refused.text
    assert by_password(client, EMAIL, PASSWORD).status_code == 429

    at_noon.shift(timedelta(minutes=15, seconds=1))

    assert by_password(client, EMAIL, PASSWORD).status_code == 303


def test_signing_in_clears_the_count(officer: Flask) -> None:
    client = officer.test_client()
    for _ in range(9):
        by_password(client, EMAIL, "wrong")

    assert by_password(client, EMAIL, PASSWORD).status_code == 303
    assert [by_password(client, EMAIL, "wrong").status_code for _ in range(9)] == [422] * 9
    assert by_password(client, EMAIL, PASSWORD).status_code == 303


def test_one_place_has_fifty_failures_whatever_the_address(
    officer: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "verify", lambda kept, text: False)
    client = officer.test_client()
    for number in range(LIMITS[Kind.SIGN_IN_PLACE].most):
        by_password(client, f"person-{number}@city.example", "wrong")

    here = by_password(client, EMAIL, PASSWORD)
    there = by_password(client, EMAIL, PASSWORD, environ_base={"REMOTE_ADDR": "203.0.113.7"})

    assert (here.status_code, there.status_code) == (429, 422)


def test_an_ipv6_network_is_one_place(officer: Flask) -> None:
    places = []
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "203.0.113.7"):
        with officer.test_request_context(environ_base={"REMOTE_ADDR": address}):
            places.append(limits.place())

    assert places == ["2001:db8:1:2::", "2001:db8:1:2::", "2001:db8:1:3::", "203.0.113.7"]


def test_a_proxy_that_is_named_tells_where_a_visitor_comes_from(app: Flask, tmp_path: Path) -> None:
    from awards import create_app

    found = []
    for proxies in (0, 1):
        made = create_app({"LAURELS_DATA": str(tmp_path), "LAURELS_PROXIES": proxies, "TESTING": True})
        made.add_url_rule("/en/test/place", "place", audience(Audience.LINK_HOLDER)(limits.place))
        answer = made.test_client().get("/en/test/place", headers={"X-Forwarded-For": "203.0.113.7"})
        found.append(answer.text)

    assert found == ["127.0.0.1", "203.0.113.7"]


def test_the_count_stands_although_the_request_fails(officer: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(accounts, "authenticate", broken)
    officer.testing = False

    answer = by_password(officer.test_client(), EMAIL, PASSWORD)

    with officer.app_context():
        counted = db.session.scalar(select(func.count()).select_from(Attempt))
    assert (answer.status_code, counted) == (500, 2)


def test_no_address_stands_in_the_table_of_attempts(officer: Flask) -> None:
    by_password(officer.test_client(), EMAIL, "wrong")

    with officer.app_context():
        keys = db.session.scalars(select(Attempt.key)).all()
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)


def test_a_password_is_checked_while_nobody_is_kept_from_writing(
    officer: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing: list[bool] = []
    real = passwords.verify

    def watching(kept: str | None, text: str) -> bool:
        writing.append(bool(db.session().connection().get_execution_options().get("writes")))
        return real(kept, text)

    monkeypatch.setattr(passwords, "verify", watching)

    by_password(officer.test_client(), EMAIL, PASSWORD)

    assert writing == [False]


def ask_for_mail(client: FlaskClient, email: str) -> TestResponse:
    return send(client, "/en/sign-in/mail", {"email": email})


def test_asking_for_a_mail_is_answered_alike_for_everybody(officer: Flask) -> None:
    answers = []
    for email in (EMAIL, "nobody@city.example", "closed@city.example", "operator@city.example"):
        client = officer.test_client()
        asked = ask_for_mail(client, email)
        page = client.get(asked.location)
        answers.append((asked.status_code, asked.location, told(page).replace(email, "ADDRESS")))

    assert len(set(answers)) == 1
    assert answers[0][:2] == (303, "/en/sign-in/code")
    assert faults_of(page.text) == []
    assert queued(officer) == [("sign_in", EMAIL), ("no_account", "nobody@city.example")]


def test_a_mails_link_opened_ten_times_is_used_by_its_button_only(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    token = last_sign_in(officer).token
    gateway = officer.test_client()

    opened = [gateway.get(f"/en/link/{token}") for _ in range(10)]
    opened += [gateway.head(f"/en/link/{token}"), gateway.get(f"/link/{token}", follow_redirects=True)]

    assert {answer.status_code for answer in opened} == {200}
    assert faults_of(opened[0].text) == []
    assert gateway.get("/en/today").status_code == 303
    with officer.app_context():
        assert db.session.scalars(select(OneTimeLink.used_at)).all() == [None]
        assert db.session.scalars(select(UserSession)).all() == []
    answer = send(client, f"/en/link/{token}")
    assert (answer.status_code, answer.location) == (303, "/en/today")
    assert client.get("/en/today").status_code == 200


def test_a_link_used_twice_and_one_too_old_say_what_to_do_now(
    officer: Flask, at_noon: time_machine.Traveller
) -> None:
    client, other = officer.test_client(), officer.test_client()
    ask_for_mail(client, EMAIL)
    first = last_sign_in(officer).token
    send(client, f"/en/link/{first}")

    again = other.get(f"/en/link/{first}")
    own = client.get(f"/en/link/{first}")
    ask_for_mail(other, EMAIL)
    second = last_sign_in(officer).token
    at_noon.shift(links.SIGN_IN_LASTS)
    late = other.get(f"/en/link/{second}")

    assert (again.status_code, late.status_code) == (404, 404)
    assert "This link has been used already." in again.text
    assert "This link is too old." in late.text
    assert all('href="/en/sign-in/mail"' in page.text for page in (again, late))
    assert "You are signed in on this device" in own.text
    assert [faults_of(page.text) for page in (again, late, own)] == [[], [], []]


def test_a_code_signs_in_on_the_device_that_asked_and_on_no_other(officer: Flask) -> None:
    client, other = officer.test_client(), officer.test_client()
    ask_for_mail(client, EMAIL)
    ask_for_mail(other, "nobody@city.example")
    code = last_sign_in(officer).code

    elsewhere = send(other, "/en/sign-in/code", {"code": code})
    here = send(client, "/en/sign-in/code", {"code": f" {code.replace('-', ' ')} "})

    assert re.fullmatch(r"[0-9]{4}-[0-9]{4}", code)
    assert (elsewhere.status_code, here.status_code) == (422, 303)
    assert client.get("/en/today").status_code == 200
    with officer.app_context():
        assert db.session.scalars(select(UserSession.by)).all() == ["code"]


def test_full_width_digits_are_the_same_code(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    wide = "".join(chr(ord(it) + 0xFEE0) if it.isdigit() else it for it in last_sign_in(officer).code)

    assert send(client, "/en/sign-in/code", {"code": wide}).status_code == 303


def test_five_wrong_codes_end_a_request_and_a_new_mail_begins_another(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    code = last_sign_in(officer).code
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"

    tries = [send(client, "/en/sign-in/code", {"code": wrong}).status_code for _ in range(5)]
    right = send(client, "/en/sign-in/code", {"code": code})
    ask_for_mail(client, EMAIL)
    anew = send(client, "/en/sign-in/code", {"code": last_sign_in(officer).code})

    assert (tries, right.status_code, anew.status_code) == ([422] * 5, 429, 303)
    assert "Too many codes were tried." in right.text


def test_the_code_of_the_mail_before_works_too(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    first = last_sign_in(officer).code
    ask_for_mail(client, EMAIL)

    assert send(client, "/en/sign-in/code", {"code": first}).status_code == 303


def test_signing_in_uses_up_every_mail_that_was_sent(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    first = last_sign_in(officer)
    ask_for_mail(client, EMAIL)
    second = last_sign_in(officer)

    send(client, f"/en/link/{second.token}")

    assert officer.test_client().get(f"/en/link/{first.token}").status_code == 404


def test_a_closed_account_is_not_let_in_by_a_mail_sent_before(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    made = last_sign_in(officer)
    with officer.app_context():
        accounts.find(db.session(), EMAIL).active = False  # type: ignore[union-attr]
        db.session.commit()

    link = send(client, f"/en/link/{made.token}")
    code = send(client, "/en/sign-in/code", {"code": made.code})

    assert (link.status_code, code.status_code) == (404, 422)
    assert "This account has been closed." in link.text


def test_only_so_many_mails_go_to_one_address_in_an_hour(
    officer: Flask, at_noon: time_machine.Traveller
) -> None:
    for email in (EMAIL, "nobody@city.example"):
        answers = [ask_for_mail(officer.test_client(), email).status_code for _ in range(6)]
        assert answers == [303] * 5 + [429]
    at_noon.shift(timedelta(hours=1, seconds=1))

    assert ask_for_mail(officer.test_client(), EMAIL).status_code == 303


def test_neither_token_nor_code_stands_in_any_table(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    made = last_sign_in(officer)
    with officer.app_context():
        db.session.rollback()
        rows = []
        for table in db.metadata.sorted_tables:
            rows += [str(value) for row in db.session.execute(select(table)) for value in row]

    secrets = (made.token, made.code, made.code.replace("-", ""))
    assert [row for row in rows for secret in secrets if secret in row] == []


def test_signing_out_ends_the_session_for_good(officer: Flask) -> None:
    browser = signed_in(officer, EMAIL)
    thief = officer.test_client()
    with browser.session_transaction() as mine, thief.session_transaction() as stolen:
        stolen.update(mine)
    assert thief.get("/en/today").status_code == 200

    answer = send(browser, "/en/sign-out", page="/en/today")

    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache", "storage"')
    assert thief.get("/en/today").status_code == 303
    with officer.app_context():
        assert db.session.scalars(select(UserSession.ended_at)).all() != [None]
        assert "session.ended" in db.session.scalars(select(AuditEvent.action)).all()


def test_signing_in_as_another_ends_the_session_before(officer: Flask) -> None:
    browser = signed_in(officer, "nopassword@city.example")

    by_password(browser, EMAIL, PASSWORD)

    with officer.app_context():
        ended = db.session.scalars(select(UserSession.ended_at).order_by(UserSession.id)).all()
    assert [it is None for it in ended] == [False, True]


def test_the_cookie_is_new_after_signing_in(officer: Flask) -> None:
    """So that a cookie that somebody planted before signs in nobody."""
    client = officer.test_client()
    client.get("/en/sign-in")
    with client.session_transaction() as cookie:
        cookie["planted"] = "before"

    by_password(client, EMAIL, PASSWORD)

    with client.session_transaction() as cookie:
        assert "planted" not in cookie


@pytest.mark.parametrize(
    "next_page", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/\n/evil"]
)
def test_nobody_is_led_to_another_site(officer: Flask, next_page: str) -> None:
    client = officer.test_client()
    client.get("/en/sign-in")
    with client.session_transaction() as cookie:
        cookie["next"] = next_page

    assert by_password(client, EMAIL, PASSWORD).location == "/en/today"


def test_the_pages_of_signing_in_are_well_formed_in_both_languages(officer: Flask) -> None:
    client = officer.test_client()
    ask_for_mail(client, EMAIL)
    paths = ["sign-in", "sign-in/mail", "sign-in/code", "sign-up"]
    pages = {f"/{tag}/{path}": client.get(f"/{tag}/{path}") for tag in ("en", "ko") for path in paths}

    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(pages, 200)
    assert {path: faults_of(page.text) for path, page in pages.items()} == {path: [] for path in pages}
    assert all(page.headers["Cache-Control"] == "no-store" for page in pages.values())


def test_the_code_page_of_a_device_that_asked_for_nothing_leads_to_asking(officer: Flask) -> None:
    assert officer.test_client().get("/en/sign-in/code").location == "/en/sign-in/mail"


def test_an_older_cookie_gives_no_more_tries_of_a_code(officer: Flask) -> None:
    client, older = officer.test_client(), officer.test_client()
    ask_for_mail(client, EMAIL)
    code = last_sign_in(officer).code
    with client.session_transaction() as mine, older.session_transaction() as kept:
        kept.update(mine)
    ask_for_mail(client, "nobody@city.example")
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"

    tries = [send(client, "/en/sign-in/code", {"code": wrong}).status_code for _ in range(5)]
    replayed = send(older, "/en/sign-in/code", {"code": code})

    assert (tries, replayed.status_code) == ([422] * 5, 429)

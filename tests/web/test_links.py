"""One-time links: opening one uses nothing up, setting a password uses it up."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from awards import accounts, links
from awards.models import Role
from tests.web import world

PASSWORD = "seven quiet herons"


@pytest.fixture
def token(app: Flask, at_noon: time_machine.Traveller) -> str:
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        who = world.actor(db.session())
        account, _made = accounts.find_or_make(
            db.session(), "auditor@example.org", name="Avery Example", now=world.NOW, actor=who
        )
        accounts.grant(db.session(), account, Role.AUDITOR, actor=who, now=world.NOW)
        made = accounts.make_link(db.session(), account, actor=who, now=world.NOW)
        db.session.commit()
    return made


def form_of(client: FlaskClient, token: str) -> dict[str, str]:
    """The form as a browser would send it back, with a new password in both fields."""
    page = client.get(f"/en/link/{token}").text
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert csrf is not None
    return {"csrf_token": csrf[1], "password": PASSWORD, "again": PASSWORD}


def password_is_set(app: Flask, password: str = PASSWORD) -> bool:
    from awards.extensions import db

    with app.app_context():
        account = accounts.find(db.session(), "auditor@example.org")
        assert account is not None
        return accounts.is_password(account, password)


def test_a_link_sets_a_password_once(app: Flask, token: str) -> None:
    client = app.test_client()

    first = client.post(f"/en/link/{token}", data=form_of(client, token), follow_redirects=True)
    again = client.get(f"/en/link/{token}")

    assert "Your password is set" in first.text
    assert password_is_set(app)
    assert (again.status_code, "This link has been used already." in again.text) == (404, True)


def test_opening_a_link_often_uses_nothing_up(app: Flask, token: str) -> None:
    client = app.test_client()

    answers = [client.get(f"/en/link/{token}") for _ in range(3)] + [client.head(f"/en/link/{token}")]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert "auditor@example.org" in answers[0].text
    assert client.post(f"/en/link/{token}", data=form_of(client, token)).status_code == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "The password needs 12 to 256 characters."),
        ("", "", "Write the password that you want to use."),
        (PASSWORD, "seven loud herons", "The two passwords differ."),
        ("x" * 257, "x" * 257, "The password needs 12 to 256 characters."),
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_in_use(
    app: Flask, token: str, password: str, again: str, words: str
) -> None:
    client = app.test_client()

    answer = client.post(
        f"/en/link/{token}", data=form_of(client, token) | {"password": password, "again": again}
    )

    assert (answer.status_code, words in answer.text) == (422, True)
    assert not password_is_set(app, password or PASSWORD)
    assert client.get(f"/en/link/{token}").status_code == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_form_from_elsewhere_is_refused_and_changes_nothing(app: Flask, token: str) -> None:
    answer = app.test_client().post(f"/ko/link/{token}", data={"password": PASSWORD, "again": PASSWORD})

    assert answer.status_code == 400
    assert "양식의 유효 시간이 지났습니다" in answer.text
    assert not password_is_set(app)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_link_ends_after_its_time(app: Flask, token: str, at_noon: time_machine.Traveller) -> None:
    at_noon.move_to(world.NOW + links.LINK_LASTS + timedelta(seconds=1), tick=False)

    answer = app.test_client().get(f"/en/link/{token}")

    assert (answer.status_code, "This link is too old." in answer.text) == (404, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_unknown_link_says_so(app: Flask) -> None:
    answer = app.test_client().get("/en/link/never-made")

    assert (answer.status_code, "This link is not known." in answer.text) == (404, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_of_links_are_kept_by_nobody(app: Flask, token: str) -> None:
    client = app.test_client()

    for path in (f"/en/link/{token}", "/en/link/done"):
        assert client.get(path).headers["Cache-Control"] == "no-store"

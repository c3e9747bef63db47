"""What every answer tells the browser, errors included."""

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from awards.extensions import db
from awards.models import Account
from awards.timetable import IllegalTransition, Phase
from awards.web import headers
from awards.web.access import Audience, audience
from tests.web import world
from tests.web.conftest import Walk
from tests.web.signing import person, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_every_answer_forbids_what_no_page_needs(walk: Walk) -> None:
    for address, answer in walk.answers.items():
        said = {name: answer.headers.get(name) for name in headers.ALWAYS}
        assert said == headers.ALWAYS | (_more(address) if answer.status_code == 200 else {}), address


def _more(address: str) -> dict[str, str]:
    """What files, and what other sites may read, tell beside that, or otherwise."""
    said = {}
    if "/pictures/" in address or (address.endswith((".svg", ".png")) and address.startswith("/badges/")):
        said["Content-Security-Policy"] = headers.LOCKED
    if address.endswith("/embed"):
        said["Content-Security-Policy"] = headers.FRAMED
    machines = address.startswith("/badges/") or address.endswith((".atom", "/embed", "/judging.zip"))
    if machines or ("/data/" in address and not address.endswith("/")):
        said["Cross-Origin-Resource-Policy"] = "cross-origin"
    return said


def test_no_inline_code_is_allowed(visitor: FlaskClient) -> None:
    policy = visitor.get("/en/").headers["Content-Security-Policy"]
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }


def test_https_is_insisted_on_where_the_site_has_it(site: Flask) -> None:
    plain = site.test_client().get("/en/")
    site.config["LAURELS_URL"] = "https://awards.example.org"

    answer = site.test_client().get("/en/")

    assert "Strict-Transport-Security" not in plain.headers
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_public_page_is_kept_but_asked_for_again(visitor: FlaskClient) -> None:
    first = visitor.get(f"/en/{world.RELEASED}/winners")
    again = visitor.get(f"/en/{world.RELEASED}/winners", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_for_one_person_is_kept_by_nobody(visitor: FlaskClient) -> None:
    assert visitor.get("/en/link/no-such-token").headers["Cache-Control"] == "no-store"
    assert visitor.get("/en/no-such-edition/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["This is not possible now", "Something broke on our side"]),
        ("ko", ["지금은", "서버에 문제가"]),
    ],
)
def test_errors_are_told_in_the_language_of_the_address(site: Flask, language: str, words: list[str]) -> None:
    @audience(Audience.ANYONE)
    def late() -> str:
        raise IllegalTransition("edition", Phase.DECIDED, Phase.DRAFT)

    @audience(Audience.ANYONE)
    def broken() -> str:
        raise ZeroDivisionError

    site.add_url_rule(f"/{language}/test/late", "late", late)
    site.add_url_rule(f"/{language}/test/broken", "broken", broken)
    site.testing = False
    client = site.test_client()

    answers = [client.get(f"/{language}/test/{name}") for name in ("late", "broken")]

    assert [answer.status_code for answer in answers] == [409, 500]
    for answer, expected in zip(answers, words, strict=True):
        assert expected in answer.text
        assert answer.headers["Content-Security-Policy"] == headers.CONTENT
        assert "ZeroDivisionError" not in answer.text


def test_a_refused_method_is_told_in_words_and_says_what_is_allowed(visitor: FlaskClient) -> None:
    answer = visitor.delete("/en/")

    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"GET", "HEAD", "OPTIONS"})
    assert "The page can't be used in this way" in answer.text


def test_an_unusual_error_gets_the_page_of_its_kind(site: Flask) -> None:
    site.add_url_rule("/en/test/teapot", "teapot", audience(Audience.ANYONE)(lambda: abort(418)))
    site.add_url_rule("/en/test/away", "away", audience(Audience.ANYONE)(lambda: abort(503)))

    answers = [site.test_client().get(f"/en/test/{name}") for name in ("teapot", "away")]

    assert [answer.status_code for answer in answers] == [418, 503]
    assert "Something broke on our side" in answers[1].text


def test_the_page_of_a_fault_leaves_the_transaction_that_broke(site: Flask) -> None:
    @audience(Audience.SIGNED_IN)
    def broken() -> str:
        db.session.add(Account(name=None, created_at=None))  # type: ignore[arg-type]
        db.session.flush()
        return ""

    site.add_url_rule("/en/test/broken", "broken", broken)
    site.testing = False
    with site.app_context():
        person("officer@city.example", name="Example Officer")

    answer = signed_in(site, "officer@city.example").get("/en/test/broken")

    assert (answer.status_code, "Something broke on our side" in answer.text) == (500, True)

"""The nominator's pages: from the call to the receipt, and what is said when something isn't possible."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web import world
from tests.web.nominating import OFFICER, OTHER, begin, said_by
from tests.web.signing import csrf_in, csrf_of, faults_of, person, send, signed_in
from tests.web.test_public import text_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CLOSES = world.NOW.replace(month=5, day=17, hour=14, minute=59)


@pytest.fixture
def officer(site: Flask) -> FlaskClient:
    with site.app_context():
        person(OFFICER, name="Officer Example")
    return signed_in(site, OFFICER)


def home(identifier: str) -> str:
    return f"/en/nominations/{identifier}/"


def asked(*keys: str) -> list[tuple[str, str]]:
    return [("asked", key) for key in keys]


def form_of(client: FlaskClient, address: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    return hidden_in(client.get(address).text)


def opened(client: FlaskClient, address: str) -> dict[str, str]:
    """The hidden fields and the token of the form on a page that is opened now."""
    page = client.get(address).text
    return hidden_in(page) | {"csrf_token": csrf_in(page, address)}


def hidden_in(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(base|opened|revision)" value="([^"]+)"', page))


def save(
    client: FlaskClient, address: str, *pairs: tuple[str, str], hidden: dict[str, str] | None = None
) -> TestResponse:
    """Send a section as a browser does, from the form as it was opened."""
    hidden = opened(client, address) if hidden is None else hidden
    keys = [key for key, _ in pairs if not key.startswith("keep-") and key not in ("stay", "next", "clash")]
    return send(client, address, [*hidden.items(), *asked(*keys), *pairs])


def test_a_nomination_from_the_call_to_the_receipt(site: Flask, officer: FlaskClient) -> None:
    call = officer.get(f"/en/{world.OPEN}/").text
    assert f'href="/en/{world.OPEN}/nominate"' in call

    chosen = {"category": "open-city", "nominee_kind": "project", "language": "en"}
    begun = send(officer, f"/en/{world.OPEN}/nominate", chosen)
    address = begun.headers["Location"]
    page = officer.get(address)
    assert faults_of(page.text) == []
    assert "things are missing before it can be submitted." in text_of(page.text)

    saved = save(officer, f"{address}basics", ("title", "Buses that say when they come"), ("next", "yes"))
    assert saved.status_code == 303
    assert saved.headers["Location"] == f"{address}organisation"
    assert "Buses that say when they come" in text_of(officer.get(address).text)


def test_a_button_pressed_twice_begins_one_draft(site: Flask, officer: FlaskClient) -> None:
    chosen = {"category": "open-city", "nominee_kind": "project", "language": "en"}

    first = send(officer, f"/en/{world.OPEN}/nominate", chosen)
    second = send(officer, f"/en/{world.OPEN}/nominate", chosen)

    assert first.headers["Location"] == second.headers["Location"]


def test_who_begins_says_category_and_language_first(site: Flask, officer: FlaskClient) -> None:
    answer = send(officer, f"/en/{world.OPEN}/nominate", {"nominee_kind": "project"})

    assert answer.status_code == 422
    assert "Choose a category." in answer.text
    assert "Choose the language in which you will write." in answer.text
    assert faults_of(answer.text) == []


def test_a_visitor_who_wants_to_nominate_signs_in_first(site: Flask) -> None:
    answer = site.test_client().get(f"/en/{world.OPEN}/nominate")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/en/sign-in"


@pytest.mark.parametrize("edition", [world.RUNNING, world.RELEASED])
def test_after_nominations_nothing_is_begun(site: Flask, officer: FlaskClient, edition: str) -> None:
    answer = officer.get(f"/en/{edition}/nominate")

    assert answer.status_code == 409
    assert "Nominations are not open" in answer.text
    assert faults_of(answer.text) == []


def test_after_the_deadline_the_call_and_the_first_page_say_so(
    site: Flask, officer: FlaskClient, at_noon: time_machine.Traveller
) -> None:
    at_noon.move_to(CLOSES + timedelta(minutes=1))
    officer = signed_in(site, OFFICER)

    assert "The deadline was: Sunday 17 May 2026, 23:59 in Seoul" in text_of(
        officer.get(f"/en/{world.OPEN}/").text
    )
    assert "The deadline has passed" in officer.get(f"/en/{world.OPEN}/nominate").text


def test_an_edition_in_preparation_takes_no_nomination(site: Flask, officer: FlaskClient) -> None:
    assert officer.get(f"/en/{world.DRAFT}/nominate").status_code == 404


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_blank_form_is_public_and_asks_everything(site: Flask, language: str) -> None:
    page = site.test_client().get(f"/{language}/{world.OPEN}/form")

    assert page.status_code == 200
    assert faults_of(page.text) == []
    wanted = {"en": ["Problem", "Results", "Declaration"], "ko": ["해결하려는 문제", "성과", "서약"]}
    assert [words for words in wanted[language] if words not in page.text] == []


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("whole", [True, False])
def test_every_page_of_a_draft_reads_well(site: Flask, language: str, whole: bool) -> None:
    identifier = begin(site, whole=whole)
    client = signed_in(site, OFFICER)
    base = f"/{language}/nominations/{identifier}/"
    pages = re.findall(rf'href="{base}([a-z_-]+)"', client.get(base).text)

    for page in {"", *pages, "preview", "submit", "withdraw"}:
        answer = client.get(f"{base}{page}")
        assert answer.status_code == 200, page
        assert faults_of(answer.text) == [], page
    assert faults_of(client.get(f"/{language}/nominations/").text) == []


def test_half_a_page_is_saved_and_what_is_too_long_is_said_beside_it(site: Flask) -> None:
    identifier = begin(site, whole=False)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"

    answer = save(client, address, ("title", "A title"), ("summary", "word " * 151), ("next", "yes"))

    assert answer.headers["Location"] == address
    page = client.get(address).text
    assert "This has 151 words; the limit is 150." in page
    assert faults_of(page) == []
    assert said_by(site, identifier)["summary"].count("word") == 151


def test_what_cannot_be_stored_stays_in_the_form_and_the_rest_is_saved(site: Flask) -> None:
    identifier = begin(site, whole=False)
    client = signed_in(site, OFFICER)
    long = "x" * 100_001

    answer = save(client, f"{home(identifier)}basics", ("title", "A title"), ("summary", long))

    assert answer.status_code == 422
    assert long in answer.text
    assert faults_of(answer.text) == []
    assert said_by(site, identifier)["title"] == "A title"
    assert said_by(site, identifier)["summary"] == ""


def test_a_title_longer_than_is_printed_is_refused_in_words(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)

    answer = save(client, f"{home(identifier)}basics", ("title", "t" * 401))

    assert answer.status_code == 422
    assert "401" in text_of(answer.text)
    assert "400" in text_of(answer.text)
    assert "t" * 401 in answer.text


def test_a_question_that_a_form_did_not_ask_keeps_its_answer(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)

    save(client, f"{home(identifier)}basics", ("title", "Another title"))

    assert said_by(site, identifier)["summary"] == "Every stop shows when the next bus comes."
    assert said_by(site, identifier)["title"] == "Another title"


def test_a_stale_tab_keeps_both_texts(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"
    stale = form_of(client, address)
    save(client, address, ("title", "From the first tab"))

    answer = save(
        client, address, ("title", "From the second tab"), ("summary", "Only in the second"), hidden=stale
    )

    assert answer.status_code == 409
    assert "From the first tab" in answer.text
    assert "From the second tab" in answer.text
    assert faults_of(answer.text) == []
    assert said_by(site, identifier)["title"] == "From the first tab"
    assert said_by(site, identifier)["summary"] == "Only in the second"


@pytest.mark.parametrize(
    ("choice", "stands"), [("theirs", "From the first tab"), ("mine", "Both in one text")]
)
def test_of_two_texts_the_chosen_one_stands(site: Flask, choice: str, stands: str) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"
    stale = form_of(client, address)
    save(client, address, ("title", "From the first tab"))
    clash = save(client, address, ("title", "From the second tab"), hidden=stale)
    hidden = dict(re.findall(r'name="(base|opened)" value="([^"]+)"', clash.text)) | {"clash": "yes"}

    answer = save(client, address, ("title", "Both in one text"), ("keep-title", choice), hidden=hidden)

    assert answer.status_code == 303
    assert said_by(site, identifier)["title"] == stands


def test_of_two_texts_none_stands_until_one_is_chosen(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"
    hidden = form_of(client, address) | {"clash": "yes"}

    answer = save(client, address, ("title", "Not chosen"), hidden=hidden)

    assert answer.status_code == 409
    assert "Not chosen" in answer.text
    assert said_by(site, identifier)["title"] == "Buses that say when they come"


def test_a_form_that_does_not_say_what_it_was_made_from_overwrites_nothing(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)

    answer = save(client, f"{home(identifier)}basics", ("title", "Out of nowhere"), hidden={"base": "x"})

    assert answer.status_code == 409
    assert said_by(site, identifier)["title"] == "Buses that say when they come"


def test_a_row_more_is_one_press_away_and_saves_the_page(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"

    answer = save(client, address, ("title", "Another title"), ("more", "results"))

    assert answer.headers["Location"] == f"{address}?more=results#field-results"
    assert said_by(site, identifier)["title"] == "Another title"


def test_going_to_the_files_saves_what_was_typed_beside_them(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}files-more"
    typed = {"links-0": "https://city.example/trams", "asked": "links", "to-files": "documents"}

    answer = save(client, address, *typed.items())

    assert answer.headers["Location"] == f"{home(identifier)}files/documents"
    assert said_by(site, identifier)["links"] == ["https://city.example/trams"]
    assert (
        '<button class="second" type="submit" name="to-files" value="documents">' in client.get(address).text
    )


def test_a_page_that_is_no_part_of_the_form_is_none(site: Flask) -> None:
    identifier = begin(site)

    assert signed_in(site, OFFICER).get(f"{home(identifier)}nothing").status_code == 404


PAGES = ("", "basics", "organisation", "publication", "preview", "submit", "late", "withdraw")


@pytest.mark.parametrize("page", PAGES)
def test_a_nomination_of_somebody_else_is_no_page(site: Flask, page: str) -> None:
    identifier = begin(site)
    with site.app_context():
        person(OTHER)
    other, visitor = signed_in(site, OTHER), site.test_client()
    token = csrf_of(other, f"/en/{world.OPEN}/nominate")

    assert other.get(f"{home(identifier)}{page}").status_code == 404
    assert visitor.get(f"{home(identifier)}{page}").headers["Location"] == "/en/sign-in"
    for act in ("basics", "submit", "late", "withdraw", "again"):
        answer = other.post(f"{home(identifier)}{act}", data={"csrf_token": token, "title": "Mine"})
        assert answer.status_code == 404, act
    assert said_by(site, identifier)["title"] == "Buses that say when they come"


def test_a_receipt_of_somebody_else_is_no_page(site: Flask) -> None:
    identifier = begin(site, submitted=True)
    mine = begin(site, OTHER, submitted=True)
    receipts = re.findall(r"receipt/[\w-]+", signed_in(site, OFFICER).get(home(identifier)).text)
    other = signed_in(site, OTHER)

    assert other.get(f"{home(identifier)}{receipts[0]}").status_code == 404
    assert other.get(f"{home(mine)}{receipts[0]}").status_code == 404
    assert other.get(f"{home(mine)}receipt/nothing").status_code == 404


def test_my_nominations_are_mine_alone(site: Flask) -> None:
    begin(site, title="Only for its officer")
    begin(site, OTHER, title="Of somebody else")

    page = signed_in(site, OFFICER).get("/en/nominations/").text

    assert "Only for its officer" in page
    assert "Of somebody else" not in page


def test_without_a_nomination_the_list_says_what_to_do(site: Flask, officer: FlaskClient) -> None:
    assert "You have no nomination yet." in officer.get("/en/nominations/").text


def test_the_title_of_another_language_says_so(site: Flask) -> None:
    identifier = begin(site, language="ko", title="버스 도착 알림")

    page = signed_in(site, OFFICER).get(home(identifier)).text

    assert '<span lang="ko" dir="ltr">버스 도착 알림</span>' in page


def test_a_form_sent_after_the_session_ended_comes_back_with_what_was_typed(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"
    hidden = form_of(client, address)
    _end_sessions(site)

    sent = client.post(address, data={**hidden, "asked": "title", "title": "Typed before the end"})
    assert sent.headers["Location"] == "/en/sign-in"
    _sign_in_again(site, client)
    page = client.get(address).text

    assert "Typed before the end" in page
    assert f'name="opened" value="{hidden["opened"]}"' in page


def test_a_form_given_back_overwrites_nothing_that_was_saved_meanwhile(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"
    _end_sessions(site)
    client.post(
        address, data={**form_of(signed_in(site, OFFICER), address), "asked": "title", "title": "Mine"}
    )
    save(signed_in(site, OFFICER), address, ("title", "Saved by a colleague"))
    _sign_in_again(site, client)

    given_back = form_of(client, address)
    answer = save(client, address, ("title", "Mine"), hidden=given_back)

    assert answer.status_code == 409
    assert "Saved by a colleague" in answer.text
    assert said_by(site, identifier)["title"] == "Saved by a colleague"


def _end_sessions(site: Flask) -> None:
    from awards.extensions import begin_writing, db
    from awards.models import UserSession

    with site.app_context():
        begin_writing()
        for it in db.session.query(UserSession):
            it.ended_at = world.NOW
        db.session.commit()


def _sign_in_again(site: Flask, client: FlaskClient) -> None:
    with signed_in(site, OFFICER).session_transaction() as fresh:
        token = fresh["_user_id"]
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True


def test_an_answer_that_is_refused_stays_beside_two_texts(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    address = f"{home(identifier)}basics"
    stale = form_of(client, address)
    save(client, address, ("title", "From the first tab"))

    answer = save(client, address, ("title", "From the second tab"), ("summary", "x" * 100_001), hidden=stale)

    assert answer.status_code == 409
    assert "From the second tab" in answer.text
    assert "x" * 100_001 in answer.text
    assert "no more than 100,000 can be saved here" in answer.text
    assert faults_of(answer.text) == []
    hidden = dict(re.findall(r'name="(base|opened)" value="([^"]+)"', answer.text)) | {"clash": "yes"}
    kept = [("keep-title", "theirs"), ("keep-summary", "mine")]
    again = save(client, address, ("title", "It"), ("summary", "Shorter."), *kept, hidden=hidden)
    assert again.status_code == 303
    assert said_by(site, identifier)["title"] == "From the first tab"
    assert said_by(site, identifier)["summary"] == "Shorter."


def test_after_the_deadline_a_category_with_a_later_one_still_takes_nominations(
    site: Flask, officer: FlaskClient, at_noon: time_machine.Traveller
) -> None:
    from awards import deadlines, editions
    from awards.extensions import begin_writing, db

    with site.app_context():
        begin_writing()
        found = editions.find(db.session(), world.OPEN)
        deadlines.grant(
            db.session(),
            found,
            (CLOSES + timedelta(days=3)).replace(tzinfo=None),
            zone="UTC",
            reason="Few came.",
            category="open-city",
            actor=world.actor(db.session()),
            now=world.NOW,
        )
        db.session.commit()
    at_noon.move_to(CLOSES + timedelta(minutes=1))
    officer = signed_in(site, OFFICER)

    page = officer.get(f"/en/{world.OPEN}/nominate")
    chosen = {"category": "open-city", "nominee_kind": "project", "language": "en"}

    assert page.status_code == 200
    assert set(re.findall(r'name="category"[^>]*value="([^"]+)"', page.text)) <= {"open-city"}
    assert send(officer, f"/en/{world.OPEN}/nominate", chosen).status_code == 303
    assert send(officer, f"/en/{world.OPEN}/nominate", chosen | {"category": "citizens"}).status_code == 422

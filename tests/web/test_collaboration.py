"""Organisation, partners and people of a nomination, as those who write it use the pages."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from awards import drafts, invitations, nominees, partners, questions, writers
from awards.models import Answer, Invitation, InvitationKind, NominationState, Organisation
from awards.nominees import Acceptance
from awards.partners import Standing
from tests.awards.uploads import samples
from tests.web import filing
from tests.web.desks import COLLEAGUE, LEAD, STRANGER, Desk, body, desk_of, now
from tests.web.signing import csrf_of, faults_of, send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGES = (
    "people", "people/hand-over", "people/leave", "organisation", "organisation?q=seoul", "organisation/new",
    "organisation/names", "city", "city?q=porto", "partners/add", "partners/add?q=서울", "partners/new",
    "approval-letter",
)  # fmt: skip


@pytest.fixture
def desk(site: Flask) -> Desk:
    return desk_of(site)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_can_be_read_strictly_in_both_languages(desk: Desk, language: str) -> None:
    browser = desk.browser()
    desk.partner("Jakarta", email="office@jakarta.example")

    for page in (*PAGES, f"partners/{desk.organisation('Jakarta')}"):
        answer = browser.get(f"/{language}/nominations/{desk.key}/{page}")
        assert (page, answer.status_code, faults_of(answer.text)) == (page, 200, [])


def test_somebody_else_finds_no_such_page(desk: Desk) -> None:
    stranger = desk.browser(STRANGER)

    for page in PAGES:
        assert stranger.get(f"{desk.home}/{page}").status_code == 404, page
    for act in (
        "people/leave",
        "nominee/ask",
        "partners/x/remove",
        "invitations/x/withdraw",
        "people/x/remove",
    ):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stranger.get("/en/today").text)
        assert token is not None
        assert stranger.post(f"{desk.home}/{act}", data={"csrf_token": token[1]}).status_code == 404, act


def test_a_removed_editor_has_lost_every_page_and_an_open_form_too(desk: Desk) -> None:
    desk.join()
    editor = desk.browser(COLLEAGUE)
    form = editor.get(f"{desk.home}/organisation/names").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None

    colleague = desk.ask(lambda s, n: writers.writers(s, n)[1].account.public_id)
    send(desk.browser(), f"{desk.home}/people/{colleague}/remove", page=f"{desk.home}/people")
    answer = editor.post(
        f"{desk.home}/organisation/names",
        data={"csrf_token": token[1], "base": "2", "organisation_name": "X", "city": "X", "country": "KR"},
    )

    assert (answer.status_code, editor.get(f"{desk.home}/people").status_code) == (404, 404)
    assert desk.ask(lambda s, n: drafts.latest(s, n).organisation_name) == ""


def test_an_organisation_is_searched_for_and_chosen(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get(f"{desk.home}/organisation?q=서울").text
    assert desk.organisation("Seoul") in page

    answer = send(
        browser, f"{desk.home}/organisation?q=서울", {"organisation": desk.organisation("Seoul"), "base": "2"}
    )

    assert (answer.status_code, answer.location) == (303, f"{desk.home}/organisation")
    assert desk.ask(lambda s, n: drafts.latest(s, n).organisation_name) == "Seoul"
    assert "Saved: Seoul." in browser.get(f"{desk.home}/organisation").text


def test_nothing_chosen_is_said_beside_the_list(desk: Desk) -> None:
    for chosen in ({}, {"organisation": "no-such"}, {"organisation": "\x00"}):
        answer = send(desk.browser(), f"{desk.home}/organisation?q=seoul", chosen)

        assert answer.status_code == 422
        assert "Choose one of the list" in answer.text
        assert faults_of(answer.text) == []


def test_a_stale_tab_overwrites_no_organisation(desk: Desk) -> None:
    desk.say(organisation_name="Town of Somebody", city="Elsewhere")

    stale = {"organisation": desk.organisation("Seoul"), "base": "2"}
    answer = send(desk.browser(), f"{desk.home}/organisation?q=seoul", stale)

    assert answer.status_code == 422
    assert "somebody saved Town of Somebody" in answer.text
    assert desk.ask(lambda s, n: drafts.latest(s, n).organisation_name) == "Town of Somebody"
    again = send(desk.browser(), f"{desk.home}/organisation?q=seoul", stale | {"base": "3"})
    assert again.status_code == 303


def test_a_stale_form_of_names_shows_both_texts_and_then_takes_the_second(desk: Desk) -> None:
    browser, address = desk.browser(), f"{desk.home}/organisation/names"
    typed = {"organisation_name": "Seoul City", "city": "Seoul", "country": "KR", "base": "2"}
    desk.say(organisation_name="City of Seoul")

    answer = send(browser, address, typed)
    assert answer.status_code == 422
    assert "“City of Seoul”" in answer.text
    assert 'value="Seoul City"' in answer.text
    base = re.search(r'name="base"[^>]*value="(\d+)"', answer.text)
    assert base is not None
    send(browser, address, typed | {"base": base[1]})

    assert desk.ask(lambda s, n: drafts.latest(s, n).organisation_name) == "Seoul City"


def test_what_is_not_listed_is_added_and_chosen(desk: Desk) -> None:
    form = {"name": "강변시", "english": "Riverside", "kind": "city", "city": "Riverside", "country": "KR"}

    answer = send(desk.browser(), f"{desk.home}/organisation/new", form)

    page = desk.browser().get(answer.location).text
    assert "not yet confirmed by the secretariat" in page
    assert desk.ask(lambda s, n: drafts.latest(s, n).organisation_name) == "Riverside"


def test_what_is_listed_already_is_offered(desk: Desk) -> None:
    form = {"name": "SEOUL", "english": "", "kind": "city", "city": "", "country": "KR"}

    answer = send(desk.browser(), f"{desk.home}/organisation/new", form)

    assert answer.status_code == 422
    assert "SEOUL" in answer.text
    assert desk.organisation("Seoul") in answer.text
    assert faults_of(answer.text) == []
    query = select(Organisation).where(Organisation.country == "KR", Organisation.folded == "seoul")
    assert len(desk.ask(lambda s, _n: s.scalars(query).all())) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Write the name."),
        ("name", "x" * 201, "no more than 200"),
        ("english", "", "in English too"),
        ("kind", "spaceship", "Not a valid choice"),
        ("kind", "", "Choose what it is."),
        ("country", "", "Choose a country."),
    ],
)
def test_a_form_with_errors_keeps_what_was_typed(desk: Desk, field: str, value: str, said: str) -> None:
    form = {"name": "강변시", "english": "Riverside", "kind": "city", "city": "물가", "country": "KR"}

    answer = send(desk.browser(), f"{desk.home}/organisation/new", form | {field: value})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="물가"' in answer.text
    assert faults_of(answer.text) == []


def test_an_agency_chooses_its_city_among_local_governments(desk: Desk) -> None:
    desk.act(lambda s, _n, _a: body(s, "Jakarta Software", country="ID", kind="corporation"))
    browser = desk.browser()
    chosen = {"organisation": desk.organisation("Jakarta Software"), "base": "2"}
    send(browser, f"{desk.home}/organisation?q=jakarta", chosen)

    page = browser.get(f"{desk.home}/organisation").text
    assert f'href="{desk.home}/city"' in page
    found = browser.get(f"{desk.home}/city?q=jakarta").text
    assert desk.organisation("Jakarta Software") not in found
    send(browser, f"{desk.home}/city?q=jakarta", {"organisation": desk.organisation("Jakarta"), "base": "3"})

    assert desk.ask(lambda s, n: drafts.latest(s, n).city) == "Jakarta"


def test_a_partner_is_added_asked_and_taken_off(desk: Desk) -> None:
    browser, jakarta = desk.browser(), desk.organisation("Jakarta")
    answer = send(browser, f"{desk.home}/partners/add?q=자카르타", {"organisation": jakarta})
    assert answer.location == f"{desk.home}/partners/{jakarta}"

    send(
        browser,
        f"{desk.home}/partners/{jakarta}",
        {"email": "office@jakarta.example", "message_language": "ko"},
    )
    asked = desk.ask(lambda s, n: questions.waiting(s, n)[0])
    assert (asked.kind, asked.email, asked.language) == (
        InvitationKind.PARTNER,
        "office@jakarta.example",
        "ko",
    )
    assert "Asked, no answer yet" in browser.get(f"{desk.home}/people").text

    send(browser, f"{desk.home}/partners/{jakarta}/remove", page=f"{desk.home}/people")
    assert desk.ask(partners.of) == []
    again = send(browser, f"{desk.home}/partners/add?q=jakarta", {"organisation": jakarta})
    assert again.status_code == 303
    assert desk.ask(lambda s, n: [it.standing for it in partners.of(s, n)]) == [Standing.NOT_ASKED]


def test_the_lead_itself_and_a_partner_twice_are_refused_in_words(desk: Desk) -> None:
    browser = desk.browser()
    choose_seoul(desk)
    desk.partner("Jakarta")

    for name, said in (("Seoul", "leads the nomination"), ("Jakarta", "is a partner already")):
        answer = send(
            browser, f"{desk.home}/partners/add?q={name}", {"organisation": desk.organisation(name)}
        )
        assert answer.status_code == 422
        assert said in answer.text


def test_an_invitation_is_sent_once_and_withdrawn(desk: Desk) -> None:
    browser, form = desk.browser(), {"email": "new@seoul.example", "message_language": "ko"}
    assert send(browser, f"{desk.home}/people", form).status_code == 303
    twice = send(browser, f"{desk.home}/people", form)
    assert twice.status_code == 422
    assert "has been asked already" in twice.text

    identifier = desk.ask(lambda s, n: questions.waiting(s, n)[0].public_id)
    soon = send(browser, f"{desk.home}/invitations/{identifier}/resend", page=f"{desk.home}/people")
    assert "a few minutes ago" in browser.get(soon.location).text
    for said in ("was withdrawn", "has been answered or withdrawn"):
        answer = send(browser, f"{desk.home}/invitations/{identifier}/withdraw", page=f"{desk.home}/people")
        assert said in browser.get(answer.location).text


def test_an_invitation_of_another_nomination_is_out_of_reach(desk: Desk) -> None:
    other = desk_of_stranger(desk)
    identifier = other.act(
        lambda s, n, a: writers.invite(s, n, email="x@other.example", language="en", actor=a, now=now())
    )

    send(desk.browser(), f"{desk.home}/invitations/{identifier}/withdraw", page=f"{desk.home}/people")

    assert other.ask(lambda s, n: [it.answer for it in questions.waiting(s, n)]) == [None]


def choose_seoul(desk: Desk, browser: FlaskClient | None = None) -> TestResponse:
    chosen = {"organisation": desk.organisation("Seoul"), "base": "2"}
    return send(browser or desk.browser(), f"{desk.home}/organisation?q=seoul", chosen)


def desk_of_stranger(desk: Desk) -> Desk:
    """A nomination of somebody else's in the same edition."""

    def start(s: object, n: object, _actor: object) -> str:
        from awards import accounts, editions
        from tests.web.desks import as_

        stranger = accounts.find(s, STRANGER)  # type: ignore[arg-type]
        assert stranger is not None
        edition = s.get_one(type(editions.find(s, "wego-awards-2026")), n.edition_id)  # type: ignore[attr-defined,arg-type]
        made = drafts.start(
            s,
            edition,
            category=n.category,
            language="en",
            actor=as_(stranger),
            now=now(),  # type: ignore[arg-type,attr-defined]
        )
        return made.public_id

    return Desk(desk.app, str(desk.act(start)))


def test_only_the_lead_has_the_buttons_and_only_the_lead_can_press_them(desk: Desk) -> None:
    desk.join()
    editor = desk.browser(COLLEAGUE)
    page = editor.get(f"{desk.home}/people").text
    assert "Invite somebody" not in page

    answer = send(
        editor, f"{desk.home}/people", {"email": "x@seoul.example", "message_language": "en"},
        page=f"{desk.home}/organisation/names",
    )  # fmt: skip

    assert "Only the person who leads" in editor.get(answer.location).text
    assert desk.ask(questions.waiting) == []


def test_an_editor_leaves_and_is_told_where_they_are(desk: Desk) -> None:
    desk.join()
    editor = desk.browser(COLLEAGUE)

    answer = send(editor, f"{desk.home}/people/leave")

    assert answer.location == "/en/today"
    assert desk.writers() == ["Example Lead"]
    assert editor.get(f"{desk.home}/people").status_code == 404


def test_the_lead_cannot_leave(desk: Desk) -> None:
    page = desk.browser().get(f"{desk.home}/people/leave").text

    assert "Hand it over first" in page
    answer = send(desk.browser(), f"{desk.home}/people/leave", page=f"{desk.home}/people")
    assert answer.status_code == 303
    assert desk.writers() == ["Example Lead"]


def test_a_hand_over_link_opened_ten_times_does_nothing(desk: Desk) -> None:
    send(desk.browser(), f"{desk.home}/people/hand-over", {"email": COLLEAGUE, "message_language": "en"})

    def link(s: object, n: object, _actor: object) -> str:
        asked = questions.waiting(s, n, InvitationKind.HANDOVER)[0]  # type: ignore[arg-type]
        return invitations.make_invitation_token(s, asked, now())  # type: ignore[arg-type]

    address = f"/en/invitation/{desk.act(link)}"
    colleague = desk.browser(COLLEAGUE)
    for _time in range(10):
        assert colleague.get(address).status_code == 200
        assert desk.app.test_client().head(address).status_code == 200
    assert desk.writers() == ["Example Lead"]

    answer = send(colleague, address, {"answer": "accept"})

    assert answer.location == f"/en/nominations/{desk.key}/"
    assert desk.writers() == ["Example Colleague", "Example Lead"]
    assert "Invite somebody" not in desk.browser(LEAD).get(f"{desk.home}/people").text


def test_an_invitation_typed_when_the_session_ended_is_given_back(desk: Desk) -> None:
    browser = desk.browser()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(f"{desk.home}/people").text)
    assert token is not None
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "gone"

    answer = browser.post(
        f"{desk.home}/people",
        data={"csrf_token": token[1], "email": "new@seoul.example", "message_language": "ko"},
    )

    assert (answer.status_code, answer.location) == (303, "/en/sign-in")


def individual(desk: Desk) -> None:
    desk.say(
        nominee_kind="individual",
        organisation_name="김보기",
        nominee={"latin_name": "Example Kim", "email": "kim@person.example", "organisation": ""},
    )


def test_a_person_is_named_and_asked(desk: Desk) -> None:
    desk.say(nominee_kind="individual")
    browser = desk.browser()
    form = {"name": "김보기", "latin_name": "Example Kim", "email": "kim@person.example", "base": "3"}
    assert send(browser, f"{desk.home}/nominee", form | {"email": "none"}).status_code == 422
    assert send(browser, f"{desk.home}/nominee", form).status_code == 303
    assert "Not asked yet" in browser.get(f"{desk.home}/people").text

    answer = send(browser, f"{desk.home}/nominee/ask", {"message_language": "ko"}, page=f"{desk.home}/people")

    page = browser.get(answer.location).text
    assert "Asked, no answer yet" in page
    assert faults_of(page) == []
    assert desk.ask(nominees.answer_of) is Acceptance.WAITING


def test_the_persons_page_is_for_individuals_only(desk: Desk) -> None:
    assert desk.browser().get(f"{desk.home}/nominee").status_code == 404
    individual(desk)
    assert desk.browser().get(f"{desk.home}/nominee").status_code == 200


def test_a_nomination_that_is_no_longer_written_says_so(desk: Desk) -> None:
    def close(_s: object, n: object, _actor: object) -> None:
        n.state = NominationState.WITHDRAWN  # type: ignore[attr-defined]

    desk.act(close)
    browser = desk.browser()

    answer = choose_seoul(desk, browser)

    assert "can&#39;t be changed any more" in browser.get(answer.location).text


def test_the_letter_states_the_facts_and_is_the_partners_where_one_is_named(desk: Desk) -> None:
    choose_seoul(desk)
    desk.partner("Jakarta")
    jakarta = desk.organisation("Jakarta")

    own = desk.browser().get(f"{desk.home}/approval-letter").text
    theirs = desk.browser().get(f"{desk.home}/approval-letter?partner={jakarta}").text

    assert "Open budget portal" in own
    assert f"{desk.home}/files/city_approval" in own
    assert "is a partner of the nomination below" in theirs
    assert f"{desk.home}/files/partner-{jakarta}" in theirs
    assert f"approval-letter.pdf?partner={jakarta}" in theirs
    nobody = desk.browser().get(f"{desk.home}/approval-letter?partner={desk.organisation('Seoul')}")
    assert nobody.status_code == 404


def test_the_people_page_asks_as_much_for_many_partners_as_for_one(desk: Desk) -> None:
    browser, counts = desk.browser(), []

    def note(*_details: object) -> None:
        counts[-1] += 1

    desk.partner("Jakarta", email="office@jakarta.example")
    for more in ((), ("Seoul", "Ulaanbaatar", "Hanoi", "Bangkok")):
        for name in more:
            desk.partner(name, email=f"office@{name.lower()}.example")
        counts.append(0)
        event.listen(Engine, "before_cursor_execute", note)
        browser.get(f"{desk.home}/people")
        event.remove(Engine, "before_cursor_execute", note)

    assert counts[0] == counts[1]


def test_addresses_of_writers_are_not_shown_to_one_another(desk: Desk) -> None:
    desk.join("private@home.example", name="Example Private")
    page = desk.browser().get(f"{desk.home}/people").text

    assert "private@home.example" not in page
    assert LEAD not in desk.browser("private@home.example").get(f"{desk.home}/people").text.replace(
        f"<span>{LEAD}", ""
    )


def test_an_answer_stays_on_the_invitation(desk: Desk) -> None:
    desk.join()

    found = desk.ask(lambda s, _n: s.scalars(select(Invitation)).all())

    assert [it.answer for it in found] == [Answer.ACCEPTED]


def letter_page(desk: Desk) -> str:
    return f"{desk.home}/files/partner-{desk.organisation('Jakarta')}"


def standing(desk: Desk) -> Standing:
    found = desk.ask(lambda s, n: partners.of(s, n)[0].standing)
    assert isinstance(found, Standing)
    return found


def test_a_signed_letter_confirms_a_partner_until_it_is_taken_out(desk: Desk) -> None:
    desk.partner("Jakarta", email="office@jakarta.example")
    browser, page = desk.browser(), letter_page(desk)

    sent = filing.upload(browser, page, "signed.pdf", samples.pdf())
    first = filing.key_of(desk.app, page, page.rpartition("/")[2])
    shown = browser.get(sent.location)
    confirmed = standing(desk)
    filing.upload(browser, page, "signed again.pdf", samples.pdf(pages=2))
    newer = desk.ask(lambda s, n: partners.of(s, n)[0].row.approval_key)
    send(browser, page, {"take_out": newer})

    assert (sent.status_code, confirmed) == (303, Standing.BY_LETTER)
    assert "signed.pdf" in shown.text
    assert f"{desk.home}/approval-letter?partner={desk.organisation('Jakarta')}" in shown.text
    assert f'href="{desk.home}/people"' in shown.text
    assert faults_of(shown.text) == []
    assert newer != first
    assert standing(desk) is Standing.NOT_ASKED
    send(browser, page, {"put_back": first})
    assert standing(desk) is Standing.BY_LETTER


def test_a_letter_is_taken_for_a_standing_partner_of_this_nomination_only(desk: Desk) -> None:
    desk.partner("Jakarta")
    browser, page = desk.browser(), letter_page(desk)
    seoul = f"{desk.home}/files/partner-{desk.organisation('Seoul')}"

    assert browser.get(seoul).status_code == 404
    assert browser.get(page).status_code == 200
    assert desk.browser(STRANGER).get(page).status_code == 404
    jakarta = desk.organisation("Jakarta")
    send(browser, f"{desk.home}/partners/{jakarta}/remove", page=f"{desk.home}/people")
    assert browser.get(page).status_code == 404


def test_a_letter_changes_nothing_once_partners_are_closed(desk: Desk) -> None:
    desk.partner("Jakarta")
    browser, page = desk.browser(), letter_page(desk)
    token = csrf_of(browser, page)
    desk.act(lambda s, n, actor: setattr(n, "state", NominationState.ELIGIBLE))

    answer = browser.post(
        page,
        data={"csrf_token": token, "act": "upload", "upload": (BytesIO(samples.pdf()), "late.pdf")},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 422
    assert "its files stay as they are" in answer.text
    assert standing(desk) is Standing.NOT_ASKED


def test_after_the_deadline_the_organisation_is_not_said_to_be_saved(
    desk: Desk, at_noon: time_machine.Traveller
) -> None:
    desk.say(organisation_name="City of Seoul", city="Seoul", country="KR")
    at_noon.move_to(datetime(2026, 5, 17, 16, 0, tzinfo=UTC))
    typed = {"organisation_name": "Another city", "city": "Seoul", "country": "KR", "base": "3"}

    answer = send(desk.browser(), f"{desk.home}/organisation/names", typed)
    chosen = choose_seoul(desk, desk.browser())

    assert (answer.status_code, chosen.status_code) == (422, 422)
    assert "The nomination is closed" in answer.text
    assert "Another city" in answer.text
    assert "The nomination is closed" in chosen.text
    assert desk.ask(lambda s, n: drafts.latest(s, n).organisation_name) == "City of Seoul"


def test_the_preview_names_who_has_confirmed_and_who_has_not(desk: Desk) -> None:
    desk.partner("Jakarta", email="office@jakarta.example")
    browser, page = desk.browser(), letter_page(desk)
    waiting = browser.get(f"{desk.home}/preview").text
    filing.upload(browser, page, "signed.pdf", samples.pdf())

    confirmed = browser.get(f"{desk.home}/preview").text

    assert "These partners have not confirmed yet: Jakarta." in waiting
    assert "These partners" not in confirmed
    assert "Partners that have confirmed" in confirmed
    assert faults_of(waiting) == faults_of(confirmed) == []

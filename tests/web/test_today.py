"""Today: what needs a person with its date in both zones, what is theirs, and what waits in their roles."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from awards import accounts, decisions, drafts, editions
from awards.audit import Actor
from awards.duties import Duty
from awards.extensions import begin_writing, db
from awards.models import Account, DecisionKind, Edition, Nomination, NominationState, Role, Told
from awards.timetable import Deadline, Phase
from awards.web import waits, words
from tests.web import world
from tests.web.signing import faults_of, person, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMAIL = "officer@city.example"


def officer(zone: str = "UTC") -> tuple[Account, Edition]:
    """The officer and the open edition, in a transaction that writes."""
    account = person(EMAIL, name="Example Officer")
    begin_writing()
    account = db.session.merge(account)
    account.zone = zone
    return account, editions.find(db.session(), world.OPEN)


def draft(account: Account, edition: Edition, title: str) -> Nomination:
    actor = Actor(account, account)
    nomination = drafts.start(
        db.session(), edition, category="open-city", language="en", actor=actor, now=world.NOW
    )
    drafts.change(db.session(), nomination, {"title": title}, base=None, actor=actor, now=world.NOW)
    return nomination


def test_a_draft_is_shown_with_its_date_in_the_persons_zone_and_the_editions(site: Flask) -> None:
    with site.app_context():
        account, edition = officer("Africa/Tunis")
        number = draft(account, edition, "Open <i>budget</i>").public_id
        db.session.commit()

    page = signed_in(site, EMAIL).get("/en/today")

    assert "Open &lt;i&gt;budget&lt;/i&gt;" in page.text
    assert f'href="/en/nominations/{number}/"' in page.text
    assert "Until Sunday 17 May 2026, 23:59 in Seoul, 15:59 in Tunis" in page.text
    assert faults_of(page.text) == []


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Seoul", "Sunday 17 May 2026, 23:59 in Seoul"),
        ("Asia/Tokyo", "Sunday 17 May 2026, 23:59 in Seoul"),
        ("Africa/Tunis", "Sunday 17 May 2026, 23:59 in Seoul, 15:59 in Tunis"),
        (
            "Pacific/Auckland",
            "Sunday 17 May 2026, 23:59 in Seoul; for you Monday 18 May 2026, 02:59 in Auckland",
        ),
    ],
)
def test_a_moment_is_said_in_ones_own_zone_where_the_clock_shows_another_time(
    site: Flask, zone: str, said: str
) -> None:
    local = datetime(2026, 5, 17, 23, 59)  # noqa: DTZ001 (local, as stated)
    instant = datetime.fromisoformat("2026-05-17T14:59:00+00:00")
    with site.test_request_context("/en/today"):
        assert words.in_both(Deadline(local, "Asia/Seoul", instant), zone) == said


def test_a_decision_is_not_read_here_before_its_people_were_told(site: Flask) -> None:
    with site.app_context():
        account, edition = officer()
        nomination = draft(account, edition, "Open budget")
        nomination.state, nomination.submitted_number = NominationState.INELIGIBLE, 2
        edition.phase = Phase.SCREENING
        screener = person("screener@city.example")
        begin_writing()
        decision = decisions.decide(
            db.session(),
            edition,
            DecisionKind.ELIGIBILITY,
            actor=Actor(screener, screener),
            now=world.NOW,
            nomination=nomination,
            subject={"eligible": False},
            reason="late",
        )
        db.session.commit()
        number, by = decision.id, screener.id
    browser = signed_in(site, EMAIL)
    before = browser.get("/en/today").text
    with site.app_context():
        db.session.add(Told(decision_id=number, by_id=by, at=world.NOW))
        db.session.commit()
    after = browser.get("/en/today").text

    assert "Submitted" in before
    assert "ligible" not in before
    assert "Not eligible" in after
    assert "appeal if you think that it is wrong" in after
    assert faults_of(after) == []


def test_whoever_has_nothing_to_do_is_led_to_the_open_calls(site: Flask) -> None:
    with site.app_context():
        person(EMAIL)

    page = signed_in(site, EMAIL).get("/en/today")

    assert "read the call and nominate" in page.text
    assert f'href="/en/{world.OPEN}/"' in page.text
    assert faults_of(page.text) == []


def test_a_call_whose_deadline_has_passed_is_not_offered(site: Flask) -> None:
    import time_machine

    with site.app_context():
        person(EMAIL)
    with time_machine.travel(world.NOW + timedelta(days=14), tick=False):
        page = signed_in(site, EMAIL).get("/en/today").text

    assert f'href="/en/{world.OPEN}/"' not in page
    assert "read the call and nominate" not in page


def test_roles_are_sections_with_links_to_what_waits(site: Flask) -> None:
    with site.app_context():
        account, edition = officer()
        nomination = draft(account, edition, "Open budget")
        nomination.state, nomination.submitted_number = NominationState.SUBMITTED, 2
        edition.phase = Phase.SCREENING
        db.session.commit()
        person("organiser@city.example", Role.ORGANISER, Role.SCREENER, edition=edition)
        person("admin@city.example", Role.ADMINISTRATOR)
    pages = [signed_in(site, f"{who}@city.example").get("/en/today").text for who in ("organiser", "admin")]

    assert "You are here as: organiser, screener" in pages[0]
    assert "1 nomination to check" in pages[0]
    assert f'href="/en/screening/{world.OPEN}/"' in pages[0]
    assert f'href="/en/secretariat/{world.OPEN}/"' in pages[0]
    assert 'href="/en/secretariat/"' in pages[1]
    assert [faults_of(page) for page in pages] == [[], []]


def test_everything_that_can_wait_leads_to_a_page_there_is(site: Flask) -> None:
    with site.test_request_context("/en/today"):
        edition = editions.find(db.session(), world.OPEN)
        led = {duty: (waits.where(duty, edition), waits.says(duty, 3)) for duty in Duty}

    everywhere = "/en/secretariat/organisations"
    assert [it for it in Duty if f"/{world.OPEN}/" not in f"{led[it][0]}/" and led[it][0] != everywhere] == []
    assert len({says for _, says in led.values()}) == len(Duty)


def test_the_page_asks_as_much_for_three_as_for_one(site: Flask) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def asked(browser: object) -> int:
        statements.clear()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert signed_in_browser.get("/ko/today").status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(statements)

    with site.app_context():
        account, edition = officer()
        draft(account, edition, "One")
        db.session.commit()
    signed_in_browser = signed_in(site, EMAIL)
    one = asked(signed_in_browser)
    with site.app_context():
        account, edition = officer()
        for title in ("Two", "Three"):
            draft(account, edition, title)
        db.session.commit()

    assert asked(signed_in_browser) == one


def test_the_korean_page_is_korean(site: Flask) -> None:
    with site.app_context():
        account, edition = officer("Africa/Tunis")
        draft(account, edition, "예산 공개")
        accounts.grant(
            db.session(),
            account,
            Role.SCREENER,
            edition=edition,
            actor=Actor(account, account),
            now=world.NOW,
        )
        db.session.commit()

    page = signed_in(site, EMAIL).get("/ko/today").text

    assert "할 일" in page
    assert "작성을 마치고 제출하십시오" in page
    assert "맡은 역할: 자격 심사 담당자" in page
    assert faults_of(page) == []


def test_a_draft_after_the_deadline_says_what_can_be_done(site: Flask, at_noon: object) -> None:
    import time_machine

    with site.app_context():
        account, edition = officer()
        draft(account, edition, "Open budget")
        db.session.commit()
    with time_machine.travel(world.NOW + timedelta(days=14), tick=False):
        page = signed_in(site, EMAIL).get("/en/today").text

    assert "The deadline has passed: ask for late acceptance" in page
    assert "The deadline was Sunday 17 May 2026, 23:59 in Seoul" in page


def test_a_round_of_marks_says_to_each_what_waits_and_where(app: Flask) -> None:
    import time_machine

    from tests.web import marking
    from tests.web.marking import CHAIR, DESK, TABLE, Round

    with time_machine.travel(marking.NOW, tick=False):
        round_ = Round(app)
        round_.give("ada", "N1", {"services": 7, "impact": 7})
        judge = round_.open("/en/today", "ada@example.org")
    with round_.later(days=18):
        behind = round_.open("/en/today")
    with round_.later(days=21):
        chair, organiser, late = (
            round_.open("/en/today", who) for who in (CHAIR, marking.ORGANISER, "ada@example.org")
        )

    assert "1 sheet is complete but not submitted: submit it" in judge
    assert "1 sheet left to mark" in judge
    assert 'href="/en/judging/small-prize/"' in judge
    assert f'href="{DESK}/progress?show=behind"' in behind
    assert "2 nominations are below the minimum of sheets" in chair
    assert f'href="{TABLE}/minimum"' in chair
    assert "The time for marks is over: close the round" in organiser
    assert f'href="{DESK}/closing"' in organiser
    assert "left to mark" not in late

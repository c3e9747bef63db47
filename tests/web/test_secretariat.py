"""The secretariat's desk: who may come in, what needs a person, and the steps from phase to phase."""

from datetime import datetime

import pytest

from awards import editions
from awards.models import Edition
from awards.timetable import Moment, Phase
from tests.web import world
from tests.web.office import DESK, KEY, Office, well
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGES = {
    "/": "organiser screener clerk auditor admin",
    "/nominations": "organiser screener auditor",
    "/next": "organiser auditor",
    "/freeze": "organiser auditor",
    "/rules": "organiser auditor",
    "/rules/change": "organiser auditor",
    "/dates": "organiser auditor",
    "/dates/nominations_close": "organiser auditor",
    "/dates/own": "organiser auditor",
    "/dates/zone": "organiser auditor",
    "/texts": "organiser auditor",
    "/texts/programme": "organiser auditor",
    "/texts/categories.services": "organiser auditor",
    "/texts/versions": "organiser auditor",
    "/texts/versions/1": "organiser auditor",
    "/people": "organiser auditor admin",
    "/late": "organiser auditor",
    "/rehearsal": "organiser auditor",
}
"""Who reads each page of an edition; everybody else is told that there is none."""
EVERYBODY = ("organiser", "screener", "clerk", "auditor", "admin", "stranger", "other")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_page_is_for_those_whose_part_it_is(office: Office, language: str) -> None:
    for page, readers in PAGES.items():
        address = f"/{language}/secretariat/{KEY}{page}"
        for name in EVERYBODY:
            answer = office.at(name).get(address)

            expected = 200 if name in readers.split() else 404
            assert (page, name, answer.status_code) == (page, name, expected)
            if expected == 200:
                well(answer)


def test_nobody_who_only_reads_changes_anything(office: Office) -> None:
    for page in PAGES:
        for name in ("auditor", "screener", "clerk", "stranger", "other"):
            answer = office.at(name).post(f"{DESK}{page}", data={})

            assert answer.status_code in (404, 405), (page, name)


def test_the_desk_lists_the_editions_that_one_runs(office: Office) -> None:
    mine, all_of_them = office.open("/en/secretariat/"), office.open("/en/secretariat/", "admin")

    assert f"/en/secretariat/{KEY}/" in mine
    assert world.RUNNING not in mine
    assert world.RUNNING in all_of_them
    assert "New edition" in all_of_them
    assert "New edition" not in mine
    assert office.at("stranger").get("/en/secretariat/").status_code == 403


def test_an_auditor_of_all_editions_makes_none(office: Office) -> None:
    page = office.open("/en/secretariat/", "auditor")

    assert (world.RUNNING in page, "New edition" in page) == (True, False)
    assert office.at("auditor").get("/en/secretariat/new").status_code == 403


def test_the_overview_says_what_is_missing(office: Office) -> None:
    page = office.open(f"{DESK}/")

    assert "No chair is named yet." in page
    assert "Nominations are promised to be open until the deadline and its grace have passed." in page


def test_nominations_are_not_closed_before_their_deadline(office: Office) -> None:
    answer = send(office.at("organiser"), f"{DESK}/next", {"seen": "nominations"}, page=f"{DESK}/")

    assert answer.status_code == 422
    assert "This can't be done yet." in well(answer)
    assert _phase(office) is Phase.NOMINATIONS


def test_after_the_deadline_a_step_is_taken_once(office: Office, at_noon: object) -> None:
    at_noon.move_to(datetime(2026, 5, 18, 9, tzinfo=world.NOW.tzinfo))  # type: ignore[attr-defined]
    browser = office.at("organiser")
    first = send(browser, f"{DESK}/next", {"seen": "nominations"})

    again = send(browser, f"{DESK}/next", {"seen": "nominations"})

    assert (first.status_code, again.status_code) == (303, 303)
    assert _phase(office) is Phase.SCREENING
    assert "The edition has moved on meanwhile" in browser.get(again.location).text


def test_opening_the_call_shows_it_to_the_public(office: Office) -> None:
    office.move(Phase.DRAFT)
    public = office.site.test_client()
    assert public.get(f"/en/{KEY}/").status_code == 404
    assert "Anybody may begin a nomination" in office.open(f"{DESK}/next")

    send(office.at("organiser"), f"{DESK}/next", {"seen": "draft"})

    assert public.get(f"/en/{KEY}/").status_code == 200


def test_the_rules_are_frozen_as_they_were_read(office: Office) -> None:
    browser = office.at("organiser")
    refused = send(browser, f"{DESK}/freeze", {"sha256": "0" * 64})
    assert _frozen(office) is False
    page = office.open(f"{DESK}/freeze")

    send(browser, f"{DESK}/freeze", {"sha256": _between(page, 'name="sha256" value="', '"')})

    assert (refused.status_code, _frozen(office)) == (303, True)


def test_an_edition_goes_back_by_two_only(office: Office) -> None:
    office.move(Phase.SCREENING)
    organiser, second = office.at("organiser"), office.at("second")
    empty = send(organiser, f"{DESK}/back", {"act": "propose", "reason": " "})
    send(organiser, f"{DESK}/back", {"act": "propose", "reason": "The site was down on the last day."})
    sha256 = _between(office.open(f"{DESK}/back", "second"), 'name="sha256" value="', '"')

    alone = send(organiser, f"{DESK}/back", {"act": "approve", "sha256": sha256})
    assert (empty.status_code, alone.status_code, _phase(office)) == (422, 422, Phase.SCREENING)
    both = send(second, f"{DESK}/back", {"act": "approve", "sha256": sha256})

    assert (both.status_code, _phase(office)) == (303, Phase.NOMINATIONS)


def _phase(office: Office) -> Phase:
    return _edition(office).phase


def _frozen(office: Office) -> bool:
    return _edition(office).frozen_at is not None


def _edition(office: Office) -> Edition:
    with office.site.app_context():
        return office.edition()


def _between(text: str, before: str, after: str) -> str:
    return text.split(before, 1)[1].split(after, 1)[0]


def test_the_words_of_the_timetable_are_those_of_the_edition(office: Office) -> None:
    with office.site.app_context():
        from awards.extensions import db

        stated = editions.timetable_of(db.session(), office.edition())[Moment.NOMINATIONS_CLOSE]

    assert "Sunday 17 May 2026" in office.open(f"{DESK}/")
    assert stated.zone == "Asia/Seoul"


@pytest.mark.parametrize(
    "address",
    [
        "/rules/99999999999999999999",
        "/texts/versions/99999999999999999999",
        "/texts/nothing",
        "/texts/%00",
        "/dates/%00",
        "/people/organiser/%00/end",
        "/people/%00/nobody/end",
        "/late/%00/99999999999999999999",
    ],
)
def test_an_address_that_leads_nowhere_says_so(office: Office, address: str) -> None:
    answer = office.at("organiser").get(f"{DESK}{address}")

    assert answer.status_code in (303, 404)


@pytest.mark.parametrize("base", ["", "-1", "9" * 5000, "²", "99999999999999999999"])
def test_a_form_with_a_made_up_version_changes_nothing(office: Office, base: str) -> None:
    fields = {"base": base, "categories.services.name:en": "Mine", "reason": "Why"}

    answer = send(office.at("organiser"), f"{DESK}/texts/categories.services", fields)

    assert answer.status_code == 303
    assert "Mine" not in office.open(f"{DESK}/texts")

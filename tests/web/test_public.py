"""What the public pages of an edition say, in each of its states."""

import hashlib
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from awards.web.results import nominee_of
from tests.web import world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def text_of(page: str) -> str:
    """The words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]).split())


def get(visitor: FlaskClient, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.text


def test_the_first_page_lists_editions_by_where_they_stand(visitor: FlaskClient) -> None:
    text = text_of(get(visitor, "/en/"))

    order = [
        text.index(words)
        for words in (
            "Open for nominations",
            "WeGO Awards 2026",
            "Nominations close: Sunday 17 May 2026, 23:59 in Seoul",
            "Being judged",
            "The judges are reading and marking the nominations.",
            "Past editions",
            "WeGO Awards 2014",
            "See the winners",
        )
    ]
    assert order == sorted(order)


def test_a_site_without_editions_says_so(app: Flask) -> None:
    assert "No edition is public yet." in get(app.test_client(), "/en/")


def test_an_edition_in_preparation_is_no_page(visitor: FlaskClient) -> None:
    for page in ("", "rules", "rules.json", "finalists", "winners", "record", "record.zip"):
        assert visitor.get(f"/en/{world.DRAFT}/{page}").status_code == 404, page
    assert world.DRAFT not in get(visitor, "/en/")


@pytest.mark.parametrize(
    ("edition", "sentence", "action"),
    [
        (world.OPEN, "Nominations are open.", "Nominate"),
        (world.RUNNING, "The judges are reading and marking the nominations.", "Read the rules"),
        (world.VOTING, "The shortlist is settled. The vote on the prizes is under way.", "See the finalists"),
        (world.RELEASED, "The winners are announced.", "See the winners"),
    ],
)
def test_an_edition_has_one_thing_to_do(
    visitor: FlaskClient, edition: str, sentence: str, action: str
) -> None:
    page = get(visitor, f"/en/{edition}/")

    assert sentence in page
    assert re.findall(r'class="act"[^>]*>([^<]+)<', page) == [action]


def test_the_timetable_is_a_line_with_today_on_it(visitor: FlaskClient) -> None:
    page = get(visitor, f"/en/{world.OPEN}/")

    stops = re.findall(r'<li class="(past|today|ahead)"[^>]*>\s*<strong>([^<]+)</strong>', page)
    assert stops == [
        ("past", "Nominations open"),
        ("today", "Today"),
        ("ahead", "Nominations close"),
        ("ahead", "Marks are due"),
        ("ahead", "Finalists are announced"),
        ("ahead", "The vote closes"),
        ("ahead", "Ceremony"),
    ]


def test_a_moved_date_is_struck_through_with_the_reason(visitor: FlaskClient) -> None:
    page = get(visitor, f"/ko/{world.OPEN}/")

    assert re.findall(r"<del><time[^>]*>([^<]+)</time></del>", page) == [
        "2026년 5월 10일 일요일 23:59 (서울 시각)"
    ]
    assert "2026년 5월 17일 일요일 23:59 (서울 시각)" in page
    assert '변경 이유: <span lang="en" dir="ltr">National holidays in several member cities</span>' in page


def test_without_dates_the_phases_are_the_line(visitor: FlaskClient) -> None:
    page = get(visitor, f"/en/{world.RUNNING}/")

    assert re.findall(r'<li class="(\w+)"', page) == ["past", "past", "today", "ahead", "ahead", "ahead"]


def test_the_rules_name_their_hash_and_the_file_has_it(visitor: FlaskClient) -> None:
    page = get(visitor, f"/en/{world.RELEASED}/rules")
    file = visitor.get(f"/en/{world.RELEASED}/rules.json")

    assert hashlib.sha256(file.data).hexdigest() in page
    assert file.mimetype == "application/json"
    assert "The rules are frozen since Monday 4 May 2026." in text_of(page)
    assert "SHA-256 of the seed of the lots:" in page


def test_the_rules_name_criteria_weights_places_and_prizes(visitor: FlaskClient) -> None:
    text = text_of(get(visitor, f"/en/{world.RELEASED}/rules"))

    for words in (
        "Better services to citizens Can citizens make their requests online",
        "20 %",
        "In each category the 5 best nominations advance. Where there are fewer, all advance.",
        "Best Prize 1 Outstanding Prize 2",
        "the higher median of the judges' totals",
    ):
        assert words in text.replace("&#39;", "'"), words


def test_an_amendment_is_listed_with_its_reason(site: Flask) -> None:
    from awards import programmes
    from awards.extensions import begin_writing, db

    file = (world.ROOT / "seed" / "programmes" / "wego-awards.toml").read_text(encoding="utf-8")
    with site.app_context():
        begin_writing()
        changed = file.replace("per_city           = 2", "per_city           = 3")
        who = world.actor(db.session())
        programmes.load(
            db.session(),
            changed,
            edition_key=world.OPEN,
            actor=who,
            now=world.NOW,
            reason="More from each city",
        )
        db.session.commit()

    text = text_of(get(site.test_client(), f"/en/{world.OPEN}/rules"))

    assert "Changes Amendment 2 Monday 4 May 2026: More from each city" in text
    assert "A city has 3 nominations at most." in text


def test_finalists_stand_in_the_order_of_their_references(visitor: FlaskClient) -> None:
    page = get(visitor, f"/en/{world.VOTING}/finalists")

    names = re.findall(r'<p class="name">(?:<span[^>]*>)?([^<]+)', page)
    assert names == ["Helsinki", "Jakarta", "서울", "Mexico City", "Rotterdam"]


def test_a_winner_stands_in_its_own_script_with_prize_place_and_project(visitor: FlaskClient) -> None:
    text = text_of(get(visitor, f"/en/{world.RELEASED}/winners"))
    korean = text_of(get(visitor, f"/ko/{world.RELEASED}/winners"))

    assert (
        "Services Best Prize 서울 Seoul · South Korea · place 1 · SV-01 One number for every question" in text
    )
    assert "Outstanding Prize Hà Nội Hanoi · Vietnam · place 2" in text
    assert "공공서비스 최우수상 서울 대한민국 · 1위 · SV-01 모든 질문에 번호 하나: 120 다산콜" in korean
    assert "최우수상 Улаанбаатар 울란바토르 · 몽골 · 1위" in korean


def test_a_prize_that_was_not_given_is_said(visitor: FlaskClient) -> None:
    text = text_of(get(visitor, f"/en/{world.RELEASED}/winners"))

    assert "Outstanding Prize Not given in this edition." in text


def test_the_record_can_be_downloaded_and_the_page_says_how_to_recount(visitor: FlaskClient) -> None:
    text = text_of(get(visitor, f"/en/{world.RELEASED}/record"))
    file = visitor.get(f"/en/{world.RELEASED}/record.zip", buffered=True)

    assert f"python3 -m judging recount {world.RELEASED}-record.zip --manifest {world.MANIFEST}" in text
    assert file.data == b"PK a record"
    assert file.headers["Content-Disposition"] == f"attachment; filename={world.RELEASED}-record.zip"


def test_other_editions_of_the_programme_are_listed_quietly(visitor: FlaskClient) -> None:
    page = get(visitor, f"/en/{world.OPEN}/")

    assert f'<a href="/en/{world.RELEASED}/winners">WeGO Awards 2014</a>' in page
    assert f"/en/{world.EMBARGOED}/winners" not in page


@pytest.mark.parametrize("page", ["", f"{world.RELEASED}/", f"{world.RELEASED}/winners", f"{world.OPEN}/"])
def test_a_page_asks_the_database_few_questions(site: Flask, page: str) -> None:
    client = site.test_client()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        client.get(f"/en/{page}")
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert len(asked) <= 14


def test_a_winner_has_a_page_with_why_it_won_its_results_and_its_pictures(visitor: FlaskClient) -> None:
    page = get(visitor, f"/en/{world.RELEASED}/winners/OC-05")
    text = text_of(page)
    picture = visitor.get(f"/en/{world.RELEASED}/winners/OC-05/pictures/1", buffered=True)

    assert "<h1>Barcelona</h1>" in page
    for words in (
        "Best Prize Open City",
        "Decisions that can be traced to proposals",
        "It answers, and others took it over.",
        "Proposals traced Before 0 Now 9,125",
        "Problem Nobody knew what became of a proposal.",
    ):
        assert words in text, words
    assert 'alt="People in a hall"' in page
    assert page.index('<figure class="front"') < page.rindex("It answers, and others took it over.")
    assert (picture.data, picture.mimetype) == (b"RIFF a picture", "image/webp")
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for other in ("SV-03", "OC-05/pictures/2", "OC-05/pictures/0", "%00", "x" * 3_000):
        assert visitor.get(f"/en/{world.RELEASED}/winners/{other}").status_code == 404, other


@pytest.mark.parametrize(
    ("name", "is_long"),
    [("Zephyrgate", False), ("Thiruvananthapuram", True), ("City of many short words and one", True)],
)
def test_a_name_that_no_phone_can_show_in_the_largest_letters_is_set_smaller(
    site: Flask, name: str, *, is_long: bool
) -> None:
    row = world.demo_rows()["services"][0] | {"organisation": name, "organisation_names": {}}
    with site.test_request_context("/en/"):
        assert nominee_of(row).is_long is is_long


def test_the_count_is_told_step_by_step(
    visitor: FlaskClient,
) -> None:
    text = text_of(get(visitor, f"/en/{world.RELEASED}/method"))

    assert "12 nominations were judged. 5 of them advanced." in text
    assert "The lot, drawn from the sealed seed: Hanoi (OC-02), Barcelona (OC-05)." in text
    assert "7 of 7 electors cast a ballot; abstentions: 1." in text
    assert "1 Barcelona Best Prize Decisions that can be traced to proposals · OC-05 4" in text


def test_the_panel_names_who_agreed_to_it(visitor: FlaskClient) -> None:
    text = text_of(get(visitor, f"/en/{world.RELEASED}/panel"))

    assert "The marks of 7 judges count in this edition." in text
    assert "Dr Ada Example Professor · Kenya" in text


def test_the_archive_holds_the_editions_whose_winners_are_out(visitor: FlaskClient) -> None:
    text = text_of(get(visitor, "/ko/archive"))

    assert "WeGO 어워즈 2014" in text
    assert "도시경영 Улаанбаатар 울란바토르 최우수상" in text
    assert "우수상 이번 회차에는" in text

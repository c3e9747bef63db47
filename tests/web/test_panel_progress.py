"""How far the marks are: numbers of sheets and never a mark; filters, reminders, more time for one judge."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from awards.models import Outbox, OwnDeadline
from tests.awards.play import KEY
from tests.web.marking import CHAIR, DESK, NOW, ORGANISER, TABLE, Round
from tests.web.office import well
from tests.web.signing import faults_of, send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WHOLE = {"services": 7, "impact": 7}
PAGES = (
    "progress",
    "progress?sort=left",
    "progress?sort=saved&show=undone",
    "progress?show=unsubmitted",
    "progress/nominations",
    "progress/nominations?sort=missing&short=1",
    "progress/judges.csv?sort=left",
    "progress/nominations.csv?sort=missing",
    "progress/remind?show=left",
    "closing",
    "",
)
"""Every page and file of ours that counts sheets."""


@pytest.fixture
def round_(app: Flask) -> Iterator[Round]:
    with time_machine.travel(NOW, tick=False):
        yield Round(app)


def without_secrets(text: str) -> str:
    """A page without what is drawn for every answer: tokens and nonces."""
    return re.sub(r'(csrf_token" value=|nonce=|content=)"[^"]*"', "", text)


def test_no_page_knows_a_mark_from_another_one(round_: Round) -> None:
    """Blind by construction: two states whose only difference is what marks say answer byte for byte alike."""

    def answers() -> list[str]:
        organisers = [round_.at().get(f"{DESK}/{page}") for page in PAGES]
        chairs = [round_.at(CHAIR).get(f"{TABLE}/{page}") for page in ("minimum", "minimum/N2")]
        today = [round_.at(who).get("/en/today") for who in (ORGANISER, CHAIR)]
        assert {it.status_code for it in (*organisers, *chairs, *today)} == {200}
        return [without_secrets(it.text) for it in (*organisers, *chairs, *today)]

    round_.give("ada", "N1", {"services": 1, "impact": 1}, submit=True)
    round_.give("ada", "N2", {"impact": 2})
    round_.give("ben", "N1", {"services": 1, "impact": 10})
    low = answers()
    round_.give("ada", "N1", {"services": 10, "impact": 9})
    round_.give("ada", "N2", {"impact": 10})
    round_.give("ben", "N1", {"services": 10, "impact": 10})

    assert answers() == low


def test_numbers_stand_by_judge_category_and_nomination(round_: Round) -> None:
    round_.give("ada", "N1", WHOLE, submit=True)
    round_.give("ada", "N2", {"impact": 3})
    round_.give("ben", "N1", WHOLE)

    judges, nominations = (
        round_.at().get(f"{DESK}/progress/{it}.csv").text.splitlines() for it in ("judges", "nominations")
    )
    page = round_.open(f"{DESK}/progress")

    assert judges[1:] == [
        "Ada Fictional,ada@example.org,2,0,1,0,0,1,0,2026-05-24T23:59 Asia/Seoul,0,2026-05-04",
        "Ben Fictional,ben@example.org,2,1,0,1,0,0,0,2026-05-24T23:59 Asia/Seoul,0,2026-05-04",
    ]
    assert nominations[1:] == ["N1,services,2,0,0,1,0,1,2,1,0", "N2,services,2,1,1,0,0,0,2,1,0"]
    assert "1 of 4 sheets are submitted" in page
    assert "Ada Fictional" not in round_.open(f"{DESK}/progress?show=unsubmitted")
    assert "Nobody is" not in round_.open(f"{DESK}/progress?show=nonsense&sort=nonsense")
    assert round_.open(f"{DESK}/progress/nominations?page=99999999999&category=nonsense&short=2")


def test_a_judge_is_behind_when_less_is_complete_than_time_is_over(round_: Round) -> None:
    round_.give("ada", "N1", WHOLE)
    with round_.later(days=8):
        early = round_.open(f"{DESK}/progress?show=behind")
    with round_.later(days=12):
        later = round_.open(f"{DESK}/progress?show=behind")

    assert ("Ada" in early, "Ben" in early) == (False, True)
    assert ("Ada" in later, "Ben" in later) == (True, True)


def test_pages_ask_as_much_for_many_nominations_and_judges_as_for_few(app: Flask) -> None:
    def asked(round_: Round, pages: tuple[str, ...]) -> list[int]:
        found = []
        for page in pages:
            run: list[str] = []
            note = lambda *given: run.append(given[2])  # noqa: E731, B023
            event.listen(Engine, "before_cursor_execute", note)
            try:
                assert round_.at().get(page).status_code == 200
            finally:
                event.remove(Engine, "before_cursor_execute", note)
            found.append(len(run))
        return found

    pages = (*(f"{DESK}/{it}" for it in PAGES), "/en/today")
    with time_machine.travel(NOW, tick=False):
        round_ = Round(app, references=("N1", "N2"))
        round_.give("ada", "N1", WHOLE)
        asked(round_, pages)
        few = asked(round_, pages)
        with app.app_context():
            from tests.awards.play import entry, judge

            round_.add(
                *(entry(f"X{it}") for it in range(60)), judges=(judge("cyd"), judge("dee"), judge("eva"))
            )
        many = asked(round_, pages)

    assert many == few


def test_a_reminder_says_what_is_left_and_nobody_gets_two_within_a_day(round_: Round) -> None:
    round_.finish("ada")
    round_.give("ben", "N1", WHOLE)
    form = f"{DESK}/progress/remind"
    look = round_.open(f"{form}?show=undone")
    with round_.site.app_context():
        ada, ben = (round_.judge(it).public_id for it in ("ada", "ben"))

    nobody = send(round_.at(), form, {"show": "undone"})
    sent = send(round_.at(), form, [("show", "undone"), ("judge", ben), ("judge", ada), ("judge", "nobody")])
    again = round_.open(f"{form}?show=left")
    twice = send(
        round_.at("second@city.example"), form, {"judge": ben, "show": "left"}, page=f"{DESK}/dates/zone"
    )

    assert ("Ben Fictional" in look, "Ada Fictional" in look) == (True, False)
    assert "1 is complete but not submitted: it counts only once you submit it" in look
    assert "작성을 마쳤으나 제출하지 않았습니다" in look
    assert (nobody.status_code, sent.status_code, twice.status_code) == (422, 303, 303)
    assert "Reminded within a day" in again
    with round_.site.app_context():
        (mail,) = round_.session.scalars(select(Outbox).where(Outbox.template == "judge_reminder"))
        assert mail.recipient == "ben@example.org"
        assert mail.arguments == {
            "issued": 2,
            "submitted": 0,
            "complete": 1,
            "typed": 0,
            "half": 0,
            "none": 1,
            "until": {"local": "2026-05-24T23:59:00", "zone": "Asia/Seoul"},
            "over": False,
            "path": f"/judging/{KEY}/",
        }
    with round_.later(hours=20):
        assert "Reminded within a day" in round_.open(f"{form}?show=left")
        assert (
            send(round_.at(), form, {"show": "left", "judge": ben}, page=f"{DESK}/dates/zone").status_code
            == 303
        )
        with round_.site.app_context():
            reminders = select(func.count()).select_from(Outbox).where(Outbox.template == "judge_reminder")
            assert round_.session.scalar(reminders) == 1
    with round_.later(days=1, minutes=1):
        assert send(round_.at(), form, {"show": "left", "judge": ben}).status_code == 303
    with round_.site.app_context():
        assert round_.session.scalar(reminders) == 2


def test_one_judge_is_given_more_time_after_a_look_and_is_told(round_: Round) -> None:
    with round_.site.app_context():
        public = round_.judge("ben").public_id
    form = f"{DESK}/judges/{public}/more-time"
    when = {"day": "2026-05-27", "time": "", "zone": "Asia/Seoul", "reason": "Ill for a week."}

    early = send(round_.at(), form, when | {"day": "2026-05-20", "act": "look"})
    odd = send(
        round_.at(), form, when | {"day": "\0\ud800".encode("utf-8", "ignore").decode(), "zone": "Nowhere"}
    )
    look = send(round_.at(), form, when | {"act": "look"})
    seen = re.search(r'name="seen" value="([^"]+)"', look.text)
    assert seen
    mute = send(round_.at(), form, when | {"act": "save", "seen": seen[1], "reason": " "})
    saved = send(round_.at(), form, when | {"act": "save", "seen": seen[1]})
    page = round_.open(f"{DESK}/progress")

    assert [it.status_code for it in (early, odd, look, mute, saved)] == [422, 422, 200, 422, 303]
    assert all(faults_of(it.text) == [] for it in (early, odd, look, mute))
    assert "after the date that holds" in early.text
    assert "More time that was given" in page
    assert "Ill for a week." in page
    assert "Wednesday 27 May 2026, 23:59 in Seoul" in page
    assert round_.at().get(f"{DESK}/judges/nobody/more-time").status_code == 404
    with round_.site.app_context():
        (mail,) = round_.session.scalars(select(Outbox).where(Outbox.template == "date_moved"))
        (own,) = round_.session.scalars(select(OwnDeadline))
        assert (mail.recipient, mail.arguments["own"]) == ("ben@example.org", True)
        assert own.judge_id == round_.judge("ben").id
        assert "Ill for a week." not in round_.at().get(f"{DESK}/dates/own").text


def test_moving_the_date_of_all_tells_the_judges_it_moves_for(round_: Round) -> None:
    from datetime import datetime

    from awards import dates, marking
    from awards.audit import Actor
    from awards.extensions import begin_writing
    from awards.timetable import Moment

    with round_.site.app_context():
        begin_writing()
        who = Actor(round_.account(ORGANISER), round_.account(ORGANISER))
        own, all_ = datetime(2026, 6, 9, 23, 59), datetime(2026, 6, 1, 23, 59)  # noqa: DTZ001 (local, as stated)
        given = {"zone": "Asia/Seoul", "reason": "A holiday.", "actor": who, "now": NOW}
        marking.grant_time(round_.session, round_.edition(), round_.judge("ada"), own, **given)  # type: ignore[arg-type]
        told = dates.state(round_.session, round_.edition(), Moment.MARKS_CLOSE, all_, **given)  # type: ignore[arg-type]
        mails = [
            (it.recipient, it.arguments.get("reader"))
            for it in round_.session.scalars(select(Outbox).order_by(Outbox.id))
        ]

    assert told == 2
    assert mails == [
        ("ada@example.org", "judge"),
        ("ben@example.org", "judge"),
        ("second@city.example", None),
    ]


def test_only_organisers_read_and_only_they_act(round_: Round) -> None:
    with round_.site.app_context():
        public = round_.judge("ada").public_id
    pages = (*PAGES[:-1], f"judges/{public}/more-time")

    for who in (CHAIR, "ada@example.org"):
        assert {round_.at(who).get(f"{DESK}/{page}").status_code for page in pages} <= {403, 404}
    assert round_.at().get(f"{TABLE}/minimum").status_code == 200
    assert round_.at("ada@example.org").get(f"{TABLE}/minimum").status_code in (403, 404)


def test_korean_pages_are_korean(round_: Round) -> None:
    page = well(round_.at().get(f"/ko/secretariat/{KEY}/progress"))

    assert "평가표 4건 중 0건이 제출되었습니다" in page

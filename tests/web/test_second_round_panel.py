"""A panel as second round, in the browser from the signed shortlist to its result: the same pages, on finalists."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator, Mapping

import openpyxl
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from awards import runs, winners
from awards.models import (
    Assignment,
    AssignmentRun,
    FrozenOutcome,
    Outbox,
    Role,
    ScoreSheet,
    SheetState,
    Typing,
)
from awards.timetable import Phase
from judging.values import Round as Which
from tests.awards.play import KEY
from tests.web.marking import CHAIR, DESK, NOW, TABLE, Round
from tests.web.signing import person, send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ADA, BEN, CLERK = "ada@example.org", "ben@example.org", "clerk@city.example"
JUDGING, TYPING = f"/en/judging/{KEY}", f"/en/clerk/{KEY}"
FIRST = {"N1": 9, "N2": 7, "N3": 3}
SECOND = {"N1": 4, "N2": 8}
MULTIPART = "multipart/form-data"


@pytest.fixture
def second(app: Flask) -> Iterator[Round]:
    with time_machine.travel(NOW, tick=False):
        yield reached(app)


def reached(app: Flask) -> Round:
    """The first round closed and signed, and the second one entered and assigned, all on the pages."""
    it = Round(app, references=tuple(FIRST), second_round="panel")
    mark(it, FIRST)
    close(it)
    assert (
        send(it.at(CHAIR), f"{TABLE}/acts/sign", {"seen-services": "1"}, page=f"{TABLE}/").status_code == 303
    )
    assert send(it.at(), f"{DESK}/next", {"seen": "deliberation"}).status_code == 303
    assert send(it.at(), f"{DESK}/assignment").status_code == 303
    with app.app_context():
        run = it.session.scalars(select(AssignmentRun).order_by(AssignmentRun.id.desc())).first()
        assert run is not None
        fields = {"number": str(run.number), "shown": runs.fingerprint(run), "tell": "yes"}
    assert send(it.at(), f"{DESK}/assignment/confirm", fields).status_code == 303
    return it


def mark(it: Round, marks: Mapping[str, int], names: tuple[str, ...] = ("ada", "ben")) -> None:
    for name in names:
        for reference, value in marks.items():
            it.give(name, reference, {"services": value, "impact": value}, submit=True)


def close(it: Round) -> None:
    seen = re.search(r'name="seen" value="([^"]+)"', it.open(f"{DESK}/closing"))
    assert seen, "the round can't be closed from here"
    assert send(it.at(), f"{DESK}/closing", {"seen": seen[1]}).status_code == 303


def declare(it: Round, who: str) -> None:
    """Nothing to declare, of those that the page names."""
    page = it.open(f"{JUDGING}/interests", who)
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    fields = [("seen", key) for key in seen] + [("read", "yes")]
    assert send(it.at(who), f"{JUDGING}/interests", fields).status_code == 303


def text(paper: bytes) -> str:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=paper, capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def test_judges_read_the_finalists_alone_and_begin_without_a_mark_until_a_deadline_of_this_round(
    second: Round,
) -> None:
    asked = second.open(f"{JUDGING}/interests", ADA)
    declare(second, ADA)
    again = second.open(f"{JUDGING}/interests", ADA)
    queue = second.open(f"{JUDGING}/", ADA)
    sheet = second.open(f"{JUDGING}/n/N1", ADA)
    mine = second.open(f"{JUDGING}/marks", ADA)
    reopen = second.open(f"{JUDGING}/n/N1/reopen", ADA)

    assert ("Project N2" in asked, "Project N3" in asked) == (True, False)
    assert 'name="interest"' not in again
    assert "Second round" in queue
    assert ("Project N2" in queue, "Project N3" in queue) == (True, False)
    assert second.at(ADA).get(f"{JUDGING}/n/N3").status_code == 404
    assert "not begun" in sheet
    assert re.findall(r'<input[^>]+type="radio"[^>]+value="9"[^>]*checked', sheet) == []
    assert "Earlier versions" not in sheet
    first = mine.partition("Your marks of the first round")[2]
    assert ("Project N3" in first, "do not count in the second round" in first) == (True, True)
    assert "can&#39;t be mended after its close" in reopen
    with second.site.app_context():
        mails = second.session.scalars(select(Outbox).where(Outbox.template == "assigned")).all()
        assert [(it.recipient, it.arguments["round"]) for it in mails] == [(ADA, "second"), (BEN, "second")]

    overview, dates = second.open(f"{DESK}/"), second.open(f"{DESK}/dates")
    form = f"{DESK}/dates/vote_close"
    when = {"day": "2026-06-24", "time": "", "zone": "Asia/Seoul", "reason": ""}
    look = send(second.at(), form, when | {"act": "look"})
    seen = re.search(r'name="seen" value="([^"]+)"', look.text)
    assert seen
    stated = send(second.at(), form, when | {"act": "save", "seen": seen[1]})
    with second.site.app_context():
        public = second.judge("ben").public_id
    more = f"{DESK}/judges/{public}/more-time"
    later = when | {"day": "2026-06-28", "reason": "Ill for a week."}
    look = send(second.at(), more, later | {"act": "look"})
    seen = re.search(r'name="seen" value="([^"]+)"', look.text)
    assert seen
    granted = send(second.at(), more, later | {"act": "save", "seen": seen[1]})

    assert "A panel is marking it for the prizes." in overview
    assert "Close the second round" in overview
    assert "Marks of the second round are due" in dates
    assert "The vote closes" not in dates
    assert (stated.status_code, granted.status_code) == (303, 303)
    assert "Wednesday 24 June 2026, 23:59 in Seoul" in second.open(f"{DESK}/progress")
    declare(second, BEN)
    assert "Sunday 28 June 2026, 23:59 in Seoul" in second.open(f"{JUDGING}/", BEN)
    assert "Second round" in second.open(f"{DESK}/progress")


def test_from_sheets_by_every_way_to_the_result_at_the_table(second: Round) -> None:
    by_workbook_and_clerk(second)
    pages = (f"{TABLE}/", f"{TABLE}/services", f"{TABLE}/minimum")
    second.open(f"{TABLE}/", CHAIR)
    mark(second, {"N1": 10, "N2": 1}, ("ada",))
    low = [second.open(page, CHAIR) for page in pages]
    mark(second, SECOND, ("ada",))
    assert without_secrets([second.open(page, CHAIR) for page in pages]) == without_secrets(low)
    assert "The second round is open." in low[0]
    assert "secret-thought" not in "".join(low)

    assert "fewer sheets than the minimum" in second.open(f"{DESK}/closing")
    assert send(second.at(CHAIR), f"{TABLE}/minimum/N2", {"reason": "No time is left."}).status_code == 303
    close(second)
    board, table = second.open(f"{TABLE}/", CHAIR), second.open(f"{TABLE}/services", CHAIR)
    draft = text(second.at(CHAIR).get(f"{TABLE}/minutes.pdf").data)
    result = table.partition('id="second"')[2].partition("</table>")[0]
    assert re.findall(r'"Reference">(N\d)', result) == ["N2", "N1"]
    assert "Best prize" in result
    assert "Second round: counted, the winners to be signed" in board
    assert "Nothing of it is given or announced before the chair" in table
    assert "The minimum of sheets was waived" not in table
    assert "Minimum of sheets waived" in table
    assert "secret-thought" in table
    assert "the second round is closed" in second.open(f"{DESK}/progress")
    assert "The second round is closed." in second.open(f"{DESK}/")
    assert "Minutes of both rounds – draft" in draft
    assert "Marks of the first round are not carried over." in draft
    assert draft.index("Services, second round") < draft.index("the chair waived the minimum")

    sign_the_winners(second)
    assert "Second round: the winners are signed" in second.open(f"{TABLE}/", CHAIR)
    assert "Winners signed" in second.open(f"{TABLE}/services", CHAIR)
    assert "draft" not in text(second.at(CHAIR).get(f"{TABLE}/minutes.pdf").data)


def by_workbook_and_clerk(second: Round) -> None:
    """Ada sends a workbook, the clerk types a sheet that Ben confirms, and Ben hands the other one back."""
    declare(second, ADA)
    file = second.at(ADA).get(f"{JUDGING}/offline/marks.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(file))
    sheet = book.worksheets[0]
    columns = [cell.column for cell in sheet[3] if str(cell.value).startswith("mark ")]
    assert [sheet.cell(row, column).value for row in (5, 6) for column in columns] == [None] * 4
    for row in (5, 6):
        for column in columns:
            sheet.cell(row, column).value = 8
    saved = io.BytesIO()
    book.save(saved)
    upload = {"workbook": (io.BytesIO(saved.getvalue()), "marks.xlsx")}
    send(second.at(ADA), f"{JUDGING}/offline", upload, content_type=MULTIPART)

    with second.site.app_context():
        person(CLERK, Role.CLERK, edition=second.edition(), name="Example Clerk")
        codes = {
            it.nomination.reference: it.code
            for it in second.session.scalars(
                select(Assignment).where(
                    Assignment.round == Which.SECOND, Assignment.judge_id == second.judge("ben").id
                )
            )
        }
    given = {
        "mark-services": "6",
        "mark-impact": "6",
        "origin": "typed",
        "day": "2026-05-04",
        "time": "08:00",
    }
    address = f"{TYPING}/sheet/{codes['N1']}"
    fields = given | {"base": "0", "note": "Ben called.", "comment": "secret-thought"}
    typed = send(second.at(CLERK), address, fields, content_type=MULTIPART)
    declare(second, BEN)
    back = send(second.at(BEN), f"{JUDGING}/n/N2/hand-back", {"why": "time", "note": ""})

    assert typed.status_code == 303, typed.text
    assert back.status_code == 303, back.text
    with second.site.app_context():
        of = {
            (it.assignment.judge.account.email, it.assignment.nomination.reference): it.state
            for it in second.session.scalars(
                select(ScoreSheet).join(Assignment).where(Assignment.round == Which.SECOND)
            )
        }
        typing = second.session.scalars(select(Typing)).one().public_id
    assert of == dict.fromkeys([(ADA, "N1"), (ADA, "N2"), (BEN, "N1")], SheetState.DRAFT)
    confirmed = send(second.at(BEN), f"{JUDGING}/confirm/{typing}", {"act": "confirm"})
    assert confirmed.status_code == 303
    assert "1 of 3 sheets" in second.open(f"{DESK}/progress")


def test_first_round_marks_count_again_where_the_rules_carry_them_over(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.awards import play

    monkeypatch.setattr(play, "PROGRAMME", f"{play.PROGRAMME}\n[panel]\ncarry_over = true\n")
    with time_machine.travel(NOW, tick=False):
        second = reached(app)
        mark(second, SECOND)
        declare(second, ADA)
        mine = second.open(f"{JUDGING}/marks", ADA)
        close(second)
        with app.app_context():
            document = second.session.scalars(select(FrozenOutcome)).one().document

    assert "count again" in mine
    assert [row["value"] for row in document["rows"]] == ["15/2", "13/2"]  # type: ignore[index, call-overload, union-attr]


def without_secrets(pages: list[str]) -> list[str]:
    return [re.sub(r'(csrf_token" value=|nonce=|content=)"[^"]*"', "", page) for page in pages]


def sign_the_winners(it: Round) -> None:
    with it.site.app_context():
        from awards.extensions import begin_writing

        begin_writing()
        play = it.again()
        winners.sign(play.session, play.edition, actor=play.actor, now=NOW)
        assert play.edition.phase is Phase.DECIDED
        play.session.commit()

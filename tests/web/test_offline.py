"""A judge without a connection: the pack on paper, the workbook and its way back, and what organisers print."""

import io
import re
import subprocess
from typing import Any

import openpyxl
import pytest
import time_machine
from sqlalchemy import select

from awards import accounts, filling
from awards.models import Assignment, Declaration, Judge, JudgeState, Nomination, ScoreSheetVersion
from awards.web import sessions
from tests.web.judges_at_work import Panel
from tests.web.office import Office, well
from tests.web.signing import send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def panel(office: Office) -> Panel:
    return Panel(office)


def read(content: bytes) -> str:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def test_the_pack_on_paper_has_a_code_a_sheet_and_no_mark(panel: Panel) -> None:
    panel.save("kim", {"services": 9}, "secret-comment")
    browser = panel.at("kim")

    page = well(browser.get(panel.address("offline")))
    english = read(browser.get(panel.address("offline/sheets.pdf")).data)
    texts = read(browser.get(panel.address("offline/sheets.pdf?texts=1")).data)
    korean = read(browser.get(panel.address("offline/sheets.pdf", "ko")).data)

    assert "offline/marks.xlsx" in page
    assert all(code in english and code in korean for code in panel.codes("kim"))
    assert "SV-01" in english
    assert "Judge: Example Kim" in english
    assert "심사 위원" in korean
    assert "Shared summary" in texts
    for paper in (english, texts, korean):
        assert "secret-comment" not in paper


def test_organisers_print_no_text_in_which_they_have_an_interest_nor_for_a_judge_who_might_not_read_it(
    panel: Panel,
) -> None:
    from awards.extensions import db

    def paper() -> str:
        address = f"/en/secretariat/{panel.key}/sheets/{panel.judge_key('lee')}.pdf?texts=1"
        answer = panel.office.at("organiser").get(address)
        return read(answer.data) if answer.mimetype == "application/pdf" else str(answer.location)

    assert paper().count("Shared summary") == 2
    with panel.office.site.app_context():
        me = accounts.find(db.session(), "organiser@city.example")
        assert me is not None
        first = db.session.scalars(select(Nomination).where(Nomination.reference == "SV-01")).one()
        first.nominator_id = me.id
        db.session.commit()
    bound = paper()
    with panel.office.site.app_context():
        db.session.query(Declaration).delete()
        db.session.commit()

    assert bound.count("Shared summary") == 1
    assert "whoever printed this has an interest" in bound
    assert paper().endswith("/sheets")


def test_organisers_print_the_packs_of_all_judges_in_their_language(panel: Panel) -> None:
    panel.save("kim", {"services": 9}, "secret-comment")
    listed = panel.office.open(f"/en/secretariat/{panel.key}/sheets")
    judge = panel.judge_key("kim")

    paper = panel.office.at("organiser").get(f"/en/secretariat/{panel.key}/sheets/{judge}.pdf")

    assert "Example Kim" in listed
    assert "평가표" in read(paper.data)
    assert "secret-comment" not in read(paper.data)
    for name in ("clerk", "stranger", "screener"):
        assert panel.office.at(name).get(f"/en/secretariat/{panel.key}/sheets").status_code == 404
    for other in ("x" * 20, "%00"):
        answer = panel.office.at("organiser").get(f"/en/secretariat/{panel.key}/sheets/{other}.pdf")
        assert answer.status_code == 404


def test_a_workbook_comes_back_and_every_row_is_reported(panel: Panel) -> None:
    browser = panel.at("kim")
    file = browser.get(panel.address("offline/marks.xlsx")).data
    book = openpyxl.load_workbook(io.BytesIO(file))
    sheet = book.worksheets[0]
    keys = {cell.value: cell.column for cell in sheet[3] if cell.value}
    marks = [column for key, column in keys.items() if key.startswith("mark ")]
    for column in marks:
        sheet.cell(5, column).value = 8
    sheet.cell(6, marks[0]).value = 99
    saved = io.BytesIO()
    book.save(saved)
    upload = {"workbook": (io.BytesIO(saved.getvalue()), "marks.xlsx")}

    answer = send(browser, panel.address("offline"), upload, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "1 sheet was saved." in well(answer)
    assert "Not taken: not a mark of the scale" in answer.text
    panel.save("kim", dict.fromkeys(panel.criteria, 3), base=1)
    sheet.cell(6, marks[0]).value = None
    again = io.BytesIO()
    book.save(again)
    upload = {"workbook": (io.BytesIO(again.getvalue()), "marks.xlsx")}
    clash = send(browser, panel.address("offline"), upload, content_type="multipart/form-data")
    assert "you have saved this sheet on the site since" in well(clash)
    code = panel.codes("kim")[0]
    ticked = [("act", "take"), ("take", code), (f"{code}-base", "2")]
    ticked += [(f"{code}-mark-{key}", "8") for key in panel.criteria]
    taken = send(browser, panel.address("offline"), ticked)
    assert taken.status_code == 303
    assert panel.marks("kim") == dict.fromkeys(panel.criteria, 8)


def test_odd_uploads_are_answered_in_words(panel: Panel) -> None:
    browser = panel.at("kim")
    theirs = panel.at("lee").get(panel.address("offline/marks.xlsx")).data

    for name, content in (("a.xlsx", b"x,y"), ("a.pdf", b"%PDF-1.4"), ("marks.xlsx", theirs), ("", b"")):
        upload = {"workbook": (io.BytesIO(content), name)}
        answer = send(browser, panel.address("offline"), upload, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert 'id="workbook-wrong"' in well(answer)
    odd = [("act", "take"), ("take", "x"), ("take", "\0"), ("take", panel.codes("lee")[0])]
    assert send(browser, panel.address("offline"), odd).status_code == 303
    with panel.office.site.app_context():
        from awards.extensions import db

        assert db.session.scalars(select(ScoreSheetVersion)).all() == []


def test_nobody_waits_for_the_database_while_a_workbook_is_read(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awards.extensions import db

    browser = panel.at("kim")
    file = browser.get(panel.address("offline/marks.xlsx")).data
    held: list[bool] = []
    read = filling.read

    def watch(content: bytes) -> Any:
        held.append(db.session().in_transaction())
        return read(content)

    monkeypatch.setattr(filling, "read", watch)
    upload = {"workbook": (io.BytesIO(file), "marks.xlsx")}
    answer = send(browser, panel.address("offline"), upload, content_type="multipart/form-data")

    assert answer.status_code == 200
    assert "What became of your workbook" in answer.text
    assert held == [False]


def test_a_judge_who_leaves_while_their_workbook_is_read_is_told_so(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awards.extensions import begin_writing, db

    browser = panel.at("kim")
    file = browser.get(panel.address("offline/marks.xlsx")).data
    read = filling.read

    def leave(content: bytes) -> Any:
        begin_writing()
        for judge in db.session.scalars(select(Judge)):
            judge.state, judge.left_at = JudgeState.LEFT, sessions.now()
        db.session.commit()
        return read(content)

    monkeypatch.setattr(filling, "read", leave)
    upload = {"workbook": (io.BytesIO(file), "marks.xlsx")}
    answer = send(browser, panel.address("offline"), upload, content_type="multipart/form-data")

    assert answer.status_code == 404
    assert "What became of your workbook" not in answer.text


def test_only_judges_who_accepted_take_anything_away(panel: Panel) -> None:
    for name in ("organiser", "clerk", "stranger"):
        for page in ("offline", "offline/sheets.pdf", "offline/marks.xlsx"):
            assert panel.office.at(name).get(panel.address(page)).status_code == 404
    browser = panel.at("kim")
    with panel.office.site.app_context():
        from awards.extensions import db

        for judge in db.session.scalars(select(Judge)):
            judge.state = JudgeState.LEFT
        db.session.commit()
    for page in ("offline", "offline/sheets.pdf", "offline/marks.xlsx"):
        assert browser.get(panel.address(page)).status_code == 404


def test_the_codes_of_others_stand_on_no_page_of_a_judge(panel: Panel) -> None:
    with panel.office.site.app_context():
        from awards.extensions import db

        assert all(db.session.scalars(select(Assignment.code)))
    paper = read(panel.at("kim").get(panel.address("offline/sheets.pdf")).data)
    assert not any(code in paper for code in panel.codes("lee"))


def test_a_workbook_sent_within_the_grace_counts_where_the_page_was_opened_in_time(
    panel: Panel, at_noon: time_machine.Traveller
) -> None:
    file = panel.at("kim").get(panel.address("offline/marks.xlsx")).data
    at_noon.move_to("2026-06-07T14:58:00Z")
    browser = signed_in(panel.office.site, "kim@judges.example")
    page = browser.get(panel.address("offline")).text
    opened = re.search(r'name="opened" value="([^"]+)"', page)
    assert opened is not None

    def upload(minute: str, **fields: str) -> str:
        at_noon.move_to(f"2026-06-07T15:{minute}:00Z")
        sent = {"workbook": (io.BytesIO(file), "marks.xlsx")} | fields
        address = panel.address("offline")
        where = panel.address("joining")
        return well(send(browser, address, sent, page=where, content_type="multipart/form-data"))

    assert "What became of your workbook" in upload("10", opened=opened[1])
    assert "Marks are closed. Nothing of the workbook was taken." in upload("10")
    assert "Marks are closed. Nothing of the workbook was taken." in upload("16", opened=opened[1])


def test_after_the_deadline_no_upload_is_offered(panel: Panel, at_noon: time_machine.Traveller) -> None:
    at_noon.move_to("2026-06-08T12:00:00Z")
    browser = signed_in(panel.office.site, "kim@judges.example")

    page = well(browser.get(panel.address("offline")))

    assert "Marks were due by Sunday 7 June 2026" in page
    assert "Upload and save" not in page

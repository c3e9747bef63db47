"""The clerk types what came on paper or by telephone; a second person or the judge confirms it; nobody else sees it."""

import io
from collections.abc import Iterator, Mapping

import pytest
from PIL import Image
from sqlalchemy import select

from awards.models import Role, ScoreSheet, SheetState
from awards.typings import Typing
from tests.web.judges_at_work import Panel
from tests.web.office import KEY, Office, well
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CLERK = f"/en/clerk/{KEY}"
MULTIPART = "multipart/form-data"


@pytest.fixture
def panel(office: Office) -> Panel:
    return Panel(office)


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(file, "PNG")
    file.seek(0)
    return file


def call(panel: Panel, **more: object) -> dict[str, object]:
    marks = {f"mark-{key}": "7" for key in panel.criteria}
    here = {"origin": "typed", "day": "2026-05-04", "time": "10:00", "note": "Kim called from 02-000."}
    return {"base": "0", **marks, **here, "comment": "secret-comment", **more}


def typed(panel: Panel, name: str = "clerk", place: int = 0, **more: object) -> str:
    """A sheet of Kim's typed by somebody; the identifier of the typing."""
    address = f"{CLERK}/sheet/{panel.codes('kim')[place]}"
    answer = send(panel.at(name), address, call(panel, **more), content_type=MULTIPART)
    assert answer.status_code == 303, answer.text
    with panel.office.site.app_context():
        from awards.extensions import db

        return db.session.scalars(select(Typing.public_id).order_by(Typing.id.desc())).first() or ""


def states(panel: Panel) -> list[SheetState]:
    with panel.office.site.app_context():
        from awards.extensions import db

        return list(db.session.scalars(select(ScoreSheet.state)))


def pages_of(panel: Panel, typing: str) -> Iterator[str]:
    code = panel.codes("kim")[0]
    yield from (f"{CLERK}/", f"{CLERK}/confirming", f"{CLERK}/confirming/{typing}", f"{CLERK}/sheet/{code}")
    yield from (f"{CLERK}/confirming/{typing}/scan", f"/en/judging/{KEY}/confirm/{typing}")
    yield f"/en/judging/{KEY}/confirm/{typing}/scan"


def test_a_code_leads_to_its_sheet_and_a_wrong_one_to_words(panel: Panel) -> None:
    code = panel.codes("kim")[0]
    browser = panel.at("clerk")

    found = browser.get(f"{CLERK}/?code=%20{code[:4].lower()}-{code[4:]}")
    sheet = well(browser.get(found.location))

    assert found.location.endswith(f"/sheet/{code}")
    assert "Example Kim" in sheet
    assert "SV-01" in sheet
    for wrong, says in (
        ("ABC", "8 letters and digits"),
        ("ZZZZ0000", "No sheet of this edition"),
        ("", "Type"),
    ):
        answer = browser.get(f"{CLERK}/?code={wrong}")
        assert (answer.status_code, says in well(answer)) == (422, True)
    for odd in ("%00", "x" * 50, "가나다라마바사아"):
        assert browser.get(f"{CLERK}/sheet/{odd}").status_code == 404


def test_paper_is_typed_with_its_scan_and_confirmed_against_it_by_another(panel: Panel) -> None:
    panel.save("kim", {panel.criteria[0]: 3}, "secret-own-draft")
    address = f"{CLERK}/sheet/{panel.codes('kim')[0]}"
    wrong = call(panel, base="1", origin="paper", day="2026-05-05", scan=(picture(), "scan.png"))
    first = send(panel.at("clerk"), address, wrong, content_type=MULTIPART)
    assert first.status_code == 422
    assert "still to come" in well(first)
    assert "secret-own-draft" not in first.text
    kept = first.text.split('name="kept" value="')[1].split('"')[0]
    typing = typed(panel, base="1", origin="paper", kept=kept)
    assert states(panel) == [SheetState.DRAFT]

    second = panel.at("second-clerk")
    page = well(second.get(f"{CLERK}/confirming/{typing}"))
    scan = second.get(f"{CLERK}/confirming/{typing}/scan", buffered=True)

    assert "secret-comment" in page
    assert "secret-own-draft" not in page
    assert (scan.status_code, scan.mimetype) == (200, "image/png")
    refused = send(second, f"{CLERK}/confirming/{typing}", {"act": "refuse"})
    assert (refused.status_code, "reason-wrong" in well(refused)) == (422, True)
    assert send(second, f"{CLERK}/confirming/{typing}", {"act": "confirm"}).status_code == 303
    assert states(panel) == [SheetState.SUBMITTED]
    assert "waits no more" in second.get(f"{CLERK}/confirming/{typing}", follow_redirects=True).text
    again = panel.at("clerk").get(address)
    assert (again.status_code, "can&#39;t be typed over" in again.text) == (409, True)
    assert "secret-comment" not in again.text


def test_the_judge_opens_the_link_without_confirming_and_then_answers(panel: Panel) -> None:
    typing = typed(panel)
    address = f"/ko/judging/{KEY}/confirm/{typing}"
    judge = panel.at("kim")

    assert "주신 점수와 같습니까?" in well(judge.get(address))
    assert states(panel) == [SheetState.DRAFT]
    assert send(judge, address, {"act": "refuse", "reason": "I gave 9."}).status_code == 303
    assert "I gave 9." in well(judge.get(address))
    assert panel.marks("kim") == {}
    other = typed(panel, base="2")
    assert send(judge, f"/en/judging/{KEY}/confirm/{other}", {"act": "confirm"}).status_code == 303
    assert states(panel) == [SheetState.SUBMITTED]


def test_whoever_leaves_reads_before_that_a_typed_sheet_waits(panel: Panel) -> None:
    typing = typed(panel)

    def said() -> bool:
        page = panel.at("kim").get(f"/ko/judging/{KEY}/leave?leaving=illness")
        return "대신 입력한 평가표 1건이 아직 확인되지 않아" in well(page)

    assert said()
    send(panel.at("kim"), f"/en/judging/{KEY}/confirm/{typing}", {"act": "confirm"})
    assert not said()


def test_nobody_else_sees_a_typed_sheet(panel: Panel) -> None:
    typing = typed(panel)
    allowed: Mapping[str, str] = {"clerk": "clerk/", "second-clerk": "clerk/", "kim": "judging/"}

    for name in (
        "clerk",
        "second-clerk",
        "kim",
        "lee",
        "organiser",
        "screener",
        "auditor",
        "admin",
        "stranger",
    ):
        for page in pages_of(panel, typing):
            answer = panel.at(name).get(page, buffered=True)
            if allowed.get(name, "-") not in page:
                assert (name, page, answer.status_code) == (name, page, 404)
    lee = panel.at("lee").get(f"/en/judging/{KEY}/confirm/{typing}")
    own = panel.at("clerk").get(f"{CLERK}/confirming/{typing}")
    others = panel.at("second-clerk").get(f"{CLERK}/sheet/{panel.codes('kim')[0]}")
    listed = panel.at("second-clerk").get(f"{CLERK}/confirming").text
    assert (lee.status_code, own.status_code, others.status_code) == (404, 404, 409)
    assert "secret-comment" not in others.text + listed


def test_a_clerk_who_judges_or_chairs_types_and_confirms_nothing(panel: Panel) -> None:
    from tests.web.signing import person

    typing = typed(panel)
    with panel.office.site.app_context():
        edition = panel.office.edition()
        person("chair@city.example", Role.CHAIR, Role.CLERK, edition=edition, name="Example Chair")
    chair = panel.at("chair")

    assert chair.get(f"{CLERK}/confirming/{typing}").status_code == 404
    assert chair.get(f"{CLERK}/confirming/{typing}/scan").status_code == 404
    assert chair.get(f"{CLERK}/sheet/{panel.codes('kim')[1]}").status_code == 409
    assert "SV-01" not in well(chair.get(f"{CLERK}/confirming"))


def test_odd_forms_come_back_with_all_that_was_typed(panel: Panel) -> None:
    address = f"{CLERK}/sheet/{panel.codes('kim')[0]}"
    odd: tuple[dict[str, object], ...] = (
        {"day": "soon"},
        {"time": "25:99"},
        {"origin": "paper"},
        {"note": ""},
        {"note": "x" * 3000},
        {"comment": "x" * 20_001},
        {"scan": (io.BytesIO(b"MZ not a scan"), "scan.pdf")},
        {"base": "5"},
        {"kept": "\0", "origin": "paper"},
        {"mark-services": "11"},
        {"mark-services": "9" * 400},
        {"mark-services": "seven\0"},
    )

    for more in odd:
        answer = send(panel.at("clerk"), address, call(panel, **more), content_type=MULTIPART)

        assert (more, answer.status_code) == (more, 422)
        assert 'role="alert"' in well(answer)
        assert "secret-comment" in answer.text or "comment" in more
    assert states(panel) == []

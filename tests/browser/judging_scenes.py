"""The judges' pages in each of their states: a round that is read by judges of every kind, from invitation to close."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser
from sqlalchemy import select

from awards import (
    accounts,
    attachments,
    conflicts,
    drafts,
    drawing,
    editions,
    inviting,
    marking,
    renditions,
    uploads,
)
from awards.audit import Actor
from awards.inviting import Wanted
from awards.models import (
    Invitation,
    Judge,
    Nomination,
    NominationState,
    Reopening,
    Role,
    Typing,
)
from awards.timetable import Phase
from tests.awards.uploads import samples
from tests.browser.site import serving, settled
from tests.browser.stills import Stills, picture, walk
from tests.web import desk, world
from tests.web.bench import CRITERIA, KIM, LEE, Bench, hidden, marks
from tests.web.signing import csrf_of, person, send, signed_in

WIDTHS = (360, 768, 1280)
BASE = f"/judging/{desk.KEY}/"
SHEET = f"{BASE}n/OC-01"
ASKED, NEW, IDLE, CLERK = (
    "ada@judges.example",
    "une@judges.example",
    "nil@judges.example",
    "clerk@city.example",
)
DARK = ("judging-queue-half", "judging-sheet-half")
CARDS = ("judging-sheet-empty", "judging-sheet-half", "judging-sheet-wrong", "judging-sheet-plain")
PRINTED = ("judging-marks-full", "judging-sheet-half")
LAST_DAY = datetime(2026, 5, 13, 9, 20, tzinfo=UTC)
CLOSED = datetime(2026, 5, 13, 15, 30, tzinfo=UTC)

WORDS = (
    "Residents had to come to the town hall for every permit, and waited for hours; those who work by day lost "
    "half a day's wage each time. We asked four hundred of them what they would change first. "
)
KOREAN = (
    "시민은 허가를 받을 때마다 시청에 와서 몇 시간씩 기다려야 했습니다. 낮에 일하는 시민은 그때마다 반나절의 임금을 "
    "잃었습니다. 우리는 시민 사백 명에게 무엇을 먼저 바꾸고 싶은지 물었습니다. "
)
ARABIC = (
    "كان على السكان أن يحضروا إلى مبنى البلدية من أجل كل رخصة وأن ينتظروا ساعات طويلة. سألنا أربعمئة منهم عما "
    "يودون تغييره أولا، فكان الجواب واضحا: الرخص على الهاتف وفي اليوم نفسه. "
)
SAID: Mapping[str, Mapping[str, Any]] = {
    "OC-01": {"title": "Open budget portal", "city": "Exampleton", "country": "KR", "problem": WORDS * 5},
    "OC-02": {"title": "Council minutes that everybody can search", "city": "Quillonia", "country": "TN"},
    "OC-03": {
        "title": "누구나 읽을 수 있는 열린 예산 누리집과 시민이 함께 만드는 동네별 생활 지표 공개 사업",
        "organisation_name": "퀼로니아특별자치시",
        "city": "퀼로니아특별자치시",
        "language": "ko",
        "summary": KOREAN,
        "problem": KOREAN * 9,
        "solution": f"{KOREAN * 3}\n\n{KOREAN * 4}",
    },
    "OC-04": {
        "title": "بوابة الميزانية المفتوحة للمدينة",
        "organisation_name": "مدينة زفيرغيت",
        "city": "زفيرغيت",
        "country": "TN",
        "language": "ar",
        "summary": ARABIC,
        "problem": ARABIC * 8,
        "solution": f"{ARABIC * 3}\n\n{ARABIC * 3}",
    },
    "SV-01": {"title": "Permits on the phone", "city": "Zephyrgate", "country": "NZ"},
    "SV-02": {"title": "One counter for all that a newborn needs", "city": "Tidewater-on-the-Long-Firth"},
    "SV-03": {"title": "Buses that say when they come", "city": "Busan-sur-Mer"},
}
COMMENT = (
    "Strong on use, thin on what it costs.\nThe second year is the one to look at: see page 2 of the report."
)
FEEDBACK = "Say how many residents use it each month, and what it replaced."


class Hall(Bench):
    """Kim and Lee have seven nominations; the first has pages and a picture. Others are asked, new, or idle."""

    def __init__(self, site: Flask) -> None:
        super().__init__(site, tuple(SAID))
        from awards.extensions import begin_writing, db

        with site.app_context():
            begin_writing()
            session, edition = db.session(), self.edition()
            cy = desk.Field(session, edition, world.actor(session)).person(desk.CY)
            for email, name in ((ASKED, "Ada Example"), (NEW, "Une Example"), (IDLE, "Nil Example")):
                note = "We would be glad of your eye for budgets."
                inviting.invite(
                    session, edition, Wanted(email, name=name, note=note), actor=cy, now=world.NOW
                )
            session.commit()
            person(CLERK, Role.CLERK, edition=edition, name="Example Clerk")
        for email in (NEW, IDLE):
            join(site, email)

    def _nominate(self, field: desk.Field, reference: str) -> Nomination:
        said = dict(SAID[reference])
        if reference == "OC-01":
            said |= {"links": ["https://budget.example/exampleton/2026"], "topics": ["data"]}
        category = "services" if reference.startswith("SV") else "open-city"
        if reference == "OC-01":
            found = field.nominate("OC-01", category=category, **said, documents=[], pictures=[])
            self._enclose(field, found)
        else:
            found = field.nominate(reference, category=category, **said)
        found.state = NominationState.ELIGIBLE
        return found

    def _enclose(self, field: desk.Field, nomination: Nomination) -> None:
        """A report of five pages that are drawn, a picture, and a table that is only to be downloaded."""
        folder = Path(self.site.config["LAURELS_DATA"]) / "files"
        paper = self.site.test_client().get(f"/en/{world.RUNNING}/rules.pdf").data
        kept = {}
        for key, name, content in (
            ("documents", "Report of the second year.pdf", paper),
            ("documents", "figures.xlsx", samples.excel()),
            ("pictures", "square.jpg", landscape()),
        ):
            accepted = uploads.inspect(
                name, content, kinds=uploads.PICTURES if key == "pictures" else uploads.TAKEN
            )
            file = attachments.add(
                field.session, nomination, key, accepted, folder=folder, actor=field.who, now=desk.SENT
            )
            kept[name] = file.key
            if file.media_type in drawing.DRAWABLE:
                drawn = drawing.draw(content, file.media_type)
                renditions.keep(field.session, folder, file.key, drawn, now=desk.SENT)
        said: dict[str, Any] = {}
        said["documents"] = [kept["Report of the second year.pdf"], kept["figures.xlsx"]]
        said["pictures"] = [
            {
                "file": kept["square.jpg"],
                "caption": "The square at noon, with the board that shows the budget",
                "alternative": "A board on a square",
                "credit": "A. Person",
                "permission": True,
            }
        ]
        writer = field.writer("OC-01")
        drafts.change(field.session, nomination, said, base=None, actor=Actor(writer, writer), now=desk.SENT)
        desk.submit(field.session, nomination, 2, writer, desk.SENT)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        from awards.extensions import begin_writing, db

        with self.site.app_context():
            begin_writing()
            yield db.session()
            db.session.commit()

    def judge(self, email: str) -> Judge:
        from awards.extensions import db

        account = accounts.find(db.session(), email)
        assert account is not None
        return db.session.scalars(select(Judge).where(Judge.account_id == account.id)).one()


def landscape() -> bytes:
    """A picture that is not one colour."""
    from PIL import Image

    made = Image.linear_gradient("L").resize((1600, 900))
    out = io.BytesIO()
    Image.merge("RGB", (made, made.rotate(180), Image.new("L", made.size, 150))).save(out, "JPEG")
    return out.getvalue()


def invitation(site: Flask, email: str) -> str:
    from awards.extensions import db

    with site.app_context():
        found = db.session.scalars(select(Invitation.public_id).where(Invitation.email == email)).one()
    return f"/invitations/{found}"


def join(site: Flask, email: str, browser: FlaskClient | None = None) -> None:
    browser = browser or signed_in(site, email)
    assert send(browser, f"/en{invitation(site, email)}", {"answer": "accept"}).status_code == 303
    name = f"{email.partition('@')[0].title()} Example"
    answer = send(browser, f"/en{BASE}joining", joining(browser, name=name))
    assert answer.status_code == 303, answer.text


def joining(browser: FlaskClient, **changes: str) -> list[tuple[str, str]]:
    page = browser.get(f"/en{BASE}joining").text
    fields = {
        "name": "Une Example",
        "office": "Professor of public budgets",
        "nationality": "FR",
        "residence": "FR",
        "place-0-organisation": "",
        "place-0-city": "Zephyrgate",
        "place-0-country": "NZ",
        "rows": "1",
        "languages": "en",
        "capacity": "12",
        "shown": "name",
        "agree": "y",
        "act": "save",
    } | changes
    for name in ("code", "code_language"):
        found = page.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]
        fields.setdefault(name, found)
    return [*fields.items(), ("languages", "ar"), *((("categories", it)) for it in ("services", "open-city"))]


def take(chromium: Browser, data: Path, folder: Path) -> None:
    """Every page and state of a judge's side, and the scorecard as it opens on a phone; then on paper."""
    stills = Stills()
    with settled(data / "judging") as site, serving(site) as address:
        scenes(stills, site)
        cookies = [cookie_of(site, KIM, address)]
        picture(chromium, address, folder, stills.kept, widths=WIDTHS, dark=DARK, cookies=cookies)
        opened(chromium, address, folder, stills, cookies)
        printed(chromium, address, folder, stills, cookies)


def cookie_of(site: Flask, email: str, address: str) -> SetCookieParam:
    cookie = signed_in(site, email).get_cookie("session")
    assert cookie is not None
    return {"name": "session", "value": cookie.value, "url": address}


def opened(
    chromium: Browser, address: str, folder: Path, stills: Stills, cookies: Sequence[SetCookieParam]
) -> None:
    """The scorecard over the text, where the screen is too narrow for both."""
    for width in WIDTHS[:2]:
        for name, language, page in walk(
            chromium, address, some(stills, *CARDS), width=width, cookies=cookies
        ):
            page.goto(f"{page.url}#scorecard")
            page.screenshot(path=folder / f"{name}-opened-{language}-{width}.png")


def printed(
    chromium: Browser, address: str, folder: Path, stills: Stills, cookies: Sequence[SetCookieParam]
) -> None:
    for name, language, page in walk(chromium, address, some(stills, *PRINTED), width=1280, cookies=cookies):
        subprocess.run(
            ["pdftoppm", "-r", "70", "-png", "-l", "3", "-", folder / f"{name}-printed-{language}"],
            input=page.pdf(format="A4"),
            check=True,
        )


def some(stills: Stills, *names: str) -> dict[tuple[str, str], str]:
    return {key: text for key, text in stills.kept.items() if key[0] in names}


def scenes(stills: Stills, site: Flask) -> Hall:
    hall = Hall(site)
    joined(stills, site)
    declared(stills, hall)
    begun(stills, hall)
    sheets(stills, hall)
    offline(stills, hall)
    typed(stills, hall)
    finished(stills, hall)
    plain(stills, hall)
    late(stills, hall)
    closed(stills, hall)
    return hall


def joined(stills: Stills, site: Flask) -> None:
    ada = signed_in(site, ASKED)
    here = invitation(site, ASKED)
    stills.look("judging-invitation", ada, here)
    assert send(ada, f"/en{here}", {"answer": "accept"}).status_code == 303
    stills.look("judging-joining", ada, f"{BASE}joining")
    wrong = [("name", ""), ("capacity", "many"), ("rows", "2"), ("place-1-organisation", "Board of Tides")]
    stills.refuse("judging-joining-wrong", ada, f"{BASE}joining", [*wrong, ("act", "save")])
    assert send(ada, f"/en{BASE}joining", joining(ada, name="Ada Example")).status_code == 303
    stills.look("judging-joined", ada, f"{BASE}joining")
    stills.look("judging-today-new", ada, "/today")


def declared(stills: Stills, hall: Hall) -> None:
    une = signed_in(hall.site, NEW)
    page = f"{BASE}interests"
    give(hall, NEW, "OC-01", "OC-02", "OC-03", "OC-04", "SV-02")
    with hall.writing() as session:
        conflicts.find(session, hall.edition(), actor=world.actor(session), now=world.NOW)
    stills.look("judging-interests", une, page)
    seen = [("seen", key) for key in keys(une, page)]
    interest = [("interest", seen[0][1]), (f"why-{seen[0][1]}", "I advised the city in 2024.")]
    stills.refuse("judging-interests-wrong", une, page, [*seen, *interest])
    stills.refuse("judging-interests-sure", une, page, [*seen, *interest, ("read", "yes")])
    fields = [*seen, *interest, ("read", "yes"), ("act", "sure")]
    assert send(une, f"/en{page}", fields).status_code == 303
    stills.look("judging-queue-declared", une, BASE)
    stills.look("judging-interests-done", une, page)
    stills.look("judging-interests-nothing", signed_in(hall.site, IDLE), page)
    stills.look("judging-queue-nothing", signed_in(hall.site, IDLE), BASE)
    stills.look("judging-marks-nothing", signed_in(hall.site, IDLE), f"{BASE}marks")
    stills.look("judging-offline-nothing", signed_in(hall.site, IDLE), f"{BASE}offline")


def give(hall: Hall, email: str, *references: str) -> None:
    """Nominations for a judge, who has still to declare."""
    from awards.models import Assignment

    with hall.writing() as session:
        judge = hall.judge(email)
        for reference in references:
            found = session.scalars(
                select(Nomination).where(
                    Nomination.reference == reference, Nomination.edition_id == hall.edition().id
                )
            ).one()
            session.add(Assignment(judge_id=judge.id, nomination_id=found.id, at=world.NOW))


def keys(browser: FlaskClient, page: str) -> list[str]:
    import re

    return re.findall(r'name="seen" value="([^"]*)"', browser.get(f"/en{page}").text)


def begun(stills: Stills, hall: Hall) -> None:
    kim = hall.kim
    stills.look("judging-queue-fresh", kim, BASE)
    stills.look("judging-marks-empty", kim, f"{BASE}marks")
    stills.look("judging-today-judge", kim, "/today")
    stills.look("judging-sheet-empty", kim, SHEET)
    stills.look("judging-versions-empty", kim, f"{SHEET}/versions")
    hall.save("OC-01", marks(7, 8, 6), comment=COMMENT)
    hall.save("OC-02", marks(9, 9, 8, 7, 10), feedback=FEEDBACK)
    hall.save("SV-01", marks(4, 5, 5, 6, 3), act="submit")
    hall.save("SV-02", marks(8, 8, 8, 8, 8))
    stills.look("judging-queue-half", kim, BASE)
    stills.look("judging-marks", kim, f"{BASE}marks")
    stills.look("judging-marks-sorted", kim, f"{BASE}marks?by=total&way=down")
    stills.look("judging-submit-all", kim, f"{BASE}submit")


def sheets(stills: Stills, hall: Hall) -> None:
    kim = hall.kim
    stills.look("judging-sheet-half", kim, SHEET)
    stills.look("judging-sheet-complete", kim, f"{BASE}n/OC-02")
    stills.look("judging-sheet-submitted", kim, f"{BASE}n/SV-01")
    stills.look("judging-sheet-korean", kim, f"{BASE}n/OC-03")
    stills.look("judging-sheet-arabic", kim, f"{BASE}n/OC-04")
    filled = marks(7, 8) | {"act": "submit", "base": "1", "comment": COMMENT}
    with_token = filled | {"opened": hidden(kim.get(f"/en{SHEET}").text, "opened")}
    hall.save("OC-01", marks(7, 9, 6), base="1", comment=COMMENT)
    stills.refuse("judging-sheet-clash", kim, SHEET, with_token | {"comment": "Thin.", "base": "1"})
    missing = with_token | {"base": "2"} | marks(7, 11)
    stills.refuse("judging-sheet-wrong", kim, SHEET, missing)
    stills.look("judging-versions", kim, f"{SHEET}/versions")
    stills.look("judging-hand-back", kim, f"{SHEET}/hand-back")
    stills.refuse("judging-hand-back-wrong", kim, f"{SHEET}/hand-back", {"note": ""})
    stills.look("judging-hand-back-submitted", kim, f"{BASE}n/SV-01/hand-back")
    stills.look("judging-interest", kim, f"{SHEET}/interest")
    assert send(kim, f"/en{BASE}n/SV-03/interest", {"reason": "My sister runs it."}).status_code == 303
    stills.look("judging-queue-conflict", kim, BASE)
    stills.look("judging-leave", kim, f"{BASE}leave")
    stills.look("judging-leave-why", kim, f"{BASE}leave?leaving=conflict")


def offline(stills: Stills, hall: Hall) -> None:
    kim = hall.kim
    stills.look("judging-offline", kim, f"{BASE}offline")
    file = kim.get(f"/en{BASE}offline/marks.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(file))
    for sheet in book.worksheets:
        columns = [cell.column for cell in sheet[3] if str(cell.value).startswith("mark ")]
        for row in range(5, sheet.max_row + 1):
            for column in columns:
                sheet.cell(row, column).value = 9 if row % 2 else 8
    first = book.worksheets[0]
    first.cell(6, next(it.column for it in first[3] if str(it.value).startswith("mark "))).value = 99
    out = io.BytesIO()
    book.save(out)
    hall.save("OC-01", marks(7, 9, 6, 5), base="2", comment=COMMENT)
    for language in ("en", "ko"):
        upload = {"workbook": (io.BytesIO(out.getvalue()), "marks.xlsx")}
        answer = send(kim, f"/{language}{BASE}offline", upload, content_type="multipart/form-data")
        stills.keep("judging-offline-report", language, answer)
    wrong = {"workbook": (io.BytesIO(b"no workbook"), "marks.xlsx")}
    stills.keep(
        "judging-offline-wrong",
        "en",
        send(kim, f"/en{BASE}offline", wrong, content_type="multipart/form-data"),
    )


def typed(stills: Stills, hall: Hall) -> None:
    """A clerk types two of Lee's sheets from the telephone; Lee looks at both and confirms one."""
    from awards.extensions import db

    clerk = signed_in(hall.site, CLERK)
    with hall.site.app_context():
        codes = {it: hall.assignment(it, LEE).code or "" for it in ("OC-01", "OC-02")}
    for code in codes.values():
        fields = {f"mark-{key}": "7" for key in CRITERIA} | {
            "base": "0",
            "origin": "typed",
            "day": "2026-05-04",
            "time": "10:00",
            "note": "Lee called from 02-000-0000.",
            "comment": COMMENT,
        }
        answer = send(clerk, f"/en/clerk/{desk.KEY}/sheet/{code}", fields, content_type="multipart/form-data")
        assert answer.status_code == 303, answer.text
    with hall.site.app_context():
        first, second = db.session.scalars(select(Typing.public_id).order_by(Typing.id)).all()
    stills.look("judging-today-typed", hall.lee, "/today")
    stills.look("judging-confirm", hall.lee, f"{BASE}confirm/{first}")
    stills.refuse("judging-confirm-wrong", hall.lee, f"{BASE}confirm/{first}", {"act": "refuse"})
    send(hall.lee, f"/en{BASE}confirm/{second}", {"act": "confirm"})
    stills.look("judging-confirmed", hall.lee, f"{BASE}confirm/{second}")


def finished(stills: Stills, hall: Hall) -> None:
    for reference in SAID:
        if reference == "OC-02":
            continue
        page = hall.lee.get(f"/en{BASE}n/{reference}").text
        fields = {"base": hidden(page, "base"), "opened": hidden(page, "opened"), "act": "submit"}
        answer = send(
            hall.lee, f"/en{BASE}n/{reference}", fields | marks(7, 6, 8, 9, 5) | {"comment": COMMENT}
        )
        assert answer.status_code == 303, answer.text
    stills.look("judging-queue-submitted", hall.lee, BASE)
    stills.look("judging-marks-full", hall.lee, f"{BASE}marks")
    stills.look("judging-sheet-last", hall.lee, f"{BASE}n/OC-01")


def plain(stills: Stills, hall: Hall) -> None:
    """Criteria whose marks have no words of their own."""
    with hall.writing() as session:
        before = editions.texts_of(session, hall.edition())
        bare = deepcopy(before)
        for criterion in bare.get("criteria", {}).values():
            criterion.pop("anchors", None)
            criterion.pop("text", None)
        show_texts(hall, bare)
    stills.look("judging-sheet-plain", hall.kim, f"{BASE}n/OC-03")
    with hall.writing():
        show_texts(hall, before)


def show_texts(hall: Hall, document: Any) -> None:
    from awards.extensions import db

    who = world.actor(db.session())
    editions.save_texts(db.session(), hall.edition(), document, reason="Shorter.", actor=who, now=world.NOW)


def late(stills: Stills, hall: Hall) -> None:
    with time_machine.travel(LAST_DAY):
        kim = signed_in(hall.site, KIM)
        stills.look("judging-queue-near", kim, BASE)
        with hall.writing() as session:
            cy = desk.Field(session, hall.edition(), world.actor(session)).person(desk.CY)
            marking.grant_time(
                session,
                hall.edition(),
                hall.judge(LEE),
                datetime(2026, 5, 15, 12, 0),  # noqa: DTZ001 (local, as stated)
                zone="Africa/Tunis",
                reason="Lee was ill.",
                actor=cy,
                now=datetime.now(UTC),
            )
        stills.look("judging-queue-own-time", signed_in(hall.site, LEE), BASE)
        token = hidden(kim.get(f"/en{SHEET}").text, "opened")
        csrf = csrf_of(kim, f"/en{SHEET}")
    with time_machine.travel(CLOSED + timedelta(days=1)):
        kim = signed_in(hall.site, KIM)
        stills.look("judging-queue-past", kim, BASE)
        stills.look("judging-sheet-past", kim, SHEET)
        fields = {"base": "3", "act": "save", "comment": COMMENT, "opened": token} | marks(7, 7, 7)
        for language in ("en", "ko"):
            fields["csrf_token"] = csrf_of(kim, f"/{language}/today") if not csrf else csrf_here(kim)
            answer = kim.post(f"/{language}{SHEET}", data=fields)
            stills.keep("judging-sheet-not-saved", language, answer)


def csrf_here(browser: FlaskClient) -> str:
    """The token of a page that has no form of its own but the header's."""
    return csrf_of(browser, f"/en{BASE}leave?leaving=illness")


def closed(stills: Stills, hall: Hall) -> None:
    with hall.writing():
        edition = hall.edition()
        edition.phase, edition.first_closed_at = Phase.DELIBERATION, CLOSED
    with time_machine.travel(CLOSED + timedelta(days=1)):
        kim = signed_in(hall.site, KIM)
        stills.look("judging-queue-closed", kim, BASE)
        stills.look("judging-sheet-closed", kim, SHEET)
        stills.look("judging-interest-closed", kim, f"{SHEET}/interest")
        here = f"{SHEET}/reopen"
        stills.look("judging-reopen", kim, here)
        stills.refuse("judging-reopen-wrong", kim, here, {"act": "ask", "reason": " "})
        fields = {"act": "ask", "reason": "I gave OC-01 the marks that were meant for OC-02."}
        assert send(kim, f"/en{here}", fields).status_code == 303
        stills.look("judging-reopen-asked", kim, here)
        with hall.writing() as session:
            session.scalars(select(Reopening)).one().approved_at = CLOSED
        stills.look("judging-reopen-granted", kim, here)
        stills.look("judging-queue-reopened", kim, BASE)
        stills.look("judging-sheet-reopened", kim, SHEET)

"""The secretariat's pages in each of their states."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from awards import editions, organisations, submitting
from awards.audit import Actor
from awards.models import LateRequest, Nomination, Organisation, Role
from awards.timetable import Phase
from tests.browser.stills import Stills
from tests.web import world
from tests.web.nominating import begin
from tests.web.office import KEY, Office
from tests.web.signing import person, send

DESK = f"/secretariat/{KEY}"
FILE = (world.ROOT / "seed" / "programmes" / "wego-awards.toml").read_text(encoding="utf-8")
STRICTER = re.sub(r"per_city( *)= 2", r"per_city\1= 1", FILE)
BROKEN = STRICTER.replace('electorate       = "judges"', 'electorate       = "nobody"')
LATER = {"day": "2026-05-24", "time": "23:59", "zone": "Asia/Seoul", "reason": "National holidays"}
AFTER = datetime(2026, 5, 18, 9, tzinfo=UTC)


def nobody(stills: Stills, site: Flask) -> None:
    """Before anything is there: the administrator's first page."""
    from tests.web.signing import signed_in

    with site.app_context():
        person("admin@city.example", Role.ADMINISTRATOR, name="Example Admin")
    stills.look("office-index-none", signed_in(site, "admin@city.example"), "/secretariat/")
    stills.look(
        "office-organisations-none", signed_in(site, "admin@city.example"), "/secretariat/organisations"
    )


def scenes(stills: Stills, office: Office) -> None:
    making(stills, office)
    beginning(stills, office)
    dating(stills, office)
    wording(stills, office)
    ruling(stills, office)
    staffing(stills, office)
    registering(stills, office)
    closing(stills, office)


def making(stills: Stills, office: Office) -> None:
    admin = office.at("admin")
    stills.look("office-index", admin, "/secretariat/")
    stills.look("office-new", admin, "/secretariat/new")
    fields = {"key": "my-awards-2027", "zone": "Asia/Seoul", "start": ""}
    stills.refuse(
        "office-new-mistakes",
        admin,
        "/secretariat/new",
        fields | {"key": "Bad Key", "text": BROKEN.replace('name.ko     = "최우수상"', ""), "act": "check"},
    )
    stills.refuse("office-new-words", admin, "/secretariat/new", fields | {"text": FILE, "act": "check"})


def beginning(stills: Stills, office: Office) -> None:
    """Overviews and steps while nominations are prepared for and open."""
    organiser = office.at("organiser")
    office.move(Phase.DRAFT)
    stills.look("office-edition-draft", organiser, f"{DESK}/")
    stills.look("office-open-call", organiser, f"{DESK}/next")
    office.move(Phase.NOMINATIONS)
    stills.look("office-nominations-none", organiser, f"{DESK}/nominations")
    for number in range(3):
        begin(office.site, f"writer{number}@city.example", submitted=number > 0, title=TITLES[number])
    stills.look("office-edition-nominations", organiser, f"{DESK}/")
    stills.look("office-edition-auditor", office.at("auditor"), f"{DESK}/")
    stills.look("office-close-call", organiser, f"{DESK}/next")
    stills.look("office-nominations", organiser, f"{DESK}/nominations")
    stills.look("office-nominations-category", organiser, f"{DESK}/nominations?category=open-city")


TITLES = (
    "Buses that say when they come",
    "Open budget portal for every district of the city, in eleven languages",
    "서울 열린 데이터 광장",
)


def dating(stills: Stills, office: Office) -> None:
    organiser, close = office.at("organiser"), f"{DESK}/dates/nominations_close"
    stills.look("office-dates", organiser, f"{DESK}/dates")
    stills.look("office-date", organiser, close)
    stills.look("office-date-none", organiser, f"{DESK}/dates/vote_open")
    stills.refuse("office-date-look", organiser, close, LATER | {"act": "look"})
    early = {"day": "2026-05-10", "time": "25:00", "zone": "Nowhere", "reason": ""}
    stills.refuse("office-date-refused", organiser, close, early | {"act": "save"})
    doubted = {"day": "2026-05-11", "time": "", "zone": "Asia/Seoul", "act": "look"}
    stills.refuse("office-date-doubt", organiser, f"{DESK}/dates/vote_open", doubted)
    stills.look("office-own-none", organiser, f"{DESK}/dates/own")
    own = LATER | {"whom": "category", "category": "services"}
    stills.refuse("office-own-look", organiser, f"{DESK}/dates/own", own | {"act": "look"})
    wrong = LATER | {"whom": "nomination", "who": "OC-99", "act": "save"}
    stills.refuse("office-own-refused", organiser, f"{DESK}/dates/own", wrong)
    many = LATER | {"whom": "nomination", "who": "writer1@city.example"}
    begin(office.site, "writer1@city.example", title="Another one of the same office")
    stills.refuse("office-own-which", organiser, f"{DESK}/dates/own", many | {"act": "look"})
    save(office, f"{DESK}/dates/own", own)
    save(office, close, LATER)
    stills.look("office-own", organiser, f"{DESK}/dates/own")
    stills.look("office-dates-moved", organiser, f"{DESK}/dates")
    stills.look("office-zone", organiser, f"{DESK}/dates/zone")


def save(office: Office, path: str, fields: Mapping[str, str]) -> None:
    """See what a date means, then state it."""
    browser = office.at("organiser")
    seen = hidden(send(browser, f"/en{path}", dict(fields) | {"act": "look"}).text, "seen")
    answer = send(browser, f"/en{path}", dict(fields) | {"act": "save", "seen": seen})
    assert answer.status_code == 303, path


def wording(stills: Stills, office: Office) -> None:
    from awards.extensions import begin_writing, db

    organiser, one = office.at("organiser"), f"{DESK}/texts/categories.services"
    stills.look("office-texts", organiser, f"{DESK}/texts")
    stills.look("office-text", organiser, one)
    stills.look("office-text-long", organiser, f"{DESK}/texts/programme")
    first = organiser.get(f"/en{one}").text
    name = "categories.services.name:en"
    changed = filled(first, "categories.services") | {"base": hidden(first, "base"), name: "Public services"}
    assert send(office.at("second"), f"/en{one}", changed | {"reason": "Clearer"}).status_code == 303
    mine = changed | {name: "Services to people", "reason": "Mine"}
    stills.refuse("office-text-clash", organiser, one, mine)
    stills.refuse("office-text-refused", organiser, one, mine | {"base": "2", name: "", "reason": ""})
    with office.site.app_context():
        begin_writing()
        edition = office.edition()
        document = editions.texts_of(db.session(), edition)
        for key in ("services", "efficiency"):
            document["categories"][key]["text"].pop("ko")
        from awards.models import TextsDocument

        db.session.add(TextsDocument(edition_id=edition.id, version=3, document=document, at=world.NOW))
        db.session.commit()
    stills.look("office-texts-missing", organiser, f"{DESK}/texts")
    stills.look("office-texts-versions", organiser, f"{DESK}/texts/versions")
    stills.look("office-texts-version", organiser, f"{DESK}/texts/versions/2")
    stills.look("office-texts-restore", organiser, f"{DESK}/texts/versions/1")


def ruling(stills: Stills, office: Office) -> None:
    organiser, change = office.at("organiser"), f"{DESK}/rules/change"
    stills.look("office-rules", organiser, f"{DESK}/rules")
    stills.look("office-rules-change", organiser, change)
    stills.refuse("office-rules-mistakes", organiser, change, {"text": BROKEN, "act": "check"})
    upload = [("act", "check"), ("file", (io.BytesIO(b"\xff\xfe\x00"), "awards.toml"))]
    answer = send(organiser, f"/en{change}", upload, content_type="multipart/form-data")
    stills.kept["office-rules-no-file", "en"] = answer.text
    stills.refuse("office-rules-difference", organiser, change, {"text": STRICTER, "act": "check"})
    before = hidden(send(organiser, f"/en{change}", {"text": STRICTER, "act": "check"}).text, "before")
    fields = {"text": STRICTER, "act": "amend", "before": before, "reason": "One city, one nomination."}
    assert send(organiser, f"/en{change}", fields).status_code == 303
    stills.look("office-rules-amended", organiser, f"{DESK}/rules")
    stills.look("office-amendment", organiser, f"{DESK}/rules/2")
    stills.look("office-freeze", organiser, f"{DESK}/freeze")
    sha256 = hidden(organiser.get(f"/en{DESK}/freeze").text, "sha256")
    assert send(organiser, f"/en{DESK}/freeze", {"sha256": sha256}).status_code == 303
    stills.look("office-frozen", organiser, f"{DESK}/freeze")
    stills.refuse("office-rules-by-two", organiser, change, {"text": FILE, "act": "check"})
    before = hidden(send(organiser, f"/en{change}", {"text": FILE, "act": "check"}).text, "before")
    fields = {"text": FILE, "act": "amend", "before": before, "reason": "Two a city, as the board decided."}
    assert send(organiser, f"/en{change}", fields).status_code == 303
    stills.look("office-proposal-own", organiser, f"{DESK}/rules/proposal")
    stills.look("office-proposal", office.at("second"), f"{DESK}/rules/proposal")
    stills.look("office-edition-proposal", office.at("second"), f"{DESK}/")


def staffing(stills: Stills, office: Office) -> None:
    organiser, people = office.at("organiser"), f"{DESK}/people"
    stills.look("office-people", organiser, people)
    wrong = {"email": "no address", "name": "x" * 201, "role": "", "language": "en"}
    stills.refuse("office-people-refused", organiser, people, wrong)
    for name, role, language in (("new", "screener", "ko"), ("far", "clerk", "en")):
        asked = {"email": f"{name}@city.example", "name": "New Example", "role": role, "language": language}
        assert send(organiser, f"/en{people}", asked).status_code == 303
    found = re.findall(r"/people/invitations/([\w-]+)", organiser.get(f"/en{people}").text)
    gone = f"/en{people}/invitations/{found[0]}"
    send(organiser, gone, {"act": "withdraw"}, page=f"/en{people}")
    with office.site.app_context():
        person("chair@city.example", Role.CHAIR, edition=office.edition(), name="Example Chair")
        for rank, name in enumerate(("first", "last"), start=1):
            found_one = person(f"{name}@city.example", name=f"{name.title()} Deputy")
            _deputy(office, found_one.id, rank)
        person("past@city.example", Role.SCREENER, edition=office.edition(), name="Past Screener")
        past = _public("past@city.example")
    stills.look("office-people-end", organiser, f"{people}/screener/{past}/end")
    send(organiser, f"/en{people}/screener/{past}/end")
    stills.look("office-people-full", organiser, people)
    stills.look("office-people-admin", office.at("admin"), people)


def _deputy(office: Office, account: int, rank: int) -> None:
    from awards import accounts
    from awards.extensions import begin_writing, db
    from awards.models import Account

    db.session.rollback()
    begin_writing()
    found = db.session.get_one(Account, account)
    accounts.grant(
        db.session(),
        found,
        Role.DEPUTY,
        edition=office.edition(),
        rank=rank,
        actor=Actor(found, found),
        now=world.NOW,
    )
    db.session.commit()


def _public(email: str) -> str:
    from awards import accounts
    from awards.extensions import db

    found = accounts.find(db.session(), email)
    assert found is not None, email
    return found.public_id


def registering(stills: Stills, office: Office) -> None:
    organiser, listing = office.at("organiser"), "/secretariat/organisations"
    into = body(office, "Quillonia", names={"ko": "퀼로니아"})
    one = body(office, "Quilonia City Hall", city="Quillonia", confirmed=False)
    alone = body(office, "Institute of Digital Cities", city="Zephyrgate", confirmed=False)
    stills.look("office-organisations", organiser, listing)
    stills.look("office-organisations-found", organiser, f"{listing}?q=퀼로니아")
    stills.look("office-organisations-nothing", organiser, f"{listing}?q=nowhere")
    stills.look("office-organisation", organiser, f"{listing}/{one}")
    stills.look("office-organisation-alone", organiser, f"{listing}/{alone}")
    wrong = {"act": "correct", "name": "", "kind": "planet", "country": "XX", "city": "Typed"}
    stills.refuse("office-organisation-refused", organiser, f"{listing}/{one}", wrong)
    merge = f"{listing}/{one}/merge/{into}"
    stills.look("office-merge", organiser, merge)
    stills.refuse("office-merge-refused", organiser, merge, {"reason": ""})
    assert send(organiser, f"/en{merge}", {"reason": "The same city hall."}).status_code == 303
    stills.look("office-organisation-merged", organiser, f"{listing}/{one}")
    stills.look("office-unmerge", organiser, f"{listing}/{one}/unmerge")


def body(office: Office, name: str, *, city: str = "", confirmed: bool = True, **values: Any) -> str:
    from awards.extensions import db

    with office.site.app_context():
        made = organisations.make(name, country="KR", city=city or name, kind="city", confirmed=confirmed)
        for column, value in values.items():
            setattr(made, column, value)
        db.session.add(made)
        db.session.commit()
        return db.session.scalars(select(Organisation.public_id).where(Organisation.name == name)).one()


def closing(stills: Stills, office: Office) -> None:
    """Requests that come late, and the steps after the deadline."""
    from awards.extensions import begin_writing, db

    draft = begin(office.site, "late@city.example", title="Lights that wake when somebody walks")
    stills.look("office-late-none", office.at("organiser"), f"{DESK}/late")
    with time_machine.travel(AFTER + timedelta(days=7)):
        office.browsers.clear()
        organiser = office.at("organiser")
        stills.look("office-step-ready", organiser, f"{DESK}/next")
        with office.site.app_context():
            begin_writing()
            session = db.session()
            nomination = session.scalars(select(Nomination).where(Nomination.public_id == draft)).one()
            writer = nomination.nominator_id
            from awards.models import Account

            account = session.get_one(Account, writer)
            submitting.ask_for_late(
                session,
                nomination,
                reason="The line was down from ten o'clock on.\nThe provider's letter is attached.",
                actor=Actor(account, account),
                now=datetime.now(UTC),
            )
            session.commit()
            number = session.scalars(select(LateRequest.revision_number)).one()
        address = f"{DESK}/late/{draft}/{number}"
        stills.look("office-late", organiser, f"{DESK}/late")
        stills.look("office-late-request", organiser, address)
        stills.refuse("office-late-refused", organiser, address, {"act": "accept", "reason": ""})
        taken = {"act": "accept", "reason": "A power cut, proven."}
        assert send(organiser, f"/en{address}", taken).status_code == 303
        stills.look("office-late-answered", organiser, f"{DESK}/late")
        stills.look("office-late-accepted", organiser, address)
        stills.look("office-step-nothing-missing", organiser, f"{DESK}/next")
        office.move(Phase.SCREENING)
        stills.look("office-edition-screening", organiser, f"{DESK}/")
        stills.look("office-begin-round", organiser, f"{DESK}/next")
        stills.look("office-dates-passed", organiser, f"{DESK}/dates")
        stills.look("office-back", organiser, f"{DESK}/back")
        stills.refuse("office-back-refused", organiser, f"{DESK}/back", {"act": "propose", "reason": " "})
        reason = {"act": "propose", "reason": "The site was down on the last day."}
        assert send(organiser, f"/en{DESK}/back", reason).status_code == 303
        stills.look("office-back-own", organiser, f"{DESK}/back")
        second = office.at("second")
        stills.look("office-back-other", second, f"{DESK}/back")
        sha256 = hidden(second.get(f"/en{DESK}/back").text, "sha256")
        assert send(second, f"/en{DESK}/back", {"act": "approve", "sha256": sha256}).status_code == 303
        stills.look("office-back-approved", second, f"{DESK}/")
    office.browsers.clear()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def filled(page: str, thing: str) -> dict[str, str]:
    """The texts of a page, as a browser would send them."""
    found = dict(re.findall(rf'name="({re.escape(thing)}\.[^"]+)" value="([^"]*)"', page))
    areas = re.findall(rf'<textarea[^>]*name="({re.escape(thing)}\.[^"]+)"[^>]*>([^<]*)</textarea>', page)
    return found | dict(areas)

"""The screeners' pages in each of their states, over a field of forty made-up nominations."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import Flask

from awards import appeals, drafts, releasing, returning, reviews, screening
from awards.audit import Actor
from awards.models import Nomination
from tests.browser.stills import Stills
from tests.web import desk, world
from tests.web.signing import send, signed_in

BASE = f"/screening/{desk.KEY}/"


def settle(site: Flask) -> None:
    """The demo's nominations, three of them with something to be looked at; Ada lives in Hanoi."""
    from awards.extensions import begin_writing, db

    with site.app_context():
        begin_writing()
        field = desk.open_field(db.session())
        for category, rows in world.demo_rows().items():
            for row in rows:
                said = {name: row[name] for name in ("title", "summary", "city", "country")}
                said |= {"organisation_name": row["organisation"], "category": category}
                said |= LACKING.get(row["reference"], {})
                field.nominate(row["reference"], reader="ko" if row["country"] == "KR" else "en", **said)
        desk.live_in(field, desk.ADA, "Hanoi", "VN")
        db.session.commit()


LACKING = {
    "OC-01": {"results": [], "started_on": "2099-01-01"},
    "OC-08": {"title": "Open budget", "organisation_name": "City of Quillonia", "city": "Quillonia"},
    "OC-09": {"title": "Open budget", "organisation_name": "City of Quillonia", "city": "Quillonia"},
    "SV-02": {"budget": ""},
}


def scenes(stills: Stills, site: Flask) -> None:
    ada = signed_in(site, desk.ADA)
    for name, asked in (
        ("list", ""),
        ("list-page-2", "?page=2"),
        ("list-all", "?page=all"),
        ("list-filtered", "?show=found&category=open-city"),
        ("list-sorted", "?sort=findings&down=1&q=open"),
        ("list-empty", "?q=nothing+like+this"),
    ):
        stills.look(f"screening-{name}", ada, f"{BASE}{asked}")
    stills.look("screening-findings", ada, f"{BASE}OC-01")
    stills.look("screening-clean", ada, f"{BASE}UM-01")
    stills.look("screening-beside", ada, f"{BASE}OC-08/beside/OC-09")
    refused(stills, site)
    stills.look("screening-bound", ada, f"{BASE}{theirs(site)}")
    stills.look("screening-interest", ada, f"{BASE}OC-04/interest")
    many(stills, site)
    decided(stills, site)
    returned(stills, site)
    moved(stills, site)
    appealed(stills, site)


def theirs(site: Flask) -> str:
    """The reference of a nomination of Ada's city."""
    found = next(row for rows in world.demo_rows().values() for row in rows if row["city"] == "Hanoi")
    return str(found["reference"])


def refused(stills: Stills, site: Flask) -> None:
    ada = signed_in(site, desk.ADA)
    key = key_of(site, "OC-01")
    address = f"{BASE}OC-01/finding"
    stills.refuse(
        "screening-override-refused", ada, address, {"finding": key, "say": "override", "reason": " "}
    )
    fields = {"finding": key, "say": "override", "reason": "The results came by post on 2 May."}
    assert send(ada, f"/en{address}", fields).status_code == 303
    stills.look("screening-overridden", ada, f"{BASE}OC-01")
    wrong = {"decide-verdict": "ineligible", "decide-reason": " "}
    stills.refuse("screening-decide-refused", ada, f"{BASE}UM-01/decide", wrong)
    stills.look("screening-return", ada, f"{BASE}SV-02/return")
    late = [("note", " "), ("day", "2026-05-01"), ("time", "25:00")]
    stills.refuse("screening-return-refused", ada, f"{BASE}SV-02/return", late)
    stills.look("screening-move", ada, f"{BASE}SV-02/move")
    stills.refuse("screening-move-refused", ada, f"{BASE}SV-02/move", {"reason": ""})


def many(stills: Stills, site: Flask) -> None:
    ada = signed_in(site, desk.ADA)
    stills.look("screening-accept", ada, f"{BASE}accept")
    stills.refuse("screening-accept-none", ada, f"{BASE}accept", {})
    picks = re.findall(r'name="pick" value="([^"]*)"', ada.get(f"/en{BASE}accept").text)
    fields = [("pick", it) for it in (*picks[:6], "forged:OC-01")]
    assert send(ada, f"/en{BASE}accept", fields).status_code == 303
    stills.look("screening-accepted", ada, BASE)


def decided(stills: Stills, site: Flask) -> None:
    ada, bo = signed_in(site, desk.ADA), signed_in(site, desk.BO)
    for reference in ("OC-05", "OC-06"):
        fields = {"decide-verdict": "ineligible", "decide-reason": "The results can't be checked by anybody."}
        assert send(ada, f"/en{BASE}{reference}/decide", fields).status_code == 303, reference
    stills.look("screening-decided", ada, f"{BASE}OC-05")
    stills.look("screening-mails", bo, f"{BASE}mails")
    stills.look("screening-mails-own", ada, f"{BASE}mails")
    stills.refuse("screening-mails-none", bo, f"{BASE}mails", {})
    numbers = re.findall(r'name="decision" value="(\d+)"', bo.get(f"/en{BASE}mails").text)
    stills.refuse("screening-release", bo, f"{BASE}mails", [("decision", number) for number in numbers])
    release(site)
    stills.look("screening-mails-empty", bo, f"{BASE}mails")


def returned(stills: Stills, site: Flask) -> None:
    from awards.extensions import begin_writing, db

    ada = signed_in(site, desk.ADA)
    fields = [("named", "budget"), ("named", "learning"), ("note", "Who pays for it, and how much?")]
    fields += [("day", "2026-05-11"), ("time", "23:59")]
    for reference in ("SV-02", "SV-03"):
        assert send(ada, f"/en{BASE}{reference}/return", fields).status_code == 303, reference
    stills.look("screening-returned", ada, f"{BASE}SV-02")
    stills.look("screening-extend", ada, f"{BASE}SV-02/extend")
    with site.app_context():
        begin_writing()
        field = field_of(site)
        nomination = nomination_of(field, "SV-03")
        writer = field.writer("SV-03")
        drafts.change(
            field.session,
            nomination,
            {"budget": "120,000 a year, paid by the province, as the contract of 2025 says."},
            base=None,
            actor=Actor(writer, writer),
            now=world.NOW,
        )
        desk.submit(field.session, nomination, 2, writer, world.NOW)
        last = returning.last(field.session, nomination)
        assert last is not None
        last.answered_number = 2
        db.session.commit()
    stills.look("screening-answered", ada, f"{BASE}SV-03")
    stills.look("screening-changes", ada, f"{BASE}SV-03/changes/1/2")


def moved(stills: Stills, site: Flask) -> None:
    ada = signed_in(site, desk.ADA)
    fields = {"category": "open-city", "reason": "It opens data, rather than being a service."}
    assert send(ada, f"/en{BASE}SV-05/move", fields).status_code == 303
    stills.look("screening-move-asked", ada, f"{BASE}SV-05")


def appealed(stills: Stills, site: Flask) -> None:
    from awards.extensions import begin_writing, db

    with site.app_context():
        found = nomination_of(field_of(site), "OC-05").public_id
    writer = signed_in(site, desk.WRITER.format("oc-05"))
    stills.look("appeal-decision", writer, f"/nominations/{found}/decision")
    stills.look("appeal-write", writer, f"/nominations/{found}/appeal")
    stills.refuse("appeal-refused", writer, f"/nominations/{found}/appeal", {"text": "", "act": "send"})
    with site.app_context():
        begin_writing()
        field = field_of(site)
        account = field.writer("OC-05")
        appeals.lodge(
            field.session,
            field.edition,
            nomination_of(field, "OC-05"),
            text="The figures are public: page 12 of the yearbook.\nThe link is in the answer on results.",
            actor=Actor(account, account),
            now=datetime.now(UTC),
        )
        db.session.commit()
    ada, bo = signed_in(site, desk.ADA), signed_in(site, desk.BO)
    stills.look("screening-appeals", bo, f"{BASE}?show=appeals")
    stills.look("screening-appeal", bo, f"{BASE}OC-05")
    stills.look("screening-appeal-own", ada, f"{BASE}OC-05")
    rule = f"{BASE}OC-05/appeal"
    stills.refuse("screening-appeal-refused", bo, rule, {"rule-verdict": "upheld", "rule-reason": ""})
    fields = {"rule-verdict": "upheld", "rule-reason": "They are there, on page 12."}
    assert send(bo, f"/en{rule}", fields).status_code == 303
    stills.look("screening-appeal-decided", bo, f"{BASE}OC-05")
    stills.look("screening-organiser", signed_in(site, desk.CY), f"{BASE}OC-05")


def release(site: Flask) -> None:
    from awards.extensions import begin_writing, db

    with site.app_context():
        begin_writing()
        field = field_of(site)
        numbers = [it.decision.number for it in releasing.pending(db.session(), field.edition)]
        releasing.release(db.session(), field.edition, numbers, actor=field.person(desk.CY), now=world.NOW)
        db.session.commit()


def key_of(site: Flask, reference: str) -> str:
    """The key of the first finding about a nomination."""
    with site.app_context():
        field = field_of(site)
        return reviews.key_of(reviews.review(field.session, field.edition).findings[reference][0])


def field_of(site: Flask) -> desk.Field:
    from awards.extensions import db

    edition = screening.editions.find(db.session(), desk.KEY)
    return desk.Field(db.session(), edition, world.actor(db.session()))


def nomination_of(field: desk.Field, reference: str) -> Nomination:
    return screening.nominations.find(field.session, field.edition, reference)

"""The demo's own editions while they vote and once they are decided: every page with data as it is in life."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import inspect, select
from werkzeug.test import Cookie

from awards import attachments, create_app, drawing, editions, elections, nominations, renditions, uploads
from awards.audit import Actor
from awards.cli.demo import KEY
from awards.cli.demo.desks import OFFICER
from awards.cli.demo.drafts import NOMINATOR
from awards.cli.demo.enclosed import report
from awards.cli.demo.marks import CHAIR
from awards.cli.demo.panel import ORGANISER
from awards.cli.demo.voting import ELECTOR, SECOND_ORGANISER
from awards.cli.demo.writing import picture as drawn_picture
from awards.cli.demo.writing import texts
from awards.extensions import begin_writing, db
from awards.models import Account, Award, Judge, Nomination, NominationRevision
from awards.web.sessions import now
from tests.browser.judging_scenes import landscape
from tests.browser.site import serving
from tests.browser.small_sites import found
from tests.browser.stills import LANGUAGES, Stills, picture
from tests.web import world
from tests.web.signing import csrf_of, signed_in
from tests.web.voters import press

DESK, TABLE, VOTE = f"/secretariat/{KEY}", f"/table/{KEY}", f"/vote/{KEY}"
DARK = ("cycle-vote-ballot", "cycle-result", "cycle-award", "cycle-hall")


def demo_of(data: Path, name: str, *options: str) -> Flask:
    """A demo that stopped somewhere, made by its own command."""
    folder = data / name
    program = Path(sys.executable).parent / "flask"
    subprocess.run(
        [program, "demo", "--no-serve", "--json", *options],
        check=True,
        cwd=world.ROOT,
        env={"LAURELS_DATA": str(folder), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(world.ROOT)},
        stdout=subprocess.DEVNULL,
    )
    return create_app({"LAURELS_DATA": str(folder)})


def take(chromium: Browser, data: Path, folder: Path) -> None:
    for name, options, scenes in (
        ("members", ("--phase", "second_round", "--electorate", "members"), members),
        ("judges", ("--phase", "second_round"), judges),
        ("decided", ("--phase", "decided"), decided),
        ("published", (), published),
    ):
        site, stills = demo_of(data, f"cycle-{name}", *options), Stills()
        with serving(site) as address:
            cookies = scenes(stills, site)
            picture(
                chromium,
                address,
                folder,
                stills.kept,
                dark=DARK,
                cookies=[{"name": it.key, "value": it.value, "url": address} for it in cookies],
            )


def first(site: Flask) -> tuple[str, str]:
    """The first category that is voted on, and one of its finalists, which has a form filled in and pictures."""
    with site.app_context():
        edition = editions.find(db.session(), KEY)
        election = elections.of_edition(db.session(), edition)[0]
        reference = election.slate[0]
        begin_writing()
        enrich(site, nominations.find(db.session(), edition, reference))
        db.session.commit()
        return election.category, reference


def enrich(site: Flask, nomination: Nomination) -> None:
    """Answers, a report and two pictures."""
    session = db.session()
    account = session.scalars(select(Account)).first()
    assert account is not None
    folder = Path(site.config["LAURELS_DATA"]) / attachments.FILES
    kept = []
    for field, name, content in (
        ("documents", "Evaluation.pdf", report("Evaluation", pages=3)),
        ("pictures", "square.jpg", landscape()),
        ("pictures", "lamp.png", drawn_picture()),
    ):
        kinds = uploads.PICTURES if field == "pictures" else uploads.TAKEN
        accepted = uploads.inspect(name, content, kinds=kinds)
        file = attachments.add(
            session, nomination, field, accepted, folder=folder, actor=Actor(account, account), now=now()
        )
        if file.media_type in drawing.DRAWABLE:
            renditions.keep(session, folder, file.key, drawing.draw(content, file.media_type), now=now())
        kept.append(file.key)
    before = nominations.standing_revision(nomination)
    columns = {it.key: getattr(before, it.key) for it in inspect(NominationRevision).column_attrs}
    said = {
        name: value for name, value in texts()["whole"].items() if name not in ("language", "nominee_kind")
    }
    shown = {
        "caption": "The square at noon",
        "alternative": "A square",
        "credit": "A. Person",
        "permission": True,
    }
    said |= {"documents": kept[:1], "pictures": [{"file": it, **shown} for it in kept[1:]]}
    columns |= {"id": None, "number": before.number + 1, "content": dict(before.content) | said}
    session.add(NominationRevision(**columns))
    nomination.submitted_number = before.number + 1


def members(stills: Stills, site: Flask) -> list[Cookie]:
    category, reference = first(site)
    elector = signed_in(site, ELECTOR)
    stills.look("cycle-today-elector", elector, "/today")
    stills.look("cycle-vote-index", elector, f"{VOTE}/")
    stills.look("cycle-vote-ballot", elector, f"{VOTE}/{category}")
    stills.look("cycle-vote-finalist", elector, f"{VOTE}/finalists/{reference}")
    organiser = signed_in(site, ORGANISER)
    for name, path in {
        "roll": "/roll",
        "roll-mail": "/roll?show=mail",
        "roll-letters": "/roll/letters",
        "vote": "/vote",
        "vote-remind": "/vote/remind",
        "vote-preview": "/vote/preview",
        "overview": "/",
    }.items():
        stills.look(f"cycle-members-{name}", organiser, f"{DESK}{path}")
    stills.look("cycle-hall", organiser, f"/hall/{KEY}")
    stills.look("cycle-members-today", organiser, "/today")
    return cookies(elector)


def cookies(browser: FlaskClient) -> list[Cookie]:
    kept = browser.get_cookie("session")
    return [kept] if kept is not None else []


def judges(stills: Stills, site: Flask) -> list[Cookie]:
    """The judge whom the demo names, who ranks."""
    category, reference = first(site)
    with site.app_context():
        edition = editions.find(db.session(), KEY)
        judge = db.session.scalars(
            select(Judge).where(Judge.edition_id == edition.id).order_by(Judge.id)
        ).first()
        assert judge is not None
        email = judge.account.email
    browser = signed_in(site, email)
    stills.look("cycle-judge-today", browser, "/today")
    stills.look("cycle-judge-index", browser, f"{VOTE}/")
    for language in LANGUAGES:
        page = browser.get(f"/{language}{VOTE}/{category}")
        stills.keep("cycle-judge-ballot", language, page)
        names = re.findall(r'<select name="(p-[^"]+)"', page.text)
        given = [(name, str(place)) for place, name in enumerate(names, start=1)]
        review = press(browser, page, given, to=f"/{language}{VOTE}/review")
        stills.keep("cycle-judge-review", language, review)
    stills.look("cycle-judge-finalist", browser, f"{VOTE}/finalists/{reference}")
    return cookies(browser)


def decided(stills: Stills, site: Flask) -> list[Cookie]:
    chair, organiser, second = (signed_in(site, it) for it in (CHAIR, ORGANISER, SECOND_ORGANISER))
    with site.app_context():
        keys = [it.category for it in elections.of_edition(db.session(), editions.find(db.session(), KEY))]
    stills.look("cycle-results", chair, f"{TABLE}/results")
    stills.look("cycle-result", chair, f"{TABLE}/{keys[0]}/result")
    stills.look("cycle-citations", chair, f"{TABLE}/{keys[0]}/citations")
    stills.look("cycle-release", organiser, f"{DESK}/release/")
    stills.look("cycle-release-own", second, f"{DESK}/release/")
    stills.look("cycle-release-winners", organiser, f"{DESK}/release/winners")
    nominator, officer = signed_in(site, NOMINATOR), signed_in(site, OFFICER)
    stills.look("cycle-nominator-today", nominator, "/today")
    with site.app_context():
        given = list(db.session.scalars(select(Nomination.public_id).join(Award)))
    for name, browser in (("award", nominator), ("award-officer", officer)):
        pages = (f"/nominations/{it}/award" for it in given)
        page = next(it for it in pages if browser.get(f"/en{it}").status_code == 200)
        token = csrf_of(browser, f"/en{page}")
        browser.post(f"/en{page}", data={"csrf_token": token, "act": "read"})
        stills.look(f"cycle-{name}", browser, page)
    return []


def led_by(site: Flask, email: str) -> list[str]:
    with site.app_context():
        theirs = select(Account.id).where(Account.email == email)
        return list(
            db.session.scalars(select(Nomination.public_id).where(Nomination.nominator_id.in_(theirs)))
        )


def published(stills: Stills, site: Flask) -> list[Cookie]:
    visitor = site.test_client()
    for name in ("", "winners", "panel", "method", "record", "finalists", "rules"):
        stills.look(f"cycle-public-{name or 'edition'}", visitor, f"/{KEY}/{name}")
    listing = visitor.get(f"/en/{KEY}/winners").text
    stills.look("cycle-public-winner", visitor, found(listing, rf'href="/en(/{KEY}/winners/[^"]+)"'))
    stills.look("cycle-public-archive", visitor, "/archive")
    nominator = signed_in(site, NOMINATOR)
    with site.app_context():
        judge = db.session.scalars(select(Judge).order_by(Judge.id)).first()
        assert judge is not None
        email = judge.account.email
    for number, it in enumerate(led_by(site, NOMINATOR)):
        if nominator.get(f"/en/nominations/{it}/result").status_code == 200:
            stills.look(f"cycle-nominee-result-{number}", nominator, f"/nominations/{it}/result")
    stills.look("cycle-judge-numbers", signed_in(site, email), f"/judging/{KEY}/marks")
    return []

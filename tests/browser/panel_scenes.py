"""The pages of the panel's work in each of their states: organisers, clerks and the chair's table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import time_machine
from flask import Flask
from sqlalchemy import select, text

from awards import create_app, runs
from awards.extensions import begin_writing, db
from awards.models import (
    AssignmentRun,
    Judge,
    JudgeState,
    Leaving,
    NominationRevision,
)
from awards.typings import Typing
from tests.awards.play import KEY as SMALL
from tests.awards.play import entry, judge
from tests.browser import proposal_scenes
from tests.browser.stills import Stills
from tests.web import interested, judges_at_work, marking, panel, tables, world
from tests.web.office import KEY, Office
from tests.web.signing import person, send

WIDTHS = (360, 768, 1280)
DESK, TABLE = f"/secretariat/{SMALL}", f"/table/{SMALL}"
FIRST, SECOND = {"services": 7, "impact": 7}, {"impact": 4}
TITLES = (
    ("Buses that say when they come", "Quillonia"),
    ("Open budget portal for every district of the city, in eleven languages", "Zephyrgate"),
    ("서울 열린 데이터 광장", "Hanbit"),
    ("Lights that wake when somebody walks", "Port Amaranth"),
    ("Permits on the phone, signed within a day", "Nova Thistle"),
    ("시민이 함께 고치는 골목 지도", "Saebyeok"),
    ("A ledger of every tree, with the names of those who water them", "Orchard Bay"),
    ("Ask the council: questions answered in public", "Lindenmere"),
    ("Water meters that call the plumber", "Fairhaven Sands"),
)
"""Made-up cities and what they did."""
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'nomination_revision'"


@contextmanager
def small(data: Path, name: str) -> Iterator[Flask]:
    """A site of its own with nothing on it."""
    folder = data / name
    site = create_app(
        {"LAURELS_DATA": str(folder), "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/laurels.sqlite"}
    )
    with time_machine.travel(world.NOW):
        with site.app_context():
            flask_migrate.upgrade()
        yield site
        with site.app_context():
            db.session.rollback()
            db.engine.dispose()


def take(stills: Stills, data: Path, settled: Flask, folder: Path) -> None:
    """`settled` holds the world's editions; the rest is made under `data`; the minutes are printed to `folder`."""
    office = Office(settled)
    asking(stills, office)
    conflicting(stills, interested.Bench(settled))
    typing(stills, judges_at_work.Panel(office))
    with small(data, "assigning") as site:
        assigning(stills, site)
    with small(data, "matching") as site:
        proposal_scenes.matching(stills, site, [city for _title, city in TITLES])
    with small(data, "progress") as site:
        progress(stills, site)
    with small(data, "table") as site:
        deciding(stills, site, folder)
    with small(data, "bound") as site:
        bound(stills, site)


def retitle(site: Flask) -> None:
    """Names as they are given in life, long and short, in place of Project N1; this site's revisions may change."""
    with site.app_context():
        begin_writing()
        for trigger in db.session.scalars(text(TRIGGERS)).all():
            db.session.execute(text(f"DROP TRIGGER {trigger}"))
        for number, it in enumerate(db.session.scalars(select(NominationRevision))):
            it.title, it.city = TITLES[number % len(TITLES)]
            it.organisation_name = f"City of {it.city}"
            it.language = "ko" if re.search("[가-힣]", it.title) else "en"
        db.session.commit()


# --- asking judges --------------------------------------------------------------------------------------------------

ASKED: tuple[tuple[str, JudgeState, dict[str, object]], ...] = (
    (
        "Adaeze Example",
        JudgeState.ACCEPTED,
        {"languages": ["en", "fr"], "capacity": 20, "conduct_version": 1},
    ),
    ("한가람", JudgeState.ACCEPTED, {"languages": ["ko", "en"], "categories": ["services", "open-city"]}),
    (
        "Bartholomew Example-Featherstonehaugh",
        JudgeState.ACCEPTED,
        {"languages": ["en"], "categories": ["services"], "conduct_version": 1},
    ),
    ("Chidi Example", JudgeState.DECLINED, {}),
    ("Dalia Example", JudgeState.LEFT, {"leaving": Leaving.ILLNESS, "left_at": world.NOW}),
)
LIST = "name,email,country,categories\nAda,no address,,\nBo,bo@judge.example,XX,no-such\n"


def asking(stills: Stills, office: Office) -> None:
    desk, organiser = f"/secretariat/{KEY}/judges", office.at("organiser")
    stills.look("panel-judges-empty", organiser, desk)
    stills.look("panel-coverage-empty", organiser, f"{desk}/coverage")
    stills.look("panel-invite-nobody", organiser, f"{desk}/invite")
    earlier(office)
    seat(office)
    one = {"act": "one", "name": "Elif Example", "email": "elif@judge.example", "language": "en"}
    assert send(organiser, f"/en{desk}/invite", one).status_code == 303
    stills.look("panel-judges", organiser, desk)
    stills.look("panel-judges-auditor", office.at("auditor"), desk)
    stills.look("panel-coverage", organiser, f"{desk}/coverage")
    stills.look("panel-invite", organiser, f"{desk}/invite")
    stills.refuse("panel-invite-mistakes", organiser, f"{desk}/invite", one | {"name": "", "email": "elif"})
    wrong = {"act": "file", "language": "ko", "file": (io.BytesIO(LIST.encode()), "judges.csv")}
    for language in ("en", "ko"):
        wrong["file"] = (io.BytesIO(LIST.encode()), "judges.csv")
        answer = send(organiser, f"/{language}{desk}/invite", wrong, content_type="multipart/form-data")
        stills.kept["panel-invite-file", language] = answer.text
    for number, (name, _state, _more) in enumerate(ASKED):
        if number in (0, 3, 4):
            stills.look(f"panel-judge-{number}", organiser, f"{desk}/{key_of(office.site, name)}")
    leave = f"{desk}/{key_of(office.site, ASKED[0][0])}/leave"
    stills.look("panel-leave", organiser, leave)
    stills.look("panel-leave-illness", organiser, f"{leave}?leaving=illness")
    stills.look("panel-leave-conflict", organiser, f"{leave}?leaving=conflict")
    stills.refuse(
        "panel-leave-refused",
        organiser,
        f"{leave}?leaving=silence",
        {"leaving": "silence", "reason": " "},
    )
    left = f"{desk}/{key_of(office.site, ASKED[4][0])}/leave"
    stills.look("panel-leave-graver", organiser, f"{left}?leaving=misconduct")
    reading = f"{desk}/{key_of(office.site, ASKED[1][0])}/reading"
    stills.look("panel-reading", organiser, reading)
    stills.refuse("panel-reading-mistakes", organiser, reading, {"capacity": "many"})


def earlier(office: Office) -> None:
    """People who judged before."""
    with office.site.app_context():
        for name in ("Faisal Example", "Greta Example", "홍미르"):
            account = person(f"earlier{len(name)}@judge.example", name=name, language="ko")
            edition = office.edition(world.RUNNING)
            db.session.add(
                Judge(edition_id=edition.id, account=account, state=JudgeState.ACCEPTED, at=world.NOW)
            )
        db.session.commit()


def seat(office: Office) -> None:
    with office.site.app_context():
        edition = office.edition().id
        for number, (name, state, more) in enumerate(ASKED):
            account = person(f"judge{number}@judge.example", name=name)
            made = Judge(edition_id=edition, account=account, state=state, at=world.NOW)
            for column, value in more.items():
                setattr(made, column, value)
            made.conduct_at = world.NOW if made.conduct_version else None
            db.session.add(made)
        db.session.commit()


def key_of(site: Flask, name: str) -> str:
    with site.app_context():
        return next(it.public_id for it in db.session.scalars(select(Judge)) if it.account.name == name)


# --- conflicts ------------------------------------------------------------------------------------------------------


def conflicting(stills: Stills, bench: interested.Bench) -> None:
    page, waivers = (
        f"/secretariat/{interested.KEY}/conflicts",
        f"/table/{interested.KEY}/waivers",
    )
    organiser, chair = bench.at("cy@screening.example"), bench.at(interested.CHAIR)
    stills.look("panel-conflicts", organiser, page)
    stills.look("panel-conflicts-source", organiser, f"{page}?source=same_city")
    stills.look("panel-suspicion", organiser, f"{page}/{bench.suspicion()}")
    stills.refuse(
        "panel-suspicion-refused",
        organiser,
        f"{page}/{bench.suspicion()}",
        {"act": "conflict", "reason": " "},
    )
    stills.look("table-waivers-none", chair, waivers)
    with bench.writing():
        for it in db.session.scalars(select(Judge)):
            if it.account.email in (interested.JUDGE, interested.OTHER):
                it.nationality = "KR"
    bench.search()
    stills.look("panel-conflicts-many", organiser, page)
    stills.look("table-waivers", chair, waivers)
    stills.look("table-waivers-organiser", organiser, waivers)
    with bench.site.app_context():
        jo = key_of(bench.site, "Jo Jonson")
    pair = f"{jo} {bench.key('BN-01')}"
    stills.refuse("table-waivers-refused", chair, waivers, {"pair": pair, "reason": " "})
    waived = {"pair": pair, "reason": "Nobody else of the panel reads Korean."}
    assert send(chair, f"/en{waivers}", waived).status_code == 303
    stills.look("table-waivers-waived", chair, waivers)
    stills.look("panel-conflicts-waived", organiser, page)


# --- the clerk ------------------------------------------------------------------------------------------------------


def typing(stills: Stills, at_work: judges_at_work.Panel) -> None:
    clerk, code, base = at_work.at("clerk"), at_work.codes("kim")[0], f"/clerk/{KEY}"
    sheet = f"{base}/sheet/{code}"
    stills.look("clerk-code", clerk, f"{base}/")
    stills.look("clerk-code-wrong", clerk, f"{base}/?code=ZZZZ0000")
    stills.look("clerk-confirming-none", clerk, f"{base}/confirming")
    stills.look("clerk-sheet", clerk, sheet)
    stills.look("today-clerk", clerk, "/today")
    marks: Mapping[str, str] = {f"mark-{key}": "7" for key in at_work.criteria}
    call = {"base": "0", **marks, "origin": "typed", "day": "2026-05-04", "time": "10:00"}
    call |= {"note": "Kim called from 02-000.", "comment": "Thorough, and it reaches people."}
    wrong = call | {"origin": "paper", "day": "2026-05-05", "note": "", "mark-services": "11"}
    stills.refuse("clerk-sheet-mistakes", clerk, sheet, wrong)
    sent = send(clerk, f"/en{sheet}", call, content_type="multipart/form-data")
    assert sent.status_code == 303, sent.text
    stills.look("clerk-code-waiting", clerk, f"{base}/")
    stills.look("clerk-sheet-again", clerk, sheet)
    with at_work.office.site.app_context():
        made = db.session.scalars(select(Typing.public_id).order_by(Typing.id.desc())).first()
    second = at_work.at("second-clerk")
    stills.look("clerk-confirming", second, f"{base}/confirming")
    stills.look("clerk-second", second, f"{base}/confirming/{made}")
    stills.refuse("clerk-second-refused", second, f"{base}/confirming/{made}", {"act": "refuse"})
    stills.look("clerk-second-today", second, "/today")
    confirmed = send(second, f"/en{base}/confirming/{made}", {"act": "confirm"})
    assert confirmed.status_code == 303
    stills.look("clerk-sheet-closed", clerk, sheet)
    organiser = at_work.at("organiser")
    stills.look("panel-dossier", organiser, f"/secretariat/{KEY}/dossier/SV-01")
    stills.look("panel-packs", organiser, f"/secretariat/{KEY}/sheets")


# --- the assignment -------------------------------------------------------------------------------------------------


def assigning(stills: Stills, site: Flask) -> None:
    entries = [entry(f"S{it}", city=city) for it, (_, city) in enumerate(TITLES[:6], start=1)]
    entries += [entry(f"O{it}", "openness", city=city) for it, (_, city) in enumerate(TITLES[6:], start=1)]
    bench = [
        judge("ada"),
        judge("ben", city="Hanbit", country="KR"),
        judge("cy", categories="services"),
        judge("dee", categories="openness"),
    ]
    made = panel.Panel(
        site, Path(site.config["LAURELS_DATA"]), entries, bench, {"everyone_up_to": 2, "per_nomination": 3}
    )
    retitle(site)
    organiser, page = made.at(), f"{DESK}/assignment"
    stills.look("panel-assignment-before", organiser, page)
    assert send(organiser, f"/en{page}", {"per_nomination": "3", "seed": ""}).status_code == 303
    stills.look("panel-assignment-proposal", organiser, page)
    stills.look("panel-assignment-judge", organiser, f"{page}?judge={made.judge('ada')}")
    stills.look("panel-assignment-categories", organiser, f"{page}?by=nomination")
    stills.look("panel-assignment-nominations", organiser, f"{page}?by=nomination&category=openness")
    stills.look("panel-issue", organiser, f"{page}/issue")
    conflict = {"judge": made.judge("ben"), "reference": "S3"}
    stills.refuse("panel-issue-conflict", organiser, f"{page}/issue", conflict)
    stills.refuse(
        "panel-issue-warned", organiser, f"{page}/issue", {"judge": made.judge("cy"), "reference": "O1"}
    )
    stills.refuse("panel-assignment-refused", organiser, page, {"per_nomination": "two"})
    stills.look("panel-assignment-confirm", organiser, f"{page}/confirm")
    with site.app_context():
        run = db.session.scalars(select(AssignmentRun).order_by(AssignmentRun.number.desc())).first()
        assert run is not None
        confirmed = {"number": str(run.number), "shown": runs.fingerprint(run)}
    assert send(organiser, f"/en{page}/confirm", confirmed).status_code == 303
    stills.look("panel-assignment-issued", organiser, page)
    stills.look("panel-assignment-auditor", made.at(panel.AUDITOR), page)
    stills.look("panel-tell", organiser, f"{page}/tell")
    back = f"{page}/take-back/{made.judge('ada')}"
    reference = next(it[1] for it in sorted(made.pairs()) if it[0] == "ada")
    stills.look("panel-take-back", organiser, f"{back}?reference={reference}")
    stills.refuse("panel-take-back-refused", organiser, back, {"reference": reference, "reason": " "})
    taken = {"reference": reference, "reason": "Silent for weeks, and asked twice."}
    assert send(organiser, f"/en{back}", taken).status_code == 303
    hand_back(site, made)
    stills.look("panel-assignment-ended", organiser, page)


def hand_back(site: Flask, made: panel.Panel) -> None:
    """A judge hands one back."""
    from awards import assignments, editions
    from awards.assignments import HandBack
    from awards.audit import Actor
    from awards.models import Assignment, AssignmentState

    with site.app_context():
        begin_writing()
        found = next(
            it
            for it in db.session.scalars(select(Assignment).where(Assignment.state == AssignmentState.ISSUED))
            if it.judge.public_id == made.judge("dee")
        )
        account = found.judge.account
        assignments.hand_back(
            db.session(),
            editions.find(db.session(), SMALL),
            found,
            HandBack.LANGUAGE,
            note="I can't read the language of its papers.",
            actor=Actor(account, account),
            now=world.NOW,
        )
        db.session.commit()


# --- progress and closing -------------------------------------------------------------------------------------------


def progress(stills: Stills, site: Flask) -> None:
    made = marking.Round(site, references=("N1", "N2"), judges=("ada", "ben"))
    organiser, page = made.at(), f"{DESK}/progress"
    stills.look("panel-progress-none", organiser, page)
    with site.app_context():
        made.add(
            *(entry(f"N{it}") for it in range(3, 7)),
            *(entry(f"P{it}", "openness") for it in range(1, 4)),
            judges=[judge("cy"), judge("dee", categories="openness")],
        )
    retitle(site)
    made.finish("ada", references=("N1", "N2", "N3"))
    made.give("ben", "N1", FIRST, submit=True)
    made.give("ben", "N2", FIRST)
    made.give("cy", "N1", SECOND)
    with made.later(days=12):
        organiser, chair = made.at(), made.at(marking.CHAIR)
        stills.look("panel-progress", organiser, page)
        stills.look("panel-progress-behind", organiser, f"{page}?show=behind")
        stills.look("panel-progress-unsubmitted", organiser, f"{page}?show=unsubmitted&sort=left")
        stills.look("panel-progress-nominations", organiser, f"{page}/nominations")
        stills.look("panel-progress-short", organiser, f"{page}/nominations?short=1&sort=missing")
        stills.look("panel-remind", organiser, f"{page}/remind?show=left")
        stills.refuse("panel-remind-nobody", organiser, f"{page}/remind", {"show": "undone"})
        with site.app_context():
            late = made.judge("cy").public_id
        time = f"{DESK}/judges/{late}/more-time"
        when = {"day": "2026-05-27", "time": "", "zone": "Asia/Seoul", "reason": "Ill for a week."}
        stills.look("panel-more-time", organiser, time)
        stills.refuse("panel-more-time-refused", organiser, time, when | {"day": "2026-05-20", "act": "look"})
        stills.refuse("panel-more-time-look", organiser, time, when | {"act": "look"})
        stills.look("panel-closing-missing", organiser, f"{DESK}/closing")
        stills.look("table-minimum", chair, f"{TABLE}/minimum")
        stills.look("table-minimum-one", chair, f"{TABLE}/minimum/N4")
        stills.look("table-minimum-deputy", made.at(marking.DEPUTY), f"{TABLE}/minimum/N4")
        stills.look("table-open", chair, f"{TABLE}/")
        stills.look("today-organiser", organiser, "/today")
        stills.look("today-chair", chair, "/today")
        stills.look("panel-overview", organiser, f"{DESK}/")
        names = [f"N{it}" for it in range(1, 7)]
        with site.app_context():
            made.edition()
        made.finish("ada", references=names[3:])
        made.finish("ben", references=names[1:])
        for who in ("ada", "ben"):
            for it in range(1, 4):
                made.give(who, f"P{it}", {"impact": 7}, submit=True)
        stills.look("panel-closing-early", organiser, f"{DESK}/closing")
        seen = hidden(organiser.get(f"/en{DESK}/closing").text, "seen")
        stills.refuse("panel-closing-refused", organiser, f"{DESK}/closing", {"seen": seen, "reason": " "})
        closed = {"seen": seen, "reason": "Cy is ill and agrees."}
        assert send(organiser, f"/en{DESK}/closing", closed).status_code == 303
        stills.look("panel-closing-after", organiser, f"{DESK}/closing")
        stills.look("panel-progress-after", organiser, page)
        stills.look("today-organiser-after", organiser, "/today")
        stills.look("today-chair-after", chair, "/today")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


# --- the chair's table ----------------------------------------------------------------------------------------------


def deciding(stills: Stills, site: Flask, folder: Path) -> None:
    made = tables.Round(site, Path(site.config["LAURELS_DATA"]))
    retitle(site)
    stills.look("table-before", made.at("chair"), f"{TABLE}/")
    made.mark_and_close()
    made.browsers.clear()
    chair, olga = made.at("chair"), made.at("olga")
    stills.look("table-index", chair, f"{TABLE}/")
    stills.look("table-index-organiser", olga, f"{TABLE}/")
    stills.look("table-category-tie", chair, f"{TABLE}/services")
    stills.look("table-category-clear", chair, f"{TABLE}/openness")
    stills.look("table-order", chair, f"{TABLE}/services/order")
    level = {"place-0": "1", "place-1": "1", "reason": " ", "seen": "1"}
    stills.refuse("table-order-mistakes", chair, f"{TABLE}/services/order", level)
    made.order()
    stills.look("table-category-ordered", chair, f"{TABLE}/services")
    stills.look("table-ready", chair, f"{TABLE}/")
    stills.look("table-sign", chair, f"{TABLE}/acts/sign")
    minutes(made, folder, "draft")
    signing(stills, made, folder)


def signing(stills: Stills, made: tables.Round, folder: Path) -> None:
    chair, olga = made.at("chair"), made.at("olga")
    assert made.sign(services="2", openness="1").status_code == 303
    stills.look("table-signed", chair, f"{TABLE}/")
    stills.look("table-category-signed", chair, f"{TABLE}/services")
    reopening(stills, made)
    minutes(made, folder, "signed")
    nominators(made)
    announce = f"{TABLE}/acts/announce"
    stills.look("table-announce", olga, announce)
    later = {"when": "later", "day": "2026-05-10", "time": "10:00", "zone": "Asia/Seoul", "letters": "first"}
    stills.refuse("table-announce-wrong", olga, announce, later | {"act": "look", "day": "2020-01-01"})
    stills.refuse("table-announce-look", olga, announce, later | {"act": "look"})
    seen = hidden(send(olga, f"/en{announce}", later | {"act": "look"}).text, "seen")
    assert send(olga, f"/en{announce}", later | {"act": "announce", "seen": seen}).status_code == 303
    stills.look("table-announced-later", olga, announce)
    stills.look("table-call-off", olga, f"{TABLE}/acts/call-off")
    stills.look("table-announced", chair, f"{TABLE}/")


def reopening(stills: Stills, made: tables.Round) -> None:
    """A judge asks to mend a sheet; nobody has to agree."""
    from awards import reopening as asking_again
    from awards.audit import Actor

    listing = f"{TABLE}/acts/reopened"
    stills.look("table-reopened-none", made.at("chair"), listing)
    with made.app.app_context():
        begin_writing()
        play = made._play()
        ada = next(it for it in db.session.scalars(select(Judge)) if it.account.email == "ada@example.org")
        asked = asking_again.ask(
            db.session(),
            play.edition,
            ada,
            play.nomination("N2"),
            reason="I gave N2 the marks that I meant for N4.",
            actor=Actor(ada.account, ada.account),
            now=world.NOW,
        )
        public = asked.public_id
        db.session.commit()
    stills.look("table-reopened", made.at("chair"), listing)
    stills.look("table-reopen", made.at("chair"), f"{listing}/{public}")
    agreed = send(made.at("chair"), f"/en{listing}/{public}", {"act": "propose"})
    assert agreed.status_code == 303
    stills.look("table-reopen-second", made.at("olga"), f"{listing}/{public}")
    refused = {"act": "refuse", "reason": "The comment of the sheet speaks of N2."}
    send(made.at("olga"), f"/en{listing}/{public}", refused)
    stills.look("table-reopened-over", made.at("chair"), listing)


def nominators(made: tables.Round) -> None:
    from awards import accounts
    from awards.models import Nomination

    with made.app.app_context():
        begin_writing()
        for reference, language in (("N1", "en"), ("N2", "ko")):
            found, _ = accounts.find_or_make(
                db.session(), f"{reference.lower()}@city.example", now=world.NOW, actor=None
            )
            found.language = language
            nomination = db.session.query(Nomination).filter(Nomination.reference == reference).one()
            nomination.nominator_id = found.id
        db.session.commit()


def bound(stills: Stills, site: Flask) -> None:
    """The chair has an interest in one that is level: the deputy decides; then nobody may."""
    made = tables.Round(site, Path(site.config["LAURELS_DATA"]))
    retitle(site)
    made.mark_and_close()
    made.browsers.clear()
    made.bind("chair", "N2")
    stills.look("table-bound-chair", made.at("chair"), f"{TABLE}/services")
    stills.look("table-bound-index", made.at("chair"), f"{TABLE}/")
    stills.look("table-bound-deputy", made.at("deputy"), f"{TABLE}/services")
    made.bind("deputy", "N3")
    stills.look("table-bound-nobody", made.at("olga"), f"{TABLE}/services")
    assert send(made.at("olga"), f"/en{TABLE}/services/go-on", page=f"/en{TABLE}/services").status_code == 303
    stills.look("table-bound-lot", made.at("olga"), f"{TABLE}/services")
    two = f"{TABLE}/services/two"
    stills.look("table-two", made.at("olga"), two)
    assert (
        send(
            made.at("olga"), f"/en{two}", {"act": "propose", "seen": "2", "reason": "All are bound."}
        ).status_code
        == 303
    )
    stills.look("table-two-other", made.at("omar"), two)


def minutes(made: tables.Round, folder: Path, state: str) -> None:
    """The minutes as pages."""
    import subprocess

    for language in ("en", "ko"):
        paper = made.get("auditor", "/minutes.pdf", language).data
        subprocess.run(
            ["pdftoppm", "-r", "70", "-png", "-l", "3", "-", folder / f"paper-minutes-{state}-{language}"],
            input=paper,
            check=True,
        )

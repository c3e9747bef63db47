"""Pictures of the secretariat's and the screeners' pages, of the mails and of the papers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import flask_migrate
from flask import Flask
from playwright.sync_api import Browser

from awards import create_app, mailbox, mails
from awards.notices import Template
from awards.timetable import Phase
from tests.awards.test_letters import EVERYTHING, URL, invite, message
from tests.browser import (
    deliberation_scenes,
    office_scenes,
    panel_scenes,
    paperwork_scenes,
    reading_scenes,
    screening_scenes,
)
from tests.browser.site import serving, settled
from tests.browser.stills import LANGUAGES, OF_MAIL, Stills, picture
from tests.web import world
from tests.web.nominating import OFFICER, begin
from tests.web.office import Office
from tests.web.signing import signed_in

DARK = ("office-edition-nominations", "screening-list", "screening-findings")


def take(chromium: Browser, data: Path, folder: Path) -> None:
    """Every page and state of the secretariat's side, at two widths and in both languages."""
    stills = Stills()
    empty(stills, data / "nobody")
    with settled(data / "office") as site, serving(site) as address:
        collect(stills, site)
        papers(site, folder)
        picture(chromium, address, folder, stills.kept, dark=DARK)
        picture(chromium, address, folder, stills.mails, widths=(OF_MAIL,))
    of_the_panel = Stills()
    with settled(data / "panel") as site, serving(site) as address:
        panel_scenes.take(of_the_panel, data, site, folder)
        deliberation_scenes.take(of_the_panel, data)
        picture(chromium, address, folder, of_the_panel.kept, widths=panel_scenes.WIDTHS)
        further = Stills()
        reading_scenes.take(further, data)
        picture(chromium, address, folder, further.kept)


def empty(stills: Stills, data: Path) -> None:
    """A site on which nothing was made yet."""
    site = create_app(
        {"LAURELS_DATA": str(data), "SQLALCHEMY_DATABASE_URI": f"sqlite:///{data}/laurels.sqlite"}
    )
    with site.app_context():
        flask_migrate.upgrade()
    office_scenes.nobody(stills, site)


def collect(stills: Stills, site: Flask) -> None:
    office = Office(site)
    office_scenes.scenes(stills, office)
    paperwork_scenes.scenes(stills, office)
    screening_scenes.settle(site)
    screening_scenes.scenes(stills, site)
    letters(stills, site)


def letters(stills: Stills, site: Flask) -> None:
    """Every mail, and the demo's mailbox that holds them."""
    from awards.extensions import begin_writing, db

    site.config["LAURELS_DEMO"] = True
    stills.look("mailbox-empty", site.test_client(), "/mailbox/")
    folder = Path(site.config["LAURELS_DATA"]) / "mails"
    with site.app_context():
        begin_writing()
        session, who = db.session(), world.actor(db.session())
        edition = world.load(session, who, "wego-awards", "mails", Phase.SCREENING)
        for template in Template:
            for language in LANGUAGES:
                asked = None
                if template is Template.INVITATION:
                    asked = invite(session, note="We would be glad of your help.")
                    asked.edition_id = edition.id
                queued = message(session, template, language, EVERYTHING, edition, asked)
                mail = mails.compose(
                    session, queued, url=URL, sender="Awards <awards@example.org>", actor=who, now=world.NOW
                ).message
                mailbox.put(folder, mail)
                html = mail.get_body(("html",))
                assert html is not None
                stills.mails[f"mail-{template.value}", language] = html.get_content()
        db.session.rollback()
    stills.look("mailbox", site.test_client(), "/mailbox/")
    stills.look("mailbox-mail", site.test_client(), f"/mailbox/{mailbox.newest(folder)[0].key}")
    site.config["LAURELS_DEMO"] = False


def papers(site: Flask, folder: Path) -> None:
    """The first page of every paper, in both languages."""
    mine = begin(site, OFFICER, submitted=True)
    officer = signed_in(site, OFFICER)
    receipt = officer.get(f"/en/nominations/{mine}/").text.partition("/receipt/")[2].partition('"')[0]
    for name, path in {
        "rules": f"/{world.OPEN}/rules.pdf",
        "form": f"/{world.OPEN}/form.pdf",
        "receipt": f"/nominations/{mine}/receipt/{receipt.removesuffix('.pdf')}.pdf",
        "approval-letter": f"/nominations/{mine}/approval-letter.pdf",
    }.items():
        for language in LANGUAGES:
            paper = officer.get(f"/{language}{path}").data
            subprocess.run(
                ["pdftoppm", "-r", "70", "-png", "-l", "3", "-", folder / f"paper-{name}-{language}"],
                input=paper,
                check=True,
            )

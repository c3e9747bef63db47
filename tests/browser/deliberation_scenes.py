"""The deliberation room in each of its states, and practice nominations, for organisers and for judges."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from tests.awards.play import KEY
from tests.browser.panel_scenes import retitle, small
from tests.browser.stills import Stills
from tests.web import tables
from tests.web.signing import send

ROOM, DESK, JUDGING = f"/deliberation/{KEY}", f"/secretariat/{KEY}/practice", f"/judging/{KEY}/practice"
NOTES = (
    ("ada", "N2", "Page four has the second year after all, in the annex. It holds up."),
    ("ben", "N2", "Then I see less between the two.\nN3 still reaches more people."),
    ("chair", "N2", "Thank you. Please say by Thursday if anything else should be weighed."),
)
SAMPLE = {
    "title-en": "Lamps that ask nobody",
    "body-en": "An imagined city lights its parks when somebody walks there.\n\nIn the first year energy fell by a "
    "third. Nobody was asked where they walk.",
    "comment-en": "A clear service with numbers. The impact is claimed for the whole city and shown for two parks, and "
    "people had no say.",
    "panel-services": "8 7 9 8 7",
    "panel-impact": "4 3 5 4 6",
}


def take(stills: Stills, data: Path) -> None:
    """Everything is made under `data`."""
    with small(data, "deliberating") as site:
        deliberating(stills, site)
    with small(data, "practising") as site:
        practising(stills, site)


def deliberating(stills: Stills, site: Flask) -> None:
    made = tables.Round(site, Path(site.config["LAURELS_DATA"]))
    retitle(site)
    stills.look("room-before", made.at("ada"), f"{ROOM}/")
    made.mark_and_close()
    chair, ada, ben = (made.at(name) for name in ("chair", "ada", "ben"))
    stills.look("room-shut", chair, f"{ROOM}/")
    stills.look("room-open-it", chair, f"{ROOM}/acts/open")
    assert send(chair, f"/en{ROOM}/acts/open").status_code == 303
    stills.look("room-empty", ben, f"{ROOM}/N3")
    for who, reference, text in NOTES:
        assert send(made.at(who), f"/en{ROOM}/{reference}", {"text": text, "key": f"note-of-{who}"})
    made.order()
    stills.look("room-open", ada, f"{ROOM}/")
    stills.look("room-nomination", ada, f"{ROOM}/N2")
    stills.look("room-dossier", ada, f"{ROOM}/N2/dossier")
    stills.refuse("room-mistake", ada, f"{ROOM}/N2", {"text": "Too long. " * 450})
    stills.look("room-take-back", ada, f"{ROOM}/acts/take-back/note-of-ada")
    assert send(ada, f"/en{ROOM}/acts/take-back/note-of-ada").status_code == 303
    made.bind("deputy", "N2")
    stills.look("room-taken-back", made.at("auditor"), f"{ROOM}/N2")
    stills.look("room-bound", made.at("deputy"), f"{ROOM}/")
    stills.look("room-kept-out", made.at("deputy"), f"{ROOM}/N2")
    stills.look("room-today", ada, "/today")
    stills.look("room-close-it", chair, f"{ROOM}/acts/close")
    assert send(chair, f"/en{ROOM}/acts/close").status_code == 303
    stills.look("room-closed", ben, f"{ROOM}/")
    stills.look("room-closed-chair", chair, f"{ROOM}/")


def practising(stills: Stills, site: Flask) -> None:
    made = tables.Round(site, Path(site.config["LAURELS_DATA"]), practice="true")
    olga, ada = made.at("olga"), made.at("ada")
    stills.look("practice-none", olga, DESK)
    new = f"{DESK}/new?category=services"
    wrong = SAMPLE | {"category": "services", "panel-services": "8 seven", "comment-en": ""}
    stills.refuse("practice-mistakes", olga, f"{DESK}/new", wrong, page=new)
    sent = send(olga, f"/en{DESK}/new", SAMPLE | {"category": "services"}, page=f"/en{new}")
    assert sent.status_code == 303
    stills.look("practice-list", olga, DESK)
    stills.look("practice-offers", ada, JUDGING)
    one = f"{JUDGING}/{key_of(site)}"
    stills.look("practice-before", ada, one)
    stills.refuse("practice-half", ada, one, {"mark-services": "10"})
    assert send(ada, f"/en{one}", {"mark-services": "10", "mark-impact": "4"}).status_code == 303
    stills.look("practice-after", ada, one)
    stills.look("practice-end", olga, f"{DESK}/{key_of(site)}/end")


def key_of(site: Flask) -> str:
    from sqlalchemy import select

    from awards.extensions import db
    from awards.models import PracticeNomination

    with site.app_context():
        return db.session.scalars(select(PracticeNomination.public_id)).one()

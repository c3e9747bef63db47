"""A prize with one category and four nominations, screened and ready to be judged, and the people around it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from awards import editions, programmes
from awards.extensions import db
from awards.models import Role
from awards.timetable import Moment
from tests.browser.nominating import nominate
from tests.browser.stage import ORGANISER, employ
from tests.web import world

KEY = "harbour-prize"
CHAIR, CLERK, SECOND_CLERK = "cho@office.example", "cleo@office.example", "saad@office.example"
STAFF = {
    ORGANISER: ("Hana Example", Role.ORGANISER),
    CHAIR: ("Cho Example", Role.CHAIR),
    CLERK: ("Cleo Example", Role.CLERK),
    SECOND_CLERK: ("Saad Example", Role.CLERK),
}
ZONE = "Asia/Seoul"
ROUND_LASTS = timedelta(days=10)
TITLES = {
    "HP-01": "Ferries that wait for the last train",
    "HP-02": "A quay for everybody",
    "HP-03": "Cranes that share their power",
    "HP-04": "Tides on every telephone",
}
CITIES = {"HP-01": "Quillonia", "HP-02": "Zephyrgate", "HP-03": "Marrowby", "HP-04": "Tollen"}
WRITERS = {key: f"writer@{city.lower()}.example" for key, city in CITIES.items()}
CRITERIA = ("services", "impact")
CONDUCT = "I judge for myself and keep to myself what I read."

PROGRAMME = f"""
key = "{KEY}"
languages = ["en"]
working_language = "en"
name.en = "Harbour Prize"
honours.en = "Good practice of ports."
association.en = "An association of imagined ports"
second_round = "none"
minimum_nominations = 1

[conduct]
text.en = "{CONDUCT}"

[scale]
lowest = 1
highest = 10

[sheets]
minimum = 3
everyone_up_to = 100
per_nomination = 3

[conflicts]
same_country = "off"

[shortlist]
places = 2
ladder = ["chair", "lot"]

[[criteria]]
key = "services"
weight = 1
name.en = "Services"
text.en = "What people get from it."

[[criteria]]
key = "impact"
weight = 1
name.en = "Impact"
text.en = "What it has changed."

[[categories]]
key = "ports"
name.en = "Ports"
text.en = "Ports."

[[prizes]]
key = "best"
name.en = "Best prize"
"""


def settle(data: Path) -> None:
    """To the end of the eligibility check, by the use cases; marks close in ten days."""
    session, now = db.session(), datetime.now(UTC)
    who = world.actor(session)
    edition = programmes.load(session, PROGRAMME, edition_key=None, actor=who, now=now).edition
    edition.zone = ZONE
    rows = [
        (key, "ports", "project", title, f"Port of {CITIES[key]}", CITIES[key], "KR", "Shared with all.", "")
        for key, title in TITLES.items()
    ]
    nominate(edition, rows, WRITERS, keys=data / "keys", who=who, now=now)
    closes = (now + ROUND_LASTS).replace(hour=14, minute=59, second=0, microsecond=0, tzinfo=None)
    editions.set_moment(session, edition, Moment.MARKS_CLOSE, closes, zone=ZONE, actor=who, now=now)
    employ(edition, STAFF, who, now)
    session.commit()

"""A prize on which the members vote: three finalists announced, four cities in the register, the people around it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from awards import cycle, finalists, judges, organisations, panels, programmes, rounds, sheets, shortlists
from awards.audit import Actor
from awards.extensions import db
from awards.models import Edition, Membership, Role
from awards.timetable import Phase
from tests.awards.play import JUDGE_COLUMNS, judge, table
from tests.browser.nominating import nominate
from tests.browser.stage import ORGANISER, employ
from tests.web import world

KEY = "lantern-prize"
SECOND_ORGANISER, TELLER, CHAIR = "omar@office.example", "tilda@office.example", "cho@office.example"
STAFF = {
    ORGANISER: ("Hana Example", Role.ORGANISER),
    SECOND_ORGANISER: ("Omar Example", Role.ORGANISER),
    TELLER: ("Tilda Example", Role.TELLER),
    CHAIR: ("Cho Example", Role.CHAIR),
}
ZONE = "Asia/Seoul"
TITLES = {
    "LP-01": "Street lamps that wait for you",
    "LP-02": "A library with no last page",
    "LP-03": "Ferries by starlight",
    "LP-04": "Tides on every telephone",
}
CITIES = {"LP-01": "Quillonia", "LP-02": "Zephyrgate", "LP-03": "Marrowby", "LP-04": "Tollen"}
WRITERS = {key: f"writer@{city.lower()}.example" for key, city in CITIES.items()}
MARKS = {"LP-01": "8", "LP-02": "8", "LP-03": "8", "LP-04": "5"}
JUDGES = ("ann", "ben")

PROGRAMME = f"""
key = "{KEY}"
languages = ["en"]
working_language = "en"
name.en = "Lantern Prize"
honours.en = "Good practice of cities at night."
association.en = "An association of imagined cities"
second_round = "vote"
minimum_nominations = 1
min_publish = 3

[scale]
lowest = 1
highest = 10

[sheets]
minimum = 1

[conflicts]
same_country = "off"

[shortlist]
places = 3
ladder = ["chair", "lot"]

[vote]
electorate = "members"
method = "one_choice"
quorum = "1/3"

[result]
ladder = ["first_round", "chair", "lot"]

[[criteria]]
key = "impact"
weight = 1
name.en = "Impact"
text.en = "What it has changed."

[[categories]]
key = "night"
name.en = "Night"
text.en = "What a city does after dark."

[[prizes]]
key = "lantern"
name.en = "The Lantern"
"""


def settle(data: Path) -> None:
    """To the end of the first round, by the use cases: the shortlist is signed and announced."""
    session, now = db.session(), datetime.now(UTC)
    who = world.actor(session)
    edition = start(PROGRAMME, who, now)
    reach_the_finalists(edition, data / "keys", who, now)
    employ(edition, STAFF, who, now)
    session.commit()


def start(programme: str, who: Actor, now: datetime) -> Edition:
    """The edition with its rules not frozen, and the cities in the register."""
    session = db.session()
    edition = programmes.load(session, programme, edition_key=None, actor=who, now=now).edition
    edition.zone = ZONE
    for name in CITIES.values():
        city = organisations.make(name, country="KR", city=name, kind="city")
        city.membership = Membership.FULL
        session.add(city)
    session.flush()
    return edition


def reach_the_finalists(edition: Edition, keys: Path, who: Actor, now: datetime) -> None:
    """From the call to the finalists announced."""
    _judge(edition, keys, who, now)
    finalists.announce(db.session(), edition, actor=who, now=now)


def _judge(edition: Edition, keys: Path, who: Actor, now: datetime) -> None:
    session = db.session()
    rows = [
        (key, "night", "project", title, CITIES[key], CITIES[key], "KR", "Shared with all.", "")
        for key, title in TITLES.items()
    ]
    nominate(edition, rows, WRITERS, keys=keys, who=who, now=now)
    seats = [judge(name) for name in JUDGES]
    judges.load(session, edition, table(JUDGE_COLUMNS, seats), actor=who, now=now)
    cycle.reach(session, edition, Phase.FIRST_ROUND, actor=who, now=now, key_folder=keys)
    panels.assign(session, edition, actor=who, now=now)
    marks = [(seat[1], key, mark, "") for seat in seats for key, mark in MARKS.items()]
    columns = ("judge", "nomination", "impact", "comment")
    sheets.load(session, edition, table(columns, marks), actor=who, now=now)
    rounds.close_first(session, edition, actor=who, now=now)
    shortlists.sign(session, edition, actor=who, now=now)

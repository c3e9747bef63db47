"""A prize whose sixteen nominations are read by three judges each, close at the cut, with a budget to look again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zlib import crc32

from sqlalchemy import select

from awards import cycle, declarations, editions, joining, judges, programmes, scoring, sheets
from awards.audit import Actor
from awards.extensions import db
from awards.joining import Reading
from awards.models import Assignment, AssignmentKind, Edition, Role
from awards.scoring import Content
from awards.timetable import Moment, Phase
from tests.awards.play import JUDGE_COLUMNS, judge, table
from tests.browser.nominating import nominate
from tests.browser.stage import ORGANISER, employ
from tests.web import world

KEY, CATEGORY = "garden-prize", "gardens"
CHAIR = "cho@office.example"
STAFF = {ORGANISER: ("Hana Example", Role.ORGANISER), CHAIR: ("Cho Example", Role.CHAIR)}
ZONE = "Asia/Seoul"
ROUND_LASTS = timedelta(days=10)
CRITERIA = ("services", "impact")
NAMES = (
    "Moss on every roof", "The orchard of the ring road", "Shade for the bus stop", "A pond where it floods",
    "Beans on the balcony", "The night garden", "Paths that drink rain", "Hives of the town hall",
    "A meadow for the tram", "Trees with a telephone", "The garden behind bars", "Seeds by post",
    "A hedge without an end", "Ferns under the bridge", "The school that grows", "Reeds that clean",
)  # fmt: skip
TITLES = {f"GP-{number:02}": title for number, title in enumerate(NAMES, start=1)}
WORTH = {
    "GP-01": 9, "GP-02": 8.5, "GP-03": Fraction(41, 6), "GP-04": 6.5, "GP-05": 6.5, "GP-06": Fraction(37, 6),
    "GP-07": 4, "GP-08": 4, "GP-09": 4, "GP-10": 3.5, "GP-11": 3.5, "GP-12": 3,
    "GP-13": 3, "GP-14": 3, "GP-15": 2.5, "GP-16": 2.5,
}  # fmt: skip
"""What each is worth. Four places: the third and the sixth are near, the fourth and fifth are level."""
FALLS, LEVEL, RISES = "GP-03", ("GP-04", "GP-05"), "GP-06"
CLOSE = (FALLS, *LEVEL, RISES)
SEVERITY = {"ada": 1, "ben": -1, "cyd": 0, "dee": 0.5, "eve": -0.5, "fay": 0, "gil": 0.5}
REGIONS = {
    "ada": "europe", "ben": "asia", "cyd": "africa", "dee": "asia",
    "eve": "europe", "fay": "americas", "gil": "americas",
}  # fmt: skip

PROGRAMME = f"""
key = "{KEY}"
languages = ["en", "ko"]
working_language = "en"
name.en = "Garden Prize"
name.ko = "정원상"
honours.en = "Gardens that a town shares."
honours.ko = "도시가 함께 가꾸는 정원."
association.en = "An association of imagined gardens"
association.ko = "상상 속 정원 협회"
second_round = "none"
minimum_nominations = 1

[scale]
lowest = 1
highest = 10

[sheets]
minimum = 2
everyone_up_to = 0
per_nomination = 3

[conflicts]
same_country = "off"

[shortlist]
places = 4
ladder = ["chair", "lot"]

[readings]
budget = 8
most = 2

[[criteria]]
key = "services"
weight = 1
name.en = "Services"
name.ko = "서비스"
text.en = "What people get from it."
text.ko = "주민이 얻는 것."

[[criteria]]
key = "impact"
weight = 1
name.en = "Impact"
name.ko = "효과"
text.en = "What it has changed."
text.ko = "달라진 것."

[[categories]]
key = "{CATEGORY}"
name.en = "Gardens"
name.ko = "정원"
text.en = "Gardens."
text.ko = "정원."

[[prizes]]
key = "best"
name.en = "Best garden"
name.ko = "최고의 정원"
"""

Pair = tuple[str, str]
"""Judge and nomination, as the story calls them: a name and a reference."""


def address(name: str) -> str:
    """Where a judge of the panel gets mail."""
    return f"{name}@example.org"


def settle(data: Path) -> None:
    """To the open first round, by the use cases: judges have declared, nothing is assigned, marks close in ten days."""
    session, now = db.session(), datetime.now(UTC)
    who = world.actor(session)
    edition = programmes.load(session, PROGRAMME, edition_key=None, actor=who, now=now).edition
    edition.zone = ZONE
    rows = [
        (key, CATEGORY, "project", title, f"Town of {key}", f"Town of {key}", "KR", "Shared with all.", "")
        for key, title in TITLES.items()
    ]
    nominate(edition, rows, {}, keys=data / "keys", who=who, now=now)
    _seat(edition, who, now)
    closes = (now + ROUND_LASTS).replace(hour=14, minute=59, second=0, microsecond=0, tzinfo=None)
    editions.set_moment(session, edition, Moment.MARKS_CLOSE, closes, zone=ZONE, actor=who, now=now)
    cycle.reach(session, edition, Phase.FIRST_ROUND, actor=who, now=now, key_folder=data / "keys")
    for it in judges.of_edition(session, edition):
        declarations.declare(session, edition, it, {}, actor=Actor(it.account, it.account), now=now)
    employ(edition, STAFF, who, now)
    session.commit()


def _seat(edition: Edition, who: Actor, now: datetime) -> None:
    """Put the judges on the panel, with what they know and a password."""
    session = db.session()
    judges.load(session, edition, table(JUDGE_COLUMNS, [judge(it) for it in REGIONS]), actor=who, now=now)
    for name, region in REGIONS.items():
        knows = Reading(expertise={CATEGORY: 2 if name in "ada cyd fay" else 1}, region=region)
        seat = judges.find(session, edition, address(name))
        joining.set_reading(session, edition, seat, (), None, more=knows, actor=who, now=now)
    people = {address(it): (f"{it.title()} Fictional", Role.JUDGE) for it in REGIONS}
    employ(edition, people, who, now)


def totals(pairs: Iterable[Pair]) -> dict[Pair, Fraction]:
    """What each judge gives, in halves, by worth, strictness and chance; where it is close, the mean is as said."""
    panels: dict[str, list[str]] = {}
    for name, reference in sorted(pairs):
        panels.setdefault(reference, []).append(name)
    found = {}
    for reference, panel in panels.items():
        worth = Fraction(WORTH[reference])
        for name in panel:
            step = crc32(f"{name} {reference}".encode()) % 5 - 2
            chance = Fraction(step // 2 if reference in CLOSE else step, 2)
            value = Fraction(round(2 * (worth + Fraction(SEVERITY[name]) + chance)), 2)
            found[name, reference] = min(max(value, Fraction(1)), Fraction(10))
        if reference in CLOSE:
            given = sum(found[name, reference] for name in panel[:-1])
            found[panel[-1], reference] = worth * len(panel) - given
    return found


def marks(total: Fraction) -> tuple[int, int]:
    """The marks of two criteria of equal weight whose mean a total in halves is."""
    return int(total), int(2 * total) - int(total)


def give(given: Mapping[Pair, Fraction]) -> None:
    """Hand in sheets with these totals, from a list as an operator does."""
    session, now = db.session(), datetime.now(UTC)
    edition = editions.find(session, KEY)
    rows = [(address(name), it, *map(str, marks(total)), "") for (name, it), total in given.items()]
    columns = ("judge", "nomination", *CRITERIA, "comment")
    sheets.load(session, edition, table(columns, rows), actor=world.actor(session), now=now)
    session.commit()


def give_further(given: Mapping[Pair, Fraction]) -> None:
    """Have second readers save and submit their sheets, each as themselves."""
    session, now = db.session(), datetime.now(UTC)
    edition = editions.find(session, KEY)
    for it in session.scalars(select(Assignment).where(Assignment.kind == AssignmentKind.SECOND)):
        total = given.get((it.judge.account.email.partition("@")[0], it.nomination.reference))
        if total is not None:
            content = Content(dict(zip(CRITERIA, marks(total), strict=True)))
            doing = {"opened": None, "actor": Actor(it.judge.account, it.judge.account), "now": now}
            scoring.save(session, edition, it, content, base=0, **doing)
            scoring.submit(session, edition, it, **doing)
    session.commit()

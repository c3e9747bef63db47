"""A prize whose winner is signed: six nominations judged, finalists announced, a picture of the winner, its people."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from awards import (
    cycle,
    finalists,
    judges,
    nominations,
    panels,
    programmes,
    rounds,
    sheets,
    shortlists,
    storage,
    winners,
)
from awards.attachments import FILES, SMALL
from awards.audit import Actor
from awards.extensions import db
from awards.models import (
    Attachment,
    AttachmentState,
    Edition,
    Nomination,
    NominationRevision,
    Rendition,
    Role,
    ScoreSheetVersion,
)
from awards.timetable import Phase
from tests.awards.play import JUDGE_COLUMNS, table
from tests.browser.nominating import nominate
from tests.browser.stage import ORGANISER, employ
from tests.web import world

KEY = "beacon-prize"
SECOND_ORGANISER, JUDGE = "omar@office.example", "ann@office.example"
STAFF = {
    ORGANISER: ("Hana Example", Role.ORGANISER),
    SECOND_ORGANISER: ("Omar Example", Role.ORGANISER),
}
TITLES = {
    "BP-01": "Lamps that wait for the last boat",
    "BP-02": "A pier for everybody",
    "BP-03": "Cranes that share their power",
    "BP-04": "Tides on every telephone",
    "BP-05": "A ledger of every rope",
    "BP-06": "Gulls counted by schools",
}
CITIES = dict(
    zip(TITLES, ("Quillonia", "Zephyrgate", "Marrowby", "Tollen", "Ostrava Bay", "Lindwick"), strict=True)
)
WINNER, SECOND, *_OTHERS = TITLES
WRITERS = {key: f"writer@{CITIES[key].lower().replace(' ', '')}.example" for key in TITLES}
MARKS = {"BP-01": "9", "BP-02": "8", "BP-03": "7", "BP-04": "6", "BP-05": "5", "BP-06": "4"}
PRIZE, CAPTION = "The Beacon", "The lamp keepers at dusk"
SAID = "Clear figures. Say next time what a lamp costs a year."

PROGRAMME = f"""
key = "{KEY}"
languages = ["en"]
working_language = "en"
name.en = "Beacon Prize"
honours.en = "Good practice of ports at night."
association.en = "An association of imagined ports"
second_round = "none"
minimum_nominations = 1

[scale]
lowest = 1
highest = 10

[sheets]
minimum = 1
everyone_up_to = 100

[conflicts]
same_country = "off"

[shortlist]
places = 2
ladder = ["chair", "lot"]

[[criteria]]
key = "impact"
weight = 1
name.en = "Impact"
text.en = "What it has changed."

[[categories]]
key = "ports"
name.en = "Ports"
text.en = "What a port does after dark."

[[prizes]]
key = "beacon"
name.en = "{PRIZE}"

[[fields]]
key = "pictures"
kind = "pictures"
public = true
name.en = "Pictures"
"""


def settle(data: Path) -> None:
    """To the signed winners, by the use cases; nobody is told yet and nothing but the finalists is public."""
    session, now = db.session(), datetime.now(UTC)
    who = world.actor(session)
    edition = programmes.load(session, PROGRAMME, edition_key=None, actor=who, now=now).edition
    edition.zone = "Asia/Seoul"
    rows = [
        (key, "ports", "project", title, f"Port of {CITIES[key]}", CITIES[key], "KR", "Shared with all.", "")
        for key, title in TITLES.items()
    ]
    nominate(edition, rows, WRITERS, keys=data / "keys", who=who, now=now)
    _show(nominations.find(session, edition, WINNER), data / FILES, who, now)
    _judge(edition, data / "keys", who, now)
    employ(edition, STAFF | {JUDGE: ("Ann Example", Role.JUDGE)}, who, now)
    session.commit()


def _judge(edition: Edition, keys: Path, who: Actor, now: datetime) -> None:
    session, act = db.session(), {"actor": who, "now": now}
    seats = [("Ann Example", JUDGE, "Example University", "", "PT", "en", "ports")]
    judges.load(session, edition, table(JUDGE_COLUMNS, seats), **act)
    cycle.reach(session, edition, Phase.FIRST_ROUND, key_folder=keys, **act)
    panels.assign(session, edition, **act)
    marks = [(JUDGE, key, mark, "") for key, mark in MARKS.items()]
    sheets.load(session, edition, table(("judge", "nomination", "impact", "comment"), marks), **act)
    _write_feedback(nominations.find(session, edition, WINNER))
    rounds.close_first(session, edition, **act)
    shortlists.sign(session, edition, **act)
    finalists.announce(session, edition, **act)
    winners.sign(session, edition, **act)


def _write_feedback(nomination: Nomination) -> None:
    """The judge has words for the nominee."""
    session = db.session()
    for it in session.query(ScoreSheetVersion).all():
        if it.sheet.assignment.nomination is nomination:
            said = {"marks": it.marks, "origin": it.origin, "feedback": SAID, "at": it.at}
            session.add(ScoreSheetVersion(sheet_id=it.sheet_id, number=it.number + 1, **said))
    session.flush()


def _show(nomination: Nomination, files: Path, who: Actor, now: datetime) -> None:
    """A picture of the nomination that its people let be published, drawn as a worker draws it."""
    session, name, size = db.session(), "keepers", (600, 400)
    drawn = io.BytesIO()
    Image.new("RGB", size, "#1d3557").save(drawn, "WEBP")
    kept = Attachment(
        nomination_id=nomination.id,
        field="pictures",
        name=f"{name}.jpg",
        media_type="image/jpeg",
        size=1,
        sha256=name.ljust(64, "0"),
        state=AttachmentState.CLEAN,
        file=f"{name}.jpg",
        uploaded_by_id=who.account.id,
        at=now,
    )
    session.add(kept)
    session.flush()
    file = storage.keep(files, drawn.getvalue(), suffix=".webp")
    storage.keep(files, drawn.getvalue(), suffix=SMALL, beside=file)
    width, height = size
    session.add(
        Rendition(
            attachment_id=kept.id,
            page=1,
            file=file,
            media_type="image/webp",
            width=width,
            height=height,
            size=len(drawn.getvalue()),
            at=now,
        )
    )
    before = nomination.revisions[-1]
    same = {it.key: getattr(before, it.key) for it in NominationRevision.__table__.columns if it.key != "id"}
    said = {"pictures": [{"file": kept.key, "caption": CAPTION, "permission": True}]}
    more = {"content": said, "kept_back": [], "number": before.number + 1}
    nomination.revisions.append(NominationRevision(**(same | more)))
    nomination.submitted_number = before.number + 1
    session.flush()

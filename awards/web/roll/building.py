"""Who is on the roll: built from the register, brought up to date from the panel, or read from a list."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import electors, enrolment, roll, spreadsheets
from awards.electors import Plan
from awards.extensions import db
from awards.models import Organisation
from awards.tables import FileRefused, Table
from awards.web import door, downloads, sessions
from awards.web.access import Audience, audience
from awards.web.language import current
from awards.web.roll import says
from awards.web.roll.routes import blueprint
from awards.web.secretariat.frame import Answer, back_to, posted, show
from judging.values import Electorate

LARGEST = 2 * 2**20
MOST_ROWS = 20_000
MOST_LINES = 50
REFUSED = (roll.RollFrozen, roll.VoteClosed, electors.DateAhead)


@blueprint.route("/build", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def build(**_edition: str) -> Answer:
    """What the register or the panel says now; posted, the roll is made so."""
    electorate = door.vote().electorate
    if electorate is Electorate.PUBLIC:
        return back_to("roll.load")
    if electorate is Electorate.JUDGES:
        return _panel()
    if request.method == "GET":
        return _build()
    session = db.session()
    as_of = _day(posted("as_of"))
    if as_of is None:
        return _build({"as_of": _("Write a day, such as 2026-05-04.")}), 422
    try:
        done = electors.build(
            session, door.edition(), as_of=as_of, actor=sessions.actor(), now=sessions.now()
        )
    except REFUSED as error:
        session.rollback()
        return _build(says.wrong(error)), 422
    session.commit()
    on = len(done.coming) + len(done.back) + done.staying
    return back_to(
        "roll.index", ngettext("One elector is on the roll.", "%(num)d electors are on the roll.", on)
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _build(wrong: Mapping[str, str] | None = None) -> str:
    plan: Plan = electors.plan(db.session(), door.edition())
    return show(
        "roll/build.html",
        "roll.index",
        plan=plan,
        out=says.OUT,
        wrong=dict(wrong or {}),
        as_of=posted("as_of") or sessions.now().date().isoformat(),
        elector=says.elector,
        reason=says.reason,
        body=_called,
        frozen=door.edition().roll_frozen_at,
    )


def _called(body: Organisation) -> str:
    return str(body.names.get(current()) or body.name)


def _panel() -> Answer:
    """Judges are on the roll by themselves when the vote opens; an organiser may look at it before."""
    session = db.session()
    if request.method == "GET":
        return show("roll/panel.html", "roll.index", wrong={}, frozen=door.edition().roll_frozen_at)
    try:
        changed = electors.enrol_panel(session, door.edition(), actor=sessions.actor(), now=sessions.now())
    except REFUSED as error:
        session.rollback()
        frozen = door.edition().roll_frozen_at
        return show("roll/panel.html", "roll.index", wrong=says.wrong(error), frozen=frozen), 422
    session.commit()
    said = ngettext("One judge came or went.", "%(num)d judges came or went.", changed)
    return back_to("roll.index", said if changed else _("The roll is as the panel is: nothing has changed."))


@blueprint.route("/load", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def load(**_edition: str) -> Answer:
    """Electors, delegates, addresses from a list: all of it, or nothing where a line can't be taken."""
    if door.vote().electorate is Electorate.JUDGES:
        return back_to("roll.build")
    if request.method == "GET":
        return _load()
    session = db.session()
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _load({"file": _("Choose a file.")}), 422
    content = sent.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        return _load({"file": _("The file is larger than 2 MB.")}), 422
    try:
        table = _table(content)
        if len(table.rows) > MOST_ROWS:
            return _load({"file": _("A list has at most 20,000 electors.")}), 422
        done = enrolment.load(session, door.edition(), table, actor=sessions.actor(), now=sessions.now())
    except FileRefused as error:
        session.rollback()
        return _load(lines=[says.line(it) for it in error.lines]), 422
    except REFUSED as error:
        session.rollback()
        return _load(says.wrong(error)), 422
    session.commit()
    said = _(
        "%(new)s new on the roll, %(changed)s changed, %(same)s as they were.",
        new=len(done.new),
        changed=len(done.changed),
        same=len(done.unchanged),
    )
    return back_to("roll.index", said)


def _table(content: bytes) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("list.xlsx" if content.startswith(b"PK") else "list.csv")
        path.write_bytes(content)
        return spreadsheets.read(path, required=enrolment.REQUIRED, optional=enrolment.OPTIONAL)


def _load(wrong: Mapping[str, str] | None = None, lines: list[str] | None = None) -> str:
    found = lines or []
    return show(
        "roll/load.html",
        "roll.index",
        wrong=dict(wrong or {}),
        lines=found[:MOST_LINES],
        more=max(0, len(found) - MOST_LINES),
        columns=[*enrolment.REQUIRED, *enrolment.OPTIONAL],
        members=door.vote().electorate is Electorate.MEMBERS,
        frozen=door.edition().roll_frozen_at,
    )


@blueprint.get("/load/example.csv")
@audience(Audience.ORGANISER)
def load_example(**_edition: str) -> Response:
    """A list as it can be filled in, with plainly made-up people."""
    door.vote()
    rows = [
        (
            "Example City",
            "Ada Example",
            "ada@city.example",
            "",
            "Head of Office",
            "en",
            "mayor@city.example",
            "",
        ),
        ("홍길동시", "홍길동", "", "", "", "ko", "", "예시로 1, 홍길동시"),
    ]
    content = b"\xef\xbb\xbf" + spreadsheets.as_csv([*enrolment.REQUIRED, *enrolment.OPTIONAL], rows)
    return downloads.download(content, "text/csv", "roll-example.csv")

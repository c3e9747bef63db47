"""What the pages of the chair's table have in common: nothing stands on it before the first round is closed."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import editions
from awards.extensions import db
from awards.timetable import ORDER, Phase
from awards.web import door, sessions, words
from awards.web.access import Audience
from awards.web.language import PREFIX
from awards.web.secretariat import frame, wording
from judging.values import Electorate

blueprint = Blueprint("table", __name__, url_prefix=f"{PREFIX}/table/<edition>")

Answer = str | Response | tuple[str, int]

BEFORE = frozenset({"table.index", "table.waivers", "table.minimum"})
"""What is there before the first round is closed."""
TABS = (
    ("table.index", _l("Standings"), Audience.TABLE),
    ("table.reliability", _l("Reliability"), Audience.ADVICE),
    ("table.judges", _l("How judges marked"), Audience.ADVICE),
    ("table.waivers", _l("Waivers of conflicts"), Audience.TABLE),
    ("table.minimum", _l("Minimum of sheets"), Audience.TABLE),
    ("table.reopened", _l("Reopened sheets"), Audience.TABLE),
    ("table.readings", _l("Second readings"), Audience.TABLE),
    ("deliberation.index", _l("Deliberation room"), Audience.ROOM),
    ("table.announcing", _l("Announcement"), Audience.ORGANISER),
    ("table.disputes", _l("Disputed ballots"), Audience.TABLE),
    ("table.results", _l("Results"), Audience.TABLE),
    ("table.special", _l("Prizes by decision"), Audience.TABLE),
    ("table.withhold", _l("Withheld prizes"), Audience.TABLE),
)


def is_closed() -> bool:
    """Whether the first round of the edition of the address is closed."""
    edition = door.edition()
    judged = ORDER.index(edition.phase) > ORDER.index(Phase.FIRST_ROUND)
    return edition.first_closed_at is not None and judged


def _by_the_rules(endpoint: str) -> bool:
    """Whether the rules of the edition of the address have what a tab leads to."""
    if endpoint not in ("table.special", "table.withhold", "table.readings", "table.disputes"):
        return True
    rules = editions.rules_of(db.session(), door.edition())
    if endpoint == "table.disputes":
        by_delegates = rules.vote is not None and rules.vote.electorate is not Electorate.JUDGES
        return by_delegates and door.edition().phase not in (Phase.FIRST_ROUND, Phase.DELIBERATION)
    if endpoint == "table.readings":
        return rules.readings.budget > 0
    return rules.withhold if endpoint == "table.withhold" else any(it.by_decision for it in rules.prizes)


def show(template: str, here: str, **values: object) -> str:
    """A page of the table; `here` is the tab that it belongs to."""
    edition = door.edition()
    return render_template(
        f"table/{template}",
        edition=edition,
        face=frame.face_of(edition),
        tabs=[
            frame.Tab(endpoint, title)
            for endpoint, title, who in TABS
            if (is_closed() or endpoint in BEFORE)
            and frame.may(who, reading=True)
            and _by_the_rules(endpoint)
        ],
        here=here,
        words=words,
        wording=wording,
        specimen=edition.specimen,
        my_zone=words.own_zone(sessions.me().zone, edition.zone),
        **values,
    )


def lead(endpoint: str, said: str = "", mood: str = "done", **values: str) -> Response:
    """Lead to a page of the table, with a word on what was done."""
    if said:
        flash(said, mood)
    return redirect(url_for(endpoint, edition=door.edition().key, **values), 303)  # type: ignore[arg-type]

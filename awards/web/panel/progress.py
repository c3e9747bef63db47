"""How far the judges are, in numbers without any mark; who was given more time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import judges, marking, progress, stages
from awards.extensions import db
from awards.models import Account
from awards.progress import OfJudge, Show
from awards.timetable import Deadline
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import face_of, name_of, show
from awards.web.words import lazy as _l
from judging.values import Round

FAR = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
HOUR, IN_DAYS = timedelta(hours=1), timedelta(days=2)
SHOWS: Mapping[Show, object] = {
    Show.ALL: _l("All"),
    Show.LEFT: _l("With something left"),
    Show.BEHIND: _l("Behind"),
    Show.SILENT: _l("Silent"),
    Show.UNBEGUN: _l("Nothing begun"),
    Show.UNDONE: _l("Half-done or not begun"),
    Show.UNSUBMITTED: _l("Complete, not submitted"),
    Show.DONE: _l("All submitted"),
}
SORTS: Mapping[str, object] = {
    "name": _l("Name"),
    "left": _l("Most left"),
    "until": _l("Until when"),
    "saved": _l("Longest not saved"),
    "seen": _l("Longest not seen"),
}
KEYS: Mapping[str, Callable[[OfJudge], Any]] = {
    "name": lambda it: 0,
    "left": lambda it: -it.tally.left,
    "until": lambda it: it.closes.instant if it.closes else FAR,
    "saved": lambda it: it.saved or LONG_AGO,
    "seen": lambda it: it.seen or LONG_AGO,
}
"""By what judges are sorted; those who are alike by name."""


@dataclass(frozen=True, slots=True)
class Granted:
    """More time that a judge was given."""

    name: str
    at: Deadline
    reason: str
    by: str
    granted: datetime


def open_round() -> Round | None:
    """The round of marks that is open in the edition of the address."""
    return stages.current_round(db.session(), door.edition())


def none_open() -> str:
    """The page where no round of marks is open."""
    edition = door.edition()
    return show("panel/no_round.html", "panel.progress", closed=edition.first_closed_at is not None)


def chosen() -> tuple[Show, str]:
    """The filter and the order that the address asks for."""
    which, sort = request.args.get("show", ""), request.args.get("sort", "")
    known = which in {it.value for it in Show}
    return Show(which) if known else Show.ALL, sort if sort in SORTS else "name"


@blueprint.get("/progress", endpoint="progress")
@audience(Audience.ORGANISER)
def by_judge(**_edition: str) -> str:
    edition, session, now = door.edition(), db.session(), sessions.now()
    of_round = open_round()
    if of_round is None:
        return none_open()
    found = progress.of_round(session, edition, of_round, now)
    which, sort = chosen()
    return show(
        "panel/progress.html",
        "panel.progress",
        found=found,
        judges=sorted((it for it in found.judges if it.fits(which)), key=KEYS[sort]),
        which=which,
        sort=sort,
        shows=[(it, says, sum(one.fits(it) for one in found.judges)) for it, says in SHOWS.items()],
        sorts=SORTS,
        categories=[it for it in found.categories if it.nominations],
        names=face_of(edition).names,
        stated=marking.stated(session, edition, of_round),
        granted=granted(of_round),
        left={it.judge.id: time_left(it.closes, now) for it in found.judges},
        day=day,
        round_name=round_name(of_round),
    )


def round_name(of_round: Round) -> str:
    return _("First round") if of_round is Round.FIRST else _("Second round")


def day(moment: datetime) -> str:
    """The day of a moment where the reader is."""
    return words.day(moment.astimezone(ZoneInfo(sessions.me().zone)))


def time_left(closes: Deadline | None, now: datetime) -> str:
    """How long a judge may still mark."""
    if closes is None:
        return ""
    left = closes.instant - now
    if left <= timedelta():
        return _("over")
    if left >= IN_DAYS:
        return ngettext("%(num)d day left", "%(num)d days left", left.days)
    if left >= HOUR:
        return ngettext("%(num)d hour left", "%(num)d hours left", left // HOUR)
    return _("less than an hour left")


def granted(of_round: Round) -> list[Granted]:
    """Who was given more time, the newest first."""
    edition, session = door.edition(), db.session()
    found = marking.granted(session, edition, of_round)
    if not found:
        return []
    panel = {it.id: it for it in judges.of_edition(session, edition)}
    givers = {it.id: it for it in session.query(Account).where(Account.id.in_([one.by_id for one in found]))}
    return [
        Granted(
            name=name_of(panel[it.judge_id].account) if it.judge_id in panel else "",
            at=Deadline(datetime.fromisoformat(it.local), it.zone, it.at_utc),
            reason=it.reason,
            by=name_of(givers.get(it.by_id)) if it.by_id else "",
            granted=it.at,
        )
        for it in found
    ]

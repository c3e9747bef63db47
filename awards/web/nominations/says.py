"""What is said about a nomination: where it stands, until when it is open, how it was submitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.models import NominationState, Timeliness
from awards.timetable import Deadline
from awards.web import words
from awards.web.texts import listed
from judging.rules import INDIVIDUAL, PROJECT

TIMELINESS: Mapping[str, object] = {
    Timeliness.IN_TIME: _l("in time"),
    Timeliness.GRACE: _l("within the grace after the deadline, from a form that was opened in time"),
    Timeliness.OWN_DEADLINE: _l("in time by the later deadline that was granted"),
    Timeliness.RETURNED: _l("after it was given back to be corrected"),
    Timeliness.LATE_ACCEPTED: _l("late, and accepted by decision"),
}
STATES: Mapping[str, object] = {
    NominationState.DRAFT: _l("Draft"),
    NominationState.SUBMITTED: _l("Submitted"),
    NominationState.RETURNED: _l("Returned to you"),
    NominationState.ELIGIBLE: _l("Eligible"),
    NominationState.INELIGIBLE: _l("Not eligible"),
    NominationState.WITHDRAWN: _l("Withdrawn"),
    NominationState.DISQUALIFIED: _l("Disqualified"),
    NominationState.FINALIST: _l("Finalist"),
    NominationState.NOT_SHORTLISTED: _l("Not among the finalists"),
    NominationState.WINNER: _l("Winner"),
    NominationState.NOT_AWARDED: _l("No prize"),
}
"""The states that a nomination's people are told of."""
KINDS: Mapping[str, object] = {PROJECT: _l("projects"), INDIVIDUAL: _l("people")}


def nominee_kinds(kinds: Iterable[str]) -> str:
    return listed(str(KINDS[kind]) for kind in kinds)


def due(closes: Deadline, zone: str) -> str:
    """A deadline as it was stated, and what the clock says where the reader is, if that is something else."""
    return words.in_both(closes, zone)


def at(moment: datetime, zone: str) -> str:
    """A moment in a zone, with its weekday."""
    here = _in(moment, zone) or moment
    return words.when(Deadline(here.replace(tzinfo=None), zone, moment))


def day(moment: datetime, zone: str) -> str:
    return words.day(_in(moment, zone) or moment)


def left(closes: Deadline, now: datetime) -> str:
    """How long it is until a deadline: in days, on the last one in hours, in the last one in minutes."""
    rest = closes.instant - now
    if rest < timedelta(0):
        return _("The deadline has passed.")
    if rest >= timedelta(days=1):
        return ngettext("%(num)s day left.", "%(num)s days left.", rest.days)
    if rest >= timedelta(hours=1):
        return ngettext("%(num)s hour left.", "%(num)s hours left.", int(rest / timedelta(hours=1)))
    return ngettext("%(num)s minute left.", "%(num)s minutes left.", int(rest / timedelta(minutes=1)) + 1)


def _in(moment: datetime, zone: str) -> datetime | None:
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return None

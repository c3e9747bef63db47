"""A moment as a form states it: typed, looked at as it was meant, and only then saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as day
from datetime import datetime, time

from flask_babel import gettext as _

from awards.timetable import Deadline, UnknownZone, deadline
from awards.web import sessions
from awards.web.secretariat.frame import posted

END_OF_DAY = time(23, 59)
YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: the moment it means, or what is wrong with it by field."""

    at: Deadline | None
    wrong: dict[str, str]


def typed() -> Wanted:
    """The date, time and zone of the posted form; a day alone means 23:59 of it."""
    wrong, when = {}, None
    try:
        when = day.fromisoformat(posted("day"))
        YEARS.index(when.year)
    except ValueError:
        wrong["day"] = _("Write the day as year, month and day, such as 2027-05-16.")
    clock = END_OF_DAY
    if text := posted("time"):
        try:
            clock = time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            wrong["time"] = _("Write the time as hours and minutes, such as 23:59.")
    if wrong or when is None:
        return Wanted(None, wrong)
    try:
        return Wanted(deadline(datetime.combine(when, clock), posted("zone")), {})
    except UnknownZone:
        return Wanted(None, {"zone": _("Choose a time zone from the list.")})


def seen(at: Deadline) -> str:
    """What was shown before it is saved: only that is saved."""
    return f"{at.local.isoformat()} {at.zone}"


def is_looked_at(stamp: str) -> bool:
    """Whether the posted form saves what its page has shown, and it would be shown alike now."""
    return posted("act") == "save" and posted("seen") == stamp


def fields(at: Deadline | None = None, *, zone: str, clock: time = END_OF_DAY) -> dict[str, str]:
    """What stands in the fields of the form: what was posted, else the moment that holds, if any."""
    local = at.local if at else None
    held = {
        "day": local.date().isoformat() if local else "",
        "time": f"{local or clock:%H:%M}",
        "zone": at.zone if at else zone,
    }
    return held if sessions.filled() is None else {name: posted(name) for name in held}

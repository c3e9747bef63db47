"""Words on the judge's pages: states, time left, time it takes, exact totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.models import AssignmentState, Edition, Origin
from awards.models.base import Document
from awards.queues import Item, Progress, Queue
from awards.timetable import Deadline
from awards.web import words
from awards.web.language import locale
from awards.web.texts import Text, choose

STATES: Mapping[Progress, object] = {
    Progress.NOT_BEGUN: _l("not begun"),
    Progress.HALF_DONE: _l("half-done"),
    Progress.TYPED: _l("typed for you, to confirm"),
    Progress.COMPLETE: _l("complete, not submitted"),
    Progress.SUBMITTED: _l("submitted"),
}
ORIGINS: Mapping[Origin, object] = {
    Origin.PORTAL: _l("saved here"),
    Origin.FILE: _l("from your file"),
    Origin.TYPED: _l("typed by the secretariat"),
    Origin.PAPER: _l("typed by the secretariat from paper"),
}
HOUR = 60
HUNDREDTH = 100


def name_of(texts: Document, edition: Edition) -> Text:
    """What an edition is called."""
    return choose(texts.get("name"), edition.language) or Text(edition.key, "")


def left(queue: Queue) -> str:
    """How much is left: "7 of 18 left"."""
    return _("%(left)d of %(all)d left", left=len(queue.left), all=len(queue.items))


def submitted(queue: Queue) -> str:
    """What became of them in the end: "11 of 18 submitted"."""
    done = len(queue.items) - len(queue.left)
    return _("%(done)d of %(all)d submitted", done=done, all=len(queue.items))


def further(items: Sequence[Item]) -> str:
    """What is left of the nominations that are read after the close: "1 of 2 further nominations left"."""
    left = sum(it.is_left for it in items)
    return ngettext(
        "%(left)d of %(num)d further nomination left",
        "%(left)d of %(num)d further nominations left",
        len(items),
        left=left,
    )


def takes(minutes: int) -> str:
    """An estimate, to five minutes above half an hour: "about 2 h 10 min"."""
    rough = minutes if minutes <= HOUR / 2 else -(-minutes // 5) * 5
    if rough < HOUR:
        return _("about %(minutes)d min", minutes=rough)
    if rough % HOUR == 0:
        return _("about %(hours)d h", hours=rough // HOUR)
    return _("about %(hours)d h %(minutes)d min", hours=rough // HOUR, minutes=rough % HOUR)


def closes_in(closes: Deadline, now: datetime) -> str:
    """How long marks can still be given: in days, on the last one in hours, then in minutes."""
    rest = closes.instant - now
    if rest < timedelta(0):
        return _("closed for marks")
    if rest >= timedelta(days=1):
        return ngettext("closes in %(num)s day", "closes in %(num)s days", rest.days)
    if rest >= timedelta(hours=1):
        return ngettext("closes in %(num)s hour", "closes in %(num)s hours", int(rest / timedelta(hours=1)))
    return ngettext(
        "closes in %(num)s minute", "closes in %(num)s minutes", int(rest / timedelta(minutes=1)) + 1
    )


def ended(queue: Queue) -> Iterator[str]:
    """What was taken off the queue, as numbers."""
    found = queue.ended
    if number := found.get(AssignmentState.HANDED_BACK):
        yield _("%(number)d handed back", number=number)
    if number := found.get(AssignmentState.RECUSED):
        yield _("%(number)d in conflict", number=number)
    if number := found.get(AssignmentState.RELEASED):
        yield _("%(number)d given to others", number=number)
    if number := found.get(AssignmentState.LEFT):
        yield _("%(number)d ended", number=number)
    if queue.dropped:
        yield _("%(number)d not judged any more", number=queue.dropped)


def at(moment: datetime, zone: str) -> str:
    """A moment on the clocks of whoever reads."""
    return words.when(words.in_zone(moment, zone or "UTC"))


def total(found: Fraction) -> str:
    """A total as it is printed: with two decimals, and as a fraction where those are not the whole of it."""
    rounded = Decimal(round(found * HUNDREDTH)) / HUNDREDTH
    shown = format_decimal(rounded, format="0.00", locale=locale())
    if Fraction(rounded) == found:
        return str(shown)
    return _("%(rounded)s (exactly %(exact)s)", rounded=shown, exact=str(found))


def short(found: Fraction) -> str:
    """A total in a table: two decimals."""
    return f"{Decimal(round(found * HUNDREDTH)) / HUNDREDTH:.2f}"

"""The words of the panel's pages for what the use cases answer in values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import accounts, appointments, exclusions, inviting
from awards.coverage import Lack, Shortfall
from awards.models import Answer, Invitation, Judge, JudgeState, Leaving
from awards.tables import Line, Reason
from awards.web import texts, words
from awards.web.face import Face
from awards.web.roles import titled

LEAVING: Mapping[Leaving, object] = {
    Leaving.ILLNESS: _l("illness"),
    Leaving.RESIGNATION: _l("resignation"),
    Leaving.SILENCE: _l("silence"),
    Leaving.CONFLICT: _l("conflict of interest"),
    Leaving.MISCONDUCT: _l("breach of the code of conduct"),
}
SHOWN: Mapping[str, object] = {
    "name": _l("Name"),
    "office": _l("Office"),
    "organisation": _l("Organisation"),
    "country": _l("Country"),
}
COLUMNS: Mapping[str, object] = {
    "name": _l("name"),
    "email": _l("address"),
    "organisation": _l("organisation"),
    "city": _l("city"),
    "country": _l("country"),
    "languages": _l("languages"),
    "categories": _l("categories"),
    "language": _l("language of the mail"),
}
LACKS: Mapping[Shortfall, Callable[[Lack, str], str]] = {
    Shortfall.NO_JUDGE: lambda it, name: ngettext(
        "%(name)s: %(num)s nomination, and nobody is asked to read it.",
        "%(name)s: %(num)s nominations, and nobody is asked to read them.",
        it.found,
        name=name,
    ),
    Shortfall.BELOW_MINIMUM: lambda it, name: ngettext(
        "%(name)s: a nomination has %(num)s judge without a conflict; %(needed)s sheets are the minimum.",
        "%(name)s: a nomination has %(num)s judges without a conflict; %(needed)s sheets are the minimum.",
        it.found,
        name=name,
        needed=it.needed,
    ),
    Shortfall.NOBODY_READS: lambda it, name: ngettext(
        "%(num)s nomination in %(name)s, and no judge is known to read it.",
        "%(num)s nominations in %(name)s, and no judge is known to read it.",
        it.found,
        name=name,
    ),
    Shortfall.FEW_READ: lambda it, name: ngettext(
        "%(name)s is read by %(num)s judge; %(needed)s sheets are the minimum.",
        "%(name)s is read by %(num)s judges; %(needed)s sheets are the minimum.",
        it.found,
        name=name,
        needed=it.needed,
    ),
    Shortfall.NO_ROOM: lambda it, name: _(
        "All judges together can read %(found)s nominations; the minimum of sheets asks for %(needed)s.",
        found=it.found,
        needed=it.needed,
    ),
}
LINES: Mapping[Reason, object] = {
    Reason.EMPTY: _l("This is missing."),
    Reason.TOO_LONG: _l("This is too long."),
    Reason.NOT_AN_ADDRESS: _l("This is not an e-mail address."),
    Reason.NOT_A_COUNTRY: _l("This is not a code of a country, such as KR."),
    Reason.TWICE_IN_FILE: _l("This address stands in the list twice."),
    Reason.AMBIGUOUS: _l("It is not clear which organisation this is, or which city belongs to it."),
    Reason.EMPTY_FILE: _l("There is nothing in this file."),
    Reason.COLUMN_MISSING: _l("This column is missing."),
    Reason.COLUMN_UNKNOWN: _l("Nothing is known of this column."),
    Reason.COLUMN_TWICE: _l("This column stands there twice."),
    Reason.NOT_READABLE: _l("This can't be read. Save the list as CSV in UTF-8 or as XLSX."),
}


def state(judge: Judge, invitation: Invitation | None, *, is_open: bool, conduct: bool) -> str:
    """How a judge stands. `is_open`: the invitation can still be answered; `conduct`: the edition has a code."""
    if judge.state is JudgeState.LEFT:
        return _("left: %(why)s", why=LEAVING[judge.leaving]) if judge.leaving else _("left")
    if judge.state is JudgeState.DECLINED:
        withdrawn = invitation is not None and invitation.answer is Answer.WITHDRAWN
        return _("invitation taken back") if withdrawn else _("declined")
    if judge.state is JudgeState.INVITED:
        return _("asked, not answered yet") if is_open else _("asked, did not answer in time")
    if conduct and judge.conduct_at is None:
        return _("accepted, code of conduct not agreed to yet")
    return _("on the panel")


def lack(it: Lack, face: Face) -> str:
    by_category = it.kind in (Shortfall.NO_JUDGE, Shortfall.BELOW_MINIMUM)
    name = str(face.names.name("categories", it.about)) if by_category else words.language_name(it.about)
    return LACKS[it.kind](it, name)


def languages(tags: Iterable[str]) -> str:
    return texts.listed(words.language_name(tag) for tag in tags) or _("not stated")


def categories(keys: Sequence[str], face: Face) -> str:
    return texts.listed(str(face.names.name("categories", key)) for key in keys) or _("all categories")


def refused(error: Exception) -> str:
    """Why somebody can't be asked to judge."""
    if isinstance(error, exclusions.NeverBoth):
        return _("is %(has)s here, and nobody is both that and a judge", has=titled(error.has))
    said: Mapping[type[Exception], str] = {
        accounts.NotAnAddress: _("this is not an e-mail address"),
        appointments.InvitedAlready: _("has been asked already and has not answered yet"),
        exclusions.YourOwnRole: _("is you; another organiser has to ask you"),
        inviting.OnPanel: _("is on the panel already"),
        inviting.LeftForGood: _("left this panel because of a conflict or misconduct"),
        inviting.AccountClosed: _("has an account that is closed"),
    }
    return said[type(error)]


def line(it: Line) -> str:
    """What is wrong in a line of a list, with its row and column."""
    if it.reason is Reason.NOT_ONE_OF:
        what = _("This is none of: %(allowed)s.", allowed=", ".join(it.allowed))
    else:
        what = str(LINES.get(it.reason, it.reason.value))
    place = str(COLUMNS.get(it.column, it.column))
    if not it.row:
        return f"{place}: {what}" if place else what
    where = _("Row %(row)s, %(column)s", row=it.row, column=place)
    return f"{where}: {what}"

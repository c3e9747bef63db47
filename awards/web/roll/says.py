"""The words of the roll's pages for what the use cases answer in values."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import accounts, addressing, decisions, delegates, delegations, electors, proxies, roll
from awards.electors import Out
from awards.models import RollEntry
from awards.tables import Line, Reason
from awards.web import words
from awards.web.language import current
from awards.web.panel.says import LINES
from judging.values import Electorate

ELECTORATES: Mapping[Electorate, object] = {
    Electorate.MEMBERS: _l(
        "The members vote: every full-member local government has one ballot, cast by the delegate whom it names."
    ),
    Electorate.JUDGES: _l(
        "The judges vote: everybody on the panel has a ballot in the categories that they read."
    ),
    Electorate.PUBLIC: _l("The public votes: everybody on the confirmed list has one ballot."),
}
OUT: Mapping[str, object] = {
    Out.ASSOCIATE: _l("associate member: only full members vote"),
    Out.NO_MEMBER: _l("no member any more"),
    Out.NO_GOVERNMENT: _l("member, but no local government"),
    Out.MERGED: _l("the same as another organisation in the register"),
    Out.NO_JUDGE: _l("not on the panel any more"),
}
COLUMNS: Mapping[str, object] = {
    "elector": _l("elector"),
    "name": _l("name"),
    "email": _l("address"),
    "organisation": _l("organisation"),
    "office": _l("office"),
    "language": _l("language"),
    "contact": _l("address of the organisation"),
    "post": _l("postal address"),
}
WRONG_LINES: Mapping[Reason, object] = {
    **LINES,
    Reason.TWICE_IN_FILE: _l("This elector stands in the list twice."),
    Reason.AMBIGUOUS: _l("Several organisations have this name: write its full name."),
    Reason.NOT_FOUND: _l("No organisation of this name is in the register."),
    Reason.NOT_ELIGIBLE: _l("This is no full-member local government."),
    Reason.TOO_MANY_BALLOTS: words.PROXIES[proxies.TooManyBallots],
    Reason.NOT_ON_ROLL: _l("This elector was taken off the roll. Put them back first, on their page."),
    Reason.ALREADY_THERE: _l(
        "The vote is open or the ballot is cast: change this elector on their own page."
    ),
}
REFUSED: Mapping[type[Exception], tuple[str, object]] = {
    roll.VoteClosed: ("", _l("The vote is closed.")),
    roll.RollFrozen: ("", _l("The roll is frozen: nobody comes onto it or leaves it.")),
    roll.RollNotFrozen: ("", _l("The roll is not frozen.")),
    roll.VoteOpened: ("", _l("The vote has been opened, so the roll stays as it is.")),
    roll.RollEmpty: ("", _l("Nobody is on the roll yet.")),
    roll.NotOnRoll: ("", _l("This elector is not on the roll.")),
    roll.AlreadyCast: (
        "",
        _l("The ballot of this elector is cast, so nothing about it can be changed any more."),
    ),
    electors.OutByRule: (
        "",
        _l("The rules keep this one off. If the register is wrong, correct it and build the roll again."),
    ),
    electors.DateAhead: ("as_of", _l("This day is still to come. Choose today or a day before.")),
    decisions.ReasonMissing: ("reason", _l("Write the reason.")),
    delegates.NameMissing: ("name", _l("Write the name.")),
    delegates.TooLong: ("name", _l("Name and office have 200 letters at most, a postal address 600.")),
    delegates.NoDelegate: ("", _l("Nobody is named here, or nobody can be: a judge votes in person.")),
    delegates.NamedMeanwhile: (
        "",
        _l(
            "Somebody was named since you opened this page, as it now shows. Send it again to name yours instead."
        ),
    ),
    **{error: ("name", said) for error, said in words.PROXIES.items()},
    accounts.NotAnAddress: ("email", _l("This is not an e-mail address.")),
    delegations.NotAsked: ("", _l("Nobody could be asked: they have no address, or have cast their ballot.")),
}
"""What an act may be refused for, and the field that it belongs to."""


def wrong(error: Exception, **fields: str) -> dict[str, str]:
    """What is said of an error, under its field; `fields` names another for one: `email="contact"`."""
    field, says = REFUSED[type(error)]
    return {fields.get(field, field): str(says)}


def reason(entry: RollEntry) -> str:
    """Why somebody is off the roll, as a sentence's part or in the words of who decided it."""
    return str(OUT.get(entry.reason, entry.reason))


def elector(entry: RollEntry) -> str:
    """What an elector is called: an organisation by its name in the page's language, a person by theirs."""
    if entry.organisation is not None and entry.judge_id is None:
        return addressing.called(entry, current())
    return entry.name or entry.elector


def line(it: Line) -> str:
    """What is wrong in a line of a list, with its row and column."""
    if it.reason is Reason.NOT_ONE_OF:
        what = _("This is none of: %(allowed)s.", allowed=", ".join(it.allowed))
    else:
        what = str(WRONG_LINES.get(it.reason, it.reason.value))
    place = str(COLUMNS.get(it.column, it.column))
    if not it.row:
        return f"{place}: {what}" if place else what
    where = _("Row %(row)s, %(column)s", row=it.row, column=place)
    return f"{where}: {what}"

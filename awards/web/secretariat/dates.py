"""The dates of an edition: every moment with what it closes, stated and moved after a look at what was meant."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import announcements, dates, decisions, editions, elections
from awards.editions import DeadlineEarlier, DeadlinePassed
from awards.extensions import db
from awards.models import Account, ElectionState
from awards.timetable import Deadline, Moment, Phase
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.secretariat import wording
from awards.web.secretariat.frame import Answer, back_to, blueprint, long_reason, name_of, posted, show
from awards.web.secretariat.stating import fields, is_looked_at, seen, typed
from judging.values import SecondRound

CLOSES: words.Words = {
    Moment.NOMINATIONS_OPEN: _l("Announced only: nominations open when you open the call."),
    Moment.NOMINATIONS_CLOSE: _l("Closes the form. Everyone with a draft is told when it moves."),
    Moment.MARKS_CLOSE: _l(
        "Closes the judges' forms. People close the round. Judges with sheets are told when it moves."
    ),
    Moment.FINALISTS_ANNOUNCED: _l("Announced only."),
    Moment.VOTE_OPEN: _l("Announced only: the vote opens with the second round."),
    Moment.VOTE_CLOSE: _l("Closes the ballots."),
    Moment.CEREMONY: _l("Announced only."),
}
"""What a moment does."""
OF_A_PANEL: words.Words = {
    Moment.VOTE_OPEN: _l("Announced only: the panel marks once the second round is open."),
    Moment.VOTE_CLOSE: CLOSES[Moment.MARKS_CLOSE],
}
"""What the moments of a vote do where a panel marks instead."""


@blueprint.get("/<edition>/dates", endpoint="dates")
@audience(Audience.ORGANISER)
def timetable(edition: str) -> str:
    found, session = door.edition(), db.session()
    held = dates.held(session, found, sessions.now())
    people = {change.by_id for it in held for change in it.changes if change.by_id is not None}
    return show(
        "dates.html",
        "dates",
        moments=held,
        closes=_closes(),
        called=_moments(),
        by={key: name_of(session.get(Account, key)) for key in people},
        disorder=dates.disorder(editions.timetable_of(session, found)),
        granted=len(dates.granted(session, found)),
    )


@blueprint.route("/<edition>/dates/<moment>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def date(edition: str, moment: str) -> Answer:
    """State or move one moment: `look` shows what was meant, `save` saves it."""
    if moment not in {it.value for it in Moment}:
        abort(404)
    which = Moment(moment)
    if which is Moment.VOTE_CLOSE and _is_voted_on():
        return back_to("polling.extend")
    if request.method == "GET":
        return _date(which)
    wanted = typed()
    if wanted.at is None:
        return _date(which, wrong=wanted.wrong), 422
    if wrong := _refused(which, wanted.at):
        return _date(which, wanted.at, wrong=wrong), 422
    if not is_looked_at(seen(wanted.at)):
        return _date(which, wanted.at, looked=True)
    if wrong := long_reason():
        return _date(which, wanted.at, wrong=wrong, looked=True), 422
    try:
        told = dates.state(
            db.session(),
            door.edition(),
            which,
            wanted.at.local,
            zone=wanted.at.zone,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        wrong = {"reason": _("Write why the date moves: it is shown beside it.")}
        return _date(which, wanted.at, wrong=wrong, looked=True), 422
    db.session.commit()
    said = _("%(moment)s: %(when)s.", moment=_moments()[which], when=words.when(wanted.at))
    if told:
        said += " " + ngettext("One person is told.", "%(num)d people are told.", told)
    return back_to("dates", said)


def _is_voted_on() -> bool:
    """Whether the close of an open vote is moved, which electors are told."""
    found = door.edition()
    voted = elections.of_edition(db.session(), found, ElectionState.OPEN)
    return found.phase is Phase.SECOND_ROUND and bool(voted)


def _moments() -> words.Words:
    """What the moments of the edition are called."""
    return words.moments(editions.rules_of(db.session(), door.edition()).second_round)


def _closes() -> words.Words:
    panel = editions.rules_of(db.session(), door.edition()).second_round is SecondRound.PANEL
    return {**CLOSES, **OF_A_PANEL} if panel else CLOSES


def _refused(which: Moment, wanted: Deadline) -> dict[str, str]:
    try:
        dates.check(db.session(), door.edition(), which, wanted, sessions.now())
    except DeadlinePassed:
        return {"": _("This date has passed and can't be moved any more.")}
    except DeadlineEarlier:
        return {"day": _("A date that has been stated moves later only. People count on it.")}
    except dates.ClosesInThePast:
        return {"day": _("This moment has passed already. A deadline has to lie ahead.")}
    except dates.LastCallMade:
        return {
            "": _("The last minutes of the vote are announced. Call them off on the page of the vote first.")
        }
    return {}


def _date(
    which: Moment,
    wanted: Deadline | None = None,
    *,
    wrong: dict[str, str] | None = None,
    looked: bool = False,
) -> str:
    found, session, now = door.edition(), db.session(), sessions.now()
    timetable = editions.timetable_of(session, found)
    held = next(it for it in dates.held(session, found, now) if it.moment is which)
    told = announcements.writers(session, found) if which in dates.TOLD else []
    judges = dates.concerned(session, found, which, wanted.instant if wanted else now)
    return show(
        "date.html",
        "dates",
        which=which,
        it=held,
        closes=_closes()[which],
        called=_moments(),
        wanted=wanted,
        seen=seen(wanted) if wanted and looked else "",
        wrong=wrong or {},
        doubts=dates.doubts(timetable, which, wanted, now) if wanted else (),
        typed={**fields(held.at, zone=found.zone), "reason": posted("reason")},
        zones=wording.zones(),
        told=len(told),
        judges=len(judges),
    )


@blueprint.route("/<edition>/dates/zone", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def zone(edition: str) -> Answer:
    """The time zone in which the edition states its dates from now on."""
    found = door.edition()
    if request.method == "GET":
        return show("zone.html", "dates", zones=wording.zones(), zone=posted("zone") or found.zone, wrong={})
    if posted("zone") not in {name for places in wording.zones().values() for name, _place in places}:
        wrong = {"zone": _("Choose a time zone from the list.")}
        return show("zone.html", "dates", zones=wording.zones(), zone=found.zone, wrong=wrong), 422
    if posted("zone") != found.zone:
        editions.set_zone(db.session(), found, posted("zone"), actor=sessions.actor(), now=sessions.now())
        db.session.commit()
    return back_to("dates", _("New dates are stated in %(place)s.", place=words.zone(found.zone)))

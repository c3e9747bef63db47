"""The acts of the vote: its preview and opening, reminders, more time, its close."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import decisions, editions, polls, readiness, shares
from awards.dates import ClosesInThePast
from awards.editions import DeadlineEarlier, DeadlinePassed
from awards.elections import TooFewElectors
from awards.envelopes import NotOpen
from awards.extensions import db
from awards.polls import Stage
from awards.timetable import Deadline, IllegalTransition
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.polling import finalists, index, routes
from awards.web.polling.routes import VOTE, Answer, blueprint, lead
from awards.web.secretariat import stating, wording
from awards.web.secretariat.frame import long_reason, posted

MOST_LISTED = 200
MOST_POSTED = 5000


@blueprint.get(f"{VOTE}/preview")
@audience(Audience.POLLS)
def preview(edition: str) -> str:  # noqa: ARG001
    """The ballot of each category as electors will find it, and how many will have one."""
    vote, session, found = door.vote(), db.session(), door.edition()
    return routes.show(
        "preview.html",
        vote=vote,
        rules=index.told(),
        cards={key: finalists.cards(slate) for key, slate in readiness.slates(session, found).items()},
        prospects=readiness.preview(session, found, vote),
    )


@blueprint.route(f"{VOTE}/open", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def open_vote(edition: str) -> Answer:  # noqa: ARG001
    """What follows and what is missing, then the opening."""
    door.vote()
    session = db.session()
    if polls.look(session, door.edition()).stage not in index.NOT_YET:
        return lead("index", _("The vote was opened already."), "caution")
    if request.method == "GET":
        return _opening()
    try:
        told = polls.open_vote(
            session,
            door.edition(),
            seen=posted("seen"),
            by_hand=posted("by_hand") == "yes",
            key_folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (polls.NotReady, TooFewElectors, IllegalTransition):
        session.rollback()
        return _opening(_("The vote was not opened: something has to be seen to first.")), 422
    except polls.SeenOtherwise:
        session.rollback()
        return _opening(
            _("Finalists or electors have changed since you opened the page. Read it again.")
        ), 422
    except polls.ClosedAlready:
        session.rollback()
        return lead("index", _("The vote was opened already."), "caution")
    session.commit()
    said = ngettext("One elector is written to.", "%(num)d electors are written to.", told)
    return lead("index", " ".join([_("The vote is open."), said]))


def _opening(wrong: str = "") -> str:
    vote, session, found = door.vote(), db.session(), door.edition()
    items = index.checklist()
    stops = {it.kind for it in items if it.stops}
    return routes.show(
        "open.html",
        wrong={"": wrong} if wrong else {},
        items=items,
        by_hand=bool(stops) and stops <= readiness.BY_HAND,
        where=index.where,
        prospects=readiness.preview(session, found, vote),
        stamp=polls.stamp(session, found),
        closes=polls.look(session, found).stated,
    )


@blueprint.route(f"{VOTE}/remind", methods=["GET", "POST"])
@audience(Audience.POLLS)
def remind(edition: str) -> Answer:  # noqa: ARG001
    """Whoever has a ballot left to cast, to be written to once more."""
    door.vote()
    session, found, now = db.session(), door.edition(), sessions.now()
    try:
        left = polls.to_remind(session, found, now)
        if request.method == "GET":
            return _reminding(left)
        form = sessions.filled()
        whom = set(form.getlist("elector")[:MOST_POSTED]) if form is not None else set()
        if posted("act") == "all":
            whom = {it.public_id for it in left.go}
        if not whom:
            return _reminding(left, _("Tick whom to remind.")), 422
        told = polls.remind(session, found, whom, actor=sessions.actor(), now=now)
    except NotOpen:
        session.rollback()
        return lead("index", _("The vote is not open, so nobody is reminded."), "caution")
    session.commit()
    if not told:
        return lead(
            "index",
            _("Nobody was reminded: their ballots are cast, or they were written to today."),
            "caution",
        )
    return lead("index", ngettext("One elector is reminded.", "%(num)d electors are reminded.", len(told)))


def _reminding(left: polls.Reminding, wrong: str = "") -> str:
    return routes.show(
        "remind.html", left=left, is_long=len(left.go) > MOST_LISTED, wrong={"": wrong} if wrong else {}
    )


@blueprint.route(f"{VOTE}/extend", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def extend(edition: str) -> Answer:  # noqa: ARG001
    """A later close of the open vote: `look` shows what was meant, `save` saves it."""
    door.vote()
    session, found = db.session(), door.edition()
    poll = polls.look(session, found)
    if poll.stage is Stage.OPEN and poll.is_last_call:
        return lead("last_minutes")
    if poll.stage is not Stage.OPEN or poll.closes is None:
        return lead("index", _("There is no close of an open vote that could be moved."), "caution")
    if request.method == "GET":
        return _extending()
    wanted = stating.typed()
    if wanted.at is None:
        return _extending(wrong=wanted.wrong), 422
    if not stating.is_looked_at(stating.seen(wanted.at)):
        return _extending(wanted.at, looked=True)
    if wrong := long_reason():
        return _extending(wanted.at, wrong=wrong, looked=True), 422
    try:
        told = polls.extend(
            session,
            found,
            wanted.at.local,
            zone=wanted.at.zone,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except REFUSED as error:
        session.rollback()
        return _extending(wanted.at, wrong=refused(error), looked=True), 422
    except NotOpen:
        session.rollback()
        return lead("index", _("The vote is not open any more."), "caution")
    session.commit()
    said = _("The vote closes later: %(when)s.", when=words.when(wanted.at))
    more = ngettext("One elector is written to.", "%(num)d electors are written to.", len(told))
    return lead("index", f"{said} {more}")


REFUSED = (decisions.ReasonMissing, DeadlinePassed, DeadlineEarlier, ClosesInThePast)


def refused(error: Exception) -> dict[str, str]:
    """What is wrong with a later close, by field."""
    if isinstance(error, decisions.ReasonMissing):
        return {"reason": _("Write why the vote closes later: it is shown beside the date.")}
    if isinstance(error, DeadlinePassed):
        return {
            "": _(
                "The date has passed, so it can't be moved. Close the vote: if too few took part, the rules say more."
            )
        }
    if isinstance(error, DeadlineEarlier):
        return {"day": _("A date that has been stated moves later only. People count on it.")}
    return {"day": _("This moment has passed already. A deadline has to lie ahead.")}


def _extending(
    wanted: Deadline | None = None, *, wrong: dict[str, str] | None = None, looked: bool = False
) -> str:
    session, found = db.session(), door.edition()
    poll = polls.look(session, found)
    return routes.show(
        "extend.html",
        poll=poll,
        wanted=wanted,
        seen=stating.seen(wanted) if wanted and looked else "",
        wrong=wrong or {},
        typed={**stating.fields(poll.closes, zone=found.zone), "reason": posted("reason")},
        zones=wording.zones(),
        left=poll.left,
    )


@blueprint.route(f"{VOTE}/close", methods=["GET", "POST"])
@audience(Audience.POLLS)
def close(edition: str) -> Answer:  # noqa: ARG001
    """What follows from closing the vote, and closing it."""
    door.vote()
    session, found = db.session(), door.edition()
    stage = polls.look(session, found).stage
    if stage is Stage.CLOSED:
        return lead("unseal", _("The vote is closed. Nothing is opened yet."))
    if stage is not Stage.OPEN:
        return lead("index", _("The vote is not open."), "caution")
    if request.method == "GET":
        return _closing()
    if wrong := long_reason():
        return _closing(wrong), 422
    try:
        polls.close(session, found, reason=posted("reason"), actor=sessions.actor(), now=sessions.now())
    except decisions.ReasonMissing:
        session.rollback()
        return _closing({"reason": _("Write why the vote closes now: the decision states it.")}), 422
    except polls.TimeLeft:
        session.rollback()
        return _closing({"": _("The vote stays open until the date that was promised.")}), 422
    except (NotOpen, polls.ClosedAlready):
        session.rollback()
        return lead("index", _("The vote is not open any more."), "caution")
    session.commit()
    return lead("unseal", _("The vote is closed. Nothing is opened yet."))


def _closing(wrong: dict[str, str] | None = None) -> str:
    session, found = db.session(), door.edition()
    poll = polls.look(session, found)
    return routes.show(
        "close.html",
        poll=poll,
        is_shared=shares.is_shared(session, found),
        may_close=poll.everybody or poll.closes is None or index.is_over(poll),
        grace=0 if poll.is_last_call else editions.rules_of(session, found).eligibility.grace_minutes,
        wrong=wrong or {},
        reason=posted("reason"),
    )

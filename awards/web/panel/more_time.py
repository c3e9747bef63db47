"""More time for one judge: granted after a look at what was meant."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from awards import decisions, marking, panels, progress
from awards.editions import DeadlineEarlier
from awards.extensions import db
from awards.models import Judge
from awards.tallies import Tally
from awards.timetable import Deadline
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.panel.progress import none_open, open_round
from awards.web.panel.routes import blueprint, judge_of
from awards.web.secretariat import wording
from awards.web.secretariat.frame import Answer, back_to, long_reason, name_of, posted, show
from awards.web.secretariat.stating import fields, is_looked_at, seen, typed


@blueprint.route("/judges/<judge>/more-time", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def more_time(judge: str, **_edition: str) -> Answer:
    """`look` shows until when is meant, `save` grants it."""
    whom = judge_of(judge)
    if open_round() is None:
        return none_open()
    if request.method == "GET":
        return _page(whom)
    wanted = typed()
    if wanted.at is None:
        return _page(whom, wrong=wanted.wrong), 422
    if wrong := _refused(whom, wanted.at):
        return _page(whom, wanted.at, wrong=wrong), 422
    if not is_looked_at(seen(wanted.at)):
        return _page(whom, wanted.at, looked=True)
    if wrong := long_reason():
        return _page(whom, wanted.at, wrong=wrong, looked=True), 422
    try:
        marking.grant_time(
            db.session(),
            door.edition(),
            whom,
            wanted.at.local,
            zone=wanted.at.zone,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        wrong = {"reason": _("Write why: the decision states it, and the judge reads it.")}
        return _page(whom, wanted.at, wrong=wrong, looked=True), 422
    db.session.commit()
    says = _("Granted to %(name)s: %(when)s.", name=name_of(whom.account), when=words.when(wanted.at))
    return back_to("panel.progress", says)


def _refused(whom: Judge, wanted: Deadline) -> dict[str, str]:
    """What is wrong with giving a judge time until then, by field."""
    try:
        marking.check_time(
            db.session(), door.edition(), whom, wanted, actor=sessions.actor(), now=sessions.now()
        )
    except DeadlineEarlier:
        return {"day": _("More time has to lie ahead, and after the date that holds for this judge.")}
    except marking.OwnTime:
        return {"": _("You are this judge: another organiser gives you more time.")}
    except marking.NothingToMark:
        return {"": _("This judge has no sheets in the round, so there is nothing to give time for.")}
    except marking.NothingCloses:
        return {"": _("No date is stated for the close of marks, so nothing closes.")}
    except (panels.RoundNotOpen, panels.RoundClosed):
        return {"": _("The round is closed. A judge who has to mend a sheet asks for it to be reopened.")}
    return {}


def _page(
    whom: Judge, wanted: Deadline | None = None, *, wrong: dict[str, str] | None = None, looked: bool = False
) -> str:
    edition, session, now = door.edition(), db.session(), sessions.now()
    of_round = panels.open_round(session, edition)
    holds = marking.closes_for(session, edition, of_round, [whom])[whom.id]
    its = [it for it in progress.of_round(session, edition, of_round, now).judges if it.judge.id == whom.id]
    return show(
        "panel/more_time.html",
        "panel.progress",
        whom=whom,
        name=name_of(whom.account),
        tally=its[0].tally if its else Tally(),
        stated=marking.stated(session, edition, of_round),
        holds=holds,
        wanted=wanted,
        seen=seen(wanted) if wanted and looked else "",
        wrong=wrong or {},
        typed={
            **fields(zone=holds.zone if holds else edition.zone),
            "reason": posted("reason"),
        },
        zones=wording.zones(),
    )

"""The judges of an edition: who is asked, who has accepted, who left; what the panel covers; one judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from awards import (
    affiliations,
    conduct,
    coverage,
    decisions,
    fitness,
    invitations,
    inviting,
    joining,
    judges,
    leaving,
)
from awards.conflicts import blocked
from awards.extensions import db
from awards.models import (
    Answer,
    Assignment,
    AssignmentState,
    Invitation,
    Judge,
    JudgeState,
    Leaving,
    ScoreSheet,
    SheetState,
)
from awards.web import door, sessions, texts, work
from awards.web.access import Audience, audience
from awards.web.face import Face
from awards.web.panel import says
from awards.web.panel.routes import blueprint, judge_of
from awards.web.secretariat import wording
from awards.web.secretariat.frame import Answer as Answered
from awards.web.secretariat.frame import back_to, face_of, long_reason, name_of, posted, show

ORDER = (JudgeState.ACCEPTED, JudgeState.INVITED, JudgeState.DECLINED, JudgeState.LEFT)
GONE = (
    inviting.NotAsked,
    invitations.InvitationAnswered,
    invitations.InvitationWithdrawn,
    invitations.InvitationClosed,
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge as the list shows them. `waiting`: the invitation can be answered."""

    judge: Judge
    name: str
    state: str
    categories: str
    languages: str
    invitation: Invitation | None
    waiting: bool


def seats() -> list[Seat]:
    """Everybody who was ever asked, those on the panel first, after a fixed number of queries."""
    session, edition, now = db.session(), door.edition(), sessions.now()
    face, asked = face_of(edition), inviting.asked(session, edition)
    has_code = conduct.is_asked(session, edition.id)
    found = sorted(judges.of_edition(session, edition), key=lambda it: ORDER.index(it.state))
    return [_seat(it, asked.get(it.id), face, has_code, now) for it in found]


def _seat(judge: Judge, invitation: Invitation | None, face: Face, has_code: bool, now: datetime) -> Seat:
    waiting = (
        judge.state is JudgeState.INVITED
        and invitation is not None
        and invitations.is_open(db.session(), invitation, now)
    )
    return Seat(
        judge,
        name_of(judge.account),
        says.state(judge, invitation, is_open=waiting, conduct=has_code),
        says.categories(judge.categories, face),
        says.languages(judge.languages),
        invitation,
        waiting,
    )


@blueprint.get("/judges", endpoint="judges")
@audience(Audience.ORGANISER)
def everybody(**_edition: str) -> str:
    covered = coverage.of(db.session(), door.edition())
    found = seats()
    return show(
        "panel/judges.html",
        "panel.judges",
        seats=found,
        accepted=sum(it.judge.state is JudgeState.ACCEPTED for it in found),
        waiting=sum(it.waiting for it in found),
        covered=covered,
        lacks=[says.lack(it, face_of(door.edition())) for it in covered.lacks],
        says=says,
    )


@blueprint.get("/judges/coverage", endpoint="coverage")
@audience(Audience.ORGANISER)
def covered(**_edition: str) -> str:
    found = coverage.of(db.session(), door.edition())
    return show(
        "panel/coverage.html",
        "panel.judges",
        covered=found,
        lacks=[says.lack(it, face_of(door.edition())) for it in found.lacks],
    )


@blueprint.get("/judges/<judge>")
@audience(Audience.ORGANISER)
def judge(judge: str, **_edition: str) -> str:
    """All about one judge, but no mark."""
    session, found, it = db.session(), door.edition(), judge_of(judge)
    seat = _seat(
        it,
        inviting.asked(session, found).get(it.id),
        face_of(found),
        conduct.is_asked(session, found.id),
        sessions.now(),
    )
    sheets = session.execute(
        select(Assignment.state, ScoreSheet.state, func.count())
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(Assignment.judge_id == it.id)
        .group_by(Assignment.state, ScoreSheet.state)
    ).all()
    return show(
        "panel/judge.html",
        "panel.judges",
        seat=seat,
        judge=it,
        says=says,
        expertise=_expertise(it, face_of(found)),
        working=says.languages(it.working_languages) if it.working_languages else "",
        region=wording.REGIONS.get(fitness.regions(session, {it.id: it}).get(it.id, ""), ""),
        places=[work.told(tie) for tie in affiliations.holding(session, [it.account])],
        issued=sum(number for state, _sheet, number in sheets if state is AssignmentState.ISSUED),
        submitted=sum(number for _state, sheet, number in sheets if sheet is SheetState.SUBMITTED),
        kept_apart=sum(1 for who, _nomination in blocked(session, found) if who == it.id),
        decided=leaving.decided(session, found, it),
        invitations=inviting.all_of(session, found, it),
        again=it.state is not JudgeState.LEFT or it.leaving not in inviting.FOR_GOOD,
        graver=it.state is not JudgeState.ACCEPTED
        and leaving.reasons(
            session, found, it, by_judge=it.account_id == sessions.me().id, now=sessions.now()
        ),
        answers={
            Answer.ACCEPTED: _("accepted"),
            Answer.DECLINED: _("declined"),
            Answer.WITHDRAWN: _("taken back"),
        },
    )


def _expertise(judge: Judge, face: Face) -> str:
    """What a judge is an expert in, and knows something of, in words."""
    if not judge.expertise:
        return _("not stated: all categories count alike")
    said = {2: _("expert"), 1: _("some")}
    known = [
        f"{face.names.name('categories', key)} ({said[level]})"
        for key, level in judge.expertise.items()
        if level in said
    ]
    return texts.listed(known) or _("none")


@blueprint.post("/judges/<judge>/invitation")
@audience(Audience.ORGANISER)
def judge_invitation(judge: str, **_edition: str) -> Answered:
    """Send an invitation again, or take it back."""
    session, found, it = db.session(), door.edition(), judge_of(judge)
    actor, now, name = sessions.actor(), sessions.now(), name_of(it.account)
    try:
        if posted("act") == "withdraw":
            inviting.withdraw(session, found, it, actor=actor, now=now)
            said = _("The invitation of %(name)s is taken back.", name=name)
        else:
            inviting.resend(session, found, it, actor=actor, now=now)
            said = _("Sent again to %(name)s.", name=name)
    except GONE:
        session.rollback()
        return back_to("panel.judges", _("This invitation has been answered or closed meanwhile."), "caution")
    session.commit()
    return back_to("panel.judges", said)


@blueprint.route("/judges/<judge>/leave", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def judge_leaves(judge: str, **_edition: str) -> Answered:
    """Record that a judge has left: first why, then what follows from it by the rule, then the act."""
    session, found, it = db.session(), door.edition(), judge_of(judge)
    name = name_of(it.account)
    reasons = leaving.reasons(
        session, found, it, by_judge=it.account_id == sessions.me().id, now=sessions.now()
    )
    if not reasons:
        return back_to("panel.judges", _("%(name)s is not on the panel any more.", name=name), "caution")
    was_on = it.state is JudgeState.ACCEPTED
    why = _reason(posted("leaving") or request.args.get("leaving", ""), reasons)
    if request.method == "GET":
        return _leaving(it, reasons, why)
    if why is None:
        return _leaving(it, reasons, None, {"leaving": _("Choose why.")}), 422
    if wrong := long_reason():
        return _leaving(it, reasons, why, wrong), 422
    try:
        _decision, effect = leaving.leave(
            session, found, it, why, note=posted("reason"), actor=sessions.actor(), now=sessions.now()
        )
    except decisions.ReasonMissing:
        session.rollback()
        wrong = {"reason": _("Write in a few words what happened. The judge reads it.")}
        return _leaving(it, reasons, why, wrong), 422
    except joining.NotOnPanel:
        session.rollback()
        return back_to("panel.judges", _("%(name)s is not on the panel any more.", name=name), "caution")
    session.commit()
    said = _("%(name)s has left the panel.", name=name) if was_on else _("The graver reason is recorded.")
    return back_to("panel.judges", f"{said} {short_of(effect)} {_next_step(effect)}".strip())


def _next_step(effect: leaving.Effect) -> str:
    """How others take over what a judge has left."""
    if not effect.unfinished:
        return ""
    return _("Under Assignment, draw who takes over: nobody else's nominations change.")


def short_of(effect: leaving.Effect) -> str:
    """How many nominations now have fewer sheets to come than the minimum."""
    if not effect.short:
        return _("No nomination falls below the minimum of sheets by that.")
    return ngettext(
        "%(num)s nomination falls below the minimum of %(minimum)s sheets.",
        "%(num)s nominations fall below the minimum of %(minimum)s sheets.",
        len(effect.short),
        minimum=effect.minimum,
    )


def _reason(text: str, allowed: tuple[Leaving, ...]) -> Leaving | None:
    return next((it for it in allowed if it.value == text), None)


def _leaving(
    judge: Judge, reasons: tuple[Leaving, ...], why: Leaving | None, wrong: dict[str, str] | None = None
) -> str:
    effect = (
        leaving.effect(db.session(), door.edition(), judge, why, now=sessions.now())
        if why is not None
        else None
    )
    return show(
        "panel/leave.html",
        "panel.judges",
        judge=judge,
        name=name_of(judge.account),
        reasons=[(it.value, says.LEAVING[it]) for it in reasons],
        why=why,
        why_in_words=says.LEAVING[why] if why else "",
        effect=effect,
        short=short_of(effect) if effect else "",
        wrong=wrong or {},
        reason=posted("reason"),
        for_good=why in inviting.FOR_GOOD,
        was_on=judge.state is JudgeState.ACCEPTED,
    )

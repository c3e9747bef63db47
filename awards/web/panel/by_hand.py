"""One more pair by hand, and nominations taken back from a judge."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import assignments, decisions, draws, nominations, proposals
from awards.extensions import db
from awards.models import Judge, Nomination
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.panel import pairs
from awards.web.panel.assignment import BEHIND, HERE, board
from awards.web.panel.board import Board, cautions_of, refuse_if_barred
from awards.web.panel.routes import blueprint, judge_of
from awards.web.secretariat.frame import (
    Answer,
    back_to,
    face_of,
    long_reason,
    name_of,
    posted,
    show,
)
from awards.web.words import lazy as _l
from awards.web.words import tidy

TOO_LATE = _l(
    "Some of these can't be taken back any more: they were submitted, or ended. Nothing was changed."
)


@blueprint.route("/assignment/issue", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def issue(**_edition: str) -> Answer:
    """One nomination for one judge: put into the open proposal, or issued at once where there is none.

    What is to be said of the pair is shown first; sent again with it, the pair is made.
    """
    found = board()
    if request.method == "GET":
        return _issue_page(found)
    judge, nomination, wrong = pair_of(found)
    if judge is None or nomination is None:
        return _issue_page(found, wrong), 422
    try:
        refuse_if_barred(found, judge, nomination)
        cautions = cautions_of(found, judge, nomination)
        seen = f"{judge.public_id} {nomination.reference} {' '.join(cautions)}"
        if cautions and posted("seen") != seen:
            return _issue_page(found, {}, [str(pairs.CAUTIONS[it]) for it in cautions], seen)
        says = _make(found, judge, nomination)
    except pairs.REFUSALS as error:
        db.session.rollback()
        return _issue_page(board(), {"": pairs.refusal(error)}), 422
    who = judge.public_id
    db.session.commit()
    return back_to(HERE, says, judge=who)


def _make(found: Board, judge: Judge, nomination: Nomination) -> str:
    session, actor, now = db.session(), sessions.actor(), sessions.now()
    named = {"reference": nomination.reference, "name": name_of(judge.account)}
    if found.run is not None:
        proposals.add(session, door.edition(), judge, nomination, actor=actor, now=now)
        return _("%(reference)s stands in the proposal for %(name)s.", **named)
    assignments.issue(session, door.edition(), judge, nomination, actor=actor, now=now)
    return _("%(reference)s was issued to %(name)s, who has not been told yet.", **named)


def pair_of(found: Board) -> tuple[Judge | None, Nomination | None, dict[str, str]]:
    """The pair that the form names, and what is wrong with it."""
    wrong: dict[str, str] = {}
    judge = next((it for it in found.pairs.judges.values() if it.public_id == posted("judge")), None)
    if judge is None:
        wrong["judge"] = _("Choose a judge.")
    try:
        nomination = nominations.find(db.session(), door.edition(), posted("reference"))
    except nominations.NoSuchNomination:
        nomination = None
        wrong["reference"] = _("No nomination has this reference.")
    return judge, nomination, wrong


def _issue_page(
    found: Board, wrong: dict[str, str] | None = None, cautions: list[str] | None = None, seen: str = ""
) -> str:
    is_post = request.method == "POST"
    return show(
        "panel/issue.html",
        HERE,
        board=found,
        wrong=wrong or {},
        cautions=cautions or [],
        seen=seen,
        typed={
            name: posted(name) if is_post else posted(name) or tidy(request.args.get(name))
            for name in ("judge", "reference")
        },
    )


@blueprint.route("/assignment/take-back/<judge>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def release(judge: str, **_edition: str) -> Answer:
    """Take nominations back from a judge: one, some, or all that they haven't submitted."""
    who = judge_of(judge)
    if request.method == "GET":
        return _release_page(who)
    session = db.session()
    mine = {
        it.nomination.reference: it
        for it, _saved in assignments.unsubmitted(session, door.edition(), who, board().round)
    }
    chosen = [tidy(it) for it in request.form.getlist("reference")]
    if not chosen:
        return _release_page(who, {"references": _("Choose at least one nomination.")}), 422
    if wrong := long_reason():
        return _release_page(who, wrong), 422
    if any(it not in mine for it in chosen):
        return _release_page(who, {"references": str(TOO_LATE)}), 422
    try:
        assignments.release(
            session,
            door.edition(),
            who,
            [mine[it] for it in dict.fromkeys(chosen)],
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
        drawn = _replace() if posted("draw") else None
    except decisions.ReasonMissing:
        session.rollback()
        return _release_page(judge_of(judge), {"reason": _("Write why: the judge reads it.")}), 422
    except (assignments.SheetSubmitted, assignments.NotIssued):
        session.rollback()
        return _release_page(judge_of(judge), {"references": str(TOO_LATE)}), 422
    except pairs.REFUSALS as error:
        session.rollback()
        return back_to(HERE, pairs.refusal(error), "caution")
    many = len(set(chosen))
    session.commit()
    if posted("draw"):
        return _replaced(many, drawn)
    says = ngettext(
        "%(num)s nomination was taken back. Give it to another judge below.",
        "%(num)s nominations were taken back. Give them to other judges below, or draw a proposal.",
        many,
    )
    return back_to(HERE, says)


def _replace() -> proposals.Drawn | None:
    """A proposal of who takes over, in the same transaction, alternates first; None while the worker draws it."""
    return draws.draw(db.session(), door.edition(), actor=sessions.actor(), now=sessions.now())


def _replaced(many: int, drawn: proposals.Drawn | None) -> Answer:
    taken = ngettext("%(num)s nomination was taken back.", "%(num)s nominations were taken back.", many)
    if drawn is None:
        return back_to(HERE, f"{taken} {BEHIND}", "calm")
    new = len(drawn.run.pairs)
    found = ngettext(
        "The proposal below gives out %(num)s pair and changes nothing else.",
        "The proposal below gives out %(num)s pairs and changes nothing else.",
        new,
    )
    return back_to(HERE, f"{taken} {found}", by="new")


def _release_page(who: Judge, wrong: dict[str, str] | None = None) -> str:
    found = board()
    one = tidy(request.args.get("reference"))
    mine = assignments.unsubmitted(db.session(), door.edition(), who, found.round) if found.is_open else []
    form = sessions.filled()
    ticked = [tidy(it) for it in form.getlist("reference")] if form is not None else [one] if one else []
    return show(
        "panel/take_back.html",
        HERE,
        board=found,
        judge=who,
        name=name_of(who.account),
        mine=mine,
        ticked=ticked or [it.nomination.reference for it, _saved in mine if form is None],
        names=face_of(door.edition()).names,
        wrong=wrong or {},
        reason=posted("reason"),
        drawing=form is None or bool(posted("draw")),
    )

"""Feedback as the office sends it: how far each category is, what one nominee would read, comments to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import comments, decisions, feedback
from awards.comments import CommentChanged, MayNotDecide
from awards.extensions import db
from awards.feedback import NothingToSend, NotYet, Standing
from awards.models import FeedbackComment, Nomination
from awards.nominations import NoSuchNomination, find
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.after.prizes import bound
from awards.web.after.routes import OFFICE, Answer, blueprint, show
from awards.web.after.said import explained, said_of, too_few
from awards.web.release.routes import stale
from awards.web.secretariat.frame import back_to, face_of, long_reason, posted
from awards.web.texts import Text


@dataclass(frozen=True, slots=True)
class Row:
    """A category by name, with how far it is, and one nomination of it to be looked at."""

    name: Text
    it: Standing
    example: str


@blueprint.route(f"{OFFICE}/feedback", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def feedbacks(edition: str) -> Answer:  # noqa: ARG001 (the door has found it)
    """How far every category is; sending to all nominees of those that are chosen."""
    if request.method == "GET":
        return _index()
    session, here = db.session(), door.edition()
    chosen = request.form.getlist("category")
    if not chosen:
        return _index({"category": _("Choose at least one category.")}), 422
    try:
        number = feedback.send(session, here, chosen, actor=sessions.actor(), now=sessions.now())
    except (NotYet, NothingToSend):
        session.rollback()
        return back_to("after.feedbacks", stale(), "caution")
    session.commit()
    says = ngettext(
        "Sent to those who wrote one nomination.", "Sent to those who wrote %(num)d nominations.", number
    )
    return back_to("after.feedbacks", says)


def _index(wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    names = face_of(here).names
    rows = [
        Row(names.name("categories", it.category), it, _example(it) if it.is_open else "")
        for it in feedback.standing(session, here, sessions.now())
    ]
    return show(
        "feedback.html",
        rows=rows,
        waiting=sum(row.it.waiting for row in rows),
        sendable=[row for row in rows if row.it.unsent],
        wrong=dict(wrong or {}),
    )


def _example(it: Standing) -> str:
    found = feedback.compose(db.session(), door.edition(), it.category)
    row = min(found, default=None)
    return db.session.get_one(Nomination, row).reference if row is not None else ""


@blueprint.get(f"{OFFICE}/feedback/of/<reference>")
@audience(Audience.ORGANISER)
def feedback_of(edition: str, reference: str) -> str:  # noqa: ARG001
    """What the nominee of one nomination would read if it were sent now. 404 before it may be sent."""
    session, here = db.session(), door.edition()
    try:
        nomination = find(session, here, reference)
    except NoSuchNomination:
        abort(404)
    if not feedback.is_open(session, here, nomination.category, sessions.now()):
        abort(404)
    document = feedback.compose(session, here, nomination.category).get(nomination.id)
    if document is None:
        abort(404)
    sent = feedback.latest(session, nomination)
    return show(
        "feedback_of.html",
        nomination=nomination,
        said=said_of(document, here.language),
        explained=explained(),
        too_few=too_few(),
        sent=sent,
        same=sent is not None and sent.document == document,
    )


@blueprint.route(f"{OFFICE}/feedback/comments", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def comments_page(edition: str) -> Answer:  # noqa: ARG001
    """What judges have released: approved, one or all that are shown, or kept back with a reason that they are told."""
    if request.method == "GET":
        return _comments()
    session, chosen = db.session(), request.form.getlist("comment")
    one = chosen[0] if len(chosen) == 1 else ""
    if wrong := long_reason():
        return _comments(wrong["reason"], one), 422
    try:
        says = _decide(chosen)
    except decisions.ReasonMissing:
        session.rollback()
        return _comments(_("Write why: the judge reads it."), one), 422
    except MayNotDecide:
        session.rollback()
        return _comments(bound(), one), 409
    except CommentChanged:
        session.rollback()
        return back_to("after.comments_page", stale(), "caution")
    session.commit()
    return back_to("after.comments_page", says)


def _decide(chosen: list[str]) -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    if posted("act") == "approve":
        number = comments.approve(session, here, chosen, actor=actor, now=now)
        return ngettext("Approved: one text.", "Approved: %(num)d texts.", number)
    if posted("act") != "keep_back" or len(chosen) != 1:
        abort(400)
    comments.keep_back(session, here, chosen[0], reason=posted("reason"), actor=actor, now=now)
    return _("Kept back. Its judge is written to.")


def _comments(wrong: str = "", one: str = "") -> str:
    session, here = db.session(), door.edition()
    waiting: list[tuple[FeedbackComment, Nomination]] = comments.waiting(session, here)
    return show(
        "comments.html",
        waiting=waiting,
        approved=comments.let_out(session, here),
        kept_back=comments.kept_back(session, here),
        wrong=wrong,
        one=one,
        reason=posted("reason"),
    )

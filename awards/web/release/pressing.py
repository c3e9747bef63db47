"""A release that is armed: pressed, held, let go on, called off."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from flask import abort, current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from awards import arming, decisions, prizes, proofs
from awards.arming import NotWaiting, StandChanged
from awards.audit import Actor
from awards.counts import EvidenceDiffers
from awards.extensions import db
from awards.models import Edition, Release, ReleaseState
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.release.arming import CHANGED, armed_as
from awards.web.release.routes import Answer, blueprint, differs, folder, show, stale
from awards.web.results import title_of
from awards.web.secretariat.frame import back_to, long_reason, posted
from awards.web.texts import Text


class Turn(Protocol):
    """What is done to a release that waits."""

    def __call__(
        self, session: Session, edition: Edition, release: Release, *, actor: Actor, now: datetime
    ) -> None: ...


def _found(identifier: str) -> Release:
    found = (
        arming.find(db.session(), door.edition(), identifier)
        if door.IDENTIFIER.fullmatch(identifier)
        else None
    )
    if found is None:
        abort(404)
    return found


@blueprint.route("/armed/<release_id>/press", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def press(edition: str, release_id: str) -> Answer:  # noqa: ARG001
    """A page that says what becomes public, and the button that does it."""
    release = _found(release_id)
    if request.method == "GET":
        if release.state is not ReleaseState.ARMED:
            return back_to("release.index", stale(), "caution")
        return show("press.html", armed=armed_as(release), undrawn=_undrawn(release))
    try:
        done = arming.press(
            db.session(),
            door.edition(),
            release,
            folder=folder(),
            url=current_app.config["LAURELS_URL"],
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (NotWaiting, *CHANGED):
        db.session.rollback()
        return back_to("release.index", stale(), "caution")
    except EvidenceDiffers:
        db.session.rollback()
        return back_to("release.index", differs(), "alarm")
    db.session.commit()
    says = ngettext(
        "The winners of one category are public.",
        "The winners of %(num)d categories are public.",
        len(release.categories),
    )
    if done.record is not None:
        says = " ".join([says, _("The record of the edition is published.")])
    return back_to("release.index", says)


def _undrawn(release: Release) -> list[tuple[Text, str]]:
    """The winners whose certificates no font draws, with the characters that are lacking."""
    session, here = db.session(), door.edition()
    given = [it for it in prizes.of_edition(session, here) if it.category in release.categories]
    found = ((it, proofs.undrawn(proofs.of_award(session, here, it))) for it in given)
    return [(title_of(it.names), " ".join(signs)) for it, signs in found if signs]


@blueprint.post("/armed/<release_id>/hold")
@audience(Audience.ORGANISER)
def hold(edition: str, release_id: str) -> Answer:  # noqa: ARG001
    """Stop clock and button."""
    return _turn(arming.hold, release_id, _("Held: nothing becomes public until somebody lets it go on."))


@blueprint.post("/armed/<release_id>/go-on")
@audience(Audience.ORGANISER)
def go_on(edition: str, release_id: str) -> Answer:  # noqa: ARG001
    """Let a held release go on."""
    return _turn(arming.go_on, release_id, _("It goes on. If its moment has passed, somebody has to press."))


def _turn(verb: Turn, release_id: str, says: str) -> Answer:
    release = _found(release_id)
    try:
        verb(db.session(), door.edition(), release, actor=sessions.actor(), now=sessions.now())
    except (NotWaiting, StandChanged):
        db.session.rollback()
        return back_to("release.index", stale(), "caution")
    db.session.commit()
    return back_to("release.index", says)


@blueprint.route("/armed/<release_id>/call-off", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def call_off(edition: str, release_id: str) -> Answer:  # noqa: ARG001
    """End a release that is armed or held, with a reason."""
    release = _found(release_id)
    wrong: dict[str, str] = {}
    if request.method == "POST" and not (wrong := long_reason()):
        try:
            arming.call_off(
                db.session(),
                door.edition(),
                release,
                reason=posted("reason"),
                actor=sessions.actor(),
                now=sessions.now(),
            )
            db.session.commit()
            return back_to("release.index", _("Called off. Nothing becomes public; it can be armed anew."))
        except decisions.ReasonMissing:
            db.session.rollback()
            wrong = {"reason": _("Write why: others read it in the audit trail.")}
        except NotWaiting:
            db.session.rollback()
            return back_to("release.index", stale(), "caution")
    if release.state not in arming.LIVE:
        return back_to("release.index", stale(), "caution")
    page = show("call_off.html", armed=armed_as(release), wrong=wrong, reason=posted("reason"))
    return (page, 422) if wrong else page

"""Confirming a sheet that somebody else has typed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from awards import marking, scans, typings, unconfirmed
from awards.extensions import db
from awards.models import SheetState, Typing
from awards.web import door, sessions, typed
from awards.web.access import Audience, audience
from awards.web.clerk.routes import blueprint, show, waiting
from awards.web.secretariat.frame import long_reason, posted

OVER: Mapping[type[Exception], object] = {
    typings.NotWaiting: _l(
        "This sheet waits no more: it was confirmed or refused, or the judge has saved it on the site since."
    ),
    typings.SameHand: _l("You have typed this sheet yourself. Somebody else confirms it."),
    typings.NotYours: _l(
        "You can't confirm this sheet: you judge, chair or audit this edition, or have an interest."
    ),
    marking.MarksClosed: _l("The round is closed. No sheet can be confirmed any more."),
}


@blueprint.get("/confirming")
@audience(Audience.CLERK)
def confirming(**_edition: str) -> str:
    return show("confirming.html", "clerk.confirming", others=waiting()[1])


@blueprint.route("/confirming/<typing>", methods=["GET", "POST"])
@audience(Audience.CLERK)
def second(typing: str, **_edition: str) -> str | AnyResponse | tuple[str, int]:
    """The typed marks beside the scan: confirmed, or refused with a reason."""
    found = _found(typing)
    if found is None:
        flash(str(OVER[typings.NotWaiting]), "caution")
        return redirect(url_for("clerk.confirming", edition=door.edition().key), 303)
    if request.method != "POST":
        return _page(found, {})
    wrong = settle(found)
    if wrong:
        return _page(found, wrong), 422
    return redirect(url_for("clerk.confirming", edition=door.edition().key), 303)


@blueprint.get("/confirming/<typing>/scan")
@audience(Audience.CLERK)
def scan(typing: str, **_edition: str) -> Response:
    found = _found(typing)
    if found is None:
        abort(404)
    return typed.scan_file(scans.of(db.session(), found), found.version.sheet.assignment.code or "scan")


def settle(found: Typing) -> dict[str, str]:
    """Confirm or refuse as the form says; what is wrong with it, or nothing once it is done and said."""
    session, edition, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    act, reason = posted("act"), posted("reason")
    if act not in ("confirm", "refuse"):
        abort(400)
    if act == "refuse" and (not reason or long_reason()):
        return long_reason() or {"reason": _("Write what is wrong, so that it can be typed again.")}
    try:
        if act == "refuse":
            typings.refuse(session, edition, found, reason=reason, actor=actor, now=now)
            said = _("Refused. It doesn't count; the clerk can type it again.")
        elif typings.confirm(session, edition, found, actor=actor, now=now).state is SheetState.SUBMITTED:
            said = _("Confirmed. The sheet is submitted and counts.")
        else:
            said = _("Confirmed. Marks are missing, so the sheet isn't submitted yet.")
    except tuple(OVER) as error:
        session.rollback()
        flash(str(OVER[type(error)]), "alarm")
        return {}
    session.commit()
    flash(said, "done")
    return {}


def _page(found: Typing, wrong: dict[str, str]) -> str:
    return show(
        "second.html",
        "clerk.confirming",
        it=typed.shown(db.session(), door.edition(), found),
        wrong=wrong,
        reason=posted("reason"),
    )


def _found(typing: str) -> Typing | None:
    """A typing that waits for somebody else than its typist. 404 for one's own and for those who are bound."""
    if not door.IDENTIFIER.fullmatch(typing):
        abort(404)
    session, edition, me = db.session(), door.edition(), sessions.me()
    found = unconfirmed.find(session, edition, typing)
    if found is None:
        if unconfirmed.is_known(session, edition, typing):
            return None
        abort(404)
    bound = typings.bound_in(session, edition, me)
    if found.typed_by_id == me.id or bound(found.version.sheet.assignment.nomination_id):
        abort(404)
    return found

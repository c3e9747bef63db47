"""Giving a nomination back to its people, more time for them, taking it back; and asking for another category."""

from __future__ import annotations

from flask import flash, request
from flask_babel import gettext as _

from awards import editions, moving, returning
from awards.decisions import ReasonMissing
from awards.extensions import db
from awards.models import NominationState
from awards.moving import MoveAsked, NoMoveAsked, NoNominator, NoSuchCategory
from awards.returning import NobodyToAsk, NothingNamed, NotReturned, ReturnNotOver, ReturnPast
from awards.screening import NotDecidable, ScreeningClosed
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.screening.acts import Answer, back
from awards.web.screening.forms import ExtendForm, MoveForm, ReturnForm
from awards.web.screening.routes import blueprint, kept_out, nomination, page
from awards.web.screening.sayings import refusal
from awards.web.screening.sight import Sight, sight

MOVE_REFUSALS = (ScreeningClosed, NotDecidable, NoSuchCategory, NoNominator, MoveAsked, ReasonMissing)


@blueprint.route("/<path:reference>/return", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def send_back(reference: str, **_edition: str) -> Answer:
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    seen, form = sight(found), ReturnForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    zone = seen.desk.edition.zone
    form.named.choices = [
        (key, str(seen.form.name(key)))
        for key in returning.nameable(editions.rules_of(db.session(), seen.desk.edition))
    ]
    form.fill(sessions.now(), zone)
    if request.method == "GET" or not form.validate():
        return _return_page(seen, form)
    until = form.until(zone)
    try:
        returning.send_back(
            db.session(),
            seen.desk.edition,
            found,
            named=form.named.data or (),
            note=str(form.note.data),
            local=until.local,
            zone=zone,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except ReturnPast as error:
        form.day.errors = [refusal(error)]
        return _return_page(seen, form)
    except (ScreeningClosed, NotDecidable, NothingNamed, NobodyToAsk, ReasonMissing) as error:
        form.form_errors.append(refusal(error))
        return _return_page(seen, form)
    db.session.commit()
    flash(_("%(reference)s is returned; its people are told by mail.", reference=found.reference), "done")
    return back(found)


def _return_page(seen: Sight, form: ReturnForm) -> tuple[str, int]:
    possible = seen.nomination.state is NominationState.SUBMITTED
    body = page("return.html", seen.desk, seen=seen, form=form, possible=possible)
    return body, 422 if form.errors else 200


@blueprint.route("/<path:reference>/extend", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def extend(reference: str, **_edition: str) -> Answer:
    """More time for a nomination that is with its people."""
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    seen, form = sight(found), ExtendForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    zone = seen.desk.edition.zone
    form.fill(sessions.now(), zone)
    if request.method == "GET" or not form.validate():
        return page("extend.html", seen.desk, seen=seen, form=form), 422 if form.errors else 200
    until = form.until(zone)
    try:
        returning.extend(
            db.session(),
            seen.desk.edition,
            found,
            local=until.local,
            zone=zone,
            reason=str(form.reason.data),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (ScreeningClosed, NotReturned, ReturnPast, ReasonMissing) as error:
        form.form_errors.append(refusal(error))
        return page("extend.html", seen.desk, seen=seen, form=form), 422
    db.session.commit()
    flash(
        _("%(reference)s may be corrected for longer; its people are told.", reference=found.reference),
        "done",
    )
    return back(found)


@blueprint.post("/<path:reference>/close-return")
@audience(Audience.SCREENER)
def close_return(reference: str, **_edition: str) -> Answer:
    """Take back what wasn't corrected in time, to decide on the text that stands."""
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    try:
        returning.close(
            db.session(), sight(found).desk.edition, found, actor=sessions.actor(), now=sessions.now()
        )
    except (ScreeningClosed, NotReturned, ReturnNotOver) as error:
        flash(refusal(error), "caution")
        return back(found)
    db.session.commit()
    flash(_("%(reference)s is decided on the text that stands.", reference=found.reference), "done")
    return back(found)


@blueprint.route("/<path:reference>/move", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def move(reference: str, **_edition: str) -> Answer:
    """Ask the nominator whether the nomination may move to another category."""
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    seen, form = sight(found), MoveForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    session, at = db.session(), seen.desk
    categories = moving.categories_for(session, at.edition, found, seen.revision.nominee_kind)
    form.category.choices = [(key, str(at.names.name("categories", key))) for key in categories]
    if request.method == "GET" or not form.validate():
        return page("move.html", at, seen=seen, form=form), 422 if form.errors else 200
    try:
        moving.ask(
            session,
            at.edition,
            found,
            str(form.category.data),
            reason=str(form.reason.data),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except MOVE_REFUSALS as error:
        form.form_errors.append(refusal(error))
        return page("move.html", at, seen=seen, form=form), 422
    session.commit()
    flash(_("The nominator is asked by mail. Until they agree, the category stays."), "done")
    return back(found)


@blueprint.post("/<path:reference>/move/undo")
@audience(Audience.SCREENER)
def undo_move(reference: str, **_edition: str) -> Answer:
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    try:
        moving.take_back(
            db.session(), sight(found).desk.edition, found, actor=sessions.actor(), now=sessions.now()
        )
    except (ScreeningClosed, NoMoveAsked) as error:
        flash(refusal(error), "caution")
        return back(found)
    db.session.commit()
    flash(_("The question about the category is taken back."), "done")
    return back(found)

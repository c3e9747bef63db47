"""The person who is nominated: names as they are to be printed, and the question whether they accept."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import drafts, nominees
from awards.extensions import db
from awards.models import NominationRevision
from awards.nominees import Acceptance
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.collaboration import desk, words
from awards.web.collaboration.desk import blueprint
from awards.web.collaboration.forms import NomineeForm, base_of
from awards.web.language import NAMES, current
from judging.rules import INDIVIDUAL
from judging.values import Json


@blueprint.route("/nominee", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def nominee(**_address: str) -> Response | tuple[str, int]:
    """The person's names, address and place."""
    draft = desk.draft_of(door.nomination())
    if draft.nominee_kind != INDIVIDUAL:
        abort(404)
    form = NomineeForm(formdata=sessions.filled(), data=_said(draft))
    if request.method == "POST" and not desk.is_written():
        form.form_errors.append(desk.closed())
    elif request.method == "POST" and form.validate():
        try:
            drafts.change(
                db.session(),
                door.nomination(),
                _changes(form, draft),
                base=base_of(form.base.data),
                actor=sessions.actor(),
                now=sessions.now(),
            )
        except drafts.StaleDraft as error:
            form.base.data = str(error.latest)
            form.form_errors.append(
                _(
                    "Somebody else has changed the person's details meanwhile: %(theirs)s. "
                    "Nothing was overwritten: send it again if yours is right.",
                    theirs="; ".join(_shown(clash.theirs) for clash in error.clashes),
                )
            )
        except words.REFUSED as error:
            return desk.not_done("show", error)
        else:
            return desk.done("show", _saved())
    return desk.show("nominee.html", refused=bool(form.errors), form=form)


@blueprint.post("/nominee/ask")
@audience(Audience.NOMINATOR)
def ask_nominee(**_address: str) -> Response:
    """Ask the person nominated to accept."""
    language = request.form.get("message_language", "")
    try:
        asked = nominees.ask(
            db.session(),
            door.nomination(),
            language=language if language in NAMES else current(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except words.REFUSED as error:
        return desk.not_done("show", error)
    return desk.done("show", _("A message was sent to %(address)s.", address=asked.email))


def _said(draft: NominationRevision) -> dict[str, str]:
    said = nominees.said_by(draft)
    return {
        "base": str(draft.number),
        "name": draft.organisation_name,
        "latin_name": said["latin_name"],
        "email": said["email"],
        "city": draft.city,
        "country": draft.country,
    }


def _changes(form: NomineeForm, draft: NominationRevision) -> dict[str, Json]:
    said: dict[str, Json] = dict(nominees.said_by(draft))
    said |= {"latin_name": str(form.latin_name.data or ""), "email": str(form.email.data or "")}
    return {
        "organisation_name": str(form["name"].data),
        "city": str(form.city.data or ""),
        "country": str(form.country.data or ""),
        nominees.KEY: said,
    }


def _shown(theirs: Json) -> str:
    values = theirs.values() if isinstance(theirs, dict) else [theirs]
    return ", ".join(str(value) for value in values if value)


def _saved() -> str:
    answer = nominees.answer_of(db.session(), door.nomination())
    if answer is Acceptance.NOT_ASKED:
        return _("Saved. The person has not been asked yet whether they accept.")
    return _("Saved.")

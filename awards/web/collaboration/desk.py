"""What these pages have in common: the nomination they are about, and the way back from an act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import drafts, editions
from awards.extensions import db
from awards.models import Edition, Nomination, NominationRevision
from awards.web import door
from awards.web.collaboration import words
from awards.web.language import PREFIX
from awards.web.nominations.desk import desk as nomination_desk
from awards.web.texts import Names

blueprint = Blueprint("collaboration", __name__, url_prefix=f"{PREFIX}/nominations/<nomination>")

REFUSED = 422


def edition_of(nomination: Nomination) -> Edition:
    return db.session.get_one(Edition, nomination.edition_id)


def draft_of(nomination: Nomination) -> NominationRevision:
    return drafts.latest(db.session(), nomination)


def names_of(edition: Edition) -> Names:
    texts = editions.texts_of(db.session(), edition)
    return Names(texts, str(texts.get("working_language", "en")))


def is_written() -> bool:
    """Whether what is sent now is saved, as in the sections of the form; another state is refused in its own words."""
    return door.nomination().state not in drafts.EDITABLE or nomination_desk().is_written


def closed() -> str:
    return _("The nomination is closed, so this part can be read and not changed.")


def show(template: str, *, refused: bool = False, **values: object) -> tuple[str, int]:
    """A page about the nomination of the address."""
    nomination = door.nomination()
    page = render_template(
        f"collaboration/{template}",
        nomination=nomination,
        draft=draft_of(nomination),
        home=url_for("nominations.show", nomination=nomination.public_id),
        specimen=edition_of(nomination).specimen,
        **values,
    )
    return page, REFUSED if refused else 200


def go(endpoint: str, text: str, mood: str = "done", **values: Any) -> Response:
    """To a page of the nomination, with a word on what was done."""
    flash(text, mood)
    address = url_for(f"collaboration.{endpoint}", nomination=door.nomination().public_id, **values)
    return redirect(address, 303)


def done(endpoint: str, text: str, **values: str) -> Response:
    """Keep what was done and lead to a page of the nomination."""
    response = go(endpoint, text, **values)
    db.session.commit()
    return response


def not_done(endpoint: str, error: Exception, **values: str) -> Response:
    """Nothing was done: say why on a page of the nomination."""
    db.session.rollback()
    return go(endpoint, words.refusal(error), "alarm", **values)

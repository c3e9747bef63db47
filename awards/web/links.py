"""One-time links: whoever has one sets a password with it, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from awards import accounts
from awards.extensions import db
from awards.web import face
from awards.web.access import Audience, audience
from awards.web.language import PREFIX


def _l(text: str) -> str:
    """A text that is looked up when it is shown; WTForms takes it for a string."""
    return cast("str", lazy_gettext(text))


blueprint = Blueprint("links", __name__, url_prefix=f"{PREFIX}/link")

LONGEST_PASSWORD = 256
GONE = {
    accounts.LinkUnknown: _l("This link is not known. Check that you copied all of it."),
    accounts.LinkUsed: _l("This link has been used already. Ask the secretariat for a new one."),
    accounts.LinkExpired: _l("This link is too old. Ask the secretariat for a new one."),
}


class PasswordForm(FlaskForm):
    password = PasswordField(
        _l("New password"),
        [
            InputRequired(_l("Write the password that you want to use.")),
            Length(
                min=accounts.SHORTEST_PASSWORD,
                max=LONGEST_PASSWORD,
                message=_l("The password needs 12 to 256 characters. Several words in a row are a good one."),
            ),
        ],
    )
    again = PasswordField(
        _l("The same password again"),
        [EqualTo("password", _l("The two passwords differ. Write the same one twice."))],
    )


@blueprint.route("/<token>", methods=["GET", "POST"])
@audience(Audience.LINK_HOLDER)
def show(token: str) -> str | Response | tuple[str, int]:
    """Opening the link uses nothing up: mail programs open links too."""
    session, now = db.session(), datetime.now(UTC)
    specimen = face.only_specimens(session)
    try:
        owner = accounts.owner_of_link(session, token, now=now)
    except tuple(GONE) as error:
        return render_template("links/gone.html", why=GONE[type(error)], specimen=specimen), 404
    form = PasswordForm()  # type: ignore[no-untyped-call]
    if request.method == "POST" and form.validate():
        accounts.use_link(session, token, str(form.password.data), now=now)
        session.commit()
        return redirect(url_for("links.done"), 303)
    return render_template(
        "links/show.html", form=form, owner=owner, specimen=specimen
    ), 422 if form.errors else 200


@blueprint.get("/done")
@audience(Audience.LINK_HOLDER)
def done() -> str:
    return render_template(
        "links/done.html", title=_("Your password is set"), specimen=face.only_specimens(db.session())
    )

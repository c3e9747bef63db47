"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from awards import accounts
from awards.extensions import db
from awards.models import SignedInBy
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.language import PREFIX
from awards.web.words import lazy as _l

blueprint = Blueprint("sign_in", __name__, url_prefix=PREFIX)


class SignInForm(FlaskForm):
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Write your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password."))])


@blueprint.route("/sign-in", methods=["GET", "POST"])
@audience(Audience.VISITOR)
def show() -> str | Response | tuple[str, int]:
    form = SignInForm()  # type: ignore[no-untyped-call]
    if request.method == "POST" and form.validate():
        account = accounts.find(db.session(), str(form.email.data))
        if account is not None and accounts.is_password(account, str(form.password.data)):
            response = sessions.sign_in(account, by=SignedInBy.PASSWORD)
            db.session.commit()
            return response
        form.form_errors.append(_("E-mail address and password do not belong together."))
    return render_template("sign_in/show.html", form=form), 422 if form.errors else 200


@blueprint.post("/sign-out")
@audience(Audience.SIGNED_IN)
def sign_out() -> Response:
    sessions.sign_out()
    return redirect(url_for("public.front"), 303)

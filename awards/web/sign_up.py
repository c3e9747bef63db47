"""Signing up: a name, an address, a language and a zone; a mail lets the person in."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from awards import accounts, profiles
from awards.extensions import db
from awards.notices import Template
from awards.web import language, sessions, sign_in, zones
from awards.web.access import Audience, audience
from awards.web.language import NAMES, PREFIX
from awards.web.sign_in import MailForm
from awards.web.words import lazy as _l
from awards.web.words import tidy

blueprint = Blueprint("sign_up", __name__, url_prefix=PREFIX)

NAME = [
    DataRequired(_l("Write your name as it is to be printed.")),
    Length(max=accounts.LONGEST_NAME, message=_l("A name has 200 characters at most.")),
]


class SignUpForm(MailForm):
    name = StringField(_l("Your name, as it is to be printed"), NAME, filters=[tidy])
    email = EmailField(*sign_in.ADDRESS)
    language = SelectField(_l("Language of pages and mails"), choices=dict(NAMES), validate_choice=False)
    zone = SelectField(_l("Your time zone"), validate_choice=False)

    def validate_language(self, field: SelectField) -> None:
        if field.data not in NAMES:
            raise ValidationError(_("Choose one of the languages."))

    def validate_zone(self, field: SelectField) -> None:
        if not zones.is_known(str(field.data)):
            raise ValidationError(_("Choose one of the places."))


@blueprint.route("/sign-up", methods=["GET", "POST"])
@audience(Audience.VISITOR)
def show() -> str | Response | tuple[str, int]:
    """The answer is the same whether or not the address is known; whoever is known gets a mail to sign in with."""
    guess = zones.guess()
    form = SignUpForm(data={"language": language.current(), "zone": guess})  # type: ignore[no-untyped-call]
    form.zone.choices = zones.choices()
    status = 200
    if request.method == "POST" and form.validate():
        email = accounts.fold_address(str(form.email.data))
        if sign_in.take_mail(email):
            account, made = profiles.sign_up(
                db.session(),
                email,
                name=str(form.name.data),
                language=str(form.language.data),
                zone=str(form.zone.data),
                now=sessions.now(),
            )
            sign_in.send_mail(email, account, Template.SIGN_UP if made else Template.SIGN_IN)
            db.session.commit()
            return redirect(url_for("sign_in.code"), 303)
        status = 429
        form.form_errors.append(sign_in.TOO_MANY_MAILS)
    if request.method == "GET":
        sessions.current()
    page = render_template("sign_up/show.html", form=form, waiting=sessions.waiting())
    return page, max(status, 422 if form.errors else 200)

"""Signing in by password, by a mail's link or by its code; and signing out."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from awards import accounts, links, notices, throttle
from awards.extensions import begin_writing, db
from awards.models import Account, SignedInBy
from awards.notices import Template
from awards.sessions import digest
from awards.throttle import Kind
from awards.web import language, limits, sessions
from awards.web.access import Audience, audience
from awards.web.language import PREFIX
from awards.web.words import lazy as _l

blueprint = Blueprint("sign_in", __name__, url_prefix=PREFIX)

REQUESTS = "requests"
MAIL_TO = "mail_to"
MOST_REQUESTS = 3
CLEARED = '"cache", "storage"'
"""What a browser drops at the end: never "cookies", which would sign people out of the neighbouring sites too."""


ADDRESS = (_l("E-mail address"), [InputRequired(_l("Write your e-mail address."))])


class SignInForm(FlaskForm):
    email = EmailField(*ADDRESS)
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password."))])


class MailForm(FlaskForm):
    email = EmailField(*ADDRESS)

    def validate_email(self, field: EmailField) -> None:
        if not accounts.is_address(str(field.data)):
            raise ValidationError(_("This is no e-mail address. One looks like name@city.example."))


class CodeForm(FlaskForm):
    code = StringField(
        _l("Code from the mail"), [InputRequired(_l("Write the code that stands in the mail."))]
    )


@blueprint.route("/sign-in", methods=["GET", "POST"])
@audience(Audience.VISITOR)
def show() -> str | Response | tuple[str, int]:
    form = SignInForm()  # type: ignore[no-untyped-call]
    status = 200
    if request.method == "POST" and form.validate():
        email, password = accounts.fold_address(str(form.email.data)), str(form.password.data)
        if limits.take((Kind.SIGN_IN_EMAIL, email), (Kind.SIGN_IN_PLACE, limits.place())):
            account = accounts.authenticate(db.session(), email, password)
            if account is not None:
                return _enter_by_password(account.id, email)
            form.form_errors.append(_("E-mail address and password do not belong together."))
        else:
            status = 429
            form.form_errors.append(
                _("Too many attempts. Wait a quarter of an hour, or let us send you a mail to sign in with.")
            )
    if request.method == "GET":
        sessions.current()
        form.email.data = form.email.data or session.get(MAIL_TO, "")
    page = render_template("sign_in/show.html", form=form, waiting=sessions.waiting())
    return page, max(status, 422 if form.errors else 200)


def _enter_by_password(number: int, email: str) -> Response:
    """Sign in whoever gave the right password. The check is over, so that writing begins only now."""
    db.session.rollback()
    begin_writing()
    throttle.clear(db.session(), Kind.SIGN_IN_EMAIL, email)
    throttle.forgive(db.session(), Kind.SIGN_IN_PLACE, limits.place())
    response = sessions.sign_in(db.session.get_one(Account, number), by=SignedInBy.PASSWORD)
    db.session.commit()
    return response


@blueprint.route("/sign-in/mail", methods=["GET", "POST"])
@audience(Audience.VISITOR)
def mail() -> str | Response | tuple[str, int]:
    """Ask for a mail with link and code. The answer is the same whether or not there is such an account."""
    form = MailForm()  # type: ignore[no-untyped-call]
    status = 200
    if request.method == "POST" and form.validate():
        email = accounts.fold_address(str(form.email.data))
        if take_mail(email):
            account = accounts.find(db.session(), email)
            send_mail(email, account)
            db.session.commit()
            return redirect(url_for("sign_in.code"), 303)
        status = 429
        form.form_errors.append(TOO_MANY_MAILS)
    if request.method == "GET":
        form.email.data = request.args.get("email", "")[:254] or session.get(MAIL_TO, "")
    page = render_template("sign_in/mail.html", form=form, waiting=sessions.waiting())
    return page, max(status, 422 if form.errors else 200)


TOO_MANY_MAILS = _l(
    "So many mails were asked for that we send no more for an hour. Look into your mailbox, spam folder included."
)


def take_mail(email: str) -> bool:
    """Count a mail that is asked for, and begin to write anew; False where there were too many."""
    counted = limits.take((Kind.MAIL_EMAIL, email), (Kind.MAIL_PLACE, limits.place()))
    begin_writing()
    return counted


def send_mail(email: str, account: Account | None, template: Template = Template.SIGN_IN) -> None:
    """Queue the mail that was asked for, and remember on this device what its code is bound to.

    A closed account gets none; an address without account a mail that says so, which only its owner reads.
    """
    secret = secrets.token_urlsafe(24)
    session[REQUESTS] = [secret, *session.get(REQUESTS, [])][:MOST_REQUESTS]
    session[MAIL_TO] = email
    if account is None:
        notices.queue(
            db.session(),
            Template.NO_ACCOUNT,
            email,
            language=language.current(),
            now=sessions.now(),
            arguments={"path": "/sign-up"},
        )
    elif account.active and not account.operator:
        notices.queue(
            db.session(),
            template,
            email,
            language=account.language,
            now=sessions.now(),
            account=account,
            arguments={"request": digest(secret)},
        )


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@audience(Audience.VISITOR)
def code() -> str | Response | tuple[str, int]:
    """What to do with the mail, and the field for its code, on the device that asked for it."""
    requests = [digest(secret) for secret in session.get(REQUESTS, [])]
    if not requests:
        return redirect(url_for("sign_in.mail"), 303)
    form = CodeForm()  # type: ignore[no-untyped-call]
    status = 200
    if request.method == "POST" and form.validate():
        left = limits.take_each(Kind.CODE, requests)
        begin_writing()
        if left:
            try:
                account = links.use_code(db.session(), str(form.code.data), left, now=sessions.now())
            except (links.CodeWrong, links.NotActive):
                form.code.errors = [_("This is not the code of the mail, or it is older than half an hour.")]
            else:
                response = sessions.sign_in(account, by=SignedInBy.CODE)
                db.session.commit()
                return response
        else:
            status = 429
            form.form_errors.append(_("Too many codes were tried. Ask for a new mail, which has a new code."))
    page = render_template("sign_in/code.html", form=form, email=session.get(MAIL_TO, ""))
    return page, max(status, 422 if form.errors else 200)


@blueprint.post("/sign-out")
@audience(Audience.SIGNED_IN)
def sign_out() -> Response:
    sessions.sign_out()
    db.session.commit()
    flash(_("You are signed out on this device."), "done")
    response = redirect(url_for("sign_in.show"), 303)
    response.headers["Clear-Site-Data"] = CLEARED
    return response

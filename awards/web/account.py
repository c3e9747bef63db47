"""One's own account: names as to be printed, language and zone, password, addresses, and where one is signed in."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, g, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from awards import accounts, notices, profiles, throttle
from awards import sessions as doors
from awards.extensions import begin_writing, db
from awards.models import UserSession
from awards.notices import Template
from awards.passwords import PasswordRefused
from awards.profiles import Profile
from awards.throttle import Kind
from awards.web import devices, limits, sessions, sign_in, words, work, zones
from awards.web.access import Audience, audience
from awards.web.language import PREFIX
from awards.web.passwords import PasswordForm
from awards.web.sign_in import MailForm
from awards.web.sign_up import NAME, SignUpForm
from awards.web.words import lazy as _l
from awards.web.words import tidy

blueprint = Blueprint("account", __name__, url_prefix=PREFIX)

FRESH = timedelta(minutes=30)
"""How long after signing in somebody without a password may set one or add an address."""


class ProfileForm(SignUpForm):
    email = None  # type: ignore[assignment]
    name = StringField(_l("Name"), NAME, filters=[tidy])
    latin_name = StringField(
        _l("Name in Latin letters"),
        [Length(max=200, message=_l("A name has 200 characters at most."))],
        filters=[tidy],
    )
    form_of_address = StringField(
        _l("Form of address"),
        [Length(max=80, message=_l("A form of address has 80 characters at most."))],
        filters=[tidy],
    )
    office = StringField(
        _l("Office"), [Length(max=200, message=_l("An office has 200 characters at most."))], filters=[tidy]
    )


class ChangePasswordForm(PasswordForm):
    current = PasswordField(_l("Your password until now"))


class AddressForm(MailForm):
    email = EmailField(_l("Another e-mail address"), [InputRequired(_l("Write the address."))])
    current = PasswordField(_l("Your password"))


@blueprint.route("/account", methods=["GET", "POST"])
@audience(Audience.SIGNED_IN)
def show() -> str | Response | tuple[str, int]:
    me = sessions.me()
    form = ProfileForm(formdata=sessions.filled(), obj=profiles.of(me))  # type: ignore[no-untyped-call]
    form.zone.choices = zones.choices(me.zone)
    if request.method == "POST" and form.validate():
        said = Profile(
            name=str(form.name.data),
            latin_name=str(form.latin_name.data),
            form_of_address=str(form.form_of_address.data),
            office=str(form.office.data),
            language=str(form.language.data),
            zone=str(form.zone.data),
        )
        profiles.change(db.session(), me, said, actor=sessions.actor(), now=sessions.now())
        db.session.commit()
        with force_locale(said.language):
            flash(_("Saved."), "done")
        return redirect(url_for("account.show", language=said.language), 303)
    page = render_template(
        "account/show.html",
        form=form,
        works=[work.told(it) for it in profiles.works_at(db.session(), me)],
        addresses=[it.email for it in me.addresses],
        open_sessions=doors.open_sessions(db.session(), me, sessions.now()),
        here=g.user_session.id,
        seen=lambda it: words.when(words.in_zone(it.seen_at, me.zone)),
        device=lambda it: devices.device(it.agent),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/account/password", methods=["GET", "POST"])
@audience(Audience.SIGNED_IN)
def password() -> str | Response | tuple[str, int]:
    """Set or change the password; every other session ends."""
    form = ChangePasswordForm()  # type: ignore[no-untyped-call]
    if not _may_prove_it():
        return _sign_in_again()
    status = 200
    if request.method == "POST" and form.validate():
        status = _proof(form.current)
        if status == 200:
            try:
                accounts.set_password(
                    db.session(),
                    sessions.me(),
                    str(form.password.data),
                    but=g.user_session,
                    now=sessions.now(),
                )
            except PasswordRefused as error:
                form.refuse(error)
            else:
                db.session.commit()
                flash(_("Your password is set. Everywhere else you are signed out."), "done")
                return redirect(url_for("account.show"), 303)
    page = render_template("account/password.html", form=form)
    return page, max(status, 422 if form.errors else 200)


@blueprint.route("/account/address", methods=["GET", "POST"])
@audience(Audience.SIGNED_IN)
def address() -> str | Response | tuple[str, int]:
    """Ask for a mail to one more address, whose link adds it. The answer doesn't tell whether it is somebody else's."""
    me, status = sessions.me(), 200
    form = AddressForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    if not _may_prove_it():
        return _sign_in_again()
    if request.method == "POST" and form.validate():
        email = accounts.fold_address(str(form.email.data))
        status = _proof(form.current)
        if profiles.is_own(db.session(), me, email):
            form.email.errors = [_("This address is yours already.")]
        elif status == 200 and not sign_in.take_mail(email):
            status = 429
            form.form_errors.append(sign_in.TOO_MANY_MAILS)
        elif status == 200:
            notices.queue(
                db.session(),
                Template.ADDRESS_CONFIRM,
                email,
                language=me.language,
                now=sessions.now(),
                account=me,
                arguments={"account": me.email},
            )
            db.session.commit()
            flash(_("We have sent a mail to %(address)s. Its link adds the address.", address=email), "done")
            return redirect(url_for("account.show"), 303)
    page = render_template("account/address.html", form=form)
    return page, max(status, 422 if form.errors else 200)


@blueprint.post("/account/sessions/<public_id>/end")
@audience(Audience.SIGNED_IN)
def end_session(public_id: str) -> Response:
    found = (
        db.session.scalars(
            select(UserSession).where(
                UserSession.public_id == public_id, UserSession.account_id == sessions.me().id
            )
        ).first()
        if public_id.isprintable()
        else None
    )
    if found is None:
        abort(404)
    doors.end(db.session(), found, actor=sessions.actor(), now=sessions.now())
    db.session.commit()
    flash(_("That device is signed out."), "done")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/account/sessions/end-others")
@audience(Audience.SIGNED_IN)
def end_others() -> Response:
    doors.end_all(db.session(), sessions.me(), but=g.user_session, actor=sessions.actor(), now=sessions.now())
    db.session.commit()
    flash(_("Everywhere else you are signed out."), "done")
    return redirect(url_for("account.show"), 303)


def _may_prove_it() -> bool:
    """Whether it can be shown now that the person is there: by the password, or by having signed in just before."""
    is_fresh: bool = sessions.now() < g.user_session.made_at + FRESH
    return sessions.me().password_hash is not None or is_fresh


def _sign_in_again() -> tuple[str, int]:
    sessions.come_back()
    return render_template("account/again.html", email=sessions.me().email), 403


def _proof(field: PasswordField) -> int:
    """Ask for the password of whoever has one: 200, or the status of the refusal, said beside the field."""
    me = sessions.me()
    if me.password_hash is None:
        return 200
    number, kept = me.id, me.password_hash
    if not limits.take((Kind.PASSWORD, str(number))):
        field.errors = [_("Too many attempts. Wait a quarter of an hour.")]
        return 429
    is_right = accounts.is_password(me, str(field.data or ""))
    _begin_again()
    if not is_right or me.password_hash != kept:
        field.errors = [_("This is not your password.")]
        return 422
    throttle.clear(db.session(), Kind.PASSWORD, str(number))
    return 200


def _begin_again() -> None:
    """End what was read, and begin to write."""
    db.session.rollback()
    begin_writing()

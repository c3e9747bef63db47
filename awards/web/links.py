"""One-time links: one sets a password, one signs in, one confirms an address. Opening one uses nothing up."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import accounts, links, profiles
from awards.extensions import db
from awards.models import Account, LinkPurpose, SignedInBy
from awards.passwords import PasswordRefused
from awards.web import face, sessions
from awards.web.access import Audience, audience
from awards.web.language import PREFIX
from awards.web.passwords import PasswordForm
from awards.web.words import lazy as _l

blueprint = Blueprint("links", __name__, url_prefix=f"{PREFIX}/link")

Answer = str | Response | tuple[str, int]

GONE = {
    links.LinkUnknown: _l("This link is not known. Check that you copied all of it."),
    links.LinkUsed: _l("This link has been used already."),
    links.LinkExpired: _l("This link is too old."),
    links.NotActive: _l(
        "This account has been closed. Ask the secretariat if you think that this is a mistake."
    ),
    profiles.AddressTaken: _l(
        "This address belongs to another account. Sign in with that one, or ask the secretariat."
    ),
}


@blueprint.route("/<token>", methods=["GET", "POST"])
@audience(Audience.LINK_HOLDER)
def show(token: str) -> Answer:
    """Mail programs open links too: only the button of the page does what the link is for."""
    sessions.current()
    try:
        link = links.find(db.session(), token, now=sessions.now())
        owner = db.session.get_one(Account, link.account_id)
        if link.purpose is LinkPurpose.SIGN_IN:
            return _sign_in(token, owner)
        if link.purpose is LinkPurpose.ADDRESS:
            return _address(token, owner, link.email)
        return _password(token, owner)
    except tuple(GONE) as error:
        db.session.rollback()
        specimen = face.only_specimens(db.session())
        return render_template("links/gone.html", why=GONE[type(error)], specimen=specimen), 404


def _password(token: str, owner: Account) -> Answer:
    form = PasswordForm()  # type: ignore[no-untyped-call]
    specimen = face.only_specimens(db.session())
    if request.method == "POST" and form.validate():
        try:
            accounts.use_link(db.session(), token, str(form.password.data), now=sessions.now())
        except PasswordRefused as error:
            form.refuse(error)
        else:
            db.session.commit()
            return redirect(url_for("links.done"), 303)
    page = render_template("links/show.html", form=form, owner=owner, specimen=specimen)
    return page, 422 if form.errors else 200


def _sign_in(token: str, owner: Account) -> Answer:
    if request.method == "POST":
        account = links.use_sign_in(db.session(), token, now=sessions.now())
        response = sessions.sign_in(account, by=SignedInBy.LINK)
        db.session.commit()
        return response
    specimen = face.only_specimens(db.session())
    return render_template("links/sign_in.html", owner=owner, waiting=sessions.waiting(), specimen=specimen)


def _address(token: str, owner: Account, email: str) -> Answer:
    me = sessions.current()
    if request.method == "POST" and (me is None or me.id != owner.id):
        says = _("Sign in to the account of %(account)s first, then add the address.", account=owner.email)
        flash(says, "caution")
        return sessions.lead_after_sign_in(url_for("links.show", token=token))
    if request.method == "POST":
        profiles.confirm_address(db.session(), token, now=sessions.now())
        db.session.commit()
        flash(_("%(address)s is yours now: you can sign in with it too.", address=email), "done")
        return redirect(url_for("account.show"), 303)
    specimen = face.only_specimens(db.session())
    return render_template("links/address.html", owner=owner, email=email, specimen=specimen)


@blueprint.get("/done")
@audience(Audience.LINK_HOLDER)
def done() -> str:
    return render_template(
        "links/done.html", title=_("Your password is set"), specimen=face.only_specimens(db.session())
    )

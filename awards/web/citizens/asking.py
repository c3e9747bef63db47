"""Anybody types an e-mail address, and a mail with a link goes out. The answer is the same for every address."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.validators import InputRequired, ValidationError

from awards import accounts, citizens
from awards.citizens import PublicVoteNotOpen, Stage
from awards.extensions import db
from awards.web import limits, sessions, voters, words
from awards.web.access import Audience, audience
from awards.web.citizens.routes import Answer, blueprint
from awards.web.edition_page import Page, page_of
from awards.web.voting import says
from awards.web.words import lazy as _l

MINUTE = timedelta(minutes=1)
WAITS = tuple(range(61))


class AddressForm(FlaskForm):
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Write your e-mail address."))])

    def validate_email(self, field: EmailField) -> None:
        if not accounts.is_address(str(field.data)):
            raise ValidationError(_("This is no e-mail address. One looks like name@city.example."))


@blueprint.route("/<edition>/public-vote", methods=["GET", "POST"])
@audience(Audience.VISITOR)
def ask(edition: str) -> Answer:
    """How the public votes, and the form for an address while it can."""
    page = _page(edition)
    form = AddressForm()  # type: ignore[no-untyped-call]
    if request.method == "POST" and form.validate():
        try:
            wait = citizens.ask(
                db.session(),
                page.face.edition,
                str(form.email.data),
                key=voters.key(),
                place=limits.place(),
                network=limits.network(),
                language=str(get_locale()),
                now=sessions.now(),
            )
        except PublicVoteNotOpen:
            db.session.rollback()
        else:
            db.session.commit()
            return redirect(url_for("citizens.asked", edition=edition, wait=wait // MINUTE or None), 303)
    return _show("ask.html", page, form=form), 422 if form.errors else 200


@blueprint.get("/<edition>/public-vote/asked")
@audience(Audience.VISITOR)
def asked(edition: str) -> Answer:
    """What to do now. Nothing here depends on the address."""
    page = _page(edition)
    wait = request.args.get("wait", "")
    minutes = int(wait) if wait.isascii() and wait.isdecimal() and len(wait) < 3 else 0
    said = ngettext(
        "Many ask from your place on the network, so the mail goes out in a minute.",
        "Many ask from your place on the network, so the mail goes out in %(num)d minutes.",
        minutes,
    )
    return _show("asked.html", page, waiting=said if minutes else "")


def _page(edition: str) -> Page:
    """An edition whose rules give the public a vote; 404 for any other."""
    page = page_of(edition)
    if page.rules.public_vote is None:
        abort(404)
    return page


def _show(template: str, page: Page, **values: object) -> str:
    sessions.current()
    vote = citizens.look(db.session(), page.face.edition, sessions.now())
    asked = page.rules.public_vote
    assert asked is not None
    by = voters.current()
    inside = by is not None and by.roll_entry.edition_id == page.face.edition.id
    return render_template(
        f"citizens/{template}",
        page=page,
        vote=vote,
        stage=vote.stage,
        Stage=Stage,
        prize=page.face.names.name("prizes", asked.prize),
        how=says.how(asked.vote),
        inside=inside,
        words=words,
        specimen=page.face.edition.specimen,
        **values,
    )

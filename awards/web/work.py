"""Where a person works: asked on a page of the account, so that conflicts of interests are found."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from awards import directory, organisations, profiles, register
from awards.directory import TooManySuggested
from awards.extensions import db
from awards.folding import fold
from awards.models import Affiliation, Organisation
from awards.organisations import OrganisationAmbiguous
from awards.web import sessions, texts, words
from awards.web.access import Audience, audience
from awards.web.language import PREFIX
from awards.web.words import lazy as _l
from awards.web.words import tidy

blueprint = Blueprint("work", __name__, url_prefix=PREFIX)

AS_WRITTEN = "as-written"
MOST_OFFERED = 8
TOO_LONG = _l("Write no more than 200 characters.")


class WorkForm(FlaskForm):
    organisation = StringField(
        _l("Organisation"), [Length(max=organisations.LONGEST_NAME, message=TOO_LONG)], filters=[tidy]
    )
    listed = SelectField(_l("Is it one of these?"), validate_choice=False)
    city = StringField(_l("City"), [Length(max=organisations.LONGEST_NAME, message=TOO_LONG)], filters=[tidy])
    country = SelectField(_l("Country"), [InputRequired(_l("Choose a country."))])

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        named = [(code, words.country(code)) for code in organisations.countries()]
        self.country.choices = [
            ("", _("Choose a country")),
            *sorted(named, key=lambda it: fold(it[1])),
        ]
        self.listed.choices = []

    def validate_city(self, field: StringField) -> None:
        if not field.data and not self.organisation.data:
            raise ValidationError(_("Write the organisation, the city, or both."))


@blueprint.route("/account/work", methods=["GET", "POST"])
@audience(Audience.SIGNED_IN)
def show() -> str | Response | tuple[str, int]:
    """A name that fits none exactly is answered once with those that it may mean."""
    ties = profiles.works_at(db.session(), sessions.me())
    form = WorkForm(formdata=sessions.filled(), data=_said(ties[0]) if ties else {})
    if request.method == "POST" and form.validate():
        organisation = _chosen(form)
        if organisation is not None and _stated(form, organisation):
            db.session.commit()
            flash(_("Saved."), "done")
            return redirect(url_for("account.show"), 303)
    page = render_template("account/work.html", form=form)
    return page, 422 if request.method == "POST" else 200


def told(it: Affiliation) -> str:
    """Where somebody works, in a line."""
    country = words.country(it.country) if it.country else ""
    name = it.organisation.name if it.organisation is not None else ""
    return texts.listed(part for part in (name, it.city, country) if part)


def is_unstated() -> bool:
    return not profiles.works_at(db.session(), sessions.me())


def _said(it: Affiliation) -> dict[str, str]:
    name = it.organisation.name if it.organisation is not None else ""
    return {"organisation": name, "city": it.city, "country": it.country}


def _chosen(form: WorkForm) -> Organisation | str | None:
    """The organisation that is meant, or its name as it is written; None where the person has to choose first."""
    found = meant(str(form.organisation.data or ""), str(form.country.data), said=str(form.listed.data or ""))
    if not isinstance(found, list):
        return found
    form.listed.choices = found
    form.listed.data = ""
    form.listed.errors = [_("Choose the organisation that you mean.")]
    return None


def meant(name: str, country: str, *, said: str) -> Organisation | str | list[tuple[str, str]]:
    """The organisation that is meant by a name and what was chosen; where it fits several, those to choose from."""
    session = db.session()
    if not name or said == AS_WRITTEN:
        return name
    if (found := directory.find(session, said)) is not None:
        return found
    try:
        if organisations.match(session, name, country) is not None:
            return name
    except OrganisationAmbiguous:
        pass
    offered = directory.search(session, name, most=MOST_OFFERED)
    if not offered:
        return name
    return [
        ("", _("Choose")),
        *((it.public_id, texts.listed(_place(it))) for it in offered),
        (AS_WRITTEN, _("None of these: as I wrote it")),
    ]


def _place(it: Organisation) -> list[str]:
    country = words.country(it.country) if it.country else ""
    return [part for part in (it.name, it.city if it.city != it.name else "", country) if part]


def _stated(form: WorkForm, organisation: Organisation | str) -> bool:
    try:
        profiles.work_at(
            db.session(),
            sessions.me(),
            organisation=organisation,
            city=str(form.city.data),
            country=str(form.country.data),
            actor=sessions.actor(),
            now=sessions.now(),
        )
        register.look_again(db.session(), sessions.me(), actor=sessions.actor(), now=sessions.now())
    except OrganisationAmbiguous:
        form.organisation.errors = [_("Several organisations have this name. Write it in full.")]
    except TooManySuggested:
        form.organisation.errors = [
            _(
                "Organisations that you added wait to be confirmed. Until then leave this empty and write the city."
            )
        ]
    else:
        return True
    return False

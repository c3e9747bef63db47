"""Partners of a nomination: added by search, asked to confirm, taken off."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import directory, drafts, partners
from awards.directory import AlreadyListed
from awards.extensions import db
from awards.models import Organisation
from awards.partners import Standing
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.collaboration import choices, desk, organisation, people, words
from awards.web.collaboration.desk import blueprint
from awards.web.collaboration.forms import InviteForm, OrganisationForm

Answer = Response | tuple[str, int]


@blueprint.route("/partners/add", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def add_partner(**_address: str) -> Answer:
    """Search for a partner and put it beside the lead."""
    problem = ""
    if request.method == "POST":
        chosen = choices.chosen()
        if chosen is None:
            problem = _("Choose one of the list, or search again.")
        else:
            try:
                _add(chosen)
            except (partners.IsLead, partners.IsPartner) as error:
                problem = str(_PROBLEMS[type(error)])
            except words.REFUSED as error:
                return desk.not_done("show", error)
            else:
                return desk.done("ask_partner", _added(chosen), partner=chosen.public_id)
    return desk.show("add_partner.html", refused=bool(problem), problem=problem, found=choices.search())


_PROBLEMS = {
    partners.IsLead: words.REFUSALS[partners.IsLead],
    partners.IsPartner: words.PARTNER_ALREADY,
}


def _add(chosen: Organisation) -> None:
    partners.add(db.session(), door.nomination(), chosen, actor=sessions.actor(), now=sessions.now())


def _added(chosen: Organisation) -> str:
    return _("%(name)s is a partner now. Ask it to confirm, or attach its signed letter.", name=chosen.name)


@blueprint.route("/partners/new", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def new_partner(**_address: str) -> Answer:
    """Add a partner that isn't listed."""
    form = OrganisationForm(formdata=sessions.filled())
    known: Organisation | None = None
    if request.method == "POST" and form.validate():
        try:
            made = organisation.suggest(form)
            _add(made)
        except AlreadyListed as error:
            known = error.organisation
            form.form_errors.append(_("%(name)s is listed already: choose it below.", name=known.name))
        except words.REFUSED as error:
            return desk.not_done("show", error)
        else:
            return desk.done("ask_partner", organisation.added(made), partner=made.public_id)
    return organisation.show_form(form, known, back="add_partner")


@blueprint.route("/partners/<partner>", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def ask_partner(partner: str, **_address: str) -> Answer:
    """Ask the contact of a partner to confirm."""
    found = partner_of(partner)
    form = InviteForm(formdata=sessions.filled(), data={"email": found.row.email})
    if request.method == "POST" and form.validate():
        try:
            asked = partners.ask(
                db.session(),
                door.nomination(),
                found.organisation,
                email=str(form.email.data),
                language=str(form.message_language.data),
                actor=sessions.actor(),
                now=sessions.now(),
            )
        except (partners.NotAPartner, drafts.NotEditable) as error:
            return desk.not_done("show", error)
        except words.REFUSED as error:
            form.email.errors = [words.refusal(error)]
        else:
            return desk.done("show", people.sent_to(asked))
    return desk.show(
        "ask_partner.html",
        refused=bool(form.errors),
        form=form,
        partner=found,
        choice=choices.choice(found.organisation),
        answered=found.standing in (Standing.CONFIRMED, Standing.BY_LETTER),
        field=partners.letter_field(found.organisation),
        words=words,
    )


@blueprint.post("/partners/<partner>/remove")
@audience(Audience.NOMINATOR)
def remove_partner(partner: str, **_address: str) -> Response:
    """Take a partner off the nomination."""
    chosen = directory.find(db.session(), partner)
    try:
        if chosen is None:
            raise partners.NotAPartner(partner)
        partners.remove(db.session(), door.nomination(), chosen, actor=sessions.actor(), now=sessions.now())
    except words.REFUSED as error:
        return desk.not_done("show", error)
    return desk.done("show", _("%(name)s was taken off. You can add it again.", name=chosen.name))


def partner_of(identifier: str) -> partners.Partner:
    """A partner of the nomination by its organisation's identifier; 404 for any other."""
    theirs = partners.of(db.session(), door.nomination())
    found = next((it for it in theirs if it.organisation.public_id == identifier), None)
    return found if found is not None else abort(404)

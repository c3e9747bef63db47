"""The organisation of a nomination: searched for, added where it isn't listed, its names as they are to be printed."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from awards import collaboration, directory, drafts
from awards.audit import Actor
from awards.directory import AlreadyListed
from awards.extensions import db
from awards.models import Nomination, Organisation
from awards.sections import ORGANISATION
from awards.web import door, sessions, texts
from awards.web import words as general
from awards.web.access import Audience, audience
from awards.web.collaboration import choices, desk, words
from awards.web.collaboration.desk import blueprint
from awards.web.collaboration.forms import OrganisationForm, PrintedForm, base_of
from awards.web.nominations.desk import desk as nomination_desk
from judging.programme import LOCAL_GOVERNMENTS
from judging.rules import INDIVIDUAL

Answer = Response | tuple[str, int]


class Choosing(Protocol):
    """A use case that lets a draft be of, or for, a body that was chosen from the directory."""

    def __call__(
        self,
        session: Session,
        nomination: Nomination,
        chosen: Organisation,
        /,
        *,
        base: int | None,
        actor: Actor,
        now: datetime,
    ) -> object: ...


def _chosen(choose: Choosing) -> Response | str:
    """Save what was chosen from the list and lead on; else what keeps it from being saved, in words."""
    found, chosen = door.nomination(), choices.chosen()
    if not desk.is_written():
        return desk.closed()
    if chosen is None:
        return _("Choose one of the list, or search again.")
    try:
        choose(db.session(), found, chosen, base=_base(), actor=sessions.actor(), now=sessions.now())
    except drafts.StaleDraft:
        return _meanwhile(found, chosen)
    except words.REFUSED as error:
        return desk.not_done("organisation", error)
    return desk.done("organisation", _("Saved: %(name)s.", name=chosen.name))


@blueprint.route("/organisation", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def organisation(**_address: str) -> Answer:
    """Whose nomination it is, and the search for it."""
    found = door.nomination()
    problem = _chosen(collaboration.choose_organisation) if request.method == "POST" else ""
    if not isinstance(problem, str):
        return problem
    return _organisation_page(found, problem)


def _organisation_page(nomination: Nomination, problem: str) -> tuple[str, int]:
    draft = desk.draft_of(nomination)
    present = draft.organisation
    return desk.show(
        "organisation.html",
        refused=bool(problem),
        problem=problem,
        found=choices.search(),
        present=choices.choice(present) if present else None,
        place=_place(draft.city, draft.country),
        needs_city=collaboration.needs_city(present) and draft.nominee_kind != INDIVIDUAL,
        individual=draft.nominee_kind == INDIVIDUAL,
        following=nomination_desk().after(ORGANISATION),
    )


def _base() -> int:
    return base_of(request.form.get("base"))


def _meanwhile(nomination: Nomination, chosen: Organisation) -> str:
    draft = desk.draft_of(nomination)
    return _(
        "While you had this page open, somebody saved %(theirs)s. You chose %(yours)s. "
        "Nothing was overwritten: send it again if yours is right.",
        theirs=draft.organisation_name or draft.city,
        yours=chosen.name,
    )


def _place(city: str, country: str) -> str:
    return texts.listed(part for part in (city, general.country(country) if country else "") if part)


@blueprint.route("/organisation/new", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def new_organisation(**_address: str) -> Answer:
    """Add an organisation that isn't listed, and let the nomination be of it."""
    form = OrganisationForm(formdata=sessions.filled())
    known: Organisation | None = None
    if request.method == "POST" and not desk.is_written():
        form.form_errors.append(desk.closed())
    elif request.method == "POST" and form.validate():
        try:
            made = suggest(form)
            collaboration.choose_organisation(
                db.session(), door.nomination(), made, base=None, actor=sessions.actor(), now=sessions.now()
            )
        except AlreadyListed as error:
            known = error.organisation
            form.form_errors.append(_("%(name)s is listed already: choose it below.", name=known.name))
        except words.REFUSED as error:
            return desk.not_done("organisation", error)
        else:
            return desk.done("organisation", added(made))
    return show_form(form, known, back="organisation")


def suggest(form: OrganisationForm) -> Organisation:
    """Add the organisation of a form. Raises AlreadyListed, TooManySuggested."""
    said = {name: str(form[name].data or "") for name in ("name", "english", "kind", "city", "country")}
    return directory.suggest(db.session(), **said, actor=sessions.actor(), now=sessions.now())


def added(made: Organisation) -> str:
    return _("Added: %(name)s. The secretariat will confirm it; you can go on meanwhile.", name=made.name)


def show_form(form: OrganisationForm, known: Organisation | None, *, back: str) -> tuple[str, int]:
    """The form for an organisation that isn't listed, with the one that is, where there is one of that name."""
    return desk.show(
        "new_organisation.html",
        refused=bool(form.errors),
        form=form,
        known=choices.choice(known) if known else None,
        choose_at=url_for(f"collaboration.{back}", nomination=door.nomination().public_id),
        base=desk.draft_of(door.nomination()).number,
    )


@blueprint.route("/organisation/names", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def printed(**_address: str) -> Answer:
    """Name, city and country as they are to be printed."""
    draft = desk.draft_of(door.nomination())
    form = PrintedForm(formdata=sessions.filled(), obj=draft)
    if request.method == "GET" and not form.base.data:
        form.base.data = str(draft.number)
    if request.method == "POST" and not desk.is_written():
        form.form_errors.append(desk.closed())
    elif request.method == "POST" and form.validate():
        names = ("organisation_name", "city", "country")
        changes = {name: str(form[name].data) for name in names}
        try:
            drafts.change(
                db.session(),
                door.nomination(),
                changes,
                base=base_of(form.base.data),
                actor=sessions.actor(),
                now=sessions.now(),
            )
        except drafts.StaleDraft as error:
            form.base.data = str(error.latest)
            form.form_errors += [_theirs(clash) for clash in error.clashes]
        except words.REFUSED as error:
            return desk.not_done("organisation", error)
        else:
            return desk.done("organisation", _("Saved."))
    return desk.show("printed.html", refused=bool(form.errors), form=form)


def _theirs(clash: drafts.Clash) -> str:
    return _(
        "Meanwhile somebody saved “%(theirs)s” where you wrote “%(yours)s”. "
        "Nothing was overwritten: send it again if yours is right.",
        theirs=str(clash.theirs),
        yours=str(clash.yours),
    )


@blueprint.route("/city", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def city(**_address: str) -> Answer:
    """For which city a nomination of another body is."""
    found = door.nomination()
    problem = _chosen(collaboration.choose_city) if request.method == "POST" else ""
    if not isinstance(problem, str):
        return problem
    draft = desk.draft_of(found)
    return desk.show(
        "city.html",
        refused=bool(problem),
        problem=problem,
        found=choices.search(LOCAL_GOVERNMENTS),
        place=_place(draft.city, draft.country),
    )

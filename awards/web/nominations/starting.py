"""Beginning a nomination: category, what is nominated, and the language, before anything is typed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from awards import deadlines, drafts, editions, sections
from awards.extensions import db
from awards.timetable import Moment, Phase
from awards.web import face, sessions, words
from awards.web.access import Audience, audience
from awards.web.face import Face
from awards.web.language import current
from awards.web.nominations import says
from awards.web.words import lazy as _l
from judging.rules import INDIVIDUAL, PROJECT, Rules

NOMINEES = {PROJECT: _l("A project of a city or another body"), INDIVIDUAL: _l("A person")}


class StartForm(FlaskForm):
    category = RadioField(_l("Category"), [InputRequired(_l("Choose a category."))])
    nominee_kind = RadioField(
        _l("Who or what is nominated?"), [InputRequired(_l("Choose who or what is nominated."))]
    )
    language = RadioField(
        _l("In which language will you write?"),
        [InputRequired(_l("Choose the language in which you will write."))],
    )


def init_app(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<edition>/nominate", "start", start, methods=["GET", "POST"])


@audience(Audience.SIGNED_IN)
def start(edition: str) -> str | Response | tuple[str, int]:
    database = db.session()
    found = face.face_of(database, edition, sessions.now()) if edition.isprintable() else None
    if found is None:
        abort(404)
    rules = editions.rules_of(database, found.edition)
    close = found.moment(Moment.NOMINATIONS_CLOSE)
    keys = editions.open_categories(database, found.edition)
    if close is not None and close.instant < sessions.now():
        later = deadlines.later_categories(database, found.edition, sessions.now())
        keys = tuple(key for key in keys if key in later)
        close = max((later[key] for key in keys), key=lambda it: it.instant, default=close)
    if found.phase is not Phase.NOMINATIONS or (close is not None and close.instant < sessions.now()):
        return _show("closed.html", found, rules), 409
    form = _form(found, rules, keys)
    if request.method == "POST" and form.validate():
        kinds = rules.category(str(form.category.data)).nominee_kinds
        kind = str(form.nominee_kind.data) if "nominee_kind" in form else kinds[0]
        if kind in kinds:
            return _begin(found, form, kind)
        form.category.errors = [
            _("In this category %(kinds)s may be nominated.", kinds=says.nominee_kinds(kinds))
        ]
    status = 422 if form.errors else 200
    return _show("start.html", found, rules, form=form, close=close), status


def _begin(found: Face, form: StartForm, kind: str) -> Response:
    draft = drafts.start(
        db.session(),
        found.edition,
        category=str(form.category.data),
        language=str(form.language.data),
        nominee_kind=kind,
        actor=sessions.actor(),
        now=sessions.now(),
    )
    db.session.commit()
    return redirect(url_for("nominations.show", nomination=draft.public_id), 303)


def _form(found: Face, rules: Rules, keys: Sequence[str]) -> StartForm:
    """The questions that there is something to choose in; what is settled is chosen already."""
    names = found.names
    filled = sessions.filled()
    form = StartForm(formdata=filled)  # type: ignore[no-untyped-call]
    form.category.choices = [(key, str(names.name("categories", key))) for key in keys]
    kinds = {kind for key in keys for kind in rules.category(key).nominee_kinds}
    form.nominee_kind.choices = [(kind, NOMINEES[kind]) for kind in NOMINEES if kind in kinds]
    tongues = sections.languages(rules)
    form.language.choices = [(tag, words.language_name(tag)) for tag in tongues]
    if len(keys) == 1:
        form.category.data = form.category.data or keys[0]
    if filled is None:
        form.language.data = current() if current() in tongues else tongues[0] if len(tongues) == 1 else None
        form.nominee_kind.data = next(iter(kinds)) if len(kinds) == 1 else PROJECT
    if len(kinds) == 1:
        del form.nominee_kind
    return form


def _show(template: str, found: Face, rules: Rules, **values: object) -> str:
    return render_template(
        f"nominations/{template}",
        face=found,
        words=words,
        says=says,
        zone=sessions.me().zone,
        texts={
            key: found.names.name("categories", key, "text") for key in (it.key for it in rules.categories)
        },
        any_language=not rules.eligibility.languages,
        specimen=found.edition.specimen,
        **values,
    )

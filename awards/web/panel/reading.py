"""What a judge on the panel reads, and how much: as they state it themselves, and as an organiser changes it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from awards import editions, fitness, joining
from awards.extensions import db
from awards.models import Judge, JudgeState
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint, judge_of
from awards.web.secretariat import wording
from awards.web.secretariat.frame import Answer, back_to, face_of, name_of, show
from awards.web.ticks import Ticks
from awards.web.words import lazy as _l
from awards.web.words import tidy

MOST_DIGITS = 9


class ReadingForm(FlaskForm):
    """What a judge reads, and what they know of it; `expert` and `some` together say their expertise."""

    categories = Ticks(_l("Categories to read"), [InputRequired(_l("Tick at least one category."))])
    expert = Ticks(_l("Expert in"))
    some = Ticks(_l("Knows something of"))
    capacity = StringField(_l("How many nominations can they read at most?"), filters=[tidy])

    def validate_capacity(self, field: StringField) -> None:
        if field.data and not 1 <= (self.most or 0) <= joining.MOST_CAPACITY:
            raise ValidationError(_("Write a number from 1 to 10,000, or nothing."))

    @property
    def most(self) -> int | None:
        """The capacity in figures, where it is written in so many as can be meant."""
        return figures(self.capacity)

    @property
    def expertise(self) -> dict[str, int]:
        """The level of each category; empty where nothing is ticked, which says nothing."""
        expert, some = set(self.expert.data or ()), set(self.some.data or ())
        if not expert and not some:
            return {}
        return {key: fitness.EXPERT if key in expert else int(key in some) for key in self.keys}

    @property
    def keys(self) -> list[str]:
        """The categories that are asked about."""
        return [str(key) for key, _label, *_more in self.expert.iter_choices()]

    def ask(self, asked: list[tuple[str, str]]) -> None:
        """Put the categories into every question about them."""
        self.categories.choices = self.expert.choices = self.some.choices = asked


class JudgeForm(ReadingForm):
    """What an organiser states of a judge besides."""

    working = Ticks(_l("Languages that they read with some effort"))
    least = StringField(_l("How many nominations are they to read at least?"), filters=[tidy])
    region = SelectField(_l("Region"))

    def validate_least(self, field: StringField) -> None:
        number = figures(field)
        if field.data and (number is None or number > joining.MOST_CAPACITY):
            raise ValidationError(_("Write a number from 0 to 10,000, or nothing."))
        if number and self.most and number > self.most:
            raise ValidationError(_("That is more than they can read at most."))


def figures(field: StringField) -> int | None:
    """A number that is written in so many figures as can be meant."""
    said = str(field.data or "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < MOST_DIGITS else None


def known_of(judge: Judge, keys: Iterable[str]) -> dict[str, list[str]]:
    """What a judge has said of their expertise, as the form asks it."""
    levels = {key: fitness.expertise(judge, key) for key in keys}
    return {
        "expert": [key for key, level in levels.items() if level == fitness.EXPERT],
        "some": [key for key, level in levels.items() if level == 1],
    }


@blueprint.route("/judges/<judge>/reading", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def reading(judge: str, **_edition: str) -> Answer:
    """Change what a judge reads and how much; what was issued stays."""
    whom, session = judge_of(judge), db.session()
    name = name_of(whom.account)
    gone = _("%(name)s is not on the panel any more.", name=name)
    if whom.state is not JudgeState.ACCEPTED:
        return back_to("panel.judges", gone, "caution")
    form = _form(whom)
    if request.method == "GET":
        return _page(whom, form)
    if not form.validate():
        return _page(whom, form), 422
    try:
        changed = joining.set_reading(
            session,
            door.edition(),
            whom,
            form.categories.data or (),
            form.most,
            more=joining.Reading(
                expertise=form.expertise,
                working_languages=form.working.data or (),
                least=figures(form.least) or 0,
                region=form.region.data or "",
            ),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except joining.NotOnPanel:
        session.rollback()
        return back_to("panel.judges", gone, "caution")
    except joining.CategoryNotAsked:
        session.rollback()
        closed = _("A category was closed meanwhile. Nothing was changed.")
        return back_to("panel.reading", closed, "caution", judge=judge)
    session.commit()
    says = _("What %(name)s reads is changed.", name=name) if changed else _("Nothing was changed.")
    return back_to("panel.judge", says, judge=judge)


def _form(judge: Judge) -> JudgeForm:
    open_ones = editions.open_categories(db.session(), door.edition())
    known = {
        "categories": [key for key in open_ones if judge.reads(key)],
        "capacity": str(judge.capacity or ""),
        "working": judge.working_languages,
        "least": str(judge.least or ""),
        "region": judge.region,
        **known_of(judge, open_ones),
    }
    form = JudgeForm(formdata=sessions.filled(), data=known)  # type: ignore[no-untyped-call]
    names = face_of(door.edition()).names
    form.ask([(key, str(names.name("categories", key))) for key in open_ones])
    form.working.choices = [(it, words.language_name(it)) for it in judge.languages]
    form.region.choices = [
        ("", _("That of their organisation")),
        *((key, str(name)) for key, name in wording.REGIONS.items()),
    ]
    return form


def _page(judge: Judge, form: JudgeForm) -> str:
    return show("panel/reading.html", "panel.judges", judge=judge, name=name_of(judge.account), form=form)

"""What a judge on the panel reads, and how much: as they state it themselves, and as an organiser changes it."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from awards import editions, joining
from awards.extensions import db
from awards.models import Judge, JudgeState
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint, judge_of
from awards.web.secretariat.frame import Answer, back_to, face_of, name_of, show
from awards.web.ticks import Ticks
from awards.web.words import lazy as _l
from awards.web.words import tidy

MOST_DIGITS = 9


class ReadingForm(FlaskForm):
    categories = Ticks(_l("Categories to read"), [InputRequired(_l("Tick at least one category."))])
    capacity = StringField(_l("How many nominations can they read at most?"), filters=[tidy])

    def validate_capacity(self, field: StringField) -> None:
        if field.data and not 1 <= (self.most or 0) <= joining.MOST_CAPACITY:
            raise ValidationError(_("Write a number from 1 to 10,000, or nothing."))

    @property
    def most(self) -> int | None:
        """The capacity in figures, where it is written in so many as can be meant."""
        said = str(self.capacity.data or "")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < MOST_DIGITS else None


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


def _form(judge: Judge) -> ReadingForm:
    open_ones = editions.open_categories(db.session(), door.edition())
    known = {
        "categories": [key for key in open_ones if judge.reads(key)],
        "capacity": str(judge.capacity or ""),
    }
    form = ReadingForm(formdata=sessions.filled(), data=known)  # type: ignore[no-untyped-call]
    names = face_of(door.edition()).names
    form.categories.choices = [(key, str(names.name("categories", key))) for key in open_ones]
    return form


def _page(judge: Judge, form: ReadingForm) -> str:
    return show("panel/reading.html", "panel.judges", judge=judge, name=name_of(judge.account), form=form)

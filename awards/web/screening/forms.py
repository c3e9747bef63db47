"""The forms of screening."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    Form,
    RadioField,
    SelectMultipleField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput

from awards.returning import USUAL
from awards.timetable import Deadline, deadline
from awards.web import sessions
from awards.web.words import lazy as _l
from awards.web.words import tidy_text

LONGEST = 5000
ELIGIBLE, INELIGIBLE = "eligible", "ineligible"
UPHELD, DISMISSED = "upheld", "dismissed"
LATEST = timedelta(days=366)


def needed(message: str) -> Any:
    """That a text says something."""

    def check(_form: Form, field: Field) -> None:
        if not (field.data or "").strip():
            raise StopValidation(message)

    return check


def ticked(message: str) -> Any:
    """That at least one box is ticked; the boxes themselves don't ask for it, or browsers would ask for each."""

    def check(_form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(message)

    return check


def short_enough() -> Length:
    return Length(max=LONGEST, message=_l("Write at most 5,000 characters."))


class DecideForm(FlaskForm):
    """Eligible or not, and why."""

    verdict = RadioField(_l("Your decision"), [InputRequired(_l("Choose a decision."))])
    reason = TextAreaField(
        _l("Reason"),
        [short_enough()],
        filters=[tidy_text],
        description=_l(
            "Needed where it is not eligible, where something was found, and where it was decided before. "
            "Those who wrote the nomination read it, together with the findings that count."
        ),
    )

    @classmethod
    def empty(cls, verdicts: Iterable[bool], formdata: Any = None) -> Self:
        form = cls(formdata=formdata, prefix="decide-")
        words = {True: _("Eligible"), False: _("Not eligible")}
        form.verdict.choices = [(ELIGIBLE if it else INELIGIBLE, words[it]) for it in verdicts]
        return form


class RuleForm(FlaskForm):
    """An appeal upheld or dismissed, and why."""

    verdict = RadioField(_l("The appeal is"), [InputRequired(_l("Choose a decision."))])
    reason = TextAreaField(
        _l("Reason"),
        [needed(_l("Give a reason. It is kept with the decision.")), short_enough()],
        filters=[tidy_text],
        description=_l("Those who appealed read it."),
    )

    @classmethod
    def empty(cls, formdata: Any = None) -> Self:
        form = cls(formdata=formdata, prefix="rule-")
        form.verdict.choices = [
            (UPHELD, _("upheld: the nomination is eligible")),
            (DISMISSED, _("dismissed: it stays not eligible")),
        ]
        return form


class Boxes(SelectMultipleField):
    """Several boxes to tick."""

    option_widget = CheckboxInput()


class UntilForm(FlaskForm):
    """A day and a time by the edition's clocks."""

    day = DateField(_l("Until which day"), [InputRequired(_l("Choose a day, as in 2026-05-10."))])
    time = TimeField(_l("Time"), [InputRequired(_l("Give a time, as in 23:59."))])

    def fill(self, now: datetime, zone: str) -> None:
        """Propose the usual time: a week from today, at the end of the day."""
        if not self.day.raw_data and self.day.data is None:
            ends = (now + USUAL).astimezone(ZoneInfo(zone)).replace(hour=23, minute=59)
            self.day.data, self.time.data = ends.date(), ends.time()

    def until(self, zone: str) -> Deadline:
        assert self.day.data is not None
        assert self.time.data is not None
        return deadline(datetime.combine(self.day.data, self.time.data), zone)

    def validate_day(self, field: Field) -> None:
        if field.data and field.data > (sessions.now() + LATEST).date():
            raise StopValidation(_("Choose a day within a year."))


class ReturnForm(UntilForm):
    """What is to be corrected, why, until when."""

    named = Boxes(
        _l("What they may correct"),
        [ticked(_l("Choose at least one field or file that is to be corrected."))],
        description=_l("Only this opens. Everything else stays as it was submitted."),
    )
    note = TextAreaField(
        _l("What is wrong, and what they should do"),
        [
            needed(_l("Write what is to be corrected; they read this in the mail and above their form.")),
            short_enough(),
        ],
        filters=[tidy_text],
    )


class ExtendForm(UntilForm):
    """More time, and why."""

    reason = TextAreaField(
        _l("Reason"),
        [needed(_l("Give a reason. It is kept with the decision.")), short_enough()],
        filters=[tidy_text],
    )


class MoveForm(FlaskForm):
    """Another category, and why."""

    category = RadioField(_l("To which category"), [InputRequired(_l("Choose a category."))])
    reason = TextAreaField(
        _l("Why it belongs there"),
        [needed(_l("Give a reason. The nominator reads it before agreeing.")), short_enough()],
        filters=[tidy_text],
    )


class InterestForm(FlaskForm):
    """What somebody has to do with a nomination."""

    reason = TextAreaField(
        _l("What you have to do with it"),
        [short_enough()],
        filters=[tidy_text],
        description=_l("If you like. Organisers can read it."),
    )

"""The forms of these pages; every text is tidied before it is kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from awards import accounts, organisations
from awards.folding import fold
from awards.web import words
from awards.web.collaboration.words import KINDS
from awards.web.language import NAMES, current
from awards.web.words import lazy as _l
from judging.programme import ORGANISATION_KINDS

LONGEST = organisations.LONGEST_NAME
TOO_LONG = _l("Write no more than 200 characters.")


def tidy(text: str | None) -> str:
    """One line as it is kept, in NFC."""
    return unicodedata.normalize("NFC", words.tidy(text))


def base_of(text: str | None) -> int:
    """The revision that a form was made from; 0 for what is no number, so that everything counts as changed since."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 8 else 0


def countries() -> list[tuple[str, str]]:
    """Every country by its name in the page's language."""
    named = [(code, words.country(code)) for code in organisations.countries()]
    return [("", _("Choose a country")), *sorted(named, key=lambda it: fold(it[1]))]


def kinds() -> list[tuple[str, str]]:
    return [("", _("Choose what it is")), *((kind, str(KINDS[kind])) for kind in ORGANISATION_KINDS)]


def _line(label: str, *more: Callable[..., None]) -> StringField:
    return StringField(label, [*more, Length(max=LONGEST, message=TOO_LONG)], filters=[tidy])


def _address(_form: FlaskForm, field: EmailField) -> None:
    if field.data and not accounts.is_address(field.data):
        raise ValidationError(_("This is no e-mail address. Write it like name@example.org."))


class InviteForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"), [InputRequired(_l("Write an e-mail address.")), _address], filters=[tidy]
    )
    message_language = SelectField(_l("Language of the message"))

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.message_language.choices = list(NAMES.items())
        if self.message_language.data in (None, "None"):
            self.message_language.data = current()


class PrintedForm(FlaskForm):
    base = HiddenField()
    organisation_name = _line(_l("Name of the organisation"), InputRequired(_l("Write the name.")))
    city = _line(_l("City"), InputRequired(_l("Write the city.")))
    country = SelectField(_l("Country"), [InputRequired(_l("Choose a country."))])

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.country.choices = countries()


class OrganisationForm(FlaskForm):
    name = _line(_l("Name in its own script"), InputRequired(_l("Write the name.")))
    english = _line(_l("Name in English"))
    kind = SelectField(_l("What it is"), [InputRequired(_l("Choose what it is."))])
    city = _line(_l("City"))
    country = SelectField(_l("Country"))

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.kind.choices, self.country.choices = kinds(), countries()

    def validate_english(self, field: StringField) -> None:
        if not field.data and not _is_latin(self.name.data or ""):
            raise ValidationError(
                _("Write the name in English too, or in Latin letters, for readers elsewhere.")
            )

    def validate_country(self, field: SelectField) -> None:
        if not field.data and self.kind.data != "international":
            raise ValidationError(_("Choose a country."))


class NomineeForm(FlaskForm):
    base = HiddenField()
    name = _line(_l("Name as it is to be printed"), InputRequired(_l("Write the name.")))
    latin_name = _line(_l("Name in Latin letters"))
    email = EmailField(_l("E-mail address"), [Optional(), _address], filters=[tidy])
    city = _line(_l("City where the person lives or works"))
    country = SelectField(_l("Country"))

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.country.choices = countries()


def _is_latin(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return all("LATIN" in unicodedata.name(letter, "") for letter in letters)

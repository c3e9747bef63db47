"""Choosing a password: the form, and why one won't do in words."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from awards.passwords import Fault, PasswordRefused
from awards.web.words import lazy as _l

FAULTS = {
    Fault.TOO_SHORT: lazy_gettext(
        "The password needs 12 to 256 characters. Several words in a row are a good one."
    ),
    Fault.TOO_LONG: lazy_gettext(
        "The password needs 12 to 256 characters. Several words in a row are a good one."
    ),
    Fault.COMMON: lazy_gettext(
        "This password is among the first that others would try. Take several words that have nothing to do with "
        "each other."
    ),
    Fault.OWN_WORDS: lazy_gettext(
        "This password is made of your name, your address or the name of this site. Take other words."
    ),
}


class PasswordForm(FlaskForm):
    password = PasswordField(
        _l("New password"), [InputRequired(_l("Write the password that you want to use."))]
    )
    again = PasswordField(
        _l("The same password again"),
        [EqualTo("password", _l("The two passwords differ. Write the same one twice."))],
    )

    def refuse(self, error: PasswordRefused) -> None:
        """Say beside the field why this password won't do."""
        self.password.errors = [str(FAULTS[error.fault])]

"""Mails as they would go out, shown before anybody sends them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from awards import mails
from awards.extensions import db
from awards.models import Outbox
from awards.web.language import NAMES


@dataclass(frozen=True, slots=True)
class Text:
    """What a mail says to the first of those who get it, in one language."""

    language: str
    name: str
    subject: str
    text: str


def of(message: Outbox) -> Text:
    """The mail of a message that is put nowhere."""
    subject, text = mails.preview(db.session(), message, url=current_app.config["LAURELS_URL"])
    return Text(message.language, NAMES[message.language], subject, text)

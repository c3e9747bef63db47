"""Organisations as a person chooses among them: by their own name, their name here, what and where they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from awards import directory
from awards.extensions import db
from awards.folding import fold
from awards.models import Membership, Organisation
from awards.web import texts, words
from awards.web.collaboration.forms import tidy
from awards.web.collaboration.words import KINDS
from awards.web.texts import Text

MOST_ALIASES = 3


@dataclass(frozen=True)
class Choice:
    """One organisation of a list. `also` are other names by which a reader may know it."""

    id: str
    own: Text
    here: Text
    also: tuple[str, ...]
    facts: str
    confirmed: bool


@dataclass(frozen=True)
class Found:
    """What a search has found; `asked` is empty where nothing was searched for yet."""

    asked: str
    choices: tuple[Choice, ...]
    chosen: str

    @property
    def has_many(self) -> bool:
        return len(self.choices) == directory.MOST


def search(kinds: Collection[str] = ()) -> Found:
    """What the page's address asks for, and what was chosen of it if the page is shown once more."""
    asked = tidy(request.args.get("q"))[: directory.LONGEST_SEARCH]
    found = directory.search(db.session(), asked, kinds=kinds)
    return Found(asked, tuple(choice(it, asked) for it in found), request.form.get("organisation", ""))


def chosen() -> Organisation | None:
    """The organisation that was chosen on the page."""
    return directory.find(db.session(), request.form.get("organisation", ""))


def choice(organisation: Organisation, asked: str = "") -> Choice:
    """An organisation to be shown; of its other names first those that answer what was asked."""
    own, here = texts.own(organisation.name, organisation.names, organisation.country)
    if not here and own.text != organisation.name:
        here = Text(organisation.name, "en")
    said = {fold(str(own)), fold(str(here))}
    others = [it for it in organisation.aliases if it.folded not in said]
    also = [it.name for it in sorted(others, key=lambda it: fold(asked) not in it.folded)]
    return Choice(
        organisation.public_id,
        own,
        here,
        tuple(also[:MOST_ALIASES]),
        facts(organisation),
        organisation.confirmed,
    )


def facts(organisation: Organisation) -> str:
    """What and where an organisation is, in a line."""
    parts: Sequence[str] = (
        str(KINDS.get(organisation.kind, KINDS["other"])),
        organisation.city if fold(organisation.city) != organisation.folded else "",
        words.country(organisation.country) if organisation.country else "",
        _("member of the association") if organisation.membership is not Membership.NONE else "",
    )
    return texts.listed(part for part in parts if part)

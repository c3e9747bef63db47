"""What the screeners' pages have in common: their addresses, the edition, and who may not look."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from awards import editions, nominations, recusals
from awards.extensions import db
from awards.models import Edition, Nomination, Role
from awards.nominations import NoSuchNomination
from awards.recusals import Bond, Interest
from awards.screening import DECIDING
from awards.timetable import ORDER, Phase
from awards.web import door, sessions, words
from awards.web.language import PREFIX
from awards.web.texts import Names, Text, choose

blueprint = Blueprint("screening", __name__, url_prefix=f"{PREFIX}/screening/<edition>")


@dataclass(frozen=True)
class Desk:
    """The edition that is screened, and what whoever looks may do in it."""

    edition: Edition
    name: Text
    names: Names
    is_open: bool
    may_write: bool
    organises: bool

    @property
    def decides(self) -> bool:
        """Whether decisions can be taken now, by whoever looks."""
        return self.is_open and self.may_write


def desk() -> Desk:
    """The edition of the address. 404 before nominations are taken."""
    edition, session = door.edition(), db.session()
    if ORDER.index(edition.phase) < ORDER.index(Phase.NOMINATIONS):
        abort(404)
    texts = editions.texts_of(session, edition)
    roles = door.roles_in(sessions.me(), edition)
    return Desk(
        edition,
        choose(texts.get("name"), edition.language),
        Names(texts, edition.language),
        edition.phase in DECIDING,
        bool(roles & {Role.SCREENER, Role.ORGANISER}),
        Role.ORGANISER in roles,
    )


def nomination(reference: str) -> Nomination:
    """A nomination that was put forward. 404 for any other."""
    if not reference.isprintable():
        abort(404)
    try:
        found = nominations.find(db.session(), door.edition(), reference)
    except NoSuchNomination:
        abort(404)
    if found.submitted_number is None:
        abort(404)
    return found


def kept_out(found: Nomination) -> tuple[str, int] | None:
    """The page for whoever has an interest in a nomination; None for everybody else."""
    bonds = recusals.interests_of(db.session(), sessions.me(), found)
    if not bonds:
        return None
    return bound(desk(), found, bonds), 403


def bound(at: Desk, found: Nomination, bonds: tuple[Bond, ...]) -> str:
    return render_template(
        "screening/bound.html",
        desk=at,
        nomination=found,
        reasons=[bond(it) for it in bonds],
        declared=any(it.interest is Interest.DECLARED for it in bonds),
        specimen=at.edition.specimen,
    )


def bond(found: Bond) -> str:
    """An interest in words, to the person who has it."""
    match found.interest:
        case Interest.SAME_CITY:
            return _("It is of your own city, or of a body above or within it: %(name)s.", name=found.detail)
        case Interest.SAME_ORGANISATION:
            return _("It is of your own organisation: %(name)s.", name=found.detail)
        case Interest.NAMED:
            return _("It names you: %(name)s.", name=found.detail)
        case Interest.OWN:
            return _("You nominated it, helped to write it or agreed to be part of it.")
        case Interest.JUDGE:
            return _(
                "You are a judge of this edition. Whoever marks nominations does not decide which take part."
            )
        case Interest.DECLARED:
            return _("You have declared an interest in it.")


def page(template: str, at: Desk, **values: object) -> str:
    """One of the screeners' pages."""
    return render_template(
        f"screening/{template}", desk=at, words=words, specimen=at.edition.specimen, **values
    )

"""What the clerk's pages have in common."""

from __future__ import annotations

from flask import Blueprint, render_template

from awards import typings, unconfirmed
from awards.extensions import db
from awards.models import Typing
from awards.web import door, sessions, words
from awards.web.face import faces_of
from awards.web.language import PREFIX

blueprint = Blueprint("clerk", __name__, url_prefix=f"{PREFIX}/clerk/<edition>")

Answer = str | tuple[str, int]


def show(template: str, here: str, **values: object) -> str:
    """A page of the clerk in the edition of the address; `here` is the tab that it belongs to."""
    session, edition = db.session(), door.edition()
    return render_template(
        f"clerk/{template}",
        edition=edition,
        face=faces_of(session, [edition], sessions.now())[edition.id],
        specimen=edition.specimen,
        here=here,
        words=words,
        **values,
    )


def waiting() -> tuple[list[Typing], list[Typing]]:
    """The typings that wait: one's own, and those of others that whoever asks may confirm."""
    session, edition, me = db.session(), door.edition(), sessions.me()
    found = unconfirmed.of_edition(session, edition)
    bound = typings.bound_in(session, edition, me)
    mine = [it for it in found if it.typed_by_id == me.id]
    others = [
        it for it in found if it.typed_by_id != me.id and not bound(it.version.sheet.assignment.nomination_id)
    ]
    return mine, others

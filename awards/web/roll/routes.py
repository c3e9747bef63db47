"""What the pages of the roll have in common."""

from __future__ import annotations

from flask import Blueprint, abort

from awards import roll
from awards.extensions import db
from awards.models import RollEntry
from awards.web import door
from awards.web.language import PREFIX

blueprint = Blueprint("roll", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/roll")


def elector(identifier: str) -> RollEntry:
    """An elector of the edition; 404 for any other."""
    door.vote()
    if not door.IDENTIFIER.fullmatch(identifier):
        abort(404)
    try:
        return roll.find(db.session(), door.edition(), identifier)
    except roll.NoSuchEntry:
        abort(404)

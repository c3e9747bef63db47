"""What the pages of the roll have in common."""

from __future__ import annotations

from flask import Blueprint, abort

from awards import editions, roll
from awards.extensions import db
from awards.models import RollEntry
from awards.web import door
from awards.web.language import PREFIX
from judging.rules import Vote

blueprint = Blueprint("roll", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/roll")


def vote() -> Vote:
    """The vote that the edition's rules have; 404 where they have none."""
    try:
        return roll.vote_of(editions.rules_of(db.session(), door.edition()))
    except roll.NoVote:
        abort(404)


def elector(identifier: str) -> RollEntry:
    """An elector of the edition; 404 for any other."""
    vote()
    if not door.IDENTIFIER.fullmatch(identifier):
        abort(404)
    try:
        return roll.find(db.session(), door.edition(), identifier)
    except roll.NoSuchEntry:
        abort(404)

"""What the organisers' pages of the panel have in common."""

from __future__ import annotations

from flask import Blueprint, abort
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from awards.extensions import db
from awards.models import Account, Judge
from awards.web import door
from awards.web.language import PREFIX

blueprint = Blueprint("panel", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>")


def judge_of(identifier: str) -> Judge:
    """A judge of the edition of the address; 404 for any other."""
    if not door.IDENTIFIER.fullmatch(identifier):
        abort(404)
    found = db.session.scalars(
        select(Judge)
        .where(Judge.edition_id == door.edition().id, Judge.public_id == identifier)
        .options(selectinload(Judge.account).selectinload(Account.addresses))
    ).first()
    if found is None:
        abort(404)
    return found

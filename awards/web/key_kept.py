"""How the key of an edition's vote is kept, as a sentence that its pages and the public ones say alike."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from awards import shares
from awards.extensions import db
from awards.models import BallotKey, Edition
from awards.web.texts import listed


def said(edition: Edition) -> str:
    """Empty before the freeze, and where nothing is voted on."""
    session = db.session()
    keys = session.scalars(
        select(BallotKey).where(BallotKey.edition_id == edition.id).order_by(BallotKey.number)
    ).all()
    if not keys:
        return ""
    key = keys[0]
    if all(it.destroyed_at is not None for it in keys):
        return _was(key)
    if not key.shared:
        return _("The key that opens the envelopes is kept as one file by whoever runs the server.")
    return _(
        "The key that opens the envelopes is shared among %(names)s. Any two of them open, nobody alone, and it is "
        "kept nowhere whole.",
        names=listed(shares.names_of(session, key)),
    )


def _was(key: BallotKey) -> str:
    if not key.shared:
        return _(
            "The key that opens the envelopes was kept as one file by whoever runs the server. It is destroyed."
        )
    return _(
        "The key that opens the envelopes was shared among %(names)s, any two of whom could open. It is destroyed.",
        names=listed(shares.names_of(db.session(), key)),
    )

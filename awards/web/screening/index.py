"""The list of nominations put forward."""

from __future__ import annotations

from flask import request

from awards import editions, releasing
from awards.extensions import db
from awards.web import findings, sessions, work
from awards.web.access import Audience, audience
from awards.web.screening.listing import Listing, Wish, listing
from awards.web.screening.routes import blueprint, desk, page


def asked_for() -> Listing:
    """The list as the address asks for it."""
    at, session = desk(), db.session()
    categories = [category.key for category in editions.rules_of(session, at.edition).categories]
    return listing(session, at, sessions.me(), Wish.of(request.args, categories), sessions.now())


@blueprint.get("/")
@audience(Audience.SCREENER)
def index(**_edition: str) -> str:
    found = asked_for()
    names = found.desk.names
    return page(
        "index.html",
        found.desk,
        listing=found,
        say_work=found.desk.may_write and work.is_unstated(),
        waiting=len(releasing.pending(db.session(), found.desk.edition)),
        unchecked=[
            findings.unchecked(it, lambda key: findings.field_name(key, names))
            for it in found.review.not_checked
        ],
    )

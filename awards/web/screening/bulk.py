"""Finding many eligible at once: what nothing was found about, seen before, and exactly as it was seen."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import recusals, reviews, screening
from awards.extensions import db
from awards.screening import Accepted, ScreeningClosed
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.screening.acts import Answer
from awards.web.screening.routes import Desk, blueprint, desk, page
from awards.web.screening.sayings import refusal
from awards.web.texts import listed

MOST = 5000
"""So many ticks of a form are read."""


@blueprint.route("/accept", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def accept(**_edition: str) -> Answer:
    at = desk()
    if request.method == "GET":
        return _page(at, None)
    seen = _ticked()
    if not seen:
        return _page(at, {}, wrong=_("Tick at least one nomination.")), 422
    try:
        done = screening.accept(db.session(), at.edition, seen, actor=sessions.actor(), now=sessions.now())
    except ScreeningClosed as error:
        db.session.rollback()
        return _page(at, seen, wrong=refusal(error)), 409
    db.session.commit()
    _say(done)
    return redirect(url_for("screening.index", edition=at.edition.key), 303)


def _ticked() -> dict[str, str]:
    """The references that were ticked, each with the stamp of what was seen."""
    pairs = (tick.partition(":") for tick in request.form.getlist("pick")[:MOST])
    return {reference: stamp for stamp, _colon, reference in pairs if reference.isprintable()}


def _page(at: Desk, ticked: Mapping[str, str] | None, *, wrong: str = "") -> str:
    session = db.session()
    review = reviews.review(session, at.edition)
    there = screening.clean(session, at.edition, review)
    bound = recusals.interests_in(session, at.edition, sessions.me())
    return page(
        "accept.html",
        at,
        wrong=wrong,
        rows=[
            {
                "nomination": it,
                "revision": review.revisions[it.id],
                "category": at.names.name("categories", it.category),
                "pick": f"{review.stamp(it)}:{it.reference}",
                "ticked": it.reference in ticked if ticked is not None else not review.counting(it.reference),
                "warnings": len(review.counting(it.reference)),
            }
            for it in there
            if it.id not in bound
        ],
        bound=[it.reference for it in there if it.id in bound],
    )


def _say(done: Accepted) -> None:
    if done.accepted:
        flash(
            ngettext(
                "One nomination is found eligible. The mail about it waits for its release.",
                "%(num)d nominations are found eligible. The mails about them wait for their release.",
                len(done.accepted),
            ),
            "done",
        )
    if done.changed:
        flash(
            _(
                "Left out, because they changed since you saw them: %(references)s. Look at them again.",
                references=listed(done.changed),
            ),
            "caution",
        )
    if done.bound:
        flash(
            _(
                "Left out, because you have an interest in them: %(references)s.",
                references=listed(done.bound),
            ),
            "caution",
        )

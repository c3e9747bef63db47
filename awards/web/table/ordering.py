"""The chair's orders among level nominations, and the ladder that goes on without the chair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import request
from flask_babel import gettext as _

from awards import shortlists, verdicts
from awards.chairs import NotTheChair
from awards.extensions import db
from awards.shortlists import AlreadySigned, NobodyMarked, ReadingsOpen, SheetsOpen, StandingChanged
from awards.verdicts import NamedTwice, NoTieThere, Stage
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, name_of, posted, posted_number
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.sight import Sight
from awards.web.table.signing import CHANGED, not_you, why
from awards.web.table.standing import category_or_404


@blueprint.route("/<category>/order", methods=["GET", "POST"])
@audience(Audience.TABLE)
def order(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Order level nominations; until the signature an order can be replaced by another."""
    if not is_closed():
        return lead("table.index")
    it = category_or_404(door.edition(), category)
    if it.chairs_step is None or it.signed is not None:
        return lead(
            "table.category", _("There is nothing to order here any more."), "caution", category=it.key
        )
    if request.method == "GET":
        return _order(it)
    wrong, given = places_given(it.chairs_step.level)
    wrong |= long_reason()
    if not posted("reason"):
        wrong["reason"] = _("Write why in this order: the decision states it, and the full record keeps it.")
    if wrong:
        return _order(it, wrong), 422
    try:
        shortlists.order_level(
            db.session(),
            door.edition(),
            it.key,
            given,
            reason=posted("reason"),
            seen=posted_number("seen"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except NotTheChair as error:
        db.session.rollback()
        return _order(it, {"": not_you(error)}), 409
    except (NobodyMarked, ReadingsOpen, SheetsOpen) as error:
        db.session.rollback()
        return _order(category_or_404(door.edition(), category), {"": why(error)}), 409
    except (StandingChanged, NamedTwice, NoTieThere, AlreadySigned):
        db.session.rollback()
        return _order(category_or_404(door.edition(), category), {"": str(CHANGED)}, anew=True), 409
    db.session.commit()
    says = _("Ordered. The standing was counted again; it is final when it is signed.")
    return lead("table.category", says, category=it.key)


def places_given(level: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The order that was chosen among some, best first, and what is wrong with it."""
    places: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for number, name in enumerate(level):
        chosen = posted(f"place-{number}")
        if chosen and chosen not in [str(place) for place in range(1, len(level) + 1)]:
            wrong[f"place-{number}"] = _("Choose one of the places.")
        elif chosen in places:
            wrong[f"place-{number}"] = _(
                "%(one)s and %(other)s have the same place. Give each its own, or leave one level.",
                one=places[chosen],
                other=name,
            )
        elif chosen:
            places[chosen] = name
    if not places and not wrong:
        wrong["place-0"] = _("Give at least one of them a place.")
    return wrong, [places[place] for place in sorted(places, key=int)]


def _order(it: Sight, wrong: Mapping[str, str] | None = None, *, anew: bool = False) -> str:
    """The form as it was filled in; `anew`: of what was typed only the reason, since others may be level now."""
    step = it.chairs_step
    level = [line for line in it.lines if step is not None and line.nomination.reference in step.level]
    level.sort(key=lambda line: line.nomination.reference)
    before = [group[0] for group in step.groups if len(group) == 1] if step else []
    chosen = {
        number: posted(f"place-{number}")
        if sessions.filled() is not None and not anew
        else str(before.index(line.nomination.reference) + 1)
        if line.nomination.reference in before
        else ""
        for number, line in enumerate(level)
    }
    lapsed = None
    if step is not None and it.waiting:
        lapsed = verdicts.order_before(db.session(), door.edition(), it.key, Stage.SHORTLIST, step.level)
    return show(
        "order.html",
        "table.index",
        it=it,
        lapsed=lapsed,
        level=list(enumerate(level)),
        chosen=chosen,
        before=bool(before),
        seen=it.frozen.number if anew else posted_number("seen") or it.frozen.number,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        name_of=name_of,
    )


@blueprint.post("/<category>/go-on")
@audience(Audience.TABLE)
def go_on(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Where all at the table have become bound since the close, the ladder goes on to its next step."""
    if not is_closed():
        return lead("table.index")
    it = category_or_404(door.edition(), category)
    try:
        moved = shortlists.go_on(
            db.session(), door.edition(), it.key, actor=sessions.actor(), now=sessions.now()
        )
    except AlreadySigned:
        moved = False
    db.session.commit()
    says = _("The ladder went on.") if moved else _("There is nothing to be done here any more.")
    return lead("table.category", says, "done" if moved else "caution", category=it.key)

"""The chair's orders among level nominations, at the cut or at a prize, and the ladder that goes on without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import request
from flask_babel import gettext as _

from awards import verdicts
from awards.chairs import NotTheChair
from awards.extensions import db
from awards.shortlists import NobodyMarked, ReadingsOpen, SheetsOpen
from awards.verdicts import NamedTwice, NoTieThere
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, name_of, posted, posted_number, whole_number
from awards.web.table import stages
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import not_you
from awards.web.table.stages import At
from awards.web.table.stood import Stood


@blueprint.route("/<category>/order", methods=["GET", "POST"])
@audience(Audience.TABLE)
def order(edition: str, category: str) -> Answer:  # noqa: ARG001
    return _ordered(stages.SHORTLIST, category)


@blueprint.route("/<category>/result/order", methods=["GET", "POST"])
@audience(Audience.TABLE)
def result_order(edition: str, category: str) -> Answer:  # noqa: ARG001
    return _ordered(stages.RESULT, category)


@blueprint.route("/<category>/public/order", methods=["GET", "POST"])
@audience(Audience.TABLE)
def public_order(edition: str, category: str) -> Answer:  # noqa: ARG001
    """For the prize on which the public votes."""
    return _ordered(stages.PUBLIC, category)


def _ordered(at: At, category: str) -> Answer:
    """Order level nominations; until the signature an order can be replaced by another."""
    if not is_closed():
        return lead("table.index")
    it = _asked(at, category)
    if it.chairs_step is None or it.signed is not None:
        return at.back(it, _("There is nothing to order here any more."), "caution")
    if request.method == "GET":
        return _page(at, it)
    wrong, given = places_given([line.nomination.reference for line in it.level_lines])
    wrong |= long_reason()
    if not posted("reason"):
        wrong["reason"] = _("Write why in this order: the decision states it, and the full record keeps it.")
    if wrong:
        return _page(at, it, wrong), 422
    try:
        at.order_level(
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
        return _page(at, it, {"": not_you(error)}), 409
    except (NobodyMarked, ReadingsOpen, SheetsOpen) as error:
        db.session.rollback()
        return _page(at, _asked(at, category), {"": at.why(error)}), 409
    except (*stages.CHANGED, *stages.SIGNED, NamedTwice, NoTieThere):
        db.session.rollback()
        return _page(at, _asked(at, category), {"": str(at.changed)}, anew=True), 409
    db.session.commit()
    return at.back(it, at.ordered)


def _asked(at: At, category: str) -> Stood:
    """The category, and of the steps that the chair has taken the one that the address names."""
    return replace(at.one_or_404(category), again=whole_number(request.args.get("again", "")))


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


def _page(at: At, it: Stood, wrong: Mapping[str, str] | None = None, *, anew: bool = False) -> str:
    """The form as it was filled in; `anew`: of what was typed only the reason, since others may be level now."""
    step = it.chairs_step
    before = [group[0] for group in step.groups if len(group) == 1] if step else []
    names = [line.nomination.reference for line in it.level_lines]
    kept = sessions.filled() is not None and not anew
    chosen = [
        posted(f"place-{number}") if kept else str(before.index(name) + 1) if name in before else ""
        for number, name in enumerate(names)
    ]
    lapsed = None
    if step is not None and it.waiting:
        lapsed = verdicts.order_before(db.session(), door.edition(), it.key, at.stage, step.level)
    return show(
        f"{at.ordering}.html",
        at.tab,
        it=it,
        lapsed=lapsed,
        level=list(enumerate(it.level_lines)),
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
    return _gone_on(stages.SHORTLIST, category)


@blueprint.post("/<category>/result/go-on")
@audience(Audience.TABLE)
def result_go_on(edition: str, category: str) -> Answer:  # noqa: ARG001
    return _gone_on(stages.RESULT, category)


def _gone_on(at: At, category: str) -> Answer:
    """Where all at the table have become bound since the count, the ladder goes on to its next step."""
    if not is_closed():
        return lead("table.index")
    it = at.one_or_404(category)
    try:
        moved = at.go_on(db.session(), door.edition(), it.key, actor=sessions.actor(), now=sessions.now())
    except (*stages.CHANGED, *stages.SIGNED):
        db.session.rollback()
        moved = False
    db.session.commit()
    says = _("The ladder went on.") if moved else _("There is nothing to be done here any more.")
    return at.back(it, says, "done" if moved else "caution")

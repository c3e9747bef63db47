"""The results on the chair's table: the count sheet of each category, the order among level ones, the lot after it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import citations, corrections, editions, results, standings, verdicts, winners
from awards.chairs import NotTheChair
from awards.elections import ShortlistNotSigned
from awards.extensions import db
from awards.models import Award, FrozenStanding
from awards.results import NotCounted
from awards.verdicts import NamedTwice, NoTieThere, Stage
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import face_of, long_reason, may, name_of, posted, posted_number
from awards.web.table import background, counting, second
from awards.web.table.counting import STATES, Counted, State
from awards.web.table.ordering import places_given
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import CHANGED, not_you
from awards.web.table.standing import DECISIONS
from awards.winners import ResultChanged, WinnersSigned
from judging.values import Round, SecondRound


@blueprint.get("/results", endpoint="results")
@audience(Audience.TABLE)
def every_result(edition: str) -> Answer:  # noqa: ARG001
    """Every category with its result, as far as it is counted, and what is to be done."""
    if not is_closed():
        return lead("table.index")
    here, session = door.edition(), db.session()
    board = counting.board(here)
    uncounted: list[FrozenStanding] = []
    if editions.rules_of(session, here).second_round is SecondRound.NONE:
        there = {it.key for it in board}
        uncounted = [it for key, it in standings.latest(session, here).items() if key not in there]
    names = face_of(here).names
    return show(
        "results.html",
        "table.results",
        board=[(it, STATES[it.state], step_of(it)) for it in board],
        second_open=second.is_open(here),
        uncounted=uncounted,
        unsigned=[names.name("categories", it.category) for it in uncounted if it.signed_by is None],
        signable=[it for it in board if it.state is State.TO_SIGN and it.is_mine],
        name_of=name_of,
    )


def step_of(it: Counted) -> tuple[str, str]:
    """The one thing that whoever reads can do next: address and words."""
    edition = door.edition().key
    if it.state is State.TIE and it.is_mine:
        return url_for("table.result_order", edition=edition, category=it.key), _("Order them")
    if it.state is State.TO_SIGN and it.is_mine:
        return url_for("table.sign_winners", edition=edition, category=it.key), _("Read and sign")
    if it.state is State.TO_SIGN and it.all_bound and may(Audience.ORGANISER, reading=False):
        return url_for("table.result_two", edition=edition, category=it.key), _("Sign as two organisers")
    if it.state is State.SIGNED and it.is_mine and it.winners:
        return url_for("table.citations", edition=edition, category=it.key), _("Write why they won")
    return url_for("table.result", edition=edition, category=it.key), _("Read the count sheet")


@blueprint.get("/<category>/result")
@audience(Audience.TABLE)
def result(edition: str, category: str) -> Answer:  # noqa: ARG001
    """The count sheet of a category, step by step, and what follows."""
    if not is_closed():
        return lead("table.index")
    here = door.edition()
    it = result_or_404(category)
    decided = [
        (found, DECISIONS[found.kind])
        for found in background.orders(here, category)
        if background.round_of(found) is Round.SECOND
    ]
    return show(
        "result.html",
        "table.results",
        it=it,
        state=STATES[it.state],
        step=step_of(it),
        decisions=decided,
        given=_given(it),
        comments=background.comments(here, category, sessions.me(), Round.SECOND),
        organiser=may(Audience.ORGANISER, reading=False),
        can_order=it.state is State.TO_SIGN
        and it.orders is not None
        and it.orders.account_id == sessions.me().id,
        can_write=any(citations.is_open(db.session(), here, award) for award in _given(it).values()),
        name_of=name_of,
    )


def _given(it: Counted) -> dict[str, Award]:
    """The contested prizes that were given, by reference."""
    found = corrections.of_category(db.session(), door.edition(), it.key)
    return {award.nomination.reference: award for award in found if not award.by_decision}


def result_or_404(category: str) -> Counted:
    found = counting.one(door.edition(), category)
    if found is None:
        abort(404)
    return found


@blueprint.post("/acts/count")
@audience(Audience.TABLE)
def count(edition: str) -> Answer:  # noqa: ARG001
    """Without a second round the result is counted from the signed shortlists when the table asks for it."""
    try:
        done = results.count_first(db.session(), door.edition(), actor=sessions.actor(), now=sessions.now())
    except (NotCounted, ShortlistNotSigned):
        db.session.rollback()
        return lead("table.results", _("There is nothing to count yet: no shortlist is signed."), "caution")
    db.session.commit()
    if not done:
        return lead("table.results", _("It was counted already; nothing was changed."), "caution")
    said = ngettext("Counted: one category.", "Counted: %(num)d categories.", len(done))
    return lead("table.results", said)


@blueprint.route("/<category>/result/order", methods=["GET", "POST"])
@audience(Audience.TABLE)
def result_order(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Order nominations that are level at a prize; until the signature an order can be replaced by another."""
    if not is_closed():
        return lead("table.index")
    it = result_or_404(category)
    if it.chairs_step is None or it.signed is not None:
        says = _("There is nothing to order here any more.")
        return lead("table.result", says, "caution", category=it.key)
    if request.method == "GET":
        return _order(it)
    wrong, given = places_given(it.chairs_step.level)
    wrong |= long_reason()
    if not posted("reason"):
        wrong["reason"] = _("Write why in this order: the decision states it, and the full record keeps it.")
    if wrong:
        return _order(it, wrong), 422
    try:
        winners.order_level(
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
    except (ResultChanged, NamedTwice, NoTieThere, WinnersSigned, NotCounted, ShortlistNotSigned):
        db.session.rollback()
        return _order(result_or_404(category), {"": str(CHANGED)}, anew=True), 409
    db.session.commit()
    says = _("Ordered. The result was counted again; it is final when it is signed.")
    return lead("table.result", says, category=it.key)


def _order(it: Counted, wrong: Mapping[str, str] | None = None, *, anew: bool = False) -> str:
    """The form as it was filled in; `anew`: of what was typed only the reason, since others may be level now."""
    step = it.chairs_step
    names = sorted(step.level) if step else []
    before = [group[0] for group in step.groups if len(group) == 1] if step else []
    kept = sessions.filled() is not None and not anew
    chosen = {
        number: posted(f"place-{number}") if kept else str(before.index(name) + 1) if name in before else ""
        for number, name in enumerate(names)
    }
    lapsed = None
    if step is not None and it.waiting:
        lapsed = verdicts.order_before(db.session(), door.edition(), it.key, Stage.RESULT, step.level)
    return show(
        "result_order.html",
        "table.results",
        it=it,
        mine=it.orders is not None and it.orders.account_id == sessions.me().id,
        lapsed=lapsed,
        level=list(enumerate(it.lines[name] for name in names)),
        chosen=chosen,
        before=bool(before),
        seen=it.frozen.number if anew else posted_number("seen") or it.frozen.number,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        name_of=name_of,
    )


@blueprint.post("/<category>/result/go-on")
@audience(Audience.TABLE)
def result_go_on(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Where all at the table have become bound since the count, the ladder goes on to its next step."""
    if not is_closed():
        return lead("table.index")
    it = result_or_404(category)
    try:
        moved = winners.go_on(
            db.session(), door.edition(), it.key, actor=sessions.actor(), now=sessions.now()
        )
    except (WinnersSigned, NotCounted, ShortlistNotSigned):
        db.session.rollback()
        moved = False
    db.session.commit()
    says = _("The ladder went on.") if moved else _("There is nothing to be done here any more.")
    return lead("table.result", says, "done" if moved else "caution", category=it.key)

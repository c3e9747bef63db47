"""The results on the chair's table: every category with what is to be done, and its count sheet."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import citations, corrections, editions, results, standings
from awards.elections import ShortlistNotSigned
from awards.extensions import db
from awards.models import Award, FrozenStanding
from awards.results import NotCounted
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import face_of, may, name_of
from awards.web.table import background, counting, sayings, second
from awards.web.table.counting import STATES, Counted, State, result_or_404
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.standing import BECAUSE, DECISIONS
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
        page = "table.result_order" if it.turn is it else "table.public_order"
        return url_for(page, edition=edition, category=it.key), _("Order them")
    if it.state is State.TO_SIGN and it.is_mine:
        return url_for("table.sign_winners", edition=edition, category=it.key), _("Read and sign")
    if it.state is State.TO_SIGN and it.all_bound and may(Audience.ORGANISER, reading=False):
        return url_for("table.result_two", edition=edition, category=it.key), _("Sign as two organisers")
    if it.state is State.SIGNED and it.is_mine and any(of.winners for of in it.prizes):
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
        becauses=BECAUSE,
        told=sayings.told,
        given=_given(it),
        comments=background.comments(here, category, sessions.me(), Round.SECOND),
        organiser=may(Audience.ORGANISER, reading=False),
        can_write=any(citations.is_open(db.session(), here, award) for award in _given(it).values()),
        name_of=name_of,
    )


def _given(it: Counted) -> dict[tuple[str, str], Award]:
    """The contested prizes that were given, by reference and prize."""
    found = corrections.of_category(db.session(), door.edition(), it.key)
    return {(award.nomination.reference, award.prize): award for award in found if not award.by_decision}


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

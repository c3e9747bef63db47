"""The standing of a category, with ties, ladder and cut."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from awards import borderline, second_readings
from awards.extensions import db
from awards.models import DecisionKind, Leaving, NominationState
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import may, name_of
from awards.web.table import background, drawing, sayings, second, sight
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.sight import Sight, State, category_or_404
from judging.values import Round, parse_exact

STATES = {
    State.READING: _l("Second readings are under way"),
    State.MENDING: _l("A judge mends a sheet, or has asked to"),
    State.UNMARKED: _l("A nomination has no sheet left that counts"),
    State.TIE: _l("Nominations are level at the cut; the chair decides"),
    State.STUCK: _l("Nominations are level at the cut, and nobody at the table may decide"),
    State.TO_SIGN: _l("Settled, to be signed"),
    State.SIGNED: _l("Signed, not announced"),
    State.PLANNED: _l("Signed, to be announced"),
    State.ANNOUNCED: _l("Announced"),
}
DECISIONS = {
    DecisionKind.TIE: _l("Order among level nominations"),
    DecisionKind.SHORTLIST: _l("Shortlist signed"),
    DecisionKind.REOPENED: _l("A sheet reopened for its judge"),
    DecisionKind.MINIMUM_WAIVED: _l("Minimum of sheets waived"),
    DecisionKind.WINNERS: _l("Winners signed"),
    DecisionKind.CONFLICT_WAIVED: _l("Conflict waived: a judge of the same country reads it"),
    DecisionKind.RECOUNTED: _l("Counted again"),
    DecisionKind.WITHDRAWAL: _l("Withdrawn"),
    DecisionKind.DISQUALIFICATION: _l("Disqualified"),
    DecisionKind.WITHHELD: _l("Prize withheld"),
    DecisionKind.AWARD: _l("Prize given by decision"),
    DecisionKind.DECLINED: _l("Prize declined"),
    DecisionKind.REVOCATION: _l("Prize revoked"),
    DecisionKind.CORRECTED: _l("What is public of a prize corrected"),
    DecisionKind.CORRECTION: _l("A decision taken back"),
    DecisionKind.SECOND_READINGS: _l("Second readings"),
}

BECAUSE = {
    Leaving.CONFLICT.value: _l("Sheets left out, a conflict of their judge came to light:"),
    Leaving.MISCONDUCT.value: _l("Sheets left out, their judge left the panel for misconduct:"),
    NominationState.WITHDRAWN.value: _l("Counted without what was withdrawn:"),
    NominationState.DISQUALIFIED.value: _l("Counted without what was disqualified:"),
    second_readings.BECAUSE: _l("Counted with the second readings of:"),
}


@blueprint.get("/")
@audience(Audience.TABLE)
def index(edition: str) -> str:  # noqa: ARG001 (the door has looked it up)
    """Before the close: that the round is open. After it: every category with its state and what is to be done."""
    if not is_closed():
        return show("open.html", "table.index")
    board = sight.board(door.edition())
    return show(
        "index.html",
        "table.index",
        board=[(it, STATES[it.state], step_of(it)) for it in board],
        second=second.of_board(door.edition(), board),
        second_states=second.STATES,
        second_open=second.is_open(door.edition()),
        advised=may(Audience.ADVICE, reading=True),
        signable=[it for it in board if it.state is State.TO_SIGN and it.is_mine],
        readings_can_come=borderline.can_come(db.session(), door.edition()),
        name_of=name_of,
    )


def step_of(it: Sight) -> tuple[str, object] | None:
    """The one thing that whoever reads can do next: address and words."""
    edition = door.edition().key
    organiser = may(Audience.ORGANISER, reading=False)
    page = url_for("table.category", edition=edition, category=it.key)
    if it.state is State.READING:
        return url_for("table.readings", edition=edition), _l("See the second readings")
    if it.state is State.MENDING:
        return url_for("table.reopened", edition=edition), _l("See the request")
    if it.state is State.TIE and it.is_mine:
        return url_for("table.order", edition=edition, category=it.key), _l("Order them")
    if it.state is State.TO_SIGN and it.is_mine:
        return url_for("table.sign", edition=edition, category=it.key), _l("Read and sign")
    if it.state is State.TO_SIGN and it.all_bound and organiser:
        return url_for("table.two", edition=edition, category=it.key), _l("Sign as two organisers")
    if it.state is State.SIGNED and organiser:
        return url_for("table.announcing", edition=edition), _l("Announce")
    return page, _l("Read the standing")


@blueprint.get("/<category>")
@audience(Audience.TABLE)
def category(edition: str, category: str) -> Answer:  # noqa: ARG001
    """One category: who stands where and why, and what follows."""
    if not is_closed():
        return lead("table.index")
    here = door.edition()
    found = category_or_404(category)
    decided = background.orders(here, category)
    return show(
        "category.html",
        "table.index",
        it=found,
        state=STATES[found.state],
        step=step_of(found),
        drawing=drawing.of(found),
        second=second.of_board(here, [found]).get(category),
        second_states=second.STATES,
        second_open=second.is_open(here),
        second_comments=background.comments(here, category, sessions.me(), Round.SECOND),
        missing=background.missing(here, category),
        comments=background.comments(here, category, sessions.me()),
        becauses=BECAUSE,
        told=sayings.told,
        decisions=[(found_, DECISIONS[found_.kind]) for found_ in decided],
        waived=sum(
            it.kind is DecisionKind.MINIMUM_WAIVED and background.round_of(it) is Round.FIRST
            for it in decided
        ),
        earlier=background.earlier(here, category),
        figure=lambda total: sayings.figure(parse_exact(total)),
        organiser=may(Audience.ORGANISER, reading=False),
        advised=may(Audience.ADVICE, reading=True),
        name_of=name_of,
    )

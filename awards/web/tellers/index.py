"""Papers at a glance: whom to give one, where they are, what is printed, bundled, entered, and whether it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import approvals, bundles, paper, polls, reckoning, roll
from awards.extensions import db
from awards.folding import fold
from awards.models import Election, ElectionState, RollEntry
from awards.polls import Poll, Stage
from awards.reckoning import ACCEPT, ASIDE
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.language import NAMES
from awards.web.secretariat.frame import posted, posted_number
from awards.web.tellers import says
from awards.web.tellers.printing import bars, named
from awards.web.tellers.routes import Act, Answer, blueprint, carry_out, end, lead, proposer, show
from awards.web.words import tidy

MOST_FOUND, MOST_LISTED, LONGEST = 20, 100, 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of papers was asked for."""

    text: str
    found: list[RollEntry]
    more: bool


@blueprint.route("", methods=["GET", "POST"])
@audience(Audience.POLLS)
def index(edition: str) -> Answer:  # noqa: ARG001
    door.vote()
    if request.method == "GET":
        return _page()
    act = ACTS.get(posted("act"))
    return (_page(), 422) if act is None else carry_out(act, _page)


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, edition = db.session(), door.edition()
    poll = polls.look(session, edition)
    waiting = approvals.all_waiting(session, edition)
    everything = bundles.of_edition(session, edition)
    shown = {it.id for it in poll.elections}
    barred = bars(session, poll.elections) if poll.stage is Stage.OPEN else {}
    return show(
        "index.html",
        poll=poll,
        accounts=_accounts(poll),
        out=paper.held(session, edition, MOST_LISTED) if poll.stage is Stage.OPEN else [],
        asked=_asked(),
        bundles=[it for it in everything if it.bundle.election_id in shown],
        bars=barred,
        lonely=any(number == 1 for each in barred.values() for number in each.values()),
        named=named({one for each in barred.values() for which in each for one in which}) if barred else {},
        tongues=NAMES,
        accepting=waiting.get(ACCEPT),
        aside=waiting.get(ASIDE),
        accepting_by=proposer(waiting.get(ACCEPT)),
        aside_by=proposer(waiting.get(ASIDE)),
        wrong=dict(wrong or {}),
        typed={"papers": posted("papers"), "category": posted("category"), "reason": posted("reason")},
    )


def _accounts(poll: Poll) -> list[reckoning.Account]:
    if poll.stage in (Stage.EARLY, Stage.BEFORE):
        return []
    return reckoning.accounts(db.session(), door.edition(), poll.elections)


def _asked() -> Asked:
    """The electors whose name or address holds what was typed."""
    text = tidy(request.args.get("q"))[:LONGEST]
    key = fold(text)
    if not key:
        return Asked("", [], more=False)
    found = [it for it in roll.on(db.session(), door.edition()) if key in _searched(it)]
    return Asked(text, found[:MOST_FOUND], more=len(found) > MOST_FOUND)


def _searched(it: RollEntry) -> str:
    return fold(" ".join((says.elector(it), it.elector, it.name, it.email)))


def _election() -> Election:
    """The closed election of the posted category. Raises BoxOpen."""
    closed = {it.category: it for it in bundles.waiting(db.session(), door.edition())}
    election = closed.get(posted("category"))
    if election is None or election.state is not ElectionState.CLOSED:
        raise bundles.BoxOpen(posted("category"))
    return election


def _make() -> Response:
    made = bundles.make(
        db.session(),
        door.edition(),
        _election(),
        posted_number("papers"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    said = _("Bundle %(number)s is made. Write this number on it.", number=made.number)
    return lead("bundle", said, bundle=made.public_id)


def _propose() -> Response:
    reckoning.propose_difference(
        db.session(),
        door.edition(),
        _election(),
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return lead("index", _("Proposed. Another organiser or teller has to approve it."))


def _approve() -> Response:
    reckoning.approve_difference(
        db.session(), door.edition(), posted("sha256"), actor=sessions.actor(), now=sessions.now()
    )
    return lead("index", _("Accepted by two. The decision states it."))


def _end() -> Response:
    end(ACCEPT)
    return lead("index", _("The proposal is ended; nothing was changed."))


def _approve_aside() -> Response:
    reckoning.approve_aside(
        db.session(), door.edition(), posted("sha256"), actor=sessions.actor(), now=sessions.now()
    )
    return lead("index", _("The bundle is set aside. It counts for nothing."))


def _end_aside() -> Response:
    end(ASIDE)
    return lead("index", _("The proposal is ended; nothing was changed."))


ACTS: Mapping[str, Act] = {
    "make": _make,
    "propose": _propose,
    "approve": _approve,
    "end": _end,
    "approve-aside": _approve_aside,
    "end-aside": _end_aside,
}

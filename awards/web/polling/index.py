"""The vote at a glance: before it opens the checklist, then how many took part, then what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from awards import decisions, disputes, editions, elections, polls, readiness, voiding
from awards.elections import Turnout
from awards.extensions import db
from awards.models import Decision, DecisionKind
from awards.polls import Poll, Stage
from awards.readiness import Item
from awards.web import door, key_kept, sessions
from awards.web.access import Audience, audience
from awards.web.polling import routes, says
from awards.web.polling.routes import VOTE, blueprint
from awards.web.secretariat import frame
from awards.web.texts import Text
from awards.web.voting import says as voting
from judging.values import Round

KINDS = (
    DecisionKind.ROLL_FROZEN,
    DecisionKind.VOTE_OPENED,
    DecisionKind.REPLACEMENT,
    DecisionKind.REPEAT,
    DecisionKind.BELOW_QUORUM,
    DecisionKind.STRUCK,
    DecisionKind.DISPUTE,
    DecisionKind.CORRECTION,
    DecisionKind.ROUND_CLOSED,
    DecisionKind.PAPERS,
    DecisionKind.OPENING,
)
NOT_YET = (Stage.EARLY, Stage.BEFORE)


@blueprint.get(VOTE)
@audience(Audience.POLLS)
def index(edition: str) -> str:  # noqa: ARG001
    vote, session, found = door.vote(), db.session(), door.edition()
    poll = polls.look(session, found)
    is_early = poll.stage in NOT_YET
    return routes.show(
        "index.html",
        poll=poll,
        rules=told(),
        public=of_the_public(poll),
        prize=prize_of_the_public(),
        items=checklist() if is_early else (),
        prospects=readiness.preview(session, found, vote) if is_early else {},
        is_over=is_over(poll),
        disputed=len(disputes.undecided(session, found)),
        lost=voiding.lost(session, found, key_folder=routes.key_folder()),
        history=history(),
        kept=key_kept.said(found),
        where=where,
        public_vote=editions.rules_of(session, found).public_vote is not None,
    )


def told() -> list[str]:
    """What the rules say of the vote, as electors and the public read it."""
    found = door.edition()
    rules, names = editions.rules_of(db.session(), found), frame.face_of(found).names
    return [*voting.told(rules, names), *voting.told(rules, names, public=True)]


def of_the_public(poll: Poll) -> Sequence[Turnout]:
    """How many of the public have voted: while they vote, a matter of the organisers."""
    if poll.stage is Stage.OPEN and not frame.may(Audience.ORGANISER, reading=False):
        return ()
    return elections.turnout(db.session(), poll.public)


def prize_of_the_public() -> Text | str:
    public = editions.rules_of(db.session(), door.edition()).public_vote
    return frame.face_of(door.edition()).names.name("prizes", public.prize) if public else ""


def checklist() -> tuple[Item, ...]:
    return polls.checklist(db.session(), door.edition(), sessions.now(), key_folder=routes.key_folder())


def where(item: Item) -> str:
    """The address at which something is seen to, empty where the reader has no page for it."""
    endpoint = says.place(item)
    seen = {tab.endpoint.partition(".")[0] for tab in frame.tabs()}
    return url_for(endpoint, edition=door.edition().key) if endpoint.partition(".")[0] in seen else ""


def is_over(poll: Poll) -> bool:
    """Whether the time for casting has passed, the grace included."""
    return polls.is_over(db.session(), door.edition(), poll, sessions.now())


def history() -> Sequence[Decision]:
    """What was decided on the vote, by number."""
    found = decisions.of_edition(db.session(), door.edition(), *KINDS)
    return [it for it in found if _is_of_the_vote(it)]


def _is_of_the_vote(it: Decision) -> bool:
    if it.kind is DecisionKind.ROUND_CLOSED:
        return bool(it.subject.get("round") == Round.SECOND.value)
    if it.kind is DecisionKind.CORRECTION:
        return bool(it.subject.get("kind") == DecisionKind.STRUCK.value)
    return True

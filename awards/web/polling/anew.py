"""Envelopes that nobody can open: destroyed unopened by the word of two, and what they were cast in is held again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import approvals, decisions, polls, voiding
from awards.elections import TooFewElectors
from awards.envelopes import NotOpen
from awards.extensions import db
from awards.models import Account
from awards.repeats import ANEW
from awards.shares import HoldersMissing
from awards.voiding import Loss
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.polling import routes
from awards.web.polling.routes import VOTE, Answer, blueprint, lead
from awards.web.secretariat.frame import long_reason, may, name_of, posted

CHANGED = (NotOpen, approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged)


@blueprint.route(f"{VOTE}/anew", methods=["GET", "POST"])
@audience(Audience.POLLS)
def anew(edition: str) -> Answer:  # noqa: ARG001
    """An organiser proposes it, somebody else approves; then each envelope is tried before anything is destroyed."""
    door.vote()
    session = db.session()
    try:
        loss = voiding.look(session, door.edition(), key_folder=routes.key_folder())
    except NotOpen:
        return lead("index", _("There are no envelopes that could be destroyed."), "caution")
    act = ACTS.get(posted("act"))
    if request.method == "GET":
        return _page(loss)
    if act is None:
        return _page(loss), 422
    if act is _propose and not may(Audience.ORGANISER, reading=False):
        return _page(loss, {"": _("An organiser does this.")}), 422
    if wrong := long_reason():
        return _page(loss, wrong), 422
    try:
        said = act()
    except decisions.ReasonMissing:
        session.rollback()
        return _page(loss, {"reason": _("Write a reason: the decision states it.")}), 422
    except approvals.SamePerson:
        session.rollback()
        return _page(loss, {"": _("You proposed this yourself. Somebody else has to approve it.")}), 422
    except voiding.CanBeOpened:
        session.rollback()
        wrong = {"": _("The envelopes can be opened. Nothing was destroyed, and nobody votes again.")}
        return _page(loss, wrong), 409
    except HoldersMissing:
        session.rollback()
        wrong = {
            "": _(
                "Fewer than two key holders have a key. First let them make new ones on their pages. Nothing was "
                "destroyed."
            )
        }
        return _page(loss, wrong), 409
    except TooFewElectors:
        session.rollback()
        return _page(loss, {"": _("Too few could vote again in a category. Nothing was destroyed.")}), 409
    except CHANGED:
        session.rollback()
        return lead("index", _("The vote has moved on meanwhile; nothing was done."), "caution")
    return lead("index", said)


def _propose() -> str:
    voiding.propose(
        db.session(),
        door.edition(),
        reason=posted("reason"),
        key_folder=routes.key_folder(),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    db.session.commit()
    return _("Proposed. Another organiser or a teller has to approve it.")


def _approve() -> str:
    told = voiding.approve(
        db.session(),
        door.edition(),
        posted("sha256"),
        key_folder=routes.key_folder(),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    routes.keep_and_destroy_keys()
    more = ngettext("One elector is written to.", "%(num)d electors are written to.", len(told))
    return " ".join([_("The envelopes are destroyed unopened, and the vote is held again."), more])


ACTS: Mapping[str, Callable[[], str]] = {
    "propose": _propose,
    "approve": _approve,
    "end": partial(routes.end, ANEW),
}


def _page(loss: Loss, wrong: Mapping[str, str] | None = None) -> str:
    proposal = loss.proposal
    proposer = db.session.get(Account, proposal.proposer_id) if proposal else None
    poll = polls.look(db.session(), door.edition())
    return routes.show(
        "anew.html",
        loss=loss,
        poll=poll,
        may_propose=bool(loss.without_key or loss.spoilt)
        or (poll.stage is polls.Stage.CLOSED and not loss.is_shared),
        proposer=name_of(proposer) if proposer else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

"""Taking the signature under a result back until the release: the chair proposes, somebody else approves."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import gettext as _

from awards import approvals, corrections, decisions
from awards.chairs import NotTheChair
from awards.corrections import (
    MayNotApprove,
    NotSigned,
    PrizeRevoked,
    ReleaseArmed,
    WinnerDeclined,
    WinnersReleased,
)
from awards.extensions import db
from awards.models import Approval
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, name_of, posted
from awards.web.table.counting import Counted, result_or_404
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import not_you


@blueprint.route("/<category>/result/correct", methods=["GET", "POST"])
@audience(Audience.TABLE)
def correct(edition: str, category: str) -> Answer:  # noqa: ARG001
    """What follows, then the proposal with its reason; the second person approves it or turns it down."""
    if not is_closed():
        return lead("table.index")
    it = result_or_404(category)
    try:
        corrections.need_open(db.session(), door.edition(), it.key)
    except (NotSigned, WinnersReleased, PrizeRevoked, ReleaseArmed, WinnerDeclined) as error:
        return lead("table.result", refused(error), "caution", category=it.key)
    if request.method == "GET":
        return _page(it)
    if wrong := long_reason():
        return _page(it, wrong), 422
    try:
        says = _answer(it)
    except decisions.ReasonMissing:
        db.session.rollback()
        return _page(it, {"reason": _("Write what is wrong: the decision states it.")}), 422
    except (NotTheChair, MayNotApprove, approvals.SamePerson) as error:
        db.session.rollback()
        return _page(it, {"": refused(error)}), 409
    except (
        approvals.NoProposal,
        approvals.ProposalWaits,
        approvals.SubjectChanged,
        NotSigned,
        WinnersReleased,
        ReleaseArmed,
        WinnerDeclined,
    ) as error:
        db.session.rollback()
        return lead("table.result", refused(error), "caution", category=it.key)
    db.session.commit()
    return lead("table.result", says, category=it.key)


def _answer(it: Counted) -> str:
    session, edition, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    if posted("act") == "end":
        proposal = approvals.take(session, edition, corrections.act_of(it.key), posted("sha256"))
        approvals.end(session, edition, proposal, actor=actor, now=now)
        return _("The proposal is ended; the signature stands.")
    if posted("act") == "approve":
        corrections.approve(session, edition, it.key, posted("sha256"), actor=actor, now=now)
        return _("Taken back. The result stands unsigned and no prize of it is given.")
    corrections.propose(session, edition, it.key, reason=posted("reason"), actor=actor, now=now)
    return _("Proposed. Somebody else at the table approves it.")


def refused(error: Exception) -> str:
    """Why nothing was taken back."""
    if isinstance(error, NotTheChair):
        return not_you(error)
    if isinstance(error, MayNotApprove):
        return _(
            "The second person is an organiser, the chair or a deputy, without a conflict in this category."
        )
    if isinstance(error, approvals.SamePerson):
        return _("You proposed this yourself. Somebody else approves it.")
    if isinstance(error, ReleaseArmed):
        return _(
            "A release of this category is armed. It is called off first, then the result can be corrected."
        )
    if isinstance(error, PrizeRevoked):
        return _("A prize of this category was revoked, and what followed is recorded. There is no way back.")
    if isinstance(error, WinnerDeclined):
        return _(
            "A winner of this category has declined, and what followed is recorded. There is no way back."
        )
    if isinstance(error, WinnersReleased):
        return _("The winners of this category are public. What is wrong now is mended in public.")
    if isinstance(error, NotSigned):
        return _("The winners of this category are not signed, so there is nothing to take back.")
    return _("This has changed since you opened the page. Nothing was decided.")


def proposal_of(it: Counted) -> Approval | None:
    return approvals.waiting(db.session(), door.edition(), corrections.act_of(it.key))


def _page(it: Counted, wrong: Mapping[str, str] | None = None) -> str:
    session, proposal = db.session(), proposal_of(it)
    return show(
        "correct.html",
        "table.results",
        it=it,
        told=corrections.told(session, door.edition(), it.key),
        proposal=proposal,
        proposer=name_of(approvals.proposer(session, proposal)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        name_of=name_of,
    )

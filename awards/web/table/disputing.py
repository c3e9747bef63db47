"""Disputed ballots: whether the right delegate has cast one, decided by the chair before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request
from flask_babel import gettext as _

from awards import approvals, decisions, delegates, disputes, upholding
from awards.chairs import NotTheChair
from awards.disputes import Case, NothingDisputed
from awards.extensions import db
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, may, name_of, posted
from awards.web.table.routes import Answer, blueprint, lead, show
from awards.web.table.signing import not_you

CHANGED = (
    approvals.NoProposal,
    approvals.ProposalWaits,
    approvals.SubjectChanged,
    upholding.DecidedAlready,
    upholding.ForTheChair,
    upholding.ForTwo,
    NothingDisputed,
)
ANSWERS = {"stands": False, "struck": True}


@blueprint.get("/disputes", endpoint="disputes")
@audience(Audience.TABLE)
def all_disputes(edition: str) -> str:  # noqa: ARG001
    """Every dispute: those that wait, and how the others were decided."""
    session, found = db.session(), door.edition()
    waiting = {it.id for it in disputes.undecided(session, found)}
    return show(
        "disputes.html", "table.disputes", disputes=disputes.of_edition(session, found), waiting=waiting
    )


@blueprint.route("/disputes/<dispute>", methods=["GET", "POST"])
@audience(Audience.TABLE)
def dispute(edition: str, dispute: str) -> Answer:  # noqa: ARG001
    """What is said and who was named when; then the ballot stands, or is struck."""
    session, found = db.session(), door.edition()
    try:
        it = disputes.find(session, found, dispute)
    except disputes.NoSuchDispute:
        abort(404)
    case = disputes.look(session, found, it)
    if request.method == "GET":
        return _page(case)
    if wrong := long_reason():
        return _page(case, wrong), 422
    try:
        said = _answer(case)
    except NotChosen:
        return _page(case, {"answer": _("Choose one of the two.")}), 422
    except decisions.ReasonMissing:
        session.rollback()
        return _page(case, {"reason": _("Write why: the decision states it, and both sides read it.")}), 422
    except (NotTheChair, upholding.Concerned, approvals.SamePerson) as error:
        session.rollback()
        return _page(case, {"": _refused(error)}), 409
    except CHANGED:
        session.rollback()
        return lead("table.disputes", _("This has moved on meanwhile; nothing was done."), "caution")
    session.commit()
    return lead("table.disputes", said)


class NotChosen(Exception):
    """Neither answer was chosen."""


def _answer(case: Case) -> str:
    session, found, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    it = case.dispute
    if posted("act") == "end":
        upholding.end(session, found, it, posted("sha256"), actor=actor, now=now)
        return _("The proposal is ended; nothing was decided.")
    if posted("act") == "approve":
        upholding.approve(session, found, it, posted("sha256"), actor=actor, now=now)
        return _decided(it.upheld is True)
    if posted("answer") not in ANSWERS:
        raise NotChosen
    upheld = ANSWERS[posted("answer")]
    if posted("act") == "propose":
        upholding.propose(session, found, it, upheld=upheld, reason=posted("reason"), actor=actor, now=now)
        return _("Signed by you. A second organiser signs too; until then nothing is decided.")
    upholding.decide(session, found, it, upheld=upheld, reason=posted("reason"), actor=actor, now=now)
    return _decided(upheld)


def _decided(upheld: bool) -> str:
    if upheld:
        return _("Decided: the ballot is struck unopened. Both sides are told.")
    return _("Decided: the ballot stands. Both sides are told.")


def _refused(error: Exception) -> str:
    if isinstance(error, upholding.Concerned):
        return _("You are concerned by this, or have an interest in a finalist: another organiser signs.")
    return not_you(error)


def _page(case: Case, wrong: Mapping[str, str] | None = None) -> str:
    session, it, proposal = db.session(), case.dispute, case.proposal
    mine = case.acting is not None and case.acting.id == sessions.me().id
    return show(
        "dispute.html",
        "table.disputes",
        case=case,
        it=it,
        is_open=it.decision_id is None and bool(case.elections),
        before=delegates.history(session, it.roll_entry),
        is_mine=mine,
        acting=name_of(case.acting) if case.acting else "",
        by_two=case.acting is None and may(Audience.ORGANISER, reading=False),
        proposal=proposal,
        proposer=name_of(approvals.proposer(session, proposal)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        wrong=dict(wrong or {}),
        answer=posted("answer"),
        reason=posted("reason"),
    )

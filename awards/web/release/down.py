"""Winners taken down by one, at once, and put back by two."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app, request
from flask_babel import gettext as _

from awards import approvals, decisions, takedowns
from awards.arming import StandChanged
from awards.counts import EvidenceDiffers
from awards.extensions import db
from awards.models import Account
from awards.takedowns import PUT_BACK, NotDown, NothingPublic
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.release import sight
from awards.web.release.routes import Answer, blueprint, differs, folder, show, stale
from awards.web.release.sight import State
from awards.web.secretariat.frame import back_to, face_of, long_reason, name_of, posted


@blueprint.route("/taken-down", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def taken_down(edition: str) -> Answer:  # noqa: ARG001
    """What is public and could be taken down; what was, and the two who put it back."""
    if request.method == "GET":
        return _page()
    if wrong := long_reason():
        return _page({_field("reason"): says for says in wrong.values()}), 422
    session = db.session()
    chosen = [
        key
        for key in request.form.getlist("category")
        if key in {it.key for it in sight.board(door.edition())}
    ]
    try:
        says = _act(chosen)
    except decisions.ReasonMissing:
        session.rollback()
        return _page({_field("reason"): _("Write why: the decision states it.")}), 422
    except approvals.SamePerson:
        session.rollback()
        return _page({"": _("You proposed this yourself. Somebody else has to approve it.")}), 409
    except (NothingPublic, NotDown):
        session.rollback()
        if not chosen:
            return _page({_field("category"): _("Choose at least one category.")}), 422
        return back_to("release.taken_down", stale(), "caution")
    except (approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged, StandChanged):
        session.rollback()
        return back_to("release.taken_down", stale(), "caution")
    except EvidenceDiffers:
        session.rollback()
        return back_to("release.taken_down", differs(), "alarm")
    session.commit()
    return back_to("release.taken_down", says)


def _field(name: str) -> str:
    """The field of the posted form of two that stand on the page."""
    if posted("act") != "propose":
        return name
    return {"category": "back", "reason": "reason-back"}[name]


def _act(chosen: list[str]) -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    act, reason = posted("act"), posted("reason")
    if act == "take_down":
        takedowns.take_down(session, here, chosen, reason=reason, actor=actor, now=now)
        return _("Taken down. Those concerned are written to.")
    if act == "propose":
        takedowns.propose_back(session, here, chosen, reason=reason, actor=actor, now=now)
        return _("Proposed. Another organiser has to approve it.")
    if act == "approve":
        url = current_app.config["LAURELS_URL"]
        takedowns.approve_back(
            session, here, posted("sha256"), folder=folder(), url=url, actor=actor, now=now
        )
        return _("Public again. Those concerned are written to.")
    proposal = approvals.take(session, here, PUT_BACK, posted("sha256"))
    approvals.end(session, here, proposal, actor=actor, now=now)
    return _("The proposal is ended; nothing was changed.")


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    rows = sight.board(here)
    proposal = approvals.waiting(session, here, PUT_BACK)
    names = face_of(here).names
    return show(
        "taken_down.html",
        public=[row for row in rows if row.state is State.PUBLIC],
        down=[row for row in rows if row.state is State.DOWN],
        proposal=proposal,
        proposed=names.names("categories", tuple(proposal.subject["categories"])) if proposal else "",
        proposer=name_of(session.get(Account, proposal.proposer_id)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        chosen=request.form.getlist("category"),
        back=posted("act") == "propose",
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

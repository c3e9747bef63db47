"""A round opened again for one judge alone, by two people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _

from awards import approvals, chairs, decisions, reopening
from awards.chairs import NotTheChair, Table
from awards.extensions import db
from awards.models import Account, Approval, Grant, Reopening
from awards.reopening import MayNotApprove, NotNow, NotWaiting, PanelHasRead
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, name_of, posted
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import not_you


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with where it stands: whose word is still asked for."""

    asked: Reopening
    proposal: Approval | None
    proposer: str
    acting: Grant | None

    @property
    def is_mine(self) -> bool:
        return self.acting is not None and self.acting.account_id == sessions.me().id

    @property
    def own_proposal(self) -> bool:
        return self.proposal is not None and self.proposal.proposer_id == sessions.me().id

    @property
    def is_judge(self) -> bool:
        return self.asked.judge.account_id == sessions.me().id


@blueprint.get("/acts/reopened")
@audience(Audience.TABLE)
def reopened(edition: str) -> Answer:  # noqa: ARG001
    if not is_closed():
        return lead("table.index")
    session, here = db.session(), door.edition()
    found = reopening.of_edition(session, here)
    table, waiting = chairs.table_of(session, here), approvals.all_waiting(session, here)
    return show(
        "reopened.html",
        "table.reopened",
        going_on=[
            _asked(it, table, waiting.get(reopening.act_of(it))) for it in found if it.ended_at is None
        ],
        over=[it for it in found if it.ended_at is not None],
        name_of=name_of,
    )


def _asked(it: Reopening, table: Table, proposal: Approval | None) -> Asked:
    proposer = db.session.get(Account, proposal.proposer_id) if proposal else None
    acting = table.acting([it.nomination], it.nomination.category, but_not=it.judge.account_id)
    return Asked(it, proposal, name_of(proposer), acting)


@blueprint.route("/acts/reopened/<request_id>", methods=["GET", "POST"])
@audience(Audience.TABLE)
def reopen(edition: str, request_id: str) -> Answer:  # noqa: ARG001
    """One request: the chair agrees, a second person approves, and either can turn it down or end it."""
    if not is_closed():
        return lead("table.index")
    session, here = db.session(), door.edition()
    found = reopening.find(session, here, request_id) if door.IDENTIFIER.fullmatch(request_id) else None
    if found is None:
        abort(404)
    if request.method == "GET":
        return _page(found)
    if wrong := long_reason():
        return _page(found, wrong), 422
    try:
        says = _answer(found)
    except decisions.ReasonMissing:
        session.rollback()
        return _page(found, {"reason": _("Write why: the judge reads it.")}), 422
    except NotTheChair as error:
        session.rollback()
        return _page(found, {"": not_you(error)}), 409
    except approvals.SamePerson:
        session.rollback()
        return _page(found, {"": _("You agreed to this yourself. Somebody else has to approve it.")}), 409
    except MayNotApprove:
        session.rollback()
        return _page(
            found, {"": _("You may not decide this: it is your own sheet, or you have a conflict.")}
        ), 409
    except PanelHasRead:
        session.rollback()
        says = _("The deliberation room was opened: the panel has read the totals, so its marks stand.")
        return _page(found, {"": says}), 409
    except NotNow:
        session.rollback()
        return _page(found, {"": _("The finalists of this category are announced, so its marks stand.")}), 409
    except (NotWaiting, approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged):
        session.rollback()
        return lead(
            "table.reopened", _("This request has moved on meanwhile; nothing was changed."), "caution"
        )
    session.commit()
    return lead("table.reopened", says)


def _answer(found: Reopening) -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    act = posted("act")
    if act == "propose":
        reopening.propose(session, here, found, actor=actor, now=now)
        return _("Agreed. Somebody else has to approve it.")
    if act == "approve":
        reopening.approve(session, here, found, posted("sha256"), actor=actor, now=now)
        return _("The judge may now mend their own sheets of this category.")
    if act == "refuse":
        reopening.refuse(session, here, found, reason=posted("reason"), actor=actor, now=now)
        return _("Turned down. The judge reads your reason on the page of the nomination.")
    if act != "finish":
        abort(400)
    reopening.finish(session, here, found, actor=actor, now=now)
    return _("Ended. The standing was counted and frozen again.")


def _page(found: Reopening, wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    table, waiting = chairs.table_of(session, here), approvals.waiting(session, here, reopening.act_of(found))
    return show(
        "reopen.html",
        "table.reopened",
        it=_asked(found, table, waiting),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        name_of=name_of,
    )

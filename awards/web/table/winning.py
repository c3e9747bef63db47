"""The signature under the winners: the chair's, or that of two organisers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import approvals, countersigning, decisions, winners
from awards.chairs import NotTheChair
from awards.countersigning import ChairMaySign, OrganiserBound
from awards.elections import ShortlistNotSigned
from awards.extensions import db
from awards.results import NotCounted
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, may, name_of, posted, posted_number
from awards.web.table import counting
from awards.web.table.counting import Counted, State
from awards.web.table.deciding import result_or_404
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import TWO_CHAIR, not_you
from awards.winners import ChairToDecide, ResultChanged, RunoffOpen, WinnersSigned

CHANGED = _l(
    "The result was counted again since you opened this page. Nothing was decided. Read it as it stands now."
)
LEVEL = _l("Nominations are level at a prize, and the chair has not ordered them yet.")
VOTING = _l("A run-off has to be voted and counted first.")


def why(error: Exception) -> str:
    if isinstance(error, ChairToDecide):
        return str(LEVEL)
    return str(VOTING) if isinstance(error, RunoffOpen) else str(CHANGED)


@blueprint.route("/acts/sign-winners", methods=["GET", "POST"])
@audience(Audience.TABLE)
def sign_winners(edition: str) -> Answer:  # noqa: ARG001
    """Sign the winners of one category, or of all that are settled."""
    if not is_closed():
        return lead("table.index")
    if request.method == "GET":
        ready = _ready()
        if not ready:
            return lead("table.results", _("Nothing waits for your signature."), "caution")
        return _sign(ready)
    there = counting.board(door.edition())
    seen = {it.key: posted_number(f"seen-{it.key}") for it in there if posted(f"seen-{it.key}")}
    if not seen:
        abort(400)
    try:
        done = winners.sign(
            db.session(), door.edition(), seen=seen, actor=sessions.actor(), now=sessions.now()
        )
    except NotTheChair as error:
        db.session.rollback()
        return _sign(_posted(), not_you(error)), 409
    except (ResultChanged, ChairToDecide, RunoffOpen, NotCounted, ShortlistNotSigned) as error:
        db.session.rollback()
        return _sign(_posted(), why(error)), 409
    new = [it.category for it in done if it.is_new]
    db.session.commit()
    if not new:
        return lead("table.results", _("It was signed already; nothing was changed."), "caution")
    says = ngettext(
        "Signed: the winners of one category. Nobody outside is told before the release.",
        "Signed: the winners of %(num)d categories. Nobody outside is told before the release.",
        len(new),
    )
    return lead("table.results", says)


def _ready() -> list[Counted]:
    """The category that the address names, else all that wait for whoever reads."""
    wanted = request.args.get("category", "")
    return [
        it
        for it in counting.board(door.edition())
        if it.state is State.TO_SIGN and (it.key == wanted or (not wanted and it.is_mine))
    ]


def _posted() -> list[Counted]:
    return [
        it for it in counting.board(door.edition()) if it.state is State.TO_SIGN and posted(f"seen-{it.key}")
    ]


def _sign(ready: list[Counted], stopped: str = "") -> str:
    return show(
        "sign_winners.html",
        "table.results",
        ready=ready,
        mine=bool(ready) and all(it.is_mine for it in ready),
        stopped=stopped,
        target=url_for(
            "table.sign_winners", edition=door.edition().key, category=request.args.get("category")
        ),
        name_of=name_of,
    )


@blueprint.route("/<category>/result/two", methods=["GET", "POST"])
@audience(Audience.TABLE)
def result_two(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Where chair and deputies all have a conflict, two organisers sign."""
    if not is_closed():
        return lead("table.index")
    it = result_or_404(category)
    if request.method == "GET":
        return _two(it)
    if not may(Audience.ORGANISER, reading=False):
        return _two(it, {"": _("Two organisers sign here.")}), 409
    if wrong := long_reason():
        return _two(it, wrong), 422
    try:
        says = _answer_two(it)
    except decisions.ReasonMissing:
        db.session.rollback()
        return _two(it, {"reason": _("Write a word on it: the decision states it.")}), 422
    except approvals.SamePerson:
        db.session.rollback()
        return _two(it, {"": _("You signed first yourself. Another organiser signs second.")}), 409
    except OrganiserBound as error:
        db.session.rollback()
        return _two(it, {"": _("You have a conflict with: %(references)s.", references=str(error))}), 409
    except ChairMaySign:
        db.session.rollback()
        return _two(it, {"": str(TWO_CHAIR)}), 409
    except (ResultChanged, ChairToDecide, RunoffOpen) as error:
        db.session.rollback()
        return _two(result_or_404(category), {"": why(error)}), 409
    except (approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged, WinnersSigned):
        db.session.rollback()
        return lead("table.result", str(CHANGED), "caution", category=it.key)
    db.session.commit()
    return lead("table.result", says, category=it.key)


def _answer_two(it: Counted) -> str:
    session, edition, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    if posted("act") == "end":
        proposal = approvals.take(session, edition, countersigning.act_of(it.key), posted("sha256"))
        approvals.end(session, edition, proposal, actor=actor, now=now)
        return _("The first signature is taken back; nothing is signed.")
    if posted("act") == "approve":
        countersigning.approve(session, edition, it.key, posted("sha256"), actor=actor, now=now)
        return _("Signed by two organisers.")
    reason, seen = posted("reason"), posted_number("seen")
    countersigning.propose(session, edition, it.key, seen=seen, reason=reason, actor=actor, now=now)
    return _("Signed first. Another organiser signs second.")


def _two(it: Counted, wrong: Mapping[str, str] | None = None) -> str:
    session = db.session()
    proposal = approvals.waiting(session, door.edition(), countersigning.act_of(it.key))
    if proposal is not None and not countersigning.is_about(proposal, it.frozen):
        proposal = None
    return show(
        "result_two.html",
        "table.results",
        it=it,
        proposal=proposal,
        proposer=name_of(approvals.proposer(session, proposal)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        organiser=may(Audience.ORGANISER, reading=False),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

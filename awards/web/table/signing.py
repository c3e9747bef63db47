"""The signature under a shortlist or under the winners: the chair's, or that of two organisers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import abort, request, url_for
from flask_babel import gettext as _

from awards import approvals, borderline, countersigning, decisions
from awards.chairs import NotTheChair
from awards.countersigning import ChairMaySign, OrganiserBound
from awards.extensions import db
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, may, name_of, posted, posted_number
from awards.web.table import stages
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.stages import At
from awards.web.table.stood import Stood


def not_you(error: Exception) -> str:
    """Why somebody else decides or signs, and who that is."""
    if isinstance(error, OrganiserBound):
        return _("You have a conflict with: %(references)s.", references=str(error))
    if isinstance(error, ChairMaySign):
        return _("Somebody at the table has no conflict here, so the chair or a deputy signs.")
    if isinstance(error, approvals.SamePerson):
        return _("You signed first yourself. Another organiser signs second.")
    assert isinstance(error, NotTheChair)
    if error.acting is None:
        return _("Nobody at the table may decide this: no chair is appointed, or all have a conflict.")
    return _("This is not for you to decide. Who decides: %(name)s.", name=name_of(error.acting))


@blueprint.route("/acts/sign", methods=["GET", "POST"])
@audience(Audience.TABLE)
def sign(edition: str) -> Answer:  # noqa: ARG001
    return _signed(stages.SHORTLIST)


@blueprint.route("/acts/sign-winners", methods=["GET", "POST"])
@audience(Audience.TABLE)
def sign_winners(edition: str) -> Answer:  # noqa: ARG001
    return _signed(stages.RESULT)


def _signed(at: At) -> Answer:
    """Sign one category, or all that are settled."""
    if not is_closed():
        return lead("table.index")
    board = at.board(door.edition())
    if request.method == "GET":
        ready = _ready(board)
        if not ready:
            return lead(at.tab, _("Nothing waits for your signature."), "caution")
        return _sign(at, ready)
    seen = {it.key: posted_number(f"seen-{it.key}") for it in board if posted(f"seen-{it.key}")}
    if not seen:
        if not any(name.startswith("seen-") for name in request.form):
            abort(400)
        return lead(at.tab, str(at.changed), "caution")
    try:
        new = at.sign(db.session(), door.edition(), seen=seen, actor=sessions.actor(), now=sessions.now())
    except (NotTheChair, *stages.CHANGED, *stages.UNSETTLED) as error:
        says = not_you(error) if isinstance(error, NotTheChair) else at.why(error)
        db.session.rollback()
        return _sign(
            at, [it for it in at.board(door.edition()) if it.is_settled and it.key in seen], says
        ), 409
    db.session.commit()
    if not new:
        return lead(at.tab, _("It was signed already; nothing was changed."), "caution")
    return lead(at.tab, at.signed(new))


def _ready(board: Sequence[Stood]) -> list[Stood]:
    """The category that the address names, else all that wait for whoever reads."""
    wanted = request.args.get("category", "")
    return [it for it in board if it.is_settled and (it.key == wanted or (not wanted and it.is_mine))]


def _sign(at: At, ready: Sequence[Stood], stopped: str = "") -> str:
    category = request.args.get("category")
    return show(
        f"{at.signing}.html",
        at.tab,
        ready=ready,
        mine=bool(ready) and all(it.is_mine for it in ready),
        stopped=stopped,
        advised=may(Audience.ADVICE, reading=True),
        readings_can_come=borderline.can_come(db.session(), door.edition()),
        target=url_for(f"table.{at.signing}", edition=door.edition().key, category=category),
        name_of=name_of,
    )


@blueprint.route("/<category>/two", methods=["GET", "POST"])
@audience(Audience.TABLE)
def two(edition: str, category: str) -> Answer:  # noqa: ARG001
    return _signed_by_two(stages.SHORTLIST, category)


@blueprint.route("/<category>/result/two", methods=["GET", "POST"])
@audience(Audience.TABLE)
def result_two(edition: str, category: str) -> Answer:  # noqa: ARG001
    return _signed_by_two(stages.RESULT, category)


def _signed_by_two(at: At, category: str) -> Answer:
    """Where chair and deputies all have a conflict, two organisers sign."""
    if not is_closed():
        return lead("table.index")
    it = at.one_or_404(category)
    if request.method == "GET":
        return _two(at, it)
    if not may(Audience.ORGANISER, reading=False):
        return _two(at, it, {"": _("Two organisers sign here.")}), 409
    if wrong := long_reason():
        return _two(at, it, wrong), 422
    try:
        says = _answer_two(at, it)
    except decisions.ReasonMissing:
        db.session.rollback()
        return _two(at, it, {"reason": _("Write a word on it: the decision states it.")}), 422
    except (approvals.SamePerson, OrganiserBound, ChairMaySign) as error:
        db.session.rollback()
        return _two(at, it, {"": not_you(error)}), 409
    except (*stages.CHANGED, *stages.UNSETTLED) as error:
        db.session.rollback()
        return _two(at, at.one_or_404(category), {"": at.why(error)}), 409
    except (approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged, *stages.SIGNED):
        db.session.rollback()
        return at.back(it, at.changed, "caution")
    db.session.commit()
    return at.back(it, says)


def _answer_two(at: At, it: Stood) -> str:
    session, edition, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    sha256 = posted("sha256")
    if posted("act") == "end":
        proposal = approvals.take(session, edition, countersigning.act_of(it.key, at.stage), sha256)
        approvals.end(session, edition, proposal, actor=actor, now=now)
        return _("The first signature is taken back; nothing is signed.")
    if posted("act") == "approve":
        countersigning.approve(session, edition, it.key, at.stage, sha256, actor=actor, now=now)
        return _("Signed by two organisers.")
    reason, seen = posted("reason"), posted_number("seen")
    countersigning.propose(session, edition, it.key, at.stage, seen=seen, reason=reason, actor=actor, now=now)
    return _("Signed first. Another organiser signs second.")


def _two(at: At, it: Stood, wrong: Mapping[str, str] | None = None) -> str:
    session = db.session()
    proposal = countersigning.first(session, door.edition(), it.key, at.stage, it.frozen)
    return show(
        f"{at.countersigning}.html",
        at.tab,
        it=it,
        proposal=proposal,
        proposer=name_of(approvals.proposer(session, proposal)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        organiser=may(Audience.ORGANISER, reading=False),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

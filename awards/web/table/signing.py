"""The signature under a shortlist: the chair's, or that of two organisers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import approvals, decisions, shortlists
from awards.chairs import NotTheChair
from awards.extensions import db
from awards.shortlists import (
    AlreadySigned,
    ChairDecides,
    ChairMaySign,
    NobodyMarked,
    OrganiserBound,
    SheetsOpen,
    StandingChanged,
)
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import may, name_of, posted, posted_number
from awards.web.table import sight
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.sight import Sight, State
from awards.web.table.standing import category_or_404

CHANGED = _l(
    "The standing was counted again since you opened this page. Nothing was decided. Read it as it stands now."
)
MENDED = _l("A judge mends a sheet of this category, or has asked to. It can be signed when that is over.")
WAITS = _l("Nominations are level at the cut, and the chair has not ordered them yet.")
TWO_CHAIR = _l("Somebody at the table has no conflict here, so the chair or a deputy signs.")


def not_you(error: NotTheChair) -> str:
    """Why somebody else decides, and who that is."""
    if error.acting is None:
        return _("Nobody at the table may decide this: no chair is appointed, or all have a conflict.")
    return _("This is not for you to decide. Who decides: %(name)s.", name=name_of(error.acting))


@blueprint.route("/acts/sign", methods=["GET", "POST"])
@audience(Audience.TABLE)
def sign(edition: str) -> Answer:  # noqa: ARG001
    """Sign the shortlist of one category, or of all that are settled."""
    if not is_closed():
        return lead("table.index")
    if request.method == "GET":
        ready = _ready()
        if not ready:
            return lead("table.index", _("Nothing waits for your signature."), "caution")
        return _sign(ready)
    seen = {it.key: posted_number(f"seen-{it.key}") for it in _ready(every=True) if posted(f"seen-{it.key}")}
    if not seen:
        abort(400)
    try:
        done = shortlists.sign(
            db.session(), door.edition(), seen=seen, actor=sessions.actor(), now=sessions.now()
        )
    except NotTheChair as error:
        db.session.rollback()
        return _sign(_ready(every=True), not_you(error)), 409
    except (StandingChanged, SheetsOpen, NobodyMarked, ChairDecides) as error:
        db.session.rollback()
        return _sign(_ready(every=True), why(error)), 409
    db.session.commit()
    if not done.signed:
        return lead("table.index", _("It was signed already; nothing was changed."), "caution")
    return lead("table.index", _signed(len(done.signed)))


def _signed(count: int) -> str:
    return ngettext(
        "Signed: the shortlist of one category. The secretariat announces it.",
        "Signed: the shortlists of %(num)d categories. The secretariat announces them.",
        count,
    )


def why(error: Exception) -> str:
    if isinstance(error, SheetsOpen):
        return str(MENDED)
    if isinstance(error, NobodyMarked):
        return _("No sheet counts any more for %(references)s. Nothing can be signed.", references=str(error))
    return str(WAITS) if isinstance(error, ChairDecides) else str(CHANGED)


def _ready(*, every: bool = False) -> list[Sight]:
    """The categories on the page: the one that its address names, else all that wait for whoever reads."""
    wanted = request.args.get("category", "")
    board = sight.board(door.edition())
    if every:
        return [it for it in board if it.signed is None or posted(f"seen-{it.key}")]
    return [
        it for it in board if it.state is State.TO_SIGN and (it.key == wanted or (not wanted and it.is_mine))
    ]


def _sign(ready: list[Sight], stopped: str = "") -> str:
    shown = [it for it in ready if it.state is State.TO_SIGN and (not stopped or posted(f"seen-{it.key}"))]
    return show(
        "sign.html",
        "table.index",
        ready=shown,
        mine=bool(shown) and all(it.is_mine for it in shown),
        stopped=stopped,
        advised=may(Audience.ADVICE, reading=True),
        target=url_for("table.sign", edition=door.edition().key, category=request.args.get("category")),
        name_of=name_of,
    )


@blueprint.route("/<category>/two", methods=["GET", "POST"])
@audience(Audience.TABLE)
def two(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Where chair and deputies all have a conflict, two organisers sign."""
    if not is_closed():
        return lead("table.index")
    it = category_or_404(door.edition(), category)
    if request.method == "GET":
        return _two(it)
    if not may(Audience.ORGANISER, reading=False):
        return _two(it, {"": _("Two organisers sign here.")}), 409
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
        says = _("You have a conflict with: %(references)s.", references=str(error))
        return _two(it, {"": says}), 409
    except ChairMaySign:
        db.session.rollback()
        return _two(it, {"": str(TWO_CHAIR)}), 409
    except (StandingChanged, SheetsOpen, NobodyMarked, ChairDecides) as error:
        db.session.rollback()
        return _two(it, {"": why(error)}), 409
    except (approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged, AlreadySigned):
        db.session.rollback()
        return lead("table.category", str(CHANGED), "caution", category=it.key)
    db.session.commit()
    return lead("table.category", says, category=it.key)


def _answer_two(it: Sight) -> str:
    session, edition, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    if posted("act") == "end":
        proposal = approvals.take(session, edition, shortlists.signing_act(it.key), posted("sha256"))
        approvals.end(session, edition, proposal, actor=actor, now=now)
        return _("The first signature is taken back; nothing is signed.")
    if posted("act") == "approve":
        shortlists.approve_signing(session, edition, it.key, posted("sha256"), actor=actor, now=now)
        return _("Signed by two organisers.")
    shortlists.propose_signing(
        session,
        edition,
        it.key,
        seen=posted_number("seen"),
        reason=posted("reason")[:1000],
        actor=actor,
        now=now,
    )
    return _("Signed first. Another organiser signs second.")


def _two(it: Sight, wrong: Mapping[str, str] | None = None) -> str:
    session = db.session()
    proposal = approvals.waiting(session, door.edition(), shortlists.signing_act(it.key))
    if proposal is not None and not shortlists.is_about(proposal, it.frozen):
        proposal = None
    return show(
        "two.html",
        "table.index",
        it=it,
        proposal=proposal,
        proposer=name_of(approvals.proposer(session, proposal)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        organiser=may(Audience.ORGANISER, reading=False),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

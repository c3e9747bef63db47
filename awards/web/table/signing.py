"""The chair's orders among level nominations, and the signature."""

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
from awards.verdicts import NamedTwice, NoTieThere
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, may, name_of, posted, posted_number
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


@blueprint.route("/<category>/order", methods=["GET", "POST"])
@audience(Audience.TABLE)
def order(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Order level nominations; until the signature an order can be replaced by another."""
    if not is_closed():
        return lead("table.index")
    it = category_or_404(door.edition(), category)
    if it.chairs_step is None or it.signed is not None:
        return lead(
            "table.category", _("There is nothing to order here any more."), "caution", category=it.key
        )
    if request.method == "GET":
        return _order(it)
    wrong, given = _given(it)
    wrong |= long_reason()
    if not posted("reason"):
        wrong["reason"] = _(
            "Write why in this order: the decision states it, and the public record keeps it."
        )
    if wrong:
        return _order(it, wrong), 422
    try:
        shortlists.order_level(
            db.session(),
            door.edition(),
            it.key,
            given,
            reason=posted("reason"),
            seen=posted_number("seen"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except NotTheChair as error:
        db.session.rollback()
        return _order(it, {"": not_you(error)}), 409
    except NobodyMarked as error:
        db.session.rollback()
        return _order(category_or_404(door.edition(), category), {"": _why(error)}), 409
    except (StandingChanged, NamedTwice, NoTieThere, AlreadySigned):
        db.session.rollback()
        return _order(category_or_404(door.edition(), category), {"": str(CHANGED)}), 409
    db.session.commit()
    says = _("Ordered. The standing was counted again; it is final when it is signed.")
    return lead("table.category", says, category=it.key)


def _given(it: Sight) -> tuple[dict[str, str], list[str]]:
    """The order that was chosen, best first, and what is wrong with it."""
    assert it.chairs_step is not None
    level, places = it.chairs_step.level, dict[str, str]()
    wrong: dict[str, str] = {}
    for number, name in enumerate(level):
        chosen = posted(f"place-{number}")
        if chosen and chosen not in [str(place) for place in range(1, len(level) + 1)]:
            wrong[f"place-{number}"] = _("Choose one of the places.")
        elif chosen in places:
            wrong[f"place-{number}"] = _(
                "%(one)s and %(other)s have the same place. Give each its own, or leave one level.",
                one=places[chosen],
                other=name,
            )
        elif chosen:
            places[chosen] = name
    if not places and not wrong:
        wrong["place-0"] = _("Give at least one of them a place.")
    return wrong, [places[place] for place in sorted(places, key=int)]


def _order(it: Sight, wrong: Mapping[str, str] | None = None) -> str:
    step = it.chairs_step
    level = [line for line in it.lines if step is not None and line.nomination.reference in step.level]
    level.sort(key=lambda line: line.nomination.reference)
    before = [group[0] for group in step.groups if len(group) == 1] if step else []
    chosen = {
        number: posted(f"place-{number}")
        if sessions.filled() is not None
        else str(before.index(line.nomination.reference) + 1)
        if line.nomination.reference in before
        else ""
        for number, line in enumerate(level)
    }
    return show(
        "order.html",
        "table.index",
        it=it,
        level=list(enumerate(level)),
        chosen=chosen,
        before=bool(before),
        seen=posted_number("seen") or it.frozen.number,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        name_of=name_of,
    )


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
        return _sign(_ready(every=True), _why(error)), 409
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


def _why(error: Exception) -> str:
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
        return _two(it, {"": _why(error)}), 409
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


@blueprint.post("/<category>/go-on")
@audience(Audience.TABLE)
def go_on(edition: str, category: str) -> Answer:  # noqa: ARG001
    """Where all at the table have become bound since the close, the ladder goes on to its next step."""
    if not is_closed():
        return lead("table.index")
    it = category_or_404(door.edition(), category)
    try:
        moved = shortlists.go_on(
            db.session(), door.edition(), it.key, actor=sessions.actor(), now=sessions.now()
        )
    except AlreadySigned:
        moved = False
    db.session.commit()
    says = _("The ladder went on.") if moved else _("There is nothing to be done here any more.")
    return lead("table.category", says, "done" if moved else "caution", category=it.key)

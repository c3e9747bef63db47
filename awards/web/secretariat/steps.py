"""From phase to phase: each step on a page with what follows and what is missing, taken by a confirmation."""

from __future__ import annotations

from pathlib import Path

from flask import abort, current_app, request
from flask_babel import gettext as _

from awards import approvals, decisions, editions, steps
from awards.editions import NotFrozen
from awards.elections import ShortlistNotSigned, TooFewElectors
from awards.extensions import db
from awards.models import Account
from awards.shares import HoldersMissing
from awards.timetable import IllegalTransition, Phase
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.secretariat import wording
from awards.web.secretariat.frame import Answer, back_to, blueprint, name_of, posted, show, tabs
from awards.web.texts import listed


def _key_folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "keys"


@blueprint.route("/<edition>/next", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def next_phase(edition: str) -> Answer:
    """Take the step into the next phase."""
    found, session = door.edition(), db.session()
    phase = steps.following(session, found)
    if phase is None or phase not in wording.STEPS:
        return back_to("edition", _("The next phase is entered by an act of its own."), "caution")
    if phase is Phase.SECOND_ROUND and editions.rules_of(session, found).vote is not None:
        return back_to("polling.open_vote")
    if request.method == "GET":
        return _step(phase)
    try:
        seen = Phase(posted("seen"))
        steps.take(
            session,
            found,
            phase,
            seen=seen,
            key_folder=_key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (ValueError, steps.StepTaken):
        session.rollback()
        says = _("The edition has moved on meanwhile; nothing more was done. This is where it stands.")
        return back_to("edition", says, "caution")
    except steps.StandsInTheWay:
        session.rollback()
        return _step(phase), 422
    except (ShortlistNotSigned, TooFewElectors, NotFrozen, HoldersMissing) as error:
        session.rollback()
        return _step(phase, stopped=_why(error)), 422
    session.commit()
    return back_to("edition", _("Done: %(phase)s.", phase=words.PHASES[phase]))


def _why(error: Exception) -> str:
    if isinstance(error, ShortlistNotSigned):
        return _("The chair has not signed every shortlist yet: %(categories)s.", categories=str(error))
    if isinstance(error, HoldersMissing):
        return _holders_missing(error)
    if isinstance(error, TooFewElectors):
        return _("Too few may vote: %(categories)s.", categories=str(error))
    return _("The rules have to be frozen first.")


def _holders_missing(error: HoldersMissing) -> str:
    if not error.missing:
        return _(
            "Key holders are named, but not three. Ask the others on the page People, or end their roles."
        )
    return _(
        "The rules are frozen once three key holders are ready. Not ready yet: %(names)s.",
        names=listed(error.missing),
    )


def _step(phase: Phase, *, stopped: str = "") -> str:
    found = door.edition()
    missing = steps.missing(db.session(), found, sessions.now())
    return show(
        "step.html",
        "edition",
        phase=phase,
        follows=wording.follows(phase, editions.rules_of(db.session(), found)),
        missing=missing,
        stopped=stopped or any(it.stops for it in missing),
        why=stopped,
        pages=[tab.endpoint for tab in tabs()] + ["secretariat.own_deadlines"],
    )


@blueprint.route("/<edition>/freeze", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def freeze(edition: str) -> Answer:
    """Freeze the rules before the first round, which does it otherwise."""
    found, session = door.edition(), db.session()
    if found.phase is Phase.DRAFT:
        abort(404)
    if request.method == "GET":
        return _freeze()
    held = editions.rules_document(session, found)
    if posted("sha256") != held.sha256:
        says = _(
            "The rules have been amended since you opened the page. Read them again before you freeze them."
        )
        return back_to("freeze", says, "caution")
    try:
        fresh = editions.freeze(
            session, found, folder=_key_folder(), actor=sessions.actor(), now=sessions.now()
        )
    except HoldersMissing as error:
        session.rollback()
        return _freeze(_holders_missing(error)), 422
    session.commit()
    return back_to("rules", _("The rules are frozen.") if fresh else _("The rules were frozen already."))


def _freeze(wrong: str = "") -> str:
    return show(
        "freeze.html",
        "rules",
        rules_document=editions.rules_document(db.session(), door.edition()),
        wrong={"": wrong} if wrong else {},
    )


@blueprint.route("/<edition>/back", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def back(edition: str) -> Answer:
    """Go one phase back: one organiser proposes, another one approves."""
    session = db.session()
    if request.method == "GET":
        return _back()
    try:
        says = _answer_back()
    except decisions.ReasonMissing:
        session.rollback()
        return _back({"reason": _("Write why the edition goes back: the decision states it.")}), 422
    except approvals.SamePerson:
        session.rollback()
        return _back({"": _("You proposed this yourself. Somebody else has to approve it.")}), 422
    except (approvals.NoProposal, approvals.ProposalWaits, steps.StepTaken, IllegalTransition):
        session.rollback()
        return back_to("edition", _("This is not to be done any more; nothing was changed."), "caution")
    session.commit()
    return back_to("edition", says)


def _answer_back() -> str:
    found, session, actor, now = door.edition(), db.session(), sessions.actor(), sessions.now()
    act = posted("act")
    if act == "propose":
        steps.propose_back(session, found, reason=posted("reason"), actor=actor, now=now)
        return _("Proposed. Another organiser has to approve it.")
    if act == "approve":
        steps.approve_back(session, found, posted("sha256"), actor=actor, now=now)
        return _("The edition has gone one phase back.")
    proposal = approvals.take(session, found, steps.STEP_BACK, posted("sha256"))
    approvals.end(session, found, proposal, actor=actor, now=now)
    return _("The proposal is ended; nothing was changed.")


def _back(faults: dict[str, str] | None = None) -> str:
    found, session = door.edition(), db.session()
    proposal = approvals.waiting(session, found, steps.STEP_BACK)
    there = steps.PUBLIC_BACK.get(found.phase)
    if there is None and proposal is None:
        abort(404)
    return show(
        "back.html",
        "edition",
        proposal=proposal,
        proposer=name_of(session.get(Account, proposal.proposer_id)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        there=there,
        faults=faults or {},
        reason=posted("reason"),
    )

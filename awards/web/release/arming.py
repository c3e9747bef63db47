"""Arming and pressing: what is left to do, who proposes and approves, the button, the clock that can be held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_babel import gettext as _

from awards import approvals, arming, decisions
from awards.arming import AlreadyArmed, MomentPassed
from awards.extensions import db
from awards.mending import ACT as MEND
from awards.models import Account, Approval, Release, ReleaseState
from awards.publication import NothingToPublish
from awards.publishing import RELEASE, CategoryDown, WinnersNotSigned
from awards.takedowns import PUT_BACK
from awards.timetable import in_zone
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.release import sight
from awards.web.release.routes import Answer, blueprint, show, stale
from awards.web.secretariat import stating, wording
from awards.web.secretariat.frame import back_to, face_of, long_reason, name_of, posted

CHANGED = (
    arming.StandChanged,
    approvals.SubjectChanged,
    AlreadyArmed,
    CategoryDown,
    NothingToPublish,
    WinnersNotSigned,
)


@dataclass(frozen=True, slots=True)
class Armed:
    """A release that is armed or held, with who said so."""

    it: Release
    names: str
    by: str
    waits: str
    stale: bool

    @property
    def mood(self) -> str:
        return "caution" if self.held or self.stale else "done"

    @property
    def held(self) -> bool:
        return self.it.state is ReleaseState.HELD


@blueprint.route("/", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def index(edition: str) -> Answer:  # noqa: ARG001
    """Where every category stands, what is left to do, and the two who arm the release."""
    if request.method == "GET":
        return _page()
    if wrong := long_reason():
        return _page(wrong), 422
    session = db.session()
    try:
        says = _propose() if posted("act") == "propose" else _answer()
    except _Wrong as error:
        session.rollback()
        return _page(error.wrong), 422
    except decisions.ReasonMissing:
        session.rollback()
        return _page({"reason": _("Write a word on it: the decision states it.")}), 422
    except MomentPassed:
        session.rollback()
        if posted("act") == "propose":
            return _page({"day": _("This moment has passed.")}), 422
        return _page({"": _("Its moment has passed. End the proposal, and propose another moment.")}), 409
    except approvals.SamePerson:
        session.rollback()
        return _page({"": _("You proposed this yourself. Somebody else has to approve it.")}), 409
    except (approvals.NoProposal, approvals.ProposalWaits):
        session.rollback()
        return back_to("release.index", stale(), "caution")
    except CHANGED:
        session.rollback()
        return _page({"": stale()}), 409
    session.commit()
    return back_to("release.index", says)


class _Wrong(Exception):
    """What was typed can't be taken as it is."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(", ".join(wrong))
        self.wrong = wrong


def _propose() -> str:
    chosen = request.form.getlist("category")
    wrong: dict[str, str] = {} if chosen else {"category": _("Choose at least one category.")}
    due: datetime | None = None
    if posted("when") == "later":
        typed = stating.typed()
        wrong |= typed.wrong
        due = typed.at.instant if typed.at else None
    elif posted("when") != "pressed":
        wrong["when"] = _("Choose when.")
    if wrong:
        raise _Wrong(wrong)
    arming.propose(
        db.session(),
        door.edition(),
        chosen,
        due=due,
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("Proposed. Another organiser has to approve it; nothing is public yet.")


def _answer() -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    if posted("act") == "approve":
        arming.approve(session, here, posted("sha256"), actor=actor, now=now)
        return _("Armed by two. Nothing is public yet.")
    proposal = approvals.take(session, here, RELEASE, posted("sha256"))
    approvals.end(session, here, proposal, actor=actor, now=now)
    return _("The proposal is ended; nothing was changed.")


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    rows = sight.board(here)
    proposal = approvals.waiting(session, here, RELEASE)
    ready = arming.ready(session, here)
    chosen = request.form.getlist("category") if request.method == "POST" else ready
    return show(
        "index.html",
        rows=rows,
        lacks=sight.checklist(here, rows),
        armed=[armed_as(it) for it in arming.live(session, here)],
        proposal=proposal,
        proposed=_proposed(proposal) if proposal else None,
        proposer=name_of(session.get(Account, proposal.proposer_id)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        mend_waits=approvals.waiting(session, here, MEND) is not None,
        back_waits=approvals.waiting(session, here, PUT_BACK) is not None,
        ready=[row for row in rows if row.key in ready],
        chosen=chosen,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        typed={
            "when": posted("when"),
            "day": posted("day"),
            "time": posted("time") or "10:00",
            "zone": posted("zone") or here.zone,
        },
        zones=wording.zones(),
    )


def _proposed(proposal: Approval) -> dict[str, object]:
    """What a proposal would arm: categories by name, and the moment."""
    due = str(proposal.subject["due"])
    return {
        "names": _names(proposal.subject["categories"]),
        "due": _moment(datetime.fromisoformat(due)) if due else "",
    }


def _names(keys: object) -> str:
    names = face_of(door.edition()).names
    return names.names("categories", tuple(keys))  # type: ignore[arg-type]


def _moment(at: datetime | None) -> str:
    return words.in_both(in_zone(at, door.edition().zone), sessions.me().zone) if at else ""


def armed_as(it: Release) -> Armed:
    session = db.session()
    signers = approvals.signatures(session, session.get_one(Approval, it.approval_id))
    by = ", ".join(str(signer["name"]) for signer in signers)
    stale = arming.is_stale(session, door.edition(), it)
    return Armed(it, _names(it.categories), by, _waits(it), stale)


def _waits(it: Release) -> str:
    """For what a release waits."""
    if it.state is ReleaseState.HELD:
        when = _moment(it.held_at)
        return _("Held since %(when)s. Nothing becomes public.", when=when)
    if it.due_at is not None and it.due_at <= sessions.now():
        return _(
            "Its moment was %(when)s, and the clock has not done it yet. You can press.",
            when=_moment(it.due_at),
        )
    if it.due_at is not None:
        return _("Becomes public on %(when)s.", when=_moment(it.due_at))
    return _("Waits until somebody presses.")

"""The overview of an edition: its time line, what the present phase needs, and the few numbers, each a link."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from awards import approvals, editions, programmes, register, stages, steps
from awards.certificates import ISSUE
from awards.envelopes import OPENING
from awards.extensions import db
from awards.mending import ACT as MEND
from awards.models import Account, Approval, Edition, NominationState
from awards.publishing import RELEASE
from awards.repeats import ANEW, TO_JUDGES
from awards.takedowns import PUT_BACK
from awards.timetable import Phase
from awards.web import door, sessions, timeline
from awards.web.access import Audience, audience
from awards.web.secretariat import wording
from awards.web.secretariat.frame import blueprint, face_of, may, name_of, show, tabs

COUNTED = (
    NominationState.DRAFT,
    NominationState.SUBMITTED,
    NominationState.RETURNED,
    NominationState.ELIGIBLE,
    NominationState.INELIGIBLE,
    NominationState.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the list that it leads to."""

    number: int
    says: object
    leads_to: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits for a second person."""

    says: str
    by: str
    leads_to: str
    own: bool


@blueprint.get("/<edition>/")
@audience(Audience.STAFF)
def edition(edition: str) -> str:
    found, session, now = door.edition(), db.session(), sessions.now()
    its_face, rules = face_of(found), editions.rules_of(session, found)
    reading = may(Audience.SCREENER, reading=True)
    return show(
        "edition.html",
        "edition",
        stops=timeline.line(its_face.timetable, now=now, zone=found.zone),
        stations=timeline.stations(found.phase, rules.second_round),
        second_round=rules.second_round,
        missing=steps.missing(session, found, now) if reading else (),
        following=_next_step(found),
        figures=_figures(found) if reading else [],
        proposals=_proposals(found) if may(Audience.ORGANISER, reading=True) else [],
        pages=[tab.endpoint for tab in tabs()] + ["secretariat.own_deadlines", *_of_the_panel()],
        closes=stages.current_round(session, found),
        public=found.phase is not Phase.DRAFT,
        rules_document=editions.rules_document(session, found),
        may_step_back=found.phase in steps.PUBLIC_BACK,
    )


def _of_the_panel() -> list[str]:
    """Pages of the panel without a tab of their own."""
    if not may(Audience.ORGANISER, reading=True):
        return []
    acts = ["panel.remind"] if may(Audience.ORGANISER, reading=False) else []
    return ["panel.closing", *acts, "panel.conflicts"]


def _next_step(found: Edition) -> Phase | None:
    """The next phase where these pages lead into it."""
    phase = steps.following(db.session(), found)
    return phase if phase in wording.STEPS else None


def _figures(found: Edition) -> list[Figure]:
    session, key = db.session(), found.key
    states = steps.counts(session, found)
    nominations = url_for("secretariat.nominations", edition=key)
    figures = [
        Figure(states.get(state, 0), wording.STATES[state], nominations)
        for state in COUNTED
        if states.get(state) or state in (NominationState.DRAFT, NominationState.SUBMITTED)
    ]
    if may(Audience.APPOINTER, reading=True) and (new := len(register.unconfirmed(session))):
        figures.append(Figure(new, _("Organisations to confirm"), url_for("secretariat.organisations")))
    return figures


def _proposals(found: Edition) -> list[Waiting]:
    acts = {
        programmes.MENDING: (_("Mend the frozen rules"), "secretariat.mending"),
        steps.STEP_BACK: (_("Go one phase back"), "secretariat.back"),
        OPENING: (_("Open the envelopes of the vote"), "polling.unseal"),
        TO_JUDGES: (_("Destroy the envelopes and let the judges vote"), "polling.unseal"),
        ANEW: (_("Destroy envelopes that nobody can open"), "polling.anew"),
        RELEASE: (_("Release winners"), "release.index"),
        PUT_BACK: (_("Make winners public again"), "release.taken_down"),
        MEND: (_("Revoke or correct a public prize"), "after.prizes"),
        ISSUE: (_("Issue certificates"), "certificates.index"),
    }
    waiting = approvals.all_waiting(db.session(), found)
    return [
        _waiting(waiting[act], says, url_for(page, edition=found.key))
        for act, (says, page) in acts.items()
        if act in waiting
    ]


def _waiting(proposal: Approval, says: str, address: str) -> Waiting:
    proposer = db.session.get(Account, proposal.proposer_id)
    return Waiting(says, name_of(proposer), address, proposal.proposer_id == sessions.me().id)

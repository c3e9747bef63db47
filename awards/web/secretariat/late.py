"""Requests for late acceptance: what was sent too late is kept, read here, and taken or not with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from awards import deadlines, decisions, drafts, editions, lateness, submitting
from awards.extensions import db
from awards.models import (
    Account,
    Decision,
    LateRequest,
    Nomination,
    NominationRevision,
)
from awards.timetable import Deadline
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.nominations.desk import Desk
from awards.web.nominations.reading import Reading
from awards.web.secretariat.frame import Answer, back_to, blueprint, name_of, posted, show


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the text that it is about, and how it was decided."""

    request: LateRequest
    nomination: Nomination
    revision: NominationRevision
    decision: Decision | None
    by: str
    deadline: Deadline | None

    @property
    def accepted(self) -> bool:
        return self.decision is not None and bool(self.decision.subject.get("accepted"))


@dataclass(frozen=True)
class Kept(Desk):
    """The nomination as it was kept; its files are read where the edition's people read them."""

    @cached_property
    def files(self) -> dict[str, dict[str, str]]:
        return {
            key: found | {"href": url_for("files.screen", edition=self.edition.key, key=key)}
            for key, found in super().files.items()
        }


def _requests() -> list[Asked]:
    session, edition = db.session(), door.edition()
    rows = session.execute(
        select(LateRequest, Nomination, NominationRevision, Decision, Account)
        .join(Nomination, Nomination.id == LateRequest.nomination_id)
        .join(
            NominationRevision,
            (NominationRevision.nomination_id == LateRequest.nomination_id)
            & (NominationRevision.number == LateRequest.revision_number),
        )
        .join(Account, Account.id == LateRequest.by_id)
        .outerjoin(Decision, Decision.id == LateRequest.decision_id)
        .where(Nomination.edition_id == edition.id)
        .order_by(LateRequest.decision_id.is_not(None), LateRequest.at, LateRequest.id)
    )
    closes = deadlines.closes(session, edition)
    return [
        Asked(asked, nomination, revision, decision, name_of(account), closes)
        for asked, nomination, revision, decision, account in rows
    ]


@blueprint.get("/<edition>/late", endpoint="late")
@audience(Audience.ORGANISER)
def listing(edition: str) -> str:
    found: Sequence[Asked] = _requests()
    return show(
        "late.html",
        "late",
        waiting=[it for it in found if it.decision is None],
        decided=[it for it in found if it.decision is not None],
    )


@blueprint.route("/<edition>/late/<nomination>/<int:number>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def late_request(edition: str, nomination: str, number: int) -> Answer:
    """One request: its reason and the text that was kept; accepted or refused with a reason."""
    asked = next(
        (it for it in _requests() if it.nomination.public_id == nomination and it.revision.number == number),
        None,
    )
    if asked is None:
        abort(404)
    if lateness.interests_of(db.session(), sessions.me(), asked.nomination):
        return show("late_bound.html", "late"), 403
    if request.method == "GET":
        return _request(asked)
    if posted("act") not in ("accept", "refuse"):
        abort(400)
    accepted = posted("act") == "accept"
    try:
        lateness.decide(
            db.session(),
            asked.request,
            accepted=accepted,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        return _request(asked, {"reason": _("Write why: the nominator reads it.")}), 422
    except submitting.AlreadyDecided:
        db.session.rollback()
        return back_to("late", _("Somebody else has decided this request meanwhile."), "caution")
    except (drafts.NotEditable, drafts.NominationsNotOpen):
        db.session.rollback()
        says = _("This can't be decided any more: the nomination was withdrawn, or judging has begun.")
        return back_to("late", says, "alarm")
    except (drafts.CategoryClosed, submitting.Incomplete):
        db.session.rollback()
        wrong = {
            "": _("This text can't be accepted: its category is closed, or the form asks for more by now.")
        }
        return _request(asked, wrong), 422
    db.session.commit()
    return back_to(
        "late", _("Accepted. The nominator is told.") if accepted else _("Refused. The nominator is told.")
    )


def _request(asked: Asked, wrong: Mapping[str, str] | None = None) -> str:
    session, edition = db.session(), door.edition()
    desk = Kept(
        nomination=asked.nomination,
        edition=edition,
        rules=editions.rules_of(session, edition),
        texts=editions.texts_of(session, edition),
        revision=asked.revision,
        opened=sessions.now(),
        token="",
        now=sessions.now(),
    )
    return show(
        "late_request.html",
        "late",
        asked=asked,
        reading=Reading(desk, drafts.said_by(asked.revision)),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

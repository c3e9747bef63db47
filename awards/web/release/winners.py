"""Winners told in confidence, as the secretariat sees it: who was told, who read it, what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import acceptances, confidences, decisions, declining, mails, proofs, wishes
from awards.acceptances import NotGiven, NothingToTell, Released
from awards.confidences import Reader
from awards.declining import ConsequencesChanged, NotDeclined
from awards.extensions import db
from awards.models import Acceptance, Account, Award, AwardState, Outbox
from awards.models import Answer as Answered
from awards.notices import Template
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.release import naming
from awards.web.release.routes import Answer, blueprint, show, stale
from awards.web.results import title_of
from awards.web.secretariat.frame import back_to, face_of, long_reason, name_of, posted
from awards.web.texts import Names, Text, own
from awards.wishes import NothingAsked, WishChanged

ANSWERS: Mapping[Answered | None, object] = {
    None: _l("No answer yet"),
    Answered.ACCEPTED: _l("Accepts"),
    Answered.DECLINED: _l("Declines"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A prize with who has it, and where its winner stands with it."""

    award: Award
    told: Acceptance | None
    category: Text
    prize: Text
    name: Text
    title: Text
    readers: tuple[Reader, ...]
    reached: bool
    stands: bool

    @property
    def answer(self) -> object:
        if self.award.state is AwardState.SUPERSEDED:
            return _("Taken back with the result")
        if self.award.state is not AwardState.GIVEN:
            return _("Declined, recorded")
        if not self.stands:
            return _("Given anew: to be told again")
        return ANSWERS[self.told.answer] if self.told else _("Not told yet")

    @property
    def asks(self) -> bool:
        return self.told is not None and wishes.is_asking(self.told)

    @property
    def given(self) -> bool:
        return self.award.state is AwardState.GIVEN and self.stands


@blueprint.route("/winners", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def winners(edition: str) -> Answer:  # noqa: ARG001
    """Every prize of a signed result; the button tells all those who have not been told."""
    session, here = db.session(), door.edition()
    if request.method == "POST":
        seen = {
            int(it)
            for it in request.form.getlist("award")
            if it.isascii() and it.isdecimal() and len(it) < 10
        }
        try:
            made = acceptances.tell(session, here, seen, actor=sessions.actor(), now=sessions.now())
        except NothingToTell:
            session.rollback()
            return back_to("release.winners", _("All of them have been told already."), "caution")
        session.commit()
        says = ngettext("One winner is told.", "%(num)d winners are told.", len(made))
        return back_to("release.winners", says)
    waiting = acceptances.telling(session, here)
    return show(
        "winners.html",
        lines=_lines(),
        waiting=waiting,
        letter=_letter(waiting[0]) if waiting else None,
    )


def _lines() -> list[Line]:
    session, here = db.session(), door.edition()
    names = face_of(here).names
    told = acceptances.of_edition(session, here)
    readers = confidences.readers(session, here)
    silent = confidences.unreached(session, told)
    waiting = acceptances.telling(session, here)
    again = {it.id for it in waiting}
    before = {it.award_id: it for it in told}
    return [
        _line(it.award, it, names, readers, reached=it.award_id not in silent)
        for it in told
        if it.award_id not in again
    ] + [
        _line(it, before.get(it.id), names, readers, reached=True, stands=it.id not in before)
        for it in waiting
    ]


def _line(
    award: Award,
    told: Acceptance | None,
    names: Names,
    readers: Mapping[str, list[Reader]],
    *,
    reached: bool,
    stands: bool = True,
) -> Line:
    name, _read_as = own(
        award.names["organisation"], award.names.get("organisation_names"), award.names.get("country", "")
    )
    return Line(
        award,
        told,
        names.name("categories", award.category),
        names.name("prizes", award.prize),
        name,
        title_of(award.names),
        tuple(readers.get(award.nomination.public_id, ())),
        reached,
        stands,
    )


def _letter(award: Award) -> tuple[str, str]:
    """The letter as the writers of one of those who wait will read it, in the edition's language."""
    nomination, here = award.nomination, door.edition()
    message = Outbox(
        edition_id=here.id,
        recipient="",
        language=here.language,
        template=Template.WON.value,
        arguments={
            "title": award.names["title"],
            "reference": nomination.reference,
            "path": f"/nominations/{nomination.public_id}/award",
        },
    )
    return mails.preview(db.session(), message, url=current_app.config["LAURELS_URL"])


@blueprint.route("/winners/<told>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def winner(edition: str, told: str) -> Answer:  # noqa: ARG001
    """One prize: what its winner answered, what is asked to be changed, and the acts that follow."""
    session, here = db.session(), door.edition()
    found = acceptances.find(session, here, told) if door.IDENTIFIER.fullmatch(told) else None
    if found is None:
        abort(404)
    if request.method == "GET":
        return _page(found)
    if wrong := long_reason():
        return _page(found, wrong), 422
    try:
        says = _act(found)
    except decisions.ReasonMissing:
        session.rollback()
        return _page(found, {"reason": _("Write how you know: the decision states it.")}), 422
    except (Released, NotGiven, NothingAsked, WishChanged, NotDeclined, ConsequencesChanged):
        session.rollback()
        return back_to("release.winner", stale(), "caution", told=told)
    session.commit()
    return back_to("release.winner", says, told=told)


def _act(found: Acceptance) -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    act = posted("act")
    if act in ("adopt", "leave"):
        wishes.settle(session, here, found, seen=posted("seen"), adopt=act == "adopt", actor=actor, now=now)
        return _("The names are taken over.") if act == "adopt" else _("Dealt with; the names stay.")
    if act in ("accepts", "declines"):
        acceptances.answer(
            session,
            here,
            found,
            accepted=act == "accepts",
            names=found.names or {},
            wishes=found.wishes,
            attending=found.attending,
            how=decisions.need_reason(posted("reason")),
            actor=actor,
            now=now,
        )
        return _("The answer is kept.")
    if act != "record":
        abort(400)
    declining.record(session, here, found, seen=posted("seen"), reason=posted("reason"), actor=actor, now=now)
    return _("Recorded: the prize is declined.")


def _page(found: Acceptance, wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    names, award = face_of(here).names, found.award
    line = _line(
        award,
        found,
        names,
        confidences.readers(session, here),
        reached=not confidences.unreached(session, [found]),
        stands=acceptances.is_public(session, here, award) or acceptances.stands(session, found),
    )
    declined = line.given and found.answer is Answered.DECLINED
    follows = declining.consequence(session, here, award) if declined else None
    public = acceptances.is_public(session, here, award)
    found_proofs, known = proofs.of_award(session, here, award), proofs.latest(session, here)
    return show(
        "winner.html",
        one=line,
        told=found,
        by=name_of(session.get(Account, found.answered_by_id)) if found.answered_by_id else "",
        changes=naming.changes(award.names, found.names or {}),
        asked=wishes.fingerprint(found),
        public=public,
        follows=follows if not public else None,
        moves=[
            (
                it.reference,
                names.name("prizes", it.before) if it.before else "",
                names.name("prizes", it.prize),
            )
            for it in (follows.moves if follows else ())
        ],
        vacant=[names.name("prizes", key) for key in (follows.vacant if follows else ())],
        undrawn=proofs.undrawn(found_proofs),
        proof_word=known.get(proofs.key_of(found_proofs[0].honour))
        if proofs.is_approved(found_proofs[0], known)
        else None,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

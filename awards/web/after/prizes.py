"""Public prizes: what could be revoked or corrected, what follows from it, and the two who do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _

from awards import approvals, consequences, correcting, decisions, editions, mending, publication, revoking
from awards.certificates import Unprintable
from awards.correcting import NotCorrectable, NothingChanged
from awards.counts import EvidenceDiffers
from awards.declining import ConsequencesChanged
from awards.extensions import db
from awards.mending import CORRECT, REVOKE, MayNotMend, NotGiven, NotPublic, StandChanged
from awards.models import Account, Approval, Award, AwardState, Decision, DecisionKind
from awards.nominations import NoSuchNomination
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.after.routes import OFFICE, Answer, blueprint, hand, show
from awards.web.release import naming
from awards.web.release.naming import Place
from awards.web.release.routes import stale
from awards.web.results import nominee_of, title_of
from awards.web.secretariat.frame import back_to, face_of, long_reason, name_of, posted
from awards.web.texts import Text

STALE = (
    approvals.NoProposal,
    approvals.SubjectChanged,
    ConsequencesChanged,
    NotGiven,
    NotPublic,
    StandChanged,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A prize with whose it is; `down`: its category is taken down."""

    award: Award
    prize: Text
    category: Text
    name: Text
    title: Text
    down: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal that waits: what it would do, in lines."""

    it: Approval
    line: Line
    what: str
    changes: tuple[tuple[str, str, str], ...]
    follows: tuple[str, ...]
    by: str
    own: bool


@blueprint.route(f"{OFFICE}/public-prizes", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def prizes(edition: str) -> Answer:  # noqa: ARG001 (the door has found it)
    """Every prize that is public; the proposal that waits, with its second person; what was revoked and corrected."""
    if request.method == "GET":
        return _index()
    session = db.session()
    try:
        says = _second()
    except approvals.SamePerson:
        session.rollback()
        return _index({"": _("You proposed this yourself. Somebody else has to approve it.")}), 409
    except Unprintable as error:
        session.rollback()
        return _index({"": undrawn(error)}), 409
    except MayNotMend:
        session.rollback()
        return _index({"": bound()}), 409
    except STALE:
        session.rollback()
        return back_to("after.prizes", stale(), "caution")
    except EvidenceDiffers:
        session.rollback()
        return back_to("after.prizes", differs(), "alarm")
    session.commit()
    return back_to("after.prizes", says)


def _second() -> str:
    session, here, act, sha256 = db.session(), door.edition(), posted("act"), posted("sha256")
    if act == REVOKE:
        revoking.approve(session, here, sha256, hand())
        return _("Revoked. Pages, certificate and record say so, and those concerned are written to.")
    if act == CORRECT:
        correcting.approve(session, here, sha256, hand())
        return _("Corrected. Pages and record say it as it is right, and those concerned are written to.")
    if act != "end":
        abort(400)
    proposal = approvals.take(session, here, mending.ACT, sha256)
    approvals.end(session, here, proposal, actor=sessions.actor(), now=sessions.now())
    return _("The proposal is ended; nothing was changed.")


def _index(wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    down = publication.taken_down(session, here)
    proposal = approvals.waiting(session, here, mending.ACT)
    kinds = (DecisionKind.REVOCATION, DecisionKind.CORRECTED)
    return show(
        "prizes.html",
        lines=[_line(it, down) for it in mending.mendable(session, here, sessions.now())],
        proposal=_proposed(proposal, down) if proposal else None,
        done=[_done(it) for it in decisions.of_edition(session, here, *kinds)],
        wrong=dict(wrong or {}),
    )


def _done(decision: Decision) -> tuple[Decision, str, Text, str]:
    """A decision, whose prize it was about, and who signed."""
    reference = str(decision.subject["nomination"])
    prize = face_of(door.edition()).names.name("prizes", decision.subject["prize"])
    signers = ", ".join(str(it["name"]) for it in decision.signers)
    return decision, f"{decision.names[reference]['organisation']} ({reference})", prize, signers


def _line(award: Award, down: Mapping[str, object]) -> Line:
    names = face_of(door.edition()).names
    nominee = nominee_of({**award.names, "reference": award.nomination.reference})
    return Line(
        award,
        names.name("prizes", award.prize),
        names.name("categories", award.category),
        nominee.name,
        title_of(award.names),
        award.category in down,
    )


def _proposed(proposal: Approval, down: Mapping[str, object]) -> Proposed | None:
    session, here, subject = db.session(), door.edition(), proposal.subject
    try:
        award = mending.find(session, here, str(subject["nomination"]), str(subject["prize"]))
    except (NotGiven, NoSuchNomination):
        return None
    return Proposed(
        proposal,
        _line(award, down),
        str(subject["what"]),
        tuple(_changed(award, subject)) if subject["what"] == CORRECT else (),
        tuple(consequences_of(award)) if subject["what"] == REVOKE else (),
        name_of(session.get(Account, proposal.proposer_id)),
        proposal.proposer_id == sessions.me().id,
    )


def _changed(award: Award, subject: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """What would change: how it is called, as it stands, as it is to stand."""
    wanted, cited = subject["names"], subject["citations"]
    assert isinstance(wanted, Mapping)
    assert isinstance(cited, Mapping)
    said: dict[str, str] = {it.key: it.label for it in places(award)}
    return [
        *(
            (said.get(str(key), str(key)), correcting.stands(award.names, str(key)), str(text))
            for key, text in wanted.items()
        ),
        *((citation_label(tag), award.citations.get(tag, ""), str(text)) for tag, text in cited.items()),
    ]


@blueprint.route(f"{OFFICE}/public-prizes/<reference>/<prize>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def public_prize(edition: str, reference: str, prize: str) -> Answer:  # noqa: ARG001
    """One prize: what follows from revoking it, and its names and citation to be corrected."""
    award = _found(reference, prize)
    if request.method == "GET":
        return _page(award)
    if wrong := long_reason():
        return _page(award, wrong), 422
    session = db.session()
    try:
        _propose(award)
    except decisions.ReasonMissing:
        session.rollback()
        return _page(award, {"reason": _("Write why: everybody can read it.")}), 422
    except NothingChanged:
        session.rollback()
        return _page(award, {"": _("Nothing differs from what stands. Nothing was proposed.")}), 422
    except NotCorrectable as error:
        session.rollback()
        return _page(award, {_field(it): _too_long(it) for it in error.places}), 422
    except Unprintable as error:
        session.rollback()
        return _page(award, {"": undrawn(error)}), 422
    except MayNotMend:
        session.rollback()
        return _page(award, {"": bound()}), 409
    except approvals.ProposalWaits:
        session.rollback()
        return _page(award, {"": _("Another proposal waits. It is approved or ended first.")}), 409
    except STALE:
        session.rollback()
        return back_to("after.prizes", stale(), "caution")
    session.commit()
    return back_to(
        "after.prizes", _("Proposed. Another organiser has to approve it; nothing is changed yet.")
    )


def _propose(award: Award) -> None:
    session, here = db.session(), door.edition()
    if posted("act") == REVOKE:
        actor, now = sessions.actor(), sessions.now()
        revoking.propose(
            session, here, award, seen=posted("seen"), reason=posted("reason"), actor=actor, now=now
        )
        return
    if posted("act") != CORRECT:
        abort(400)
    names = {it.key: posted(it.key) for it in places(award) if it.key in request.form}
    why_won = {tag: posted(f"citation.{tag}") for tag in languages() if f"citation.{tag}" in request.form}
    correcting.propose(
        session, here, award, names=names, why_won=why_won, reason=posted("reason"), hand=hand()
    )


def _found(reference: str, prize: str) -> Award:
    """A prize that is given and public, or was before it was taken down; 404 for any other."""
    session, here = db.session(), door.edition()
    try:
        award = mending.find(session, here, reference, prize)
        mending.is_shown(session, here, award.category, sessions.now())
    except (NoSuchNomination, NotGiven, NotPublic):
        abort(404)
    if award.state is not AwardState.GIVEN:
        abort(404)
    return award


def _page(award: Award, wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    typed = request.method == "POST" and posted("act") == CORRECT
    certificates, badges = consequences.in_force(session, award)
    return show(
        "prize.html",
        one=_line(award, publication.taken_down(session, here)),
        places=places(award),
        languages=[(tag, citation_label(tag), award.citations.get(tag, "")) for tag in languages()],
        typed={key: posted(key) for key in request.form} if typed else {},
        follows=consequences_of(award),
        seen=revoking.consequence(session, here, award).seen,
        certificates=certificates,
        badges=badges,
        waits=approvals.waiting(session, here, mending.ACT) is not None,
        correcting=typed,
        longest=correcting.LONGEST,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )


def consequences_of(award: Award) -> list[str]:
    """What the rules make of a revoked prize, in sentences."""
    session, here = db.session(), door.edition()
    names = face_of(here).names
    found = revoking.consequence(session, here, award)
    others = [it for it in mending.mendable(session, here, sessions.now()) if _is_other(it, award)]
    return [
        *(
            _(
                "%(reference)s moves from %(before)s to %(prize)s.",
                reference=it.reference,
                before=names.name("prizes", it.before),
                prize=names.name("prizes", it.prize),
            )
            if it.before
            else _(
                "%(reference)s gets %(prize)s.", reference=it.reference, prize=names.name("prizes", it.prize)
            )
            for it in found.moves
        ),
        *(_("%(prize)s stays vacant.", prize=names.name("prizes", key)) for key in found.vacant),
        *(
            _("The nomination keeps its other prize: %(prize)s.", prize=names.name("prizes", it.prize))
            for it in others
        ),
    ]


def _is_other(it: Award, award: Award) -> bool:
    return it.nomination_id == award.nomination_id and it.id != award.id


def places(award: Award) -> list[Place]:
    """The names and titles of a prize."""
    return list(naming.places(award.names, tuple(languages())))


def languages() -> list[str]:
    """The languages of the programme."""
    return list(editions.rules_of(db.session(), door.edition()).languages)


def citation_label(tag: str) -> str:
    return _("Why it won, in %(language)s", language=naming.spoken(tag))


def _field(place: str) -> str:
    return place.replace(".", "-")


def _too_long(place: str) -> str:
    if place.startswith("citation."):
        return _("Write at most 1,000 characters.")
    return _("Write a name of at most 300 characters.")


def bound() -> str:
    """What is told whoever has an interest in a nomination that is concerned."""
    return _("You have an interest in a nomination that this concerns. Another organiser has to do it.")


def undrawn(error: Unprintable) -> str:
    """Which characters stand in the way."""
    signs = " ".join(dict.fromkeys(sign for _reference, its in error.found for sign in its))
    return _("These characters can't be printed on the certificate: %(signs)s.", signs=signs)


def differs() -> str:
    """What is told where the evidence no longer gives the result that was signed."""
    return _("The count differs from what was signed. Nothing was changed; let the auditor count again.")

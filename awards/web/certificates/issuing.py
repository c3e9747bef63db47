"""The two who issue certificates, group by group, and how far the worker is with drawing and signing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import approvals, certificates, decisions, issued, issuing, templates
from awards.certificates import ISSUE, NothingToCertify, ProofsMissing, TemplateLacks, Wanted
from awards.extensions import db
from awards.issuing import NotStopped, WantedChanged
from awards.models import Account, Issuance, IssuanceState
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.certificates.routes import Answer, blueprint, group_name, group_of, show, site, stale
from awards.web.secretariat.frame import back_to, long_reason, name_of, posted


@dataclass(frozen=True, slots=True)
class Group:
    """Certificates of a kind and category: honours, those whose proof waits, certificates ready, issued and signed."""

    key: str
    name: str
    honours: int
    waiting: int
    undrawn: int
    ready: int
    issued: int
    signed: int


@dataclass(frozen=True, slots=True)
class Working:
    """Certificates issued together, and how far the worker is with them."""

    it: Issuance
    says: str
    stopped: bool
    done: bool


@blueprint.route("/", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def index(edition: str) -> Answer:  # noqa: ARG001
    """What stands of every kind and category; one proposes to issue what is ready, another approves."""
    if request.method == "GET":
        return _page()
    if wrong := long_reason():
        return _page(wrong), 422
    session = db.session()
    try:
        says = _act()
    except decisions.ReasonMissing:
        session.rollback()
        return _page({"reason": _("Write a word on it: the decision states it.")}), 422
    except (NothingToCertify, ProofsMissing):
        session.rollback()
        return _page({"group": _("Choose something of which certificates are ready.")}), 422
    except TemplateLacks:
        session.rollback()
        says = _("The template of the certificates uses something that is not defined. Mend it first.")
        return _page({"": says}), 409
    except approvals.SamePerson:
        session.rollback()
        return _page({"": _("You proposed this yourself. Somebody else has to approve it.")}), 409
    except WantedChanged:
        session.rollback()
        says = _(
            "Names, texts or approved proofs have changed since it was proposed. Turn it down, and propose anew."
        )
        return _page({"": says}), 409
    except (approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged):
        session.rollback()
        return back_to("certificates.index", stale(), "caution")
    session.commit()
    return back_to("certificates.index", says)


def _act() -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    act = posted("act")
    if act == "propose":
        chosen = request.form.getlist("group")
        issuing.propose(session, here, chosen, reason=posted("reason"), url=site(), actor=actor, now=now)
        return _("Proposed. Another organiser has to approve it; nothing is issued yet.")
    if act == "approve":
        rows = issuing.approve(session, here, posted("sha256"), url=site(), actor=actor, now=now)
        return ngettext(
            "Issued: one certificate. It is drawn and signed now.",
            "Issued: %(num)d certificates. They are drawn and signed now.",
            len(rows),
        )
    if act != "end":
        abort(400)
    proposal = approvals.take(session, here, ISSUE, posted("sha256"))
    approvals.end(session, here, proposal, actor=actor, now=now)
    return _("The proposal is ended; nothing was changed.")


@blueprint.post("/issued-together/<issuance>/go-on")
@audience(Audience.ORGANISER)
def go_on(edition: str, issuance: str) -> Answer:  # noqa: ARG001
    """Let the worker take up what it had to stop."""
    session = db.session()
    found = issuing.find(session, door.edition(), issuance) if door.IDENTIFIER.fullmatch(issuance) else None
    if found is None:
        abort(404)
    try:
        issuing.go_on(session, door.edition(), found, actor=sessions.actor(), now=sessions.now())
    except NotStopped:
        session.rollback()
        return back_to("certificates.index", stale(), "caution")
    session.commit()
    return back_to("certificates.index", _("The worker takes it up again."))


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    proposal = approvals.waiting(session, here, ISSUE)
    groups = _groups()
    return show(
        "index.html",
        groups=groups,
        lacks=bool(templates.lacks(session, here)),
        ready=[it for it in groups if it.ready],
        waiting=sum(it.waiting for it in groups),
        works=[_working(it) for it in issuing.of_edition(session, here)],
        proposal=proposal,
        proposed=[group_name(str(it)) for it in proposal.subject["groups"]] if proposal else [],
        proposer=name_of(session.get(Account, proposal.proposer_id)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        chosen=request.form.getlist("group") if request.method == "POST" else [it.key for it in groups],
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )


def _groups() -> list[Group]:
    session, here = db.session(), door.edition()
    wanted: dict[str, list[Wanted]] = {}
    for it in certificates.wanted(session, here, url=site()):
        wanted.setdefault(it.group, []).append(it)
    made: dict[str, list[bool]] = {}
    for row in certificates.of_edition(session, here):
        made.setdefault(group_of(row), []).append(issued.is_signed(row))
    return [
        Group(
            key,
            group_name(key),
            len(of := wanted.get(key, [])),
            sum(bool(it.lacking) and not it.approved and not it.proof.undrawn for it in of),
            sum(bool(it.lacking) and bool(it.proof.undrawn) for it in of),
            sum(len(it.lacking) for it in of if it.ready),
            len(made.get(key, [])),
            sum(made.get(key, [])),
        )
        for key in dict.fromkeys((*wanted, *made))
    ]


def _working(it: Issuance) -> Working:
    return Working(it, _says(it), it.state is IssuanceState.STOPPED, it.state is IssuanceState.DONE)


def _says(it: Issuance) -> str:
    """How far it is, or why it stopped."""
    if it.state is IssuanceState.DONE:
        return ngettext("One certificate is signed.", "All %(num)d certificates are signed.", it.done)
    far = _("%(done)d of %(steps)d are signed.", done=it.done, steps=it.steps)
    if it.state is IssuanceState.ISSUING:
        return f"{far} " + _("The rest follows within minutes; you need not wait here.")
    return f"{far} {because(it.answer)}"


def because(answer: str) -> str:
    """Why the worker stopped, and what to do."""
    word, _space, number = answer.partition(" ")
    if word == "NoSigningKey":
        return _(
            "It stopped: this site has no key to sign with. The operator makes one with “flask certificates init-ca”."
        )
    if word == "DiskFull":
        return _("It stopped: the disk is full. Nothing is lost; the operator makes room.")
    if word == "Unprintable":
        return _(
            "It stopped at certificate %(number)s, which holds a character that no font draws. Revoke that one.",
            number=number,
        )
    if word == "ImageMissing":
        return _(
            "It stopped at certificate %(number)s: the file of an image is gone. The operator puts it back.",
            number=number,
        )
    return _("It stopped; the operator finds the reason in the log: %(word)s.", word=word)

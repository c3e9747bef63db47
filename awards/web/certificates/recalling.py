"""One certificate: what it says, its file, and the two who revoke it or issue it anew."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request
from flask_babel import gettext as _

from awards import approvals, certificates, decisions, issued, recalling
from awards.certificates import NotHonoured, NotInForce, Unprintable
from awards.documents import Citation
from awards.extensions import db
from awards.models import Account, Certificate, CertificateState
from awards.recalling import SaysOtherwise, What
from awards.web import door, sessions, verification
from awards.web.access import Audience, audience
from awards.web.certificates.listing import line
from awards.web.certificates.routes import Answer, blueprint, show, site, stale
from awards.web.secretariat.frame import back_to, long_reason, name_of, posted

NAMED = ("nominee", "nominee_latin", "organisation", "project", "prize", "category")
"""What of a certificate its page shows, and compares with how it would be issued anew."""


@blueprint.route("/<number>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def one(edition: str, number: str) -> Answer:  # noqa: ARG001
    """What one certificate says, and what becomes of it."""
    session = db.session()
    found = certificates.find(session, door.edition(), number)
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
        return _page(found, {"reason": _("Write why: everybody who verifies the code reads it.")}), 422
    except approvals.SamePerson:
        session.rollback()
        return _page(found, {"": _("You proposed this yourself. Somebody else has to approve it.")}), 409
    except SaysOtherwise:
        session.rollback()
        says = _("Names or texts have changed since this was proposed. Turn it down, and propose it anew.")
        return _page(found, {"": says}), 409
    except NotHonoured:
        session.rollback()
        says = _("What it says was awarded is not awarded any more. Revoke it instead.")
        return _page(found, {"": says}), 409
    except Unprintable as error:
        session.rollback()
        signs = " ".join(sign for _who, each in error.found for sign in each)
        return _page(found, {"": _("No font draws these characters: %(signs)s.", signs=signs)}), 409
    except (NotInForce, approvals.NoProposal, approvals.ProposalWaits, approvals.SubjectChanged):
        session.rollback()
        return back_to("certificates.one", stale(), "caution", number=number)
    session.commit()
    return back_to("certificates.one", says, number=number)


def _act(found: Certificate) -> str:
    session, here, actor, now = db.session(), door.edition(), sessions.actor(), sessions.now()
    act = posted("act")
    if act in (What.REVOKE, What.REISSUE):
        recalling.propose(session, here, found, What(act), reason=posted("reason"), actor=actor, now=now)
        return _("Proposed. Another organiser has to approve it; the certificate is still in force.")
    if act == "approve":
        new = recalling.approve(session, here, found, posted("sha256"), url=site(), actor=actor, now=now)
        if new is None:
            return _("Revoked. Whoever verifies it reads so, and its holder is written to.")
        return _("Issued anew as %(number)s. Its holder is written to.", number=new.number)
    if act != "end":
        abort(400)
    proposal = approvals.take(session, here, recalling.act_of(found), posted("sha256"))
    approvals.end(session, here, proposal, actor=actor, now=now)
    return _("The proposal is ended; nothing was changed.")


def _page(found: Certificate, wrong: Mapping[str, str] | None = None) -> str:
    session, here = db.session(), door.edition()
    proposal = approvals.waiting(session, here, recalling.act_of(found))
    before = session.get(Certificate, found.replaces_id) if found.replaces_id else None
    stands = found.state is CertificateState.IN_FORCE
    return show(
        "one.html",
        line=line(found, proposal),
        certificate=found,
        code=verification.grouped(found.code),
        before=before,
        after=issued.followed_by(session, found),
        proposal=proposal,
        revokes=proposal is not None and proposal.subject["what"] == What.REVOKE.value,
        anew=_anew(found) if stands else None,
        proposer=name_of(session.get(Account, proposal.proposer_id)) if proposal else "",
        own=proposal is not None and proposal.proposer_id == sessions.me().id,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        chosen=posted("act"),
    )


def _anew(found: Certificate) -> Citation | None:
    """What it would say in its language if it were issued anew now; None where nothing would change, or it can't be."""
    try:
        proof = certificates.anew(db.session(), door.edition(), found)
    except NotHonoured:
        return None
    said = next((it for it in proof.citations if it.language == found.language), None)
    if said is None or all(str(getattr(said, it) or "") == str(found.citation.get(it) or "") for it in NAMED):
        return None
    return said

"""The certificates of a nomination, for its own people: the proof of a finalist's, and files once they are public."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import badges, certificates, editions, proofs, publication
from awards.extensions import db
from awards.models import Certificate, CertificateState, PublicationKind
from awards.proofs import NoProof, Proof, ProofChanged
from awards.web import sessions, verification
from awards.web.access import Audience, audience
from awards.web.nominations.desk import Desk, desk
from awards.web.release.naming import spoken
from awards.web.words import HONOURS, tidy_text


def init_app(blueprint: Blueprint) -> None:
    one = "/nominations/<nomination>/certificates"
    blueprint.add_url_rule(one, "certificates", certificates_, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{one}/proof-<tongue>.pdf", "finalist_proof", proof)


@audience(Audience.NOMINATOR)
def certificates_(nomination: str) -> str | Response | tuple[str, int]:
    """404 as long as nothing of it is public."""
    here = desk()
    found, issued = proof_of(here), issued_to(here)
    if found is None and not issued:
        abort(404)
    form = sessions.filled()
    if form is None:
        return _page(here, found, issued)
    session = db.session()
    editions.lock(session, here.edition)
    found = proof_of(here)
    try:
        if found is None:
            raise ProofChanged(nomination)
        seen = tidy_text(form.get("seen"))
        proofs.approve(session, here.edition, [found], seen=seen, actor=sessions.actor(), now=here.now)
    except (ProofChanged, NoProof):
        session.rollback()
        says = _("The proof has changed since you opened this page. Look at it once more.")
        return _page(here, proof_of(here), issued, says), 409
    session.commit()
    flash(_("The proof is approved."), "done")
    return redirect(url_for("nominations.certificates", nomination=nomination), 303)


@audience(Audience.NOMINATOR)
def proof(nomination: str, tongue: str) -> Response:  # noqa: ARG001
    """The proof of a finalist's certificate."""
    found = proof_of(desk())
    if found is None:
        abort(404)
    try:
        content = found.draw(tongue, Path(current_app.config["LAURELS_DATA"]) / "files")
    except NoProof:
        abort(404)
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=f"proof-{tongue}.pdf")


def proof_of(here: Desk) -> Proof | None:
    """The proof of its certificate as a finalist, once finalists are public. While winners are not, who has won reads
    the same as the others.
    """
    session, mine = db.session(), here.nomination
    if mine.category not in _public(here, PublicationKind.FINALISTS):
        return None
    won = _public(here, PublicationKind.WINNERS).get(mine.category, frozenset())
    honour = proofs.as_finalist(session, here.edition, mine)
    if honour is None or mine.reference in won:
        return None
    return proofs.read(session, here.edition, honour, url=current_app.config["LAURELS_URL"])


def has_any(here: Desk) -> bool:
    """Whether its page of certificates has anything to show, after one query or two."""
    shown = _public(here, PublicationKind.FINALISTS).get(here.nomination.category, frozenset())
    return here.nomination.reference in shown or bool(issued_to(here))


def _public(here: Desk, kind: PublicationKind) -> dict[str, frozenset[str]]:
    """Who stands on the public pages now, by category."""
    found = publication.visible(db.session(), here.edition, kind, here.now)
    return {it.category: frozenset(row["reference"] for row in it.document["rows"]) for it in found}


def issued_to(here: Desk) -> list[Certificate]:
    """Its certificates of which everybody may know, those that ended among them, by number."""
    session = db.session()
    return [
        it
        for it in certificates.of_nomination(session, here.nomination)
        if verification.is_public(session, it, here.now)
    ]


def _page(here: Desk, found: Proof | None, issued: list[Certificate], wrong: str = "") -> str:
    approvals = proofs.latest(db.session(), here.edition)
    approved = found is not None and proofs.is_approved(found, approvals)
    has_it = any(it.kind == "finalist" and it.state is CertificateState.IN_FORCE for it in issued)
    return render_template(
        "nominations/certificates.html",
        desk=here,
        proof=None if has_it else found,
        approved=approved,
        seen=proofs.together([found]) if found else "",
        issued=issued,
        badges=badges.beside(db.session(), issued, here.now),
        honours=HONOURS,
        grouped=verification.grouped,
        spoken=spoken,
        wrong={"": wrong} if wrong else {},
        specimen=here.edition.specimen,
    )

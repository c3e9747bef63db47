"""A person's own certificates, as a judge or for a partner of a nomination; a judge approves the proof here."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from awards import badges, certificates, editions, honours, issued, proofs, publication
from awards.extensions import db
from awards.issued import NotSigned
from awards.models import Certificate, CertificateState, Edition, Judge
from awards.proofs import NoProof, Proof, ProofChanged
from awards.storage import NoSuchFile
from awards.web import door, sessions, verification
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download
from awards.web.language import PREFIX
from awards.web.release.naming import spoken
from awards.web.texts import Names, Text
from awards.web.words import HONOURS, tidy_text

blueprint = Blueprint("own_certificates", __name__, url_prefix=f"{PREFIX}/account/certificates")


@dataclass(frozen=True, slots=True)
class Asked:
    """A proof that a judge has to look at."""

    judge: Judge
    edition: Text
    proof: Proof
    approved: bool
    seen: str


@blueprint.route("/", methods=["GET", "POST"])
@audience(Audience.SIGNED_IN)
def index() -> str | Response | tuple[str, int]:
    """Certificates that are public, and the proofs of those to come once a result of the edition is."""
    form = sessions.filled()
    if form is None:
        return _page()
    session, wanted = db.session(), tidy_text(form.get("judge"))
    found = next((it for it in _judges() if it.public_id == wanted), None)
    edition = session.get_one(Edition, found.edition_id) if found is not None else None
    if found is None or edition is None:
        abort(404)
    editions.lock(session, edition)
    proof = _proof_of(found, edition)
    try:
        if proof is None:
            raise ProofChanged(wanted)
        seen = tidy_text(form.get("seen"))
        proofs.approve(session, edition, [proof], seen=seen, actor=sessions.actor(), now=sessions.now())
    except (ProofChanged, NoProof):
        session.rollback()
        return _page(_("The proof has changed since you opened this page. Look at it once more.")), 409
    session.commit()
    flash(_("The proof is approved."), "done")
    return redirect(url_for("own_certificates.index"), 303)


def _page(wrong: str = "") -> str:
    mine = own()
    return render_template(
        "account/certificates.html",
        asked=[it for judge in _judges() if (it := _asked(judge)) is not None],
        issued=mine,
        badges=badges.beside(db.session(), mine, sessions.now()),
        honours=HONOURS,
        grouped=verification.grouped,
        spoken=spoken,
        wrong={"": wrong} if wrong else {},
    )


def own() -> list[Certificate]:
    """The certificates of whoever is signed in, as judge or partner, of which everybody may know."""
    session, now = db.session(), sessions.now()
    found = certificates.of_person(session, sessions.me())
    return [it for it in found if verification.is_public(session, it, now)]


def _judges() -> list[Judge]:
    """Whoever is signed in, as a judge of each edition of which winners are public."""
    session = db.session()
    rows = session.scalars(
        select(Judge)
        .where(Judge.account_id == sessions.me().id)
        .options(joinedload(Judge.account))
        .order_by(Judge.id.desc())
    ).all()
    out = publication.released(session, [it.edition_id for it in rows], sessions.now()) if rows else set()
    return [it for it in rows if it.edition_id in out]


def _proof_of(judge: Judge, edition: Edition) -> Proof | None:
    session = db.session()
    honour = next((it for it in honours.judges_of(session, edition) if it.judge is judge), None)
    return proofs.read(session, edition, honour, url=current_app.config["LAURELS_URL"]) if honour else None


def _asked(judge: Judge) -> Asked | None:
    """The proof of a judge's certificate, as long as none is in force."""
    session = db.session()
    edition = session.get_one(Edition, judge.edition_id)
    mine = certificates.of_person(session, sessions.me())
    if any(it.judge_id == judge.id and it.state is CertificateState.IN_FORCE for it in mine):
        return None
    proof = _proof_of(judge, edition)
    if proof is None:
        return None
    texts = editions.texts_of(session, edition)
    name = Names({"programme": {"it": {"name": texts["name"]}}}, edition.language).name("programme", "it")
    approved = proofs.is_approved(proof, proofs.latest(session, edition))
    return Asked(judge, name, proof, approved, proofs.together([proof]))


@blueprint.get("/proof/<judge>-<tongue>.pdf")
@audience(Audience.SIGNED_IN)
def proof(judge: str, tongue: str) -> Response:
    """The proof of one's own certificate as a judge."""
    found = next((it for it in _judges() if it.public_id == judge), None)
    asked = _proof_of(found, db.session().get_one(Edition, found.edition_id)) if found is not None else None
    if asked is None:
        abort(404)
    try:
        content = asked.draw(tongue, _folder())
    except NoProof:
        abort(404)
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=f"proof-{tongue}.pdf")


@blueprint.get("/<code>.pdf")
@audience(Audience.SIGNED_IN)
def file(code: str) -> Response:
    """The file of one of one's own certificates, as it was signed."""
    found = next((it for it in own() if door.IDENTIFIER.fullmatch(code) and it.code == code), None)
    if found is None or found.state is not CertificateState.IN_FORCE:
        abort(404)
    try:
        content = issued.locate(_folder(), found).read_bytes()
    except (NotSigned, NoSuchFile):
        abort(404)
    return download(content, PDF, issued.name_of(found))


def _folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "files"

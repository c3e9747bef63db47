"""Proofs in the office: whose are approved and by whose word; how one was approved that came by another way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from flask import abort, request, send_file
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from awards import certificates, decisions, proofs
from awards.certificates import Wanted
from awards.extensions import db
from awards.models import Account, ProofApproval, ProofOutcome
from awards.proofs import NoProof, NothingToNote
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.certificates.routes import Answer, blueprint, folder, group_name, show, site, stale
from awards.web.secretariat.frame import back_to, long_reason, name_of, posted
from awards.web.texts import Text, own

PER_PAGE = 50
WAITING, ALL = "waiting", "all"


@dataclass(frozen=True, slots=True)
class Line:
    """The proof of one honour as the list shows it."""

    name: str
    who: Text
    reference: str
    group: str
    prize: str
    languages: tuple[str, ...]
    undrawn: str
    says: str
    approved: bool


@blueprint.route("/proofs", methods=["GET", "POST"], endpoint="proofs")
@audience(Audience.ORGANISER)
def proofs_(edition: str) -> Answer:  # noqa: ARG001
    """Every proof that waits, or all of them; an organiser notes how some were approved."""
    if request.method == "GET":
        return _page()
    if wrong := long_reason():
        return _page(wrong), 422
    session, here = db.session(), door.edition()
    chosen = set(request.form.getlist("proof"))
    found = [it for it in _wanted() if _name(it) in chosen]
    if not found:
        return _page({"proof": _("Choose at least one proof.")}), 422
    try:
        noted = proofs.note(
            session,
            here,
            [it.proof.honour for it in found],
            how=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _page({"reason": _("Write how you know: by letter, by telephone, from whom.")}), 422
    except NothingToNote:
        session.rollback()
        return back_to("certificates.proofs", stale(), "caution")
    session.commit()
    says = ngettext("One proof is noted as approved.", "%(num)d proofs are noted as approved.", noted)
    return back_to("certificates.proofs", says)


@blueprint.get("/proofs/<name>-<tongue>.pdf")
@audience(Audience.ORGANISER)
def proof(edition: str, name: str, tongue: str) -> Response:  # noqa: ARG001
    """One proof as PDF."""
    found = next((it for it in _wanted() if _name(it) == name), None)
    if found is None:
        abort(404)
    try:
        content = found.proof.draw(tongue, folder())
    except NoProof:
        abort(404)
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=f"proof-{tongue}.pdf")


def _wanted() -> list[Wanted]:
    return certificates.wanted(db.session(), door.edition(), url=site())


def _name(it: Wanted) -> str:
    return proofs.name_of(door.edition(), it.key)


def _page(wrong: Mapping[str, str] | None = None) -> str:
    which = ALL if request.args.get("show") == ALL else WAITING
    found = _wanted()
    waiting = [it for it in found if it.lacking and not it.approved]
    shown = found if which == ALL else waiting
    number = request.args.get("page", "")
    page = max(1, int(number)) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    first = (page - 1) * PER_PAGE
    return show(
        "proofs.html",
        lines=list(_lines(shown[first : first + PER_PAGE])),
        which=which,
        waiting=len(waiting),
        all=len(found),
        page=page,
        pages=max(1, -(-len(shown) // PER_PAGE)),
        chosen=request.form.getlist("proof"),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )


def _lines(found: list[Wanted]) -> Iterator[Line]:
    session, here = db.session(), door.edition()
    known = proofs.latest(session, here)
    for it in found:
        honour = it.proof.honour
        names = honour.names
        who, _read_as = own(names["organisation"], names.get("organisation_names"), names.get("country", ""))
        yield Line(
            _name(it),
            who,
            honour.reference if honour.nomination else "",
            group_name(it.group),
            it.proof.citations[0].prize or "" if it.proof.citations else "",
            tuple(said.language for said in it.proof.citations),
            " ".join(it.proof.undrawn),
            _says(it, known.get(it.key)),
            it.approved,
        )


def _says(it: Wanted, word: ProofApproval | None) -> str:
    """Whose word there is on a proof."""
    if it.proof.undrawn:
        return _("no font draws: %(signs)s", signs=" ".join(it.proof.undrawn))
    if word is None:
        return _("not approved yet")
    if not it.approved:
        return _("approved before, and changed since")
    who = name_of(db.session.get(Account, word.by_id)) if word.by_id else ""
    if word.outcome is ProofOutcome.NOTED:
        return _("noted by %(name)s: %(how)s", name=who, how=word.note)
    return _("approved by %(name)s", name=who)

"""Verifying a certificate: by its code, by the address in its QR code, or by the file itself, which is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from awards import authority, editions, issued
from awards.documents import verifying
from awards.documents.verifying import Fault, Reading
from awards.extensions import db
from awards.issued import Verdict
from awards.models import Certificate, CertificateState, Edition
from awards.web import errors, face, verification, words
from awards.web.access import Audience, audience
from awards.web.public.routes import blueprint
from awards.web.texts import Names, Text

LARGEST = 4 * 2**20
TITLES: Mapping[str, object] = {
    "in_force": _l("This certificate is in force"),
    "revoked": _l("This certificate was revoked"),
    "reissued": _l("This certificate was replaced by another"),
}
CHECKED: Mapping[Verdict, object] = {
    Verdict.PAGE: _l(
        "The page in this file is as it was issued, but the file bears no signature. Ask for the signed file."
    ),
    Verdict.DIFFERS: _l(
        "It bears the code of the certificate below, and it is not the file that was issued under it."
    ),
}
FAULTS: Mapping[Fault, object] = {
    Fault.UNSIGNED: _l("It bears no signature that counts."),
    Fault.CHANGED: _l("It was changed after it was signed."),
    Fault.ADDED: _l("Something was added to it after it was signed."),
    Fault.FOREIGN: _l("Somebody else than this site signed it."),
    Fault.OUTDATED: _l("It was signed at a moment at which the signing certificate was not valid."),
    Fault.KEY_REVOKED: _l("It was signed with a key that was reported lost or stolen."),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What holding a file against what was issued gave: whether it is the file itself, and in sentences why not."""

    same: bool
    says: tuple[str, ...]
    signer: str = ""


@blueprint.get("/verify/")
@audience(Audience.ANYONE)
def verify() -> str | Response:
    """The form, and where it leads: to the address of the code."""
    if code := verification.tidy(request.args.get("code", "")):
        return redirect(url_for("public.certificate", code=code[:64]))
    return _form()


def _form(wrong: str = "") -> str:
    return render_template("public/verify.html", specimen=face.only_specimens(db.session()), wrong=wrong)


@blueprint.post("/verify/")
@audience(Audience.ANYONE)
def check_file() -> str | Response | tuple[str, int]:
    """Hold a file against what was issued. It is read, answered and forgotten.

    Of what is not public nothing is said, not even whether it was signed here.
    """
    sent = request.files.get("file")
    content = sent.stream.read(LARGEST + 1) if sent is not None and sent.filename else b""
    if not content:
        return _form(_("Choose the file of the certificate first.")), 422
    if len(content) > LARGEST:
        return _form(_("This file is larger than 4 MB, and no certificate is. Nothing of it was kept.")), 422
    session, now = db.session(), datetime.now(UTC)
    reading = verifying.verify(content, authority.roots(session), authority.lists(session))
    held = issued.verify(session, content, code=reading.code)
    found = held.certificate
    if found is not None and verification.is_down(session, found.code, now):
        return errors.page(errors.GONE, errors.CERTIFICATE_DOWN)
    if found is None or not verification.is_public(session, found, now):
        return render_template("public/unknown.html", code="", specimen=face.only_specimens(session)), 404
    return _page(found, now, _checked(held.verdict, reading))


def _checked(verdict: Verdict, reading: Reading) -> Checked:
    if verdict not in CHECKED and not reading.faults:
        return Checked(
            True, (_("The file is byte for byte the one that was issued and signed."),), reading.signer
        )
    if verdict not in CHECKED:
        return Checked(
            True,
            (
                _("The file is byte for byte the one that was issued: our books vouch for it."),
                *(str(FAULTS[it]) for it in reading.faults),
            ),
        )
    reasons = tuple(str(FAULTS[it]) for it in reading.faults) if verdict is Verdict.DIFFERS else ()
    return Checked(False, (str(CHECKED[verdict]), *reasons))


@blueprint.get("/verify/<code>")
@audience(Audience.ANYONE)
def certificate(code: str) -> str | Response | tuple[str, int]:
    session, now = db.session(), datetime.now(UTC)
    found = verification.find(session, code, now)
    if found is None and verification.is_down(session, code, now):
        return errors.page(errors.GONE, errors.CERTIFICATE_DOWN)
    if found is None:
        return render_template("public/unknown.html", code=code, specimen=face.only_specimens(session)), 404
    return _page(found, now)


def _page(found: Certificate, now: datetime, checked: Checked | None = None) -> Response:
    """What a certificate says and whether it holds; search engines are told to keep no copy."""
    session, citation = db.session(), found.citation
    after = issued.followed_by(session, found) if found.state is CertificateState.REISSUED else None
    if after is not None and not verification.is_public(session, after, now):
        after = None
    edition = session.get_one(Edition, found.edition_id)
    page = render_template(
        "public/certificate.html",
        certificate=found,
        citation=citation,
        specimen=citation["specimen"],
        title=_("This file is not the certificate")
        if checked and not checked.same
        else TITLES[found.state.value],
        good=found.state is CertificateState.IN_FORCE and (checked is None or checked.same),
        checked=checked,
        honour=citation["prize"] or words.HONOURS[found.kind],
        awarded=_awarded(found, edition),
        awarded_on=words.day(date.fromisoformat(citation["awarded_on"])),
        ended_on=words.day(found.ended_at.astimezone(ZoneInfo(edition.zone))) if found.ended_at else "",
        signed_on=words.day(found.signed_at.astimezone(ZoneInfo(edition.zone))) if found.signed_at else "",
        after=after,
        code=verification.grouped(found.code),
        words=words,
    )
    answer = make_response(page)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _awarded(found: Certificate, edition: Edition) -> Text | str:
    """What was awarded, in the reader's language where the edition's texts have it."""
    if not found.prize:
        return str(words.HONOURS[found.kind])
    return Names(editions.texts_of(db.session(), edition), edition.language).name("prizes", found.prize)

"""How certificates are signed, and how to check them without us: whose key, which root, what to download."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from flask import Response, abort, current_app, render_template

from awards import authority
from awards.authority import NoSigningKey
from awards.documents import detached
from awards.extensions import db
from awards.models import SigningState
from awards.web import face, verification, words
from awards.web.access import Audience, audience
from awards.web.downloads import download
from awards.web.public.routes import blueprint

PEM, CRL, SIGNATURE = "application/x-pem-file", "application/pkix-crl", "application/pkcs7-signature"
TEXT = "text/plain; charset=utf-8"


@blueprint.get("/signing/")
@audience(Audience.ANYONE)
def signing() -> str:
    session = db.session()
    found = authority.every(session)
    current = authority.current(session)
    latest = current or (found[0] if found else None)
    return render_template(
        "public/signing.html",
        keys=found,
        current=current,
        name=authority.name_of(latest) if latest else "",
        fingerprints=[authority.fingerprint(it) for it in authority.roots(session)],
        listed=bool(authority.lists(session)),
        revoked=SigningState.REVOKED,
        signs=SigningState.CURRENT,
        specimen=face.only_specimens(session),
        words=words,
    )


@blueprint.get("/signing/root.pem")
@audience(Audience.ANYONE)
def signing_root() -> Response:
    """The root to trust: the newest."""
    return _pem(authority.roots(db.session())[:1], "root.pem")


@blueprint.get("/signing/roots.pem")
@audience(Audience.ANYONE)
def signing_roots() -> Response:
    """Every root that ever vouched for our keys, the newest first."""
    return _pem(authority.roots(db.session()), "roots.pem")


@blueprint.get("/signing/keys.pem")
@audience(Audience.ANYONE)
def signing_keys() -> Response:
    """Certificates of all keys by which we sign, or signed."""
    return _pem(tuple(authority.der_of(it) for it in authority.every(db.session())), "keys.pem")


@blueprint.get("/signing/revoked.crl")
@audience(Audience.ANYONE)
def signing_revoked() -> Response:
    """The list of revoked keys of the newest root that has one, DER."""
    session = db.session()
    found = next((it for root in authority.roots(session) if (it := authority.list_of(session, root))), None)
    if found is None:
        abort(404)
    return download(found, CRL, "revoked.crl")


@blueprint.get("/signing/issued.txt")
@audience(Audience.ANYONE)
def signing_issued() -> Response:
    """The SHA-256 of every signed file that may be known now, in their own order, which says nothing of theirs."""
    return download(_issued(), TEXT, "issued.txt")


@blueprint.get("/signing/issued.txt.p7s")
@audience(Audience.ANYONE)
def signing_issued_signature() -> Response:
    """The list signed by the key that signs today, made on the spot."""
    session, folder = db.session(), current_app.config["LAURELS_DATA"]
    try:
        signer = authority.signer(
            session, authority.folder_in(folder), current_app.config, now=datetime.now(UTC)
        )
    except NoSigningKey:
        abort(404)
    digest = hashlib.sha256(_issued()).digest()
    signature = detached.whole(
        digest, signer.hand.certificates, signer.hand.proper(detached.signed_part(digest, signer.certificate))
    )
    return download(signature, SIGNATURE, "issued.txt.p7s")


def _issued() -> bytes:
    found = verification.signed_and_public(db.session(), datetime.now(UTC))
    return "".join(f"{it}\n" for it in sorted(certificate.sha256 for certificate in found)).encode()


def _pem(found: tuple[bytes, ...], name: str) -> Response:
    if not found:
        abort(404)
    return download("".join(authority.pem_of(it) for it in found).encode(), PEM, name)

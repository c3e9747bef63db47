"""Badges: the page of one, the credential and its picture, the issuer, its keys, and the lists of those revoked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from awards import badges
from awards.badges import NoBadgeKey, Shown, Standing
from awards.documents import badge as pure
from awards.documents import medal
from awards.extensions import db
from awards.models import Edition
from awards.web import errors, face, headers, structured, words
from awards.web.access import Audience, audience
from awards.web.public.routes import blueprint

machines = Blueprint("badges", __name__, url_prefix="/badges")
"""Addresses without a language: a badge is the same in all."""
SVG, PNG, JWT, JSON = "image/svg+xml", "image/png", pure.MEDIA_TYPE, "application/json"


@blueprint.get("/badges/<key>")
@audience(Audience.ANYONE)
def badge(key: str) -> str | Response:
    found = _found(key)
    if found.standing is Standing.DOWN:
        return errors.page(errors.GONE, errors.CERTIFICATE_DOWN)
    edition = db.session.get_one(Edition, found.badge.edition_id)
    said = found.credential
    subject = said["credentialSubject"]
    return render_template(
        "public/badge.html",
        found=found,
        said=said,
        names=[it["identityHash"] for it in subject["identifier"]],
        achievement=subject["achievement"],
        language_of=subject["achievement"]["inLanguage"],
        awarded_on=words.day(date.fromisoformat(said["awardedDate"][:10])),
        issued_on=words.day(found.badge.at),
        ended_on=words.day(found.badge.ended_at) if found.badge.ended_at else "",
        edition=face.faces_of(db.session(), [edition], datetime.now(UTC))[edition.id],
        issuer=pure.issuer_address(_url()),
        here=structured.absolute("public.badge", key=key),
        Standing=Standing,
        specimen=edition.specimen,
    )


@machines.get("/<key>.jwt")
@audience(Audience.ANYONE)
def token(key: str) -> Response:
    """The signed credential, also of a badge that is revoked: who holds it has it anyway, and the list says so."""
    return headers.share(Response(_shown(key).badge.token, mimetype=JWT))


@machines.get("/<key>.svg")
@audience(Audience.ANYONE)
def svg(key: str) -> Response:
    """The picture with the credential in it, so that it is the badge itself."""
    found = _shown(key)
    return headers.share(headers.lock(Response(medal.svg(_drawn(found), found.badge.token), mimetype=SVG)))


@machines.get("/<key>.png")
@audience(Audience.ANYONE)
def png(key: str) -> Response:
    found = _shown(key)
    return headers.share(headers.lock(Response(medal.png(_drawn(found), found.badge.token), mimetype=PNG)))


@machines.get("/issuer")
@audience(Audience.ANYONE)
def issuer() -> Response:
    document = pure.issuer_document(_url(), _association(db.session()), _public_keys())
    return headers.share(_json(document))


@machines.get("/keys")
@audience(Audience.ANYONE)
def keys() -> Response:
    """Every key that signs or signed badges (JWK set)."""
    return headers.share(_json({"keys": [pure.public_half(it, _url()) for it in _public_keys()]}))


@machines.get("/keys/<name>")
@audience(Audience.ANYONE)
def key(name: str) -> Response:
    found = [it for it in _public_keys() if pure.key_id(it) == name]
    if not found:
        abort(404)
    return headers.share(_json(pure.public_half(found[0], _url())))


@machines.get("/status/<int:number>")
@audience(Audience.ANYONE)
def status(number: int) -> Response:
    """Which badges are revoked, signed; asked of what is public at every request."""
    now = datetime.now(UTC)
    if not 1 <= number <= badges.lists(db.session(), now):
        abort(404)
    try:
        text = badges.status_list(db.session(), number, folder=_keys(), url=_url(), now=now)
    except NoBadgeKey:
        abort(404)
    return headers.share(Response(text, mimetype=JWT))


def _found(key: str) -> Shown:
    """The badge of an address. 404 where nobody may know of it."""
    found = badges.find(db.session(), key, datetime.now(UTC)) if key.isprintable() else None
    if found is None:
        abort(404)
    return found


def _shown(key: str) -> Shown:
    """The same; 410 where what it is for was taken down."""
    found = _found(key)
    if found.standing is Standing.DOWN:
        abort(410)
    return found


def _drawn(found: Shown) -> medal.Medal:
    said = found.credential
    subject = said["credentialSubject"]
    honour, _, edition = subject["achievement"]["name"].rpartition(" · ")
    return medal.Medal(
        honour, edition, subject["identifier"][0]["identityHash"], subject["achievement"]["inLanguage"]
    )


def _association(session: Session) -> str:
    """Who issues badges: the association of the latest edition of which one is public."""
    now = datetime.now(UTC)
    edition = badges.latest_edition(session, now)
    if edition is None:
        return "Laurels"
    return face.faces_of(session, [edition], now)[edition.id].say("association").text


def _public_keys() -> list[ECKey]:
    """The keys of badges; none before one is public, for the first would tell that badges were issued."""
    known = badges.lists(db.session(), datetime.now(UTC))
    return badges.public_keys(_keys()) if known else []


def _json(document: object) -> Response:
    return Response(current_app.json.dumps(document, ensure_ascii=False, sort_keys=False), mimetype=JSON)


def _url() -> str:
    return str(current_app.config["LAURELS_URL"])


def _keys() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / "keys"

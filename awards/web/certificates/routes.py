"""What the pages of certificates have in common."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from awards.documents import CertificateKind
from awards.models import Certificate
from awards.web import door
from awards.web.language import PREFIX
from awards.web.release.naming import spoken
from awards.web.secretariat import frame
from awards.web.secretariat.frame import face_of

blueprint = Blueprint("certificates", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/certificates")

Answer = str | Response | tuple[str, int]
HERE = "certificates.index"

KINDS = {
    CertificateKind.WINNER.value: _l("Winners"),
    CertificateKind.FINALIST.value: _l("Finalists"),
    CertificateKind.JUDGE.value: _l("Judges"),
}


def show(template: str, **values: object) -> str:
    """A page of certificates."""
    return frame.show(f"certificates/{template}", HERE, spoken=spoken, **values)


def folder() -> Path:
    """Where files are kept."""
    return Path(current_app.config["LAURELS_DATA"]) / "files"


def site() -> str:
    """The address of the site, which certificates state."""
    return str(current_app.config["LAURELS_URL"])


def stale() -> str:
    """What whoever acted on a page that is out of date is told."""
    return _("Something has changed meanwhile; nothing was done. This is how it stands now.")


def group_name(group: str) -> str:
    """A kind of certificates and, but for judges, the category."""
    kind, _colon, category = group.partition(":")
    if not category:
        return str(KINDS[kind])
    names = face_of(door.edition()).names
    return f"{KINDS[kind]} · {names.name('categories', category).text}"


def group_of(certificate: Certificate) -> str:
    """The group to which an issued certificate belongs."""
    category = certificate.nomination.category if certificate.nomination else ""
    return f"{certificate.kind}:{category}"

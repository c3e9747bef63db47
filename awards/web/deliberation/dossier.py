"""The dossier of a nomination for the panel, as judges read it, with its files."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response

from awards import dossiers
from awards.extensions import db
from awards.models import Attachment
from awards.web import door, files
from awards.web.access import Audience, audience
from awards.web.deliberation.nomination import Seen, find
from awards.web.deliberation.routes import Visitor, blueprint, show, visitor
from awards.web.dossier import serve_page


@blueprint.get("/<path:reference>/dossier")
@audience(Audience.ROOM)
def dossier(edition: str, reference: str) -> str:  # noqa: ARG001
    here, seen = _readable(reference)
    found = dossiers.of_nomination(db.session(), here.edition, seen.nomination.id)
    return show("dossier.html", here, it=seen, dossier=found)


@blueprint.get("/<path:reference>/files/<key>")
@audience(Audience.ROOM)
def file(edition: str, reference: str, key: str) -> Response:  # noqa: ARG001
    """The original, to be saved: nothing in it runs."""
    seen, found = _file(reference, key)
    return files.download(seen.nomination, found)


@blueprint.get("/<path:reference>/pages/<key>/<int:page>")
@audience(Audience.ROOM)
def page(edition: str, reference: str, key: str, page: int) -> Response:  # noqa: ARG001
    _seen, found = _file(reference, key)
    return serve_page(found, page, request.args.get("size", "")) or abort(404)


def _readable(reference: str) -> tuple[Visitor, Seen]:
    """A nomination that whoever asks deliberates on. 404 while they don't come in, and where they have a conflict."""
    here = visitor()
    if not here.is_in:
        abort(404)
    seen = find(here, reference)
    if seen.is_kept_out:
        abort(404)
    return here, seen


def _file(reference: str, key: str) -> tuple[Seen, Attachment]:
    if not door.IDENTIFIER.fullmatch(key):
        abort(404)
    here, seen = _readable(reference)
    found = dossiers.find_file(db.session(), here.edition, seen.nomination.id, key)
    if found is None:
        abort(404)
    return seen, found

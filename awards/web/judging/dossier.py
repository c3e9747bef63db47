"""Files of a nomination as judges see them: pages drawn to pictures, originals to download."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response

from awards import dossiers
from awards.extensions import db
from awards.models import Attachment, Nomination
from awards.web import door, files
from awards.web.access import Audience, audience
from awards.web.dossier import serve_page
from awards.web.judging.routes import blueprint, reader


@blueprint.get("/n/<path:reference>/files/<key>")
@audience(Audience.JUDGE)
def file(reference: str, key: str, **_edition: str) -> Response:
    """The original, to be saved: nothing in it runs."""
    return files.download(*_readable(reference, key))


@blueprint.get("/n/<path:reference>/pages/<key>/<int:page>")
@audience(Audience.JUDGE)
def page(reference: str, key: str, page: int, **_edition: str) -> Response:
    _nomination, found = _readable(reference, key)
    return serve_page(found, page, request.args.get("size", "")) or abort(404)


def _readable(reference: str, key: str) -> tuple[Nomination, Attachment]:
    """A file of a nomination that whoever asks is to mark now. 404 for any other."""
    if not reference.isprintable() or not door.IDENTIFIER.fullmatch(key):
        abort(404)
    here = reader()
    item = here.queue.find(reference)
    if item is None or not here.reads_files:
        abort(404)
    session = db.session()
    found = dossiers.find_file(session, here.edition, item.nomination, key)
    if found is None:
        abort(404)
    return session.get_one(Nomination, item.nomination), found

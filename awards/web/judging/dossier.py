"""Files of a nomination as judges see them: pages drawn to pictures, originals to download."""

from __future__ import annotations

from flask import abort, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from awards import dossiers, marking
from awards.extensions import db
from awards.models import Assignment, AssignmentState, Attachment, JudgeState, Nomination
from awards.web import door, files, sessions
from awards.web.access import Audience, audience
from awards.web.dossier import serve_page
from awards.web.judging.routes import blueprint


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
    session, edition = db.session(), door.edition()
    nomination = _assigned(reference)
    found = dossiers.find_file(session, edition, nomination.id, key)
    if found is None:
        abort(404)
    return nomination, found


def _assigned(reference: str) -> Nomination:
    session, edition, judge = db.session(), door.edition(), door.judge()
    found = marking.of_judge(session, edition, judge, opened=None, now=sessions.now())
    if found is None or judge.state is not JudgeState.ACCEPTED:
        abort(404)
    nomination = session.scalars(
        select(Nomination)
        .join(Assignment, Assignment.nomination_id == Nomination.id)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.reference == reference,
            Assignment.judge_id == judge.id,
            Assignment.round == found.round,
            Assignment.state == AssignmentState.ISSUED,
        )
    ).first()
    return nomination or abort(404)

"""A judge looks at a sheet that was typed for them: this is what I gave, or it is not."""

from __future__ import annotations

from flask import Response, abort, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from awards import scans, unconfirmed
from awards.extensions import db
from awards.models import Typing
from awards.web import door, sessions, typed, words
from awards.web.access import Audience, audience
from awards.web.clerk.confirming import settle
from awards.web.face import faces_of
from awards.web.judging.routes import blueprint
from awards.web.secretariat.frame import posted


@blueprint.route("/confirm/<typing>", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def confirm_typed(typing: str, **_edition: str) -> str | AnyResponse | tuple[str, int]:
    found = _own(typing)
    if request.method != "POST":
        return _page(found, {})
    wrong = settle(found)
    if wrong:
        return _page(found, wrong), 422
    return redirect(url_for("judging.confirm_typed", edition=door.edition().key, typing=typing), 303)


@blueprint.get("/confirm/<typing>/scan")
@audience(Audience.JUDGE)
def confirm_scan(typing: str, **_edition: str) -> Response:
    found = _own(typing)
    return typed.scan_file(scans.of(db.session(), found), found.version.sheet.assignment.code or "scan")


def _own(typing: str) -> Typing:
    if not door.IDENTIFIER.fullmatch(typing):
        abort(404)
    found = unconfirmed.of_judge(db.session(), door.judge(), typing)
    if found is None:
        abort(404)
    return found


def _page(found: Typing, wrong: dict[str, str]) -> str:
    session, edition = db.session(), door.edition()
    return render_template(
        "judging/confirm.html",
        edition=edition,
        face=faces_of(session, [edition], sessions.now())[edition.id],
        specimen=edition.specimen,
        words=words,
        it=typed.shown(session, edition, found),
        waits=unconfirmed.is_waiting(session, found),
        wrong=wrong,
        reason=posted("reason"),
    )

"""Files of a nomination: the page of one field, and every file as a download that nothing can run in."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import attachments, enclosures, lateness, partners, uploads
from awards.extensions import db
from awards.models import Attachment, Edition, Nomination
from awards.uploads import PICTURES, TAKEN, Accepted, UploadRefused
from awards.web import door, headers, refusals, sessions
from awards.web.access import Audience, audience
from awards.web.dossier import serve_page
from awards.web.field_page import FieldPage
from awards.web.language import PREFIX
from awards.web.letter_page import LetterPage
from judging.rules import Field

blueprint = Blueprint("files", __name__, url_prefix=PREFIX)


@blueprint.route("/nominations/<nomination>/files/<field>", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def field(nomination: str, field: str) -> str | Response | tuple[str, int]:
    page = _page(field)
    if request.method != "POST":
        page.restore(sessions.filled())
        page.undo = request.args.get("removed", "")
        return render_template("files/field.html", page=page)
    sent = request.files.get("upload")
    taken = _look_through(sent, page.field) if sent is not None and sent.filename else None
    page.fill(request.form)
    try:
        page.hold_open()
    except enclosures.FilesClosed:
        return render_template("files/field.html", page=page), 422
    undo = _save(page, taken)
    db.session.commit()
    if page.problems:
        return render_template("files/field.html", page=page), 422
    for text in page.done or ([] if undo else [_("Saved.")]):
        flash(text, "done")
    address = url_for("files.field", nomination=nomination, field=field, removed=undo or None)
    return redirect(address, 303)


def _look_through(sent: FileStorage, spec: Field) -> Accepted | UploadRefused:
    """The file as it is kept, or why it is not."""
    kinds = PICTURES if spec.kind == "pictures" else TAKEN
    try:
        with door.stepped_out():
            return uploads.inspect(sent.filename or "", sent.stream.read(), kinds=kinds)
    except UploadRefused as error:
        return error


def _save(page: FieldPage, taken: Accepted | UploadRefused | None) -> str:
    """Save all that was sent, each part by itself; gives back the key of what was taken out."""
    session, now, actor = db.session(), sessions.now(), sessions.actor()
    found, spec, form = page.nomination, page.field, request.form
    if page.is_pictures:
        typed = page.sound()
        page.dispute(enclosures.describe(session, found, spec, typed, base=page.base, actor=actor, now=now))
    out, back = form.get("take_out", ""), form.get("put_back", "")
    if out:
        page.take_out(out)
    there = attachments.find(session, found, back) if door.IDENTIFIER.fullmatch(back) else None
    if there is not None and there.field == spec.key:
        if page.is_full():
            page.wrong("upload", refusals.over_the_limit(attachments.TooManyFiles(page.most)))
        else:
            page.put(back)
            page.done.append(_("“%(name)s” is back in its place.", name=there.name))
    if taken is not None:
        _take(page, taken, uploads.clean_name(request.files["upload"].filename or ""))
    elif form.get("act") == "upload":
        page.wrong("upload", _("Choose a file first, then press “Upload”."))
    return out


def _take(page: FieldPage, taken: Accepted | UploadRefused, name: str) -> None:
    session, now, actor = db.session(), sessions.now(), sessions.actor()
    if isinstance(taken, UploadRefused):
        page.wrong("upload", refusals.named(name, refusals.refused(taken, pictures_only=page.is_pictures)))
        return
    try:
        kept = attachments.add(
            session,
            page.nomination,
            page.field.key,
            taken,
            folder=_folder(),
            actor=actor,
            now=now,
            most=page.keeps,
        )
    except (attachments.TooManyFiles, attachments.TooMuch) as error:
        page.wrong("upload", refusals.named(name, refusals.over_the_limit(error)))
        return
    page.put(kept.key)
    page.done.append(_("“%(name)s” was added.", name=kept.name))


@blueprint.get("/nominations/<nomination>/files/<field>/<key>")
@audience(Audience.NOMINATOR)
def get(field: str, key: str, **_address: str) -> Response:
    return download(door.nomination(), _own(field, key))


@blueprint.get("/nominations/<nomination>/files/<field>/<key>/small")
@audience(Audience.NOMINATOR)
def small(field: str, key: str, **_address: str) -> Response:
    return _small(_own(field, key))


@blueprint.get("/screening/<edition>/files/<key>")
@audience(Audience.SCREENER)
def screen(key: str, **_address: str) -> Response:
    return download(*_screened(key))


@blueprint.get("/screening/<edition>/files/<key>/small")
@audience(Audience.SCREENER)
def screen_small(key: str, **_address: str) -> Response:
    return _small(_screened(key)[1])


@blueprint.get("/screening/<edition>/files/<key>/pages/<int:page>")
@audience(Audience.SCREENER)
def screen_page(key: str, page: int, **_address: str) -> Response:
    return serve_page(_screened(key)[1], page, request.args.get("size", "")) or abort(404)


def _page(key: str) -> FieldPage:
    """The page of a field of the form, or of the letter of a partner."""
    session, nomination = db.session(), door.nomination()
    try:
        if key.startswith(partners.LETTER):
            return LetterPage(nomination, partners.of_field(session, nomination, key), key)
        return FieldPage(nomination, attachments.field_of(session, nomination, key))
    except (attachments.NoSuchField, partners.NotAPartner):
        abort(404)


def _own(field: str, key: str) -> Attachment:
    """A file of the nomination of the address, in the field of the address."""
    found = attachments.find(db.session(), door.nomination(), key) if door.IDENTIFIER.fullmatch(key) else None
    if found is None or found.field != field:
        abort(404)
    return found


def _screened(key: str) -> tuple[Nomination, Attachment]:
    if not door.IDENTIFIER.fullmatch(key):
        abort(404)
    found = enclosures.shown_to_screeners(db.session(), door.edition(), key)
    if found is None or lateness.interests_of(db.session(), sessions.me(), found[0]):
        abort(404)
    return found


def _folder() -> Path:
    return Path(current_app.config["LAURELS_DATA"]) / attachments.FILES


def download(nomination: Nomination, attachment: Attachment) -> Response:
    """A file under a name that we made, never opened in the site's pages."""
    file = attachments.open_file(_folder(), attachment)
    return headers.lock(
        send_file(
            file,
            mimetype=attachment.media_type,
            as_attachment=True,
            download_name=_made_name(nomination, attachment),
            conditional=False,
            etag=False,
        )
    )


def _small(attachment: Attachment) -> Response:
    file = attachments.open_small(_folder(), attachment)
    return headers.lock(send_file(file, mimetype="image/jpeg", conditional=False, etag=False))


def _made_name(nomination: Nomination, attachment: Attachment) -> str:
    """Reference, field and number: what was uploaded under any name comes back under a plain one."""
    edition = db.session().get_one(Edition, nomination.edition_id)
    draft = nomination.reference.startswith("draft-")
    parts = (
        edition.key if draft else "",
        "draft" if draft else nomination.reference,
        attachment.field,
        str(attachments.number(db.session(), attachment)),
    )
    stem = "-".join(re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-") for part in parts if part)
    return f"{stem}{Path(attachment.file).suffix}"

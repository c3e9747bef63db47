"""The nominator's side: what was decided about a nomination, why, and the one appeal."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from awards import appeals, attachments, editions, reviews, uploads
from awards.appeals import (
    AppealEmpty,
    AppealMade,
    AppealTooLate,
    AppealTooLong,
    NoAppeal,
    NothingToAppeal,
    Ruling,
    Standing,
)
from awards.extensions import db
from awards.models import Attachment, Edition, NominationRevision
from awards.screening import ScreeningClosed
from awards.uploads import UploadRefused
from awards.web import door, findings, refusals, sessions, words
from awards.web.access import Audience, audience
from awards.web.language import PREFIX
from awards.web.screening.forms import needed
from awards.web.texts import Names, Text
from awards.web.words import lazy as _l
from awards.web.words import tidy_text

blueprint = Blueprint("appeals", __name__, url_prefix=f"{PREFIX}/nominations/<nomination>")

REFUSALS = {
    NothingToAppeal: _l("There is no decision against your nomination."),
    NoAppeal: _l("The time in which appeals are decided is over. Write to the secretariat."),
    AppealMade: _l(
        "An appeal was made already, by you or somebody who writes this nomination with you. It is made once."
    ),
    AppealTooLate: _l(
        "The time to appeal has passed. What you typed stands below; you can copy it and write to the secretariat."
    ),
    ScreeningClosed: _l("The time in which appeals are decided is over. Write to the secretariat."),
    AppealEmpty: _l("Say why the decision is wrong."),
    AppealTooLong: _l("Write at most 20,000 characters; put what is longer into a file."),
}


class AppealForm(FlaskForm):
    text = TextAreaField(
        _l("Why the decision is wrong"),
        [
            needed(_l("Say why the decision is wrong.")),
            Length(
                max=appeals.LONGEST_TEXT,
                message=_l("Write at most 20,000 characters; put what is longer into a file."),
            ),
        ],
        filters=[tidy_text],
        description=_l("Whoever decides reads this beside your nomination, which stays as you submitted it."),
    )


@blueprint.get("/decision")
@audience(Audience.NOMINATOR)
def show(**_nomination: str) -> str:
    return _page("show.html", _ruling())


@blueprint.route("/appeal", methods=["GET", "POST"])
@audience(Audience.NOMINATOR)
def write(nomination: str) -> str | Response | tuple[str, int]:
    """The one appeal. A file that was sent is kept also where the text is not there yet."""
    if request.method == "GET":
        form = AppealForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
        return _page("write.html", _ruling(), form=form, file=_file())
    wrong = _take_in(request.files.get("file"))
    found, form = _ruling(), AppealForm()  # type: ignore[no-untyped-call]
    attaching = request.form.get("act") == "attach"
    if wrong or attaching or not form.validate():
        form.form_errors += [wrong] if wrong else []
        db.session.commit()
        return _page("write.html", found, form=form, file=_file()), 422 if form.errors else 200
    session, file = db.session(), _file()
    try:
        appeals.lodge(
            session,
            session.get_one(Edition, door.nomination().edition_id),
            door.nomination(),
            text=str(form.text.data),
            attachment_key=file.key if file is not None and "without" not in request.form else None,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except tuple(REFUSALS) as error:
        session.rollback()
        form.form_errors.append(str(REFUSALS[type(error)]))
        return _page("write.html", found, form=form, file=_file()), 422
    session.commit()
    flash(_("Your appeal has arrived. A receipt is on its way by mail."), "done")
    return redirect(url_for("appeals.show", nomination=nomination), 303)


def _file() -> Attachment | None:
    """The file that goes with the appeal: the one that was sent last."""
    return next(reversed(attachments.of(db.session(), door.nomination(), reviews.APPEAL)), None)


def _is_taken() -> bool:
    """Whether an appeal that arrives now is taken, the grace counted, and so its file with it."""
    session, nomination = db.session(), door.nomination()
    edition = session.get_one(Edition, nomination.edition_id)
    found = appeals.ruling_with_grace(session, edition, nomination, sessions.now())
    return found is not None and found.standing is Standing.OPEN


def _take_in(sent: FileStorage | None) -> str:
    """Look through a file while nobody waits for the database, and keep it; what is wrong with it, in words."""
    if sent is None or not sent.filename or not _is_taken():
        return ""
    try:
        with door.stepped_out():
            taken = uploads.inspect(sent.filename, sent.stream.read())
    except UploadRefused as error:
        return refusals.refused(error)
    try:
        attachments.add(
            db.session(),
            door.nomination(),
            reviews.APPEAL,
            taken,
            folder=Path(current_app.config["LAURELS_DATA"]) / attachments.FILES,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (attachments.TooManyFiles, attachments.TooMuch) as error:
        return refusals.over_the_limit(error)
    return ""


def _ruling() -> Ruling:
    """What the nomination's people were told. 404 where that is nothing yet."""
    session, nomination = db.session(), door.nomination()
    edition = session.get_one(Edition, nomination.edition_id)
    found = appeals.ruling(session, edition, nomination, sessions.now())
    if found is None:
        abort(404)
    return found


def _page(template: str, found: Ruling, **values: object) -> str:
    session, nomination = db.session(), door.nomination()
    edition = session.get_one(Edition, nomination.edition_id)
    texts = editions.texts_of(session, edition)
    names = Names(texts, edition.language)
    revision = next(it for it in nomination.revisions if it.number == nomination.submitted_number)
    return render_template(
        f"appeals/{template}",
        nomination=nomination,
        title=_title(revision),
        ruling=found,
        failed=_failed(found, names),
        told=_moment(found.told.at, edition),
        until=words.in_both(found.until, sessions.me().zone) if found.until else "",
        made=_moment(found.appeal.at, edition) if found.appeal else "",
        is_open=found.standing is Standing.OPEN,
        is_late=found.standing is Standing.LATE,
        specimen=edition.specimen,
        **values,
    )


def _failed(found: Ruling, names: Names) -> list[str]:
    """The rules that were not met, in words, but for findings that a person found not to count."""
    if found.eligible:
        return []
    return [
        findings.sentence(str(it["kind"]), it["data"], lambda key: findings.field_name(key, names))  # type: ignore[arg-type]
        for it in found.findings
        if it.get("ineligible") and not it.get("overridden")
    ]


def _title(revision: NominationRevision) -> Text:
    return Text(revision.title, revision.language)


def _moment(instant: object, edition: Edition) -> str:
    return words.in_both(words.in_zone(instant, edition.zone), sessions.me().zone)  # type: ignore[arg-type]

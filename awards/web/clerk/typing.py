"""Typing a sheet from paper or from the telephone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from awards import attachments, marking, scans, scoring, typings, unconfirmed, uploads
from awards.extensions import db
from awards.models import Assignment, Attachment, Edition, Origin, Typing
from awards.scoring import LONGEST_TEXT, Content
from awards.timetable import UnknownZone, deadline
from awards.typings import Arrival
from awards.uploads import Accepted, UploadRefused
from awards.uploads.values import Kind
from awards.web import door, refusals, sessions, typed, words
from awards.web.access import Audience, audience
from awards.web.clerk.routes import blueprint, show, waiting
from awards.web.secretariat.frame import posted, posted_number

SCANS = frozenset({Kind.PDF, Kind.JPEG, Kind.PNG})
LONGEST_CODE = 40
CLOSED: Mapping[type[Exception], object] = {
    typings.NotYours: _l(
        "You can't type this sheet: you judge, chair or audit this edition, or you have an interest in the "
        "nomination. Give it to another clerk."
    ),
    typings.SheetEnded: _l(
        "This sheet can't be typed: the judge has no more to mark this nomination, or it is judged no more. "
        "Keep the paper and ask the secretariat."
    ),
    typings.AlreadySubmitted: _l("There is a submitted sheet already; it can't be typed over."),
    typings.AlreadyTyped: _l(
        "Another clerk has typed this sheet, and it waits to be confirmed. Nothing more is needed from you."
    ),
    marking.MarksClosed: _l("The round is closed. No sheet can be typed any more."),
}


@blueprint.get("/")
@audience(Audience.CLERK)
def index(**_edition: str) -> str | Response | tuple[str, int]:
    """The code leads to its sheet; below it what one has typed and what waits for a second person."""
    code = words.tidy(request.args.get("code", ""))[:LONGEST_CODE]
    wrong = ""
    if "code" in request.args:
        try:
            found = typings.find(db.session(), door.edition(), code)
        except typings.NoSuchSheet:
            wrong = _wrong_code(code)
        else:
            return redirect(url_for("clerk.sheet", edition=door.edition().key, code=found.code), 303)
    mine, others = waiting()
    page = show("index.html", "clerk.index", code=code, wrong=wrong, mine=mine, others=others)
    return (page, 422) if wrong else page


def _wrong_code(code: str) -> str:
    """What may be mistyped in a code that leads nowhere."""
    if not code:
        return _("Type the code that stands in large letters on the sheet.")
    kept = typings.code_of(code)
    if len(kept) != typings.CODE_LENGTH:
        return _(
            "A code has %(wanted)d letters and digits; this one has %(found)d. Look at the sheet again.",
            wanted=typings.CODE_LENGTH,
            found=len(kept),
        )
    return _(
        "No sheet of this edition has the code %(code)s. O and 0, I and 1 are read as the same already. "
        "Look at the sheet again, also whether it is of this edition.",
        code=kept,
    )


@dataclass
class Form:
    """What was typed, as text, so that a faulty form comes back as it was sent."""

    marks: dict[str, str]
    comment: str = ""
    feedback: str = ""
    origin: str = Origin.PAPER.value
    day: str = ""
    clock: str = ""
    note: str = ""
    scan: Attachment | None = None
    base: int = 0
    wrong: dict[str, str] = field(default_factory=dict)


@blueprint.route("/sheet/<code>", methods=["GET", "POST"])
@audience(Audience.CLERK)
def sheet(code: str, **_edition: str) -> str | Response | tuple[str, int]:
    session, edition = db.session(), door.edition()
    assignment = _of_code(code)
    closed = _closed(session, edition, assignment)
    if closed:
        return show("closed.html", "clerk.index", assignment=assignment, closed=closed), 409
    if request.method != "POST":
        return _page(assignment, _begun(session, edition, assignment))
    taken = _look_through()
    session, edition, assignment = db.session(), door.edition(), _of_code(code)
    form = _filled(assignment)
    _keep_scan(session, form, taken)
    if not form.wrong and _write(session, edition, assignment, form):
        session.commit()
        flash(
            _("Typed. It counts when the judge or another clerk has confirmed it. The judge is told."), "done"
        )
        return redirect(url_for("clerk.index", edition=edition.key), 303)
    session.commit()
    return _page(assignment, form), 422


def _of_code(code: str) -> Assignment:
    if not door.IDENTIFIER.fullmatch(code):
        abort(404)
    try:
        return typings.find(db.session(), door.edition(), code)
    except typings.NoSuchSheet:
        abort(404)


def _closed(session: Session, edition: Edition, assignment: Assignment) -> str:
    """Why this sheet can't be typed; empty where it can."""
    try:
        typings.need_free(session, edition, assignment, actor=sessions.actor(), now=sessions.now())
    except tuple(CLOSED) as error:
        return str(CLOSED[type(error)])
    return ""


def _page(assignment: Assignment, form: Form) -> str:
    session, edition = db.session(), door.edition()
    closes = marking.of_judge(
        session, edition, assignment.judge, assignment=assignment, opened=None, now=sessions.now()
    )
    return show(
        "sheet.html",
        "clerk.index",
        sheet=typed.sheet_of(session, edition, assignment, form.marks),
        form=form,
        closes=closes.closes if closes else None,
        is_late=closes is not None and not closes.is_open,
        own=_own(session, assignment) is not None,
        origins=typed.ORIGINS,
        zone=words.zone(edition.zone),
    )


def _own(session: Session, assignment: Assignment) -> Typing | None:
    found = unconfirmed.of_sheet(session, assignment)
    return found if found is not None and found.typed_by_id == sessions.me().id else None


def _begun(session: Session, edition: Edition, assignment: Assignment) -> Form:
    """The empty form, what one typed oneself in it, or what was kept while its sender was signed out."""
    base = typings.base_of(session, assignment)
    if sessions.filled() is not None:
        return _filled(assignment)
    own = _own(session, assignment)
    now = marking.of_judge(
        session, edition, assignment.judge, assignment=assignment, opened=None, now=sessions.now()
    )
    here = words.in_zone(sessions.now(), edition.zone).local
    in_time = now is not None and now.is_open
    form = Form(
        {}, base=base, day=f"{here:%Y-%m-%d}" if in_time else "", clock=f"{here:%H:%M}" if in_time else ""
    )
    if own is None:
        return form
    arrived = words.in_zone(own.arrived_at, edition.zone).local
    return Form(
        {key: str(mark) for key, mark in own.version.marks.items()},
        comment=own.version.comment,
        feedback=own.version.feedback,
        origin=own.version.origin.value,
        day=f"{arrived:%Y-%m-%d}",
        clock=f"{arrived:%H:%M}",
        note=own.note,
        scan=scans.of(session, own),
        base=base,
    )


def _filled(assignment: Assignment) -> Form:
    """The posted form; a scan that came before is found again by its key."""
    rules = typed.rules_of(db.session(), door.edition())
    criteria = rules.category(assignment.nomination.category).criteria
    key = posted("kept")
    scan = scans.own(db.session(), key, actor=sessions.actor()) if door.IDENTIFIER.fullmatch(key) else None
    return Form(
        {key: found for key in criteria if (found := posted(f"mark-{key}"))},
        comment=posted("comment"),
        feedback=posted("feedback"),
        origin=Origin.TYPED.value if posted("origin") == Origin.TYPED.value else Origin.PAPER.value,
        day=posted("day"),
        clock=posted("time"),
        note=posted("note"),
        scan=scan,
        base=posted_number("base"),
    )


def _look_through() -> Accepted | UploadRefused | None:
    """The scan as it is kept, or why it is not; None where none was sent."""
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        return None
    try:
        with door.stepped_out():
            return uploads.inspect(sent.filename, sent.stream.read(), kinds=SCANS)
    except UploadRefused as error:
        return error


def _keep_scan(session: Session, form: Form, taken: Accepted | UploadRefused | None) -> None:
    if isinstance(taken, UploadRefused):
        form.wrong["scan"] = (
            _("A scan is a PDF, or a picture as JPEG or PNG.")
            if taken.refusal is uploads.Refusal.TYPE
            else refusals.refused(taken)
        )
    elif taken is not None:
        folder = Path(current_app.config["LAURELS_DATA"]) / attachments.FILES
        form.scan = scans.keep(session, taken, folder=folder, actor=sessions.actor(), now=sessions.now())


def _write(session: Session, edition: Edition, assignment: Assignment, form: Form) -> bool:
    """Whether the sheet was typed; if not, the form says what is wrong."""
    content, arrived = _content(form), _arrived(edition, form)
    if form.wrong or arrived is None:
        return False
    arrival = Arrival(Origin(form.origin), arrived, scan=form.scan, note=form.note)
    actor, now = sessions.actor(), sessions.now()
    try:
        typings.write(session, edition, assignment, content, arrival, base=form.base, actor=actor, now=now)
    except typings.Overtaken:
        form.base = typings.base_of(session, assignment)
        form.wrong[""] = _(
            "The sheet was saved since you opened this page, perhaps by the judge. Ask the judge which holds; "
            "what you have typed is still here, and is taken when you press the button again."
        )
    except typings.ProofMissing as error:
        form.wrong[error.proof.value] = (
            _("Choose the scan or a photograph of the paper.")
            if error.proof is typings.Proof.SCAN
            else _("Write who called, when, and from which number.")
        )
    except typings.ArrivedLater:
        form.wrong["day"] = _("This moment is still to come. Write when the paper or the call arrived.")
    except typings.NothingTyped:
        form.wrong[""] = _("Nothing is marked yet. Type at least one mark.")
    except scoring.NotAMark as error:
        form.wrong.update({f"mark-{key}": _not_a_mark(edition) for key in error.keys})
    except marking.MarksClosed as error:
        when = words.when(error.closes) if error.closes else ""
        form.wrong["day"] = _(
            "It arrived after the deadline of this judge (%(when)s), so it can't be taken.", when=when
        )
    except tuple(CLOSED) as error:
        form.wrong[""] = str(CLOSED[type(error)])
    return not form.wrong


def _content(form: Form) -> Content:
    marks = {}
    for key, text in form.marks.items():
        if text.isascii() and text.isdecimal() and len(text) < 4:
            marks[key] = int(text)
        else:
            form.wrong[f"mark-{key}"] = _not_a_mark(door.edition())
    for name, text in (("comment", form.comment), ("feedback", form.feedback)):
        if len(text) > LONGEST_TEXT:
            form.wrong[name] = _("Write at most %(most)d characters.", most=LONGEST_TEXT)
    if len(form.note) > typings.LONGEST_NOTE:
        form.wrong["note"] = _("Write at most %(most)d characters.", most=typings.LONGEST_NOTE)
    return Content(marks, form.comment, form.feedback)


def _not_a_mark(edition: Edition) -> str:
    scale = typed.rules_of(db.session(), edition).scale
    return _("A mark is a whole number from %(low)d to %(high)d.", low=scale.lowest, high=scale.highest)


def _arrived(edition: Edition, form: Form) -> datetime | None:
    """When the paper or the call was there, by the clocks of the edition."""
    try:
        when = datetime.combine(date.fromisoformat(form.day), time.fromisoformat(form.clock))
        return deadline(when.replace(tzinfo=None), edition.zone).instant
    except (ValueError, OverflowError, UnknownZone):
        form.wrong["day"] = _("Write when it arrived: the day as 2027-05-16, the time as 14:30.")
        return None

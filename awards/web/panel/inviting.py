"""Inviting judges: from earlier panels, one by one, or from a file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from awards import accounts, coverage, editions, invitations, inviting, judges, pool, spreadsheets
from awards.extensions import db
from awards.inviting import Asked, Wanted
from awards.tables import FileRefused, Table
from awards.uploads import Kind, Refusal, UploadRefused, inspect
from awards.web import door, language, refusals, sessions, work
from awards.web.access import Audience, audience
from awards.web.downloads import download_csv
from awards.web.panel import says
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import Answer, back_to, face_of, name_of, named, posted, show
from awards.web.ticks import Ticks
from awards.web.words import lazy as _l
from awards.web.words import tidy, tidy_text

LARGEST = 2 * 2**20
MOST_ROWS = 1000
LONGEST_SEARCH = 200
LATE = _l("No round is left in which a panel gives marks, so nobody can be asked to judge.")


class InviteForm(FlaskForm):
    name = StringField(
        _l("Name"),
        [
            DataRequired(_l("Write the name.")),
            Length(max=accounts.LONGEST_NAME, message=_l("A name has at most 200 letters.")),
        ],
        filters=[tidy],
    )
    email = EmailField(
        _l("E-mail address"),
        [
            DataRequired(_l("Write the e-mail address.")),
            Length(max=accounts.LONGEST_ADDRESS, message=_l("This is not an e-mail address.")),
        ],
        filters=[tidy],
    )
    language = SelectField(_l("Language of the mail"))
    categories = Ticks(_l("Categories to read"))
    note = TextAreaField(
        _l("A word of your own"),
        [Length(max=invitations.LONGEST_NOTE, message=_l("This is longer than 2000 letters."))],
        filters=[tidy_text],
    )


@dataclass(frozen=True, slots=True)
class Pick:
    """Somebody of an earlier panel, as they can be ticked."""

    value: str
    name: str
    email: str
    places: str
    editions: int
    ticked: bool


@blueprint.route("/judges/invite", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def invite(**_edition: str) -> Answer:
    """Ask people to judge; each way has a form of its own."""
    form = _form()
    if request.method == "GET":
        return _page(form)
    act = {"pool": _from_pool, "file": _from_file}.get(posted("act"), _one)
    try:
        return act(form)
    except judges.PanelComplete:
        db.session.rollback()
        return _page(form, wrong={"": str(LATE)}), 422


def _form() -> InviteForm:
    form = InviteForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    found = door.edition()
    names = face_of(found).names
    form.language.choices = list(language.NAMES.items())
    form.categories.choices = [
        (key, str(names.name("categories", key))) for key in editions.open_categories(db.session(), found)
    ]
    if sessions.filled() is None:
        form.language.data = found.language
    return form


def _one(form: InviteForm) -> Answer:
    if not form.validate():
        return _page(form), 422
    wanted = Wanted(
        email=str(form.email.data),
        name=str(form.name.data),
        language=form.language.data,
        categories=_categories(form),
        note=str(form.note.data or ""),
    )
    try:
        judge = inviting.invite(
            db.session(), door.edition(), wanted, actor=sessions.actor(), now=sessions.now()
        )
    except inviting.LEFT_OUT as error:
        db.session.rollback()
        form.email.errors = [_("%(name)s %(why)s.", name=wanted.email, why=says.refused(error))]
        return _page(form), 422
    said = _("%(name)s is asked by mail.", name=name_of(judge.account))
    db.session.commit()
    return back_to("panel.judges", said)


def _categories(form: InviteForm) -> tuple[str, ...]:
    """The ticked categories; none means all."""
    known = editions.open_categories(db.session(), door.edition())
    return tuple(key for key in known if key in (form.categories.data or ()))


def _from_pool(form: InviteForm) -> Answer:
    """Everybody who was ticked and can be asked; the others are named."""
    filled = sessions.filled()
    ticked = set(filled.getlist("person")) if filled is not None else set()
    known = pool.known(db.session(), door.edition(), text=posted("q")[:LONGEST_SEARCH])
    wanted = [
        Wanted(
            email=it.account.email,
            name=it.account.name,
            language=it.account.language
            if it.account.language in language.NAMES
            else door.edition().language,
            categories=_categories(form),
            note=str(form.note.data or "")[: invitations.LONGEST_NOTE],
        )
        for it in known
        if it.account.public_id in ticked
    ]
    if not wanted:
        return _page(form, wrong={"pool": _("Tick at least one person.")}), 422
    done = inviting.invite_all(
        db.session(), door.edition(), wanted, actor=sessions.actor(), now=sessions.now()
    )
    return _done(done)


def _from_file(form: InviteForm) -> Answer:
    """Everybody on the list, or nobody where a line can't be taken; the lines are named."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(form, wrong={"file": _("Choose a file.")}), 422
    content = sent.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        return _page(form, wrong={"file": _("The file is larger than 2 MB.")}), 422
    try:
        with door.stepped_out():
            table = _read(sent.filename, content)
        if len(table.rows) > MOST_ROWS:
            return _page(form, wrong={"file": _("A list has at most 1,000 people.")}), 422
        done = inviting.load(
            db.session(),
            door.edition(),
            table,
            language=str(form.language.data or door.edition().language),
            note=str(form.note.data or "")[: invitations.LONGEST_NOTE],
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except UploadRefused as error:
        is_other = error.refusal is Refusal.TYPE
        said = (
            _("A list is an Excel workbook (.xlsx) or a CSV file.") if is_other else refusals.refused(error)
        )
        return _page(form, wrong={"file": said}), 422
    except FileRefused as error:
        db.session.rollback()
        return _page(form, lines=[says.line(it) for it in error.lines]), 422
    return _done(done)


def _read(name: str, content: bytes) -> Table:
    """The list in a file, a workbook looked through first. Raises UploadRefused, FileRefused."""
    is_workbook = content.startswith(b"PK")
    if is_workbook:
        content = inspect(name, content, kinds=(Kind.XLSX,)).content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("list.xlsx" if is_workbook else "list.csv")
        path.write_bytes(content)
        return spreadsheets.read(path, required=inviting.REQUIRED, optional=inviting.OPTIONAL)


def _done(done: Asked) -> Answer:
    """What became of many; the commit is here."""
    asked = len(done.asked)
    said = ngettext("%(num)s person is asked by mail.", "%(num)s people are asked by mail.", asked)
    db.session.commit()
    left_out = [
        _("Not asked: %(name)s %(why)s.", name=name, why=says.refused(error)) for name, error in done.left_out
    ]
    return back_to("panel.judges", named(said, left_out), "caution" if left_out else "done")


def _page(form: InviteForm, *, wrong: dict[str, str] | None = None, lines: list[str] | None = None) -> str:
    session, found = db.session(), door.edition()
    text = (posted("q") or request.args.get("q", ""))[:LONGEST_SEARCH]
    filled = sessions.filled()
    ticked = set(filled.getlist("person")) if filled is not None else set()
    people = [
        Pick(
            it.account.public_id,
            name_of(it.account),
            it.account.email,
            "; ".join(work.told(tie) for tie in it.places),
            it.editions,
            it.account.public_id in ticked,
        )
        for it in pool.known(session, found, text=tidy(text))
    ]
    return show(
        "panel/invite.html",
        "panel.judges",
        form=form,
        pool=people,
        most=pool.MOST,
        q=tidy(text),
        wrong=wrong or {},
        lines=lines or [],
        act=posted("act"),
        columns=[*inviting.REQUIRED, *inviting.OPTIONAL],
        lacks=[says.lack(it, face_of(found)) for it in coverage.of(session, found).lacks],
        open=_is_open(),
        late=LATE,
    )


def _is_open() -> bool:
    try:
        judges.need_open(db.session(), door.edition())
    except judges.PanelComplete:
        return False
    return True


@blueprint.get("/judges/invite/example.csv")
@audience(Audience.ORGANISER)
def invite_example(**_edition: str) -> Response:
    """A list as it can be filled in: plainly made-up people, categories of this edition."""
    keys = editions.open_categories(db.session(), door.edition())
    rows = [
        ("Ada Example", "ada@school.example", "Example School", "Tunis", "TN", "en;ar", ";".join(keys[:2]), "en"),
        ("홍길동", "hong@institute.example", "Example Institute", "Seoul", "KR", "ko;en", "", "ko"),
    ]  # fmt: skip
    return download_csv([*inviting.REQUIRED, *inviting.OPTIONAL], rows, "judges-example.csv")

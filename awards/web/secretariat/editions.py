"""The editions that somebody runs, and making a new one from a programme's file."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.utils import redirect
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from awards import programmes
from awards.extensions import db
from awards.models import Edition, Grant, Role
from awards.timetable import Deadline, Moment, Phase
from awards.web import access, comparing, face, sessions, words
from awards.web.access import Audience, audience
from awards.web.face import Face
from awards.web.roles import titled
from awards.web.secretariat import programme_file, wording
from awards.web.secretariat.frame import Answer, blueprint
from awards.web.texts import choose
from awards.web.words import lazy as _l
from awards.web.words import tidy, tidy_text
from judging import programme
from judging.programme import Programme, ProgrammeInvalid

BEGUN, SHELF = "", "-"


@dataclass(frozen=True, slots=True)
class Line:
    """An edition in the list: where it stands, as what one runs it, and the next date."""

    face: Face
    roles: tuple[object, ...]
    coming: tuple[Moment, Deadline] | None


class EditionForm(FlaskForm):
    start = SelectField(_l("Start from"), validate_choice=True)
    text = TextAreaField(_l("The programme's file"), filters=[tidy_text])
    key = StringField(
        _l("Key of the edition"),
        [DataRequired(_l("Write the key of the edition."))],
        filters=[tidy],
        description=_l(
            "It stands in addresses and stays: small letters, digits, hyphens, such as my-awards-2027."
        ),
    )
    zone = SelectField(
        _l("Time zone"),
        description=_l("In which the edition states its dates: the place of the secretariat."),
    )


@blueprint.get("/")
@audience(Audience.STAFF)
def index() -> str:
    session, account = db.session(), sessions.me()
    roles: dict[int | None, list[Role]] = {}
    for edition_id, role in session.execute(
        select(Grant.edition_id, Grant.role).where(Grant.account_id == account.id, Grant.ended_at.is_(None))
    ):
        roles.setdefault(edition_id, []).append(role)
    everywhere = roles.get(None, [])
    found = select(Edition).order_by(Edition.created_at.desc(), Edition.id.desc())
    if not {Role.ADMINISTRATOR, Role.AUDITOR} & set(everywhere):
        staff = access.ROLES[Audience.STAFF] | {Role.AUDITOR}
        found = found.where(Edition.id.in_([key for key, held in roles.items() if key and staff & set(held)]))
    editions = session.scalars(found).all()
    by_row = face.faces_of(session, editions, sessions.now())
    faces = [by_row[edition.id] for edition in editions]
    lines = [
        Line(
            it,
            tuple(titled(role) for role in dict.fromkeys([*roles.get(it.edition.id, []), *everywhere])),
            _coming(it),
        )
        for it in faces
    ]
    return render_template(
        "secretariat/index.html",
        running=[line for line in lines if line.face.edition.phase is not Phase.ARCHIVED],
        past=[line for line in lines if line.face.edition.phase is Phase.ARCHIVED],
        words=words,
        wording=wording,
        may_make=Role.ADMINISTRATOR in everywhere,
        may_register=bool(
            {role for held in roles.values() for role in held} & access.ROLES[Audience.APPOINTER]
        ),
        specimen=face.only_specimens(session),
    )


def _coming(found: Face) -> tuple[Moment, Deadline] | None:
    stated = {moment: found.moment(moment) for moment in Moment}
    ahead = [(at.instant, moment, at) for moment, at in stated.items() if at and at.instant > sessions.now()]
    return min(ahead)[1:] if ahead else None


@blueprint.route("/new", methods=["GET", "POST"])
@audience(Audience.ADMINISTRATOR)
def new() -> Answer:
    """Make an edition: `check` shows it in words first, `make` makes it."""
    form = EditionForm(formdata=sessions.filled(), zone=sessions.me().zone)  # type: ignore[no-untyped-call]
    form.start.choices = [(BEGUN, _("My own file or text")), *programme_file.shelf().items()]
    form.zone.choices = wording.zones()
    if request.method == "GET":
        return _new(form)
    sent = programme_file.sent()
    form.text.data = sent.text or programme_file.from_shelf(form.start.data or "")
    valid = form.validate()
    if sent.problem or not form.text.data:
        form.form_errors.append(
            sent.problem or _("Choose a file, paste its text, or start from a programme.")
        )
        return _new(form), 422
    try:
        read = programme.read(form.text.data)
    except ProgrammeInvalid as error:
        return _new(form, faults=programme_file.faults(form.text.data, error)), 422
    if not _key_is_free(form) or not valid:
        return _new(form, read), 422
    if request.form.get("act") != "make":
        return _new(form, read, checked=True)
    edition = programmes.create(
        db.session(),
        form.text.data,
        edition_key=str(form.key.data),
        zone=form.zone.data,
        actor=sessions.actor(),
        now=sessions.now(),
    )
    db.session.commit()
    flash(_("The edition is made. Now appoint the first organiser, who does everything else."), "done")
    return redirect(url_for("secretariat.people", edition=edition.key), 303)


def _key_is_free(form: EditionForm) -> bool:
    if not form.key.data:
        return True
    try:
        programmes.check_key(form.key.data)
    except programmes.BadEditionKey:
        form.key.errors = [
            _(
                "Use small letters, digits and single hyphens, at most 64, and no word that is a page of the site."
            )
        ]
        return False
    taken = db.session.scalars(select(Edition.id).where(Edition.key == form.key.data)).first()
    if taken is not None:
        form.key.errors = [_("There is an edition of that key already. Choose another key.")]
    return taken is None


def _new(
    form: EditionForm,
    read: Programme | None = None,
    *,
    faults: list[programme_file.Fault] | None = None,
    checked: bool = False,
) -> str:
    return render_template(
        "secretariat/new.html",
        form=form,
        read=read,
        faults=faults or [],
        checked=checked,
        name=programme_file.names(read) if read else None,
        title=choose(read.texts["name"], read.rules.working_language) if read else "",  # type: ignore[arg-type]
        categories=programme_file.categories(read) if read else [],
        chapters=comparing.in_words(read.rules, read.texts) if read else [],
        specimen=face.only_specimens(db.session()),
    )

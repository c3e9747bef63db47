"""The template of certificates: what is undefined in it, how it looks, its file, its images, its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from flask import abort, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from awards import decisions, engraving, storage, templates
from awards.documents import tight, unprintable
from awards.documents.template import BUILT_IN, TemplateInvalid, line_of
from awards.extensions import db
from awards.models import Account, CertificateTemplate
from awards.samples import Kind, Which
from awards.templates import Lack, Lacking
from awards.web import door, headers, sessions, words
from awards.web.access import Audience, audience
from awards.web.paperwork.routes import Answer, blueprint, chosen, folder, languages, show
from awards.web.paperwork.samples import PAPERS, sample
from awards.web.paperwork.signing import seats
from awards.web.secretariat import programme_file, wording
from awards.web.secretariat.frame import back_to, long_reason, name_of, posted, posted_number
from awards.web.secretariat.programme_file import Fault

KINDS: Mapping[Kind, object] = {
    Kind.WINNER: _l("Winner of a prize"),
    Kind.PARTNER: _l("Partner of a winner"),
    Kind.FINALIST: _l("Finalist"),
    Kind.JUDGE: _l("Judge"),
}
WHICH: Mapping[Which, object] = {
    Which.LONGEST: _l("the longest names"),
    Which.SHORTEST: _l("the shortest names"),
}


@dataclass(frozen=True, slots=True)
class Version:
    row: CertificateTemplate
    by: str


def lack(found: Lack) -> str:
    """What is undefined, as a sentence."""
    name = found.name
    said = {
        Lacking.FIELD: _("Nothing gives the field {%(name)s} a value.", name=name),
        Lacking.IMAGE: _("No image called “%(name)s” was uploaded.", name=name),
        Lacking.LANGUAGE: _("The template has no words in %(name)s.", name=words.language_name(name)),
        Lacking.VALUE: _("The field %(name)s is not said in that language.", name=name),
    }
    return said[found.kind]


@blueprint.get("")
@audience(Audience.ORGANISER)
def index(edition: str) -> str:  # noqa: ARG001 (the door has looked it up)
    """The template in use: what is undefined, samples of every kind with the longest and shortest names."""
    session, found = db.session(), door.edition()
    language = chosen()
    row = templates.current(session, found)
    return show(
        "index.html",
        made=templates.in_use(session, found),
        row=row,
        lacks=templates.lacks(session, found),
        say_lack=lack,
        chosen=language,
        languages=languages(),
        kinds=KINDS,
        which=WHICH,
        looks=_looks(language) if languages() else {},
        papers=PAPERS,
        images=dict(row.images) if row else {},
        seats=seats(found),
        letters={it: engraving.languages(session, found, it) for it in engraving.Letter},
        wrong={},
    )


def _looks(language: str) -> dict[str, list[str]]:
    """What doesn't fit well with the longest names, or can't be printed at all."""
    citation = sample(Kind.WINNER, Which.LONGEST, language)
    signs = unprintable(citation)
    return {"unprintable": list(signs), "tight": [it.part for it in tight(citation)] if not signs else []}


@blueprint.route("/file", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def edit(edition: str) -> Answer:  # noqa: ARG001 (the door has looked it up)
    """Change the template by its file."""
    session, found = db.session(), door.edition()
    row = templates.current(session, found)
    shown = row.version if row else 0
    if request.method == "GET":
        kept = sessions.filled()
        return _edit(
            posted("text") if kept else (row.source if row else ""), posted_number("base") if kept else shown
        )
    sent, base = programme_file.sent(), posted_number("base")
    if sent.problem:
        return _edit(sent.text, base, wrong={"file": sent.problem}), 422
    if wrong := long_reason():
        return _edit(sent.text, base, wrong=wrong), 422
    try:
        made = templates.save(
            session,
            found,
            sent.text,
            base=base,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except TemplateInvalid as error:
        session.rollback()
        return _edit(sent.text, base, faults=_faults(sent.text, error)), 422
    except decisions.ReasonMissing:
        session.rollback()
        return _edit(
            sent.text, base, wrong={"reason": _("Write in a few words why the template changes.")}
        ), 422
    except templates.TemplateChanged:
        session.rollback()
        says = _(
            "Somebody else has saved version %(number)d meanwhile. Look at it before you save yours in its place.",
            number=shown,
        )
        return _edit(sent.text, shown, wrong={"": says}), 422
    session.commit()
    if made is None:
        return back_to("paperwork.index", _("Nothing differs; no new version was made."), "calm")
    return back_to("paperwork.index", _("Saved as version %(number)d.", number=made.version))


def _faults(text: str, error: TemplateInvalid) -> list[Fault]:
    return [
        Fault(line_of(text, it.place) if it.place else None, it.place, wording.mistake(it))
        for it in error.mistakes
    ]


def _edit(
    text: str, base: int, *, wrong: Mapping[str, str] | None = None, faults: list[Fault] | None = None
) -> str:
    return show(
        "edit.html",
        text=text,
        base=base,
        wrong=dict(wrong or {}),
        faults=faults or [],
        reason=posted("reason"),
    )


@blueprint.get("/laurel.toml")
@audience(Audience.ORGANISER)
def built_in(edition: str) -> Response:  # noqa: ARG001 (the door has looked it up)
    """The built-in template, to see what can be changed."""
    answer = send_file(BUILT_IN, mimetype="text/plain", as_attachment=True, download_name="laurel.toml")
    return headers.lock(answer)


@blueprint.get("/versions")
@audience(Audience.ORGANISER)
def versions(edition: str) -> str:  # noqa: ARG001 (the door has looked it up)
    session = db.session()
    rows = templates.versions(session, door.edition())
    people = {it.by_id for it in rows if it.by_id}
    by = {it.id: name_of(it) for it in session.scalars(select(Account).where(Account.id.in_(people)))}
    return show("versions.html", versions=[Version(it, by.get(it.by_id or 0, "")) for it in rows])


@blueprint.route("/versions/<int:number>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def version(edition: str, number: int) -> Answer:  # noqa: ARG001 (the door has looked it up)
    """One version's file; it can be used again, as a new version. Number 0 is the built-in one."""
    session, found = db.session(), door.edition()
    try:
        row = templates.version(session, found, number) if number else None
    except templates.NoSuchTemplate:
        abort(404)
    if request.method == "GET":
        return _version(number, row)
    if wrong := long_reason():
        return _version(number, row, wrong), 422
    try:
        made = templates.restore(
            session,
            found,
            number,
            base=posted_number("base"),
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _version(number, row, {"reason": _("Write in a few words why the template changes.")}), 422
    except (templates.TemplateChanged, TemplateInvalid) as error:
        session.rollback()
        says = (
            _("The template has changed since you opened the page. Nothing was done; look again.")
            if isinstance(error, templates.TemplateChanged)
            else _("This version can't be read any more. Copy its text into the file and mend it there.")
        )
        return _version(number, row, {"": says}), 422
    session.commit()
    if made is None:
        return back_to("paperwork.index", _("Nothing differs; no new version was made."), "calm")
    return back_to(
        "paperwork.index",
        _("Version %(old)d is used again, as version %(new)d.", old=number, new=made.version),
    )


def _version(number: int, row: CertificateTemplate | None, wrong: Mapping[str, str] | None = None) -> str:
    session = db.session()
    shown = templates.current(session, door.edition())
    by = name_of(session.get(Account, row.by_id)) if row and row.by_id else ""
    return show(
        "version.html",
        number=number,
        row=row,
        by=by,
        shown=shown.version if shown else 0,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )


@blueprint.route("/images", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def images(edition: str) -> Answer:  # noqa: ARG001 (the door has looked it up)
    """Upload a seal, a signature or a logo; one of the same name is replaced from now on."""
    if request.method == "GET":
        return _images()
    sent = request.files.get("file")
    content = sent.stream.read(templates.MOST_BYTES + 1) if sent is not None and sent.filename else b""
    if not content:
        return _images({"file": _("Choose a picture: a PNG or JPEG file of at most 8 MB.")}), 422
    try:
        with door.stepped_out():
            picture = templates.drawn_anew(content)
    except templates.NoImage:
        says = _("This file can't be drawn. Send a PNG or JPEG picture of at most 8 MB; nothing was kept.")
        return _images({"file": says}), 422
    session = db.session()
    try:
        row = templates.add_image(
            session,
            door.edition(),
            posted("name"),
            picture,
            folder=folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except templates.NameWrong:
        session.rollback()
        says = _(
            "Call it by small letters, figures and hyphens, such as signature-1. Choose the file once more."
        )
        return _images({"name": says}), 422
    try:
        session.commit()
    except BaseException:
        storage.drop(folder(), row.file)
        raise
    return back_to(
        "paperwork.images", _("“%(name)s” is kept, and used wherever the template calls it.", name=row.name)
    )


def _images(wrong: Mapping[str, str] | None = None) -> str:
    row = templates.current(db.session(), door.edition())
    made = templates.in_use(db.session(), door.edition())
    return show(
        "images.html",
        images=dict(row.images) if row else {},
        called=made.called,
        name=posted("name"),
        wrong=dict(wrong or {}),
    )


@blueprint.get("/images/<name>.png")
@audience(Audience.ORGANISER)
def image(edition: str, name: str) -> Response:  # noqa: ARG001 (the door has looked it up)
    row = templates.current(db.session(), door.edition())
    known = row.images.get(name) if row else None
    if known is None:
        abort(404)
    try:
        file = storage.locate(folder(), known["file"])
    except storage.NoSuchFile:
        abort(404)
    answer = send_file(BytesIO(file.read_bytes()), mimetype="image/png", conditional=False, etag=False)
    return headers.lock(answer)

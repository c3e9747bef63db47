"""The texts of an edition: each thing on a page, its languages side by side; versions, differences, going back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from awards import decisions, editions, texts
from awards.extensions import db
from awards.models import Account, TextsDocument
from awards.texts import Edit, Path
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.secretariat import wording
from awards.web.secretariat.frame import (
    Answer,
    back_to,
    blueprint,
    face_of,
    long_reason,
    name_of,
    posted,
    posted_number,
    show,
)
from awards.web.texts import Text


@dataclass(frozen=True, slots=True)
class Thing:
    """What has texts, as the list shows it."""

    key: str
    name: Text
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One wording in one language: the name and identifier of its field, and what stands in it."""

    language: str
    field: str
    id: str
    text: str
    wrong: str = ""
    stands: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One wording in all languages, side by side; `long` asks for several lines."""

    label: str
    cells: tuple[Cell, ...]
    long: bool


@dataclass(frozen=True, slots=True)
class Version:
    document: TextsDocument
    by: str


def _languages() -> tuple[str, ...]:
    return editions.rules_of(db.session(), door.edition()).languages


@blueprint.get("/<edition>/texts", endpoint="texts")
@audience(Audience.ORGANISER)
def things(edition: str) -> str:
    found, session = door.edition(), db.session()
    shown = editions.texts_document(session, found)
    missing: dict[str, dict[str, None]] = {}
    for path, language in texts.missing(shown.document, _languages()):
        missing.setdefault(texts.thing_of(path), {})[language] = None
    parts: dict[str, list[Thing]] = {part: [] for part in wording.PARTS}
    for key in dict.fromkeys(texts.thing_of(path) for path in texts.wordings(shown.document)):
        part, _dot, _rest = key.partition(".")
        thing = Thing(key, _name_of(key), tuple(words.language_name(it) for it in missing.get(key, ())))
        parts.setdefault(part, []).append(thing)
    return show(
        "texts.html",
        "texts",
        parts=[(wording.PARTS.get(part, part), inside) for part, inside in parts.items() if inside],
        shown=shown,
        by=_who(shown),
        languages=[words.language_name(tag) for tag in _languages()],
        missing=sum(len(it) for it in missing.values()),
    )


def _name_of(key: str) -> Text:
    part, _dot, inside = key.partition(".")
    if not inside:
        return Text(str(wording.PARTS.get(part, part)), "")
    return face_of(door.edition()).names.name(part, inside)


def _who(document: TextsDocument) -> str:
    return name_of(db.session.get(Account, document.by_id)) if document.by_id else ""


@blueprint.route("/<edition>/texts/<thing>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def text(edition: str, thing: str) -> Answer:
    """Edit the texts of one thing. What others changed meanwhile is never overwritten unseen."""
    found, session = door.edition(), db.session()
    shown = editions.texts_document(session, found)
    paths = [path for path in texts.wordings(shown.document) if texts.thing_of(path) == thing]
    if not paths:
        abort(404)
    if sessions.filled() is None:
        return _text(thing, paths, shown.version)
    said = {(path, tag): posted(_field(path, tag)) for path in paths for tag in _languages()}
    base = posted_number("base")
    if request.method == "GET":
        return _text(thing, paths, base or shown.version, said)
    if wrong := long_reason():
        return _text(thing, paths, base, said, wrong=wrong), 422
    try:
        made = texts.change(
            session,
            found,
            said,
            base=base,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except texts.TextChanged as error:
        session.rollback()
        return _clashing(thing, paths, said, base, error.clashes), 422
    except texts.NoSuchText:
        session.rollback()
        return back_to("texts", _("This text is not there any more: the rules have changed."), "caution")
    except decisions.ReasonMissing:
        session.rollback()
        wrong = {"reason": _("Write in a few words why the text changes.")}
        return _text(thing, paths, base, said, wrong=wrong), 422
    except (texts.TextMissing, texts.TextTooLong) as error:
        session.rollback()
        missing = isinstance(error, texts.TextMissing)
        says = (
            _("This has to be said in every language.") if missing else _("This is longer than 5000 letters.")
        )
        return _text(thing, paths, base, said, wrong={_id(error.path, error.language): says}), 422
    session.commit()
    if made is None:
        return back_to("texts", _("Nothing differs; no new version was made."), "calm")
    return back_to("texts", _("Saved as version %(number)d.", number=made.version))


def _clashing(
    thing: str,
    paths: Sequence[Path],
    said: Mapping[tuple[Path, str], str],
    base: int,
    clashes: Sequence[Edit],
) -> str:
    """Both texts: what stands now beside what was typed. Wordings that were not touched show what stands now."""
    found, session = door.edition(), db.session()
    was = texts.wordings(texts.version(session, found, base).document)
    shown = editions.texts_document(session, found)
    now = texts.wordings(shown.document)
    kept = {
        (path, tag): now[path].get(tag, "") if typed == was.get(path, {}).get(tag, "") else typed
        for (path, tag), typed in said.items()
    }
    wrong = {
        _id(it.path, it.language): _(
            "Somebody else has changed this text meanwhile. Choose, or bring the two together."
        )
        for it in clashes
    }
    stands = {(it.path, it.language): it.before for it in clashes}
    return _text(thing, paths, shown.version, kept, wrong=wrong, stands=stands)


def _field(path: Path, language: str) -> str:
    return f"{'.'.join(path)}:{language}"


def _id(path: Path, language: str) -> str:
    return f"{'-'.join(path)}--{language}"


def _text(
    thing: str,
    paths: Sequence[Path],
    base: int,
    said: Mapping[tuple[Path, str], str] | None = None,
    *,
    wrong: Mapping[str, str] | None = None,
    stands: Mapping[tuple[Path, str], str] | None = None,
) -> str:
    found, session = door.edition(), db.session()
    shown = texts.wordings(editions.texts_of(session, found))
    pieces = [
        Piece(
            _label(path, thing),
            tuple(
                Cell(
                    tag,
                    _field(path, tag),
                    _id(path, tag),
                    said[path, tag] if said else shown[path].get(tag, ""),
                    (wrong or {}).get(_id(path, tag), ""),
                    (stands or {}).get((path, tag), ""),
                )
                for tag in _languages()
            ),
            long=path[-1] not in ("name", "office"),
        )
        for path in paths
    ]
    return show(
        "text.html",
        "texts",
        thing=thing,
        name=_name_of(thing),
        pieces=pieces,
        base=base,
        wrong=dict(wrong or {}),
        stands=bool(stands),
        reason=posted("reason"),
        longest=texts.LONGEST,
    )


def _label(path: Path, thing: str) -> str:
    """Which wording of the thing this is, such as "Option pilot: Name"."""
    inside = path[1 if thing == "signatories" else 2 : -1] if len(path) > 1 else ()
    last = str(wording.PIECES.get(path[-1], path[-1]))
    if not inside:
        return last
    if thing == "signatories":
        return f"{inside[0]}. {last}"
    return _("%(part)s “%(key)s”", part=_part(inside[0]), key=inside[-1])


def _part(name: str) -> str:
    return {"options": _("Option"), "columns": _("Column"), "anchors": _("Marks")}.get(name, name)


@blueprint.get("/<edition>/texts/versions")
@audience(Audience.ORGANISER)
def texts_versions(edition: str) -> str:
    found, session = door.edition(), db.session()
    versions = texts.versions(session, found)
    people = {it.by_id for it in versions if it.by_id}
    by = {it.id: name_of(it) for it in session.scalars(select(Account).where(Account.id.in_(people)))}
    return show(
        "texts_versions.html",
        "texts",
        versions=[Version(it, by.get(it.by_id or 0, "")) for it in versions],
    )


@blueprint.route("/<edition>/texts/versions/<int:number>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def texts_version(edition: str, number: int) -> Answer:
    """One version, beside the one before it; it can be shown again, as a new version."""
    found, session = door.edition(), db.session()
    try:
        texts.version(session, found, number)
    except texts.NoSuchText:
        abort(404)
    if request.method == "GET":
        return _version(number)
    if wrong := long_reason():
        return _version(number, wrong), 422
    base = posted_number("base")
    try:
        made = texts.restore(
            session,
            found,
            number,
            base=base,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _version(number, {"reason": _("Write in a few words why the text changes.")}), 422
    except (texts.TextChanged, texts.NoSuchText):
        session.rollback()
        wrong = {"": _("The texts have changed since you opened the page. This is the difference now.")}
        return _version(number, wrong), 422
    session.commit()
    if made is None:
        return back_to("texts", _("Nothing differs; no new version was made."), "calm")
    return back_to(
        "texts", _("Version %(old)d is shown again, as version %(new)d.", old=number, new=made.version)
    )


def _version(number: int, wrong: Mapping[str, str] | None = None) -> str:
    found, session = door.edition(), db.session()
    document = texts.version(session, found, number)
    shown = editions.texts_document(session, found)
    before = texts.version(session, found, number - 1).document if number > 1 else {}
    return show(
        "texts_version.html",
        "texts",
        document=document,
        by=_who(document),
        edits=texts.difference(before, document.document) if before else (),
        shown=shown,
        back=texts.difference(shown.document, document.document),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

"""Texts of an edition: every wording in every language, edited piece by piece, each change a new version."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions
from awards.audit import Actor
from awards.decisions import need_reason
from awards.models import Edition, TextsDocument
from awards.models.base import Document
from judging.programme import CONTACT_PARTS

Path = tuple[str, ...]
WORDINGS = frozenset({"name", "text", "guidance", "office", "honours", "association", "licence"})
"""What a wording is called; each is a table from language to text."""
CONDUCT: Path = ("conduct", "text")
"""The code of conduct that judges agree to; an edition without one may be given one at any time."""
LICENCE: Path = ("licence",)
"""Under which the open data of the edition may be used; an edition that states none may be given one at any time."""
MEMBERSHIP: Path = ("membership", "text")
"""What membership offers, which winners that are no members read once; any edition may be given one at any time."""
FEEDBACK: Path = ("feedback", "text")
"""What nominees are told of what they can do next; an edition without it may be given it at any time."""
SIGNATORIES = "signatories"
"""Those who sign the certificates; an edition that names nobody may be given one at any time."""
NEEDED = frozenset({"name", "office", "honours", "association"})
"""Wordings that every language has to have; the others may be left out in all."""
LONGEST = 5000
LAST = 2**31 - 1


class NoSuchText(Exception):
    """The edition has no such text."""


class TextMissing(Exception):
    """A name has to be there in every language."""

    def __init__(self, path: Path, language: str) -> None:
        super().__init__(f"{'.'.join(path)} ({language})")
        self.path, self.language = path, language


class TextTooLong(Exception):
    """A text is longer than can be kept."""

    def __init__(self, path: Path, language: str) -> None:
        super().__init__(f"{'.'.join(path)} ({language})")
        self.path, self.language = path, language


class TextChanged(Exception):
    """Somebody else has changed the same text meanwhile."""

    def __init__(self, clashes: Sequence[Edit]) -> None:
        super().__init__("; ".join(".".join(clash.path) for clash in clashes))
        self.clashes = tuple(clashes)


@dataclass(frozen=True, slots=True)
class Edit:
    """One wording in one language, before and after; empty where there is none."""

    path: Path
    language: str
    before: str
    after: str


def wordings(document: Document) -> dict[Path, dict[str, str]]:
    """Every wording of the texts by its path, in the document's order."""
    found = dict(_walk((), document))
    if "name" in document:
        found.setdefault(CONDUCT, {})
        found.setdefault(LICENCE, {})
        found.setdefault(MEMBERSHIP, {})
        found.setdefault(FEEDBACK, {})
    if "name" in document and not document.get(SIGNATORIES):
        found |= {(SIGNATORIES, "1", piece): {} for piece in ("name", "office")}
    return found


def _walk(path: Path, value: object) -> Iterator[tuple[Path, dict[str, str]]]:
    if isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _walk((*path, str(number)), item)
    elif isinstance(value, Mapping):
        if path and path[-1] in WORDINGS and all(isinstance(text, str) for text in value.values()):
            yield path, {str(language): str(text) for language, text in value.items()}
            return
        for name, inside in value.items():
            yield from _walk((*path, str(name)), inside)


def thing_of(path: Path) -> str:
    """The thing that a wording belongs to, as it stands in an address: "categories.mobility", "programme"."""
    if len(path) == 1:
        return "programme"
    whole = (SIGNATORIES, CONDUCT[0], MEMBERSHIP[0], FEEDBACK[0])
    return path[0] if path[0] in whole else ".".join(path[:2])


def difference(before: Document, after: Document) -> tuple[Edit, ...]:
    """Every wording that differs, language by language."""
    one, other = wordings(before), wordings(after)
    return tuple(
        Edit(path, language, was.get(language, ""), now.get(language, ""))
        for path in dict.fromkeys([*one, *other])
        for was, now in [(one.get(path, {}), other.get(path, {}))]
        for language in dict.fromkeys([*was, *now])
        if was.get(language, "") != now.get(language, "")
    )


def keep_wording(shown: Document, new: Document) -> Document:
    """The texts of `new`, worded as in `shown` wherever both have a wording in a language."""
    kept = copy.deepcopy(new)
    here = wordings(shown)
    for path, said in wordings(new).items():
        for language in said:
            if text := here.get(path, {}).get(language):
                _put(kept, Edit(path, language, "", text))
    for name in (CONDUCT[0], LICENCE[0], MEMBERSHIP[0], FEEDBACK[0]):
        if name in shown:
            kept.setdefault(name, copy.deepcopy(shown[name]))
    if not kept.get(SIGNATORIES) and shown.get(SIGNATORIES):
        kept[SIGNATORIES] = copy.deepcopy(shown[SIGNATORIES])
    return kept


def missing(document: Document, languages: Sequence[str]) -> tuple[tuple[Path, str], ...]:
    """What isn't said in a language: names anywhere, other wordings where another language has them, and so names of
    columns that have our own words."""
    signed = bool(document.get(SIGNATORIES))
    return tuple(
        (path, language)
        for path, said in wordings(document).items()
        for language in languages
        if not said.get(language) and (any(said.values()) or (_is_needed(path) and not _has_our_words(path)))
        if signed or path[0] != SIGNATORIES
    )


def _has_our_words(path: Path) -> bool:
    """Whether it names a part of a contact, which is called as we call it where the edition has no name of its own."""
    return path[:1] == ("fields",) and path[2:3] == ("columns",) and path[3] in CONTACT_PARTS


def _is_needed(path: Path) -> bool:
    return path[-1] in NEEDED and not (path[0] == SIGNATORIES and path[-1] == "name")


def versions(session: Session, edition: Edition) -> Sequence[TextsDocument]:
    """Every version, the one that is shown first."""
    return session.scalars(
        select(TextsDocument)
        .where(TextsDocument.edition_id == edition.id)
        .order_by(TextsDocument.version.desc())
    ).all()


def version(session: Session, edition: Edition, number: int) -> TextsDocument:
    """One version. Raises NoSuchText."""
    if number > LAST:
        raise NoSuchText(str(number))
    found = session.scalars(
        select(TextsDocument).where(TextsDocument.edition_id == edition.id, TextsDocument.version == number)
    ).first()
    if found is None:
        raise NoSuchText(str(number))
    return found


def change(
    session: Session,
    edition: Edition,
    said: Mapping[tuple[Path, str], str],
    *,
    base: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> TextsDocument | None:
    """Change wordings, each given by path and language, as they were typed over version `base`.

    None where nothing differs. What others have changed meanwhile stays, unless it is the same wording: then nothing
    is saved. Raises ReasonMissing, NoSuchText, TextMissing, TextTooLong, TextChanged.
    """
    editions.lock(session, edition)
    newest = editions.texts_document(session, edition)
    typed_over = wordings(version(session, edition, base).document)
    stands = wordings(newest.document)
    edits: list[Edit] = []
    clashes: list[Edit] = []
    for (path, language), text in said.items():
        if path not in stands or path not in typed_over:
            raise NoSuchText(".".join(path))
        here, was = stands[path].get(language, ""), typed_over[path].get(language, "")
        if text in (was, here):
            continue
        (edits if here == was else clashes).append(Edit(path, language, here, text))
    if clashes:
        raise TextChanged(clashes)
    if not edits:
        return None
    for edit in edits:
        _check(edit)
    reason = need_reason(reason)
    document = copy.deepcopy(newest.document)
    for edit in edits:
        _put(document, edit)
    return editions.save_texts(session, edition, document, reason=reason, actor=actor, now=now)


def _check(edit: Edit) -> None:
    if not edit.after and _is_needed(edit.path):
        raise TextMissing(edit.path, edit.language)
    if len(edit.after) > LONGEST:
        raise TextTooLong(edit.path, edit.language)


def _put(document: Document, edit: Edit) -> None:
    place: Any = document
    if edit.path[0] == SIGNATORIES and not document.get(SIGNATORIES):
        document[SIGNATORIES] = [{"name": {}, "office": {}}]
    for name in edit.path:
        place = place[int(name) - 1] if isinstance(place, list) else place.setdefault(name, {})
    if edit.after:
        place[edit.language] = edit.after
    else:
        place.pop(edit.language, None)


def restore(
    session: Session, edition: Edition, number: int, *, base: int, reason: str, actor: Actor, now: datetime
) -> TextsDocument | None:
    """Show an earlier version again, as a new one; None where it says what is shown.

    Wordings that the rules have come to ask for since then stay as they are. Raises ReasonMissing, NoSuchText,
    TextChanged where another version than `base` is shown by now.
    """
    editions.lock(session, edition)
    newest = editions.texts_document(session, edition)
    earlier = version(session, edition, number)
    if newest.version != base:
        raise TextChanged(difference(version(session, edition, base).document, newest.document))
    reason = need_reason(reason)
    known = wordings(newest.document)
    edits = [edit for edit in difference(newest.document, earlier.document) if edit.path in known]
    document = copy.deepcopy(newest.document)
    for edit in edits:
        if edit.after or not _is_needed(edit.path):
            _put(document, edit)
    if document == newest.document:
        return None
    return editions.save_texts(session, edition, document, reason=reason, actor=actor, now=now)

"""What a revision says, as screeners read it: its answers with their names, two of them beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import differences, dossiers, drafts, editions, fields
from awards.differences import Change, Part
from awards.models import Attachment, AttachmentState, Edition, Nomination, NominationRevision
from awards.web import findings
from awards.web.dossier import SCREENERS, Shown
from awards.web.questions import Naming
from awards.web.screening.routes import Desk
from awards.web.texts import Text
from awards.web.words import country, language_name
from judging.rules import Field
from judging.values import Json

HEAD = (
    "title", "titles", "nominee_kind", "organisation_name", "city", "country", "language",
    "summary", "summaries", "topics",
)  # fmt: skip
"""What every form asks, in the order in which it is read."""
HIDDEN = frozenset({"organisation_id", "category"})


@dataclass(frozen=True)
class Answer:
    """One answer to be read: a field of the programme's form, or the words of one that every form has."""

    key: str
    name: object
    field: Field | None = None
    naming: Naming | None = None
    value: Json = None
    words: Text | str = ""


@dataclass(frozen=True)
class Beside:
    """One answer of two texts, and whether they say the same."""

    name: object
    one: str
    other: str
    same: bool


@dataclass(frozen=True)
class Changed:
    """One answer that differs between two texts, word by word."""

    name: object
    parts: Sequence[Part]


@dataclass(frozen=True)
class Form:
    """The programme's form with its words."""

    fields: Sequence[Field]
    naming: Mapping[str, Naming]
    at: Desk
    files: Mapping[str, str]

    @classmethod
    def of(cls, session: Session, at: Desk, *about: Nomination) -> Form:
        """With the names of the files of the nominations that are read."""
        asked = editions.rules_of(session, at.edition).fields
        texts = editions.texts_of(session, at.edition)
        files = {it.key: it.name for nomination in about for it in _clean(session, nomination)}
        return cls(asked, {it.key: Naming(it, texts, at.edition.language) for it in asked}, at, files)

    def name(self, key: str) -> object:
        return self.naming[key].name if key in self.naming else findings.field_name(key, self.at.names)

    def keys(self, *texts: Mapping[str, Json]) -> list[str]:
        """What there is to be read, in the form's order, and what only an import has at the end."""
        own = [field.key for field in self.fields if field.key not in HEAD]
        rest = sorted({key for said in texts for key in said} - {*HEAD, *own, *HIDDEN, "kept_back"})
        return [*HEAD, *own, *rest]

    def answers(self, revision: NominationRevision) -> list[Answer]:
        """Every answer of a revision; of what every form asks only what was answered."""
        said = drafts.said_by(revision)
        by_key = {field.key: field for field in self.fields}
        found = []
        for key in self.keys(said):
            value = said.get(key)
            if key in by_key and key not in HEAD:
                found.append(Answer(key, self.name(key), by_key[key], self.naming[key], value))
            elif value:
                words = self.words(key, value)
                spoken = Text(words, revision.language) if key in ("title", "summary") else words
                found.append(Answer(key, self.name(key), words=spoken))
        return found

    def words(self, key: str, value: Json) -> str:
        """An answer as text of lines, to be compared or printed."""
        if not value:
            return ""
        match key:
            case "nominee_kind":
                return _("Individual") if value == "individual" else _("Project")
            case "country":
                return country(str(value))
            case "nominee":
                return _person(value)
            case "language":
                return language_name(str(value))
        return self._lines(key, value)

    def _lines(self, key: str, value: Json) -> str:
        if isinstance(value, dict):
            return "\n".join(f"{name}: {said}" for name, said in value.items() if said)
        if isinstance(value, list):
            return "\n".join(self._item(key, item) for item in value)
        if value is True:
            return _("Yes")
        return self._item(key, value)

    def _item(self, key: str, item: Json) -> str:
        if isinstance(item, dict):
            shown = item | {"file": self._file(item.get("file"))} if self.has_files(key) else item
            return " · ".join(_("Yes") if part is True else str(part) for part in shown.values() if part)
        if self.has_files(key):
            return self._file(item)
        naming = self.naming.get(key)
        if naming is not None and isinstance(item, str) and item in naming.field.options:
            return str(naming.option(item))
        return str(item)

    def has_files(self, key: str) -> bool:
        """Whether the answer to a question is files."""
        return key in self.naming and self.naming[key].field.kind in fields.FILES

    def _file(self, file: Json) -> str:
        return self.files.get(str(file), str(file or ""))

    def parts(self, key: str, before: Json, after: Json) -> Sequence[Part]:
        """What one answer changed of another: files one by one, whatever they are called, all else word by word."""
        if not self.has_files(key):
            return differences.of_texts(self.words(key, before), self.words(key, after))
        one, other = (it if isinstance(it, list) else [] for it in (before, after))
        gone = [Part(Change.REMOVED, f"{self._item(key, it)}\n") for it in one if it not in other]
        return gone + [
            Part(Change.SAME if it in one else Change.ADDED, f"{self._item(key, it)}\n") for it in other
        ]


def _person(said: Json) -> str:
    """What a text says of the person nominated; their address is for those who write it."""
    told = said if isinstance(said, dict) else {}
    return ", ".join(str(told[part]) for part in ("latin_name", "organisation") if told.get(part))


def beside(form: Form, one: NominationRevision, other: NominationRevision) -> list[Beside]:
    """Two texts, answer by answer, where at least one of them has any."""
    first, second = drafts.said_by(one), drafts.said_by(other)
    found = []
    for key in form.keys(first, second):
        left, right = form.words(key, first.get(key)), form.words(key, second.get(key))
        if left or right:
            found.append(Beside(form.name(key), left, right, left == right))
    return found


def changed(form: Form, before: NominationRevision, after: NominationRevision) -> list[Changed]:
    """What one text changed of another, answer by answer, word by word."""
    first, second = drafts.said_by(before), drafts.said_by(after)
    wanted = set(differences.changed_keys(first, second))
    return [
        Changed(form.name(key), form.parts(key, first.get(key), second.get(key)))
        for key in [*form.keys(first, second), "category", "kept_back"]
        if key in wanted
    ]


def files_of(session: Session, edition: Edition, nomination: Nomination) -> dict[str, dict[str, str]]:
    """Where the files of a nomination are read, by their keys."""
    return {
        it.key: {"href": url_for("files.screen", edition=edition.key, key=it.key), "name": it.name}
        for it in _clean(session, nomination)
    }


def drawn_files(session: Session, form: Form, revision: NominationRevision) -> dict[str, list[Shown]]:
    """The files that a revision names, with their drawn pages, by the question that they answer."""
    asked = [it for it in form.fields if it.kind in fields.FILES]
    files, _missing = dossiers.files_of(session, revision.nomination_id, asked, drafts.said_by(revision))
    found: dict[str, list[Shown]] = {}
    for file in files:
        found.setdefault(file.field, []).append(Shown.of(file, form.at.edition, seen_by=SCREENERS))
    return found


def _clean(session: Session, nomination: Nomination) -> Iterable[Attachment]:
    return session.scalars(
        select(Attachment)
        .where(Attachment.nomination_id == nomination.id, Attachment.state == AttachmentState.CLEAN)
        .order_by(Attachment.id)
    )

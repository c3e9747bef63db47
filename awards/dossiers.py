"""Dossiers: what a judge may read of a nomination, and nothing else: the text that stands, its partners, its files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from awards import drafts, editions, fields, sections
from awards.attachments import CAPTIONS, entries_of, key_of, keys_of
from awards.models import (
    Attachment,
    AttachmentState,
    DrawnState,
    Edition,
    Nomination,
    NominationPartner,
    NominationRevision,
    Organisation,
    Rendition,
)
from awards.renditions import Page
from awards.sections import Section
from judging.rules import Field, Rules
from judging.values import Json

HEAD = frozenset(
    {
        "category", "nominee_kind", "language", "title", "titles", "summary", "summaries", "organisation_name",
        "nominee_name", "city", "country", "kept_back",
    }
)  # fmt: skip
"""What every form asks; a dossier states it on top, not among the answers."""


@dataclass(frozen=True, slots=True)
class File:
    """A file with what its people say of it and its drawn pages; `total` is how many pages it has, drawn or not."""

    key: str
    field: str
    name: str
    media_type: str
    size: int
    drawn: DrawnState | None
    total: int
    pages: tuple[Page, ...] = ()
    caption: str = ""
    alternative: str = ""
    credit: str = ""

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def suffix(self) -> str:
        """The kind of file as people call it: "PDF"."""
        return self.name.rpartition(".")[2].upper()


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form with those of its questions that judges may read, answered or not; files stand apart."""

    section: Section
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A nomination as a judge reads it. `answers` holds nothing but answers to the `fields` of its parts.

    `titles` and `summaries` are by language, where its people gave some beside the text's own. `files` are in the
    form's order; of a file that an import named and nobody sent there is the name alone, in `missing`.
    """

    edition: Edition
    texts: Mapping[str, Any]
    reference: str
    category: str
    revision: int
    nominee_kind: str
    title: str
    titles: Mapping[str, str]
    summary: str
    summaries: Mapping[str, str]
    organisation: str
    city: str
    country: str
    language: str
    partners: tuple[Organisation, ...]
    parts: tuple[Part, ...]
    answers: Mapping[str, Json]
    file_fields: tuple[Field, ...]
    files: tuple[File, ...]
    missing: tuple[str, ...]

    def files_in(self, field: str) -> list[File]:
        return [it for it in self.files if it.field == field]


def of_nomination(
    session: Session,
    edition: Edition,
    nomination: int,
    *,
    rules: Rules | None = None,
    texts: Mapping[str, Any] | None = None,
) -> Dossier:
    """What judges read of a nomination that was submitted, by its row; after three queries, and two more where `rules`
    and `texts` aren't given."""
    rules = rules or editions.rules_of(session, edition)
    texts = editions.texts_of(session, edition) if texts is None else texts
    revision = _standing(session, nomination)
    judged = revision.nomination
    said = drafts.said_by(revision)
    asked = _of_files(rules)
    files, missing = files_of(session, nomination, asked, said)
    plain = {it.key for it in readable(rules.fields)} - HEAD - {it.key for it in asked}
    return Dossier(
        edition=edition,
        texts=texts,
        reference=judged.reference,
        category=judged.category,
        revision=revision.number,
        nominee_kind=revision.nominee_kind,
        title=revision.title,
        titles=_by_language(revision.titles, revision.title),
        summary=revision.summary,
        summaries=_by_language(revision.summaries, revision.summary),
        organisation=revision.organisation_name,
        city=revision.city,
        country=revision.country,
        language=revision.language,
        partners=_partners(session, nomination),
        parts=tuple(
            _parts(sections.of_form(rules, texts, said | {"category": _listed(rules, judged)}), plain)
        ),
        answers={key: value for key, value in said.items() if key in plain},
        file_fields=tuple(asked),
        files=files,
        missing=missing,
    )


def for_everybody(found: Dossier, kept_back: Collection[str], said: Mapping[str, Json]) -> Dossier:
    """Of what judges read, what its people let everybody read: answers for publication that they didn't keep back, and
    pictures that they said may be published. `said` is the text that the dossier was made of.
    """

    def is_public(it: Field) -> bool:
        return it.public and it.key not in kept_back

    parts = [Part(it.section, tuple(filter(is_public, it.fields))) for it in found.parts]
    shown = {field.key for part in parts for field in part.fields}
    asked = tuple(filter(is_public, found.file_fields))
    allowed = {
        (field.key, key_of(entry))
        for field in asked
        for entry in entries_of(said.get(field.key))
        if not isinstance(entry, Mapping) or entry.get("permission") is True
    }
    return replace(
        found,
        parts=tuple(it for it in parts if it.fields),
        answers={key: value for key, value in found.answers.items() if key in shown},
        file_fields=asked,
        files=tuple(it for it in found.files if (it.field, it.key) in allowed),
        missing=(),
    )


def readable(asked: Iterable[Field]) -> list[Field]:
    """Of some fields, those whose answers judges may read, on a page or on paper."""
    return [it for it in asked if it.judges]


def find_file(session: Session, edition: Edition, nomination: int, key: str) -> Attachment | None:
    """A file of a nomination that its judges may read; None for any other."""
    found = session.scalars(
        select(Attachment).where(
            Attachment.nomination_id == nomination,
            Attachment.key == key,
            Attachment.state == AttachmentState.CLEAN,
        )
    ).first()
    if found is None:
        return None
    said = drafts.said_by(_standing(session, nomination))
    asked = [it.key for it in _of_files(editions.rules_of(session, edition))]
    return found if key in keys_of(said.get(it) for it in asked) else None


def _of_files(rules: Rules) -> list[Field]:
    """The fields with files that judges may read."""
    return [it for it in readable(rules.fields) if it.kind in fields.FILES]


def _standing(session: Session, nomination: int) -> NominationRevision:
    return session.scalars(
        select(NominationRevision)
        .join(NominationRevision.nomination)
        .where(Nomination.id == nomination, NominationRevision.number == Nomination.submitted_number)
        .options(contains_eager(NominationRevision.nomination))
    ).one()


def _listed(rules: Rules, nomination: Nomination) -> str:
    """The category that it is judged in, where the rules have it; else any, for the form's sake."""
    keys = [it.key for it in rules.categories]
    return nomination.category if nomination.category in keys else keys[0]


def _parts(form: Sequence[Section], readable: set[str]) -> list[Part]:
    found = [Part(it, tuple(field for field in it.fields if field.key in readable)) for it in form]
    return [it for it in found if it.fields]


def _by_language(texts: Mapping[str, Any], own: str) -> dict[str, str]:
    """Texts in other languages, without those that only say the same again."""
    return {tag: str(text) for tag, text in (texts or {}).items() if text and text != own}


def _partners(session: Session, nomination: int) -> tuple[Organisation, ...]:
    return tuple(
        session.scalars(
            select(Organisation)
            .join(NominationPartner, NominationPartner.organisation_id == Organisation.id)
            .where(NominationPartner.nomination_id == nomination, NominationPartner.stands())
            .order_by(NominationPartner.id)
        )
    )


def files_of(
    session: Session, nomination: int, asked: Sequence[Field], said: Mapping[str, Json]
) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """The files that the answers name, with their drawn pages, and the names of those that nobody sent."""
    named = [(field.key, entry) for field in asked for entry in entries_of(said.get(field.key))]
    kept = _kept(session, nomination, [key_of(entry) for _field, entry in named])
    found, missing = [], []
    for field, entry in named:
        file = kept.get(key_of(entry))
        if file is None:
            missing.append(key_of(entry))
            continue
        words: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
        caption, alternative, credit = (str(words.get(name) or "") for name in CAPTIONS)
        found.append(replace(file, field=field, caption=caption, alternative=alternative, credit=credit))
    return tuple(found), tuple(missing)


def _kept(session: Session, nomination: int, keys: Sequence[str]) -> dict[str, File]:
    rows = session.execute(
        select(Attachment, Rendition)
        .outerjoin(Rendition, Rendition.attachment_id == Attachment.id)
        .where(
            Attachment.nomination_id == nomination,
            Attachment.key.in_(keys),
            Attachment.state == AttachmentState.CLEAN,
        )
        .order_by(Attachment.id, Rendition.page)
    )
    found: dict[str, File] = {}
    for kept, page in rows:
        file = found.get(kept.key) or _file(kept)
        found[kept.key] = _with(file, page)
    return found


def _with(file: File, page: Rendition | None) -> File:
    return file if page is None else replace(file, pages=(*file.pages, Page.of(page)))


def _file(kept: Attachment) -> File:
    return File(kept.key, kept.field, kept.name, kept.media_type, kept.size, kept.drawn, kept.pages or 0)

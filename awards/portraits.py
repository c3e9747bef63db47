"""Portraits: all that the public pages show of a winner, to be frozen with the release.

Names as they stood, why it won, and of the form's answers and pictures what its people let be published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, selectinload

from awards import consents, drafts, editions, fields, nominations
from awards.attachments import CAPTIONS, entries_of, key_of
from awards.models import (
    Attachment,
    AttachmentState,
    Award,
    Edition,
    Nomination,
    NominationRevision,
    Rendition,
)
from awards.models.base import Document
from judging.rules import Field, Rules
from judging.values import Json

CONSENT, CONSENT_FOR_PICTURES, CONSENT_FOR_CONTACTS = "consent", "consent_pictures", "consent_contacts"
"""Keys of the consents that a form may ask for; where it does, nothing is published without them."""
SHOWN_APART = frozenset(
    {"title", "titles", "summary", "summaries", "category", "language", "city", "country"}
)


def of_award(session: Session, edition: Edition, award: Award) -> Document:
    """A winner as its page shows it from the release on; the names are those that the award keeps."""
    rules = editions.rules_of(session, edition)
    said = drafts.said_by(nominations.standing_revision(award.nomination))
    return {
        **of_prize(award),
        "summaries": {tag: text for tag, text in _texts(said.get("summaries")).items() if text},
        "answers": {field.key: said[field.key] for field in publishable(rules, said)},
        "pictures": list(_pictures(session, award.nomination, rules, said)),
        "contacts": list(_contacts(rules, said)),
    }


def of_prize(award: Award) -> Document:
    """What stands of the prize itself: names, which it is, why it won."""
    return {
        **award.names,
        "prize": award.prize,
        "place": award.place,
        "by_decision": award.by_decision,
        "citations": dict(award.citations or {}),
    }


def publishable(rules: Rules, said: Mapping[str, Json]) -> list[Field]:
    """The questions whose answers may be read by everybody: not those with files, with people, or kept back."""
    if not _agreed(rules, said, CONSENT):
        return []
    apart = fields.FILES | SHOWN_APART | {"contacts", "consent"}
    return [
        it
        for it in _not_kept_back(rules, said)
        if it.kind not in apart and it.key not in apart and fields.is_given(it, said.get(it.key))
    ]


def _contacts(rules: Rules, said: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """The contacts of questions that the form calls public: name and office; the address where they agreed to that."""
    if not _agreed(rules, said, CONSENT):
        return
    parts = ["name", "latin_name", "office"]
    if any(it.key == CONSENT_FOR_CONTACTS for it in rules.fields) and _agreed(
        rules, said, CONSENT_FOR_CONTACTS
    ):
        parts.append("email")
    for field in _not_kept_back(rules, said):
        if field.kind == "contacts":
            for row in fields.rows_of(field, said.get(field.key)):
                if row.get("name"):
                    yield {part: str(row.get(part) or "") for part in parts}


def _not_kept_back(rules: Rules, said: Mapping[str, Json]) -> list[Field]:
    kept_back = {key_of(key) for key in entries_of(said.get("kept_back"))}
    return [it for it in rules.fields if it.public and it.key not in kept_back]


def _agreed(rules: Rules, said: Mapping[str, Json], consent: str) -> bool:
    """Whether a consent was given, or is not asked for."""
    asked = next((it for it in rules.fields if it.key == consent and it.kind == "consent"), None)
    return asked is None or fields.is_given(asked, said.get(consent))


def _pictures(
    session: Session, nomination: Nomination, rules: Rules, said: Mapping[str, Json]
) -> Iterator[dict[str, Json]]:
    """Every picture of which its people say that it may be published, as it was drawn: never the file itself."""
    entries = _permitted(rules, said)
    rows = session.execute(
        select(Attachment.key, Rendition)
        .join(Rendition, Rendition.attachment_id == Attachment.id)
        .where(_drawn([nomination.id], entries))
    )
    drawn = {key: rendition for key, rendition in rows}  # noqa: C416 (rows are no pairs to mypy)
    for key, entry in entries.items():
        if key in drawn:
            yield _picture(drawn[key], entry)


def pictures_of(session: Session, edition: Edition, nomination: Nomination) -> list[dict[str, Json]]:
    """The pictures of which its people said that they may be published, as they were drawn."""
    said = drafts.said_by(nominations.standing_revision(nomination))
    return list(_pictures(session, nomination, editions.rules_of(session, edition), said))


def first_pictures(
    session: Session, edition: Edition, references: Collection[str]
) -> dict[str, dict[str, Json]]:
    """Of each nomination the first picture of which its people say, and still say, that it may be published, by
    reference; after a constant number of queries. Nominations without one are left out.
    """
    rules = editions.rules_of(session, edition)
    withdrawn = consents.of_editions(session, [edition.id])
    standing = session.execute(
        select(Nomination, NominationRevision)
        .join(NominationRevision.nomination)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.reference.in_(references),
            NominationRevision.number == Nomination.submitted_number,
        )
    ).all()
    wanted = {nomination: _permitted(rules, drafts.said_by(revision)) for nomination, revision in standing}
    keys = {key for its in wanted.values() for key in its}
    drawn = {
        (nomination, key): rendition
        for nomination, key, rendition in session.execute(
            select(Attachment.nomination_id, Attachment.key, Rendition)
            .join(Rendition, Rendition.attachment_id == Attachment.id)
            .where(_drawn([it.id for it in wanted], keys))
        )
    }
    found: dict[str, dict[str, Json]] = {}
    for nomination, entries in wanted.items():
        for key, entry in entries.items():
            if (rendition := drawn.get((nomination.id, key))) is None:
                continue
            picture = _picture(rendition, entry)
            out = withdrawn.get((edition.id, nomination.reference), frozenset())
            if consents.leaves({"pictures": [picture]}, out)["pictures"]:
                found[nomination.reference] = picture
                break
    return found


def _picture(rendition: Rendition, entry: Mapping[str, Json]) -> dict[str, Json]:
    """A picture as it was drawn, with what was said of it."""
    return {
        "file": rendition.file,
        "width": rendition.width,
        "height": rendition.height,
        **{name: str(entry.get(name) or "") for name in CAPTIONS},
    }


def _permitted(rules: Rules, said: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    """The pictures that may be published, by the key of the file, with what was said of each."""
    if not (_agreed(rules, said, CONSENT) and _agreed(rules, said, CONSENT_FOR_PICTURES)):
        return {}
    return {
        key_of(entry): entry
        for field in _not_kept_back(rules, said)
        if field.kind == "pictures"
        for entry in entries_of(said.get(field.key))
        if isinstance(entry, Mapping) and entry.get("permission") is True
    }


def _drawn(nominations: Iterable[int], keys: Iterable[str]) -> ColumnElement[bool]:
    return and_(
        Attachment.nomination_id.in_(nominations),
        Attachment.key.in_(keys),
        Attachment.state == AttachmentState.CLEAN,
        Rendition.page == 1,
    )


def undrawn(session: Session, edition: Edition, awards: Iterable[Award]) -> int:
    """How many pictures that may be published would be left out because they are not drawn."""
    rules = editions.rules_of(session, edition)
    winners = session.scalars(
        select(Nomination)
        .where(Nomination.id.in_([it.nomination_id for it in awards]))
        .options(selectinload(Nomination.revisions))
    ).all()
    wanted = {
        it.id: set(_permitted(rules, drafts.said_by(nominations.standing_revision(it)))) for it in winners
    }
    keys = {key for its in wanted.values() for key in its}
    drawn = set(
        session.scalars(
            select(Attachment.key)
            .join(Rendition, Rendition.attachment_id == Attachment.id)
            .where(_drawn(wanted, keys))
        )
    )
    return len(keys - drawn)


def _texts(value: Json) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

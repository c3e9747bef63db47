"""What is published of a nomination, item by item, for its own people and the organisers who may take it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import consents, portraits, publication
from awards.models import Edition, Nomination, Publication, PublicationKind, WithdrawnConsent


@dataclass(frozen=True, slots=True)
class Item:
    """Something published. `said` is the answer, the picture or the contacts as frozen; `withdrawn` since when not."""

    key: str
    said: Any
    withdrawn: WithdrawnConsent | None

    @property
    def is_picture(self) -> bool:
        return self.key.startswith(consents.PICTURE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is published of a nomination, and where. `everything`: that all of it was withdrawn at once."""

    items: tuple[Item, ...]
    as_finalist: bool
    as_winner: bool
    everything: WithdrawnConsent | None

    def item(self, key: str) -> Item | None:
        if key == consents.EVERYTHING:
            return Item(key, None, self.everything)
        return next((it for it in self.items if it.key == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(it.key for it in self.items)


def of_nomination(session: Session, edition: Edition, nomination: Nomination, now: datetime) -> Sheet | None:
    """None where nothing of it is public yet. What was taken down counts: it may be put back."""
    rows = publication.frozen_rows(session, edition, nomination, now)
    if not rows:
        return None
    withdrawn = consents.of_nomination(session, nomination)
    said: dict[str, Any] = {}
    for row in rows.values():
        said |= {key: _said(row, key) for key in consents.items_of(row)}
    if PublicationKind.FINALISTS in rows:  # the booklet shows a picture of every finalist
        pictures = portraits.pictures_of(session, edition, nomination)
        said |= {consents.picture_of(it): it for it in pictures if consents.picture_of(it) not in said}
    items = tuple(Item(key, it, withdrawn.get(key)) for key, it in said.items())
    return Sheet(
        items,
        PublicationKind.FINALISTS in rows,
        PublicationKind.WINNERS in rows,
        withdrawn.get(consents.EVERYTHING),
    )


def _said(row: Mapping[str, Any], key: str) -> Any:
    if key.startswith(consents.PICTURE):
        return next(it for it in row["pictures"] if consents.picture_of(it) == key)
    if key in (consents.SUMMARY, consents.CONTACTS):
        return row.get(key)
    return row["answers"][key]


def names_of(session: Session, edition: Edition, now: datetime) -> dict[str, Mapping[str, Any]]:
    """By reference how each nomination was last published, for the organisers."""
    found = session.scalars(
        select(Publication)
        .where(Publication.edition_id == edition.id, Publication.visible_from <= now)
        .order_by(Publication.visible_from, Publication.id)
    )
    return {row["reference"]: row for it in found for row in it.document["rows"]}


def nominations_of(session: Session, edition: Edition, now: datetime) -> Sequence[Nomination]:
    """The nominations of which something is public, or was and may be again, in the order of their references."""
    found = session.scalars(
        select(Publication).where(Publication.edition_id == edition.id, Publication.visible_from <= now)
    )
    references = {row["reference"] for it in found for row in it.document["rows"]}
    return session.scalars(
        select(Nomination)
        .where(Nomination.edition_id == edition.id, Nomination.reference.in_(references))
        .order_by(Nomination.reference)
    ).all()

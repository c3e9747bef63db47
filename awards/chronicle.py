"""The chronicle: what was made public of editions, when, and when it last changed, for feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import publication
from awards.models import Nomination, Publication, PublicationKind, WithdrawnConsent


@dataclass(frozen=True, slots=True)
class Appearance:
    """Finalists or winners of a category: since when they have been public, and when that last changed.

    `shown` is what may be read now; None where it was taken down.
    """

    edition: int
    category: str
    kind: PublicationKind
    first: datetime
    changed: datetime
    shown: Publication | None


def of_editions(session: Session, editions: Sequence[int], now: datetime) -> list[Appearance]:
    """What was ever public of some editions until now, the latest change first; after four queries."""
    shown = {
        (number, it.category, kind): it
        for kind in PublicationKind
        for number, found in publication.visible_of(session, editions, kind, now).items()
        for it in found
    }
    rows = session.execute(
        select(
            Publication.edition_id,
            Publication.category,
            Publication.kind,
            Publication.visible_from,
            Publication.taken_down_at,
        ).where(Publication.edition_id.in_(editions), Publication.visible_from <= now)
    )
    moments: dict[tuple[int, str, PublicationKind], list[datetime]] = {}
    begun: dict[tuple[int, str, PublicationKind], datetime] = {}
    for edition, category, kind, visible_from, down in rows:
        key = (edition, category, kind)
        begun[key] = min(visible_from, begun.get(key, visible_from))
        its = moments.setdefault(key, [])
        its.append(visible_from)
        if down is not None and down <= now:
            its.append(down)
    for edition, category, at in _withdrawn(session, editions, now):
        for kind in PublicationKind:
            if begun.get((edition, category, kind), now) < at:
                moments[edition, category, kind].append(at)
    found = [Appearance(*key, begun[key], max(its), shown.get(key)) for key, its in moments.items()]
    return sorted(found, key=lambda it: (-it.changed.timestamp(), it.edition, it.category, it.kind.value))


def last_change(session: Session, now: datetime) -> datetime | None:
    """When something was last made public, taken down, withdrawn or given again, of any edition."""
    shown = select(
        func.max(Publication.visible_from).filter(Publication.visible_from <= now),
        func.max(Publication.taken_down_at),
    )
    consented = select(func.max(WithdrawnConsent.at), func.max(WithdrawnConsent.given_again_at))
    moments = [*session.execute(shown).one(), *session.execute(consented).one()]
    return max((at for at in moments if at is not None), default=None)


def _withdrawn(
    session: Session, editions: Sequence[int], now: datetime
) -> Iterator[tuple[int, str, datetime]]:
    """When people of a category ceased to let something be published, or let it again."""
    rows = session.execute(
        select(
            WithdrawnConsent.edition_id,
            Nomination.category,
            WithdrawnConsent.at,
            WithdrawnConsent.given_again_at,
        )
        .join(Nomination, Nomination.id == WithdrawnConsent.nomination_id)
        .where(WithdrawnConsent.edition_id.in_(editions))
    )
    for edition, category, *moments in rows:
        yield from ((edition, category, at) for at in moments if at is not None and at <= now)

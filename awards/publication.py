"""What is made public: finalists once announced, winners once released; asked anew at every request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from awards import decisions, editions, naming, nominations, prizes, records, results, standings
from awards.audit import Actor
from awards.elections import ShortlistNotSigned
from awards.models import DecisionKind, Edition, Publication, PublicationKind, PublishedRecord
from awards.models.base import Document
from awards.timetable import Phase
from judging.count import outcome_of, standing_of
from judging.values import Json

RELEASE = "release winners"


class NothingToPublish(Exception):
    """There is nothing that could be published."""


class WinnersNotSigned(Exception):
    """The winners have to be signed first."""


@dataclass(frozen=True, slots=True)
class Published:
    """A category made public; `is_new` is False where it was public before."""

    category: str
    kind: PublicationKind
    is_new: bool


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did; `record` is the public record, once every category is out."""

    published: tuple[Published, ...]
    record: PublishedRecord | None


def visible(session: Session, edition: Edition, kind: PublicationKind, now: datetime) -> list[Publication]:
    """What of an edition may be shown now: one a category, the latest."""
    found = session.scalars(
        select(Publication)
        .where(
            Publication.edition_id == edition.id,
            Publication.kind == kind,
            Publication.visible_from <= now,
            or_(Publication.taken_down_at.is_(None), Publication.taken_down_at > now),
        )
        .order_by(Publication.visible_from, Publication.id)
    )
    return list({publication.category: publication for publication in found}.values())


def released(session: Session, editions: Sequence[int], now: datetime) -> set[int]:
    """Those of the editions, by row number, of which winners may be shown now."""
    return set(
        session.scalars(
            select(Publication.edition_id).where(
                Publication.edition_id.in_(editions),
                Publication.kind == PublicationKind.WINNERS,
                Publication.visible_from <= now,
                or_(Publication.taken_down_at.is_(None), Publication.taken_down_at > now),
            )
        )
    )


def first_shown(session: Session, edition: Edition, kind: PublicationKind) -> dict[str, datetime]:
    """Since when each category has been public, whatever the hour."""
    found = session.scalars(
        select(Publication)
        .where(
            Publication.edition_id == edition.id,
            Publication.kind == kind,
            Publication.taken_down_at.is_(None),
        )
        .order_by(Publication.visible_from.desc(), Publication.id)
    )
    return {publication.category: publication.visible_from for publication in found}


def announce(
    session: Session, edition: Edition, *, category: str | None = None, actor: Actor, now: datetime
) -> tuple[Published, ...]:
    """Make the finalists of a category or of all public; one decision for all that is new.

    Raises ShortlistNotSigned naming the categories that wait, NothingToPublish.
    """
    editions.lock(session, edition)
    there = standings.latest(session, edition)
    asked = [key for key in there if category in (None, key)]
    if not asked:
        raise NothingToPublish(category or edition.key)
    if waiting := [key for key in asked if there[key].signed_by is None]:
        raise ShortlistNotSigned(", ".join(waiting))
    new = [key for key in asked if _latest(session, edition, key, PublicationKind.FINALISTS) is None]
    if new:
        decisions.decide(
            session,
            edition,
            DecisionKind.ANNOUNCEMENT,
            actor=actor,
            now=now,
            subject={"categories": [*new]},
        )
    for key in new:
        _publish_finalists(session, edition, key, now=now)
    return tuple(Published(key, PublicationKind.FINALISTS, key in new) for key in asked)


def release(
    session: Session,
    edition: Edition,
    *,
    category: str | None = None,
    folder: Path,
    actor: Actor,
    now: datetime,
) -> Released:
    """Make the winners of a category or of all public, and their finalists where they were not yet.

    A two-person act. With the last category the edition is published and its public record kept in `folder`.
    Raises WinnersNotSigned naming the categories that wait, NothingToPublish, NeedsTwoPeople.
    """
    editions.lock(session, edition)
    outcomes = results.frozen(session, edition)
    judged = list(standings.latest(session, edition))
    asked = [key for key in judged if category in (None, key)]
    if not asked:
        raise NothingToPublish(category or edition.key)
    if waiting := [key for key in asked if key not in outcomes or outcomes[key].signed_by is None]:
        raise WinnersNotSigned(", ".join(waiting))
    new = [key for key in asked if _latest(session, edition, key, PublicationKind.WINNERS) is None]
    published = [Published(key, PublicationKind.WINNERS, key in new) for key in asked]
    if new:
        subject: dict[str, Json] = {"categories": [*new]}
        decisions.complete_alone(session, edition, RELEASE, subject, actor=actor, now=now)
        decisions.decide(session, edition, DecisionKind.RELEASE, actor=actor, now=now, subject=subject)
    for key in new:
        if _latest(session, edition, key, PublicationKind.FINALISTS) is None:
            _publish_finalists(session, edition, key, now=now)
            published.append(Published(key, PublicationKind.FINALISTS, True))
        _publish(session, edition, key, PublicationKind.WINNERS, _winners(session, edition, key), now=now)
    record = None
    if edition.phase is Phase.DECIDED and all(
        _latest(session, edition, key, PublicationKind.WINNERS) for key in judged
    ):
        editions.advance(session, edition, Phase.PUBLISHED, actor=actor, now=now)
        record = records.publish(session, edition, folder=folder, actor=actor, now=now)
    return Released(tuple(published), record)


def _latest(session: Session, edition: Edition, category: str, kind: PublicationKind) -> Publication | None:
    return session.scalars(
        select(Publication)
        .where(
            Publication.edition_id == edition.id,
            Publication.category == category,
            Publication.kind == kind,
            Publication.taken_down_at.is_(None),
        )
        .order_by(Publication.id.desc())
        .limit(1)
    ).first()


def _publish_finalists(session: Session, edition: Edition, category: str, *, now: datetime) -> None:
    """The finalists in the order of their references, which says nothing of how they stood."""
    standing = standing_of(standings.latest(session, edition)[category].document)
    rows = [naming.shown(nominations.find(session, edition, name)) for name in sorted(standing.finalists)]
    _publish(session, edition, category, PublicationKind.FINALISTS, {"rows": rows}, now=now)


def _winners(session: Session, edition: Edition, category: str) -> Document:
    """The prizes of a category with the names as they stood when they were given."""
    outcome = outcome_of(results.frozen(session, edition)[category].document)
    rows = [
        {**award.names, "prize": award.prize, "place": award.place, "by_decision": award.by_decision}
        for award in prizes.of_edition(session, edition)
        if award.category == category
    ]
    return {"rows": rows, "not_given": list(outcome.not_given)}


def _publish(
    session: Session,
    edition: Edition,
    category: str,
    kind: PublicationKind,
    document: Document,
    *,
    now: datetime,
) -> None:
    session.add(
        Publication(edition_id=edition.id, category=category, kind=kind, document=document, visible_from=now)
    )
    session.flush()

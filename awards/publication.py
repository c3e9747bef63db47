"""What is made public, and from when; asked anew at every request, without what its people have withdrawn since.

`visible`, `visible_of` and `were_public` are the one place where pages, files and lists get it from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from awards import consents, decisions, notices, releasing
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
    Outbox,
    Publication,
    PublicationKind,
)
from awards.models.base import Document


class NothingToPublish(Exception):
    """There is nothing that could be published."""


@dataclass(frozen=True, slots=True)
class Published:
    """A category made public; `is_new` is False where it was public before."""

    category: str
    kind: PublicationKind
    is_new: bool


def visible(session: Session, edition: Edition, kind: PublicationKind, now: datetime) -> list[Publication]:
    """What of an edition may be shown now: one a category, the latest; copies that belong to no session."""
    return visible_kinds(session, edition, [kind], now)[kind]


def visible_kinds(
    session: Session, edition: Edition, kinds: Collection[PublicationKind], now: datetime
) -> dict[PublicationKind, list[Publication]]:
    """The same of several kinds, after one query."""
    found = session.scalars(
        select(Publication)
        .where(
            Publication.edition_id == edition.id,
            Publication.kind.in_(kinds),
            Publication.visible_from <= now,
            or_(Publication.taken_down_at.is_(None), Publication.taken_down_at > now),
        )
        .order_by(Publication.visible_from, Publication.id)
    )
    latest = {(it.kind, it.category): it for it in found}
    shown: dict[PublicationKind, list[Publication]] = {kind: [] for kind in kinds}
    for publication in _without(session, latest.values()):
        shown[publication.kind].append(publication)
    return shown


def _without(session: Session, found: Collection[Publication]) -> list[Publication]:
    """Copies of publications, each row without that to which consent was withdrawn."""
    withdrawn = consents.of_editions(session, {it.edition_id for it in found}) if found else {}
    return [
        Publication(
            id=it.id,
            edition_id=it.edition_id,
            category=it.category,
            kind=it.kind,
            document={
                **it.document,
                "rows": [
                    consents.leaves(row, withdrawn.get((it.edition_id, row["reference"]), ()))
                    for row in it.document["rows"]
                ],
            },
            decision_id=it.decision_id,
            visible_from=it.visible_from,
            taken_down_at=it.taken_down_at,
        )
        for it in found
    ]


def visible_of(
    session: Session, editions: Sequence[int], kind: PublicationKind, now: datetime
) -> dict[int, list[Publication]]:
    """The same of several editions, by row number, after one query."""
    found = session.scalars(
        select(Publication)
        .where(
            Publication.edition_id.in_(editions),
            Publication.kind == kind,
            Publication.visible_from <= now,
            or_(Publication.taken_down_at.is_(None), Publication.taken_down_at > now),
        )
        .order_by(Publication.visible_from, Publication.id)
    )
    latest = {(it.edition_id, it.category): it for it in found}
    shown: dict[int, list[Publication]] = {number: [] for number in editions}
    for publication in _without(session, latest.values()):
        shown[publication.edition_id].append(publication)
    return shown


@dataclass(frozen=True, slots=True)
class Sighting:
    """That something of a category may be shown now: the row number of its publication."""

    row: int
    edition: int
    category: str
    kind: PublicationKind
    visible_from: datetime

    @property
    def key(self) -> tuple[int, datetime]:
        return self.row, self.visible_from


def sightings(session: Session, now: datetime) -> list[Sighting]:
    """All that may be shown now, of every edition, without what it says: of a category and kind the latest."""
    found = session.execute(
        select(
            Publication.id,
            Publication.edition_id,
            Publication.category,
            Publication.kind,
            Publication.visible_from,
        )
        .where(
            Publication.visible_from <= now,
            or_(Publication.taken_down_at.is_(None), Publication.taken_down_at > now),
        )
        .order_by(Publication.visible_from, Publication.id)
    )
    return list({(it.edition_id, it.category, it.kind): Sighting(*it) for it in found}.values())


def frozen(session: Session, rows: Collection[int]) -> Sequence[Publication]:
    """Publications as they were frozen, by row number, for what keeps them in memory: not to be shown like this."""
    if not rows:
        return ()
    return session.scalars(select(Publication).where(Publication.id.in_(rows))).all()


def known_states(
    session: Session, nominations: Sequence[Nomination], told: Mapping[int, NominationState], now: datetime
) -> dict[int, NominationState]:
    """The state of each nomination, by row number, as its people may know it: what they were `told` of its eligibility,
    then whether it stands among the finalists, then among the winners, as far as those are public."""
    known, judged = dict(told), [it for it in nominations if it.state in releasing.AFTER_SCREENING]
    if not judged:
        return known
    public: dict[tuple[int, str, PublicationKind], set[str]] = {}
    revoked: set[tuple[int, str]] = set()
    for kind in (PublicationKind.FINALISTS, PublicationKind.WINNERS):
        for number, found in visible_of(session, [*{it.edition_id for it in judged}], kind, now).items():
            for shown in found:
                public[number, shown.category, kind] = {row["reference"] for row in shown.document["rows"]}
                revoked |= {(number, row["reference"]) for row in shown.document.get("revoked", ())}
    for it in judged:
        finalists = public.get((it.edition_id, it.category, PublicationKind.FINALISTS))
        winners = public.get((it.edition_id, it.category, PublicationKind.WINNERS))
        known[it.id] = _as_shown(it, finalists, winners) or known[it.id]
        if known[it.id] is not NominationState.WINNER and (it.edition_id, it.reference) in revoked:
            known[it.id] = NominationState.REVOKED
    return known


def _as_shown(it: Nomination, finalists: set[str] | None, winners: set[str] | None) -> NominationState | None:
    """What the public pages say of a nomination that was judged; None where they say nothing yet."""
    if winners is not None and it.reference in winners:
        return NominationState.WINNER
    if finalists is not None and it.reference in finalists:
        return NominationState.FINALIST if winners is None else NominationState.NOT_AWARDED
    if finalists is not None and it.state is NominationState.NOT_SHORTLISTED:
        return NominationState.NOT_SHORTLISTED
    return None if winners is None else NominationState.NOT_AWARDED


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


def categories_shown(
    session: Session, editions: Sequence[int], kind: PublicationKind, now: datetime
) -> dict[int, int]:
    """Of how many categories of each edition, by row number, something may be shown now."""
    rows = session.execute(
        select(Publication.edition_id, func.count(Publication.category.distinct()))
        .where(
            Publication.edition_id.in_(editions),
            Publication.kind == kind,
            Publication.visible_from <= now,
            or_(Publication.taken_down_at.is_(None), Publication.taken_down_at > now),
        )
        .group_by(Publication.edition_id)
    )
    return {edition: number for edition, number in rows}  # noqa: C416 (rows are no pairs to mypy)


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


def planned(session: Session, edition: Edition, now: datetime) -> dict[str, datetime]:
    """The categories whose finalists are to be public at a moment that is still ahead, and that moment."""
    shown = first_shown(session, edition, PublicationKind.FINALISTS)
    return {key: at for key, at in shown.items() if at > now}


@dataclass(frozen=True, slots=True)
class Outing:
    """That winners of a category were made public, since when, and when they were taken down."""

    row: int
    category: str
    visible_from: datetime
    taken_down_at: datetime | None

    def is_shown(self, now: datetime) -> bool:
        return self.visible_from <= now and (self.taken_down_at is None or self.taken_down_at > now)


def outings(session: Session, edition: Edition) -> list[Outing]:
    """Every time that winners of a category were made public, in order, those ahead included."""
    found = session.execute(
        select(
            Publication.id, Publication.category, Publication.visible_from, Publication.taken_down_at
        ).where(Publication.edition_id == edition.id, Publication.kind == PublicationKind.WINNERS)
    )
    return [Outing(*row) for row in sorted(found)]


def were_public(session: Session, found: Sequence[Outing], now: datetime) -> Sequence[Publication]:
    """What was public of the winners of categories of which none are public now."""
    shown = {it.category for it in found if it.is_shown(now)}
    rows = [it.row for it in found if it.visible_from <= now and it.category not in shown]
    if not rows:
        return ()
    ever = session.scalars(select(Publication).where(Publication.id.in_(rows)).order_by(Publication.id)).all()
    return _without(session, ever)


def frozen_rows(
    session: Session, edition: Edition, nomination: Nomination, now: datetime
) -> dict[PublicationKind, Mapping[str, Any]]:
    """How a nomination was last published as a finalist and as a winner, as it was frozen: for its own people and the
    organisers. What was taken down counts.
    """
    found = session.scalars(
        select(Publication)
        .where(Publication.edition_id == edition.id, Publication.visible_from <= now)
        .order_by(Publication.visible_from, Publication.id)
    )
    return {
        it.kind: row
        for it in found
        for row in it.document["rows"]
        if row["reference"] == nomination.reference
    }


def is_shown(
    edition: InstrumentedAttribute[int], category: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """In a query: that winners of a category are public and were not taken down."""
    return exists().where(
        Publication.edition_id == edition,
        Publication.category == category,
        Publication.kind == PublicationKind.WINNERS,
        Publication.taken_down_at.is_(None),
    )


def latest(session: Session, edition: Edition, category: str, kind: PublicationKind) -> Publication | None:
    """What was published of a category and not taken down, public already or not, as frozen: no page shows it."""
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


def taken_down(session: Session, edition: Edition) -> dict[str, datetime]:
    """The categories whose winners were public and were taken down, and since when."""
    rows = session.scalars(
        select(Publication)
        .where(Publication.edition_id == edition.id, Publication.kind == PublicationKind.WINNERS)
        .order_by(Publication.id)
    )
    last = {it.category: it.taken_down_at for it in rows}
    return {category: at for category, at in last.items() if at is not None}


def publish(
    session: Session,
    edition: Edition,
    category: str,
    kind: PublicationKind,
    document: Document,
    *,
    visible_from: datetime,
    decision: Decision | None = None,
) -> None:
    """Keep what is to be read of a category from a moment on. The caller holds the edition's lock."""
    session.add(
        Publication(
            edition_id=edition.id,
            category=category,
            kind=kind,
            document=document,
            decision_id=decision.id if decision else None,
            visible_from=visible_from,
        )
    )
    session.flush()


def replace_finalist(
    session: Session,
    edition: Edition,
    category: str,
    removed: str,
    added: Document | None,
    *,
    now: datetime,
) -> datetime | None:
    """Show the finalists of a category without one, and with another in its place; since when, None where none are.

    What was shown before is kept. The caller has decided it.
    """
    before = latest(session, edition, category, PublicationKind.FINALISTS)
    if before is None:
        return None
    rows = [row for row in before.document["rows"] if row["reference"] != removed]
    rows += [added] if added else []
    document = {"rows": sorted(rows, key=lambda row: str(row["reference"]))}
    shown = max(before.visible_from, now)
    publish(session, edition, category, PublicationKind.FINALISTS, document, visible_from=shown)
    return shown


def take_back(session: Session, edition: Edition, categories: Collection[str], *, now: datetime) -> None:
    """Take back the finalists of some categories, which are not public yet, and their letters that have not gone out.

    The caller holds the edition's lock.
    """
    rows = session.scalars(
        select(Publication).where(
            Publication.edition_id == edition.id,
            Publication.category.in_(categories),
            Publication.kind == PublicationKind.FINALISTS,
            Publication.visible_from > now,
            Publication.taken_down_at.is_(None),
        )
    ).all()
    for row in rows:
        row.taken_down_at = now
    announced = decisions.of_edition(session, edition, DecisionKind.ANNOUNCEMENT)
    of_these = [it.id for it in announced if set(it.subject["categories"]) & set(categories)]
    letters = session.scalars(select(Outbox).where(Outbox.decision_id.in_(of_these))).all()
    notices.cancel(session, [it for it in letters if it.arguments.get("category") in categories])
    session.flush()

"""What is made public: finalists once announced, winners once released; asked anew at every request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from awards import (
    decisions,
    editions,
    naming,
    nominations,
    notices,
    prizes,
    records,
    releasing,
    reopening,
    results,
    standings,
)
from awards.audit import Actor
from awards.elections import ShortlistNotSigned
from awards.models import (
    Account,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationRevision,
    NominationState,
    Outbox,
    Publication,
    PublicationKind,
    PublishedRecord,
)
from awards.models.base import Document
from awards.notices import Template
from awards.shortlists import SheetsOpen
from awards.timetable import Phase
from judging.count import outcome_of, standing_of
from judging.values import Json

RELEASE = "release winners"


class Letters(StrEnum):
    """Whether the nominees are written to, and when: before the public, together with it, or not by this act."""

    FIRST = "first"
    TOGETHER = "together"
    NONE = "none"


LETTER_OF: Mapping[NominationState, Template] = {
    NominationState.FINALIST: Template.FINALIST,
    NominationState.NOT_SHORTLISTED: Template.NOT_SHORTLISTED,
}


class VisibleInThePast(Exception):
    """An announcement for later lies ahead."""


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


def announce(
    session: Session,
    edition: Edition,
    *,
    category: str | None = None,
    only: Collection[str] | None = None,
    visible_from: datetime | None = None,
    letters: Letters = Letters.NONE,
    actor: Actor,
    now: datetime,
) -> tuple[Published, ...]:
    """Make the finalists of a category, of `only` some, or of all public, now or from a moment on.

    One decision for all that is new. Every nomination's writers are written to about their own only, where `letters`
    says so. Raises ShortlistNotSigned naming the categories that wait, SheetsOpen, NothingToPublish, VisibleInThePast.
    """
    editions.lock(session, edition)
    if visible_from is not None and visible_from <= now:
        raise VisibleInThePast(visible_from.isoformat())
    there = standings.latest(session, edition)
    asked = [key for key in there if category in (None, key) and (only is None or key in only)]
    if not asked:
        raise NothingToPublish(category or edition.key)
    if waiting := [key for key in asked if there[key].signed_by is None]:
        raise ShortlistNotSigned(", ".join(waiting))
    mending = {it.nomination.category for it in reopening.going_on(session, edition)}
    if open_in := [key for key in asked if key in mending]:
        raise SheetsOpen(", ".join(open_in))
    new = [key for key in asked if _latest(session, edition, key, PublicationKind.FINALISTS) is None]
    if new:
        decision = decisions.decide(
            session,
            edition,
            DecisionKind.ANNOUNCEMENT,
            actor=actor,
            now=now,
            subject={"categories": [*new]},
        )
        for key in new:
            _publish_finalists(session, edition, key, now=visible_from or now)
        if letters is not Letters.NONE:
            public = visible_from or now
            due = now if letters is Letters.FIRST else public
            _write_letters(session, edition, new, decision, public=public, due=due)
    return tuple(Published(key, PublicationKind.FINALISTS, key in new) for key in asked)


def addressed(
    session: Session, edition: Edition, categories: Collection[str]
) -> list[tuple[Nomination, Template, list[Account]]]:
    """Who is written to about what when the finalists of some categories are announced.

    Where everybody eligible stands in the second round, those not among the finalists are still in it and get none.
    """
    found = [it for it in nominations.of_edition(session, edition, *LETTER_OF) if it.category in categories]
    writers = releasing.writers_of(session, found)
    return [(it, LETTER_OF[it.state], writers[it.id]) for it in found]


def _write_letters(
    session: Session,
    edition: Edition,
    categories: Sequence[str],
    decision: Decision,
    *,
    public: datetime,
    due: datetime,
) -> None:
    told = addressed(session, edition, categories)
    revisions = nominations.current_revisions(session, [it for it, _, _ in told])
    for nomination, template, people in told:
        for person in people:
            message = notices.queue(
                session,
                template,
                person.email,
                language=person.language,
                now=due,
                account=person,
                edition=edition,
                arguments=letter_arguments(
                    edition, nomination, revisions[nomination.id], public=public, due=due
                ),
                decision=decision,
            )
            assert message is not None


def letter_arguments(
    edition: Edition, nomination: Nomination, revision: NominationRevision, *, public: datetime, due: datetime
) -> dict[str, Json]:
    """What the letter about one nomination says; when it becomes public only where that is later than the letter."""
    about: dict[str, Json] = {
        "title": revision.title,
        "reference": nomination.reference,
        "category": nomination.category,
        "path": f"/{edition.key}/finalists" if due >= public else f"/nominations/{nomination.public_id}/",
    }
    return about | ({"public": public.isoformat()} if due < public else {})


def planned(session: Session, edition: Edition, now: datetime) -> dict[str, datetime]:
    """The categories whose finalists are to be public at a moment that is still ahead, and that moment."""
    shown = first_shown(session, edition, PublicationKind.FINALISTS)
    return {key: at for key, at in shown.items() if at > now}


def call_off(
    session: Session, edition: Edition, *, reason: str, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Take back announcements that are still ahead, and the letters that have not gone out; the categories concerned.

    Raises ReasonMissing, NothingToPublish where nothing lies ahead.
    """
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    ahead = list(planned(session, edition, now))
    if not ahead:
        raise NothingToPublish(edition.key)
    rows = session.scalars(
        select(Publication).where(
            Publication.edition_id == edition.id,
            Publication.category.in_(ahead),
            Publication.kind == PublicationKind.FINALISTS,
            Publication.taken_down_at.is_(None),
        )
    ).all()
    for row in rows:
        row.taken_down_at = now
    announced = decisions.of_edition(session, edition, DecisionKind.ANNOUNCEMENT)
    of_these = [it.id for it in announced if set(it.subject["categories"]) & set(ahead)]
    messages = session.scalars(select(Outbox).where(Outbox.decision_id.in_(of_these))).all()
    notices.cancel(session, messages)
    decisions.decide(
        session,
        edition,
        DecisionKind.TAKE_DOWN,
        actor=actor,
        now=now,
        subject={"categories": [*ahead]},
        reason=why,
    )
    return tuple(ahead)


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


def replace_finalist(
    session: Session,
    edition: Edition,
    category: str,
    removed: str,
    added: Nomination | None,
    *,
    now: datetime,
) -> datetime | None:
    """Show the finalists of a category without one, and with another in its place; since when, None where none are.

    What was shown before is kept. The caller has decided it.
    """
    before = _latest(session, edition, category, PublicationKind.FINALISTS)
    if before is None:
        return None
    rows = [row for row in before.document["rows"] if row["reference"] != removed]
    rows += [naming.shown(added)] if added else []
    document = {"rows": sorted(rows, key=lambda row: str(row["reference"]))}
    shown = max(before.visible_from, now)
    _publish(session, edition, category, PublicationKind.FINALISTS, document, now=shown)
    return shown


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

"""Publishing: finalists announced, now or from a moment on, and called off before it; winners released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from awards import (
    decisions,
    disclosures,
    editions,
    naming,
    nominations,
    notices,
    portraits,
    prizes,
    publication,
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
    new = [
        key for key in asked if publication.latest(session, edition, key, PublicationKind.FINALISTS) is None
    ]
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
            _publish_finalists(session, edition, key, visible_from=visible_from or now)
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


def call_off(
    session: Session, edition: Edition, *, reason: str, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Take back announcements that are still ahead, and the letters that have not gone out; the categories concerned.

    Raises ReasonMissing, NothingToPublish where nothing lies ahead.
    """
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    ahead = list(publication.planned(session, edition, now))
    if not ahead:
        raise NothingToPublish(edition.key)
    publication.take_back(session, edition, ahead, now=now)
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
    new = [key for key in asked if publication.latest(session, edition, key, PublicationKind.WINNERS) is None]
    published = [Published(key, PublicationKind.WINNERS, key in new) for key in asked]
    if new:
        subject: dict[str, Json] = {"categories": [*new]}
        decisions.complete_alone(session, edition, RELEASE, subject, actor=actor, now=now)
        decisions.decide(session, edition, DecisionKind.RELEASE, actor=actor, now=now, subject=subject)
    for key in new:
        if publication.latest(session, edition, key, PublicationKind.FINALISTS) is None:
            _publish_finalists(session, edition, key, visible_from=now)
            published.append(Published(key, PublicationKind.FINALISTS, True))
        publication.publish(
            session, edition, key, PublicationKind.WINNERS, _winners(session, edition, key), visible_from=now
        )
    record = None
    if edition.phase is Phase.DECIDED and all(
        publication.latest(session, edition, key, PublicationKind.WINNERS) for key in judged
    ):
        editions.advance(session, edition, Phase.PUBLISHED, actor=actor, now=now)
        record = records.publish(session, edition, folder=folder, actor=actor, now=now)
    return Released(tuple(published), record)


def _publish_finalists(session: Session, edition: Edition, category: str, *, visible_from: datetime) -> None:
    """The finalists in the order of their references, which says nothing of how they stood."""
    standing = standing_of(standings.latest(session, edition)[category].document)
    rows = [naming.shown(nominations.find(session, edition, name)) for name in sorted(standing.finalists)]
    publication.publish(
        session, edition, category, PublicationKind.FINALISTS, {"rows": rows}, visible_from=visible_from
    )


def _winners(session: Session, edition: Edition, category: str) -> Document:
    """The prizes of a category with the names as they stood when they were given, and how it was decided."""
    outcome = outcome_of(results.frozen(session, edition)[category].document)
    rows = [
        portraits.of_award(session, edition, award)
        for award in prizes.of_edition(session, edition)
        if award.category == category
    ]
    told = disclosures.of_category(session, edition, category)
    return {"rows": rows, "not_given": list(outcome.not_given), **told}

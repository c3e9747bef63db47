"""Finalists made public: announced, now or from a moment on, with letters to the nominees; called off before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from awards import (
    decisions,
    editions,
    naming,
    nominations,
    notices,
    publication,
    releasing,
    reopening,
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
)
from awards.notices import Template
from awards.publication import NothingToPublish, Published
from awards.shortlists import SheetsOpen
from judging.count import standing_of
from judging.values import Json


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


def announce(
    session: Session,
    edition: Edition,
    *,
    only: Collection[str] | None = None,
    visible_from: datetime | None = None,
    letters: Letters = Letters.NONE,
    actor: Actor,
    now: datetime,
) -> tuple[Published, ...]:
    """Make the finalists of `only` some categories, or of all, public, now or from a moment on.

    One decision for all that is new. Every nomination's writers are written to about their own only, where `letters`
    says so. Raises ShortlistNotSigned naming the categories that wait, SheetsOpen, NothingToPublish, VisibleInThePast.
    """
    editions.lock(session, edition)
    if visible_from is not None and visible_from <= now:
        raise VisibleInThePast(visible_from.isoformat())
    there = standings.latest(session, edition)
    asked = [key for key in there if only is None or key in only]
    if not asked:
        raise NothingToPublish(", ".join(only or [edition.key]))
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
            publish(session, edition, key, visible_from=visible_from or now)
        if letters is not Letters.NONE:
            public = visible_from or now
            due = now if letters is Letters.FIRST else public
            write_letters(session, edition, new, decision, public=public, due=due)
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


def write_letters(
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
        notices.tell(
            session,
            template,
            people,
            edition=edition,
            arguments=letter_arguments(edition, nomination, revisions[nomination.id], public=public, due=due),
            decision=decision,
            now=due,
        )


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


def publish(session: Session, edition: Edition, category: str, *, visible_from: datetime) -> None:
    """The finalists in the order of their references, which says nothing of how they stood."""
    standing = standing_of(standings.latest(session, edition)[category].document)
    rows = [naming.shown(nominations.find(session, edition, name)) for name in sorted(standing.finalists)]
    publication.publish(
        session, edition, category, PublicationKind.FINALISTS, {"rows": rows}, visible_from=visible_from
    )

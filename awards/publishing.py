"""Publishing: finalists announced, now or from a moment on, and called off before it; winners released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from awards import (
    approvals,
    decisions,
    disclosures,
    editions,
    naming,
    nominations,
    notices,
    notices_of_results,
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
    Approval,
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


class CategoryDown(Exception):
    """The winners of a category were taken down; they are put back by two, not released anew."""


class NotArmed(Exception):
    """A release needs the word of two people on what it makes public."""


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


def release(
    session: Session,
    edition: Edition,
    *,
    category: str | None = None,
    only: Collection[str] | None = None,
    approval: Approval | None = None,
    by_clock: bool = False,
    folder: Path,
    actor: Actor,
    now: datetime,
) -> Released:
    """Make the winners of a category, of `only` some or of all public, and their finalists where they were not yet.

    A two-person act: `approval` is the word of the two who armed it, and without one the operator completes it alone.
    With the last category the edition is published and its public record kept in `folder`; those whose nominations
    were in the second round are written to. `by_clock`: those two alone sign. Raises WinnersNotSigned naming the
    categories that wait, CategoryDown, NothingToPublish, NotArmed, NeedsTwoPeople.
    """
    editions.lock(session, edition)
    outcomes = results.frozen(session, edition)
    judged = list(standings.latest(session, edition))
    asked = [key for key in judged if category in (None, key) and (only is None or key in only)]
    if not asked:
        raise NothingToPublish(category or edition.key)
    if waiting := [key for key in asked if key not in outcomes or outcomes[key].signed_by is None]:
        raise WinnersNotSigned(", ".join(waiting))
    if down := publication.taken_down(session, edition).keys() & set(asked):
        raise CategoryDown(", ".join(sorted(down)))
    new = [key for key in asked if publication.latest(session, edition, key, PublicationKind.WINNERS) is None]
    published = [Published(key, PublicationKind.WINNERS, key in new) for key in asked]
    if not new:
        return Released(tuple(published), None)
    subject: dict[str, Json] = {"categories": [*new]}
    signers = None
    if approval is None:
        decisions.complete_alone(session, edition, RELEASE, subject, actor=actor, now=now)
    elif approval.act != RELEASE or approval.approver_id is None or approval.ended_at is not None:
        raise NotArmed(edition.key)
    else:
        signers = approvals.signatures(session, approval)
        signers += [] if by_clock else [decisions.signature(actor, "organiser")]
    decision = decisions.decide(
        session, edition, DecisionKind.RELEASE, actor=actor, now=now, subject=subject, signers=signers
    )
    unannounced = [
        key for key in new if publication.latest(session, edition, key, PublicationKind.FINALISTS) is None
    ]
    for key in unannounced:
        _publish_finalists(session, edition, key, visible_from=now)
        published.append(Published(key, PublicationKind.FINALISTS, True))
    if unannounced:
        _write_letters(session, edition, unannounced, decision, public=now, due=now)
    show_winners(session, edition, new, decision, now=now)
    notices_of_results.tell(session, edition, new, Template.RESULT, decision=decision, now=now)
    return Released(tuple(published), complete(session, edition, folder=folder, actor=actor, now=now))


def show_winners(
    session: Session, edition: Edition, categories: Collection[str], decision: Decision, *, now: datetime
) -> None:
    """Publish the winners of some categories as they stand, by a decision. The caller holds the edition's lock."""
    for key in categories:
        publication.publish(
            session,
            edition,
            key,
            PublicationKind.WINNERS,
            _winners(session, edition, key),
            visible_from=now,
            decision=decision,
        )


def complete(
    session: Session, edition: Edition, *, again: bool = False, folder: Path, actor: Actor, now: datetime
) -> PublishedRecord | None:
    """Publish the edition with its record once the winners of all categories are public; the record alone `again`."""
    judged = standings.latest(session, edition)
    if not all(publication.latest(session, edition, key, PublicationKind.WINNERS) for key in judged):
        return None
    if edition.phase is Phase.DECIDED:
        editions.advance(session, edition, Phase.PUBLISHED, actor=actor, now=now)
    elif not again:
        return None
    return records.publish(session, edition, folder=folder, actor=actor, now=now)


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
    given = [award for award in prizes.of_edition(session, edition) if award.category == category]
    held = {award.prize for award in given}
    vacant = dict.fromkeys(row.prize for row in outcome.rows if row.prize and row.prize not in held)
    rows = [portraits.of_award(session, edition, award) for award in given]
    told = disclosures.of_category(session, edition, category)
    return {"rows": rows, "not_given": [*outcome.not_given, *vacant], **told}

"""Publishing: the winners of categories released, with the record once those of all are; shown again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from awards import (
    approvals,
    citizens,
    decisions,
    disclosures,
    editions,
    finalists,
    notices_of_results,
    portraits,
    prizes,
    public_votes,
    publication,
    records,
    results,
    standings,
)
from awards.audit import Actor
from awards.models import (
    Approval,
    Award,
    Decision,
    DecisionKind,
    Edition,
    PublicationKind,
    PublishedRecord,
)
from awards.models.base import Document
from awards.notices import Template
from awards.publication import NothingToPublish, Published
from awards.timetable import Phase
from judging.count import outcome_of
from judging.values import Json

RELEASE = "release winners"


class CategoryDown(Exception):
    """The winners of a category were taken down; they are put back by two, not released anew."""


class NotArmed(Exception):
    """A release needs the word of two people on what it makes public."""


class WinnersNotSigned(Exception):
    """The winners have to be signed first."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did; `record` is the public record, once every category is out."""

    published: tuple[Published, ...]
    record: PublishedRecord | None


def release(
    session: Session,
    edition: Edition,
    *,
    only: Collection[str] | None = None,
    approval: Approval | None = None,
    by_clock: bool = False,
    folder: Path,
    actor: Actor,
    now: datetime,
) -> Released:
    """Make the winners of `only` some categories, or of all, public, and their finalists where they were not yet.

    A two-person act: `approval` is the word of the two who armed it, and without one the operator completes it alone.
    With the last category the edition is published and its public record kept in `folder`; those whose nominations
    were in the second round are written to. `by_clock`: those two alone sign. Raises WinnersNotSigned naming the
    categories that wait, CategoryDown, NothingToPublish, NotArmed, NeedsTwoPeople.
    """
    editions.lock(session, edition)
    outcomes = results.frozen(session, edition)
    judged = list(standings.latest(session, edition))
    asked = [key for key in judged if only is None or key in only]
    if not asked:
        raise NothingToPublish(", ".join(only or [edition.key]))
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
        finalists.publish(session, edition, key, visible_from=now)
        published.append(Published(key, PublicationKind.FINALISTS, True))
    if unannounced:
        finalists.write_letters(session, edition, unannounced, decision, public=now, due=now)
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


def show_again(
    session: Session, edition: Edition, category: str, decision: Decision, *, now: datetime
) -> None:
    """Show the winners of a category as they stand now in the place of what is public. Pictures, answers and the count
    stay as they were frozen with the release. The caller holds the edition's lock.
    """
    before = publication.latest(session, edition, category, PublicationKind.WINNERS)
    assert before is not None
    frozen = {row["reference"]: row for row in before.document["rows"]}
    given = prizes.of_category(session, edition, category)
    rows = [
        {**frozen[it.nomination.reference], **portraits.of_prize(it)}
        if it.nomination.reference in frozen
        else portraits.of_award(session, edition, it)
        for it in given
    ]
    document: Document = {
        **before.document,
        "rows": rows,
        "not_given": _not_given(session, edition, category, given),
        **disclosures.mended(session, edition, category),
    }
    publication.publish(
        session,
        edition,
        category,
        PublicationKind.WINNERS,
        document,
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
    citizens.forget(session, edition)
    return records.publish(session, edition, folder=folder, actor=actor, now=now)


def _winners(session: Session, edition: Edition, category: str) -> Document:
    """The prizes of a category with the names as they stood when they were given, and how it was decided."""
    given = prizes.of_category(session, edition, category)
    rows = [portraits.of_award(session, edition, award) for award in given]
    told = disclosures.of_category(session, edition, category)
    mended = disclosures.mended(session, edition, category)
    return {"rows": rows, "not_given": _not_given(session, edition, category, given), **told, **mended}


def _not_given(session: Session, edition: Edition, category: str, given: Sequence[Award]) -> list[str]:
    """The prizes of a category that nobody has: not given by the count, declined, or revoked."""
    document = results.frozen(session, edition)[category].document
    outcome, public = outcome_of(document), public_votes.outcome_in(document)
    held = {award.prize for award in given}
    counted = [outcome, *([public] if public is not None else [])]
    won = [row.prize for it in counted for row in it.rows if row.prize]
    vacant = dict.fromkeys(prize for prize in won if prize not in held)
    not_given = [prize for it in counted for prize in it.not_given]
    return [*not_given, *vacant]

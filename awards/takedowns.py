"""Winners taken down by one person, at once, and put back by two; those concerned are told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    approvals,
    arming,
    decisions,
    editions,
    embargoes,
    notices_of_results,
    publication,
    publishing,
    results,
)
from awards.arming import StandChanged
from awards.audit import Actor
from awards.models import Approval, DecisionKind, Edition, Publication, PublicationKind
from awards.notices import Template
from judging.values import Json

PUT_BACK = "put winners back"
"""The act of two that makes winners public again."""


class NothingPublic(Exception):
    """None of these categories has winners on public pages."""


class NotDown(Exception):
    """None of these categories was taken down, or not all of them are still."""


def take_down(
    session: Session,
    edition: Edition,
    categories: Collection[str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """Take the winners of some categories off every public page, with the record that names them.

    Letters of the release that have not gone out are cancelled; writers of the nominations concerned are told.
    Raises ReasonMissing, NothingPublic.
    """
    editions.lock(session, edition)
    why = decisions.need_reason(reason)
    rows = session.scalars(
        select(Publication).where(
            Publication.edition_id == edition.id,
            Publication.category.in_(categories),
            Publication.kind == PublicationKind.WINNERS,
            Publication.taken_down_at.is_(None),
        )
    ).all()
    if not rows:
        raise NothingPublic(edition.key)
    taken = sorted({it.category for it in rows})
    for row in rows:
        row.taken_down_at = now
    shown = decisions.of_edition(session, edition, DecisionKind.RELEASE, DecisionKind.PUT_BACK)
    notices_of_results.cancel(session, shown, taken)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.TAKE_DOWN,
        actor=actor,
        now=now,
        subject={"categories": [*taken], "kind": PublicationKind.WINNERS.value},
        reason=why,
    )
    notices_of_results.tell(session, edition, taken, Template.TAKEN_DOWN, decision=decision, now=now)
    embargoes.take_back(session, edition, taken, decision=decision, actor=actor, now=now)
    return tuple(taken)


def propose_back(
    session: Session,
    edition: Edition,
    categories: Collection[str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Propose to make winners public again, as they stand now. Raises NotDown, ReasonMissing, ProposalWaits."""
    editions.lock(session, edition)
    asked = sorted(set(categories))
    _need_down(session, edition, asked)
    subject: dict[str, Json] = {"categories": [*asked], "stand": arming.stand(session, edition, asked)}
    return approvals.propose(session, edition, PUT_BACK, subject, reason=reason, actor=actor, now=now)


def approve_back(
    session: Session, edition: Edition, sha256: str, *, folder: Path, url: str, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Approve it: the winners are public again by a decision of both, and the record is published anew.

    What was corrected meanwhile is certified anew.

    Raises NoProposal, SamePerson, SubjectChanged, StandChanged, NotDown.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, PUT_BACK, sha256)
    asked = [str(key) for key in approval.subject["categories"]]
    _need_down(session, edition, asked)
    if arming.stand(session, edition, asked) != approval.subject["stand"]:
        raise StandChanged(edition.key)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.PUT_BACK,
        actor=actor,
        now=now,
        subject={"categories": [*asked]},
        reason=approval.reason,
        proposed_by=approvals.first_signature(session, approval),
    )
    publishing.show_winners(session, edition, asked, decision, now=now)
    notices_of_results.tell(session, edition, asked, Template.PUT_BACK, decision=decision, now=now)
    publishing.complete(session, edition, again=True, folder=folder, actor=actor, now=now)
    arming.certify(session, edition, approval, url=url, actor=actor, now=now)
    return tuple(asked)


def _need_down(session: Session, edition: Edition, asked: Sequence[str]) -> None:
    signed = {key for key, it in results.frozen(session, edition).items() if it.signed_by is not None}
    if not asked or not set(asked) <= publication.taken_down(session, edition).keys() & signed:
        raise NotDown(", ".join(asked))

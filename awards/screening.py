"""Screening: people's words on findings, and the decisions on eligibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, decisions, editions, nominations, recusals, releasing, reviews
from awards.audit import Actor
from awards.decisions import Act
from awards.eligibility import Finding
from awards.models import (
    Appeal,
    Decision,
    DecisionKind,
    Edition,
    FindingReview,
    Nomination,
    NominationState,
    Screening,
)
from awards.notices import Template
from awards.reviews import Review
from awards.timetable import Phase
from judging.values import Json

VERDICTS = {True: NominationState.ELIGIBLE, False: NominationState.INELIGIBLE}
DECIDING = (Phase.SCREENING, Phase.FIRST_ROUND)


class ScreeningClosed(Exception):
    """Eligibility is decided in the phases screening and first_round only."""


class NotDecidable(Exception):
    """A nomination in this state can't be decided on."""


class AppealWaits(Exception):
    """An appeal was lodged against the last decision: that is decided, by somebody else."""


class DecidedAgain(Exception):
    """An appeal was decided: whoever decided before it doesn't decide again."""


class NoSuchFinding(Exception):
    """The rules find this about the nomination no longer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a decision on eligibility did; nothing where `decision` is None, because it stood already."""

    nomination: Nomination
    eligible: bool
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an acceptance of many did, by reference: found eligible; changed since seen; not the actor's to decide."""

    accepted: tuple[str, ...]
    changed: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()


def decide(
    session: Session,
    edition: Edition,
    reference: str,
    *,
    eligible: bool,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Verdict:
    """Decide whether a nomination is eligible; a second decision supersedes the first one.

    A reason is asked for wherever the nomination is kept out, has findings that count or was decided before. The
    mails about it are drafted and wait. Raises ScreeningClosed, NoSuchNomination, InterestBinds, AppealWaits,
    DecidedAgain, NotDecidable, ReasonMissing.
    """
    nomination = nominations.find(session, edition, reference)
    need_open(session, edition, nomination)
    recusals.need_none(session, nomination, actor)
    if nomination.state is VERDICTS[eligible]:
        return Verdict(nomination, eligible, None)
    if VERDICTS[eligible] not in nominations.MOVES[nomination.state]:
        raise NotDecidable(f"{nomination.reference} is {nomination.state.value}")
    if open_appeal(session, nomination) is not None:
        raise AppealWaits(nomination.reference)
    if actor.account.public_id in overruled(session, nomination):
        raise DecidedAgain(nomination.reference)
    reviewed = reviews.review(session, edition)
    earlier = latest(session, nomination)
    if not eligible or earlier or not reviewed.is_clean(nomination.reference):
        reason = decisions.need_reason(reason)
    act = _act(nomination, reviewed, eligible=eligible)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.ELIGIBILITY,
        actor=actor,
        now=now,
        category=act.category,
        nomination=nomination,
        subject=act.subject,
        names=act.names,
        reason=reason,
        signed_as="screener",
        supersedes=earlier,
    )
    settle(session, edition, [(nomination, decision)], reviewed, eligible=eligible, now=now)
    return Verdict(nomination, eligible, decision)


def clean(session: Session, edition: Edition, reviewed: Review) -> list[Nomination]:
    """Every undecided nomination of an open category about which nothing that counts was found."""
    categories = editions.open_categories(session, edition)
    return [
        it
        for it in reviewed.nominations
        if it.state is NominationState.SUBMITTED
        and it.category in categories
        and reviewed.is_clean(it.reference)
    ]


def accept_clean(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Find every clean undecided nomination eligible, by one decision each.

    Those in which the actor has an interest are left alone. Returns references. Raises ScreeningClosed.
    """
    return accept(session, edition, None, actor=actor, now=now).accepted


def accept(
    session: Session, edition: Edition, seen: Mapping[str, str] | None, *, actor: Actor, now: datetime
) -> Accepted:
    """Find the clean undecided nominations eligible that were seen, by reference and stamp, as they still are.

    None stands for all of them. Raises ScreeningClosed.
    """
    need_open(session, edition)
    reviewed = reviews.review(session, edition)
    there = {it.reference: it for it in clean(session, edition, reviewed)}
    wanted = there.keys() if seen is None else seen.keys()
    bound = recusals.interests_in(session, edition, actor.account)
    same = [
        there[it]
        for it in sorted(wanted)
        if it in there and (seen is None or reviewed.stamp(there[it]) == seen[it])
    ]
    chosen = [it for it in same if it.id not in bound]
    taken = decisions.decide_all(
        session,
        edition,
        DecisionKind.ELIGIBILITY,
        [_act(it, reviewed, eligible=True) for it in chosen],
        actor=actor,
        now=now,
        signed_as="screener",
    )
    settle(session, edition, list(zip(chosen, taken, strict=True)), reviewed, eligible=True, now=now)
    return Accepted(
        tuple(it.reference for it in chosen),
        tuple(sorted(set(wanted) - {it.reference for it in same})),
        tuple(it.reference for it in same if it.id in bound),
    )


def say_of(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    finding: str,
    *,
    overridden: bool,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> FindingReview:
    """Confirm or override one finding about the standing revision, by the finding's key; the last word holds.

    Overriding it asks for a reason. Raises ScreeningClosed, InterestBinds, NoSuchFinding, ReasonMissing.
    """
    need_open(session, edition, nomination)
    recusals.need_none(session, nomination, actor)
    reviewed = reviews.review(session, edition)
    found = {reviews.key_of(it): it for it in reviewed.findings.get(nomination.reference, ())}
    if finding not in found:
        raise NoSuchFinding(nomination.reference)
    why = decisions.need_reason(reason) if overridden else reason.strip()
    word = FindingReview(
        nomination_id=nomination.id,
        revision_number=reviewed.revisions[nomination.id].number,
        finding=reviews.as_stored([found[finding]])[0],
        overridden=overridden,
        reason=why,
        by_id=actor.account.id,
        at=now,
    )
    session.add(word)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="finding.overridden" if overridden else "finding.confirmed",
        subject=nomination.reference,
        now=now,
        edition=edition,
        after={"kind": found[finding].kind.value, "reason": why},
    )
    return word


def need_open(session: Session, edition: Edition, nomination: Nomination | None = None) -> None:
    """Hold the edition, and a nomination as it stands now.

    Raises ScreeningClosed outside the phases in which eligibility is decided.
    """
    editions.lock(session, edition)
    if nomination is not None:
        session.refresh(nomination, with_for_update=True)
    if edition.phase not in DECIDING:
        raise ScreeningClosed(edition.phase.value)


def latest(session: Session, nomination: Nomination) -> Decision | None:
    """The last decision on whether a nomination is eligible."""
    return session.scalars(
        select(Decision)
        .where(Decision.nomination_id == nomination.id, Decision.kind.in_(releasing.VERDICTS))
        .order_by(Decision.number.desc())
        .limit(1)
    ).first()


def open_appeal(session: Session, nomination: Nomination) -> Appeal | None:
    """The appeal about a nomination that nobody has decided."""
    return session.scalars(
        select(Appeal).where(Appeal.nomination_id == nomination.id, Appeal.decision_id.is_(None))
    ).first()


def overruled(session: Session, nomination: Nomination) -> frozenset[str]:
    """Who decided before an appeal that has been decided, by their accounts' public identifiers."""
    against = session.scalar(
        select(Appeal.against_id).where(
            Appeal.nomination_id == nomination.id, Appeal.decision_id.is_not(None)
        )
    )
    if against is None:
        return frozenset()
    signers = session.scalars(
        select(Decision.signers).where(
            Decision.nomination_id == nomination.id,
            Decision.kind == DecisionKind.ELIGIBILITY,
            Decision.number <= session.get_one(Decision, against).number,
        )
    )
    return frozenset(str(signer["account"]) for found in signers for signer in found)


def settle(
    session: Session,
    edition: Edition,
    taken: Sequence[tuple[Nomination, Decision]],
    reviewed: Review,
    *,
    eligible: bool,
    now: datetime,
    template: Template | None = None,
) -> None:
    """Move nominations as they were decided, keep the findings they were decided on, and draft the mails."""
    writers = releasing.writers_of(session, [it for it, _ in taken])
    for nomination, decision in taken:
        nominations.advance(nomination, VERDICTS[eligible])
        session.add(
            Screening(
                nomination_id=nomination.id,
                revision_number=reviewed.revisions[nomination.id].number,
                findings=reviewed.stored(nomination.reference),
                decision_id=decision.id,
            )
        )
        releasing.draft(
            session,
            edition,
            template or (Template.ELIGIBLE if eligible else Template.INELIGIBLE),
            decision,
            to=writers[nomination.id],
            arguments=said(nomination, decision, () if eligible else reviewed.counting(nomination.reference))
            | ({"upheld": eligible} if template else {}),
            now=now,
        )
    session.flush()


def said(nomination: Nomination, decision: Decision, findings: Sequence[Finding]) -> dict[str, Json]:
    """What a mail about a decision says: the nomination, the rules it failed, the reason, and where to read on."""
    return {
        "title": decision.names.get("title", ""),
        "reference": nomination.reference,
        "category": nomination.category,
        "decision": decision.number,
        "reason": decision.reason,
        "reasons": [{"kind": it.kind.value, "data": dict(it.data)} for it in findings if it.ineligible],
        "path": f"/nominations/{nomination.public_id}/decision",
    }


def _act(nomination: Nomination, reviewed: Review, *, eligible: bool) -> Act:
    """What a decision on eligibility is about, with the names as they stand."""
    revision = reviewed.revisions[nomination.id]
    return Act(
        category=nomination.category,
        nomination=nomination,
        subject={"nomination": nomination.reference, "eligible": eligible},
        names={"title": revision.title, "organisation": revision.organisation_name},
    )

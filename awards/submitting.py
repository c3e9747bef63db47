"""Submitting: what is sent in time counts, what is sent late is kept and may be asked for, and what is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import (
    audit,
    correspondence,
    decisions,
    drafts,
    editions,
    organisations,
    receipts,
    sections,
    windows,
)
from awards.audit import Actor
from awards.deadlines import Timing
from awards.eligibility import CITY_APPROVAL
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    LateRequest,
    Nomination,
    NominationRevision,
    NominationState,
    NominationSubmission,
    Timeliness,
)
from awards.notices import Template
from awards.sections import Gap
from awards.windows import Window
from judging.rules import INDIVIDUAL, Rules


class Incomplete(Exception):
    """A nomination lacks something that the form asks for; all of it is in `gaps`."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__("; ".join(f"{gap.fault.field}: {gap.fault.kind.value}" for gap in gaps))
        self.gaps = tuple(gaps)


class ChangedMeanwhile(Exception):
    """Somebody else has saved a newer text than the one that was to be submitted."""


class TooLate(Exception):
    """The deadline has passed. What was written is kept, and late acceptance may be asked for."""


class NothingToAsk(Exception):
    """There is no text that came too late, or it was asked for already."""


class AlreadyDecided(Exception):
    """This request has been decided."""


def gaps(
    session: Session, edition: Edition, nomination: Nomination, revision: NominationRevision
) -> tuple[Gap, ...]:
    """Everything that keeps a revision from being submitted."""
    rules, texts = editions.rules_of(session, edition), editions.texts_of(session, edition)
    return sections.gaps(
        rules,
        texts,
        drafts.said_by(revision),
        only=drafts.open_fields(session, nomination),
        besides=asked_besides(rules, revision),
    )


def asked_besides(rules: Rules, revision: NominationRevision) -> frozenset[str]:
    """The optional fields that the rules ask of this nominee: the city's approval, for some kinds of organisation."""
    owner = organisations.standing_for(revision.organisation) if revision.organisation else None
    asked = owner is not None and revision.nominee_kind != INDIVIDUAL
    needs = asked and owner is not None and owner.kind in rules.eligibility.city_approval
    return frozenset({CITY_APPROVAL}) if needs else frozenset()


def submit(
    session: Session,
    nomination: Nomination,
    *,
    opened: datetime | None,
    number: int | None = None,
    actor: Actor,
    now: datetime,
) -> NominationSubmission:
    """Submit the newest revision. One that stands already gives its receipt again.

    `opened` is when the form was opened, for the grace; `number` the revision that its sender has read. Raises
    ChangedMeanwhile, NotEditable, NominationsNotOpen, TooLate, Incomplete, CategoryClosed.
    """
    edition = windows.locked(session, nomination)
    revision = drafts.latest(session, nomination)
    if number is not None and number != revision.number:
        raise ChangedMeanwhile
    made = receipts.of_nomination(session, nomination)
    if made and nomination.state is NominationState.SUBMITTED and _stands(nomination, revision, made[0]):
        return made[0]
    found = windows.window(session, edition, nomination, opened=opened, now=now)
    if found is None:
        raise windows.refusal(edition, nomination)
    if not found.is_open:
        raise TooLate
    revision = drafts.settle(session, nomination, actor=actor, now=now)
    _check(session, edition, nomination, revision)
    timeliness = _timeliness(found)
    submission = receipts.issue(
        session,
        edition,
        nomination,
        revision,
        timeliness,
        by=actor.account.id,
        at=now,
        actor=actor,
        now=now,
    )
    if found.returned is not None:
        found.returned.answered_number = revision.number
    return submission


def _stands(nomination: Nomination, revision: NominationRevision, last: NominationSubmission) -> bool:
    return nomination.submitted_number == revision.number == last.revision_number


def _check(session: Session, edition: Edition, nomination: Nomination, revision: NominationRevision) -> None:
    if found := gaps(session, edition, nomination, revision):
        raise Incomplete(found)
    category = receipts.category_of(session, nomination, revision)
    if category not in editions.open_categories(session, edition):
        raise drafts.CategoryClosed(category)


def _timeliness(found: Window) -> Timeliness:
    if found.returned is not None:
        return Timeliness.RETURNED
    if found.timing is Timing.GRACE:
        return Timeliness.GRACE
    return Timeliness.OWN_DEADLINE if found.is_own else Timeliness.IN_TIME


def ask_for_late(
    session: Session, nomination: Nomination, *, reason: str, actor: Actor, now: datetime
) -> LateRequest:
    """Ask that the newest revision be taken although its deadline has passed.

    One that was asked for already gives the same request. Raises NotEditable, NominationsNotOpen, NothingToAsk where
    it can still be submitted or stands already, Incomplete, CategoryClosed, ReasonMissing.
    """
    edition = windows.locked(session, nomination)
    reason = decisions.need_reason(reason)
    found = windows.window(session, edition, nomination, opened=None, now=now)
    if found is None:
        raise windows.refusal(edition, nomination)
    revision = drafts.latest(session, nomination)
    asked = late_request(session, nomination)
    if asked is not None and asked.revision_number == revision.number:
        return asked
    if found.is_open or nomination.submitted_number == revision.number:
        raise NothingToAsk
    revision = drafts.settle(session, nomination, actor=actor, now=now)
    _check(session, edition, nomination, revision)
    request = LateRequest(
        nomination_id=nomination.id,
        revision_number=revision.number,
        reason=reason,
        by_id=actor.account.id,
        at=now,
    )
    session.add(request)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="nomination.late_asked",
        subject=nomination.public_id,
        now=now,
        edition=edition,
        after={"revision": revision.number, "reason": reason},
    )
    correspondence.tell(
        session, edition, nomination, Template.LATE_KEPT, {"reason": reason}, revision=revision, now=now
    )
    return request


def late_request(session: Session, nomination: Nomination) -> LateRequest | None:
    """The last request to take a nomination late."""
    return session.scalars(
        select(LateRequest)
        .where(LateRequest.nomination_id == nomination.id)
        .order_by(LateRequest.id.desc())
        .limit(1)
    ).first()


def decide_late(
    session: Session, request: LateRequest, *, accepted: bool, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Take a text that came too late, or not. Accepted, it stands as sent at the moment of the request.

    Raises AlreadyDecided, ReasonMissing, NotEditable, NominationsNotOpen, CategoryClosed.
    """
    nomination = session.get_one(Nomination, request.nomination_id)
    edition = windows.locked(session, nomination)
    session.refresh(request)
    if request.decision_id is not None:
        raise AlreadyDecided
    reason = decisions.need_reason(reason)
    found = windows.window(session, edition, nomination, opened=None, now=now)
    if found is None:
        raise windows.refusal(edition, nomination)
    revision = drafts.revision(session, nomination, request.revision_number)
    assert revision is not None
    category = receipts.category_of(session, nomination, revision)
    if accepted:
        _check(session, edition, nomination, revision)
        receipts.issue(
            session,
            edition,
            nomination,
            revision,
            Timeliness.LATE_ACCEPTED,
            at=request.at,
            by=request.by_id,
            actor=actor,
            now=now,
        )
        if found.returned is not None:
            found.returned.answered_number = revision.number
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.LATE,
        actor=actor,
        now=now,
        category=category,
        nomination=nomination,
        subject={"nomination": nomination.reference, "accepted": accepted, "revision": revision.number},
        names={"title": revision.title, "organisation": revision.organisation_name},
        reason=reason,
    )
    request.decision_id = decision.id
    correspondence.tell(
        session,
        edition,
        nomination,
        Template.LATE_DECIDED,
        {"accepted": accepted, "reason": reason},
        revision=revision,
        now=now,
        decision=decision,
    )
    return decision


def unsubmitted(session: Session, edition: Edition) -> list[Nomination]:
    """The nominations whose newest text differs from the submitted one, which stands until they submit again."""
    newest = (
        select(NominationRevision.nomination_id, func.max(NominationRevision.number).label("number"))
        .join(Nomination, Nomination.id == NominationRevision.nomination_id)
        .where(Nomination.edition_id == edition.id, Nomination.state == NominationState.SUBMITTED)
        .group_by(NominationRevision.nomination_id)
        .subquery()
    )
    rows = session.execute(
        select(Nomination, NominationRevision)
        .join(newest, newest.c.nomination_id == Nomination.id)
        .join(NominationRevision, NominationRevision.nomination_id == Nomination.id)
        .where(
            newest.c.number > Nomination.submitted_number,
            NominationRevision.number.in_([newest.c.number, Nomination.submitted_number]),
        )
        .order_by(Nomination.reference)
    ).all()
    texts: dict[int, set[str]] = {}
    for nomination, revision in rows:
        texts.setdefault(nomination.id, set()).add(drafts.digest(revision))
    found = {nomination.id: nomination for nomination, _ in rows}
    return [nomination for nomination in found.values() if len(texts[nomination.id]) > 1]

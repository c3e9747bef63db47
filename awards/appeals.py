"""Appeals: whoever was found ineligible may appeal once, and somebody else decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, decisions, editions, notices, recusals, releasing, reviews, screening
from awards.audit import Actor
from awards.models import (
    Account,
    Appeal,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
    Screening,
    Told,
)
from awards.notices import Template
from awards.timetable import Deadline
from judging.values import Json

LONGEST_TEXT = 20_000


class NothingToAppeal(Exception):
    """There is no decision against this nomination that its people were told of."""


class NoAppeal(Exception):
    """The rules of this edition know no appeal."""


class AppealMade(Exception):
    """An appeal is made once."""


class AppealTooLate(Exception):
    """The time to appeal has passed."""


class AppealEmpty(Exception):
    """An appeal says why the decision is wrong."""


class AppealTooLong(Exception):
    """An appeal has at most LONGEST_TEXT characters; what is longer goes into its file."""


class AppealDecided(Exception):
    """This appeal has been decided."""


class DecidedBefore(Exception):
    """Whoever decided the first time doesn't decide the appeal."""


class Standing(StrEnum):
    """How it stands with an appeal against what the nomination's people were told."""

    NONE = "none"
    OPEN = "open"
    MADE = "made"
    LATE = "late"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a nomination's people were told, and what they may do about it.

    `findings` are those it was decided on, as stored; `until` the end of the time to appeal.
    """

    decision: Decision
    told: Told
    findings: tuple[Mapping[str, Json], ...]
    standing: Standing
    until: Deadline | None
    appeal: Appeal | None

    @property
    def eligible(self) -> bool:
        return bool(self.decision.subject.get("eligible"))


def ruling(session: Session, edition: Edition, nomination: Nomination, now: datetime) -> Ruling | None:
    """What a nomination's people were told of the last verdict on it, None where that is nothing yet."""
    found = releasing.told(session, nomination)
    if found is None:
        return None
    decision, told = found
    kept = session.scalars(select(Screening).where(Screening.decision_id == decision.id)).first()
    appeal = of(session, nomination)
    until = releasing.appeal_until(session, edition, told.at)
    return Ruling(
        decision,
        told,
        tuple(kept.findings) if kept is not None else (),
        _standing(edition, nomination, decision, appeal, until, now=now),
        until,
        appeal,
    )


def ruling_with_grace(
    session: Session, edition: Edition, nomination: Nomination, now: datetime
) -> Ruling | None:
    """The same as an appeal that arrives now is taken: the grace of the nominations' deadline holds here too."""
    grace = editions.rules_of(session, edition).eligibility.grace_minutes
    return ruling(session, edition, nomination, now - timedelta(minutes=grace))


def of(session: Session, nomination: Nomination) -> Appeal | None:
    """The appeal about a nomination."""
    return session.scalars(select(Appeal).where(Appeal.nomination_id == nomination.id)).first()


def lodge(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    *,
    text: str,
    attachment_key: str | None = None,
    actor: Actor,
    now: datetime,
) -> Appeal:
    """Appeal against the decision that a nomination is ineligible, and get a receipt by mail.

    The grace of the nominations' deadline holds here too. Raises NothingToAppeal, NoAppeal, AppealMade,
    AppealTooLate, ScreeningClosed, AppealEmpty, AppealTooLong.
    """
    screening.need_open(session, edition)
    session.refresh(nomination, with_for_update=True)
    found = ruling_with_grace(session, edition, nomination, now)
    if found is None or found.standing is Standing.NONE:
        raise NothingToAppeal(nomination.reference)
    if found.standing is Standing.MADE:
        raise AppealMade(nomination.reference)
    if found.standing is Standing.CLOSED or found.until is None:
        raise NoAppeal(nomination.reference)
    if found.standing is Standing.LATE:
        raise AppealTooLate(found.until.instant.isoformat())
    said = text.replace("\x00", "").strip()
    if not said:
        raise AppealEmpty(nomination.reference)
    if len(said) > LONGEST_TEXT:
        raise AppealTooLong(str(len(said)))
    appeal = Appeal(
        nomination_id=nomination.id,
        against_id=found.decision.id,
        text=said,
        attachment_key=attachment_key,
        by_id=actor.account.id,
        at=now,
    )
    session.add(appeal)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="appeal.lodged",
        subject=nomination.reference,
        now=now,
        edition=edition,
        after={"against": found.decision.number, "file": attachment_key},
    )
    notices.tell(
        session,
        Template.APPEAL_RECEIVED,
        releasing.writers_of(session, [nomination])[nomination.id],
        edition=edition,
        arguments={
            "title": found.decision.names.get("title", ""),
            "reference": nomination.reference,
            "decision": found.decision.number,
            "at": now.isoformat(),
            "path": f"/nominations/{nomination.public_id}/decision",
        },
        now=now,
    )
    return appeal


def decided_by(session: Session, nomination: Nomination) -> frozenset[str]:
    """Who signed a decision on whether a nomination is eligible, by their accounts' public identifiers."""
    signers = session.scalars(
        select(Decision.signers).where(
            Decision.nomination_id == nomination.id, Decision.kind.in_(releasing.VERDICTS)
        )
    )
    return frozenset(str(signer["account"]) for found in signers for signer in found)


def may_decide(session: Session, nomination: Nomination, account: Account) -> bool:
    """Whether somebody is not the one whose decision is appealed against."""
    return account.public_id not in decided_by(session, nomination)


def decide(
    session: Session,
    edition: Edition,
    appeal: Appeal,
    *,
    upheld: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Decide an appeal by a decision that supersedes the first one. Upheld, the nomination is eligible.

    The mails about it are drafted and wait. Raises ScreeningClosed, AppealDecided, InterestBinds, DecidedBefore,
    ReasonMissing.
    """
    screening.need_open(session, edition)
    session.refresh(appeal, with_for_update=True)
    nomination = session.get_one(Nomination, appeal.nomination_id)
    session.refresh(nomination, with_for_update=True)
    if appeal.decision_id is not None or nomination.state is not NominationState.INELIGIBLE:
        raise AppealDecided(nomination.reference)
    recusals.need_none(session, nomination, actor)
    if not may_decide(session, nomination, actor.account):
        raise DecidedBefore(nomination.reference)
    against = session.get_one(Decision, appeal.against_id)
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.APPEAL,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={"nomination": nomination.reference, "eligible": upheld, "upheld": upheld},
        names=dict(against.names),
        reason=decisions.need_reason(reason),
        signed_as="screener",
        supersedes=against,
    )
    appeal.decision_id, appeal.upheld = decision.id, upheld
    reviewed = reviews.review(session, edition)
    if upheld:
        screening.settle(
            session,
            edition,
            [(nomination, decision)],
            reviewed,
            eligible=True,
            template=Template.APPEAL_DECIDED,
            now=now,
        )
        return decision
    kept = session.scalars(select(Screening).where(Screening.decision_id == against.id)).one()
    session.add(
        Screening(
            nomination_id=nomination.id,
            revision_number=kept.revision_number,
            findings=list(kept.findings),
            decision_id=decision.id,
        )
    )
    releasing.draft(
        session,
        edition,
        Template.APPEAL_DECIDED,
        decision,
        to=releasing.writers_of(session, [nomination])[nomination.id],
        arguments=screening.said(nomination, decision, reviewed.counting(nomination.reference))
        | {"upheld": False},
        now=now,
    )
    return decision


def _standing(
    edition: Edition,
    nomination: Nomination,
    decision: Decision,
    appeal: Appeal | None,
    until: Deadline | None,
    *,
    now: datetime,
) -> Standing:
    if appeal is not None:
        return Standing.MADE
    if decision.subject.get("eligible") or nomination.state is not NominationState.INELIGIBLE:
        return Standing.NONE
    if until is None or edition.phase not in screening.DECIDING:
        return Standing.CLOSED
    return Standing.LATE if now > until.instant else Standing.OPEN

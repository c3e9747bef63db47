"""Corrections: until the release a signed result, or a prize given by decision, is taken back by a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session, joinedload

from awards import (
    accounts,
    approvals,
    chairs,
    decisions,
    editions,
    embargoes,
    nominations,
    notices_of_results,
    publication,
    results,
    standings,
    winners,
)
from awards.audit import Actor
from awards.models import (
    Acceptance,
    Approval,
    Award,
    AwardState,
    Badge,
    Certificate,
    CertificateState,
    Decision,
    Edition,
    FrozenOutcome,
    Nomination,
    NominationState,
    PublicationKind,
    Release,
    ReleaseState,
    Role,
)
from awards.timetable import Phase
from judging.count import outcome_of, standing_of
from judging.values import Json, SecondRound, Slate

MAY_APPROVE = (Role.ORGANISER, Role.CHAIR, Role.DEPUTY)
ENDED = (NominationState.WINNER, NominationState.NOT_AWARDED)


class NotSigned(Exception):
    """The winners of this category are not signed, so there is nothing to take back."""


class WinnersReleased(Exception):
    """The winners of this category are public. What is wrong now is mended in public."""


class ReleaseArmed(Exception):
    """A release of this category is armed. It is called off first."""


class WinnerDeclined(Exception):
    """A winner of this category has declined, and what followed is recorded by decision: there is no way back."""


class PrizeRevoked(WinnerDeclined):
    """A prize of this category was revoked, and what followed is recorded by decision: there is no way back."""


class MayNotApprove(Exception):
    """The second person is an organiser, the chair or a deputy, and without an interest in the category."""


class NotGiven(Exception):
    """This prize is not given, or was taken back already."""


def act_of(category: str) -> str:
    """The act of two by which a signed result is taken back."""
    return f"correct {category}"[:64]


def propose(
    session: Session, edition: Edition, category: str, *, reason: str, actor: Actor, now: datetime
) -> Approval:
    """Propose, as the chair, to take the signature under a result back; somebody else approves.

    Where all at the table are bound an organiser without an interest proposes. Raises what `need_open` raises,
    NotTheChair, MayNotApprove, ProposalWaits, ReasonMissing.
    """
    editions.lock(session, edition)
    frozen = need_open(session, edition, category)
    standing = winners.stands_in(session, edition, frozen)
    if chairs.table_of(session, edition).all_bound(standing, category):
        _need_second(session, edition, standing, actor)
    else:
        chairs.need(session, edition, standing, category, actor=actor)
    subject: dict[str, Json] = {"category": category, "result": frozen.number}
    return approvals.propose(session, edition, act_of(category), subject, reason=reason, actor=actor, now=now)


def approve(
    session: Session, edition: Edition, category: str, sha256: str, *, actor: Actor, now: datetime
) -> Decision:
    """Approve, as the second person: the result stands unsigned under its next number and no prize of it is given.

    Raises what `need_open` raises, MayNotApprove, NoProposal, SamePerson, SubjectChanged.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, act_of(category), sha256)
    frozen = need_open(session, edition, category)
    if approval.subject["result"] != frozen.number:
        raise approvals.SubjectChanged(category)
    _need_second(session, edition, winners.stands_in(session, edition, frozen), actor)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    decision = decisions.take_back(
        session,
        edition,
        session.get_one(Decision, frozen.signed_by),
        reason=approval.reason,
        proposed_by=approvals.first_signature(session, approval),
        actor=actor,
        now=now,
    )
    stood = [it for it in of_category(session, edition, category) if not it.by_decision]
    _forget_answers(session, edition, stood, decision, now=now)
    embargoes.take_back(session, edition, [category], decision=decision, actor=actor, now=now)
    _stop(session, stood, decision, now=now)
    _open_again(session, edition, category)
    session.flush()
    results.freeze(session, edition, category, actor=actor, now=now)
    return decision


def take_back(
    session: Session, edition: Edition, award: Award, *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Take back, as the chair, a prize that was given by decision. Raises NotGiven, WinnersReleased, ReleaseArmed,
    NotTheChair, ReasonMissing.
    """
    editions.lock(session, edition)
    need_given(session, edition, award)
    signed_as = chairs.need(session, edition, [award.nomination], award.category, actor=actor)
    why = decisions.need_reason(reason)
    return withdraw(session, edition, award, reason=why, signed_as=signed_as, actor=actor, now=now)


def need_given(session: Session, edition: Edition, award: Award) -> None:
    """Raises NotGiven, WinnersReleased, ReleaseArmed where a prize by decision can't be taken back."""
    session.refresh(award)
    if not award.by_decision or award.state is not AwardState.GIVEN:
        raise NotGiven(award.prize)
    _need_unreleased(session, edition, award.category)


def withdraw(
    session: Session,
    edition: Edition,
    award: Award,
    *,
    reason: str,
    signed_as: str,
    proposed_by: Mapping[str, Json] | None = None,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Take a prize by decision back by the decision of whoever may. The caller has asked `need_given`."""
    before = session.get_one(Decision, award.decision_id)
    decision = decisions.take_back(
        session,
        edition,
        before,
        reason=reason,
        signed_as=signed_as,
        proposed_by=proposed_by,
        actor=actor,
        now=now,
    )
    _forget_answers(session, edition, [award], decision, now=now)
    embargoes.take_back(session, edition, [award.category], decision=decision, actor=actor, now=now)
    _stop(session, [award], decision, now=now)
    session.flush()
    others = [
        it for it in of_category(session, edition, award.category) if it.nomination_id == award.nomination_id
    ]
    if award.nomination.state is NominationState.WINNER and not others:
        result = results.frozen(session, edition).get(award.category)
        stood = {row.nomination for row in outcome_of(result.document).rows} if result else set()
        contested = award.nomination.reference in stood
        state = NominationState.NOT_AWARDED if contested else NominationState.NOT_SHORTLISTED
        nominations.advance(award.nomination, state)
    return decision


def need_open(session: Session, edition: Edition, category: str) -> FrozenOutcome:
    """The signed result of a category that can be taken back.

    Raises NotSigned, WinnersReleased, ReleaseArmed, WinnerDeclined, PrizeRevoked.
    """
    frozen = results.frozen(session, edition).get(category)
    if frozen is None or frozen.signed_by is None:
        raise NotSigned(category)
    _need_unreleased(session, edition, category)
    gone = select(Award.state).where(
        Award.edition_id == edition.id,
        Award.category == category,
        Award.by_decision.is_(False),
        Award.state.in_((AwardState.DECLINED, AwardState.REVOKED)),
    )
    if states := set(session.scalars(gone)):
        raise (PrizeRevoked if AwardState.REVOKED in states else WinnerDeclined)(category)
    return frozen


def of_category(session: Session, edition: Edition, category: str) -> list[Award]:
    """The prizes of a category that stand."""
    return list(
        session.scalars(
            select(Award).where(
                Award.edition_id == edition.id, Award.category == category, Award.state == AwardState.GIVEN
            )
        )
    )


def told(session: Session, edition: Edition, category: str) -> list[Award]:
    """The prizes of a category of which somebody has been told in confidence."""
    found = of_category(session, edition, category)
    known = set(
        session.scalars(select(Acceptance.award_id).where(Acceptance.award_id.in_([it.id for it in found])))
    )
    return [it for it in found if it.id in known]


def _need_unreleased(session: Session, edition: Edition, category: str) -> None:
    if publication.latest(session, edition, category, PublicationKind.WINNERS) is not None:
        raise WinnersReleased(category)
    armed = session.scalars(
        select(Release).where(
            Release.edition_id == edition.id, Release.state.in_((ReleaseState.ARMED, ReleaseState.HELD))
        )
    )
    if any(category in it.categories for it in armed):
        raise ReleaseArmed(category)


def _need_second(session: Session, edition: Edition, standing: list[Nomination], actor: Actor) -> None:
    if actor.operator:
        return
    is_one = any(accounts.has_grant(session, actor.account, role, edition=edition) for role in MAY_APPROVE)
    if not is_one or chairs.bound(session, edition, actor.account, standing):
        raise MayNotApprove


def _stop(session: Session, awards: Iterable[Award], decision: Decision, *, now: datetime) -> None:
    """The prizes stand no more, and what was certified of them is revoked; why it was is for the table alone."""
    for award in awards:
        award.state = AwardState.SUPERSEDED
        ended = {"state": CertificateState.REVOKED, "ended_at": now}
        session.execute(_in_force_of(Certificate, award).values(**ended, decision_id=decision.id))
        session.execute(_in_force_of(Badge, award).values(**ended))


def _in_force_of(table: type[Certificate] | type[Badge], award: Award) -> Update:
    return update(table).where(
        table.nomination_id == award.nomination_id,
        table.prize == award.prize,
        table.state == CertificateState.IN_FORCE,
    )


def _forget_answers(
    session: Session, edition: Edition, awards: Sequence[Award], decision: Decision, *, now: datetime
) -> None:
    """Whoever was told of one of these prizes is told that it does not stand, and answers anew if it is given again.

    What they wrote of names and guests is kept.
    """
    asked = session.scalars(
        select(Acceptance)
        .where(Acceptance.award_id.in_([it.id for it in awards]))
        .options(joinedload(Acceptance.award).joinedload(Award.nomination))
    ).all()
    for told in asked:
        told.answer = told.answered_at = told.answered_by_id = None
        told.settled_at = told.settled_by_id = told.proof_at = None
    concerned = {it.award.nomination_id: it.award.nomination for it in asked}
    notices_of_results.take_back(session, edition, list(concerned.values()), decision=decision, now=now)


def _open_again(session: Session, edition: Edition, category: str) -> None:
    """The nominations stand where they stood before the signature, and the edition is not decided any more."""
    rules = editions.rules_of(session, edition)
    finalists = standing_of(standings.latest(session, edition)[category].document).finalists
    all_stand = rules.second_round is not SecondRound.NONE and rules.slate is Slate.ELIGIBLE
    other = NominationState.ELIGIBLE if all_stand else NominationState.NOT_SHORTLISTED
    for it in nominations.of_edition(session, edition, *ENDED):
        if it.category == category:
            nominations.advance(it, NominationState.FINALIST if it.reference in finalists else other)
    if edition.phase is Phase.DECIDED:
        has_none = rules.second_round is SecondRound.NONE
        edition.phase = Phase.DELIBERATION if has_none else Phase.SECOND_ROUND

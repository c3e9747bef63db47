"""Winners told in confidence before the release: what they answered, names and proof, who comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards import (
    announcements,
    audit,
    correspondence,
    editions,
    naming,
    nominations,
    notices,
    notices_of_results,
    prizes,
    proofs,
    publication,
    results,
)
from awards.audit import Actor
from awards.models import (
    Acceptance,
    Answer,
    Award,
    AwardState,
    Decision,
    Edition,
    Nomination,
    PublicationKind,
)
from awards.notices import Template

LONGEST_NAME = 300
IS_CURRENT = Acceptance.told_at >= Decision.at
"""Whether somebody was told of a prize since the decision that gives it: a result signed anew is told anew."""


class NothingToTell(Exception):
    """Everybody whose result is signed and not public has been told."""


class Released(Exception):
    """The result is public, so what was asked in confidence is not asked any more."""


class NotAccepted(Exception):
    """The proof of a certificate is approved by whoever accepts the prize."""


class NotGiven(Exception):
    """This prize is not theirs any more."""


def telling(session: Session, edition: Edition) -> list[Award]:
    """The prizes of signed results that are not public and of which nobody has been told as they are given now."""
    told = select(Acceptance.award_id).join(Award).join(Decision, Decision.id == Award.decision_id)
    signed = {key for key, it in results.frozen(session, edition).items() if it.signed_by is not None}
    hidden = signed - publication.first_shown(session, edition, PublicationKind.WINNERS).keys()
    there = set(session.scalars(told.where(Award.edition_id == edition.id, IS_CURRENT)))
    return [it for it in prizes.of_edition(session, edition) if it.category in hidden and it.id not in there]


def tell(
    session: Session, edition: Edition, numbers: Collection[int], *, actor: Actor, now: datetime
) -> list[Acceptance]:
    """Tell the winners of those of the prizes that wait, each about its own, in confidence; a second time tells nobody.

    Raises NothingToTell.
    """
    editions.lock(session, edition)
    waiting = [it for it in telling(session, edition) if it.id in numbers]
    if not waiting:
        raise NothingToTell(edition.key)
    before = {
        it.award_id: it
        for it in session.scalars(
            select(Acceptance).where(Acceptance.award_id.in_([it.id for it in waiting]))
        )
    }
    made = [before.get(it.id) or Acceptance(award_id=it.id) for it in waiting]
    for it in made:
        it.told_at, it.told_by_id = now, actor.account.id
    session.add_all(made)
    session.flush()
    for award in waiting:
        write(session, edition, award, now=now)
    audit.record(
        session,
        actor=actor,
        action="award.told",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"acceptances": [it.public_id for it in made]},
    )
    return made


def write(session: Session, edition: Edition, award: Award, *, now: datetime) -> None:
    """The letter to those who write a nomination: it says that something waits, and neither prize nor place."""
    nomination = award.nomination
    correspondence.tell(
        session,
        edition,
        nomination,
        Template.WON,
        {"path": notices_of_results.page_of(nomination)},
        revision=nominations.standing_revision(nomination),
        now=now,
    )


def of_nomination(session: Session, nomination: Nomination) -> Sequence[Acceptance]:
    """What the writers of a nomination have been told of its prizes."""
    return session.scalars(
        select(Acceptance)
        .join(Award, Award.id == Acceptance.award_id)
        .where(Award.nomination_id == nomination.id)
        .order_by(Award.by_decision, Acceptance.id)
    ).all()


def of_edition(session: Session, edition: Edition) -> Sequence[Acceptance]:
    """Everything that winners of an edition were told, in the order of the prizes."""
    return session.scalars(
        select(Acceptance)
        .join(Award, Award.id == Acceptance.award_id)
        .where(Award.edition_id == edition.id)
        .order_by(Award.category, Award.by_decision, Award.place, Award.id)
        .options(joinedload(Acceptance.award).joinedload(Award.nomination))
    ).all()


def find(session: Session, edition: Edition, identifier: str) -> Acceptance | None:
    """What one winner was told, by its public identifier."""
    return session.scalars(
        select(Acceptance)
        .join(Award, Award.id == Acceptance.award_id)
        .where(Award.edition_id == edition.id, Acceptance.public_id == identifier)
    ).first()


def unanswered(session: Session, nominations: Collection[int]) -> set[int]:
    """Those of some nominations, by row, whose people have been told in confidence and can still answer."""
    return set(
        session.scalars(
            select(Award.nomination_id)
            .join(Acceptance, Acceptance.award_id == Award.id)
            .join(Decision, Decision.id == Award.decision_id)
            .where(
                Award.nomination_id.in_(nominations),
                Award.state == AwardState.GIVEN,
                Acceptance.answer.is_(None),
                IS_CURRENT,
                ~publication.is_shown(Award.edition_id, Award.category),
            )
        )
    )


def stands(session: Session, acceptance: Acceptance) -> bool:
    """Whether the prize is given, and its winner was told so since it is."""
    award = acceptance.award
    decided = session.get_one(Decision, award.decision_id).at
    return award.state is AwardState.GIVEN and acceptance.told_at >= decided


def is_public(session: Session, edition: Edition, award: Award) -> bool:
    """Whether winners of the category are on public pages; while they are taken down names can be mended."""
    return award.category in publication.first_shown(session, edition, PublicationKind.WINNERS)


def need_unreleased(session: Session, edition: Edition, acceptance: Acceptance) -> None:
    """Hold the edition, and go on only where the prize stands as it was told and is not public.

    Raises NotGiven, Released.
    """
    editions.lock(session, edition)
    session.refresh(acceptance)
    if not stands(session, acceptance):
        raise NotGiven(acceptance.public_id)
    if is_public(session, edition, acceptance.award):
        raise Released(acceptance.award.category)


def answer(
    session: Session,
    edition: Edition,
    acceptance: Acceptance,
    *,
    accepted: bool,
    names: Mapping[str, Any],
    wishes: str = "",
    attending: str = "",
    how: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what a winner answers; until the release, or until a declined prize is recorded, it may be changed.

    `how`: an organiser keeps an answer that came by another way. `names` are those to be changed. Organisers are told.
    Raises Released, NotGiven.
    """
    need_unreleased(session, edition, acceptance)
    before, names_now = acceptance.answer, acceptance.award.names
    acceptance.answer = Answer.ACCEPTED if accepted else Answer.DECLINED
    acceptance.answered_at, acceptance.answered_by_id = now, actor.account.id
    wanted = {key: value for key, value in names.items() if value}
    asked = naming.renamed(names_now, acceptance.names or {}), acceptance.wishes
    if (naming.renamed(names_now, wanted), wishes) != asked:
        acceptance.settled_at = acceptance.settled_by_id = acceptance.proof_at = None
        proofs.end_of(session, edition, acceptance.award, actor=actor, now=now)
    acceptance.names, acceptance.wishes, acceptance.attending = wanted, wishes, attending
    if not accepted:
        acceptance.proof_at = None
        proofs.end_of(session, edition, acceptance.award, actor=actor, now=now)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="award.answered",
        subject=acceptance.public_id,
        now=now,
        edition=edition,
        before={"answer": before.value if before else None},
        after={"answer": acceptance.answer.value, "how": how, "names": wanted, "wishes": wishes},
    )
    if not how:
        _tell_organisers(session, edition, acceptance, now=now)


def _tell_organisers(session: Session, edition: Edition, acceptance: Acceptance, *, now: datetime) -> None:
    """A letter to every organiser that an answer is there; never what it is about."""
    for person in announcements.organisers(session, edition):
        if person.email:
            notices.queue(
                session,
                Template.PRIZE_ANSWERED,
                person.email,
                language=person.language,
                now=now,
                account=person,
                edition=edition,
                arguments={"path": f"/secretariat/{edition.key}/release/winners"},
                once=f"prize answered {acceptance.public_id} {now:%Y-%m-%d %H} {person.id}",
            )


def approve_proof(
    session: Session, edition: Edition, acceptance: Acceptance, *, sha256: str, actor: Actor, now: datetime
) -> None:
    """Approve the proof of the certificate as it was looked at.

    Raises NotAccepted, NotGiven, NoProof, ProofChanged, Released.
    """
    need_unreleased(session, edition, acceptance)
    if acceptance.answer is not Answer.ACCEPTED:
        raise NotAccepted(acceptance.public_id)
    found = proofs.of_award(session, edition, acceptance.award)
    proofs.approve(session, edition, found, seen=sha256, actor=actor, now=now)
    acceptance.proof_at = now
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="award.proof_approved",
        subject=acceptance.public_id,
        now=now,
        edition=edition,
        after={"sha256": sha256},
    )

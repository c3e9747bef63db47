"""Mending in public: what revoking and correcting a prize have in common, both by two, once winners are released."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from awards import (
    approvals,
    arming,
    chairs,
    decisions,
    editions,
    embargoes,
    nominations,
    notices,
    prizes,
    publication,
    publishing,
    releasing,
)
from awards.audit import Actor
from awards.models import (
    Account,
    Approval,
    Award,
    AwardState,
    Decision,
    Edition,
    Grant,
    Nomination,
    Role,
)
from awards.notices import Template
from judging.values import Json, canonical

ACT = "mend a public prize"
"""The act of two by which a public prize is revoked or corrected; one of an edition waits at a time."""
REVOKE, CORRECT = "revoke", "correct"
AT_THE_TABLE = (Role.CHAIR, Role.DEPUTY)


class NotPublic(Exception):
    """The winners of this category have not been public: what is wrong is corrected before the release."""


class NotGiven(Exception):
    """This prize is not given, or not any more."""


class MayNotMend(Exception):
    """Whoever revokes or corrects a prize has no interest in a nomination that it concerns."""


class StandChanged(Exception):
    """What stands is not what stood there when it was proposed."""


@dataclass(frozen=True, slots=True)
class Hand:
    """By whose hand something public is mended, where the record is kept, and the address of the site."""

    folder: Path
    url: str
    actor: Actor
    now: datetime


def find(session: Session, edition: Edition, reference: str, prize: str) -> Award:
    """A prize that was given, by whose it is and its key. Raises NoSuchNomination, NotGiven."""
    nomination = nominations.find(session, edition, reference)
    award = session.scalars(
        select(Award)
        .where(Award.nomination_id == nomination.id, Award.prize == prize)
        .options(joinedload(Award.nomination))
    ).first()
    if award is None:
        raise NotGiven(prize)
    return award


def is_shown(session: Session, edition: Edition, category: str, now: datetime) -> bool:
    """Whether winners of a category are on public pages now; not while they are taken down. Raises NotPublic."""
    its = [it for it in publication.outings(session, edition) if it.category == category]
    if not any(it.visible_from <= now for it in its):
        raise NotPublic(category)
    return any(it.is_shown(now) for it in its)


def need(session: Session, edition: Edition, award: Award, now: datetime) -> bool:
    """Whether the winners of the category of a prize that can be mended are shown now. Raises NotGiven, NotPublic."""
    session.refresh(award)
    if award.state is not AwardState.GIVEN:
        raise NotGiven(award.prize)
    return is_shown(session, edition, award.category, now)


def need_unbound(
    session: Session, edition: Edition, concerned: Iterable[Nomination], *, actor: Actor
) -> None:
    """Raises MayNotMend for whoever has an interest in one of the nominations."""
    if not actor.operator and chairs.bound(session, edition, actor.account, list(concerned)):
        raise MayNotMend


def mendable(session: Session, edition: Edition, now: datetime) -> list[Award]:
    """The prizes that are public, or were and are taken down, in the order of the prizes."""
    public = {it.category for it in publication.outings(session, edition) if it.visible_from <= now}
    return [it for it in prizes.of_edition(session, edition) if it.category in public]


def subject(
    session: Session, edition: Edition, award: Award, what: str, now: datetime, **more: Json
) -> dict[str, Json]:
    """What a proposal is about, with the fingerprint of what stands."""
    return {
        "what": what,
        "nomination": award.nomination.reference,
        "prize": award.prize,
        "stand": stand(session, edition, award.category, now),
        **more,
    }


def stand(session: Session, edition: Edition, category: str, now: datetime) -> str:
    """The fingerprint of what stands of a category: prizes, names, citations, and whether they are shown."""
    there = arming.stand(session, edition, [category])
    shown = is_shown(session, edition, category, now)
    return hashlib.sha256(canonical([there, shown])).hexdigest()


def take(
    session: Session, edition: Edition, what: str, sha256: str, *, actor: Actor, now: datetime
) -> tuple[Approval, Award]:
    """The waiting proposal that somebody approves, and the prize that it is about, both as they were looked at.

    Raises NoProposal, NotGiven, NotPublic, StandChanged.
    """
    editions.lock(session, edition)
    approval = approvals.take(session, edition, ACT, sha256)
    if approval.subject["what"] != what:
        raise approvals.NoProposal(ACT)
    award = find(session, edition, str(approval.subject["nomination"]), str(approval.subject["prize"]))
    need(session, edition, award, now)
    if stand(session, edition, award.category, now) != approval.subject["stand"]:
        raise StandChanged(award.prize)
    need_unbound(session, edition, [award.nomination], actor=actor)
    return approval, award


def show(session: Session, edition: Edition, category: str, decision: Decision, hand: Hand) -> None:
    """Put what stands now in the place of what was public, and publish the record anew; nothing while it is down.

    Raises EvidenceDiffers.
    """
    if not is_shown(session, edition, category, hand.now):
        return
    publishing.show_again(session, edition, category, decision, now=hand.now)
    publishing.complete(session, edition, again=True, folder=hand.folder, actor=hand.actor, now=hand.now)


def tell_writers(
    session: Session,
    edition: Edition,
    template: Template,
    concerned: Collection[Nomination],
    arguments: dict[str, Json],
    *,
    decision: Decision,
    now: datetime,
) -> int:
    """Write to those who write some nominations, each about its own; how many letters."""
    writers = releasing.writers_of(session, concerned)
    revisions = nominations.current_revisions(session, list(concerned))
    letters = 0
    for nomination in concerned:
        about: dict[str, Json] = {
            "title": revisions[nomination.id].title,
            "reference": nomination.reference,
            "category": nomination.category,
            "path": f"/nominations/{nomination.public_id}/result",
        }
        people = writers[nomination.id]
        letters += notices.tell(
            session,
            template,
            people,
            edition=edition,
            arguments=about | arguments,
            decision=decision,
            now=now,
        )
    return letters


def tell_others(
    session: Session,
    edition: Edition,
    category: str,
    arguments: dict[str, Json],
    *,
    decision: Decision,
    now: datetime,
) -> int:
    """Write to chair and deputies, and to the press that was told of the category under an embargo."""
    about: dict[str, Json] = {"category": category, "path": f"/{edition.key}/winners", **arguments}
    seated = session.scalars(
        select(Account)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.edition_id == edition.id, Grant.role.in_(AT_THE_TABLE), Grant.ended_at.is_(None))
        .order_by(Account.id)
    ).unique()
    letters = notices.tell(
        session, Template.RESULT_MENDED, seated, edition=edition, arguments=about, decision=decision, now=now
    )
    for contact in embargoes.readers(session, edition):
        if category in contact.categories:
            notices.queue(
                session,
                Template.RESULT_MENDED,
                contact.email,
                language=contact.language,
                now=now,
                edition=edition,
                arguments=about | {"press": True},
                decision=decision,
            )
            letters += 1
    return letters


def alone(
    session: Session, edition: Edition, about: dict[str, Json], *, reason: str, actor: Actor, now: datetime
) -> str:
    """The reason of what the operator at the shell completes alone. Raises ReasonMissing, NeedsTwoPeople."""
    why = decisions.need_reason(reason)
    decisions.complete_alone(session, edition, ACT, about, actor=actor, now=now)
    return why

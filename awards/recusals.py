"""Recusals: who has an interest in a nomination neither reads nor decides it, whatever their role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, interests
from awards.audit import Actor
from awards.folding import fold
from awards.models import (
    Account,
    Answer,
    Conflict,
    ConflictSource,
    DeclaredInterest,
    Edition,
    Invitation,
    InvitationKind,
    Judge,
    JudgeState,
    Nomination,
    NominationEditor,
    NominationPartner,
)

ASKED_TO_HELP = (
    InvitationKind.EDITOR,
    InvitationKind.PARTNER,
    InvitationKind.NOMINEE,
    InvitationKind.HANDOVER,
)
LONGEST_REASON = 2000


class Interest(StrEnum):
    """Why somebody is bound; nobody can waive it."""

    SAME_CITY = "same_city"
    SAME_ORGANISATION = "same_organisation"
    NAMED = "named"
    DECLARED = "declared"
    OWN = "own"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Bond:
    """One interest, and what is shared: a name of a city, a body, a person; empty where there is nothing to name."""

    interest: Interest
    detail: str = ""


class InterestBinds(Exception):
    """Whoever has an interest in a nomination neither reads nor decides it."""

    def __init__(self, reference: str, bonds: tuple[Bond, ...]) -> None:
        super().__init__(f"{reference}: {', '.join(bond.interest.value for bond in bonds)}")
        self.reference, self.bonds = reference, bonds


class OwnDeclaration(Exception):
    """Nobody undoes their own declaration of an interest."""


class NotDeclared(Exception):
    """This person has declared no interest in the nomination."""


def interests_in(
    session: Session, edition: Edition, account: Account, *, written: Nomination | None = None
) -> dict[int, tuple[Bond, ...]]:
    """The nominations of an edition that a person has an interest in, by their rows' numbers, each with its reasons.

    Of `written` the newest text counts too, submitted or not.
    """
    found: dict[int, dict[tuple[Interest, str], Bond]] = {}
    for nomination, bond in _bonds(session, edition, account, written):
        found.setdefault(nomination, {}).setdefault((bond.interest, fold(bond.detail)), bond)
    return {nomination: tuple(bonds.values()) for nomination, bonds in found.items()}


def interests_of(session: Session, account: Account, nomination: Nomination) -> tuple[Bond, ...]:
    """A person's interests in one nomination; none for most people in most nominations."""
    edition = session.get_one(Edition, nomination.edition_id)
    return interests_in(session, edition, account).get(nomination.id, ())


def need_none(session: Session, nomination: Nomination, actor: Actor) -> None:
    """Raises InterestBinds where who acts has an interest in the nomination."""
    if bonds := interests_of(session, actor.account, nomination):
        raise InterestBinds(nomination.reference, bonds)


def declare(
    session: Session, nomination: Nomination, *, reason: str = "", actor: Actor, now: datetime
) -> DeclaredInterest:
    """Say that one has an interest in a nomination. It binds at once; saying it twice changes nothing."""
    found = _declared(session, nomination, actor.account)
    if found is not None and found.ended_at is None:
        return found
    if found is None:
        found = DeclaredInterest(account_id=actor.account.id, nomination_id=nomination.id, at=now)
        session.add(found)
    found.reason, found.at, found.ended_at = reason.strip()[:LONGEST_REASON], now, None
    session.flush()
    _record(session, nomination, actor.account, "interest.declared", actor=actor, now=now)
    return found


def undo(session: Session, nomination: Nomination, account: Account, *, actor: Actor, now: datetime) -> None:
    """Take back what somebody else declared by mistake. Raises OwnDeclaration, NotDeclared, InterestBinds."""
    if account.id == actor.account.id:
        raise OwnDeclaration(nomination.reference)
    need_none(session, nomination, actor)
    found = _declared(session, nomination, account)
    if found is None or found.ended_at is not None:
        raise NotDeclared(nomination.reference)
    found.ended_at = now
    session.flush()
    _record(session, nomination, account, "interest.undone", actor=actor, now=now)


def declared_in(session: Session, nomination: Nomination) -> list[tuple[DeclaredInterest, Account]]:
    """Who has declared an interest in a nomination, the first one first."""
    rows = session.execute(
        select(DeclaredInterest, Account)
        .join(Account, Account.id == DeclaredInterest.account_id)
        .where(DeclaredInterest.nomination_id == nomination.id, DeclaredInterest.ended_at.is_(None))
        .order_by(DeclaredInterest.id)
    )
    return [(found, account) for found, account in rows]


SHARED: Mapping[ConflictSource, Interest] = {
    ConflictSource.SAME_CITY: Interest.SAME_CITY,
    ConflictSource.SAME_ORGANISATION: Interest.SAME_ORGANISATION,
    ConflictSource.NAMED: Interest.NAMED,
}


def _bonds(
    session: Session, edition: Edition, account: Account, written: Nomination | None
) -> Iterator[tuple[int, Bond]]:
    for it in _own(session, edition, account):
        yield it, Bond(Interest.OWN)
    declared = select(DeclaredInterest.nomination_id).where(
        DeclaredInterest.account_id == account.id, DeclaredInterest.ended_at.is_(None)
    )
    as_judge = (
        select(Conflict.nomination_id)
        .join(Judge)
        .where(
            Judge.account_id == account.id,
            Judge.edition_id == edition.id,
            Conflict.source == ConflictSource.DECLARED,
        )
    )
    of_edition = select(Nomination.id).where(
        Nomination.edition_id == edition.id, Nomination.id.in_(declared.union(as_judge))
    )
    for it in session.scalars(of_edition):
        yield it, Bond(Interest.DECLARED)
    if _judges(session, edition, account):
        for it in session.scalars(select(Nomination.id).where(Nomination.edition_id == edition.id)):
            yield it, Bond(Interest.JUDGE)
    for shared in interests.of_person(session, edition, account, written=written):
        yield shared.nomination, Bond(SHARED[shared.source], shared.detail)


def _judges(session: Session, edition: Edition, account: Account) -> bool:
    """Whether the person is a judge of the edition: who scores doesn't screen."""
    return (
        session.scalars(
            select(Judge.id).where(
                Judge.edition_id == edition.id,
                Judge.account_id == account.id,
                Judge.state.in_((JudgeState.INVITED, JudgeState.ACCEPTED)),
            )
        ).first()
        is not None
    )


def _own(session: Session, edition: Edition, account: Account) -> Iterator[int]:
    """What the person nominated, ever helped to write, or agreed to be part of.

    An invitation alone binds nobody: else those who write a nomination could choose who screens it.
    """
    addresses = [address.email for address in account.addresses]
    helped = select(NominationEditor.nomination_id).where(NominationEditor.account_id == account.id)
    asked = select(Invitation.nomination_id).where(
        Invitation.email.in_(addresses),
        Invitation.kind.in_(ASKED_TO_HELP),
        Invitation.answer == Answer.ACCEPTED,
        Invitation.nomination_id.is_not(None),
    )
    partner = select(NominationPartner.nomination_id).where(NominationPartner.approved_by_id == account.id)
    yield from session.scalars(
        select(Nomination.id).where(
            Nomination.edition_id == edition.id,
            (Nomination.nominator_id == account.id)
            | Nomination.id.in_(helped)
            | Nomination.id.in_(asked)
            | Nomination.id.in_(partner),
        )
    )


def _declared(session: Session, nomination: Nomination, account: Account) -> DeclaredInterest | None:
    return session.scalars(
        select(DeclaredInterest).where(
            DeclaredInterest.nomination_id == nomination.id, DeclaredInterest.account_id == account.id
        )
    ).first()


def _record(
    session: Session, nomination: Nomination, account: Account, action: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=nomination.reference,
        now=now,
        edition=session.get_one(Edition, nomination.edition_id),
        after={"account": account.public_id},
    )

"""Who acts as chair: the chair, or the first deputy without a conflict, asked anew for every set of nominations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from awards import editions, recusals
from awards.audit import Actor
from awards.models import Account, Conflict, Edition, Grant, Judge, Nomination, Role
from awards.recusals import Interest

CHAIRS = (Role.CHAIR, Role.DEPUTY)


class NotTheChair(Exception):
    """This is for the chair, or for the first deputy who has no conflict. `acting` is who that is, if anybody."""

    def __init__(self, acting: Account | None) -> None:
        super().__init__(acting.name or acting.email if acting else "")
        self.acting = acting


def in_order(session: Session, edition: Edition, category: str | None = None) -> list[Grant]:
    """The chair, then the deputies in their order; those for one category only in it."""
    found = session.scalars(
        select(Grant)
        .where(
            Grant.edition_id == edition.id,
            Grant.role.in_(CHAIRS),
            Grant.ended_at.is_(None),
            or_(Grant.category.is_(None), Grant.category == category),
        )
        .options(joinedload(Grant.account).selectinload(Account.addresses))
    ).all()
    return sorted(found, key=lambda it: (it.role is Role.DEPUTY, it.rank, it.id))


def lacking(session: Session, edition: Edition) -> tuple[str, ...]:
    """The open categories for which neither a chair nor a deputy is appointed."""
    held = set(
        session.scalars(
            select(Grant.category).where(
                Grant.edition_id == edition.id, Grant.role.in_(CHAIRS), Grant.ended_at.is_(None)
            )
        )
    )
    if None in held:
        return ()
    return tuple(key for key in editions.open_categories(session, edition) if key not in held)


def kept_out(session: Session, edition: Edition, account: Account) -> set[int]:
    """The nominations, by row, that a person may not decide about: a conflict as judge, an interest as anybody."""
    mine = {
        nomination
        for nomination, bonds in recusals.interests_in(session, edition, account).items()
        if any(bond.interest is not Interest.JUDGE for bond in bonds)
    }
    as_judge = session.scalars(
        select(Conflict.nomination_id)
        .join(Judge)
        .where(Judge.edition_id == edition.id, Judge.account_id == account.id, Conflict.waived_by.is_(None))
    )
    return mine | set(as_judge)


def bound(
    session: Session, edition: Edition, account: Account, nominations: Collection[Nomination]
) -> list[Nomination]:
    """Those of some nominations that a person may not decide about."""
    theirs = kept_out(session, edition, account)
    return [it for it in nominations if it.id in theirs]


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits at the table as chair or deputy, and the nominations, by row, that they may not decide about."""

    grant: Grant
    kept_out: frozenset[int]

    def sits_in(self, category: str | None) -> bool:
        return self.grant.category is None or self.grant.category == category


@dataclass(frozen=True, slots=True)
class Table:
    """Everybody who may act as chair of an edition, the chair first, then the deputies in their order."""

    seats: tuple[Seat, ...]

    def of(self, category: str | None) -> tuple[Seat, ...]:
        return tuple(it for it in self.seats if it.sits_in(category))

    def acting(
        self,
        nominations: Collection[Nomination],
        category: str | None = None,
        *,
        but_not: int | None = None,
    ) -> Grant | None:
        """Who acts about some nominations; None where nobody is appointed or all are bound. `but_not`: an account."""
        about = {it.id for it in nominations}
        for seat in self.of(category):
            if seat.grant.account_id != but_not and not about & seat.kept_out:
                return seat.grant
        return None

    def all_bound(self, nominations: Collection[Nomination], category: str | None = None) -> bool:
        """Whether somebody is appointed, and all who are have a conflict."""
        return bool(self.of(category)) and self.acting(nominations, category) is None


def table_of(session: Session, edition: Edition) -> Table:
    """The chair's table of an edition, with what binds each."""
    grants = session.scalars(
        select(Grant)
        .where(Grant.edition_id == edition.id, Grant.role.in_(CHAIRS), Grant.ended_at.is_(None))
        .options(joinedload(Grant.account).selectinload(Account.addresses))
    ).all()
    ordered = sorted(grants, key=lambda it: (it.role is Role.DEPUTY, it.rank, it.id))
    known: dict[int, frozenset[int]] = {}
    for grant in ordered:
        if grant.account_id not in known:
            known[grant.account_id] = frozenset(kept_out(session, edition, grant.account))
    return Table(tuple(Seat(grant, known[grant.account_id]) for grant in ordered))


def acting(
    session: Session,
    edition: Edition,
    nominations: Collection[Nomination],
    category: str | None = None,
    *,
    but_not: int | None = None,
) -> Grant | None:
    """Who acts as chair about some nominations; None where nobody is appointed or all are bound."""
    for grant in in_order(session, edition, category):
        if grant.account_id != but_not and not bound(session, edition, grant.account, nominations):
            return grant
    return None


def need(
    session: Session,
    edition: Edition,
    nominations: Collection[Nomination],
    category: str | None = None,
    *,
    but_not: int | None = None,
    actor: Actor,
) -> str:
    """As what somebody signs for the chair: "chair" or "deputy". The operator at the shell signs as chair.

    `but_not`: an account that may not act in this, whatever its role. Raises NotTheChair.
    """
    if actor.operator:
        return Role.CHAIR.value
    found = acting(session, edition, nominations, category, but_not=but_not)
    if found is None or found.account_id != actor.account.id:
        raise NotTheChair(found.account if found else None)
    return found.role.value

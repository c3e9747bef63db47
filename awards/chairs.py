"""Who acts as chair: the chair, or the first deputy without a conflict, asked anew for every set of nominations."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from awards import recusals
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


def bound(
    session: Session, edition: Edition, account: Account, nominations: Collection[Nomination]
) -> list[Nomination]:
    """Those of some nominations that a person may not decide about: a conflict as judge, or an interest as anybody."""
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
    kept_out = mine | set(as_judge)
    return [it for it in nominations if it.id in kept_out]


def acting(
    session: Session, edition: Edition, nominations: Collection[Nomination], category: str | None = None
) -> Grant | None:
    """Who acts as chair about some nominations; None where nobody is appointed or all are bound."""
    for grant in in_order(session, edition, category):
        if not bound(session, edition, grant.account, nominations):
            return grant
    return None


def need(
    session: Session,
    edition: Edition,
    nominations: Collection[Nomination],
    category: str | None = None,
    *,
    actor: Actor,
) -> str:
    """As what somebody signs for the chair: "chair" or "deputy". The operator at the shell signs as chair.

    Raises NotTheChair.
    """
    if actor.operator:
        return Role.CHAIR.value
    found = acting(session, edition, nominations, category)
    if found is None or found.account_id != actor.account.id:
        raise NotTheChair(found.account if found else None)
    return found.role.value

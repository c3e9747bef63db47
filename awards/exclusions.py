"""Exclusions: roles that one person never has together."""

from __future__ import annotations

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from awards.models import Account, Edition, Grant, Role

NEVER_BOTH: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (frozenset({Role.SCREENER}), frozenset({Role.JUDGE})),
    (
        frozenset({Role.AUDITOR}),
        frozenset(
            {
                Role.ORGANISER,
                Role.SCREENER,
                Role.CLERK,
                Role.TELLER,
                Role.HOLDER,
                Role.JUDGE,
                Role.CHAIR,
                Role.DEPUTY,
            }
        ),
    ),
    (
        frozenset({Role.ADMINISTRATOR}),
        frozenset(
            {
                Role.ORGANISER,
                Role.SCREENER,
                Role.CLERK,
                Role.TELLER,
                Role.HOLDER,
                Role.JUDGE,
                Role.CHAIR,
                Role.DEPUTY,
            }
        ),
    ),
)
"""Roles that one person never has together: who checks doesn't score, who audits doesn't act, who makes programmes
sees no marks."""


class NeverBoth(Exception):
    """One person can't have both roles."""

    def __init__(self, wanted: Role, has: Role) -> None:
        super().__init__(f"{wanted.value} / {has.value}")
        self.wanted, self.has = wanted, has


class YourOwnRole(Exception):
    """Nobody gives a role to themselves."""


class ChairThere(Exception):
    """An edition has one chair."""


def check_chair(session: Session, edition: Edition, role: Role, *, but: Account | None = None) -> None:
    """Whether an edition has room for one more of a role: it has one chair. Raises ChairThere."""
    if role is not Role.CHAIR:
        return
    query = select(Account).join(Grant, Grant.account_id == Account.id)
    query = query.where(Grant.edition_id == edition.id, Grant.role == role, Grant.ended_at.is_(None))
    if (chair := session.scalars(query).first()) is not None and (but is None or chair.id != but.id):
        raise ChairThere(chair.name or chair.email)


def check_together(session: Session, edition: Edition | None, account: Account, role: Role) -> None:
    """Whether a person may have a role beside those that they have in the edition. Raises NeverBoth."""
    held = session.scalars(
        select(Grant.role).where(
            Grant.account_id == account.id,
            Grant.ended_at.is_(None),
            (Grant.edition_id == edition.id) | Grant.edition_id.is_(None) if edition else true(),
        )
    ).all()
    for one, other in NEVER_BOTH:
        for mine, theirs in ((one, other), (other, one)):
            if role in mine and (clash := [it for it in held if it in theirs]):
                raise NeverBoth(role, clash[0])

"""The pool: people who judged earlier editions and can be asked again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from awards import accounts, affiliations, exclusions
from awards.models import (
    Account,
    AccountAddress,
    Affiliation,
    Edition,
    Grant,
    Judge,
    JudgeState,
    Leaving,
    Role,
)

MOST = 200


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who judged before: how many editions, and where they work."""

    account: Account
    editions: int
    places: tuple[Affiliation, ...]


def known(session: Session, edition: Edition, *, text: str = "") -> list[Known]:
    """People who judged other editions and can be asked for this one, those with most editions first.

    After a fixed number of queries, at most 200 of them, found by a part of name or address.
    """
    count = func.count(Judge.edition_id.distinct())
    before = (
        select(Account, count)
        .join(Judge, Judge.account_id == Account.id)
        .where(
            Judge.edition_id != edition.id,
            Account.active,
            Judge.state.in_((JudgeState.ACCEPTED, JudgeState.LEFT)),
            Account.id.not_in(select(Judge.account_id).where(Judge.leaving == Leaving.MISCONDUCT)),
            Account.id.not_in(
                select(Judge.account_id).where(
                    Judge.edition_id == edition.id,
                    Judge.state.in_((JudgeState.INVITED, JudgeState.ACCEPTED)),
                )
            ),
            Account.id.not_in(_kept_out(edition)),
        )
        .group_by(Account.id)
        .order_by(count.desc(), Account.sort_key, Account.id)
        .limit(MOST)
        .options(selectinload(Account.addresses))
    )
    if text:
        part = f"%{accounts.fold_address(text).replace('%', '').replace('_', '')}%"
        by_address = select(AccountAddress.account_id).where(AccountAddress.email.like(part))
        before = before.where(Account.sort_key.like(part) | Account.id.in_(by_address))
    found = [(account, number) for account, number in session.execute(before)]
    places: dict[int, list[Affiliation]] = {}
    for tie in affiliations.holding(session, [account for account, _ in found]):
        places.setdefault(tie.account_id, []).append(tie)
    return [Known(account, number, tuple(places.get(account.id, ()))) for account, number in found]


def _kept_out(edition: Edition) -> Select[int]:
    """People with a role that is never a judge's."""
    never = [role for one, other in exclusions.NEVER_BOTH if Role.JUDGE in other for role in one]
    return select(Grant.account_id).where(
        Grant.role.in_(never),
        Grant.ended_at.is_(None),
        (Grant.edition_id == edition.id) | Grant.edition_id.is_(None),
    )

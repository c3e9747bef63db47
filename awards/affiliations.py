"""Affiliations: where a person belongs, as a list or the person states it; what no longer holds ends and is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from awards.models import Account, Affiliation

Place = tuple[int | None, str, str]
"""An organisation's row, where there is one, a city and a country."""


def settle(session: Session, account: Account, places: Iterable[Place], *, now: datetime) -> bool:
    """End the affiliations that no longer hold and begin those that are new. True where any differ."""
    wanted = dict.fromkeys(places)
    there = {(tie.organisation_id, tie.city, tie.country): tie for tie in holding(session, [account])}
    for place, tie in there.items():
        if place not in wanted:
            tie.ended_on = now.date()
    for organisation, city, country in wanted:
        if (organisation, city, country) not in there:
            session.add(
                Affiliation(
                    account_id=account.id,
                    organisation_id=organisation,
                    city=city,
                    country=country,
                    started_on=now.date(),
                )
            )
    session.flush()
    return set(wanted) != set(there)


def holding(session: Session, accounts: Iterable[Account]) -> Sequence[Affiliation]:
    """The affiliations that some people have now, in the order in which they began, after two queries."""
    return session.scalars(
        select(Affiliation)
        .where(Affiliation.account_id.in_([it.id for it in accounts]), Affiliation.ended_on.is_(None))
        .options(selectinload(Affiliation.organisation))
        .order_by(Affiliation.id)
    ).all()

"""Preferences: which nominations a judge would gladly read, or rather not; they weigh little and are no interest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, editions, runs
from awards.audit import Actor
from awards.models import Edition, Judge, Preference, Wish
from judging.values import Round


def are_asked(session: Session, edition: Edition, number: int) -> bool:
    """Whether wishes can make a difference: not everybody reads everything, of which there are `number`."""
    rules = editions.rules_of(session, edition)
    if number > rules.sheets.everyone_up_to:
        return True
    return runs.last_document(session, edition, Round.FIRST).get("per_nomination") is not None


def of_judge(session: Session, judge: Judge) -> dict[int, Wish]:
    """What a judge has wished, by the row of the nomination."""
    found = session.scalars(select(Preference).where(Preference.judge_id == judge.id))
    return {it.nomination_id: it.wish for it in found}


def keep(
    session: Session,
    edition: Edition,
    judge: Judge,
    wishes: Mapping[int, Wish],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep what a judge wishes of nominations, by row, and say of how many that is anything new."""
    editions.lock(session, edition)
    rows = session.scalars(
        select(Preference).where(Preference.judge_id == judge.id, Preference.nomination_id.in_(wishes))
    )
    there = {it.nomination_id: it for it in rows}
    changed = 0
    for nomination, wish in wishes.items():
        row = there.get(nomination)
        if row is None and wish is not Wish.NEUTRAL:
            session.add(Preference(judge_id=judge.id, nomination_id=nomination, wish=wish, at=now))
            changed += 1
        elif row is not None and row.wish is not wish:
            row.wish, row.at = wish, now
            changed += 1
    session.flush()
    if changed:
        audit.record(
            session,
            actor=actor,
            action="wishes.stated",
            subject=edition.key,
            now=now,
            edition=edition,
            after={"judge": judge.public_id, "changed": changed},
        )
    return changed

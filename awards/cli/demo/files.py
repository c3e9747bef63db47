"""The demo's score sheets and ballots, as the files that the commands load."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions
from awards.cli.demo import fiction
from awards.models import Assignment, Election, ElectionState, Entitlement, Nomination, RollEntry
from judging.values import Method, Round


def write_csv(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as writer:
        table = csv.writer(writer, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def sheets(session: Session, key: str, seed: str, *, tied: bool = False) -> tuple[list[str], list[list[str]]]:
    """Made-up score sheets for every assignment of the demo, as the file of `flask scores load`.

    `tied`: in the last category the chair has to decide.
    """
    edition = editions.find(session, key)
    rules = editions.rules_of(session, edition)
    issued = session.scalars(
        select(Assignment)
        .join(Assignment.nomination)
        .where(Nomination.edition_id == edition.id, Assignment.round == Round.FIRST)
        .order_by(Nomination.reference, Assignment.judge_id)
    ).all()
    pairs = [(it.judge.account.email, it.nomination.reference) for it in issued]
    criteria = {it.nomination.reference: rules.category(it.nomination.category).criteria for it in issued}
    found = fiction.marks(seed, pairs, criteria, (rules.scale.lowest, rules.scale.highest))
    in_category = {
        category.key: sorted(
            {it.nomination.reference for it in issued if it.nomination.category == category.key}
        )
        for category in rules.categories
    }
    for category in rules.categories[2:4]:
        fiction.level_at_the_cut(found, in_category[category.key], category.places)
    if tied:
        last = rules.categories[-1]
        fiction.level_past_the_ladder(found, in_category[last.key], last.places)
    keys = [criterion.key for criterion in rules.criteria]
    rows = [
        [*pair, *(str(found[pair].get(key, "")) for key in keys), fiction.comment(seed, *pair)]
        for pair in pairs
    ]
    return ["judge", "nomination", *keys, "comment"], rows


def ballots(session: Session, key: str, seed: str) -> tuple[list[str], list[list[str]]]:
    """Made-up ballots for every elector of the demo but the public, as the file of `flask ballots load`."""
    edition = editions.find(session, key)
    vote = editions.rules_of(session, edition).vote
    most = 1 if vote is None or vote.method is Method.ONE_CHOICE else 5
    entitled = session.execute(
        select(Election.category, RollEntry.elector, Election.slate, Entitlement.barred, Election.most_ranked)
        .join(Entitlement, Entitlement.election_id == Election.id)
        .join(RollEntry, RollEntry.id == Entitlement.roll_entry_id)
        .where(
            Election.edition_id == edition.id,
            Election.state == ElectionState.OPEN,
            Entitlement.withheld_because.is_(None),
            RollEntry.is_public.is_(False),
        )
        .order_by(Election.category, RollEntry.elector)
    ).all()
    rows = []
    for category, elector, slate, barred, most_ranked in entitled:
        choice = fiction.ranking(seed, elector, [name for name in slate if name not in barred])[:most]
        choice = choice[:most_ranked]
        rows.append([category, elector, *choice, *[""] * (most - len(choice))])
    return ["category", "elector", "first", "second", "third", "fourth", "fifth"][: most + 2], rows

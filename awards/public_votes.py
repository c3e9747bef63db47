"""The public's own votes on a prize of its own: who may vote in them, how many did, and what they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions, elections, standings, verdicts
from awards.audit import Actor
from awards.models import Edition, Election, ElectionKind, ElectionState, Entitlement, RollEntry, RollState
from awards.verdicts import Stage
from judging.count import outcome_document, outcome_of, public_round, standing_of, tally_of
from judging.outcome import Outcome
from judging.values import Json, as_object

PART = "public"
"""Where the public's result stands in the document of a category's frozen result."""


class NotThePublic(Exception):
    """This elector stands on the roll, and votes there only."""


def is_offered(session: Session, edition: Edition) -> bool:
    """Whether the rules give the public a prize of its own to vote on."""
    return editions.rules_of(session, edition).public_vote is not None


def open_ones(session: Session, edition: Edition) -> Sequence[Election]:
    """Those that are open, by category."""
    return elections.of_the_public(session, edition, ElectionState.OPEN)


def entitle(session: Session, edition: Edition, entry: RollEntry) -> None:
    """Give a public elector a ballot in each public vote that is open; one that is there already stays as it is.

    Raises NotThePublic.
    """
    if not entry.is_public:
        raise NotThePublic(entry.public_id)
    there = set(session.scalars(select(Entitlement.election_id).where(Entitlement.roll_entry_id == entry.id)))
    session.add_all(
        Entitlement(election_id=it.id, roll_entry_id=entry.id, barred=[])
        for it in open_ones(session, edition)
        if it.id not in there
    )
    session.flush()


def let_in(session: Session, among: Iterable[Election]) -> Sequence[RollEntry]:
    """The public electors who have a ballot in some of these elections, and an address."""
    public = [it.id for it in among if it.kind is ElectionKind.PUBLIC]
    return session.scalars(
        select(RollEntry)
        .join(Entitlement, Entitlement.roll_entry_id == RollEntry.id)
        .where(
            Entitlement.election_id.in_(public),
            Entitlement.withheld_because.is_(None),
            RollEntry.is_public.is_(True),
            RollEntry.state == RollState.ON,
            RollEntry.email != "",
        )
        .order_by(RollEntry.id)
        .distinct()
    ).all()


def of_category(session: Session, edition: Edition, category: str) -> Election | None:
    """The public's vote of a category that stands; None where there is none, or it is void."""
    found = [
        it
        for it in elections.of_the_public(session, edition)
        if it.category == category and it.state is not ElectionState.VOID
    ]
    return found[-1] if found else None


def in_the_box(session: Session, edition: Edition, category: str) -> Election | None:
    """The public's vote of a category while nothing of it is opened."""
    found = of_category(session, edition, category)
    return found if found is not None and found.state in elections.IN_THE_BOX else None


def count(session: Session, edition: Edition, category: str) -> Outcome | None:
    """What the public's opened vote of a category gives; None where none is opened."""
    election = of_category(session, edition, category)
    standing = standings.latest(session, edition).get(category)
    if election is None or election.tally is None or standing is None:
        return None
    return public_round(
        editions.rules_of(session, edition),
        category,
        totals=standing_of(standing.document).totals,
        tally=tally_of(election.tally),
        verdicts=verdicts.verdicts_of(session, edition, category, Stage.PUBLIC),
        seed=edition.seed,
    )


def settled(
    session: Session, edition: Edition, category: str, *, actor: Actor, now: datetime
) -> Outcome | None:
    """The same, once the ladder has gone on wherever chair and deputies all have a conflict."""
    found = count(session, edition, category)
    while found is not None and verdicts.bar_where_nobody_may_decide(
        session, edition, category, Stage.PUBLIC, outcome_document(found), actor=actor, now=now
    ):
        found = count(session, edition, category)
    return found


def part(outcome: Outcome | None) -> dict[str, Json]:
    """The public's result as it stands beside that of its category."""
    return {} if outcome is None else {PART: outcome_document(outcome)}


def in_result(document: Mapping[str, Json]) -> dict[str, Json] | None:
    """The public's part of the document of a frozen result."""
    return dict(as_object(document[PART])) if PART in document else None


def outcome_in(document: Mapping[str, Json]) -> Outcome | None:
    """The public's result in the document of a frozen one."""
    found = in_result(document)
    return None if found is None else outcome_of(found)

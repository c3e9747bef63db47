"""What of an edition a rehearsal goes by, read once from the live database; from there on nothing asks it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import chairs, editions, judges, nominations, roll, shares, stages
from awards.affiliations import Place
from awards.models import (
    Affiliation,
    Assignment,
    AssignmentState,
    Conflict,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationPartner,
    NominationRevision,
    NominationState,
    Organisation,
    OrganisationAlias,
    OwnDeadline,
    PairRule,
    RollState,
)
from awards.timetable import Deadline, Moment, Phase
from judging.rules import Rules
from judging.values import Round

IN_PLAY = (NominationState.SUBMITTED, NominationState.RETURNED, NominationState.ELIGIBLE)
Key = tuple[str, str]
"""A judge's public_id and a nomination's reference."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge as far as it decides anything: no name, no address."""

    key: str
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    capacity: int | None = None
    ties: tuple[Place, ...] = ()
    more: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def reads(self, category: str) -> bool:
        return not self.categories or category in self.categories


@dataclass(frozen=True, slots=True)
class ChairSeat:
    """A chair or deputy; `judge`: their seat on the panel; `bound`: references about which they may not decide."""

    role: str
    category: str | None
    rank: int
    judge: str | None
    ties: tuple[Place, ...]
    bound: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entered:
    """A nomination with what decides, and what is printed of it."""

    reference: str
    category: str
    nominee_kind: str
    title: str
    titles: Mapping[str, str]
    organisation: str
    organisation_kind: str
    city: str
    country: str
    language: str
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that is played. `judges` and `entered` hold the real ones; simulated ones join them on the stage."""

    key: str
    phase: Phase
    zone: str
    language: str
    specimen: bool
    rules: Rules
    texts: Mapping[str, Any]
    timetable: Mapping[Moment, Deadline]
    categories: tuple[str, ...]
    organisations: tuple[Mapping[str, Any], ...]
    aliases: tuple[Mapping[str, Any], ...]
    judges: tuple[Seat, ...]
    entered: tuple[Entered, ...]
    conflicts: frozenset[Key]
    waived: frozenset[Key]
    issued: frozenset[Key]
    rules_of_pairs: tuple[tuple[Key, str], ...]
    chairs: tuple[ChairSeat, ...]
    electors: tuple[tuple[str, bool], ...]
    """Those on the roll, and whether a ballot can reach them. Empty where nobody is on it yet."""
    off_roll: tuple[str, ...]
    invited: int
    """Judges who were asked and have not answered."""
    undecided: int
    own_deadlines: tuple[tuple[Moment, datetime], ...]
    holders: int
    """Key holders who are named or asked."""
    at: datetime


def read(session: Session, edition: Edition, *, now: datetime) -> Brief:
    """The brief of an edition. It asks and writes nothing."""
    rules, texts = editions.in_force(session, edition)
    categories = editions.open_categories(session, edition)
    panel = judges.of_edition(session, edition, JudgeState.ACCEPTED)
    there = [
        it
        for it in stages.nominations_in(session, edition, IN_PLAY)
        if edition.phase is not Phase.FIRST_ROUND or it.state is NominationState.ELIGIBLE
    ]
    open_pairs, waived = _conflicts(session, edition)
    electors = roll.of_edition(session, edition)
    return Brief(
        key=edition.key,
        phase=edition.phase,
        zone=edition.zone,
        language=edition.language,
        specimen=edition.specimen,
        rules=rules,
        texts=texts,
        timetable=editions.timetable_of(session, edition),
        categories=categories,
        organisations=_rows(session, Organisation),
        aliases=_rows(session, OrganisationAlias),
        judges=_seats(session, panel),
        entered=_entered(session, there),
        conflicts=open_pairs,
        waived=waived,
        issued=_issued(session, edition),
        rules_of_pairs=_pair_rules(session, edition),
        chairs=_chairs(session, edition, panel),
        electors=tuple(
            (it.elector, bool(it.email or it.post or it.judge_id))
            for it in electors
            if it.state is RollState.ON
        ),
        off_roll=tuple(
            it.elector for it in electors if it.state is RollState.OUT and it.organisation_id is not None
        ),
        invited=len(judges.of_edition(session, edition, JudgeState.INVITED)),
        undecided=sum(it.state is not NominationState.ELIGIBLE for it in there),
        own_deadlines=_own_deadlines(session, edition),
        holders=len(shares.named(session, edition)),
        at=now,
    )


def _own_deadlines(session: Session, edition: Edition) -> tuple[tuple[Moment, datetime], ...]:
    rows = session.execute(
        select(OwnDeadline.moment, OwnDeadline.at_utc)
        .where(OwnDeadline.edition_id == edition.id)
        .order_by(OwnDeadline.id)
    )
    return tuple((moment, at) for moment, at in rows)


def _rows(
    session: Session, table: type[Organisation] | type[OrganisationAlias]
) -> tuple[dict[str, Any], ...]:
    columns = table.__table__.columns
    return tuple(dict(row._mapping) for row in session.execute(select(*columns).order_by(columns["id"])))


def _ties(session: Session, accounts: Iterable[int]) -> dict[int, tuple[Place, ...]]:
    """What each person, by their account's row, belongs to now."""
    found: dict[int, list[Place]] = {}
    for it in session.scalars(
        select(Affiliation)
        .where(Affiliation.account_id.in_(list(accounts)), Affiliation.ended_on.is_(None))
        .order_by(Affiliation.id)
    ):
        found.setdefault(it.account_id, []).append((it.organisation_id, it.city, it.country))
    return {account: tuple(ties) for account, ties in found.items()}


def _chairs(session: Session, edition: Edition, panel: Sequence[Judge]) -> tuple[ChairSeat, ...]:
    table = chairs.table_of(session, edition)
    seats = {judge.account_id: judge.public_id for judge in panel}
    ties = _ties(session, [it.grant.account_id for it in table.seats])
    names = {
        row: str(name)
        for row, name in session.execute(
            select(Nomination.id, Nomination.reference).where(Nomination.edition_id == edition.id)
        )
    }
    return tuple(
        ChairSeat(
            role=it.grant.role.value,
            category=it.grant.category,
            rank=it.grant.rank,
            judge=seats.get(it.grant.account_id),
            ties=ties.get(it.grant.account_id, ()),
            bound=frozenset(names[row] for row in it.kept_out if row in names),
        )
        for it in table.seats
    )


def _seats(session: Session, panel: Sequence[Judge]) -> tuple[Seat, ...]:
    ties = _ties(session, [judge.account_id for judge in panel])
    kept = ("least", "expertise", "working_languages", "region", "nationality", "residence")
    return tuple(
        Seat(
            key=judge.public_id,
            languages=tuple(judge.languages),
            categories=tuple(judge.categories),
            capacity=judge.capacity,
            ties=ties.get(judge.account_id, ()),
            more={name: getattr(judge, name) for name in kept},
        )
        for judge in sorted(panel, key=lambda it: it.public_id)
    )


def _entered(session: Session, there: Sequence[Nomination]) -> tuple[Entered, ...]:
    revisions = nominations.current_revisions(session, there)
    partners: dict[int, list[str]] = {}
    for nomination, name in session.execute(
        select(NominationPartner.nomination_id, Organisation.name)
        .join(Organisation, Organisation.id == NominationPartner.organisation_id)
        .where(NominationPartner.nomination_id.in_(revisions), NominationPartner.ended_at.is_(None))
    ):
        partners.setdefault(nomination, []).append(name)
    return tuple(
        _entry(it, revisions[it.id], tuple(partners.get(it.id, ()))) for it in there if it.id in revisions
    )


def _entry(it: Nomination, revision: NominationRevision, partners: tuple[str, ...]) -> Entered:
    body = revision.organisation
    return Entered(
        reference=it.reference,
        category=it.category,
        nominee_kind=revision.nominee_kind,
        title=revision.title,
        titles=dict(revision.titles or {}),
        organisation=revision.organisation_name,
        organisation_kind=body.kind if body is not None else "",
        city=revision.city,
        country=revision.country,
        language=revision.language,
        partners=partners,
    )


def _conflicts(session: Session, edition: Edition) -> tuple[frozenset[Key], frozenset[Key]]:
    rows = session.execute(
        select(Judge.public_id, Nomination.reference, Conflict.waived_by)
        .select_from(Conflict)
        .join(Judge, Judge.id == Conflict.judge_id)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .where(Judge.edition_id == edition.id)
    ).all()
    open_pairs = frozenset((judge, str(name)) for judge, name, waived in rows if waived is None)
    return open_pairs, frozenset((judge, str(name)) for judge, name, _ in rows) - open_pairs


def _issued(session: Session, edition: Edition) -> frozenset[Key]:
    rows = session.execute(
        select(Judge.public_id, Nomination.reference)
        .select_from(Assignment)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .where(
            Judge.edition_id == edition.id,
            Assignment.round == Round.FIRST,
            Assignment.state == AssignmentState.ISSUED,
        )
    )
    return frozenset((judge, str(name)) for judge, name in rows)


def _pair_rules(session: Session, edition: Edition) -> tuple[tuple[Key, str], ...]:
    rows = session.execute(
        select(Judge.public_id, Nomination.reference, PairRule.kind)
        .select_from(PairRule)
        .join(Judge, Judge.id == PairRule.judge_id)
        .join(Nomination, Nomination.id == PairRule.nomination_id)
        .where(Judge.edition_id == edition.id, PairRule.ended_at.is_(None), PairRule.round == Round.FIRST)
        .order_by(PairRule.id)
    )
    return tuple(((judge, str(name)), kind.value) for judge, name, kind in rows)

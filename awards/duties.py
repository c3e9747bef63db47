"""Duties: what waits in an edition for those with a role in it, counted after a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from awards import disputes, halls, marking, readings, releasing, settling, unconfirmed, watches
from awards.certificates import ISSUE
from awards.editions import rules_in_force
from awards.mending import ACT as MEND
from awards.models import (
    Appeal,
    Approval,
    Assignment,
    AssignmentState,
    BallotKey,
    Decision,
    Dispute,
    Edition,
    Election,
    ElectionState,
    FrozenOutcome,
    FrozenStanding,
    Grant,
    Judge,
    KeyHolder,
    LateRequest,
    Nomination,
    NominationRevision,
    NominationState,
    Organisation,
    Publication,
    PublicationKind,
    Reopening,
    Role,
    ScoreSheet,
    ScoreSheetVersion,
    Suspicion,
    Typing,
)
from awards.publishing import RELEASE
from awards.recalling import RECALL
from awards.striking import PUTTING_BACK, STRIKING
from awards.takedowns import PUT_BACK
from awards.timetable import Phase
from judging.values import SecondRound

CHECKED = (Phase.SCREENING, Phase.FIRST_ROUND)
"""Phases in which eligibility is decided; before them nominations are read only."""


class Duty(StrEnum):
    """What waits."""

    TO_SCREEN = "to_screen"
    TO_RELEASE = "to_release"
    APPEALS = "appeals"
    LATE = "late"
    ORGANISATIONS = "organisations"
    BEHIND = "behind"
    SILENT = "silent"
    UNASSIGNED = "unassigned"
    HANDED_BACK = "handed_back"
    SUSPICIONS = "suspicions"
    TO_CLOSE = "to_close"
    NO_CHAIR = "no_chair"
    TYPINGS = "typings"
    WAIVERS = "waivers"
    SHORTLISTS = "shortlists"
    WINNERS = "winners"
    REOPENINGS = "reopenings"
    READINGS = "readings"
    TO_ANNOUNCE = "to_announce"
    LEFT_OPEN = "left_open"
    TO_UNSEAL = "to_unseal"
    DISPUTES = "disputes"
    STRIKES = "strikes"
    TO_HOLD = "to_hold"
    TO_GIVE = "to_give"
    TO_COUNT = "to_count"
    CITATIONS = "citations"
    ANSWERS = "answers"
    TO_APPROVE = "to_approve"
    TO_ISSUE = "to_issue"
    COMMENTS = "comments"
    TO_ARM = "to_arm"
    HELD = "held"


CHAIRS = frozenset({Role.CHAIR, Role.DEPUTY})
WHOSE: Mapping[Duty, frozenset[Role]] = {
    Duty.TO_SCREEN: frozenset({Role.ORGANISER, Role.SCREENER}),
    Duty.TO_RELEASE: frozenset({Role.ORGANISER, Role.SCREENER}),
    Duty.APPEALS: frozenset({Role.ORGANISER, Role.SCREENER}),
    Duty.LATE: frozenset({Role.ORGANISER}),
    Duty.ORGANISATIONS: frozenset({Role.ORGANISER}),
    Duty.BEHIND: frozenset({Role.ORGANISER}),
    Duty.SILENT: frozenset({Role.ORGANISER}),
    Duty.UNASSIGNED: frozenset({Role.ORGANISER}),
    Duty.HANDED_BACK: frozenset({Role.ORGANISER}),
    Duty.SUSPICIONS: frozenset({Role.ORGANISER}),
    Duty.TO_CLOSE: frozenset({Role.ORGANISER}),
    Duty.NO_CHAIR: frozenset({Role.ORGANISER}),
    Duty.TYPINGS: frozenset({Role.CLERK}),
    Duty.WAIVERS: CHAIRS,
    Duty.SHORTLISTS: CHAIRS,
    Duty.WINNERS: CHAIRS,
    Duty.REOPENINGS: CHAIRS,
    Duty.READINGS: CHAIRS,
    Duty.TO_ANNOUNCE: frozenset({Role.ORGANISER}),
    Duty.LEFT_OPEN: frozenset({Role.ORGANISER, Role.TELLER}),
    Duty.TO_UNSEAL: frozenset({Role.ORGANISER, Role.TELLER}),
    Duty.DISPUTES: CHAIRS | {Role.ORGANISER},
    Duty.STRIKES: frozenset({Role.ORGANISER, Role.TELLER}),
    Duty.TO_HOLD: frozenset({Role.HOLDER}),
    Duty.TO_GIVE: frozenset({Role.HOLDER}),
    Duty.ANSWERS: frozenset({Role.ORGANISER}),
    Duty.TO_COUNT: CHAIRS | {Role.ORGANISER},
    Duty.CITATIONS: CHAIRS,
    Duty.TO_APPROVE: frozenset({Role.ORGANISER}),
    Duty.TO_ISSUE: frozenset({Role.ORGANISER}),
    Duty.TO_ARM: frozenset({Role.ORGANISER}),
    Duty.HELD: frozenset({Role.ORGANISER}),
    Duty.COMMENTS: frozenset({Role.ORGANISER}),
}
"""Who is told of it. Typings wait for whoever did not type them."""
OF_ENVELOPES = (STRIKING, PUTTING_BACK)
WATCHED = frozenset({Duty.BEHIND, Duty.SILENT, Duty.UNASSIGNED, Duty.TO_CLOSE, Duty.WAIVERS})


class Post(NamedTuple):
    """The roles that a person has in an edition, everywhere where it is None, and what waits there, with how many."""

    edition: Edition | None
    roles: tuple[Role, ...]
    duties: tuple[tuple[Duty, int], ...]


def of(
    session: Session, grants: Sequence[Grant], editions: Mapping[int, Edition], now: datetime
) -> tuple[Post, ...]:
    """What waits for the holder of grants, the latest edition first and the whole site last."""
    roles: dict[int | None, list[Role]] = {}
    for grant in grants:
        its = roles.setdefault(grant.edition_id, [])
        if grant.role not in its:
            its.append(grant.role)
    held = {role for number in editions for role in roles.get(number, ())}
    asked = {duty for duty, whose in WHOSE.items() if whose & held}
    busy = [number for number in editions if number in roles] if asked else []
    counts: dict[Duty, Mapping[int, int]] = {}
    if busy:
        queries = _queries(busy) | _of_panels(busy, grants[0].account_id) | _of_results(busy)
        queries[Duty.LEFT_OPEN] = halls.left_open(busy, now)
        if Duty.TO_COUNT in asked and (between := _without_second_round(session, busy, editions)):
            queries[Duty.TO_COUNT] = settling.uncounted(between)
        counts |= _counted(session, {duty: query for duty, query in queries.items() if duty in asked})
    between_rounds = [number for number in busy if editions[number].phase is Phase.DELIBERATION]
    if between_rounds and Duty.READINGS in asked:
        counts[Duty.READINGS] = readings.to_close(session, between_rounds, now)
    if busy and asked & WATCHED:
        watch = watches.of_editions(session, [editions[number] for number in busy], now)
        counts |= {
            Duty.BEHIND: watch.behind,
            Duty.SILENT: watch.silent,
            Duty.UNASSIGNED: watch.unassigned,
            Duty.TO_CLOSE: watch.to_close,
            Duty.WAIVERS: watch.short,
        }
    found = [
        Post(edition, tuple(roles[number]), _waiting(number, roles[number], counts))
        for number, edition in editions.items()
        if number in roles
    ]
    return tuple(found) + ((Post(None, tuple(roles[None]), ()),) if None in roles else ())


def waiting(session: Session, edition: Edition, *asked: Duty) -> dict[Duty, int]:
    """How many of some things wait in an edition, whoever sees to them; after one statement."""
    queries = _queries([edition.id]) | _of_panels([edition.id]) | _of_results([edition.id])
    found = _counted(session, {duty: queries[duty] for duty in asked})
    return {duty: found[duty].get(edition.id, 0) for duty in asked}


def _waiting(
    edition: int, roles: Sequence[Role], counts: Mapping[Duty, Mapping[int, int]]
) -> tuple[tuple[Duty, int], ...]:
    return tuple(
        (duty, counts[duty][edition])
        for duty in Duty
        if duty in counts and counts[duty].get(edition) and WHOSE[duty] & {*roles}
    )


def _counted(session: Session, queries: Mapping[Duty, Select[int | None, int]]) -> dict[Duty, dict[int, int]]:
    """What the queries find, by duty and edition, after one statement for all of them."""
    found: dict[Duty, dict[int, int]] = {duty: {} for duty in queries}
    if queries:
        named = [query.add_columns(literal(duty.value)) for duty, query in queries.items()]
        for edition, number, duty in session.execute(union_all(*named)):
            if edition is not None:
                found[Duty(duty)][edition] = number
    return found


def _queries(editions: Sequence[int]) -> dict[Duty, Select[int | None, int]]:
    """A query for each duty: how many wait, by edition."""
    here = Nomination.edition_id.in_(editions)
    return {
        Duty.TO_SCREEN: select(Nomination.edition_id, func.count())
        .join(Edition, Edition.id == Nomination.edition_id)
        .where(here, Nomination.state == NominationState.SUBMITTED, Edition.phase.in_(CHECKED))
        .group_by(Nomination.edition_id),
        Duty.TO_RELEASE: select(Nomination.edition_id, func.count())
        .join(Decision, Decision.nomination_id == Nomination.id)
        .where(here, releasing.untold())
        .group_by(Nomination.edition_id),
        Duty.APPEALS: select(Nomination.edition_id, func.count())
        .join(Appeal, Appeal.nomination_id == Nomination.id)
        .where(here, Nomination.state != NominationState.WITHDRAWN, Appeal.decision_id.is_(None))
        .group_by(Nomination.edition_id),
        Duty.LATE: select(Nomination.edition_id, func.count())
        .join(LateRequest, LateRequest.nomination_id == Nomination.id)
        .where(here, LateRequest.decision_id.is_(None))
        .group_by(Nomination.edition_id),
        Duty.ORGANISATIONS: select(Nomination.edition_id, func.count(distinct(Organisation.id)))
        .join(NominationRevision, NominationRevision.nomination_id == Nomination.id)
        .join(Organisation, Organisation.id == NominationRevision.organisation_id)
        .where(here, Organisation.confirmed.is_(False), Organisation.merged_into_id.is_(None))
        .group_by(Nomination.edition_id),
    }


def _of_panels(editions: Sequence[int], me: int | None = None) -> dict[Duty, Select[int | None, int]]:
    """The same for what the panel and the chair wait for; of the typings those that were not typed by `me`."""
    here = Judge.edition_id.in_(editions)
    others = aliased(Assignment)
    kept = select(others.id).where(
        others.nomination_id == Assignment.nomination_id,
        others.round == Assignment.round,
        others.state == AssignmentState.ISSUED,
        others.at > Assignment.ended_at,
    )
    return {
        Duty.HANDED_BACK: select(Judge.edition_id, func.count())
        .join(Assignment, Assignment.judge_id == Judge.id)
        .join(Edition, Edition.id == Judge.edition_id)
        .where(
            here,
            marking.of_open_round(),
            Assignment.state == AssignmentState.HANDED_BACK,
            ~kept.exists(),
        )
        .group_by(Judge.edition_id),
        Duty.SUSPICIONS: select(Judge.edition_id, func.count())
        .join(Suspicion, Suspicion.judge_id == Judge.id)
        .where(here, Suspicion.is_conflict.is_(None))
        .group_by(Judge.edition_id),
        Duty.TYPINGS: select(Judge.edition_id, func.count())
        .join(Assignment, Assignment.judge_id == Judge.id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .join(ScoreSheetVersion, ScoreSheetVersion.sheet_id == ScoreSheet.id)
        .join(Typing, Typing.version_id == ScoreSheetVersion.id)
        .join(Edition, Edition.id == Judge.edition_id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .where(here, marking.is_open(), unconfirmed.waits(), Typing.typed_by_id.is_distinct_from(me))
        .group_by(Judge.edition_id),
        Duty.NO_CHAIR: _unchaired(editions),
        Duty.SHORTLISTS: _unsigned(FrozenStanding, editions, Edition.phase == Phase.DELIBERATION),
        Duty.WINNERS: _unsigned(
            FrozenOutcome,
            editions,
            or_(
                Edition.phase == Phase.DELIBERATION,
                (Edition.phase == Phase.SECOND_ROUND) & Edition.second_closed_at.is_not(None),
            ),
        ),
        Duty.REOPENINGS: select(Judge.edition_id, func.count())
        .join(Reopening, Reopening.judge_id == Judge.id)
        .where(here, Reopening.approved_at.is_(None), Reopening.ended_at.is_(None))
        .group_by(Judge.edition_id),
        Duty.TO_ANNOUNCE: _unannounced(editions),
        Duty.TO_UNSEAL: select(Election.edition_id, func.count())
        .where(Election.edition_id.in_(editions), Election.state == ElectionState.CLOSED)
        .group_by(Election.edition_id),
        Duty.DISPUTES: _undecided(editions),
        Duty.STRIKES: select(Approval.edition_id, func.count())
        .where(
            Approval.edition_id.in_(editions),
            or_(*(Approval.act.startswith(f"{act} ") for act in OF_ENVELOPES)),
            Approval.approved_at.is_(None),
            Approval.ended_at.is_(None),
            Approval.proposer_id.is_distinct_from(me),
        )
        .group_by(Approval.edition_id),
        Duty.TO_HOLD: _without_a_key(editions, me),
        Duty.TO_GIVE: select(Election.edition_id, func.count())
        .join(BallotKey, BallotKey.id == Election.key_id)
        .where(
            Election.edition_id.in_(editions),
            Election.state == ElectionState.CLOSED,
            BallotKey.shared,
        )
        .group_by(Election.edition_id),
        Duty.TO_APPROVE: select(Approval.edition_id, func.count())
        .where(
            Approval.edition_id.in_(editions),
            Approval.act.in_((RELEASE, PUT_BACK, MEND)),
            Approval.approved_at.is_(None),
            Approval.ended_at.is_(None),
            Approval.proposer_id.is_distinct_from(me),
        )
        .group_by(Approval.edition_id),
        Duty.TO_ISSUE: select(Approval.edition_id, func.count())
        .where(
            Approval.edition_id.in_(editions),
            or_(Approval.act == ISSUE, Approval.act.startswith(RECALL)),
            Approval.approved_at.is_(None),
            Approval.ended_at.is_(None),
            Approval.proposer_id.is_distinct_from(me),
        )
        .group_by(Approval.edition_id),
    }


def _without_a_key(editions: Sequence[int], me: int | None) -> Select[int | None, int]:
    """How many holders have still to make their key, before the freeze; of one person's own where one asks."""
    made = exists().where(
        KeyHolder.edition_id == Edition.id,
        KeyHolder.account_id == Grant.account_id,
        KeyHolder.ended_at.is_(None),
        KeyHolder.ready_at.is_not(None),
    )
    query = (
        select(Edition.id, func.count())
        .join(Grant, Grant.edition_id == Edition.id)
        .where(
            Edition.id.in_(editions),
            Edition.frozen_at.is_(None),
            Grant.role == Role.HOLDER,
            Grant.ended_at.is_(None),
            ~made,
        )
        .group_by(Edition.id)
    )
    return query if me is None else query.where(Grant.account_id == me)


def _of_results(editions: Sequence[int]) -> dict[Duty, Select[int | None, int]]:
    """The same for what a result waits for until it is public."""
    return {
        Duty.CITATIONS: settling.uncited(editions),
        Duty.ANSWERS: settling.unsettled(editions),
        Duty.TO_ARM: settling.unarmed(editions),
        Duty.HELD: settling.held(editions),
        Duty.COMMENTS: settling.comments(editions),
    }


def _without_second_round(
    session: Session, busy: Sequence[int], editions: Mapping[int, Edition]
) -> list[int]:
    """The editions between the rounds, by row, whose result follows from the signed shortlists."""
    between = {number for number in busy if editions[number].phase is Phase.DELIBERATION}
    rules = rules_in_force(session, between) if between else {}
    return [number for number, its in rules.items() if its.second_round is SecondRound.NONE]


def _unchaired(editions: Sequence[int]) -> Select[int | None, int]:
    """The editions in whose judging nobody is appointed as chair or deputy."""
    sits = exists().where(Grant.edition_id == Edition.id, Grant.role.in_(CHAIRS), Grant.ended_at.is_(None))
    return (
        select(Edition.id, func.count())
        .where(
            Edition.id.in_(editions),
            Edition.phase.in_((Phase.FIRST_ROUND, Phase.DELIBERATION, Phase.SECOND_ROUND)),
            ~sits,
        )
        .group_by(Edition.id)
    )


def _unsigned(
    table: type[FrozenStanding] | type[FrozenOutcome], editions: Sequence[int], when: ColumnElement[bool]
) -> Select[int | None, int]:
    """In how many categories what was counted last is not signed yet."""
    return (
        select(table.edition_id, func.count())
        .join(Edition, Edition.id == table.edition_id)
        .where(table.edition_id.in_(editions), table.signed_by.is_(None), settling.is_last(table), when)
        .group_by(table.edition_id)
    )


def _undecided(editions: Sequence[int]) -> Select[int | None, int]:
    """How many disputes keep a box shut."""
    return (
        select(Dispute.edition_id, func.count())
        .where(Dispute.edition_id.in_(editions), disputes.waits())
        .group_by(Dispute.edition_id)
    )


def _unannounced(editions: Sequence[int]) -> Select[int | None, int]:
    """In how many categories the shortlist is signed and not announced, not even for a later moment."""
    announced = exists().where(
        Publication.edition_id == FrozenStanding.edition_id,
        Publication.category == FrozenStanding.category,
        Publication.kind == PublicationKind.FINALISTS,
        Publication.taken_down_at.is_(None),
    )
    return (
        select(FrozenStanding.edition_id, func.count())
        .join(Edition, Edition.id == FrozenStanding.edition_id)
        .where(
            FrozenStanding.edition_id.in_(editions),
            FrozenStanding.signed_by.is_not(None),
            Edition.phase == Phase.DELIBERATION,
            settling.is_last(FrozenStanding),
            ~announced,
        )
        .group_by(FrozenStanding.edition_id)
    )

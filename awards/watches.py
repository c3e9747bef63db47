"""Watches: what rounds of marks ask of judges, organisers and chair, over several editions after a constant number of
queries. Numbers of sheets and dates; no mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from awards import editions, judges, marking, panels, progress, readings, rooms, stages, tallies, unconfirmed
from awards.models import (
    Account,
    Assignment,
    AssignmentState,
    Declaration,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    Origin,
    Outbox,
    Reopening,
    ScoreSheet,
    ScoreSheetVersion,
    Typing,
)
from awards.notices import Template
from awards.tallies import Sheet, Tally
from awards.timetable import Deadline, Phase, in_zone
from judging.rules import Rules
from judging.values import Round


class Call(StrEnum):
    """What a judge is to do."""

    JOIN = "join"
    DECLARE = "declare"
    CONFIRM = "confirm"
    MEND = "mend"
    DELIBERATE = "deliberate"
    SUBMIT = "submit"
    MARK = "mark"


class Summons(NamedTuple):
    """One thing that a judge is to do, of how many sheets or nominations, until when; `about` is for its address.

    `reference`: of the nomination whose sheet is open again, or was typed from paper or as it was told by telephone.
    """

    call: Call
    edition: int
    number: int
    due: Deadline | None
    about: Mapping[str, str] = {}
    reference: str = ""
    by_telephone: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """What waits in the rounds that are open, by edition: judges who are behind, and who are silent; nominations that
    nobody has, or that are short once the time is over or an organiser has asked the chair about them; rounds whose
    time is over.
    """

    behind: Mapping[int, int] = field(default_factory=dict)
    silent: Mapping[int, int] = field(default_factory=dict)
    unassigned: Mapping[int, int] = field(default_factory=dict)
    short: Mapping[int, int] = field(default_factory=dict)
    to_close: Mapping[int, int] = field(default_factory=dict)


def open_rounds(found: Collection[Edition], rules: Mapping[int, Rules]) -> dict[int, Round]:
    """The round of marks that is open in each of some editions, where one is."""
    rounds = {it.id: stages.round_of(it, rules[it.id]) for it in found}
    return {row: of_round for row, of_round in rounds.items() if of_round is not None}


def of_editions(session: Session, found: Collection[Edition], now: datetime) -> Watch:
    """What organisers and chair of some editions have to see to."""
    marked = [it for it in found if it.phase in (Phase.FIRST_ROUND, Phase.SECOND_ROUND)]
    rules = editions.rules_in_force(session, {it.id for it in marked}) if marked else {}
    rounds = open_rounds(marked, rules)
    if not rounds:
        return Watch()
    sheets = tallies.read(session, rounds, rules)
    panel = {it.id: it for it in session.scalars(select(Judge).where(Judge.edition_id.in_(rounds)))}
    closes = marking.closes_of(session, list(panel.values()), rounds)
    stated = marking.stated_of(session, rounds)
    seen = progress.last_seen(session, panel.values())
    behind, silent, running = Counter[int](), Counter[int](), Counter[int]()
    for judge, its in tallies.by_judge(sheets).items():
        if judge not in panel:
            continue
        edition = panel[judge].edition_id
        behind[edition] += tallies.is_behind(its, closes[judge], now)
        silent[edition] += progress.is_silent(its, seen.get(panel[judge].account_id), now)
        running[edition] += bool(Tally.of(its).left) and not _is_over(closes[judge], rules[edition], now)
    over = {number for number in rounds if _is_over(stated.get(number), rules[number], now)}
    unassigned, short, lost = _nominations(session, rounds, rules, sheets)
    return Watch(
        behind=behind,
        silent=silent,
        unassigned=unassigned,
        short={number: lost[number] for number in _asked(session, rounds)}
        | {number: short[number] for number in over},
        to_close={number: 1 for number in over if not running[number]},
    )


def of_judge(session: Session, account: Account, now: datetime) -> list[Summons]:
    """What a person is to do as a judge; who is still to answer is asked by their invitation."""
    mine = session.execute(
        select(Judge, Edition)
        .join(Edition, Edition.id == Judge.edition_id)
        .where(
            Judge.account_id == account.id,
            Judge.state == JudgeState.ACCEPTED,
            Edition.phase.not_in((Phase.DECIDED, Phase.PUBLISHED, Phase.ARCHIVED)),
        )
        .order_by(Judge.id)
    ).all()
    if not mine:
        return []
    rules = editions.rules_in_force(session, {edition.id for _, edition in mine})
    rounds = open_rounds([edition for _, edition in mine], rules)
    panel = [judge for judge, _ in mine]
    its = tallies.by_judge(tallies.read(session, rounds, rules, of=[it.id for it in panel])) if rounds else {}
    closes = marking.closes_of(session, panel, rounds)
    missing = dict(iter(session.execute(_undeclared(panel))))
    typed = session.execute(_typed(panel)).all()
    mending = session.execute(_reopened(panel)).all()
    zones = {edition.id: edition.zone for _, edition in mine}
    is_between = any(edition.phase is Phase.DELIBERATION for _, edition in mine)
    further = readings.left_of(session, panel) if is_between else []
    deliberating = rooms.open_in(session, {edition.id for _, edition in mine})
    found: list[Summons] = []
    for judge in panel:
        sheets = its.get(judge.id, ())
        found += _summons(judge, Tally.of(sheets), missing.get(judge.id, 0), closes[judge.id], rules, now)
        found += [
            Summons(
                Call.CONFIRM,
                judge.edition_id,
                1,
                closes[judge.id],
                {"typing": public_id},
                reference=reference,
                by_telephone=origin is Origin.TYPED,
            )
            for whose, reference, public_id, origin in typed
            if whose == judge.id
        ]
        found += [
            Summons(Call.MEND, judge.edition_id, 1, None, {"reference": reference}, reference=reference)
            for whose, reference in mending
            if whose == judge.id
        ]
        found += [
            Summons(Call.MARK, judge.edition_id, number, in_zone(closes_at, zones[judge.edition_id]))
            for whose, number, closes_at in further
            if whose == judge.id and not _is_over(in_zone(closes_at, "UTC"), rules[judge.edition_id], now)
        ]
        if judge.edition_id in deliberating and judges.joined(judge):
            found.append(Summons(Call.DELIBERATE, judge.edition_id, 1, None))
    return found


def _summons(
    judge: Judge,
    tally: Tally,
    undeclared: int,
    closes: Deadline | None,
    rules: Mapping[int, Rules],
    now: datetime,
) -> Iterator[Summons]:
    edition = judge.edition_id
    if not judges.joined(judge):
        yield Summons(Call.JOIN, edition, 1, closes)
    elif undeclared:
        yield Summons(Call.DECLARE, edition, undeclared, closes)
    if _is_over(closes, rules[edition], now):
        return
    if tally.complete:
        yield Summons(Call.SUBMIT, edition, tally.complete, closes)
    if left := tally.half + tally.none:
        yield Summons(Call.MARK, edition, left, closes)


def _undeclared(panel: Sequence[Judge]) -> Select[int, int]:
    """How many nominations each judge was given and has declared nothing about."""
    return (
        select(Assignment.judge_id, func.count())
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(Edition, Edition.id == Nomination.edition_id)
        .outerjoin(
            Declaration,
            and_(
                Declaration.judge_id == Assignment.judge_id,
                Declaration.nomination_id == Assignment.nomination_id,
            ),
        )
        .where(
            marking.of_open_round(),
            Assignment.judge_id.in_([it.id for it in panel]),
            Assignment.state == AssignmentState.ISSUED,
            Declaration.id.is_(None),
        )
        .group_by(Assignment.judge_id)
    )


def _typed(panel: Sequence[Judge]) -> Select[int, str, str, Origin]:
    """Judge, reference, typing and origin of the sheets that were typed and wait to be confirmed."""
    return (
        select(Assignment.judge_id, Nomination.reference, Typing.public_id, ScoreSheetVersion.origin)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .join(ScoreSheetVersion, ScoreSheetVersion.sheet_id == ScoreSheet.id)
        .join(Typing, Typing.version_id == ScoreSheetVersion.id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(Edition, Edition.id == Nomination.edition_id)
        .where(
            marking.is_open(),
            Assignment.judge_id.in_([it.id for it in panel]),
            unconfirmed.waits(),
        )
        .order_by(Typing.id)
    )


def _reopened(panel: Sequence[Judge]) -> Select[int, str]:
    """Judge and nomination of what was opened again after the close, and is not over."""
    return (
        select(Reopening.judge_id, Nomination.reference)
        .join(Nomination, Nomination.id == Reopening.nomination_id)
        .join(Edition, Edition.id == Nomination.edition_id)
        .where(
            Reopening.judge_id.in_([it.id for it in panel]),
            Reopening.approved_at.is_not(None),
            Reopening.ended_at.is_(None),
            Edition.phase == Phase.DELIBERATION,
        )
        .order_by(Reopening.id)
    )


def _nominations(
    session: Session, rounds: Mapping[int, Round], rules: Mapping[int, Rules], sheets: Sequence[Sheet]
) -> tuple[Counter[int], Counter[int], Counter[int]]:
    """How many nominations nobody has, how many have fewer counted sheets than they need, and how many will have when
    all that are left are in, by edition.
    """
    here = [
        and_(
            Nomination.edition_id == number,
            Nomination.state.in_(panels.judged_states(rules[number], of_round)),
        )
        for number, of_round in rounds.items()
    ]
    entered = session.execute(
        select(Nomination.id, Nomination.edition_id, Nomination.reference).where(or_(*here))
    ).all()
    waived = progress.waived_in(session, rounds)
    issued = Counter(it.nomination for it in sheets if it.is_issued)
    counted = Counter(it.nomination for it in sheets if it.counts)
    to_come = Counter(it.nomination for it in sheets if it.counts or it.is_issued)
    unassigned, short, lost = Counter[int](), Counter[int](), Counter[int]()
    for number, edition, reference in entered:
        needed = 1 if (edition, reference) in waived else max(1, rules[edition].sheets.minimum)
        unassigned[edition] += not issued[number] and not counted[number]
        short[edition] += counted[number] < needed
        lost[edition] += to_come[number] < needed
    return unassigned, short, lost


def _asked(session: Session, rounds: Mapping[int, Round]) -> set[int]:
    """The editions in which the chair was asked to look at nominations below the minimum."""
    found = session.scalars(
        select(Outbox.edition_id).where(
            Outbox.edition_id.in_(rounds), Outbox.template == Template.WAIVER_ASKED.value
        )
    )
    return {number for number in found if number is not None}


def _is_over(closes: Deadline | None, rules: Rules, now: datetime) -> bool:
    grace = timedelta(minutes=rules.eligibility.grace_minutes)
    return closes is not None and now > closes.instant + grace

"""Electors: the roll built from the register's members or from the panel; somebody taken off it or put back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from awards import addressing, audit, decisions, delegates, editions, folding, roll
from awards.audit import Actor
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    Judge,
    JudgeState,
    LinkPurpose,
    Membership,
    Organisation,
    RollEntry,
    RollState,
)
from awards.models.base import public_id
from awards.notices import Template
from judging.programme import LOCAL_GOVERNMENTS
from judging.values import Electorate, Json

BUILT = "built"
LONGEST_REASON = 400


class Out(StrEnum):
    """Why the rules keep somebody off the roll. What a person decides is a reason in words instead."""

    ASSOCIATE = "associate"
    NO_MEMBER = "no_member"
    NO_GOVERNMENT = "no_government"
    MERGED = "merged"
    NO_JUDGE = "no_judge"


class NotBuilt(Exception):
    """This roll is not built from the register: the electors are judges, or people on a list."""


class DateAhead(Exception):
    """Nobody knows yet who will be a member on that day."""


class OutByRule(Exception):
    """The rules keep this one off the roll: where that is wrong, the register is corrected and the roll built anew."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What building the roll does now: who comes onto it, who leaves it and why, whom the rules keep off, who is off
    it already.
    """

    coming: tuple[Organisation, ...]
    back: tuple[RollEntry, ...]
    leaving: tuple[tuple[RollEntry, Out], ...]
    kept_off: tuple[tuple[Organisation, Out], ...]
    off: tuple[RollEntry, ...]
    staying: int
    assumed: int

    @property
    def is_new(self) -> bool:
        return bool(self.coming or self.back or self.leaving or self.kept_off)


def why_out(organisation: Organisation) -> Out | None:
    """Why the rules give an organisation no ballot; None where it has one."""
    if organisation.merged_into_id is not None:
        return Out.MERGED
    if organisation.membership is Membership.NONE:
        return Out.NO_MEMBER
    if organisation.membership is Membership.ASSOCIATE:
        return Out.ASSOCIATE
    return None if organisation.kind in LOCAL_GOVERNMENTS else Out.NO_GOVERNMENT


def is_by_rule(entry: RollEntry) -> bool:
    """Whether it is a rule that keeps an elector off the roll, and not a person."""
    return entry.state is RollState.OUT and entry.reason in set(Out)


def plan(session: Session, edition: Edition) -> Plan:
    """What the register says now, beside what the roll says. Raises NoVote, NotBuilt."""
    if roll.vote_of(editions.rules_of(session, edition)).electorate is not Electorate.MEMBERS:
        raise NotBuilt(edition.key)
    known = {entry.organisation_id: entry for entry in roll.of_edition(session, edition)}
    bodies = session.scalars(
        select(Organisation)
        .where((Organisation.membership != Membership.NONE) | Organisation.id.in_(_ids(known)))
        .options(selectinload(Organisation.aliases))
        .order_by(Organisation.sort_key, Organisation.name)
    ).all()
    coming, back, leaving, kept_off, off, staying, assumed = [], [], [], [], [], 0, 0
    for body in bodies:
        entry, why = known.get(body.id), why_out(body)
        if entry is None:
            if why is None:
                coming.append(body)
            elif why is not Out.MERGED:
                kept_off.append((body, why))
        elif entry.state is RollState.ON:
            leaving += [(entry, why)] if why is not None else []
            staying += why is None
        elif why is None and is_by_rule(entry):
            back.append(entry)
        else:
            off.append(entry)
        assumed += why is None and body.membership_assumed
    return Plan(tuple(coming), tuple(back), tuple(leaving), tuple(kept_off), tuple(off), staying, assumed)


def _ids(known: dict[int | None, RollEntry]) -> list[int]:
    return [key for key in known if key is not None]


def build(session: Session, edition: Edition, *, as_of: date, actor: Actor, now: datetime) -> Plan:
    """Put every full-member local government on the roll, and off it, with the reason, who is none.

    `as_of`: the day for which the organiser has checked the register. Whom a person has taken off stays off. Raises
    NoVote, NotBuilt, RollFrozen, VoteClosed, DateAhead.
    """
    editions.lock(session, edition)
    roll.need_open(edition)
    if as_of > now.date():
        raise DateAhead(as_of.isoformat())
    found = plan(session, edition)
    taken = {entry.elector.casefold() for entry in roll.of_edition(session, edition)}
    for body, why in [*((it, None) for it in found.coming), *found.kept_off]:
        session.add(_entry(edition, body, why, taken))
    for entry in found.back:
        entry.state, entry.reason = RollState.ON, ""
    for entry, why in found.leaving:
        _out(session, entry, why.value, now=now)
    session.flush()
    roll.entitle_prepared(session, edition)
    decisions.decide(
        session,
        edition,
        DecisionKind.ROLL_CHANGED,
        actor=actor,
        now=now,
        subject={
            "act": BUILT,
            "as_of": as_of.isoformat(),
            "on": len(found.coming) + len(found.back) + found.staying,
            "left": [{"elector": entry.elector, "why": why.value} for entry, why in found.leaving],
        },
    )
    return found


def built(session: Session, edition: Edition) -> Decision | None:
    """The decision by which the roll was last built, None where it never was."""
    changed = decisions.of_edition(session, edition, DecisionKind.ROLL_CHANGED)
    return next((it for it in reversed(changed) if it.subject.get("act") == BUILT), None)


def _entry(edition: Edition, body: Organisation, why: Out | None, taken: set[str]) -> RollEntry:
    elector = next(_names(body, taken))
    taken.add(elector.casefold())
    return RollEntry(
        public_id=public_id(),
        edition_id=edition.id,
        elector=elector,
        organisation_id=body.id,
        language=edition.language,
        sort_key=folding.fold(elector),
        state=RollState.ON if why is None else RollState.OUT,
        reason="" if why is None else why.value,
    )


def _names(body: Organisation, taken: set[str]) -> Iterator[str]:
    """The name of an organisation, told apart from another elector's of the same name."""
    for name in (body.name, f"{body.name[:240]} ({body.country})", f"{body.name[:200]} ({body.public_id})"):
        if name.casefold() not in taken:
            yield name


def take_off(
    session: Session, edition: Edition, entry: RollEntry, *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Take an elector off the roll, with a reason. Raises RollFrozen, VoteClosed, NotOnRoll, ReasonMissing."""
    editions.lock(session, edition)
    session.refresh(entry)
    roll.need_open(edition)
    if entry.state is not RollState.ON:
        raise roll.NotOnRoll(entry.elector)
    reason = decisions.need_reason(reason)[:LONGEST_REASON]
    _out(session, entry, reason, now=now)
    return _changed(session, edition, entry, "taken off", reason, actor=actor, now=now)


def put_back(
    session: Session, edition: Edition, entry: RollEntry, *, reason: str, actor: Actor, now: datetime
) -> Decision:
    """Put an elector back whom a person had taken off.

    Raises RollFrozen, VoteClosed, OutByRule, ReasonMissing.
    """
    editions.lock(session, edition)
    session.refresh(entry)
    roll.need_open(edition)
    body = entry.organisation
    electorate = roll.vote_of(editions.rules_of(session, edition)).electorate
    by_rule = why_out(body) if body is not None and electorate is Electorate.MEMBERS else None
    if is_by_rule(entry) or by_rule is not None:
        raise OutByRule(entry.elector)
    reason = decisions.need_reason(reason)[:LONGEST_REASON]
    entry.state, entry.reason = RollState.ON, ""
    return _changed(session, edition, entry, "put back", reason, actor=actor, now=now)


def enrol_panel(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> int:
    """Bring the roll of a judges' vote up to date: accepted judges are on it, whoever left the panel is off it.

    How many came or went; where nobody did, nothing is written. Raises NoVote, NotBuilt, RollFrozen, VoteClosed.
    """
    editions.lock(session, edition)
    roll.need_open(edition)
    if roll.vote_of(editions.rules_of(session, edition)).electorate is not Electorate.JUDGES:
        raise NotBuilt(edition.key)
    before = {entry.id for entry in roll.on(session, edition)}
    for category in editions.open_categories(session, edition):
        roll.enrol_judges(session, edition, category)
    accepted = set(
        session.scalars(
            select(Judge.id).where(Judge.edition_id == edition.id, Judge.state == JudgeState.ACCEPTED)
        )
    )
    for entry in roll.of_edition(session, edition):
        if entry.judge_id in accepted and is_by_rule(entry):
            entry.state, entry.reason = RollState.ON, ""
        elif entry.judge_id not in accepted and entry.state is RollState.ON:
            _out(session, entry, Out.NO_JUDGE.value, now=now)
    session.flush()
    changed = before ^ {entry.id for entry in roll.on(session, edition)}
    if changed:
        audit.record(
            session,
            actor=actor,
            action="roll.panel",
            subject=edition.key,
            now=now,
            edition=edition,
            after={"changed": len(changed)},
        )
    return len(changed)


def _out(session: Session, entry: RollEntry, reason: str, *, now: datetime) -> None:
    """Off the roll: no link, code or pass leads to a ballot any more, and nobody is asked for a delegate."""
    entry.state, entry.reason = RollState.OUT, reason
    delegates.end_ways_in(session, entry, now=now)
    delegates.end_links(session, entry, LinkPurpose.DELEGATE, now=now)
    addressing.cancel(session, entry, [Template.DELEGATE_ASKED])
    session.flush()


def _changed(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    act: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Decision:
    session.flush()
    roll.entitle_prepared(session, edition)
    subject: dict[str, Json] = {"act": act, "elector": entry.public_id}
    return decisions.decide(
        session,
        edition,
        DecisionKind.ROLL_CHANGED,
        actor=actor,
        now=now,
        subject=subject,
        names={"elector": entry.elector},
        reason=reason,
    )

"""Replacing: a finalist who is announced is taken out. Until the vote opens the next in the standing comes in; while it
is open the category is voted on again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from awards import (
    chairs,
    correspondence,
    decisions,
    disqualifying,
    drafts,
    editions,
    elections,
    finalists,
    naming,
    nominations,
    polls,
    public_votes,
    publication,
    repeats,
    standings,
)
from awards.audit import Actor
from awards.disqualifying import KINDS
from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    Election,
    Nomination,
    NominationState,
    PublicationKind,
)
from awards.notices import Template
from awards.timetable import Phase
from judging.count import standing_of
from judging.values import Json, Slate


class NotThen(Exception):
    """A finalist is taken out here from the announcement until the envelopes are opened."""


class NotStanding(Exception):
    """The nomination doesn't stand in the second round, or no longer."""


class OnlyOne(Exception):
    """Nobody else stands in this category, and nobody could come in."""


class ChooseSuccessor(Exception):
    """Several are level as the next in the standing; the chair chooses one of them."""


class Then(StrEnum):
    """What follows."""

    REPLACED = "replaced"
    VOTED_AGAIN = "voted_again"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What taking a finalist out would lead to. `next`: who may come in, several where they are level."""

    then: Then
    next: tuple[Nomination, ...]
    election: Election | None


def look(session: Session, edition: Edition, nomination: Nomination, now: datetime) -> Outlook:
    """What would follow now. Raises NotThen, NotStanding, OnlyOne."""
    category = nomination.category
    slate = elections.slate_of(session, edition, category)
    if edition.phase is Phase.DELIBERATION and _is_public(session, edition, category, now):
        election, then = None, Then.REPLACED
    elif edition.phase is Phase.SECOND_ROUND and (found := _in_the_box(session, edition, category)):
        election, then = found, Then.VOTED_AGAIN
        slate = tuple(found.slate)
    else:
        raise NotThen(category)
    if nomination.reference not in slate:
        raise NotStanding(nomination.reference)
    following = _next(session, edition, category) if then is Then.REPLACED else ()
    if len(slate) == 1 and not following:
        raise OnlyOne(nomination.reference)
    return Outlook(then, following, election)


def _is_public(session: Session, edition: Edition, category: str, now: datetime) -> bool:
    shown = publication.first_shown(session, edition, PublicationKind.FINALISTS).get(category)
    return shown is not None and shown <= now


def _in_the_box(session: Session, edition: Edition, category: str) -> Election | None:
    """The vote of a category while nothing of it is opened."""
    found = elections.of_category(session, edition, category)
    return found[0] if found and found[0].state in elections.IN_THE_BOX else None


def _next(session: Session, edition: Edition, category: str) -> tuple[Nomination, ...]:
    """The next in the standing who is still in play; several where they are level. None where everybody stands."""
    if editions.rules_of(session, edition).slate is Slate.ELIGIBLE:
        return ()
    there = {
        it.reference: it for it in nominations.of_edition(session, edition, NominationState.NOT_SHORTLISTED)
    }
    rows = [
        row
        for row in standing_of(standings.latest(session, edition)[category].document).rows
        if row.nomination in there
    ]
    return tuple(there[row.nomination] for row in rows if row.place == rows[0].place)


def take_out(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    state: NominationState,
    *,
    successor: str = "",
    seen: Then,
    reason: str,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Disqualify a finalist, as the chair, or record its withdrawal, as an organiser; what follows is done with it.

    Its people are told, and those of whoever comes in; where the vote is held again its electors are called.
    `successor` chooses among level ones, which is the chair's in either case; `seen`: what was said would follow.
    Raises NotThen, NotStanding, OnlyOne, ChooseSuccessor, NotTheChair, OrganiserRecords, InterestBinds, ReasonMissing,
    TooFewElectors.
    """
    editions.lock(session, edition)
    session.refresh(nomination)
    outlook = look(session, edition, nomination, now)
    if outlook.then is not seen:
        raise NotThen(nomination.category)
    chosen = _successor(outlook, successor)
    signed_as = _need(session, edition, nomination, state, outlook, actor=actor)
    decision = _decide(session, edition, nomination, state, reason, signed_as=signed_as, actor=actor, now=now)
    replaced = _replace(session, edition, nomination, chosen, decision, signed_as, actor=actor, now=now)
    _tell(session, edition, nomination, chosen, decision, replaced, now=now)
    if outlook.election is not None:
        public = public_votes.in_the_box(session, edition, nomination.category)
        again = [
            repeats.vote_again(
                session,
                edition,
                before,
                [it for it in before.slate if it != nomination.reference],
                because=state.value,
                caused_by=decision,
                key_folder=key_folder,
                actor=actor,
                now=now,
            )
            for before in (outlook.election, public)
            if before is not None
        ]
        polls.call(session, edition, again, actor=actor, now=now)
    return decision


def _successor(outlook: Outlook, named: str) -> Nomination | None:
    if len(outlook.next) <= 1:
        return outlook.next[0] if outlook.next else None
    for it in outlook.next:
        if it.reference == named:
            return it
    raise ChooseSuccessor


def _need(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    state: NominationState,
    outlook: Outlook,
    *,
    actor: Actor,
) -> str:
    """As what the actor signs."""
    is_choice = len(outlook.next) > 1
    if state is NominationState.DISQUALIFIED or is_choice:
        about = [nomination, *(outlook.next if is_choice else ())]
        return chairs.need(session, edition, about, nomination.category, actor=actor)
    return disqualifying.need_recorder(session, edition, nomination, actor=actor)


def _decide(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    state: NominationState,
    reason: str,
    *,
    signed_as: str,
    actor: Actor,
    now: datetime,
) -> Decision:
    kind, _template = KINDS[state]
    decision = decisions.decide(
        session,
        edition,
        kind,
        actor=actor,
        now=now,
        category=nomination.category,
        nomination=nomination,
        subject={"nomination": nomination.reference},
        names=naming.shown(nomination),
        reason=decisions.need_reason(reason),
        signed_as=signed_as,
    )
    nominations.advance(nomination, state)
    return decision


def _replace(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    chosen: Nomination | None,
    caused_by: Decision,
    signed_as: str,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[Decision, datetime | None]:
    """The slate without the one and with the other; since when the finalists are shown so."""
    added: list[Json] = [chosen.reference] if chosen else []
    names: Mapping[str, Json] = {chosen.reference: naming.shown(chosen)} if chosen else {}
    decision = decisions.decide(
        session,
        edition,
        DecisionKind.REPLACEMENT,
        actor=actor,
        now=now,
        category=nomination.category,
        subject={
            "category": nomination.category,
            "removed": [nomination.reference],
            "added": added,
            "decision": caused_by.number,
        },
        names=names,
        reason=caused_by.reason,
        signed_as=signed_as,
    )
    if chosen is not None:
        nominations.advance(chosen, NominationState.FINALIST)
    session.flush()
    shown = publication.replace_finalist(
        session,
        edition,
        nomination.category,
        nomination.reference,
        naming.shown(chosen) if chosen else None,
        now=now,
    )
    return decision, shown


def _tell(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    chosen: Nomination | None,
    decision: Decision,
    replaced: tuple[Decision, datetime | None],
    *,
    now: datetime,
) -> None:
    _kind, template = KINDS[nomination.state]
    correspondence.tell(
        session,
        edition,
        nomination,
        template,
        {"reason": decision.reason, "by": ""},
        revision=drafts.latest(session, nomination),
        now=now,
        decision=decision,
    )
    if chosen is None:
        return
    by, shown = replaced
    revision = nominations.standing_revision(chosen)
    correspondence.tell(
        session,
        edition,
        chosen,
        Template.FINALIST,
        finalists.letter_arguments(edition, chosen, revision, public=shown or now, due=now),
        revision=revision,
        now=now,
        decision=by,
    )


def standing_out(session: Session, edition: Edition) -> Sequence[Nomination]:
    """Everybody who stands in the second round, by category and reference."""
    slates = {
        reference
        for category in editions.open_categories(session, edition)
        for reference in elections.slate_of(session, edition, category)
    }
    found = [it for it in nominations.of_edition(session, edition) if it.reference in slates]
    return sorted(found, key=lambda it: (it.category, it.reference))

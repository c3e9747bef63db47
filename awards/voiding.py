"""Voiding: envelopes that nobody can open are destroyed unopened by two people, and the vote is held again.

The key is lost, or an envelope holds no ballot. Where they can be opened nothing of it happens: nobody votes again
because a vote is unloved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import (
    accounts,
    approvals,
    audit,
    ballot_log,
    editions,
    elections,
    envelopes,
    polls,
    repeats,
    shares,
)
from awards.audit import Actor
from awards.envelopes import NotOpen
from awards.models import Approval, AuditEvent, Edition, Election, ElectionState, Role, RollEntry
from awards.repeats import ANEW
from judging.values import Json

UNOPENABLE = "unopenable"
SPOILT = "opening.spoilt"
"""What the audit says where two holders found an envelope that holds no ballot."""


class CanBeOpened(Exception):
    """Every envelope can be opened, so none is destroyed."""


@dataclass(frozen=True, slots=True)
class Loss:
    """The box: its elections, those of them whose key is lost, those in which holders found an envelope that holds no
    ballot, and the proposal that waits.
    """

    elections: tuple[Election, ...]
    without_key: tuple[Election, ...]
    spoilt: tuple[Election, ...]
    proposal: Approval | None

    @property
    def is_shared(self) -> bool:
        """Whether the keys are shared among holders, so that no envelope can be tried without two of them."""
        return any(it.key.shared for it in self.elections)


def look(session: Session, edition: Edition, *, key_folder: Path) -> Loss:
    """How it stands, without touching an envelope. Raises NotOpen where nothing lies in the box."""
    found = (
        *elections.of_edition(session, edition, *elections.IN_THE_BOX),
        *elections.of_the_public(session, edition, *elections.IN_THE_BOX),
    )
    if not found:
        raise NotOpen(edition.key)
    lost = tuple(it for it in found if not shares.is_there(session, key_folder, it.key))
    spoilt = tuple(it for it in found if it not in lost and _found_spoilt(session, edition, it))
    return Loss(found, lost, spoilt, approvals.waiting(session, edition, ANEW))


def lost(session: Session, edition: Edition, *, key_folder: Path) -> bool:
    """Whether the key of something in the box is lost."""
    try:
        return bool(look(session, edition, key_folder=key_folder).without_key)
    except NotOpen:
        return False


def propose(
    session: Session, edition: Edition, *, reason: str, key_folder: Path, actor: Actor, now: datetime
) -> Approval:
    """Propose that what can't be opened is voted on again; somebody else approves.

    While the vote is open that is where a key is lost: no envelope is tried before it is closed. Raises NotOpen,
    CanBeOpened, ReasonMissing, ProposalWaits.
    """
    editions.lock(session, edition)
    loss = look(session, edition, key_folder=key_folder)
    untried = loss.is_shared or any(it.state is ElectionState.OPEN for it in loss.elections)
    if not loss.without_key and not loss.spoilt and untried:
        raise CanBeOpened(edition.key)
    return approvals.propose(session, edition, ANEW, _subject(loss), reason=reason, actor=actor, now=now)


def approve(
    session: Session, edition: Edition, sha256: str, *, key_folder: Path, actor: Actor, now: datetime
) -> list[RollEntry]:
    """Approve it: each category whose envelopes can't be opened is voted on again, the others stay; who is told.

    Only now, by the word of two, are the envelopes of a closed vote tried; where the key is shared it rests on what two
    holders found. Raises NotOpen, NoProposal, SamePerson, SubjectChanged, CanBeOpened, TooFewElectors, HoldersMissing.
    """
    editions.lock(session, edition)
    loss = look(session, edition, key_folder=key_folder)
    approval = approvals.take(session, edition, ANEW, sha256)
    if approvals.digest(_subject(loss)) != sha256:
        raise approvals.SubjectChanged(ANEW)
    approvals.approve(session, edition, approval, actor=actor, now=now)
    # papers on which two agreed since the last root would be taken for something that was added
    ballot_log.publish(session, edition, states=(ElectionState.CLOSED,), actor=actor, now=now)
    rules = editions.rules_of(session, edition)
    broken = [
        it
        for it in loss.elections
        if it in (*loss.without_key, *loss.spoilt)
        or (
            it.state is ElectionState.CLOSED
            and not it.key.shared
            and not envelopes.can_be_opened(
                session, it, elections.vote_of(rules, it), unlock=envelopes.from_file(key_folder)
            )
        )
    ]
    if not broken:
        raise CanBeOpened(edition.key)
    is_organiser = accounts.has_grant(session, actor.account, Role.ORGANISER, edition=edition)
    opened = [
        repeats.vote_again(
            session,
            edition,
            it,
            it.slate,
            because=UNOPENABLE,
            caused_by=approval,
            key_folder=key_folder,
            signed_as="organiser" if is_organiser else "teller",
            actor=actor,
            now=now,
        )
        for it in broken
    ]
    return polls.call(session, edition, opened, actor=actor, now=now)


def _found_spoilt(session: Session, edition: Edition, election: Election) -> bool:
    return (
        session.scalars(
            select(AuditEvent.id)
            .where(
                AuditEvent.chain == audit.chain_of(edition),
                AuditEvent.action == SPOILT,
                AuditEvent.subject == election.public_id,
            )
            .limit(1)
        ).first()
        is not None
    )


def _subject(loss: Loss) -> dict[str, Json]:
    return {
        "elections": [it.public_id for it in loss.elections],
        "categories": [it.category for it in loss.elections],
    }

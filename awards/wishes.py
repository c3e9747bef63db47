"""Wishes: names and texts that winners ask to be changed, taken over as they are to stand, or left."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from awards import acceptances, audit, certificates, naming, proofs
from awards.audit import Actor
from awards.models import Acceptance, Edition
from judging.values import canonical


class NothingAsked(Exception):
    """Nothing is asked to be changed here."""


class WishChanged(Exception):
    """What is asked is not what was looked at."""


def is_asking(acceptance: Acceptance) -> bool:
    """Whether a change is asked for that nobody has dealt with."""
    return acceptance.settled_at is None and bool(acceptance.names or acceptance.wishes)


def fingerprint(acceptance: Acceptance) -> str:
    """What is asked, as a hash, so that what is dealt with is what was looked at."""
    return hashlib.sha256(canonical([dict(acceptance.names or {}), acceptance.wishes])).hexdigest()


def settle(
    session: Session,
    edition: Edition,
    acceptance: Acceptance,
    *,
    seen: str,
    adopt: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Deal with what a winner asked to be changed: take the names over as they are to stand, or leave them.

    A certificate issued with the old names is replaced when certificates are issued again. Raises NothingAsked,
    WishChanged, NotGiven, Released.
    """
    acceptances.need_unreleased(session, edition, acceptance)
    if not is_asking(acceptance):
        raise NothingAsked(acceptance.public_id)
    if fingerprint(acceptance) != seen:
        raise WishChanged(acceptance.public_id)
    award = acceptance.award
    before = dict(award.names)
    if adopt:
        award.names = naming.renamed(award.names, acceptance.names)
        if award.names != before:
            certificates.outdate(session, award, now=now)
            proofs.end_of(session, edition, award, actor=actor, now=now)
            acceptance.proof_at = None
    acceptance.settled_at, acceptance.settled_by_id = now, actor.account.id
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="award.names_settled",
        subject=acceptance.public_id,
        now=now,
        edition=edition,
        before={"names": before},
        after={"names": dict(award.names), "adopted": adopt},
    )

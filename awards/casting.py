"""Casting: an elector's ballots go into the box, each once; the same form sent twice gets the same receipts.

Nothing of a choice is kept but the sealed envelope. Its tag tells the same form again: a hash over the form's secret,
which only the elector's page holds, so that tags join no elector to a ballot, not even once ballots are published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from awards import editions, envelopes, passes, roll
from awards.envelopes import NotOpen, Sealing
from awards.models import (
    Edition,
    ElectionState,
    EnvelopeOrigin,
    Judge,
    JudgeState,
    RollEntry,
    RollState,
    VotingPass,
)
from awards.own_ballots import Paper, papers, wrong
from awards.roll import AlreadyCast
from judging import receipt_words
from judging.ballot import Choice, ChoiceFault
from judging.rules import Vote
from judging.values import Json, canonical

LEAST_SECRET = 16
"""Characters that a form's secret and each nonce must have, so that nobody finds them by trying."""


class NoBallot(Exception):
    """The elector has no ballot in this category."""


class OnPaper(NoBallot):
    """A ballot on paper was issued to the elector: there is no other one."""


class FormDamaged(Exception):
    """The form doesn't hold the secrets that its page had put there."""


class VoteOver(NotOpen):
    """The time for casting is over."""


class CastBefore(AlreadyCast):
    """Ballots were cast already, by another form. `hours`: category -> the hour in which."""

    def __init__(self, hours: Mapping[str, datetime]) -> None:
        super().__init__(", ".join(sorted(hours)))
        self.hours = dict(hours)


class CameAtOnce(AlreadyCast):
    """Another form of the elector's came in the same moment, and its ballots are in the box."""


class ChoiceRefused(Exception):
    """A choice can't be cast as it is. `faults`: category -> (nomination, fault)."""

    def __init__(self, found: Mapping[str, tuple[tuple[str, ChoiceFault], ...]]) -> None:
        super().__init__(", ".join(sorted(found)))
        self.faults = dict(found)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`commitment`: under what the ballot stands in the record; `fingerprint`: its envelope in the public log.

    `again`: the same form was sent before.
    """

    commitment: str
    cast_at: datetime
    again: bool
    fingerprint: str

    def code(self, language: str) -> tuple[str, ...]:
        """The beginning of the commitment in words of a language: beside its choice in the opened list."""
        return receipt_words.words(self.commitment, language)


def cast(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    choices: Mapping[str, Choice],
    *,
    form: str,
    nonces: Mapping[str, str],
    now: datetime,
    opened: datetime | None = None,
    by: VotingPass | None = None,
) -> dict[str, Receipt]:
    """Cast the ballots of a form, by category, all of them or none; an empty choice abstains.

    `form` and `nonces` are secrets that the elector's page holds. No audit event is written: one for each ballot would
    tell when somebody voted; the opening states how many there were. `by`: the pass with which the elector came.
    Raises PassEnded, NoBallot, OnPaper, FormDamaged, CastBefore, NotOpen, VoteOver, ChoiceRefused.
    """
    editions.hold(session, edition)
    session.refresh(entry)
    if by is not None:
        session.refresh(by)
        if not passes.is_valid(by, now):
            raise passes.PassEnded
    rules = editions.rules_of(session, edition)
    mine = papers(session, edition, entry, opened=opened, now=now, rules=rules)
    vote = roll.vote_of(rules, public=entry.is_public)
    try:
        return cast_held(session, entry, mine, choices, vote=vote, form=form, nonces=nonces, now=now)
    except CameAtOnce:
        mine = papers(session, edition, entry, opened=opened, now=now, rules=rules)
        return cast_held(session, entry, mine, choices, vote=vote, form=form, nonces=nonces, now=now)


def _is_elector(session: Session, entry: RollEntry) -> bool:
    """Whether somebody is on the roll, and a judge still on the panel."""
    judge = session.get(Judge, entry.judge_id, populate_existing=True) if entry.judge_id else None
    return entry.state is RollState.ON and (judge is None or judge.state is JudgeState.ACCEPTED)


def cast_held(
    session: Session,
    entry: RollEntry,
    mine: Mapping[str, Paper],
    choices: Mapping[str, Choice],
    *,
    vote: Vote,
    form: str,
    nonces: Mapping[str, str],
    now: datetime,
) -> dict[str, Receipt]:
    """The same, for who holds the edition and has read the elector, the rules and the papers since.

    Raises CameAtOnce where another form of the elector's came in the same moment: read the papers anew and try again.
    """
    if not _is_elector(session, entry):
        raise NoBallot(entry.elector)
    sealed = {
        key: _Sealed.of(mine, entry, key, choices[key], form, nonces, vote) for key in mine if key in choices
    }
    if missing := set(choices) - set(sealed):
        raise NoBallot(", ".join(sorted(missing)))
    there = {key: it.paper.cast_at for key, it in sealed.items() if it.paper.cast_at is not None}
    found = {
        key: Receipt(sealed[key].commitment, cast_at, True, sealed[key].paper.fingerprint)
        for key, cast_at in there.items()
        if sealed[key].paper.tag == sealed[key].tag
    }
    if before := {key: cast_at for key, cast_at in there.items() if key not in found}:
        raise CastBefore(before)
    new = {key: it for key, it in sealed.items() if key not in found}
    _check([it.paper for it in new.values()])
    if refused := {key: bad for key, it in new.items() if (bad := wrong(it.paper, vote, it.choice))}:
        raise ChoiceRefused(refused)
    put: list[str] = []
    if new:
        sealings = [
            Sealing(it.paper.election, entry, it.choice, it.tag, it.nonce, it.paper.struck is None)
            for it in new.values()
        ]
        try:
            put = envelopes.put(session, sealings, vote, origin=EnvelopeOrigin.ONLINE, now=now)
        except AlreadyCast as error:
            raise CameAtOnce from error
    hour = passes.to_the_hour(now)
    found |= {
        key: Receipt(it.commitment, hour, False, fingerprint)
        for (key, it), fingerprint in zip(new.items(), put, strict=True)
    }
    return {key: found[key] for key in sealed}


def _check(new: Sequence[Paper]) -> None:
    for paper in new:
        if paper.withheld_because is not None:
            raise NoBallot(paper.category)
        if paper.on_paper is not None:
            raise OnPaper(paper.category)
        if paper.election.state is not ElectionState.OPEN:
            raise NotOpen(paper.category)
        if paper.is_over:
            raise VoteOver(paper.category)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A choice with what goes into its envelope."""

    paper: Paper
    choice: Choice
    nonce: str
    tag: str
    commitment: str

    @classmethod
    def of(
        cls,
        mine: Mapping[str, Paper],
        entry: RollEntry,
        category: str,
        choice: Choice,
        form: str,
        nonces: Mapping[str, str],
        vote: Vote,
    ) -> _Sealed:
        """The nonce in the envelope follows from the form's and the elector: no two electors can agree on the same one,
        which would keep the box from being opened.
        """
        given = nonces.get(category, "")
        if min(len(form), len(given)) < LEAST_SECRET:
            raise FormDamaged(category)
        paper = mine[category]
        election = paper.election
        nonce = _hash("nonce", form, given, election.public_id, entry.public_id)[: envelopes.NONCE]
        return cls(
            paper,
            choice,
            nonce,
            _hash("tag", form, election.public_id, list[Json](choice), nonce),
            envelopes.commit(election, vote, choice, nonce),
        )


def _hash(*parts: Json) -> str:
    return hashlib.sha256(canonical(list(parts))).hexdigest()

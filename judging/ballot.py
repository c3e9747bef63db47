"""Ballots: what a valid choice is, what seals its commitment, and what the votes of a slate add up to."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from judging.ladder import Level
from judging.schulze import stands_above
from judging.values import Method, canonical

Choice = tuple[str, ...]


class ChoiceFault(StrEnum):
    NOT_ON_SLATE = "not_on_slate"
    NAMED_TWICE = "named_twice"
    TOO_MANY = "too_many"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the ballots of one slate add up to: all that any method and any ladder step needs.

    `votes`: points under Borda, how many it stands above under Schulze, ballots that name it otherwise.
    `first_places`: ballots that rank it first.
    `pairwise[a, b]`: ballots that place a above b. An abstention is no ballot.
    """

    slate: tuple[str, ...]
    ballots: int
    abstentions: int
    votes: Mapping[str, Fraction]
    first_places: Mapping[str, int]
    pairwise: Mapping[tuple[str, str], int]


def faults(
    method: Method,
    slate: Sequence[str],
    choice: Choice,
    *,
    barred: Collection[str],
    approve_up_to: int,
    most_ranked: int | None = None,
) -> tuple[tuple[str, ChoiceFault], ...]:
    """What is wrong with a choice: (nomination, fault). An empty choice abstains and has no fault.

    Under Borda and Schulze `choice` is a ranking, best first, and may be partial; barred finalists, fixed at the foot,
    must be left out (see `at_the_foot`); it names at most `most_ranked`, where that is given (see the function of
    that name). Under one choice it names one, under approval up to `approve_up_to`.
    """
    most = most_named(method, slate, approve_up_to=approve_up_to, most_ranked=most_ranked)
    found: list[tuple[str, ChoiceFault]] = []
    for place, nomination in enumerate(choice):
        if nomination not in slate:
            found.append((nomination, ChoiceFault.NOT_ON_SLATE))
        elif nomination in choice[:place]:
            found.append((nomination, ChoiceFault.NAMED_TWICE))
        elif nomination in barred:
            found.append((nomination, ChoiceFault.BARRED))
        elif place >= most:
            found.append((nomination, ChoiceFault.TOO_MANY))
    return tuple(found)


def most_named(
    method: Method, slate: Sequence[str], *, approve_up_to: int, most_ranked: int | None = None
) -> int:
    """How many a ballot may name."""
    if method.is_ranking:
        return len(slate) if most_ranked is None else most_ranked
    return 1 if method is Method.ONE_CHOICE else approve_up_to


def most_ranked(slate: Sequence[str], barred: Iterable[Collection[str]]) -> int | None:
    """How many a ranking may name so that no ballot tells by its length whose it is; None where it may name all.

    `barred`: what is barred to each elector. Whoever is barred from two leaves two out, always; if others could rank
    all, a ballot without them would tell whose it is. So nobody ranks more than whoever has most barred. One barred is
    no matter: a ranking of all but one is the same as of all (see `complete`). Who is barred from all can only abstain.
    """
    most = max((len(it) for it in barred if len(it) < len(slate)), default=0)
    return len(slate) - most if most > 1 else None


def at_the_foot(choice: Choice, barred: Collection[str]) -> Choice:
    """A ranking without the barred finalists that it names last, which is where they stand anyway."""
    kept = list(choice)
    while kept and kept[-1] in barred:
        kept.pop()
    return tuple(kept)


def complete(method: Method, slate: Sequence[str], choice: Choice) -> Choice:
    """The choice in the one form that means the same: a single one left over is last; approvals sorted."""
    if method is Method.APPROVAL:
        return tuple(sorted(choice))
    left = [nomination for nomination in slate if nomination not in choice]
    if method.is_ranking and choice and len(left) == 1:
        return (*choice, left[0])
    return choice


def commitment(election: str, choice: Choice, nonce: str) -> str:
    """SHA-256 over election, canonical choice and nonce, in lower-case hex. Published; binds, and hides."""
    return hashlib.sha256(canonical(["ballot", election, list(choice), nonce])).hexdigest()


def count(method: Method, slate: Sequence[str], ballots: Mapping[Choice, int]) -> Tally:
    """Add up ballots, given as how often each choice was cast; the empty choice is an abstention.

    Borda gives n-1 points to the first of n nominations, one less to each after it; those that a ballot does
    not rank share the mean of the points left (domain.md section 4). Schulze compares every two by the ballots that
    place one above the other (see judging.schulze). A choice has no `faults`.
    """
    votes = dict.fromkeys(slate, Fraction(0))
    first = dict.fromkeys(slate, 0)
    pairwise = {(a, b): 0 for a in slate for b in slate if a != b}
    for choice, times in ballots.items():
        if not choice:
            continue
        left = [nomination for nomination in slate if nomination not in choice]
        if method is not Method.APPROVAL:
            first[choice[0]] += times
        for place, nomination in enumerate(choice):
            votes[nomination] += times * (len(slate) - 1 - place) if method is Method.BORDA else times
            below = (*choice[place + 1 :], *left) if method.is_ranking else left
            for other in below:
                pairwise[nomination, other] += times
        if method is Method.BORDA:
            for nomination in left:
                votes[nomination] += times * Fraction(len(left) - 1, 2)
    if method is Method.SCHULZE:
        votes = stands_above(slate, pairwise)
    abstentions = ballots.get((), 0)
    return Tally(tuple(slate), sum(ballots.values()) - abstentions, abstentions, votes, first, pairwise)


def consistent(method: Method, tally: Tally) -> bool:
    """Whether a tally can be what ballots add up to: what can be checked where only their table is published.

    Under Borda the points follow from the pairs: one for each other that a ballot places below, a half for each
    that it leaves level. Under Schulze everything follows from them. Under approval no step needs the pairs, and a
    table may leave them at zero.
    """
    counts = [tally.ballots, tally.abstentions, *tally.first_places.values(), *tally.pairwise.values()]
    if min(counts) < 0 or (
        method is not Method.APPROVAL and sum(tally.first_places.values()) != tally.ballots
    ):
        return False
    if method is Method.SCHULZE and tally.votes != stands_above(tally.slate, tally.pairwise):
        return False
    return all(_follows(method, tally, nomination) for nomination in tally.slate)


def _follows(method: Method, tally: Tally, nomination: str) -> bool:
    votes, first = tally.votes[nomination], tally.first_places[nomination]
    pairs = [
        (tally.pairwise[nomination, other], tally.pairwise[other, nomination])
        for other in tally.slate
        if other != nomination
    ]
    if any(above + below > tally.ballots for above, below in pairs):
        return False
    if method is Method.BORDA:
        level = sum(tally.ballots - above - below for above, below in pairs)
        return votes == sum(above for above, _ in pairs) + Fraction(level, 2)
    if method is Method.SCHULZE:
        return all(above >= first for above, _ in pairs)
    if method is Method.ONE_CHOICE:
        return votes == first and all(above == votes for above, _ in pairs)
    return first == 0 <= votes <= tally.ballots


def head_to_head(tally: Tally, level: Level) -> dict[str, Fraction]:
    """How many of the other level nominations each beats, ballot by ballot; an even pair counts a half."""
    return {
        nomination: sum(
            (
                _duel(tally.pairwise[nomination, other], tally.pairwise[other, nomination])
                for other in level - {nomination}
            ),
            Fraction(0),
        )
        for nomination in level
    }


def _duel(mine: int, theirs: int) -> Fraction:
    return Fraction(1) if mine > theirs else Fraction(1, 2) if mine == theirs else Fraction(0)

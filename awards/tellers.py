"""Tellers: two enter a bundle's papers apart; what agrees counts, differences are entered again by both.

Each entry is sealed to the election's key as it comes in. A keyed digest, whose key is a file beside that of the
election and is destroyed with it, tells whether two entered the same, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from awards import bundles, editions, envelopes, keys, passes, roll
from awards.audit import Actor
from awards.bundles import BOTH, Sight
from awards.models import Bundle, BundlePaper, BundleState, Edition, Election
from judging.ballot import Choice, ChoiceFault, complete, faults
from judging.rules import Vote
from judging.values import Json, Method, canonical


class TwoEnter(Exception):
    """Two others enter this bundle, and nobody else does."""


class CountDiffers(Exception):
    """Who begins to enter a bundle counts its papers first, and it was another number than is stated."""

    def __init__(self, counted: int, stated: int) -> None:
        super().__init__(f"{counted} instead of {stated}")
        self.counted, self.stated = counted, stated


class NoSuchPaper(Exception):
    """The bundle has no paper of this number."""


class Settled(Exception):
    """Both have entered the same for this paper."""


class NoChoice(Exception):
    """What was entered can't stand on a paper of this category. `faults`: nomination and what is wrong."""

    def __init__(self, found: tuple[tuple[str, ChoiceFault], ...]) -> None:
        super().__init__(", ".join(reference for reference, _ in found))
        self.faults = found


def enter(
    session: Session,
    edition: Edition,
    bundle: Bundle,
    number: int,
    choice: Choice | None,
    *,
    counted: int | None = None,
    key_folder: Path,
    actor: Actor,
    now: datetime,
) -> Sight:
    """Enter what stands on one paper; None where no choice can be told, an empty one where it is blank.

    Once two have entered every paper they are compared: all the same, and the bundle is agreed; else both enter those
    that differ again. `counted`: how many papers who begins has counted. What was entered stands in no audit event.
    Raises BoxOpen, BundleDone, TwoEnter, CountDiffers, NoSuchPaper, Settled, NoChoice.
    """
    bundles.take(session, edition, bundle)
    vote = roll.vote_of(editions.rules_of(session, edition))
    rows = bundles.rows(session, bundle)
    mine = {it.number: it for it in rows if it.account_id == actor.account.id}
    theirs = {it.number: it for it in rows if it.account_id != actor.account.id}
    _need_two({it.account_id for it in rows} - {actor.account.id}, mine, actor)
    if not mine and counted != bundle.papers:
        raise CountDiffers(counted or 0, bundle.papers)
    if not 1 <= number <= bundle.papers:
        raise NoSuchPaper(number)
    _need_unsettled(bundle, number, mine, theirs)
    if choice is not None and (found := wrong(bundle.election, vote, choice)):
        raise NoChoice(found)
    entry = mine.get(number) or BundlePaper(bundle_id=bundle.id, account_id=actor.account.id, number=number)
    secret = keys.secret(key_folder, keys.of_tellers(bundle.election.key.file_name))
    entry.digest = _digest(secret, bundle, vote, number, choice)
    entry.sealed = envelopes.seal(bundle.election, vote, choice or ())
    entry.entered_at = passes.to_the_hour(now)
    session.add(entry)
    session.flush()
    mine[number] = entry
    if _is_whole(bundle, mine) and _is_whole(bundle, theirs):
        _compare(session, edition, bundle, mine, theirs, secret, actor, now)
    return bundles.look(session, bundle)


def wrong(election: Election, vote: Vote, choice: Choice) -> tuple[tuple[str, ChoiceFault], ...]:
    """What can't stand on a paper of a category: no teller knows what is barred to whom, so nothing is barred here."""
    found = faults(vote.method, election.slate, choice, barred=(), approve_up_to=vote.approve_up_to)
    most = places(election, vote)
    return found or tuple((it, ChoiceFault.TOO_MANY) for it in choice[most:])


def places(election: Election, vote: Vote) -> int:
    """How many a paper of a category may name."""
    if vote.method is Method.ONE_CHOICE:
        return 1
    if vote.method is Method.APPROVAL:
        return min(vote.approve_up_to, len(election.slate))
    return election.most_ranked or len(election.slate)


def _need_two(others: Collection[int], mine: Mapping[int, BundlePaper], actor: Actor) -> None:
    if actor.real.id in others or (not mine and len(others) >= BOTH):
        raise TwoEnter(actor.account.id)


def _need_unsettled(
    bundle: Bundle, number: int, mine: Mapping[int, BundlePaper], theirs: Mapping[int, BundlePaper]
) -> None:
    """Once both were compared, what they agree on stays."""
    compared = len(mine) == len(theirs) == bundle.papers
    if compared and mine[number].digest and mine[number].digest == theirs[number].digest:
        raise Settled(number)


def _is_whole(bundle: Bundle, entered: Mapping[int, BundlePaper]) -> bool:
    return len(entered) == bundle.papers and all(it.digest for it in entered.values())


def _digest(secret: bytes, bundle: Bundle, vote: Vote, number: int, choice: Choice | None) -> str:
    said: Json = "invalid"
    if choice is not None:
        said = list(complete(vote.method, bundle.election.slate, choice))
    content = canonical(["paper", bundle.public_id, number, said])
    return hmac.new(secret, content, hashlib.sha256).hexdigest()


def _compare(
    session: Session,
    edition: Edition,
    bundle: Bundle,
    mine: Mapping[int, BundlePaper],
    theirs: Mapping[int, BundlePaper],
    secret: bytes,
    actor: Actor,
    now: datetime,
) -> None:
    differing = sorted(number for number in mine if mine[number].digest != theirs[number].digest)
    if differing:
        for number in differing:
            for it in (mine[number], theirs[number]):
                it.digest, it.sealed = "", None
        session.flush()
        after: dict[str, Json] = {"papers": [*differing]}
        bundles.record(session, edition, bundle, "bundle.differs", actor, now, after)
        return
    vote = roll.vote_of(editions.rules_of(session, edition))
    for number, it in mine.items():
        theirs[number].sealed = None
        it.fingerprint = envelopes.fingerprint(
            bundle.election, f"{bundle.public_id}:{number}", it.sealed or b""
        )
    bundle.invalid = sum(it.digest == _digest(secret, bundle, vote, it.number, None) for it in mine.values())
    bundle.state, bundle.agreed_at = BundleState.AGREED, now
    session.flush()
    after = {"papers": bundle.papers, "invalid": bundle.invalid}
    bundles.record(session, edition, bundle, "bundle.agreed", actor, now, after)

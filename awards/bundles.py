"""Bundles: papers of a category, tied together after the close to be entered by two tellers, and how far those are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from awards import audit, editions, elections
from awards.audit import Actor
from awards.models import (
    Bundle,
    BundlePaper,
    BundleState,
    Edition,
    Election,
    ElectionKind,
    ElectionState,
)
from judging.values import Json

MOST = 200
"""Papers in one bundle: more make several."""
BOTH = 2


class BoxOpen(Exception):
    """The vote is still open, or its envelopes are opened: papers are bundled and entered in between."""


class NoSuchBundle(Exception):
    """There is no such bundle."""


class BundleDone(Exception):
    """The bundle is agreed, or set aside: nothing of it is entered any more."""


class NotThatMany(Exception):
    """A bundle has 1 to 200 papers."""


class Begun(Exception):
    """Somebody has entered a paper of the bundle already, so its number stays."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How far one teller is: papers entered, and those to be entered again because two had entered different things."""

    account: int
    done: frozenset[int]
    again: frozenset[int]


@dataclass(frozen=True, slots=True)
class Sight:
    """A bundle with how far its tellers are, by the row numbers of their accounts."""

    bundle: Bundle
    tellers: Mapping[int, Entered]

    def of(self, account: int) -> Entered:
        return self.tellers.get(account, Entered(account, frozenset(), frozenset()))

    @property
    def differing(self) -> tuple[int, ...]:
        """The numbers of the papers that both have to look at once more."""
        return tuple(sorted({number for it in self.tellers.values() for number in it.again}))

    def is_for(self, account: int) -> bool:
        """Whether somebody may enter it, or goes on doing so."""
        return self.bundle.state is BundleState.OPEN and (account in self.tellers or len(self.tellers) < BOTH)

    def next_of(self, account: int, after: int = 0) -> int | None:
        """The next paper that somebody has to enter, from a number on and then from the first; None where all are."""
        done = self.of(account).done
        left = [number for number in range(1, self.bundle.papers + 1) if number not in done]
        return next((number for number in left if number > after), left[0] if left else None)


def make(
    session: Session, edition: Edition, election: Election, papers: int, *, actor: Actor, now: datetime
) -> Bundle:
    """Tie papers of a category together, under its next number. Raises BoxOpen, NotThatMany."""
    editions.lock(session, edition)
    session.refresh(election)
    _need_closed(election)
    _need_number(papers)
    last = session.scalar(select(func.max(Bundle.number)).where(Bundle.election_id == election.id))
    bundle = Bundle(
        election_id=election.id,
        number=(last or 0) + 1,
        papers=papers,
        made_at=now,
        made_by_id=actor.account.id,
    )
    session.add(bundle)
    session.flush()
    session.refresh(bundle)
    record(session, edition, bundle, "bundle.made", actor, now, {"papers": papers})
    return bundle


def correct(
    session: Session, edition: Edition, bundle: Bundle, papers: int, *, actor: Actor, now: datetime
) -> None:
    """State another number of papers, while nobody has entered any. Raises BoxOpen, BundleDone, Begun, NotThatMany."""
    take(session, edition, bundle)
    _need_number(papers)
    if rows(session, bundle):
        raise Begun(bundle.public_id)
    before, bundle.papers = bundle.papers, papers
    session.flush()
    record(session, edition, bundle, "bundle.corrected", actor, now, {"papers": papers, "before": before})


def find(session: Session, edition: Edition, public_id: str) -> Bundle:
    """A bundle of the edition. Raises NoSuchBundle."""
    found = session.scalars(
        select(Bundle)
        .join(Election, Election.id == Bundle.election_id)
        .where(Election.edition_id == edition.id, Bundle.public_id == public_id)
        .options(joinedload(Bundle.election))
    ).first()
    if found is None:
        raise NoSuchBundle(public_id)
    return found


def of_edition(session: Session, edition: Edition) -> list[Sight]:
    """Every bundle of an edition by category and number, with how far its tellers are; after two queries."""
    bundles = session.scalars(
        select(Bundle)
        .join(Election, Election.id == Bundle.election_id)
        .where(Election.edition_id == edition.id)
        .options(joinedload(Bundle.election))
        .order_by(Election.category, Election.number, Bundle.number)
    ).all()
    entered = session.execute(
        select(BundlePaper.bundle_id, BundlePaper.account_id, BundlePaper.number, BundlePaper.digest).where(
            BundlePaper.bundle_id.in_([it.id for it in bundles])
        )
    ).all()
    found: dict[int, list[tuple[int, int, str]]] = {}
    for bundle, account, number, digest in entered:
        found.setdefault(bundle, []).append((account, number, digest))
    return [_sight(it, found.get(it.id, ())) for it in bundles]


def look(session: Session, bundle: Bundle) -> Sight:
    """A bundle with how far its tellers are."""
    return _sight(bundle, [(it.account_id, it.number, it.digest) for it in rows(session, bundle)])


def _sight(bundle: Bundle, rows: Collection[tuple[int, int, str]]) -> Sight:
    return Sight(
        bundle,
        {
            account: Entered(
                account,
                frozenset(number for who, number, digest in rows if who == account and digest),
                frozenset(number for who, number, digest in rows if who == account and not digest),
            )
            for account in sorted({it[0] for it in rows})
        },
    )


def take(session: Session, edition: Edition, bundle: Bundle) -> None:
    """Hold a bundle that is open, of a vote that is closed. Raises BoxOpen, BundleDone."""
    editions.lock(session, edition)
    session.refresh(bundle)
    session.refresh(bundle.election)
    if bundle.state is not BundleState.OPEN:
        raise BundleDone(bundle.state.value)
    _need_closed(bundle.election)


def _need_closed(election: Election) -> None:
    if election.state is not ElectionState.CLOSED or election.kind is ElectionKind.PUBLIC:
        raise BoxOpen(election.category)


def _need_number(papers: int) -> None:
    if not 1 <= papers <= MOST:
        raise NotThatMany(papers)


def rows(session: Session, bundle: Bundle) -> Sequence[BundlePaper]:
    """All that was entered of a bundle, by whomever."""
    return session.scalars(
        select(BundlePaper)
        .where(BundlePaper.bundle_id == bundle.id)
        .execution_options(populate_existing=True)
    ).all()


def record(
    session: Session,
    edition: Edition,
    bundle: Bundle,
    action: str,
    actor: Actor,
    now: datetime,
    after: Mapping[str, Json],
) -> None:
    """The audit event of what was done to a bundle: numbers, and nothing of any choice."""
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"{bundle.election.category} bundle {bundle.number}",
        now=now,
        edition=edition,
        after=after,
    )


def waiting(session: Session, edition: Edition) -> list[Election]:
    """The elections whose papers can be bundled now."""
    return list(elections.of_edition(session, edition, ElectionState.CLOSED))

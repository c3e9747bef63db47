"""Citations: why a nomination won, in each language, written by the chair until the winners are public."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from awards import accounts, audit, chairs, editions, publication
from awards.audit import Actor
from awards.chairs import NotTheChair
from awards.models import Account, Award, AwardState, Edition, PublicationKind, Role
from awards.writing import cleaned
from judging.values import canonical

LONGEST = 1000


class CitationTooLong(Exception):
    """A citation has at most 1,000 characters. `languages` are those in which it has more."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        super().__init__(", ".join(languages))
        self.languages = languages


class CitationChanged(Exception):
    """The citation was written anew since its page was shown."""


class CitationFixed(Exception):
    """The winners of the category are public, or the prize is not given any more: its citation stays as it is."""


def write(
    session: Session,
    edition: Edition,
    award: Award,
    texts: Mapping[str, str],
    *,
    seen: str | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Keep the citation of a prize, by language; whether anything changed. An empty text takes one away.

    Languages that the rules don't have are left out. `seen`: what `stamp` gave for what was shown, None for whatever
    stands. Raises CitationFixed, CitationChanged, CitationTooLong, NotTheChair.
    """
    editions.lock(session, edition)
    session.refresh(award)
    if not is_open(session, edition, award):
        raise CitationFixed(award.prize)
    need_writer(session, edition, award, actor=actor)
    languages = editions.rules_of(session, edition).languages
    wanted = {key: said for key in languages if (said := cleaned(texts.get(key, "")))}
    if wanted == award.citations:
        return False
    if seen not in (None, stamp(award)):
        raise CitationChanged(award.prize)
    if long := tuple(key for key, said in wanted.items() if len(said) > LONGEST):
        raise CitationTooLong(long)
    before, award.citations = dict(award.citations), wanted
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="citation.written",
        subject=f"{award.nomination.reference} {award.prize}",
        now=now,
        edition=edition,
        before=before,
        after=wanted,
    )
    return True


def need_writer(session: Session, edition: Edition, award: Award, *, actor: Actor) -> None:
    """Raises NotTheChair for everybody but who acts as chair: an organiser without an interest where all are bound."""
    its = [award.nomination]
    if actor.operator or not chairs.table_of(session, edition).all_bound(its, award.category):
        chairs.need(session, edition, its, award.category, actor=actor)
    elif not may_stand_in(session, edition, award, actor.account):
        raise NotTheChair(None)


def may_stand_in(session: Session, edition: Edition, award: Award, account: Account) -> bool:
    """Whether somebody writes a citation where chair and deputies all have a conflict."""
    is_organiser = accounts.has_grant(session, account, Role.ORGANISER, edition=edition)
    return is_organiser and not chairs.bound(session, edition, account, [award.nomination])


def is_open(session: Session, edition: Edition, award: Award) -> bool:
    """Whether the citation of a prize may still be written."""
    shown = publication.latest(session, edition, award.category, PublicationKind.WINNERS)
    return award.state is AwardState.GIVEN and shown is None


def stamp(award: Award) -> str:
    """What tells one state of a citation from another."""
    return hashlib.sha256(canonical(dict(award.citations))).hexdigest()[:16]

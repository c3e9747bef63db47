"""Joining: a judge who accepted says who they are, what they can read and where they belong, and may correct it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from awards import affiliations, audit, conduct, conflicts, editions, inviting, organisations, profiles
from awards.audit import Actor
from awards.conflicts import Search
from awards.models import Account, Edition, Judge, JudgeState, Organisation
from awards.models.base import Document

SHOWN = ("name", "office", "organisation", "country")
"""What may be published of a judge."""
MOST_CAPACITY = 10_000


class NotOnPanel(Exception):
    """Only a judge who has accepted, and has not left, can say this."""


class CategoryNotAsked(Exception):
    """A judge reads categories among those that they were asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a judge belongs; an organisation that is given by its name is looked up, and listed where it is new."""

    organisation: Organisation | str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a judge says of themselves. No categories means all that they were asked for; `capacity` None any number.

    `working_languages`: those of `languages` that they read with some effort. `expertise` by category: 0 none, 1 some,
    2 an expert; empty where they haven't said.
    """

    name: str
    office: str
    nationality: str
    residence: str
    places: tuple[Place, ...]
    languages: tuple[str, ...]
    categories: tuple[str, ...]
    capacity: int | None
    shown: tuple[str, ...]
    working_languages: tuple[str, ...] = ()
    expertise: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an organiser states of a judge's reading; what is None stays as it is, and `least` 0 is no minimum."""

    expertise: Mapping[str, int] | None = None
    working_languages: Sequence[str] | None = None
    least: int | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """The wording of the code of conduct that was shown to whoever agrees."""

    language: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Joined:
    """What followed: whether anything changed, what the search for conflicts did, nominations closed to the judge."""

    changed: bool
    search: Search
    closed: int


def join(
    session: Session,
    edition: Edition,
    judge: Judge,
    statement: Statement,
    *,
    agreed: Agreed | None = None,
    actor: Actor,
    now: datetime,
) -> Joined:
    """Keep what a judge states, and search for conflicts anew; what was issued and is in conflict now ends.

    Raises what `keep` raises.
    """
    changed = keep(session, edition, judge, statement, agreed=agreed, actor=actor, now=now)
    search = conflicts.find(session, edition, actor=actor, now=now, moved=[judge])
    mine = sum(1 for who, _ in conflicts.blocked(session, edition) if who == judge.id)
    return Joined(changed, search, mine)


def keep(
    session: Session,
    edition: Edition,
    judge: Judge,
    statement: Statement,
    *,
    agreed: Agreed | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Keep what a judge states, and say whether it is anything new; the caller searches for conflicts.

    Raises NotOnPanel, ConductNotAgreed, ConductChanged, CategoryNotAsked, OrganisationAmbiguous, TooManySuggested.
    """
    editions.lock(session, edition)
    session.refresh(judge)
    if judge.state is not JudgeState.ACCEPTED:
        raise NotOnPanel(judge.public_id)
    offered = inviting.offered(session, edition, judge)
    if any(key not in offered for key in statement.categories):
        raise CategoryNotAsked(", ".join(statement.categories))
    if not conduct.has_agreed(session, edition, judge):
        if agreed is None:
            raise conduct.ConductNotAgreed(edition.key)
        conduct.agree(session, edition, judge, language=agreed.language, sha256=agreed.sha256, now=now)
    before = _said(judge)
    _state(judge, statement, offered, len(editions.open_categories(session, edition)))
    places = [_row(session, it, actor=actor, now=now) for it in statement.places]
    moved = affiliations.settle(session, judge.account, places, now=now)
    named = _name(session, judge.account, statement, actor=actor, now=now)
    after = _said(judge)
    if changed := before != after or moved or named:
        audit.record(
            session,
            actor=actor,
            action="judge.stated",
            subject=judge.public_id,
            now=now,
            edition=edition,
            before=before,
            after={**after, "moved": moved},
        )
    return changed


def set_reading(
    session: Session,
    edition: Edition,
    judge: Judge,
    categories: Sequence[str],
    capacity: int | None,
    *,
    more: Reading | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """An organiser changes what a judge reads and how much, and hears whether that is anything new; what was issued
    stays. No categories means all. `more` is what the assignment weighs besides.

    Raises NotOnPanel, and CategoryNotAsked for one that is not judged.
    """
    editions.lock(session, edition)
    session.refresh(judge)
    if judge.state is not JudgeState.ACCEPTED:
        raise NotOnPanel(judge.public_id)
    open_ones = editions.open_categories(session, edition)
    if any(key not in open_ones for key in categories):
        raise CategoryNotAsked(", ".join(categories))
    before = _said(judge)
    judge.categories = [] if set(categories) >= set(open_ones) else list(categories)
    judge.capacity = capacity
    _weigh(judge, more or Reading())
    if changed := before != _said(judge):
        audit.record(
            session,
            actor=actor,
            action="judge.reading_changed",
            subject=judge.public_id,
            now=now,
            edition=edition,
            before=before,
            after=_said(judge),
        )
    return changed


def _state(judge: Judge, statement: Statement, offered: Sequence[str], every: int) -> None:
    everything = set(statement.categories) >= set(offered) and len(offered) == every
    judge.nationality, judge.residence = statement.nationality, statement.residence
    judge.languages = list(statement.languages)
    judge.categories = [] if everything else list(statement.categories or offered)
    judge.capacity = statement.capacity
    judge.shown = [it for it in SHOWN if it in statement.shown]
    judge.working_languages = [it for it in statement.languages if it in statement.working_languages]
    judge.expertise = dict(statement.expertise)


def _weigh(judge: Judge, more: Reading) -> None:
    if more.expertise is not None:
        judge.expertise = dict(more.expertise)
    if more.working_languages is not None:
        judge.working_languages = [it for it in judge.languages if it in more.working_languages]
    if more.least is not None:
        judge.least = more.least or None
    if more.region is not None:
        judge.region = more.region


def _row(session: Session, place: Place, *, actor: Actor, now: datetime) -> affiliations.Place:
    body: Organisation | str = place.organisation
    if isinstance(body, str) and body:
        body = profiles.organisation_named(session, body, place.city, place.country, actor=actor, now=now)
    if not isinstance(body, Organisation):
        return None, place.city, place.country
    organisations.settle(body, country=place.country)
    return body.id, place.city, place.country


def _name(session: Session, account: Account, statement: Statement, *, actor: Actor, now: datetime) -> bool:
    profile = replace(profiles.of(account), name=statement.name, office=statement.office)
    return profiles.change(session, account, profile, actor=actor, now=now)


def _said(judge: Judge) -> Document:
    return {
        "nationality": judge.nationality,
        "residence": judge.residence,
        "languages": list(judge.languages),
        "categories": list(judge.categories),
        "capacity": judge.capacity,
        "least": judge.least,
        "expertise": dict(judge.expertise),
        "working_languages": list(judge.working_languages),
        "region": judge.region,
        "shown": list(judge.shown),
        "conduct": judge.conduct_version,
    }

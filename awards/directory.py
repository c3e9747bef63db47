"""Finding an organisation by whatever name, in whatever script, and adding one that isn't listed yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from unicodedata import normalize

from babel import Locale
from babel.languages import get_official_languages
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from awards import folding, organisations
from awards.audit import Actor
from awards.models import Organisation, OrganisationAlias
from awards.organisations import OrganisationAmbiguous

MOST = 20
MOST_READ = 20_000
MOST_SUGGESTED = 20
LONGEST_SEARCH = 200
SHORTEST_WITH_SLIP = 4
SPOKEN_HERE = ("en", "ko")

_fold = lru_cache(maxsize=65_536)(folding.fold)


class AlreadyListed(Exception):
    """The directory has an organisation of that name in that country: `organisation`."""

    def __init__(self, organisation: Organisation) -> None:
        super().__init__(organisation.name)
        self.organisation = organisation


class TooManySuggested(Exception):
    """One person has added as many organisations as wait for the secretariat's confirmation at a time."""


class Fit(IntEnum):
    """How well a name answers a search, best first. A slip is one letter too many, too few, wrong or changed round."""

    SAME = 0
    BEGINS = 1
    WORDS_BEGIN = 2
    WITH_PLACE = 3
    CONTAINS = 4
    SLIP = 5


@dataclass(frozen=True, slots=True)
class _Entry:
    """An organisation as the search sees it: names and city folded, and the words of where it is."""

    id: int
    names: tuple[str, ...]
    city: str
    place: tuple[str, ...]
    rank: tuple[bool, bool, str]


def search(
    session: Session, text: str, *, kinds: Collection[str] = (), most: int = MOST
) -> list[Organisation]:
    """The organisations that a text may mean, best first: by own name, other languages' names, aliases and city.

    `kinds`: only those. One that was merged leads to the one it turned out to be. Always four queries.
    """
    wanted = _fold(text[:LONGEST_SEARCH])
    entries, target = _entries(session, kinds)
    found: dict[int, tuple[Fit, int, tuple[bool, bool, str]]] = {}
    for tolerant in (False, True):
        for entry in entries if wanted else ():
            fit = _fit_with_slip(wanted, entry) if tolerant else _fit(wanted, entry)
            end = target.get(entry.id, entry.id)
            if fit is not None and (end not in found or fit < found[end][:2]):
                found[end] = (*fit, entry.rank)
        if found:
            break
    first = sorted(found, key=lambda it: (*found[it], it))[:most]
    rows = select(Organisation).where(Organisation.id.in_(first)).options(selectinload(Organisation.aliases))
    by_id = {it.id: it for it in session.scalars(rows)}
    return [by_id[it] for it in first if it in by_id]


def find(session: Session, identifier: str) -> Organisation | None:
    """The organisation of a public identifier; for one that was merged, the one it turned out to be."""
    if not identifier.isascii() or not identifier.isprintable():
        return None
    found = session.scalars(select(Organisation).where(Organisation.public_id == identifier)).first()
    return organisations.standing_for(found) if found is not None else None


def suggest(
    session: Session,
    *,
    name: str,
    english: str,
    kind: str,
    city: str,
    country: str,
    actor: Actor,
    now: datetime,
) -> Organisation:
    """Add an organisation that isn't listed; an organiser confirms it. `name` is in its own script.

    Raises AlreadyListed, TooManySuggested.
    """
    for it in (name, english):
        if (known := _listed(session, it, country)) is not None:
            raise AlreadyListed(known)
    waiting = select(func.count()).where(
        Organisation.suggested_by_id == actor.account.id, Organisation.confirmed.is_(False)
    )
    if (session.scalar(waiting) or 0) >= MOST_SUGGESTED:
        raise TooManySuggested
    made = organisations.make(english or name, country=country, city=city, kind=kind, confirmed=False)
    made.suggested_by_id = actor.account.id
    made.names = {"en": english} if english else {}
    if name and name != english:
        made.names = {**made.names, _language_of(country): name}
        organisations.add_aliases(made, [name])
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError as error:  # somebody added it in the same moment
        if (known := _listed(session, made.name, country)) is None:
            raise
        raise AlreadyListed(known) from error
    organisations.record_made(session, [made], actor=actor, now=now)
    return made


def _listed(session: Session, name: str, country: str) -> Organisation | None:
    if not name:
        return None
    try:
        found = organisations.match(session, name, country)
    except OrganisationAmbiguous:
        return None
    return organisations.standing_for(found) if found is not None and found.country == country else None


def _language_of(country: str) -> str:
    """The language that a body's own name is taken to be in: the first official one that isn't English."""
    spoken = get_official_languages(country, de_facto=True) if country else ()
    return next((tag for tag in spoken if tag != "en"), "und")


def _entries(session: Session, kinds: Collection[str]) -> tuple[list[_Entry], dict[int, int]]:
    """Every organisation as the search sees it, and which one each merged one leads to."""
    it = Organisation
    rows = session.execute(
        select(
            it.id,
            it.name,
            it.names,
            it.city,
            it.country,
            it.kind,
            it.confirmed,
            it.membership,
            it.merged_into_id,
        )
        .order_by(it.confirmed.desc(), it.id)
        .limit(MOST_READ)
    ).all()
    into = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
    target = {merged: organisations.line(into, merged)[-1] for merged in into}
    allowed = {row.id for row in rows if not kinds or row.kind in kinds}
    aliases: dict[int, list[str]] = {}
    for owner, folded in session.execute(select(OrganisationAlias.organisation_id, OrganisationAlias.folded)):
        aliases.setdefault(owner, []).append(folded)
    entries = []
    for row in rows:
        if target.get(row.id, row.id) not in allowed:
            continue
        names = {_fold(row.name): None} | {_fold(str(name)): None for name in (row.names or {}).values()}
        names |= dict.fromkeys(aliases.get(row.id, ()))
        rank = (not row.confirmed, row.membership == "none", _fold(row.name))
        entries.append(_Entry(row.id, tuple(names), _fold(row.city), _words_of(row.country), rank))
    return entries, target


@lru_cache(maxsize=512)
def _words_of(country: str) -> tuple[str, ...]:
    """How people write a country beside a name: its code, and its names in our languages."""
    names = (str(Locale(tag).territories.get(country, "")) for tag in SPOKEN_HERE)
    return tuple(word for name in (country, *names) for word in _fold(name).split())


def _fit(wanted: str, entry: _Entry) -> tuple[Fit, int] | None:
    """The best fit of an organisation; its own names come before its city."""
    fits = [(fit, 0) for name in entry.names if (fit := _fit_of(wanted, name)) is not None]
    if entry.city and (fit := _fit_of(wanted, entry.city)) is not None:
        fits.append((fit, 1))
    if not fits and " " in wanted and _begin(wanted, [*_words([*entry.names, entry.city]), *entry.place]):
        own = _words([*entry.names, entry.city])
        if any(_begin(word, own) for word in wanted.split()):
            fits.append((Fit.WITH_PLACE, 0))
    return min(fits, default=None)


def _fit_of(wanted: str, name: str) -> Fit | None:
    if not name:
        return None
    if name == wanted:
        return Fit.SAME
    if name.startswith(wanted):
        return Fit.BEGINS
    if _begin(wanted, name.split()):
        return Fit.WORDS_BEGIN
    if wanted in name or wanted.replace(" ", "") in name.replace(" ", ""):
        return Fit.CONTAINS
    return None


def _begin(wanted: str, words: Iterable[str]) -> bool:
    """Whether every word that was searched for begins one of the words."""
    there = tuple(words)
    return all(any(word.startswith(part) for word in there) for part in wanted.split())


def _words(names: Iterable[str]) -> list[str]:
    return [word for name in names for word in name.split()]


def _fit_with_slip(wanted: str, entry: _Entry) -> tuple[Fit, int] | None:
    letters = normalize("NFD", wanted.replace(" ", ""))
    if len(letters) < SHORTEST_WITH_SLIP:
        return None
    for place, name in enumerate((*entry.names, entry.city)):
        if any(_is_slip(letters, normalize("NFD", it)) for it in _readings(name)):
            return Fit.SLIP, int(place == len(entry.names))
    return None


def _readings(name: str) -> Iterator[str]:
    """A name as it may have been meant: as a whole, or one word of it."""
    yield name.replace(" ", "")
    if " " in name:
        yield from name.split()


def _is_slip(one: str, other: str) -> bool:
    """Whether two spellings differ by one letter, or by two letters changed round."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    while rest and others and rest[-1] == others[-1]:
        rest, others = rest[:-1], others[:-1]
    return max(len(rest), len(others)) <= 1 or (len(rest) == 2 and rest == others[::-1])

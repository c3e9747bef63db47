"""The directory of cities and other bodies: matching a name, making what is unknown, who lies inside whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from babel import Locale
from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session, selectinload

from awards import audit
from awards.audit import Actor
from awards.folding import fold
from awards.models import Organisation, OrganisationAlias

LONGEST_NAME = 200
OTHER = "other"

_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())


class OrganisationAmbiguous(Exception):
    """A name fits several organisations; say which by its country or its full name."""


@dataclass(slots=True)
class Directory:
    """Organisations by folded name and by folded alias, for matching many names after two queries."""

    by_name: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))
    by_alias: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))

    def add(self, organisation: Organisation) -> None:
        """One that was merged lends its names to the one that stands for it."""
        standing = standing_for(organisation)
        if standing is organisation:
            self.by_name[organisation.folded].append(organisation)
        names = [alias.folded for alias in organisation.aliases]
        for name in names if standing is organisation else [organisation.folded, *names]:
            if standing not in (*self.by_alias[name], *self.by_name.get(name, ())):
                self.by_alias[name].append(standing)

    def match(self, name: str, country: str = "") -> Organisation | None:
        """The organisation of that name in that country, anywhere where none is given.

        Its own name counts before an alias of another one, and one of that country before one whose country nobody
        has stated. Raises OrganisationAmbiguous.
        """
        key = key_of(name)
        for place in (country, "") if country else (None,):
            for table in (self.by_name, self.by_alias):
                found = [it for it in table.get(key, ()) if place is None or it.country == place]
                if len(found) > 1:
                    raise OrganisationAmbiguous(name)
                if found:
                    return found[0]
        return None


@cache
def countries() -> frozenset[str]:
    """The countries of ISO 3166, by their two letters."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def country_code(text: str) -> str | None:
    """The two letters of a country as a file gives them, None for what is no country."""
    return text.upper() if text.upper() in countries() else None


def key_of(name: str) -> str:
    """What a name is matched by."""
    return fold(name)[:LONGEST_NAME].strip()


def directory(session: Session) -> Directory:
    found = Directory()
    query = select(Organisation).options(selectinload(Organisation.aliases)).order_by(Organisation.id)
    for organisation in sorted(session.scalars(query), key=_is_merged):
        found.add(organisation)
    return found


def _is_merged(organisation: Organisation) -> bool:
    return organisation.merged_into_id is not None


def standing_for(organisation: Organisation) -> Organisation:
    """The organisation itself, or the one that it was merged into."""
    seen = {organisation.id}
    while organisation.merged_into is not None and organisation.merged_into.id not in seen:
        organisation = organisation.merged_into
        seen.add(organisation.id)
    return organisation


def standing(session: Session) -> Mapping[int, int]:
    """The row that stands for each one that was merged, by row numbers: `standing.get(row, row)`."""
    merged = select(Organisation.id, Organisation.merged_into_id).where(
        Organisation.merged_into_id.is_not(None)
    )
    into = {row: target for row, target in session.execute(merged) if target is not None}
    return {row: line(into, row)[-1] for row in into}


def match(session: Session, name: str, country: str = "") -> Organisation | None:
    """The organisation of that name or alias in that country, anywhere where none is given.

    Raises OrganisationAmbiguous.
    """
    key, found = key_of(name), Directory()
    query = (
        select(Organisation)
        .where(or_(Organisation.folded == key, Organisation.aliases.any(OrganisationAlias.folded == key)))
        .options(selectinload(Organisation.aliases))
    )
    if country:
        query = query.where(Organisation.country.in_((country, "")))
    for organisation in sorted(session.scalars(query), key=_is_merged):
        found.add(organisation)
    return found.match(name, country)


def find_or_make(
    session: Session,
    name: str,
    *,
    country: str = "",
    city: str = "",
    kind: str = OTHER,
    confirmed: bool = True,
    actor: Actor,
    now: datetime,
) -> tuple[Organisation, bool]:
    """The organisation of that name in that country, made where there is none; True where it was made.

    Raises OrganisationAmbiguous.
    """
    found = match(session, name, country)
    if found is not None:
        settle(found, country=country)
        return found, False
    made = make(name, country=country, city=city, kind=kind, confirmed=confirmed)
    session.add(made)
    session.flush()
    record_made(session, [made], actor=actor, now=now)
    return made, True


def settle(organisation: Organisation, *, country: str) -> None:
    """State the country of an organisation for which nobody had stated one."""
    organisation.country = organisation.country or country


def make(
    name: str, *, country: str, city: str = "", kind: str = OTHER, confirmed: bool = True
) -> Organisation:
    """An organisation, not yet saved."""
    key = key_of(name)
    return Organisation(
        name=name,
        folded=key,
        sort_key=key,
        country=country,
        city=city,
        kind=kind,
        confirmed=confirmed,
        aliases=[],
    )


def save_all(session: Session, made: Sequence[Organisation]) -> dict[tuple[str, str], int]:
    """Save organisations without aliases, in one statement. Their rows by country and folded name."""
    if not made:
        return {}
    columns = ("name", "folded", "sort_key", "country", "city", "kind", "confirmed")
    session.execute(insert(Organisation), [{name: getattr(it, name) for name in columns} for it in made])
    query = select(Organisation.country, Organisation.folded, Organisation.id)
    return {(row.country, row.folded): row.id for row in session.execute(query)}


def record_made(session: Session, made: Iterable[Organisation], *, actor: Actor, now: datetime) -> None:
    """Put into the audit which organisations were made, one event for all of them."""
    names: list[str] = [f"{organisation.name} ({organisation.country or '-'})" for organisation in made]
    if names:
        audit.record(
            session,
            actor=actor,
            action="organisation.made",
            subject=f"{len(names)} organisations" if len(names) > 1 else names[0][:LONGEST_NAME],
            now=now,
            after={"names": list(names)},
        )


def parents(session: Session) -> dict[int, int]:
    """The parent of each organisation that has one, by row number, for `are_kin`; merged ones are left out."""
    query = select(Organisation.id, Organisation.parent_id).where(
        Organisation.parent_id.is_not(None), Organisation.merged_into_id.is_(None)
    )
    stands = standing(session)
    return {
        child: stands.get(parent, parent) for child, parent in session.execute(query) if parent is not None
    }


def are_kin(parents: Mapping[int, int], one: int, other: int) -> bool:
    """Whether two organisations are the same, or one lies inside the other at any depth."""
    return one in line(parents, other) or other in line(parents, one)


def line(parents: Mapping[int, int], organisation: int) -> tuple[int, ...]:
    """An organisation, the one that contains it, and so on."""
    return tuple(_upwards(parents, organisation))


def related(session: Session, one: Organisation, other: Organisation) -> bool:
    """Whether two organisations are the same, or one lies inside the other at any depth."""
    return are_kin(parents(session), standing_for(one).id, standing_for(other).id)


def _upwards(parents: Mapping[int, int], organisation: int) -> Iterator[int]:
    seen: set[int] = set()
    step: int | None = organisation
    while step is not None and step not in seen:
        seen.add(step)
        yield step
        step = parents.get(step)


def add_aliases(organisation: Organisation, names: Iterable[str]) -> bool:
    """Let an organisation be found by more names. True where one was new."""
    known = {organisation.folded} | {alias.folded for alias in organisation.aliases}
    added = False
    for name in names:
        if key_of(name) not in known:
            known.add(key_of(name))
            organisation.aliases.append(OrganisationAlias(name=name, folded=key_of(name)))
            added = True
    return added

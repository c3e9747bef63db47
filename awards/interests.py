"""What people have in common with nominations: organisation, city, country, or their own name in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from awards import editions
from awards.folding import fold
from awards.likeness import FORMS_OF_ADDRESS
from awards.models import (
    Account,
    Affiliation,
    ConflictSource,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationPartner,
    NominationRevision,
    NominationState,
    Organisation,
    OrganisationAlias,
)
from awards.organisations import OTHER, standing_for
from judging.programme import LOCAL_GOVERNMENTS
from judging.values import SameCountry

Place = int | tuple[str, str]
"""A place as it is compared: an organisation of the directory, or a country and a folded name.

Where nobody has stated the country of a body it is empty, and such a place is near everybody of that name."""

NOT_PUT_FORWARD = (NominationState.DRAFT, NominationState.WITHDRAWN)
INTERNATIONAL = "international"

_Key = TypeVar("_Key", int, str, Place)


@dataclass(frozen=True, slots=True)
class Found:
    """An interest of a judge in a nomination, by their rows' numbers; `detail` is what they share."""

    judge: int
    nomination: int
    source: ConflictSource
    detail: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What one person shares with a nomination, by its row's number."""

    nomination: int
    source: ConflictSource
    detail: str


def of_person(
    session: Session, edition: Edition, account: Account, *, written: Nomination | None = None
) -> Iterator[Shared]:
    """Every interest of one person in the nominations of an edition, but for their country; a nomination may come
    more than once. Their addresses in a text name them as their name does. Of `written` the newest text counts too,
    submitted or not.
    """
    directory = _Directory.of(session)
    field = _Field.of(session, edition, directory, written)
    for tie in session.scalars(
        select(Affiliation).where(Affiliation.account_id == account.id, Affiliation.ended_on.is_(None))
    ):
        yield from _tied(tie, field, directory, countries=False)
    yield from _named(account, field)
    addresses = [f" {fold(address.email)} " for address in account.addresses]
    for nomination, text in field.texts.items():
        if any(address in text for address in addresses):
            yield Shared(nomination, ConflictSource.NAMED, account.email)


def search(session: Session, edition: Edition) -> Iterator[Found]:
    """Every interest of the edition's judges in its nominations; a pair may come more than once."""
    judges = session.scalars(
        select(Judge).where(_on_panel(edition)).options(selectinload(Judge.account))
    ).all()
    affiliations: dict[int, list[Affiliation]] = {}
    for tie in session.scalars(
        select(Affiliation).where(
            Affiliation.account_id.in_([judge.account_id for judge in judges]), Affiliation.ended_on.is_(None)
        )
    ):
        affiliations.setdefault(tie.account_id, []).append(tie)
    directory = _Directory.of(session)
    field = _Field.of(session, edition, directory)
    countries = editions.rules_of(session, edition).same_country is not SameCountry.OFF
    for judge in judges:
        for tie in affiliations.get(judge.account_id, ()):
            yield from _of(judge, _tied(tie, field, directory, countries=countries))
        yield from _of(judge, _named(judge.account, field))
        if countries:
            yield from _of(judge, _at_home(judge, field))


def former(session: Session, edition: Edition) -> Iterator[Found]:
    """What the edition's judges had in common with its nominations, but for their country, by an affiliation that
    they have ended since they were asked.
    """
    ended = [
        (judge, tie)
        for judge, tie in session.execute(
            select(Judge, Affiliation)
            .join(Affiliation, Affiliation.account_id == Judge.account_id)
            .where(_on_panel(edition), Affiliation.ended_on.is_not(None))
            .order_by(Affiliation.id.desc())
        )
        if tie.ended_on is not None and tie.ended_on >= judge.at.date()
    ]
    if not ended:
        return
    directory = _Directory.of(session)
    field = _Field.of(session, edition, directory)
    for judge, tie in ended:
        yield from _of(judge, _tied(tie, field, directory, countries=False))


def _on_panel(edition: Edition) -> ColumnElement[bool]:
    return and_(Judge.edition_id == edition.id, Judge.state.in_((JudgeState.INVITED, JudgeState.ACCEPTED)))


def _of(judge: Judge, shared: Iterable[Shared]) -> Iterator[Found]:
    for it in shared:
        yield Found(judge.id, it.nomination, it.source, it.detail)


@dataclass(frozen=True, slots=True)
class _Directory:
    """Organisations as conflicts need them: names, parents, children, cities.

    `by_id` gives for one that was merged the one that stands for it.
    """

    by_name: Mapping[tuple[str, str], frozenset[int]]
    by_id: Mapping[int, Organisation]
    children: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(cls, session: Session) -> _Directory:
        everything = session.scalars(select(Organisation)).all()
        by_id = {it.id: standing_for(it) for it in everything}
        names: dict[tuple[str, str], set[int]] = {}
        children: dict[int, list[int]] = {}
        for it in everything:
            for name in {it.folded, *(fold(str(other)) for other in it.names.values())}:
                names.setdefault((it.country, name), set()).add(by_id[it.id].id)
            if it.parent_id is not None and it.merged_into_id is None:
                children.setdefault(by_id[it.parent_id].id, []).append(it.id)
        for owner, folded in session.execute(
            select(OrganisationAlias.organisation_id, OrganisationAlias.folded)
        ):
            names.setdefault((by_id[owner].country, folded), set()).add(by_id[owner].id)
        return cls(
            {name: frozenset(owners) for name, owners in names.items()},
            by_id,
            {owner: tuple(inside) for owner, inside in children.items()},
        )

    def named(self, city: str, country: str) -> set[Place]:
        """A city by its name: as it is written, and as the directory knows it."""
        if not city:
            return set()
        place = (country, fold(city))
        return {place} | {
            found for found in self.by_name.get(place, ()) if self.by_id[found].kind in LOCAL_GOVERNMENTS
        }

    def places(self, organisation: int | None) -> set[Place]:
        """Where an organisation is: itself if it governs, and its city.

        One of which nothing but the name is known may be the city of that name.
        """
        if organisation is None:
            return set()
        it = self.by_id[organisation]
        if it.kind == OTHER and not it.city:
            return {(it.country, it.folded)}
        return self.named(it.city, it.country) | ({it.id} if it.kind in LOCAL_GOVERNMENTS else set())

    def related(self, organisation: int) -> set[int]:
        """All that contain the organisation and all that it contains, without itself."""
        found, waiting = {organisation}, list(self.children.get(organisation, ()))
        parent = self._parent(organisation)
        while parent is not None and parent not in found:
            found.add(parent)
            parent = self._parent(parent)
        while waiting:
            child = waiting.pop()
            if child not in found:
                found.add(child)
                waiting += self.children.get(child, ())
        return found - {organisation}

    def _parent(self, organisation: int) -> int | None:
        parent = self.by_id[organisation].parent_id
        return None if parent is None else self.by_id[parent].id


@dataclass(frozen=True, slots=True)
class _Field:
    """The nominations, found by what a judge may share with them."""

    by_organisation: Mapping[int, frozenset[int]]
    by_place: Mapping[Place, frozenset[int]]
    by_country: Mapping[str, frozenset[int]]
    texts: Mapping[int, str]
    nominators: Mapping[int, frozenset[int]]

    @classmethod
    def of(
        cls, session: Session, edition: Edition, directory: _Directory, written: Nomination | None = None
    ) -> _Field:
        organisations: dict[int, set[int]] = {}
        places: dict[Place, set[int]] = {}
        countries: dict[str, set[int]] = {}
        texts: dict[int, str] = {}
        nominators: dict[int, set[int]] = {}

        def stand(nomination: int, organisation: int | None, country: str) -> None:
            if country:
                countries.setdefault(country, set()).add(nomination)
            for place in directory.places(organisation):
                places.setdefault(place, set()).add(nomination)
            if organisation is not None:
                organisations.setdefault(directory.by_id[organisation].id, set()).add(nomination)

        for nominator, text in revisions(session, edition, written):
            stand(text.nomination_id, text.organisation_id, text.country)
            for place in directory.named(text.city, text.country):
                places.setdefault(place, set()).add(text.nomination_id)
            texts[text.nomination_id] = texts.get(text.nomination_id, " ") + f"{fold(text_of(text))} "
            if nominator is not None:
                nominators.setdefault(nominator, set()).add(text.nomination_id)
        for nomination, organisation in session.execute(
            select(NominationPartner.nomination_id, NominationPartner.organisation_id)
            .join(Nomination)
            .where(
                Nomination.edition_id == edition.id,
                _put_forward(written),
                NominationPartner.stands(),
            )
        ):
            stand(nomination, organisation, directory.by_id[organisation].country)
        return cls(_frozen(organisations), _frozen(places), _frozen(countries), texts, _frozen(nominators))


def _put_forward(written: Nomination | None) -> ColumnElement[bool]:
    stands = Nomination.state.not_in(NOT_PUT_FORWARD)
    return stands if written is None else or_(stands, Nomination.id == written.id)


def revisions(
    session: Session, edition: Edition, written: Nomination | None = None
) -> Iterator[tuple[int | None, NominationRevision]]:
    """The text of every nomination that stands, with its nominator; and the newest one of `written`."""
    query = (
        select(Nomination.nominator_id, NominationRevision)
        .join(
            NominationRevision,
            and_(
                NominationRevision.nomination_id == Nomination.id,
                NominationRevision.number == Nomination.submitted_number,
            ),
        )
        .where(Nomination.edition_id == edition.id, Nomination.state.not_in(NOT_PUT_FORWARD))
    )
    yield from session.execute(query)
    if written is not None and written.revisions:
        newest = max(written.revisions, key=attrgetter("number"))
        if newest.number != written.submitted_number or written.state in NOT_PUT_FORWARD:
            yield written.nominator_id, newest


def _tied(tie: Affiliation, field: _Field, directory: _Directory, *, countries: bool) -> Iterator[Shared]:
    """What one affiliation of a person has in common with nominations."""
    organisation = directory.by_id.get(tie.organisation_id or 0)
    if organisation is not None:
        for nomination in field.by_organisation.get(organisation.id, ()):
            yield Shared(nomination, ConflictSource.SAME_ORGANISATION, organisation.name)
    near = directory.named(tie.city, tie.country) | directory.places(tie.organisation_id)
    bodies = {place for place in near if isinstance(place, int)} | (
        {organisation.id} if organisation else set()
    )
    names = [tie.city] + ([organisation.city, organisation.name] if organisation else [])
    written = {fold(name): name for name in names if name}
    relatives = set[int]().union(*(directory.related(body) for body in bodies))
    if tie.city:
        near.add(("", fold(tie.city)))
    for place in sorted(near, key=lambda place: (isinstance(place, tuple), str(place))):
        for nomination in field.by_place.get(place, ()):
            yield Shared(nomination, ConflictSource.SAME_CITY, _name_of(place, directory, written))
    for relative in sorted(relatives):
        for nomination in field.by_organisation.get(relative, frozenset()) | field.by_place.get(
            relative, frozenset()
        ):
            yield Shared(nomination, ConflictSource.SAME_CITY, directory.by_id[relative].name)
    if countries and not (organisation is not None and organisation.kind == INTERNATIONAL):
        for nomination in field.by_country.get(tie.country, ()):
            yield Shared(nomination, ConflictSource.SAME_COUNTRY, tie.country)


def _at_home(judge: Judge, field: _Field) -> Iterator[Shared]:
    """Nominations of the countries whose national a judge is, or in which they live."""
    for country in sorted({judge.nationality, judge.residence} - {""}):
        for nomination in field.by_country.get(country, ()):
            yield Shared(nomination, ConflictSource.SAME_COUNTRY, country)


def _named(account: Account, field: _Field) -> Iterator[Shared]:
    """Nominations that name the person, or that the person wrote."""
    names = {form for name in (account.name, account.latin_name) for form in _forms(name)}
    for nomination, text in field.texts.items():
        if any(form in text for form in names):
            yield Shared(nomination, ConflictSource.NAMED, account.name)
    for nomination in field.nominators.get(account.id, ()):
        yield Shared(nomination, ConflictSource.NAMED, account.name)


def _forms(name: str) -> Iterator[str]:
    """How a name would stand in a text: whole words, at least two; a Korean, Chinese or Japanese one as it is."""
    words = [word for word in fold(name).split() if word not in FORMS_OF_ADDRESS]
    written = "".join(words)
    if re.fullmatch(r"[\u3400-\u9fff\uac00-\ud7a3]{3,}", written):
        yield written
    if len(words) > 1:
        yield f" {' '.join(words)} "


def text_of(revision: NominationRevision) -> str:
    """All that a revision says, as one text."""
    parts = [revision.title, revision.organisation_name, revision.summary]
    return " \n ".join([*parts, *_strings(revision.titles), *_strings(revision.content)])


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inside for text in _strings(item)]


def _name_of(place: Place, directory: _Directory, written: Mapping[str, str]) -> str:
    """The name of a place as it is written, where the person's own statements write it; never folded if they do."""
    return directory.by_id[place].name if isinstance(place, int) else written.get(place[1], place[1])


def _frozen(found: dict[_Key, set[int]]) -> dict[_Key, frozenset[int]]:
    return {key: frozenset(nominations) for key, nominations in found.items()}

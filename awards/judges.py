"""Judges of an edition: who they are, where they belong, what they read; taken from a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session, selectinload

from awards import (
    accounts,
    affiliations,
    audit,
    conduct,
    conflicts,
    editions,
    exclusions,
    openings,
    organisations,
)
from awards.audit import Actor
from awards.models import Account, Edition, Judge, JudgeState, Organisation, Role
from awards.organisations import Directory, OrganisationAmbiguous
from awards.tables import FileRefused, Line, Reason, Row, Table, split

REQUIRED = ("name", "email", "organisation", "city", "country")
OPTIONAL = ("languages", "categories")
LONGEST = 200
LANGUAGE = re.compile(r"[a-z]{2,3}\Z")

Tie = tuple[str, str, str]
"""An affiliation as a file gives it: organisation, city, country."""


class NoSuchJudge(Exception):
    """The panel has no accepted judge of that address."""


class ScreenersDoNotJudge(Exception):
    """Whoever screens the nominations of an edition doesn't mark them."""


class PanelComplete(Exception):
    """No round is left in which the panel gives marks."""


@dataclass(frozen=True, slots=True)
class JudgesLoaded:
    """What a list of judges did: addresses by what became of them, organisations made, conflicts found."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    organisations: tuple[str, ...]
    search: conflicts.Search


def of_edition(session: Session, edition: Edition, *states: JudgeState) -> Sequence[Judge]:
    """The judges of an edition by name, in the states named or in any, with their accounts."""
    query = (
        select(Judge)
        .join(Account, Account.id == Judge.account_id)
        .where(Judge.edition_id == edition.id)
        .order_by(Account.sort_key, Judge.id)
        .options(selectinload(Judge.account).selectinload(Account.addresses))
    )
    return session.scalars(query.where(Judge.state.in_(states)) if states else query).all()


def find(session: Session, edition: Edition, email: str) -> Judge:
    """The accepted judge of an address. Raises NoSuchJudge."""
    judge = by_address(of_edition(session, edition, JudgeState.ACCEPTED)).get(accounts.fold_address(email))
    if judge is None:
        raise NoSuchJudge(email)
    return judge


def by_address(judges: Sequence[Judge]) -> dict[str, Judge]:
    """Judges by every address they have."""
    return {address.email.casefold(): judge for judge in judges for address in judge.account.addresses}


def joined(judge: Judge) -> bool:
    """Whether a judge has accepted and agreed to the code of conduct, where the edition has one."""
    if judge.state is not JudgeState.ACCEPTED:
        return False
    session = object_session(judge)
    return judge.conduct_at is not None or session is None or not conduct.is_asked(session, judge.edition_id)


def need_open(session: Session, edition: Edition) -> None:
    """Raise PanelComplete where no round is left in which the panel gives marks."""
    if not openings.is_panel_open(session, edition):
        raise PanelComplete(edition.key)


def load(session: Session, edition: Edition, table: Table, *, actor: Actor, now: datetime) -> JudgesLoaded:
    """Put the people of a list on the panel, as accepted; known ones get the languages, categories and
    affiliations that the list states.

    Raises PanelComplete, and FileRefused with every line that can't be taken.
    """
    editions.lock(session, edition)
    need_open(session, edition)
    directory = organisations.directory(session)
    check(session, edition, table, directory, needed=("name", "email", "country"))
    seating = _Seating(session, edition, directory, actor, now, by_address(of_edition(session, edition)))
    for row in table.rows:
        seating.take(row)
    return seating.finish()


def check(
    session: Session, edition: Edition, table: Table, directory: Directory, *, needed: Sequence[str]
) -> None:
    """Raise FileRefused with every line of a list of judges that can't be taken."""
    categories = tuple(it.key for it in editions.rules_of(session, edition).categories)
    lines, seen = list[Line](), set[str]()
    for row in table.rows:
        lines += _wrong(row, categories, directory, needed)
        if accounts.fold_address(row["email"]) in seen:
            lines.append(Line(row.number, "email", row["email"], Reason.TWICE_IN_FILE))
        seen.add(accounts.fold_address(row["email"]))
    if lines:
        raise FileRefused(lines)


@dataclass(slots=True)
class _Seating:
    """One list on its way onto the panel."""

    session: Session
    edition: Edition
    directory: Directory
    actor: Actor
    now: datetime
    there: dict[str, Judge]
    made: list[Organisation] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    moved: list[Judge] = field(default_factory=list)

    def take(self, row: Row) -> None:
        email = accounts.fold_address(row["email"])
        judge = self.there.get(email)
        is_new = judge is None
        if judge is None:
            account, _ = accounts.find_or_make(
                self.session, email, name=row["name"], actor=self.actor, now=self.now
            )
            judge = Judge(edition_id=self.edition.id, account=account, at=self.now)
        if is_new or judge.state is JudgeState.INVITED:
            self._grant(judge.account, email)
            self.session.add(judge)
        wanted = {
            "languages": [language.casefold() for language in split(row["languages"])],
            "categories": split(row["categories"]),
            "state": JudgeState.ACCEPTED if is_new or judge.state is JudgeState.INVITED else judge.state,
        }
        differs = [name for name, value in wanted.items() if getattr(judge, name) != value]
        for name in differs:
            setattr(judge, name, wanted[name])
        if judge.state is JudgeState.ACCEPTED:
            judge.leaving = judge.left_at = None
        self.session.flush()
        if moved := self._affiliate(judge, ties_of(row)):
            self.moved.append(judge)
        outcome = self.new if is_new else self.changed if differs or moved else self.unchanged
        outcome.append(email)

    def _grant(self, account: Account, email: str) -> None:
        """Give the role of a judge. Raises ScreenersDoNotJudge, NeverBoth."""
        if accounts.has_grant(self.session, account, Role.SCREENER, edition=self.edition):
            raise ScreenersDoNotJudge(email)
        exclusions.check_together(self.session, self.edition, account, Role.JUDGE)
        accounts.grant(
            self.session, account, Role.JUDGE, edition=self.edition, actor=self.actor, now=self.now
        )

    def _affiliate(self, judge: Judge, ties: Sequence[Tie]) -> bool:
        """End the affiliations that no longer hold and begin those that are new. True where any differ."""
        places = [
            (organisation_of(self.session, self.directory, self.made, *tie), tie[1], tie[2]) for tie in ties
        ]
        return affiliations.settle(self.session, judge.account, places, now=self.now)

    def finish(self) -> JudgesLoaded:
        organisations.record_made(self.session, self.made, actor=self.actor, now=self.now)
        search = conflicts.find(self.session, self.edition, actor=self.actor, now=self.now, moved=self.moved)
        audit.record(
            self.session,
            actor=self.actor,
            action="judges.loaded",
            subject=self.edition.key,
            now=self.now,
            edition=self.edition,
            after={
                "new": len(self.new),
                "changed": len(self.changed),
                "unchanged": len(self.unchanged),
                "conflicts": sum(search.found.values()),
            },
        )
        return JudgesLoaded(
            tuple(self.new),
            tuple(self.changed),
            tuple(self.unchanged),
            tuple(f"{it.name} ({it.country})" for it in self.made),
            search,
        )


def organisation_of(
    session: Session, directory: Directory, made: list[Organisation], name: str, city: str, country: str
) -> int | None:
    """The organisation that a list names, by its row; made, and added to `made`, where there is none."""
    if not name:
        return None
    found = directory.match(name, country)
    if found is None:
        found = organisations.make(name, country=country, city=city)
        session.add(found)
        session.flush()
        directory.add(found)
        made.append(found)
    organisations.settle(found, country=country)
    return found.id


def ties_of(row: Row) -> tuple[Tie, ...]:
    """The affiliations of a row. Several are lists of one length; a single city or country goes for all."""
    cells = [split(row[name]) or [""] for name in ("organisation", "city", "country")]
    most = max(len(cell) for cell in cells)
    names, cities, countries = (cell * most if len(cell) == 1 else cell for cell in cells)
    return tuple(
        (name, city, country.upper()) for name, city, country in zip(names, cities, countries, strict=True)
    )


def _wrong(
    row: Row, categories: tuple[str, ...], directory: Directory, needed: Sequence[str]
) -> Iterator[Line]:
    for column in needed:
        if not row[column]:
            yield Line(row.number, column, "", Reason.EMPTY)
    for column in ("name", "organisation", "city"):
        if len(row[column]) > LONGEST and len(split(row[column])) < 2:
            yield Line(row.number, column, row[column], Reason.TOO_LONG, (str(LONGEST),))
    if row["email"] and not accounts.is_address(row["email"]):
        yield Line(row.number, "email", row["email"], Reason.NOT_AN_ADDRESS)
    for country in split(row["country"]):
        if organisations.country_code(country) is None:
            yield Line(row.number, "country", country, Reason.NOT_A_COUNTRY)
    for language in split(row["languages"]):
        if not LANGUAGE.match(language.casefold()):
            yield Line(row.number, "languages", language, Reason.NOT_ONE_OF, ("ISO 639 codes",))
    for category in split(row["categories"]):
        if category not in categories:
            yield Line(row.number, "categories", category, Reason.NOT_ONE_OF, categories)
    yield from _wrong_ties(row, directory)


def _wrong_ties(row: Row, directory: Directory) -> Iterator[Line]:
    """Lists of other lengths don't say what belongs together; a name may fit several organisations."""
    lengths = {len(split(row[column]) or [""]) for column in ("organisation", "city", "country")} - {1}
    if len(lengths) > 1:
        yield Line(row.number, "organisation", row["organisation"], Reason.AMBIGUOUS)
        return
    for name, _, country in ties_of(row):
        try:
            directory.match(name, country)
        except OrganisationAmbiguous:
            yield Line(row.number, "organisation", name, Reason.AMBIGUOUS)

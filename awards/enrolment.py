"""Enrolment: the roll of members or of the public, read from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, delegates, editions, electors, organisations, passes, proxies, roll
from awards.accounts import LONGEST_NAME, fold_address, is_address
from awards.audit import Actor
from awards.delegates import Named
from awards.delegations import LONGEST_POST
from awards.models import (
    Edition,
    Election,
    ElectionState,
    Envelope,
    Organisation,
    RollEntry,
    RollState,
)
from awards.organisations import OrganisationAmbiguous
from awards.proxies import Person
from awards.roll import entitle, of_edition, vote_of
from awards.tables import FileRefused, Line, Reason, Row, Table
from judging.programme import LANGUAGES
from judging.rules import Vote
from judging.values import Electorate

REQUIRED = ("elector",)
OPTIONAL = ("name", "email", "organisation", "office", "language", "contact", "post")

CELLS = ("name", "email", "office", "language", "contact", "post")
EMPTY = dict.fromkeys(("name", "email", "office", "contact", "post"), "")
LONGEST = {"elector": 254, "name": LONGEST_NAME, "office": LONGEST_NAME, "post": LONGEST_POST}


class RollIsThePanel(Exception):
    """The electors are each category's accepted judges, so no roll is loaded."""


@dataclass(slots=True)
class RollLoaded:
    """What loading a roll did: elector by elector."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)


def load(session: Session, edition: Edition, table: Table, *, actor: Actor, now: datetime) -> RollLoaded:
    """Load the roll of an electorate of members or of the public.

    Until the vote opens a file may name other delegates for electors without an envelope. A column that the file
    doesn't have changes nothing. Raises NoVote, RollIsThePanel, VoteClosed, RollFrozen, FileRefused.
    """
    editions.lock(session, edition)
    vote = vote_of(editions.rules_of(session, edition))
    if vote.electorate is Electorate.JUDGES:
        raise RollIsThePanel
    states = set(session.scalars(select(Election.state).where(Election.edition_id == edition.id)))
    roll.need_open(edition)
    reader = _Reader(session, edition, vote, table, is_open=ElectionState.OPEN in states)
    for row in table.rows:
        reader.read(row)
    reader.check_people()
    if not table.rows:
        reader.lines.append(Line(0, "", "", Reason.EMPTY_FILE))
    if reader.lines:
        raise FileRefused(reader.lines)
    loaded = reader.save(actor=actor, now=now)
    for election in session.scalars(
        select(Election).where(
            Election.edition_id == edition.id,
            Election.state.in_((ElectionState.PREPARED, ElectionState.OPEN)),
        )
    ):
        entitle(session, edition, election)
    audit.record(
        session,
        actor=actor,
        action="roll.loaded",
        subject=edition.key,
        now=now,
        edition=edition,
        after={
            "new": len(loaded.new),
            "changed": len(loaded.changed),
            "unchanged": len(loaded.unchanged),
        },
    )
    return loaded


@dataclass(frozen=True, slots=True)
class _Wanted:
    row: Row
    organisation: Organisation | None
    entry: RollEntry | None


class _Reader:
    """Checks every line of a roll before any is saved."""

    def __init__(
        self, session: Session, edition: Edition, vote: Vote, table: Table, *, is_open: bool
    ) -> None:
        self.session, self.edition, self.is_open, self.table = session, edition, is_open, table
        self.members = vote.electorate is Electorate.MEMBERS
        self.directory = organisations.directory(session)
        entries = of_edition(session, edition)
        self.by_elector = {entry.elector.casefold(): entry for entry in entries}
        stands = organisations.standing(session)
        self.by_organisation = {
            stands.get(entry.organisation_id, entry.organisation_id): entry
            for entry in entries
            if entry.organisation_id
        }
        self.has_voted = set(
            session.scalars(
                select(Envelope.roll_entry_id)
                .join(RollEntry, RollEntry.id == Envelope.roll_entry_id)
                .where(
                    RollEntry.edition_id == edition.id,
                    RollEntry.is_public.is_(False),
                    Envelope.struck_because.is_(None),
                )
            )
        )
        self.lines: list[Line] = []
        self.wanted: list[_Wanted] = []
        self.seen: set[str | int] = set()

    def read(self, row: Row) -> None:
        elector, before = row["elector"], len(self.lines)
        if not elector:
            self._refuse(row, "elector", Reason.EMPTY)
            return
        self._check_cells(row)
        organisation = self._organisation(row)
        entry = self.by_elector.get(elector.casefold())
        if self.members and organisation:
            entry = self.by_organisation.get(organisation.id, entry)
        for mark in (elector.casefold(), organisation.id if self.members and organisation else None):
            if mark is not None and mark in self.seen:
                self._refuse(row, "elector", Reason.TWICE_IN_FILE)
                break
            self.seen |= {mark} if mark is not None else set()
        if entry and entry.state is RollState.OUT:
            self._refuse(row, "elector", Reason.NOT_ON_ROLL)
        elif entry and self._differs(row, entry) and (self.is_open or entry.id in self.has_voted):
            self._refuse(row, "elector", Reason.ALREADY_THERE)
        if len(self.lines) == before:
            self.wanted.append(_Wanted(row, organisation, entry))

    def _check_cells(self, row: Row) -> None:
        for column in ("email", "contact"):
            if row[column] and not is_address(row[column]):
                self._refuse(row, column, Reason.NOT_AN_ADDRESS)
        for column, most in LONGEST.items():
            if len(row[column]) > most:
                self.lines.append(Line(row.number, column, row[column], Reason.TOO_LONG, (str(most),)))
        if row["language"] and row["language"] not in LANGUAGES:
            self.lines.append(Line(row.number, "language", row["language"], Reason.NOT_ONE_OF, LANGUAGES))

    def _organisation(self, row: Row) -> Organisation | None:
        column = "organisation" if row["organisation"] else "elector"
        if not self.members and not row["organisation"]:
            return None
        try:
            found = self.directory.match(row[column])
        except OrganisationAmbiguous:
            self._refuse(row, column, Reason.AMBIGUOUS)
            return None
        if found is None and self.members:
            self._refuse(row, column, Reason.NOT_FOUND)
        elif found and self.members and electors.why_out(found) is not None:
            self._refuse(row, column, Reason.NOT_ELIGIBLE)
        return found

    def _differs(self, row: Row, entry: RollEntry) -> bool:
        return any(getattr(entry, column) != value for column, value in self._cells(row).items())

    def _cells(self, row: Row) -> dict[str, str]:
        """What a row says of an elector, by the columns that the file has."""
        found = {column: row[column] for column in CELLS if self.table.has(column)}
        for column in ("email", "contact"):
            if column in found:
                found[column] = fold_address(found[column])
        if not found.get("language"):
            found.pop("language", None)
        return found

    def _refuse(self, row: Row, column: str, reason: Reason) -> None:
        self.lines.append(Line(row.number, column, row[column], reason))

    def check_people(self) -> None:
        """Refuse the lines that name somebody for more electors than the rules let one person vote for."""
        named: dict[object, tuple[Row | None, Person | None]] = {
            it.id: (None, passes.person(it))
            for it in self.by_elector.values()
            if it.state is RollState.ON and it.judge_id is None
        }
        for wanted in self.wanted:
            cells, entry = self._cells(wanted.row), wanted.entry
            email = cells.get("email", entry.email if entry else "")
            name = cells.get("name", entry.name if entry else "")
            named[entry.id if entry else wanted.row["elector"]] = (wanted.row, passes.person_of(email, name))
        for rows in proxies.beyond_of(self.session, self.edition, named.values()):
            for row in rows:
                if row is not None:
                    self._refuse(row, "name", Reason.TOO_MANY_BALLOTS)

    def save(self, *, actor: Actor, now: datetime) -> RollLoaded:
        loaded = RollLoaded()
        for wanted in self.wanted:
            row, entry = wanted.row, wanted.entry
            organisation = wanted.organisation or self._make(row, loaded, actor=actor, now=now)
            if entry is None:
                entry = RollEntry(
                    edition_id=self.edition.id,
                    elector=row["elector"],
                    organisation_id=organisation.id if organisation else None,
                    sort_key=row["elector"].casefold(),
                    language=self.edition.language,
                    **EMPTY,
                )
                self.session.add(entry)
                loaded.new.append(row["elector"])
            else:
                (loaded.changed if self._differs(row, entry) else loaded.unchanged).append(entry.elector)
            self._write(entry, row, actor=actor, now=now)
        self.session.flush()
        return loaded

    def _write(self, entry: RollEntry, row: Row, *, actor: Actor, now: datetime) -> None:
        """Take over what a row says; another delegate of a member ends what the one before could come in by."""
        before = (entry.name, entry.email)
        for column, value in self._cells(row).items():
            setattr(entry, column, value)
        if before != (entry.name, entry.email) and self.members and entry.name:
            self.session.flush()
            named = Named(entry.name, entry.email, entry.office, entry.language)
            delegates.put(self.session, entry, named, actor=actor, now=now)
            if any(before):
                delegates.end_ways_in(self.session, entry, now=now)

    def _make(self, row: Row, loaded: RollLoaded, *, actor: Actor, now: datetime) -> Organisation | None:
        """The organisation that an elector of the public names and that nobody knows yet."""
        if self.members or not row["organisation"]:
            return None
        made, is_new = organisations.find_or_make(self.session, row["organisation"], actor=actor, now=now)
        if is_new:
            loaded.organisations.append(made.name)
        return made

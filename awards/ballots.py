"""Ballots on paper and in rehearsals: a file of choices, every line checked, each sealed like a cast ballot."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, editions, elections, envelopes, on_paper, organisations, roll
from awards.audit import Actor
from awards.models import (
    Edition,
    Election,
    ElectionState,
    Entitlement,
    Envelope,
    EnvelopeOrigin,
    RollEntry,
)
from awards.organisations import OrganisationAmbiguous
from awards.tables import FileRefused, Line, Reason, Row, Table
from judging.ballot import Choice, ChoiceFault, at_the_foot, faults

ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
COLUMNS = ("category", "elector", "first")

FAULTS = {
    ChoiceFault.NOT_ON_SLATE: Reason.NOT_ON_SLATE,
    ChoiceFault.NAMED_TWICE: Reason.NAMED_TWICE,
    ChoiceFault.TOO_MANY: Reason.TOO_MANY,
    ChoiceFault.BARRED: Reason.BARRED,
}


def load(session: Session, edition: Edition, table: Table, *, actor: Actor, now: datetime) -> dict[str, int]:
    """Seal the ballots of a file and put them into the box; how many in each category.

    A row without a choice is an abstention. Audit and answer hold counts and no choice. Raises NoVote, NotOpen,
    FileRefused.
    """
    editions.lock(session, edition)
    opened = elections.of_edition(session, edition, ElectionState.OPEN)
    if not opened:
        raise envelopes.NotOpen(edition.key)
    reader = _Reader(session, edition, {election.category: election for election in opened})
    for row in table.rows:
        reader.read(row)
    if not table.rows:
        reader.lines.append(Line(0, "", "", Reason.EMPTY_FILE))
    if reader.lines:
        raise FileRefused(reader.lines)
    envelopes.cast_all(session, edition, reader.found, origin=EnvelopeOrigin.PAPER, now=now)
    taken = Counter(election.category for election, _, _ in reader.found)
    audit.record(
        session,
        actor=actor,
        action="ballots.loaded",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"ballots": {category: taken[category] for category in sorted(taken)}},
    )
    return {election.category: taken[election.category] for election in opened if election.category in taken}


class _Reader:
    """Checks every line before any is sealed."""

    def __init__(self, session: Session, edition: Edition, opened: dict[str, Election]) -> None:
        self.session, self.opened = session, opened
        self.vote = roll.vote_of(editions.rules_of(session, edition))
        self.directory = organisations.directory(session)
        self.entries: dict[str, RollEntry] = {}
        self.by_organisation: dict[int, RollEntry] = {}
        stands = organisations.standing(session)
        for entry in roll.on(session, edition):
            self.entries[_folded(entry.elector)] = entry
            if entry.organisation_id:
                self.by_organisation[stands.get(entry.organisation_id, entry.organisation_id)] = entry
        ids = [election.id for election in opened.values()]
        self.entitled = {
            (it.election_id, it.roll_entry_id): it
            for it in session.scalars(select(Entitlement).where(Entitlement.election_id.in_(ids)))
        }
        self.cast = {
            (election_id, entry_id)
            for election_id, entry_id in session.execute(
                select(Envelope.election_id, Envelope.roll_entry_id).where(
                    Envelope.election_id.in_(ids), Envelope.struck_because.is_(None)
                )
            )
        } | on_paper.held(session, ids)
        self.seen: set[tuple[int, int]] = set()
        self.lines: list[Line] = []
        self.found: list[tuple[Election, RollEntry, Choice]] = []

    def read(self, row: Row) -> None:
        election = self.opened.get(row["category"])
        entry = self._elector(row["elector"])
        if election is None:
            self._refuse(row, "category", Reason.NOT_ONE_OF, tuple(self.opened))
        if entry is None:
            self._refuse(row, "elector", Reason.NOT_ON_ROLL)
        if election is None or entry is None:
            return
        pair = (election.id, entry.id)
        entitlement = self.entitled.get(pair)
        if entitlement is None:
            self._refuse(row, "elector", Reason.NOT_ON_ROLL)
            return
        if entitlement.withheld_because:
            self._refuse(row, "elector", Reason.IN_CONFLICT)
        elif pair in self.cast:
            self._refuse(row, "elector", Reason.ALREADY_THERE)
        elif pair in self.seen:
            self._refuse(row, "elector", Reason.TWICE_IN_FILE)
        self.seen.add(pair)
        self.found.append((election, entry, self._choice(row, election, entitlement)))

    def _choice(self, row: Row, election: Election, entitlement: Entitlement) -> Choice:
        cells = [unicodedata.normalize("NFC", row[ordinal]) for ordinal in ORDINALS]
        named = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
        for ordinal, cell in zip(ORDINALS[:named], cells, strict=False):
            if not cell:
                self._refuse(row, ordinal, Reason.EMPTY)
        choice = tuple(cells[:named])
        if self.vote.method.is_ranking:
            choice = at_the_foot(choice, entitlement.barred)
        for nomination, fault in faults(
            self.vote.method,
            election.slate,
            tuple(cell for cell in choice if cell),
            barred=entitlement.barred,
            approve_up_to=self.vote.approve_up_to,
            most_ranked=election.most_ranked,
        ):
            last = max(place for place, cell in enumerate(choice) if cell == nomination)
            self._refuse(row, ORDINALS[last], FAULTS[fault])
        return choice

    def _elector(self, name: str) -> RollEntry | None:
        if not name:
            return None
        if entry := self.entries.get(_folded(name)):
            return entry
        try:
            organisation = self.directory.match(name)
        except OrganisationAmbiguous:
            return None
        return self.by_organisation.get(organisation.id) if organisation else None

    def _refuse(self, row: Row, column: str, reason: Reason, allowed: tuple[str, ...] = ()) -> None:
        self.lines.append(Line(row.number, column, row[column], reason, allowed))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()

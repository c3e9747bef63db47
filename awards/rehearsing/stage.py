"""The edition built again in the theatre, by the use cases that build every edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from awards import (
    accounts,
    affiliations,
    barring,
    conduct,
    conflicts,
    cycle,
    decisions,
    editions,
    judges,
    nominations,
    pairing,
    programmes,
    screening,
    submissions,
    writers,
)
from awards.audit import Actor
from awards.interests import Found
from awards.models import (
    Account,
    Conflict,
    ConflictSource,
    DecisionKind,
    Edition,
    NominationState,
    Organisation,
    OrganisationAlias,
    PairRule,
    PairRuleKind,
    Role,
)
from awards.rehearsing.brief import Brief, ChairSeat, Entered
from awards.rehearsing.cast import ELSEWHERE, Cast
from awards.rehearsing.theatre import Theatre
from awards.tables import FileRefused, Row, Table
from awards.timetable import Moment, Phase
from judging.programme import Programme
from judging.values import Round

DOMAIN = "rehearsal.example"
WRITER = f"writer@{DOMAIN}"
COLUMNS = (
    "reference", "category", "nominee_kind", "title", "organisation", "city", "country", "language", "partners",
    "organisation_kind",
)  # fmt: skip
JUDGES = ("name", "email", "organisation", "city", "country", "languages", "categories")
BECAUSE = "Rehearsal."


@dataclass(slots=True)
class Stage:
    """The edition in the theatre, its clock, and who is who."""

    theatre: Theatre
    brief: Brief
    cast: Cast
    now: datetime
    edition: Edition = field(init=False)

    @property
    def session(self) -> Session:
        return self.theatre.session

    @property
    def actor(self) -> Actor:
        return self.theatre.actor

    def pass_to(self, moment: Moment) -> None:
        """Let the clock go to just before a moment where it is stated and ahead, else a day on."""
        stated = self.brief.timetable.get(moment)
        before = stated.instant - timedelta(minutes=1) if stated else None
        self.now = before if before and before > self.now else self.now + timedelta(days=1)

    def reach(self, phase: Phase) -> None:
        cycle.reach(
            self.session, self.edition, phase, actor=self.actor, now=self.now, key_folder=self.theatre.keys
        )

    def found(self) -> None:
        """The edition from its three documents."""
        wanted = Programme(self.brief.rules, dict(self.brief.texts))
        self.edition = programmes.make(
            self.session, wanted, self.brief.key, actor=self.actor, now=self.now
        ).edition
        editions.set_zone(self.session, self.edition, self.brief.zone, actor=self.actor, now=self.now)
        if self.brief.specimen:
            editions.mark_as_specimen(self.session, self.edition, actor=self.actor, now=self.now)
        for moment, stated in self.brief.timetable.items():
            editions.set_moment(
                self.session,
                self.edition,
                moment,
                stated.local,
                zone=stated.zone,
                actor=self.actor,
                now=self.now,
            )
        self._register()
        self.reach(Phase.NOMINATIONS)

    def _register(self) -> None:
        """The organisations, under the numbers that they have."""
        rows = [dict(row) for row in self.brief.organisations]
        if not rows:
            return
        plain = [row | {"parent_id": None, "merged_into_id": None, "suggested_by_id": None} for row in rows]
        self.session.execute(insert(Organisation), plain)
        links = [
            {"id": row["id"], "parent_id": row["parent_id"], "merged_into_id": row["merged_into_id"]}
            for row in rows
            if row["parent_id"] or row["merged_into_id"]
        ]
        if links:
            self.session.execute(update(Organisation), links)
        if self.brief.aliases:
            self.session.execute(insert(OrganisationAlias), [dict(row) for row in self.brief.aliases])
        self.session.flush()

    def nominate(self) -> None:
        """The nominations, found eligible, led by one simulated person."""
        self.pass_to(Moment.NOMINATIONS_CLOSE)
        entered = list(self.cast.entered)
        while True:
            try:
                table = table_of(COLUMNS, map(_row, entered))
                submissions.load(self.session, self.edition, table, actor=self.actor, now=self.now)
                break
            except FileRefused as refused:
                entered = _mended(entered, refused)
        self.reach(Phase.SCREENING)
        screening.accept_clean(self.session, self.edition, actor=self.actor, now=self.now)
        for it in nominations.of_edition(self.session, self.edition, NominationState.SUBMITTED):
            screening.decide(
                self.session,
                self.edition,
                it.reference,
                eligible=True,
                reason=BECAUSE,
                actor=self.actor,
                now=self.now,
            )
        writer, _ = accounts.find_or_make(
            self.session, WRITER, name="Rehearsal writer", actor=self.actor, now=self.now
        )
        for it in nominations.of_edition(self.session, self.edition, NominationState.ELIGIBLE):
            writers.hand_over_by_staff(
                self.session, it, writer, reason=BECAUSE, actor=self.actor, now=self.now
            )

    def seat(self) -> None:
        """The panel with what each judge reads, and what stands between them and nominations; then the chairs."""
        plain = [
            (f"Rehearsal judge {seat.key}", address_of(seat.key), "", "", ELSEWHERE[0], "", "")
            for seat in self.cast.seats
        ]
        judges.load(self.session, self.edition, table_of(JUDGES, plain), actor=self.actor, now=self.now)
        loaded = {judge.account.email: judge for judge in judges.of_edition(self.session, self.edition)}
        code = conduct.of_edition(self.session, self.edition, self.brief.language)
        for seat in self.cast.seats:
            judge = loaded[address_of(seat.key)]
            judge.languages, judge.categories = list(seat.languages), list(seat.categories)
            judge.capacity = seat.capacity
            for name, value in seat.more.items():
                setattr(judge, name, value)
            if seat.ties:
                affiliations.settle(self.session, judge.account, seat.ties, now=self.now)
            if code is not None:
                conduct.agree(
                    self.session,
                    self.edition,
                    judge,
                    language=self.brief.language,
                    sha256=code.sha256,
                    now=self.now,
                )
        self._chairs()
        conflicts.find(
            self.session, self.edition, actor=self.actor, now=self.now, moved=list(loaded.values())
        )
        self._bar()
        self._rule()

    def _chairs(self) -> None:
        for number, seat in enumerate(self.brief.chairs, start=1):
            account = self._chair(number, seat)
            accounts.grant(
                self.session,
                account,
                Role(seat.role),
                edition=self.edition,
                category=seat.category,
                rank=seat.rank,
                actor=self.actor,
                now=self.now,
            )

    def _chair(self, number: int, seat: ChairSeat) -> Account:
        email = address_of(seat.judge) if seat.judge else f"chair-{number}@{DOMAIN}"
        account, is_new = accounts.find_or_make(
            self.session, email, name=f"Rehearsal chair {number}", actor=self.actor, now=self.now
        )
        if is_new:
            affiliations.settle(self.session, account, seat.ties, now=self.now)
        return account

    def rows(self) -> tuple[dict[str, int], dict[str, int]]:
        """The rows of judges by their keys, and of nominations by their references."""
        panel = judges.of_edition(self.session, self.edition)
        by_address = {judge.account.email: judge.id for judge in panel}
        field_ = nominations.of_edition(self.session, self.edition)
        seats = {
            seat.key: by_address[address_of(seat.key)]
            for seat in self.cast.seats
            if address_of(seat.key) in by_address
        }
        return seats, {it.reference: it.id for it in field_}

    def _bar(self) -> None:
        """Conflicts that only the live edition knows of, and waivers."""
        seats, references = self.rows()
        known = [
            Found(seats[judge], references[name], ConflictSource.DECLARED, "")
            for judge, name in sorted(self.brief.conflicts)
            if judge in seats and name in references
        ]
        there = {(judge, name) for judge, name in conflicts.blocked(self.session, self.edition)}
        barring.store(
            self.session,
            self.edition,
            [it for it in known if (it.judge, it.nomination) not in there],
            now=self.now,
        )
        for judge, name in sorted(self.brief.waived):
            if (seats.get(judge), references.get(name)) in there:
                self._waive(seats[judge], references[name], judge, name)

    def _waive(self, judge: int, nomination: int, key: str, reference: str) -> None:
        decision = decisions.decide(
            self.session,
            self.edition,
            DecisionKind.CONFLICT_WAIVED,
            actor=self.actor,
            now=self.now,
            subject={"nomination": reference, "judge": key},
            reason=BECAUSE,
        )
        self.session.execute(
            update(Conflict)
            .where(Conflict.judge_id == judge, Conflict.nomination_id == nomination)
            .values(waived_by=decision.id)
        )

    def _rule(self) -> None:
        """Pairs that people have pinned or forbidden."""
        seats, references = self.rows()
        for (judge, name), kind in self.brief.rules_of_pairs:
            if judge in seats and name in references:
                self.session.add(
                    PairRule(
                        judge_id=seats[judge],
                        nomination_id=references[name],
                        kind=PairRuleKind(kind),
                        reason=BECAUSE,
                        by_id=self.actor.account.id,
                        at=self.now,
                    )
                )
        self.session.flush()

    def issue(self) -> None:
        """What was given out in the live edition stands here too."""
        seats, references = self.rows()
        there = pairing.Pairs.of(self.session, self.edition, Round.FIRST)
        wanted = [
            (seats[judge], references[name])
            for judge, name in sorted(self.brief.issued)
            if judge in seats and name in references
        ]
        barred = there.conflicts.keys()
        pairing.issue(self.session, there, [it for it in wanted if it not in barred], now=self.now)

    def keys_by_address(self) -> dict[str, str]:
        return {address_of(seat.key): seat.key for seat in self.cast.seats}


def address_of(key: str) -> str:
    """The address of a judge on the stage: nobody's."""
    return f"judge-{key.casefold()}@{DOMAIN}"


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A file as it is read: the header is row 1."""
    return Table(
        tuple(columns),
        tuple(Row(number, dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, start=2)),
    )


def _row(it: Entered) -> tuple[str, ...]:
    partners = "; ".join(name for name in it.partners if ";" not in name)
    return (
        it.reference, it.category, it.nominee_kind, it.title, it.organisation, it.city, it.country, it.language,
        partners, it.organisation_kind,
    )  # fmt: skip


def _mended(entered: Sequence[Entered], refused: FileRefused) -> list[Entered]:
    """Without what a list can't say: partners first, then an organisation of the nomination's own."""
    wrong = {line.row for line in refused.lines}
    return [
        kept
        for number, it in enumerate(entered, start=2)
        if (kept := _plainer(it) if number in wrong else it) is not None
    ]


def _plainer(it: Entered) -> Entered | None:
    if it.partners:
        return replace(it, partners=())
    if it.organisation != it.reference:
        return replace(it, organisation=it.reference, city=it.city or it.reference, organisation_kind="")
    return None

"""Evidence: everything a result follows from, as the parts of a record, under the labels that the record uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from awards import ballot_log, decisions, naming, nominations, prizes, readings
from awards.labels import Labels
from awards.marked import last_versions
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Ballot,
    Decision,
    DecisionKind,
    Edition,
    Election,
    Judge,
    Nomination,
    NominationState,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from judging.record import RecordKind
from judging.scoring import Marks
from judging.values import Json, Round

Document = dict[str, Json]

HIDDEN = "not in this record"

IN_PUBLIC = (
    DecisionKind.FREEZE,
    DecisionKind.AMENDMENT,
    DecisionKind.CATEGORY_CLOSED,
    DecisionKind.ROUND_CLOSED,
    DecisionKind.TIE,
    DecisionKind.SHORTLIST,
    DecisionKind.REPLACEMENT,
    DecisionKind.WITHHELD,
    DecisionKind.AWARD,
    DecisionKind.STRUCK,
    DecisionKind.DISPUTE,
    DecisionKind.OPENING,
    DecisionKind.WINNERS,
    DecisionKind.ANNOUNCEMENT,
    DecisionKind.DECLINED,
    DecisionKind.RELEASE,
    DecisionKind.CORRECTION,
    DecisionKind.REVOCATION,
    DecisionKind.CORRECTED,
)
"""Decisions that stand in the public record; of the other kinds it holds counts."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A submitted sheet of a round that is closed."""

    judge: int
    nomination: str
    category: str
    round: Round
    marks: dict[str, int]
    counted: bool
    version: ScoreSheetVersion


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reads the parts of a record of one kind."""

    session: Session
    edition: Edition
    kind: RecordKind
    labels: Labels

    @property
    def is_full(self) -> bool:
        return self.kind is RecordKind.FULL

    def key(self, reference: str) -> str:
        return self.labels.nominations[reference]

    def day(self, moment: datetime) -> str:
        """A time as this record may state it."""
        return moment.isoformat(timespec="seconds") if self.is_full else moment.date().isoformat()

    def nominations(self) -> Iterator[Document]:
        there = nominations.whole(self.session, self.edition)
        known = [
            it
            for it in there
            if it.state is not NominationState.DRAFT
            and it.submitted_number is not None
            and it.reference in self.labels.nominations
        ]
        given = {it.nomination_id: it.names for it in reversed(prizes.of_edition(self.session, self.edition))}
        for nomination in sorted(known, key=lambda it: self.key(it.reference)):
            line: Document = {"nomination": self.key(nomination.reference), "category": nomination.category}
            if nomination.reference in self.labels.named:
                shown = given.get(nomination.id) or naming.shown(nomination)
                line |= {name: shown[name] for name in ("title", "titles", "organisation", "city", "country")}
            if self.is_full:
                revision = nominations.standing_revision(nomination)
                line |= {
                    "state": nomination.state.value,
                    "nominee_kind": revision.nominee_kind,
                    "revision": revision.number,
                    "sha256": revision.sha256,
                }
            yield line

    def judges(self) -> Iterator[Document]:
        """In the full record each judge once, with name; in the public one a number in each category."""
        if not self.is_full:
            for (_, category), label in sorted(self.labels.judges.items(), key=lambda item: item[1]):
                yield {"judge": label, "category": category}
            return
        judges = self.session.scalars(
            select(Judge).where(Judge.edition_id == self.edition.id).options(selectinload(Judge.account))
        )
        for judge in sorted(judges, key=lambda judge: judge.public_id):
            yield {
                "judge": judge.public_id,
                "name": judge.account.name,
                "state": judge.state.value,
                "categories": list[Json](judge.categories),
                "languages": list[Json](judge.languages),
            }

    def assignments(self) -> Iterator[Document]:
        """Who was to read what; in the public record without practice and what ended in a recusal."""
        rows = self.session.execute(
            select(Assignment, Nomination.reference, Nomination.category)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .where(Nomination.edition_id == self.edition.id)
        )
        lines: list[Document] = []
        for assignment, reference, category in rows:
            if reference not in self.labels.nominations:
                continue
            line: Document = {
                "judge": self.labels.judges[assignment.judge_id, category],
                "nomination": self.key(reference),
                "round": assignment.round.value,
            }
            if self.is_full:
                line |= {"kind": assignment.kind.value, "state": assignment.state.value}
            elif assignment.state is AssignmentState.RECUSED or assignment.kind is AssignmentKind.PRACTICE:
                continue
            lines.append(line)
        yield from sorted(lines, key=_by_pair)

    def read_sheets(self) -> list[Sheet]:
        """The submitted sheets of the rounds that are closed, none for practice; until then nobody reads a mark, nor
        one of second readings before those are closed.
        """
        closed = [
            of_round
            for of_round, at in (
                (Round.FIRST, self.edition.first_closed_at),
                (Round.SECOND, self.edition.second_closed_at),
            )
            if at is not None
        ]
        last = last_versions()
        rows = self.session.execute(
            select(Assignment, Nomination.reference, Nomination.category, ScoreSheet, ScoreSheetVersion)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
            .join(ScoreSheetVersion, ScoreSheetVersion.sheet_id == ScoreSheet.id)
            .join(
                last,
                (last.c.sheet_id == ScoreSheetVersion.sheet_id) & (last.c.number == ScoreSheetVersion.number),
            )
            .where(
                Nomination.edition_id == self.edition.id,
                ScoreSheet.state == SheetState.SUBMITTED,
                Assignment.round.in_(closed),
                Assignment.kind != AssignmentKind.PRACTICE,
                ~readings.in_progress(),
            )
        )
        return [
            Sheet(it.judge_id, reference, category, it.round, dict(version.marks), sheet.counted, version)
            for it, reference, category, sheet, version in rows
        ]

    def sheets(self, sheets: Sequence[Sheet]) -> Iterator[Document]:
        lines: list[Document] = []
        for sheet in sheets:
            if sheet.nomination not in self.labels.nominations or not (sheet.counted or self.is_full):
                continue
            line: Document = {
                "judge": self.labels.judges[sheet.judge, sheet.category],
                "nomination": self.key(sheet.nomination),
                "round": sheet.round.value,
                "marks": dict[str, Json](sheet.marks),
                "counted": sheet.counted,
            }
            if self.is_full:
                line |= {
                    "version": sheet.version.number,
                    "origin": sheet.version.origin.value,
                    "comment": sheet.version.comment,
                    "at": self.day(sheet.version.at),
                }
            lines.append(line)
        yield from sorted(lines, key=_by_pair)

    def marks(self, sheets: Sequence[Sheet], category: str, *rounds: Round) -> dict[str, list[Marks]]:
        """The marks that count in a category, by the record's keys."""
        found: dict[str, list[Marks]] = {}
        for sheet in sheets:
            if sheet.counted and sheet.category == category and sheet.round in rounds:
                found.setdefault(self.key(sheet.nomination), []).append(sheet.marks)
        return found

    def commitments(self, elections: Sequence[Election]) -> Iterator[Document]:
        for election, ballot in self._ballots(elections):
            yield {"election": election.public_id, "commitment": ballot.commitment}

    def ballots(self, elections: Sequence[Election]) -> Iterator[Document]:
        for election, ballot in self._ballots(elections):
            yield {
                "election": election.public_id,
                "choice": list[Json](ballot.choice),
                "nonce": ballot.nonce,
            }

    def log(self, elections: Sequence[Election]) -> Iterator[Document]:
        """The leaves of public logs in their order, and why some count for nothing."""
        for election in sorted(elections, key=lambda election: election.public_id):
            because = ballot_log.set_aside(self.session, election)
            for fingerprint in ballot_log.leaves(self.session, election):
                line: Document = {"election": election.public_id, "fingerprint": fingerprint}
                yield line | ({"struck": because[fingerprint]} if fingerprint in because else {})

    def _ballots(self, elections: Sequence[Election]) -> Iterator[tuple[Election, Ballot]]:
        for election in sorted(elections, key=lambda election: election.public_id):
            query = (
                select(Ballot)
                .where(Ballot.election_id == election.id)
                .order_by(Ballot.commitment)
                .execution_options(yield_per=1000)
            )
            for ballot in self.session.scalars(query):
                yield election, ballot

    def decisions(self, lots: Sequence[Document]) -> list[Json]:
        """The decisions by number, and the lots that can't be drawn again from what the record names."""
        kinds = () if self.is_full else IN_PUBLIC
        found: list[Json] = [
            self._decision(it) for it in decisions.of_edition(self.session, self.edition, *kinds)
        ]
        return [*found, *lots]

    def _decision(self, decision: Decision) -> Document:
        found: Document = {
            "number": decision.number,
            "kind": decision.kind.value,
            "category": decision.category,
            "subject": self.relabel(decision.subject),
            "at": self.day(decision.at),
        }
        if self.is_full:
            before = self.session.get(Decision, decision.supersedes_id) if decision.supersedes_id else None
            return found | {
                "reason": decision.reason,
                "signers": list[Json](decision.signers),
                "names": dict[str, Json](decision.names),
                "supersedes": before.number if before else None,
            }
        return found | {"signed_as": [str(signer["as"]) for signer in decision.signers]}

    def relabel(self, value: Json) -> Json:
        """A decision's subject with the record's keys for references; sets of level nominations sorted again."""
        if isinstance(value, dict):
            found: Document = {key: self.relabel(item) for key, item in value.items()}
            level = found.get("level")
            if isinstance(level, list):
                found["level"] = sorted(level, key=str)
            return found
        if isinstance(value, list):
            return [self.relabel(item) for item in value]
        if isinstance(value, str):
            return HIDDEN if value in self.labels.hidden else self.labels.nominations.get(value, value)
        return value


def _by_pair(line: Document) -> tuple[str, str, str]:
    return str(line["nomination"]), str(line["round"]), str(line["judge"])

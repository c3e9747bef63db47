"""Pairs of judge and nomination: what stands between them, and what is asked of the assignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.orm import Session

from awards import conflicts, editions, fitness, judges, stages, suspicions
from awards.fitness import Key, Tongue
from awards.models import (
    Assignment,
    AssignmentState,
    ConflictSource,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationRevision,
    PairRule,
    PairRuleKind,
    ScoreSheet,
    SheetState,
)
from judging.rules import Rules
from judging.values import Round


class Caution(StrEnum):
    """What is said of a pair before it is made; none of it forbids it."""

    CATEGORY = "category"
    LANGUAGE = "language"
    CAPACITY = "capacity"
    SUSPICION = "suspicion"
    ENDED = "ended"


class InConflict(Exception):
    """The judge has a conflict with the nomination, so nobody can give it to them. `sources` says which."""

    def __init__(self, sources: frozenset[ConflictSource]) -> None:
        super().__init__(", ".join(sorted(it.value for it in sources)))
        self.sources = sources


class NotOnThePanel(Exception):
    """Only judges who have accepted, and are still there, read nominations."""


class NotJudged(Exception):
    """The nomination gets no marks in this round."""


class PairForbidden(Exception):
    """A person has said that this pair is not made; it holds until they end it. `reason` is what they wrote."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AlreadyIssued(Exception):
    """The judge has this nomination already."""


@dataclass(frozen=True, slots=True)
class Text:
    """What of a nomination's standing text is shown beside a pair."""

    title: str
    city: str
    country: str
    language: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """The judges and nominations between which pairs are made in a round, by row, and what is known of each pair.

    `rules` are the pairs that a person has pinned or forbidden; `translations` the languages into which a nomination
    is translated.
    """

    round: Round
    judges: Mapping[int, Judge]
    nominations: Mapping[int, Nomination]
    texts: Mapping[int, Text]
    conflicts: Mapping[Key, frozenset[ConflictSource]]
    states: Mapping[Key, AssignmentState]
    suspected: frozenset[Key]
    rules: Mapping[Key, PairRule]
    translations: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, session: Session, edition: Edition, of_round: Round) -> Pairs:
        """After a number of queries that doesn't grow with judges or nominations."""
        rules = editions.rules_of(session, edition)
        panel = judges.of_edition(session, edition, JudgeState.ACCEPTED)
        found = stages.nominations_in(session, edition, stages.judged_states(rules, of_round))
        rows = session.execute(
            select(Assignment.judge_id, Assignment.nomination_id, Assignment.state)
            .join(Judge)
            .where(Judge.edition_id == edition.id, Assignment.round == of_round)
        )
        return cls(
            round=of_round,
            judges={judge.id: judge for judge in panel},
            nominations={nomination.id: nomination for nomination in found},
            texts=_texts(session, edition),
            conflicts=conflicts.blocked(session, edition),
            states={(judge, nomination): state for judge, nomination, state in rows},
            suspected=frozenset(suspicions.open_pairs(session, edition)),
            rules=_rules(session, edition, of_round),
            translations=fitness.translations(session, edition, rules),
        )

    @property
    def issued(self) -> frozenset[Key]:
        """The pairs that stand, of judges who are there and nominations that are judged."""
        return frozenset(
            pair
            for pair, state in self.states.items()
            if state is AssignmentState.ISSUED and self.is_here(pair)
        )

    @property
    def fingerprint(self) -> object:
        """Equal while nobody and nothing came, left, was given out, or was kept from whom."""
        there = (set(self.judges), set(self.nominations), set(self.conflicts), set(self.rules))
        return there, dict(self.states), self.suspected

    def need(self, pair: Key) -> None:
        """Raises NotOnThePanel, NotJudged, InConflict, PairForbidden, AlreadyIssued."""
        if self.is_here(pair) and (sources := self.conflicts.get(pair)):
            raise InConflict(sources)
        rule = self.rules.get(pair)
        if self.is_here(pair) and rule is not None and rule.kind is PairRuleKind.FORBIDDEN:
            raise PairForbidden(rule.reason)
        self.need_here(pair)

    def need_here(self, pair: Key) -> None:
        """The same, whatever stands between the two. Raises NotOnThePanel, NotJudged, AlreadyIssued."""
        if pair[0] not in self.judges:
            raise NotOnThePanel
        if pair[1] not in self.nominations:
            raise NotJudged
        if self.states.get(pair) is AssignmentState.ISSUED:
            raise AlreadyIssued

    def cautions(self, pair: Key, load: int) -> tuple[Caution, ...]:
        """What is to be said of a pair; `load` is what its judge reads with it."""
        judge, nomination = self.judges[pair[0]], self.nominations[pair[1]]
        found = {
            Caution.CATEGORY: not judge.reads(nomination.category),
            Caution.LANGUAGE: not self.understands(pair),
            Caution.CAPACITY: judge.capacity is not None and load > judge.capacity,
            Caution.SUSPICION: pair in self.suspected,
            Caution.ENDED: self.states.get(pair, AssignmentState.ISSUED) is not AssignmentState.ISSUED,
        }
        return tuple(caution for caution, holds in found.items() if holds)

    def understands(self, pair: Key) -> bool:
        """Whether the judge reads the language of the nomination, or one into which it is translated; a judge who
        names none reads all.
        """
        return self.tongue(pair) is not Tongue.FOREIGN

    def tongue(self, pair: Key) -> Tongue:
        text = self.texts.get(pair[1])
        return fitness.tongue(
            self.judges[pair[0]],
            text.language.casefold() if text else "",
            self.translations.get(pair[1], ()),
        )

    @property
    def pinned(self) -> frozenset[Key]:
        return frozenset(pair for pair, it in self.rules.items() if it.kind is PairRuleKind.PINNED)

    @property
    def forbidden(self) -> frozenset[Key]:
        return frozenset(pair for pair, it in self.rules.items() if it.kind is PairRuleKind.FORBIDDEN)

    def by_default(self, rules: Rules) -> int | None:
        """None, for everybody reads everything, while no judge has to read more than the rules allow."""
        of_category = Counter(it.category for it in self.nominations.values())
        barred = Counter(row for row, _ in self.barred)
        for row, judge in self.judges.items():
            mine = sum(of_category[key] for key in (set(judge.categories) or of_category))
            if mine - barred[row] > rules.sheets.everyone_up_to:
                return rules.sheets.per_nomination
        return None

    @property
    def barred(self) -> set[Key]:
        """The pairs that are not made: in conflict, or ended before."""
        ended = (pair for pair, state in self.states.items() if state is not AssignmentState.ISSUED)
        return {pair for pair in (*self.conflicts, *ended) if self.is_here(pair)}

    def kept_out(self) -> dict[ConflictSource, int]:
        """Pairs that would be read but for a conflict, by its source."""
        found = Counter(
            source
            for pair, sources in self.conflicts.items()
            if self.is_here(pair) and self.judges[pair[0]].reads(self.nominations[pair[1]].category)
            for source in sources
        )
        return {source: found[source] for source in ConflictSource if found[source]}

    def is_here(self, pair: Key) -> bool:
        return pair[0] in self.judges and pair[1] in self.nominations


def issue(session: Session, pairs: Pairs, wanted: Sequence[Key], *, now: datetime) -> None:
    """Let checked pairs stand. One that had ended stands again, its sheet a draft that counts once it is submitted."""
    fresh = [pair for pair in wanted if pair not in pairs.states]
    if fresh:
        session.execute(
            insert(Assignment),
            [
                {"judge_id": judge, "nomination_id": nomination, "round": pairs.round, "at": now}
                for judge, nomination in fresh
            ],
        )
    again = [pair for pair in wanted if pair in pairs.states]
    if again:
        rows = session.scalars(
            select(Assignment.id).where(
                Assignment.round == pairs.round,
                tuple_(Assignment.judge_id, Assignment.nomination_id).in_(again),
            )
        ).all()
        session.execute(
            update(Assignment)
            .where(Assignment.id.in_(rows))
            .values(state=AssignmentState.ISSUED, ended_at=None, reason="", told_at=None)
        )
        session.execute(
            update(ScoreSheet)
            .where(ScoreSheet.assignment_id.in_(rows))
            .values(state=SheetState.DRAFT, submitted_at=None, counted=True, reason="")
        )


def _texts(session: Session, edition: Edition) -> dict[int, Text]:
    rows = session.execute(
        select(
            NominationRevision.nomination_id,
            NominationRevision.title,
            NominationRevision.city,
            NominationRevision.country,
            NominationRevision.language,
        )
        .join(NominationRevision.nomination)
        .where(Nomination.edition_id == edition.id, NominationRevision.number == Nomination.submitted_number)
    )
    return {nomination: Text(*text) for nomination, *text in rows}


def _rules(session: Session, edition: Edition, of_round: Round) -> dict[Key, PairRule]:
    rows = session.scalars(
        select(PairRule)
        .join(Judge)
        .where(Judge.edition_id == edition.id, PairRule.round == of_round, PairRule.ended_at.is_(None))
        .order_by(PairRule.id)
    )
    return {(it.judge_id, it.nomination_id): it for it in rows}

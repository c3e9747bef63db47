"""How often a category ends by lot: its ladder climbed by simulated marks and votes, many times, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import repeat

from awards.rehearsing.people import Crowd
from judging import ballot
from judging.count import scores, second_round
from judging.ladder import Level, StepTaken, Verdicts
from judging.outcome import Outcome
from judging.rules import Rules, Vote
from judging.scoring import Marks, Score
from judging.shortlist import Standing, shortlist
from judging.values import SecondRound, Slate, StandingBy, Step, StepResult

MOST_RUNS, FEWEST_RUNS = 100, 10
MOST_MARKS = 400_000
"""So many marks are simulated at most, however many nominations there are."""

Pair = tuple[str, str]
Ballot = tuple[str, tuple[str, ...]]
"""An elector, and what is barred to them."""


class Ladder(StrEnum):
    SHORTLIST = "shortlist"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Contest:
    """A category with who marks it, who votes in it, and for each who may act as chair, what they are bound by."""

    category: str
    pairs: tuple[Pair, ...]
    electors: tuple[Ballot, ...]
    chairs: tuple[frozenset[str], ...]


def runs_for(rules: Rules, contests: Sequence[Contest]) -> int:
    """As many runs as a minute has room for."""
    marks = sum(len(it.pairs) * len(rules.category(it.category).criteria) for it in contests)
    return max(FEWEST_RUNS, min(MOST_RUNS, MOST_MARKS // max(1, marks)))


def lots(rules: Rules, contests: Sequence[Contest], *, seed: str, runs: int) -> Counter[tuple[str, Ladder]]:
    """In how many runs a lot was drawn, by category and ladder."""
    found: Counter[tuple[str, Ladder]] = Counter()
    for number in range(1, runs + 1):
        for contest in contests:
            crowd = Crowd(f"{seed}/{contest.category}", number)
            found.update((contest.category, ladder) for ladder in _Run(rules, contest, crowd, seed).drawn())
    return found


@dataclass(slots=True)
class _Run:
    rules: Rules
    contest: Contest
    crowd: Crowd
    seed: str

    def drawn(self) -> set[Ladder]:
        """The ladders of the category that end by lot in this run."""
        first = self._marks(self.contest.pairs)
        if not first:
            return set()
        standing = self._shortlist(first)
        found = {Ladder.SHORTLIST} if self._is_drawn(standing.steps) else set()
        slate = standing.finalists
        if self.rules.slate is Slate.ELIGIBLE and self.rules.second_round is not SecondRound.NONE:
            slate = tuple(sorted(first))
        if slate and self._is_drawn(self._result(standing, slate, first).steps):
            found.add(Ladder.RESULT)
        return found

    def _marks(self, pairs: Iterable[Pair]) -> dict[str, list[Marks]]:
        categories = dict(zip((name for _, name in pairs), repeat(self.contest.category), strict=False))
        sheets: dict[str, list[Marks]] = {}
        for (_, nomination), marks in self.crowd.mark(self.rules, pairs, categories).items():
            sheets.setdefault(nomination, []).append(marks)
        return sheets

    def _shortlist(self, sheets: Mapping[str, Sequence[Marks]]) -> Standing:
        verdicts = Verdicts()
        found = scores(self.rules, self.contest.category, sheets)
        while True:
            standing = shortlist(self.rules, self.contest.category, found, verdicts=verdicts, seed=self.seed)
            waiting = _waiting(standing.steps)
            if not waiting:
                return standing
            verdicts = self._decided(verdicts, waiting)

    def _result(
        self, standing: Standing, slate: Sequence[str], first: Mapping[str, Sequence[Marks]]
    ) -> Outcome:
        verdicts, tally, marks = Verdicts(), None, None
        if self.rules.vote is not None:
            tally = self._tally(slate)
        else:
            marks = self._scores(slate, first)
        while True:
            found = second_round(
                self.rules,
                self.contest.category,
                totals=standing.totals,
                slate=slate,
                tally=tally,
                marks=marks,
                verdicts=verdicts,
                seed=self.seed,
            )
            waiting = _waiting(found.steps)
            if not waiting:
                return found
            verdicts = self._decided(verdicts, waiting)

    def _scores(self, slate: Sequence[str], first: Mapping[str, Sequence[Marks]]) -> dict[str, Score]:
        if self.rules.second_round is SecondRound.NONE:
            return scores(self.rules, self.contest.category, {name: first[name] for name in slate})
        again = self._marks([it for it in self.contest.pairs if it[1] in slate])
        carried = {name: [*(first[name] if self.rules.carry_over else ()), *again[name]] for name in slate}
        return scores(self.rules, self.contest.category, carried)

    def _tally(self, slate: Sequence[str]) -> ballot.Tally:
        vote = self.rules.vote
        assert vote is not None
        choices: Counter[tuple[str, ...]] = Counter()
        most = self._most_ranked(vote, slate)
        for _, barred in self.contest.electors:
            choice = self.crowd.choose(vote, slate, barred)[:most]
            choices[ballot.complete(vote.method, slate, choice)] += 1
        return ballot.count(vote.method, slate, choices)

    def _most_ranked(self, vote: Vote, slate: Sequence[str]) -> int | None:
        """How many a ranking may name, as when the vote opens."""
        if not vote.method.is_ranking or len(self.contest.electors) < self.rules.min_publish:
            return None
        return ballot.most_ranked(slate, [set(barred) & set(slate) for _, barred in self.contest.electors])

    def _decided(self, before: Verdicts, waiting: Sequence[StepTaken]) -> Verdicts:
        """The chair's orders, or that nobody may give one, and the votes of run-offs."""
        orders, barred = dict(before.orders), set(before.barred)
        runoffs: dict[Level, Mapping[str, Fraction]] = dict(before.runoffs)
        for step in waiting:
            level = frozenset(step.level)
            if step.step is Step.RUNOFF:
                runoffs[level] = dict(self._tally(sorted(level)).votes)
            elif any(not level & bound for bound in self.contest.chairs):
                orders[level] = self.crowd.shuffle(level)
            else:
                barred.add(level)
        return Verdicts(orders=orders, barred=frozenset(barred), runoffs=runoffs)

    def _is_drawn(self, steps: Iterable[StepTaken]) -> bool:
        return any(it.step is Step.LOT and it.result is not StepResult.SKIPPED for it in steps)


def _waiting(steps: Iterable[StepTaken]) -> list[StepTaken]:
    return [it for it in steps if it.result is StepResult.WAITING]


def by_marks(rules: Rules) -> bool:
    """Whether places of the first round can be level at all: fair scores of six places hardly ever are."""
    return rules.standing is StandingBy.MEAN

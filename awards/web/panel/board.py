"""The assignment as organisers see it: who reads what, who could, and what is still to be settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from awards import assignments, briefing, editions, judges, proposals, runs, stages
from awards.fitness import Key
from awards.models import (
    Assignment,
    AssignmentRun,
    AssignmentState,
    Edition,
    Judge,
    JudgeState,
    Nomination,
)
from awards.pairing import Caution, Pairs, Text
from awards.timetable import Phase
from awards.web.panel.lines import ByJudge, ByNomination, Ended, Reads
from awards.web.secretariat.frame import name_of
from judging.assignment import Cause
from judging.rules import Rules
from judging.values import Round

PER_PAGE = 50
MOST_ENDED = 100
NO_TEXT = Text("", "", "", "")


@dataclass(frozen=True)
class Board:
    """One round's assignment, read after a number of queries that doesn't grow."""

    session: Session
    edition: Edition

    @cached_property
    def round(self) -> Round:
        return stages.last_round(self.session, self.edition)

    @cached_property
    def is_open(self) -> bool:
        return stages.current_round(self.session, self.edition) is not None

    @property
    def is_ahead(self) -> bool:
        return self.edition.phase in (Phase.DRAFT, Phase.NOMINATIONS, Phase.SCREENING)

    @cached_property
    def rules(self) -> Rules:
        return editions.rules_of(self.session, self.edition)

    @cached_property
    def pairs(self) -> Pairs:
        return Pairs.of(self.session, self.edition, self.round)

    @cached_property
    def run(self) -> AssignmentRun | None:
        """The proposal that waits."""
        return runs.current(self.session, self.edition, self.round) if self.is_open else None

    @cached_property
    def shown(self) -> str:
        return runs.fingerprint(self.run) if self.run else ""

    @cached_property
    def proposed(self) -> tuple[Key, ...]:
        return tuple(proposals.keys(self.run, self.pairs)) if self.run else ()

    @cached_property
    def issued(self) -> tuple[Key, ...]:
        return tuple(sorted(self.pairs.issued))

    @cached_property
    def k(self) -> int | None:
        """How many judges each nomination gets; None where everybody reads everything."""
        if self.run is not None:
            found = self.run.document["per_nomination"]
        else:
            last = runs.last_document(self.session, self.edition, self.round)
            found = last.get("per_nomination") if last else self.pairs.by_default(self.rules)
        return found if isinstance(found, int) else None

    @cached_property
    def judges(self) -> list[ByJudge]:
        issued, proposed = (Counter(judge for judge, _ in pairs) for pairs in (self.issued, self.proposed))
        said: dict[int, Counter[Caution]] = {}
        for pair, cautions in self.cautions.items():
            said.setdefault(pair[0], Counter()).update(cautions)
        return [
            ByJudge(
                judge,
                name_of(judge.account),
                issued[row],
                proposed[row],
                said.get(row, {}),
                self._foreign(row),
            )
            for row, judge in self.pairs.judges.items()
        ]

    def _foreign(self, row: int) -> int:
        judge = self.pairs.judges[row]
        if not judge.languages:
            return 0
        return sum(
            number
            for (category, language), number in self._written.items()
            if language and judge.reads(category) and language not in judge.languages
        )

    @cached_property
    def _written(self) -> Counter[tuple[str, str]]:
        """How many nominations there are of each category in each language."""
        texts = self.pairs.texts
        return Counter(
            (it.category, texts.get(row, NO_TEXT).language.casefold())
            for row, it in self.pairs.nominations.items()
        )

    @cached_property
    def loads(self) -> Counter[int]:
        """What each judge reads with the proposal."""
        return Counter(judge for judge, _ in (*self.issued, *self.proposed))

    @cached_property
    def cautions(self) -> dict[Key, tuple[Caution, ...]]:
        """What is to be said of proposed pairs."""
        return {pair: self.pairs.cautions(pair, self.loads[pair[0]]) for pair in self.proposed}

    @cached_property
    def careful(self) -> int:
        """The proposed pairs of which something is to be said."""
        return sum(bool(cautions) for cautions in self.cautions.values())

    def of_judge(self, row: int) -> list[Reads]:
        """What a judge reads and would read, by reference."""
        mine = [self.reads(pair) for pair in (*self.issued, *self.proposed) if pair[0] == row]
        return sorted(mine, key=lambda it: it.nomination.reference)

    def reads(self, pair: Key) -> Reads:
        judge, nomination = self.pairs.judges[pair[0]], self.pairs.nominations[pair[1]]
        return Reads(
            judge,
            name_of(judge.account),
            nomination,
            self.pairs.texts.get(pair[1], NO_TEXT),
            pair in self.cautions,
            self.cautions.get(pair, self._suspected(pair)),
        )

    def _suspected(self, pair: Key) -> tuple[Caution, ...]:
        return (Caution.SUSPICION,) if pair in self.pairs.suspected else ()

    def of_category(self, category: str) -> list[ByNomination]:
        """The nominations of a category with their readers."""
        readers = self._readers
        found = self.run.shortages if self.run else ()
        causes = {it["nomination"]: Cause(it["cause"]) for it in found if not it.get("judge")}
        return [
            ByNomination(
                it,
                self.pairs.texts.get(row, NO_TEXT),
                tuple(self.reads(pair) for pair in readers.get(row, ())),
                self.rules.sheets.minimum,
                causes.get(it.reference),
            )
            for row, it in self.pairs.nominations.items()
            if it.category == category
        ]

    @cached_property
    def _readers(self) -> dict[int, list[Key]]:
        found: dict[int, list[Key]] = {}
        for pair in (*self.issued, *self.proposed):
            found.setdefault(pair[1], []).append(pair)
        return found

    @cached_property
    def categories(self) -> list[tuple[str, int, int]]:
        """Every open category with its nominations, and how many of them have fewer readers than the minimum."""
        readers = self._readers
        every, short = Counter[str](), Counter[str]()
        for row, it in self.pairs.nominations.items():
            every[it.category] += 1
            short[it.category] += len(readers.get(row, ())) < self.rules.sheets.minimum
        return [(key, every[key], short[key]) for key in editions.open_categories(self.session, self.edition)]

    @cached_property
    def unread(self) -> list[str]:
        """Nominations that nobody was given, by reference: those that became eligible lately are among them."""
        readers = self._readers
        return [it.reference for row, it in self.pairs.nominations.items() if row not in readers]

    @property
    def short(self) -> int:
        return sum(short for _key, _every, short in self.categories)

    @cached_property
    def undecided(self) -> int:
        return len(stages.nominations_in(self.session, self.edition, stages.UNDECIDED))

    @cached_property
    def under_minimum(self) -> dict[str, int]:
        """Categories with too few nominations to be judged."""
        if self.round is not Round.FIRST:
            return {}
        return stages.under_minimum(
            self.rules,
            editions.open_categories(self.session, self.edition),
            list(self.pairs.nominations.values()),
        )

    @property
    def undeclared(self) -> list[str]:
        return [it.name for it in self.judges if it.undeclared]

    @cached_property
    def untold(self) -> list[briefing.Untold]:
        return briefing.untold(self.session, self.edition, self.round) if self.is_open else []

    @property
    def to_tell(self) -> int:
        """How many judges get a mail if the proposal is issued now and they are told."""
        return len({it.judge.id for it in self.untold} | {judge for judge, _nomination in self.proposed})

    @cached_property
    def invited(self) -> int:
        return (
            self.session.scalar(
                select(func.count())
                .select_from(Judge)
                .where(Judge.edition_id == self.edition.id, Judge.state == JudgeState.INVITED)
            )
            or 0
        )

    @cached_property
    def ended(self) -> Sequence[Ended]:
        """What ended without the panel having read it, newest first."""
        readers = Counter(nomination for _judge, nomination in self.issued)
        rows = self.session.scalars(
            select(Assignment)
            .join(Assignment.nomination)
            .where(
                Nomination.edition_id == self.edition.id,
                Assignment.round == self.round,
                Assignment.state != AssignmentState.ISSUED,
            )
            .order_by(Assignment.ended_at.desc(), Assignment.id.desc())
            .limit(MOST_ENDED)
            .options(joinedload(Assignment.nomination))
        ).all()
        people = (
            {it.id: name_of(it.account) for it in judges.of_edition(self.session, self.edition)}
            if rows
            else {}
        )
        return [
            Ended(
                it,
                people.get(it.judge_id, ""),
                self.pairs.texts.get(it.nomination_id, NO_TEXT),
                *assignments.reason_of(it),
                readers[it.nomination_id],
                it.nomination_id in self.pairs.nominations,
            )
            for it in rows
        ]


def cautions_of(board: Board, judge: Judge, nomination: Nomination) -> tuple[Caution, ...]:
    """What is to be said of one more pair, before it is made."""
    return board.pairs.cautions((judge.id, nomination.id), board.loads[judge.id] + 1)


def refuse_if_barred(board: Board, judge: Judge, nomination: Nomination) -> None:
    """Raises what `Pairs.need` raises, and AlreadyProposed."""
    board.pairs.need((judge.id, nomination.id))
    if (judge.id, nomination.id) in board.proposed:
        raise proposals.AlreadyProposed

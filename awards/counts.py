"""The result counted again under a record's labels: what outcome.json states, checked against what was frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import func, select

from awards import (
    annexes,
    audit,
    ballot_log,
    decisions,
    editions,
    elections,
    nominations,
    prizes,
    public_votes,
    results,
    standings,
    verdicts,
)
from awards.evidence import Evidence
from awards.models import (
    Assignment,
    AssignmentState,
    Conflict,
    DecisionKind,
    Election,
    ElectionKind,
    ElectionState,
    Nomination,
    NominationState,
)
from awards.timetable import ORDER, Phase
from awards.verdicts import Stage
from judging import count
from judging.ballot import Tally
from judging.ladder import Level, StepTaken, Verdicts
from judging.outcome import Outcome
from judging.record import FORMAT
from judging.scoring import Marks, Score
from judging.shortlist import Standing
from judging.values import Json, Method, Round, SecondRound, Step

Document = dict[str, Json]


class EvidenceDiffers(Exception):
    """What is stored no longer gives the result that was frozen, so no record is written."""


class Counts:
    """An edition counted under the labels of its evidence. `lots` are filled in by `outcome`."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.session, self.edition, self.labels = evidence.session, evidence.edition, evidence.labels
        self.rules = editions.rules_of(self.session, self.edition)
        self.sheets = evidence.read_sheets()
        self.standings = standings.latest(self.session, self.edition)
        self.results = results.frozen(self.session, self.edition)
        self.elections = elections.of_edition(self.session, self.edition, ElectionState.COUNTED)
        self.public = elections.of_the_public(self.session, self.edition, ElectionState.COUNTED)
        self.roots = ballot_log.commitments_roots(self.session, self.edition)
        self.lots: list[Document] = []
        self.is_decided = ORDER.index(self.edition.phase) >= ORDER.index(Phase.DECIDED)

    def outcome(self, full_sha256: str | None) -> Document:
        """What the record states. Raises EvidenceDiffers."""
        categories: Document = {category: self.category(category) for category in self.standings}
        edition = self.edition
        found: Document = {
            "format": FORMAT,
            "kind": self.evidence.kind.value,
            "edition": {
                "key": edition.key,
                "programme": edition.programme.key,
                "phase": edition.phase.value,
                "specimen": edition.specimen,
            },
            "seed": edition.seed if self.is_decided else None,
            "seed_sha256": edition.seed_sha256 or "",
            "categories": categories,
            "awards": [
                {
                    "category": award.category,
                    "nomination": self.evidence.key(award.nomination.reference),
                    "prize": award.prize,
                    "place": award.place,
                    "by_decision": award.by_decision,
                }
                for award in prizes.of_edition(self.session, edition)
            ],
            "counts": self.numbers(),
            "audit_head": audit.head(self.session, edition),
            "lacks": list[Json](self._lacks()),
        }
        return found | ({"full_record": full_sha256} if full_sha256 else {})

    def elections_by_form(self) -> tuple[list[Election], list[Document]]:
        """The elections whose ballots the record shows, and the tables that it shows instead of the others."""
        every = (*self.elections, *self.public)
        shown = [election for election in every if self._shows_ballots(election)]
        tables: list[Document] = [
            {"election": it.public_id, "table": count.tally_document(self._tally(it))}
            for it in every
            if it not in shown
        ]
        return shown, tables

    def elections_with_commitments(self) -> list[Election]:
        """All but those whose ballots name nominations that the record does not name."""
        return [election for election in (*self.elections, *self.public) if self._is_named(election)]

    def _is_named(self, election: Election) -> bool:
        return self.labels.named.issuperset(election.slate)

    def _shows_ballots(self, election: Election) -> bool:
        """Too few ballots could be told apart, and one that names a number would not fit its commitment."""
        if self.evidence.is_full:
            return True
        tally = election.tally or {}
        cast = int(tally["ballots"]) + int(tally["abstentions"])
        return cast >= self.rules.min_publish and self._is_named(election)

    def category(self, category: str) -> Document:
        """One category as the record states it. Raises EvidenceDiffers."""
        standing = self._standing(category)
        outcome = self._result(category, standing) if category in self.results else None
        mine = [election for election in self.elections if election.category == category]
        slate = next((it.slate for it in mine if it.kind is not ElectionKind.RUNOFF), None)
        return {
            "standing": count.standing_document(standing),
            "signed": self.standings[category].signed_by is not None,
            "slate": [*([self.evidence.key(it) for it in slate] if slate else sorted(self._stands(outcome)))],
            "elections": [self._election(election) for election in mine],
            "result": count.outcome_document(outcome) if outcome else None,
            **self._by_the_public(category, standing),
        }

    def _by_the_public(self, category: str, standing: Standing) -> Document:
        """The public's own vote of a category with its result, where there was one."""
        election = next((it for it in self.public if it.category == category), None)
        frozen = (
            public_votes.outcome_in(self.results[category].document) if category in self.results else None
        )
        if election is None or frozen is None:
            return {}
        counted = count.public_round(
            self.rules,
            category,
            totals=standing.totals,
            tally=self._tally(election),
            verdicts=self._verdicts(category, Stage.PUBLIC, frozen.steps),
            seed=self.edition.seed,
        )
        self._agree_on(category, frozen, counted)
        result = count.outcome_document(counted)
        return {public_votes.PART: {"election": self._election(election), "result": result}}

    def _stands(self, outcome: Outcome | None) -> Iterable[str]:
        return (row.nomination for row in outcome.rows) if outcome else ()

    def _election(self, election: Election) -> Document:
        found: Document = {
            "election": election.public_id,
            "number": election.number,
            "kind": election.kind.value,
            "slate": [self.evidence.key(reference) for reference in election.slate],
            "electors": elections.count_electors(self.session, election),
            "tally": count.tally_document(self._tally(election)),
            **self._log(election),
        }
        return found if election.most_ranked is None else found | {"most_ranked": election.most_ranked}

    def _log(self, election: Election) -> Document:
        """The heads of the public log and the root of the commitments; nothing of a vote from before there was one."""
        heads = ballot_log.heads(self.session, [election.id])[election.id]
        if not heads:
            return {}
        stated = election.commitments_root or ""
        if self.roots.get(election.public_id, stated) != stated:
            raise EvidenceDiffers(election.category)
        return {
            "log": [{"size": it.size, "root": it.root, "at": self.evidence.day(it.at)} for it in heads],
            "commitments_root": stated,
        }

    def elections_with_a_log(self) -> list[Election]:
        """Those of which heads are stated."""
        return [election for election in (*self.elections, *self.public) if self._log(election)]

    def _standing(self, category: str) -> Standing:
        frozen = count.standing_of(self.standings[category].document)
        there = self._marks(category, Round.FIRST)
        keys = [self.evidence.key(row.nomination) for row in frozen.rows]
        marks = {key: there.get(key, []) for key in keys}
        counted = count.first_round(
            self.rules,
            category,
            marks,
            verdicts=self._verdicts(category, Stage.SHORTLIST, frozen.steps),
            seed=self.edition.seed,
            fitted=annexes.fitted_under(self.standings[category].document, self.labels),
        )
        self._agree(
            {self.evidence.key(it.nomination): (it.place, it.total, it.finalist) for it in frozen.rows},
            {it.nomination: (it.place, it.total, it.finalist) for it in counted.rows},
            category,
        )
        return counted

    def _result(self, category: str, standing: Standing) -> Outcome:
        frozen = count.outcome_of(self.results[category].document)
        tally, runoffs = self._votes(category)
        slate = tally.slate if tally else tuple(self.evidence.key(it.nomination) for it in frozen.rows)
        found = self._verdicts(category, Stage.RESULT, frozen.steps)
        counted = count.second_round(
            self.rules,
            category,
            totals=standing.totals,
            slate=slate,
            tally=tally,
            marks=None if tally else self._deciding(category),
            verdicts=replace(found, runoffs=runoffs),
            seed=self.edition.seed,
            withheld=[
                str(decision.subject["prize"])
                for decision in decisions.in_force(
                    self.session, self.edition, DecisionKind.WITHHELD, category=category
                )
            ],
        )
        self._agree_on(category, frozen, counted)
        return counted

    def _agree_on(self, category: str, frozen: Outcome, counted: Outcome) -> None:
        self._agree(
            {self.evidence.key(it.nomination): (it.place, it.value, it.prize) for it in frozen.rows},
            {it.nomination: (it.place, it.value, it.prize) for it in counted.rows},
            category,
        )

    def _agree(self, frozen: Mapping[str, object], counted: Mapping[str, object], category: str) -> None:
        if frozen != counted:
            raise EvidenceDiffers(category)

    def _marks(self, category: str, *rounds: Round) -> dict[str, list[Marks]]:
        return self.evidence.marks(self.sheets, category, *rounds)

    def _deciding(self, category: str) -> dict[str, Score]:
        """The scores that decide where there is no vote: the panel's, the first round's, or both together."""
        if self.rules.second_round is SecondRound.NONE:
            return count.scores(self.rules, category, self._marks(category, Round.FIRST))
        second = self._marks(category, Round.SECOND)
        first = self._marks(category, Round.FIRST) if self.rules.carry_over else {}
        marks = {name: [*first.get(name, []), *sheets] for name, sheets in second.items()}
        return count.scores(self.rules, category, marks)

    def _votes(self, category: str) -> tuple[Tally | None, dict[Level, Mapping[str, Fraction]]]:
        deciding, runoffs = None, dict[Level, Mapping[str, Fraction]]()
        for election in self.elections:
            if election.category == category:
                tally = self._tally(election)
                if election.kind is ElectionKind.RUNOFF:
                    runoffs[frozenset(tally.slate)] = tally.votes
                else:
                    deciding = tally
        return deciding, runoffs

    def _tally(self, election: Election) -> Tally:
        """An election's tally under the record's labels.

        Where a table stands for approvals its pairs say no more than the votes do.
        """
        tally, key = count.tally_of(election.tally or {}), self.evidence.key
        pairs = tally.pairwise
        method = elections.vote_of(self.rules, election).method
        if method is Method.APPROVAL and not self._shows_ballots(election):
            pairs = {(a, b): max(0, int(tally.votes[a] - tally.votes[b])) for a, b in pairs}
        return Tally(
            tuple(map(key, tally.slate)),
            tally.ballots,
            tally.abstentions,
            {key(name): votes for name, votes in tally.votes.items()},
            {key(name): first for name, first in tally.first_places.items()},
            {(key(a), key(b)): times for (a, b), times in pairs.items()},
        )

    def _verdicts(self, category: str, stage: Stage, steps: Sequence[StepTaken]) -> Verdicts:
        """What people decided, under the record's labels; lots as they fell where nobody can draw them again.

        That is where somebody has no name here, and until the result is there, with which the seed is revealed.
        """
        there = verdicts.verdicts_of(self.session, self.edition, category, stage)
        key: Callable[[str], str] = self.evidence.key
        lots: dict[Level, tuple[str, ...]] = {}
        for step in steps:
            if step.step is not Step.LOT:
                continue
            if self.is_decided and self.labels.named.issuperset(step.level):
                continue
            order = tuple(key(name) for group in step.groups for name in group)
            lots[frozenset(order)] = order
            self.lots.append(
                {
                    "kind": "lot",
                    "category": category,
                    "subject": {
                        "stage": stage.value,
                        "category": category,
                        "level": list[Json](sorted(order)),
                        "order": list[Json](order),
                    },
                }
            )
        return Verdicts(
            orders={frozenset(map(key, level)): tuple(map(key, it)) for level, it in there.orders.items()},
            barred=frozenset(frozenset(map(key, level)) for level in there.barred),
            lots=lots,
        )

    def numbers(self) -> Document:
        """What the public is told as numbers: nominations by fate, waivers, recusals, decisions."""
        session, edition = self.session, self.edition
        there = nominations.of_edition(session, edition)
        states = [it.state for it in there if it.submitted_number is not None]
        waived = session.scalar(
            select(func.count())
            .select_from(Conflict)
            .join(Nomination, Nomination.id == Conflict.nomination_id)
            .where(Nomination.edition_id == edition.id, Conflict.waived_by.is_not(None))
        )
        recused = session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .where(Nomination.edition_id == edition.id, Assignment.state == AssignmentState.RECUSED)
        )
        of_kind = decisions.of_edition(session, edition, DecisionKind.MINIMUM_WAIVED)
        return {
            "nominations": len(states),
            "ineligible": sum(state is NominationState.INELIGIBLE for state in states),
            "withdrawn": sum(state is NominationState.WITHDRAWN for state in states),
            "waived_conflicts": waived or 0,
            "waived_minimums": len(of_kind),
            "recusals": recused or 0,
        }

    def _lacks(self) -> list[str]:
        """What an unfinished edition's record does not hold yet."""
        entered = {
            it.category
            for it in nominations.of_edition(self.session, self.edition)
            if it.state not in (NominationState.DRAFT, NominationState.WITHDRAWN, NominationState.INELIGIBLE)
        }
        found = []
        for category in editions.open_categories(self.session, self.edition):
            if category in entered and category not in self.standings:
                found.append(f"standing of {category}")
            elif category in self.standings and category not in self.results:
                found.append(f"result of {category}")
            elif category in self.results and self.results[category].signed_by is None:
                found.append(f"signature under {category}")
        return found

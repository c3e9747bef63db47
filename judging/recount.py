"""Recounting: everything a record states is counted again from its rules, sheets, ballots and decisions."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from judging import ballot
from judging.count import (
    first_round,
    outcome_document,
    scores,
    second_round,
    standing_document,
    tally_document,
    tally_of,
)
from judging.ladder import Level, Verdicts
from judging.outcome import Outcome
from judging.programme import ProgrammeInvalid, read_rules
from judging.record import FORMAT, Damage, Record, RecordDamaged
from judging.rules import Rules, digest
from judging.scoring import Marks, faults
from judging.shortlist import Standing
from judging.values import Json, Round, SecondRound, Slate, differences

Sheets = dict[Round, dict[str, dict[str, list[Marks]]]]


class Check(StrEnum):
    """What did not agree."""

    RULES = "rules"
    SEED = "seed"
    SHEET = "sheet"
    STANDING = "standing"
    SLATE = "slate"
    BALLOT = "ballot"
    COMMITMENT = "commitment"
    TALLY = "tally"
    RESULT = "result"
    AWARD = "award"


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement: the record states one value, counting gives another; `place` says where."""

    check: Check
    category: str
    place: str
    stated: str
    counted: str


@dataclass(frozen=True, slots=True)
class CategoryCount:
    category: str
    standing: Standing | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Recount:
    """The result of recounting; `lacks` names what the record does not hold yet."""

    edition: str
    kind: str
    rules_sha256: str
    manifest_sha256: str
    names: Mapping[str, str]
    categories: tuple[CategoryCount, ...]
    awards: tuple[tuple[str, str, str], ...]
    lacks: tuple[str, ...]
    differences: tuple[Difference, ...]


def recount(record: Record) -> Recount:
    """Count a record again and compare every total, place and step it states. Raises RecordDamaged."""
    try:
        return _Recount(record).run()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ProgrammeInvalid) as error:
        raise RecordDamaged(Damage.NOT_THE_FORM) from error


@dataclass(slots=True)
class _Recount:
    record: Record
    found: list[Difference] = field(default_factory=list)

    def run(self) -> Recount:
        stated = _object(self.record.document("outcome.json"))
        if stated["format"] != FORMAT:
            raise ValueError(stated["format"])
        rules = read_rules(_object(self.record.document("rules.json")))
        decisions = [_object(item) for item in _array(self.record.document("decisions.json"))]
        named, category_of = self._nominations()
        self._check_hashes(rules, stated, decisions)
        sheets = self._sheets(rules, category_of)
        tallies = self._tallies(rules, stated)
        seed = _text_or_none(stated["seed"])
        counts = tuple(
            self._category(rules, key, _object(of_category), sheets, tallies, decisions, named, seed)
            for key, of_category in _object(stated["categories"]).items()
        )
        awards = self._awards(rules, stated, decisions, counts)
        return Recount(
            edition=str(_object(stated["edition"])["key"]),
            kind=str(stated["kind"]),
            rules_sha256=digest(rules),
            manifest_sha256=self.record.manifest_sha256,
            names=named,
            categories=counts,
            awards=awards,
            lacks=tuple(map(str, _array(stated["lacks"]))),
            differences=tuple(self.found),
        )

    def differ(self, check: Check, category: str, place: str, stated: object, counted: object) -> None:
        self.found.append(Difference(check, category, place, str(stated), str(counted)))

    def _check_hashes(
        self, rules: Rules, stated: Mapping[str, Json], decisions: list[dict[str, Json]]
    ) -> None:
        frozen = [_object(it["subject"]).get("rules") for it in decisions if it["kind"] == "freeze"]
        amended = [
            _object(it["subject"]).get("after") for it in decisions if it["kind"] == "amendment" and frozen
        ]
        last = (amended or frozen)[-1:]
        if last and last[0] != digest(rules):
            self.differ(Check.RULES, "", "sha256", last[0], digest(rules))
        seed = _text_or_none(stated["seed"])
        if seed is not None:
            counted = hashlib.sha256(seed.encode()).hexdigest()
            if stated["seed_sha256"] != counted:
                self.differ(Check.SEED, "", "sha256", stated["seed_sha256"], counted)

    def _nominations(self) -> tuple[dict[str, str], dict[str, str]]:
        """Titles of the nominations that the record names, and the category of each."""
        named, category_of = {}, {}
        for line in self.record.lines("nominations.jsonl"):
            key = str(line["nomination"])
            category_of[key] = str(line["category"])
            if "title" in line:
                named[key] = str(line["title"])
        return named, category_of

    def _sheets(self, rules: Rules, category_of: Mapping[str, str]) -> Sheets:
        assigned = {
            (str(it["judge"]), str(it["nomination"]), str(it["round"]))
            for it in self.record.lines("assignments.jsonl")
        }
        seen: set[tuple[str, str, str]] = set()
        sheets: Sheets = {Round.FIRST: {}, Round.SECOND: {}}
        for line in self.record.lines("sheets.jsonl"):
            pair = (str(line["judge"]), str(line["nomination"]), str(line["round"]))
            category = category_of[pair[1]]
            if pair in seen or pair not in assigned:
                self.differ(
                    Check.SHEET, category, " ".join(pair), "one sheet, assigned", "twice or not assigned"
                )
                continue
            seen.add(pair)
            marks = _object(line["marks"])
            wrong = faults(rules, category, marks)
            if wrong:
                self.differ(
                    Check.SHEET,
                    category,
                    f"{' '.join(pair)} {wrong[0][0]}",
                    marks.get(wrong[0][0]),
                    wrong[0][1],
                )
            elif line["counted"] is True:
                whole = {key: mark for key, mark in marks.items() if isinstance(mark, int)}
                sheets[Round(pair[2])].setdefault(category, {}).setdefault(pair[1], []).append(whole)
        return sheets

    def _tallies(self, rules: Rules, stated: Mapping[str, Json]) -> dict[str, ballot.Tally]:
        """The tally of every election that has ballots or a table, counted from them."""
        elections = {
            str(election["election"]): (category, election)
            for category, of_category in _object(stated["categories"]).items()
            for election in map(_object, _array(_object(of_category)["elections"]))
        }
        commitments: dict[str, set[str]] = {key: set() for key in elections}
        for line in self.record.lines("commitments.jsonl"):
            commitments[str(line["election"])].add(str(line["commitment"]))
        cast: dict[str, Counter[ballot.Choice]] = {}
        tallies: dict[str, ballot.Tally] = {}
        for line in self.record.lines("ballots.jsonl"):
            key = str(line["election"])
            if "table" in line:
                tallies[key] = tally_of(_object(line["table"]))
                commitments[key].clear()
                continue
            choice = tuple(map(str, _array(line["choice"])))
            self._check_ballot(
                rules, elections[key], choice, _text_or_none(line.get("nonce")), commitments[key]
            )
            cast.setdefault(key, Counter())[choice] += 1
        for key, (category, election) in elections.items():
            if key in cast and rules.vote:
                slate = tuple(map(str, _array(election["slate"])))
                tallies[key] = ballot.count(rules.vote.method, slate, cast[key])
            if commitments[key] and key in cast:
                self.differ(
                    Check.COMMITMENT, category, key, f"{len(commitments[key])} more", "no such ballots"
                )
            if key in tallies:
                self._compare(Check.TALLY, category, _object(election["tally"]), tally_document(tallies[key]))
        return tallies

    def _check_ballot(
        self,
        rules: Rules,
        election: tuple[str, Mapping[str, Json]],
        choice: ballot.Choice,
        nonce: str | None,
        commitments: set[str],
    ) -> None:
        category, stated = election
        if rules.vote is None:
            raise ValueError("ballots without a vote")
        slate = tuple(map(str, _array(stated["slate"])))
        wrong = ballot.faults(
            rules.vote.method, slate, choice, barred=(), approve_up_to=rules.vote.approve_up_to
        )
        if wrong:
            self.differ(Check.BALLOT, category, " > ".join(choice), wrong[0][0], wrong[0][1])
        if nonce is not None:
            commitment = ballot.commitment(str(stated["election"]), choice, nonce)
            if commitment not in commitments:
                self.differ(Check.COMMITMENT, category, " > ".join(choice), "none", commitment)
            commitments.discard(commitment)

    def _category(
        self,
        rules: Rules,
        category: str,
        stated: Mapping[str, Json],
        sheets: Sheets,
        tallies: Mapping[str, ballot.Tally],
        decisions: list[dict[str, Json]],
        named: Mapping[str, str],
        seed: str | None,
    ) -> CategoryCount:
        if stated["standing"] is None:
            return CategoryCount(category, None, None)
        first = sheets[Round.FIRST].get(category, {})
        verdicts = _verdicts(decisions, category, "shortlist", named, {})
        standing = first_round(rules, category, first, verdicts=verdicts, seed=seed)
        self._compare(Check.STANDING, category, _object(stated["standing"]), standing_document(standing))
        if stated["result"] is None:
            return CategoryCount(category, standing, None)
        slate = tuple(map(str, _array(stated["slate"])))
        expected = _expected_slate(rules, category, standing, decisions)
        if set(slate) != expected:
            self.differ(Check.SLATE, category, "slate", sorted(slate), sorted(expected))
        outcome = self._outcome(
            rules, category, stated, standing, slate, sheets, tallies, decisions, named, seed
        )
        if outcome:
            self._compare(Check.RESULT, category, _object(stated["result"]), outcome_document(outcome))
        return CategoryCount(category, standing, outcome)

    def _outcome(
        self,
        rules: Rules,
        category: str,
        stated: Mapping[str, Json],
        standing: Standing,
        slate: tuple[str, ...],
        sheets: Sheets,
        tallies: Mapping[str, ballot.Tally],
        decisions: list[dict[str, Json]],
        named: Mapping[str, str],
        seed: str | None,
    ) -> Outcome | None:
        deciding: ballot.Tally | None = None
        runoffs: dict[Level, Mapping[str, Fraction]] = {}
        for election in map(_object, _array(stated["elections"])):
            tally = tallies.get(str(election["election"]))
            if tally and election["kind"] == "runoff":
                runoffs[frozenset(tally.slate)] = tally.votes
            elif tally:
                deciding = tally
        if rules.second_round is SecondRound.VOTE and deciding is None:
            return None
        if set(slate) - standing.totals.keys() or (deciding and set(deciding.slate) != set(slate)):
            self.differ(Check.SLATE, category, "slate", sorted(slate), sorted(standing.totals))
            return None
        return second_round(
            rules,
            category,
            totals=standing.totals,
            slate=slate,
            tally=deciding,
            marks=None if deciding else scores(rules, category, _deciding_sheets(rules, category, sheets)),
            verdicts=_verdicts(decisions, category, "result", named, runoffs),
            seed=seed,
            withheld=[
                str(_object(it["subject"])["prize"])
                for it in decisions
                if it["kind"] == "withheld" and it["category"] == category
            ],
        )

    def _compare(
        self, check: Check, category: str, stated: Mapping[str, Json], counted: Mapping[str, Json]
    ) -> None:
        for place, before, after in differences(dict(stated), dict(counted)):
            self.differ(check, category, place, before, after)

    def _awards(
        self,
        rules: Rules,
        stated: Mapping[str, Json],
        decisions: list[dict[str, Json]],
        counts: tuple[CategoryCount, ...],
    ) -> tuple[tuple[str, str, str], ...]:
        """The prizes given: each follows from the result of its category, or from a decision."""
        awards = tuple(
            (str(it["category"]), str(it["nomination"]), str(it["prize"]))
            for it in map(_object, _array(stated["awards"]))
        )
        won = {
            (count.category, row.nomination, row.prize)
            for count in counts
            if count.outcome
            for row in count.outcome.rows
            if row.prize
        }
        decided = {
            (
                str(it["category"]),
                str(_object(it["subject"])["nomination"]),
                str(_object(it["subject"])["prize"]),
            )
            for it in decisions
            if it["kind"] == "award"
        }
        recounted = {count.category for count in counts if count.outcome}
        for award in awards:
            wanted = decided if rules.prize(award[2]).by_decision else won
            if award[0] in recounted and award not in wanted:
                self.differ(Check.AWARD, award[0], award[1], award[2], "nothing")
        return awards


def _verdicts(
    decisions: list[dict[str, Json]],
    category: str,
    stage: str,
    named: Mapping[str, str],
    runoffs: Mapping[Level, Mapping[str, Fraction]],
) -> Verdicts:
    orders: dict[Level, tuple[str, ...]] = {}
    lots: dict[Level, tuple[str, ...]] = {}
    barred: set[Level] = set()
    for decision in decisions:
        subject = _object(decision["subject"])
        if (decision["category"], subject.get("stage")) != (category, stage):
            continue
        level = frozenset(map(str, _array(subject["level"])))
        if decision["kind"] == "lot":
            if not level <= named.keys():
                lots[level] = tuple(map(str, _array(subject["order"])))
        elif subject.get("barred"):
            barred.add(level)
        else:
            orders[level] = tuple(map(str, _array(subject["order"])))
    return Verdicts(orders, frozenset(barred), lots, runoffs)


def _expected_slate(
    rules: Rules, category: str, standing: Standing, decisions: list[dict[str, Json]]
) -> set[str]:
    """Who should stand for prizes: the finalists or everybody judged, less and plus what decisions changed."""
    slate = set(standing.finalists if rules.slate is Slate.FINALISTS else standing.totals)
    for decision in decisions:
        if decision["kind"] == "replacement" and decision["category"] == category:
            subject = _object(decision["subject"])
            slate -= set(map(str, _array(subject["removed"])))
            slate |= set(map(str, _array(subject["added"])))
    return slate


def _deciding_sheets(rules: Rules, category: str, sheets: Sheets) -> dict[str, list[Marks]]:
    """The sheets that decide where there is no vote: the panel's, the first round's, or both."""
    first = sheets[Round.FIRST].get(category, {})
    if rules.second_round is SecondRound.NONE:
        return first
    second = sheets[Round.SECOND].get(category, {})
    if not rules.carry_over:
        return second
    return {name: [*first.get(name, []), *second.get(name, [])] for name in second}


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError("an object is wanted")
    return value


def _array(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("a list is wanted")
    return value


def _text_or_none(value: Json) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a text is wanted")
    return value

"""Recounting: everything a record states is counted again from its rules, sheets, ballots and decisions."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from judging.boxes import Box, boxes
from judging.count import (
    first_round,
    outcome_document,
    public_round,
    scores,
    second_round,
    standing_document,
    tally_document,
)
from judging.evidence import (
    Award,
    Decided,
    Evidence,
    StatedCategory,
    assigned_pairs,
    gather,
    judges_listed,
    sheet_lines,
)
from judging.fitted import Fitted, misfits
from judging.ladder import Level, Verdicts, draw
from judging.outcome import Outcome
from judging.programme import ProgrammeInvalid
from judging.record import Damage, Record, RecordDamaged, RecordKind
from judging.scoring import Marks, faults
from judging.shortlist import Standing
from judging.vacancies import held, in_the_running
from judging.values import (
    Json,
    Round,
    SecondRound,
    Slate,
    StandingBy,
    as_object,
    as_text,
    as_texts,
    as_whole,
    differences,
)

SET_ASIDE = "set_aside"
Sheets = dict[Round, dict[str, dict[str, list[Marks]]]]


class Check(StrEnum):
    """What did not agree."""

    RULES = "rules"
    SEED = "seed"
    LOT = "lot"
    SHEET = "sheet"
    CALIBRATION = "calibration"
    STANDING = "standing"
    SLATE = "slate"
    BALLOT = "ballot"
    COMMITMENT = "commitment"
    LOG = "log"
    TALLY = "tally"
    WITHHELD = "withheld"
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
    public: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Recount:
    """The result of recounting. `names` are the titles of those the record names; `lacks` what it has not yet."""

    edition: str
    kind: str
    rules_sha256: str
    manifest_sha256: str
    names: Mapping[str, str]
    categories: tuple[CategoryCount, ...]
    awards: tuple[Award, ...]
    lacks: tuple[str, ...]
    differences: tuple[Difference, ...]


def recount(record: Record) -> Recount:
    """Count a record again and compare every total, place and step it states. Raises RecordDamaged."""
    try:
        return _Recount(record, gather(record), assigned_pairs(record), judges_listed(record)).run()
    except (LookupError, TypeError, ValueError, RecursionError, ProgrammeInvalid) as error:
        raise RecordDamaged(Damage.NOT_THE_FORM) from error


@dataclass(slots=True)
class _Recount:
    record: Record
    evidence: Evidence
    assigned: frozenset[tuple[str, str, Round]]
    judges: frozenset[str]
    found: list[Difference] = field(default_factory=list)

    def run(self) -> Recount:
        evidence = self.evidence
        self._check_hashes()
        self._check_calibration()
        sheets = self._sheets()
        voted = self._boxes()
        counts = tuple(self._category(stated, sheets, voted) for stated in evidence.categories)
        self._check_awards(counts)
        return Recount(
            edition=evidence.edition,
            kind=evidence.kind.value,
            rules_sha256=evidence.rules_sha256,
            manifest_sha256=self.record.manifest_sha256,
            names=evidence.titles,
            categories=counts,
            awards=evidence.awards,
            lacks=tuple(dict.fromkeys([*evidence.lacks, *self._lacks(counts)])),
            differences=tuple(self.found),
        )

    def differ(self, check: Check, category: str, place: str, stated: object, counted: object) -> None:
        self.found.append(Difference(check, category, place, str(stated), str(counted)))

    def _check_hashes(self) -> None:
        """Rules and seed are those whose hashes were published at the freeze, or by an amendment after it."""
        evidence = self.evidence
        kinds = [it.kind for it in evidence.decisions]
        if "freeze" in kinds:
            frozen = evidence.decisions[kinds.index("freeze")].subject
            amended = [
                it.subject["after"]
                for it in evidence.decisions[kinds.index("freeze") :]
                if it.kind == "amendment"
            ]
            in_force = [frozen["rules"], *amended][-1]
            if in_force != evidence.rules_sha256:
                self.differ(Check.RULES, "", "sha256", in_force, evidence.rules_sha256)
            if frozen["seed_sha256"] != evidence.seed_sha256:
                self.differ(Check.SEED, "", "published", frozen["seed_sha256"], evidence.seed_sha256)
        elif evidence.seed_sha256:
            self.differ(Check.RULES, "", "freeze", "a seed drawn at the freeze", "no decision to freeze")
        if evidence.seed is not None:
            counted = hashlib.sha256(evidence.seed.encode()).hexdigest()
            if evidence.seed_sha256 != counted:
                self.differ(Check.SEED, "", "sha256", evidence.seed_sha256, counted)

    def _sheets(self) -> Sheets:
        rules, category_of = self.evidence.rules, self.evidence.category_of
        seen: set[tuple[str, str, Round]] = set()
        for judge, nomination, _ in sorted(self.assigned):
            if judge not in self.judges:
                self.differ(Check.SHEET, category_of[nomination], judge, "assigned", "not among the judges")
        sheets: Sheets = {Round.FIRST: {}, Round.SECOND: {}}
        for sheet in sheet_lines(self.record):
            pair = (sheet.judge, sheet.nomination, sheet.round)
            category = category_of[sheet.nomination]
            wrong = faults(rules, category, sheet.marks)
            if pair in seen or pair not in self.assigned:
                self.differ(
                    Check.SHEET, category, sheet.place, "a sheet", "twice" if pair in seen else "not assigned"
                )
            elif wrong:
                key, fault = wrong[0]
                self.differ(Check.SHEET, category, f"{sheet.place} {key}", sheet.marks.get(key), fault)
            elif sheet.counted:
                marks = {key: mark for key, mark in sheet.marks.items() if isinstance(mark, int)}
                of_category = sheets[sheet.round].setdefault(category, {})
                of_category.setdefault(sheet.nomination, []).append(marks)
            seen.add(pair)
        return sheets

    def _boxes(self) -> Mapping[str, Box]:
        """The ballot box of every election, with what does not belong into it reported."""
        found = boxes(self.record, self.evidence)
        for box in found.values():
            for choice, fault in box.spoilt:
                self.differ(Check.BALLOT, box.category, " > ".join(choice), fault[0], fault[1])
            for commitment in box.uncommitted:
                self.differ(Check.COMMITMENT, box.category, box.key, "nothing", commitment)
            if box.uncast:
                self.differ(
                    Check.COMMITMENT, box.category, box.key, f"{box.uncast:+d} commitments", "one a ballot"
                )
            for place, stated, counted in box.log:
                self.differ(Check.LOG, box.category, f"{place} of {box.key}", stated, counted)
            if box.tally and box.stated is None:
                self.differ(Check.TALLY, box.category, box.key, "nothing", f"{box.tally.ballots} ballots")
            elif box.tally and box.stated is not None:
                self._compare(Check.TALLY, box.category, box.stated, tally_document(box.tally))
                if not box.is_consistent:
                    self.differ(Check.TALLY, box.category, box.key, "a table", "no ballots add up to it")
        self._check_aside(found)
        return found

    def _check_aside(self, found: Mapping[str, Box]) -> None:
        """Nothing of a box was set aside but by decisions: what none of them tells of was dropped.

        Those about papers stand in the full record only.
        """
        told = self._told_aside()
        public = {it.public.election.key for it in self.evidence.categories if it.public}
        stated = Counter[tuple[str, bool, str]]()
        for box in found.values():
            for because, number in box.ledger.aside.items() if box.ledger else ():
                if because != SET_ASIDE or self.evidence.kind is RecordKind.FULL:
                    stated[box.category, box.key in public, because] += number
        for (category, is_public, because), number in sorted(stated.items()):
            if number > (decided := told[category, is_public, because]):
                place = f"envelopes set aside, {because}"
                self.differ(Check.LOG, category, place, number, f"{decided} by decisions")

    def _told_aside(self) -> Counter[tuple[str, bool, str]]:
        """How many envelopes decisions have set aside, by category, whether the public's, and reason."""
        told = Counter[tuple[str, bool, str]]()
        for it in self.evidence.decisions:
            if it.kind == "struck":
                for part in ("struck", "struck_public"):
                    for category, number in as_object(it.subject.get(part, {})).items():
                        key = (category, part == "struck_public", as_text(it.subject["because"]))
                        told[key] += as_whole(number)
            elif it.kind == "papers" and it.subject.get("act") == SET_ASIDE:
                told[it.category or "", False, SET_ASIDE] += as_whole(it.subject["papers"])
        return told

    def _category(self, stated: StatedCategory, sheets: Sheets, voted: Mapping[str, Box]) -> CategoryCount:
        category = stated.key
        if stated.standing is None:
            if stated.result is not None:
                self.differ(Check.RESULT, category, "result", "a result", "no standing")
            return CategoryCount(category, None, None)
        of_category = sheets[Round.FIRST].get(category, {})
        standing = first_round(
            self.evidence.rules,
            category,
            of_category,
            verdicts=self._verdicts(category, "shortlist", {}),
            seed=self.evidence.seed,
            fitted=self._fitted(category, of_category),
        )
        self._compare(Check.STANDING, category, stated.standing, standing_document(standing))
        if stated.result is None:
            return CategoryCount(category, standing, None)
        expected = _expected_slate(self.evidence, category, standing)
        if set(stated.slate) != expected:
            self.differ(Check.SLATE, category, "slate", sorted(stated.slate), sorted(expected))
        outcome = self._outcome(stated, standing, sheets, voted)
        if outcome is None:
            self.differ(Check.RESULT, category, "result", "a result", "nothing to count it from")
        else:
            self._compare(Check.RESULT, category, stated.result, outcome_document(outcome))
        return CategoryCount(category, standing, outcome, self._public(stated, standing, voted))

    def _public(self, stated: StatedCategory, standing: Standing, voted: Mapping[str, Box]) -> Outcome | None:
        """The result of the public's own vote; every category that was voted on has one where the rules do."""
        category, public = stated.key, stated.public
        if public is None:
            if self.evidence.rules.public_vote is not None:
                self.differ(Check.RESULT, category, "public", "nothing", "the public's vote")
            return None
        tally = voted[public.election.key].tally
        if (
            tally is None
            or set(tally.slate) != set(stated.slate)
            or not standing.totals.keys() >= set(tally.slate)
        ):
            self.differ(Check.RESULT, category, "public", "a result", "nothing to count it from")
            return None
        outcome = public_round(
            self.evidence.rules,
            category,
            totals=standing.totals,
            tally=tally,
            verdicts=self._verdicts(category, "public", {}),
            seed=self.evidence.seed,
        )
        self._compare(Check.RESULT, category, public.result, outcome_document(outcome))
        return outcome

    def _check_calibration(self) -> None:
        """Fitted totals stand only where the rules let them decide; a full record may tell of a calibration besides."""
        evidence = self.evidence
        if evidence.fitted is None:
            return
        if evidence.rules.standing is StandingBy.MEAN and evidence.kind is RecordKind.PUBLIC:
            self.differ(Check.CALIBRATION, "", "calibration", "fitted totals", "the plain mean decides")
        standing = {it.key for it in evidence.categories if it.standing is not None}
        calibrated = evidence.rules.standing is StandingBy.CALIBRATED
        for category in sorted(evidence.fitted.keys() - (standing if calibrated else set())):
            wanted = "no standing" if calibrated else "the plain mean decides"
            self.differ(Check.CALIBRATION, category, "calibration", "fitted totals", wanted)

    def _fitted(self, category: str, sheets: Mapping[str, Sequence[Marks]]) -> Fitted | None:
        """What decides a category by the record's calibration; None where the plain mean does, or it doesn't fit."""
        if self.evidence.rules.standing is StandingBy.MEAN:
            return None
        fitted = (self.evidence.fitted or {}).get(category)
        if fitted is None:
            self.differ(Check.CALIBRATION, category, "calibration", "a standing", "no fitted totals")
            return None
        found = list(misfits(fitted, sheets, self.evidence.rules.scale))
        for place, stated, wanted in found:
            self.differ(Check.CALIBRATION, category, place, stated, wanted)
        return None if found else fitted

    def _outcome(
        self, stated: StatedCategory, standing: Standing, sheets: Sheets, voted: Mapping[str, Box]
    ) -> Outcome | None:
        """The result of a category; None where a vote, or somebody's marks, are missing."""
        rules, category, totals = self.evidence.rules, stated.key, standing.totals
        tallies = [(it.is_runoff, tally) for it in stated.elections if (tally := voted[it.key].tally)]
        runoffs = {frozenset(tally.slate): tally.votes for is_runoff, tally in tallies if is_runoff}
        votes = [tally for is_runoff, tally in tallies if not is_runoff]
        if len(votes) > 1:
            raise ValueError("two votes of one category")
        marks = scores(rules, category, _deciding_sheets(self.evidence, category, sheets))
        if rules.second_round is SecondRound.VOTE:
            can_be_counted = bool(votes) and set(votes[0].slate) == set(stated.slate) <= totals.keys()
        else:
            can_be_counted = totals.keys() >= set(stated.slate) <= marks.keys()
        if not can_be_counted:
            return None
        return second_round(
            rules,
            category,
            totals=totals,
            slate=stated.slate,
            tally=votes[0] if votes else None,
            marks=marks,
            verdicts=self._verdicts(category, "result", runoffs),
            seed=self.evidence.seed,
            withheld=self._withheld(category),
        )

    def _withheld(self, category: str) -> list[str]:
        prizes = [as_text(it.subject["prize"]) for it in self._decisions("withheld", category)]
        if prizes and not self.evidence.rules.withhold:
            self.differ(Check.WITHHELD, category, "prizes", ", ".join(prizes), "none")
        return prizes

    def _decisions(self, kind: str, category: str) -> list[Decided]:
        return [it for it in self.evidence.decisions if (it.kind, it.category) == (kind, category)]

    def _verdicts(
        self, category: str, stage: str, runoffs: Mapping[Level, Mapping[str, Fraction]]
    ) -> Verdicts:
        """What people decided, and lots as stated where they can't be drawn again from here."""
        orders: dict[Level, tuple[str, ...]] = {}
        lots: dict[Level, tuple[str, ...]] = {}
        barred: set[Level] = set()
        for it in self._decisions("tie", category):
            if it.subject["stage"] == stage and it.subject.get("barred") is True:
                barred.add(it.level())
            elif it.subject["stage"] == stage:
                orders[it.level()] = it.order()
        for it in self._decisions("lot", category):
            if it.subject["stage"] == stage:
                self._lot(category, it, lots)
        return Verdicts(orders, frozenset(barred), lots, runoffs)

    def _lot(self, category: str, stated: Decided, lots: dict[Level, tuple[str, ...]]) -> None:
        level, seed = stated.level(), self.evidence.seed
        if seed is None or not self.evidence.names_all(level):
            lots[level] = stated.order()
        elif (drawn := draw(seed, level)) != stated.order():
            self.differ(Check.LOT, category, " ".join(sorted(level)), stated.order(), drawn)

    def _compare(
        self, check: Check, category: str, stated: Mapping[str, Json], counted: Mapping[str, Json]
    ) -> None:
        """Every value that differs; where only the order of rows does, the order."""
        found = differences(dict(stated), dict(counted))
        for place, before, after in found:
            self.differ(check, category, place, before, after)
        if not found and check is not Check.TALLY and (order := _order(stated)) != _order(counted):
            self.differ(check, category, "order of rows", " > ".join(order), " > ".join(_order(counted)))

    def _check_awards(self, counts: Sequence[CategoryCount]) -> None:
        """The prizes given: each follows from the result of its category, or from a decision."""
        declined = self._named("declined") | self._named("revocation")
        places = self._places(counts, declined)
        won = set(places)
        decided = self._named("award") - declined
        given = self.evidence.awards
        for award, details in self.evidence.award_details.items():
            by_decision = self.evidence.rules.prize(award[2]).by_decision
            counted = {"by_decision": by_decision, "place": None if by_decision else places.get(award)}
            for key in sorted(counted.keys() & details.keys()):
                if details[key] != counted[key]:
                    self.differ(Check.AWARD, award[0], f"{award[1]} {key}", details[key], counted[key])
        for award in given:
            wanted = decided if self.evidence.rules.prize(award[2]).by_decision else won
            if award not in wanted or given.count(award) > 1:
                self.differ(
                    Check.AWARD, award[0], award[1], award[2], "nothing" if award not in wanted else "one"
                )
        signed = {it.category for it in self.evidence.decisions if it.kind == "winners"}
        due = [*sorted(award for award in won if award[0] in signed), *sorted(decided)]
        for category, nomination, prize in due:
            if (category, nomination, prize) not in given:
                self.differ(Check.AWARD, str(category), nomination, "nothing", prize)

    def _named(self, kind: str) -> set[Award]:
        """What the decisions of a kind say of the prizes of single nominations."""
        return {
            (it.category or "", as_text(it.subject["nomination"]), as_text(it.subject["prize"]))
            for it in self.evidence.decisions
            if it.kind == kind
        }

    def _places(self, counts: Sequence[CategoryCount], declined: Collection[Award]) -> dict[Award, int]:
        """The contested prizes with their places: as counted, and after those that were declined or revoked.

        Whoever loses the public's prize keeps a prize of the others, and the reverse.
        """
        rules, found = self.evidence.rules, dict[Award, int]()
        public = rules.public_vote.prize if rules.public_vote else None
        for count in counts:
            here = {it for it in declined if it[0] == count.category and not rules.prize(it[2]).by_decision}
            contested = {it[1] for it in here if it[2] != public}
            by_the_public = {it[1] for it in here if it[2] == public}
            for rows, gone in (
                (count.outcome.rows if count.outcome else (), contested),
                (in_the_running(count.public.rows) if count.public else (), by_the_public),
            ):
                for it in held(rows, gone, rules.vacated).holders:
                    found[count.category, it.nomination, it.prize] = it.place
        return found

    def _lacks(self, counts: Sequence[CategoryCount]) -> list[str]:
        """What is missing of the categories of which something was given to judges, in the words of `lacks`."""
        judged = {self.evidence.category_of[nomination] for _, nomination, _ in self.assigned}
        with_standing = {count.category for count in counts if count.standing}
        with_result = {count.category for count in counts if count.outcome}
        return [
            *(f"standing of {category}" for category in sorted(judged - with_standing)),
            *(f"result of {category}" for category in sorted(with_standing - with_result)),
        ]


def _order(document: Mapping[str, Json]) -> list[str]:
    rows = document["rows"]
    assert isinstance(rows, list)
    return [str(row["nomination"]) for row in rows if isinstance(row, dict)]


def _expected_slate(evidence: Evidence, category: str, standing: Standing) -> set[str]:
    """Who should stand for prizes: the finalists, or everybody judged; less and plus what decisions changed."""
    rules = evidence.rules
    everybody = rules.slate is Slate.ELIGIBLE and rules.second_round is not SecondRound.NONE
    slate = set(standing.totals if everybody else standing.finalists)
    for it in evidence.decisions:
        if it.kind == "replacement" and it.category == category:
            slate -= set(as_texts(it.subject["removed"]))
            slate |= set(as_texts(it.subject["added"]))
    return slate


def _deciding_sheets(evidence: Evidence, category: str, sheets: Sheets) -> Mapping[str, Sequence[Marks]]:
    """The sheets that decide where there is no vote: the panel's, the first round's, or both."""
    first = sheets[Round.FIRST].get(category, {})
    if evidence.rules.second_round is SecondRound.NONE:
        return first
    second = sheets[Round.SECOND].get(category, {})
    if not evidence.rules.carry_over:
        return second
    return {name: [*first.get(name, []), *found] for name, found in second.items()}

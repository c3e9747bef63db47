"""Whole records, made from rules, sheets and ballots through `judging` itself, and ways to damage them."""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from judging import merkle, record
from judging.ballot import Choice, Tally, commitment, complete, count
from judging.count import (
    first_round,
    outcome_document,
    scores,
    second_round,
    standing_document,
    tally_document,
)
from judging.fitted import Fitted, fitted_document
from judging.ladder import StepTaken, Verdicts
from judging.outcome import Outcome
from judging.rules import Rules, digest, document
from judging.shortlist import Standing
from judging.values import SecondRound, Slate, Step, canonical
from tests.builders import CATEGORY, FIVE_BALLOTS, SEED, SEVEN, Sheets, rules

NOBODY = Verdicts()


@dataclass
class Parts:
    """The parts of a record, open to tampering before they are written."""

    documents: dict[str, Any]
    lines: dict[str, list[Any]]

    @property
    def outcome(self) -> Any:
        return self.documents["outcome.json"]

    @property
    def category(self) -> Any:
        return self.outcome["categories"][CATEGORY]

    @property
    def decisions(self) -> Any:
        return self.documents["decisions.json"]

    def written(self) -> bytes:
        target = io.BytesIO()
        record.write(target, self.documents, self.lines)
        return target.getvalue()


@dataclass
class Case:
    """One category of an edition that ended.

    `ballots` are rankings or choices, a run-off's in `runoff`; `given`: prizes by decision; `unnamed`: nominations
    that the record knows by a number only; `as_table`: the count sheet instead of ballots; `fitted`: what a
    calibration gave; `logged`: with a public log of two hours, in which one more envelope was struck.
    """

    rules: Rules = field(default_factory=rules)
    marks: Sheets = field(default_factory=lambda: SEVEN)
    ballots: Sequence[Choice] = FIVE_BALLOTS
    panel: Sheets = field(default_factory=dict)
    shortlist: Verdicts = NOBODY
    result: Verdicts = NOBODY
    runoff: Sequence[Choice] = ()
    given: Sequence[tuple[str, str]] = ()
    withheld: Sequence[str] = ()
    unnamed: Sequence[str] = ()
    as_table: bool = False
    kind: str = "full"
    fitted: Fitted | None = None
    logged: bool = False

    def __post_init__(self) -> None:
        self.decisions: list[Any] = []
        self.lines: dict[str, list[Any]] = {name: [] for name in record.LINES}
        self.elections: list[Any] = []

    def parts(self) -> Parts:
        seed_sha256 = hashlib.sha256(SEED.encode()).hexdigest()
        self._decide("freeze", {"rules": digest(self.rules), "seed_sha256": seed_sha256}, category=None)
        self._add_sheets(self.marks, "first")
        self._add_sheets(self.panel, "second")
        standing = first_round(
            self.rules, CATEGORY, self.marks, verdicts=self.shortlist, seed=SEED, fitted=self.fitted
        )
        self._state("shortlist", self.shortlist, standing.steps)
        for prize in self.withheld:
            self._decide("withheld", {"prize": prize})
        slate = self._slate(standing)
        outcome = self._second_round(standing, slate)
        self._state("result", self.result, outcome.steps)
        self._decide("winners", {})
        for nomination, prize in self.given:
            self._decide("award", {"nomination": nomination, "prize": prize})
        won = [(row.nomination, row.prize) for row in outcome.rows if row.prize]
        stated = {
            "format": record.FORMAT,
            "kind": self.kind,
            "edition": {"key": "made-up-2014"},
            "seed": SEED,
            "seed_sha256": seed_sha256,
            "categories": {
                CATEGORY: {
                    "standing": standing_document(standing),
                    "slate": list(slate),
                    "elections": self.elections,
                    "result": outcome_document(outcome),
                }
            },
            "awards": [
                {"category": CATEGORY, "nomination": nomination, "prize": prize}
                for nomination, prize in [*won, *self.given]
            ],
            "lacks": [],
        }
        documents = {
            "rules.json": document(self.rules),
            "texts.json": {},
            "decisions.json": self.decisions,
            "outcome.json": stated,
        }
        if self.fitted is not None:
            documents["calibration.json"] = {"categories": {CATEGORY: fitted_document(self.fitted)}}
        return Parts(json.loads(json.dumps(documents)), json.loads(json.dumps(self.lines)))

    def written(self) -> bytes:
        return self.parts().written()

    def _decide(self, kind: str, subject: Any, category: str | None = CATEGORY) -> None:
        number = len(self.decisions) + 1
        self.decisions.append({"number": number, "kind": kind, "category": category, "subject": subject})

    def _add_sheets(self, found: Sheets, stage: str) -> None:
        for name, marks in found.items():
            for number, sheet in enumerate(marks, start=1):
                pair = {"judge": f"judge-{number}", "nomination": name, "round": stage}
                self.lines["assignments.jsonl"].append(pair)
                self.lines["sheets.jsonl"].append({**pair, "counted": True, "marks": dict(sheet)})
            if stage == "first":
                title = {} if name in self.unnamed else {"title": f"Project {name}"}
                self.lines["nominations.jsonl"].append({"nomination": name, "category": CATEGORY, **title})
        for number in range(1, 1 + max((len(marks) for marks in found.values()), default=0)):
            self.lines["judges.jsonl"].append({"judge": f"judge-{number}", "category": CATEGORY})

    def _slate(self, standing: Standing) -> tuple[str, ...]:
        everybody = self.rules.slate is Slate.ELIGIBLE and self.rules.second_round is not SecondRound.NONE
        return tuple(sorted(standing.totals if everybody else standing.finalists))

    def _second_round(self, standing: Standing, slate: tuple[str, ...]) -> Outcome:
        voting = self.rules.second_round is SecondRound.VOTE
        tally = self._hold("regular", slate, self.ballots) if voting else None
        outcome = self._outcome(standing, slate, tally, self.result)
        if self.runoff:
            level = next(step.level for step in outcome.steps if step.step is Step.RUNOFF)
            again = {frozenset(level): self._hold("runoff", level, self.runoff).votes}
            known = self.result
            outcome = self._outcome(
                standing, slate, tally, Verdicts(known.orders, known.barred, known.lots, again)
            )
        return outcome

    def _outcome(
        self, standing: Standing, slate: tuple[str, ...], tally: Tally | None, verdicts: Verdicts
    ) -> Outcome:
        deciding = self.marks
        if self.rules.second_round is SecondRound.PANEL:
            before = self.marks if self.rules.carry_over else {}
            deciding = {name: [*before.get(name, []), *marks] for name, marks in self.panel.items()}
        return second_round(
            self.rules,
            CATEGORY,
            totals=standing.totals,
            slate=slate,
            tally=tally,
            marks=scores(self.rules, CATEGORY, deciding),
            verdicts=verdicts,
            seed=SEED,
            withheld=self.withheld,
        )

    def _hold(self, kind: str, slate: tuple[str, ...], ballots: Sequence[Choice]) -> Tally:
        assert self.rules.vote
        method = self.rules.vote.method
        key = hashlib.sha256(kind.encode()).hexdigest()[:32]
        choices = [complete(method, slate, choice) for choice in ballots]
        tally = count(method, slate, Counter(choices))
        nonces = [hashlib.sha256(str(number).encode()).hexdigest()[:32] for number in range(len(choices))]
        ballot_lines = [
            {"election": key, "choice": list(choice), "nonce": nonce}
            for choice, nonce in zip(choices, nonces, strict=True)
        ]
        for choice, nonce in zip(choices, nonces, strict=True):
            self.lines["commitments.jsonl"].append(
                {"election": key, "commitment": commitment(key, choice, nonce)}
            )
        if self.as_table:
            ballot_lines = [{"election": key, "table": tally_document(tally)}]
        self.lines["ballots.jsonl"] += ballot_lines
        stated = {"election": key, "kind": kind, "slate": list(slate), "tally": tally_document(tally)}
        self.elections.append(stated | (self._log(key, len(choices)) if self.logged else {}))
        return tally

    def _log(self, key: str, ballots: int) -> dict[str, Any]:
        """The log of an election, its commitments put in order."""
        found = [hashlib.sha256(f"{key} {number}".encode()).hexdigest() for number in range(ballots + 1)]
        lines = [{"election": key, "fingerprint": it} for it in found]
        lines[1]["struck"] = "fraud"
        about = {"because": "fraud", "about": "one class", "struck": {CATEGORY: 1}, "struck_public": {}}
        self._decide("struck", about, category=None)
        self.lines.setdefault("log.jsonl", []).extend(lines)
        mine = [it for it in self.lines["commitments.jsonl"] if it["election"] == key]
        rest = [it for it in self.lines["commitments.jsonl"] if it["election"] != key]
        mine.sort(key=lambda it: it["commitment"])
        self.lines["commitments.jsonl"] = rest + mine
        heads = [(size, root_of(found[:size])) for size in (2, len(found))]
        return {
            "log": [{"size": size, "root": root, "at": "2014-09-01"} for size, root in heads],
            "commitments_root": root_of([it["commitment"] for it in mine]),
        }

    def _state(self, stage: str, verdicts: Verdicts, steps: Sequence[StepTaken]) -> None:
        """The decisions from which a reader knows what people and chance settled."""
        for level, order in verdicts.orders.items():
            self._decide("tie", {"stage": stage, "level": sorted(level), "order": list(order)})
        for level in verdicts.barred:
            self._decide("tie", {"stage": stage, "level": sorted(level), "barred": True})
        for step in steps:
            if step.step is Step.LOT:
                order = [name for group in step.groups for name in group]
                self._decide("lot", {"stage": stage, "level": list(step.level), "order": order})


def root_of(leaves: Sequence[str]) -> str:
    """The Merkle root over leaves in hex."""
    return merkle.root(map(bytes.fromhex, leaves)).hex()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The bytes of every part, the manifest among them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these parts as they are, whatever the manifest says."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def changed(content: bytes, name: str, part: bytes, *, hashed_again: bool = True) -> bytes:
    """A record with another part of that name, and with the manifest that belongs to it unless told otherwise."""
    parts = unpacked(content) | {name: part}
    if hashed_again:
        kept = parts.keys() - {record.MANIFEST}
        digests = {key: hashlib.sha256(parts[key]).hexdigest() for key in sorted(kept)}
        parts[record.MANIFEST] = canonical(dict(digests))
    return packed(parts)

"""What a record holds, part by part, as values. A part of another form is an error, never a guess."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from judging.fitted import Fitted, fitted_of
from judging.ledger import Head, heads_of
from judging.programme import read_rules
from judging.record import CALIBRATION, FORMAT, RUNS, Record, RecordKind
from judging.rules import Rules
from judging.values import Json, Round, as_list, as_object, as_text, as_texts, as_whole, canonical

Award = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, by number: what it settles is in `subject`, whose keys depend on the kind (docs/record.md)."""

    kind: str
    category: str | None
    subject: Mapping[str, Json]

    def level(self) -> frozenset[str]:
        return frozenset(as_texts(self.subject["level"]))

    def order(self) -> tuple[str, ...]:
        return as_texts(self.subject["order"])


@dataclass(frozen=True, slots=True)
class StatedElection:
    """One vote of a category; `tally` is None while its envelopes are closed.

    `most_ranked`: how many a ranking may name, None for all.
    `heads` of its public log and the root of its commitments: None in records from before there was a log.
    """

    key: str
    category: str
    is_runoff: bool
    slate: tuple[str, ...]
    tally: Mapping[str, Json] | None
    most_ranked: int | None = None
    is_public: bool = False
    heads: tuple[Head, ...] | None = None
    commitments_root: str | None = None


@dataclass(frozen=True, slots=True)
class StatedCategory:
    """What the record states of a category; None where it has come to no standing, or no result, yet."""

    key: str
    standing: Mapping[str, Json] | None
    slate: tuple[str, ...]
    elections: tuple[StatedElection, ...]
    result: Mapping[str, Json] | None
    public: StatedPublic | None = None


@dataclass(frozen=True, slots=True)
class StatedPublic:
    """What the record states of the public's own vote in a category."""

    election: StatedElection
    result: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The parts of a record that are held as a whole.

    `rules_sha256` is the hash of the rules as the record has them. `category_of` knows every nomination, `titles`
    those that the record names; their keys are their references. `awards` are (category, nomination, prize).
    `fitted`: what a calibration gave the categories that it decides; None where the record has no such part.
    """

    edition: str
    kind: RecordKind
    rules: Rules
    rules_sha256: str
    category_of: Mapping[str, str]
    titles: Mapping[str, str]
    decisions: tuple[Decided, ...]
    seed: str | None
    seed_sha256: str | None
    categories: tuple[StatedCategory, ...]
    awards: tuple[Award, ...]
    award_details: Mapping[Award, Mapping[str, Json]]
    lacks: tuple[str, ...]
    fitted: Mapping[str, Fitted] | None = None

    def names_all(self, nominations: frozenset[str]) -> bool:
        return nominations <= self.titles.keys()


@dataclass(frozen=True, slots=True)
class SheetLine:
    judge: str
    nomination: str
    round: Round
    counted: bool
    marks: Mapping[str, Json]

    @property
    def place(self) -> str:
        return f"{self.judge} {self.nomination} {self.round}"


def gather(record: Record) -> Evidence:
    """The evidence of a record, but for the parts that may be long.

    Raises RecordDamaged, ProgrammeInvalid, KeyError, TypeError or ValueError for another form.
    """
    stated = as_object(record.document("outcome.json"))
    if stated["format"] != FORMAT:
        raise ValueError(stated["format"])
    document = as_object(record.document("rules.json"))
    rules = read_rules(document)
    category_of, titles = _nominations(record)
    as_object(record.document("texts.json"))
    categories = as_object(stated["categories"])
    if not categories.keys() <= {category.key for category in rules.categories}:
        raise ValueError("a category that the rules don't have")
    return Evidence(
        edition=as_text(as_object(stated["edition"])["key"]),
        kind=RecordKind(as_text(stated["kind"])),
        rules=rules,
        rules_sha256=hashlib.sha256(canonical(document)).hexdigest(),
        category_of=category_of,
        titles=titles,
        decisions=_decisions(as_list(record.document("decisions.json"))),
        seed=_text_or_none(stated["seed"]),
        seed_sha256=_text_or_none(stated["seed_sha256"]),
        categories=tuple(
            _category(category.key, as_object(categories[category.key]))
            for category in rules.categories
            if category.key in categories
        ),
        awards=tuple(map(_award, as_list(stated["awards"]))),
        award_details={_award(it): as_object(it) for it in as_list(stated["awards"])},
        lacks=as_texts(stated["lacks"]),
        fitted=_fitted(record, RecordKind(as_text(stated["kind"]))),
    )


def _fitted(record: Record, kind: RecordKind) -> dict[str, Fitted] | None:
    """The fitted totals that a record states. What only a full record holds makes a public one another form."""
    if record.has(RUNS) and kind is RecordKind.PUBLIC:
        raise ValueError("a public record with runs of the assignment")
    if not record.has(CALIBRATION):
        return None
    stated = as_object(record.document(CALIBRATION))
    if kind is RecordKind.PUBLIC and stated.keys() != {"categories"}:
        raise ValueError("a public record with more of a calibration than its totals")
    return {key: fitted_of(as_object(it)) for key, it in as_object(stated["categories"]).items()}


def _nominations(record: Record) -> tuple[dict[str, str], dict[str, str]]:
    category_of: dict[str, str] = {}
    titles: dict[str, str] = {}
    for line in record.lines("nominations.jsonl"):
        key = as_text(line["nomination"])
        if key in category_of:
            raise ValueError(f"{key} stands twice")
        category_of[key] = as_text(line["category"])
        if "title" in line:
            titles[key] = as_text(line["title"])
    return category_of, titles


def _decisions(stated: Sequence[Json]) -> tuple[Decided, ...]:
    """The decisions that hold: without those that a correction took back."""
    found = list(map(as_object, stated))
    taken = {as_whole(as_object(it["subject"])["taken_back"]) for it in found if it["kind"] == "correction"}
    return tuple(_decision(it) for it in found if it.get("number") not in taken)


def _decision(value: Json) -> Decided:
    found = as_object(value)
    return Decided(as_text(found["kind"]), _text_or_none(found["category"]), as_object(found["subject"]))


def _category(key: str, stated: Mapping[str, Json]) -> StatedCategory:
    standing, result = stated["standing"], stated["result"]
    elections = tuple(_election(key, as_object(it)) for it in as_list(stated["elections"]))
    if any(it.is_public for it in elections):
        raise ValueError("the public's vote among those that decide the prizes")
    return StatedCategory(
        key=key,
        standing=None if standing is None else as_object(standing),
        slate=_slate(stated["slate"]),
        elections=elections,
        result=None if result is None else as_object(result),
        public=_public(key, as_object(stated["public"])) if "public" in stated else None,
    )


def _public(category: str, stated: Mapping[str, Json]) -> StatedPublic:
    election = _election(category, as_object(stated["election"]))
    if not election.is_public:
        raise ValueError("a vote of the public of another kind")
    return StatedPublic(election, as_object(stated["result"]))


def _election(category: str, stated: Mapping[str, Json]) -> StatedElection:
    tally, kind = stated["tally"], as_text(stated["kind"])
    return StatedElection(
        key=as_text(stated["election"]),
        category=category,
        is_runoff=kind == "runoff",
        is_public=kind == "public",
        slate=_slate(stated["slate"]),
        tally=None if tally is None else as_object(tally),
        most_ranked=as_whole(stated["most_ranked"]) if "most_ranked" in stated else None,
        heads=heads_of(stated["log"]) if "log" in stated else None,
        commitments_root=_text_or_none(stated.get("commitments_root")),
    )


def _slate(value: Json) -> tuple[str, ...]:
    slate = as_texts(value)
    if len(set(slate)) != len(slate):
        raise ValueError("a nomination stands twice")
    return slate


def _text_or_none(value: Json) -> str | None:
    return None if value is None else as_text(value)


def _award(value: Json) -> Award:
    found = as_object(value)
    return as_text(found["category"]), as_text(found["nomination"]), as_text(found["prize"])


def assigned_pairs(record: Record) -> frozenset[tuple[str, str, Round]]:
    """Who was to read what: judge, nomination, round."""
    return frozenset(
        (as_text(line["judge"]), as_text(line["nomination"]), Round(as_text(line["round"])))
        for line in record.lines("assignments.jsonl")
    )


def judges_listed(record: Record) -> frozenset[str]:
    """The judges that the record lists."""
    return frozenset(as_text(line["judge"]) for line in record.lines("judges.jsonl"))


def sheet_lines(record: Record) -> Iterator[SheetLine]:
    """Every sheet of the record, one at a time."""
    for line in record.lines("sheets.jsonl"):
        counted = line["counted"]
        if not isinstance(counted, bool):
            raise TypeError("true or false is wanted")
        yield SheetLine(
            judge=as_text(line["judge"]),
            nomination=as_text(line["nomination"]),
            round=Round(as_text(line["round"])),
            counted=counted,
            marks=as_object(line["marks"]),
        )

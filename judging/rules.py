"""The rules of an edition as frozen data, their canonical form and their hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from judging.values import (
    BelowQuorum,
    Electorate,
    Json,
    Method,
    RecordScope,
    SameCountry,
    SecondRound,
    Slate,
    StandingBy,
    Step,
    Vacated,
    canonical,
    exact,
)

PROJECT = "project"
INDIVIDUAL = "individual"
NOMINEE_KINDS = (PROJECT, INDIVIDUAL)
EXTEND_BY = 2
APPEAL_DAYS = 14
PUBLIC_LADDER = (Step.FIRST_ROUND, Step.CHAIR, Step.LOT)
"""How level ones are told apart for the public's prize: it has no run-off, and nobody shares it."""
LATER = ("characters", "most", "options", "columns")
"""What fields can state since a later version."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The marks that exist: every whole number from `lowest` to `highest`."""

    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Criterion:
    key: str
    weight: Fraction


@dataclass(frozen=True, slots=True)
class Prize:
    """`count` places in a row get it; a prize by decision is given by the committee, without marks or votes."""

    key: str
    count: int
    by_decision: bool


@dataclass(frozen=True, slots=True)
class Category:
    """`criteria` and `prizes` hold keys in order; `prizes` lists contested ones, best first."""

    key: str
    criteria: tuple[str, ...]
    places: int
    prizes: tuple[str, ...]
    nominee_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheets:
    """How many sheets each nomination needs, and how many it gets when not everybody reads everything."""

    minimum: int
    per_nomination: int
    everyone_up_to: int


@dataclass(frozen=True, slots=True)
class Vote:
    """The second-round vote. `quorum` is the share of the roll that must be present, 0 for none. `max_ballots`: for how
    many electors one person may vote as their delegate.
    """

    electorate: Electorate
    method: Method
    approve_up_to: int
    minimum_electors: int
    quorum: Fraction
    below_quorum: BelowQuorum
    max_ballots: int = 1


@dataclass(frozen=True, slots=True)
class PublicVote:
    """The public's own vote in each category, beside the vote: on `prize`, which is contested by nothing else."""

    prize: str
    method: Method
    approve_up_to: int

    @property
    def vote(self) -> Vote:
        """The same as a vote: of anybody who comes, however few they are."""
        return Vote(
            electorate=Electorate.PUBLIC,
            method=self.method,
            approve_up_to=self.approve_up_to,
            minimum_electors=0,
            quorum=Fraction(0),
            below_quorum=BelowQuorum.EXTEND,
        )


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a nomination must meet. Zero and empty mean that nothing is asked.

    `city_approval` lists the kinds of organisation that need their city's approval; `languages` the languages
    a nomination may be written in; `running_months` how long the project must have run at the deadline; `appeal_days`
    how long after it was told of a nomination found ineligible may appeal, 0 for no appeal.
    """

    deadline: bool
    grace_minutes: int
    one_category: bool
    per_city: int
    organisation_kinds: tuple[str, ...]
    city_approval: tuple[str, ...]
    members_only: bool
    running_months: int
    languages: tuple[str, ...]
    earlier_winners: bool
    appeal_days: int = APPEAL_DAYS


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of each row of a field: of a table of rows, or of a contact. `kind`: one of COLUMN_KINDS."""

    key: str
    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form. `kind` is one of judging.programme's FIELD_KINDS.

    `limit` counts words; `characters` is the limit in languages that are written without spaces, where 0 means twice
    `limit`; `most` is how many items a list may have. Zero is no limit. `options` are what is chosen from, and
    `columns` what each row asks for.
    """

    key: str
    kind: str
    required: bool
    public: bool
    judges: bool
    limit: int
    characters: int = 0
    most: int = 0
    options: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Readings:
    """Second readings: at most `budget` further sheets in an edition, and at most `most` for one nomination."""

    budget: int = 0
    most: int = 4


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that changes a result. Frozen with a hash before judging opens."""

    key: str
    languages: tuple[str, ...]
    working_language: str
    scale: Scale
    criteria: tuple[Criterion, ...]
    categories: tuple[Category, ...]
    prizes: tuple[Prize, ...]
    sheets: Sheets
    standing: StandingBy
    shortlist_ladder: tuple[Step, ...]
    second_round: SecondRound
    slate: Slate
    vote: Vote | None
    carry_over: bool
    result_ladder: tuple[Step, ...]
    same_country: SameCountry
    eligibility: Eligibility
    fields: tuple[Field, ...]
    minimum_nominations: int
    withhold: bool
    vacated: Vacated
    record: RecordScope
    min_publish: int
    readings: Readings = Readings()
    practice: bool = False
    own_severity: bool = False
    public_vote: PublicVote | None = None

    def criterion(self, key: str) -> Criterion:
        """The criterion of that key. Raises KeyError."""
        return next_with_key(self.criteria, key)

    def category(self, key: str) -> Category:
        """The category of that key. Raises KeyError."""
        return next_with_key(self.categories, key)

    def prize(self, key: str) -> Prize:
        """The prize of that key. Raises KeyError."""
        return next_with_key(self.prizes, key)

    def criteria_of(self, category: str) -> tuple[Criterion, ...]:
        """The criteria on which nominations of a category are marked, in the file's order."""
        return tuple(self.criterion(key) for key in self.category(category).criteria)

    def prizes_of(self, category: str) -> tuple[Prize, ...]:
        """The contested prizes of a category, best first."""
        return tuple(self.prize(key) for key in self.category(category).prizes)

    def is_the_publics(self, prize: str) -> bool:
        """Whether a prize is the public's own, which nothing else contests."""
        return self.public_vote is not None and self.public_vote.prize == prize

    def for_the_public(self) -> Rules:
        """The rules as the public's own vote follows them: with its vote, its one prize and its ladder.

        Raises LookupError where the public has no vote.
        """
        if self.public_vote is None:
            raise LookupError(self.key)
        prizes = (self.public_vote.prize,)
        return replace(
            self,
            vote=self.public_vote.vote,
            public_vote=None,
            categories=tuple(replace(it, prizes=prizes) for it in self.categories),
            result_ladder=PUBLIC_LADDER,
        )


_Keyed = TypeVar("_Keyed", Criterion, Category, Prize)


def next_with_key(items: tuple[_Keyed, ...], key: str) -> _Keyed:
    for item in items:
        if item.key == key:
            return item
    raise KeyError(key)


def document(rules: Rules) -> dict[str, Json]:
    """The rules as the JSON document that is stored, hashed and published: every default written out.

    What fields can state since a later version stands there only where it is stated, so that the hash of rules which
    were made before stays what was published.
    """
    found: dict[str, Json] = {
        "key": rules.key,
        "languages": list(rules.languages),
        "working_language": rules.working_language,
        "scale": {"lowest": rules.scale.lowest, "highest": rules.scale.highest},
        "criteria": [{"key": c.key, "weight": _number(c.weight)} for c in rules.criteria],
        "categories": [
            {
                "key": c.key,
                "criteria": list(c.criteria),
                "places": c.places,
                "prizes": list(c.prizes),
                "nominee_kinds": list(c.nominee_kinds),
            }
            for c in rules.categories
        ],
        "prizes": [{"key": p.key, "count": p.count, "by_decision": p.by_decision} for p in rules.prizes],
        "sheets": _plain(rules.sheets),
        "standing": rules.standing.value,
        "shortlist": {"ladder": [step.value for step in rules.shortlist_ladder]},
        "second_round": rules.second_round.value,
        "slate": rules.slate.value,
        "result": {"ladder": [step.value for step in rules.result_ladder]},
        "conflicts": {"same_country": rules.same_country.value},
        "eligibility": _eligibility(rules.eligibility),
        "fields": [_field(field) for field in rules.fields],
        "minimum_nominations": rules.minimum_nominations,
        "withhold": rules.withhold,
        "vacated": rules.vacated.value,
        "record": rules.record.value,
        "min_publish": rules.min_publish,
    }
    if rules.vote:
        found["vote"] = _vote(rules.vote)
    if rules.public_vote:
        found["public_vote"] = _plain(rules.public_vote)
    if rules.second_round is SecondRound.PANEL:
        found["panel"] = {"carry_over": rules.carry_over}
    if rules.readings != Readings():
        found["readings"] = {"budget": rules.readings.budget, "most": rules.readings.most}
    if rules.practice:
        found["practice"] = {"offered": True}
    if rules.own_severity:
        found["calibration"] = {"shown_to_judge": True}
    return found


def digest(rules: Rules) -> str:
    """SHA-256 of the canonical form, in lower-case hex: the hash that is published with the rules."""
    return hashlib.sha256(canonical(document(rules))).hexdigest()


def _number(number: Fraction) -> Json:
    return number.numerator if number.denominator == 1 else exact(number)


def _eligibility(asked: Eligibility) -> dict[str, Json]:
    """Written out but for the days of appeal where they are the usual ones, so that earlier hashes stay."""
    found = _plain(asked)
    if asked.appeal_days == APPEAL_DAYS:
        del found["appeal_days"]
    return found


def _field(field: Field) -> dict[str, Json]:
    found = _plain(field) | {
        "options": [{"key": option} for option in field.options],
        "columns": [_plain(column) for column in field.columns],
    }
    return {name: value for name, value in found.items() if value or name not in LATER}


def _vote(vote: Vote) -> dict[str, Json]:
    found = _plain(vote)
    return found if vote.max_ballots > 1 else {key: it for key, it in found.items() if key != "max_ballots"}


def _plain(value: Sheets | Vote | PublicVote | Eligibility | Field | Column) -> dict[str, Json]:
    return {name: _json(getattr(value, name)) for name in value.__dataclass_fields__}


def _json(value: object) -> Json:
    if isinstance(value, Fraction):
        return _number(value)
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, (bool, int)):
        return value
    return str(value)

"""The rules read out: every rule as a clause, a kind and its values, from which pages say it in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate

from judging.rules import NOMINEE_KINDS, Category, Rules
from judging.values import Electorate, SecondRound, Slate, StandingBy

Value = str | int | Fraction | tuple[str, ...]


class Section(StrEnum):
    """The chapters of the rules, in the order in which they are read."""

    NOMINATION = "nomination"
    MARKS = "marks"
    FIRST_ROUND = "first_round"
    SECOND_ROUND = "second_round"
    PRIZES = "prizes"
    FAIRNESS = "fairness"
    RECORD = "record"


class ClauseKind(StrEnum):
    DEADLINE = "deadline"
    ONE_CATEGORY = "one_category"
    PER_CITY = "per_city"
    ORGANISATION_KINDS = "organisation_kinds"
    CITY_APPROVAL = "city_approval"
    MEMBERS_ONLY = "members_only"
    RUNNING_MONTHS = "running_months"
    LANGUAGES = "languages"
    NO_EARLIER_WINNERS = "no_earlier_winners"
    REQUIRED_FIELDS = "required_fields"
    APPEAL = "appeal"
    MINIMUM_NOMINATIONS = "minimum_nominations"
    SCALE = "scale"
    CRITERION = "criterion"
    CATEGORY_CRITERIA = "category_criteria"
    TOTAL = "total"
    CALIBRATED = "calibrated"
    OWN_SEVERITY = "own_severity"
    PRACTICE = "practice"
    SECOND_READINGS = "second_readings"
    EVERYONE_READS = "everyone_reads"
    MINIMUM_SHEETS = "minimum_sheets"
    PLACES = "places"
    NOMINEE_KINDS = "nominee_kinds"
    SHORTLIST_STEP = "shortlist_step"
    NO_SECOND_ROUND = "no_second_round"
    PANEL = "panel"
    VOTE = "vote"
    METHOD = "method"
    SLATE = "slate"
    MINIMUM_ELECTORS = "minimum_electors"
    MAX_BALLOTS = "max_ballots"
    QUORUM = "quorum"
    OWN_CITY = "own_city"
    MOST_RANKED = "most_ranked"
    RESULT_STEP = "result_step"
    PRIZE = "prize"
    PUBLIC_VOTE = "public_vote"
    PUBLIC_METHOD = "public_method"
    PUBLIC_TIE = "public_tie"
    PRIZE_BY_DECISION = "prize_by_decision"
    WITHHOLD = "withhold"
    VACATED = "vacated"
    CONFLICTS = "conflicts"
    SAME_COUNTRY = "same_country"
    BLINDNESS = "blindness"
    LOT = "lot"
    RECORD = "record"
    MIN_PUBLISH = "min_publish"


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule: `category` is its key where the clause is about one, else empty; `values` are named."""

    section: Section
    kind: ClauseKind
    category: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    def __getitem__(self, name: str) -> Value:
        return dict(self.values)[name]


def clauses(rules: Rules) -> tuple[Clause, ...]:
    """Every rule of an edition, in the order of the sections."""
    return tuple(
        Clause(section, kind, category, tuple(values.items()))
        for section, found in (
            (Section.NOMINATION, _nomination(rules)),
            (Section.MARKS, _marks(rules)),
            (Section.FIRST_ROUND, _first_round(rules)),
            (Section.SECOND_ROUND, _second_round(rules)),
            (Section.PRIZES, _prizes(rules)),
            (Section.FAIRNESS, _fairness(rules)),
            (Section.RECORD, _record(rules)),
        )
        for kind, category, values in found
    )


_Found = Iterator[tuple[ClauseKind, str, dict[str, Value]]]


def _nomination(rules: Rules) -> _Found:
    asked = rules.eligibility
    if asked.deadline:
        yield ClauseKind.DEADLINE, "", {"grace_minutes": asked.grace_minutes}
    if asked.one_category:
        yield ClauseKind.ONE_CATEGORY, "", {}
    if asked.per_city:
        yield ClauseKind.PER_CITY, "", {"most": asked.per_city}
    if asked.organisation_kinds:
        yield ClauseKind.ORGANISATION_KINDS, "", {"kinds": asked.organisation_kinds}
    if asked.city_approval:
        yield ClauseKind.CITY_APPROVAL, "", {"kinds": asked.city_approval}
    if asked.members_only:
        yield ClauseKind.MEMBERS_ONLY, "", {}
    if asked.running_months:
        yield ClauseKind.RUNNING_MONTHS, "", {"months": asked.running_months}
    if asked.languages:
        yield ClauseKind.LANGUAGES, "", {"languages": asked.languages}
    if not asked.earlier_winners:
        yield ClauseKind.NO_EARLIER_WINNERS, "", {}
    required = tuple(field.key for field in rules.fields if field.required)
    if required:
        yield ClauseKind.REQUIRED_FIELDS, "", {"fields": required}
    for category in rules.categories:
        if set(category.nominee_kinds) != set(NOMINEE_KINDS):
            yield ClauseKind.NOMINEE_KINDS, category.key, {"kinds": category.nominee_kinds}
    yield ClauseKind.MINIMUM_NOMINATIONS, "", {"least": rules.minimum_nominations}
    yield ClauseKind.APPEAL, "", {"days": asked.appeal_days}


def _marks(rules: Rules) -> _Found:
    yield ClauseKind.SCALE, "", {"lowest": rules.scale.lowest, "highest": rules.scale.highest}
    whole = sum((criterion.weight for criterion in rules.criteria), Fraction(0))
    for criterion in rules.criteria:
        yield ClauseKind.CRITERION, "", {"criterion": criterion.key, "share": criterion.weight / whole}
    everything = tuple(criterion.key for criterion in rules.criteria)
    for category in rules.categories:
        if category.criteria != everything:
            yield ClauseKind.CATEGORY_CRITERIA, category.key, {"criteria": category.criteria}
    yield ClauseKind.TOTAL, "", {}
    if rules.standing is StandingBy.CALIBRATED:
        yield ClauseKind.CALIBRATED, "", {}
    if rules.own_severity:
        yield ClauseKind.OWN_SEVERITY, "", {}
    if rules.practice:
        yield ClauseKind.PRACTICE, "", {}


def _first_round(rules: Rules) -> _Found:
    sheets = rules.sheets
    reading: dict[str, Value] = {"up_to": sheets.everyone_up_to, "per_nomination": sheets.per_nomination}
    yield ClauseKind.EVERYONE_READS, "", reading
    yield ClauseKind.MINIMUM_SHEETS, "", {"least": sheets.minimum}
    if rules.readings.budget:
        yield ClauseKind.SECOND_READINGS, "", {"budget": rules.readings.budget, "most": rules.readings.most}
    for category in rules.categories:
        yield ClauseKind.PLACES, category.key, {"places": category.places}
    for number, step in enumerate(rules.shortlist_ladder, start=1):
        yield ClauseKind.SHORTLIST_STEP, "", {"number": number, "step": step.value}


def _second_round(rules: Rules) -> _Found:
    vote = rules.vote
    if rules.second_round is SecondRound.NONE:
        yield ClauseKind.NO_SECOND_ROUND, "", {}
    elif vote is None:
        yield ClauseKind.PANEL, "", {"carry_over": int(rules.carry_over)}
    else:
        yield ClauseKind.VOTE, "", {"electorate": vote.electorate.value}
        yield ClauseKind.METHOD, "", {"method": vote.method.value, "approve_up_to": vote.approve_up_to}
        if vote.minimum_electors > 1:
            yield ClauseKind.MINIMUM_ELECTORS, "", {"least": vote.minimum_electors}
        if vote.electorate is Electorate.MEMBERS:
            yield ClauseKind.MAX_BALLOTS, "", {"most": vote.max_ballots}
        if vote.quorum:
            below = {"below": vote.below_quorum.value, "electorate": vote.electorate.value}
            yield ClauseKind.QUORUM, "", {"share": vote.quorum, **below}
        yield (
            ClauseKind.OWN_CITY,
            "",
            {"electorate": vote.electorate.value, "same_country": rules.same_country.value},
        )
        if vote.method.is_ranking:
            yield ClauseKind.MOST_RANKED, "", {"least": rules.min_publish}
    if rules.second_round is not SecondRound.NONE and rules.slate is Slate.ELIGIBLE:
        yield ClauseKind.SLATE, "", {"slate": rules.slate.value}
    for number, step in enumerate(rules.result_ladder, start=1):
        yield ClauseKind.RESULT_STEP, "", {"number": number, "step": step.value}


def _prizes(rules: Rules) -> _Found:
    for category in rules.categories:
        yield from _prizes_of(rules, category)
    if rules.public_vote:
        public = rules.public_vote
        yield ClauseKind.PUBLIC_VOTE, "", {"prize": public.prize}
        yield (
            ClauseKind.PUBLIC_METHOD,
            "",
            {"prize": public.prize, "method": public.method.value, "approve_up_to": public.approve_up_to},
        )
        yield ClauseKind.PUBLIC_TIE, "", {"prize": public.prize}
    for prize in rules.prizes:
        if prize.by_decision:
            yield ClauseKind.PRIZE_BY_DECISION, "", {"prize": prize.key, "most": prize.count}
    if rules.withhold:
        yield ClauseKind.WITHHOLD, "", {}
    yield ClauseKind.VACATED, "", {"vacated": rules.vacated.value}


def _prizes_of(rules: Rules, category: Category) -> _Found:
    prizes = rules.prizes_of(category.key)
    for prize, last in zip(prizes, accumulate(prize.count for prize in prizes), strict=True):
        places: dict[str, Value] = {"prize": prize.key, "first": last - prize.count + 1, "last": last}
        yield ClauseKind.PRIZE, category.key, places


def _fairness(rules: Rules) -> _Found:
    yield ClauseKind.CONFLICTS, "", {}
    yield ClauseKind.SAME_COUNTRY, "", {"same_country": rules.same_country.value}
    yield ClauseKind.BLINDNESS, "", {}
    yield ClauseKind.LOT, "", {}


def _record(rules: Rules) -> _Found:
    yield ClauseKind.RECORD, "", {"names": rules.record.value}
    if rules.vote:
        yield ClauseKind.MIN_PUBLISH, "", {"least": rules.min_publish}

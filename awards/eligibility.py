"""Eligibility: from the rules and all nominations of an edition to findings about each. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from awards.fields import FILES
from awards.timetable import Deadline
from judging.rules import INDIVIDUAL, Rules

SUBMITTED_AT = "submitted_at"
LANGUAGE = "language"
CITY_APPROVAL = "city_approval"
STARTED_ON = "started_on"
UNKNOWN_KIND = "other"

Winner: TypeAlias = tuple[str, str]
"""An organisation's key and a folded title that won in an earlier edition."""


class FindingKind(StrEnum):
    """What screening can find; all but the last make a nomination ineligible."""

    LATE = "late"
    IN_TWO_CATEGORIES = "in_two_categories"
    TOO_MANY_FROM_CITY = "too_many_from_city"
    NOMINEE_KIND = "nominee_kind"
    ORGANISATION_KIND = "organisation_kind"
    CITY_APPROVAL_MISSING = "city_approval_missing"
    NOT_A_MEMBER = "not_a_member"
    RUNNING_TOO_SHORT = "running_too_short"
    FIELD_MISSING = "field_missing"
    FILE_MISSING = "file_missing"
    LANGUAGE = "language"
    EARLIER_WINNER = "earlier_winner"
    POSSIBLE_DUPLICATE = "possible_duplicate"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding with its numbers and names, sorted by their word."""

    kind: FindingKind
    ineligible: bool
    data: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A rule that could not be checked for some nomination, and the field that it asks for."""

    kind: FindingKind
    field: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nomination as the rules see it.

    `organisation`, `city` and `titles` are keys for comparing; an individual may have neither organisation nor city.
    `columns` are those of the import that brought it, None where it was written in the form; `stands` is false for
    one decided ineligible, which counts against nobody; `taken` says that it was sent through the form, which settled
    then whether it was in time: by the deadline, within the grace, by a deadline of its own, or late by decision.
    """

    reference: str
    category: str
    nominee_kind: str
    titles: frozenset[str]
    organisation: str
    organisation_kind: str
    member: bool
    city: str
    language: str
    submitted_at: datetime | None
    answered: frozenset[str]
    started_on: date | None
    files: frozenset[str]
    columns: frozenset[str] | None
    stands: bool = True
    taken: bool = False

    def has(self, column: str) -> bool:
        """Whether it was asked for what stands in a column."""
        return self.columns is None or column in self.columns


@dataclass(frozen=True, slots=True)
class Screened:
    """Findings by reference, an empty tuple where there are none; and what could not be checked, each once."""

    findings: Mapping[str, tuple[Finding, ...]]
    not_checked: tuple[NotChecked, ...]


def is_clean(findings: Iterable[Finding]) -> bool:
    """Whether no finding makes a nomination ineligible."""
    return not any(finding.ineligible for finding in findings)


def screen(
    rules: Rules,
    candidates: Sequence[Candidate],
    *,
    close: Deadline | None,
    own_deadlines: Mapping[str, datetime] | None = None,
    winners: frozenset[Winner] = frozenset(),
) -> Screened:
    """Hold every nomination against the rules, alone and beside the others.

    `close` is the deadline as stated, None where none is; `own_deadlines` those granted to single nominations,
    by reference; `winners` the nominations that won in earlier editions.
    """
    screening = _Screening(rules, close, own_deadlines or {}, winners, _Field.of(candidates))
    findings = {candidate.reference: tuple(screening.of(candidate)) for candidate in candidates}
    return Screened(findings, tuple(sorted(screening.not_checked, key=lambda it: (it.kind, it.field))))


@dataclass(frozen=True, slots=True)
class _Field:
    """The nominations that stand, found by what two of them may have in common."""

    in_city: Mapping[str, int]
    by_project: Mapping[Hashable, list[Candidate]]
    by_file: Mapping[Hashable, list[Candidate]]

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> _Field:
        cities: Counter[str] = Counter()
        projects: dict[Hashable, list[Candidate]] = defaultdict(list)
        files: dict[Hashable, list[Candidate]] = defaultdict(list)
        for it in candidates:
            if it.stands:
                cities[it.city] += it.nominee_kind != INDIVIDUAL
                for title in it.titles:
                    projects[it.organisation, title].append(it)
                for file in it.files:
                    files[file].append(it)
        return cls(cities, projects, files)

    def from_city(self, candidate: Candidate) -> int:
        """How many nominations stand for its city, itself included; individuals don't count."""
        return self.in_city.get(candidate.city, 0) + (not candidate.stands)

    def same_project(self, candidate: Candidate) -> list[Candidate]:
        keys = [(candidate.organisation, title) for title in candidate.titles]
        return _others(candidate, [it for key in keys for it in self.by_project.get(key, ())])

    def same_file(self, candidate: Candidate) -> list[Candidate]:
        return _others(candidate, [it for file in candidate.files for it in self.by_file.get(file, ())])


def _others(candidate: Candidate, found: Iterable[Candidate]) -> list[Candidate]:
    by_reference = {it.reference: it for it in found if it.reference != candidate.reference}
    return [by_reference[reference] for reference in sorted(by_reference)]


@dataclass(slots=True)
class _Screening:
    rules: Rules
    close: Deadline | None
    own_deadlines: Mapping[str, datetime]
    winners: frozenset[Winner]
    others: _Field
    not_checked: set[NotChecked] = field(default_factory=set)

    def of(self, candidate: Candidate) -> Iterator[Finding]:
        """The findings about one nomination, in the order of FindingKind."""
        yield from self._late(candidate)
        yield from self._beside_others(candidate)
        yield from self._who(candidate)
        yield from self._running(candidate)
        yield from self._form(candidate)
        yield from self._earlier(candidate)
        yield from self._duplicates(candidate)

    def _asked(self, candidate: Candidate, column: str, kind: FindingKind) -> bool:
        """Whether a column is there to be checked; if not, that is noted once."""
        if not candidate.has(column):
            self.not_checked.add(NotChecked(kind, column))
        return candidate.has(column)

    def _late(self, candidate: Candidate) -> Iterator[Finding]:
        if not self.rules.eligibility.deadline or candidate.taken:
            return
        stated = self.own_deadlines.get(candidate.reference) or (self.close.instant if self.close else None)
        if stated is None:
            self.not_checked.add(NotChecked(FindingKind.LATE))
        elif self._asked(candidate, SUBMITTED_AT, FindingKind.LATE) and candidate.submitted_at:
            grace = timedelta(minutes=self.rules.eligibility.grace_minutes)
            if candidate.submitted_at > stated + grace:
                minutes = -(-(candidate.submitted_at - stated) // timedelta(minutes=1))
                yield _wrong(FindingKind.LATE, minutes=minutes)

    def _beside_others(self, candidate: Candidate) -> Iterator[Finding]:
        asked = self.rules.eligibility
        elsewhere = [it for it in self.others.same_project(candidate) if it.category != candidate.category]
        if asked.one_category and elsewhere:
            yield _wrong(FindingKind.IN_TWO_CATEGORIES, other="; ".join(it.reference for it in elsewhere))
        if asked.per_city and candidate.city and candidate.nominee_kind != INDIVIDUAL:
            found = self.others.from_city(candidate)
            if found > asked.per_city:
                yield _wrong(FindingKind.TOO_MANY_FROM_CITY, limit=asked.per_city, found=found)

    def _who(self, candidate: Candidate) -> Iterator[Finding]:
        asked, kind = self.rules.eligibility, candidate.organisation_kind
        if candidate.nominee_kind not in self.rules.category(candidate.category).nominee_kinds:
            yield _wrong(FindingKind.NOMINEE_KIND, found=candidate.nominee_kind)
        if candidate.nominee_kind != INDIVIDUAL:
            if asked.organisation_kinds and kind == UNKNOWN_KIND:
                self.not_checked.add(NotChecked(FindingKind.ORGANISATION_KIND, "organisation_kind"))
            elif asked.organisation_kinds and kind not in asked.organisation_kinds:
                yield _wrong(FindingKind.ORGANISATION_KIND, found=kind)
            if (
                kind in asked.city_approval
                and self._asked(candidate, CITY_APPROVAL, FindingKind.CITY_APPROVAL_MISSING)
                and CITY_APPROVAL not in candidate.answered
            ):
                yield _wrong(FindingKind.CITY_APPROVAL_MISSING)
        if asked.members_only and not candidate.member:
            yield _wrong(FindingKind.NOT_A_MEMBER)

    def _running(self, candidate: Candidate) -> Iterator[Finding]:
        months = self.rules.eligibility.running_months
        if not months or not self._asked(candidate, STARTED_ON, FindingKind.RUNNING_TOO_SHORT):
            return
        on = self.close.local.date() if self.close else None
        if on is None and candidate.submitted_at:
            on = candidate.submitted_at.date()
        if candidate.started_on is None or on is None:
            yield _wrong(FindingKind.FIELD_MISSING, field=STARTED_ON)
        elif _months_later(candidate.started_on, months) > on:
            started = candidate.started_on.isoformat()
            yield _wrong(FindingKind.RUNNING_TOO_SHORT, months=months, started_on=started)

    def _form(self, candidate: Candidate) -> Iterator[Finding]:
        for question in self.rules.fields:
            if not question.required or question.key in candidate.answered:
                continue
            if question.key == STARTED_ON and self.rules.eligibility.running_months:
                continue
            kind = FindingKind.FILE_MISSING if question.kind in FILES else FindingKind.FIELD_MISSING
            if self._asked(candidate, question.key, kind):
                yield _wrong(kind, field=question.key)
        languages = self.rules.eligibility.languages
        if (
            languages
            and self._asked(candidate, LANGUAGE, FindingKind.LANGUAGE)
            and candidate.language not in languages
        ):
            yield _wrong(FindingKind.LANGUAGE, found=candidate.language)

    def _earlier(self, candidate: Candidate) -> Iterator[Finding]:
        won = any((candidate.organisation, title) in self.winners for title in candidate.titles)
        if won and not self.rules.eligibility.earlier_winners:
            yield _wrong(FindingKind.EARLIER_WINNER)

    def _duplicates(self, candidate: Candidate) -> Iterator[Finding]:
        alike = [*self.others.same_project(candidate), *self.others.same_file(candidate)]
        for other in _others(candidate, alike):
            yield Finding(FindingKind.POSSIBLE_DUPLICATE, False, (("other", other.reference),))


def _wrong(kind: FindingKind, **data: str | int) -> Finding:
    return Finding(kind, True, tuple(sorted(data.items())))


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, its last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

"""What would go wrong, as far as the brief alone says it: dates, texts, chairs, numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from awards import dates, texts
from awards.dates import IN_ORDER
from awards.rehearsing.brief import Brief
from awards.rehearsing.findings import Finding, Kind, Severity
from awards.timetable import ORDER, Moment, Phase
from judging.values import SecondRound

BEFORE = {
    Moment.NOMINATIONS_CLOSE: Phase.NOMINATIONS,
    Moment.MARKS_CLOSE: Phase.FIRST_ROUND,
    Moment.VOTE_CLOSE: Phase.SECOND_ROUND,
    Moment.CEREMONY: Phase.PUBLISHED,
}
"""The phase by which a moment can lie behind without anybody wondering."""
MOST_PLACES = 6


def all_of(brief: Brief) -> Iterator[Finding]:
    yield from _dates(brief)
    yield from _own_deadlines(brief)
    yield from _texts(brief)
    yield from _chairs(brief)
    yield from _numbers(brief)


def _dates(brief: Brief) -> Iterator[Finding]:
    for one, other in dates.disorder(brief.timetable):
        yield Finding(Kind.DATES_CROSSED, Severity.STOPS, {"first": one.value, "second": other.value})
    for moment, phase in BEFORE.items():
        stated = brief.timetable.get(moment)
        if moment is Moment.VOTE_CLOSE and brief.rules.second_round is SecondRound.NONE:
            continue
        if stated is None:
            if ORDER.index(brief.phase) <= ORDER.index(phase):
                how = Severity.KNOW if moment is Moment.CEREMONY else Severity.LOOK
                yield Finding(Kind.DATE_MISSING, how, {"moment": moment.value})
        elif stated.instant <= brief.at and ORDER.index(brief.phase) < ORDER.index(phase):
            is_stopped = moment is Moment.NOMINATIONS_CLOSE
            how = Severity.STOPS if is_stopped else Severity.LOOK
            yield Finding(Kind.DATE_PASSED, how, {"moment": moment.value})


def _own_deadlines(brief: Brief) -> Iterator[Finding]:
    late, void = Counter[tuple[Moment, Moment]](), Counter[Moment]()
    for moment, at in brief.own_deadlines:
        stated = brief.timetable.get(moment)
        if stated is not None and at <= stated.instant:
            void[moment] += 1
        later = IN_ORDER[IN_ORDER.index(moment) + 1 :]
        stated_later = [it for it in later if it in brief.timetable]
        after = min(stated_later, key=lambda it: brief.timetable[it].instant, default=None)
        if after is not None and at > brief.timetable[after].instant:
            late[moment, after] += 1
    for (moment, after), count in late.items():
        values = {"moment": moment.value, "next": after.value, "count": count}
        yield Finding(Kind.OWN_DEADLINE_LATE, Severity.LOOK, values)
    for moment, count in void.items():
        yield Finding(Kind.OWN_DEADLINE_VOID, Severity.KNOW, {"moment": moment.value, "count": count})


def _texts(brief: Brief) -> Iterator[Finding]:
    if unsaid := texts.missing(dict(brief.texts), brief.rules.languages):
        places = [[".".join(path), language] for path, language in unsaid[:MOST_PLACES]]
        yield Finding(Kind.TEXTS_MISSING, Severity.LOOK, {"count": len(unsaid), "places": places})
    signs = brief.texts.get(texts.SIGNATORIES) or []
    if not any(any(it.get("name", {}).values()) for it in signs):
        yield Finding(Kind.NO_SIGNATORY, Severity.LOOK)


def _chairs(brief: Brief) -> Iterator[Finding]:
    seated = {key: [it for it in brief.chairs if it.category in (None, key)] for key in brief.categories}
    if lacking := [key for key, seats in seated.items() if not seats]:
        yield Finding(Kind.NO_CHAIR, Severity.STOPS, {"categories": [*lacking]})


def _numbers(brief: Brief) -> Iterator[Finding]:
    if not brief.judges:
        yield Finding(Kind.NO_JUDGES, Severity.STOPS if brief.phase is Phase.FIRST_ROUND else Severity.LOOK)
    if brief.invited:
        yield Finding(Kind.INVITED, Severity.KNOW, {"count": brief.invited})
    if brief.undecided:
        yield Finding(Kind.UNDECIDED, Severity.KNOW, {"count": brief.undecided})
    there = Counter(it.category for it in brief.entered)
    is_over = brief.phase in (Phase.SCREENING, Phase.FIRST_ROUND)
    for key in brief.categories:
        if 0 < there[key] < brief.rules.minimum_nominations:
            yield Finding(
                Kind.BELOW_MINIMUM,
                Severity.STOPS if is_over else Severity.LOOK,
                {"category": key, "found": there[key], "needed": brief.rules.minimum_nominations},
            )
    nobody = [key for key in brief.categories if not there[key]]
    if is_over and nobody:
        yield Finding(Kind.NO_NOMINATIONS, Severity.KNOW, {"categories": [*nobody]})

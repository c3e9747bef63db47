"""A rehearsal from its brief to its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from awards.rehearsing import looks, theatre, ties
from awards.rehearsing.brief import Brief
from awards.rehearsing.cast import Cast, cast
from awards.rehearsing.findings import Finding, Kind, Severity, Step, sort
from awards.rehearsing.play import Play
from awards.rehearsing.stage import Stage
from awards.rehearsing.ties import Contest, Ladder
from judging.rules import Rules
from judging.values import Electorate, Json
from judging.values import Step as Rung

FORMAT = "laurels-rehearsal-1"
OFTEN = 10
"""A lot in one run of so many, or more often, should be looked at."""
STEPS = len(Step) + 1
Progress = Callable[[int, int], None]


def rehearse(
    brief: Brief, *, seed: str, judges: int | None = None, progress: Progress = lambda _done, _of: None
) -> dict[str, Json]:
    """Play a brief in a theatre of its own and say what was found. The same brief and seed find the same.

    `judges`: so many simulated judges, instead of the panel that is there.
    """
    people = cast(brief, judges)
    found = list(looks.all_of(brief))
    with theatre.opened(brief.at) as there:
        stage = Stage(there, brief, people, brief.at)
        play = Play(stage, seed)
        stopped = play.run(lambda done, _of: progress(done, STEPS))
    runs, drawn = _lots(play, seed)
    found += [*play.found, *drawn, *_simulated(people)]
    progress(STEPS, STEPS)
    return {
        "format": FORMAT,
        "seed": seed,
        "phase": brief.phase.value,
        "played": [it.value for it in play.played],
        "stopped": stopped.value if stopped else None,
        "runs": runs,
        "figures": {
            "judges": len(people.seats),
            "nominations": len(people.entered),
            "categories": len({it.category for it in people.entered}),
            **play.figures,
        },
        "findings": [it.document() for it in sort(found)],
    }


def _simulated(people: Cast) -> list[Finding]:
    found = []
    if people.simulated_judges:
        values: Mapping[str, Json] = {"count": people.simulated_judges}
        found.append(Finding(Kind.SIMULATED_JUDGES, Severity.KNOW, values))
    if people.simulated:
        values = {"count": sum(people.simulated.values()), "categories": [*people.simulated]}
        found.append(Finding(Kind.SIMULATED_NOMINATIONS, Severity.KNOW, values))
    return found


def _lots(play: Play, seed: str) -> tuple[int, list[Finding]]:
    """How many runs were simulated, and where they ended by lot."""
    rules, contests = play.stage.brief.rules, _contests(play)
    if not contests:
        return 0, []
    runs = ties.runs_for(rules, contests)
    drawn = ties.lots(rules, contests, seed=seed, runs=runs)
    found = []
    for (category, ladder), number in sorted(drawn.items()):
        if ladder is Ladder.SHORTLIST and not ties.by_marks(rules):
            continue
        values: dict[str, Any] = {
            "category": category,
            "stage": ladder.value,
            "lots": number,
            "runs": runs,
            "why": _why(rules, ladder, play.bound.get(category, [])),
        }
        how = Severity.LOOK if number * OFTEN >= runs else Severity.KNOW
        found.append(Finding(Kind.LOT_ONLY, how, values))
    return runs, found


def _why(rules: Rules, ladder: Ladder, bound: list[frozenset[str]]) -> str:
    steps = rules.shortlist_ladder if ladder is Ladder.SHORTLIST else rules.result_ladder
    if Rung.CHAIR not in steps:
        return "not_asked"
    return "bound" if bound else "no_chair"


def _contests(play: Play) -> list[Contest]:
    category = {it.reference: it.category for it in play.stage.cast.entered}
    pairs: dict[str, list[tuple[str, str]]] = {}
    for judge, name in play.pairs:
        pairs.setdefault(category[name], []).append((judge, name))
    return [
        Contest(key, tuple(these), _electors(play, key), tuple(play.bound.get(key, ())))
        for key, these in sorted(pairs.items())
    ]


def _electors(play: Play, category: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Who votes in a category: its judges with what is barred to them, or as many as the roll has."""
    brief = play.stage.brief
    if brief.rules.vote is None:
        return ()
    if brief.rules.vote.electorate is Electorate.JUDGES:
        barred: dict[str, list[str]] = {}
        for judge, name in sorted(brief.conflicts):
            barred.setdefault(judge, []).append(name)
        seats = [it for it in play.stage.cast.seats if it.reads(category)]
        return tuple((it.key, tuple(barred.get(it.key, ()))) for it in seats)
    number = play.figures.get("electors", len(brief.electors))
    return tuple((str(it), ()) for it in range(number))

"""From evidence to result: the two rounds of one category, and their form in the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from judging.ballot import Tally
from judging.fitted import Fitted
from judging.ladder import StepTaken, Verdicts
from judging.outcome import Outcome, OutcomeRow, outcome, panel_measures, vote_measures
from judging.rules import Rules
from judging.scoring import Marks, Score, score_by, yardstick
from judging.shortlist import Standing, StandingRow, shortlist
from judging.values import (
    Deciding,
    Finalist,
    Json,
    SecondRound,
    StandingBy,
    Step,
    StepResult,
    as_list,
    as_object,
    as_text,
    as_texts,
    as_whole,
    exact,
    parse_exact,
)

Document = dict[str, Json]


def scores(rules: Rules, category: str, sheets: Mapping[str, Sequence[Marks]]) -> dict[str, Score]:
    """The score of every nomination of a category that has a counted sheet."""
    measure = yardstick(rules, category)
    return {name: score_by(measure, marks) for name, marks in sorted(sheets.items()) if marks}


def first_round(
    rules: Rules,
    category: str,
    sheets: Mapping[str, Sequence[Marks]],
    *,
    verdicts: Verdicts,
    seed: str | None,
    fitted: Fitted | None = None,
) -> Standing:
    """The standing of a category from its counted sheets, nomination by nomination.

    `fitted`: what a calibration gave the category, where the rules let it decide.
    """
    found = scores(rules, category, sheets)
    return shortlist(rules, category, found, verdicts=verdicts, seed=seed, fitted=fitted)


def second_round(
    rules: Rules,
    category: str,
    *,
    totals: Mapping[str, Fraction],
    slate: Sequence[str],
    tally: Tally | None = None,
    marks: Mapping[str, Score] | None = None,
    verdicts: Verdicts,
    seed: str | None,
    withheld: Collection[str] = (),
) -> Outcome:
    """The prizes of a category among those on the slate.

    A vote is decided by `tally`; a panel by `marks`, its scores; without a second round `marks` are the first
    round's scores. `totals` are those that decided the first round: they are compared at the ladder's step of that
    name, and decide where there is no second round and the rules let a calibration decide.
    """
    if tally is not None:
        values, measures = dict(tally.votes), vote_measures(tally, totals)
    else:
        found = {name: (marks or {})[name] for name in slate}
        values, measures = {name: it.total for name, it in found.items()}, panel_measures(found, totals)
        if rules.second_round is SecondRound.NONE and rules.standing is StandingBy.CALIBRATED:
            values = {name: totals[name] for name in slate}
    return outcome(
        rules, category, values, measures=measures, verdicts=verdicts, seed=seed, withheld=withheld
    )


def public_round(
    rules: Rules,
    category: str,
    *,
    totals: Mapping[str, Fraction],
    tally: Tally,
    verdicts: Verdicts,
    seed: str | None,
) -> Outcome:
    """The public's own prize in a category by its tally; not given where nobody chose anybody.

    Raises LookupError where the public has no vote.
    """
    public = rules.for_the_public()
    if not tally.ballots:
        return Outcome(category, (), (), tuple(it.key for it in public.prizes_of(category)))
    return second_round(
        public, category, totals=totals, slate=tally.slate, tally=tally, verdicts=verdicts, seed=seed
    )


def step_document(step: StepTaken) -> Document:
    return {
        "step": step.step.value,
        "result": step.result.value,
        "level": list(step.level),
        "numbers": [exact(number) for number in step.numbers],
        "groups": [list(group) for group in step.groups],
    }


def step_of(document: Mapping[str, Json]) -> StepTaken:
    return StepTaken(
        Step(as_text(document["step"])),
        StepResult(as_text(document["result"])),
        as_texts(document["level"]),
        tuple(parse_exact(number) for number in as_texts(document["numbers"])),
        tuple(as_texts(group) for group in as_list(document["groups"])),
    )


def standing_document(standing: Standing) -> Document:
    """A standing as the record states it: exact totals as text, the ladder's steps with their numbers."""
    found: Document = {
        "category": standing.category,
        "rows": [_standing_row(row) for row in standing.rows],
        "steps": [step_document(step) for step in standing.steps],
    }
    if standing.deciding is not None:
        found |= {"deciding": standing.deciding.value, "why": standing.why}
    return found


def _standing_row(row: StandingRow) -> Document:
    found: Document = {
        "nomination": row.nomination,
        "place": row.place,
        "total": exact(row.total),
        "sheets": row.sheets,
        "finalist": row.finalist.value,
        "settled_by": row.settled_by.value if row.settled_by else None,
    }
    return found if row.raw is None else found | {"raw": exact(row.raw)}


def standing_of(document: Mapping[str, Json]) -> Standing:
    """The inverse of `standing_document`. Raises KeyError, TypeError or ValueError for another document."""
    return Standing(
        as_text(document["category"]),
        tuple(
            StandingRow(
                as_text(row["nomination"]),
                as_whole(row["place"]),
                parse_exact(as_text(row["total"])),
                as_whole(row["sheets"]),
                Finalist(as_text(row["finalist"])),
                _step(row["settled_by"]),
                parse_exact(as_text(row["raw"])) if "raw" in row else None,
            )
            for row in map(as_object, as_list(document["rows"]))
        ),
        tuple(step_of(as_object(step)) for step in as_list(document["steps"])),
        Deciding(as_text(document["deciding"])) if "deciding" in document else None,
        as_text(why) if (why := document.get("why")) is not None else None,
    )


def outcome_document(found: Outcome) -> Document:
    """A result as the record states it: `value` is what decided, exact."""
    return {
        "category": found.category,
        "rows": [
            {
                "nomination": row.nomination,
                "place": row.place,
                "value": exact(row.value),
                "prize": row.prize,
                "settled_by": row.settled_by.value if row.settled_by else None,
                "open": row.open,
            }
            for row in found.rows
        ],
        "steps": [step_document(step) for step in found.steps],
        "not_given": list(found.not_given),
    }


def outcome_of(document: Mapping[str, Json]) -> Outcome:
    """The inverse of `outcome_document`. Raises KeyError, TypeError or ValueError for another document."""
    return Outcome(
        as_text(document["category"]),
        tuple(
            OutcomeRow(
                as_text(row["nomination"]),
                as_whole(row["place"]),
                parse_exact(as_text(row["value"])),
                None if row["prize"] is None else as_text(row["prize"]),
                _step(row["settled_by"]),
                _flag(row["open"]),
            )
            for row in map(as_object, as_list(document["rows"]))
        ),
        tuple(step_of(as_object(step)) for step in as_list(document["steps"])),
        as_texts(document["not_given"]),
    )


def tally_document(tally: Tally) -> Document:
    """What the ballots add up to, as the record states it; `pairwise[a][b]` counts ballots with a above b."""
    pairwise: dict[str, Json] = {
        a: {b: tally.pairwise[a, b] for b in tally.slate if b != a} for a in tally.slate
    }
    return {
        "slate": list(tally.slate),
        "ballots": tally.ballots,
        "abstentions": tally.abstentions,
        "votes": {name: exact(votes) for name, votes in tally.votes.items()},
        "first_places": dict(tally.first_places),
        "pairwise": pairwise,
    }


def tally_of(document: Mapping[str, Json]) -> Tally:
    """The inverse of `tally_document`. Raises KeyError, TypeError or ValueError for another document."""
    slate = as_texts(document["slate"])
    votes, first = as_object(document["votes"]), as_object(document["first_places"])
    pairwise = {a: as_object(row) for a, row in as_object(document["pairwise"]).items()}
    return Tally(
        slate,
        as_whole(document["ballots"]),
        as_whole(document["abstentions"]),
        {name: parse_exact(as_text(votes[name])) for name in slate},
        {name: as_whole(first[name]) for name in slate},
        {(a, b): as_whole(pairwise[a][b]) for a in slate for b in slate if a != b},
    )


def _step(value: Json) -> Step | None:
    return None if value is None else Step(as_text(value))


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false is wanted")
    return value

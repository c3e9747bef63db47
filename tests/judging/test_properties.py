"""What must hold for every count, whatever the marks and ballots."""

import json
import random
from collections import Counter
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from judging import ballot
from judging.count import (
    first_round,
    outcome_document,
    outcome_of,
    second_round,
    standing_document,
    standing_of,
)
from judging.ladder import Verdicts, settle
from judging.outcome import Outcome
from judging.shortlist import Standing
from judging.values import Finalist, Method, Step, canonical
from tests.builders import CATEGORY, SEED, Sheets
from tests.judging.categories import Category, ballots, category, decide, ladder, tempers
from tests.judging.independent import People

RANK = {Finalist.NO: 0, Finalist.OPEN: 1, Finalist.YES: 2}
WITHOUT_LOT = {Step.LOT}
METHODS = ["borda", "schulze", "approval", "one_choice"]


def standing_of_sheets(it: Category, sheets: Sheets) -> Standing:
    return first_round(it.rules, CATEGORY, sheets, verdicts=Verdicts(), seed=SEED)


def result_of_ballots(it: Category, method: str, cast: list[tuple[str, ...]], seed: str = SEED) -> Outcome:
    standing = standing_of_sheets(it, it.sheets)
    slate = sorted(it.sheets)
    tally = ballot.count(Method(method), slate, Counter(cast))
    return second_round(
        it.rules, CATEGORY, totals=standing.totals, slate=slate, tally=tally, verdicts=Verdicts(), seed=seed
    )


@given(tempers(), st.data())
def test_a_higher_mark_never_lowers_a_place(temper: int, data: st.DataObject) -> None:
    it = category(temper, "borda")
    name = data.draw(st.sampled_from(sorted(it.sheets)))
    sheet = data.draw(st.integers(0, len(it.sheets[name]) - 1))
    key = data.draw(st.sampled_from(sorted(it.sheets[name][sheet])))
    assume(it.sheets[name][sheet][key] < it.rules.scale.highest)

    better = list(it.sheets[name])
    better[sheet] = {**better[sheet], key: better[sheet][key] + 1}
    before = {row.nomination: row for row in standing_of_sheets(it, it.sheets).rows}[name]
    after = {row.nomination: row for row in standing_of_sheets(it, it.sheets | {name: better}).rows}[name]

    assert after.total > before.total
    assert after.place <= before.place
    if Finalist.OPEN not in (before.finalist, after.finalist) and before.settled_by is not Step.EXTEND:
        assert RANK[after.finalist] >= RANK[before.finalist]


@given(tempers(), st.data())
def test_a_higher_rank_on_a_ballot_never_lowers_a_place_by_votes(temper: int, data: st.DataObject) -> None:
    it = category(temper, "borda")
    slate = sorted(it.sheets)
    assume(len(slate) > 1)
    cast = [ballot.complete(Method.BORDA, slate, choice) for choice in ballots(temper, "borda", slate)]
    number = data.draw(st.integers(0, max(0, len(cast) - 1)))
    assume(cast and len(cast[number]) > 1)
    rank = data.draw(st.integers(1, len(cast[number]) - 1))
    raised = list(cast[number])
    raised[rank - 1], raised[rank] = raised[rank], raised[rank - 1]
    name = cast[number][rank]

    before = ballot.count(Method.BORDA, slate, Counter(cast)).votes
    after = ballot.count(
        Method.BORDA, slate, Counter([*cast[:number], tuple(raised), *cast[number + 1 :]])
    ).votes

    assert after[name] == before[name] + 1
    assert sum(other > after[name] for other in after.values()) <= sum(
        other > before[name] for other in before.values()
    )


@given(tempers(), st.randoms(use_true_random=False))
def test_the_order_of_judges_and_sheets_changes_nothing(temper: int, chance: random.Random) -> None:
    it = category(temper, "borda")
    names = chance.sample(sorted(it.sheets), len(it.sheets))
    shuffled = {name: chance.sample(it.sheets[name], len(it.sheets[name])) for name in names}

    assert standing_of_sheets(it, shuffled) == standing_of_sheets(it, it.sheets)


@given(tempers(), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_other_names_for_nominations_change_nothing_but_a_lot(
    temper: int, method: str, chance: random.Random
) -> None:
    it = category(temper, method)
    called = dict(
        zip(sorted(it.sheets), chance.sample([f"X-{n}" for n in range(20)], len(it.sheets)), strict=True)
    )
    other = replace(it, sheets={called[name]: marks for name, marks in it.sheets.items()})
    cast = ballots(temper, method, sorted(it.sheets))
    recast = [tuple(called[name] for name in choice) for choice in cast]

    standing, renamed = standing_of_sheets(it, it.sheets), standing_of_sheets(other, other.sheets)
    result, result_renamed = result_of_ballots(it, method, cast), result_of_ballots(other, method, recast)

    assert {(called[row.nomination], row.place, row.total, row.settled_by) for row in standing.rows} == {
        (row.nomination, row.place, row.total, row.settled_by) for row in renamed.rows
    }
    by_lot = {row.nomination for row in standing.rows if row.settled_by is Step.LOT}
    assert {
        (called[row.nomination], row.finalist) for row in standing.rows if row.nomination not in by_lot
    } == {(row.nomination, row.finalist) for row in renamed.rows if row.settled_by is not Step.LOT}
    assert {
        (called[row.nomination], row.place, row.prize, row.open)
        for row in result.rows
        if row.settled_by is not Step.LOT
    } == {
        (row.nomination, row.place, row.prize, row.open)
        for row in result_renamed.rows
        if row.settled_by is not Step.LOT
    }


@given(tempers(), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_order_of_ballots_changes_nothing(temper: int, method: str, chance: random.Random) -> None:
    it = category(temper, method)
    cast = ballots(temper, method, sorted(it.sheets))

    assert result_of_ballots(it, method, chance.sample(cast, len(cast))) == result_of_ballots(
        it, method, cast
    )


@given(tempers(), st.sampled_from([*METHODS, None]))
def test_ladders_always_end(temper: int, method: str | None) -> None:
    """No cut runs through level ones at the end, but where a prize is shared, or somebody has yet to decide."""
    it, people = category(temper, method), People(seed=SEED)
    standing = decide(
        lambda verdicts: first_round(it.rules, CATEGORY, it.sheets, verdicts=verdicts, seed=SEED),
        people,
        temper,
    )
    advancing = [row for row in standing.rows if row.finalist is Finalist.YES]
    undecided = [row for row in standing.rows if row.finalist is Finalist.OPEN]
    places = it.rules.category(CATEGORY).places
    extended = [row for row in advancing if row.settled_by is Step.EXTEND]
    if undecided:
        assert len(advancing) < min(places, len(standing.rows)) < len(advancing) + len(undecided)
    elif extended:
        assert places < len(advancing) <= places + 2
    else:
        assert len(advancing) == min(places, len(standing.rows))

    if method is None:
        return
    outcome = result_of_ballots(it, method, ballots(temper, method, sorted(it.sheets)))
    cuts = list(accumulate(prize.count for prize in it.rules.prizes_of(CATEGORY)))
    for place, level in Counter(row.place for row in outcome.rows).items():
        if any(place <= cut < place + level - 1 for cut in cuts):
            [settled_by] = {row.settled_by for row in outcome.rows if row.place == place}
            assert settled_by is Step.SHARE or all(row.open for row in outcome.rows if row.place == place)


@given(st.integers(0, 10**6))
def test_any_ladder_that_ends_settles_any_tie(temper: int) -> None:
    chance = random.Random(temper)
    rungs = [Step(step) for step in ladder(chance, ["head_to_head", "first_places"], [["lot"], ["share"]])]
    names = tuple("ABCDEFG"[: chance.randint(1, 7)])
    level = {name: random.Random(f"{temper}{name}").randint(0, 2) for name in names}

    settlement = settle(
        [names],
        cuts=range(1, len(names)),
        ladder=rungs,
        measures=dict.fromkeys(rungs, lambda them: {name: level[name] for name in them}),
        verdicts=Verdicts(),
        seed=SEED,
    )

    assert {placed.nomination for placed in settlement.placed} == set(names)
    assert settlement.waiting == ()
    if rungs[-1] is Step.LOT:
        assert sorted(placed.place for placed in settlement.placed) == list(range(1, len(names) + 1))


@pytest.mark.parametrize("method", METHODS)
@given(temper=tempers())
def test_standings_and_results_survive_being_written(method: str, temper: int) -> None:
    it = category(temper, method)
    standing = standing_of_sheets(it, it.sheets)
    outcome = result_of_ballots(it, method, ballots(temper, method, sorted(it.sheets)))

    assert standing_of(json.loads(canonical(standing_document(standing)))) == standing
    assert outcome_of(json.loads(canonical(outcome_document(outcome)))) == outcome

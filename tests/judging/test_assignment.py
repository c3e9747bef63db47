"""Who reads what: never a conflicted pair, loads level, the same seed the same pairs."""

from collections import Counter
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.assignment import Cause, Pair, Problem, Proposal, Reader, Shortage, Work, assign


def works(*names: str, category: str = "services") -> tuple[Work, ...]:
    return tuple(Work(name, category) for name in names)


def readers(*names: str, capacity: int | None = None) -> tuple[Reader, ...]:
    return tuple(Reader(name, capacity=capacity) for name in names)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    categories = ("a", "b", "c")
    nominations = tuple(
        Work(f"N{number}", draw(st.sampled_from(categories))) for number in range(draw(st.integers(0, 9)))
    )
    judges = tuple(
        Reader(
            f"J{number}",
            draw(st.none() | st.frozensets(st.sampled_from(categories), min_size=1)),
            draw(st.none() | st.integers(0, 5)),
        )
        for number in range(draw(st.integers(0, 5)))
    )
    pairs = [(judge.key, work.key) for judge, work in product(judges, nominations)]
    some = st.frozensets(st.sampled_from(pairs), max_size=8) if pairs else st.just(frozenset[Pair]())
    return Problem(
        nominations=nominations,
        judges=judges,
        blocked=draw(some),
        issued=draw(some),
        per_nomination=draw(st.none() | st.integers(1, 4)),
        seed=draw(st.sampled_from(["", "1", "seoul"])),
    )


def loads_of(proposal: Proposal) -> Counter[str]:
    return Counter(judge for judge, _ in proposal.pairs)


def new_pairs(problem: Problem) -> frozenset[Pair]:
    return frozenset(assign(problem).pairs) - problem.issued


def may_read(problem: Problem, judge: Reader, work: Work) -> bool:
    listed = judge.categories is None or work.category in judge.categories
    return listed and (judge.key, work.key) not in problem.blocked


def test_everybody_reads_everything_but_what_they_are_in_conflict_with() -> None:
    problem = Problem(works("N1", "N2"), readers("ada", "ben"), blocked=frozenset([("ada", "N2")]))

    proposal = assign(problem)

    assert proposal.pairs == (("ada", "N1"), ("ben", "N1"), ("ben", "N2"))
    assert proposal.loads == {"ada": 1, "ben": 2}
    assert proposal.shortages == ()


def test_a_judge_reads_the_categories_they_were_asked_for() -> None:
    judges = (Reader("ada", frozenset(["services"])), Reader("ben"))
    problem = Problem((Work("N1", "services"), Work("N2", "efficiency")), judges)

    assert assign(problem).pairs == (("ada", "N1"), ("ben", "N1"), ("ben", "N2"))


def test_k_judges_a_nomination_with_level_loads() -> None:
    names = [f"N{number}" for number in range(10)]
    proposal = assign(Problem(works(*names), readers("a", "b", "c", "d"), per_nomination=3, seed="x"))

    assert Counter(nomination for _, nomination in proposal.pairs) == dict.fromkeys(names, 3)
    assert sorted(proposal.loads.values()) == [7, 7, 8, 8]


def test_hand_overs_level_what_the_first_choice_left_uneven() -> None:
    blocked = frozenset([("a", "N0"), ("b", "N2"), ("c", "N1")])

    proposals = [
        assign(Problem(works("N0", "N1", "N2"), readers("a", "b", "c"), blocked, per_nomination=1, seed=seed))
        for seed in "12345678"
    ]

    assert [set(proposal.loads.values()) for proposal in proposals] == [{1}] * 8


def test_what_was_issued_stays_and_counts() -> None:
    issued = frozenset([("ada", "N1"), ("ada", "N2"), ("ada", "N3")])
    problem = Problem(works("N1", "N2", "N3", "N4"), readers("ada", "ben"), issued=issued, per_nomination=1)

    assert assign(problem).pairs == (("ada", "N1"), ("ada", "N2"), ("ada", "N3"), ("ben", "N4"))


def test_an_issued_pair_that_is_in_conflict_by_now_counts_for_nothing() -> None:
    pair = frozenset([("ada", "N1")])

    proposal = assign(
        Problem(works("N1"), readers("ada", "ben"), blocked=pair, issued=pair, per_nomination=1)
    )

    assert proposal.pairs == (("ben", "N1"),)


def test_a_full_judge_hands_over_to_make_room() -> None:
    judges = (Reader("ada", capacity=1), Reader("ben", frozenset(["services"]), capacity=1))
    nominations = (Work("N1", "services"), Work("N2", "efficiency"))

    proposal = assign(Problem(nominations, judges, per_nomination=1))

    assert proposal.pairs == (("ada", "N2"), ("ben", "N1"))


@pytest.mark.parametrize(
    ("problem", "shortage"),
    [
        (
            Problem(works("N1"), (Reader("ada", frozenset(["other"])),), per_nomination=2),
            Shortage("N1", 2, 0, Cause.NO_JUDGES),
        ),
        (
            Problem(works("N1"), readers("ada"), per_nomination=2),
            Shortage("N1", 2, 1, Cause.TOO_FEW_JUDGES),
        ),
        (
            Problem(works("N1"), readers("ada", "ben"), frozenset([("ada", "N1")]), per_nomination=2),
            Shortage("N1", 2, 1, Cause.CONFLICTS),
        ),
        (
            Problem(works("N1"), (Reader("ada"), Reader("ben", capacity=0)), per_nomination=2),
            Shortage("N1", 2, 1, Cause.CAPACITY),
        ),
        (Problem(works("N1"), ()), Shortage("N1", 1, 0, Cause.NO_JUDGES)),
    ],
)
def test_a_shortage_says_what_is_missing_and_why(problem: Problem, shortage: Shortage) -> None:
    assert assign(problem).shortages == (shortage,)


def test_another_seed_may_give_other_pairs() -> None:
    names = [f"N{number}" for number in range(12)]

    found = {
        assign(Problem(works(*names), readers("a", "b", "c"), per_nomination=1, seed=seed)).pairs
        for seed in "12345"
    }

    assert len(found) > 1


@given(problems())
def test_no_conflicted_pair_is_ever_assigned(problem: Problem) -> None:
    work = {work.key: work for work in problem.nominations}
    judges = {judge.key: judge for judge in problem.judges}

    proposal = assign(problem)

    assert problem.blocked.isdisjoint(proposal.pairs)
    assert len(set(proposal.pairs)) == len(proposal.pairs)
    assert all(may_read(problem, judges[judge], work[name]) for judge, name in new_pairs(problem))


@given(problems())
def test_issued_pairs_are_kept(problem: Problem) -> None:
    assert problem.issued - problem.blocked <= set(assign(problem).pairs)


@given(problems())
def test_no_judge_gets_more_than_they_have_room_for(problem: Problem) -> None:
    issued = Counter(judge for judge, _ in problem.issued - problem.blocked)

    loads = assign(problem).loads

    assert loads_of(assign(problem)) == Counter({judge: load for judge, load in loads.items() if load})
    for judge in problem.judges:
        assert judge.capacity is None or loads[judge.key] <= max(judge.capacity, issued[judge.key])


@given(problems(), st.randoms(use_true_random=False))
def test_the_same_problem_gives_the_same_pairs_in_whatever_order_it_is_told(
    problem: Problem, chance: Random
) -> None:
    nominations, judges = list(problem.nominations), list(problem.judges)
    chance.shuffle(nominations)
    chance.shuffle(judges)
    told_otherwise = Problem(
        tuple(nominations),
        tuple(judges),
        problem.blocked,
        problem.issued,
        problem.per_nomination,
        problem.seed,
    )

    assert assign(told_otherwise) == assign(problem)


@given(st.integers(1, 12), st.integers(1, 6), st.integers(1, 6), st.text(max_size=3))
def test_loads_differ_by_at_most_one_where_nothing_forbids_it(
    nominations: int, judges: int, k: int, seed: str
) -> None:
    problem = Problem(
        works(*(f"N{number}" for number in range(nominations))),
        readers(*(f"J{number}" for number in range(judges))),
        per_nomination=k,
        seed=seed,
    )

    proposal = assign(problem)

    assert max(proposal.loads.values()) - min(proposal.loads.values()) <= 1
    assert len(proposal.pairs) == nominations * min(k, judges)


@given(problems())
def test_no_other_choice_of_pairs_makes_as_many_and_is_more_level(problem: Problem) -> None:
    """Checked against every choice, where there are few enough to try them all."""
    fixed = problem.issued - problem.blocked
    options = []
    for work in problem.nominations:
        there = sum((judge.key, work.key) in fixed for judge in problem.judges)
        free = [
            judge.key
            for judge in problem.judges
            if may_read(problem, judge, work) and (judge.key, work.key) not in fixed
        ]
        wanted = len(free) if problem.per_nomination is None else max(0, problem.per_nomination - there)
        options.append([c for size in range(min(wanted, len(free)) + 1) for c in combinations(free, size)])
    total = 1
    for found in options:
        total *= len(found)
    if total > 3_000:
        return
    capacity = {judge.key: judge.capacity for judge in problem.judges}
    issued = Counter(judge for judge, _ in fixed)
    best: tuple[int, int] | None = None
    for choice in product(*options):
        given_out = Counter(judge for group in choice for judge in group)
        if any(
            (most := capacity[key]) is not None and given_out[key] + issued[key] > most for key in given_out
        ):
            continue
        squares = sum((issued[key] + given_out[key]) ** 2 for key in capacity)
        value = (-given_out.total(), squares)
        best = value if best is None or value < best else best

    proposal = assign(problem)

    made = len(proposal.pairs) - len(fixed)
    assert (-made, sum(load**2 for load in proposal.loads.values())) == best

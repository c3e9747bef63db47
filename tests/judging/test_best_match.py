"""The best match: exact against linear programmes, nothing hard ever broken, every panel that stays short explained."""

import gzip
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment import (
    Cause,
    Method,
    Pair,
    Problem,
    Proposal,
    Reader,
    Rule,
    Work,
    Worst,
    Yield,
    assign,
    expertise,
    linked,
    network,
)
from judging.assignment.instance import Instance, Ints
from tests.benchmarks.panels import REGIONS, with_regions
from tests.judging.programmes_of_pairs import best_total, may_be_made

DATA = Path(__file__).parents[1] / "data"


def works(*names: str) -> tuple[Work, ...]:
    return tuple(Work(name, "services") for name in names)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A panel that fits ill: categories, regions, few experts, conflicts, pins, capacities, odd loads."""
    chance = Random(draw(st.integers(0, 1 << 30)))
    nominations = tuple(Work(f"N{number}", chance.choice("ab")) for number in range(chance.randint(1, 8)))
    judges = tuple(
        Reader(
            f"J{number}",
            chance.choice([None, None, frozenset("a"), frozenset("b")]),
            chance.choice([None, None, chance.randint(0, 6)]),
            chance.choice([0, 0, 0, chance.randint(1, 4)]),
            chance.choice(["", "asia", "europe", "africa"]),
        )
        for number in range(chance.randint(1, 8))
    )
    pairs = [(judge.key, work.key) for judge, work in product(judges, nominations)]
    step = chance.choice([1, 1, 250_000])

    def some(most: float) -> frozenset[Pair]:
        share = chance.choice([0, most / 3, most])
        return frozenset(pair for pair in pairs if chance.random() < share)

    crossing = draw(st.sampled_from(["none", "region", "expert", "both"]))
    return Problem(
        nominations,
        judges,
        blocked=some(0.4),
        issued=some(0.1),
        unreadable=some(0.3),
        per_nomination=chance.randint(1, 4),
        seed=str(chance.randint(1, 9)),
        scores={pair: chance.randint(0, 1_000_000) // step * step for pair in pairs if chance.random() < 0.9},
        experts=some(0.3),
        pinned=some(0.1),
        forbidden=some(0.1),
        per_region=chance.randint(1, 2) if crossing in {"region", "both"} else None,
        need_expert=crossing in {"expert", "both"},
        alternates=chance.randint(0, 2),
        least_share=chance.choice([None, Fraction(3, 5)]),
        most_share=chance.choice([None, Fraction(6, 5)]),
    )


def breaches(problem: Problem, proposal: Proposal) -> set[tuple[Rule, str]]:
    """Where a panel has too many of a region or no expert, and who reads less than was stated for them."""
    region = {judge.key: judge.region for judge in problem.judges}
    loads = Counter(judge for judge, _ in proposal.pairs)
    found = {(Rule.LOAD, it.key) for it in problem.judges if loads[it.key] < it.least}
    for work in problem.nominations:
        panel = {judge for judge, name in proposal.pairs if name == work.key}
        regions = Counter(region[judge] for judge in panel if region[judge])
        if problem.per_region is not None and max(regions.values(), default=0) > problem.per_region:
            found.add((Rule.REGION, work.key))
        if problem.need_expert and not any((judge, work.key) in problem.experts for judge in panel):
            found.add((Rule.EXPERT, work.key))
    return found


def kept(problem: Problem, proposal: Proposal) -> frozenset[Pair]:
    """What the run was given: issued pairs, and the pins that it hasn't refused."""
    refused = {(it.judge, it.nomination) for it in proposal.shortages if it.judge}
    return (problem.issued - problem.blocked) | (problem.pinned - refused)


@given(problems())
@settings(max_examples=1_000)
@pytest.mark.audit
def test_nothing_hard_is_broken_and_nothing_is_left_unsaid_a_thousand_times(problem: Problem) -> None:
    check(problem)


@given(problems())
@settings(max_examples=60)
def test_nothing_hard_is_broken_and_nothing_is_left_unsaid(problem: Problem) -> None:
    check(problem)


def check(problem: Problem) -> None:
    proposal = assign(problem)
    fixed, pairs = kept(problem, proposal), set(proposal.pairs)
    new, loads = pairs - fixed, Counter(judge for judge, _ in proposal.pairs)
    issued = Counter(judge for judge, _ in problem.issued - problem.blocked)

    assert len(pairs) == len(proposal.pairs)
    assert fixed <= pairs
    assert all(may_be_made(problem, pair) for pair in new)
    assert problem.blocked.isdisjoint(pairs)
    assert all(
        it.capacity is None or loads[it.key] <= max(it.capacity, issued[it.key]) for it in problem.judges
    )
    panels = Counter(name for _, name in proposal.pairs)
    short = {it.nomination: it for it in proposal.shortages if not it.judge}
    assert set(short) == {
        it.key for it in problem.nominations if panels[it.key] < (problem.per_nomination or 0)
    }
    assert all(it.found == panels[it.nomination] and it.numbers for it in short.values())
    if proposal.certificate is None:
        return
    proof = proposal.certificate
    assert proof.total == sum(problem.scores.get(pair, 0) for pair in pairs)
    assert proof.total <= proof.before_fairness
    if not (problem.per_region and problem.need_expert):
        assert abs(proof.before_fairness - best_total(problem, fixed)) <= 1
    told = {(it.rule, it.subject) for it in proposal.yields}
    assert breaches(problem, proposal) <= told
    assert {it for it in told if it[0] is not Rule.LOAD} <= breaches(problem, proposal)
    for key, chosen in proposal.alternates.items():
        assert all((judge, key) not in pairs and may_be_made(problem, (judge, key)) for judge in chosen)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_order_in_which_a_problem_is_told_changes_nothing(problem: Problem, chance: Random) -> None:
    nominations, judges, scores = (
        list(it) for it in (problem.nominations, problem.judges, problem.scores.items())
    )
    for told in (nominations, judges, scores):
        chance.shuffle(told)

    again = replace(problem, nominations=tuple(nominations), judges=tuple(judges), scores=dict(scores))

    assert assign(again) == assign(problem)


def some_scores(problem: Problem, **scores: int) -> Problem:
    """Scores by names such as ada_N1."""
    return replace(
        problem,
        scores={(key.partition("_")[0], key.partition("_")[2]): worth for key, worth in scores.items()},
    )


def test_the_best_total_comes_before_level_loads() -> None:
    problem = Problem(works("N1", "N2"), (Reader("ada"), Reader("ben")), per_nomination=1)

    proposal = assign(some_scores(problem, ada_N1=900_000, ada_N2=800_000, ben_N1=100_000, ben_N2=100_000))

    assert proposal.loads == {"ada": 2, "ben": 0}
    assert proposal.certificate is not None
    assert proposal.certificate.optimum == proposal.certificate.total == 1_700_000


def test_at_most_one_judge_of_a_region_while_there_are_others_and_the_price_is_told() -> None:
    judges = (Reader("ada", region="asia"), Reader("ben", region="asia"), Reader("chi", region="europe"))
    problem = some_scores(
        Problem(works("N1"), judges, per_nomination=2), ada_N1=900_000, ben_N1=800_000, chi_N1=500_000
    )

    bound = assign(replace(problem, per_region=1))
    nobody_else = assign(replace(problem, per_region=1, forbidden=frozenset([("chi", "N1")])))

    assert bound.pairs == (("ada", "N1"), ("chi", "N1"))
    assert bound.certificate is not None
    assert bound.certificate.price_of_regions == 300_000
    assert nobody_else.pairs == (("ada", "N1"), ("ben", "N1"))
    assert nobody_else.yields == (Yield(Rule.REGION, "N1", 2, 1, "asia"),)
    assert nobody_else.certificate is not None
    assert nobody_else.certificate.worst == Worst("N1", 1_700_000, 1_700_000)


def test_the_bound_counts_judges_past_the_region_rule_where_no_others_fill_the_panel() -> None:
    judges = (
        Reader("ada", capacity=1, region="asia"),
        Reader("ben", region="asia"),
        Reader("chi", region="asia"),
    )
    scores = {"ada": 900_000, "ben": 800_000, "chi": 500_000}
    problem = Problem(
        works("N1", "N2"),
        judges,
        per_nomination=2,
        per_region=1,
        scores={(judge, nomination): score for judge, score in scores.items() for nomination in ("N1", "N2")},
        quick=True,
    )

    certificate = assign(problem).certificate

    assert certificate is not None
    assert certificate.worst is not None
    assert (certificate.worst.found, certificate.worst.bound) == (1_300_000, 1_700_000)


def test_an_expert_and_regions_go_together_and_yield_before_loads() -> None:
    judges = (Reader("ada", region="asia"), Reader("ben", region="asia"), Reader("chi", region="europe"))
    problem = some_scores(
        Problem(works("N1"), judges, per_nomination=2, per_region=1, need_expert=True),
        ada_N1=900_000,
        ben_N1=100_000,
        chi_N1=500_000,
    )

    by_ben = assign(replace(problem, experts=frozenset([("ben", "N1")])))
    chi_has_to_read = tuple(replace(it, least=it.key == "chi") for it in judges)
    ada_has_to_read = tuple(replace(it, least=it.key in {"ada", "chi"}) for it in judges)
    both = assign(replace(problem, experts=frozenset([("ben", "N1")]), judges=chi_has_to_read))
    loads = assign(replace(problem, experts=frozenset([("ben", "N1")]), judges=ada_has_to_read))

    assert by_ben.pairs == (("ben", "N1"), ("chi", "N1"))
    assert by_ben.yields == ()
    assert both.pairs == (("ben", "N1"), ("chi", "N1"))
    assert loads.pairs == (("ada", "N1"), ("chi", "N1"))
    assert loads.yields == (Yield(Rule.EXPERT, "N1", 0, 1),)


def test_a_load_beyond_its_bound_is_named_where_a_panel_would_stay_short() -> None:
    problem = Problem(
        works("N1", "N2", "N3"),
        (Reader("ada"), Reader("ben")),
        blocked=frozenset([("ben", "N1"), ("ben", "N2")]),
        per_nomination=1,
        most_share=Fraction(1, 2),
    )

    proposal = assign(problem)

    assert proposal.loads == {"ada": 2, "ben": 1}
    assert proposal.shortages == ()
    assert proposal.yields == (Yield(Rule.LOAD, "ada", 2, 1),)


def test_a_shortage_says_how_many_could_read_it_and_why_they_dont() -> None:
    judges = tuple(Reader(key) for key in ("ada", "ben", "chi", "dina"))
    problem = Problem(
        works("N1"),
        judges,
        blocked=frozenset([("ada", "N1"), ("ben", "N1")]),
        unreadable=frozenset([("dina", "N1")]),
        forbidden=frozenset([("chi", "N1")]),
        per_nomination=2,
    )

    (short,) = assign(problem).shortages

    assert (short.wanted, short.found, short.cause) == (2, 0, Cause.LANGUAGE)
    assert short.numbers is not None
    assert (short.numbers.in_category, short.numbers.readers) == (4, 3)
    assert (short.numbers.in_conflict, short.numbers.forbidden) == (2, 1)


@pytest.mark.parametrize("scored", [False, True])
def test_pins_are_kept_and_a_pin_that_cannot_be_is_said(scored: bool) -> None:
    pinned = frozenset([("ada", "N1"), ("ben", "N1"), ("chi", "N1"), ("dina", "N1"), ("dina", "N2")])
    problem = Problem(
        works("N1", "N2"),
        (Reader("ada"), Reader("ben"), Reader("chi"), Reader("dina", capacity=1)),
        blocked=frozenset([("ben", "N1")]),
        forbidden=frozenset([("chi", "N1")]),
        per_nomination=1,
        pinned=pinned,
    )

    proposal = assign(some_scores(problem, ben_N2=900_000) if scored else problem)

    assert {("ada", "N1"), ("dina", "N1")} <= set(proposal.pairs)
    assert {(it.judge, it.nomination, it.cause) for it in proposal.shortages} == {
        ("ben", "N1", Cause.PIN_IN_CONFLICT),
        ("chi", "N1", Cause.PIN_FORBIDDEN),
        ("dina", "N2", Cause.PIN_CAPACITY),
    }


def test_when_a_judge_leaves_only_their_pairs_change() -> None:
    chance = Random(7)
    names = [f"N{number}" for number in range(20)]
    judges = tuple(Reader(f"J{number}") for number in range(8))
    scores = {(it.key, name): chance.randint(0, 1_000_000) for it in judges for name in names}
    problem = Problem(
        works(*names), judges, per_nomination=3, scores=scores, alternates=2, most_share=Fraction(6, 5)
    )
    before = assign(problem)
    stay = frozenset(pair for pair in before.pairs if pair[0] != "J3")

    after = assign(replace(problem, judges=tuple(it for it in judges if it.key != "J3"), issued=stay))

    assert stay <= set(after.pairs)
    assert Counter(name for _, name in after.pairs) == dict.fromkeys(names, 3)
    assert all(len(chosen) == 2 for chosen in before.alternates.values())
    assert max(Counter(it for chosen in before.alternates.values() for it in chosen).values()) <= 8


def test_the_worst_served_is_lifted_and_where_changes_do_not_do_by_a_programme() -> None:
    """A chain of three: N1 can only be lifted if N2 hands ada over and takes ben from N3, which takes chi."""
    judges = tuple(Reader(key, capacity=1) for key in ("ada", "ben", "chi"))
    problem = some_scores(
        Problem(works("N1", "N2", "N3"), judges, per_nomination=1),
        ada_N1=600_000,
        ada_N2=1_000_000,
        ben_N2=600_000,
        ben_N3=1_000_000,
        chi_N3=600_000,
        chi_N1=100_000,
    )

    proposal = assign(problem)

    assert proposal.pairs == (("ada", "N1"), ("ben", "N2"), ("chi", "N3"))
    proof = proposal.certificate
    assert proof is not None
    assert proof.worst is not None
    assert (proof.before_fairness, proof.total, proof.price_of_fairness) == (2_100_000, 1_800_000, 300_000)
    assert (proof.method, proof.worst.found, proof.worst.bound) == (Method.MILP, 600_000, 600_000)


def test_the_bids_of_a_conference_reach_the_known_optimum_and_the_worst_served_its_bound() -> None:
    table = gzip.decompress((DATA / "aamas2015_similarity.csv.gz").read_bytes()).decode()
    similar = [[Decimal(it) for it in line.split(",") if it] for line in table.split()]
    papers, judges = len(similar), len(similar[0])
    problem = Problem(
        works(*(f"P{number}" for number in range(papers))),
        tuple(Reader(f"R{number}", capacity=11) for number in range(judges)),
        blocked=frozenset(
            (f"R{r}", f"P{p}") for p in range(papers) for r in range(judges) if not similar[p][r]
        ),
        per_nomination=3,
        scores={
            (f"R{r}", f"P{p}"): int(similar[p][r] * 1_000_000) for p in range(papers) for r in range(judges)
        },
    )

    proposal = assign(problem)

    proof = proposal.certificate
    assert proof is not None
    assert proof.worst is not None
    assert proof.before_fairness == 1_389_750_000
    assert proof.total * 100 >= proof.before_fairness * (99 if proof.method is Method.REPAIR else 0)
    assert (proof.worst.bound, proof.worst.found * 100 >= proof.worst.bound * 95) == (1_250_000, True)
    assert problem.blocked.isdisjoint(proposal.pairs)
    assert max(proposal.loads.values()) <= 11
    assert (len(set(proposal.pairs)), proposal.shortages, proposal.yields) == (3 * papers, (), ())
    print(
        f"\nAAMAS 2015: {proof.total / 1e6} of {proof.before_fairness / 1e6}, worst {proof.worst.found / 1e6}"
    )


def test_the_price_of_regions_leaves_each_panel_its_expert() -> None:
    judges = (Reader("ada", region="asia"), Reader("ben", region="asia"), Reader("chi", region="europe"))
    problem = some_scores(
        Problem(works("N1"), judges, per_nomination=2, per_region=1, need_expert=True),
        ada_N1=100_000,
        ben_N1=900_000,
        chi_N1=800_000,
    )

    proof = assign(replace(problem, experts=frozenset([("ada", "N1")]))).certificate

    assert proof is not None
    assert (proof.before_fairness, proof.optimum) == (900_000, 1_000_000)


def test_a_large_panel_with_few_experts_takes_few_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels of expertise are stated for each category, so that many pairs are worth the same."""
    chance = np.random.default_rng(4)
    category, level = chance.integers(0, 8, 500), chance.choice(3, (200, 8), p=(0.46, 0.46, 0.08))
    scores = (250_000 * level[:, category].T + chance.choice([350_000, 425_000], (500, 200))).astype(np.int32)
    scores[chance.random(scores.shape) < 0.1] = -1
    instance = replace(
        with_regions(Instance.plain(scores, 3, 4, 9), np.arange(200) % REGIONS, 1),
        experts=level[:, category].T == 2,
        lacking=np.ones(500, bool),
    )
    flows, solve = [], network.Network.solve

    def counted(self: network.Network) -> Ints:
        flows.append(self)
        return solve(self)

    monkeypatch.setattr(network.Network, "solve", counted)

    match = network.solve(instance).match

    assert len(flows) <= 20
    assert len(match.rows) == 1_500
    assert not expertise.without(instance, match).any()
    assert len({*zip(match.rows, match.columns % REGIONS, strict=True)}) == 1_500


def test_pairs_left_out_of_the_flow_are_found_if_they_are_of_use() -> None:
    chance = np.random.default_rng(3)
    scores = chance.integers(0, 1_000_000, (60, 25)).astype(np.int32)
    scores[chance.random(scores.shape) < 0.2] = -1
    instance = Instance.plain(scores, 3, 5, 9)
    instance = replace(instance, region=np.arange(25) % 4, cap=1, taken=np.zeros((60, 4), np.int64))
    few = np.zeros(scores.shape, bool)
    few[np.arange(60), scores.argmax(axis=1)] = True

    some, every = network.solve(instance, few), network.solve(instance)

    assert some.arcs > few.sum()
    assert len(some.match.rows) == len(every.match.rows) == 180
    assert some.match.sums(instance).sum() == every.match.sums(instance).sum()


def test_a_large_panel_is_matched_from_its_best_pairs_alone_as_well_as_from_all() -> None:
    scores = np.random.default_rng(4).integers(0, 1_000_000, (700, 450)).astype(np.int32)
    instance = Instance.plain(scores, 3, 3, 6)

    some, every = network.solve(instance), network.solve(instance, np.ones(scores.shape, bool))

    assert some.arcs < every.arcs / 3
    assert some.match.sums(instance).sum() == every.match.sums(instance).sum()


def test_whoever_assigns_nothing_loads_no_solver() -> None:
    code = "import sys, judging.assignment; print({'numpy', 'scipy', 'ortools'} & set(sys.modules))"

    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=DATA.parents[1]
    )

    assert told.stdout.strip() == "set()"


def test_judges_are_linked_where_panels_join_them() -> None:
    found = linked(
        {
            "a": [("ada", "N1"), ("ben", "N1"), ("ben", "N2"), ("chi", "N2"), ("ada", "N2")],
            "b": [("ada", "N3"), ("ben", "N3"), ("chi", "N4")],
        },
        pools={"ada": "asia", "ben": "asia", "chi": "europe"},
    )

    assert found["a"].connected
    assert found["a"].crossing == Fraction(1, 5)
    assert found["b"].parts == (("ada", "ben"), ("chi",))
    assert not found["b"].connected

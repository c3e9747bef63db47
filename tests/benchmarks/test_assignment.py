"""Assigning a panel, the worst-served lifted and the optimum proved: against OR-Tools solving the same flow alone."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from judging.assignment import fairness, network
from judging.assignment.instance import Instance
from judging.assignment.network import Network
from tests.benchmarks.figures import ratio
from tests.benchmarks.panels import made_up

ROOT = Path(__file__).parents[2]
BENCH = pytest.mark.bench


def flow_of(instance: Instance) -> Network:
    """The network of the first flow, which finds the optimum where the proof names no further pair."""
    return Network.of(instance, network.chosen(instance), network.nobody(instance))


@pytest.mark.parametrize(
    ("nominations", "judges", "k", "cap", "at_most"),
    [
        (400, 80, 3, None, 3),
        pytest.param(1_000, 200, 3, None, 1.6, marks=BENCH),
        pytest.param(10_000, 1_000, 5, None, 1.6, marks=BENCH),
        pytest.param(20_000, 4_000, 3, None, 1.6, marks=BENCH),
        pytest.param(1_000, 200, 3, 1, None, marks=BENCH),
        pytest.param(10_000, 1_000, 5, 2, None, marks=BENCH),
    ],
)
def test_an_assignment_takes_little_longer_than_its_flow(
    nominations: int, judges: int, k: int, cap: int | None, at_most: float | None
) -> None:
    instance = made_up(nominations, judges, k, cap=cap)
    laid = flow_of(instance)
    found: list[fairness.Outcome] = []

    def bare() -> None:
        solver = SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(laid.tail, laid.head, laid.capacity, laid.cost)
        solver.set_nodes_supplies(np.arange(len(laid.supply)), laid.supply)
        assert solver.solve() == SimpleMinCostFlow.Status.OPTIMAL
        assert len(solver.flows(arcs)) == len(laid.cost)

    name = f"{nominations:,} x {judges:,}, {k} each" + (f", {cap} of a region" if cap else "")
    times = 5 if nominations <= 10_000 else 3
    took = ratio(name, lambda: found.append(fairness.solve(instance)), bare, times=times)

    outcome = found[0]
    print(
        f"{'':4}total {outcome.total / 1e6:,.3f} of {outcome.before_fairness / 1e6:,.3f} "
        f"({outcome.total / outcome.before_fairness:.4%}), worst {outcome.found / 1e6:.4f} of {outcome.bound / 1e6:.4f}"
        f", {outcome.arcs:,} pairs laid, regions cost {1 - outcome.before_fairness / outcome.optimum:.2%}"
    )
    assert len(outcome.match.rows) == nominations * k
    assert outcome.total * 100 >= outcome.before_fairness * 99
    assert outcome.found * 100 >= outcome.bound * 95
    assert at_most is None or took <= at_most


@BENCH
def test_ten_thousand_nominations_take_less_than_a_gigabyte() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.panels", "10000", "1000", "5"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )

    kilobytes = int(told.stdout)
    print(f"\n{'memory of 10,000 x 1,000, 5 each':<50} {kilobytes / 1024:8.0f} MiB")
    assert kilobytes < 1_000_000

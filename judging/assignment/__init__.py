"""Who reads what: everybody everything, or so many judges a nomination; never a conflicted pair.

Where pairs have scores, the match with the highest total is found exactly, and then the worst-served nomination is
lifted (`network`, `repair`, `exact`); where they have none, loads are as level as can be (`levelling`). The same
problem always gives the same pairs. `python -m judging.assignment PROBLEM.json` does it for anybody's data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from judging.assignment.levelling import level
from judging.assignment.linking import Link, linked
from judging.assignment.standing import Standing, shortages
from judging.assignment.values import (
    MILLION,
    Cause,
    Certificate,
    Method,
    Numbers,
    Pair,
    Problem,
    Proposal,
    Reader,
    Rule,
    Shortage,
    Work,
    Worst,
    Yield,
)

__all__ = [
    "MILLION",
    "Cause",
    "Certificate",
    "Link",
    "Method",
    "Numbers",
    "Pair",
    "Problem",
    "Proposal",
    "Reader",
    "Rule",
    "Shortage",
    "Work",
    "Worst",
    "Yield",
    "assign",
    "linked",
]


def assign(problem: Problem) -> Proposal:
    """Give each nomination its judges: the best by score, or where scores and rules say nothing, with loads as level as
    can be. What is fixed stays; where capacities leave less room than is wanted, as many pairs as possible are made,
    and the rest is said.
    """
    standing = Standing.of(problem)
    alternates: Mapping[str, tuple[str, ...]] = {}
    if problem.per_nomination is not None and (problem.alternates or _is_weighed(problem)):
        from judging.assignment import matching  # numpy and OR-Tools, which nobody else needs

        if _is_weighed(problem):
            answer = matching.match(problem, standing.fixed)
            return _proposal(
                problem, standing, answer.pairs, answer.alternates, answer.yields, answer.certificate
            )
        pairs = level(standing.levelled(problem))
        alternates = matching.standbys(matching.Frame.of(problem, standing.fixed), pairs)
    else:
        pairs = level(standing.levelled(problem))
    return _proposal(problem, standing, pairs, alternates)


def _is_weighed(problem: Problem) -> bool:
    """Whether anything but loads tells one pair from another."""
    rules = (problem.per_region, problem.least_share, problem.most_share)
    return (
        any(problem.scores.values())
        or problem.need_expert
        or any(it is not None for it in rules)
        or any(judge.least for judge in problem.judges)
    )


def _proposal(
    problem: Problem,
    standing: Standing,
    pairs: list[Pair],
    alternates: Mapping[str, tuple[str, ...]],
    yields: tuple[Yield, ...] = (),
    certificate: Certificate | None = None,
) -> Proposal:
    loads = Counter(judge for judge, _ in pairs)
    return Proposal(
        pairs=tuple(sorted(pairs)),
        loads={key: loads[key] for key in sorted(judge.key for judge in problem.judges)},
        shortages=(*shortages(problem, pairs), *standing.refused),
        alternates=alternates,
        yields=yields,
        certificate=certificate,
    )

"""What libraries that nobody here wrote make of an election. They are installed for `make oracles` only."""

from __future__ import annotations

from typing import Any

from abcvoting import abcrules
from abcvoting.preferences import Profile as Approvals
from pref_voting.margin_based_methods import beat_path, beat_path_defeat
from pref_voting.profiles_with_ties import ProfileWithTies
from pref_voting.scoring_methods import symmetric_borda_scores
from preflibtools.instances import OrdinalInstance

from judging.values import Method
from tests.oracles.elections import Ballots, written


def profile(stand: int, ballots: Ballots) -> ProfileWithTies:
    """Read by preflibtools from the file; those without a place are below the ranked, level with each other."""
    instance = OrdinalInstance()
    instance.parse_str(written(stand, ballots, "election"), "soi")
    found = ProfileWithTies(
        [{it: place for place, (it,) in enumerate(order, start=1)} for order in instance.orders],
        rcounts=[instance.multiplicity[order] for order in instance.orders],
        candidates=list(range(1, stand + 1)),
    )
    found.use_extended_strict_preference()
    return found


def answers(method: Method, stand: int, ballots: Ballots) -> dict[str, Any]:
    asked = {Method.APPROVAL: approval, Method.ONE_CHOICE: one, Method.BORDA: borda, Method.SCHULZE: schulze}
    return asked[method](stand, ballots)


def grouped(scores: list[int]) -> list[list[int]]:
    return [
        [it for it, score in enumerate(scores, start=1) if score == value]
        for value in sorted(set(scores), reverse=True)
    ]


def one(stand: int, ballots: Ballots) -> dict[str, Any]:
    scores = profile(stand, ballots).plurality_scores()
    twice = [int(2 * scores[it]) for it in range(1, stand + 1)]
    return {"groups": grouped(twice), "twice the votes": twice}


def approval(stand: int, ballots: Ballots) -> dict[str, Any]:
    """Scores as abcvoting counts them, and the groups from its winning committees of every size."""
    found = Approvals(stand + 1)
    for choice, times in ballots.items():
        found.add_voters([list(choice)] * times)
    scores = [sum(times for choice, times in ballots.items() if it in choice) for it in range(1, stand + 1)]
    twice = [2 * it for it in scores]
    groups = grouped(twice)
    for size in range(1, stand + 1):
        if 0 in scores and size > sum(score > 0 for score in scores):
            break
        committees = abcrules.compute_av(found, size, algorithm="standard", max_num_of_committees=None)
        sure = set.intersection(*map(set, committees))
        some = set.union(*map(set, committees))
        start = 0
        for group in groups:
            end = start + len(group)
            assert not (end <= size) or set(group) <= sure, "who has more votes is in every committee"
            assert not (start >= size) or not (set(group) & some), "who has fewer is in none"
            assert not (start < size < end) or (set(group) <= some and not set(group) & sure)
            start = end
    return {"groups": groups, "twice the votes": twice}


def borda(stand: int, ballots: Ballots) -> dict[str, Any]:
    """Symmetric Borda scores: how many stand below less how many above. Twice our points, less a constant."""
    them = profile(stand, ballots)
    symmetric = symmetric_borda_scores(them)
    whole = (stand - 1) * sum(ballots.values())
    twice = [whole + int(symmetric[it]) for it in range(1, stand + 1)]
    return {"groups": grouped(twice), "twice the votes": twice} | ladder(them, stand)


def schulze(stand: int, ballots: Ballots) -> dict[str, Any]:
    """The relation with winning votes, and its layers; its unbeaten by another of the library's algorithms too."""
    them = profile(stand, ballots)
    graph = beat_path_defeat(them, strength_function=them.support)
    beats = sorted([a, b] for a, b in graph.edges)
    groups: list[list[int]] = []
    left = set(range(1, stand + 1))
    while left:
        unbeaten = sorted(b for b in left if not any([a, b] in beats for a in left))
        groups.append(unbeaten)
        left -= set(unbeaten)
    if stand <= 5:
        assert sorted(beat_path(them, strength_function=them.support, algorithm="basic")) == groups[0]
    return {"groups": groups, "beats": beats} | ladder(them, stand)


def ladder(them: ProfileWithTies, stand: int) -> dict[str, Any]:
    """Copeland's scores with a half for an even pair, and first places."""
    duels, first = them.copeland_scores(scores=(2, 1, 0)), them.plurality_scores()
    return {
        "twice the duels": [int(duels[it]) for it in range(1, stand + 1)],
        "first places": [int(first[it]) for it in range(1, stand + 1)],
    }


def by_margins(stand: int, ballots: Ballots) -> list[int]:
    """Schulze's winners as the library counts by itself: a victory is as strong as its margin."""
    return sorted(beat_path(profile(stand, ballots)))


def as_if_unranked_said_nothing(stand: int, ballots: Ballots) -> list[int]:
    """Schulze's winners where a ballot says nothing of those it does not rank, as the library takes it by itself."""
    them = profile(stand, ballots)
    them.use_strict_preference()
    return sorted(beat_path(them, strength_function=them.support))

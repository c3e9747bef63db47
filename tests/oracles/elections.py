"""Elections to be counted twice: written in PrefLib's format, drawn from a seed. Standard library only."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

Ballots = Mapping[tuple[int, ...], int]
"""How often each choice was cast: nominations by number from 1, best first."""


def drawn(seed: int, *, most: int | None = None) -> tuple[int, Counter[tuple[int, ...]]]:
    """The election of a seed: how many stand, and its ballots. Many are partial, and few voters make many ties.

    Some are drawn around one opinion, some around two, some without any. `most`: how many a ballot may name.
    """
    chance = random.Random(f"election {seed}")
    stand, voters = chance.randint(2, 8), chance.choice([1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 50])
    opinions = [chance.sample(range(1, stand + 1), stand) for _ in range(chance.choice([1, 1, 2, 3, voters]))]
    partial, noise = chance.choice([0, 0.5, 1]), chance.choice([0, 1, 3])
    ballots: Counter[tuple[int, ...]] = Counter()
    for _ in range(voters):
        order = list(chance.choice(opinions))
        for _ in range(noise):
            at = chance.randrange(stand - 1)
            order[at], order[at + 1] = order[at + 1], order[at]
        length = chance.randint(1, stand) if chance.random() < partial else stand
        ballots[tuple(order[: min(length, most or stand)])] += 1
    return stand, ballots


def written(stand: int, ballots: Ballots, name: str) -> str:
    """An election as a PrefLib file of strict, perhaps incomplete orders (soi)."""
    heads = [
        f"# FILE NAME: {name}.soi",
        f"# TITLE: {name}",
        "# DESCRIPTION: ",
        "# DATA TYPE: soi",
        "# MODIFICATION TYPE: synthetic",
        "# RELATES TO: ",
        "# RELATED FILES: ",
        "# PUBLICATION DATE: 2026-11-27",
        "# MODIFICATION DATE: 2026-11-27",
        f"# NUMBER ALTERNATIVES: {stand}",
        f"# NUMBER VOTERS: {sum(ballots.values())}",
        f"# NUMBER UNIQUE ORDERS: {len(ballots)}",
        *(f"# ALTERNATIVE NAME {it}: {it}" for it in range(1, stand + 1)),
    ]
    ordered = sorted(ballots.items(), key=lambda it: (-it[1], it[0]))
    return "\n".join([*heads, *(f"{times}: {','.join(map(str, order))}" for order, times in ordered), ""])


def read(text: str) -> tuple[int, Counter[tuple[int, ...]]]:
    """How many stand, and the ballots, from a PrefLib file."""
    stand, ballots = 0, Counter[tuple[int, ...]]()
    for line in text.splitlines():
        if line.startswith("# NUMBER ALTERNATIVES:"):
            stand = int(line.rpartition(":")[2])
        elif line and not line.startswith("#"):
            times, _, order = line.partition(":")
            ballots[tuple(int(it) for it in order.split(","))] += int(times)
    return stand, ballots

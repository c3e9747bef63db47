"""Count elections by `judging` and by other people's libraries, and keep some of what those say for `make test`.

    make oracles        (N=2000 elections a method)

Prints how many were compared a method, and how many the libraries would have counted otherwise by themselves.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from judging.values import Method
from tests.oracles import ours, theirs
from tests.oracles.elections import drawn, read

DATA = Path(__file__).resolve().parents[1] / "data"
DEBIAN, KEPT = DATA / "debian2002.soi", DATA / "election-oracles.json.gz"
KEEP = 40
MOST = {Method.ONE_CHOICE: 1, Method.APPROVAL: 3}


def compare(number: int) -> dict[str, Any]:
    """Every method on the Debian election and on so many drawn ones; what the libraries said of the first."""
    kept: dict[str, Any] = {}
    for method in Method:
        elections = [election_of(method, seed) for seed in range(number)]
        elections.append(shortened(*read(DEBIAN.read_text(encoding="utf-8")), MOST.get(method)))
        ties = 0
        said = []
        for stand, ballots in elections:
            found, wanted = ours.answers(method, stand, ballots), theirs.answers(method, stand, ballots)
            if found != wanted:
                raise SystemExit(f"{method}: {stand} stand, {dict(ballots)}: ours {found}, theirs {wanted}")
            ties += len(found["groups"]) < stand
            said.append(wanted)
        print(f"{method}: {len(elections)} elections counted alike, {ties} of them with ties")
        kept[method.value] = {"drawn": said[:KEEP], "debian 2002": said[-1]}
    return kept


def election_of(method: Method, seed: int) -> tuple[int, Counter[tuple[int, ...]]]:
    return drawn(seed, most=MOST.get(method))


def shortened(
    stand: int, ballots: Counter[tuple[int, ...]], most: int | None
) -> tuple[int, Counter[tuple[int, ...]]]:
    """The same ballots, as far as a method takes them."""
    found: Counter[tuple[int, ...]] = Counter()
    for choice, times in ballots.items():
        found[choice[:most]] += times
    return stand, found


def differing(number: int) -> None:
    """How often Schulze's winners would be others, had we left the library's own defaults as they are."""
    margins = unranked = 0
    for seed in range(number):
        stand, ballots = election_of(Method.SCHULZE, seed)
        mine = ours.answers(Method.SCHULZE, stand, ballots)["groups"][0]
        margins += mine != theirs.by_margins(stand, ballots)
        unranked += mine != theirs.as_if_unranked_said_nothing(stand, ballots)
    print(f"schulze: {margins} of {number} would have other winners by margins instead of winning votes")
    print(f"schulze: {unranked} of {number} where a ballot says nothing of those it does not rank")


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    stored = compare(many)
    differing(many)
    with gzip.GzipFile(KEPT, "wb", mtime=0) as target:
        target.write(json.dumps(stored, separators=(",", ":"), sort_keys=True).encode())

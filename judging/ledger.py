"""The public log of an election as a record states it: its leaves give every root that was published, and its size
is that of the box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from judging import merkle
from judging.ballot import Tally
from judging.values import Json, as_list, as_object, as_text, as_whole

LOG = "log.jsonl"
Misfit = tuple[str, object, object]
"""Where something does not fit, what the record states, what its other parts give."""


@dataclass(frozen=True, slots=True)
class Head:
    """The root over the first `size` leaves, in hex."""

    size: int
    root: str


def heads_of(stated: Json) -> tuple[Head, ...]:
    """The heads that outcome.json states of an election; none where its vote had no log."""
    found = (as_object(it) for it in as_list(stated))
    return tuple(Head(as_whole(it["size"]), as_text(it["root"])) for it in found)


@dataclass(slots=True)
class Ledger:
    """The leaves of one election's log, taken one by one. `aside`: how many count for nothing, by the reason stated."""

    heads: Sequence[Head]
    aside: Counter[str] = field(default_factory=Counter)
    _tree: merkle.Tree = field(default_factory=merkle.Tree)
    _seen: set[bytes] = field(default_factory=set)
    _roots: dict[int, str] = field(default_factory=dict)
    _wanted: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self._wanted = frozenset(it.size for it in self.heads)
        self._keep()

    @property
    def size(self) -> int:
        return self._tree.size

    def take(self, line: Mapping[str, Json]) -> None:
        """Take one line of log.jsonl. Raises ValueError where a fingerprint stands twice."""
        leaf = bytes.fromhex(as_text(line["fingerprint"]))
        if leaf in self._seen:
            raise ValueError("a fingerprint stands twice")
        self._seen.add(leaf)
        self._tree.add(leaf)
        if line.get("struck") is not None:
            self.aside[as_text(line["struck"])] += 1
        self._keep()

    def _keep(self) -> None:
        if self.size in self._wanted:
            self._roots[self.size] = self._tree.root().hex()

    def misfits(self, tally: Tally | None) -> Iterator[Misfit]:
        """What does not fit the heads, and the ballots that came out of the box."""
        for head in self.heads:
            found = self._roots.get(head.size, "no so many envelopes")
            if found != head.root:
                yield f"root over {head.size} envelopes", head.root, found
        last = self.heads[-1].size if self.heads else 0
        if last != self.size:
            yield "last root", f"{last} envelopes", f"{self.size} in the log"
        opened = tally.ballots + tally.abstentions if tally else 0
        count = self.size - self.aside.total()
        if count != opened:
            yield "envelopes that count", count, f"{opened} ballots"


@dataclass(slots=True)
class Sorted:
    """The commitments of an election, as they stand in the record: ascending, and with the root that was published."""

    is_sorted: bool = True
    _tree: merkle.Tree = field(default_factory=merkle.Tree)
    _last: bytes = b""

    def take(self, digest: bytes) -> None:
        self.is_sorted = self.is_sorted and digest > self._last
        self._last = digest
        self._tree.add(digest)

    def misfits(self, stated: str) -> Iterator[Misfit]:
        """Whether they give the root that was published with them."""
        if not self.is_sorted:
            yield "commitments", "in ascending order", "in another one"
        elif (found := self._tree.root().hex()) != stated:
            yield "root of the commitments", stated, found


def read_into(ledgers: Mapping[str, Ledger], lines: Iterable[Mapping[str, Json]]) -> None:
    """Give every line of log.jsonl to its election's. KeyError: there is no such election with a log."""
    for line in lines:
        ledgers[as_text(line["election"])].take(line)

"""Merkle trees as in RFC 6962: a list that only grows, named by one hash, with short proofs of what it holds.

SHA-256; a leaf is hashed after a zero byte, two nodes after a one, so that no node passes for a leaf. Leaves are bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

EMPTY = hashlib.sha256().digest()
"""The root of no leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree built leaf by leaf: it keeps one hash for each power of two in its size, and no leaf."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        self._add(leaf_hash(leaf))

    def _add(self, found: bytes) -> None:
        size = self.size
        while size & 1:
            found = node_hash(self._peaks.pop(), found)
            size >>= 1
        self._peaks.append(found)
        self.size += 1

    def root(self) -> bytes:
        """The root over the leaves so far."""
        if not self._peaks:
            return EMPTY
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves, in their order."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def roots(leaves: Iterable[bytes], sizes: Collection[int]) -> dict[int, bytes]:
    """The roots over the first so many leaves, for each of `sizes` that the list reaches, in one pass."""
    tree, wanted = Tree(), set(sizes)
    found = {0: EMPTY} if 0 in wanted else {}
    for leaf in leaves:
        tree.add(leaf)
        if tree.size in wanted:
            found[tree.size] = tree.root()
    return found


def proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from the leaf at `index` to the root, from below. IndexError: there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, found = [leaf_hash(leaf) for leaf in leaves], []
    while len(level) > 1:
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        level = _above(level)
        index >>= 1
    return tuple(found)


def _above(level: list[bytes]) -> list[bytes]:
    """The next level: pairs joined, a last one without a neighbour as it is."""
    joined = [node_hash(level[it], level[it + 1]) for it in range(0, len(level) - 1, 2)]
    return joined + level[len(level) & ~1 :]


def proves(leaf: bytes, index: int, size: int, hashes: Sequence[bytes], root: bytes) -> bool:
    """Whether `hashes` lead from a leaf at `index` of `size` to the root."""
    if not 0 <= index < size:
        return False
    found, last, left = leaf_hash(leaf), size - 1, list(hashes)
    while last:
        if index & 1 or index < last:
            if not left:
                return False
            beside = left.pop(0)
            found = node_hash(beside, found) if index & 1 else node_hash(found, beside)
        index, last = index >> 1, last >> 1
    return not left and found == root


def grew(before: Sequence[tuple[int, bytes]], leaves: Iterable[bytes]) -> bool:
    """Whether a list of leaves begins with each of the earlier ones, given as (size, root)."""
    found = roots(leaves, {size for size, _ in before})
    return all(found.get(size) == earlier for size, earlier in before)

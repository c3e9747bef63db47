"""The Merkle tree of the public log, against the examples of RFC 6962's own test suite and a plain definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging import merkle

LEAVES = tuple(
    map(
        bytes.fromhex,
        (
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
        ),
    )
)  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962 defines it, by halves."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


def test_the_roots_of_the_known_examples() -> None:
    found = merkle.roots(LEAVES, ROOTS)

    assert {size: root.hex() for size, root in found.items()} == ROOTS
    assert merkle.root(LEAVES).hex() == ROOTS[8]
    assert merkle.root(()) == merkle.Tree().root() == merkle.EMPTY


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_every_leaf_is_proved_by_its_own_proof_alone(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, hashes = merkle.root(leaves), merkle.proof(leaves, index)

    assert root == by_definition(leaves)
    assert merkle.proves(leaves[index], index, len(leaves), hashes, root)
    assert not merkle.proves(leaves[index] + b"!", index, len(leaves), hashes, root)
    assert not merkle.proves(leaves[index], index, len(leaves), (*hashes, root), root)
    assert not merkle.proves(leaves[index], index, len(leaves), hashes, merkle.EMPTY)
    assert not merkle.proves(leaves[index], len(leaves), len(leaves), hashes, root)
    if hashes:
        assert not merkle.proves(leaves[index], index, len(leaves), hashes[:-1], root)


def test_no_leaf_beyond_the_last_has_a_proof() -> None:
    with pytest.raises(IndexError):
        merkle.proof(LEAVES, 8)


def test_a_list_that_lost_or_changed_an_earlier_leaf_did_not_only_grow() -> None:
    before = [(3, merkle.root(LEAVES[:3])), (5, merkle.root(LEAVES[:5]))]

    assert merkle.grew(before, LEAVES)
    assert not merkle.grew(before, LEAVES[:4])
    assert not merkle.grew(before, (b"other", *LEAVES[1:]))

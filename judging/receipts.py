"""Receipts: a ballot or an envelope of a record, found by its code or number, and proved to stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from judging import merkle, receipt_words
from judging.ballot import Choice, commitment
from judging.evidence import Evidence, StatedElection, gather
from judging.ledger import LOG
from judging.programme import ProgrammeInvalid
from judging.record import Damage, Record, RecordDamaged
from judging.values import as_text, as_texts

LEAST = 16
"""Hex digits that are enough."""


class TooShort(Exception):
    """Too few digits of a number to find anything by."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Something found: at which `place` of `size`, under which root, with the hashes that lead there.

    `is_envelope`: a leaf of the public log, else a ballot's commitment. `root` is what the record states, empty where
    it states none; `holds`: whether the hashes lead from the leaf to it. `choice`: None where the record does not show
    it. `struck`: why an envelope counts for nothing.
    """

    election: StatedElection
    is_envelope: bool
    value: str
    place: int
    size: int
    hashes: tuple[bytes, ...]
    root: str
    holds: bool
    choice: Choice | None = None
    struck: str = ""


def digits_of(text: str) -> str:
    """What a receipt begins with, in hex: a number as it is typed, or a code in words.

    Raises TooShort, and CodeUnreadable for words that are none.
    """
    tidy = re.sub(r"[\s\-.:]", "", text).lower()
    if not re.fullmatch(r"(?=.*[0-9])[0-9a-f]+", tidy):
        return receipt_words.beginning(text)
    if len(tidy) < LEAST:
        raise TooShort
    return tidy


def find(record: Record, digits: str) -> list[Proved]:
    """Every ballot and envelope of a record that begins so. Raises RecordDamaged."""
    try:
        evidence = gather(record)
        return [*_ballots(record, evidence, digits), *_envelopes(record, evidence, digits)]
    except (LookupError, TypeError, ValueError, RecursionError, ProgrammeInvalid) as error:
        raise RecordDamaged(Damage.NOT_THE_FORM) from error


def _elections(evidence: Evidence) -> dict[str, StatedElection]:
    found = {it.key: it for category in evidence.categories for it in category.elections}
    public = [it.public.election for it in evidence.categories if it.public]
    return found | {it.key: it for it in public}


def _ballots(record: Record, evidence: Evidence, digits: str) -> Iterator[Proved]:
    elections = _elections(evidence)
    for key, value, leaves in _matches(record, "commitments.jsonl", "commitment", digits):
        yield _prove(
            elections[key], value, leaves, elections[key].commitments_root, choice=_choice(record, key, value)
        )


def _envelopes(record: Record, evidence: Evidence, digits: str) -> Iterator[Proved]:
    if not record.has(LOG):
        return
    elections = _elections(evidence)
    for key, value, leaves in _matches(record, LOG, "fingerprint", digits):
        heads = elections[key].heads
        struck = next(
            as_text(line["struck"]) if line.get("struck") is not None else ""
            for line in record.lines(LOG)
            if line["fingerprint"] == value
        )
        root = heads[-1].root if heads else ""
        yield _prove(elections[key], value, leaves, root, is_envelope=True, struck=struck)


def _matches(record: Record, part: str, name: str, digits: str) -> Iterator[tuple[str, str, list[bytes]]]:
    """Election, value and all leaves of that election, for each value that begins with the digits."""
    found = [
        (as_text(line["election"]), as_text(line[name]))
        for line in record.lines(part)
        if as_text(line[name]).startswith(digits)
    ]
    for key, value in found:
        yield (
            key,
            value,
            [bytes.fromhex(as_text(line[name])) for line in record.lines(part) if line["election"] == key],
        )


def _prove(
    election: StatedElection,
    value: str,
    leaves: list[bytes],
    root: str | None,
    *,
    is_envelope: bool = False,
    choice: Choice | None = None,
    struck: str = "",
) -> Proved:
    leaf = bytes.fromhex(value)
    place = leaves.index(leaf)
    hashes = merkle.proof(leaves, place)
    holds = merkle.proves(leaf, place, len(leaves), hashes, bytes.fromhex(root or ""))
    return Proved(election, is_envelope, value, place, len(leaves), hashes, root or "", holds, choice, struck)


def _choice(record: Record, key: str, value: str) -> Choice | None:
    """What the ballot of a commitment chose, where the record shows single ballots."""
    for line in record.lines("ballots.jsonl"):
        if line["election"] == key and "choice" in line:
            choice = as_texts(line["choice"])
            if commitment(key, choice, as_text(line["nonce"])) == value:
                return choice
    return None

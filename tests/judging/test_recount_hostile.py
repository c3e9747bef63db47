"""Recounting what was made to mislead: no record, or a difference, and never an accident."""

import contextlib
import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from judging.record import RecordDamaged
from judging.values import canonical
from tests.builders import CATEGORY
from tests.judging.cases import (
    CASES,
    counted,
    is_no_record,
)
from tests.judging.categories import tempers
from tests.judging.records import Case, Parts, changed, unpacked


def put_table(parts: Parts, votes: str) -> None:
    [election] = parts.category["elections"]
    table = election["tally"] | {"votes": dict.fromkeys("ABCDE", votes)}
    parts.lines["ballots.jsonl"] = [{"election": election["election"], "table": table}]


NO_RECORDS: dict[str, Callable[[Parts], Any]] = {
    "another format": lambda it: it.outcome.update(format="laurels-record-9"),
    "another kind": lambda it: it.outcome.update(kind="secret"),
    "a category that the rules don't have": lambda it: it.outcome["categories"].update(x=it.category),
    "rules against the rules": lambda it: it.documents["rules.json"].update(criteria=[]),
    "an endless weight": lambda it: it.documents["rules.json"]["criteria"][0].update(weight="1e999999999"),
    "a nomination twice": lambda it: it.lines["nominations.jsonl"].append(it.lines["nominations.jsonl"][0]),
    "a slate with one twice": lambda it: it.category["slate"].append("A"),
    "a sheet of nobody": lambda it: it.lines["sheets.jsonl"][0].update(nomination="X"),
    "a sheet that counts perhaps": lambda it: it.lines["sheets.jsonl"][0].update(counted=1),
    "a third round": lambda it: it.lines["sheets.jsonl"][0].update(round="third"),
    "a ballot of no election": lambda it: it.lines["ballots.jsonl"][0].update(election="x"),
    "a commitment that is no hash": lambda it: it.lines["commitments.jsonl"][0].update(commitment="x"),
    "an unknown prize": lambda it: it.outcome["awards"][0].update(prize="x"),
    "votes without end in a table": lambda it: put_table(it, "1e99999999"),
    "votes by nothing in a table": lambda it: put_table(it, "1/0"),
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_what_has_not_the_form_is_no_record(name: str) -> None:
    parts = Case().parts()
    NO_RECORDS[name](parts)

    assert is_no_record(parts)


VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 10**30, "", "A", "best", CATEGORY, "first", "1/0", "1/2", "lot", "tie", "e" * 3000,
    [], {}, ["A"], ["A", "B"], {"A": 1}, {"nomination": "A"}, [{"nomination": "A"}], [[]],
]  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document that can hold another value: a container and a key or number in it."""
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def made_hostile(temper: int) -> bytes:
    """A record, written soundly, in which a few values were left out, repeated, exchanged or replaced."""
    chance = random.Random(temper)
    parts = CASES[chance.choice(list(CASES))]().parts()
    for _ in range(chance.randint(1, 4)):
        everywhere = [
            place for part in (*parts.documents.values(), *parts.lines.values()) for place in places(part)
        ]
        (container, key), (other, there) = chance.sample(everywhere, 2)
        value = chance.choice([other[there], chance.choice(VALUES)])
        kind = chance.choice(["left out", "repeated", "exchanged", "exchanged"])
        if kind == "left out":
            container.pop(key)
        elif kind == "repeated" and isinstance(container, list):
            container.append(container[key])
        else:
            container[key] = copy.deepcopy(value)
    return parts.written()


@settings(max_examples=200)
@given(tempers())
def test_no_document_however_hostile_breaks_the_recount(temper: int) -> None:
    with contextlib.suppress(RecordDamaged):
        counted(made_hostile(temper))


@pytest.mark.audit
def test_no_document_of_thousands_breaks_the_recount() -> None:
    for temper in range(5_000):
        with contextlib.suppress(RecordDamaged):
            counted(made_hostile(temper))


def test_documents_nested_without_end_are_no_record() -> None:
    for depth in range(300, 1100, 25):
        deep = b'{"format":' + b"[" * depth + b"]" * depth + b"}"
        with pytest.raises(RecordDamaged):
            counted(changed(Case().written(), "outcome.json", deep))


def test_a_value_nested_deep_in_what_is_stated_is_shown_or_refused() -> None:
    outcome = json.loads(unpacked(Case().written())["outcome.json"])
    for depth in range(900, 1000, 10):
        outcome["categories"][CATEGORY]["standing"]["rows"] = "DEEP"
        part = canonical(outcome).replace(b'"DEEP"', b"[" * depth + b"]" * depth)
        with contextlib.suppress(RecordDamaged):
            assert counted(changed(Case().written(), "outcome.json", part)).differences

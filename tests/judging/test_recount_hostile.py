"""Recounting what was made to mislead: no record, or a difference, and never an accident."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judging import record
from judging.record import RecordDamaged
from judging.values import canonical
from tests.builders import CATEGORY
from tests.judging.cases import (
    CASES,
    counted,
    is_no_record,
)
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


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 12)
    | st.sampled_from(["", "A", "best", CATEGORY, "first", "1/0", "lot"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["A", "nomination", "key", "rows", "marks"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document that can hold another value: a container and a key or number in it."""
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.data(),
    st.sampled_from(
        ["a Borda vote", "a table instead of ballots", "a lot", "a panel", "a prize by decision"]
    ),
)
def test_no_document_however_hostile_breaks_the_recount(data: st.DataObject, name: str) -> None:
    parts = CASES[name]().parts()
    everywhere = places(parts.documents) + places(parts.lines)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(everywhere))
        if (
            isinstance(container, dict)
            and data.draw(st.booleans())
            and container not in (parts.documents, parts.lines)
        ):
            container.pop(key, None)
        elif key in container or (isinstance(key, int) and key < len(container)):
            container[key] = data.draw(VALUES)
    content = Case().written()
    for part in record.DOCUMENTS:
        content = changed(content, part, canonical(parts.documents[part]))
    for part in record.LINES:
        lines = parts.lines[part] if isinstance(parts.lines[part], list) else [parts.lines[part]]
        content = changed(content, part, b"".join(canonical(line) + b"\n" for line in lines))

    with contextlib.suppress(RecordDamaged):
        counted(content)


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

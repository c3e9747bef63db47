"""A record from before fields could state options and columns: its rules, their hash and its count stand."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from judging.programme import read_rules
from judging.rules import LATER, digest, document
from tests.builders import rules
from tests.judging.cases import counted

RECORD = Path(__file__).parents[1] / "data" / "record-before-options.zip"
STATED = {
    "characters": 500,
    "most": 3,
    "options": [{"key": "pilot"}, {"key": "completed"}],
    "columns": [{"key": "value", "kind": "number", "required": True}],
}


def rules_of_the_record() -> dict[str, Any]:
    with zipfile.ZipFile(RECORD) as record:
        found: dict[str, Any] = json.loads(record.read("rules.json"))
    return found


def test_an_old_record_recounts() -> None:
    recounted = counted(RECORD.read_bytes())

    assert recounted.differences == ()


def test_the_rules_of_an_old_record_are_written_as_they_were() -> None:
    found = rules_of_the_record()

    assert found["fields"]
    assert document(read_rules(found)) == found


@pytest.mark.parametrize(("name", "kind"), [*((name, "choice") for name in LATER[:3]), ("columns", "rows")])
def test_what_is_stated_changes_the_hash_and_what_is_left_out_does_not(name: str, kind: str) -> None:
    plain = {"key": "asked", "kind": kind}
    nothing = {"characters": 0, "most": 0} | ({"options": []} if kind == "choice" else {"columns": []})

    assert digest(rules(fields=[plain | nothing])) == digest(rules(fields=[plain]))
    assert digest(rules(fields=[plain | {name: STATED[name]}])) != digest(rules(fields=[plain]))

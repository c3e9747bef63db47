"""docs/record.md against records as they are written: every key of either kind is described, and no other."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import prizes, records
from awards.config import ROOT
from awards.models import Judge
from judging import record
from judging.ballot import commitment
from judging.record import Record, RecordKind, read_bytes
from judging.recount import recount
from tests.awards.contest import Contest

TEXT = (ROOT / "docs" / "record.md").read_text(encoding="utf-8")
MORE = """
[[prizes]]
key = "special"
by_decision = true
name.en = "Special mention"

[result]
ladder = ["lot"]
"""
MARKS = {"SV-1": 9, "SV-2": 8, "SV-3": 8, "SV-4": 2}


def documented(heading: str, *places: str) -> set[str]:
    """The keys that a table of the document gives a thing, in the kinds of record named."""
    section = re.split(r"^#+ ", TEXT.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE)
    return {key for key, where in rows if where in places}


def keys(items: Iterable[Mapping[str, Any]]) -> set[str]:
    return {key for item in items for key in item}


@pytest.fixture
def both(session: scoped_session[Session], tmp_path: Path) -> dict[RecordKind, Record]:
    """The records of an edition with a lot at the last place, a vote, and a prize by decision."""
    contest = Contest(session, tmp_path, {"places": 2, "ladder": '"lot"'}, MORE, marks=MARKS).opened()
    contest.vote(*((judge.account.email, *contest.election().slate) for judge in contest_judges(contest)))
    contest.close()
    contest.sign()
    prizes.give(
        session,
        contest.edition,
        "SV-4",
        "special",
        reason="For courage.",
        actor=contest.actor,
        now=contest.now,
    )
    return {kind: written(contest, kind) for kind in RecordKind}


def contest_judges(contest: Contest) -> Iterator[Any]:
    return iter(contest.session.scalars(select(Judge).where(Judge.edition_id == contest.edition.id)))


def written(contest: Contest, kind: RecordKind) -> Record:
    target = BytesIO()
    records.write(contest.session, contest.edition, target, public=kind is RecordKind.PUBLIC)
    return read_bytes(target.getvalue())


def things(found: Record) -> dict[str, list[dict[str, Any]]]:
    """Everything in outcome.json that the document describes under a heading of its own."""
    outcome: Any = found.document("outcome.json")
    categories = list(outcome["categories"].values())
    standings = [it["standing"] for it in categories]
    elections = [election for it in categories for election in it["elections"]]
    results = [it["result"] for it in categories]
    return {
        "outcome.json": [outcome],
        "A category": categories,
        "A standing": standings,
        "A row of a standing": [row for it in standings for row in it["rows"]],
        "A step": [step for it in [*standings, *results] for step in it["steps"]],
        "An election": elections,
        "A root": [root for election in elections for root in election["log"]],
        "A tally": [election["tally"] for election in elections],
        "A result": results,
        "A row of a result": [row for it in results for row in it["rows"]],
        "An award": outcome["awards"],
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_key_of_a_record_is_described_and_no_other(both: dict[RecordKind, Record]) -> None:
    for kind, found in both.items():
        where = ("both", "named", kind.value)
        parts: dict[str, Any] = {
            name: list(found.lines(name)) for name in (*record.LINES, *record.OPTIONAL_LINES)
        }
        parts["decisions.json"] = found.document("decisions.json")
        for heading, items in (parts | things(found)).items():
            instead = (
                {"choice", "nonce"} if kind is RecordKind.PUBLIC and heading == "ballots.jsonl" else set()
            )

            instead |= {"struck"} if heading == "log.jsonl" else set()
            assert items, heading
            assert keys(items) == documented(heading, *where) - instead, (kind, heading)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_records_are_recounted_to_the_same_result(both: dict[RecordKind, Record]) -> None:
    full, public = recount(both[RecordKind.FULL]), recount(both[RecordKind.PUBLIC])

    assert (full.differences, public.differences) == ((), ())
    assert full.awards == public.awards
    assert [count.outcome for count in full.categories] == [count.outcome for count in public.categories]


def test_the_parts_are_those_of_the_document() -> None:
    parts = re.findall(r"^\| `([a-z_]+\.jsonl?)` \|", TEXT, re.MULTILINE)

    assert parts[0] == record.MANIFEST
    assert set(parts[1:]) == {*record.PARTS, *record.OPTIONAL, *record.OPTIONAL_LINES}


def test_the_examples_of_the_document_hold() -> None:
    [(line, hashed)] = re.findall(r"^    (\[.*\])\n\ngives `([0-9a-f]{64})`", TEXT, re.MULTILINE)
    _, election, choice, nonce = json.loads(line)

    assert commitment(election, tuple(choice), nonce) == hashed
    for example in re.findall(r"^    (\{.*\})$", TEXT, re.MULTILINE):
        assert record.canonical(json.loads(example)).decode() == example


def test_the_limits_of_the_document_are_those_of_the_reader() -> None:
    assert (record.LARGEST_PART, record.RATIO_FROM, record.LARGEST_RATIO) == (2 * 1024**3, 256 * 1024**2, 250)
    assert tuple(size * 1024**2 for size in (64, 1, 16)) == (
        record.LARGEST_DOCUMENT,
        record.LARGEST_MANIFEST,
        record.LARGEST_LINE,
    )
    for words in (
        "more than 2 GiB",
        "more than 256 MiB and over 250 times",
        "64 MiB",
        "than 1 MiB",
        "than 16 MiB",
    ):
        assert words in TEXT


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", RecordKind)
@pytest.mark.parametrize(
    ("stage", "ladder", "lacks"),
    [
        ("nominate", '"lot"', "standing of services"),
        ("marked", '"lot"', "standing of services"),
        ("judged", '"lot"', "result of services"),
        ("judged", '"chair", "lot"', "result of services"),
        ("opened", '"lot"', "result of services"),
    ],
)
def test_an_unfinished_record_recounts_what_it_has_and_keeps_the_seed(
    session: scoped_session[Session], tmp_path: Path, stage: str, ladder: str, lacks: str, kind: RecordKind
) -> None:
    contest = Contest(session, tmp_path, {"places": 2, "ladder": ladder}, MORE, marks=MARKS)
    getattr(contest, stage)()

    file = written(contest, kind)
    found, outcome = recount(file), file.document("outcome.json")

    assert (found.differences, found.lacks) == ((), (lacks,))
    assert isinstance(outcome, dict)
    assert outcome["seed"] is None

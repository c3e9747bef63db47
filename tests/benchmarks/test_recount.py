"""Recounting a vote: against parsing and hashing the same lines with the standard library and counting nothing."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from judging.record import LINES, OPTIONAL_LINES, read
from judging.recount import recount
from tests.benchmarks.figures import ratio
from tests.judging.test_command import write_vote


@pytest.mark.parametrize("tens", [1_000, pytest.param(20_000, marks=pytest.mark.bench)])
def test_recounting_ballots_takes_a_few_times_their_parsing(tmp_path: Path, tens: int) -> None:
    file = tmp_path / "record.zip"
    write_vote(file, tens)

    def count() -> None:
        with file.open("rb") as source:
            assert recount(read(source)).differences == ()

    def parse() -> None:
        with zipfile.ZipFile(file) as archive:
            for name in (*LINES, *OPTIONAL_LINES):
                hashlib.sha256(archive.read(name)).hexdigest()
                for line in archive.read(name).splitlines():
                    json.loads(line)

    assert ratio(f"recount of {tens * 10:,} ballots", count, parse) < 8

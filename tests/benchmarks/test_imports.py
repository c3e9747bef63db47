"""Taking in nominations from Excel, each of a city of its own: against pandas reading the file and keeping nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pandas
import pytest
from flask import Flask

from awards import cycle, editions, programmes, spreadsheets, submissions
from awards.audit import Actor
from awards.config import ROOT
from awards.extensions import begin_writing, db
from awards.models import Account
from awards.timetable import Phase
from tests.benchmarks.figures import ratio

NOW = datetime(2026, 5, 1, tzinfo=UTC)
COLUMNS = ["reference", "category", "nominee_kind", "title", "organisation", "city", "country", "summary"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.bench)])
def test_taking_in_nominations_keeps_pace_with_reading_them(app: Flask, tmp_path: Path, number: int) -> None:
    file = tmp_path / "nominations.xlsx"
    rows = [
        [f"N-{n}", "services", "project", f"Project {n}", f"City {n}", f"City {n}", "KR", "Short text. " * 20]
        for n in range(number)
    ]
    pandas.DataFrame(rows, columns=COLUMNS).to_excel(file, index=False)

    def load() -> None:
        begin_writing()
        session = db.session()
        account = Account(name="operator", operator=True, created_at=NOW)
        session.add(account)
        session.flush()
        actor = Actor(account, account, operator=True)
        text = (ROOT / "seed" / "programmes" / "wego-awards.toml").read_text(encoding="utf-8")
        edition = programmes.load(session, text, edition_key=None, actor=actor, now=NOW).edition
        cycle.reach(session, edition, Phase.NOMINATIONS, actor=actor, now=NOW, key_folder=tmp_path)
        table = spreadsheets.read(file, required=COLUMNS[:-1], optional=COLUMNS[-1:])
        submissions.load(session, editions.find(session, edition.key), table, actor=actor, now=NOW)
        session.rollback()

    with app.app_context():
        found = ratio(f"import of {number:,} nominations", load, lambda: pandas.read_excel(file, dtype=str))

    assert found < 8

"""A judge's own marks as a table: sorted by links, printed, taken along as a file."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from tests.web.bench import BASE, Bench, marks
from tests.web.signing import faults_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def work(app: Flask, at_noon: Any) -> Bench:
    found = Bench(app)
    found.save("OC-01", marks(4, 5, 6, 7, 8), act="submit")
    found.save("OC-02", marks(9, 5, 6, 7, 9))
    found.save("OC-03", marks(6))
    return found


def rows(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]+>([A-Z]+-[0-9]+)</a>', page)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("", ["OC-01", "OC-02", "OC-03"]),
        ("?by=services", ["OC-01", "OC-03", "OC-02"]),
        ("?by=services&way=down", ["OC-02", "OC-03", "OC-01"]),
        ("?by=total&way=down", ["OC-02", "OC-01", "OC-03"]),
        ("?by=state", ["OC-03", "OC-02", "OC-01"]),
        ("?by=no-such&way=%00", ["OC-01", "OC-02", "OC-03"]),
    ],
)
def test_marks_are_sorted_by_links_and_what_is_missing_comes_last(
    work: Bench, asked: str, order: list[str]
) -> None:
    page = work.kim.get(f"{BASE}marks{asked}").text

    assert [it for it in rows(page) if it.startswith("OC")] == order
    assert faults_of(page) == []


def test_the_table_shows_every_mark_and_the_total(work: Bench) -> None:
    text = " ".join(re.sub(r"<[^>]+>", " ", work.kim.get(f"{BASE}marks").text).split())

    assert "OC-01 Project OC-01 4 5 6 7 8 6.00 submitted" in text
    assert "OC-03 Project OC-03 6 – no mark yet" in text


def test_the_file_holds_ones_own_marks_only(work: Bench) -> None:
    mine = work.kim.get(f"{BASE}marks.csv").get_data(as_text=True).splitlines()
    others = work.lee.get(f"{BASE}marks.csv").get_data(as_text=True)

    assert mine[1] == "SV-01,Services,Project SV-01,Town SV-01,,,,,,,not begun"
    assert mine[2] == "OC-01,Open City,Project OC-01,Town OC-01,4,5,6,7,8,6.00,submitted"
    assert "6.00" not in others

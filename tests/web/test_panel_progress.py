"""How far the marks are: numbers of sheets and never a mark, filters, reminders, more time for one judge."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.web.marking import CHAIR, DESK, NOW, TABLE, Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BOTH = {"services": 7, "impact": 7}


@pytest.fixture
def round_(app: Flask) -> Iterator[Round]:
    with time_machine.travel(NOW, tick=False):
        yield Round(app)


def test_smoke(round_: Round) -> None:
    round_.give("ada", "N1", BOTH, submit=True)
    round_.give("ada", "N2", {"impact": 3})
    round_.give("ben", "N1", BOTH)
    for page in ("progress", "progress/nominations", "progress/remind", "closing", ""):
        text = round_.open(f"{DESK}/{page}")
        print(page, re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", text.split("<main")[1]))[:1500])
    for page in ("progress/judges.csv", "progress/nominations.csv"):
        print(round_.at().get(f"{DESK}/{page}").text)
    with round_.site.app_context():
        public = round_.judge("ada").public_id
    round_.open(f"{DESK}/judges/{public}/more-time")
    round_.open(f"{TABLE}/minimum", CHAIR)
    print(round_.open(f"{TABLE}/minimum/N1", CHAIR)[-2500:])

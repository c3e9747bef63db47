"""A panel as second round, in the browser from the call of the finalists to the result: the same pages, on finalists."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from awards import runs
from awards.models import AssignmentRun, Outbox
from awards.timetable import Phase
from tests.awards.play import KEY
from tests.web.marking import CHAIR, DESK, NOW, TABLE, Round
from tests.web.office import well
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ADA, BEN = "ada@example.org", "ben@example.org"
JUDGING = f"/en/judging/{KEY}"
FIRST = {"N1": 9, "N2": 7, "N3": 3}


@pytest.fixture
def round_(app: Flask) -> Iterator[Round]:
    with time_machine.travel(NOW, tick=False):
        it = Round(app, references=tuple(FIRST), second_round="panel")
        for name in ("ada", "ben"):
            for reference, mark in FIRST.items():
                it.give(name, reference, {"services": mark, "impact": mark}, submit=True)
        yield it


def test_probe(round_: Round) -> None:
    def dump(address, who="organiser@city.example"):
        a = round_.at(who).get(address, follow_redirects=True)
        body = re.sub(r"<(svg|script|nav|head|footer)\b.*?</\1>", "", a.text, flags=re.S)
        body = re.sub(r"<[^>]+>", " ", body)
        body = re.sub(r"\s+", " ", body)
        print("\n=====", who[:6], address, a.status_code, a.request.path, "\n", body[:3500])
        return a.text

    def close():
        page = round_.open(f"{DESK}/closing")
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        a = send(round_.at(), f"{DESK}/closing", {"seen": seen[1]})
        print("close", a.status_code)

    close()
    a = send(round_.at(CHAIR), f"{TABLE}/acts/sign", {"seen-services": "1"}, page=f"{TABLE}/")
    print("sign", a.status_code)
    dump(f"{DESK}/")
    dump(f"{DESK}/next")
    a = send(round_.at(), f"{DESK}/next", {"seen": "deliberation"})
    print("next", a.status_code)
    dump(f"{DESK}/")
    dump(f"{JUDGING}/", ADA)
    dump(f"{JUDGING}/marks", ADA)
    dump(f"{JUDGING}/interests", ADA)
    dump(f"{DESK}/assignment")
    dump("/en/today", CHAIR)
    a = send(round_.at(), f"{DESK}/assignment", {"per_nomination": "", "seed": ""}, follow_redirects=True)
    dump(f"{DESK}/assignment")
    with round_.site.app_context():
        run = round_.session.scalars(select(AssignmentRun).order_by(AssignmentRun.id.desc())).first()
        fields = {"number": str(run.number), "shown": runs.fingerprint(run), "tell": "yes"}
    a = send(round_.at(), f"{DESK}/assignment/confirm", fields)
    print("confirm", a.status_code)
    with round_.site.app_context():
        for it in round_.session.scalars(select(Outbox).order_by(Outbox.id)):
            print(it.recipient, it.template, it.arguments)
    dump(f"{JUDGING}/", ADA)
    dump(f"{JUDGING}/n/N1", ADA)
    dump(f"{JUDGING}/n/N3", ADA)
    dump(f"{JUDGING}/n/N1/reopen", ADA)
    dump(f"{JUDGING}/n/N3/reopen", ADA)
    dump(f"{JUDGING}/marks", ADA)
    dump(f"{JUDGING}/interests", ADA)
    dump(f"{JUDGING}/offline", ADA)
    dump("/en/today", ADA)
    dump(f"{DESK}/progress")
    dump(f"{DESK}/dates")
    dump(f"{TABLE}/", CHAIR)
    dump(f"{TABLE}/services", CHAIR)
    dump(f"{TABLE}/minimum", CHAIR)
    dump(f"{TABLE}/acts/reopened", CHAIR)
    for name in ("ada", "ben"):
        for reference, mark in {"N1": 4, "N2": 8}.items():
            round_.give(name, reference, {"services": mark, "impact": mark}, submit=True)
    dump(f"{DESK}/closing")
    close()
    dump(f"{DESK}/closing")
    dump(f"{DESK}/progress")
    dump(f"{DESK}/")
    dump(f"{TABLE}/", CHAIR)
    dump(f"{TABLE}/services", CHAIR)
    dump(f"{JUDGING}/", ADA)
    dump(f"{JUDGING}/marks", ADA)
    dump(f"{JUDGING}/n/N1/reopen", ADA)
    dump("/en/today", CHAIR)
    dump("/en/today")

"""Judges who save at the same moment: two server processes on PostgreSQL, and every sheet is there afterwards."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from awards.extensions import begin_writing, db
from awards.models import AccountAddress, Assignment, Declaration, Judge, ScoreSheet, ScoreSheetVersion
from tests.awards.play import CRITERIA, KEY, Play, entry
from tests.benchmarks.workers import two_workers
from tests.web.signing import signed_in

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

NOMINATIONS = ("S-1", "S-2", "S-3")
SHEET = f"/en/judging/{KEY}/n/S-1"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"[^>]*value="([^"]*)"')


class Panel:
    """Judges, each with a cookie of their own, who all read the same nominations."""

    def __init__(self, app: Flask, folder: Path, number: int) -> None:
        self.app = app
        self.addresses = [f"judge{each}@panel.example" for each in range(number)]
        with app.app_context():
            begin_writing()
            play = Play(db.session(), folder)
            play.nominate(*(entry(reference) for reference in NOMINATIONS))
            play.seat(
                *((f"Judge {n}", it, "", f"Home {n}", "FR", "en", "") for n, it in enumerate(self.addresses))
            )
            play.assign()
            for judge in db.session.scalars(select(Judge)):
                judge.conduct_version, judge.conduct_at, judge.declared_at = 1, play.now, play.now
            for given in db.session.scalars(select(Assignment)):
                db.session.add(
                    Declaration(
                        judge_id=given.judge_id,
                        nomination_id=given.nomination_id,
                        interest=False,
                        at=play.now,
                    )
                )
            db.session.commit()
        self.cookies = [self._cookie(address) for address in self.addresses]

    def _cookie(self, address: str) -> str:
        client = signed_in(self.app, address)
        found = client.get_cookie("session")
        assert found is not None
        return f"session={found.value}"


def ask(port: int, cookie: str, body: str | None = None) -> tuple[int, str, str]:
    """Status, text, and the cookie that holds from now on."""
    headers = {"Cookie": cookie, "Host": f"127.0.0.1:{port}"}
    if body is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{port}"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=120)) as line:
        line.request("GET" if body is None else "POST", SHEET, body=body, headers=headers)
        with line.getresponse() as answer:
            renewed = answer.getheader("Set-Cookie", cookie).split(";")[0]
            return answer.status, answer.read().decode(), renewed


def marks_of(number: int) -> dict[str, int]:
    return {key: 1 + (number * 3 + place) % 10 for place, key in enumerate(CRITERIA)}


@pytest.mark.parametrize("number", [40, pytest.param(300, marks=pytest.mark.bench)])
def test_judges_who_save_at_the_same_moment_lose_nothing_and_see_no_error(
    app: Flask, tmp_path: Path, number: int
) -> None:
    panel = Panel(app, tmp_path, number)
    gate = Barrier(number)

    def save(each: int) -> tuple[int, int, float]:
        read, text, cookie = ask(port, panel.cookies[each])
        form = dict(HIDDEN.findall(text)) | {f"mark-{key}": str(mark) for key, mark in marks_of(each).items()}
        form |= {"comment": f"From judge {each}.", "feedback": "", "act": "save"}
        gate.wait(120)
        begun = time.perf_counter()
        saved, _, _ = ask(port, cookie, urlencode(form))
        return read, saved, time.perf_counter() - begun

    with two_workers(app, tmp_path) as port, ThreadPoolExecutor(number) as pool:
        begun = time.perf_counter()
        answers = list(pool.map(save, range(number)))
        took = time.perf_counter() - begun

    waits = sorted(wait for _, _, wait in answers)
    print(
        f"\n{number} judges: read and saved in {took:.1f} s;"
        f" saving took {waits[len(waits) // 2]:.2f} s in the middle, {waits[-1]:.2f} s at most"
    )
    assert {(read, saved) for read, saved, _ in answers} == {(200, 303)}
    with app.app_context():
        kept = {
            address: (version.marks, version.comment)
            for version, address in db.session.execute(
                select(ScoreSheetVersion, AccountAddress.email)
                .join(ScoreSheet, ScoreSheet.id == ScoreSheetVersion.sheet_id)
                .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
                .join(Judge, Judge.id == Assignment.judge_id)
                .join(AccountAddress, AccountAddress.account_id == Judge.account_id)
            )
        }
    assert kept == {
        address: (marks_of(each), f"From judge {each}.") for each, address in enumerate(panel.addresses)
    }

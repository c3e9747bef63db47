"""Electors who vote at the same moment: two server processes on PostgreSQL; no ballot is lost and none counts twice."""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from awards import elections, envelopes
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Ballot, Edition, Envelope, PassBy, RollEntry, VotingPass
from awards.passes import to_the_hour
from awards.sessions import digest
from judging.count import tally_of
from tests.awards.contest import FINALISTS, Contest
from tests.awards.play import KEY
from tests.benchmarks.workers import two_workers
from tests.web.voters import receipt

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

BOOTH = f"/en/vote/{KEY}"
ONE_CHOICE = '\n[vote]\nelectorate = "public"\nmethod = "one_choice"\n'
FORM = re.compile(r'<form[^>]*id="ballot".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TWICE = 10
"""Of so many electors one sends the form twice."""
LINES = 16
"""So many are at it at the same moment."""


class Electors:
    """Everybody on the roll of an open vote, each with the pass of a device."""

    def __init__(self, app: Flask, folder: Path, number: int, more: str = ONE_CHOICE) -> None:
        self.app, self.folder = app, folder
        self.tokens = [f"pass-of-elector-{each:05}-on-a-device" for each in range(number)]
        with app.app_context():
            begin_writing()
            self.contest = Contest(db.session(), folder, more=more).judged()
            edition, hour = self.contest.edition.id, to_the_hour(datetime.now(UTC))
            entries = [
                {"edition_id": edition, "elector": f"elector {each:05}", "name": f"Elector {each}"}
                for each in range(number)
            ]
            db.session.execute(insert(RollEntry), entries)
            rows = db.session.scalars(select(RollEntry.id).order_by(RollEntry.elector)).all()
            passes = [
                {
                    "roll_entry_id": row,
                    "token_hash": digest(it),
                    "by": PassBy.LINK,
                    "made_at": hour,
                    "seen_at": hour,
                }
                for row, it in zip(rows, self.tokens, strict=True)
            ]
            db.session.execute(insert(VotingPass), passes)
            self.contest.shortlist()
            self.contest.open()
            db.session.commit()

    def choice(self, each: int) -> str:
        return FINALISTS[each % 3]

    def count(self) -> dict[str, int]:
        """Open the box: the votes of each finalist, as many ballots as envelopes."""
        with self.app.app_context():
            begin_writing()
            self.contest.session = db.session()
            self.contest.edition = db.session.scalars(select(Edition).where(Edition.key == KEY)).one()
            self.contest.actor = operator_again()
            self.contest.close()
            db.session.commit()
            election = elections.of_category(db.session(), self.contest.edition, "services")[-1]
            counted = select(func.count()).where(Ballot.election_id == election.id)
            cast = select(func.count()).where(Envelope.election_id == election.id)
            assert db.session.scalar(counted) == db.session.scalar(cast)
            assert election.tally is not None
            return {name: int(votes) for name, votes in tally_of(election.tally).votes.items()}


def operator_again() -> Actor:
    account = db.session.scalars(select(Account).where(Account.operator)).first()
    assert account is not None
    return Actor(account=account, real=account, operator=True)


class Browsers:
    """Each elector's browser has a line of its own to the server, which falls to whichever worker is free."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.waits: list[float] = []

    def ask(
        self,
        line: HTTPConnection,
        path: str,
        cookies: dict[str, str],
        fields: list[tuple[str, str]] | None = None,
    ) -> tuple[int, str]:
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": said, "Host": f"127.0.0.1:{self.port}"}
        body = None
        if fields is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
            body = urlencode(fields)
        begun = time.perf_counter()
        line.request("GET" if body is None else "POST", path, body=body, headers=headers)
        with line.getresponse() as answer:
            for given in answer.headers.get_all("Set-Cookie", []):
                name, _, value = given.split(";")[0].partition("=")
                cookies[name] = value
            text = answer.read().decode()
        self.waits.append(time.perf_counter() - begun)
        return answer.status, text

    def vote(self, token: str, name: str, *, twice: bool) -> list[int]:
        """Open the ballot, choose, look it over, cast, once or twice; the status of each."""
        cookies = {"ballot": token}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=120)) as line:
            shown, page = self.ask(line, f"{BOOTH}/services", cookies)
            chosen = [*hidden(page), ("c-services", name)]
            seen, review = self.ask(line, f"{BOOTH}/review", cookies, chosen)
            sent = [self.ask(line, f"{BOOTH}/cast", cookies, hidden(review))[0] for _ in range(1 + twice)]
            return [shown, seen, *sent]


def hidden(page: str) -> list[tuple[str, str]]:
    form = FORM.search(page)
    return [(name, unescape(value)) for name, value in HIDDEN.findall(form[0] if form else "")]


@pytest.mark.bench
@pytest.mark.parametrize("number", [5_000])
def test_electors_who_vote_at_the_same_moment_are_all_counted_once(
    app: Flask, tmp_path: Path, number: int
) -> None:
    """Its small twin, with workers killed, is in test_hundred_thousand_electors."""
    electors = Electors(app, tmp_path, number)

    def vote(each: int) -> list[int]:
        return browsers.vote(electors.tokens[each], electors.choice(each), twice=each % TWICE == 0)

    with two_workers(app, tmp_path) as port, ThreadPoolExecutor(LINES) as pool:
        browsers = Browsers(port)
        begun = time.perf_counter()
        answers = list(pool.map(vote, range(number)))
        took = time.perf_counter() - begun

    print(
        f"\n{number} electors: opened, looked over and cast in {took:.1f} s; {number / took:.0f} a second;"
        f" the slowest answer took {max(browsers.waits):.2f} s; load {os.getloadavg()[0]:.1f} on {os.cpu_count()}"
    )
    assert {status for its in answers for status in its} == {200}
    wanted = {name: sum(electors.choice(each) == name for each in range(number)) for name in FINALISTS}
    assert electors.count() == wanted
    assert number < 5_000 or took < 120


@pytest.mark.parametrize("same", [True, False], ids=["the same form", "another form"])
def test_two_devices_that_cast_at_once_put_one_ballot_into_the_box(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    """Both find the box empty, then each puts its ballot in."""
    electors, gate, put = Electors(app, tmp_path, 1), Barrier(2), envelopes.put

    def wait_and_put(*ballots: Any, **how: Any) -> None:
        gate.wait(20)
        put(*ballots, **how)

    def look_over(choice: str) -> tuple[FlaskClient, list[tuple[str, str]]]:
        device = app.test_client()
        device.set_cookie("ballot", electors.tokens[0])
        page = device.get(f"{BOOTH}/services")
        sent = dict([*hidden(page.text), ("c-services", choice)])
        return device, hidden(device.post(f"{BOOTH}/review", data=sent).text)

    def cast(form: tuple[FlaskClient, list[tuple[str, str]]]) -> TestResponse:
        return form[0].post(f"{BOOTH}/cast", data=dict(form[1]))

    def twin(device: FlaskClient) -> FlaskClient:
        other, cookie = app.test_client(), device.get_cookie("session")
        assert cookie is not None
        other.set_cookie("ballot", electors.tokens[0])
        other.set_cookie("session", cookie.value)
        return other

    first = look_over(FINALISTS[0])
    forms = [first, (twin(first[0]), first[1]) if same else look_over(FINALISTS[0])]
    monkeypatch.setattr(envelopes, "put", wait_and_put)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(cast, forms))

    assert sorted(it.status_code for it in answers) == [200, 200 if same else 409]
    assert len({it for answer in answers for it in receipt(answer)}) == 1
    assert electors.count() == dict.fromkeys(FINALISTS, 0) | {FINALISTS[0]: 1}

"""Electors who vote at the same moment: two server processes on PostgreSQL; no ballot is lost and none counts twice."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from threading import local
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from awards import elections
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Ballot, Edition, Envelope, PassBy, RollEntry, VotingPass
from awards.passes import to_the_hour
from awards.sessions import digest
from judging.count import tally_of
from tests.awards.contest import FINALISTS, Contest
from tests.awards.play import KEY
from tests.benchmarks.test_judges_saving import two_workers

pytestmark = [pytest.mark.parametrize("database", ["postgresql"], indirect=True)]

BOOTH = f"/en/vote/{KEY}"
ONE_CHOICE = '\n[vote]\nelectorate = "public"\nmethod = "one_choice"\n'
FORM = re.compile(r'<form[^>]*id="ballot".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TWICE = 10
"""Of so many electors one sends the form twice."""
LINES = 16


class Electors:
    """Everybody on the roll of an open vote, each with the pass of a device."""

    def __init__(self, app: Flask, folder: Path, number: int) -> None:
        self.app, self.folder = app, folder
        self.tokens = [f"pass-of-elector-{each:05}-on-a-device" for each in range(number)]
        with app.app_context():
            begin_writing()
            self.contest = Contest(db.session(), folder, more=ONE_CHOICE).judged()
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
    """Browsers on a few lines to the server, each line used by one elector after another."""

    def __init__(self, port: int) -> None:
        self.port, self.mine = port, local()
        self.lines: list[HTTPConnection] = []

    def close(self) -> None:
        for line in self.lines:
            line.close()

    def ask(
        self, path: str, cookies: dict[str, str], fields: list[tuple[str, str]] | None = None
    ) -> tuple[int, str]:
        if not hasattr(self.mine, "line"):
            self.mine.line = HTTPConnection("127.0.0.1", self.port, timeout=120)
            self.lines.append(self.mine.line)
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": said, "Host": f"127.0.0.1:{self.port}"}
        body = None
        if fields is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
            body = urlencode(fields)
        self.mine.line.request("GET" if body is None else "POST", path, body=body, headers=headers)
        with self.mine.line.getresponse() as answer:
            for given in answer.headers.get_all("Set-Cookie", []):
                name, _, value = given.split(";")[0].partition("=")
                cookies[name] = value
            return answer.status, answer.read().decode()

    def vote(self, token: str, name: str, *, twice: bool) -> list[int]:
        """Open the ballot, choose, look it over, cast, once or twice; the status of each."""
        cookies = {"ballot": token}
        shown, page = self.ask(f"{BOOTH}/services", cookies)
        seen, review = self.ask(f"{BOOTH}/review", cookies, [*hidden(page), ("c-services", name)])
        sent = [self.ask(f"{BOOTH}/cast", cookies, hidden(review))[0] for _ in range(1 + twice)]
        return [shown, seen, *sent]


def hidden(page: str) -> list[tuple[str, str]]:
    form = FORM.search(page)
    return [(name, unescape(value)) for name, value in HIDDEN.findall(form[0] if form else "")]


@pytest.mark.parametrize("number", [60, pytest.param(5_000, marks=pytest.mark.bench)])
def test_electors_who_vote_at_the_same_moment_are_all_counted_once(
    app: Flask, tmp_path: Path, number: int
) -> None:
    electors = Electors(app, tmp_path, number)

    def vote(each: int) -> list[int]:
        return browsers.vote(electors.tokens[each], electors.choice(each), twice=each % TWICE == 0)

    with (
        two_workers(app, tmp_path) as port,
        ThreadPoolExecutor(LINES) as pool,
        closing(Browsers(port)) as browsers,
    ):
        list(pool.map(lambda _: browsers.ask("/en/vote/", {}), range(LINES)))
        begun = time.perf_counter()
        answers = list(pool.map(vote, range(number)))
        took = time.perf_counter() - begun

    print(f"\n{number} electors: opened, looked over and cast in {took:.1f} s; {number / took:.0f} a second")
    assert {status for its in answers for status in its} == {200}
    wanted = {name: sum(electors.choice(each) == name for each in range(number)) for name in FINALISTS}
    assert electors.count() == wanted
    assert number < 5_000 or took < 120

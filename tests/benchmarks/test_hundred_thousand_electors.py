"""A hundred thousand ballots over HTTP on PostgreSQL, while workers are killed: none lost, none double, all in the log.

    ELECTORS=100000 WORKERS=4 pytest -m bench -s tests/benchmarks/test_hundred_thousand_electors.py

Each elector has a pass, opens a ballot and casts it; who gets no answer sends the same form again. Some send it twice
anyway, some try another form afterwards. What every receipt shows is noted here, and so is what was chosen; both are
compared with box, log, opened ballots and count.
"""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from html import unescape
from http.client import HTTPConnection, HTTPException
from itertools import permutations
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from awards import ballot_log, elections
from awards.extensions import db
from awards.models import Ballot, Edition, Election, Envelope, LogLeaf
from judging import merkle, receipt_words
from judging.count import tally_of
from tests.awards.contest import FINALISTS
from tests.awards.play import KEY
from tests.benchmarks.test_electors_voting import BOOTH, Electors, hidden
from tests.benchmarks.workers import serving, workers_of

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

RANKING = '\n[vote]\nelectorate = "public"\nmethod = "borda"\n'
ORDERS = list(permutations(FINALISTS))
TWICE, OTHER, ABSTAINS = 10, 50, 17
"""Of so many electors one sends the form again after the receipt, tries another form, chooses nobody."""
TRIES = 200
CODE = re.compile(r'<p class="receipt[^>]*>(.*?)</p>', re.DOTALL)
NUMBER = re.compile(r'<p class="envelope[^>]*>(.*?)</p>', re.DOTALL)


def choice_of(each: int) -> tuple[str, ...]:
    """What an elector chooses, best first; nobody is an abstention."""
    return () if each % ABSTAINS == 0 else ORDERS[each % len(ORDERS)][: 1 + each % len(FINALISTS)]


@dataclass
class Lines:
    """Connections that are kept, one a thread, and made anew when a worker is gone; how long answers took."""

    port: int
    waits: list[float] = field(default_factory=list)
    broken: int = 0
    own: threading.local = field(default_factory=threading.local)
    every: set[HTTPConnection] = field(default_factory=set)

    def line(self) -> HTTPConnection:
        if getattr(self.own, "line", None) is None:
            self.own.line = HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.every.add(self.own.line)
        return self.own.line

    def close(self) -> None:
        for line in self.every:
            line.close()

    def ask(
        self, path: str, cookies: dict[str, str], fields: list[tuple[str, str]] | None = None
    ) -> tuple[int, str]:
        """One request, sent again exactly as it was until an answer comes."""
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": said, "Host": f"127.0.0.1:{self.port}"}
        if fields is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
        begun = time.perf_counter()
        for _ in range(TRIES):
            line = self.line()
            try:
                line.request("GET" if fields is None else "POST", path, urlencode(fields or ()), headers)
                with line.getresponse() as answer:
                    given, text = answer.headers.get_all("Set-Cookie", []), answer.read().decode()
                    status = answer.status
            except (OSError, HTTPException):
                self.broken += 1
                line.close()
                self.every.discard(line)
                self.own.line = None
                time.sleep(0.05)
                continue
            cookies |= dict(it.split(";")[0].split("=", 1) for it in given)
            self.waits.append(time.perf_counter() - begun)
            return status, text
        raise TimeoutError(path)


@dataclass
class Script:
    """What the electors did and were shown, kept apart from the site."""

    electors: Electors
    lines: Lines
    shown: dict[int, tuple[str, str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def vote(self, each: int) -> None:
        cookies = {"ballot": self.electors.tokens[each]}
        form, other = self.form(each, cookies), None
        if each % OTHER == 0:
            other = self.form(each, cookies)
        self.shown[each] = self.cast(form, cookies)
        if each % TWICE == 0 and self.cast(form, cookies) != self.shown[each]:
            self.wrong.append(f"{each}: another receipt for the same form")
        if other is not None:
            status, page = self.lines.ask(f"{BOOTH}/cast", cookies, other)
            if status != 409 or NUMBER.search(page):
                self.wrong.append(f"{each}: another form is answered {status}")

    def form(self, each: int, cookies: dict[str, str]) -> list[tuple[str, str]]:
        status, page = self.lines.ask(f"{BOOTH}/services", cookies)
        assert status == 200, (each, status)
        choice = choice_of(each)
        places = [
            (f"p-services-{number}", str(choice.index(it) + 1) if it in choice else "")
            for number, it in enumerate(FINALISTS)
        ]
        return [*hidden(page), *places, *([] if choice else [("c-services", "")])]

    def cast(self, form: list[tuple[str, str]], cookies: dict[str, str]) -> tuple[str, str]:
        """The number and the code that the receipt shows."""
        status, page = self.lines.ask(f"{BOOTH}/cast", cookies, form)
        number, code = NUMBER.search(page), CODE.search(page)
        assert status == 200, status
        assert number is not None
        assert code is not None
        return re.sub(r"<br>|\s", "", number[1]), " ".join(unescape(code[1]).replace("<br>", " ").split())

    def count(self, number: int) -> tuple[dict[str, Fraction], Counter[tuple[str, ...]]]:
        """Points by hand: one for each below, the unranked share what is left; and how often each choice was cast."""
        cast: Counter[tuple[str, ...]] = Counter()
        points = dict.fromkeys(FINALISTS, Fraction(0))
        for each in range(number):
            choice = choice_of(each)
            left = [it for it in FINALISTS if it not in choice]
            if len(left) == 1:
                choice, left = (*choice, *left), []
            cast[choice] += 1
            for place, name in enumerate(choice):
                points[name] += len(FINALISTS) - 1 - place
            for name in left if choice else ():
                points[name] += Fraction(len(left) - 1, 2)
        return points, cast


def kill_now_and_then(
    server: int, script: Script, number: int, kills: int, over: threading.Event
) -> list[int]:
    """Kill a worker without warning each time another part of the electors has cast; which were killed."""
    chance, killed = random.Random(number), list[int]()
    for part in range(1, kills + 1):
        while len(script.shown) < number * part // (kills + 1):
            if over.wait(0.02):
                return killed
        if workers := workers_of(server):
            killed.append(chance.choice(workers))
            with suppress(ProcessLookupError):
                os.kill(killed[-1], signal.SIGKILL)
    return killed


SIZES = [(60, 2, 1), pytest.param(None, None, None, marks=pytest.mark.bench)]


@pytest.mark.parametrize(("number", "workers", "kills"), SIZES)
def test_no_ballot_is_lost_or_counted_twice_though_workers_are_killed(
    app: Flask, tmp_path: Path, number: int | None, workers: int | None, kills: int | None
) -> None:
    number = number or int(os.environ.get("ELECTORS", "100000"))
    workers = workers or int(os.environ.get("WORKERS", "4"))
    kills = kills or int(os.environ.get("KILLS", "12"))
    began = time.perf_counter()
    electors = Electors(app, tmp_path, number, RANKING)
    made = time.perf_counter() - began
    over = threading.Event()

    with (
        serving(app, tmp_path, workers=workers) as (port, server),
        ThreadPoolExecutor(4 * workers + 1) as pool,
    ):
        script = Script(electors, Lines(port))
        assert script.lines.ask("/en/", {})[0] == 200, "the server has started"
        script.lines.waits.clear()
        killer = pool.submit(kill_now_and_then, server, script, number, kills, over)
        begun = time.perf_counter()
        for done in [pool.submit(script.vote, each) for each in range(number)]:
            done.result()
        took = time.perf_counter() - begun
        over.set()
        script.lines.close()
        killed = killer.result()

    began = time.perf_counter()
    checked = examine(electors, script, number)
    waits = sorted(script.lines.waits)
    print(
        f"\n{number} electors on {workers} workers: made ready in {made:.0f} s; cast in {took:.1f} s, "
        f"{number / took:.0f} a second, {len(waits)} answers, in the middle after {waits[len(waits) // 2]:.3f} s, "
        f"99 of 100 within {waits[len(waits) * 99 // 100]:.2f} s, the slowest {waits[-1]:.2f} s"
        f"\n{len(killed)} workers killed, {script.lines.broken} requests without an answer, sent again; "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()}"
        f"\nclosed, opened and counted in {checked:.1f} s, compared in {time.perf_counter() - began - checked:.1f} s; "
        f"{len(script.shown)} receipts, all in the log and in the opened list"
    )
    assert len(killed) == kills
    assert script.wrong == []


def examine(electors: Electors, script: Script, number: int) -> float:
    """Box, log, opened list and count against what the script knows; how long closing and opening took."""
    begun = time.perf_counter()
    votes = electors.count()
    took = time.perf_counter() - begun
    points, cast = script.count(number)
    numbers = {it for it, _ in script.shown.values()}
    codes = {it for _, it in script.shown.values()}
    assert len(script.shown) == len(numbers) == len(codes) == number
    with electors.app.app_context():
        session = db.session()
        edition = session.scalars(select(Edition).where(Edition.key == KEY)).one()
        election = elections.of_category(session, edition, "services")[-1]
        mine = Envelope.election_id == election.id
        assert session.scalar(select(func.count()).where(mine)) == number, "no envelope lost, none double"
        assert set(session.scalars(select(Envelope.fingerprint).where(mine))) == numbers
        check_log(election, numbers)
        opened = Counter[tuple[str, ...]]()
        found = set()
        rows = session.execute(
            select(Ballot.commitment, Ballot.choice).where(Ballot.election_id == election.id)
        )
        for commitment, choice in rows:
            opened[tuple(choice)] += 1
            found.add(" ".join(receipt_words.words(commitment, "en")))
        assert found == codes, "every receipt's code stands in the opened list, and no other"
        assert opened == cast
        assert election.tally is not None
        tally = tally_of(election.tally)
        assert tally.votes == points
        assert (tally.ballots, tally.abstentions) == (number - cast[()], cast[()])
    assert votes == {name: int(it) for name, it in points.items()}
    return took


def check_log(election: Election, numbers: set[str]) -> None:
    """The public log holds every shown number once, and its leaves give the root that was published last."""
    session = db.session()
    leaves = session.scalars(
        select(LogLeaf.fingerprint).where(LogLeaf.election_id == election.id).order_by(LogLeaf.position)
    ).all()
    assert len(leaves) == len(numbers)
    assert set(leaves) == numbers
    head = ballot_log.head(session, election)
    assert head is not None
    assert (head.size, head.root) == (len(leaves), merkle.root(map(bytes.fromhex, leaves)).hex())

"""Whoever won, the pages of everybody who must not know it are the same until the release, to the letter."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import publication, publishing
from awards.extensions import begin_writing, db
from awards.models import (
    Award,
    Certificate,
    FrozenOutcome,
    Nomination,
    Publication,
    Role,
    ScoreSheetVersion,
)
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.awards.play import entry
from tests.awards.public_vote import OWN_PRIZE, Square
from tests.web.markup import Page
from tests.web.signing import person, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
RELEASE = NOW + timedelta(minutes=1)
WINNER, OTHER, BEATEN = "SV-1", "SV-2", "SV-5"
NOMINATORS = {WINNER: "first@city.example", OTHER: "second@city.example", BEATEN: "third@city.example"}
STAFF = {
    "screener@city.example": Role.SCREENER,
    "clerk@city.example": Role.CLERK,
    "teller@city.example": Role.TELLER,
    "holder@city.example": Role.HOLDER,
    "admin@city.example": Role.ADMINISTRATOR,
}
SOME = ("", NOMINATORS[WINNER], "screener@city.example")
MOST_PAGES = 34


class Kind(Contest):
    """A contest whose judges leave a word for every nominee, and the public votes beside them."""

    let_in, casts = Square.let_in, Square.casts

    def mark(self) -> None:
        super().mark()
        for before in self.session.scalars(select(ScoreSheetVersion)).all():
            same = {
                it.key: getattr(before, it.key)
                for it in ScoreSheetVersion.__table__.columns
                if it.key != "id"
            }
            more = {"number": before.number + 1, "feedback": "Say who pays."}
            self.session.add(ScoreSheetVersion(**(same | more)))
        self.session.flush()


class Site:
    """The site of a small prize whose winner is signed, and to be public in a minute; everybody's browser."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        with app.app_context():
            begin_writing()
            entries = [*(entry(it) for it in FINALISTS), entry(BEATEN)]
            marks = dict.fromkeys(FINALISTS, 8) | {BEATEN: 2}
            contest = Kind(db.session, folder, entries=entries, more=OWN_PRIZE, marks=marks).opened()
            contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
            for number in range(3):
                contest.casts(contest.let_in(f"citizen{number}"), WINNER)  # type: ignore[arg-type]
            contest.close()
            contest.sign()
            publishing.release(
                db.session(), contest.edition, folder=folder / "files", actor=contest.actor, now=RELEASE
            )
            for reference, email in NOMINATORS.items():
                contest.nomination(reference).nominator_id = person(email).id
            for email, role in STAFF.items():
                person(email, role, edition=contest.edition)
            person("stranger@city.example")
            db.session.commit()
            self.identifiers = {it: contest.nomination(it).public_id for it in NOMINATORS}
        people = [*NOMINATORS.values(), *STAFF, "stranger@city.example", address(JUDGES[0])]
        self.browsers = {"": app.test_client()} | {email: signed_in(app, email) for email in people}

    @cached_property
    def addresses(self) -> dict[str, list[str]]:
        """The pages that everybody finds."""
        return {who: walk(browser) for who, browser in self.browsers.items()}

    def read(self, people: Collection[str]) -> dict[tuple[str, str], str]:
        """Every page of some people."""
        found = {}
        for who in people:
            for at in self.addresses[who]:
                answer = self.browsers[who].get(at)
                found[who, at] = f"{answer.status_code} {answer.get_data(as_text=True)}"
        return found

    def swap(self) -> None:
        """Let the other one have won: in the result, the prize, the certificates and what waits to be public."""
        with self.app.app_context():
            begin_writing()
            there = {it.reference: it for it in db.session.scalars(select(Nomination))}
            one, two = there[WINNER], there[OTHER]
            one.state, two.state = two.state, one.state
            other = {one.id: two.id, two.id: one.id}
            for table in (Award, Certificate):
                for row in db.session.scalars(select(table)):
                    row.nomination_id = other.get(row.nomination_id, row.nomination_id)
            for published in db.session.scalars(select(Publication)):
                published.document = _swapped(published.document)
            last = db.session.scalars(select(FrozenOutcome).order_by(FrozenOutcome.id.desc())).first()
            assert last is not None
            same = {it: getattr(last, it) for it in ("edition_id", "category", "signed_by", "at")}
            again = {"number": last.number + 1, "document": _swapped(last.document)}
            db.session.add(FrozenOutcome(**(same | again)))
            db.session.commit()

    def differing(self, *some: str) -> set[str]:
        """Who of some, or of all, sees a difference when another one has won."""
        people = some or tuple(self.browsers)
        before = self.read(people)
        self.swap()
        after = self.read(people)
        self.swap()
        return {who for (who, at), text in before.items() if after[who, at] != text}


def _swapped(value: object) -> object:
    if isinstance(value, dict):
        return {key: _swapped(it) for key, it in value.items()}
    if isinstance(value, list):
        return [_swapped(it) for it in value]
    return {WINNER: OTHER, OTHER: WINNER}.get(value, value) if isinstance(value, str) else value


def walk(browser: FlaskClient) -> list[str]:
    """The pages that links lead to, from the front page, one's own and those that will show results."""
    public = (
        "",
        "finalists",
        "winners",
        f"winners/{WINNER}",
        f"winners/{OTHER}",
        "method",
        "panel",
        "record",
        "ballot-log",
        "public-vote",
    )
    waiting = ["/en/today", "/en/nominations/", "/en/archive", "/en/", "/en/verify/"]
    waiting += [f"/en/small-prize/{page}" for page in public]
    waiting += ["/en/secretariat/small-prize/vote", "/en/secretariat/small-prize/vote/papers"]
    waiting += ["/en/holding/small-prize", "/en/secretariat/small-prize/vote/anomalies"]
    waiting += ["/en/judging/small-prize/marks", "/en/secretariat/", "/en/table/small-prize/"]
    found: dict[str, None] = {}
    while waiting and len(found) < MOST_PAGES:
        at = waiting.pop(0)
        if at in found or not at.startswith("/en/"):
            continue
        answer = browser.get(at)
        if answer.mimetype not in ("text/html", "text/csv", "text/plain"):
            continue
        found[at] = None
        if location := answer.headers.get("Location"):
            waiting.append(urlsplit(urljoin(at, location)).path)
        elif answer.status_code == 200 and answer.mimetype == "text/html":
            waiting += [
                urlsplit(urljoin(at, it)).path for it in Page(answer.text).links if not it.startswith("#")
            ]
    return list(found)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def site(app: Flask, clock: time_machine.Traveller, tmp_path: Path) -> Site:
    return Site(app, tmp_path / "data")


def test_until_the_release_nobody_who_must_not_know_sees_who_has_won(
    site: Site, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(len(addresses) > 10 for addresses in site.addresses.values())
    assert site.differing() == set()

    with monkeypatch.context() as without:
        visible, released = publication.visible_kinds, publication.released
        without.setattr(publication, "visible_kinds", lambda s, e, k, now: visible(s, e, k, RELEASE))
        without.setattr(publication, "released", lambda s, e, now: released(s, e, RELEASE))
        assert site.differing(*SOME) == set(SOME), "the embargo taken out"

    clock.move_to(RELEASE, tick=False)
    assert site.differing(*SOME) == set(SOME)


def result(site: Site, reference: str) -> tuple[int, str]:
    at = f"/en/nominations/{site.identifiers[reference]}/result"
    answer = site.browsers[NOMINATORS[reference]].get(at)
    return answer.status_code, answer.text


def test_from_the_release_on_nominees_and_judges_read_what_is_theirs(
    site: Site, clock: time_machine.Traveller
) -> None:
    judge = site.browsers[address(JUDGES[0])]
    before = (
        [result(site, reference)[0] for reference in NOMINATORS],
        judge.get("/en/judging/small-prize/marks").text,
    )
    clock.move_to(RELEASE, tick=False)
    won, lost, out = (result(site, reference)[1] for reference in NOMINATORS)
    marks = judge.get("/en/judging/small-prize/marks").text

    assert (before[0], "judge-" in before[1]) == ([404, 404, 404], False)
    assert "Best prize" in won
    assert "It was a finalist, and a prize went to others." in lost
    assert "did not reach the finalists" in out
    assert '<strong class="code">no-' in out
    assert not any(
        "Say who pays." in text for text in (won, lost, out)
    )  # until its judge and the office let it go
    assert all("You are written to then." in text for text in (won, lost, out))
    assert "services/judge-" in marks
    assert "The round is closed, and your marks stand as you gave them." in marks
    other = site.browsers[NOMINATORS[WINNER]].get(f"/en/nominations/{site.identifiers[BEATEN]}/result")
    assert other.status_code == 404
    method = site.browsers[""].get("/en/small-prize/method").text
    assert "5 nominations were judged. 4 of them advanced." in method
    assert "4 of 4 electors cast a ballot; abstentions: 0." in method
    assert "None of them wished to be named." in site.browsers[""].get("/en/small-prize/panel").text

"""The public log in the browser: receipts found by number and by words, the lists, and what the embargo keeps back."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from awards import ballot_list, ballot_log
from awards.extensions import begin_writing, db
from awards.models import Ballot, Edition, Election, ElectionKind, Publication, PublicationKind
from awards.web.public import ballot_log as pages
from awards.web.public import votes
from judging.receipt_words import words
from tests.awards.play import NOW, statements
from tests.web.voters import KEY, Vote, cast, numbers, press, receipt, says

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LOG = f"/en/{KEY}/ballot-log"
FIRST = ("c-services", "SV-1")
TEN = tuple(f"elector{number}" for number in range(10))


@pytest.fixture(autouse=True)
def _on_that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def vote(app: Flask) -> Vote:
    return Vote(app, electors=TEN)


def find(vote: Vote, typed: str, language: str = "en") -> str:
    client = vote.app.test_client()
    page = client.get(f"/{language}/{KEY}/ballot-log")
    answer = press(client, page, [("receipt", typed)])
    assert answer.request.url.endswith("/ballot-log")
    return f"{answer.status_code} {says(answer)}"


def test_a_receipt_is_found_at_once_and_under_a_root_once_the_hour_is_over(vote: Vote) -> None:
    done = cast(vote.browser(TEN[0]), "services", FIRST)
    (number,) = numbers(done)

    assert "Newest root" not in done.text
    assert "200 Find my receipt" in find(vote, number[:16])
    assert "It is part of the next root. It was cast, and is not opened yet." in find(vote, number)
    with vote.app.app_context():
        begin_writing()
        actor = vote.again().actor
        later = NOW + timedelta(hours=1)
        assert ballot_log.publish_due(db.session(), actor=actor, now=later) == 1
        db.session.commit()
    assert "This envelope is in the log, at position 1." in find(vote, number.upper())
    assert "Newest root of the public log, over 1 envelope" in says(
        cast(vote.browser(TEN[1]), "services", FIRST)
    )
    page = vote.app.test_client().get(f"{LOG}")
    assert "The newest root stands for 1 envelope" in says(page)
    assert "One envelope waits for the next root." in says(page)


def test_what_was_typed_wrong_comes_back_with_words(vote: Vote) -> None:
    wrong = {
        "": "422 Public log of the votes .* Type the fingerprint of your envelope",
        "ab12": "422 .* Type at least the first 16 signs",
        "acorn actor adlut": "422 .* “adlut” is not one of the words",
        "acorn actor": "422 .* A receipt code has 8 words; 2 were typed.",
        "0" * 64: "200 .* Nothing was found",
        "acorn " * 8: "200 .* Nothing was found",
        "\0" + "é" * 500: "422 .* is not one of the words",
    }
    for typed, answer in wrong.items():
        assert re.search(answer, find(vote, typed)), (typed, find(vote, typed))


def counted(vote: Vote) -> tuple[str, str]:
    """Ten ballots opened; the code of one in words, and its vote."""
    done = cast(vote.browser(TEN[0]), "services", FIRST)
    with vote.app.app_context():
        begin_writing()
        vote.again().vote(*((it, "SV-2") for it in TEN[1:]))
        db.session.commit()
    vote.count()
    with vote.app.app_context():
        election = db.session.scalars(select(Election).where(Election.category == "services")).first()
        assert election is not None
        return receipt(done)[0], election.public_id


def release(vote: Vote) -> None:
    with vote.app.app_context():
        begin_writing()
        edition = db.session.scalars(select(Edition)).one()
        db.session.add(
            Publication(
                edition_id=edition.id,
                category="services",
                kind=PublicationKind.WINNERS,
                document={"rows": []},
                visible_from=NOW,
            )
        )
        db.session.commit()


def test_choices_stand_beside_codes_after_the_release_and_not_before(vote: Vote) -> None:
    code, election = counted(vote)
    client, ballots = vote.app.test_client(), f"{LOG}/{election}/ballots"

    assert code in says(client.get(ballots))
    assert "SV-1" not in client.get(ballots).text + client.get(f"{ballots}.txt").text
    assert "This ballot came out of the box and was counted." in find(vote, code)
    assert "SV-1" not in find(vote, code)
    release(vote)

    assert "sees what it chose: SV-1" in find(vote, code)
    assert client.get(ballots).text.count("SV-2") == 9
    lines = [it.split() for it in client.get(f"{ballots}.txt").text.splitlines()]
    assert sorted(it[2] for it in lines) == ["SV-1", *["SV-2"] * 9]
    assert [it[0] for it in lines] == sorted(it[0] for it in lines)
    with vote.app.app_context():
        (opened,) = [
            it for it in db.session.scalars(select(Ballot.commitment)) if " ".join(words(it, "en")) == code
        ]
    assert "선택한 내용" in find(vote, " ".join(words(opened, "ko")), "ko") or "SV-1" in find(
        vote, "".join(words(opened, "ko"))
    )


def test_few_ballots_are_not_listed_even_after_the_release(app: Flask) -> None:
    vote = Vote(app, electors=TEN[:3])
    done = cast(vote.browser(TEN[0]), "services", FIRST)
    vote.count()
    release(vote)

    found = find(vote, receipt(done)[0])

    assert "is not published" in found
    assert "SV-1" not in found


def test_a_run_off_shows_its_log_only_after_the_release(vote: Vote) -> None:
    with vote.app.app_context():
        begin_writing()
        (election, *_) = db.session.scalars(select(Election)).all()
        election.kind = ElectionKind.RUNOFF
        address, category = f"{LOG}/{election.public_id}", election.category
        db.session.commit()
    client = vote.app.test_client()

    assert client.get(address).status_code == 404
    assert "run-off" not in client.get(LOG).text
    if category == "services":
        release(vote)
        assert client.get(address).status_code == 200


def test_a_long_list_is_turned_over_in_as_many_queries(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    cast(vote.browser(TEN[0]), "services", FIRST)
    with vote.app.app_context():
        election = db.session.scalars(select(Election).where(Election.category == "services")).one().public_id
        with statements(db.session) as few:
            vote.app.test_client().get(f"{LOG}/{election}")
    with vote.app.app_context():
        begin_writing()
        vote.again().vote(*((it, "SV-2") for it in TEN[1:]))
        ballot_log.publish(db.session(), vote.contest.edition, actor=vote.contest.actor, now=NOW)
        db.session.commit()
    for module in (ballot_list, pages, votes):
        monkeypatch.setattr(module, "PAGE", 4)
    monkeypatch.setattr(ballot_list.envelopes, "__defaults__", (4,))
    client = vote.app.test_client()

    with vote.app.app_context(), statements(db.session) as many:
        middle = client.get(f"{LOG}/{election}?part=2")
    pages_of = [client.get(f"{LOG}/{election}?part={it}").text for it in (1, 2, 3)]
    shown = [re.findall(r"<code>([0-9a-f]{64})</code>", it)[1:] for it in pages_of]
    whole = client.get(f"{LOG}/{election}/envelopes.txt").text.splitlines()

    assert "5 to 8 of 10" in says(middle)
    assert [it.split()[1] for it in whole] == [it for part in shown for it in part]
    assert len(many) <= len(few) + 1
    for part in ("0", "4", "x", "1" * 9, ""):
        assert client.get(f"{LOG}/{election}?part={part}").status_code == 404
    assert client.get(f"{LOG}/{election}/roots.txt").text.split()[:2] == ["1", "10"]

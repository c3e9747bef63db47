"""Methods in words: an example for each that is counted, the count sheet, and why a ballot may not rank all."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader
from sqlalchemy import select

from awards import elections
from awards.extensions import begin_writing, db
from awards.models import Election
from awards.web.explained import BALLOTS, SLATE, paragraph
from judging import programme
from judging.ballot import count
from judging.rules import Vote as Rules
from judging.schulze import layers
from judging.values import Method
from tests.awards.contest import address
from tests.awards.play import NOW
from tests.web.test_results import TABLE, Hall
from tests.web.test_sentences import STRICT
from tests.web.voters import BOOTH, RANKING, Vote, fill_in, press, receipt, says

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SCHULZE = '\n[vote]\nelectorate = "judges"\nmethod = "schulze"\n'
AROUND = (
    (address("ann"), "SV-1", "SV-2", "SV-3", "SV-4"),
    (address("ben"), "SV-1", "SV-2", "SV-3", "SV-4"),
    (address("cho"), "SV-2", "SV-3", "SV-1", "SV-4"),
    (address("dia"), "SV-3", "SV-1", "SV-2", "SV-4"),
)


def rules_of(method: Method) -> Rules:
    vote = programme.read(STRICT).rules.vote
    assert vote is not None
    return replace(vote, method=method)


def test_each_example_is_counted_as_it_is_told(app: Flask) -> None:
    told = {
        Method.ONE_CHOICE: ["9 ballots are cast, 3 × A; 4 × B; 2 × C.", "A 3, B 4, C 2", "order is B, A, C"],
        Method.APPROVAL: ["up to 3", "2 × A + B", "A 5, B 6, C 4", "order is B, A, C"],
        Method.BORDA: ["worth 2 points", "4 × A > B > C", "A 10, B 12.5, C 7.5", "order is B, A, C"],
        Method.SCHULZE: [
            "A–B 6:3, C–A 5:4, B–C 7:2: a circle",
            "A–B 6:5, A–C 6:5, B–C 7:5",
            "order is A, B, C",
        ],
    }
    with app.test_request_context():
        for method, parts in told.items():
            with force_locale("en"):
                english = paragraph(rules_of(method))
            with force_locale("ko"):
                korean = paragraph(rules_of(method))
            assert all(part in english for part in parts), (method, english)
            numbers = [set(re.findall(r"\d+(?:[.:]\d+)?", it)) for it in (english, korean)]
            assert len(numbers[0] ^ numbers[1]) <= 2, "Korean says 0 and 1 in digits"
            assert "예를 들어" in korean
    around = count(Method.SCHULZE, SLATE, BALLOTS[Method.SCHULZE]).pairwise
    assert layers(SLATE, around) == (("A",), ("B",), ("C",))
    assert around["A", "B"] > around["B", "A"]
    assert around["B", "C"] > around["C", "B"]
    assert around["C", "A"] > around["A", "C"], "the example goes round in a circle, as it says"


def test_the_count_sheet_of_schulze_has_pairs_chains_and_places(app: Flask, tmp_path: Path) -> None:
    hall = Hall(app, tmp_path, SCHULZE, *AROUND)

    page = hall.page("auditor", "/services/result")
    for said in (
        "the strongest chain of wins decides",
        "Each against each",
        "The strongest chains",
        "Stands above",
    ):
        assert said in page
    sheet = hall.at("chair").get(f"{TABLE}/services/count.pdf")
    text = " ".join(it.extract_text() for it in PdfReader(BytesIO(sheet.data)).pages)
    assert sheet.headers["Content-Type"] == "application/pdf"
    for said in ("Ballots with a choice", "The strongest chains", "Counted by hand by", "A–B 6:3"):
        assert said in text
    assert re.search(r"SV-1\s+–\s+3\s+2\s+4", text), (
        "SV-1 above SV-2 on three ballots, SV-3 on two, SV-4 on all"
    )
    korean = hall.at("chair").get(f"/ko{TABLE[3:]}/services/count.pdf")
    assert "개표 집계표" in " ".join(it.extract_text() for it in PdfReader(BytesIO(korean.data)).pages)
    assert hall.at("chair").get(f"{TABLE}/openness/count.pdf").status_code == 404


def test_borda_is_told_from_pairs_to_points(app: Flask, tmp_path: Path) -> None:
    page = Hall(app, tmp_path, "", *AROUND).page("chair", "/services/result")

    rows = re.findall(
        r'<th scope="row">(SV-\d)</th>((?:<td>[^<]*</td>)+)', page[page.index("From pairs to points") :]
    )
    found = {name: re.findall(r"<td>([^<]*)</td>", cells) for name, cells in rows}
    assert found["SV-1"] == ["2", "9", "0", "9"]
    assert found["SV-4"] == ["0", "0", "0", "0"]


@time_machine.travel(NOW, tick=False)
def test_a_ballot_that_may_not_rank_all_says_so_and_why(app: Flask) -> None:
    vote = Vote(app, RANKING, barred={"one": ["SV-3", "SV-4"]}, record='finalists"\nmin_publish = 3 # "')
    with app.app_context():
        begin_writing()
        edition = vote.again().edition
        for election in db.session.scalars(select(Election)):
            elections.shape(db.session(), edition, election)
        db.session.commit()
    client = vote.browser("two")

    page = client.get(f"{BOOTH}/services")
    assert "Give places to the best 2, 1 for the best." in says(page)
    assert "So no ballot ranks more than 2 of 4." in says(page)
    assert "How ballots are counted: an example" in says(page)
    assert "<option>3</option>" not in page.text
    openness = client.get(f"{BOOTH}/openness")
    assert "So no ballot ranks more" not in says(openness)

    places = [(f"p-services-{n}", str(n + 1)) for n in range(4)]
    refused = fill_in(client, "services", *places)
    assert (refused.status_code, "more than 2" in says(refused)) == (422, True)
    short = [(name, value if n < 2 else "") for n, (name, value) in enumerate(places)]
    done = press(client, press(client, refused, short, to=f"{BOOTH}/review"), to=f"{BOOTH}/cast")
    assert receipt(done)


def test_the_rules_tell_the_method_with_its_example(app: Flask) -> None:
    Vote(app)
    client = app.test_client()

    page = client.get("/en/small-prize/rules")
    assert "3 × A; 4 × B; 2 × C" in says(page)
    assert "투표용지가 9장이며" in says(client.get("/ko/small-prize/rules"))

"""The cut line in sentences, and who reads the chair's pages of advice, from when on and about what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask

from awards.models import CalibrationState
from awards.web import severities
from awards.web.table import chances
from awards.web.table.chances import Chance, Change
from awards.web.table.cut_drawing import BARS, FULL
from awards.web.table.reliability import agreement_said
from judging.calibration.values import Band
from tests.web.advised import TOLD, Advised, Document

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ADVICE = ("/services/cut-line", "/reliability", "/judges")


def line(*shares: float, inside: int = 5, places: int = 5) -> list[str]:
    """What is said of nominations A, B, C ... in this order, `inside` of which stand ahead of the cut."""
    rows = [
        Chance(
            number,
            chr(64 + number),
            Fraction(str(share)),
            Band.SAFE if share >= 0.9 else Band.OUT if share <= 0.1 else Band.IN_PLAY,
            number <= inside,
        )
        for number, share in enumerate(shares, start=1)
    ]
    return [it.replace(chances.NBSP, " ") for it in chances.places_said(rows, places)]


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/en/"):
        yield


@ON_SQLITE
@pytest.mark.usefixtures("english")
def test_the_cut_is_said_in_sentences() -> None:
    assert line(0.999, 0.98, 0.97, 0.93, 0.58, 0.35, 0.05) == [
        "Places 1–4 are safe.", "Place 5: E (58 %) or F (35 %).", "As it stands, it goes to E.",
    ]  # fmt: skip
    assert line(0.99, 0.96, 0.95, 0.94, 0.91, 0.02) == [
        "Places 1–5 are safe.", "So all places are safe: the marks tell the others clearly apart.",
    ]  # fmt: skip
    assert line(0.99, 0.6, 0.95, 0.5, 0.4, 0.45, 0.3, 0.3, 0.2) == [
        "Safe: A, C.",
        "The other 3 places: B (60 %), D (50 %), F (45 %), E (40 %) or one of 3 others.",
        "As it stands, they go to B, D, E.",
    ]
    assert line(0.99, 0.96, 0.95, 0.94, 0.85, 0.08) == [
        "Places 1–4 are safe.", "Place 5: E (85 %).", "Nobody else comes near.",
    ]  # fmt: skip
    assert line(0.995, 0.05, 0.92, inside=2, places=2)[1:] == [
        "Place 2: C (92 %) or B (5 %).", "As it stands, it goes to B.",
    ]  # fmt: skip


@ON_SQLITE
@pytest.mark.usefixtures("english")
def test_level_ones_and_small_categories_are_said_too() -> None:
    everybody = ["There are places for all nominations of this category, so nothing hangs on the cut."]
    assert line() == ["No nomination stands here any more."]
    assert line(1.0) == everybody
    assert line(0.9, 0.9, 0.9, 0.9, 0.9) == everybody
    assert line(0.5, 0.5, 0.5, inside=3, places=2) == [
        "No place is safe.",
        "Places 1–2: A (50 %), B (50 %) or C (50 %).",
    ]
    assert chances.doubt_said(Fraction("0.61"), Fraction(0), places=5) == [
        "The last place and the next nomination are level: the ladder of the rules decides.",
        "Marks are never exact: on average, 0.6 of 5 places go to a nomination that is not truly among the best.",
    ]
    assert "less than 0.01 points" in chances.doubt_said(Fraction(0), Fraction("0.001"), places=1)[0]
    assert chances.percent(Fraction(0)).startswith("under 1")
    assert chances.percent(Fraction(1)).startswith("over 99")


@ON_SQLITE
@pytest.mark.usefixtures("english")
def test_what_hangs_on_one_judge_and_on_missing_sheets_is_said() -> None:
    change = Change("Kim", ("B",), ("A",))
    assert chances.without_said([]) == [
        "No single judge decides a place: without any one of them the same nominations advance."
    ]
    assert chances.without_said([], level=True) == [
        "Apart from those that are level at the cut, the same nominations advance without any one judge."
    ]
    assert chances.without_said([change] * 5) == [
        *["Without Kim it would be B instead of A."] * 3,
        "2 more judges decide a place: the table below names them.",
    ]
    of_two = {"enters": ["C"], "leaves": ["A"]}
    assert chances.changed(of_two, ["A", "B"], ["A", "B"], []) == (["C"], ["A"])
    assert chances.changed(of_two, ["A", "B"], ["A", "C"], []) == (["B"], ["A"]), "the ladder put C before B"
    assert chances.changed(of_two, ["A", "B"], ["A"], ["B", "C"]) == ([], ["A"]), "B and C wait for the chair"
    assert chances.changed(of_two, ["A", "B"], ["A", "B", "D"], []) == (["C"], ["A"]), "D was level with B"
    assert chances.changed({"enters": [], "leaves": []}, ["A", "B"], ["A", "C"], []) == ([], [])
    assert chances.without(Change("Kim", (), ("A",))) == "Without Kim there would be no place for A."
    assert chances.missing_said([], 0) == ["No sheet is missing."]
    assert chances.missing_said([("Kim", "A")], 2) == [
        "The sheet of Kim on A is missing, and a low one could change who advances.",
        "2 sheets are missing that could not change who advances.",
    ]


@ON_SQLITE
@pytest.mark.usefixtures("english")
def test_a_card_says_strictness_with_how_sure_it_is_and_nothing_of_few_sheets() -> None:
    card = {
        "sheets": 14, "severity": "-0.800000", "error": "0.150000", "spread": "1.300000", "noise": "0.700000",
        "shrunk": False, "same_country": {"premium": "0.290000", "error": "0.100000", "sheets": 3},
    }  # fmt: skip
    unsure, few = card | {"error": "0.500000"}, card | {"shrunk": True, "sheets": 3}

    assert severities.severity(card) == (
        "Marks 0.8 lower than colleagues on the same nominations; sure within ±0.3."
    )
    assert severities.own_severity(card | {"severity": "0.800000"}) == (
        "You marked 0.8 higher than colleagues on the same nominations; sure within ±0.3."
    )
    assert severities.severity(unsure) == "Marks like colleagues on the same nominations; sure within ±1.0."
    assert severities.own_severity(few) == "Only 3 sheets count: too few to say anything."
    assert severities.same_country(card) == (
        "3 nominations of the own country: 0.3 higher than others of equal worth (sure within ±0.2)."
    )
    assert severities.spread(card).startswith("Tells good and weak")
    assert severities.consistency(card).startswith("Agrees more")


@ON_SQLITE
@pytest.mark.usefixtures("english")
def test_where_no_two_sheets_can_be_compared_nothing_is_called_reliable() -> None:
    known = {"panel_of": 3, "word": "good", "good_from": 3, "alpha": "0.800000"}
    assert "How reliable that is: good." in agreement_said(known)[0]
    assert agreement_said(known | {"alpha": None}) == [
        "How far the panel agreed can't be told: it takes nominations with two sheets or more, and sheets that differ."
    ]


@ON_SQLITE
def test_before_the_close_and_while_it_is_fitted_the_pages_say_so_and_nothing_more(
    app: Flask, tmp_path: Path
) -> None:
    advised = Advised(app, tmp_path, close=False)
    for path in ADVICE:
        page = advised.page("chair", path)
        assert "The first round is not closed." in page
        assert "Ada" not in page
        assert "<svg" not in page
    assert "cut-line" not in advised.page("chair", "/")
    assert advised.status("chair", "/nothing/cut-line") == 404


@ON_SQLITE
def test_a_fit_tells_how_far_it_is_and_the_chair_tries_a_failed_one_again(app: Flask, tmp_path: Path) -> None:
    advised = Advised(app, tmp_path)
    assert "The marks are waiting to be compared." in advised.page("chair", "/reliability")
    advised.calibrate(state=CalibrationState.RUNNING)
    for path in ADVICE:
        assert "37 % are done" in advised.page("chair", path)
    advised.calibrate(state=CalibrationState.FAILED)
    assert "could not be finished" in advised.page("auditor", "/services/cut-line")
    assert "acts/calibrate" not in advised.page("auditor", "/services/cut-line")
    assert "acts/calibrate" in advised.page("chair", "/services/cut-line")
    assert advised.press("auditor", "/acts/calibrate", "/reliability") == 404
    assert advised.press("chair", "/acts/calibrate", "/reliability") == 303
    assert "are waiting to be compared" in advised.page("chair", "/reliability")
    assert advised.press("chair", "/acts/calibrate", "/reliability") == 303


@ON_SQLITE
def test_chair_deputy_and_auditor_read_advice_and_organisers_neither_pages_nor_links(
    app: Flask, tmp_path: Path
) -> None:
    advised = Advised(app, tmp_path, minimum_nominations=TOLD)
    advised.calibrate()
    pages = (*ADVICE, f"/judges/{advised.judge('Ada')}")
    for path in pages:
        assert [advised.status(name, path) for name in ("chair", "deputy", "auditor")] == [200] * 3
        assert [advised.status(name, path) for name in ("olga", "ada")] == [404] * 2
    for path in ("/", "/services"):
        assert all(f"{it}" in advised.page("chair", path) for it in ("/reliability", "/judges", "cut-line"))
        assert not re.search(r"/reliability|/judges\"|cut-line", advised.page("olga", path))
    assert "cut-line" in advised.page("chair", "/acts/sign")
    assert advised.status("chair", "/judges/nobody") == 404
    own = advised.at("ada").get(f"/en/judging/{advised.key}/marks").text
    assert re.search(r"You marked (like|[0-9.]+ (lower|higher) than) colleagues", own)
    assert "Ben" not in own.partition("How you marked")[2]


@ON_SQLITE
def test_the_page_shows_what_was_fitted_and_marks_a_judge_who_shares_a_country(
    app: Flask, tmp_path: Path
) -> None:
    """Fitted, then with the numbers of one nomination and one judge laid down by hand; Ada lives where all are."""
    advised = Advised(app, tmp_path)
    ada = advised.judge("Ada")
    advised.calibrate(lambda document: hang_on(document, ada))

    page = advised.page("auditor", "/services/cut-line").replace("\u00a0", " ")

    assert "The plain mean decides; this page is advice." in page
    assert "more than 1.5 from the plain mean" in page
    assert "58 %" in page
    assert "the same country" in page
    assert "The cut hangs on the method" in page
    widths = [
        float(it) for it in re.findall(rf'<rect class="\w+"[^>]* x="{BARS}"[^>]* width="([0-9.]+)"', page)
    ]
    assert round(0.58 * FULL, 1) in widths
    assert 'role="img" aria-labelledby="cut-title cut-desc"' in page
    assert " style=" not in page


def hang_on(document: Document, judge: str) -> None:
    (category,) = document["categories"]
    last, after = category["nominations"][4:6]
    last |= {"p_top": "0.580000", "band": "in_play"}
    category["adjusted"] = [last["nomination"]]
    category["method_dependent"] = True
    for it in category["without"]:
        it["enters"], it["leaves"] = [], []
        if it["judge"] == judge:
            it["enters"], it["leaves"] = [after["nomination"]], [last["nomination"]]


@ON_SQLITE
def test_what_cannot_be_compared_has_no_fair_score_and_no_chances(app: Flask, tmp_path: Path) -> None:
    advised = Advised(app, tmp_path)

    def part(document: Document) -> None:
        document["categories"][0] |= {"why": "not_linked", "linked": False, "parts": [["a"], ["b"]]}

    advised.calibrate(part)
    page = advised.page("chair", "/services/cut-line")

    assert "fall into 2 groups that read no nomination in common" in page
    assert "<svg" not in page
    assert "Fair score" not in page
    assert "%" not in page.partition("<main")[2]


@ON_SQLITE
def test_whoever_has_a_conflict_is_not_advised_about_the_category_and_sees_no_sheet_of_it(
    app: Flask, tmp_path: Path
) -> None:
    advised = Advised(app, tmp_path)
    ada = advised.judge("Ada")

    def far(document: Document) -> None:
        document["far"] = [
            {"judge": ada, "nomination": it, "value": "17.310000", "panel": "10.000000"}
            for it in ("N03", "N04")
        ]

    advised.calibrate(far)
    advised.bind("chair", "N03")

    page = advised.page("chair", "/services/cut-line")
    assert "You have a conflict with: N03." in page
    assert "Who reads it: Deputy Example." in page
    assert "<svg" not in page
    for path in ("/judges", f"/judges/{ada}"):
        listed = advised.page("chair", path)
        assert ("N04" in listed, "N03" in listed) == (True, False)
        assert "One sheet is not shown" in listed
        assert "N03" in advised.page("deputy", path)
    assert "<svg" in advised.page("deputy", "/services/cut-line")


@ON_SQLITE
def test_where_the_fair_score_decides_the_page_says_so(app: Flask, tmp_path: Path) -> None:
    advised = Advised(app, tmp_path, standing="calibrated", budget=2)
    advised.calibrate(fitted_again)

    page = advised.page("chair", "/services/cut-line")

    assert "19.99" not in page, "a later fit moves no total of a category whose sheets stand"
    assert "The fair score decides, as the rules say." in page
    assert f'href="/en/table/{advised.key}/readings"' in page.split("<main")[1].split('id="drawn"')[0]
    assert f'href="/en/deliberation/{advised.key}/"' in page.split('id="words"')[1]
    assert "이 페이지" in advised.page("chair", "/services/cut-line", "ko")


def fitted_again(document: Document) -> None:
    """Another category was counted again since."""
    document["categories"][0]["nominations"][0]["fair"] = "19.990000"

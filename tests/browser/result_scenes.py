"""Results on the chair's table, from the count to the signature and back, and what a run-off shows."""

from __future__ import annotations

import subprocess
from pathlib import Path

from awards.extensions import begin_writing, db
from tests.awards.contest import address
from tests.awards.play import KEY
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import do, found, site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.browser.voting_scenes import Booth
from tests.web.signing import signed_in
from tests.web.test_results import LEVEL, Hall, tell

TABLE = f"/table/{KEY}"
CLEAR = tuple((address(name), "SV-2", "SV-1", "SV-3", "SV-4") for name in ("ann", "ben", "cho"))
PUBLIC = '\n[vote]\nelectorate = "public"\nmethod = "{method}"\n{more}'
METHODS = {
    "one": (
        PUBLIC.format(method="one_choice", more=""),
        [("one", "SV-1"), ("two", "SV-1"), ("three", "SV-3")],
    ),
    "approval": (
        PUBLIC.format(method="approval", more="approve_up_to = 2\n"),
        [("one", "SV-1", "SV-2"), ("two", "SV-1"), ("three", "SV-3", "SV-4")],
    ),
}
SECOND_PRIZE = """
[[prizes]]
key = "outstanding"
name.en = "Outstanding prize"
count = 1
"""


def take(stills: Stills, data: Path, folder: Path) -> None:
    with site_of(data, "results") as (site, own, _clock):
        hall = Hall(site, own)
        retitle(site)
        stills.look("results-none", hall.at("chair"), f"{TABLE}/results")
        hall.vote(*LEVEL)
        tie(stills, hall)
        signing(stills, hall, folder)
    with site_of(data, "results-corrected") as (site, own, _clock):
        correcting(stills, Hall(site, own))
    with site_of(data, "results-two") as (site, own, _clock):
        two(stills, Hall(site, own))
    with site_of(data, "results-withheld") as (site, own, _clock):
        withholding(stills, Hall(site, own, SECOND_PRIZE, record='finalists"\nwithhold = true # "'))
    with site_of(data, "results-runoff") as (site, own, _clock):
        runoff(stills, Hall(site, own, '\n[result]\nladder = ["runoff", "share"]\n'))
    with site_of(data, "results-first") as (site, own, _clock):
        hall = Hall(site, own, second_round="none")
        stills.look("results-uncounted", hall.at("olga"), f"{TABLE}/results")
        do(hall.at("olga"), f"{TABLE}/acts/count", page=f"{TABLE}/results")
        stills.look("result-first-round", hall.at("chair"), f"{TABLE}/services/result")
    for method, (rules, ballots) in METHODS.items():
        with site_of(data, f"results-{method}") as (site, own, _clock):
            by_method(stills, Hall(site, own, rules), method, ballots)


def by_method(stills: Stills, hall: Hall, method: str, ballots: list[tuple[str, ...]]) -> None:
    with hall.app.app_context():
        begin_writing()
        hall.again().enrol(
            *((it, it.title(), f"{it}@electors.example", "") for it in ("one", "two", "three"))
        )
        db.session.commit()
    retitle(hall.app)
    hall.vote(*ballots)
    stills.look(f"result-{method}", hall.at("chair"), f"{TABLE}/services/result")


def tie(stills: Stills, hall: Hall) -> None:
    chair, order = hall.at("chair"), f"{TABLE}/services/result/order"
    stills.look("results-tie", chair, f"{TABLE}/results")
    stills.look("result-tie", chair, f"{TABLE}/services/result")
    stills.look("result-tie-organiser", hall.at("olga"), f"{TABLE}/services/result")
    stills.look("result-order", chair, order)
    stills.refuse(
        "result-order-wrong", chair, order, {"place-0": "1", "place-1": "1", "reason": "", "seen": "1"}
    )
    stills.look("result-order-deputy", hall.at("deputy"), order)
    assert hall.order().status_code == 303
    stills.look("result-ordered", chair, f"{TABLE}/services/result")
    stills.look("result-order-again", chair, order)
    stills.look("results-ordered", chair, f"{TABLE}/results")
    stills.look("sign-winners", chair, f"{TABLE}/acts/sign-winners")


def signing(stills: Stills, hall: Hall, folder: Path) -> None:
    chair = hall.at("chair")
    do(chair, f"{TABLE}/acts/sign-winners", {"seen-services": "2"})
    stills.look("results-signed", chair, f"{TABLE}/results")
    stills.look("result-signed", chair, f"{TABLE}/services/result")
    citing, special = f"{TABLE}/services/citations", f"{TABLE}/special"
    stills.look("citations", chair, citing)
    page = chair.get(f"/en{citing}").text
    name = found(page, r'name="(text-[^"]+)"')
    seen = (found(page, r'name="(seen-[^"]+)"'), found(page, r'name="seen-[^"]+" value="([^"]+)"'))
    stills.refuse("citations-wrong", chair, citing, {name: "x" * 1001, seen[0]: seen[1]})
    do(chair, citing, {name: "It opened the budget to those who pay it.", seen[0]: seen[1]})
    stills.look("citations-written", chair, citing)
    stills.look("citations-deputy", hall.at("deputy"), citing)
    stills.look("result-cited", chair, f"{TABLE}/services/result")
    give = {"nomination": "SV-3", "prize": "mention", "reason": "For the courage to tell what failed."}
    stills.look("special", chair, special)
    stills.refuse("special-wrong", chair, special, give | {"reason": "", "nomination": "nobody"})
    do(chair, special, give)
    stills.look("special-given", chair, special)
    stills.look("special-back", chair, f"{special}/SV-3/mention/take-back")
    for language in LANGUAGES:
        paper = hall.at("auditor").get(f"/{language}{TABLE}/minutes.pdf").data
        subprocess.run(
            ["pdftoppm", "-r", "70", "-png", "-l", "3", "-", folder / f"paper-minutes-result-{language}"],
            input=paper,
            check=True,
        )


def correcting(stills: Stills, hall: Hall) -> None:
    retitle(hall.app)
    hall.vote(*LEVEL)
    hall.order()
    do(hall.at("chair"), f"{TABLE}/acts/sign-winners", {"seen-services": "2"})
    tell(hall)
    chair, correct = hall.at("chair"), f"{TABLE}/services/result/correct"
    stills.look("correct", chair, correct)
    stills.refuse("correct-wrong", chair, correct, {"act": "propose", "reason": ""})
    do(chair, correct, {"act": "propose", "reason": "The order was upside down."})
    stills.look("correct-own", chair, correct)
    stills.look("correct-second", hall.at("olga"), correct)
    sha = found(hall.at("olga").get(f"/en{correct}").text, r'name="sha256" value="([0-9a-f]+)"')
    do(hall.at("olga"), correct, {"act": "approve", "sha256": sha})
    stills.look("result-corrected", chair, f"{TABLE}/services/result")
    stills.look("result-order-lapsed", chair, f"{TABLE}/services/result/order")


def two(stills: Stills, hall: Hall) -> None:
    """Chair and deputy have a conflict, so two organisers sign."""
    retitle(hall.app)
    hall.vote(*LEVEL)
    hall.order()
    hall.bind("chair", "SV-4")
    hall.bind("deputy", "SV-3")
    page = f"{TABLE}/services/result/two"
    stills.look("result-bound", hall.at("olga"), f"{TABLE}/services/result")
    stills.look("result-bound-chair", hall.at("chair"), f"{TABLE}/services/result")
    stills.look("result-two", hall.at("olga"), page)
    do(hall.at("olga"), page, {"act": "propose", "seen": "2", "reason": "As counted."})
    stills.look("result-two-own", hall.at("olga"), page)
    stills.look("result-two-second", hall.at("omar"), page)


def withholding(stills: Stills, hall: Hall) -> None:
    retitle(hall.app)
    chair, page = hall.at("chair"), f"{TABLE}/withholding"
    which = {"which": "services best", "act": "withhold", "reason": "None deserves it."}
    stills.look("withholding", chair, page)
    stills.refuse("withholding-wrong", chair, page, which | {"reason": ""})
    do(chair, page, which)
    stills.look("withholding-done", chair, page)
    hall.vote(*CLEAR)
    stills.look("withholding-late", chair, page)
    stills.look("result-withheld", chair, f"{TABLE}/services/result")


def runoff(stills: Stills, hall: Hall) -> None:
    retitle(hall.app)
    hall.vote(*LEVEL)
    stills.look("result-runoff", hall.at("chair"), f"{TABLE}/services/result")
    stills.look("results-runoff", hall.at("olga"), f"{TABLE}/results")
    stills.look("polling-runoff", hall.at("olga"), f"/secretariat/{KEY}/vote")
    for language, name, places in (("en", "ann", "12"), ("ko", "ben", "21")):
        runoff_ballot(stills, Booth(signed_in(hall.app, address(name)), language), language, places)
    with hall.app.app_context():
        begin_writing()
        contest = hall.again()
        contest.vote(*((name, first, second) for name, first, second, *_ in LEVEL[2:]))
        contest.close()
        db.session.commit()
    stills.look("result-shared", hall.at("chair"), f"{TABLE}/services/result")


def runoff_ballot(stills: Stills, booth: Booth, language: str, places: str) -> None:
    """From the list to the receipt, by two judges who leave it level again."""
    marks = [(f"p-services-{number}", place) for number, place in enumerate(places)]
    ballot = booth.get("/services")
    review = booth.press(ballot, "/review", marks)
    pages = {"index": booth.get("/"), "ballot": ballot, "review": review}
    pages |= {"receipt": booth.press(review, "/cast"), "index-cast": booth.get("/")}
    for name, answer in pages.items():
        stills.keep(f"voting-runoff-{name}", language, answer)

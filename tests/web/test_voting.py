"""The elector's pages: in by link, code or account; one ballot a category; a receipt once; words where it can't be."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from awards import editions, elections, nominations, own_ballots, passes, records
from awards.extensions import begin_writing, db
from awards.models import Ballot, ElectionState, HeldForm, Judge, JudgeState, NominationRevision, VotingPass
from judging import receipt_words
from tests.awards.contest import FINALISTS, member
from tests.awards.play import NOW, statements
from tests.awards.uploads import samples
from tests.web.signing import csrf_of, send, signed_in
from tests.web.voters import (
    APPROVAL,
    BOOTH,
    KEY,
    ONE_CHOICE,
    RANKING,
    Vote,
    cast,
    fill_in,
    hidden,
    press,
    receipt,
    says,
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORDS = "amber canyon drift maple orbit velvet"
FIRST = ("c-services", "SV-1")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def vote(app: Flask) -> Vote:
    return Vote(app)


def test_a_link_lets_in_by_its_button_as_often_as_it_is_pressed(vote: Vote) -> None:
    link, phone, laptop = vote.link("one"), vote.app.test_client(), vote.app.test_client()

    opened = phone.get(link)
    before = phone.get(f"{BOOTH}/")
    answers = [press(device, device.get(link)) for device in (phone, laptop, phone)]

    assert "Let me in to vote" in says(opened)
    assert (before.status_code, before.location) == (303, "/en/vote/")
    assert [it.location for it in answers] == [f"{BOOTH}/"] * 3
    assert "These are the ballots of One." in says(phone.get(f"{BOOTH}/"))
    assert "HttpOnly" in answers[0].headers["Set-Cookie"]
    assert "SameSite=Lax" in answers[0].headers["Set-Cookie"]


def test_a_code_lets_in_however_it_is_typed_and_is_not_tried_for_ever(vote: Vote) -> None:
    vote.code("two", WORDS)
    client, thief = vote.app.test_client(), vote.app.test_client()

    let_in = send(client, "/en/vote/", {"code": f"  {WORDS.upper().replace(' ', '-')} "})
    odd = [send(thief, "/en/vote/", {"code": it}).status_code for it in ("", "x" * 9000, "\0", "한" * 90)]
    tried = [send(thief, "/en/vote/", {"code": f"amber canyon {n}"}) for n in range(18)]

    assert let_in.location == f"{BOOTH}/"
    assert "These are the ballots of Two." in says(client.get(f"{BOOTH}/"))
    assert odd == [422] * 4
    assert [it.status_code for it in tried] == [422] * 17 + [429]
    assert "These are not the words of a letter" in says(tried[0])


def test_a_judge_who_is_signed_in_finds_the_ballots_on_their_own_page(app: Flask) -> None:
    Vote(app, "")
    browser = signed_in(app, "ann@example.org")

    today = browser.get("/en/today")

    assert f'href="{BOOTH}/"' in today.text
    assert "Cast your ballots" in says(today)
    page = browser.get(f"{BOOTH}/services")
    places = [(f"p-services-{n}", str(n + 1)) for n in range(4)]
    review = press(browser, page, places, to=f"{BOOTH}/review")
    with app.app_context():
        begin_writing()
        judge = next(it for it in db.session.scalars(select(Judge)) if it.account.email == "ann@example.org")
        judge.state = JudgeState.LEFT
        db.session.commit()
    assert press(browser, review, to=f"{BOOTH}/cast").status_code == 404
    with app.app_context():
        begin_writing()
        db.session.merge(judge).state = JudgeState.ACCEPTED
        db.session.commit()
    assert receipt(press(browser, review, to=f"{BOOTH}/cast"))


def test_one_form_carries_all_ballots_to_the_box_and_shows_receipts_that_the_record_will_hold(
    vote: Vote,
) -> None:
    client = vote.browser("one")

    first = client.get(f"{BOOTH}/services")
    second = press(client, first, [FIRST], to=f"{BOOTH}/openness")
    review = press(client, second, [("c-openness", "")], to=f"{BOOTH}/review")
    done = press(client, review, to=f"{BOOTH}/cast")

    assert "Next: Openness" in says(first)
    assert "You abstain." in says(review)
    assert "Town of SV-1" in says(review)
    assert "Your ballots are in the box" in says(done)
    assert vote.envelopes() == [("one", "openness"), ("one", "services")]
    assert "Town of SV-1" not in done.text
    assert vote.count() == {"services": [["SV-1"]], "openness": [[]]}
    with vote.app.app_context():
        opened = {
            " ".join(receipt_words.words(it, "en")) for it in db.session.scalars(select(Ballot.commitment))
        }
        assert opened == set(receipt(done))


def test_the_same_form_sent_twice_gets_the_same_receipt_and_any_other_gets_words(vote: Vote) -> None:
    phone, laptop = vote.browser("one"), vote.browser("one")
    review = fill_in(phone, "services", FIRST)
    tab = fill_in(phone, "services", ("c-services", "SV-2"))
    stale = fill_in(laptop, "services", FIRST)

    done = press(phone, review, to=f"{BOOTH}/cast")
    again = press(phone, review, to=f"{BOOTH}/cast")
    changed = press(phone, review, [("c-services", "SV-2")], to=f"{BOOTH}/cast")
    others = [press(phone, tab, to=f"{BOOTH}/cast"), press(laptop, stale, to=f"{BOOTH}/cast")]

    assert receipt(again) == receipt(done) != []
    assert "This form came twice" in says(again)
    assert (changed.status_code, receipt(changed)) == (422, [])
    for other in (
        *others,
        press(phone, tab, to=f"{BOOTH}/openness"),
        press(laptop, stale, to=f"{BOOTH}/review"),
    ):
        assert (other.status_code, receipt(other)) == (409, [])
        assert "Services : Monday 1 September 2014 between 09:00 and 10:00 in UTC" in says(other)
    assert vote.count()["services"] == [["SV-1"]]


def test_what_is_left_is_kept_where_one_ballot_alone_is_cast_or_was_cast_before(vote: Vote) -> None:
    client, other = vote.browser("one"), vote.browser("one")
    page = press(client, client.get(f"{BOOTH}/services"), [FIRST], to=f"{BOOTH}/openness")
    review = press(client, page, [("c-openness", "OP-2")], to=f"{BOOTH}/review")

    cast(other, "services", ("c-services", "SV-3"))
    refused = press(client, review, to=f"{BOOTH}/cast")
    left = press(client, refused, to=f"{BOOTH}/review")
    done = press(client, left, to=f"{BOOTH}/cast")

    assert "Look over the other ballots again" in says(refused)
    assert "Town of OP-2" in says(left)
    assert len(receipt(done)) == 1
    assert vote.count() == {"services": [["SV-3"]], "openness": [["OP-2"]]}


def test_a_ranking_with_a_mistake_comes_back_as_it_was_filled_in(app: Flask) -> None:
    vote = Vote(app, RANKING, barred={"one": ["SV-4"]})
    client = vote.browser("one")
    mistakes = {
        "1 1 2": "Place 1 is given twice",
        "1 3 ": "Place 2 is given to none",
        "1 2 9": "have changed",
    }

    for places, words in mistakes.items():
        given = places.split(" ")
        page = fill_in(client, "services", *((f"p-services-{n}", it) for n, it in enumerate(given)))
        assert (page.status_code, words in says(page)) == (422, True)
        assert page.text.count("<option selected>") == sum(it in ("1", "2", "3") for it in given)
        assert "It stands at the foot of your ballot." in says(page)
    right = [("p-services-0", "2"), ("p-services-1", "1"), ("p-services-2", "")]
    done = press(client, press(client, page, right, to=f"{BOOTH}/review"), to=f"{BOOTH}/cast")

    assert receipt(done)
    assert vote.count()["services"] == [["SV-2", "SV-1"]]


def test_more_than_the_method_takes_is_told_and_kept(app: Flask) -> None:
    vote = Vote(app, APPROVAL, barred={"one": ["SV-4"]})
    client = vote.browser("one")
    mistakes = [
        (["SV-1", "SV-2", "SV-3"], "more than 2"),
        (["SV-1", ""], "You have chosen and abstained"),
        (["SV-4"], "The finalists have changed"),
        (["\0", "x" * 5000], "The finalists have changed"),
    ]

    for chosen, words in mistakes:
        page = fill_in(client, "services", *(("c-services", it) for it in chosen))
        assert (page.status_code, words in says(page)) == (422, True)
        assert page.text.count(" checked>") == sum(it in ("", *FINALISTS[:3]) for it in chosen)
    assert vote.envelopes() == []


def test_what_was_chosen_elsewhere_is_checked_when_it_is_cast(vote: Vote) -> None:
    client = vote.browser("one")
    review = fill_in(client, "services", FIRST)

    forged = press(client, review, [("c-openness", "SV-1")], to=f"{BOOTH}/cast")
    nothing = press(client, client.get(f"{BOOTH}/services"), to=f"{BOOTH}/cast")
    without = client.post(f"{BOOTH}/cast", data={"csrf_token": csrf_of(client, f"{BOOTH}/services")})

    assert forged.status_code == nothing.status_code == 422
    assert "Nothing is chosen yet" in says(nothing)
    assert without.location == f"{BOOTH}/"
    assert vote.envelopes() == []


def test_somebody_elses_form_is_no_form_of_mine(vote: Vote) -> None:
    mine, theirs = vote.browser("one"), vote.browser("two")
    review = fill_in(theirs, "services", FIRST)
    fields = [("csrf_token", csrf_of(mine, f"{BOOTH}/services"))]

    answer = mine.post(
        f"{BOOTH}/cast",
        data=dict([*hidden(review.text), *fields]),
    )

    assert answer.location == f"{BOOTH}/"
    assert vote.envelopes() == []


def test_whoever_is_let_in_no_more_casts_nothing_and_nothing_of_the_form_is_kept(vote: Vote) -> None:
    client = vote.browser("one")
    review = fill_in(client, "services", FIRST)
    with vote.app.app_context():
        begin_writing()
        for it in db.session.scalars(select(VotingPass)):
            passes.end(it, now=NOW)
        db.session.commit()

    answer = press(client, review, to=f"{BOOTH}/cast")

    assert answer.location == "/en/vote/"
    assert "Nothing was cast and nothing kept" in says(client.get("/en/vote/"))
    assert vote.envelopes() == []
    with vote.app.app_context():
        assert db.session.scalars(select(HeldForm)).all() == []


def test_a_form_without_its_token_is_not_kept_for_a_judge_either(app: Flask) -> None:
    Vote(app, "")
    browser = signed_in(app, "ann@example.org")
    browser.get("/en/today")

    answer = browser.post(f"{BOOTH}/review", data={"c-services": "SV-1", "csrf_token": "old"})

    assert answer.location == f"{BOOTH}/"
    with app.app_context():
        assert db.session.scalars(select(HeldForm)).all() == []


def test_a_device_that_is_left_lets_nobody_in(vote: Vote) -> None:
    client = vote.browser("one")

    page = client.get(f"{BOOTH}/")
    left = send(client, "/en/vote/leave", page=f"{BOOTH}/")

    assert "Leave this device" in says(page)
    assert left.location == "/en/vote/"
    assert client.get(f"{BOOTH}/").location == "/en/vote/"


def test_a_form_opened_in_time_counts_within_the_grace_and_no_later(vote: Vote) -> None:
    moment = NOW.replace(hour=14, minute=0)
    with vote.app.app_context():
        begin_writing()
        vote.again().closes_at(moment)
        db.session.commit()
    with time_machine.travel(moment - timedelta(minutes=5), tick=False):
        early, late = vote.browser("one"), vote.browser("two")
        forms = [fill_in(early, "services", FIRST), fill_in(late, "services", FIRST)]
    with time_machine.travel(moment + timedelta(minutes=10), tick=False):
        counted = press(early, forms[0], to=f"{BOOTH}/cast")
        fresh = vote.browser("three").get(f"{BOOTH}/services")
    with time_machine.travel(moment + timedelta(minutes=20), tick=False):
        over = press(late, forms[1], to=f"{BOOTH}/cast")
        told = late.get(f"{BOOTH}/")

    assert len(receipt(counted)) == 1
    assert fresh.location == f"{BOOTH}/"
    assert over.location == f"{BOOTH}/"
    assert "Nothing was cast." in says(told)
    assert vote.envelopes() == [("one", "services")]


def test_after_the_close_a_link_shows_only_that_a_ballot_was_cast(vote: Vote) -> None:
    client = vote.browser("one")
    cast(client, "services", FIRST)
    vote.count()

    page = says(vote.browser("one").get(f"{BOOTH}/"))

    assert "Cast: " in page
    assert "The vote is closed. No ballot of yours was cast." in page
    assert "Town of" not in page


def test_each_elector_has_an_order_of_their_own_that_stays(vote: Vote) -> None:
    with vote.app.app_context():
        election = vote.again().election()
        orders = {it: own_ballots.own_order(vote.entry(it), election) for it in ("one", "two", "three")}
        assert election.state is ElectionState.OPEN

    pages = [vote.browser("one").get(f"{BOOTH}/services").text for _ in range(2)]

    assert len(set(orders.values())) > 1
    for page in pages:
        assert tuple(sorted(FINALISTS, key=lambda it: page.index(f'value="{it}"'))) == orders["one"]


def test_others_find_no_such_page(vote: Vote, client: FlaskClient) -> None:
    inside = vote.browser("one")

    assert client.get(f"{BOOTH}/").location == "/en/vote/"
    assert client.get("/en/vote/no-such-edition/").location == "/en/vote/"
    for address in ("/en/vote/no-such-edition/", f"{BOOTH}/no-such-category"):
        assert inside.get(address).status_code in (303, 404)
    for reference in ("SV-99", "OP-1/../SV-1", "%00"):
        assert inside.get(f"{BOOTH}/finalists/{reference}").status_code == 404
    assert inside.get(f"{BOOTH}/finalists/SV-1").status_code == 200
    assert client.get("/en/vote/link/nothing").status_code == 404


def test_electors_get_the_files_that_are_for_everybody_and_no_other(app: Flask) -> None:
    fields = "".join(
        f'[[fields]]\nkey = "{key}"\nkind = "files"\npublic = {public}\nname.en = "{key.title()}"\n'
        for key, public in (("plans", "true"), ("accounts", "false"))
    )
    vote = Vote(app, ONE_CHOICE + fields)
    keys = vote.attach("SV-1", plans=samples.pdf(), accounts=samples.pdf())
    client = vote.browser("one")

    page = client.get(f"{BOOTH}/finalists/SV-1")
    answers = {
        it: client.get(f"{BOOTH}/finalists/SV-1/files/{key}", buffered=True) for it, key in keys.items()
    }
    elsewhere = client.get(f"{BOOTH}/finalists/SV-2/files/{keys['plans']}")

    assert (keys["plans"] in page.text, keys["accounts"] in page.text) == (True, False)
    assert "Accounts" not in says(page)
    assert [answers[it].status_code for it in ("plans", "accounts")] == [200, 404]
    assert (elsewhere.status_code, vote.app.test_client().get(answers["plans"].request.path).status_code) == (
        404,
        303,
    )


def test_a_ballot_asks_the_database_little_on_its_way_to_the_box(vote: Vote) -> None:
    """Thousands vote in the last hour: nothing is read twice, and what was cast is said without reading it anew."""
    client = vote.browser("one")
    client.get(f"{BOOTH}/")

    with vote.app.app_context(), statements(db.session) as opened:
        page = client.get(f"{BOOTH}/services")
    with vote.app.app_context(), statements(db.session) as seen:
        review = press(client, page, [FIRST], to=f"{BOOTH}/review")
    with vote.app.app_context(), statements(db.session) as sent:
        done = press(client, review, to=f"{BOOTH}/cast")

    assert len(receipt(done)) == 1
    asked = [
        [it for it in run if it.startswith(("SELECT", "INSERT", "UPDATE"))] for run in (opened, seen, sent)
    ]
    assert [len(it) for it in asked] == [6, 6, 9], asked


@pytest.mark.parametrize("more", [APPROVAL, RANKING], ids=["approval", "ranking"])
def test_the_ballot_fits_a_slow_link(app: Flask, more: str) -> None:
    """HTML and stylesheets together in 14 KB, where everybody has a long summary."""
    vote = Vote(app, more, summary=" ".join(f"{word}{n}" for n in range(40) for word in WORDS.split()))
    page = vote.browser("one").get(f"{BOOTH}/services")

    sheets = [ROOT / "static" / "css" / f"{name}.css" for name in ("laurels", "voting")]
    size = sum(len(gzip.compress(it)) for it in (page.data, *(sheet.read_bytes() for sheet in sheets)))

    assert [it.name for it in sheets if f"/{it.name}" not in page.text] == []
    assert size < 14 * 1024, size
    assert KEY in page.request.path


@pytest.mark.parametrize(("more", "shown"), [(ONE_CHOICE, True), ("", False)], ids=["public", "judges"])
def test_the_public_page_leads_electors_to_their_ballots_and_tells_of_no_run_off(
    app: Flask, more: str, shown: bool
) -> None:
    vote = Vote(app, more)
    pages = [app.test_client().get(f"/en/{KEY}/")]
    if shown:
        cast(vote.browser("one"), *("services", FIRST))
        vote.count()
        pages.append(app.test_client().get(f"/en/{KEY}/"))

    assert [('href="/en/vote/"' in it.text) for it in pages] == [shown] * len(pages)
    assert len({says(it) for it in pages}) == 1


@pytest.mark.parametrize(
    ("rules", "listed", "hangs"),
    [
        ({}, True, False),
        ({"slate": "eligible"}, True, True),
        ({"slate": "eligible", "places": 2, "ladder": '"lot"'}, False, True),
        ({"record": "numbers"}, False, False),
        ({"slate": "eligible", "record": "all", "places": 2, "ladder": '"lot"'}, True, False),
    ],
)
def test_a_receipt_promises_what_the_record_holds(
    app: Flask, rules: dict[str, object], listed: bool, hangs: bool
) -> None:
    electors = [f"elector{number}" for number in range(10)]
    vote = Vote(app, ONE_CHOICE, electors, **rules)
    client = vote.browser(electors[0])
    start, done = client.get(f"{BOOTH}/"), cast(client, "services", FIRST)
    with app.app_context():
        begin_writing()
        vote.again().vote(*((it, "SV-2") for it in electors[1:]))
        db.session.commit()
    vote.count()
    target = BytesIO()
    with app.app_context():
        begin_writing()
        records.write(db.session(), editions.find(db.session(), KEY), target, public=True)
    ballots = ZipFile(target).read("ballots.jsonl").decode()

    assert ("nonce" in ballots) == listed
    for page in (start, done):
        assert ("no single ballot" in says(page)) == (not listed and not hangs), page.request.path
        assert ("only where it names all" in says(page)) == hangs, page.request.path


def test_a_run_off_and_a_vote_held_again_promise_no_date_that_has_passed(vote: Vote) -> None:
    with vote.app.app_context():
        begin_writing()
        contest = vote.again()
        contest.closes_at(NOW + timedelta(hours=1))
        db.session.commit()
    client = vote.browser("one")
    assert "You can vote until" in says(client.get(f"{BOOTH}/"))
    with vote.app.app_context():
        begin_writing()
        for it in elections.of_edition(db.session(), editions.find(db.session(), KEY)):
            it.opened_at = NOW + timedelta(hours=1)
        db.session.commit()
    page = says(client.get(f"{BOOTH}/"))
    assert ("Fill in the ballots" in page, "You can vote until" in page) == (True, False)


def test_a_delegate_reads_the_page_of_a_finalist_of_their_own_organisation(vote: Vote) -> None:
    with vote.app.app_context():
        begin_writing()
        own, lagos = vote.again().nomination("SV-1"), member(db.session(), "Lagos", names={"ko": "라고스"})
        before = nominations.standing_revision(own)
        same = {it.key: getattr(before, it.key) for it in inspect(NominationRevision).column_attrs}
        db.session.flush()
        same |= {"id": None, "number": before.number + 1, "organisation_id": lagos.id}
        db.session.add(NominationRevision(**same))
        own.submitted_number, vote.entry("one").organisation = before.number + 1, lagos
        db.session.commit()

    page = vote.browser("one").get(f"{BOOTH}/finalists/SV-1")

    assert (page.status_code, "Lagos" in says(page)) == (200, True)

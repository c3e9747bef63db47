"""The judge's pages of interests: titles and cities only, said at once, binding, kept from other eyes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from awards.models import (
    Assignment,
    AssignmentState,
    Declaration,
    Judge,
    JudgeState,
    Nomination,
)
from tests.web.interested import JUDGE, KEY, OTHER, SAME_TOWN, Bench
from tests.web.office import well
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LIST = f"/en/judging/{KEY}/interests"
QUEUE = f"/en/judging/{KEY}/"
FOUND = [(JUDGE, SAME_TOWN, "same_city"), (JUDGE, SAME_TOWN, "same_country")]


@pytest.fixture
def bench(site: Flask) -> Bench:
    return Bench(site)


def said(bench: Bench, *ticked: str, read: str = "yes", **more: str) -> list[tuple[str, str]]:
    fields = [("seen", bench.key(it)) for it in ("BN-01", "BN-02")]
    fields += [("interest", bench.key(it)) for it in ticked] + list(more.items())
    return [*fields, ("read", read)] if read else fields


def test_interests_are_asked_for_before_anything_is_issued(bench: Bench) -> None:
    judge = bench.at(JUDGE)
    asked = judge.get(QUEUE)

    assert (asked.status_code, asked.location) == (303, LIST)
    assert send(judge, LIST, said(bench)).status_code == 303
    assert judge.get(QUEUE).status_code == 200


def test_the_list_shows_titles_and_cities_and_nothing_else(bench: Bench) -> None:
    page = well(bench.at(JUDGE).get(LIST))

    assert "Project BN-01" in page
    assert "Town BN-01, South Korea" in page
    assert "It is of your own city" in page
    assert page.count('name="interest"') == 2
    assert not any(it in page for it in ("Kimson", "Shared.", "Writer BN", "City of BN-01"))


def test_one_tick_says_that_there_is_no_interest_in_the_others(bench: Bench) -> None:
    answer = send(bench.at(JUDGE), LIST, said(bench))

    assert (answer.status_code, answer.location) == (303, QUEUE)
    assert bench.kept_apart() == FOUND
    assert "You have declared your interests in all nominations" in well(bench.at(JUDGE).get(LIST))


def test_nothing_is_declared_unless_the_list_was_read_and_what_was_typed_comes_back(bench: Bench) -> None:
    why = {f"why-{bench.key('BN-01')}": "My sister works there."}

    answer = send(bench.at(JUDGE), LIST, said(bench, "BN-01", read="", **why))

    assert answer.status_code == 422
    assert "Say that you have read the list" in well(answer)
    assert "My sister works there." in answer.text
    assert f'value="{bench.key("BN-01")}" id="interest-{bench.key("BN-01")}" checked' in answer.text
    assert bench.kept_apart() == FOUND


def test_an_interest_is_named_once_more_before_it_binds(bench: Bench) -> None:
    asked = send(bench.at(JUDGE), LIST, said(bench, "BN-01"))
    before = bench.kept_apart()
    back = send(bench.at(JUDGE), LIST, said(bench, "BN-01", act="change"))

    done = send(bench.at(JUDGE), LIST, said(bench, "BN-01", act="sure"))

    assert "You will not read this nomination" in well(asked)
    assert "Project BN-02" not in asked.text
    assert "checked" in well(back)
    assert before == FOUND
    assert done.location == QUEUE
    assert bench.kept_apart() == [(JUDGE, "BN-01", "declared"), *FOUND]


def test_what_was_not_on_the_page_is_asked_next_time(bench: Bench) -> None:
    seen = [("seen", bench.key("BN-01")), ("read", "yes")]

    send(bench.at(JUDGE), LIST, seen)

    page = well(bench.at(JUDGE).get(LIST))
    assert "One nomination was added" in page
    assert page.count('name="seen"') == 1


def test_an_interest_in_one_nomination_is_declared_on_a_page_that_says_what_follows(bench: Bench) -> None:
    with bench.writing() as edition:
        from awards.extensions import db

        judge = db.session.scalars(select(Judge).join(Judge.account).where(Judge.id == 1)).one()
        nomination = db.session.scalars(select(Nomination).where(Nomination.reference == "BN-01")).one()
        db.session.add(Assignment(judge_id=judge.id, nomination_id=nomination.id, at=edition.created_at))
    address = f"/en/judging/{KEY}/n/BN-01/interest"

    page = well(bench.at(JUDGE).get(address))
    done = send(bench.at(JUDGE), address, {"reason": "An old friend."})
    after = bench.at(JUDGE).get(address)
    again = bench.at(JUDGE).post(address)

    assert "stay kept and do not count" in page
    assert (done.status_code, done.location) == (303, QUEUE)
    assert "You do not read this nomination" in well(after)
    assert (after.status_code, again.status_code in (303, 400, 404)) == (404, True)
    with bench.site.app_context():
        assert db.session.scalars(select(Assignment.state)).one() is AssignmentState.RECUSED
        assert db.session.scalars(select(Declaration.reason)).one() == "An old friend."


@pytest.mark.parametrize("reference", ["BN-99", "%00", "a/b", "x" * 500])
def test_what_is_no_nomination_of_theirs_is_not_there(bench: Bench, reference: str) -> None:
    assert bench.at(JUDGE).get(f"/en/judging/{KEY}/n/{reference}/interest").status_code == 404


def test_bad_forms_are_refused_in_words_and_never_break(bench: Bench) -> None:
    browser, key = bench.at(JUDGE), bench.key("BN-01")
    long = send(browser, LIST, said(bench, "BN-01", **{f"why-{key}": "x" * 500}))
    odd = send(
        browser, LIST, [("seen", "\ufffd"), ("interest", "no such key"), ("interest", "\0"), ("read", "yes")]
    )

    assert (long.status_code, "at most 400" in well(long)) == (422, True)
    assert odd.status_code == 303
    assert bench.kept_apart() == FOUND


def test_somebody_who_has_not_accepted_sees_no_title(bench: Bench) -> None:
    with bench.writing():
        from awards.extensions import db

        db.session.execute(update(Judge).values(state=JudgeState.INVITED))

    for address in (LIST, f"/en/judging/{KEY}/n/BN-01/interest"):
        answer = bench.at(JUDGE).get(address)
        assert (answer.status_code, answer.location) == (303, f"/en/judging/{KEY}/joining")
        assert "Project BN-01" not in answer.text


def test_a_reason_is_read_by_nobody_but_chair_and_secretariat(bench: Bench) -> None:
    send(bench.at(JUDGE), LIST, said(bench, "BN-01", act="sure", **{f"why-{bench.key('BN-01')}": "Quillon."}))

    assert "Quillon." not in bench.at(OTHER).get(LIST).text
    assert "Quillon." in bench.at("cy@screening.example").get(f"/en/secretariat/{KEY}/conflicts").text

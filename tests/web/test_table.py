"""The chair's table: nothing before the close; then standings, ties, the signature, by who may and nobody else."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from awards import decisions
from awards.extensions import db
from awards.models import Decision, DecisionKind, Grant, NominationState, Role
from tests.awards.play import NOW, statements
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def open_round(app: Flask, tmp_path: Path) -> Round:
    return Round(app, tmp_path)


@pytest.fixture
def table(open_round: Round) -> Round:
    open_round.mark_and_close()
    return open_round


def states(table: Round) -> dict[str, NominationState]:
    with table.app.app_context():
        from awards import nominations

        return {it.reference: it.state for it in nominations.of_edition(db.session(), table._play().edition)}


def decisions_of(table: Round, kind: DecisionKind) -> list[Decision]:
    with table.app.app_context():
        return list(db.session.query(Decision).filter(Decision.kind == kind).order_by(Decision.number))


def test_before_the_close_the_table_is_empty_for_everybody_and_the_same_whatever_was_marked(
    open_round: Round,
) -> None:
    paths = (
        "/",
        "/services",
        "/services/order",
        "/services/two",
        "/acts/sign",
        "/acts/reopened",
        "/minutes.pdf",
    )
    people = ("chair", "deputy", "olga", "auditor")

    def seen() -> list[tuple[int, str]]:
        return [
            (answer.status_code, re.sub(r'value="[^"]{20,}"', "", answer.text))
            for name in people
            for path in paths
            for answer in [open_round.get(name, path)]
        ]

    before = seen()
    open_round.mark_and_close(close=False)

    assert seen() == before
    assert {status for status, _ in before} == {200, 303}
    page = open_round.page("chair")
    assert "The first round is not closed" in page
    assert not any(word in page for word in ("N1", "Services", "9.00", "Thought"))
    assert open_round.get("ada").status_code == 404


def test_after_the_close_the_table_says_of_each_category_what_is_to_be_done(table: Round) -> None:
    chair, deputy = table.page("chair"), table.page("deputy")

    assert "Nominations are level at the cut; the chair decides" in chair
    assert "Order them" in chair
    assert "Settled, to be signed" in chair
    assert "Order them" not in deputy
    assert "Who decides: Chair Example." in deputy
    assert table.get("ada").status_code == 404


def test_the_standing_says_why_in_words_with_its_numbers(table: Round) -> None:
    page = table.page("chair", "/services")

    assert "Places 2 and 3 are level at 7." in page
    assert "The mean of the marks on “Services”: N2 7, N3 7. They stay level." in page
    assert "The chair decides among these: N2, N3. This step waits." in page
    assert "Thought of N4" in page
    assert "Ada Fictional" not in page
    assert "2 nominations stand here for 2 places, so all advance." in table.page("chair", "/openness")
    assert "동점" in table.page("chair", "/services", "ko")


def test_the_chair_orders_and_signs_and_everybody_reads_whose_word_it_was(table: Round) -> None:
    assert table.order().status_code == 303
    assert "The chair&#39;s order: N3, N2." in table.page("auditor", "/services")

    confirmation = table.page("chair", "/acts/sign")
    assert "Project N3" in confirmation
    assert "Project N2" not in confirmation
    assert table.sign(services="2", openness="1").status_code == 303

    assert states(table) == {
        "N1": NominationState.FINALIST,
        "N2": NominationState.NOT_SHORTLISTED,
        "N3": NominationState.FINALIST,
        "N4": NominationState.NOT_SHORTLISTED,
        "M1": NominationState.FINALIST,
        "M2": NominationState.FINALIST,
    }
    assert [it.signers[0]["as"] for it in decisions_of(table, DecisionKind.SHORTLIST)] == ["chair", "chair"]
    assert "N3 reaches more people." in table.page("olga", "/services")


def test_an_order_can_be_replaced_until_it_is_signed(table: Round) -> None:
    table.order()
    fields = {"place-0": "1", "reason": "On reflection N2.", "seen": "2"}

    assert table.post("chair", "/services/order", fields).status_code == 303

    first, second = decisions_of(table, DecisionKind.TIE)
    assert second.supersedes_id == first.id
    table.sign(services="3")
    assert table.get("chair", "/services/order").status_code == 303
    assert states(table)["N2"] is NominationState.FINALIST


def test_whoever_orders_level_ones_orders_them_anew_though_somebody_else_signs(table: Round) -> None:
    table.bind("chair", "N1")
    assert table.order().status_code == 303

    assert "Order them anew" in table.page("chair", "/services")
    assert "Order them anew" not in table.page("deputy", "/services")
    assert "Decide this order" in table.page("chair", "/services/order")
    refused = table.page("deputy", "/services/order")
    assert "Decide this order" not in refused
    assert "Who decides: Chair Example." in refused
    fields = {"place-0": "1", "reason": "On reflection N2.", "seen": "2"}
    assert table.post("chair", "/services/order", fields).status_code == 303
    assert table.sign("deputy", services="3").status_code == 303


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"place-0": "1", "place-1": "1", "reason": "x"}, "N2 and N3 have the same place."),
        ({"reason": "x"}, "Give at least one of them a place."),
        ({"place-0": "7", "reason": "x"}, "Choose one of the places."),
        ({"place-0": "1\x00", "reason": "\ud800"}, "Write why in this order"),
        ({"place-0": "2", "place-1": "1"}, "Write why in this order"),
        ({"place-0": "2", "place-1": "1", "reason": "x" * 1001}, "Write at most 1,000 characters."),
    ],
)
def test_a_wrong_order_is_given_back_as_it_was_typed(table: Round, fields: dict[str, str], says: str) -> None:
    if "\ud800" in fields["reason"] if "reason" in fields else False:
        fields = fields | {"reason": "\x00"}

    answer = table.post("chair", "/services/order", {"seen": "1"} | fields)

    assert answer.status_code == 422
    assert says in answer.text
    assert decisions_of(table, DecisionKind.TIE) == []


@pytest.mark.parametrize("name", ["deputy", "olga"])
def test_nobody_but_the_chair_orders_or_signs(table: Round, name: str) -> None:
    wrong = table.post(
        name,
        "/services/order",
        {"place-0": "1", "reason": "I may not.", "seen": "1"},
        page="/openness/two" if name == "olga" else "/",
    )
    signed = table.sign(name, openness="1")

    assert (wrong.status_code, signed.status_code) == (409, 409)
    assert "Who decides: Chair Example." in wrong.text
    assert decisions_of(table, DecisionKind.TIE) == decisions_of(table, DecisionKind.SHORTLIST) == []


def test_a_chair_with_a_conflict_gives_way_to_the_first_deputy_without_one(table: Round) -> None:
    table.bind("chair", "N2")

    assert "You have a conflict with: N2." in table.page("chair", "/services")
    assert "Thought of N2" not in table.page("chair", "/services")
    refused = table.order()
    assert refused.status_code == 409
    assert "Who decides: Deputy Example." in refused.text
    assert table.order("deputy").status_code == 303
    assert table.sign("chair", services="2").status_code == 409
    assert table.sign("deputy", services="2").status_code == 303
    assert [it.signers[0]["as"] for it in decisions_of(table, DecisionKind.SHORTLIST)] == ["deputy"]


def test_where_all_are_bound_the_ladder_goes_on_and_two_organisers_sign(table: Round) -> None:
    table.bind("chair", "N2")
    table.bind("deputy", "N3")

    assert "nobody at the table may decide" in table.page("olga")
    assert table.post("olga", "/services/go-on", {}, page="/services").status_code == 303
    page = table.page("olga", "/services")
    assert "The lot, drawn from the sealed seed" in page
    assert "because the chair and all deputies have a conflict. N2, N3" in page
    minutes = PdfReader(BytesIO(table.get("auditor", "/minutes.pdf").data))
    words = " ".join(" ".join(it.extract_text() for it in minutes.pages).split())
    assert "because the chair and all deputies have a conflict. N2, N3" in words
    long = table.post("olga", "/services/two", {"act": "propose", "seen": "2", "reason": "x" * 1001})
    assert (long.status_code, "Write at most 1,000 characters." in long.text) == (422, True)
    first = table.post("olga", "/services/two", {"act": "propose", "seen": "2", "reason": "All are bound."})
    page = table.page("omar", "/services/two")
    sha256 = re.search(r'name="sha256" value="([0-9a-f]+)"', page)
    assert first.status_code == 303
    assert sha256
    approve = {"act": "approve", "sha256": sha256[1]}
    table.bind("otto", "N4")
    bound = table.post("otto", "/services/two", approve)
    assert bound.status_code == 409
    assert "You have a conflict with: N4." in bound.text
    assert table.post("olga", "/services/two", approve).status_code == 409
    assert table.post("omar", "/services/two", approve).status_code == 303

    signed = decisions_of(table, DecisionKind.SHORTLIST)
    assert [[it["name"] for it in decision.signers] for decision in signed] == [
        ["Olga Example", "Omar Example"]
    ]


def test_a_first_signature_falls_with_the_standing_that_it_is_under(table: Round) -> None:
    table.bind("chair", "N2")
    table.bind("deputy", "N3")
    table.post("olga", "/services/go-on", {}, page="/services")
    propose = {"act": "propose", "reason": "All are bound."}
    assert table.post("olga", "/services/two", propose | {"seen": "2"}).status_code == 303
    stale = table.page("omar", "/services/two")
    sha256 = re.search(r'name="sha256" value="([0-9a-f]+)"', stale)
    assert sha256
    withdrawn = {"nomination": "N4", "act": "withdraw", "reason": "Written on paper."}
    table.post("olga", "/services/out", withdrawn, page="/services/out?nomination=N4")

    late = table.post("omar", "/services/two", {"act": "approve", "sha256": sha256[1]})

    assert late.status_code == 409
    page = table.page("omar", "/services/two")
    assert 'name="sha256"' not in page
    assert "Sign as the first" in page
    assert table.post("omar", "/services/two", propose | {"seen": "3"}).status_code == 303
    assert "Omar Example signed first" in table.page("olga", "/services/two")


def test_two_organisers_do_not_sign_while_somebody_at_the_table_may(table: Round) -> None:
    table.bind("chair", "M1")
    page = "/openness"

    answer = table.post("olga", "/openness/two", {"act": "propose", "seen": "1", "reason": "x"}, page="/")

    assert answer.status_code == 409
    assert "the chair or a deputy signs" in answer.text
    assert "Who decides: Deputy Example." in table.page("olga", page)


def test_without_a_chair_no_page_says_that_one_may_sign(table: Round) -> None:
    with table.app.app_context():
        for grant in db.session.scalars(select(Grant).where(Grant.role.in_([Role.CHAIR, Role.DEPUTY]))):
            grant.ended_at = NOW
        db.session.commit()

    page = table.page("olga", "/openness/two")

    assert "No chair is appointed" in page
    assert "the chair or a deputy signs" not in page


def test_what_was_counted_again_meanwhile_is_not_signed_or_ordered(table: Round) -> None:
    table.order()

    stale = table.order(seen="1")
    signed = table.sign(services="1")

    assert (stale.status_code, signed.status_code) == (409, 409)
    assert "counted again since you opened this page" in stale.text
    assert 'name="seen" value="2"' in stale.text
    assert "counted again since you opened this page" in signed.text
    assert table.sign(services="2").status_code == 303
    again = table.sign(services="2")
    assert again.status_code == 303
    assert "signed already" in table.page("chair")
    assert len(decisions_of(table, DecisionKind.SHORTLIST)) == 1


def test_a_tie_keeps_the_category_from_being_signed(table: Round) -> None:
    answer = table.sign(services="1", openness="1")

    assert answer.status_code == 409
    assert "the chair has not ordered them yet" in answer.text
    assert decisions_of(table, DecisionKind.SHORTLIST) == []


def test_the_minutes_are_a_draft_until_all_is_signed(table: Round) -> None:
    def text() -> str:
        answer = table.get("auditor", "/minutes.pdf")
        assert answer.mimetype == "application/pdf"
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)

    draft = text()
    table.order()
    table.sign(services="2", openness="1")
    final = text()

    assert "draft" in draft
    assert "draft" not in final.lower()
    assert "Ada Fictional" in final
    assert "N3 reaches more people." in final
    assert "Thought of" not in final


def test_the_minutes_list_each_waiver_with_its_number_and_reason(open_round: Round) -> None:
    with open_round.app.app_context():
        play = open_round._play()
        for name, kind in (("M1", DecisionKind.MINIMUM_WAIVED), ("M2", DecisionKind.CONFLICT_WAIVED)):
            decisions.decide(
                db.session(),
                play.edition,
                kind,
                actor=play.actor,
                now=NOW,
                category="openness",
                subject={"nomination": name, "round": "first"},
                reason=f"Why for {name}.",
            )
        db.session.commit()
    open_round.mark_and_close()

    answer = open_round.get("auditor", "/minutes.pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)

    assert "Nomination: M1" in text
    assert "Nomination: M2" in text
    assert "Why for M1." in text
    assert "Why for M2." in text


def test_the_pages_ask_for_the_same_number_of_statements_however_many_nominations(table: Round) -> None:
    counts = {}
    with table.app.app_context():
        for path in ("/services", "/openness", "/services", "/openness"):
            with statements(db.session) as run:
                table.page("auditor", path)
            counts[path] = len(run)

    assert counts["/services"] == counts["/openness"]

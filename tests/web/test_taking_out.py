"""The table's page for taking a nomination out after the close, and what the table says of a standing counted again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from awards import declarations, finalists, judges
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Nomination, NominationState
from tests.awards.play import NOW
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def table(app: Flask, tmp_path: Path) -> Round:
    made = Round(app, tmp_path)
    made.mark_and_close()
    return made


def state(table: Round, reference: str) -> NominationState:
    with table.app.app_context():
        return db.session.scalars(select(Nomination.state).where(Nomination.reference == reference)).one()


def declare(table: Round, *names: str) -> None:
    with table.app.app_context():
        begin_writing()
        play = table._play()
        for name in names:
            judge = judges.find(db.session(), play.edition, f"{name}@example.org")
            declarations.declare_one(
                db.session(),
                play.edition,
                judge,
                play.nomination("M1"),
                reason="",
                actor=Actor(judge.account, judge.account),
                now=NOW,
            )
        db.session.commit()


def announce(table: Round, now: datetime = NOW, *, visible_from: datetime | None = None) -> None:
    with table.app.app_context():
        begin_writing()
        play = table._play()
        finalists.announce(
            db.session(),
            play.edition,
            only=["openness"],
            visible_from=visible_from,
            actor=play.actor,
            now=now,
        )
        db.session.commit()


def test_the_chair_disqualifies_and_the_page_says_what_follows(table: Round) -> None:
    page = table.page("chair", "/services/out?nomination=N1")
    assert "Disqualify it and sign" in page
    assert "Record its withdrawal" not in page
    fields = {"nomination": "N1", "act": "disqualify"}
    assert table.post("chair", "/services/out", fields | {"reason": ""}).status_code == 422

    done = table.post("chair", "/services/out", fields | {"reason": "It copied another city's text."})

    assert done.status_code == 303
    assert state(table, "N1") is NominationState.DISQUALIFIED
    seen = table.page("auditor", "/services")
    assert "Counted without what was disqualified: N1" in seen
    assert "Earlier standing, number 1" in seen
    assert table.post("chair", "/services/out", fields | {"reason": "Again."}).status_code == 422
    assert table.get("auditor", "/minutes.pdf").status_code == 200


@pytest.mark.parametrize(
    ("name", "act", "status"),
    [
        ("olga", "disqualify", 409),
        ("deputy", "disqualify", 409),
        ("chair", "withdraw", 409),
        ("olga", "withdraw", 303),
    ],
)
def test_only_the_chair_disqualifies_and_only_an_organiser_records_a_withdrawal(
    table: Round, name: str, act: str, status: int
) -> None:
    fields = {"nomination": "N1", "act": act, "reason": "Written on paper."}

    assert (
        table.post(
            name,
            "/services/out",
            fields,
            page="/services/out?nomination=N1" if name != "deputy" else "/openness/two",
        ).status_code
        == status
    )
    assert (state(table, "N1") is NominationState.WITHDRAWN) is (status == 303)


def test_once_announced_nothing_is_taken_out(table: Round) -> None:
    table.sign(openness="1")
    announce(table)

    assert "Nothing is taken out on this page any more." in table.page("olga", "/openness/out")
    fields = {"nomination": "M1", "act": "withdraw", "reason": "Too late."}
    assert table.post("olga", "/openness/out", fields, page="/services/out?nomination=N1").status_code == 422
    assert state(table, "M1") is NominationState.FINALIST


def test_who_has_an_interest_in_a_rival_is_not_offered_to_disqualify(table: Round) -> None:
    table.bind("chair", "N2")

    page = table.page("chair", "/services/out?nomination=N1")

    assert "Disqualify it and sign" not in page
    assert "Who disqualifies: Deputy Example." in page
    assert "Disqualify it and sign" in table.page("deputy", "/services/out?nomination=N1")


def test_a_nomination_without_sheets_keeps_the_table_from_signing(table: Round) -> None:
    declare(table, "ada", "ben")

    page = table.page("chair", "/openness")

    assert "No sheet counts any more for: M1." in page
    assert "Sheets left out, a conflict of their judge came to light: M1" in page
    signed = table.sign(openness="3")
    assert signed.status_code == 409
    assert "No sheet counts any more for M1." in signed.text


def test_before_a_planned_announcement_the_table_leads_to_calling_it_off(table: Round) -> None:
    table.sign(openness="1")
    now = datetime.now(UTC)
    announce(table, now, visible_from=now + timedelta(days=2))

    for path in ("/openness", "/openness/out"):
        page = table.page("olga", path)
        assert "Nothing of it is changed before that is called off." in page
        assert f'href="/en/table/{table.key}/acts/call-off"' in page
    assert "/acts/call-off" not in table.page("chair", "/openness")
    declare(table, "ada")
    assert "Nothing of it is changed" not in table.page("olga", "/openness")
    assert "Settled, to be signed" in table.page("olga", "/openness")


def test_the_order_given_before_is_shown_once_it_has_lapsed(table: Round) -> None:
    table.order()
    fields = {"nomination": "N4", "act": "withdraw", "reason": "Written on paper."}
    table.post("olga", "/services/out", fields, page="/services/out?nomination=N4")

    page = table.page("chair", "/services/order")

    assert "Before the marks were counted again the order was: N3, N2 (decision" in page
    assert table.sign(services="3").status_code == 409


def test_a_category_without_sheets_is_named_among_those_not_announced(table: Round) -> None:
    table.order()
    table.sign(services="2")
    declare(table, "ada", "ben")

    page = table.page("olga", "/acts/announce")

    assert "Not signed yet, so not part of this announcement: Openness" in page


def test_a_category_from_which_everything_was_taken_is_still_shown_and_signed(table: Round) -> None:
    for reference in ("M1", "M2"):
        fields = {"nomination": reference, "act": "withdraw", "reason": "Written on paper."}
        here = f"/openness/out?nomination={reference}"
        assert table.post("olga", "/openness/out", fields, page=here).status_code == 303

    assert "No nomination stands here any more." in table.page("olga", "/openness")
    assert "No nomination stands here any more." in table.page("chair", "/")
    assert table.sign(openness="3").status_code == 303
    assert table.get("olga", "/minutes.pdf").status_code == 200
    assert "No nomination stands here any more." in table.page("olga", "/acts/announce")
    announce(table)
    public = table.app.test_client().get(f"/en/{table.key}/finalists")
    assert "No nomination stands here any more." in public.text

"""The embargo on an edition that came into being by the product's own commands."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from awards import editions, elections, envelopes
from awards.models import (
    Account,
    Badge,
    Certificate,
    Nomination,
    NominationRevision,
    NominationState,
    PublicElector,
    RollEntry,
)
from tests.web.demos import everything, play

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EDITION = "wego-awards-demo"
SHOWN = {NominationState.FINALIST, NominationState.WINNER, NominationState.NOT_AWARDED}


def judges_own(app: Flask) -> set[str]:
    """What stands in the addresses of judges' certificates and badges, which nobody but they can know."""
    from awards.extensions import db

    with app.app_context():
        codes = db.session.scalars(select(Certificate.code).where(Certificate.judge_id.is_not(None)))
        badges = db.session.scalars(select(Badge.public_id).where(Badge.judge_id.is_not(None)))
        return {*codes, *badges}


def read_everything(app: Flask, *, but: str = "") -> str:
    """What all public addresses answer, as one text; `but` one page of an edition and what judges alone can find."""
    own = judges_own(app) if but else set()
    return "\n".join(
        answer.get_data(as_text=True)
        for address, answer in everything(app).items()
        if answer.mimetype in ("text/html", "text/plain", "application/json")
        and not (but and (address.endswith(but) or any(it in address for it in own)))
    )


def nominations(app: Flask, *, shown: bool) -> list[tuple[str, str, str]]:
    """Reference, title and summary of those that pages may show once they are announced, or of the others."""
    from awards.extensions import db

    with app.app_context():
        found = db.session.execute(
            select(
                Nomination.reference, Nomination.state, NominationRevision.title, NominationRevision.summary
            ).join(NominationRevision, NominationRevision.nomination_id == Nomination.id)
        ).all()
    return [(row.reference, row.title, row.summary) for row in found if (row.state in SHOWN) is shown]


def named(texts: list[tuple[str, str, str]], pages: str) -> list[str]:
    return [
        text
        for reference, *long in texts
        for text in (reference, *long)
        if text and re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", pages)
    ]


def test_while_judges_mark_no_page_names_a_nomination(app: Flask, cli: FlaskCliRunner) -> None:
    play(cli, "first_round")

    everybody = nominations(app, shown=True) + nominations(app, shown=False)

    assert len({reference for reference, *_ in everybody}) == 68
    assert named(everybody, read_everything(app)) == []


def test_while_the_vote_is_open_no_page_and_no_log_names_an_elector_or_a_citizen(
    app: Flask, cli: FlaskCliRunner
) -> None:
    from awards.extensions import db

    play(cli, "second_round")
    with app.app_context():
        session, edition = db.session(), editions.find(db.session(), EDITION)
        for election in elections.of_the_public(session, edition):
            assert len(envelopes.lying(session, election)) > 30
        electors = session.scalars(select(RollEntry)).all()
        citizens = session.scalars(select(PublicElector)).all()
        told = {text for it in electors for text in (it.name, it.email, it.elector, it.public_id) if text}
        told |= {text for it in citizens for text in (it.network, it.domain) if text}

    pages = read_everything(app)

    assert len(told) > 100
    assert [it for it in told if it in pages] == []


def test_until_the_release_no_page_tells_who_has_won(app: Flask, cli: FlaskCliRunner) -> None:
    play(cli, "decided")
    client = app.test_client()

    pages = read_everything(app)

    assert client.get(f"/en/{EDITION}/winners").status_code == 404
    assert client.get(f"/en/{EDITION}/record").status_code == 404
    assert "최우수상</p>" not in pages
    assert "place 1" not in pages
    assert named(nominations(app, shown=False), pages) == []


def test_after_the_release_no_page_names_a_non_finalist_and_only_that_of_the_panel_a_judge(
    app: Flask, cli: FlaskCliRunner
) -> None:
    from awards.extensions import db

    play(cli, "published")

    pages = read_everything(app, but="/panel")
    with app.app_context():
        people = [name for name in db.session.scalars(select(Account.name)) if " " in name]

    finalists = nominations(app, shown=True)
    assert {reference for reference, *_ in finalists} <= set(named(finalists, pages))
    assert named(nominations(app, shown=False), pages) == []
    assert len(people) >= 7
    assert [name for name in people if name in pages] == []


def test_every_page_of_a_demo_is_marked_as_a_specimen(app: Flask, cli: FlaskCliRunner) -> None:
    play(cli, "published")

    pages = {
        address: answer.text
        for address, answer in everything(app).items()
        if answer.mimetype == "text/html" and answer.status_code not in (302, 308)
    }

    assert len(pages) > 100
    assert [address for address, text in pages.items() if '<p class="specimen"><strong>' not in text] == []

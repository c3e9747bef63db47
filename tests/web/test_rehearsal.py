"""The page of rehearsals: one button, how far it is, and a report that says what to do."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from awards.models import Job, Rehearsal, RehearsalState
from awards.rehearsing.findings import Kind
from awards.timetable import Phase
from awards.web.rehearsed_cases import CASES
from tests.web import world
from tests.web.office import KEY, Office
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGE = f"/secretariat/{KEY}/rehearsal"


def rehearsals_of(office: Office) -> list[Rehearsal]:
    from awards.extensions import db

    return list(db.session.scalars(select(Rehearsal).order_by(Rehearsal.number)))


def test_every_kind_of_finding_has_words_of_its_own(database: str) -> None:
    assert CASES.keys() == set(Kind)


def test_it_is_asked_for_by_a_button_twice_pressed_once_played_and_read(office: Office) -> None:
    organiser = office.at("organiser")
    assert "Rehearse this edition" in office.open(f"/en{PAGE}")

    first, second = (send(organiser, f"/en{PAGE}", {}) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    waiting = office.open(f"/en{PAGE}")
    assert "It waits for its turn." in waiting
    assert "Rehearse this edition" not in waiting
    with office.site.app_context():
        assert [it.state for it in rehearsals_of(office)] == [RehearsalState.WAITING]

    answer = office.site.test_cli_runner().invoke(args=["worker", "--once"])

    assert answer.exit_code == 0, answer.output
    with office.site.app_context():
        [row] = rehearsals_of(office)
        assert row.state is RehearsalState.DONE, row.answer
    page = office.open(f"/en{PAGE}")
    assert "Rehearse again" in page
    assert "Nobody is on the panel yet." in page
    assert f"/en/secretariat/{KEY}/panel/invite" in page or "Ask judges" in page
    assert "예행연습" in office.open(f"/ko{PAGE}")


def test_how_far_it_is_and_that_it_broke_is_said(office: Office) -> None:
    from awards.extensions import db

    send(office.at("organiser"), f"/en{PAGE}", {})
    with office.site.app_context():
        [row] = rehearsals_of(office)
        row.state, row.done, row.steps = RehearsalState.RUNNING, 4, 11
        db.session.commit()
    assert "Step 4 of 11." in office.open(f"/en{PAGE}")
    with office.site.app_context():
        [row] = rehearsals_of(office)
        row.state, row.answer = RehearsalState.FAILED, "OSError"
        db.session.commit()
    page = office.open(f"/en{PAGE}")
    assert "broke off" in page
    assert "Rehearse this edition" in page


def test_after_the_close_the_page_says_that_it_is_too_late(office: Office) -> None:
    from awards.extensions import db

    office.move(Phase.DELIBERATION)
    with office.site.app_context():
        office.edition().first_closed_at = world.NOW
        db.session.commit()

    page = office.open(f"/en{PAGE}")
    answer = send(office.at("organiser"), f"/en{PAGE}", {})

    assert "The first round is closed" in page
    assert "Rehearse this edition" not in page
    assert answer.status_code == 422
    with office.site.app_context():
        assert rehearsals_of(office) == []
        assert db.session.scalars(select(Job).where(Job.kind == "rehearsal.play")).all() == []

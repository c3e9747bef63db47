"""Closing the round: what is missing, the chair's waivers, the confirmation, a panel as second round."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from awards import decisions
from awards.models import (
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    Outbox,
    Suspicion,
    SuspicionKind,
)
from awards.timetable import Phase
from tests.web.marking import CHAIR, DEPUTY, DESK, NOW, TABLE, Round
from tests.web.office import well
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WHOLE = {"services": 7, "impact": 7}
CLOSING = f"{DESK}/closing"


@pytest.fixture
def round_(app: Flask) -> Iterator[Round]:
    with time_machine.travel(NOW, tick=False):
        yield Round(app)


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found, "the round can't be closed from here"
    return found[1]


def phase(round_: Round) -> Phase:
    with round_.site.app_context():
        return round_.edition().phase


def closings(round_: Round) -> list[Decision]:
    with round_.site.app_context():
        found = round_.session.scalars(select(Decision).where(Decision.kind == DecisionKind.ROUND_CLOSED))
        return list(found)


def test_with_too_few_sheets_the_page_says_which_and_why_and_has_no_button(round_: Round) -> None:
    round_.finish("ada")
    round_.give("ben", "N1", WHOLE)

    page = round_.open(CLOSING)
    forced = send(round_.at(), CLOSING, {"seen": "x", "reason": "Now."}, page=f"{DESK}/dates/zone")

    assert "1 of 2 submitted · one sheet left · enough judges have it" in " ".join(page.split())
    assert "Ben Fictional" in page
    assert 'name="seen"' not in page
    assert forced.status_code == 422
    assert "Nothing was closed" in well(forced)
    assert phase(round_) is Phase.FIRST_ROUND


def test_with_everything_submitted_it_closes_before_the_deadline_and_once(round_: Round) -> None:
    round_.finish("ada", "ben")
    look = seen(round_.open(CLOSING))
    other = seen(round_.open(CLOSING, "second@city.example"))

    first = send(round_.at(), CLOSING, {"seen": look}, page=f"{DESK}/dates/zone")
    second = send(round_.at("second@city.example"), CLOSING, {"seen": other}, page=f"{DESK}/dates/zone")

    assert (first.status_code, second.status_code) == (303, 200)
    assert "The round is closed." in well(second)
    assert "signed by Example Organiser" in second.text
    assert phase(round_) is Phase.DELIBERATION
    assert [it.reason for it in closings(round_)] == [""]
    assert "The round is closed." in round_.open(CLOSING)
    assert "the first round is closed" in round_.open(f"{DESK}/progress")


def test_closing_over_somebody_who_could_still_mark_takes_a_reason(round_: Round) -> None:
    round_.finish("ada", "ben")
    with round_.later(days=1):
        with round_.site.app_context():
            from tests.awards.play import judge

            round_.add(judges=[judge("cyd")])
        page = round_.open(CLOSING)
        mute = send(round_.at(), CLOSING, {"seen": seen(page), "reason": " "})
        done = send(round_.at(), CLOSING, {"seen": seen(page), "reason": "Cyd is ill and agrees."})

    assert "One judge can still mark and has sheets left. Close over them" in page
    assert (mute.status_code, done.status_code) == (422, 303)
    assert "while judges could still mark" in well(mute)
    assert [it.reason for it in closings(round_)] == ["Cyd is ill and agrees."]


def test_after_the_grace_it_closes_without_one_and_not_before(round_: Round) -> None:
    round_.finish("ada", "ben")
    with round_.site.app_context():
        from tests.awards.play import judge

        round_.add(judges=[judge("cyd")])
    with round_.later(days=20, hours=6, minutes=10):
        within = round_.open(CLOSING)
    with round_.later(days=20, hours=6, minutes=16):
        after = round_.open(CLOSING)

    assert ("Close over them" in within, "Close over them" in after) == (True, False)


def test_what_changed_since_it_was_read_is_read_again(round_: Round) -> None:
    round_.finish("ada", "ben")
    page = round_.open(CLOSING)
    with round_.site.app_context():
        from awards.extensions import begin_writing

        begin_writing()
        round_.session.add(
            Suspicion(
                judge_id=round_.judge("ada").id,
                nomination_id=round_.nomination("N1").id,
                kind=SuspicionKind.MAIL_DOMAIN,
                found_at=NOW,
            )
        )
        round_.session.commit()

    answer = send(round_.at(), CLOSING, {"seen": seen(page)})

    assert answer.status_code == 422
    assert "what is missing has changed" in well(answer)
    assert "One suspected conflict waits for a decision." in answer.text
    assert phase(round_) is Phase.FIRST_ROUND


def test_only_who_acts_as_chair_waives_the_minimum(round_: Round) -> None:
    round_.finish("ada")
    round_.give("ben", "N1", WHOLE, submit=True)
    page, form = f"{TABLE}/minimum", f"{TABLE}/minimum/N2"
    zone = f"{DESK}/dates/zone"
    fields = {"reason": "Only two judges read this language."}

    assert "N2" in round_.open(page, CHAIR)
    assert "Only Example Chair acts as chair here" in round_.open(form)
    by_organiser = send(round_.at(), form, fields, page=zone)
    by_deputy = send(round_.at(DEPUTY), form, fields, page="/en/today")
    mute = send(round_.at(CHAIR), form, {"reason": " "})
    by_chair = send(round_.at(CHAIR), form, fields)
    again = send(round_.at(CHAIR), form, fields, page="/en/today")

    assert [it.status_code for it in (by_organiser, by_deputy, mute, by_chair, again)] == [
        403,
        403,
        422,
        303,
        303,
    ]
    assert "1 sheet" not in well(by_deputy)
    with round_.site.app_context():
        (waived,) = decisions.of_edition(round_.session, round_.edition(), DecisionKind.MINIMUM_WAIVED)
        assert waived.signers[0]["as"] == "chair"
        assert waived.subject == {"nomination": "N2", "round": "first"}
    assert 'name="seen"' in round_.open(CLOSING)
    assert round_.at(CHAIR).get(f"{TABLE}/minimum/NOBODY").status_code == 404


def test_where_the_chair_has_a_conflict_the_first_deputy_waives(round_: Round) -> None:
    with round_.site.app_context():
        from awards.extensions import begin_writing
        from awards.models import Judge, JudgeState

        begin_writing()
        as_judge = Judge(
            edition_id=round_.edition().id,
            account_id=round_.account(CHAIR).id,
            state=JudgeState.ACCEPTED,
            at=NOW,
        )
        round_.session.add(as_judge)
        round_.session.flush()
        round_.session.add(
            Conflict(
                judge_id=as_judge.id,
                nomination_id=round_.nomination("N2").id,
                source=ConflictSource.DECLARED,
                found_at=NOW,
            )
        )
        round_.session.commit()
    form, fields = f"{TABLE}/minimum/N2", {"reason": "Few read it."}

    by_chair = send(round_.at(CHAIR), form, fields, page="/en/today")
    by_deputy = send(round_.at(DEPUTY), form, fields)

    assert (by_chair.status_code, by_deputy.status_code) == (403, 303)
    with round_.site.app_context():
        (waived,) = decisions.of_edition(round_.session, round_.edition(), DecisionKind.MINIMUM_WAIVED)
        assert waived.signers[0]["as"] == "deputy"


def test_the_chair_is_asked_once_a_day(round_: Round) -> None:
    answers = [send(round_.at(), f"{CLOSING}/ask", page=CLOSING).status_code for _ in range(2)]

    assert answers == [303, 303]
    with round_.site.app_context():
        (mail,) = round_.session.scalars(select(Outbox).where(Outbox.template == "waiver_asked"))
        assert (mail.recipient, mail.arguments["number"]) == (CHAIR, 2)


def test_the_overview_leads_to_closing_and_names_what_nobody_has(round_: Round) -> None:
    with round_.site.app_context():
        from awards.extensions import begin_writing
        from awards.models import NominationState

        begin_writing()
        round_.nomination("N2").state = NominationState.SUBMITTED
        round_.session.commit()
    undecided = round_.open(f"{DESK}/")
    with round_.site.app_context():
        from tests.awards.play import entry

        round_.add(entry("N3"), assign=False)

    page = round_.open(f"{DESK}/")

    assert "One nomination has no eligibility decision yet." in undecided
    assert (
        "nominations are assigned to nobody yet" in page or "One nomination is assigned to nobody yet" in page
    )
    assert f'href="{CLOSING}"' in page


def test_a_panel_as_second_round_is_closed_on_the_same_page(app: Flask) -> None:
    from awards import shortlists

    with time_machine.travel(NOW, tick=False):
        round_ = Round(app, second_round="panel", references=("N1", "N2"))
        round_.finish("ada", "ben")
        send(round_.at(), CLOSING, {"seen": seen(round_.open(CLOSING))})
        with app.app_context():
            from awards.extensions import begin_writing

            begin_writing()
            play = round_.again()
            shortlists.sign(play.session, play.edition, actor=play.actor, now=NOW)
            play.reach(Phase.SECOND_ROUND)
            play.assign()
            play.session.commit()
        before = round_.open(CLOSING)
        round_.finish("ada", "ben", mark=9)
        done = send(round_.at(), CLOSING, {"seen": seen(round_.open(CLOSING))})

        assert "Close the second round" in before
        assert "0 of 2 submitted" in before
        assert done.status_code == 303
        assert "The round is closed." in round_.open(CLOSING)
        with app.app_context():
            assert round_.edition().second_closed_at == NOW

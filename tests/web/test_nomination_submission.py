"""Submitting, receipts, lateness, withdrawal and corrections, as pages say them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards.models import (
    Decision,
    DecisionKind,
    Edition,
    LateRequest,
    Nomination,
    NominationReturn,
    NominationState,
    NominationSubmission,
    Told,
)
from awards.timetable import Phase
from tests.web import world
from tests.web.nominating import OFFICER, OTHER, begin, nomination_of, said_by
from tests.web.signing import csrf_of, faults_of, person, send, signed_in
from tests.web.test_nominations import CLOSES, form_of, home, save
from tests.web.test_public import text_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def press_submit(client: FlaskClient, identifier: str, hidden: dict[str, str] | None = None) -> TestResponse:
    address = f"{home(identifier)}submit"
    return send(client, address, hidden or form_of(client, address))


def opened_before(client: FlaskClient, identifier: str, page: str = "submit") -> dict[str, str]:
    """The form as it was opened now, with its token, to be sent later."""
    address = f"{home(identifier)}{page}"
    return form_of(client, address) | {"csrf_token": csrf_of(client, address)}


def rows(site: Flask, kind: type) -> int:
    from awards.extensions import db

    with site.app_context():
        return len(db.session.scalars(select(kind)).all())


def change(site: Flask, identifier: str, state: NominationState, *, told: DecisionKind | None = None) -> None:
    """Put a nomination where the secretariat has put it, and tell it or not."""
    from awards.extensions import begin_writing, db

    with site.app_context():
        begin_writing()
        nomination = nomination_of(identifier)
        nomination.state = state
        decision = Decision(
            edition_id=nomination.edition_id,
            number=700,
            kind=DecisionKind.ELIGIBILITY,
            nomination_id=nomination.id,
            subject={"eligible": state is not NominationState.INELIGIBLE},
            at=world.NOW,
        )
        db.session.add(decision)
        db.session.flush()
        if told:
            db.session.add(Told(decision_id=decision.id, by_id=nomination.nominator_id, at=world.NOW))
        db.session.commit()


def give_back(site: Flask, identifier: str, *fields: str, until: datetime) -> None:
    from awards.extensions import begin_writing, db

    with site.app_context():
        begin_writing()
        nomination = nomination_of(identifier)
        decision = Decision(
            edition_id=nomination.edition_id, number=701, kind=DecisionKind.RETURNED, at=world.NOW
        )
        db.session.add(decision)
        db.session.flush()
        db.session.add(
            NominationReturn(
                nomination_id=nomination.id,
                revision_number=nomination.submitted_number,
                fields=list(fields),
                note="Say for whom it was a problem.",
                local="2026-05-10T23:59:00",
                zone="Asia/Seoul",
                until=until,
                decision_id=decision.id,
                at=world.NOW,
            )
        )
        nomination.state = NominationState.RETURNED
        db.session.commit()


def move(site: Flask, phase: Phase) -> None:
    from awards.extensions import begin_writing, db

    with site.app_context():
        begin_writing()
        db.session.scalars(select(Edition).where(Edition.key == world.OPEN)).one().phase = phase
        db.session.commit()


def test_a_submission_gives_a_receipt_to_print(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)

    answer = press_submit(client, identifier)
    page = client.get(answer.headers["Location"])
    text = text_of(page.text)

    assert answer.status_code == 303
    assert faults_of(page.text) == []
    for words in ("OC-01", "Monday 4 May 2026, 18:00 in Seoul", "Monday 4 May 2026, 09:00 in UTC", "in time"):
        assert words in text, words
    assert re.search(r"[0-9a-f]{64}", page.text)
    assert "We asked the people at the stops." in text
    assert "Submitted on Monday 4 May 2026" in text_of(client.get(home(identifier)).text)


def test_submitting_twice_leads_to_the_same_receipt(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    form = opened_before(client, identifier)

    first, second = (client.post(f"{home(identifier)}submit", data=form) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert rows(site, NominationSubmission) == 1


def test_what_is_missing_is_listed_with_links_to_the_questions(site: Flask) -> None:
    identifier = begin(site, summary="", problem="")
    client = signed_in(site, OFFICER)
    hidden = opened_before(client, begin(site, title="Whole")) | {"revision": "2"}

    answer = client.post(f"{home(identifier)}submit", data=hidden)

    assert answer.status_code == 422
    assert faults_of(answer.text) == []
    assert f'href="{home(identifier)}basics?missing=1#field-summary"' in answer.text
    page = client.get(f"{home(identifier)}basics?missing=1").text
    assert "Summary: This is still to be answered." in text_of(page)
    assert rows(site, NominationSubmission) == 0


def test_a_text_changed_by_somebody_else_is_not_submitted_unread(site: Flask) -> None:
    identifier = begin(site)
    client = signed_in(site, OFFICER)
    stale = opened_before(client, identifier)
    save(client, f"{home(identifier)}basics", ("title", "Changed meanwhile"))

    answer = client.post(f"{home(identifier)}submit", data=stale)

    assert answer.status_code == 409
    assert "has saved a newer text since you opened this page" in answer.text
    assert faults_of(answer.text) == []
    assert rows(site, NominationSubmission) == 0


def test_a_later_change_says_that_the_submitted_text_stands(site: Flask) -> None:
    identifier = begin(site, submitted=True)
    client = signed_in(site, OFFICER)
    save(client, f"{home(identifier)}basics", ("title", "Buses and trams"))
    sentence = "The submitted text of Monday 4 May 2026 stands until you submit again."

    receipt = re.findall(r"receipt/[\w-]+", client.get(home(identifier)).text)[0]

    assert sentence in text_of(client.get(home(identifier)).text)
    assert sentence in text_of(client.get(home(identifier) + receipt).text)
    assert "changed since, and not submitted again" in client.get("/en/nominations/").text
    page = text_of(client.get(home(identifier) + receipt).text)
    assert "Buses that say when they come" in page
    answer = press_submit(client, identifier)
    assert "OC-01" in client.get(answer.headers["Location"]).text
    assert "A newer one has been submitted since" in client.get(home(identifier) + receipt).text


@pytest.mark.parametrize(
    ("after", "reached"), [(timedelta(minutes=15), 303), (timedelta(minutes=15, seconds=1), 409)]
)
def test_a_form_opened_in_time_counts_within_the_grace(
    site: Flask, at_noon: time_machine.Traveller, after: timedelta, reached: int
) -> None:
    identifier = begin(site)
    at_noon.move_to(CLOSES - timedelta(minutes=5))
    client = signed_in(site, OFFICER)
    form = opened_before(client, identifier)

    at_noon.move_to(CLOSES + after)
    answer = client.post(f"{home(identifier)}submit", data=form)

    assert answer.status_code == reached
    assert rows(site, NominationSubmission) == (reached == 303)


def test_a_form_opened_after_the_deadline_has_no_grace(site: Flask, at_noon: time_machine.Traveller) -> None:
    identifier = begin(site)
    at_noon.move_to(CLOSES + timedelta(minutes=1))
    client = signed_in(site, OFFICER)

    answer = client.get(f"{home(identifier)}submit")

    assert answer.status_code == 409
    assert "The deadline was Sunday 17 May 2026, 23:59 in Seoul" in text_of(answer.text)
    assert faults_of(answer.text) == []


def test_who_was_writing_at_the_deadline_may_still_submit_within_the_grace(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    identifier = begin(site)
    at_noon.move_to(CLOSES - timedelta(minutes=5))
    client = signed_in(site, OFFICER)
    form = opened_before(client, identifier, "basics")

    at_noon.move_to(CLOSES + timedelta(minutes=5))
    saved = client.post(
        f"{home(identifier)}basics", data={**form, "asked": "title", "title": "At the last minute"}
    )
    answer = press_submit(client, identifier)

    assert saved.status_code == 303
    assert answer.status_code == 303
    assert said_by(site, identifier)["title"] == "At the last minute"


def test_a_token_that_is_not_ours_opens_nothing(site: Flask, at_noon: time_machine.Traveller) -> None:
    identifier, other = begin(site), begin(site, title="Another")
    at_noon.move_to(CLOSES - timedelta(minutes=5))
    client = signed_in(site, OFFICER)
    form = opened_before(client, identifier)
    of_another = opened_before(client, other)

    at_noon.move_to(CLOSES + timedelta(minutes=5))
    for token in ("", "made up", of_another["opened"]):
        answer = client.post(f"{home(identifier)}submit", data=form | {"opened": token})
        assert answer.status_code == 409, token
    assert rows(site, NominationSubmission) == 0


def test_what_is_sent_too_late_is_kept_and_may_be_asked_for(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    identifier = begin(site)
    at_noon.move_to(CLOSES - timedelta(minutes=5))
    client = signed_in(site, OFFICER)
    form = opened_before(client, identifier, "basics")

    at_noon.move_to(CLOSES + timedelta(hours=1))
    client.post(f"{home(identifier)}basics", data={**form, "asked": "title", "title": "Typed for an hour"})
    page = client.get(home(identifier)).text
    late = send(client, f"{home(identifier)}late", {"reason": "The power was out."})

    assert said_by(site, identifier)["title"] == "Typed for an hour"
    assert "What you wrote is kept, and it is not submitted." in text_of(page)
    assert "Ask for late acceptance" in page
    assert late.status_code == 303
    assert "The secretariat has not answered yet." in client.get(home(identifier)).text
    assert rows(site, LateRequest) == 1


@pytest.mark.parametrize(
    ("accepted", "sentence"), [(True, "It was accepted."), (False, "It was not accepted.")]
)
def test_what_became_of_a_request_for_late_acceptance_stands_on_the_page(
    site: Flask, at_noon: time_machine.Traveller, accepted: bool, sentence: str
) -> None:
    from awards import submitting
    from awards.extensions import begin_writing, db

    identifier = begin(site)
    at_noon.move_to(CLOSES + timedelta(hours=1))
    client = signed_in(site, OFFICER)
    send(client, f"{home(identifier)}late", {"reason": "The power was out."})
    with site.app_context():
        begin_writing()
        asked = db.session.scalars(select(LateRequest)).one()
        submitting.decide_late(
            db.session(),
            asked,
            accepted=accepted,
            reason="So the organisers found.",
            actor=world.actor(db.session()),
            now=CLOSES + timedelta(hours=2),
        )
        db.session.commit()

    page = text_of(client.get(home(identifier)).text)

    assert sentence in page
    assert "So the organisers found." in page


def test_late_acceptance_asks_for_a_reason(site: Flask, at_noon: time_machine.Traveller) -> None:
    identifier = begin(site)
    at_noon.move_to(CLOSES + timedelta(hours=1))
    client = signed_in(site, OFFICER)

    answer = send(client, f"{home(identifier)}late", {"reason": " \0 "})

    assert answer.status_code == 422
    assert "Say why it comes late" in answer.text
    assert faults_of(answer.text) == []


def test_in_time_the_page_for_late_ones_leads_to_the_submission(site: Flask) -> None:
    identifier = begin(site)

    answer = signed_in(site, OFFICER).get(f"{home(identifier)}late")

    assert answer.headers["Location"] == f"{home(identifier)}submit"


def test_after_the_deadline_nothing_is_changed_silently(site: Flask, at_noon: time_machine.Traveller) -> None:
    identifier = begin(site, submitted=True)
    at_noon.move_to(CLOSES + timedelta(hours=1))
    client = signed_in(site, OFFICER)
    page = client.get(f"{home(identifier)}basics")
    token = csrf_of(client, f"/en/nominations/{identifier}/")

    answer = client.post(
        f"{home(identifier)}basics",
        data={"csrf_token": token, "base": "2", "asked": "title", "title": "After the deadline"},
    )

    assert "closed, so this part can be read and not changed" in page.text
    assert faults_of(page.text) == []
    assert answer.status_code == 409
    assert "After the deadline" in answer.text
    assert faults_of(answer.text) == []
    assert said_by(site, identifier)["title"] == "Buses that say when they come"


@pytest.mark.parametrize("submitted", [True, False])
def test_a_withdrawal_names_the_thing_and_can_be_undone(site: Flask, submitted: bool) -> None:
    identifier = begin(site, submitted=submitted)
    client = signed_in(site, OFFICER)
    question = client.get(f"{home(identifier)}withdraw").text
    assert "Buses that say when they come" in question

    send(client, f"{home(identifier)}withdraw", {"reason": "Stopped."})
    page = client.get(home(identifier))
    again = client.post(f"{home(identifier)}again", data={"csrf_token": csrf_of(client, home(identifier))})

    assert "Withdrawn" in text_of(page.text)
    assert faults_of(page.text) == []
    assert "Give the consents again and submit it" in client.get(again.headers["Location"]).text
    copy = again.headers["Location"].split("/")[-2]
    assert copy != identifier
    assert said_by(site, copy)["title"] == "Buses that say when they come"
    assert faults_of(client.get(f"{home(identifier)}withdraw").text) == []
    assert client.get(f"{home(identifier)}withdraw").status_code == 409


def test_once_the_first_round_is_closed_the_secretariat_withdraws(site: Flask) -> None:
    identifier = begin(site, submitted=True)
    client = signed_in(site, OFFICER)
    move(site, Phase.FIRST_ROUND)
    assert "Withdraw this nomination</button>" in client.get(f"{home(identifier)}withdraw").text
    move(site, Phase.DELIBERATION)

    answer = client.get(f"{home(identifier)}withdraw")

    assert answer.status_code == 409
    assert "only the secretariat takes a nomination out" in answer.text
    assert faults_of(client.get(home(identifier)).text) == []


def test_a_returned_nomination_opens_only_what_was_named(site: Flask) -> None:
    identifier = begin(site, submitted=True)
    until = datetime(2026, 5, 10, 14, 59, tzinfo=UTC)
    give_back(site, identifier, "problem", until=until)
    move(site, Phase.SCREENING)
    client = signed_in(site, OFFICER)
    page = client.get(home(identifier))
    text = text_of(page.text)

    section = re.findall(r'nominations/[\w-]+/(\w+)">', page.text)
    for name in set(section) - {"preview", "submit", "withdraw", "people"}:
        answer = client.get(f"{home(identifier)}{name}")
        assert faults_of(answer.text) == [], name
        assert re.findall(r'name="asked" value="(\w+)"', answer.text) in ([], ["problem"]), name
    for words in ("Returned to you on Monday 4 May 2026. Say for whom it was a problem.", "Problem"):
        assert words in text
    assert "Sunday 10 May 2026, 23:59 in Seoul, 14:59 in UTC" in text
    assert faults_of(page.text) == []


def test_a_field_that_was_not_named_stays_as_it_was(site: Flask) -> None:
    identifier = begin(site, submitted=True)
    give_back(site, identifier, "summary", until=datetime(2026, 5, 10, 14, 59, tzinfo=UTC))
    client = signed_in(site, OFFICER)

    sent = save(client, f"{home(identifier)}basics", ("title", "Slipped in"), ("summary", "Mended."))
    assert sent.status_code == 409
    assert "Slipped in" in sent.text
    assert faults_of(sent.text) == []
    answer = press_submit(client, identifier)

    assert answer.status_code == 303
    assert said_by(site, identifier)["title"] == "Buses that say when they come"
    assert said_by(site, identifier)["summary"] == "Mended."
    with site.app_context():
        assert nomination_of(identifier).state is NominationState.SUBMITTED


@pytest.mark.parametrize("state", [NominationState.ELIGIBLE, NominationState.INELIGIBLE])
def test_a_verdict_is_not_shown_before_it_is_released(site: Flask, state: NominationState) -> None:
    identifier = begin(site, submitted=True)
    move(site, Phase.SCREENING)
    change(site, identifier, state)

    page = text_of(signed_in(site, OFFICER).get(home(identifier)).text)

    assert "ligible" not in page
    assert "It is being checked against the rules." in page


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (NominationState.ELIGIBLE, "It meets the rules and takes part."),
        (NominationState.FINALIST, "It meets the rules and takes part."),
        (NominationState.NOT_SHORTLISTED, "It meets the rules and takes part."),
        (NominationState.INELIGIBLE, "The decision says why, and what you can do."),
    ],
)
def test_a_released_verdict_is_shown_and_what_comes_later_is_not(
    site: Flask, state: NominationState, sentence: str
) -> None:
    identifier = begin(site, submitted=True)
    move(site, Phase.SCREENING)
    change(site, identifier, state, told=DecisionKind.ELIGIBILITY)
    client = signed_in(site, OFFICER)

    page = client.get(home(identifier))

    assert sentence in text_of(page.text)
    assert "inalist" not in text_of(page.text)
    assert faults_of(page.text) == []
    assert "Eligible" in client.get("/en/nominations/").text or state is NominationState.INELIGIBLE


def test_the_list_asks_as_much_of_the_database_for_three_as_for_one(site: Flask) -> None:
    from sqlalchemy import event

    from awards.extensions import db

    def queries(email: str) -> int:
        client, asked = signed_in(site, email), []
        note = lambda *_: asked.append(1)  # noqa: E731
        with site.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            client.get("/en/nominations/")
            event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    begin(site, submitted=True)
    for title in ("One", "Two", "Three"):
        begin(site, OTHER, submitted=True, title=title)

    assert queries(OFFICER) == queries(OTHER)


def test_a_draft_that_nobody_submitted_says_so_after_the_close(site: Flask) -> None:
    identifier = begin(site)
    move(site, Phase.FIRST_ROUND)
    client = signed_in(site, OFFICER)

    assert "It was not submitted, and nominations are closed." in text_of(client.get(home(identifier)).text)
    answer = client.get(f"{home(identifier)}submit")
    assert answer.status_code == 409
    assert "Nominations are closed." in text_of(answer.text)
    assert faults_of(answer.text) == []
    with site.app_context():
        person(OTHER)
        assert isinstance(nomination_of(identifier), Nomination)


def test_what_is_begun_again_after_the_deadline_says_that_it_cannot_be_submitted(
    site: Flask, at_noon: time_machine.Traveller
) -> None:
    identifier = begin(site, submitted=True)
    client = signed_in(site, OFFICER)
    send(client, f"{home(identifier)}withdraw", {"reason": "Stopped."})
    at_noon.move_to(datetime(2026, 5, 17, 16, 0, tzinfo=UTC))
    client = signed_in(site, OFFICER)

    again = client.post(f"{home(identifier)}again", data={"csrf_token": csrf_of(client, home(identifier))})

    assert (
        "The deadline has passed, so it can&#39;t be submitted" in client.get(again.headers["Location"]).text
    )

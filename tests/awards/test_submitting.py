"""Submitting: in time, within the grace, too late; again, twice, given back, and against a close of the phase."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    categories,
    deadlines,
    drafts,
    editions,
    organisations,
    receipts,
    reviews,
    screening,
    sections,
    submitting,
    windows,
)
from awards.fields import FaultKind
from awards.models import (
    CategoryClosure,
    Edition,
    Nomination,
    NominationEditor,
    NominationState,
    NominationSubmission,
    Outbox,
    Timeliness,
)
from awards.timetable import IllegalTransition, Phase
from tests.awards.builders import NOW, edition_of, move, nominate, nomination_row
from tests.awards.writing_a_nomination import AFTER, CLOSES, FIELDS, RULES, Desk

Work = scoped_session[Session]


@pytest.fixture
def desk(session: Work) -> Desk:
    return Desk(session)


def letters(session: Work, template: str) -> list[Outbox]:
    return list(session.scalars(select(Outbox).where(Outbox.template == template).order_by(Outbox.id)))


def test_a_complete_draft_is_submitted_with_a_reference_and_a_receipt(session: Work, desk: Desk) -> None:
    nomination = desk.draft()

    made = desk.submit(nomination)

    revision = drafts.latest(session, nomination)
    assert (nomination.state, nomination.reference) == (NominationState.SUBMITTED, "SE-01")
    assert (nomination.submitted_number, nomination.submitted_at) == (revision.number, NOW)
    assert nomination.imported_columns is None
    assert (made.sha256, made.timeliness) == (drafts.digest(revision), Timeliness.IN_TIME)
    (letter,) = letters(session, "receipt")
    assert letter.arguments["reference"] == "SE-01"
    assert letter.arguments["sha256"] == made.sha256
    assert letter.arguments["path"] == f"/nominations/{nomination.public_id}/receipt/{made.public_id}"


def test_everybody_who_writes_it_gets_the_receipt(session: Work, desk: Desk) -> None:
    nomination = desk.draft()
    for email, ended in (("second@city.example", None), ("gone@city.example", NOW)):
        other = desk.somebody(email)
        session.add(
            NominationEditor(nomination_id=nomination.id, account_id=other.account.id, at=NOW, ended_at=ended)
        )

    desk.submit(nomination)

    assert [it.recipient for it in letters(session, "receipt")] == [
        "officer@city.example",
        "second@city.example",
    ]


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ({"title": ""}, ["title"]),
        ({"summary": "", "city": "", "country": ""}, ["summary", "city", "country"]),
        ({"organisation_name": ""}, ["organisation_name"]),
        ({"declaration": False}, ["declaration"]),
        ({"problem": "word " * 21}, ["problem"]),
        ({"problem": "", "language": "ko"}, ["titles", "summaries", "problem"]),
    ],
)
def test_what_is_missing_is_listed_and_nothing_is_submitted(
    session: Work, desk: Desk, said: dict[str, object], lacks: list[str]
) -> None:
    nomination = desk.draft(**said)

    with pytest.raises(submitting.Incomplete) as refused:
        desk.submit(nomination)

    assert [gap.fault.field for gap in refused.value.gaps] == lacks
    assert nomination.state is NominationState.DRAFT
    assert receipts.of_nomination(session, nomination) == []


def test_a_person_needs_neither_organisation_nor_city(desk: Desk) -> None:
    nomination = desk.draft(nominee_kind="individual", organisation_name="Kim Example", city="")

    assert desk.submit(nomination).number == 1


def test_nobody_is_nominated_without_a_name(desk: Desk) -> None:
    nomination = desk.draft(nominee_kind="individual", organisation_name="", city="")

    with pytest.raises(submitting.Incomplete) as refused:
        desk.submit(nomination)

    assert [gap.fault.field for gap in refused.value.gaps] == ["nominee_name"]


def test_what_lacks_outside_the_open_fields_keeps_no_correction_from_being_submitted(desk: Desk) -> None:
    nomination = desk.submitted()
    desk.write(nomination, problem="")
    nomination.submitted_number = drafts.latest(desk.session(), nomination).number
    desk.give_back(nomination, "title", until=CLOSES + timedelta(days=9))
    desk.write(nomination, title="A better title")

    assert desk.submit(nomination).timeliness is Timeliness.RETURNED


def test_a_kind_of_organisation_that_needs_its_citys_approval_is_asked_for_it(
    session: Work, desk: Desk
) -> None:
    company = organisations.make("Example Transit", country="KR", kind="corporation")
    session.add(company)
    session.flush()
    nomination = desk.draft(organisation_id=company.id)
    revision = drafts.latest(session(), nomination)
    rules = editions.rules_of(session(), desk.edition)
    asking = replace(rules, eligibility=replace(rules.eligibility, city_approval=("corporation",)))

    assert submitting.asked_besides(asking, revision) == {"city_approval"}
    assert submitting.asked_besides(rules, revision) == frozenset()


def test_those_who_write_a_nomination_are_told_of_its_own_deadline(session: Work, desk: Desk) -> None:
    mine, other = desk.draft(), desk.draft(category="mobility")

    deadlines.grant(
        session(),
        desk.edition,
        datetime(2026, 12, 24, 23, 59),  # noqa: DTZ001 (local, as stated)
        zone="Asia/Seoul",
        reason="A flood.",
        nomination=mine,
        actor=desk.operator,
        now=NOW,
    )

    told = session.scalars(select(Outbox).where(Outbox.template == "date_moved")).all()
    assert {message.arguments["path"] for message in told} == {f"/nominations/{mine.public_id}/"}
    assert other.public_id != mine.public_id


def test_a_language_that_the_rules_do_not_allow_is_missing(session: Work) -> None:
    desk = Desk(session)
    nomination = desk.draft()
    desk.write(nomination, language="xx")

    with pytest.raises(submitting.Incomplete) as refused:
        desk.submit(nomination)

    assert [gap.fault.field for gap in refused.value.gaps] == ["language"]


def test_references_follow_those_that_the_category_has(session: Work, desk: Desk) -> None:
    nominate(session, desk.edition, desk.operator, nomination_row("SV-14"), nomination_row("SV-9"))
    nomination = desk.draft()

    desk.submit(nomination)

    assert nomination.reference == "SV-15"


def test_two_categories_never_share_letters(session: Work, desk: Desk) -> None:
    nominate(session, desk.edition, desk.operator, nomination_row("SE-1", category="mobility"))
    nomination = desk.draft()

    desk.submit(nomination)

    assert nomination.reference == "SER-01"


@pytest.mark.parametrize(
    ("sent", "opened", "timeliness"),
    [
        (CLOSES, CLOSES, Timeliness.IN_TIME),
        (CLOSES + AFTER, CLOSES, Timeliness.GRACE),
        (CLOSES + timedelta(minutes=15), CLOSES - timedelta(hours=1), Timeliness.GRACE),
    ],
)
def test_the_deadline_to_the_second_and_the_grace_for_forms_opened_in_time(
    desk: Desk, sent: object, opened: object, timeliness: Timeliness
) -> None:
    nomination = desk.draft()

    made = desk.submit(nomination, now=sent, opened=opened)  # type: ignore[arg-type]

    assert made.timeliness is timeliness


@pytest.mark.parametrize(
    ("sent", "opened"),
    [
        (CLOSES + timedelta(minutes=15) + AFTER, CLOSES - timedelta(hours=1)),
        (CLOSES + AFTER, CLOSES + AFTER),
        (CLOSES + timedelta(minutes=5), None),
    ],
)
def test_beyond_the_grace_or_opened_too_late_it_is_kept_and_not_submitted(
    session: Work, desk: Desk, sent: object, opened: object
) -> None:
    nomination = desk.draft()

    with pytest.raises(submitting.TooLate):
        submitting.submit(session, nomination, opened=opened, actor=desk.officer, now=sent)  # type: ignore[arg-type]

    assert nomination.state is NominationState.DRAFT
    assert drafts.latest(session, nomination).title == "Buses that say when they come"


def test_an_own_deadline_holds_also_after_the_phase_has_moved_on(session: Work, desk: Desk) -> None:
    nomination, other = desk.draft(), desk.draft(title="Another one")
    desk.own_deadline(nomination, CLOSES + timedelta(days=2))
    move(session, desk.edition, Phase.SCREENING, desk.operator)
    later = CLOSES + timedelta(days=1)

    made = desk.submit(nomination, now=later)

    assert made.timeliness is Timeliness.OWN_DEADLINE
    assert reviews.review(session, desk.edition).findings[nomination.reference] == ()
    with pytest.raises(submitting.TooLate):
        desk.submit(other, now=later)


def test_the_submitted_text_stands_until_the_newer_one_is_submitted(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    first = nomination.submitted_number

    newer = desk.write(nomination, title="Buses and trams")

    assert nomination.submitted_number == first
    assert submitting.unsubmitted(session, desk.edition) == [nomination]
    made = desk.submit(nomination, now=NOW + AFTER)
    assert (made.number, made.revision_number, nomination.submitted_number) == (2, newer, newer)
    assert nomination.reference == "SE-01"
    assert submitting.unsubmitted(session, desk.edition) == []


def test_a_change_that_was_taken_back_waits_for_nothing(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()

    desk.write(nomination, title="Something else")
    desk.write(nomination, title="Buses that say when they come")

    assert submitting.unsubmitted(session, desk.edition) == []


def test_pressing_submit_twice_gives_one_receipt(session: Work, desk: Desk) -> None:
    nomination = desk.draft()

    first = desk.submit(nomination)
    second = desk.submit(nomination, now=CLOSES + timedelta(hours=1))

    assert first.public_id == second.public_id
    assert len(letters(session, "receipt")) == 1


def test_a_text_that_somebody_changed_meanwhile_is_not_submitted_unread(session: Work, desk: Desk) -> None:
    nomination = desk.draft()
    read = drafts.latest(session, nomination).number
    desk.write(nomination, title="Changed by a colleague")

    with pytest.raises(submitting.ChangedMeanwhile):
        submitting.submit(session, nomination, opened=NOW, number=read, actor=desk.officer, now=NOW)


def test_a_returned_nomination_opens_the_named_fields_until_its_date(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    move(session, desk.edition, Phase.SCREENING, desk.operator)
    until = CLOSES + timedelta(days=5)
    returned = desk.give_back(nomination, "problem", until=until)

    with pytest.raises(drafts.FieldClosed):
        desk.write(nomination, title="Something else")
    desk.write(nomination, problem="Nobody at the stops knew when a bus would come.")
    with pytest.raises(submitting.TooLate):
        desk.submit(nomination, now=until + timedelta(minutes=16), opened=until)
    made = desk.submit(nomination, now=until)

    assert made.timeliness is Timeliness.RETURNED
    assert returned.answered_number == made.revision_number
    assert nomination.submitted_at == NOW
    assert reviews.review(session, desk.edition).findings[nomination.reference] == ()


def test_what_was_never_submitted_does_not_slip_in_with_a_correction(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    desk.write(nomination, title="Never submitted", problem="Never submitted either.")
    desk.give_back(nomination, "problem", until=CLOSES)

    desk.submit(nomination)

    standing = drafts.revision(session, nomination, nomination.submitted_number or 0)
    assert standing is not None
    assert standing.title == "Buses that say when they come"
    assert standing.content["problem"] == "Never submitted either."


def test_what_was_decided_is_not_written_any_more(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    move(session, desk.edition, Phase.SCREENING, desk.operator)
    screening.decide(session, desk.edition, nomination.reference, eligible=True, actor=desk.operator, now=NOW)

    with pytest.raises(drafts.NotEditable):
        desk.write(nomination, title="Something else")
    with pytest.raises(drafts.NotEditable):
        desk.submit(nomination)


def test_when_nominations_close_drafts_stay_drafts_and_nothing_counts_them(session: Work, desk: Desk) -> None:
    draft = desk.draft()
    move(session, desk.edition, Phase.SCREENING, desk.operator)

    assert draft.state is NominationState.DRAFT
    assert reviews.review(session, desk.edition).nominations == ()
    with pytest.raises(categories.CategoryEmpty):
        categories.close(
            session,
            desk.edition,
            "services",
            categories.Closing.CANCEL,
            reason="Nobody entered.",
            actor=desk.operator,
            now=NOW,
        )


def test_a_category_that_was_closed_takes_no_submission(session: Work, desk: Desk) -> None:
    nomination = desk.draft()
    nominate(session, desk.edition, desk.operator, nomination_row("SV-1"))
    categories.close(
        session,
        desk.edition,
        "services",
        categories.Closing.MERGE,
        into="mobility",
        reason="One nomination only.",
        actor=desk.operator,
        now=NOW,
    )

    with pytest.raises(drafts.CategoryClosed):
        desk.submit(nomination)
    desk.write(nomination, category="mobility")
    assert desk.submit(nomination).number == 1


def test_a_window_is_none_where_nothing_is_written_any_more(session: Work, desk: Desk) -> None:
    nomination = desk.draft()
    move(session, desk.edition, Phase.FIRST_ROUND, desk.operator)

    assert windows.window(session, desk.edition, nomination, opened=NOW, now=NOW) is None
    with pytest.raises(drafts.NominationsNotOpen):
        desk.submit(nomination)


def test_without_a_stated_deadline_nothing_is_late(session: Work, desk: Desk) -> None:
    undated = edition_of(session, desk.operator, key="undated", fields=FIELDS, eligibility=RULES)
    desk.edition = undated
    nomination = desk.draft()

    made = desk.submit(nomination, now=CLOSES + timedelta(days=400))

    assert made.timeliness is Timeliness.IN_TIME


def test_an_eligible_nomination_is_not_submitted_over(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    nomination.state = NominationState.ELIGIBLE

    with pytest.raises((drafts.NotEditable, IllegalTransition)):
        desk.submit(nomination)


def test_of_a_submission_and_a_close_at_the_same_time_one_comes_first(app: Flask, tmp_path: object) -> None:
    """Whoever has the edition's lock first decides; nothing is submitted into a closed phase."""
    from awards.extensions import begin_writing, db

    with app.app_context():
        begin_writing()
        desk = Desk(db.session)
        nomination, edition = desk.draft().id, desk.edition.id
        officer, operator = desk.officer.account.id, desk.operator.account.id
        db.session.commit()
    closing, sending = Event(), Event()

    def actor(number: int) -> object:
        from awards.audit import Actor
        from awards.models import Account

        account = db.session.get_one(Account, number)
        return Actor(account=account, real=account)

    def close() -> None:
        with app.app_context():
            begin_writing()
            found = editions.lock(db.session(), db.session.get_one(Edition, edition))
            closing.set()
            editions.advance(
                db.session(),
                found,
                Phase.SCREENING,
                actor=actor(operator),
                now=CLOSES,  # type: ignore[arg-type]
            )
            sending.wait(10)
            sleep(0.5)
            db.session.commit()

    def submit() -> str:
        closing.wait(10)
        with app.app_context():
            sending.set()
            begin_writing()
            try:
                submitting.submit(
                    db.session(),
                    db.session.get_one(Nomination, nomination),
                    opened=NOW,
                    actor=actor(officer),  # type: ignore[arg-type]
                    now=CLOSES,
                )
                db.session.commit()
                return "submitted"
            except submitting.TooLate:
                return "too late"

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(close), pool.submit(submit)]
        answers = [it.result(30) for it in done]

    assert answers[1] == "too late"
    with app.app_context():
        assert db.session.scalars(select(NominationSubmission)).all() == []


def test_deadlines_of_one_nomination_are_read_by_its_reference(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    desk.own_deadline(nomination, CLOSES + timedelta(days=2))

    assert deadlines.own(session, desk.edition) == {nomination.reference: CLOSES + timedelta(days=2)}


@pytest.mark.parametrize("closed", [False, True])
def test_a_correction_stays_in_the_category_that_it_was_moved_to(
    session: Work, desk: Desk, closed: bool
) -> None:
    nomination = desk.submitted()
    if closed:
        categories.close(
            session,
            desk.edition,
            "services",
            categories.Closing.MERGE,
            into="mobility",
            reason="One nomination only.",
            actor=desk.operator,
            now=NOW,
        )
    nomination.category = "mobility"
    desk.give_back(nomination, "problem", until=CLOSES)
    desk.write(nomination, problem="Nobody at the stops knew.")

    desk.submit(nomination)

    assert nomination.category == "mobility"
    desk.write(nomination, problem="Nobody knew at the stops.")
    desk.submit(nomination)
    assert nomination.category == "mobility"


def test_a_correction_of_a_closed_category_is_not_taken_into_it(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    nomination.category = "mobility"
    returned = desk.give_back(nomination, "problem", until=CLOSES)
    closure = CategoryClosure(
        edition_id=desk.edition.id, category="mobility", how="cancel", decision_id=returned.decision_id
    )
    session.add(closure)
    desk.write(nomination, problem="Nobody at the stops knew.")

    with pytest.raises(drafts.CategoryClosed):
        desk.submit(nomination)


def test_a_category_for_one_kind_of_nominee_asks_again_what_is_not_of_it_and_settles_it(
    session: Work, desk: Desk
) -> None:
    rules = editions.rules_of(session(), desk.edition)
    people = replace(rules.categories[0], key="people", nominee_kinds=("individual",))
    rules = replace(rules, categories=(people,))
    said = drafts.said_by(drafts.latest(session(), desk.draft())) | {"category": "people"}

    (gap,) = sections.gaps(rules, {}, said)

    assert (gap.fault.field, gap.fault.kind) == ("nominee_kind", FaultKind.NOT_AN_OPTION)
    settled = sections.changes({"category": "people"}, said, rules)
    assert settled["nominee_kind"] == "individual"
    assert "nominee_kind" not in {it.key for it in sections.built_in(rules, said | settled)}

"""What comes too late is kept and may be asked for; what is withdrawn can be begun again from its text."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    deadlines,
    drafts,
    enclosures,
    lateness,
    organisations,
    partners,
    receipts,
    reviews,
    submitting,
    withdrawing,
)
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.eligibility import FindingKind
from awards.models import (
    Affiliation,
    Attachment,
    AttachmentState,
    Decision,
    DecisionKind,
    LateRequest,
    NominationState,
    Outbox,
    Timeliness,
)
from awards.recusals import InterestBinds
from awards.timetable import IllegalTransition, Phase
from tests.awards.builders import NOW, move
from tests.awards.writing_a_nomination import CLOSES, Desk

Work = scoped_session[Session]
LATER = CLOSES + timedelta(hours=2)
WHY = "The power was out in the whole district."


@pytest.fixture
def desk(session: Work) -> Desk:
    return Desk(session)


def ask(desk: Desk, nomination: object, reason: str = WHY) -> LateRequest:
    return submitting.ask_for_late(
        desk.session,
        nomination,
        reason=reason,
        actor=desk.officer,
        now=LATER,  # type: ignore[arg-type]
    )


def decide(
    desk: Desk, request: LateRequest, *, accepted: bool, reason: str = "It was out of their hands."
) -> Decision:
    return submitting.decide_late(
        desk.session,
        request,
        accepted=accepted,
        reason=reason,
        actor=desk.operator,
        now=LATER + timedelta(days=1),
    )


def templates(session: Work) -> list[str]:
    return list(session.scalars(select(Outbox.template).order_by(Outbox.id)))


def test_a_late_text_that_is_accepted_stands_and_counts_as_in_time(session: Work, desk: Desk) -> None:
    nomination = desk.draft()
    request = ask(desk, nomination)
    move(session, desk.edition, Phase.SCREENING, desk.operator)

    decision = decide(desk, request, accepted=True)

    (made,) = receipts.of_nomination(session, nomination)
    assert (made.timeliness, made.at, made.by_id) == (
        Timeliness.LATE_ACCEPTED,
        LATER,
        desk.officer.account.id,
    )
    assert (nomination.state, nomination.submitted_at) == (NominationState.SUBMITTED, LATER)
    assert (decision.kind, decision.reason) == (DecisionKind.LATE, "It was out of their hands.")
    assert reviews.review(session, desk.edition).findings[nomination.reference] == ()
    assert templates(session) == ["late_kept", "receipt", "late_decided"]


def test_without_the_decision_the_same_text_would_be_late(session: Work, desk: Desk) -> None:
    nomination = desk.draft()
    nomination.state, nomination.submitted_at = NominationState.SUBMITTED, LATER
    nomination.submitted_number = drafts.latest(session(), nomination).number
    move(session, desk.edition, Phase.SCREENING, desk.operator)

    (finding,) = reviews.review(session, desk.edition).findings[nomination.reference]

    assert finding.kind is FindingKind.LATE


def test_a_late_text_that_is_refused_stays_a_draft(session: Work, desk: Desk) -> None:
    nomination = desk.draft()
    request = ask(desk, nomination)

    decide(desk, request, accepted=False)

    assert nomination.state is NominationState.DRAFT
    assert receipts.of_nomination(session, nomination) == []
    assert templates(session) == ["late_kept", "late_decided"]
    with pytest.raises(submitting.AlreadyDecided):
        decide(desk, request, accepted=True)


def test_a_late_change_leaves_the_submitted_text_until_it_is_accepted(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    first = nomination.submitted_number
    newer = desk.write(nomination, title="Buses and trams")

    request = ask(desk, nomination)
    assert nomination.submitted_number == first
    decide(desk, request, accepted=True)

    assert nomination.submitted_number == newer


def test_asking_twice_makes_one_request(session: Work, desk: Desk) -> None:
    nomination = desk.draft()

    first, second = ask(desk, nomination), ask(desk, nomination, "Again.")

    assert first.id == second.id
    assert templates(session) == ["late_kept"]


def test_late_acceptance_needs_a_reason_and_a_late_complete_text(session: Work, desk: Desk) -> None:
    nomination = desk.draft(problem="")

    with pytest.raises(ReasonMissing):
        ask(desk, nomination, "  ")
    with pytest.raises(submitting.Incomplete):
        ask(desk, nomination)
    desk.write(nomination, problem="Nobody knew.")
    with pytest.raises(submitting.NothingToAsk):
        submitting.ask_for_late(session, nomination, reason=WHY, actor=desk.officer, now=NOW)
    with pytest.raises(submitting.NothingToAsk):
        ask(desk, desk.submitted(title="Another"))
    with pytest.raises(ReasonMissing):
        decide(desk, ask(desk, nomination), accepted=True, reason="")


def test_nothing_is_accepted_once_judging_has_begun(session: Work, desk: Desk) -> None:
    request = ask(desk, desk.draft())
    move(session, desk.edition, Phase.FIRST_ROUND, desk.operator)

    with pytest.raises(drafts.NominationsNotOpen):
        decide(desk, request, accepted=True)


def test_withdrawing_is_a_decision_and_everybody_is_told(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()

    decision = withdrawing.withdraw(
        session, nomination, reason="The project was stopped.", actor=desk.officer, now=NOW
    )

    assert nomination.state is NominationState.WITHDRAWN
    assert decision is not None
    assert (decision.kind, decision.subject) == (DecisionKind.WITHDRAWAL, {"nomination": "SE-01"})
    assert decision.names["title"] == "Buses that say when they come"
    assert templates(session) == ["receipt", "withdrawn"]
    assert withdrawing.withdraw(session, nomination, actor=desk.officer, now=NOW) is None
    assert templates(session) == ["receipt", "withdrawn"]


def test_a_draft_is_withdrawn_without_a_decision(session: Work, desk: Desk) -> None:
    nomination = desk.draft()

    assert withdrawing.withdraw(session, nomination, actor=desk.officer, now=NOW) is None

    assert nomination.state is NominationState.WITHDRAWN
    with pytest.raises(drafts.NotEditable):
        desk.write(nomination, title="Too late")


def test_once_the_first_round_is_closed_only_the_secretariat_takes_one_out(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    move(session, desk.edition, Phase.DELIBERATION, desk.operator)

    with pytest.raises(withdrawing.NotWithdrawable):
        withdrawing.withdraw(session, nomination, actor=desk.officer, now=NOW)


def test_a_winner_is_not_withdrawn(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    nomination.state = NominationState.WINNER

    with pytest.raises(IllegalTransition):
        withdrawing.withdraw(session, nomination, actor=desk.officer, now=NOW)


def test_starting_again_takes_text_and_files_but_no_consent(session: Work, desk: Desk) -> None:
    nomination = desk.submitted(letters=["file-1"])
    session.add(
        Attachment(
            key="file-1",
            nomination_id=nomination.id,
            field="letters",
            name="letter.pdf",
            media_type="application/pdf",
            size=9,
            sha256="ab" * 32,
            state=AttachmentState.CLEAN,
            file="stored",
            at=NOW,
        )
    )
    withdrawing.withdraw(session, nomination, actor=desk.officer, now=NOW)

    copy = withdrawing.start_again(session, nomination, actor=desk.officer, now=NOW)

    said = drafts.said_by(drafts.latest(session, copy))
    (file,) = session.scalars(select(Attachment).where(Attachment.nomination_id == copy.id))
    assert (said["title"], said["problem"]) == (
        "Buses that say when they come",
        "Nobody knew when a bus would come.",
    )
    assert said["letters"] == [file.key]
    assert (file.key != "file-1", file.file) == (True, "stored")
    assert "declaration" not in said
    assert copy.state is NominationState.DRAFT


def test_nothing_is_begun_again_once_nominations_are_closed(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    withdrawing.withdraw(session, nomination, actor=desk.officer, now=NOW)
    move(session, desk.edition, Phase.SCREENING, desk.operator)

    with pytest.raises(drafts.NominationsNotOpen):
        withdrawing.start_again(session, nomination, actor=desk.officer, now=NOW)


def late(desk: Desk, request: LateRequest, by: Actor) -> Decision:
    return lateness.decide(
        desk.session(), request, accepted=True, reason="It was the flood.", actor=by, now=LATER
    )


def of_the_city(desk: Desk, *, city: str = "Quillonia") -> Actor:
    """Somebody of a city."""
    person = desk.somebody(f"{city}@city.example")
    body, _ = organisations.find_or_make(
        desk.session(), city, country="KR", city=city, kind="city", actor=desk.operator, now=NOW
    )
    desk.session.add(
        Affiliation(account_id=person.account.id, organisation_id=body.id, city=city, country="KR")
    )
    desk.session.flush()
    return person


def test_nobody_takes_late_what_they_wrote_or_what_their_city_wrote(desk: Desk) -> None:
    request = ask(desk, desk.draft())
    neighbour = of_the_city(desk)

    for bound in (desk.officer, neighbour):
        with pytest.raises(InterestBinds):
            late(desk, request, bound)
    assert late(desk, request, desk.operator).kind is DecisionKind.LATE


def test_nobody_gives_more_time_to_what_they_wrote_or_to_their_own_organisation(desk: Desk) -> None:
    neighbour = of_the_city(desk)
    city = desk.session.scalars(select(organisations.Organisation)).one()
    nomination = desk.draft(organisation_id=city.id)
    until = (CLOSES + timedelta(days=2)).replace(tzinfo=None)

    for bound in (desk.officer, neighbour):
        for whom in ({"nomination": nomination}, {"organisation": city}):
            with pytest.raises(InterestBinds):
                lateness.grant(
                    desk.session(),
                    desk.edition,
                    until,
                    zone="UTC",
                    reason="Mine.",
                    actor=bound,
                    now=NOW,
                    **whom,  # type: ignore[arg-type]
                )
    for whom in ({"nomination": nomination}, {"organisation": city}):
        until += timedelta(days=1)
        lateness.grant(
            desk.session(),
            desk.edition,
            until,
            zone="UTC",
            reason="The flood.",
            actor=desk.operator,
            now=NOW,
            **whom,  # type: ignore[arg-type]
        )


def test_a_late_correction_brings_in_nothing_but_the_fields_that_were_named(desk: Desk) -> None:
    nomination = desk.submitted()
    desk.write(nomination, title="Never submitted", problem="Nobody knew.")
    returned = desk.give_back(nomination, "problem", until=CLOSES)

    request = ask(desk, nomination)
    assert ask(desk, nomination) is request
    decide(desk, request, accepted=True)

    standing = drafts.revision(desk.session(), nomination, nomination.submitted_number or 0)
    assert standing is not None
    assert (standing.title, standing.content["problem"]) == ("Buses that say when they come", "Nobody knew.")
    assert returned.answered_number == standing.number == request.revision_number


def test_an_own_deadline_keeps_files_and_partners_open_in_screening(session: Work, desk: Desk) -> None:
    nomination, other = desk.submitted(), desk.submitted(title="Trams")
    desk.own_deadline(nomination, CLOSES + timedelta(days=3))
    move(session, desk.edition, Phase.SCREENING, desk.operator)

    enclosures.need_open(session(), nomination, "letters", now=LATER)
    assert partners.may_change(session(), nomination, LATER)
    assert not partners.may_change(session(), other, LATER)
    with pytest.raises(enclosures.FilesClosed):
        enclosures.need_open(session(), other, "letters", now=LATER)
    with pytest.raises(enclosures.FilesClosed):
        enclosures.need_open(session(), nomination, "letters", now=CLOSES + timedelta(days=3, minutes=16))


def test_a_text_moved_to_another_category_has_no_deadline_of_the_first(session: Work, desk: Desk) -> None:
    nomination = desk.submitted()
    own_of_category(desk, "services")
    stays = deadlines.closes(session(), desk.edition, nomination)
    desk.write(nomination, category="people")

    moved = deadlines.closes(session(), desk.edition, nomination)

    assert (stays and stays.instant, moved and moved.instant) == (CLOSES + timedelta(days=3), CLOSES)
    assert list(deadlines.later_categories(session(), desk.edition, LATER)) == ["services"]
    with pytest.raises(submitting.TooLate):
        desk.submit(nomination, now=LATER, opened=LATER)


def own_of_category(desk: Desk, category: str) -> None:
    deadlines.grant(
        desk.session(),
        desk.edition,
        (CLOSES + timedelta(days=3)).replace(tzinfo=None),
        zone="UTC",
        reason="Few came.",
        category=category,
        actor=desk.operator,
        now=NOW,
    )


def test_starting_again_twice_leads_to_the_same_draft_until_it_is_withdrawn(
    session: Work, desk: Desk
) -> None:
    nomination = desk.submitted()
    withdrawing.withdraw(session, nomination, actor=desk.officer, now=NOW)

    first = withdrawing.start_again(session, nomination, actor=desk.officer, now=NOW)
    second = withdrawing.start_again(session, nomination, actor=desk.officer, now=NOW)
    withdrawing.withdraw(session, first, actor=desk.officer, now=NOW)
    third = withdrawing.start_again(session, nomination, actor=desk.officer, now=NOW)

    assert second.id == first.id
    assert third.id != first.id

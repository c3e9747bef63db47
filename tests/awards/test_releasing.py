"""Releasing: nobody is told before a second look, and nobody is told what no longer holds."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import duties, releasing, screening, withdrawing
from awards.audit import Actor
from awards.models import NominationEditor, NominationState, Outbox, OutboxState, Told
from awards.releasing import NothingToRelease
from tests.awards.builders import nominate, nomination_row
from tests.web import desk
from tests.web.world import NOW

Work = scoped_session[Session]


@pytest.fixture
def field(session: Work) -> desk.Field:
    found = desk.open_field(session())
    for reference in ("OC-01", "OC-02"):
        found.nominate(reference)
    return found


def decide(field: desk.Field, reference: str, *, eligible: bool) -> int:
    verdict = screening.decide(
        field.session,
        field.edition,
        reference,
        eligible=eligible,
        reason="So it is.",
        actor=field.person(desk.ADA),
        now=NOW,
    )
    assert verdict.decision is not None
    return verdict.decision.number


def mails(field: desk.Field) -> list[tuple[str, str, str]]:
    found = field.session.scalars(select(Outbox).order_by(Outbox.id))
    return [(it.recipient.partition("@")[0], it.template, it.state.value) for it in found]


def release(field: desk.Field, *numbers: int) -> releasing.Released:
    return releasing.release(field.session, field.edition, numbers, actor=field.person(desk.CY), now=NOW)


def test_everybody_who_writes_it_is_told_once_it_is_released(field: desk.Field) -> None:
    first = screening.nominations.find(field.session, field.edition, "OC-01")
    helper = field.person(desk.CY).account
    field.session.add(NominationEditor(nomination_id=first.id, account_id=helper.id, at=NOW))
    field.session.flush()
    number = decide(field, "OC-01", eligible=True)
    assert sorted(mails(field)) == [("cy", "eligible", "held"), ("writer-oc-01", "eligible", "held")]

    done = release(field, number)

    assert (done.decisions, done.mails, done.gone) == ((number,), 2, ())
    assert {state for _, _, state in mails(field)} == {"queued"}
    assert field.session.scalars(select(Told)).one().by_id == helper.id
    assert releasing.pending(field.session, field.edition) == []


def test_a_decision_that_is_superseded_takes_its_mails_with_it(field: desk.Field) -> None:
    first = decide(field, "OC-01", eligible=True)
    second = decide(field, "OC-01", eligible=False)

    assert mails(field) == [
        ("writer-oc-01", "eligible", "cancelled"),
        ("writer-oc-01", "ineligible", "held"),
    ]
    assert [it.decision.number for it in releasing.pending(field.session, field.edition)] == [second]
    done = release(field, first, second)
    assert (done.decisions, done.gone) == ((second,), (first,))


def test_only_what_was_chosen_is_released_and_nothing_twice(field: desk.Field) -> None:
    first, second = decide(field, "OC-01", eligible=True), decide(field, "OC-02", eligible=False)

    release(field, second)

    assert [it.decision.number for it in releasing.pending(field.session, field.edition)] == [first]
    with pytest.raises(NothingToRelease):
        release(field, second, 99)


def test_the_mail_about_an_ineligible_one_says_why_and_until_when_to_appeal(field: desk.Field) -> None:
    field.nominate("OC-03", results=[])
    number = decide(field, "OC-03", eligible=False)

    release(field, number)

    said = field.session.scalars(select(Outbox)).one().arguments
    assert said["reasons"] == [{"kind": "field_missing", "data": {"field": "results"}}]
    assert said["reason"] == "So it is."
    assert said["appeal_until"] == {"local": "2026-05-18T23:59:00", "zone": "Asia/Seoul"}
    assert said["path"].endswith("/decision")


def test_a_decision_on_what_a_file_brought_in_is_released_without_a_mail(field: desk.Field) -> None:
    field.edition.phase = desk.Phase.NOMINATIONS
    nominate(field.session, field.edition, field.who, nomination_row("IM-01", category="open-city"))
    field.edition.phase = desk.Phase.SCREENING
    number = decide(field, "IM-01", eligible=True)
    [waiting] = releasing.pending(field.session, field.edition)

    assert waiting.messages == ()
    assert release(field, number).mails == 0


def test_what_was_withdrawn_waits_for_nothing(field: desk.Field) -> None:
    number = decide(field, "OC-01", eligible=True)
    screening.nominations.find(field.session, field.edition, "OC-01").state = NominationState.WITHDRAWN
    field.session.flush()

    assert releasing.pending(field.session, field.edition) == []
    with pytest.raises(NothingToRelease):
        release(field, number)
    assert mails(field)[0][2] == OutboxState.HELD.value


def test_its_people_know_a_state_only_once_they_were_told(field: desk.Field) -> None:
    first, second = (
        screening.nominations.find(field.session, field.edition, it) for it in ("OC-01", "OC-02")
    )
    decide(field, "OC-01", eligible=True)
    number = decide(field, "OC-02", eligible=False)
    release(field, number)

    assert releasing.told_states(field.session, [first, second]) == {
        first.id: NominationState.SUBMITTED,
        second.id: NominationState.INELIGIBLE,
    }
    decide(field, "OC-02", eligible=True)
    assert releasing.told_states(field.session, [second]) == {second.id: NominationState.INELIGIBLE}
    first.state = NominationState.RETURNED
    assert releasing.told_states(field.session, [first]) == {first.id: NominationState.RETURNED}


def test_a_prize_is_not_told_before_it_is_published(field: desk.Field) -> None:
    first = screening.nominations.find(field.session, field.edition, "OC-01")
    release(field, decide(field, "OC-01", eligible=True))
    first.state = NominationState.NOT_SHORTLISTED

    assert releasing.told_states(field.session, [first]) == {first.id: NominationState.ELIGIBLE}


def test_a_verdict_goes_to_those_who_write_it_when_it_is_released(field: desk.Field) -> None:
    first = screening.nominations.find(field.session, field.edition, "OC-01")
    number = decide(field, "OC-01", eligible=True)
    new = field.writer("OC-02")
    new.language = "ko"
    first.nominator_id = new.id
    field.session.flush()

    assert release(field, number).mails == 1

    assert mails(field) == [
        ("writer-oc-01", "eligible", "cancelled"),
        ("writer-oc-02", "eligible", "queued"),
    ]
    old, sent = field.session.scalars(select(Outbox).order_by(Outbox.id))
    assert (sent.account_id, sent.language, sent.arguments) == (new.id, "ko", old.arguments)


def test_an_address_and_a_language_that_changed_meanwhile_are_used(field: desk.Field) -> None:
    number = decide(field, "OC-01", eligible=True)
    writer = field.writer("OC-01")
    writer.addresses[0].email, writer.language = "moved@city.example", "ko"
    field.session.flush()

    release(field, number)

    sent = field.session.scalars(select(Outbox)).one()
    assert (sent.recipient, sent.language, sent.state) == ("moved@city.example", "ko", OutboxState.QUEUED)


def test_what_was_withdrawn_waits_for_no_release(field: desk.Field) -> None:
    decide(field, "OC-01", eligible=True)
    decide(field, "OC-02", eligible=True)
    first = screening.nominations.find(field.session, field.edition, "OC-01")
    writer = field.writer("OC-01")
    withdrawing.withdraw(field.session, first, actor=Actor(account=writer, real=writer), now=NOW)

    assert mails(field)[:2] == [
        ("writer-oc-01", "eligible", "cancelled"),
        ("writer-oc-02", "eligible", "held"),
    ]
    grants = [it for it in field.person(desk.CY).account.grants if it.edition_id == field.edition.id]
    (post,) = duties.of(field.session, grants, {field.edition.id: field.edition}, NOW)
    waiting = releasing.pending(field.session, field.edition)
    assert dict(post.duties)[duties.Duty.TO_RELEASE] == len(waiting) == 1

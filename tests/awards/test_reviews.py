"""What people say of findings, deadlines of one's own, and accepting many exactly as they were seen."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import deadlines, drafts, reviews, screening
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.eligibility import FindingKind
from awards.models import NominationState, Timeliness
from awards.screening import NoSuchFinding, ScreeningClosed
from awards.timetable import Phase
from tests.web import desk
from tests.web.world import NOW

Work = scoped_session[Session]


@pytest.fixture
def field(session: Work) -> desk.Field:
    return desk.open_field(session())


def say(field: desk.Field, reference: str, *, overridden: bool, reason: str = "") -> None:
    found = reviews.review(field.session, field.edition).findings[reference]
    screening.say_of(
        field.session,
        field.edition,
        screening.nominations.find(field.session, field.edition, reference),
        reviews.key_of(found[0]),
        overridden=overridden,
        reason=reason,
        actor=field.person(desk.ADA),
        now=NOW,
    )


def test_a_finding_that_is_overridden_does_not_count_until_the_text_changes(field: desk.Field) -> None:
    nomination = field.nominate("OC-01", results=[])
    with pytest.raises(ReasonMissing):
        say(field, "OC-01", overridden=True)

    say(field, "OC-01", overridden=True, reason="They came by post.")

    reviewed = reviews.review(field.session, field.edition)
    assert reviewed.is_clean("OC-01")
    assert reviewed.stored("OC-01") == [
        {"kind": "field_missing", "ineligible": True, "data": {"field": "results"}, "overridden": True}
    ]
    writer = field.writer("OC-01")
    actor = Actor(writer, writer)
    newer = drafts.change(field.session, nomination, {"budget": "None."}, base=None, actor=actor, now=NOW)
    assert reviews.review(field.session, field.edition).is_clean("OC-01"), "a draft changes nothing"
    desk.submit(field.session, nomination, newer.number, writer, NOW)
    assert not reviews.review(field.session, field.edition).is_clean("OC-01")


def test_the_last_word_on_a_finding_holds(field: desk.Field) -> None:
    field.nominate("OC-01", results=[])
    say(field, "OC-01", overridden=True, reason="They came by post.")
    say(field, "OC-01", overridden=False)

    assert not reviews.review(field.session, field.edition).is_clean("OC-01")


def test_other_numbers_are_another_finding(field: desk.Field) -> None:
    """Overriding that three stand for a city says nothing about four."""
    for number in range(3):
        field.nominate(f"OC-0{number}", city="Town", organisation_name=f"Office {number}")
    say(field, "OC-00", overridden=True, reason="One of them is of another town.")
    assert reviews.review(field.session, field.edition).is_clean("OC-00")

    field.nominate("OC-04", city="Town", organisation_name="Office 4")

    [finding] = reviews.review(field.session, field.edition).counting("OC-00")
    assert (finding.kind, dict(finding.data)["found"]) == (FindingKind.TOO_MANY_FROM_CITY, 4)


def test_a_word_on_what_is_no_longer_found_is_refused(field: desk.Field) -> None:
    nomination = field.nominate("OC-01")

    with pytest.raises(NoSuchFinding):
        screening.say_of(
            field.session,
            field.edition,
            nomination,
            "f" * 24,
            overridden=True,
            reason="So.",
            actor=field.person(desk.ADA),
            now=NOW,
        )


def test_findings_are_read_while_nominations_come_in_and_nothing_is_said_of_them(field: desk.Field) -> None:
    field.nominate("OC-01", results=[])
    field.edition.phase = Phase.NOMINATIONS

    assert reviews.review(field.session, field.edition).findings["OC-01"] != ()
    with pytest.raises(ScreeningClosed):
        say(field, "OC-01", overridden=True, reason="So.")


@pytest.mark.parametrize("timeliness", [Timeliness.GRACE, Timeliness.RETURNED, Timeliness.LATE_ACCEPTED])
def test_what_the_form_took_after_the_deadline_is_not_late(field: desk.Field, timeliness: Timeliness) -> None:
    field.nominate("OC-01", at=NOW + timedelta(days=3), timeliness=timeliness)

    assert reviews.review(field.session, field.edition).findings["OC-01"] == ()


def test_a_deadline_of_its_own_holds_for_one_of_a_file(field: desk.Field) -> None:
    nominations = [field.nominate(reference, at=NOW + timedelta(days=3)) for reference in ("OC-01", "OC-02")]
    for nomination in nominations:
        nomination.submitted_number = _copy(field, nomination)
    deadlines.grant(
        field.session,
        field.edition,
        datetime(2026, 5, 20, 23, 59),  # noqa: DTZ001
        zone="Asia/Seoul",
        reason="A flood.",
        nomination=nominations[0],
        actor=field.who,
        now=NOW,
    )

    found = reviews.review(field.session, field.edition).findings

    assert [it.kind for it in found["OC-01"]] == []
    assert [it.kind for it in found["OC-02"]] == [FindingKind.LATE]


def _copy(field: desk.Field, nomination: desk.Nomination) -> int:
    """Let a revision stand that came by another way than the form."""
    writer = field.writer(nomination.reference)
    revision = drafts.change(
        field.session, nomination, {"budget": "As stated."}, base=None, actor=Actor(writer, writer), now=NOW
    )
    return revision.number


def test_own_deadlines_are_found_in_few_queries_and_by_organisation_and_category(field: desk.Field) -> None:
    field.nominate("OC-01")
    field.nominate("SV-01", category="services")
    deadlines.grant(
        field.session,
        field.edition,
        datetime(2026, 5, 20, 23, 59),  # noqa: DTZ001
        zone="Asia/Seoul",
        reason="A flood.",
        category="services",
        actor=field.who,
        now=NOW,
    )

    assert set(deadlines.own(field.session, field.edition)) == {"SV-01"}


def test_many_are_accepted_as_they_were_seen_and_what_changed_is_left_out(field: desk.Field) -> None:
    nominations = {it: field.nominate(it) for it in ("OC-01", "OC-02", "OC-03")}
    reviewed = reviews.review(field.session, field.edition)
    seen = {it: reviewed.stamp(nominations[it]) for it in ("OC-01", "OC-02")}
    writer = field.writer("OC-02")
    newer = drafts.change(
        field.session,
        nominations["OC-02"],
        {"budget": "Ten times as much."},
        base=None,
        actor=Actor(writer, writer),
        now=NOW,
    )
    desk.submit(field.session, nominations["OC-02"], newer.number, writer, NOW)

    done = screening.accept(
        field.session, field.edition, seen | {"OC-99": "0"}, actor=field.person(desk.ADA), now=NOW
    )

    assert (done.accepted, done.changed, done.bound) == (("OC-01",), ("OC-02", "OC-99"), ())
    assert {it: found.state for it, found in nominations.items()} == {
        "OC-01": NominationState.ELIGIBLE,
        "OC-02": NominationState.SUBMITTED,
        "OC-03": NominationState.SUBMITTED,
    }


def test_a_reason_is_not_asked_for_once_every_finding_is_overridden(field: desk.Field) -> None:
    field.nominate("OC-01", results=[])
    say(field, "OC-01", overridden=True, reason="They came by post.")

    verdict = screening.decide(
        field.session, field.edition, "OC-01", eligible=True, actor=field.person(desk.BO), now=NOW
    )

    assert verdict.decision is not None

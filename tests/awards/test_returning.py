"""Returning: only what is named opens, until a date; what isn't answered is decided on the text that stands."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, scoped_session

from awards import drafts, moving, returning, screening
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.drafts import FieldClosed
from awards.models import (
    Decision,
    DecisionKind,
    Nomination,
    NominationReturn,
    NominationState,
    Outbox,
    OutboxState,
    Told,
)
from awards.returning import NobodyToAsk, NothingNamed, NotReturned, ReturnNotOver, ReturnPast
from awards.screening import NotDecidable, ScreeningClosed
from awards.timetable import Phase, UnknownZone
from tests.awards.builders import nominate, nomination_row
from tests.web import desk
from tests.web.world import NOW

Work = scoped_session[Session]
WEEK = datetime(2026, 5, 11, 23, 59)  # noqa: DTZ001 (the zone stands beside it)
AFTER = datetime(2026, 5, 12, 12, tzinfo=NOW.tzinfo)


@pytest.fixture
def field(session: Work) -> desk.Field:
    return desk.open_field(session())


@pytest.fixture
def nomination(field: desk.Field) -> Nomination:
    return field.nominate("OC-01")


def send_back(
    field: desk.Field,
    nomination: Nomination,
    *named: str,
    note: str = "Say who pays.",
    local: datetime = WEEK,
    zone: str = "Asia/Seoul",
) -> Decision:
    return returning.send_back(
        field.session,
        field.edition,
        nomination,
        named=named,
        note=note,
        local=local,
        zone=zone,
        actor=field.person(desk.ADA),
        now=NOW,
    )


def writes(field: desk.Field) -> Actor:
    account = field.writer("OC-01")
    return Actor(account=account, real=account)


def test_a_return_is_a_decision_that_its_people_are_told_of_at_once(
    field: desk.Field, nomination: Nomination
) -> None:
    decision = send_back(field, nomination, "budget", "title", "no-such-field")

    found = returning.current(field.session, nomination)
    assert found is not None
    assert (decision.kind, decision.reason) == (DecisionKind.RETURNED, "Say who pays.")
    assert decision.subject["fields"] == ["title", "budget"]
    assert nomination.state is NominationState.RETURNED
    assert returning.until(found).local == WEEK
    assert field.session.get(Told, decision.id) is not None
    mail = field.session.scalars(select(Outbox)).one()
    assert (mail.template, mail.state, mail.recipient) == (
        "returned",
        OutboxState.QUEUED,
        "writer-oc-01@city.example",
    )
    assert mail.arguments["until"] == {"local": "2026-05-11T23:59:00", "zone": "Asia/Seoul"}


def test_only_the_fields_named_open(field: desk.Field, nomination: Nomination) -> None:
    send_back(field, nomination, "budget", "organisation_name")
    change = {"base": None, "actor": writes(field), "now": NOW}

    drafts.change(field.session, nomination, {"budget": "The province pays half."}, **change)  # type: ignore[arg-type]
    drafts.change(field.session, nomination, {"organisation_id": None}, **change)  # type: ignore[arg-type]
    with pytest.raises(FieldClosed, match="problem"):
        drafts.change(field.session, nomination, {"problem": "Another one."}, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"named": ["no-such-field"]}, NothingNamed),
        ({"note": "  "}, ReasonMissing),
        ({"local": datetime(2026, 5, 4, 17, 59)}, ReturnPast),  # noqa: DTZ001
        ({"zone": "Mars/Base"}, UnknownZone),
    ],
)
def test_a_return_that_cannot_be_answered_is_none(
    field: desk.Field, nomination: Nomination, changes: dict[str, object], error: type[Exception]
) -> None:
    wanted = {"named": ["budget"], **changes}
    named = wanted.pop("named")

    with pytest.raises(error):
        send_back(field, nomination, *named, **wanted)  # type: ignore[misc, arg-type]
    assert nomination.state is NominationState.SUBMITTED
    assert field.session.scalar(select(func.count()).select_from(NominationReturn)) == 0


def test_what_a_file_brought_in_has_nobody_to_correct_it(field: desk.Field) -> None:
    field.edition.phase = Phase.NOMINATIONS
    nominate(field.session, field.edition, field.who, nomination_row("IM-01", category="open-city"))
    field.edition.phase = Phase.SCREENING
    imported = screening.nominations.find(field.session, field.edition, "IM-01")

    with pytest.raises(NobodyToAsk):
        send_back(field, imported, "title")


def test_what_was_decided_or_withdrawn_is_not_returned(field: desk.Field, nomination: Nomination) -> None:
    nomination.state = NominationState.WITHDRAWN

    with pytest.raises(NotDecidable):
        send_back(field, nomination, "budget")


def test_nothing_is_returned_before_nominations_are_checked(
    field: desk.Field, nomination: Nomination
) -> None:
    field.edition.phase = Phase.NOMINATIONS

    with pytest.raises(ScreeningClosed):
        send_back(field, nomination, "budget")


def test_a_return_is_over_after_its_date_and_grace(field: desk.Field, nomination: Nomination) -> None:
    send_back(field, nomination, "budget")
    found = returning.current(field.session, nomination)
    assert found is not None

    assert not returning.is_over(found, found.until)
    assert returning.is_over(found, found.until + timedelta(minutes=1))
    assert not returning.is_over(found, found.until + timedelta(minutes=15), grace_minutes=15)


def test_what_is_not_answered_is_decided_on_the_text_that_stands(
    field: desk.Field, nomination: Nomination
) -> None:
    send_back(field, nomination, "budget")
    act = {"actor": field.person(desk.ADA)}
    with pytest.raises(NotDecidable):
        screening.decide(field.session, field.edition, "OC-01", eligible=True, now=NOW, **act)
    with pytest.raises(ReturnNotOver):
        returning.close(field.session, field.edition, nomination, now=NOW, **act)

    returning.close(field.session, field.edition, nomination, now=AFTER, **act)
    screening.decide(field.session, field.edition, "OC-01", eligible=True, now=AFTER, **act)

    assert nomination.state is NominationState.ELIGIBLE
    assert nomination.submitted_number == 1
    with pytest.raises(NotReturned):
        returning.close(field.session, field.edition, nomination, now=AFTER, **act)


def test_more_time_is_a_decision_and_only_ever_later(field: desk.Field, nomination: Nomination) -> None:
    send_back(field, nomination, "budget")
    act = {"zone": "Asia/Seoul", "reason": "A holiday.", "actor": field.person(desk.ADA), "now": AFTER}
    later = WEEK + timedelta(days=7)

    with pytest.raises(ReturnPast):
        returning.extend(field.session, field.edition, nomination, local=WEEK, **act)  # type: ignore[arg-type]
    decision = returning.extend(field.session, field.edition, nomination, local=later, **act)  # type: ignore[arg-type]

    found = returning.current(field.session, nomination)
    assert found is not None
    assert returning.until(found).local == later
    assert decision.subject["before"] == "2026-05-11T14:59:00+00:00"
    assert not returning.is_over(found, AFTER)
    assert field.session.scalar(select(func.count()).select_from(Outbox)) == 2


@pytest.mark.parametrize("act", ["return", "extend", "close", "move", "decide"])
def test_what_was_withdrawn_meanwhile_stays_withdrawn(
    field: desk.Field, nomination: Nomination, act: str
) -> None:
    """Another transaction has withdrawn it since this one read it."""
    if act in ("extend", "close"):
        send_back(field, nomination, "title")
    field.session.execute(
        update(Nomination)
        .where(Nomination.id == nomination.id)
        .values(state=NominationState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )
    who, place = field.person(desk.BO), (field.session, field.edition)
    at = {"local": WEEK + timedelta(days=9), "zone": "Asia/Seoul", "reason": "So.", "actor": who, "now": NOW}

    acts: dict[str, Callable[[], object]] = {
        "return": lambda: send_back(field, nomination, "title"),
        "extend": lambda: returning.extend(*place, nomination, **at),  # type: ignore[arg-type]
        "close": lambda: returning.close(*place, nomination, actor=who, now=AFTER + timedelta(days=9)),
        "move": lambda: moving.ask(*place, nomination, "services", reason="So.", actor=who, now=NOW),
        "decide": lambda: screening.decide(*place, "OC-01", eligible=False, reason="So.", actor=who, now=NOW),
    }
    with pytest.raises((NotDecidable, NotReturned)):
        acts[act]()
    assert nomination.state is NominationState.WITHDRAWN

"""Appeals: once, in time, by whoever was told, and decided by somebody else."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import appeals, releasing, screening
from awards.appeals import (
    AppealDecided,
    AppealEmpty,
    AppealMade,
    AppealTooLate,
    AppealTooLong,
    DecidedBefore,
    NoAppeal,
    NothingToAppeal,
    Standing,
)
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.models import (
    Appeal,
    Decision,
    DecisionKind,
    Edition,
    Nomination,
    NominationState,
    Outbox,
    OutboxState,
    RulesDocument,
    Screening,
)
from awards.screening import AppealWaits, ScreeningClosed
from awards.timetable import Phase
from tests.web import desk
from tests.web.world import NOW

Work = scoped_session[Session]
LAST = datetime(2026, 5, 18, 14, 59, tzinfo=NOW.tzinfo)
"""23:59 in Seoul, fourteen days after they were told."""


@pytest.fixture
def field(session: Work) -> desk.Field:
    """OC-01 was found ineligible by Ada, and its people were told by Cy."""
    found = desk.open_field(session())
    found.nominate("OC-01", results=[])
    decide(found, eligible=False)
    releasing.release(found.session, found.edition, [1], actor=found.person(desk.CY), now=NOW)
    return found


def decide(field: desk.Field, *, eligible: bool, by: str = desk.ADA) -> screening.Verdict:
    return screening.decide(
        field.session,
        field.edition,
        "OC-01",
        eligible=eligible,
        reason="Nobody can check it.",
        actor=field.person(by),
        now=NOW,
    )


def find(field: desk.Field) -> Nomination:
    return screening.nominations.find(field.session, field.edition, "OC-01")


def lodge(field: desk.Field, text: str = "The figures are public.", *, now: datetime = NOW) -> Appeal:
    writer = field.writer("OC-01")
    actor = Actor(account=writer, real=writer)
    return appeals.lodge(field.session, field.edition, find(field), text=text, actor=actor, now=now)


def rule(
    field: desk.Field, appeal: Appeal, *, upheld: bool, by: str = desk.BO, reason: str = "They are."
) -> Decision:
    return appeals.decide(
        field.session,
        field.edition,
        appeal,
        upheld=upheld,
        reason=reason,
        actor=field.person(by),
        now=NOW,
    )


def test_they_read_which_rule_and_why_and_until_when(field: desk.Field) -> None:
    found = appeals.ruling(field.session, field.edition, find(field), NOW)

    assert found is not None
    assert (found.eligible, found.decision.reason, found.standing) == (
        False,
        "Nobody can check it.",
        Standing.OPEN,
    )
    assert [it["kind"] for it in found.findings] == ["field_missing"]
    assert found.until is not None
    assert found.until.instant == LAST


def test_what_was_not_told_is_not_read_and_not_appealed(session: Work) -> None:
    field = desk.open_field(session())
    field.nominate("OC-01", results=[])
    decide(field, eligible=False)

    assert appeals.ruling(field.session, field.edition, find(field), NOW) is None
    assert releasing.told_states(field.session, [find(field)]) == {find(field).id: NominationState.SUBMITTED}
    with pytest.raises(NothingToAppeal):
        lodge(field)


def test_an_appeal_is_received_by_mail_and_made_once(field: desk.Field) -> None:
    appeal = lodge(field)

    assert (appeal.text, appeal.decision_id) == ("The figures are public.", None)
    mails = field.session.scalars(select(Outbox).where(Outbox.template == "appeal_received")).all()
    assert [(it.recipient, it.state) for it in mails] == [("writer-oc-01@city.example", OutboxState.QUEUED)]
    with pytest.raises(AppealMade):
        lodge(field, "Once more.")


@pytest.mark.parametrize(
    ("after", "error"), [(0, None), (15, None), (16, AppealTooLate), (99999, AppealTooLate)]
)
def test_an_appeal_counts_until_the_end_of_the_last_day_with_the_grace(
    field: desk.Field, after: int, error: type[Exception] | None
) -> None:
    moment = LAST + timedelta(minutes=after)

    if error is None:
        assert lodge(field, now=moment).at == moment
    else:
        with pytest.raises(error):
            lodge(field, now=moment)


@pytest.mark.parametrize(
    ("text", "error"), [(" \n\x00 ", AppealEmpty), ("a" * (appeals.LONGEST_TEXT + 1), AppealTooLong)]
)
def test_an_appeal_says_something_that_can_be_read(
    field: desk.Field, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        lodge(field, text)


def test_where_the_rules_know_no_appeal_there_is_none(field: desk.Field) -> None:
    without_appeal(field.session, field.edition)

    with pytest.raises(NoAppeal):
        lodge(field)


def without_appeal(session: Session, edition: Edition) -> None:
    old = screening.editions.rules_document(session, edition)
    document = {**old.document, "eligibility": {**old.document["eligibility"], "appeal_days": 0}}
    session.add(
        RulesDocument(
            edition_id=edition.id, number=old.number + 1, document=document, sha256="0" * 64, at=NOW
        )
    )
    session.flush()


def test_no_appeal_is_lodged_once_it_could_not_be_decided(field: desk.Field) -> None:
    field.edition.phase = Phase.DELIBERATION

    with pytest.raises(ScreeningClosed):
        lodge(field)


def test_whoever_decided_first_does_not_decide_the_appeal(field: desk.Field) -> None:
    appeal = lodge(field)

    with pytest.raises(DecidedBefore):
        rule(field, appeal, upheld=True, by=desk.ADA)
    assert not appeals.may_decide(field.session, find(field), field.person(desk.ADA).account)
    assert find(field).state is NominationState.INELIGIBLE


def test_nobody_decides_again_past_an_appeal(field: desk.Field) -> None:
    lodge(field)

    with pytest.raises(AppealWaits):
        decide(field, eligible=True)


def test_an_appeal_that_is_upheld_makes_it_eligible_by_a_decision_that_supersedes(field: desk.Field) -> None:
    appeal = lodge(field)
    decision = rule(field, appeal, upheld=True)

    assert (decision.kind, decision.supersedes_id) == (DecisionKind.APPEAL, appeal.against_id)
    assert (appeal.upheld, appeal.decision_id) == (True, decision.id)
    assert find(field).state is NominationState.ELIGIBLE
    kept = field.session.scalars(select(Screening).where(Screening.decision_id == decision.id)).one()
    assert [it["kind"] for it in kept.findings] == ["field_missing"]
    mail = field.session.scalars(select(Outbox).where(Outbox.decision_id == decision.id)).one()
    assert (mail.template, mail.state, mail.arguments["upheld"]) == (
        "appeal_decided",
        OutboxState.HELD,
        True,
    )
    with pytest.raises(AppealDecided):
        rule(field, appeal, upheld=False)


def test_an_appeal_that_is_dismissed_leaves_it_as_it_was_and_says_why(field: desk.Field) -> None:
    appeal = lodge(field)
    with pytest.raises(ReasonMissing):
        rule(field, appeal, upheld=False, reason=" ")
    decision = rule(field, appeal, upheld=False)
    before = appeals.ruling(field.session, field.edition, find(field), NOW)
    assert before is not None
    assert before.decision.kind is DecisionKind.ELIGIBILITY

    releasing.release(field.session, field.edition, [decision.number], actor=field.person(desk.CY), now=NOW)

    after = appeals.ruling(field.session, field.edition, find(field), NOW)
    assert after is not None
    assert (after.decision.kind, after.standing) == (DecisionKind.APPEAL, Standing.MADE)
    assert find(field).state is NominationState.INELIGIBLE
    with pytest.raises(AppealMade):
        lodge(field)


@pytest.mark.parametrize("upheld", [True, False])
def test_whoever_decided_before_an_appeal_does_not_decide_again_after_it(
    field: desk.Field, upheld: bool
) -> None:
    rule(field, lodge(field), upheld=upheld)

    with pytest.raises(screening.DecidedAgain):
        decide(field, eligible=not upheld)
    assert decide(field, eligible=not upheld, by=desk.CY).decision is not None
    with pytest.raises(screening.DecidedAgain):
        decide(field, eligible=upheld)

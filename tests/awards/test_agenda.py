"""The agenda: what needs a person and by when, and what of a decision they may know."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, agenda, deadlines, decisions, drafts, duties, editions, invitations, steps
from awards.agenda import Agenda, Need
from awards.audit import Actor
from awards.duties import Duty
from awards.models import (
    Account,
    Appeal,
    Decision,
    DecisionKind,
    Edition,
    InvitationKind,
    LateRequest,
    Nomination,
    NominationEditor,
    NominationReturn,
    NominationState,
    Organisation,
    Role,
    Told,
)
from awards.steps import Gap
from awards.timetable import Moment, Phase
from tests.awards.builders import NOW, edition_of, operator

Work = scoped_session[Session]
CLOSE = datetime(2026, 5, 10, 23, 59)  # noqa: DTZ001 (local, as stated)
CLOSES = datetime(2026, 5, 10, 14, 59, tzinfo=UTC)


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def edition(session: Work, actor: Actor) -> Edition:
    edition = edition_of(session, actor)
    edition.zone = "Asia/Seoul"
    editions.set_moment(
        session, edition, Moment.NOMINATIONS_CLOSE, CLOSE, zone="Asia/Seoul", actor=actor, now=NOW
    )
    return edition


@pytest.fixture
def ada(session: Work, actor: Actor) -> Account:
    return accounts.find_or_make(session, "ada@example.org", name="Ada", now=NOW, actor=actor)[0]


def draft(session: Work, edition: Edition, person: Account) -> Nomination:
    """A draft with a title: one that is still empty would be offered again instead of a second one."""
    who = Actor(person, person)
    found = drafts.start(session, edition, category="services", language="en", actor=who, now=NOW)
    drafts.change(session(), found, {"title": "A project"}, base=None, actor=who, now=NOW)
    return found


def submit(session: Work, nomination: Nomination) -> None:
    nomination.submitted_number = drafts.latest(session(), nomination).number
    nomination.state, nomination.submitted_at = NominationState.SUBMITTED, NOW
    session.flush()


def decide(
    session: Work, edition: Edition, nomination: Nomination, actor: Actor, *, eligible: bool
) -> Decision:
    nomination.state = NominationState.ELIGIBLE if eligible else NominationState.INELIGIBLE
    return decisions.decide(
        session(),
        edition,
        DecisionKind.ELIGIBILITY,
        actor=actor,
        now=NOW,
        nomination=nomination,
        subject={"eligible": eligible},
        reason="because",
    )


def tell(session: Work, decision: Decision, actor: Actor) -> None:
    session.add(Told(decision_id=decision.id, by_id=actor.account.id, at=NOW))
    session.flush()


def needs(found: Agenda) -> list[tuple[Need, datetime | None]]:
    return [(task.need, task.due.instant if task.due else None) for task in found.tasks]


def test_a_draft_is_due_when_nominations_close_and_late_afterwards(
    session: Work, edition: Edition, ada: Account
) -> None:
    draft(session, edition, ada)

    assert needs(agenda.of(session(), ada, CLOSES)) == [(Need.DRAFT, CLOSES)]
    assert needs(agenda.of(session(), ada, CLOSES + timedelta(seconds=1))) == [(Need.DRAFT_LATE, CLOSES)]


def test_an_own_deadline_counts_and_somebody_elses_does_not(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    mine, other = draft(session, edition, ada), draft(session, edition, ada)
    later = CLOSE + timedelta(days=3)
    deadlines.grant(
        session(), edition, later, zone="Asia/Seoul", reason="flood", nomination=mine, actor=actor, now=NOW
    )

    found = {task.mine.nomination.id: task.due for task in agenda.of(session(), ada, NOW).tasks if task.mine}

    assert found[mine.id] == deadlines.closes(session(), edition, mine)
    assert found[other.id] == deadlines.closes(session(), edition)


def test_what_was_changed_after_it_was_submitted_needs_submitting_again(
    session: Work, edition: Edition, ada: Account
) -> None:
    nomination = draft(session, edition, ada)
    submit(session, nomination)
    unchanged = needs(agenda.of(session(), ada, NOW))

    drafts.change(session(), nomination, {"title": "A new title"}, base=None, actor=Actor(ada, ada), now=NOW)

    assert unchanged == []
    assert needs(agenda.of(session(), ada, NOW)) == [(Need.UNSUBMITTED, CLOSES)]
    assert needs(agenda.of(session(), ada, CLOSES + timedelta(days=1))) == []


def test_what_was_returned_is_due_when_it_says(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    nomination = draft(session, edition, ada)
    submit(session, nomination)
    until = datetime(2026, 5, 20, 14, 59, tzinfo=UTC)
    decision = decide(session, edition, nomination, actor, eligible=False)
    nomination.state = NominationState.RETURNED
    session.add(
        NominationReturn(
            nomination_id=nomination.id,
            revision_number=1,
            fields=["links"],
            local="2026-05-20T23:59:00",
            zone="Asia/Seoul",
            until=until,
            decision_id=decision.id,
            at=NOW,
        )
    )
    session.flush()

    assert needs(agenda.of(session(), ada, NOW)) == [(Need.RETURNED, until)]


@pytest.mark.parametrize("eligible", [True, False])
def test_a_decision_is_known_once_its_people_were_told(
    session: Work, edition: Edition, ada: Account, actor: Actor, eligible: bool
) -> None:
    nomination = draft(session, edition, ada)
    submit(session, nomination)
    edition.phase = Phase.SCREENING
    decision = decide(session, edition, nomination, actor, eligible=eligible)

    before = agenda.of(session(), ada, NOW)
    tell(session, decision, actor)
    after = agenda.of(session(), ada, NOW)

    known = NominationState.ELIGIBLE if eligible else NominationState.INELIGIBLE
    assert ([it.state for it in before.current], needs(before)) == ([NominationState.SUBMITTED], [])
    assert [it.state for it in after.current] == [known]
    assert [need for need, _ in needs(after)] == ([] if eligible else [Need.APPEAL])


def test_a_finalist_reads_eligible_here_until_it_is_published(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    nomination = draft(session, edition, ada)
    submit(session, nomination)
    tell(session, decide(session, edition, nomination, actor, eligible=True), actor)
    for state in (NominationState.FINALIST, NominationState.NOT_SHORTLISTED, NominationState.WINNER):
        nomination.state = state
        assert [it.state for it in agenda.of(session(), ada, NOW).current] == [NominationState.ELIGIBLE]


def test_an_appeal_is_open_to_the_end_of_the_fourteenth_day_and_once(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    nomination = draft(session, edition, ada)
    submit(session, nomination)
    edition.phase = Phase.SCREENING
    decision = decide(session, edition, nomination, actor, eligible=False)
    tell(session, decision, actor)
    until = datetime(2026, 4, 15, 14, 59, tzinfo=UTC)

    assert needs(agenda.of(session(), ada, until)) == [(Need.APPEAL, until)]
    assert needs(agenda.of(session(), ada, until + timedelta(minutes=1))) == []

    session.add(Appeal(nomination_id=nomination.id, against_id=decision.id, text="No", by_id=ada.id, at=NOW))
    session.flush()
    assert needs(agenda.of(session(), ada, NOW)) == []


def test_an_appeal_waits_for_nobody_once_its_nomination_is_withdrawn(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    nomination = draft(session, edition, ada)
    submit(session, nomination)
    edition.phase = Phase.SCREENING
    decision = decide(session, edition, nomination, actor, eligible=False)
    session.add(Appeal(nomination_id=nomination.id, against_id=decision.id, text="No", by_id=ada.id, at=NOW))
    session.flush()

    def waits() -> tuple[int, int]:
        gaps = {it.gap: it.count for it in steps.missing(session(), edition, NOW)}
        return duties.waiting(session(), edition, Duty.APPEALS)[Duty.APPEALS], gaps.get(Gap.APPEALS, 0)

    assert waits() == (1, 1)
    nomination.state = NominationState.WITHDRAWN
    assert waits() == (0, 0)


def test_the_most_urgent_comes_first_and_what_has_no_date_last(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    draft(session, edition, ada)
    urgent = draft(session, edition, ada)
    submit(session, urgent)
    edition_of(session, actor, key="2027", programme="other")
    for role in (Role.CLERK, Role.JUDGE):
        invitations.invite(
            session(),
            InvitationKind.ROLE,
            email="ada@example.org",
            edition=edition,
            role=role,
            language="en",
            actor=actor,
            now=NOW,
        )

    found = agenda.of(session(), ada, NOW)

    assert needs(found) == [(Need.DRAFT, CLOSES), (Need.INVITATION, None), (Need.INVITATION, None)]


def test_an_invitation_that_was_answered_or_is_closed_waits_for_nobody(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    for role in (Role.CLERK, Role.SCREENER):
        invitations.invite(
            session(),
            InvitationKind.ROLE,
            email="ada@example.org",
            edition=edition,
            role=role,
            language="en",
            actor=actor,
            now=NOW,
        )
    first = agenda.of(session(), ada, NOW).tasks[0].invitation
    assert first is not None
    invitations.answer(session(), first, accepted=False, account=ada, now=NOW)
    edition.phase = Phase.DELIBERATION

    assert needs(agenda.of(session(), ada, NOW)) == []


def test_whoever_writes_a_nomination_together_sees_it_and_nobody_else_does(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    nomination = draft(session, edition, ada)
    bob, _ = accounts.find_or_make(session(), "bob@example.org", now=NOW, actor=actor)
    stranger, _ = accounts.find_or_make(session(), "eve@example.org", now=NOW, actor=actor)
    session.add(NominationEditor(nomination_id=nomination.id, account_id=bob.id, at=NOW))
    session.flush()

    def mine(who: Account) -> list[int]:
        return [it.nomination.id for it in agenda.of(session(), who, NOW).current]

    assert (mine(ada), mine(bob), mine(stranger)) == ([nomination.id], [nomination.id], [])


def test_what_is_over_is_history(session: Work, edition: Edition, ada: Account) -> None:
    withdrawn, missed, over = (draft(session, edition, ada) for _ in range(3))
    withdrawn.state = NominationState.WITHDRAWN
    submit(session, over)
    edition.phase = Phase.PUBLISHED
    session.flush()

    found = agenda.of(session(), ada, NOW)

    assert (found.tasks, found.current) == ((), ())
    assert {it.nomination.id for it in found.history} == {withdrawn.id, missed.id, over.id}


def test_what_waits_is_counted_for_those_with_the_role_in_that_edition(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    other = edition_of(session, actor, key="2027", programme="other")
    city = Organisation(name="New City", folded="new city")
    session.add(city)
    session.flush()
    for place, many in ((edition, 2), (other, 5)):
        for _ in range(many):
            nomination = draft(session, place, actor.account)
            drafts.change(
                session(), nomination, {"organisation_id": city.id}, base=None, actor=actor, now=NOW
            )
            submit(session, nomination)
            session.add(LateRequest(nomination_id=nomination.id, revision_number=1, by_id=ada.id, at=NOW))
    session.add(
        Decision(
            edition_id=edition.id,
            number=800,
            kind=DecisionKind.ELIGIBILITY,
            nomination_id=session.scalars(
                select(Nomination.id).where(Nomination.edition_id == edition.id)
            ).first(),
            at=NOW,
        )
    )
    session.flush()
    screener, _ = accounts.find_or_make(session(), "s@example.org", now=NOW, actor=actor)
    for who, role in ((ada, Role.ORGANISER), (screener, Role.SCREENER)):
        accounts.grant(session(), who, role, edition=edition, actor=actor, now=NOW)
    accounts.grant(session(), screener, Role.CLERK, edition=other, actor=actor, now=NOW)

    before = [agenda.of(session(), who, NOW).posts[-1].duties for who in (ada, screener)]
    edition.phase = Phase.SCREENING
    session.flush()
    organiser, checks = (agenda.of(session(), who, NOW).posts for who in (ada, screener))

    assert [Duty.TO_SCREEN in dict(found) for found in before] == [False, False]
    assert [(post.edition, dict(post.duties)) for post in organiser] == [
        (edition, {Duty.TO_SCREEN: 2, Duty.TO_RELEASE: 1, Duty.LATE: 2, Duty.ORGANISATIONS: 1})
    ]
    assert [(post.edition, post.roles, dict(post.duties)) for post in checks] == [
        (other, (Role.CLERK,), {}),
        (edition, (Role.SCREENER,), {Duty.TO_SCREEN: 2, Duty.TO_RELEASE: 1}),
    ]


def test_the_number_of_queries_does_not_grow(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def asked() -> int:
        session.expire_all()
        statements.clear()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            agenda.of(session(), session.get_one(Account, number), NOW)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(statements)

    def more(place: Edition) -> None:
        draft(session, place, ada)
        nomination = draft(session, place, ada)
        submit(session, nomination)
        tell(session, decide(session, place, nomination, actor, eligible=False), actor)
        accounts.grant(session(), ada, Role.ORGANISER, edition=place, actor=actor, now=NOW)
        invitations.invite(
            session(),
            InvitationKind.EDITOR,
            email="ada@example.org",
            nomination=draft(session, place, actor.account),
            language="en",
            actor=actor,
            now=NOW,
        )

    number = ada.id
    more(edition)
    few = asked()
    for year in range(2027, 2030):
        more(edition_of(session, actor, key=str(year), programme=f"p{year}"))
        more(edition)

    assert asked() == few
    assert few <= 19


def test_in_screening_a_draft_with_a_later_deadline_of_its_own_is_still_a_task(
    session: Work, edition: Edition, ada: Account, actor: Actor
) -> None:
    mine, other = draft(session, edition, ada), draft(session, edition, ada)
    later = CLOSE + timedelta(days=3)
    deadlines.grant(
        session(), edition, later, zone="Asia/Seoul", reason="flood", nomination=mine, actor=actor, now=NOW
    )
    edition.phase = Phase.SCREENING

    found = agenda.of(session(), ada, CLOSES + timedelta(days=1))
    after = agenda.of(session(), ada, CLOSES + timedelta(days=4))

    assert needs(found) == [(Need.DRAFT, CLOSES + timedelta(days=3))]
    assert [it.nomination.id for it in found.history] == [other.id]
    assert {it.nomination.id for it in after.history} == {mine.id, other.id}

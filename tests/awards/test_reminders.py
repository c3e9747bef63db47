"""Reminders: before their own deadline, to everybody who writes, each a single time; again where the deadline moves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, deadlines, drafts, editions, programmes, reminders
from awards.audit import Actor
from awards.config import ROOT
from awards.decisions import decide
from awards.models import (
    Account,
    Answer,
    DecisionKind,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    NominationEditor,
    NominationReturn,
    NominationState,
    Outbox,
    Role,
)
from awards.timetable import Moment, Phase
from tests.awards.play import operator, statements

BEGUN = datetime(2026, 4, 1, 9, tzinfo=UTC)
CLOSES = datetime(2026, 5, 10, 14, 59, tzinfo=UTC)
LOCAL = datetime(2026, 5, 10, 23, 59)  # noqa: DTZ001 (local, with its zone)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def edition(session: scoped_session[Session]) -> Edition:
    text = (ROOT / "seed" / "programmes" / "wego-awards.toml").read_text(encoding="utf-8")
    who = operator(session())
    made = programmes.load(session(), text, edition_key="wego-2026", actor=who, now=BEGUN).edition
    made.phase = Phase.NOMINATIONS
    close(session(), made, LOCAL, BEGUN)
    return made


def close(session: Session, edition: Edition, local: datetime, now: datetime) -> None:
    editions.set_moment(
        session,
        edition,
        Moment.NOMINATIONS_CLOSE,
        local,
        zone="Asia/Seoul",
        reason="More time for everybody.",
        actor=operator(session),
        now=now,
    )


def writer(session: Session, email: str = "ada@example.org", language: str = "en") -> Account:
    account, _ = accounts.find_or_make(session, email, name="Ada", now=BEGUN, actor=operator(session))
    account.language = language
    return account


def draft(session: Session, edition: Edition, now: datetime = BEGUN) -> Nomination:
    account = writer(session)
    who = Actor(account, account)
    nomination = drafts.start(session, edition, category="services", language="en", actor=who, now=now)
    drafts.change(session, nomination, {"title": "Lamps that call"}, base=1, actor=who, now=now)
    return nomination


def submit(session: Session, nomination: Nomination) -> None:
    nomination.submitted_number = drafts.latest(session, nomination).number
    nomination.state, nomination.reference = NominationState.SUBMITTED, "SV-01"
    session.flush()


def sent(session: Session) -> list[tuple[str, str]]:
    return [(it.template, it.recipient) for it in session.scalars(select(Outbox).order_by(Outbox.id))]


def test_a_draft_is_reminded_of_seven_and_two_days_before_its_deadline_once_each(
    session: scoped_session[Session], edition: Edition
) -> None:
    draft(session(), edition)
    moments = [CLOSES - DAY * 8, CLOSES - DAY * 7, CLOSES - DAY * 6, CLOSES - DAY * 2, CLOSES - HOUR, CLOSES]

    counts = [(reminders.remind(session(), now=at), reminders.remind(session(), now=at)) for at in moments]

    assert counts == [(0, 0), (1, 0), (0, 0), (1, 0), (0, 0), (0, 0)]
    found = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    assert [it.arguments["days"] for it in found] == [7, 2]
    assert found[0].arguments["title"] == "Lamps that call"
    assert found[0].arguments["until"] == {"local": "2026-05-10T23:59:00", "zone": "Asia/Seoul"}


def test_everybody_who_writes_it_is_told_in_their_own_language_and_nobody_who_left(
    session: scoped_session[Session], edition: Edition
) -> None:
    nomination = draft(session(), edition)
    for email, ended in (("ben@example.org", None), ("gone@example.org", BEGUN)):
        account = writer(session(), email, "ko")
        session.add(
            NominationEditor(nomination_id=nomination.id, account_id=account.id, at=BEGUN, ended_at=ended)
        )

    reminders.remind(session(), now=CLOSES - DAY * 7)

    found = session.scalars(select(Outbox).order_by(Outbox.id)).all()
    assert [(it.recipient, it.language) for it in found] == [
        ("ada@example.org", "en"),
        ("ben@example.org", "ko"),
    ]


def test_a_moved_deadline_reminds_again(session: scoped_session[Session], edition: Edition) -> None:
    draft(session(), edition)
    before = reminders.remind(session(), now=CLOSES - DAY)
    close(session(), edition, LOCAL + DAY * 10, CLOSES - DAY)

    after = [reminders.remind(session(), now=CLOSES + DAY * days) for days in (0, 3, 4, 8, 9)]

    assert before == 1
    assert after == [0, 1, 0, 1, 0]


def test_its_own_deadline_counts_and_not_the_one_of_all(
    session: scoped_session[Session], edition: Edition
) -> None:
    nomination = draft(session(), edition)
    other = draft(session(), edition)
    deadlines.grant(
        session(),
        edition,
        LOCAL + DAY * 20,
        zone="Asia/Seoul",
        reason="Flood in the city.",
        nomination=nomination,
        actor=operator(session()),
        now=BEGUN,
    )

    first, later = (
        reminders.remind(session(), now=CLOSES - DAY),
        reminders.remind(session(), now=CLOSES + DAY * 18),
    )

    assert (first, later) == (1, 1)
    sent = select(Outbox).where(Outbox.template == "reminder").order_by(Outbox.id)
    paths = [it.arguments["path"] for it in session.scalars(sent)]
    assert paths == [f"/nominations/{it.public_id}/" for it in (other, nomination)]


def test_whoever_began_after_a_reminder_or_saved_just_now_is_left_in_peace(
    session: scoped_session[Session], edition: Edition
) -> None:
    draft(session(), edition, now=CLOSES - DAY * 3)

    at_once = reminders.remind(session(), now=CLOSES - DAY * 3)
    before = reminders.remind(session(), now=CLOSES - DAY * 2 - HOUR)
    in_time = reminders.remind(session(), now=CLOSES - DAY * 2)

    assert (at_once, before, in_time) == (0, 0, 1)


def test_changes_to_what_was_submitted_are_reminded_of_two_days_before(
    session: scoped_session[Session], edition: Edition
) -> None:
    nomination = draft(session(), edition)
    submit(session(), nomination)
    account = writer(session())
    nothing = reminders.remind(session(), now=CLOSES - DAY)
    drafts.change(
        session(),
        nomination,
        {"title": "Lamps"},
        base=None,
        actor=Actor(account, account),
        now=CLOSES - DAY,
    )

    counts = [
        reminders.remind(session(), now=at)
        for at in (CLOSES - DAY * 2, CLOSES - DAY + HOUR / 2, CLOSES - DAY + HOUR, CLOSES - HOUR)
    ]

    assert (nothing, counts) == (0, [0, 0, 1, 0])
    assert sent(session()) == [("unsubmitted_changes", "ada@example.org")]


def test_a_returned_nomination_is_reminded_of_two_days_before_its_date_until_it_is_answered(
    session: scoped_session[Session], edition: Edition
) -> None:
    nomination = draft(session(), edition)
    submit(session(), nomination)
    returned = give_back(session(), edition, nomination, CLOSES + DAY * 10)
    edition.phase = Phase.SCREENING

    counts = [reminders.remind(session(), now=CLOSES + DAY * days) for days in (7, 8, 9)]
    returned.answered_number = 3
    answered = give_back(session(), edition, nomination, CLOSES + DAY * 20)
    answered.answered_number = 4

    assert counts == [0, 1, 0]
    assert reminders.remind(session(), now=CLOSES + DAY * 19) == 0
    message = session.scalars(select(Outbox)).one()
    assert (message.arguments["what"], message.arguments["fields"]) == ("returned", ["summary"])


def give_back(
    session: Session, edition: Edition, nomination: Nomination, until: datetime
) -> NominationReturn:
    decision = decide(
        session,
        edition,
        DecisionKind.RETURNED,
        actor=operator(session),
        now=BEGUN,
        nomination=nomination,
        reason="The summary is missing.",
    )
    nomination.state = NominationState.RETURNED
    returned = NominationReturn(
        nomination_id=nomination.id,
        revision_number=2,
        fields=["summary"],
        local=until.replace(tzinfo=None).isoformat(),
        zone="UTC",
        until=until,
        decision_id=decision.id,
        at=CLOSES,
    )
    session.add(returned)
    session.flush()
    return returned


def test_an_invitation_is_repeated_once_after_a_week_unless_it_was_answered_or_is_closed(
    session: scoped_session[Session], edition: Edition
) -> None:
    asked = [invite(session(), edition, f"{name}@example.org") for name in ("ada", "ben")]
    asked[1].answer = Answer.DECLINED

    counts = [reminders.remind(session(), now=BEGUN + DAY * days) for days in (6, 7, 8)]
    invite(session(), edition, "eve@example.org")
    edition.phase = Phase.ARCHIVED

    assert counts == [0, 1, 0]
    assert reminders.remind(session(), now=BEGUN + DAY * 9) == 0
    assert sent(session()) == [("invitation", "ada@example.org")]


def invite(session: Session, edition: Edition, email: str) -> Invitation:
    invitation = Invitation(
        kind=InvitationKind.ROLE,
        edition_id=edition.id,
        email=email,
        language="en",
        role=Role.SCREENER,
        invited_by_id=operator(session).account.id,
        at=BEGUN,
    )
    session.add(invitation)
    session.flush()
    return invitation


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_far_from_every_deadline_more_drafts_ask_for_no_more_queries(
    session: scoped_session[Session], edition: Edition
) -> None:
    def asked(work: Callable[[], object]) -> int:
        with statements(session) as run:
            work()
        return len(run)

    one = [asked(lambda: reminders.remind(session(), now=BEGUN)) for _ in range(2)][-1]
    for _ in range(3):
        draft(session(), edition)
    session.flush()

    assert asked(lambda: reminders.remind(session(), now=BEGUN)) == one


def test_in_screening_a_draft_with_its_own_deadline_is_reminded_of(
    session: scoped_session[Session], edition: Edition
) -> None:
    nomination = draft(session(), edition)
    draft(session(), edition)
    deadlines.grant(
        session(),
        edition,
        LOCAL + DAY * 20,
        zone="Asia/Seoul",
        reason="Flood in the city.",
        nomination=nomination,
        actor=operator(session()),
        now=BEGUN,
    )
    edition.phase = Phase.SCREENING

    assert reminders.remind(session(), now=CLOSES + DAY * 18) == 1

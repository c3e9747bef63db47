"""Invitations: asked by mail, answered once, open until what they ask for is closed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, drafts, invitations, openings
from awards.accounts import NotAnAddress
from awards.audit import Actor
from awards.invitations import (
    InvitationAnswered,
    InvitationClosed,
    InvitationWithdrawn,
    is_open,
)
from awards.models import (
    Account,
    Answer,
    AuditEvent,
    Edition,
    Grant,
    Invitation,
    InvitationKind,
    Nomination,
    NominationState,
    OneTimeLink,
    Outbox,
    Role,
)
from awards.openings import Closing
from awards.timetable import Phase
from tests.awards.builders import NOW, edition_of, operator

Work = scoped_session[Session]
EMAIL = "ada@example.org"
ABOUT = [kind for kind in InvitationKind if kind is not InvitationKind.ROLE]


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def edition(session: Work, actor: Actor) -> Edition:
    return edition_of(session, actor)


@pytest.fixture
def nomination(session: Work, edition: Edition, actor: Actor) -> Nomination:
    return drafts.start(session, edition, category="services", language="en", actor=actor, now=NOW)


@pytest.fixture
def ada(session: Work, actor: Actor) -> Account:
    return accounts.find_or_make(session, EMAIL, name="Ada Invented", now=NOW, actor=actor)[0]


def role(session: Work, edition: Edition | None, actor: Actor, given: Role = Role.SCREENER) -> Invitation:
    return invitations.invite(
        session(),
        InvitationKind.ROLE,
        email=" Ada@Example.org ",
        edition=edition,
        role=given,
        language="en",
        actor=actor,
        now=NOW,
    )


def about(session: Work, nomination: Nomination, kind: InvitationKind, actor: Actor) -> Invitation:
    return invitations.invite(
        session(), kind, email=EMAIL, nomination=nomination, language="ko", actor=actor, now=NOW
    )


def answer(
    session: Work, invitation: Invitation, account: Account | None, *, accepted: bool = True
) -> str | None:
    return invitations.answer(session(), invitation, accepted=accepted, account=account, now=NOW)


def test_an_invitation_is_queued_with_its_number_and_no_secret(
    session: Work, edition: Edition, actor: Actor
) -> None:
    invitation = role(session, edition, actor)

    message = session.scalars(select(Outbox)).one()
    assert (message.template, message.recipient, message.invitation_id, message.arguments) == (
        "invitation",
        EMAIL,
        invitation.id,
        {},
    )
    assert "invitation.sent" in session.scalars(select(AuditEvent.action)).all()


def test_what_is_no_address_is_not_invited(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(NotAnAddress):
        invitations.invite(
            session(),
            InvitationKind.ROLE,
            email="ada",
            edition=edition,
            role=Role.CLERK,
            language="en",
            actor=actor,
            now=NOW,
        )


def test_accepting_a_role_gives_it_once(session: Work, edition: Edition, actor: Actor, ada: Account) -> None:
    invitation = role(session, edition, actor)

    answer(session, invitation, ada)

    assert accounts.has_grant(session(), ada, Role.SCREENER, edition=edition)
    assert (invitation.answer, invitation.answered_by_id) == (Answer.ACCEPTED, ada.id)
    with pytest.raises(InvitationAnswered):
        answer(session, invitation, ada)


def test_declining_gives_nothing_and_needs_no_account(session: Work, edition: Edition, actor: Actor) -> None:
    invitation = role(session, edition, actor)

    answer(session, invitation, None, accepted=False)

    assert invitation.answer is Answer.DECLINED
    assert session.scalars(select(Grant)).all() == []
    assert accounts.find(session(), EMAIL) is None
    with pytest.raises(InvitationAnswered):
        answer(session, invitation, None)


def test_a_withdrawn_invitation_is_not_answered_and_an_answered_one_not_withdrawn(
    session: Work, edition: Edition, actor: Actor, ada: Account
) -> None:
    first, second = role(session, edition, actor), role(session, edition, actor)

    invitations.withdraw(session(), first, actor=actor, now=NOW)
    invitations.withdraw(session(), first, actor=actor, now=NOW)
    answer(session, second, ada)

    with pytest.raises(InvitationWithdrawn):
        answer(session, first, ada)
    with pytest.raises(InvitationAnswered):
        invitations.withdraw(session(), second, actor=actor, now=NOW)


def test_every_link_that_was_sent_leads_to_the_invitation(
    session: Work, edition: Edition, actor: Actor
) -> None:
    invitation = role(session, edition, actor)
    first = invitations.make_invitation_token(session(), invitation, NOW)
    invitations.resend(session(), invitation, actor=actor, now=NOW + timedelta(days=20))
    second = invitations.make_invitation_token(session(), invitation, NOW + timedelta(days=20))

    assert invitations.of_token(session(), first) is invitation
    assert invitations.of_token(session(), second) is invitation
    assert invitations.of_token(session(), "made-up") is None
    assert len(session.scalars(select(Outbox)).all()) == 2
    assert not {first, second} & set(session.scalars(select(OneTimeLink.token_hash)))


@pytest.mark.parametrize(
    ("given", "phase", "is_still_open"),
    [
        (Role.SCREENER, Phase.DRAFT, True),
        (Role.SCREENER, Phase.SCREENING, True),
        (Role.SCREENER, Phase.FIRST_ROUND, False),
        (Role.JUDGE, Phase.FIRST_ROUND, True),
        (Role.JUDGE, Phase.DELIBERATION, False),
        (Role.CHAIR, Phase.SECOND_ROUND, True),
        (Role.CHAIR, Phase.DECIDED, False),
        (Role.ORGANISER, Phase.PUBLISHED, True),
        (Role.ORGANISER, Phase.ARCHIVED, False),
    ],
)
def test_a_role_is_offered_as_long_as_it_has_something_to_do(
    session: Work,
    edition: Edition,
    actor: Actor,
    ada: Account,
    given: Role,
    phase: Phase,
    is_still_open: bool,
) -> None:
    invitation = role(session, edition, actor, given)
    edition.phase = phase
    session.flush()

    assert is_open(session(), invitation, NOW + timedelta(days=700)) is is_still_open
    if not is_still_open:
        with pytest.raises(InvitationClosed):
            answer(session, invitation, ada)


def test_every_role_has_its_phases() -> None:
    assert set(openings.WHILE) == set(Role)


def test_a_role_for_the_whole_site_is_offered_for_ninety_days(session: Work, actor: Actor) -> None:
    invitation = role(session, None, actor, Role.AUDITOR)

    assert is_open(session(), invitation, NOW + timedelta(days=90, seconds=-1))
    assert not is_open(session(), invitation, NOW + timedelta(days=90))


@pytest.mark.parametrize("kind", ABOUT)
def test_what_is_asked_about_a_nomination_closes_with_its_decision(
    session: Work, edition: Edition, nomination: Nomination, actor: Actor, kind: InvitationKind
) -> None:
    invitation = about(session, nomination, kind, actor)
    nomination.state = NominationState.SUBMITTED
    edition.phase = Phase.SCREENING
    session.flush()
    before = is_open(session(), invitation, NOW)

    nomination.state = NominationState.ELIGIBLE

    assert (before, is_open(session(), invitation, NOW)) == (True, False)


def test_a_withdrawn_nomination_asks_for_nothing_any_more(
    session: Work, nomination: Nomination, actor: Actor
) -> None:
    invitation = about(session, nomination, InvitationKind.EDITOR, actor)
    nomination.state = NominationState.WITHDRAWN

    assert not is_open(session(), invitation, NOW)


def test_what_ends_an_invitation_is_stated(
    session: Work, edition: Edition, nomination: Nomination, actor: Actor
) -> None:
    found = [openings.until(session(), about(session, nomination, kind, actor)).closing for kind in ABOUT]
    found.append(openings.until(session(), role(session, edition, actor)).closing)
    found.append(openings.until(session(), role(session, None, actor)).closing)

    assert found == [
        Closing.DEADLINE,
        Closing.DECISION,
        Closing.DECISION,
        Closing.DEADLINE,
        Closing.DECISION,
        Closing.ROLE,
        Closing.DATE,
    ]


def test_the_owner_of_a_kind_hears_of_the_answer_and_says_where_to_go(
    session: Work, nomination: Nomination, actor: Actor, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[Account | None, bool]] = []

    def hear(
        _session: Session, invitation: Invitation, account: Account | None, accepted: bool, _now: datetime
    ) -> str:
        heard.append((account, accepted))
        return f"/nominations/{invitation.nomination_id}/"

    monkeypatch.setitem(invitations.on_answer, InvitationKind.EDITOR, hear)
    first, second = (about(session, nomination, InvitationKind.EDITOR, actor) for _ in range(2))

    assert answer(session, first, ada) == f"/nominations/{nomination.id}/"
    answer(session, second, None, accepted=False)
    assert heard == [(ada, True), (None, False)]


def test_an_invitation_is_found_by_the_person_of_its_address_only(
    session: Work, edition: Edition, actor: Actor, ada: Account
) -> None:
    invitation = role(session, edition, actor)
    other, _ = accounts.find_or_make(session(), "bob@example.org", now=NOW, actor=actor)

    assert invitations.of_address(session(), ada, invitation.public_id) is invitation
    assert invitations.of_address(session(), other, invitation.public_id) is None

"""Appointments: asked by mail, never two roles that exclude each other, never without an organiser."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, appointments, exclusions, invitations
from awards.audit import Actor
from awards.models import Account, AccountAddress, AuditEvent, Edition, Invitation, Outbox, Role
from tests.awards.builders import NOW, edition_of, operator
from tests.awards.desks import account_of, appointed, organiser

Work = scoped_session[Session]

EMAIL = "new@city.example"


@pytest.fixture
def edition(session: Work) -> Edition:
    return edition_of(session, operator(session))


@pytest.fixture
def actor(session: Work, edition: Edition) -> Actor:
    return organiser(session, edition)


def appoint(
    session: Work,
    edition: Edition,
    actor: Actor,
    role: Role,
    email: str = EMAIL,
    *,
    as_administrator: bool = False,
) -> Invitation:
    return appointments.appoint(
        session(),
        edition,
        role,
        email=email,
        name="",
        language="en",
        as_administrator=as_administrator,
        actor=actor,
        now=NOW,
    )


def accept(session: Work, invitation: Invitation) -> Account:
    account = account_of(session, invitation.email)
    invitations.answer(session(), invitation, accepted=True, account=account, now=NOW)
    return account


def test_whoever_is_asked_has_the_role_once_they_accept(
    session: Work, edition: Edition, actor: Actor
) -> None:
    asked = appoint(session, edition, actor, Role.SCREENER)
    before = appointments.of_role(session(), edition, Role.SCREENER)

    account = accept(session, asked)

    assert list(before) == []
    assert [it.account for it in appointments.of_role(session(), edition, Role.SCREENER)] == [account]
    assert session.scalars(select(Outbox.recipient)).all() == [EMAIL]


@pytest.mark.parametrize(
    ("has", "wanted"),
    [
        (Role.JUDGE, Role.SCREENER),
        (Role.AUDITOR, Role.ORGANISER),
        (Role.CLERK, Role.AUDITOR),
        (Role.ADMINISTRATOR, Role.ORGANISER),
        (Role.ADMINISTRATOR, Role.CHAIR),
    ],
)
def test_some_roles_nobody_has_together(
    session: Work, edition: Edition, actor: Actor, has: Role, wanted: Role
) -> None:
    appointed(session, edition, EMAIL, has)

    with pytest.raises(exclusions.NeverBoth):
        appoint(session, edition, actor, wanted)


def test_a_judge_may_be_the_chair(session: Work, edition: Edition, actor: Actor) -> None:
    appointed(session, edition, EMAIL, Role.JUDGE)

    assert appoint(session, edition, actor, Role.CHAIR).role is Role.CHAIR


def test_nobody_gives_themselves_a_role(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(appointments.YourOwnRole):
        appoint(session, edition, actor, Role.SCREENER, "Organiser@CITY.example")


def test_administrators_appoint_organisers_only(session: Work, edition: Edition) -> None:
    administrator = appointed(session, edition, "admin@city.example", Role.ADMINISTRATOR)
    actor = Actor(administrator, administrator)

    appoint(session, edition, actor, Role.ORGANISER, as_administrator=True)

    with pytest.raises(appointments.NotYours):
        appoint(session, edition, actor, Role.SCREENER, as_administrator=True)


def test_nobody_is_asked_twice_for_the_same(session: Work, edition: Edition, actor: Actor) -> None:
    appoint(session, edition, actor, Role.CLERK)
    with pytest.raises(appointments.InvitedAlready):
        appoint(session, edition, actor, Role.CLERK)

    accept(session, appointments.invited(session(), edition)[0])

    with pytest.raises(appointments.HasRole):
        appoint(session, edition, actor, Role.CLERK)


def test_an_edition_has_one_chair(session: Work, edition: Edition, actor: Actor) -> None:
    asked = appoint(session, edition, actor, Role.CHAIR)
    with pytest.raises(appointments.ChairThere):
        appoint(session, edition, actor, Role.CHAIR, "other@city.example")

    accept(session, asked)

    with pytest.raises(appointments.ChairThere):
        appoint(session, edition, actor, Role.CHAIR, "other@city.example")


def test_deputies_keep_the_order_in_which_they_were_asked_until_it_is_changed(
    session: Work, edition: Edition, actor: Actor
) -> None:
    asked = [appoint(session, edition, actor, Role.DEPUTY, f"{name}@city.example") for name in "abc"]
    for invitation in reversed(asked):
        accept(session, invitation)
    before = [it.account.email for it in appointments.of_role(session(), edition, Role.DEPUTY)]

    last = appointments.of_role(session(), edition, Role.DEPUTY)[-1]
    appointments.move(session(), edition, last, up=True, actor=actor, now=NOW)

    after = [it.account.email for it in appointments.of_role(session(), edition, Role.DEPUTY)]
    assert before == ["a@city.example", "b@city.example", "c@city.example"]
    assert after == ["a@city.example", "c@city.example", "b@city.example"]


def test_the_last_organiser_stays(session: Work, edition: Edition, actor: Actor) -> None:
    [grant] = appointments.of_role(session(), edition, Role.ORGANISER)

    with pytest.raises(appointments.LastOrganiser):
        appointments.end(session(), edition, grant, as_administrator=False, actor=actor, now=NOW)


def test_a_role_ends_and_what_was_done_in_it_stays(session: Work, edition: Edition, actor: Actor) -> None:
    account = appointed(session, edition, EMAIL, Role.ORGANISER)
    grant = appointments.find(session(), edition, Role.ORGANISER, account.public_id)

    appointments.end(session(), edition, grant, as_administrator=False, actor=actor, now=NOW)

    assert not accounts.has_grant(session(), account, Role.ORGANISER, edition=edition)
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "grant.ended")).one()
    with pytest.raises(appointments.NoSuchRole):
        appointments.find(session(), edition, Role.ORGANISER, account.public_id)


def test_what_forbids_a_role_is_asked_again_when_it_is_accepted(
    session: Work, edition: Edition, actor: Actor
) -> None:
    chair = appoint(session, edition, actor, Role.CHAIR)
    appointed(session, edition, "first@city.example", Role.CHAIR)
    with pytest.raises(appointments.ChairThere):
        accept(session, chair)
    own = appoint(session, edition, actor, Role.CLERK, "second-address@city.example")
    actor.account.addresses.append(AccountAddress(email="second-address@city.example"))
    session.flush()

    with pytest.raises(appointments.YourOwnRole):
        accept(session, own)

"""Who writes a nomination: co-editors come by invitation and go, the lead is handed over."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, decisions, drafts, invitations, partners, questions, writers
from awards.audit import Actor
from awards.models import (
    Account,
    Answer,
    AuditEvent,
    Edition,
    Invitation,
    InvitationKind,
    Nomination,
    NominationEditor,
    NominationState,
    Outbox,
)
from tests.awards.builders import NOW, edition_of, operator

Work = scoped_session[Session]


@dataclass
class Desk:
    """A draft of a lead, and people beside."""

    session: Work
    edition: Edition
    nomination: Nomination
    lead: Account
    staff: Actor

    def person(self, email: str, name: str = "") -> Account:
        return accounts.find_or_make(self.session, email, name=name, now=NOW, actor=self.staff)[0]

    def invite(self, email: str, by: Account | None = None) -> Invitation:
        return writers.invite(
            self.session, self.nomination, email=email, language="ko", actor=as_(by or self.lead), now=NOW
        )

    def offer(self, email: str, by: Account | None = None) -> Invitation:
        return writers.offer_lead(
            self.session, self.nomination, email=email, language="ko", actor=as_(by or self.lead), now=NOW
        )

    def answer(self, invitation: Invitation, account: Account | None, *, accepted: bool = True) -> str | None:
        return invitations.answer(self.session, invitation, accepted=accepted, account=account, now=NOW)

    def joined(self, email: str, name: str = "") -> Account:
        account = self.person(email, name)
        self.answer(self.invite(email), account)
        return account

    def remove(self, account: Account, by: Account) -> None:
        writers.remove(self.session, self.nomination, account, actor=as_(by), now=NOW)

    def names(self) -> list[tuple[str, bool]]:
        return [(it.name, it.lead) for it in writers.writers(self.session, self.nomination)]


def as_(account: Account) -> Actor:
    return Actor(account=account, real=account)


@pytest.fixture
def desk(session: Work) -> Desk:
    staff = operator(session)
    edition = edition_of(session, staff)
    lead = accounts.find_or_make(session, "lead@city.example", name="Example Lead", now=NOW, actor=staff)[0]
    nomination = drafts.start(session, edition, category="services", language="en", actor=as_(lead), now=NOW)
    return Desk(session, edition, nomination, lead, staff)


def test_an_editor_writes_after_accepting_only(desk: Desk) -> None:
    invitation = desk.invite(" Colleague@City.example ")
    colleague = desk.person("colleague@city.example", "Example Colleague")
    assert desk.names() == [("Example Lead", True)]

    path = desk.answer(invitation, colleague)

    assert path == f"/nominations/{desk.nomination.public_id}/"
    assert desk.names() == [("Example Lead", True), ("Example Colleague", False)]


def test_whoever_declines_writes_nothing_and_the_lead_is_told(desk: Desk) -> None:
    desk.answer(desk.invite("colleague@city.example"), None, accepted=False)

    told = desk.session.scalars(select(Outbox).where(Outbox.template == "answered")).one()
    assert desk.names() == [("Example Lead", True)]
    assert (told.recipient, told.arguments["accepted"]) == ("lead@city.example", False)
    assert told.arguments["name"] == "colleague@city.example"


def test_an_address_is_asked_once_at_a_time(desk: Desk) -> None:
    first = desk.invite("colleague@city.example")
    with pytest.raises(questions.InvitedAlready):
        desk.invite("COLLEAGUE@city.example")

    writers.withdraw(desk.session, desk.nomination, first, actor=as_(desk.lead), now=NOW)

    assert first.answer is Answer.WITHDRAWN
    assert desk.invite("colleague@city.example") is not first


def test_whoever_writes_already_is_not_invited(desk: Desk) -> None:
    desk.joined("colleague@city.example")

    for email in ("lead@city.example", "colleague@city.example"):
        with pytest.raises(writers.WritesAlready):
            desk.invite(email)


@pytest.mark.parametrize(
    "email", ["", "no-address", "a@b", "x" * 300 + "@city.example", "a\x00@city.example"]
)
def test_what_is_no_address_is_not_asked(desk: Desk, email: str) -> None:
    with pytest.raises(accounts.NotAnAddress):
        desk.invite(email)


def test_a_nomination_sends_no_flood_of_invitations(desk: Desk) -> None:
    for number in range(questions.MOST_WAITING):
        desk.invite(f"colleague-{number}@city.example")

    with pytest.raises(questions.TooManyInvitations):
        desk.invite("one-more@city.example")


def test_only_the_lead_invites_removes_and_hands_over(desk: Desk) -> None:
    one, other = desk.joined("one@city.example"), desk.joined("other@city.example")

    for act in (
        lambda: desk.invite("third@city.example", by=one),
        lambda: desk.offer("one@city.example", by=one),
        lambda: desk.remove(other, by=one),
        lambda: writers.withdraw(
            desk.session, desk.nomination, desk.invite("new@city.example"), actor=as_(one), now=NOW
        ),
    ):
        with pytest.raises(writers.LeadOnly):
            act()


def test_an_editor_may_leave_and_come_back_by_a_new_invitation(desk: Desk) -> None:
    colleague = desk.joined("colleague@city.example", "Example Colleague")
    desk.remove(colleague, by=colleague)
    assert desk.names() == [("Example Lead", True)]
    with pytest.raises(writers.NotAWriter):
        desk.remove(colleague, by=colleague)

    desk.answer(desk.invite("colleague@city.example"), colleague)

    assert desk.names() == [("Example Lead", True), ("Example Colleague", False)]
    assert len(desk.session.scalars(select(NominationEditor)).all()) == 1


def test_a_lead_cannot_be_removed(desk: Desk) -> None:
    with pytest.raises(writers.NotAWriter):
        desk.remove(desk.lead, by=desk.lead)


def test_a_person_without_a_name_is_shown_by_the_address_that_the_lead_wrote(desk: Desk) -> None:
    colleague = desk.person("private@home.example")

    desk.answer(desk.invite("colleague@city.example"), colleague)

    assert desk.names() == [("Example Lead", True), ("colleague@city.example", False)]


def test_the_lead_changes_hands_when_the_other_accepts_and_the_former_goes_on_as_editor(desk: Desk) -> None:
    colleague = desk.joined("colleague@city.example", "Example Colleague")
    offer = desk.offer("colleague@city.example")
    assert desk.nomination.nominator_id == desk.lead.id

    desk.answer(offer, colleague)

    assert desk.names() == [("Example Colleague", True), ("Example Lead", False)]
    assert "nomination.handed_over" in desk.session.scalars(select(AuditEvent.action)).all()


def test_an_offer_declined_changes_nothing(desk: Desk) -> None:
    desk.answer(desk.offer("colleague@city.example"), None, accepted=False)

    assert desk.nomination.nominator_id == desk.lead.id


def test_a_second_offer_withdraws_the_first(desk: Desk) -> None:
    first = desk.offer("one@city.example")

    second = desk.offer("other@city.example")

    assert (first.answer, second.answer) == (Answer.WITHDRAWN, None)


def test_an_offer_of_somebody_who_leads_no_more_is_worth_nothing(desk: Desk) -> None:
    offer, heir = desk.offer("one@city.example"), desk.person("heir@city.example")
    writers.hand_over_by_staff(
        desk.session, desk.nomination, heir, reason="The lead has left the city.", actor=desk.staff, now=NOW
    )

    assert offer.answer is Answer.WITHDRAWN
    assert [it.account.id for it in writers.writers(desk.session, desk.nomination)] == [heir.id]


def test_staff_hand_over_with_a_reason_that_is_kept(desk: Desk) -> None:
    heir = desk.person("heir@city.example")
    with pytest.raises(decisions.ReasonMissing):
        writers.hand_over_by_staff(desk.session, desk.nomination, heir, reason=" ", actor=desk.staff, now=NOW)

    writers.hand_over_by_staff(
        desk.session, desk.nomination, heir, reason="Left in May.", actor=desk.staff, now=NOW
    )

    event = desk.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "nomination.handed_over_by_staff")
    ).one()
    assert event.payload is not None
    assert "Left in May." in event.payload.after


def test_nobody_is_asked_about_a_nomination_that_is_no_longer_written(desk: Desk) -> None:
    desk.nomination.state = NominationState.WITHDRAWN
    desk.session.flush()

    with pytest.raises(drafts.NotEditable):
        desk.invite("colleague@city.example")


def test_what_an_invitation_says_names_the_nomination(desk: Desk) -> None:
    drafts.change(
        desk.session, desk.nomination, {"title": "Open budget"}, base=None, actor=as_(desk.lead), now=NOW
    )

    invitation = desk.invite("colleague@city.example")

    assert (invitation.kind, invitation.arguments["title"]) == (InvitationKind.EDITOR, "Open budget")
    assert partners.of(desk.session, desk.nomination) == []

"""The page of an invitation: opening it changes nothing, a button answers once, the link shows whose address it is."""

import pytest
from flask import Flask
from sqlalchemy import select

from awards import accounts, drafts, editions, invitations
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Answer, Grant, Invitation, InvitationKind, Organisation, Role, UserSession
from awards.timetable import Phase
from tests.web import world
from tests.web.mailing import invitation_link
from tests.web.signing import faults_of, person, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMAIL = "screener@city.example"
TITLE = "Open budget <b>portal</b>"


def invite(app: Flask, kind: InvitationKind = InvitationKind.ROLE, *, edition: str = world.OPEN) -> str:
    """The address of an invitation's page, from an organiser about a nomination of theirs."""
    with app.app_context():
        begin_writing()
        organiser = person("organiser@city.example", name="Olga Organiser")
        actor = Actor(organiser, organiser)
        place = editions.find(db.session(), edition)
        nomination = organisation = None
        if kind is not InvitationKind.ROLE:
            nomination = drafts.start(
                db.session(), place, category="open-city", language="en", actor=actor, now=world.NOW
            )
            said = {
                "title": TITLE,
                "organisation_name": "Example City",
                "city": "Exampleton",
                "country": "KR",
            }
            drafts.change(db.session(), nomination, said, base=None, actor=actor, now=world.NOW)
            if kind is InvitationKind.CATEGORY:
                nomination.state = drafts.NominationState.SUBMITTED
            organisation = Organisation(name="Partner City", folded="partner city")
            db.session.add(organisation)
            db.session.flush()
        invitations.invite(
            db.session(),
            kind,
            email=EMAIL,
            edition=place,
            nomination=nomination,
            organisation=organisation,
            role=Role.SCREENER if kind is InvitationKind.ROLE else None,
            name="Suggested Name",
            language="en",
            arguments={"category": "services"} if kind is InvitationKind.CATEGORY else None,
            note="Please answer soon.",
            actor=actor,
            now=world.NOW,
        )
        db.session.commit()
    return invitation_link(app)


def answered(app: Flask) -> tuple[Answer | None, str]:
    """How the invitation was answered, and by which address."""
    with app.app_context():
        invitation = db.session.scalars(select(Invitation)).one()
        by = db.session.get(Account, invitation.answered_by_id) if invitation.answered_by_id else None
        return invitation.answer, by.email if by is not None else ""


def test_an_invitation_opened_ten_times_is_not_answered(site: Flask) -> None:
    page = invite(site)
    gateway = site.test_client()

    opened = [gateway.get(page) for _ in range(10)]
    opened += [gateway.head(page), gateway.get(page.removeprefix("/en"), follow_redirects=True)]

    assert {answer.status_code for answer in opened} == {200}
    assert answered(site) == (None, "")
    with site.app_context():
        assert accounts.find(db.session(), EMAIL) is None
        assert db.session.scalars(select(UserSession)).all() == []


@pytest.mark.parametrize("kind", InvitationKind)
def test_the_page_says_who_asks_what_about_which_nomination_until_when(
    site: Flask, kind: InvitationKind
) -> None:
    address = invite(site, kind)

    english, korean = site.test_client().get(address), site.test_client().get(address.replace("/en/", "/ko/"))

    assert [faults_of(page.text) for page in (english, korean)] == [[], []]
    assert all(
        word in english.text for word in ("Olga Organiser", EMAIL, "Please answer soon.", "WeGO Awards 2026")
    )
    assert "You can answer" in english.text
    if kind is InvitationKind.ROLE:
        assert "Will you act as screener?" in english.text
    else:
        assert "Open budget &lt;b&gt;portal&lt;/b&gt;" in english.text
        assert "Exampleton" in english.text
    if kind is InvitationKind.CATEGORY:
        assert "Services" in english.text
    if kind is InvitationKind.PARTNER:
        assert "Partner City" in english.text


def test_accepting_makes_the_account_with_its_name_and_signs_in(site: Flask) -> None:
    page, client = invite(site), site.test_client()

    nameless = send(client, page, {"answer": "accept", "name": " "})
    accepted = send(client, page, {"answer": "accept", "name": "Sun Screener"})
    today = client.get(accepted.location)

    assert (nameless.status_code, accepted.status_code, accepted.location) == (422, 303, "/en/today")
    assert faults_of(nameless.text) == []
    assert "Sun Screener" in today.text
    assert "screener" in today.text
    assert answered(site) == (Answer.ACCEPTED, EMAIL)
    with site.app_context():
        assert db.session.scalars(select(Grant.role)).all() == [Role.SCREENER]


def test_accepting_signs_in_whoever_has_the_address(site: Flask) -> None:
    page, client = invite(site), site.test_client()
    with site.app_context():
        person(EMAIL, name="Known Before")

    send(client, page, {"answer": "accept"})

    assert "Known Before" in client.get("/en/today").text


def test_declining_needs_no_account_and_makes_none(site: Flask) -> None:
    page, client = invite(site), site.test_client()

    answer = send(client, page, {"answer": "decline"})

    assert "This invitation was declined" in answer.text
    assert faults_of(answer.text) == []
    assert answered(site) == (Answer.DECLINED, "")
    assert client.get("/en/today").status_code == 303
    with site.app_context():
        assert accounts.find(db.session(), EMAIL) is None


@pytest.mark.parametrize(
    ("answer", "by", "now"),
    [
        ("accept_as_me", "other@city.example", "Somebody Else"),
        ("accept", EMAIL, "Sun Screener"),
        ("decline", "other@city.example", "Somebody Else"),
    ],
)
def test_somebody_else_who_is_signed_in_is_asked_who_accepts(
    site: Flask, answer: str, by: str, now: str
) -> None:
    page = invite(site, InvitationKind.EDITOR)
    with site.app_context():
        person("other@city.example", name="Somebody Else")
    browser = signed_in(site, "other@city.example")

    asked = browser.get(page)
    send(browser, page, {"answer": answer, "name": "Sun Screener"})

    assert "Who accepts?" in asked.text
    assert faults_of(asked.text) == []
    assert answered(site)[1] == by
    assert now in browser.get("/en/today").text


def test_an_answer_that_the_page_does_not_offer_changes_nothing(site: Flask) -> None:
    page, client = invite(site), site.test_client()

    answers = [
        send(client, page, {"answer": it, "name": "x"}).status_code for it in ("", "maybe", "accept_as_me")
    ]

    assert answers == [422, 422, 422]
    assert answered(site) == (None, "")


def test_an_invitation_answered_twice_says_how_it_was_answered(site: Flask) -> None:
    page, client = invite(site), site.test_client()
    other = site.test_client()
    token = client.get(page)
    send(client, page, {"answer": "accept", "name": "Sun Screener"})

    again = other.get(page)
    posted = other.post(page, data={"answer": "decline"})

    assert token.status_code == 200
    assert (again.status_code, "This invitation was accepted" in again.text) == (200, True)
    assert posted.status_code == 400
    assert other.get("/en/today").status_code == 303
    assert answered(site) == (Answer.ACCEPTED, EMAIL)
    assert faults_of(again.text) == []


def test_a_withdrawn_and_a_closed_invitation_say_so(site: Flask) -> None:
    page, client = invite(site), site.test_client()
    with site.app_context():
        editions.find(db.session(), world.OPEN).phase = Phase.FIRST_ROUND
        db.session.commit()
    closed = client.get(page)
    with site.app_context():
        begin_writing()
        invitation = db.session.scalars(select(Invitation)).one()
        organiser = invitation.invited_by
        invitations.withdraw(db.session(), invitation, actor=Actor(organiser, organiser), now=world.NOW)
        db.session.commit()
    withdrawn = client.get(page)

    assert (closed.status_code, "This invitation is closed" in closed.text) == (410, True)
    assert (withdrawn.status_code, "This invitation was taken back" in withdrawn.text) == (410, True)
    assert [faults_of(answer.text) for answer in (closed, withdrawn)] == [[], []]


def test_a_closed_account_accepts_nothing(site: Flask) -> None:
    page = invite(site)
    with site.app_context():
        person(EMAIL).active = False
        db.session.commit()

    answer = site.test_client().get(page)

    assert (answer.status_code, "This account is closed" in answer.text) == (410, True)


@pytest.mark.parametrize("token", ["no-such-token", "x" * 500, "%00", "한글"])
def test_an_invitation_that_nobody_sent_is_unknown(site: Flask, token: str) -> None:
    answer = site.test_client().get(f"/en/invitation/{token}")

    assert (answer.status_code, "This link is not known." in answer.text) == (404, True)


def test_an_invitation_without_its_mail_is_found_on_ones_own_pages_by_its_person_only(site: Flask) -> None:
    invite(site)
    with site.app_context():
        person(EMAIL, name="Sun Screener")
        person("other@city.example")
        number = db.session.scalars(select(Invitation.public_id)).one()
    browser, other = signed_in(site, EMAIL), signed_in(site, "other@city.example")
    address = f"/en/invitations/{number}"

    today, page, theirs = browser.get("/en/today"), browser.get(address), other.get(address)
    accepted = send(browser, address, {"answer": "accept"})

    assert f'href="{address}"' in today.text
    assert (page.status_code, faults_of(page.text)) == (200, [])
    assert theirs.status_code == 404
    assert accepted.location == "/en/today"
    assert answered(site) == (Answer.ACCEPTED, EMAIL)


def test_a_role_that_excludes_another_one_is_refused_in_words_and_not_given(site: Flask) -> None:
    page = invite(site)
    with site.app_context():
        place = editions.find(db.session(), world.OPEN)
        person(EMAIL, Role.AUDITOR, edition=place, name="Example Auditor")

    answer = send(site.test_client(), page, {"answer": "accept"})

    assert answer.status_code == 422
    assert "You are auditor here, and nobody is both that and screener." in answer.text
    assert faults_of(answer.text) == []
    assert answered(site) == (None, "")
    with site.app_context():
        assert db.session.scalars(select(Grant.role)).all() == [Role.AUDITOR]


def test_a_link_alone_opens_no_account_that_somebody_uses(site: Flask) -> None:
    page, stranger = invite(site), site.test_client()
    with site.app_context():
        person(EMAIL, name="Known Before")
    own = signed_in(site, EMAIL)

    led = send(stranger, page, {"answer": "accept"})
    told = stranger.get(led.location)

    assert led.location == "/en/sign-in"
    assert f"{EMAIL} has an account already." in told.text
    assert answered(site) == (None, "")
    with site.app_context():
        number = db.session.scalars(select(Invitation.public_id)).one()
        assert len(db.session.scalars(select(UserSession)).all()) == 1
    with stranger.session_transaction() as cookie:
        assert cookie["next"] == f"/en/invitations/{number}"
    assert stranger.get("/en/today").status_code == 303
    assert send(own, page, {"answer": "accept"}).location == "/en/today"
    assert answered(site) == (Answer.ACCEPTED, EMAIL)


def test_a_role_is_accepted_by_the_invited_account_alone(site: Flask) -> None:
    page = invite(site)
    with site.app_context():
        person("other@city.example", name="Somebody Else")
    browser = signed_in(site, "other@city.example")

    shown = browser.get(page)
    answer = send(browser, page, {"answer": "accept_as_me"})

    assert "Accept as Somebody Else" not in shown.text
    assert (answer.status_code, faults_of(answer.text)) == (422, [])
    assert "Only the account of the invited address can accept a role." in answer.text
    assert answered(site) == (None, "")

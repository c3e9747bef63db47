"""Organisation, partners and the person nominated: who has agreed, and what is still open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import (
    accounts,
    collaboration,
    drafts,
    editions,
    invitations,
    naming,
    nominations,
    nominees,
    organisations,
    partners,
    questions,
)
from awards.audit import Actor
from awards.collaboration import OpenQuestion, Question
from awards.models import (
    Account,
    Answer,
    Attachment,
    AttachmentState,
    Edition,
    Invitation,
    Nomination,
    NominationState,
    Organisation,
)
from awards.nominees import Acceptance
from awards.partners import Standing
from awards.timetable import Moment
from tests.awards.builders import NOW, edition_of, operator

Work = scoped_session[Session]


@dataclass
class Desk:
    """A draft of Seoul's, and a directory with some cities."""

    session: Work
    edition: Edition
    nomination: Nomination
    lead: Account

    @property
    def actor(self) -> Actor:
        return Actor(account=self.lead, real=self.lead)

    def body(self, name: str, *, kind: str = "city", country: str = "KR", **values: object) -> Organisation:
        made = organisations.make(name, country=country, kind=kind)
        for column, value in values.items():
            setattr(made, column, value)
        self.session.add(made)
        self.session.flush()
        return made

    def change(self, **changes: object) -> None:
        drafts.change(self.session, self.nomination, changes, base=None, actor=self.actor, now=NOW)  # type: ignore[arg-type]

    def choose(self, organisation: Organisation, base: int | None = None) -> None:
        collaboration.choose_organisation(
            self.session, self.nomination, organisation, base=base, actor=self.actor, now=NOW
        )

    def add(self, organisation: Organisation, now: datetime = NOW) -> None:
        partners.add(self.session, self.nomination, organisation, actor=self.actor, now=now)

    def remove(self, organisation: Organisation) -> None:
        partners.remove(self.session, self.nomination, organisation, actor=self.actor, now=NOW)

    def ask(self, organisation: Organisation, email: str = "office@busan.example") -> Invitation:
        return partners.ask(
            self.session, self.nomination, organisation,
            email=email, language="ko", actor=self.actor, now=NOW,
        )  # fmt: skip

    def answer(self, invitation: Invitation, *, accepted: bool) -> None:
        account = None
        if accepted:
            account, _ = accounts.find_or_make(self.session, invitation.email, now=NOW, actor=self.actor)
        invitations.answer(self.session, invitation, accepted=accepted, account=account, now=NOW)

    def standing(self) -> dict[str, Standing]:
        return {it.organisation.name: it.standing for it in partners.of(self.session, self.nomination)}

    def named(self) -> list[str]:
        self.session.expire_all()
        return [it.organisation.name for it in self.nomination.partners]

    def letter(self, state: AttachmentState = AttachmentState.CLEAN, *, ours: bool = True) -> str:
        made = Attachment(
            nomination_id=self.nomination.id if ours else None,
            name="letter.pdf", media_type="application/pdf", size=1, sha256="0" * 64, state=state, at=NOW,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        return made.key


@pytest.fixture
def desk(session: Work) -> Desk:
    staff = operator(session)
    edition = edition_of(session, staff)
    lead = accounts.find_or_make(session, "lead@seoul.example", name="Example Lead", now=NOW, actor=staff)[0]
    nomination = drafts.start(
        session, edition, category="services", language="en",
        actor=Actor(account=lead, real=lead), now=NOW,
    )  # fmt: skip
    return Desk(session, edition, nomination, lead)


def test_the_draft_takes_name_city_and_country_of_what_was_chosen(desk: Desk) -> None:
    desk.choose(desk.body("Seoul"))

    draft = drafts.latest(desk.session, desk.nomination)
    assert (draft.organisation_name, draft.city, draft.country) == ("Seoul", "Seoul", "KR")


def test_an_agency_is_of_the_city_that_is_chosen_for_it(desk: Desk) -> None:
    agency = desk.body("Data Agency", kind="public-agency")
    desk.choose(agency)
    assert collaboration.needs_city(agency)

    collaboration.choose_city(
        desk.session, desk.nomination, desk.body("Porto", country="PT"),
        base=None, actor=desk.actor, now=NOW,
    )  # fmt: skip

    draft = drafts.latest(desk.session, desk.nomination)
    assert (draft.organisation_name, draft.city, draft.country) == ("Data Agency", "Porto", "PT")


def test_two_people_choosing_differently_overwrite_nothing(desk: Desk) -> None:
    opened = drafts.latest(desk.session, desk.nomination).number
    desk.choose(desk.body("Seoul"), base=opened)

    with pytest.raises(drafts.StaleDraft) as refused:
        desk.choose(desk.body("Busan"), base=opened)

    assert {clash.key for clash in refused.value.clashes} == {"organisation_id", "organisation_name", "city"}
    assert drafts.latest(desk.session, desk.nomination).organisation_name == "Seoul"


def test_a_partner_confirms_by_link_and_the_lead_is_told(desk: Desk) -> None:
    busan = desk.body("Busan")
    desk.choose(desk.body("Seoul"))
    desk.add(busan)
    assert desk.standing() == {"Busan": Standing.NOT_ASKED}

    asked = desk.ask(busan)
    assert desk.standing() == {"Busan": Standing.WAITING}
    desk.answer(asked, accepted=True)

    row = partners.find(desk.session, desk.nomination, busan)
    assert desk.standing() == {"Busan": Standing.CONFIRMED}
    assert (row.approved_at, row.approved_by_id) == (NOW, asked.answered_by_id)


def test_a_partner_that_declines_is_named_nowhere_and_may_be_asked_again(desk: Desk) -> None:
    busan = desk.body("Busan")
    desk.add(busan)
    desk.answer(desk.ask(busan), accepted=False)
    assert (desk.standing(), desk.named()) == ({"Busan": Standing.DECLINED}, [])

    desk.answer(desk.ask(busan, "mayor@busan.example"), accepted=True)

    assert (desk.standing(), desk.named()) == ({"Busan": Standing.CONFIRMED}, ["Busan"])


def test_a_partner_taken_off_counts_nowhere_and_its_link_is_withdrawn(desk: Desk) -> None:
    busan = desk.body("Busan")
    desk.choose(desk.body("Seoul"))
    desk.add(busan)
    asked = desk.ask(busan)
    desk.nomination.state, desk.nomination.submitted_number = NominationState.SUBMITTED, 1
    desk.session.flush()

    desk.remove(busan)

    assert (desk.standing(), desk.named(), asked.answer) == ({}, [], Answer.WITHDRAWN)
    assert naming.shown(desk.nomination)["partners"] == []
    whole = nominations.whole(desk.session(), desk.edition)
    assert [list(it.partners) for it in whole] == [[]]


def test_a_partner_taken_off_is_added_again_without_its_old_word(desk: Desk) -> None:
    busan = desk.body("Busan")
    desk.add(busan)
    desk.answer(desk.ask(busan), accepted=True)
    desk.remove(busan)

    desk.add(busan)

    assert desk.standing() == {"Busan": Standing.NOT_ASKED}


def test_the_lead_is_no_partner_and_a_partner_no_lead(desk: Desk) -> None:
    seoul, busan = desk.body("Seoul"), desk.body("Busan")
    desk.choose(seoul)
    desk.add(busan)

    with pytest.raises(partners.IsLead):
        desk.add(seoul)
    with pytest.raises(partners.IsPartner):
        desk.choose(busan)
    with pytest.raises(partners.IsPartner):
        desk.add(busan)


def test_a_part_of_the_lead_is_marked(desk: Desk) -> None:
    seoul = desk.body("Seoul")
    desk.choose(seoul)
    desk.add(desk.body("Mapo", kind="district", parent_id=seoul.id))
    desk.add(desk.body("Busan"))

    assert {it.organisation.name: it.kin for it in partners.of(desk.session, desk.nomination)} == {
        "Mapo": True, "Busan": False,
    }  # fmt: skip


def test_a_partner_agrees_by_a_checked_letter_of_this_nomination_only(desk: Desk) -> None:
    busan = desk.body("Busan")
    desk.add(busan)
    asked = desk.ask(busan)
    row = partners.of_field(desk.session, desk.nomination, partners.letter_field(busan))

    for key in (desk.letter(AttachmentState.WAITING), desk.letter(ours=False), "no-such-key"):
        with pytest.raises(partners.LetterUnknown):
            partners.approve_by_letter(desk.session, row, attachment_key=key, actor=desk.actor, now=NOW)
    partners.approve_by_letter(desk.session, row, attachment_key=desk.letter(), actor=desk.actor, now=NOW)

    assert (desk.standing(), asked.answer) == ({"Busan": Standing.BY_LETTER}, Answer.WITHDRAWN)
    partners.take_letter_back(desk.session, row, actor=desk.actor, now=NOW)
    assert desk.standing() == {"Busan": Standing.NOT_ASKED}


def _move(state: NominationState) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        desk.nomination.state, desk.nomination.submitted_number = state, 1
        desk.session.flush()

    return act


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (NominationState.ELIGIBLE, drafts.NotEditable),
        (NominationState.WITHDRAWN, drafts.NotEditable),
        (NominationState.SUBMITTED, drafts.NominationsNotOpen),
    ],
)
def test_partners_of_what_was_submitted_stand_after_the_deadline(
    desk: Desk, state: NominationState, error: type[Exception]
) -> None:
    busan, close = desk.body("Busan"), NOW + timedelta(days=1)
    editions.set_moment(
        desk.session, desk.edition, Moment.NOMINATIONS_CLOSE, close.replace(tzinfo=None),
        zone="UTC", actor=desk.actor, now=NOW,
    )  # fmt: skip
    desk.add(busan)
    _move(state)(desk)
    late = close + timedelta(seconds=1)

    with pytest.raises(error):
        desk.add(desk.body("Daegu"), now=late)
    assert not partners.may_change(desk.session, desk.nomination, late)


def individual(desk: Desk, email: str = "nominee@person.example") -> None:
    desk.change(
        nominee_kind="individual",
        organisation_name="김보기",
        nominee={"latin_name": "Example Kim", "email": email, "organisation": ""},
    )


def test_a_person_nominated_by_another_is_asked_and_the_answer_is_kept(desk: Desk) -> None:
    individual(desk)
    assert collaboration.nominee_answer(desk.session, desk.nomination) is Acceptance.NOT_ASKED

    asked = nominees.ask(desk.session, desk.nomination, language="ko", actor=desk.actor, now=NOW)
    assert collaboration.nominee_answer(desk.session, desk.nomination) is Acceptance.WAITING
    desk.answer(asked, accepted=False)

    assert asked.name == "김보기"
    assert collaboration.nominee_answer(desk.session, desk.nomination) is Acceptance.DECLINED
    assert collaboration.open_questions(desk.session, desk.nomination) == (
        OpenQuestion(Question.NOMINEE_DECLINED, "김보기"),
    )


def test_an_answer_from_an_address_that_was_corrected_since_does_not_count(desk: Desk) -> None:
    individual(desk, "mistyped@person.example")
    wrong = nominees.ask(desk.session, desk.nomination, language="en", actor=desk.actor, now=NOW)

    individual(desk, "right@person.example")
    assert collaboration.nominee_answer(desk.session, desk.nomination) is Acceptance.NOT_ASKED
    nominees.ask(desk.session, desk.nomination, language="en", actor=desk.actor, now=NOW)

    assert wrong.answer is Answer.WITHDRAWN
    assert collaboration.nominee_answer(desk.session, desk.nomination) is Acceptance.WAITING


def test_whoever_nominates_themselves_is_not_asked(desk: Desk) -> None:
    individual(desk, "LEAD@seoul.example")

    assert collaboration.nominee_answer(desk.session, desk.nomination) is Acceptance.NOT_NEEDED
    with pytest.raises(nominees.NobodyToAsk):
        nominees.ask(desk.session, desk.nomination, language="en", actor=desk.actor, now=NOW)


def test_a_persons_organisation_does_not_take_the_place_of_the_name(desk: Desk) -> None:
    individual(desk)
    institute = desk.body("Institute", kind="academic", city="Daejeon", names={"ko": "연구원"})
    desk.choose(institute)

    draft = drafts.latest(desk.session, desk.nomination)
    desk.nomination.submitted_number = draft.number
    desk.session.flush()
    assert (draft.organisation_id, draft.organisation_name) == (institute.id, "김보기")
    assert nominees.said_by(draft)["organisation"] == "Institute"
    assert naming.shown(desk.nomination)["organisation_names"] == {}


def test_the_screening_sees_everything_that_is_open(desk: Desk) -> None:
    desk.choose(desk.body("New Town", confirmed=False))
    for name in ("Asked", "Silent", "Declined", "Confirmed"):
        desk.add(desk.body(name))
    for partner in partners.of(desk.session, desk.nomination):
        if partner.organisation.name != "Silent":
            asked = desk.ask(partner.organisation, f"{partner.organisation.name}@partner.example")
            if partner.organisation.name != "Asked":
                desk.answer(asked, accepted=partner.organisation.name == "Confirmed")

    assert collaboration.open_questions(desk.session, desk.nomination) == (
        OpenQuestion(Question.PARTNER_WAITING, "Asked"),
        OpenQuestion(Question.PARTNER_NOT_ASKED, "Silent"),
        OpenQuestion(Question.PARTNER_DECLINED, "Declined"),
        OpenQuestion(Question.ORGANISATION_UNCONFIRMED, "New Town"),
    )


def test_one_contact_of_a_partner_is_asked_at_a_time(desk: Desk) -> None:
    busan = desk.body("Busan")
    desk.add(busan)
    first = desk.ask(busan)
    with pytest.raises(questions.InvitedAlready):
        desk.ask(busan)

    second = desk.ask(busan, "mayor@busan.example")

    assert (first.answer, second.answer) == (Answer.WITHDRAWN, None)


def test_an_invitation_taken_back_again_and_again_does_not_fill_a_mailbox(desk: Desk) -> None:
    busan = desk.body("Busan")
    desk.add(busan)
    for _ in range(questions.MOST_FROM_ONE_TO_ONE):
        invitations.withdraw(desk.session, desk.ask(busan), actor=desk.actor, now=NOW)

    with pytest.raises(questions.TooManyMessages):
        desk.ask(busan)

    assert desk.ask(busan, "another@busan.example").answer is None

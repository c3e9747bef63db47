"""Moving to another category: only where its nominator agrees."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import invitations, moving, recusals, reviews, screening
from awards.decisions import ReasonMissing
from awards.invitations import InvitationClosed
from awards.models import Decision, DecisionKind, Invitation, Nomination, NominationState, Outbox
from awards.moving import MoveAsked, NoMoveAsked, NoSuchCategory
from awards.recusals import InterestBinds
from tests.web import desk
from tests.web.world import NOW

Work = scoped_session[Session]


@pytest.fixture
def field(session: Work) -> desk.Field:
    found = desk.open_field(session())
    found.nominate("OC-01")
    return found


def find(field: desk.Field) -> Nomination:
    return screening.nominations.find(field.session, field.edition, "OC-01")


def ask(field: desk.Field, category: str = "services", *, reason: str = "It is about permits.") -> Invitation:
    return moving.ask(
        field.session,
        field.edition,
        find(field),
        category,
        reason=reason,
        actor=field.person(desk.ADA),
        now=NOW,
    )


def answer(field: desk.Field, invitation: Invitation, *, accepted: bool) -> str | None:
    return invitations.answer(
        field.session, invitation, accepted=accepted, account=field.writer("OC-01"), now=NOW
    )


def test_the_nominator_is_asked_and_the_category_stays_until_they_agree(field: desk.Field) -> None:
    invitation = ask(field)

    assert invitation.email == "writer-oc-01@city.example"
    assert find(field).category == "open-city"
    assert moving.pending(field.session, find(field)) is invitation
    answer(field, invitation, accepted=True)

    decision = field.session.scalars(select(Decision)).one()
    assert find(field).category == "services"
    assert decision.kind is DecisionKind.CATEGORY_MOVED
    assert (decision.subject["before"], decision.subject["after"]) == ("open-city", "services")
    assert decision.signers[0]["name"] == desk.NAMES[desk.ADA]
    assert [it.template for it in field.session.scalars(select(Outbox).order_by(Outbox.id))] == [
        "invitation",
        "category_move",
    ]


def test_it_is_judged_where_it_was_moved_to_whatever_its_text_says(field: desk.Field) -> None:
    answer(field, ask(field), accepted=True)

    verdict = screening.decide(
        field.session, field.edition, "OC-01", eligible=True, actor=field.person(desk.BO), now=NOW
    )

    assert verdict.decision is not None
    assert verdict.decision.category == "services"
    assert reviews.review(field.session, field.edition).revisions[find(field).id].category == "open-city"


def test_a_nominator_who_does_not_agree_keeps_the_category(field: desk.Field) -> None:
    answer(field, ask(field), accepted=False)

    assert find(field).category == "open-city"
    assert moving.pending(field.session, find(field)) is None
    assert ask(field, "efficiency").id is not None


def test_an_answer_after_the_decision_moves_nothing(field: desk.Field) -> None:
    invitation = ask(field)
    screening.decide(
        field.session, field.edition, "OC-01", eligible=True, actor=field.person(desk.BO), now=NOW
    )

    with pytest.raises(InvitationClosed):
        answer(field, invitation, accepted=True)
    assert find(field).category == "open-city"


@pytest.mark.parametrize("category", ["open-city", "no-such-category", ""])
def test_it_moves_to_another_category_that_there_is(field: desk.Field, category: str) -> None:
    with pytest.raises(NoSuchCategory):
        ask(field, category)


def test_one_question_at_a_time_with_a_reason_that_can_be_taken_back(field: desk.Field) -> None:
    with pytest.raises(ReasonMissing):
        ask(field, reason=" ")
    ask(field)
    with pytest.raises(MoveAsked):
        ask(field)

    act = {"actor": field.person(desk.BO), "now": NOW}
    moving.take_back(field.session, field.edition, find(field), **act)  # type: ignore[arg-type]

    with pytest.raises(NoMoveAsked):
        moving.take_back(field.session, field.edition, find(field), **act)  # type: ignore[arg-type]
    assert find(field).state is NominationState.SUBMITTED


def test_whoever_has_an_interest_asks_for_no_other_category(field: desk.Field) -> None:
    recusals.declare(field.session, find(field), actor=field.person(desk.ADA), now=NOW)

    with pytest.raises(InterestBinds):
        ask(field)

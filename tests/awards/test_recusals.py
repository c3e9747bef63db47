"""Conflicts bind screeners too: whoever has an interest in a nomination neither reads nor decides it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import (
    appeals,
    judges,
    organisations,
    profiles,
    recusals,
    releasing,
    returning,
    reviews,
    screening,
)
from awards.judges import ScreenersDoNotJudge
from awards.models import (
    Affiliation,
    Answer,
    DeclaredInterest,
    Invitation,
    InvitationKind,
    Judge,
    JudgeState,
    Nomination,
    NominationEditor,
    NominationPartner,
    NominationState,
)
from awards.recusals import Interest, InterestBinds, NotDeclared, OwnDeclaration
from tests.awards.builders import table_of
from tests.web import desk
from tests.web.world import NOW

Work = scoped_session[Session]


@pytest.fixture
def field(session: Work) -> desk.Field:
    found = desk.open_field(session())
    found.nominate("OC-01", results=[])
    found.nominate("OC-02")
    return found


def find(field: desk.Field, reference: str = "OC-01") -> Nomination:
    return screening.nominations.find(field.session, field.edition, reference)


def interests(field: desk.Field, email: str = desk.ADA, reference: str = "OC-01") -> set[Interest]:
    account = field.person(email).account
    return {it.interest for it in recusals.interests_of(field.session, account, find(field, reference))}


def same_city(field: desk.Field) -> None:
    desk.live_in(field, desk.ADA, "Town OC-01")


def city_above(field: desk.Field) -> None:
    desk.live_in(field, desk.ADA, "Province of OC")
    town = organisations.match(field.session, "Town OC-01", "KR") or desk_body(field, "Town OC-01")
    town.parent = organisations.match(field.session, "Province of OC", "KR")
    field.session.flush()


def desk_body(field: desk.Field, name: str) -> organisations.Organisation:
    return organisations.find_or_make(
        field.session, name, country="KR", city=name, kind="city", actor=field.who, now=NOW
    )[0]


def named(field: desk.Field) -> None:
    field.nominate("OC-03", problem="Ada Screener of our office found it out.")


def addressed(field: desk.Field) -> None:
    field.nominate("OC-03", problem=f"Ask {desk.ADA} about it.")


def nominator(field: desk.Field) -> None:
    find(field).nominator_id = field.person(desk.ADA).account.id


def editor_once(field: desk.Field) -> None:
    field.session.add(
        NominationEditor(
            nomination_id=find(field).id, account_id=field.person(desk.ADA).account.id, at=NOW, ended_at=NOW
        )
    )


def asked_to_write(field: desk.Field, *, answer: Answer | None = None) -> None:
    field.session.add(
        Invitation(
            kind=InvitationKind.EDITOR,
            edition_id=field.edition.id,
            nomination_id=find(field).id,
            email=desk.ADA,
            language="en",
            invited_by_id=field.who.account.id,
            answer=answer,
            at=NOW,
        )
    )


def agreed_to_write(field: desk.Field) -> None:
    asked_to_write(field, answer=Answer.ACCEPTED)


def partner(field: desk.Field, *, agreed: bool = True) -> None:
    body = desk_body(field, "Partner Town")
    person = field.person(desk.ADA).account
    field.session.add(
        NominationPartner(
            nomination_id=find(field).id,
            organisation_id=body.id,
            email=desk.ADA,
            approved_by_id=person.id if agreed else None,
        )
    )
    field.session.flush()


@pytest.mark.parametrize(
    ("tie", "interest", "reference"),
    [
        (same_city, Interest.SAME_CITY, "OC-01"),
        (city_above, Interest.SAME_CITY, "OC-01"),
        (named, Interest.NAMED, "OC-03"),
        (addressed, Interest.NAMED, "OC-03"),
        (nominator, Interest.OWN, "OC-01"),
        (editor_once, Interest.OWN, "OC-01"),
        (agreed_to_write, Interest.OWN, "OC-01"),
        (partner, Interest.OWN, "OC-01"),
    ],
)
def test_what_binds_and_whom(
    field: desk.Field, tie: Callable[[desk.Field], None], interest: Interest, reference: str
) -> None:
    tie(field)
    field.session.flush()

    assert interest in interests(field, reference=reference)
    assert interests(field, desk.BO, reference) == set()
    assert interests(field, reference="OC-02") == set()


def test_nobody_is_bound_by_what_others_ask_of_them(field: desk.Field) -> None:
    asked_to_write(field)
    partner(field, agreed=False)
    field.session.flush()

    assert interests(field) == set()


def test_the_same_country_binds_no_screener(field: desk.Field) -> None:
    desk.live_in(field, desk.ADA, "Another Town")

    assert interests(field) == set()


def test_where_a_screener_says_to_work_binds_until_it_changes(field: desk.Field) -> None:
    ada = field.person(desk.ADA)

    def work_at(organisation: str, city: str) -> Affiliation:
        return profiles.work_at(
            field.session, ada.account, organisation=organisation, city=city, country="KR", actor=ada, now=NOW
        )

    first = work_at("", "Town OC-01")
    assert (first.started_on, first.ended_on) == (NOW.date(), None)
    assert interests(field) == {Interest.SAME_CITY}
    assert work_at("", "Town OC-01") is first
    with pytest.raises(InterestBinds):
        recusals.need_none(field.session, find(field), ada)

    work_at(desk_body(field, "Town OC-02").name, "")
    assert first.ended_on == NOW.date()
    assert interests(field) == set()
    assert Interest.SAME_CITY in interests(field, reference="OC-02")

    unknown = work_at("Office That Nobody Lists", "").organisation
    assert unknown is not None
    assert not unknown.confirmed
    assert [it.organisation for it in profiles.works_at(field.session, ada.account)] == [unknown]


def test_a_declared_interest_binds_at_once_and_is_undone_by_somebody_else_only(field: desk.Field) -> None:
    ada, cy = field.person(desk.ADA), field.person(desk.CY)
    for _ in range(2):
        recusals.declare(field.session, find(field), reason="My brother.", actor=ada, now=NOW)
    assert interests(field) == {Interest.DECLARED}
    assert [it.account_id for it in field.session.query(DeclaredInterest)] == [ada.account.id]

    with pytest.raises(OwnDeclaration):
        recusals.undo(field.session, find(field), ada.account, actor=ada, now=NOW)
    recusals.undo(field.session, find(field), ada.account, actor=cy, now=NOW)

    assert interests(field) == set()
    with pytest.raises(NotDeclared):
        recusals.undo(field.session, find(field), ada.account, actor=cy, now=NOW)
    recusals.declare(field.session, find(field), actor=ada, now=NOW)
    assert interests(field) == {Interest.DECLARED}


def test_whoever_is_bound_does_nothing_to_a_nomination(field: desk.Field) -> None:
    same_city(field)
    ada = field.person(desk.ADA)
    act = {"actor": ada, "now": NOW}
    [finding] = reviews.review(field.session, field.edition).findings["OC-01"]

    with pytest.raises(InterestBinds) as bound:
        screening.decide(field.session, field.edition, "OC-01", eligible=True, reason="So.", **act)  # type: ignore[arg-type]
    assert {it.interest for it in bound.value.bonds} == {Interest.SAME_CITY}
    with pytest.raises(InterestBinds):
        screening.say_of(
            field.session,
            field.edition,
            find(field),
            reviews.key_of(finding),
            overridden=True,
            reason="So.",
            **act,  # type: ignore[arg-type]
        )
    with pytest.raises(InterestBinds):
        returning.send_back(
            field.session,
            field.edition,
            find(field),
            named=["title"],
            note="So.",
            local=datetime(2026, 5, 9, 12),  # noqa: DTZ001
            zone="UTC",
            **act,  # type: ignore[arg-type]
        )
    assert find(field).state is NominationState.SUBMITTED


def test_whoever_is_bound_decides_no_appeal(field: desk.Field) -> None:
    ada, bo, cy = (field.person(email) for email in (desk.ADA, desk.BO, desk.CY))
    screening.decide(field.session, field.edition, "OC-01", eligible=False, reason="So.", actor=ada, now=NOW)
    releasing.release(field.session, field.edition, [1], actor=cy, now=NOW)
    writer = desk.Actor(field.writer("OC-01"), field.writer("OC-01"))
    appeal = appeals.lodge(
        field.session, field.edition, find(field), text="It is wrong.", actor=writer, now=NOW
    )
    recusals.declare(field.session, find(field), actor=bo, now=NOW)

    with pytest.raises(InterestBinds):
        appeals.decide(field.session, field.edition, appeal, upheld=True, reason="So.", actor=bo, now=NOW)


def test_whoever_judges_does_not_screen_and_whoever_screens_does_not_judge(field: desk.Field) -> None:
    ada = field.person(desk.ADA).account
    row = {"email": desk.BO, "name": "Bo", "organisation": "Institute", "city": "Botown", "country": "KR"}
    field.session.add(
        Judge(edition_id=field.edition.id, account_id=ada.id, state=JudgeState.ACCEPTED, at=NOW)
    )
    field.session.flush()

    assert interests(field) == {Interest.JUDGE}
    with pytest.raises(ScreenersDoNotJudge, match=desk.BO):
        judges.load(field.session, field.edition, table_of(row), actor=field.who, now=NOW)


def test_an_acceptance_of_many_leaves_out_whom_one_is_bound_to(field: desk.Field) -> None:
    field.nominate("OC-03")
    desk.live_in(field, desk.ADA, "Town OC-02")

    done = screening.accept(field.session, field.edition, None, actor=field.person(desk.ADA), now=NOW)

    assert (done.accepted, done.bound) == (("OC-03",), ("OC-02",))
    assert find(field, "OC-02").state is NominationState.SUBMITTED

"""The register: one organisation stands for another wherever it counts, until undone while nothing hangs on it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, conflicts, dates, deadlines, organisations, register, reviews
from awards.audit import Actor
from awards.eligibility import FindingKind
from awards.models import (
    Affiliation,
    AuditEvent,
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    JudgeState,
    Membership,
    NominationState,
    Organisation,
    Role,
)
from awards.register import Facts
from awards.timetable import Moment
from tests.awards.builders import NOW, edition_of, operator
from tests.awards.desks import account_of, draft_of, organiser

Work = scoped_session[Session]


@pytest.fixture
def edition(session: Work) -> Edition:
    return edition_of(session, operator(session), eligibility="per_city = 1")


@pytest.fixture
def actor(session: Work, edition: Edition) -> Actor:
    return organiser(session, edition)


def body(
    session: Work, name: str, *, country: str = "KR", kind: str = "city", confirmed: bool = True
) -> Organisation:
    made = organisations.make(name, country=country, city=name, kind=kind, confirmed=confirmed)
    session.add(made)
    session.flush()
    return made


def merge(session: Work, actor: Actor, one: Organisation, into: Organisation) -> None:
    register.merge(session(), one, into, reason="The same city hall.", actor=actor, now=NOW)


def judge_of(session: Work, edition: Edition, organisation: Organisation) -> Judge:
    account = account_of(session, "judge@city.example", name="Judge Example")
    session.add(Affiliation(account_id=account.id, organisation_id=organisation.id))
    judge = Judge(edition_id=edition.id, account_id=account.id, state=JudgeState.ACCEPTED, at=NOW)
    session.add(judge)
    accounts.grant(session(), account, Role.JUDGE, edition=edition, actor=Actor(account, account), now=NOW)
    session.flush()
    return judge


def found_conflicts(session: Work) -> list[ConflictSource]:
    return sorted(session.scalars(select(Conflict.source)))


def test_a_merged_organisation_is_found_under_its_name(session: Work, actor: Actor) -> None:
    one, into = body(session, "Quillonia City Hall", confirmed=False), body(session, "Quillonia")

    merge(session, actor, one, into)

    assert organisations.match(session(), "quillonia city hall", "KR") is into
    assert organisations.directory(session()).match("Quillonia City Hall", "KR") is into
    assert organisations.find_or_make(
        session(), "Quillonia City Hall", country="KR", actor=actor, now=NOW
    ) == (into, False)
    assert register.unconfirmed(session()) == []


def test_both_count_as_one_for_the_most_of_a_city(session: Work, edition: Edition, actor: Actor) -> None:
    one, into = body(session, "Quillonia City Hall"), body(session, "Quillonia")
    for number, organisation in enumerate((one, into)):
        draft_of(
            session,
            edition,
            f"w{number}@city.example",
            organisation=organisation,
            state=NominationState.SUBMITTED,
            reference=f"SV-0{number}",
        )
    before = reviews.review(session(), edition).findings

    merge(session, actor, one, into)

    after = reviews.review(session(), edition).findings
    assert FindingKind.TOO_MANY_FROM_CITY not in {it.kind for it in before["SV-01"]}
    assert FindingKind.TOO_MANY_FROM_CITY in {it.kind for it in after["SV-01"]}


def test_conflicts_are_found_through_a_merge_and_go_with_it(
    session: Work, edition: Edition, actor: Actor
) -> None:
    one, into = body(session, "Quillonia City Hall"), body(session, "Quillonia")
    draft_of(
        session,
        edition,
        "writer@city.example",
        organisation=one,
        state=NominationState.SUBMITTED,
        reference="SV-01",
    )
    judge_of(session, edition, into)
    conflicts.find(session(), edition, actor=actor, now=NOW)
    before = found_conflicts(session)

    merge(session, actor, one, into)
    merged = found_conflicts(session)
    register.unmerge(session(), one, reason="Another body.", actor=actor, now=NOW + timedelta(hours=1))

    assert ConflictSource.SAME_ORGANISATION not in before
    assert ConflictSource.SAME_ORGANISATION in merged
    assert found_conflicts(session) == before


def test_what_lies_inside_a_merged_one_lies_inside_the_other(session: Work, actor: Actor) -> None:
    one, into = body(session, "Quillonia City Hall"), body(session, "Quillonia")
    district = body(session, "Quillonia East", kind="district")
    district.parent_id = one.id
    session.flush()

    merge(session, actor, one, into)

    assert organisations.related(session(), district, into)
    assert organisations.related(session(), one, into)


def test_a_later_deadline_of_one_is_one_of_both(session: Work, edition: Edition, actor: Actor) -> None:
    one, into = body(session, "Quillonia City Hall"), body(session, "Quillonia")
    close, later = datetime(2026, 5, 10, 23, 59), datetime(2026, 5, 17, 23, 59)  # noqa: DTZ001
    dates.state(
        session(), edition, Moment.NOMINATIONS_CLOSE, close, zone="UTC", reason="", actor=actor, now=NOW
    )
    deadlines.grant(
        session(), edition, later, zone="UTC", reason="Flood.", organisation=into, actor=actor, now=NOW
    )
    nomination = draft_of(session, edition, "writer@city.example", organisation=one)

    merge(session, actor, one, into)

    its = deadlines.closes(session(), edition, nomination)
    assert its is not None
    assert its.local == later
    assert set(deadlines.own(session(), edition)) == {nomination.reference}


def test_a_merge_is_undone_only_while_nothing_was_decided(
    session: Work, edition: Edition, actor: Actor
) -> None:
    one, into = body(session, "Quillonia City Hall"), body(session, "Quillonia")
    nomination = draft_of(
        session,
        edition,
        "writer@city.example",
        organisation=one,
        state=NominationState.SUBMITTED,
        reference="SV-01",
    )
    merge(session, actor, one, into)
    session.add(
        Decision(
            edition_id=edition.id,
            number=1,
            kind=DecisionKind.ELIGIBILITY,
            nomination_id=nomination.id,
            at=NOW + timedelta(hours=1),
        )
    )
    session.flush()

    with pytest.raises(register.DecidedSince):
        register.unmerge(session(), one, reason="Another body.", actor=actor, now=NOW + timedelta(hours=2))
    assert one.merged_into is into


def test_merging_is_recorded_with_its_reason(session: Work, actor: Actor) -> None:
    one, into = body(session, "Quillonia City Hall"), body(session, "Quillonia")

    merge(session, actor, one, into)

    [event] = session.scalars(select(AuditEvent).where(AuditEvent.action == "organisation.merged"))
    assert (event.chain, event.subject) == ("site", one.public_id)
    assert event.payload is not None
    assert "The same city hall." in event.payload.after


def test_what_can_not_be_merged(session: Work, actor: Actor) -> None:
    one, into = body(session, "Quillonia City Hall"), body(session, "Quillonia")
    abroad, member = body(session, "Quillonia Abroad", country="JP"), body(session, "Member")
    member.membership = Membership.FULL

    with pytest.raises(register.SameOrganisation):
        merge(session, actor, one, one)
    with pytest.raises(register.OtherCountry):
        merge(session, actor, one, abroad)
    with pytest.raises(register.LosesMembership):
        merge(session, actor, member, one)
    merge(session, actor, one, into)
    with pytest.raises(register.MergedAlready):
        merge(session, actor, one, member)
    with pytest.raises(register.SameOrganisation):
        merge(session, actor, into, one)


def test_a_corrected_organisation_is_found_by_both_names(session: Work, actor: Actor) -> None:
    it = body(session, "Quilonia", confirmed=False)

    register.correct(
        session(),
        it,
        Facts(name="Quillonia", names={"ko": "퀼로니아"}, kind="city", city="Quillonia", country="KR"),
        actor=actor,
        now=NOW,
    )

    found = {organisations.match(session(), name, "KR") for name in ("Quilonia", "Quillonia", "퀼로니아")}
    assert found == {it}
    assert it.confirmed is False


def test_what_can_not_be_said_of_an_organisation(session: Work, actor: Actor) -> None:
    it, other = body(session, "Quillonia"), body(session, "Zephyrgate")
    other.parent_id = it.id
    session.flush()
    wrong = {
        register.NameMissing: Facts(name=" "),
        register.NameTooLong: Facts(name="x" * 201),
        register.NoSuchCountry: Facts(name="Quillonia", country="XX"),
        register.NoSuchKind: Facts(name="Quillonia", kind="planet"),
        register.NameTaken: Facts(name="zephyrgate", country="KR"),
        register.InsideItself: Facts(name="Quillonia", country="KR", parent=other.public_id),
        register.NoSuchOrganisation: Facts(name="Quillonia", country="KR", parent="nowhere"),
    }

    for error, facts in wrong.items():
        with pytest.raises(error):
            register.correct(session(), it, facts, actor=actor, now=NOW)


def test_whoever_vouches_for_an_organisation_is_recorded(session: Work, actor: Actor) -> None:
    it = body(session, "Quillonia", confirmed=False)

    register.confirm(session(), it, actor=actor, now=NOW)

    assert it.confirmed is True
    assert session.scalars(
        select(AuditEvent.actor).where(AuditEvent.action == "organisation.confirmed")
    ).all() == [actor.account.public_id]

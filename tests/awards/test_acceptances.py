"""Winners told in confidence, each its own and once: what they answer, ask to be changed, or decline."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from awards import (
    acceptances,
    arming,
    certificates,
    confidences,
    corrections,
    declining,
    prizes,
    proofs,
    publication,
    winners,
    wishes,
)
from awards.acceptances import NotGiven, NothingToTell, Released
from awards.arming import StandChanged
from awards.declining import ConsequencesChanged, NotDeclined
from awards.models import (
    Answer,
    Award,
    AwardState,
    CertificateState,
    Outbox,
    OutboxState,
    PublicationKind,
)
from awards.wishes import NothingAsked, WishChanged
from tests.awards import certified
from tests.awards.ending import Office

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def office(session: scoped_session[Session], tmp_path: Path) -> Office:
    return Office(session, tmp_path).signed()


@ON_SQLITE
def test_winners_are_told_once_and_their_names_stand_as_they_confirm_them(office: Office) -> None:
    office.tell()
    with pytest.raises(NothingToTell):
        office.tell()
    assert office.letters("won") == [OutboxState.QUEUED]

    told = office.answer(accepted=True, **{"organisation": "Town of the First", "titles.ko": "새 이름"})
    office.settle(told)

    assert told.award.names["organisation"] == "Town of the First"
    assert told.award.names["titles"]["ko"] == "새 이름"
    with pytest.raises(NothingAsked):
        office.settle(told)
    office.press(office.arm())
    rows = publication.visible(office.session(), office.edition, PublicationKind.WINNERS, office.now)
    assert "Town of the First" in str([it.document for it in rows])
    with pytest.raises(Released):
        office.answer(accepted=False)


@ON_SQLITE
def test_only_what_was_looked_at_is_taken_over(office: Office) -> None:
    office.tell()
    seen = wishes.fingerprint(office.answer(accepted=True, title="The first"))
    told = office.answer(accepted=True, title="The first and best")

    with pytest.raises(WishChanged):
        office.settle(told, seen)
    assert told.award.names["title"] != "The first and best"


@ON_SQLITE
def test_what_was_dealt_with_and_approved_stays_so_when_only_the_guests_change(office: Office) -> None:
    office.tell()
    told = office.answer(accepted=True, title="The first")
    office.settle(told)
    acceptances.approve_proof(
        office.session(),
        office.edition,
        told,
        sha256=proofs.together(proofs.of_award(office.session(), office.edition, told.award)),
        actor=office.writer,
        now=office.now,
    )

    office.answer(accepted=True)
    assert (told.proof_at, told.settled_at) == (office.now, office.now)
    office.answer(accepted=True, title="Another")
    assert (told.proof_at, told.settled_at) == (None, None)


@ON_SQLITE
def test_what_was_to_be_told_in_confidence_is_not_sent_after_the_release(office: Office) -> None:
    office.tell()
    office.press(office.arm())

    assert (office.letters("won"), office.letters("result")) == (
        [OutboxState.CANCELLED],
        [OutboxState.QUEUED],
    )


@ON_SQLITE
def test_a_certificate_issued_under_the_old_name_is_replaced(office: Office) -> None:
    certified.issue(office.session(), office.edition, office.contest.actor, office.now)
    office.tell()
    told = office.answer(accepted=True, organisation="Town of the First", city="Town of the First")
    office.settle(told)
    office.press(office.arm())

    theirs = [
        (it.state, it.citation["nominee"])
        for it in certificates.of_edition(office.session(), office.edition)
        if it.nomination.reference == "SV-1"
    ]
    assert theirs == [
        (CertificateState.REISSUED, "Town of SV-1"),
        (CertificateState.IN_FORCE, "Town of the First"),
    ]


@pytest.mark.parametrize(
    ("rule", "then"),
    [("vacant", {}), ("move_up", {"SV-2": "best"})],
)
@ON_SQLITE
def test_a_declined_prize_goes_where_the_rules_say_and_the_record_recounts(
    session: scoped_session[Session], tmp_path: Path, rule: str, then: dict[str, str]
) -> None:
    office = Office(session, tmp_path, {"minimum_nominations": f'1\nvacated = "{rule}"'}).signed()
    office.tell()
    with pytest.raises(NotDeclined):
        office.decline(office.told("SV-1"))
    told = office.answer(accepted=False)
    stale = office.arm("services")

    office.decline(told)

    given = {
        it.nomination.reference: it.prize
        for it in prizes.of_edition(office.session(), office.edition)
        if it.category == "services"
    }
    assert given == then
    with pytest.raises(StandChanged):
        office.press(stale)
    arming.call_off(
        office.session(), office.edition, stale, reason="Anew.", actor=office.olga, now=office.now
    )
    office.press(office.arm())
    assert (office.recount(), office.recount(public=False)) == ([], [])


@ON_SQLITE
def test_what_follows_is_what_was_looked_at(office: Office) -> None:
    office.tell()
    told = office.answer(accepted=False)

    with pytest.raises(ConsequencesChanged):
        declining.record(
            office.session(), office.edition, told, seen="SV-9:best - ", reason="x", actor=office.olga,
            now=office.now,
        )  # fmt: skip
    told.answer = Answer.ACCEPTED
    assert len(office.session.scalars(select(Award)).all()) == 2


@ON_SQLITE
def test_whoever_opens_it_is_named_once(office: Office) -> None:
    office.tell()
    nomination = office.contest.nomination("SV-1")
    stranger = replace(office.writer, account=office.olga.account, real=office.olga.account)

    for _ in range(2):
        confidences.read(office.session(), office.edition, nomination, actor=office.writer, now=office.now)

    names = [it.name for it in confidences.readers(office.session(), office.edition)[nomination.public_id]]
    assert names == ["wilma"]
    assert not confidences.has_read(office.session(), office.edition, nomination, stranger.account)


@ON_SQLITE
def test_whoever_was_told_learns_that_it_does_not_stand_and_is_asked_anew(office: Office) -> None:
    office.tell()
    office.session.execute(update(Outbox).values(state=OutboxState.SENT))
    told = office.answer(accepted=True, organisation="Town of the First")
    late = {"now": office.now + timedelta(hours=1)}
    proposal = corrections.propose(
        office.session(), office.edition, "services", reason="Read again.", actor=office.contest.actor, **late
    )
    corrections.approve(
        office.session(), office.edition, "services", proposal.subject_sha256, actor=office.omar, **late
    )

    assert office.letters("won_taken_back") == [OutboxState.QUEUED]
    letter = office.session.scalars(select(Outbox).where(Outbox.template == "won_taken_back")).one()
    assert (letter.recipient, "best" in str(letter.arguments)) == ("wilma@people.example", False)

    winners.sign(office.session(), office.edition, actor=office.contest.actor, **late)
    assert (told.award.state, told.answer, told.names) == (
        AwardState.GIVEN, None, {"organisation": "Town of the First"},
    )  # fmt: skip
    assert not acceptances.unanswered(office.session(), [told.award.nomination_id])
    with pytest.raises(NotGiven):
        office.answer(accepted=True)

    waiting = acceptances.telling(office.session(), office.edition)
    assert told.award in waiting
    acceptances.tell(office.session(), office.edition, [it.id for it in waiting], actor=office.olga, **late)
    assert office.letters("won") == [OutboxState.SENT, OutboxState.QUEUED]
    assert office.answer(accepted=True).answer is Answer.ACCEPTED


@ON_SQLITE
def test_whose_letter_has_not_gone_out_learns_nothing_of_a_result_that_is_taken_back(office: Office) -> None:
    office.tell()
    proposal = corrections.propose(
        office.session(), office.edition, "services", reason="x", actor=office.contest.actor, now=office.now
    )
    corrections.approve(
        office.session(),
        office.edition,
        "services",
        proposal.subject_sha256,
        actor=office.omar,
        now=office.now,
    )

    assert (office.letters("won"), office.letters("won_taken_back")) == ([OutboxState.CANCELLED], [])

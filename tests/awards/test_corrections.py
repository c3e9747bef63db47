"""Corrections until the release, withheld prizes, and records that recount after both."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    accounts,
    corrections,
    decisions,
    prizes,
    publication,
    results,
    shortlists,
    winners,
    withholding,
)
from awards.audit import Actor
from awards.chairs import NotTheChair
from awards.corrections import MayNotApprove, ReleaseArmed, WinnerDeclined, WinnersReleased
from awards.models import (
    Approval,
    Award,
    AwardState,
    Certificate,
    DecisionKind,
    NominationState,
    PublicationKind,
    Release,
    ReleaseState,
    Role,
)
from awards.timetable import Phase
from awards.winners import ResultChanged
from awards.withholding import NotByTheRules, TooLate, WithheldAlready
from tests.awards import certified
from tests.awards.contest import Contest, address
from tests.awards.play import NOW, entry
from tests.awards.test_records import counted

MENTION = '\n[[prizes]]\nkey = "mention"\nname.en = "Mention"\nby_decision = true\n'
WITHHOLD = {"record": 'finalists"\nwithhold = true # "'}
LEVEL = (
    (address("ann"), "SV-1", "SV-2", "SV-3"),
    (address("ben"), "SV-2", "SV-1", "SV-3"),
    (address("cho"), "SV-1", "SV-2", "SV-4"),
    (address("dia"), "SV-2", "SV-1", "SV-4"),
)


def someone(contest: Contest, name: str, role: Role) -> Actor:
    account, _ = accounts.find_or_make(
        contest.session, f"{name}@people.example", name=name, now=NOW, actor=contest.actor
    )
    accounts.grant(contest.session, account, role, edition=contest.edition, actor=contest.actor, now=NOW)
    return Actor(account, account)


def signed(contest: Contest) -> Contest:
    contest.vote(*LEVEL)
    contest.close()
    contest.sign("services", ["SV-1"], "More people.")
    return contest


def correct(contest: Contest, proposer: Actor, approver: Actor) -> None:
    act = {"now": NOW}
    proposal = corrections.propose(
        contest.session, contest.edition, "services", reason="Upside down.", actor=proposer, **act
    )
    corrections.approve(
        contest.session, contest.edition, "services", proposal.subject_sha256, actor=approver, **act
    )


def test_a_corrected_result_is_signed_anew_and_either_record_recounts(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = signed(Contest(session, tmp_path, more=MENTION).opened())
    chair, organiser = someone(contest, "chair", Role.CHAIR), someone(contest, "olga", Role.ORGANISER)
    award, _ = prizes.give(
        session, contest.edition, "SV-3", "mention", reason="Courage.", actor=chair, now=NOW
    )
    certified.issue(session, contest.edition, contest.actor, NOW)

    correct(contest, chair, organiser)
    corrections.take_back(session, contest.edition, award, reason="The wrong one.", actor=chair, now=NOW)

    assert contest.edition.phase is Phase.SECOND_ROUND
    assert contest.nomination("SV-1").state is NominationState.FINALIST
    assert {it.state for it in session.scalars(select(Award))} == {AwardState.SUPERSEDED}
    kept = {(it.nomination.reference, it.kind): it.state.value for it in session.scalars(select(Certificate))}
    assert (kept["SV-1", "winner"], kept["SV-3", "winner"]) == ("revoked", "revoked")
    assert counted(contest, public=False).awards == ()

    contest.sign("services", ["SV-2"], "As it was meant.")
    prizes.give(session, contest.edition, "SV-4", "mention", reason="Courage.", actor=chair, now=NOW)
    for public in (False, True):
        found = counted(contest, public=public)
        assert found.differences == ()
        assert {(it[1], it[2]) for it in found.awards} == {("SV-2", "best"), ("SV-4", "mention")}
    signatures = decisions.of_edition(session, contest.edition, DecisionKind.WINNERS)
    assert signatures[1].supersedes_id == signatures[0].id
    assert contest.edition.phase is Phase.DECIDED


def test_a_correction_takes_the_chair_and_somebody_else_without_an_interest(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = signed(Contest(session, tmp_path).opened())
    chair, auditor = someone(contest, "chair", Role.CHAIR), someone(contest, "aud", Role.AUDITOR)
    organiser = someone(contest, "olga", Role.ORGANISER)

    with pytest.raises(NotTheChair):
        correct(contest, organiser, chair)
    with pytest.raises(MayNotApprove):
        correct(contest, chair, auditor)
    assert results.frozen(session, contest.edition)["services"].signed_by is not None


def test_nothing_is_corrected_while_a_release_is_armed_or_after_it(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = signed(Contest(session, tmp_path).opened())
    chair = someone(contest, "chair", Role.CHAIR)
    approval = Approval(act="release", subject_sha256="0" * 64, proposer_id=chair.account.id, proposed_at=NOW)
    session.add(approval)
    session.flush()
    armed = Release(
        edition_id=contest.edition.id, categories=["services"], approval_id=approval.id, armed_at=NOW
    )
    session.add(armed)
    session.flush()

    award = session.scalars(select(Award)).one()
    award.state = AwardState.DECLINED
    with pytest.raises(ReleaseArmed):
        correct(contest, chair, chair)
    armed.state = ReleaseState.CALLED_OFF
    session.flush()
    with pytest.raises(WinnerDeclined):
        correct(contest, chair, chair)
    publication.publish(
        session, contest.edition, "services", PublicationKind.WINNERS, {"rows": []}, visible_from=NOW
    )
    with pytest.raises(WinnersReleased):
        correct(contest, chair, chair)


def test_a_withheld_prize_goes_to_nobody_unless_it_is_given_after_all(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path, WITHHOLD).shortlisted()
    chair, deputy = someone(contest, "chair", Role.CHAIR), someone(contest, "dep", Role.DEPUTY)
    act = {"reason": "None deserves it.", "now": NOW}
    with pytest.raises(NotTheChair):
        withholding.withhold(session, contest.edition, "services", "best", actor=deputy, **act)
    withholding.withhold(session, contest.edition, "services", "best", actor=chair, **act)
    with pytest.raises(WithheldAlready):
        withholding.withhold(session, contest.edition, "services", "best", actor=chair, **act)
    with pytest.raises(NotByTheRules):
        withholding.withhold(session, contest.edition, "services", "other", actor=chair, **act)
    withholding.give_after_all(session, contest.edition, "services", "best", actor=chair, **act)

    contest.open()
    with pytest.raises(TooLate):
        withholding.withhold(session, contest.edition, "services", "best", actor=chair, **act)
    signed(contest)

    assert contest.prizes()["SV-1"] == "best"
    for public in (False, True):
        assert counted(contest, public=public).differences == ()


def test_without_a_second_round_a_result_follows_what_changed_since_it_was_counted(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    marks = {"SV-1": 7, "SV-2": 9, "SV-3": 8, "SV-4": 6}
    contest = Contest(session, tmp_path, WITHHOLD | {"second_round": "none"}, marks=marks).judged()
    contest.shortlist()
    chair = someone(contest, "chair", Role.CHAIR)
    assert results.count_first(session, contest.edition, actor=chair, now=NOW) == ("services",)
    assert results.count_first(session, contest.edition, actor=chair, now=NOW) == ()
    withholding.withhold(session, contest.edition, "services", "best", reason="None.", actor=chair, now=NOW)

    with pytest.raises(ResultChanged):
        winners.sign(session, contest.edition, seen={"services": 1}, actor=chair, now=NOW)
    winners.sign(session, contest.edition, seen={"services": 2}, actor=chair, now=NOW)

    assert contest.prizes() == dict.fromkeys(marks)
    assert counted(contest, public=True).differences == ()


def test_without_a_second_round_a_category_is_signed_while_the_shortlist_of_another_waits(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    marks = {"SV-1": 9, "SV-2": 8, "OP-1": 7}
    entries = (entry("SV-1"), entry("SV-2"), entry("OP-1", "openness"))
    contest = Contest(session, tmp_path, {"second_round": "none"}, marks=marks, entries=entries).judged()
    act = {"actor": someone(contest, "chair", Role.CHAIR), "now": NOW}
    shortlists.sign(session, contest.edition, category="services", **act)
    results.count_first(session, contest.edition, **act)

    done = winners.sign(session, contest.edition, seen={"services": 1}, **act)

    assert [(it.category, it.is_new) for it in done] == [("services", True)]
    assert contest.edition.phase is Phase.DELIBERATION

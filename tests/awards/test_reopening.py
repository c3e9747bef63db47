"""Reopening: a judge mends their own sheets of one category after the close, by the word of two others."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    accounts,
    approvals,
    declarations,
    duties,
    finalists,
    judges,
    leaving,
    recusals,
    reopening,
    scoring,
    shortlists,
    standings,
    typings,
    unconfirmed,
    verdicts,
    watches,
)
from awards.audit import Actor
from awards.chairs import NotTheChair
from awards.decisions import ReasonMissing
from awards.duties import Duty
from awards.marking import MarksClosed
from awards.models import (
    Assignment,
    Decision,
    DecisionKind,
    FrozenStanding,
    Grant,
    Judge,
    Leaving,
    NominationState,
    Origin,
    Reopening,
    Role,
    ScoreSheetVersion,
    SheetState,
)
from awards.scoring import Content, Incomplete
from awards.watches import Call
from judging.count import standing_of
from tests.awards.desks import appointed
from tests.awards.play import Play, entry, judge

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MARKS = {"N1": 9, "N2": 7, "N3": 5, "M1": 8}


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    """Closed: N1 and N2 advance of three; chair, deputy and an organiser are there."""
    made = Play(session(), tmp_path)
    made.nominate(*(entry(name, "openness" if name[0] == "M" else "services") for name in MARKS))
    made.seat(judge("ada"), judge("ben"))
    made.assign()
    made.mark(
        *(
            (f"{who}@example.org", name, "" if name[0] == "M" else str(mark), str(mark))
            for who in ("ada", "ben")
            for name, mark in MARKS.items()
        )
    )
    made.close()
    for name, role in (("chair", Role.CHAIR), ("deputy", Role.DEPUTY), ("olga", Role.ORGANISER)):
        account, _ = accounts.find_or_make(
            made.session, f"{name}@people.example", name=name, now=made.now, actor=made.actor
        )
        accounts.grant(made.session, account, role, edition=made.edition, actor=made.actor, now=made.now)
    return made


def who(play: Play, name: str) -> Actor:
    domain = "example.org" if name in ("ada", "ben") else "people.example"
    account = accounts.find(play.session, f"{name}@{domain}")
    assert account is not None
    return Actor(account, account)


def seat(play: Play, name: str) -> Judge:
    return judges.find(play.session, play.edition, f"{name}@example.org")


def ask(play: Play, name: str = "ada", reference: str = "N2", reason: str = "I meant N3.") -> Reopening:
    return reopening.ask(
        play.session,
        play.edition,
        seat(play, name),
        play.nomination(reference),
        reason=reason,
        actor=who(play, name),
        now=play.now,
    )


def agree(play: Play, asked: Reopening, first: str = "chair", second: str = "olga") -> Decision:
    proposal = reopening.propose(play.session, play.edition, asked, actor=who(play, first), now=play.now)
    return reopening.approve(
        play.session, play.edition, asked, proposal.subject_sha256, actor=who(play, second), now=play.now
    )


def write(play: Play, reference: str, mark: int | None, name: str = "ada") -> None:
    assignment = play.session.scalars(
        select(Assignment).where(
            Assignment.judge_id == seat(play, name).id,
            Assignment.nomination_id == play.nomination(reference).id,
        )
    ).one()
    last = scoring.latest(play.session, assignment)
    assert last is not None
    marks = {} if mark is None else dict.fromkeys(last.marks, mark)
    scoring.save(
        play.session,
        play.edition,
        assignment,
        Content(marks),
        base=last.number,
        opened=None,
        actor=who(play, name),
        now=play.now,
    )


def finish(play: Play, asked: Reopening, name: str = "ada") -> None:
    reopening.finish(play.session, play.edition, asked, actor=who(play, name), now=play.now)


def sign(play: Play, name: str = "chair") -> shortlists.Shortlisted:
    return shortlists.sign(
        play.session, play.edition, category="services", actor=who(play, name), now=play.now
    )


def totals(play: Play) -> list[tuple[int, dict[str, Fraction]]]:
    rows = play.session.scalars(
        select(FrozenStanding).where(FrozenStanding.category == "services").order_by(FrozenStanding.number)
    )
    return [(row.number, standing_of(row.document).totals) for row in rows]


def test_a_mark_given_to_the_wrong_nomination_is_mended_by_its_judge_alone(play: Play) -> None:
    asked = ask(play)
    with pytest.raises(MarksClosed):
        write(play, "N2", 3)

    decision = agree(play, asked)
    write(play, "N2", 3)
    write(play, "N3", 9)
    with pytest.raises(MarksClosed):
        write(play, "N2", 1, "ben")
    with pytest.raises(Incomplete):
        write(play, "N3", None)
    finish(play, asked)

    with pytest.raises(MarksClosed):
        write(play, "N3", 10)
    assert [it["as"] for it in decision.signers] == ["chair", "organiser"]
    assert totals(play) == [(1, {"N1": 9, "N2": 7, "N3": 5}), (2, {"N1": 9, "N3": 7, "N2": 5})]
    versions = play.session.scalars(select(ScoreSheetVersion).where(ScoreSheetVersion.number == 2)).all()
    assert len(versions) == 2
    assert sign(play).signed == {"services": ("N1", "N3")}


@ON_SQLITE
def test_what_is_reopened_in_one_category_stays_closed_in_another(play: Play) -> None:
    agree(play, ask(play))

    with pytest.raises(MarksClosed):
        write(play, "M1", 1)


@ON_SQLITE
def test_two_different_people_decide_and_neither_is_the_judge(play: Play) -> None:
    for name, role in (("ben", Role.DEPUTY),):
        accounts.grant(
            play.session,
            who(play, name).account,
            role,
            edition=play.edition,
            rank=2,
            actor=play.actor,
            now=play.now,
        )
    asked = ask(play)
    with pytest.raises(NotTheChair):
        reopening.propose(play.session, play.edition, asked, actor=who(play, "olga"), now=play.now)
    proposal = reopening.propose(play.session, play.edition, asked, actor=who(play, "chair"), now=play.now)
    for name, refused in (("chair", approvals.SamePerson), ("ada", reopening.MayNotApprove)):
        with pytest.raises(refused):
            reopening.approve(
                play.session,
                play.edition,
                asked,
                proposal.subject_sha256,
                actor=who(play, name),
                now=play.now,
            )
    recusals.declare(play.session, play.nomination("N2"), actor=who(play, "olga"), now=play.now)
    with pytest.raises(reopening.MayNotApprove):
        reopening.approve(
            play.session, play.edition, asked, proposal.subject_sha256, actor=who(play, "olga"), now=play.now
        )
    assert asked.approved_at is None


@ON_SQLITE
def test_who_reads_the_totals_mends_no_mark_and_nobody_asks_for_what_is_not_theirs(play: Play) -> None:
    accounts.grant(
        play.session,
        who(play, "ben").account,
        Role.DEPUTY,
        edition=play.edition,
        rank=2,
        actor=play.actor,
        now=play.now,
    )

    with pytest.raises(reopening.SeesTheTable):
        ask(play, "ben")
    with pytest.raises(ReasonMissing):
        ask(play, reason=" ")
    ask(play)
    with pytest.raises(reopening.AskedAlready):
        ask(play)


@ON_SQLITE
def test_a_request_keeps_the_category_from_being_signed_until_it_is_answered(play: Play) -> None:
    asked = ask(play)
    with pytest.raises(shortlists.SheetsOpen):
        sign(play)
    reopening.refuse(
        play.session,
        play.edition,
        asked,
        reason="The sheet is plausible.",
        actor=who(play, "chair"),
        now=play.now,
    )

    assert (asked.answer, asked.approved_at) == ("The sheet is plausible.", None)
    assert sign(play).signed == {"services": ("N1", "N2")}
    assert len(totals(play)) == 1


@ON_SQLITE
def test_a_signature_loses_its_force_and_nominations_go_back(play: Play) -> None:
    sign(play)
    asked = ask(play)
    decision = agree(play, asked)

    shortlist = play.session.scalars(select(Decision).where(Decision.kind == DecisionKind.SHORTLIST)).one()
    assert decision.supersedes_id == shortlist.id
    assert {play.nomination(name).state for name in ("N1", "N2", "N3")} == {NominationState.ELIGIBLE}
    assert not shortlists.is_signed(play.session, play.edition)
    with pytest.raises(shortlists.SheetsOpen):
        sign(play)
    write(play, "N2", 1)
    write(play, "N3", 10)
    finish(play, asked)
    assert sign(play).signed == {"services": ("N1", "N3")}
    assert standings.latest(play.session, play.edition)["services"].number == 3


def test_the_chairs_order_falls_with_the_marks_that_it_was_given_for(play: Play) -> None:
    asked = ask(play)
    agree(play, asked)
    mend(play, asked, N2=5, N3=7)
    with pytest.raises(shortlists.ChairDecides):
        sign(play)
    order(play, "N3", "N2")
    assert verdicts.waiting(standings.latest(play.session, play.edition)["services"].document) == ()

    asked = ask(play)
    with pytest.raises(shortlists.SheetsOpen):
        order(play, "N2", "N3")
    agree(play, asked)
    mend(play, asked, N2=4, N3=6)

    with pytest.raises(shortlists.ChairDecides) as found:
        sign(play)
    assert found.value.level == {"services": (("N2", "N3"),)}
    order(play, "N2", "N3")
    assert sign(play).signed == {"services": ("N1", "N2")}
    old, new = play.session.scalars(
        select(Decision).where(Decision.kind == DecisionKind.TIE).order_by(Decision.number)
    )
    assert new.supersedes_id == old.id


@ON_SQLITE
def test_a_deputy_who_agrees_signs_as_deputy(play: Play) -> None:
    recusals.declare(play.session, play.nomination("N2"), actor=who(play, "chair"), now=play.now)

    decision = agree(play, ask(play), "deputy")

    assert [it["as"] for it in decision.signers] == ["deputy", "organiser"]


def mend(play: Play, asked: Reopening, **marks: int) -> None:
    for reference, mark in marks.items():
        write(play, reference, mark)
    finish(play, asked)


def order(play: Play, *references: str) -> None:
    shortlists.order_level(
        play.session,
        play.edition,
        "services",
        references,
        reason="By merit.",
        actor=who(play, "chair"),
        now=play.now,
    )


@ON_SQLITE
def test_nothing_is_reopened_once_the_finalists_are_to_be_announced(play: Play) -> None:
    sign(play)
    asked = ask(play)
    with pytest.raises(shortlists.SheetsOpen):
        finalists.announce(
            play.session, play.edition, only=["services"], actor=who(play, "olga"), now=play.now
        )
    reopening.refuse(play.session, play.edition, asked, reason="No.", actor=who(play, "olga"), now=play.now)
    finalists.announce(play.session, play.edition, only=["services"], actor=who(play, "olga"), now=play.now)

    with pytest.raises(reopening.NotNow):
        ask(play)


@ON_SQLITE
def test_a_sheet_of_another_category_is_not_typed_while_one_is_reopened(play: Play) -> None:
    agree(play, ask(play))
    clerk, _ = accounts.find_or_make(
        play.session, "clerk@people.example", name="clerk", now=play.now, actor=play.actor
    )
    sheets = {it.nomination.reference: it for it in play.session.scalars(_issued_to(seat(play, "ada")))}
    for reference in ("N2", "M1"):
        found = scoring.sheet_of(play.session, sheets[reference])
        assert found is not None
        found.state = SheetState.DRAFT
    play.session.flush()

    def need_free(reference: str) -> None:
        typings.need_free(
            play.session, play.edition, sheets[reference], actor=Actor(clerk, clerk), now=play.now
        )

    need_free("N2")
    with pytest.raises(MarksClosed):
        need_free("M1")


@ON_SQLITE
def test_a_sheet_typed_in_a_reopened_round_stands_on_today_of_its_judge_and_of_clerks(play: Play) -> None:
    ada, clerk = seat(play, "ada"), appointed(play.session, play.edition, "clerk@people.example", Role.CLERK)
    agree(play, ask(play))
    sheets = {it.nomination.reference: it for it in play.session.scalars(_issued_to(ada))}
    for reference in ("N2", "M1"):
        found = scoring.sheet_of(play.session, sheets[reference])
        assert found is not None
        found.state = SheetState.DRAFT
    call = typings.Arrival(Origin.TYPED, play.now, note="Ada called.")
    typing = typings.write(
        play.session,
        play.edition,
        sheets["N2"],
        Content({"services": 3, "impact": 3}),
        call,
        base=typings.base_of(play.session, sheets["N2"]),
        actor=Actor(clerk, clerk),
        now=play.now,
    )

    asked = [it for it in watches.of_judge(play.session, ada.account, play.now) if it.call is Call.CONFIRM]

    assert [(it.about["typing"], it.due) for it in asked] == [(typing.public_id, None)]
    assert duties.waiting(play.session, play.edition, Duty.TYPINGS) == {Duty.TYPINGS: 1}
    assert unconfirmed.of_edition(play.session, play.edition) == [typing]


@ON_SQLITE
def test_a_conflict_after_the_close_binds_in_a_reopened_round(play: Play) -> None:
    agree(play, ask(play))
    ada = seat(play, "ada")
    declarations.declare_one(
        play.session,
        play.edition,
        ada,
        play.nomination("N3"),
        reason="My sister works there.",
        actor=who(play, "ada"),
        now=play.now,
    )

    with pytest.raises(scoring.NotAssigned):
        write(play, "N3", 1)
    with pytest.raises(reopening.NotYours):
        reopening.may_ask(play.session, play.edition, ada, play.nomination("N3"))
    write(play, "N2", 8)


@ON_SQLITE
def test_what_a_judge_changed_before_leaving_is_counted_when_the_table_ends_it(play: Play) -> None:
    asked = ask(play)
    agree(play, asked)
    write(play, "N3", 7)
    leaving.leave(
        play.session,
        play.edition,
        seat(play, "ada"),
        Leaving.ILLNESS,
        note="In hospital.",
        actor=who(play, "olga"),
        now=play.now,
    )

    with pytest.raises(shortlists.SheetsOpen):
        sign(play)
    finish(play, asked, "olga")
    assert totals(play)[-1][1]["N3"] == 6
    sign(play)


@ON_SQLITE
def test_who_marked_on_paper_declares_before_reading_in_a_reopened_round(play: Play) -> None:
    ada = seat(play, "ada")
    assert declarations.missing(play.session, play.edition, ada) == []

    agree(play, ask(play))

    asked = declarations.listed(play.session, play.edition, ada)
    assert [it.nomination.reference for it in asked if it.is_asked] == sorted(MARKS)


@ON_SQLITE
def test_the_chair_is_told_of_a_signature_that_has_lost_its_force(play: Play) -> None:
    def unsigned() -> int:
        chair = who(play, "chair").account
        grants = play.session.scalars(select(Grant).where(Grant.account_id == chair.id)).all()
        found = duties.of(play.session, grants, {play.edition.id: play.edition}, play.now)
        return dict(found[0].duties).get(Duty.SHORTLISTS, 0)

    assert unsigned() == 2
    sign(play)
    assert unsigned() == 1
    agree(play, ask(play))
    assert unsigned() == 2


def _issued_to(found: Judge) -> Select[Assignment]:
    return select(Assignment).where(Assignment.judge_id == found.id)

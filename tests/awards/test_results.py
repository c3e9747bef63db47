"""The second round counted, the chair's order, run-offs, shared prizes, prizes by decision, the signature."""

from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, panels, prizes, results
from awards.decisions import ReasonMissing
from awards.elections import ShortlistNotSigned
from awards.models import (
    Account,
    Award,
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    ElectionKind,
    FrozenOutcome,
    Judge,
    NominationState,
    Role,
)
from awards.panels import RoundClosed
from awards.prizes import Line, NoSuchPrize, NotByDecision, NotInTheRunning, NotTheTime, PrizeSpent
from awards.results import NotCounted, SecondRoundNotOpen
from awards.rounds import SheetsMissing
from awards.timetable import Phase
from awards.verdicts import NoTieThere, Stage
from awards.winners import ChairToDecide, RunoffOpen
from judging.values import Step
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.awards.play import entry

SECOND_PRIZE = '\n[[prizes]]\nkey = "second"\nname.en = "Second prize"\n'
MENTION = '\n[[prizes]]\nkey = "mention"\nname.en = "Special mention"\nby_decision = true\ncount = 1\n'
RUNOFF = '\n[result]\nladder = ["runoff", "lot"]\n'
SHARE = '\n[result]\nladder = ["share"]\n'
LEVEL = (
    (address("ann"), "SV-1", "SV-2", "SV-3"),
    (address("ben"), "SV-2", "SV-1", "SV-3"),
    (address("cho"), "SV-1", "SV-2", "SV-4"),
    (address("dia"), "SV-2", "SV-1", "SV-4"),
)
"""SV-1 and SV-2 are level in points, head to head and in first places."""


def states(contest: Contest) -> dict[str, NominationState]:
    return {reference: contest.nomination(reference).state for reference in FINALISTS}


def voted(session: scoped_session[Session], tmp_path: Path, more: str = "") -> Contest:
    contest = Contest(session, tmp_path, more=more).opened()
    contest.vote(*LEVEL)
    return contest


def test_votes_are_counted_as_a_stranger_would(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = Contest(session, tmp_path).opened()
    contest.vote(
        (address("ann"), "SV-1", "SV-2"),
        (address("ben"), "SV-1"),
        (address("cho"), "SV-4", "SV-3", "SV-1", "SV-2"),
        (address("dia"),),
    )

    contest.close()

    third = Fraction(1, 2)
    assert prizes.table(contest.session, contest.edition) == [
        Line("services", 1, "SV-1", "best", Fraction(3 + 3 + 1), None),
        Line("services", 2, "SV-4", "", third + 1 + 3, None),
        Line("services", 3, "SV-3", "", third + 1 + 2, None),
        Line("services", 4, "SV-2", "", Fraction(2 + 1), None),
    ]


def test_level_at_the_prize_waits_for_the_chair_and_names_the_level_ones(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = voted(session, tmp_path)
    contest.close()

    with pytest.raises(ChairToDecide) as refused:
        contest.sign()

    assert refused.value.waiting == (("services", ("SV-1", "SV-2")),)
    assert [line.prize for line in prizes.table(contest.session, contest.edition)][:2] == ["", ""]
    assert contest.session.scalars(select(Award)).all() == []


def test_the_chairs_order_settles_the_prize_and_a_new_result_is_frozen(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = voted(session, tmp_path)
    contest.close()

    (signed,) = contest.sign("services", ["SV-2", "SV-1"], "It reaches more people.")

    assert signed.outcome.rows[0].nomination == "SV-2"
    assert signed.outcome.rows[0].settled_by is Step.CHAIR
    assert contest.session.scalars(select(FrozenOutcome.number).order_by(FrozenOutcome.number)).all() == [
        1,
        2,
    ]
    assert states(contest) == {
        "SV-1": NominationState.NOT_AWARDED,
        "SV-2": NominationState.WINNER,
        "SV-3": NominationState.NOT_AWARDED,
        "SV-4": NominationState.NOT_AWARDED,
    }
    assert contest.edition.phase is Phase.DECIDED


def test_an_order_needs_a_reason_and_a_step_that_waits(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = voted(session, tmp_path)
    contest.close()

    with pytest.raises(ReasonMissing):
        contest.sign("services", ["SV-2", "SV-1"], " ")
    with pytest.raises(NoTieThere):
        contest.sign("services", ["SV-3", "SV-4"], "By merit.")


def test_where_every_chair_has_an_interest_the_ladder_goes_on_to_its_lot(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = voted(session, tmp_path)
    chair = contest.session.scalars(select(Judge)).first()
    assert chair is not None
    accounts.grant(
        contest.session,
        contest.session.get_one(Account, chair.account_id),
        Role.CHAIR,
        edition=contest.edition,
        actor=contest.actor,
        now=contest.now,
    )
    contest.session.add(
        Conflict(
            judge_id=chair.id,
            nomination_id=contest.nomination("SV-1").id,
            source=ConflictSource.DECLARED,
            found_at=contest.now,
        )
    )
    contest.session.flush()

    contest.close()

    ties = contest.session.scalars(select(Decision).where(Decision.kind == DecisionKind.TIE)).all()
    assert [(it.subject["stage"], it.subject["barred"]) for it in ties] == [(Stage.RESULT, True)]
    assert prizes.table(contest.session, contest.edition)[0].settled_by is Step.LOT


def test_a_run_off_among_the_level_ones_has_a_key_of_its_own_and_settles_the_prize(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = voted(session, tmp_path, RUNOFF)
    closed = contest.close()
    run_off = contest.election()
    first_key = results.elections.of_category(contest.session, contest.edition, "services")[0].key_id

    with pytest.raises(RunoffOpen):
        contest.sign()
    contest.vote(*((address(name), "SV-2", "SV-1") for name in JUDGES))
    contest.close()

    assert [it.slate for it in closed.runoffs] == [["SV-1", "SV-2"]]
    assert (run_off.kind, run_off.key_id != first_key) == (ElectionKind.RUNOFF, True)
    assert contest.prizes() == {"SV-2": "best", "SV-1": None, "SV-3": None, "SV-4": None}
    assert prizes.table(contest.session, contest.edition)[0].settled_by is Step.RUNOFF


def test_a_run_off_in_which_nobody_votes_leaves_the_ladder_to_go_on(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = voted(session, tmp_path, RUNOFF)
    contest.close()

    contest.close()

    assert prizes.table(contest.session, contest.edition)[0].settled_by is Step.LOT


def test_a_shared_prize_keeps_the_next_one_back(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = voted(session, tmp_path, SECOND_PRIZE + SHARE)
    contest.close()

    (signed,) = contest.sign()

    assert contest.prizes() == {"SV-1": "best", "SV-2": "best", "SV-3": None, "SV-4": None}
    assert signed.outcome.not_given == ("second",)
    assert len(contest.session.scalars(select(Award)).all()) == 2


def test_signing_twice_changes_nothing(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = voted(session, tmp_path, SHARE)
    contest.close()
    contest.sign()

    (again,) = contest.sign()

    assert not again.is_new
    assert len(contest.session.scalars(select(Award)).all()) == 2


def test_awards_keep_the_names_as_they_stood(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = voted(session, tmp_path, SHARE)
    contest.close()
    contest.sign()

    award = contest.session.scalars(select(Award).order_by(Award.id)).first()

    assert award is not None
    assert award.names["organisation"] == "Town of SV-1"
    assert award.names["title"] == "Project SV-1"


def test_nothing_is_signed_before_it_is_counted(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = Contest(session, tmp_path).opened()

    with pytest.raises(NotCounted):
        contest.sign()
    with pytest.raises(NotCounted):
        prizes.table(contest.session, contest.edition)


def test_the_second_round_is_closed_where_it_is_open(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path).shortlisted()

    with pytest.raises(SecondRoundNotOpen):
        contest.close()


MARKS = {"SV-1": 7, "SV-2": 9, "SV-3": 8, "SV-4": 6}


class TestWithoutSecondRound:
    def test_the_first_rounds_places_decide(self, session: scoped_session[Session], tmp_path: Path) -> None:
        contest = Contest(session, tmp_path, {"second_round": "none"}, marks=MARKS)
        contest.judged()
        contest.shortlist()
        before = prizes.table(contest.session, contest.edition)

        contest.sign()

        assert prizes.table(contest.session, contest.edition) == before
        assert [(line.reference, line.prize, line.value) for line in before] == [
            ("SV-2", "best", None),
            ("SV-3", "", None),
            ("SV-1", "", None),
            ("SV-4", "", None),
        ]
        assert contest.edition.phase is Phase.DECIDED

    def test_winners_wait_for_the_shortlist(self, session: scoped_session[Session], tmp_path: Path) -> None:
        contest = Contest(session, tmp_path, {"second_round": "none"}, marks=MARKS).judged()

        with pytest.raises(ShortlistNotSigned):
            contest.sign()
        with pytest.raises(NotCounted):
            prizes.table(contest.session, contest.edition)
        with pytest.raises(SecondRoundNotOpen):
            contest.close()

    def test_one_category_is_signed_before_the_other(
        self, session: scoped_session[Session], tmp_path: Path
    ) -> None:
        entries = [*(entry(name) for name in FINALISTS), entry("M-1", "openness"), entry("M-2", "openness")]
        marks = {**MARKS, "M-1": 5, "M-2": 6}
        contest = Contest(session, tmp_path, {"second_round": "none"}, marks=marks, entries=entries)
        contest.judged()
        contest.shortlist()

        contest.sign("services")
        between = contest.edition.phase
        contest.sign("openness")

        assert (between, contest.edition.phase) == (Phase.DELIBERATION, Phase.DECIDED)


class TestPanel:
    def test_the_panels_marks_decide(self, session: scoped_session[Session], tmp_path: Path) -> None:
        contest = Contest(session, tmp_path, {"second_round": "panel"}).shortlisted()
        contest.open()
        panels.assign(contest.session, contest.edition, actor=contest.actor, now=contest.now)
        contest.marks = {"SV-1": 5, "SV-2": 6, "SV-3": 9, "SV-4": 7}
        contest.mark()

        contest.close()

        assert [
            (it.reference, it.prize, it.value) for it in prizes.table(contest.session, contest.edition)
        ] == [
            ("SV-3", "best", Fraction(9)),
            ("SV-4", "", Fraction(7)),
            ("SV-2", "", Fraction(6)),
            ("SV-1", "", Fraction(5)),
        ]
        with pytest.raises(RoundClosed):
            contest.close()

    def test_the_first_rounds_sheets_count_too_where_the_rules_say_so(
        self, session: scoped_session[Session], tmp_path: Path
    ) -> None:
        contest = Contest(session, tmp_path, {"second_round": "panel"}, "\n[panel]\ncarry_over = true\n")
        contest.shortlisted()
        contest.open()
        panels.assign(contest.session, contest.edition, actor=contest.actor, now=contest.now)
        contest.marks = {"SV-1": 5, "SV-2": 6, "SV-3": 9, "SV-4": 7}
        contest.mark()

        contest.close()

        assert prizes.table(contest.session, contest.edition)[0].value == Fraction(17, 2)

    def test_a_finalist_short_of_sheets_keeps_the_round_open(
        self, session: scoped_session[Session], tmp_path: Path
    ) -> None:
        contest = Contest(session, tmp_path, {"second_round": "panel"}).shortlisted()
        contest.open()

        with pytest.raises(SheetsMissing) as refused:
            contest.close()

        assert {it.reference for it in refused.value.short} == set(FINALISTS)


class TestPrizesByDecision:
    def give(
        self, contest: Contest, reference: str, prize: str = "mention", reason: str = "Courage."
    ) -> bool:
        return prizes.give(
            contest.session,
            contest.edition,
            reference,
            prize,
            reason=reason,
            actor=contest.actor,
            now=contest.now,
        )[1]

    @pytest.fixture
    def contest(self, session: scoped_session[Session], tmp_path: Path) -> Contest:
        return Contest(session, tmp_path, {"places": 3}, MENTION + SHARE, marks=MARKS)

    def test_a_prize_by_decision_goes_to_one_that_was_not_shortlisted(self, contest: Contest) -> None:
        contest.shortlisted()
        self.give(contest, "SV-4")
        contest.open()
        contest.vote(*((it[0], "SV-1", "SV-2", "SV-3") for it in LEVEL))
        contest.close()
        contest.sign()

        assert states(contest)["SV-4"] is NominationState.WINNER
        assert prizes.table(contest.session, contest.edition)[-1] == Line(
            "services", None, "SV-4", "mention", None, None
        )

    def test_a_finalist_with_a_mention_still_stands_for_the_prize(self, contest: Contest) -> None:
        contest.shortlisted()
        self.give(contest, "SV-1")
        contest.open()
        contest.vote(*((it[0], "SV-1", "SV-2", "SV-3") for it in LEVEL))
        contest.close()
        contest.sign()

        won = contest.session.scalars(select(Award.prize).where(Award.by_decision.is_(False))).all()

        assert won == ["best"]
        assert states(contest)["SV-1"] is NominationState.WINNER

    def test_after_the_signature_the_nomination_is_a_winner_at_once(self, contest: Contest) -> None:
        contest.opened()
        contest.vote(*((it[0], "SV-1", "SV-2", "SV-3") for it in LEVEL))
        contest.close()
        contest.sign()

        self.give(contest, "SV-3")

        assert states(contest)["SV-3"] is NominationState.WINNER

    def test_the_same_one_twice_says_so_and_another_is_one_too_many(self, contest: Contest) -> None:
        contest.shortlisted()

        first, again = self.give(contest, "SV-3"), self.give(contest, "SV-3")

        assert (first, again) == (True, False)
        with pytest.raises(PrizeSpent):
            self.give(contest, "SV-4")

    def test_what_cannot_be_given_is_refused(self, contest: Contest) -> None:
        contest.nominate()

        with pytest.raises(NotTheTime):
            self.give(contest, "SV-4")
        with pytest.raises(NoSuchPrize):
            self.give(contest, "SV-4", "nothing")
        with pytest.raises(NotByDecision):
            self.give(contest, "SV-4", "best")

    def test_a_decision_has_a_reason_and_an_eligible_nomination(self, contest: Contest) -> None:
        contest.shortlisted()
        contest.nomination("SV-4").state = NominationState.DISQUALIFIED

        with pytest.raises(ReasonMissing):
            self.give(contest, "SV-3", reason="")
        with pytest.raises(NotInTheRunning):
            self.give(contest, "SV-4")


def test_every_nomination_stands_where_the_slate_says_so(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    marks = {"SV-1": 9, "SV-2": 8, "SV-3": 7, "SV-4": 6}
    contest = Contest(session, tmp_path, {"places": 2, "slate": "eligible"}, marks=marks).opened()
    contest.vote(*((address(name), "SV-4", "SV-3") for name in JUDGES))
    contest.close()

    contest.sign()

    assert states(contest) == {
        "SV-1": NominationState.NOT_AWARDED,
        "SV-2": NominationState.NOT_AWARDED,
        "SV-3": NominationState.NOT_AWARDED,
        "SV-4": NominationState.WINNER,
    }

"""Ballots on paper: issued in place of online ones, entered by two tellers apart, opened with the envelopes."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, scoped_session

from awards import (
    approvals,
    bundles,
    casting,
    codes,
    decisions,
    editions,
    elections,
    envelopes,
    own_ballots,
    paper,
    polls,
    reckoning,
    results,
    roll,
    tellers,
    unsealing,
)
from awards.audit import Actor
from awards.models import (
    AuditPayload,
    Ballot,
    Bundle,
    BundlePaper,
    BundleState,
    Decision,
    DecisionKind,
    Election,
    ElectionState,
    PaperBallot,
    PaperState,
    Role,
    RollEntry,
)
from awards.tables import FileRefused
from judging.ballot import Choice, ChoiceFault
from judging.rules import Vote
from judging.values import BelowQuorum, Electorate, Method
from tests.awards.play import NOW
from tests.awards.poll import PUBLIC, Poll
from tests.awards.test_polls import open_by_two, recounts

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ONE, TWO, BLANK, INVALID = ("SV-1",), ("SV-2",), (), None
Session_ = scoped_session[Session]


class Desk(Poll):
    """The poll with a desk for papers, and tellers to enter them."""

    def of(self, elector: str) -> RollEntry:
        return next(it for it in roll.on(self.session(), self.edition) if it.elector == elector)

    def issue(self, elector: str) -> PaperBallot:
        return paper.issue(self.session(), self.edition, self.of(elector), actor=self.organiser, now=self.now)

    def hand_in(self, *electors: str) -> None:
        for it in electors:
            paper.hand_in(self.session(), self.edition, self.issue(it), actor=self.organiser, now=self.now)

    def online(self, elector: str) -> None:
        casting.cast(
            self.session(),
            self.edition,
            self.of(elector),
            {"services": ONE},
            form="f" * 20,
            nonces={"services": "n" * 20},
            now=self.now,
        )

    @property
    def election(self) -> Election:
        return elections.of_edition(self.session(), self.edition)[-1]

    def bundle(self, papers: int) -> Bundle:
        return bundles.make(
            self.session(), self.edition, self.election, papers, actor=self.organiser, now=self.now
        )

    def enter(
        self, bundle: Bundle, actor: Actor, *choices: Choice | None, numbers: Sequence[int] = ()
    ) -> bundles.Sight:
        sight = bundles.look(self.session(), bundle)
        for number, choice in zip(numbers or range(1, len(choices) + 1), choices, strict=True):
            sight = tellers.enter(
                self.session(),
                self.edition,
                bundle,
                number,
                choice,
                counted=bundle.papers,
                key_folder=self.keys,
                actor=actor,
                now=self.now,
            )
        return sight

    def account(self) -> reckoning.Account:
        (found,) = reckoning.accounts(self.session(), self.edition, [self.election])
        return found


@pytest.fixture
def desk(session: Session_, tmp_path: Path) -> Desk:
    found = Desk(session, tmp_path)
    found.begun()
    return found


def test_a_paper_shuts_the_online_ballot_and_the_reverse_and_is_opened_with_the_envelopes(desk: Desk) -> None:
    one = desk.issue("one")
    with pytest.raises(casting.OnPaper):
        desk.online("one")
    with pytest.raises(roll.AlreadyCast):
        envelopes.cast(
            desk.session(),
            desk.edition,
            desk.election,
            desk.of("one"),
            ONE,
            origin=envelopes.EnvelopeOrigin.ONLINE,
            now=NOW,
        )
    with pytest.raises(FileRefused):
        desk.cast("one")
    with pytest.raises(paper.HasPaper):
        desk.issue("one")
    assert not own_ballots.papers(desk.session(), desk.edition, desk.of("one"), now=NOW)["services"].is_open

    paper.give_back(desk.session(), desk.edition, one, actor=desk.organiser, now=NOW)
    desk.online("one")
    with pytest.raises(roll.AlreadyCast):
        desk.issue("one")

    again = paper.spoil(desk.session(), desk.edition, desk.issue("two"), actor=desk.organiser, now=NOW)
    assert (again.number, again.state) == (2, PaperState.ISSUED)
    with pytest.raises(casting.OnPaper):
        desk.online("two")
    with pytest.raises(paper.PaperMoved):
        paper.hand_in(desk.session(), desk.edition, one, actor=desk.organiser, now=NOW)
    found = desk.account()
    assert (found.issued, found.returned, found.spoilt, found.out, found.handed_in) == (3, 1, 1, 1, 0)

    paper.hand_in(desk.session(), desk.edition, again, actor=desk.organiser, now=NOW)
    desk.hand_in("three", "four")
    with pytest.raises(bundles.BoxOpen):
        desk.bundle(3)
    desk.over()
    with pytest.raises(reckoning.PapersUnsettled):
        propose(desk)
    bundle = desk.bundle(3)
    assert desk.enter(bundle, desk.teller, TWO, INVALID, BLANK).bundle.state is BundleState.OPEN
    with pytest.raises(reckoning.PapersUnsettled):
        propose(desk)
    desk.enter(bundle, desk.organiser, TWO, INVALID, BLANK)
    assert (bundle.state, bundle.invalid, desk.account().is_settled) == (BundleState.AGREED, 1, True)
    rows = desk.session.scalars(select(BundlePaper)).all()
    assert sum(it.sealed is not None for it in rows) == 3 == sum(it.fingerprint != "" for it in rows)
    lying = envelopes.lying(desk.session(), desk.election)
    assert all(it.fingerprint == envelopes.fingerprint(desk.election, it.owner, it.sealed) for it in lying)
    with pytest.raises(bundles.BundleDone):
        desk.enter(bundle, desk.teller, ONE)
    with pytest.raises(DatabaseError), desk.session.begin_nested():
        desk.session.execute(update(BundlePaper).values(digest="0"))

    open_by_two(desk)

    chosen = Counter(tuple(it) for it in desk.session.scalars(select(Ballot.choice)))
    assert chosen == {ONE: 1, TWO: 1, (): 2}
    assert desk.session.scalars(select(BundlePaper).where(BundlePaper.sealed.is_not(None))).all() == []
    envelopes.destroy_spent_keys(desk.session(), key_folder=desk.keys, actor=desk.actor, now=desk.now)
    assert list(desk.keys.iterdir()) == [], "the key of the digests goes with the election's"
    for public in (True, False):
        recounts(desk, public=public)


def propose(desk: Desk) -> approvals.Approval:
    return unsealing.propose(
        desk.session(), desk.edition, reason="All are here", actor=desk.teller, now=desk.now
    )


@SQLITE
def test_papers_handed_in_count_as_taking_part_and_two_tellers_enter_them_until_they_agree(
    desk: Desk,
) -> None:
    left = len(roll.left(desk.session(), desk.edition))
    desk.now = NOW + timedelta(minutes=17)
    desk.hand_in("one", "two")
    poll = polls.look(desk.session(), desk.edition)
    assert (poll.presence.present, poll.turnout[0].envelopes, poll.left) == (2, 2, left - 2)
    vote = roll.vote_of(editions.rules_of(desk.session(), desk.edition))
    envelopes.check_quorum(vote, [desk.election], poll.presence)
    with pytest.raises(roll.AlreadyCast):
        codes.make(desk.session(), desk.edition, [desk.of("one")], actor=desk.organiser, now=NOW)
    (one, _two) = paper.held(desk.session(), desk.edition)
    assert one.ended_at == NOW.replace(minute=0), "the hour, and no minute"

    paper.take_back(
        desk.session(), desk.edition, one, reason="The other of the name", actor=desk.organiser, now=desk.now
    )
    assert polls.look(desk.session(), desk.edition).presence.present == 1
    paper.hand_in(desk.session(), desk.edition, one, actor=desk.organiser, now=desk.now)
    desk.hand_in("three")
    left_out = desk.issue("four")
    desk.over()
    with pytest.raises(paper.NotOpen):
        paper.hand_in(desk.session(), desk.edition, left_out, actor=desk.organiser, now=desk.now)
    paper.give_back(desk.session(), desk.edition, left_out, actor=desk.organiser, now=desk.now)
    with pytest.raises(paper.NotOpen):
        desk.issue("four")
    where_two_entries_differ_the_papers_are_named_and_both_enter_them_again(desk)
    who_enters_counts_first_and_a_third_does_not_enter(desk)


def where_two_entries_differ_the_papers_are_named_and_both_enter_them_again(desk: Desk) -> None:
    bundle = desk.bundle(3)
    desk.enter(bundle, desk.teller, ONE, ONE, ONE)
    sight = desk.enter(bundle, desk.organiser, ONE, TWO, ONE)
    assert (sight.differing, bundle.state) == ((2,), BundleState.OPEN)
    assert (
        desk.session.scalar(
            select(func.count()).where(BundlePaper.sealed.is_(None), BundlePaper.digest == "")
        )
        == 2
    )
    audited = desk.session.scalars(select(AuditPayload.after).order_by(AuditPayload.event_id.desc()).limit(4))
    assert not re.search(r"SV-\d", " ".join(audited)), "numbers of papers, and no choice"
    with pytest.raises(tellers.Settled):
        desk.enter(bundle, desk.teller, TWO, numbers=[1])
    desk.enter(bundle, desk.organiser, TWO, numbers=[2])
    assert bundle.state is BundleState.OPEN, "one of them alone decides nothing"
    assert desk.enter(bundle, desk.teller, TWO, numbers=[2]).bundle.state is BundleState.AGREED


def who_enters_counts_first_and_a_third_does_not_enter(desk: Desk) -> None:
    bundle = desk.bundle(2)
    who = {"key_folder": desk.keys, "actor": desk.teller, "now": desk.now}
    with pytest.raises(tellers.CountDiffers):
        tellers.enter(desk.session(), desk.edition, bundle, 1, ONE, counted=3, **who)
    bundles.correct(desk.session(), desk.edition, bundle, 3, actor=desk.organiser, now=desk.now)
    tellers.enter(desk.session(), desk.edition, bundle, 1, ONE, counted=3, **who)
    with pytest.raises(bundles.Begun):
        bundles.correct(desk.session(), desk.edition, bundle, 2, actor=desk.organiser, now=desk.now)
    for number in (0, 4):
        with pytest.raises(tellers.NoSuchPaper):
            tellers.enter(desk.session(), desk.edition, bundle, number, ONE, **who)
    for choice in (("SV-1", "SV-2"), ("SV-9",)):
        with pytest.raises(tellers.NoChoice):
            tellers.enter(desk.session(), desk.edition, bundle, 2, choice, **who)
    desk.enter(bundle, desk.organiser, ONE)
    third = desk.person("third@desk.example", Role.TELLER)
    with pytest.raises(tellers.TwoEnter):
        desk.enter(bundle, third, ONE)
    lent = Actor(account=third.account, real=desk.teller.account)
    with pytest.raises(tellers.TwoEnter):
        desk.enter(bundle, lent, ONE)


@SQLITE
def test_papers_that_do_not_add_up_are_opened_by_the_word_of_two_and_a_bundle_is_set_aside_so(
    desk: Desk,
) -> None:
    desk.online("two")
    desk.hand_in("one")
    desk.over()
    both = {"actor": desk.organiser, "now": desk.now}
    twice = [desk.bundle(1), desk.bundle(1)]
    for bundle in twice:
        desk.enter(bundle, desk.teller, ONE)
        desk.enter(bundle, desk.organiser, ONE)
    assert desk.account().difference == 1
    with pytest.raises(reckoning.PapersUnsettled):
        results.close_second(
            desk.session(), desk.edition, key_folder=desk.keys, actor=desk.actor, now=desk.now
        )
    with pytest.raises(reckoning.PapersUnsettled):
        propose(desk)
    with pytest.raises(decisions.ReasonMissing):
        reckoning.propose_difference(desk.session(), desk.edition, desk.election, reason=" ", **both)
    made = reckoning.propose_difference(
        desk.session(), desk.edition, desk.election, reason="Nobody recorded it", **both
    )
    with pytest.raises(approvals.SamePerson):
        reckoning.approve_difference(desk.session(), desk.edition, made.subject_sha256, **both)
    by_teller = {"actor": desk.teller, "now": desk.now}
    reckoning.approve_difference(desk.session(), desk.edition, made.subject_sha256, **by_teller)
    assert desk.account().is_settled
    (decision,) = desk.session.scalars(select(Decision).where(Decision.kind == DecisionKind.PAPERS))
    assert (decision.subject["handed_in"], decision.subject["entered"], len(decision.signers)) == (1, 2, 2)

    aside = reckoning.propose_aside(
        desk.session(), desk.edition, twice[1], reason="Bundled twice", **by_teller
    )
    reckoning.approve_aside(desk.session(), desk.edition, aside.subject_sha256, **both)
    assert (twice[1].state, desk.account().difference) == (BundleState.VOID, 0)
    with pytest.raises(reckoning.AddsUp):
        reckoning.propose_difference(desk.session(), desk.edition, desk.election, reason="Why", **both)
    open_by_two(desk)
    assert Counter(tuple(it) for it in desk.session.scalars(select(Ballot.choice))) == {ONE: 2}


@SQLITE
def test_a_run_off_is_voted_online_or_on_another_paper(session: Session_, tmp_path: Path) -> None:
    desk = Desk(session, tmp_path, f'{PUBLIC}\n[result]\nladder = ["runoff", "lot"]\n')
    desk.begun()
    desk.hand_in("one")
    desk.cast("two", choice=TWO)
    late = desk.issue("three")
    desk.over()
    bundle = desk.bundle(1)
    desk.enter(bundle, desk.teller, ONE)
    desk.enter(bundle, desk.organiser, ONE)
    open_by_two(desk)
    assert desk.election.state is ElectionState.OPEN
    with pytest.raises(paper.NotOpen):  # it was a paper of the vote that is counted
        paper.hand_in(desk.session(), desk.edition, late, actor=desk.organiser, now=desk.now)
    assert roll.left(session(), desk.edition) == {it.id for it in roll.on(session(), desk.edition)}
    desk.now += timedelta(hours=1)
    desk.hand_in("one")
    desk.online("two")
    assert desk.account().handed_in == 1


def test_a_ranking_names_no_more_than_the_shape_allows() -> None:
    vote = Vote(Electorate.PUBLIC, Method.BORDA, 1, 1, Fraction(0), BelowQuorum.EXTEND)
    election = Election(slate=["SV-1", "SV-2", "SV-3"])
    assert tellers.wrong(election, vote, ("SV-1", "SV-2", "SV-3")) == ()
    election.most_ranked = 2
    assert tellers.wrong(election, vote, ("SV-1", "SV-2", "SV-3")) == (("SV-3", ChoiceFault.TOO_MANY),)

"""The election as a machine: whatever electors, delegates and office do in whatever order, every vote counts once.

Hypothesis takes the steps; a model in plain dictionaries says what must be in the box, and what comes out of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Steps
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from awards import (
    accounts,
    approvals,
    ballots,
    casting,
    delegates,
    editions,
    elections,
    envelopes,
    keys,
    passes,
    polls,
    results,
    roll,
    unsealing,
    voiding,
)
from awards.audit import Actor
from awards.casting import ChoiceRefused, NoBallot
from awards.delegates import Named
from awards.envelopes import NobodyVoted, NotOpen, QuorumNotMet
from awards.extensions import begin_writing, db
from awards.models import (
    Ballot,
    Election,
    ElectionKind,
    ElectionState,
    Entitlement,
    Envelope,
    PassBy,
    RollEntry,
    VotingPass,
)
from awards.passes import PassEnded
from awards.tables import FileRefused
from awards.timetable import Moment
from judging.ballot import Choice
from judging.count import tally_of
from tests.awards.contest import BALLOTS, FINALISTS, Contest
from tests.awards.play import entry, table

REFUSALS = (
    roll.AlreadyCast, roll.VoteClosed, ChoiceRefused, NoBallot, NotOpen, PassEnded, FileRefused, NobodyVoted,
    QuorumNotMet, editions.DeadlineEarlier, editions.DeadlinePassed, polls.ClosedAlready, polls.TimeLeft,
    unsealing.NotClosed, voiding.CanBeOpened, approvals.NoProposal, approvals.ProposalWaits, approvals.SamePerson,
    keys.KeyMissing,
)  # fmt: skip
ELECTORS = ("ada", "bo", "cem", "dov", "eve", "fay")
BARRED, WITHHELD = ("eve", "SV-1"), ("fay", "openness")
OTHERS = ("OP-1", "OP-2", "OP-3")
CATEGORIES = {"services": FINALISTS, "openness": OTHERS}
QUORUM = Fraction(1, 3)
RULES = (
    '\n[vote]\nelectorate = "public"\nmethod = "{}"\nquorum = "1/3"\n[result]\nladder = ["runoff", "lot"]\n'
)
OFFICE = ("first@office.example", "second@office.example")
FORMS = ("the secret of one form of an elector", "the secret of another form of an elector")
WHO = st.sampled_from(ELECTORS)
BY = st.sampled_from(OFFICE)
SEALED = (ElectionState.OPEN, ElectionState.CLOSED)
CHOICES = {
    category: st.lists(st.sampled_from(slate), unique=True, max_size=len(slate)).map(tuple)
    for category, slate in CATEGORIES.items()
}


@dataclass
class Box:
    """What the model knows of one election: who cast what, by which form, which is empty for paper."""

    category: str
    slate: tuple[str, ...]
    is_runoff: bool
    opened: datetime
    state: ElectionState = ElectionState.OPEN
    has_key: bool = True
    cast: dict[str, tuple[str, Choice]] = field(default_factory=dict)
    receipts: set[str] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.state is ElectionState.OPEN

    @property
    def is_full(self) -> bool:
        """Whether everybody who has a ballot has cast it."""
        return len(self.cast) == len(ELECTORS) - (self.category == WITHHELD[1])

    def points(self, method: str) -> dict[str, Fraction]:
        """The votes, reckoned another way than the product does."""
        votes = dict.fromkeys(self.slate, Fraction(0))
        for _, choice in self.cast.values():
            left = [it for it in self.slate if it not in choice]
            for place, name in enumerate(choice):
                votes[name] += len(self.slate) - 1 - place if method == "borda" else 1
            for name in left if choice and method == "borda" else ():
                votes[name] += Fraction(sum(range(len(left))), len(left))
        return votes


class Voting(RuleBasedStateMachine):
    contest: Contest
    method: str
    reached: set[str]
    folder: Path

    @initialize()
    def begin(self) -> None:
        """What an example does is undone after it, so that one edition serves them all."""
        self.example = db.session.begin_nested()
        self.now = self.contest.now
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.contest.keys, self.folder)
        self.closes: datetime | None = None
        self.boxes: dict[int, Box] = {}
        self.token: dict[str, tuple[str, datetime]] = {}
        self.proposed_by = ""
        self.opened = self.counted = False

    def teardown(self) -> None:
        self.example.rollback()

    @rule()
    def open_the_vote(self) -> None:
        if self.opened:
            return
        self.contest.open()
        fay = self._entitlement(*WITHHELD)
        fay.withheld_because = "declared"
        db.session.flush()
        self.opened = True
        self._see_elections(self.contest.now)

    @rule(who=WHO, services=CHOICES["services"], form=st.sampled_from(FORMS))
    def cast_in_one_category(self, who: str, services: Choice, form: str) -> None:
        self._cast(who, {"services": services}, form)

    @rule(who=WHO, services=CHOICES["services"], openness=CHOICES["openness"], form=st.sampled_from(FORMS))
    def cast_all(self, who: str, services: Choice, openness: Choice, form: str) -> None:
        self._cast(who, {"services": services, "openness": openness}, form)

    @rule(who=WHO)
    def send_the_same_form_again(self, who: str) -> None:
        for category, box in self._current().items():
            if who in box.cast and box.cast[who][0]:
                form, choice = box.cast[who]
                self._cast(who, {category: choice}, form)
                self.reached.add("again")

    @rule(who=WHO, name=st.sampled_from(FINALISTS))
    def vote_for_one(self, who: str, name: str) -> None:
        self._cast(who, {"services": (name,)}, FORMS[0])

    @rule(who=WHO, category=st.sampled_from(sorted(CATEGORIES)), data=st.data())
    def hand_in_on_paper(self, who: str, category: str, data: st.DataObject) -> None:
        choice = data.draw(CHOICES[category])
        box = self._current().get(category)
        done = self._try(
            lambda: ballots.load(
                db.session(), self.contest.edition, table(BALLOTS, [(category, who, *choice)]),
                actor=self.contest.actor, now=self.now,
            )
        )  # fmt: skip
        fits = box is not None and self._fits(box, who, self._without_the_foot(who, choice))
        assert done == (fits and box is not None and self._free(box, who, category))
        if done and box is not None:
            box.cast[who] = ("", self._without_the_foot(who, choice))

    @rule(who=WHO)
    def come_in_on_a_device(self, who: str) -> None:
        token = passes.admit(db.session(), self._entry(who), PassBy.LINK, now=self.now)
        self.token[who] = (token, passes.to_the_hour(self.now))

    @rule(who=WHO, services=CHOICES["services"])
    def cast_on_that_device(self, who: str, services: Choice) -> None:
        if who not in self.token:
            return
        token, since = self.token[who]
        valid = self.now < since + passes.IDLE
        found = passes.find(db.session(), token, now=self.now)
        assert (found is not None) == valid
        if found is not None:
            self._cast(who, {"services": services}, FORMS[1], by=found)

    @rule(who=WHO)
    def name_another_delegate(self, who: str) -> None:
        held, before = self._pass(who), self._entry(who).email
        named = Named(f"Delegate {self.now:%d %H} {who}", f"{who}.{self.now:%d%H}@electors.example")
        done = self._try(
            lambda: delegates.replace(
                db.session(), self.contest.edition, self._entry(who), named,
                actor=self.contest.actor, now=self.now,
            )
        )  # fmt: skip
        goes_on = not self.counted or any(box.is_open for box in self.boxes.values())
        has_cast = any(who in box.cast for box in self._sealed())
        is_new = before != named.email
        assert done == (goes_on and not (has_cast and is_new))
        if done and is_new:
            self.token.pop(who, None)
            assert held is None or not passes.is_valid(held, self.now)
            if held is not None:
                with pytest.raises(PassEnded):
                    self._casting(who, {"services": ()}, FORMS[0], by=held)
                self.reached.add("replaced")

    @rule(hours=st.integers(1, 40))
    def state_the_close(self, hours: int) -> None:
        wanted = (self.now + timedelta(hours=hours)).replace(tzinfo=None)
        done = self._try(
            lambda: editions.set_moment(
                db.session(), self.contest.edition, Moment.VOTE_CLOSE, wanted, zone="UTC",
                reason="More time.", actor=self.contest.actor, now=self.now,
            )
        )  # fmt: skip
        if done:
            self.closes = self.now + timedelta(hours=hours)

    @rule(hours=st.sampled_from([1, 2, 13]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def close_the_vote(self) -> None:
        waiting = [box for box in self._sealed() if box.is_open]
        done = self._try(
            lambda: polls.close(
                db.session(), self.contest.edition, reason="Long enough.", actor=self._office(OFFICE[0]), now=self.now
            )
        )  # fmt: skip
        promised = [box for box in waiting if self._has_a_date(box)] == waiting
        may = not promised or self._is_over(waiting[0]) if waiting else False
        assert done == (bool(waiting) and (may or all(box.is_full for box in waiting)))
        if done:
            self.token.clear()
            for box in waiting:
                box.state = ElectionState.CLOSED

    @rule(by=BY)
    def propose_to_open_the_envelopes(self, by: str) -> None:
        sealed = self._sealed()
        done = self._try(
            lambda: unsealing.propose(
                db.session(), self.contest.edition, reason="Closed.", actor=self._office(by), now=self.now
            )
        )  # fmt: skip
        present = {who for box in sealed for who in box.cast}
        enough = self.counted or (present != set() and len(present) >= QUORUM * len(ELECTORS))
        assert done == (self._is_closed() and enough and not self.proposed_by)
        if done:
            self.proposed_by = by
        elif self._is_closed() and not enough:
            self.reached.add("kept shut")

    @rule(by=BY)
    def approve_the_opening(self, by: str) -> None:
        sealed, runoff = self._sealed(), self.counted
        proposal = approvals.waiting(db.session(), self.contest.edition, envelopes.OPENING)
        assert (proposal is not None) == bool(self.proposed_by)
        sha256 = proposal.subject_sha256 if proposal is not None else "0" * 64
        done = self._try(
            lambda: unsealing.approve(
                db.session(), self.contest.edition, sha256,
                key_folder=self.folder, actor=self._office(by), now=self.now,
            )
        )  # fmt: skip
        can = bool(self.proposed_by) and by != self.proposed_by and all(box.has_key for box in sealed)
        assert done == can
        if not done:
            return
        for box in sealed:
            box.state = ElectionState.COUNTED
        self.proposed_by, self.counted = "", True
        self.reached.add("run off" if runoff else "counted")
        self._see_elections(self.now)

    @rule()
    def lose_the_key(self) -> None:
        if not self._sealed():
            return
        for file in self.folder.iterdir():
            file.unlink()
        for box in self._sealed():
            box.has_key = False

    @rule(by=BY)
    def hold_again_what_nobody_can_open(self, by: str) -> None:
        """One proposes, the other approves; where it is refused neither has done anything."""
        broken = [box for box in self._sealed() if not box.has_key]
        other = next(it for it in OFFICE if it != by)
        done = self._try(lambda: self._hold_again(by, other))
        assert done == bool(broken)
        assert not self._try(lambda: self._hold_again(by, by))
        if not done:
            return
        for box in broken:
            box.state = ElectionState.VOID
        self.proposed_by = ""
        self.reached.add("held again")
        self._see_elections(self.now)

    def _hold_again(self, by: str, other: str) -> None:
        act = {"key_folder": self.folder, "now": self.now}
        edition = self.contest.edition
        made = voiding.propose(
            db.session(), edition, reason="The key is lost.", actor=self._office(by), **act
        )  # type: ignore[arg-type]
        voiding.approve(db.session(), edition, made.subject_sha256, actor=self._office(other), **act)  # type: ignore[arg-type]

    @rule()
    def destroy_the_keys(self) -> None:
        envelopes.destroy_spent_keys(
            db.session(), key_folder=self.folder, actor=self.contest.actor, now=self.now
        )

    @invariant()
    def the_box_holds_one_envelope_for_each_who_cast(self) -> None:
        rows = db.session.execute(
            select(Envelope.election_id, RollEntry.elector)
            .join(RollEntry, RollEntry.id == Envelope.roll_entry_id)
            .order_by(Envelope.election_id, RollEntry.elector)
        )
        wanted = sorted((key, who) for key, box in self.boxes.items() for who in box.cast)
        assert sorted(map(tuple, rows)) == wanted

    @invariant()
    def nothing_is_readable_before_the_opening(self) -> None:
        for election in self._elections():
            its = db.session.scalars(select(Envelope.sealed).where(Envelope.election_id == election.id)).all()
            if election.state in (ElectionState.COUNTED, ElectionState.VOID):
                assert set(its) <= {None}
            if election.state is ElectionState.COUNTED:
                continue
            assert election.tally is None
            assert not db.session.scalars(select(Ballot).where(Ballot.election_id == election.id)).all()
            if election.state is ElectionState.VOID:
                continue
            sealed = [it for it in its if it is not None]
            assert len(sealed) == len(its)
            assert len({len(it) for it in sealed}) <= 1
            assert not [name for it in sealed for name in (*FINALISTS, *OTHERS) if name.encode() in it]
        if not self.counted:
            assert results.frozen(db.session(), self.contest.edition) == {}

    @invariant()
    def every_vote_is_where_the_model_has_it(self) -> None:
        if self.opened:
            assert {it.id: it.state for it in self._elections()} == {
                key: box.state for key, box in self.boxes.items()
            }

    @invariant()
    def what_comes_out_is_what_went_in(self) -> None:
        for election in self._elections():
            if election.tally is None:
                continue
            box = self.boxes[election.id]
            opened = db.session.scalars(select(Ballot).where(Ballot.election_id == election.id)).all()
            assert len(opened) == len(box.cast)
            assert box.receipts <= {it.commitment for it in opened}
            tally = tally_of(election.tally)
            assert dict(tally.votes) == box.points(self.method)
            assert tally.abstentions == sum(not choice for _, choice in box.cast.values())
            assert tally.ballots + tally.abstentions == len(box.cast)

    def _cast(self, who: str, choices: Mapping[str, Choice], form: str, by: VotingPass | None = None) -> None:
        """Cast, and hold what became of it against the model: all of a form, or nothing."""
        boxes = self._current()
        there = {key: boxes[key].cast.get(who) for key in choices if key in boxes}
        again = {key for key, it in there.items() if it == (form, choices[key])}
        other = [key for key, it in there.items() if it is not None and key not in again]
        new = [key for key in choices if key in boxes and key not in again]
        fits = all(self._fits(boxes[key], who, choices[key]) for key in new)
        free = all(self._free(boxes[key], who, key) and not self._is_over(boxes[key]) for key in new)
        expected = set(choices) <= set(boxes) and not other and fits and free
        found: dict[str, casting.Receipt] = {}
        done = self._try(lambda: found.update(self._casting(who, choices, form, by)))
        assert done == expected, (who, choices, form)
        for key, receipt in found.items():
            assert receipt.again == (key in again)
            assert (receipt.commitment in boxes[key].receipts) == (key in again)
            boxes[key].cast[who] = (form, choices[key])
            boxes[key].receipts.add(receipt.commitment)

    def _casting(
        self, who: str, choices: Mapping[str, Choice], form: str, by: VotingPass | None
    ) -> dict[str, casting.Receipt]:
        return casting.cast(
            db.session(), self.contest.edition, self._entry(who), choices,
            form=form, nonces=dict.fromkeys(choices, f"a nonce of {form}"), now=self.now, by=by,
        )  # fmt: skip

    def _fits(self, box: Box, who: str, choice: Choice) -> bool:
        most = 1 if self.method == "one_choice" else len(box.slate)
        return set(choice) <= set(box.slate) and len(choice) <= most and not set(choice) & {self._bar(who)}

    def _free(self, box: Box, who: str, category: str) -> bool:
        withheld = (who, category) == WITHHELD
        return box.is_open and who not in box.cast and not withheld

    def _has_a_date(self, box: Box) -> bool:
        return self.closes is not None and not box.is_runoff and box.opened < self.closes

    def _is_over(self, box: Box) -> bool:
        return self._has_a_date(box) and self.closes is not None and self.now > self.closes

    def _sealed(self) -> list[Box]:
        return [box for box in self.boxes.values() if box.state in SEALED]

    def _is_closed(self) -> bool:
        return bool(self._sealed()) and not any(box.is_open for box in self._sealed())

    def _office(self, email: str) -> Actor:
        account = accounts.find(db.session(), email)
        assert account is not None
        return Actor(account=account, real=account)

    def _bar(self, who: str) -> str:
        return BARRED[1] if who == BARRED[0] else ""

    def _without_the_foot(self, who: str, choice: Choice) -> Choice:
        """On paper a barred finalist may be written at the foot of a ranking."""
        ranked = self.method == "borda" and choice[-1:] == (self._bar(who),)
        return choice[:-1] if ranked else choice

    def _current(self) -> dict[str, Box]:
        """The box of each category's latest election; there is one for each, opened or not, from the shortlist on."""
        return {it.category: self.boxes[it.id] for it in self._elections() if it.id in self.boxes}

    def _elections(self) -> list[Election]:
        return list(elections.of_edition(db.session(), self.contest.edition))

    def _see_elections(self, opened: datetime) -> None:
        for it in self._elections():
            is_runoff = it.kind is ElectionKind.RUNOFF
            self.boxes.setdefault(it.id, Box(it.category, tuple(it.slate), is_runoff, opened))

    def _entitlement(self, who: str, category: str) -> Entitlement:
        election = next(it for it in self._elections() if it.category == category)
        return db.session.get_one(Entitlement, (election.id, self._entry(who).id))

    def _entry(self, who: str) -> RollEntry:
        return db.session.scalars(select(RollEntry).where(RollEntry.elector == who)).one()

    def _pass(self, who: str) -> VotingPass | None:
        return passes.find(db.session(), self.token[who][0], now=self.now) if who in self.token else None

    def _try(self, act: Callable[[], Any]) -> bool:
        """Whether an act was taken; one that is refused by name changes nothing."""
        with suppress(*REFUSALS):
            with db.session.begin_nested():
                act()
            return True
        return False


def before_the_vote(folder: Path, method: str) -> Contest:
    """Shortlists are signed, six electors are on the roll, and the vote isn't open yet."""
    begin_writing()
    contest = Contest(
        db.session(),
        folder,
        more=RULES.format(method),
        marks=dict.fromkeys((*FINALISTS, *OTHERS), 8),
        entries=(*(entry(it) for it in FINALISTS), *(entry(it, "openness") for it in OTHERS)),
    ).judged()
    bodies = {BARRED[0]: f"Town of {BARRED[1]}"}
    contest.enrol(
        *((it, it.title(), f"{it}@electors.example", bodies.get(it, f"Guild of {it}")) for it in ELECTORS)
    )
    contest.shortlist()
    for email in OFFICE:
        accounts.find_or_make(db.session(), email, name=email, now=contest.now, actor=contest.actor)
    db.session.commit()
    begin_writing()
    return contest


@pytest.mark.parametrize("method", ["one_choice", "borda"])
def test_every_vote_counts_once_whatever_is_done_in_whatever_order(
    app: Flask, tmp_path: Path, method: str
) -> None:
    many = settings.get_profile("audit").max_examples == settings().max_examples
    with app.app_context():
        Voting.contest, Voting.method = before_the_vote(tmp_path, method), method
        Voting.folder, Voting.reached = tmp_path / "example", set()
        run_state_machine_as_test(
            Voting,
            settings=settings(
                max_examples=150 if many else 5,
                stateful_step_count=50 if many else 25,
                suppress_health_check=list(HealthCheck),
                phases=(Steps.explicit, Steps.generate),
            ),
        )
        db.session.rollback()
        db.session.remove()


@pytest.mark.parametrize("method", ["one_choice", "borda"])
def test_the_way_through_a_tie_and_its_run_off_is_among_what_is_played(
    app: Flask, tmp_path: Path, method: str
) -> None:
    with app.app_context():
        Voting.contest, Voting.method = before_the_vote(tmp_path, method), method
        Voting.folder, Voting.reached = tmp_path / "example", set()
        machine = Voting()
        machine.begin()
        machine.vote_for_one("ada", "SV-1")
        machine.state_the_close(2)
        machine.open_the_vote()
        machine.come_in_on_a_device("ada")
        machine.name_another_delegate("ada")
        machine.vote_for_one("ada", "SV-1")
        machine.propose_to_open_the_envelopes(OFFICE[0])
        machine.send_the_same_form_again("ada")
        machine.vote_for_one("ada", "SV-2")
        machine.vote_for_one("eve", "SV-1")
        machine.vote_for_one("eve", "SV-2")
        machine.cast_all("fay", ("SV-1",), ("OP-1",), FORMS[0])
        machine.time_passes(1)
        machine.name_another_delegate("ada")
        machine.time_passes(2)
        machine.vote_for_one("bo", "SV-1")
        machine.send_the_same_form_again("ada")
        machine.hold_again_what_nobody_can_open(OFFICE[0])
        machine.close_the_vote()
        machine.hold_again_what_nobody_can_open(OFFICE[0])
        machine.propose_to_open_the_envelopes(OFFICE[0])
        machine.lose_the_key()
        machine.approve_the_opening(OFFICE[1])
        machine.hold_again_what_nobody_can_open(OFFICE[1])
        machine.every_vote_is_where_the_model_has_it()
        machine.approve_the_opening(OFFICE[1])
        machine.name_another_delegate("ada")
        machine.come_in_on_a_device("ada")
        machine.close_the_vote()
        machine.cast_on_that_device("ada", ("SV-1",))
        machine.propose_to_open_the_envelopes(OFFICE[0])
        machine.hold_again_what_nobody_can_open(OFFICE[0])
        machine.lose_the_key()
        machine.hold_again_what_nobody_can_open(OFFICE[0])
        machine.vote_for_one("ada", "SV-1")
        machine.vote_for_one("eve", "SV-2")
        machine.cast_all("fay", ("SV-1",), ("OP-1",), FORMS[0])
        machine.send_the_same_form_again("ada")
        machine.close_the_vote()
        machine.propose_to_open_the_envelopes(OFFICE[0])
        machine.approve_the_opening(OFFICE[0])
        machine.approve_the_opening(OFFICE[1])
        machine.vote_for_one("bo", "SV-3")
        machine.vote_for_one("bo", "SV-2")
        machine.lose_the_key()
        machine.hold_again_what_nobody_can_open(OFFICE[0])
        machine.vote_for_one("bo", "SV-2")
        machine.close_the_vote()
        machine.propose_to_open_the_envelopes(OFFICE[1])
        machine.approve_the_opening(OFFICE[0])
        machine.every_vote_is_where_the_model_has_it()
        machine.destroy_the_keys()
        machine.the_box_holds_one_envelope_for_each_who_cast()
        machine.nothing_is_readable_before_the_opening()
        machine.what_comes_out_is_what_went_in()
        machine.teardown()
        db.session.rollback()
        db.session.remove()

    assert Voting.reached == {"kept shut", "again", "replaced", "counted", "run off", "held again"}

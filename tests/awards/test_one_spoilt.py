"""Where one envelope is spoilt only its own vote is held again: papers, the public's votes and other methods stay."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import voiding
from awards.models import BundleState, Election, ElectionKind, ElectionState
from tests.awards.keeping import Kept
from tests.awards.play import entry
from tests.awards.poll import FIVE, MARKS, SIGNERS
from tests.awards.public_vote import PRIZE, Square
from tests.awards.test_paper import Desk
from tests.awards.test_voiding import OPENNESS, approve, propose, spoil

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VOTE = '\n[vote]\nelectorate = "public"\nmethod = "approval"\napprove_up_to = 2\n'
RULES = f'{SIGNERS}{VOTE}{PRIZE}\n[public_vote]\nprize = "people"\nmethod = "borda"\n'
AGAIN = {("services", ElectionKind.REPEAT)}


class Mixed(Square, Desk):
    """Two categories voted on by approval, online and on paper; the public ranks. One envelope is spoilt."""

    @classmethod
    def spoilt(cls, session: scoped_session[Session], folder: Path) -> "Mixed":
        standing = (*FIVE, *OPENNESS)
        entries = tuple(entry(it, "openness" if it in OPENNESS else "services") for it in standing)
        mixed = cls(session, folder, RULES, entries=entries)
        mixed.marks = MARKS | dict.fromkeys(OPENNESS, 8)
        mixed.begun()
        mixed.cast("one", choice=("OP-1",), category="openness")
        mixed.cast("one", "two", choice=("SV-1",))
        mixed.citizen("somebody", "OP-2", "OP-1", category="openness")
        mixed.hand_in("four")
        mixed.over()
        spoil(mixed, "three")
        for election in mixed.elections():
            mixed.entered(election.category)
        return mixed

    def entered(self, category: str) -> None:
        """The one paper of a category, entered by both since the last root."""
        self.category = category
        bundle = self.bundle(1)
        for who in (self.teller, self.organiser):
            self.enter(bundle, who, ())
        assert bundle.state is BundleState.AGREED

    @property
    def election(self) -> Election:
        return next(it for it in self.elections() if it.category == self.category)

    def open_again(self) -> set[tuple[str, ElectionKind]]:
        return {(it.category, it.kind) for it in self.all_elections() if it.state is ElectionState.OPEN}


class Shared(Mixed, Kept):
    """The same where two of three holders open."""


def test_with_a_key_in_one_file(session: scoped_session[Session], tmp_path: Path) -> None:
    mixed = Mixed.spoilt(session, tmp_path)
    approve(mixed, propose(mixed))
    assert mixed.open_again() == AGAIN


def test_with_a_shared_key(session: scoped_session[Session], tmp_path: Path) -> None:
    shared = Shared.spoilt(session, tmp_path)
    assert isinstance(shared, Shared)
    shared.give("hana")
    assert shared.give("hugo").spoilt == ("services",)
    loss = voiding.look(session(), shared.edition, key_folder=shared.keys)
    assert [it.category for it in loss.spoilt] == ["services"]
    approve(shared, propose(shared))
    assert shared.open_again() == AGAIN

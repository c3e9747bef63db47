"""The second round on the table: nothing of it before its close, afterwards the result of each category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from awards import editions, results
from awards.extensions import db
from awards.models import Edition, FrozenOutcome
from awards.timetable import Phase
from awards.web.table import sayings
from awards.web.table.sight import Sight
from awards.web.texts import Text
from judging.count import outcome_of
from judging.outcome import OutcomeRow
from judging.values import SecondRound, Step

OPEN = {
    SecondRound.VOTE: _l("The vote is open. Nobody sees a ballot before it is closed."),
    SecondRound.PANEL: _l(
        "The second round is open. Until it is closed nobody sees a mark of it but the judge who gave it."
    ),
}
TIE = _l("Second round: nominations are level at a prize; the chair decides")
RUNOFF = _l("Second round: a run-off decides among level nominations")
COUNTED = _l("Second round: counted, the winners to be signed")
SIGNED = _l("Second round: the winners are signed")


@dataclass(frozen=True, slots=True)
class Row:
    """A nomination in the result: where it stands, what decided, and the prize that is its own once it is signed."""

    row: OutcomeRow
    title: Text | str
    prize: Text | str

    @property
    def value(self) -> str:
        return sayings.figure(self.row.value)


@dataclass(frozen=True, slots=True)
class Second:
    """The result of a category as it was counted, best first."""

    state: object
    rows: tuple[Row, ...]
    steps: Sequence[str]
    is_signed: bool


def is_open(edition: Edition) -> object:
    """That the second round is open, in words; empty where it is not."""
    if edition.phase is not Phase.SECOND_ROUND or edition.second_closed_at is not None:
        return ""
    return OPEN.get(editions.rules_of(db.session(), edition).second_round, "")


def of_board(edition: Edition, board: Sequence[Sight]) -> dict[str, Second]:
    """The result of every category that has one, once the round is closed and counted."""
    if edition.second_closed_at is None:
        return {}
    found = results.frozen(db.session(), edition)
    return {it.key: _of(it, found[it.key]) for it in board if it.key in found}


def _of(it: Sight, frozen: FrozenOutcome) -> Second:
    outcome = outcome_of(frozen.document)
    titles: Mapping[str, Text] = {line.nomination.reference: line.title for line in it.lines}
    state = COUNTED
    if results.waiting(outcome, Step.RUNOFF):
        state = RUNOFF
    elif results.waiting(outcome, Step.CHAIR):
        state = TIE
    elif frozen.signed_by is not None:
        state = SIGNED
    return Second(
        state,
        tuple(
            Row(
                row,
                titles.get(row.nomination, ""),
                it.names.name("prizes", row.prize) if row.prize else "",
            )
            for row in outcome.rows
        ),
        [sayings.step(step, it.key, it.names) for step in outcome.steps],
        frozen.signed_by is not None,
    )

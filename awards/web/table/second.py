"""The second round on the pages of the first: nothing of it before its close, afterwards the result."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from awards import editions
from awards.extensions import db
from awards.models import Edition
from awards.timetable import Phase
from awards.web.table import counting
from awards.web.table.counting import Counted, State
from awards.web.table.sight import Sight
from judging.values import SecondRound

OPEN = {
    SecondRound.VOTE: _l("The vote is open. Nobody sees a ballot before it is closed."),
    SecondRound.PANEL: _l(
        "The second round is open. Until it is closed nobody sees a mark of it but the judge who gave it."
    ),
}
TIE = _l("Second round: nominations are level at a prize; the chair decides")
SIGNED = _l("Second round: the winners are signed")
STATES = {
    State.RUNOFF: _l("Second round: a run-off decides among level nominations"),
    State.TIE: TIE,
    State.STUCK: TIE,
    State.TO_SIGN: _l("Second round: counted, the winners to be signed"),
    State.SIGNED: SIGNED,
    State.PUBLIC: SIGNED,
}


def is_open(edition: Edition) -> object:
    """That the second round is open, in words; empty where it is not."""
    if edition.phase is not Phase.SECOND_ROUND or edition.second_closed_at is not None:
        return ""
    return OPEN.get(editions.rules_of(db.session(), edition).second_round, "")


def of_board(edition: Edition, board: Sequence[Sight]) -> dict[str, Counted]:
    """The result of every category that has one, once the round is closed and counted."""
    if edition.second_closed_at is None:
        return {}
    return {it.key: it for it in counting.board(edition, board)}

"""What the table decides in the same way after both rounds, and in what a shortlist and the winners differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from awards import shortlists, winners
from awards.elections import ShortlistNotSigned
from awards.models import Edition
from awards.results import NotCounted
from awards.shortlists import (
    AlreadySigned,
    ChairDecides,
    NobodyMarked,
    ReadingsOpen,
    SheetsOpen,
    StandingChanged,
)
from awards.verdicts import Stage
from awards.web.table import counting, sight
from awards.web.table.routes import lead
from awards.web.table.stood import Stood
from awards.winners import ChairToDecide, ResultChanged, RunoffOpen, WinnersSigned

SIGNED = (AlreadySigned, WinnersSigned)
CHANGED = (StandingChanged, ResultChanged, NotCounted, ShortlistNotSigned)
UNSETTLED = (ReadingsOpen, SheetsOpen, NobodyMarked, ChairDecides, ChairToDecide, RunoffOpen)
WHY: Mapping[type[Exception], LazyString] = {
    ReadingsOpen: _l("Second readings are under way. The chair closes them first; then this is signed."),
    SheetsOpen: _l(
        "A judge mends a sheet of this category, or has asked to. It can be signed when that is over."
    ),
    ChairDecides: _l("Nominations are level at the cut, and the chair has not ordered them yet."),
    ChairToDecide: _l("Nominations are level at a prize, and the chair has not ordered them yet."),
    RunoffOpen: _l("A run-off has to be voted and counted first."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A stage at the table: what stands there, the acts on it, its pages and its words.

    `tab` and `page` are endpoints; `ordering`, `signing` and `countersigning` each name a view and its template.
    """

    stage: Stage
    board: Callable[[Edition], Sequence[Stood]]
    one_or_404: Callable[[str], Stood]
    order_level: Callable[..., object]
    go_on: Callable[..., bool]
    sign: Callable[..., int]
    tab: str
    page: str
    ordering: str
    signing: str
    countersigning: str
    changed: LazyString
    ordered: LazyString
    signed: Callable[[int], str]

    def why(self, error: Exception) -> str:
        """Why nothing was decided."""
        if isinstance(error, NobodyMarked):
            return _(
                "No sheet counts any more for %(references)s. Nothing can be signed.", references=str(error)
            )
        return str(WHY.get(type(error), self.changed))

    def back(self, it: Stood, said: object, mood: str = "done") -> Response:
        """Lead to the page of a category, with a word on what was done."""
        return lead(self.page, str(said), mood, category=it.key)


def _sign_shortlists(session: Session, edition: Edition, **how: Any) -> int:
    """How many were not signed before."""
    return len(shortlists.sign(session, edition, **how).signed)


def _sign_winners(session: Session, edition: Edition, **how: Any) -> int:
    return sum(it.is_new for it in winners.sign(session, edition, **how))


def _signed_winners(count: int) -> str:
    return ngettext(
        "Signed: the winners of one category. Nobody outside is told before the release.",
        "Signed: the winners of %(num)d categories. Nobody outside is told before the release.",
        count,
    )


CHANGED_SINCE = _l(
    "The result was counted again since you opened this page. Nothing was decided. Read it as it stands now."
)
SHORTLIST = At(
    stage=Stage.SHORTLIST,
    board=sight.board,
    one_or_404=sight.category_or_404,
    order_level=shortlists.order_level,
    go_on=shortlists.go_on,
    sign=_sign_shortlists,
    tab="table.index",
    page="table.category",
    ordering="order",
    signing="sign",
    countersigning="two",
    changed=_l(
        "The standing was counted again since you opened this page. Nothing was decided. Read it as it stands now."
    ),
    ordered=_l("Ordered. The standing was counted again; it is final when it is signed."),
    signed=lambda count: ngettext(
        "Signed: the shortlist of one category. The secretariat announces it.",
        "Signed: the shortlists of %(num)d categories. The secretariat announces them.",
        count,
    ),
)
PUBLIC = At(
    stage=Stage.PUBLIC,
    board=counting.boards_of_the_public,
    one_or_404=counting.public_or_404,
    order_level=partial(winners.order_level, stage=Stage.PUBLIC),
    go_on=winners.go_on,
    sign=_sign_winners,
    tab="table.results",
    page="table.result",
    ordering="public_order",
    signing="sign_winners",
    countersigning="result_two",
    changed=CHANGED_SINCE,
    ordered=_l("Ordered. The result was counted again; it is final when it is signed."),
    signed=_signed_winners,
)
RESULT = At(
    stage=Stage.RESULT,
    board=counting.board,
    one_or_404=counting.result_or_404,
    order_level=winners.order_level,
    go_on=winners.go_on,
    sign=_sign_winners,
    tab="table.results",
    page="table.result",
    ordering="result_order",
    signing="sign_winners",
    countersigning="result_two",
    changed=CHANGED_SINCE,
    ordered=_l("Ordered. The result was counted again; it is final when it is signed."),
    signed=_signed_winners,
)

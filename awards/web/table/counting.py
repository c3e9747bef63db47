"""The count sheet of each category: ballots, what each nomination got, the ladder in words, who has which prize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from awards import editions, publication, results, verdicts, withholding
from awards.extensions import db
from awards.models import (
    Decision,
    Edition,
    FrozenOutcome,
    Grant,
    Nomination,
    PublicationKind,
)
from awards.web import sessions
from awards.web.sentences import METHODS
from awards.web.table import boxes, sayings, sight
from awards.web.table.boxes import Box
from awards.web.table.sight import Line, Sight
from awards.web.texts import Text
from judging.ballot import Tally
from judging.count import outcome_of
from judging.ladder import StepTaken
from judging.outcome import Outcome, OutcomeRow
from judging.rules import Rules
from judging.values import Method, SecondRound, Step


class State(StrEnum):
    """Where the result of a category stands on its way to the public."""

    RUNOFF = "runoff"
    TIE = "tie"
    STUCK = "stuck"
    TO_SIGN = "to_sign"
    SIGNED = "signed"
    PUBLIC = "public"


STATES = {
    State.RUNOFF: _l("A run-off decides among level nominations"),
    State.TIE: _l("Nominations are level at a prize; the chair decides"),
    State.STUCK: _l("Nominations are level at a prize, and nobody at the table may decide"),
    State.TO_SIGN: _l("Counted, the winners to be signed"),
    State.SIGNED: _l("The winners are signed"),
    State.PUBLIC: _l("The winners are public"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A nomination in the result, best first; `shared`: others stand on the same place with the same prize."""

    row: OutcomeRow
    line: Line
    prize: Text | str
    shared: bool
    first_places: int | None

    @property
    def title(self) -> Text:
        return self.line.title

    @property
    def value(self) -> str:
        return sayings.figure(self.row.value)


@dataclass(frozen=True)
class Counted:
    """The result of one category as it was counted last."""

    sight: Sight
    rules: Rules
    frozen: FrozenOutcome
    outcome: Outcome
    boxes: tuple[Box, ...]
    signed: Decision | None
    public_from: datetime | None
    withheld: Mapping[str, Decision]

    @property
    def key(self) -> str:
        return self.sight.key

    @property
    def name(self) -> Text:
        return self.sight.name

    @property
    def state(self) -> State:
        if self.public_from is not None:
            return State.PUBLIC
        if self.signed is not None:
            return State.SIGNED
        if results.waiting(self.outcome, Step.RUNOFF):
            return State.RUNOFF
        if self.waiting:
            return State.STUCK if self.sight.table.all_bound(self.level, self.key) else State.TIE
        return State.TO_SIGN

    @property
    def waiting(self) -> tuple[StepTaken, ...]:
        return verdicts.waiting(self.frozen.document)

    @property
    def chairs_step(self) -> StepTaken | None:
        """The step that the chair takes now: the first that waits, else the first that may be taken again."""
        found = (*self.waiting, *verdicts.chairs_steps(self.frozen.document))
        return found[0] if found else None

    @cached_property
    def lines(self) -> dict[str, Line]:
        return {line.nomination.reference: line for line in self.sight.lines}

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        tally = self.tally
        shown = tally is not None and self.method is Method.BORDA
        found = self.outcome.rows
        return tuple(
            Row(
                row,
                self.lines[row.nomination],
                self.prize(row.prize) if row.prize else "",
                bool(row.prize) and sum(it.place == row.place and it.prize == row.prize for it in found) > 1,
                tally.first_places[row.nomination] if tally is not None and shown else None,
            )
            for row in found
        )

    def prize(self, key: str) -> Text:
        return self.sight.names.name("prizes", key)

    @property
    def winners(self) -> list[Row]:
        return [it for it in self.rows if it.row.prize]

    @property
    def not_given(self) -> list[Text]:
        return [self.prize(key) for key in self.outcome.not_given]

    @property
    def method(self) -> Method | None:
        return self.rules.vote.method if self.rules.vote else None

    @property
    def tally(self) -> Tally | None:
        """What the vote itself came to."""
        return next((box.tally for box in self.boxes if not box.is_runoff and box.tally is not None), None)

    @property
    def pairs(self) -> list[tuple[str, list[tuple[str, int | None]]]]:
        """How many ballots rank each above each other one, where ballots rank."""
        tally = self.tally
        if tally is None or self.method is not Method.BORDA:
            return []
        names = [row.nomination for row in self.outcome.rows]
        return [(a, [(b, None if a == b else tally.pairwise[a, b]) for b in names]) for a in names]

    @property
    def how(self) -> list[str]:
        """How it was counted, in sentences."""
        if self.rules.second_round is SecondRound.NONE:
            return [_("There is no second round: the totals of the first round decide.")]
        if self.rules.second_round is SecondRound.PANEL:
            if self.rules.carry_over:
                return [_("The mean of the judges' totals of both rounds decides.")]
            return [_("The mean of the judges' totals of the second round decides.")]
        return [_method(self.rules), _("Who has most comes first.")]

    @property
    def unit(self) -> str:
        """What the figure of each nomination is."""
        if self.rules.second_round is not SecondRound.VOTE:
            return _("Total")
        return _("Points") if self.method is Method.BORDA else _("Votes")

    @property
    def plain_means(self) -> bool:
        """Whether the figures are fair scores of the first round, so that the plain means stand beside them."""
        return self.rules.second_round is SecondRound.NONE and self.sight.by_fair

    @property
    def steps(self) -> list[str]:
        return [sayings.step(it, self.key, self.sight.names) for it in self.outcome.steps]

    @cached_property
    def level(self) -> list[Nomination]:
        """The nominations among which the chair decides."""
        step = self.chairs_step
        return [self.lines[name].nomination for name in step.level] if step else []

    @cached_property
    def stand(self) -> list[Nomination]:
        return [self.lines[row.nomination].nomination for row in self.outcome.rows]

    @cached_property
    def acting(self) -> Grant | None:
        """Who acts now: about the level ones while they wait, else about all."""
        return self.sight.table.acting(self.level if self.waiting else self.stand, self.key)

    @property
    def is_mine(self) -> bool:
        return self.acting is not None and self.acting.account_id == sessions.me().id

    @property
    def orders(self) -> Grant | None:
        """Who puts the level ones into an order, or into another one."""
        return self.sight.table.acting(self.level, self.key) if self.level else None

    @property
    def all_bound(self) -> bool:
        return self.sight.table.all_bound(self.stand, self.key)

    @property
    def my_conflicts(self) -> list[str]:
        """What keeps whoever reads from acting as chair or deputy."""
        mine = [it for it in self.sight.table.of(self.key) if it.grant.account_id == sessions.me().id]
        about = self.level if self.waiting else self.stand
        return sorted(it.reference for it in about if any(it.id in seat.kept_out for seat in mine))


def _method(rules: Rules) -> str:
    assert rules.vote is not None
    if rules.vote.method is Method.APPROVAL:
        return _("A ballot names up to %(most)d.", most=rules.vote.approve_up_to)
    return str(METHODS[rules.vote.method])


def board(edition: Edition, of: Sequence[Sight] | None = None) -> list[Counted]:
    """Every category that has a result, in the rules' order. None stands where the shortlist lost its signature."""
    session = db.session()
    found = results.frozen(session, edition)
    if not found:
        return []
    rules = editions.rules_of(session, edition)
    signed = {
        it.id: it
        for it in session.scalars(
            select(Decision).where(Decision.id.in_([it.signed_by for it in found.values() if it.signed_by]))
        )
    }
    shown = publication.first_shown(session, edition, PublicationKind.WINNERS)
    held = boxes.of_edition(edition)
    withheld = withholding.by_category(session, edition) if rules.withhold else {}
    return [
        Counted(
            it,
            rules,
            frozen,
            outcome_of(frozen.document),
            tuple(held.get(it.key, ())),
            signed.get(frozen.signed_by or 0),
            shown.get(it.key),
            withheld.get(it.key, {}),
        )
        for it in (sight.board(edition) if of is None else of)
        if it.signed is not None and (frozen := found.get(it.key)) is not None
    ]


def one(edition: Edition, category: str) -> Counted | None:
    return next((it for it in board(edition) if it.key == category), None)

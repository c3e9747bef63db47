"""The count sheet of each category: ballots, what each nomination got, the ladder in words, who has which prize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import editions, publication, results, struck, withholding
from awards.extensions import db
from awards.models import Decision, Edition, PublicationKind
from awards.struck import Count
from awards.web import door
from awards.web.polling import says
from awards.web.sentences import METHODS
from awards.web.table import boxes, sayings, sight
from awards.web.table.boxes import Box
from awards.web.table.routes import lead
from awards.web.table.sight import Sight
from awards.web.table.stood import Line, Stood, signatures
from awards.web.texts import Text
from judging.ballot import Tally
from judging.count import outcome_of
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


@dataclass(frozen=True, kw_only=True)
class Counted(Stood):
    """The result of one category as it was counted last."""

    rules: Rules
    outcome: Outcome
    boxes: tuple[Box, ...]
    withheld: Mapping[str, Decision]
    struck: tuple[Count, ...] = ()

    @property
    def state(self) -> State:
        if self.public_from is not None:
            return State.PUBLIC
        if self.signed is not None:
            return State.SIGNED
        if results.waiting(self.outcome, Step.RUNOFF):
            return State.RUNOFF
        if self.waiting:
            return State.STUCK if self.is_stuck else State.TIE
        return State.TO_SIGN

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        tally = self.tally
        shown = tally is not None and self.method is Method.BORDA
        found = self.outcome.rows
        return tuple(
            Row(
                row,
                line,
                self.prize(row.prize) if row.prize else "",
                bool(row.prize) and sum(it.place == row.place and it.prize == row.prize for it in found) > 1,
                tally.first_places[row.nomination] if tally is not None and shown else None,
            )
            for row, line in zip(found, self.lines, strict=True)
        )

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
        return self.rules.second_round is SecondRound.NONE and any(it.by_fair for it in self.lines)

    @property
    def strikes(self) -> list[str]:
        """What was struck before the opening, and why."""
        return [says.counted(it.because, it.about, it.envelopes, public=it.public) for it in self.struck]

    @property
    def steps(self) -> list[str]:
        return self.said(self.outcome.steps)


def _method(rules: Rules) -> str:
    assert rules.vote is not None
    if rules.vote.method is Method.APPROVAL:
        return _("A ballot names up to %(most)d.", most=rules.vote.approve_up_to)
    return str(METHODS[rules.vote.method])


def board(edition: Edition, of: Sequence[Sight] | None = None) -> list[Counted]:
    """Every category that has a result, in the rules' order.

    None stands where the shortlist lost its signature, and none that is not what the signed shortlist gives now.
    """
    session = db.session()
    found = results.frozen(session, edition)
    if not found:
        return []
    rules = editions.rules_of(session, edition)
    signed = signatures(found.values())
    shown = publication.first_shown(session, edition, PublicationKind.WINNERS)
    held = boxes.of_edition(edition)
    withheld = withholding.by_category(session, edition) if rules.withhold else {}
    gone = struck.counts(session, edition) if rules.vote else []
    standing = {it.key: it for it in (sight.board(edition) if of is None else of) if it.signed is not None}
    outdated = results.outdated(session, edition, standing)
    counted = []
    for key, it in standing.items():
        frozen = found.get(key)
        if frozen is None or key in outdated:
            continue
        outcome = outcome_of(frozen.document)
        lines = {line.nomination.reference: line for line in it.lines}
        counted.append(
            Counted(
                key=key,
                name=it.name,
                names=it.names,
                table=it.table,
                lines=tuple(lines[row.nomination] for row in outcome.rows),
                frozen=frozen,
                signed=signed.get(frozen.signed_by or 0),
                public_from=shown.get(key),
                rules=rules,
                outcome=outcome,
                boxes=tuple(held.get(key, ())),
                withheld=withheld.get(key, {}),
                struck=tuple(one for one in gone if one.category == key),
            )
        )
    return counted


def result_or_404(key: str) -> Counted:
    """A category of the edition of the address that has a result; from one to be counted again back to them all."""
    found = next((it for it in board(door.edition()) if it.key == key), None)
    if found is None and key in results.frozen(db.session(), door.edition()):
        said = _(
            "What this result was counted from has changed since. It is counted again before it goes on."
        )
        abort(lead("table.results", said, "caution"))
    return found or abort(404)

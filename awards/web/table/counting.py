"""The count sheet of each category: ballots, what each nomination got, the ladder in words, who has which prize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import editions, public_votes, publication, results, struck, withholding
from awards.extensions import db
from awards.models import Decision, Edition, Nomination, PublicationKind
from awards.struck import Count
from awards.web import door
from awards.web.explained import DECIDES, UNITS, paragraph
from awards.web.polling import says
from awards.web.sentences import METHODS
from awards.web.table import boxes, sayings, sight
from awards.web.table.boxes import Box
from awards.web.table.routes import lead
from awards.web.table.sight import Sight
from awards.web.table.stood import Line, Stood, signatures
from awards.web.table.tables import Table, tables
from awards.web.texts import Text
from judging.ballot import Tally
from judging.count import outcome_of
from judging.outcome import Outcome, OutcomeRow
from judging.rules import Rules
from judging.values import Json, Method, SecondRound, Step


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
    public: ByThePublic | None = None
    """What the public's own vote gave, on a prize that nothing else contests."""
    struck: tuple[Count, ...] = ()

    @property
    def state(self) -> State:
        if self.public_from is not None:
            return State.PUBLIC
        if self.signed is not None:
            return State.SIGNED
        if results.waiting(self.outcome, Step.RUNOFF):
            return State.RUNOFF
        if self.turn.waiting:
            return State.STUCK if self.turn.is_stuck else State.TIE
        return State.TO_SIGN

    @property
    def turn(self) -> Counted:
        """Where the chair orders level ones next: here, or for the prize of the public."""
        waits = self.public is not None and self.public.waiting
        return self.public if self.public is not None and waits and not self.waiting else self

    @property
    def _about(self) -> list[Nomination]:
        return super()._about if self.turn is self else self.turn.level

    @property
    def prizes(self) -> list[Counted]:
        """The results that give prizes here, the public's own after the other."""
        return [self, *([self.public] if self.public is not None else [])]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        tally = self.tally
        shown = tally is not None and self.method is not None and self.method.is_ranking
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
    def tables(self) -> tuple[Table, ...]:
        """The numbers of the vote with which it can be counted by hand, where ballots rank."""
        if self.tally is None or self.method is None:
            return ()
        return tables(self.method, self.tally, [row.nomination for row in self.outcome.rows])

    @property
    def how(self) -> list[str]:
        """How it was counted, in sentences."""
        if self.rules.second_round is SecondRound.NONE:
            return [_("There is no second round: the totals of the first round decide.")]
        if self.rules.second_round is SecondRound.PANEL:
            if self.rules.carry_over:
                return [_("The mean of the judges' totals of both rounds decides.")]
            return [_("The mean of the judges' totals of the second round decides.")]
        assert self.rules.vote is not None
        return [_method(self.rules), str(DECIDES[self.rules.vote.method])]

    @property
    def example(self) -> str:
        """How ballots are counted by this method, with an example; empty without a vote."""
        return paragraph(self.rules.vote) if self.rules.vote else ""

    @property
    def unit(self) -> str:
        """What the figure of each nomination is."""
        if self.rules.second_round is not SecondRound.VOTE:
            return _("Total")
        return str(UNITS[self.method]) if self.method else _("Votes")

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


@dataclass(frozen=True, kw_only=True)
class ByThePublic(Counted):
    """What the public's own vote in a category gave."""

    @property
    def document(self) -> Mapping[str, Json]:
        return public_votes.in_result(self.frozen.document) or {"steps": []}


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
        found_here = Counted(
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
            boxes=tuple(box for box in held.get(key, ()) if not box.is_public),
            withheld=withheld.get(key, {}),
            struck=tuple(one for one in gone if one.category == key),
        )
        public = tuple(box for box in held.get(key, ()) if box.is_public)
        counted.append(replace(found_here, public=_by_the_public(found_here, lines, public)))
    return counted


def _by_the_public(beside: Counted, lines: Mapping[str, Line], boxes: tuple[Box, ...]) -> ByThePublic | None:
    outcome = public_votes.outcome_in(beside.frozen.document)
    if outcome is None:
        return None
    known = {it.name: getattr(beside, it.name) for it in fields(beside)}
    changed = {
        "rules": beside.rules.for_the_public(),
        "outcome": outcome,
        "lines": tuple(lines[row.nomination] for row in outcome.rows),
        "boxes": boxes,
        "withheld": {},
    }
    return ByThePublic(**{**known, **changed})


def public_or_404(key: str) -> Counted:
    """The public's own result in a category of the edition of the address."""
    return result_or_404(key).public or abort(404)


def result_or_404(key: str) -> Counted:
    """A category of the edition of the address that has a result; from one to be counted again back to them all."""
    found = next((it for it in board(door.edition()) if it.key == key), None)
    if found is None and key in results.frozen(db.session(), door.edition()):
        said = _(
            "What this result was counted from has changed since. It is counted again before it goes on."
        )
        abort(lead("table.results", said, "caution"))
    return found or abort(404)


def boards_of_the_public(edition: Edition) -> list[Counted]:
    """The public's own result of every category that has one, in the rules' order."""
    return [it.public for it in board(edition) if it.public is not None]

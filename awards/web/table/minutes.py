"""The minutes as a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from awards import editions
from awards.documents.paper import Block, Facts, Fingerprint, Grid, Heading, Paper, Signatures, Steps, Words
from awards.extensions import db
from awards.models import (
    Account,
    Assignment,
    AssignmentState,
    Conflict,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    ScoreSheet,
    SheetState,
)
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download
from awards.web.language import current
from awards.web.papers.call import paper
from awards.web.secretariat import wording
from awards.web.secretariat.frame import face_of
from awards.web.table import background, second, sight
from awards.web.table.routes import Answer, blueprint, is_closed, lead
from awards.web.table.second import Second
from awards.web.table.sight import Sight
from awards.web.table.standing import DECISIONS, STATES
from judging.values import Round

WAIVERS = (DecisionKind.MINIMUM_WAIVED, DecisionKind.CONFLICT_WAIVED)
"""Decisions about one nomination; the judge whom one is about is not named."""


@blueprint.get("/minutes.pdf")
@audience(Audience.TABLE)
def minutes(edition: str) -> Answer | Response:
    """Of the shortlist, and of a panel's second round once it is closed: a draft until every category is signed."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    if not is_closed():
        return lead("table.index")
    return download(print_paper(written()), PDF, f"{edition}-minutes-{current()}.pdf")


def written() -> Paper:
    """The minutes of the rounds of marks that are closed, as they stand now."""
    edition, session = door.edition(), db.session()
    board = sight.board(edition)
    panel = second.of_board(edition, board) if second.is_panel(edition) else {}
    signed = all(it.signed is not None for it in board) and all(it.is_signed for it in panel.values())
    blocks: list[Block] = []
    if not signed:
        blocks.append(Words(_("Draft: not every category is signed, and until then all of this may change.")))
    blocks += _facts(edition)
    blocks += _panel(edition)
    for it in board:
        blocks += _category(edition, it)
    if panel:
        blocks += _second_round(edition)
        for it in board:
            if it.key in panel:
                blocks += _result(edition, it, panel[it.key])
    blocks += [Heading(_("Fingerprint")), Words(_("The rules by which all of this was counted, SHA-256:"))]
    blocks.append(Fingerprint(editions.rules_document(session, edition).sha256))
    if not signed:
        blocks.append(Signatures((_("Chair"), _("Date"))))
    return paper(
        face_of(edition),
        _title(is_signed=signed, both=bool(panel)),
        blocks,
        editions.rules_document(session, edition),
    )


def _title(*, is_signed: bool, both: bool) -> str:
    if both:
        return _("Minutes of both rounds") if is_signed else _("Minutes of both rounds – draft")
    return _("Minutes of the first round") if is_signed else _("Minutes of the first round – draft")


def _facts(edition: Edition) -> Iterator[Block]:
    assert edition.first_closed_at is not None
    ended = dict(
        iter(
            db.session.execute(
                select(Assignment.state, func.count())
                .join(Judge)
                .where(Judge.edition_id == edition.id, Assignment.round == Round.FIRST)
                .group_by(Assignment.state)
            )
        )
    )
    waived = db.session.scalar(
        select(func.count())
        .select_from(Conflict)
        .join(Judge)
        .where(Judge.edition_id == edition.id, Conflict.waived_by.is_not(None))
    )
    yield Facts(
        (
            (_("Round closed"), wording.at(edition.first_closed_at, edition.zone)),
            (_("Written"), wording.at(sessions.now(), edition.zone)),
            (_("Recusals"), str(ended.get(AssignmentState.RECUSED, 0))),
            (_("Conflicts waived"), str(waived or 0)),
        )
    )


def _panel(edition: Edition, of_round: Round = Round.FIRST) -> Iterator[Block]:
    """The judges who took part: those of whom a sheet of the round counts."""
    took_part = (
        select(Assignment.judge_id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(Assignment.round == of_round, ScoreSheet.state == SheetState.SUBMITTED, ScoreSheet.counted)
    )
    names = db.session.scalars(
        select(Account.name)
        .join(Judge, Judge.account_id == Account.id)
        .where(Judge.edition_id == edition.id, Judge.id.in_(took_part))
        .order_by(Account.sort_key, Account.id)
    ).all()
    yield Heading(_("Panel"))
    yield Words("\n".join(name for name in names if name))


def _category(edition: Edition, it: Sight) -> Iterator[Block]:
    yield Heading(str(it.name))
    state = _("Signed") if it.signed is not None else STATES[it.state]
    yield Words(f"{state}. {' '.join(it.cut)}", keep=True)
    if it.steps:
        yield Steps(tuple(it.steps))
    if it.lines:
        yield _standing(it)
    yield from _decided(edition, it, Round.FIRST)


def _standing(it: Sight) -> Grid:
    return Grid(
        (_("Place"), _("Nomination"), _("Sheets"), _("Total"), _("Exact"), _("Outcome")),
        tuple(
            (
                str(line.row.place),
                f"{line.nomination.reference} {line.title}, {line.revision.city or line.revision.organisation_name}",
                str(line.row.sheets),
                line.total,
                line.exact,
                str(line.outcome),
            )
            for line in it.lines
        ),
    )


def _second_round(edition: Edition) -> Iterator[Block]:
    assert edition.second_closed_at is not None
    yield Heading(_("Second round"))
    yield Words(
        _("Marks of the first round count together with those of the second.")
        if editions.rules_of(db.session(), edition).carry_over
        else _("Marks of the first round are not carried over.")
    )
    yield Facts(((_("Round closed"), wording.at(edition.second_closed_at, edition.zone)),))
    yield from _panel(edition, Round.SECOND)


def _result(edition: Edition, it: Sight, found: Second) -> Iterator[Block]:
    yield Heading(_("%(category)s, second round", category=it.name))
    yield Words(f"{found.state}.", keep=True)
    if found.steps:
        yield Steps(tuple(found.steps))
    yield Grid(
        (_("Place"), _("Nomination"), _("What decided"), _("Prize")),
        tuple(
            (
                str(line.row.place),
                f"{line.row.nomination} {line.title}",
                line.value,
                _("to be decided") if line.row.open else str(line.prize),
            )
            for line in found.rows
        ),
    )
    yield from _decided(edition, it, Round.SECOND)


def _decided(edition: Edition, it: Sight, of_round: Round) -> Iterator[Block]:
    """Waivers of a round by number, its other decisions in words."""
    decided = [them for them in background.orders(edition, it.key) if background.round_of(them) is of_round]
    waived = sum(decision.kind is DecisionKind.MINIMUM_WAIVED for decision in decided)
    if waived:
        yield Words(
            ngettext(
                "For one nomination the chair waived the minimum of sheets.",
                "For %(num)d nominations the chair waived the minimum of sheets.",
                waived,
            )
        )
    if decided:
        yield Heading(_("Decisions"), 2)
        yield Facts(tuple(_decision(edition, decision) for decision in decided))


def _decision(edition: Edition, decision: Decision) -> tuple[str, str]:
    """A decision by number, with what it says, who signed it and when."""
    at = wording.at(decision.at, edition.zone)
    lines = [f"{DECISIONS[decision.kind]} · {at}"]
    if decision.kind in WAIVERS:
        lines.append(_("Nomination: %(reference)s", reference=decision.subject["nomination"]))
    if decision.subject.get("barred"):
        lines.append(
            _("The chair's order: passed over, because the chair and all deputies have a conflict.")
            + f" {', '.join(decision.subject['level'])}"
        )
    if order := decision.subject.get("order"):
        lines.append(_("Order: %(order)s", order=", ".join(order)))
    if finalists := decision.subject.get("finalists"):
        lines.append(_("Finalists: %(finalists)s", finalists=", ".join(finalists)))
    if decision.reason and decision.kind is not DecisionKind.REOPENED:
        lines.append(_("Reason: %(reason)s", reason=decision.reason))
    lines.append(_signers(decision.signers))
    return _("Decision %(number)d", number=decision.number), "\n".join(lines)


def _signers(signers: Sequence[dict[str, str]]) -> str:
    return _("Signed: %(names)s", names=", ".join(it["name"] for it in signers))

"""The minutes as a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from awards import editions, prizes
from awards.documents.paper import Block, Facts, Fingerprint, Grid, Heading, Paper, Signatures, Steps, Words
from awards.extensions import db
from awards.models import (
    Account,
    Assignment,
    AssignmentState,
    Award,
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
from awards.web.table import background, counting, sight
from awards.web.table.counting import Counted, Row
from awards.web.table.routes import Answer, blueprint, is_closed, lead
from awards.web.table.sayings import told
from awards.web.table.sight import Sight
from awards.web.table.standing import DECISIONS, STATES
from awards.web.texts import listed
from judging.values import Round, SecondRound

WAIVERS = (DecisionKind.MINIMUM_WAIVED, DecisionKind.CONFLICT_WAIVED)
"""Decisions about one nomination; the judge whom one is about is not named."""


@blueprint.get("/minutes.pdf")
@audience(Audience.TABLE)
def minutes(edition: str) -> Answer | Response:
    """Of the shortlist, and of the result once it is counted: a draft until every category is signed."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    if not is_closed():
        return lead("table.index")
    return download(print_paper(written()), PDF, f"{edition}-minutes-{current()}.pdf")


def written() -> Paper:
    """The minutes of what is closed and counted, as they stand now."""
    edition, session = door.edition(), db.session()
    board = sight.board(edition)
    counted = {it.key: it for it in counting.board(edition, board)}
    signed = all(it.signed is not None for it in board) and all(it.signed for it in counted.values())
    blocks: list[Block] = []
    if not signed:
        blocks.append(Words(_("Draft: not every category is signed, and until then all of this may change.")))
    blocks += _facts(edition)
    blocks += _panel(edition)
    for it in board:
        blocks += _category(edition, it)
    if counted:
        blocks += _second_round(edition)
        for result in counted.values():
            blocks += _result(edition, result)
    blocks += [Heading(_("Fingerprint")), Words(_("The rules by which all of this was counted, SHA-256:"))]
    blocks.append(Fingerprint(editions.rules_document(session, edition).sha256))
    if not signed:
        blocks.append(Signatures((_("Chair"), _("Date"))))
    has_none = editions.rules_of(session, edition).second_round is SecondRound.NONE
    return paper(
        face_of(edition),
        _title(is_signed=signed, both=bool(counted) and not has_none),
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
    yield from _decided(edition, it.key, Round.FIRST)


def _standing(it: Sight) -> Grid:
    raw = (_("Plain mean"),) if it.by_fair else ()
    total = _("Fair score") if it.by_fair else _("Total")
    return Grid(
        (_("Place"), _("Nomination"), _("Sheets"), total, *raw, _("Exact"), _("Outcome")),
        tuple(
            (
                str(line.row.place),
                f"{line.nomination.reference} {line.title}, {line.revision.city or line.revision.organisation_name}",
                str(line.row.sheets),
                line.total,
                *((line.mean,) if it.by_fair else ()),
                line.exact,
                str(line.outcome),
            )
            for line in it.lines
        ),
    )


def _second_round(edition: Edition) -> Iterator[Block]:
    """What the result was counted from."""
    rules = editions.rules_of(db.session(), edition)
    yield Heading(_("Result") if rules.second_round is SecondRound.NONE else _("Second round"))
    if rules.second_round is SecondRound.NONE:
        yield Words(_("There is no second round: the totals of the first round decide."))
    if rules.second_round is SecondRound.PANEL:
        yield Words(
            _("Marks of the first round count together with those of the second.")
            if rules.carry_over
            else _("Marks of the first round are not carried over.")
        )
    if edition.second_closed_at is not None:
        yield Facts(((_("Round closed"), wording.at(edition.second_closed_at, edition.zone)),))
    if rules.second_round is SecondRound.PANEL:
        yield from _panel(edition, Round.SECOND)


def _result(edition: Edition, it: Counted) -> Iterator[Block]:
    """The count sheet of a category: ballots, figures, ladder, prizes, decisions."""
    if it.rules.second_round is SecondRound.NONE:
        yield Heading(_("%(category)s: result", category=it.name))
    else:
        yield Heading(_("%(category)s, second round", category=it.name))
    yield Words(f"{counting.STATES[it.state]}. {' '.join(it.how)}", keep=True)
    for box in it.boxes:
        named = (
            _("Run-off among %(level)s", level=listed(box.election.slate)) if box.is_runoff else _("The vote")
        )
        votes = f" {box.votes}." if box.is_runoff and box.votes else ""
        yield Words(f"{named}. {box.says}{votes}", keep=True)
    if it.steps:
        yield Steps(tuple(it.steps))
    yield figures(it)
    if it.public is not None:
        yield from _of_the_public(it.public)
    if given := prizes.of_category(db.session(), edition, it.key):
        yield Words(_("As the prizes are given, with the names of the certificates:"), keep=True)
        yield Facts(tuple((str(it.prize(award.prize)), _named(award)) for award in given))
    if it.withheld:
        yield Words(
            _("Withheld by decision of the chair:") + f" {listed(str(it.prize(key)) for key in it.withheld)}"
        )
    if it.not_given:
        says = _("Not given, because a prize before it is shared or nobody is left for it:")
        yield Words(f"{says} {listed(map(str, it.not_given))}")
    yield from _decided(edition, it.key, Round.SECOND)


def _of_the_public(it: Counted) -> Iterator[Block]:
    """The public's own vote on its prize."""
    prize = it.prize(it.rules.prizes_of(it.key)[0].key)
    called = _("The public's vote: %(prize)s", prize=prize)
    yield Words(" ".join([f"{called}.", *it.how, *(box.says for box in it.boxes)]), keep=True)
    if it.steps:
        yield Steps(tuple(it.steps))
    if it.rows:
        yield figures(it)
    if it.not_given:
        says = _("Not given, because nobody of the public chose anybody:")
        yield Words(f"{says} {listed(map(str, it.not_given))}")


def _named(award: Award) -> str:
    """A winner by the names that stand on its page, in the record and on its certificate."""
    names = award.names
    who = [names.get("organisation"), names.get("city"), names.get("title")]
    return f"{award.nomination.reference} {', '.join(str(it) for it in dict.fromkeys(who) if it)}"


def _prize(line: Row) -> str:
    if line.row.open:
        return _("to be decided")
    shared = _("shared")
    return f"{line.prize} ({shared})" if line.shared else str(line.prize)


def figures(it: Counted) -> Grid:
    ranked = any(row.first_places is not None for row in it.rows)
    return Grid(
        (
            _("Place"),
            _("Nomination"),
            it.unit,
            *((_("Ranked first"),) if ranked else ()),
            _("Prize"),
        ),
        tuple(
            (
                str(line.row.place),
                f"{line.row.nomination} {line.title}",
                line.value,
                *((str(line.first_places),) if ranked else ()),
                _prize(line),
            )
            for line in it.rows
        ),
    )


def _decided(edition: Edition, category: str, of_round: Round) -> Iterator[Block]:
    """Waivers of a round by number, its other decisions in words."""
    decided = [them for them in background.orders(edition, category) if background.round_of(them) is of_round]
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
    if decision.kind in (*WAIVERS, DecisionKind.AWARD, DecisionKind.DECLINED):
        lines.append(_("Nomination: %(reference)s", reference=decision.subject["nomination"]))
    if decision.subject.get("barred"):
        lines.append(
            _("The chair's order: passed over, because the chair and all deputies have a conflict.")
            + f" {', '.join(decision.subject['level'])}"
        )
    if order := decision.subject.get("order"):
        lines.append(_("Order: %(order)s", order=", ".join(order)))
    for prize, names in decision.subject.get("prizes", {}).items():
        if names:
            lines.append(f"{face_of(edition).names.name('prizes', prize)}: {', '.join(names)}")
    if prize := decision.subject.get("prize"):
        lines.append(str(face_of(edition).names.name("prizes", prize)))
    lines += told(decision, face_of(edition).names)
    if taken := decision.subject.get("taken_back"):
        lines.append(_("Taken back: decision %(number)d.", number=taken))
    if finalists := decision.subject.get("finalists"):
        lines.append(_("Finalists: %(finalists)s", finalists=", ".join(finalists)))
    if decision.reason and decision.kind is not DecisionKind.REOPENED:
        lines.append(_("Reason: %(reason)s", reason=decision.reason))
    lines.append(_signers(decision.signers))
    return _("Decision %(number)d", number=decision.number), "\n".join(lines)


def _signers(signers: Sequence[dict[str, str]]) -> str:
    return _("Signed: %(names)s", names=", ".join(it["name"] for it in signers))

"""The count sheet of a category as a paper: every number with which it can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, abort
from flask_babel import gettext as _

from awards import editions
from awards.documents.paper import Block, Facts, Fingerprint, Grid, Heading, Paper, Signatures, Steps, Words
from awards.extensions import db
from awards.models import Edition
from awards.web import door
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download
from awards.web.explained import paragraph
from awards.web.language import current
from awards.web.papers.call import paper
from awards.web.secretariat import wording
from awards.web.secretariat.frame import face_of
from awards.web.table import counting, minutes
from awards.web.table.boxes import Box
from awards.web.table.counting import Counted, result_or_404
from awards.web.table.routes import Answer, blueprint, is_closed, lead
from awards.web.table.sayings import figure
from awards.web.table.tables import Table, tables
from awards.web.texts import listed
from judging.ballot import Tally
from judging.values import Method


@blueprint.get("/<category>/count.pdf")
@audience(Audience.TABLE)
def count_sheet(edition: str, category: str) -> Answer | Response:
    """404 where the category was not voted on."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    if not is_closed():
        return lead("table.index")
    it = result_or_404(category)
    if not it.boxes:
        abort(404)
    written = sheet_of(door.edition(), it)
    return download(print_paper(written), PDF, f"{edition}-{category}-count-{current()}.pdf")


def sheet_of(edition: Edition, it: Counted) -> Paper:
    """The result and what it follows from: each vote with its numbers, the ladder, the prizes."""
    document = editions.rules_document(db.session(), edition)
    assert it.rules.vote is not None
    blocks: list[Block] = [Words(str(counting.STATES[it.state]))]
    blocks += [Heading(_("Result")), minutes.figures(it)]
    if it.not_given:
        says = _("Not given, because a prize before it is shared or nobody is left for it:")
        blocks.append(Words(f"{says} {listed(map(str, it.not_given))}"))
    blocks += [Heading(_("The ladder")), *_ladder(it)]
    for box in it.boxes:
        blocks += _vote(edition, it, box)
    blocks += [Heading(_("How it is counted")), Words(" ".join(it.how)), Words(paragraph(it.rules.vote))]
    blocks.append(Words(_("The rules by which all of this was counted, SHA-256:"), keep=True))
    blocks.append(Fingerprint(document.sha256))
    blocks.append(Signatures((_("Counted by hand by"), _("Date"))))
    return paper(face_of(edition), _("%(category)s: count sheet", category=it.name), blocks, document)


def _ladder(it: Counted) -> Iterator[Block]:
    if it.steps:
        yield Steps(tuple(it.steps))
    else:
        yield Words(_("Nobody is level at a prize, so no step of the ladder was needed."))


def _vote(edition: Edition, it: Counted, box: Box) -> Iterator[Block]:
    """One vote: who took part, and what its ballots add up to."""
    named = listed(box.election.slate)
    yield Heading(_("Run-off among %(level)s", level=named) if box.is_runoff else _("The vote"))
    tally = box.tally
    if tally is None:
        yield Words(box.says)
        yield Words(_("It is not opened yet."))
        return
    facts = [
        (_("Electors"), str(box.turnout.electors)),
        (_("Ballots with a choice"), str(tally.ballots)),
        (_("Abstentions"), str(tally.abstentions)),
    ]
    if box.election.counted_at is not None:
        facts.append((_("Opened"), wording.at(box.election.counted_at, edition.zone)))
    if box.election.most_ranked is not None:
        facts.append((_("Most that a ballot ranks"), str(box.election.most_ranked)))
    if box.election.commitments_root is not None:
        facts.append((_("Root of the opened list"), box.election.commitments_root))
    yield Facts(tuple(facts))
    order = sorted(tally.slate, key=lambda name: (-tally.votes[name], name))
    titles = {row.row.nomination: str(row.title) for row in it.rows}
    assert it.method is not None
    yield _votes(it, it.method, tally, order, titles)
    for table in tables(it.method, tally, order):
        yield from _drawn(table)


def _votes(it: Counted, method: Method, tally: Tally, order: list[str], titles: dict[str, str]) -> Grid:
    first = (_("Ranked first"),) if method.is_ranking else ()
    return Grid(
        (_("Nomination"), *first, it.unit),
        tuple(
            (
                f"{name} {titles.get(name, '')}".strip(),
                *((str(tally.first_places[name]),) if first else ()),
                figure(tally.votes[name]),
            )
            for name in order
        ),
    )


def _drawn(table: Table) -> Iterator[Block]:
    yield Heading(table.title, 2)
    yield Words(table.note, quiet=True, keep=True)
    yield Grid(table.heads, table.rows)

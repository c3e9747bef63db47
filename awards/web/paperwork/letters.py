"""Printed letters and the list for whoever engraves plaques."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from awards import engraving
from awards.documents.paper import Block, Grid, Heading, PageBreak, Paper, Signatures, Words
from awards.engraving import Letter
from awards.extensions import db
from awards.web import door
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download, download_csv
from awards.web.language import current
from awards.web.papers.call import missing
from awards.web.paperwork.routes import blueprint, chosen, languages, show
from awards.web.paperwork.signing import seats
from awards.web.secretariat.frame import face_of

LETTERS: Mapping[Letter, object] = {
    Letter.INVITATION: _l("Invitation to the ceremony"),
    Letter.CONGRATULATION: _l("Congratulation"),
    Letter.REGRET: _l("Regret"),
}


@blueprint.get("/letters")
@audience(Audience.ORGANISER)
def letters(edition: str) -> str:  # noqa: ARG001 (the door has looked it up)
    """What can be printed now, for how many."""
    session, found = db.session(), door.edition()
    known = {it: engraving.languages(session, found, it) for it in Letter}
    counts = {it: engraving.count(session, found, it) for it in Letter}
    return show(
        "letters.html",
        letters=LETTERS,
        known=known,
        counts=counts,
        languages=languages(),
        plaques=engraving.count_plaques(session, found),
    )


@blueprint.get("/letters/<letter>.pdf")
@audience(Audience.ORGANISER)
def letter(edition: str, letter: str) -> Response:
    """One letter to everybody whom it concerns, each on a page of its own. 404 while it concerns nobody."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    session, found = db.session(), door.edition()
    if letter not in tuple(Letter):
        abort(404)
    known = engraving.languages(session, found, Letter(letter))
    language = chosen() if chosen() in known else (known or [""])[0]
    written = list(engraving.letters(session, found, Letter(letter), language)) if language else []
    if not written:
        abort(404)
    signs = tuple(f"{it.name}\n{it.office}" for it in seats(found) if it.signs)
    blocks: list[Block] = []
    for number, it in enumerate(written):
        blocks += [PageBreak()] if number else []
        blocks += [Heading(it.title), *(Words(part) for part in it.text.split("\n\n"))]
        blocks += [Signatures(signs)] if signs else []
    paper = _paper(str(LETTERS[Letter(letter)]), blocks, language)
    return download(print_paper(paper), PDF, f"{edition}-{letter}-{language}.pdf")


@blueprint.get("/engraving.csv")
@audience(Audience.ORGANISER)
def engraving_csv(edition: str) -> Response:
    rows = [it.cells for it in engraving.plaques(db.session(), door.edition())]
    return download_csv(engraving.COLUMNS, rows, f"{edition}-engraving.csv")


@blueprint.get("/engraving.pdf")
@audience(Audience.ORGANISER)
def engraving_pdf(edition: str) -> Response:
    """The list for the engraver, to be signed when it has been read through. 404 while there is nothing to engrave."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    found = list(engraving.plaques(db.session(), door.edition()))
    if not found:
        abort(404)
    heads = (_("Nomination"), _("To be engraved"), _("Prize"), _("Day"))
    rows = tuple(
        (
            it.reference,
            "\n".join(
                dict.fromkeys(text for text in (it.cells[4], it.cells[5], it.cells[6], it.cells[7]) if text)
            ),
            f"{it.citation.prize or ''}\n{it.citation.category}\n{it.citation.edition}",
            it.cells[9],
        )
        for it in found
    )
    read = Words(_("Read letter by letter before anything is cut. Whoever has read it signs here."))
    blocks: list[Block] = [Grid(heads, rows), read, Signatures((_("Name and day"),))]
    paper = _paper(_("Engraving list"), blocks, current())
    return download(print_paper(paper), PDF, f"{edition}-engraving.pdf")


def _paper(title: str, blocks: list[Block], language: str) -> Paper:
    face = face_of(door.edition())
    made = Paper(
        language=language,
        over=str(face.name),
        title=title,
        blocks=tuple(blocks),
        foot=str(face.name),
        page=_("Page {number} of {count}"),
        missing=missing(),
        author=str(face.say("association")),
        specimen=_("SPECIMEN") if door.edition().specimen else "",
    )
    return replace(made, titled=language == current() and title == _("Engraving list"))

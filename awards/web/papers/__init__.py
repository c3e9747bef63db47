"""Papers to take away: the rules and the blank form, and of one's own nomination receipt and approval letter."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort, request

from awards import receipts
from awards.documents.paper import Paper
from awards.extensions import db
from awards.web import door
from awards.web.access import Audience, audience
from awards.web.collaboration.partners import partner_of
from awards.web.downloads import DOCX, PDF, download
from awards.web.edition_page import page_of
from awards.web.language import PREFIX, current
from awards.web.nominations.desk import desk
from awards.web.papers import booklet, call, letters

blueprint = Blueprint("papers", __name__, url_prefix=PREFIX)

KEPT = 32
"""How many public papers a process keeps of each kind: everybody may ask, and to draw one takes a while."""


@lru_cache(KEPT)
def printed(paper: Paper) -> bytes:
    """A public paper as PDF; one that says the same is drawn once."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    return print_paper(paper)


@lru_cache(KEPT)
def written(paper: Paper) -> bytes:
    """A public paper as DOCX, drawn once too."""
    from awards.documents.writing import write_paper  # noqa: PLC0415 (as above)

    return write_paper(paper)


@blueprint.get("/<edition>/rules.pdf")
@audience(Audience.ANYONE)
def rules(edition: str) -> Response:
    return download(printed(call.rules(page_of(edition))), PDF, f"{edition}-rules-{current()}.pdf")


@blueprint.get("/<edition>/finalists.pdf")
@audience(Audience.ANYONE)
def finalists(edition: str) -> Response:
    """The booklet of finalists, as far as they are announced. 404 before."""
    page = page_of(edition)
    if not page.shown.finalists:
        abort(404)
    return download(printed(booklet.finalists(page)), PDF, f"{edition}-finalists-{current()}.pdf")


@blueprint.get("/<edition>/form.pdf")
@audience(Audience.ANYONE)
def form(edition: str) -> Response:
    return download(printed(call.form(page_of(edition))), PDF, f"{edition}-form-{current()}.pdf")


@blueprint.get("/<edition>/form.docx")
@audience(Audience.ANYONE)
def form_to_fill(edition: str) -> Response:
    return download(written(call.form(page_of(edition))), DOCX, f"{edition}-form-{current()}.docx")


@blueprint.get("/nominations/<nomination>/receipt/<submission>.pdf")
@audience(Audience.NOMINATOR)
def receipt(nomination: str, submission: str) -> Response:  # noqa: ARG001 (the door has looked it up)
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    own = door.nomination()
    found = receipts.find(db.session(), own, submission) if door.IDENTIFIER.fullmatch(submission) else None
    if found is None:
        abort(404)
    paper = letters.receipt(desk(), found)
    return download(print_paper(paper), PDF, f"receipt-{own.reference}-{found.number}.pdf")


@blueprint.get("/nominations/<nomination>/approval-letter.pdf")
@audience(Audience.NOMINATOR)
def approval_letter(nomination: str) -> Response:
    """The city's letter, or that of the partner whose identifier the address names."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    wanted = request.args.get("partner", "")
    partner = partner_of(wanted).organisation if wanted else None
    return download(print_paper(letters.approval_letter(desk(), partner)), PDF, f"approval-{nomination}.pdf")

"""Feedback as those read it who wrote the nomination: a page of their own, and the same as a paper."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask_babel import gettext as _

from awards import feedback
from awards.documents.paper import Block, Facts, Heading, Paper, Words
from awards.extensions import db
from awards.models import Feedback
from awards.web import face, words
from awards.web.access import Audience, audience
from awards.web.after.routes import blueprint
from awards.web.after.said import Said, explained, said_of, too_few
from awards.web.downloads import PDF, download
from awards.web.nominations import result
from awards.web.nominations.desk import Desk, desk
from awards.web.papers.call import paper


@blueprint.get("/nominations/<nomination>/feedback")
@audience(Audience.NOMINATOR)
def own_feedback(nomination: str) -> str:  # noqa: ARG001 (the door has found it)
    """404 before anything was sent; 410 while the winners of its category are taken down."""
    here = desk()
    sent = _sent(here)
    return render_template(
        "after/own_feedback.html",
        desk=here,
        said=said_of(sent.document, here.edition.language),
        sent=sent,
        explained=explained(),
        too_few=too_few(),
        words=words,
        specimen=here.edition.specimen,
    )


@blueprint.get("/nominations/<nomination>/feedback.pdf")
@audience(Audience.NOMINATOR)
def own_feedback_paper(nomination: str) -> Response:  # noqa: ARG001
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    here = desk()
    sent = _sent(here)
    said = said_of(sent.document, here.edition.language)
    return download(print_paper(_paper(here, said, sent)), PDF, f"feedback-{here.nomination.reference}.pdf")


def _sent(here: Desk) -> Feedback:
    session, nomination = db.session(), here.nomination
    sent = feedback.latest(session, nomination)
    if sent is None:
        abort(404)
    if not feedback.is_open(session, here.edition, nomination.category, here.now):
        abort(410 if result.was_released(nomination, result.shown_of(here)) else 404)
    return sent


def _paper(here: Desk, said: Said, sent: Feedback) -> Paper:
    its = face.faces_of(db.session(), [here.edition], here.now)[here.edition.id]
    about = (
        (_("Nomination"), str(here.title)),
        (_("Reference"), here.nomination.reference),
        (_("Sent"), str(words.day(sent.at))),
    )
    blocks: list[Block] = [Facts(about), Heading(_("By criterion"))]
    if said.lines:
        blocks.append(Words(explained()))
        blocks.append(Facts(tuple((str(it.name), str(it.words)) for it in said.lines)))
    else:
        blocks.append(Words(too_few()))
    blocks.append(Heading(_("What judges wrote for you")))
    if said.comments:
        blocks.append(Words(_("In no particular order, and without names."), quiet=True))
    else:
        blocks.append(Words(_("The judges left no words for the nominees of this nomination.")))
    blocks += [Words(text) for text in said.comments]
    if said.next:
        blocks += [Heading(_("What you can do next")), Words(str(said.next))]
    return paper(its, _("Feedback"), blocks, face.rules_documents(db.session(), here.edition)[-1])

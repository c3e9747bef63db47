"""Samples of certificates as pictures and PDF, print forms for a printer's shop."""

from __future__ import annotations

from io import BytesIO

from flask import abort, current_app, request, send_file
from werkzeug.wrappers import Response

from awards import certificates, drawing, honours, samples, storage, templates
from awards.documents import Citation, ImageMissing, UnprintableText, render_certificate, render_print_form
from awards.documents.binding import bound
from awards.extensions import db
from awards.models import CertificateState
from awards.samples import Kind, Which
from awards.web import door, headers, sessions
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download
from awards.web.paperwork.routes import blueprint, chosen, folder, languages

PAPERS = ("A4", "A3")


def sample(kind: str, which: str, language: str) -> Citation:
    """The sample that an address names. 404 where there is no such one."""
    if kind not in tuple(Kind) or which not in tuple(Which) or language not in languages():
        abort(404)
    url = str(current_app.config["LAURELS_URL"]).rstrip("/")
    today = sessions.now().date()
    return samples.sample(
        db.session(), door.edition(), Kind(kind), Which(which), language, url=url, today=today
    )


def _drawn(citation: Citation) -> bytes:
    try:
        return render_certificate(citation, images=templates.images(folder(), citation))
    except (UnprintableText, ImageMissing, storage.NoSuchFile):
        abort(404)


@blueprint.get("/samples/<kind>-<which>.pdf")
@audience(Audience.ORGANISER)
def sample_pdf(edition: str, kind: str, which: str) -> Response:
    language = chosen()
    return download(_drawn(sample(kind, which, language)), PDF, f"{edition}-{kind}-{which}-{language}.pdf")


@blueprint.get("/samples/<kind>-<which>.webp")
@audience(Audience.ORGANISER)
def sample_picture(edition: str, kind: str, which: str) -> Response:  # noqa: ARG001 (the door has looked it up)
    """A sample as a picture, drawn from its PDF."""
    pdf = _drawn(sample(kind, which, chosen()))
    try:
        made = drawing.draw(pdf, PDF, most=1, faithful=True)
    except drawing.NotDrawn:
        abort(404)
    picture = made.pictures[0]
    answer = send_file(
        BytesIO(picture.small or picture.large), mimetype=drawing.MEDIA_TYPE, conditional=False, etag=False
    )
    return headers.lock(answer)


@blueprint.get("/samples/<kind>-<which>-form.pdf")
@audience(Audience.ORGANISER)
def sample_form(edition: str, kind: str, which: str) -> Response:
    """The print form of a sample."""
    language, paper = chosen(), _paper()
    citation = sample(kind, which, language)
    try:
        pdf = render_print_form(citation, images=templates.images(folder(), citation), paper=paper)
    except (UnprintableText, ImageMissing, storage.NoSuchFile):
        abort(404)
    return download(pdf, PDF, f"{edition}-{kind}-form-{paper}-{language}.pdf")


@blueprint.get("/print-forms.pdf")
@audience(Audience.ORGANISER)
def print_forms(edition: str) -> Response:
    """The print forms of all certificates in force in a language, in one file. 404 where there is none."""
    language, paper = chosen(), _paper()
    found = [
        honours.citation_of(it.citation)
        for it in certificates.of_edition(db.session(), door.edition())
        if it.state is CertificateState.IN_FORCE and it.language == language
    ]
    if not found:
        abort(404)
    try:
        made = [render_print_form(it, images=templates.images(folder(), it), paper=paper) for it in found]
    except storage.NoSuchFile:
        abort(404)
    return download(bound(made), PDF, f"{edition}-print-forms-{paper}-{language}.pdf")


def _paper() -> str:
    asked = request.args.get("paper", PAPERS[0])
    return asked if asked in PAPERS else PAPERS[0]

"""What winners and others pass on: share images, words to copy, posters, the press kit; from what is public now."""

from __future__ import annotations

from flask import Response, abort, request
from flask_babel import gettext as _

from awards.documents.poster import draw_poster
from awards.web import headers, kit, laureates
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download
from awards.web.edition_page import Page, page_of
from awards.web.laureates import Laureate
from awards.web.public.routes import blueprint, show

PNG, ZIP = "image/png", "application/zip"
A3 = "a3"


def _of(edition: str, reference: str) -> tuple[Page, Laureate]:
    """A winner that may be shown now. 404 for any other; 410 where it was taken down."""
    page = page_of(edition)
    found = laureates.of(page.shown.winners, page.rules, page.face, reference)
    if found is None:
        abort(410 if page.shown.was_public(reference) else 404)
    return page, found


def _released(edition: str) -> Page:
    """An edition of which winners may be shown now."""
    page = page_of(edition)
    if not page.shown.winners:
        abort(410 if page.shown.is_down else 404)
    return page


@blueprint.get("/<edition>/winners/<reference>/share.png")
@audience(Audience.ANYONE)
def share_image(edition: str, reference: str) -> Response:
    """The picture that a link to a winner shows elsewhere; other sites may show it."""
    page, found = _of(edition, reference)
    response = headers.lock(Response(laureates.image(found, page.face), content_type=PNG))
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/<edition>/winners/<reference>/share")
@audience(Audience.ANYONE)
def share(edition: str, reference: str) -> str:
    """Words and files to pass on; nothing of other sites is loaded."""
    page, found = _of(edition, reference)
    address = laureates.page_of(page.face, found)
    says = _(
        "%(name)s has won: %(prizes)s of %(edition)s, for “%(title)s”.",
        name=found.called,
        prizes=found.prizes,
        edition=page.face.name,
        title=found.nominee.title,
    )
    return show("share.html", page, it=found, address=address, says=says)


@blueprint.get("/<edition>/winners/<reference>/poster.pdf")
@audience(Audience.ANYONE)
def poster(edition: str, reference: str) -> Response:
    page, found = _of(edition, reference)
    return _poster(page, found)


@blueprint.get("/<edition>/poster.pdf")
@audience(Audience.ANYONE)
def edition_poster(edition: str) -> Response:
    """The poster of an edition: a code that leads to all of its winners."""
    return _poster(_released(edition), None)


def _poster(page: Page, found: Laureate | None) -> Response:
    large = request.args.get("size") == A3
    made = draw_poster(laureates.poster(page.face, found), large=large)
    name = f"{page.face.key}{f'-{found.reference}' if found else ''}-poster{'-a3' if large else '-a4'}.pdf"
    return download(made, PDF, name)


@blueprint.get("/<edition>/press")
@audience(Audience.ANYONE)
def press(edition: str) -> str:
    """What is in the press kit, and the kit of each winner."""
    page = _released(edition)
    return show("press.html", page, laureates=laureates.laureates(page.shown.winners, page.rules, page.face))


@blueprint.get("/<edition>/press-kit.zip")
@audience(Audience.ANYONE)
def kit_file(edition: str) -> Response:
    page = _released(edition)
    made = kit.public(kit.Content(page.face, page.rules, page.shown.winners))
    return download(made, ZIP, f"{page.face.key}-press-kit.zip")


@blueprint.get("/<edition>/winners/<reference>/press-kit.zip")
@audience(Audience.ANYONE)
def winner_kit(edition: str, reference: str) -> Response:
    page, found = _of(edition, reference)
    made = kit.public(kit.Content(page.face, page.rules, page.shown.winners, only=found.reference))
    return download(made, ZIP, f"{page.face.key}-{found.reference}-press-kit.zip")

"""The winners on other people's sites: a page made to be framed, and how to frame it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, make_response, render_template
from markupsafe import Markup

from awards.web import headers, results, structured
from awards.web.access import Audience, audience
from awards.web.edition_page import Page, page_of
from awards.web.public.routes import blueprint, show
from awards.web.results import Category

HEIGHT, LINE = 220, 92
"""Pixels of a frame without a winner, and so many more for each."""


@blueprint.get("/<edition>/embed")
@audience(Audience.ANYONE)
def embed(edition: str) -> Response:
    """The winners alone, for a frame: no cookie, no script, no form. Where they are taken down it says so."""
    page = _released(edition)
    text = render_template("public/embed.html", page=page, categories=_categories(page))
    return headers.be_framed(make_response(text))


@blueprint.get("/<edition>/embedding")
@audience(Audience.ANYONE)
def embedding(edition: str) -> str:
    page = _released(edition)
    categories = _categories(page)
    number = sum(len(won.nominees) for category in categories for won in category.prizes)
    return show(
        "embedding.html",
        page,
        address=structured.absolute("public.embed", edition=edition),
        frame=_frame(page, HEIGHT + LINE * number),
        plain=_plain(page, categories),
    )


def _frame(page: Page, height: int) -> str:
    """The HTML that frames the winners."""
    return str(
        Markup(
            '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" style="border: 0"></iframe>'
        ).format(structured.absolute("public.embed", edition=page.face.key), page.face.name.text, height)
    )


def _plain(page: Page, categories: Sequence[Category]) -> str:
    """The winners as HTML without styles, with absolute addresses."""
    lines = [
        Markup('<p><a href="{}">{}</a></p>').format(
            structured.absolute("public.winners", edition=page.face.key), page.face.name.text
        )
    ]
    for category in categories:
        lines.append(Markup("<p>{}</p>\n<ul>").format(category.name.text))
        lines += [
            Markup('  <li>{}: <a href="{}" lang="{}">{}</a>, {}</li>').format(
                won.name.text,
                structured.absolute("public.winner", edition=page.face.key, reference=found.reference),
                found.name.language,
                found.name.text,
                found.country,
            )
            for won in category.prizes
            for found in won.nominees
        ]
        lines.append(Markup("</ul>"))
    return "\n".join(lines)


def _categories(page: Page) -> list[Category]:
    return results.winners(page.shown.winners, page.rules, page.face.names)


def _released(edition: str) -> Page:
    page = page_of(edition)
    if not page.shown.winners:
        abort(410 if page.shown.is_down else 404)
    return page

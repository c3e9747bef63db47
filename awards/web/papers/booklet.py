"""The booklet of finalists: who stands in each category, and how the vote works; to be read before voting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import drawing, portraits, storage
from awards.attachments import FILES, SMALL
from awards.documents.paper import Block, Facts, Finalist, Heading, PageBreak, Paper, Steps, Words
from awards.extensions import db
from awards.folding import fold
from awards.timetable import Moment
from awards.web import results, words
from awards.web.edition_page import Page
from awards.web.explained import paragraph
from awards.web.papers.call import paper
from awards.web.results import Category, Nominee
from awards.web.voting import says
from judging.rules import Vote
from judging.values import Electorate

Pictures = Mapping[str, Mapping[str, Any]]


def finalists(page: Page) -> Paper:
    """The finalists that are public now, in the page's language."""
    found = results.finalists(page.shown.finalists, page.face.names)
    references = [it.reference for category in found for it in category.nominees]
    pictures = portraits.first_pictures(db.session(), page.face.edition, references)
    vote = page.rules.vote
    blocks: list[Block] = [*_about(page, found)]
    if vote is not None:
        blocks += _how(page, vote)
    for category in found:
        blocks += [PageBreak(), *_category(category, pictures)]
    made = paper(page.face, _("The finalists"), blocks, page.documents[-1])
    return replace(made, foot=str(page.face.name))


def _about(page: Page, found: list[Category]) -> Iterator[Block]:
    yield Words(str(page.face.say("honours")))
    moments = words.moments(page.rules.second_round)
    stated = [(it, page.face.moment(it)) for it in (Moment.VOTE_OPEN, Moment.VOTE_CLOSE, Moment.CEREMONY)]
    if pairs := tuple((str(moments[it]), words.when(at)) for it, at in stated if at is not None):
        yield Facts(pairs)
    yield Heading(_("In this booklet"), 2)
    yield Facts(
        tuple(
            (
                str(it.name),
                ngettext("%(num)d finalist", "%(num)d finalists", len(it.nominees)),
            )
            for it in found
        )
    )
    yield Words(
        _(
            "In each category they stand in the order of their titles, which says nothing of how they were marked."
        ),
        quiet=True,
    )


def _how(page: Page, vote: Vote) -> Iterator[Block]:
    yield Heading(_("How to vote"))
    for said in says.told(page.rules, page.face.names):
        yield Words(said)
    if vote.electorate is Electorate.JUDGES:
        first = _("Sign in. Your ballots are on your own page.")
    else:
        first = _(
            "Open the link of your mail, or type the words of your letter at %(address)s", address=_address()
        )
    yield Steps(
        (
            first,
            _(
                "Choose in each category, or abstain. Your ballot has the finalists in an order drawn for you."
            ),
            _("Look at everything once more, and cast. What is cast is final."),
            _("Keep the receipt: with it you can see that your ballot is counted."),
        )
    )
    yield Words(_("Your vote is secret: nobody learns how you voted, the secretariat neither."))
    yield Heading(_("How ballots are counted: an example"), 2)
    yield Words(paragraph(vote))


def _address() -> str:
    whole = str(current_app.config["LAURELS_URL"]).rstrip("/")
    return f"{whole}/vote/"


def _category(category: Category, pictures: Pictures) -> Iterator[Block]:
    yield Heading(str(category.name))
    for it in sorted(category.nominees, key=lambda it: (fold(str(it.title)), it.reference)):
        yield _finalist(it, pictures.get(it.reference))
    if not category.nominees:
        yield Words(_("No nomination stands here any more."))


def _finalist(it: Nominee, picture: Mapping[str, Any] | None) -> Finalist:
    about = [str(part) for part in (it.read_as, it.city, it.country, it.reference) if part]
    return Finalist(
        str(it.name),
        " · ".join(about),
        str(it.title),
        str(it.summary),
        _file(picture) if picture is not None else None,
        str(picture.get("credit", "")) if picture is not None else "",
    )


def _file(picture: Mapping[str, Any]) -> tuple[str, int, int] | None:
    """Where the small picture is, with its shape; None where the file is gone."""
    key = str(picture["file"])
    if picture["width"] > drawing.NARROW:
        key = f"{key.partition('.')[0]}{SMALL}"
    try:
        path = storage.locate(Path(current_app.config["LAURELS_DATA"]) / FILES, key)
    except storage.NoSuchFile:
        return None
    return str(path), int(picture["width"]), int(picture["height"])

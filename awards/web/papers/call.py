"""What the public papers say: the rules in words, and the blank form."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from awards.documents.paper import Block, Boxes, Facts, Fingerprint, Grid, Heading, Paper, Space, Steps, Words
from awards.fields import FILES, columns_of
from awards.models import RulesDocument
from awards.timetable import Moment
from awards.web import call, words
from awards.web.chapters import Chapter, chapters
from awards.web.edition_page import Page
from awards.web.explained import paragraph
from awards.web.face import Face
from awards.web.language import current
from awards.web.questions import Naming
from judging.clauses import clauses
from judging.rules import Field

LINES = {"line": 1, "number": 1, "date": 1, "links": 3, "consent": 0}
FEWEST, MOST, WORDS_A_LINE = 4, 16, 25
MOST_BOXES = 40


def rules(page: Page) -> Paper:
    """The rules of an edition in the page's language, with the hash of the document they are made from."""
    document = page.documents[-1]
    blocks = [*_call(page), *_categories(page)]
    for chapter in chapters(clauses(page.rules), page.face.names):
        blocks += _chapter(chapter)
    if page.rules.vote:
        blocks += [Heading(_("How ballots are counted: an example")), Words(paragraph(page.rules.vote))]
    blocks += _fingerprint(document)
    return paper(page.face, _("Rules"), blocks, document)


def form(page: Page) -> Paper:
    """The blank form, to be read and to be filled in by hand before it is typed."""
    blocks: list[Block] = [
        Words(
            _("Use this paper to prepare. Nominations are taken on the page of the awards only."), quiet=True
        ),
        *_call(page),
    ]
    for part in call.parts(page.face, page.rules):
        blocks.append(Heading(str(part.name)))
        for field, naming in part.questions:
            blocks += _question(field, naming, page.rules.working_language)
    return paper(page.face, _("Nomination form"), blocks, page.documents[-1])


def paper(face: Face, title: str, blocks: list[Block], document: RulesDocument) -> Paper:
    """A paper of an edition, its rules named by number and hash at the foot."""
    foot = _("Rules %(number)d, SHA-256 %(start)s…", number=document.number, start=document.sha256[:16])
    return Paper(
        language=current(),
        over=str(face.name),
        title=title,
        blocks=tuple(blocks),
        foot=f"{face.name} · {foot}",
        page=_("Page {number} of {count}"),
        missing=missing(),
        author=str(face.say("association")),
        specimen=_("SPECIMEN") if face.edition.specimen else "",
    )


def missing() -> str:
    """What a paper says where it could not print a character."""
    return _("□ stands for a character that this paper can't print. The page on the site shows it.")


def _call(page: Page) -> Iterator[Block]:
    face, names = page.face, words.moments(page.rules.second_round)
    yield Words(str(face.say("honours")))
    stated = [(moment, face.moment(moment)) for moment in Moment]
    pairs = tuple((str(names[moment]), words.when(at)) for moment, at in stated if at is not None)
    if pairs:
        yield Facts(pairs)


def _categories(page: Page) -> Iterator[Block]:
    yield Heading(_("Categories"))
    for category in page.rules.categories:
        yield Heading(str(page.face.names.name("categories", category.key)), 2)
        if text := page.face.names.name("categories", category.key, "text"):
            yield Words(str(text))


def _chapter(chapter: Chapter) -> Iterator[Block]:
    yield Heading(chapter.title)
    for block in chapter.blocks:
        if block.intro:
            yield Words(block.intro)
        for sentence in block.sentences:
            yield Words(sentence)
        if block.steps:
            yield Steps(block.steps)
        if block.rows:
            wide = bool(block.heads[1])
            yield Grid(
                block.heads if wide else (block.heads[0], block.heads[2]),
                tuple(
                    (str(row.name), str(row.text), row.figure) if wide else (str(row.name), row.figure)
                    for row in block.rows
                ),
            )


def _fingerprint(document: RulesDocument) -> Iterator[Block]:
    yield Heading(_("Fingerprint"))
    yield Words(_("What stands above is made from a file with this SHA-256:"))
    yield Fingerprint(document.sha256)


def _question(field: Field, naming: Naming, working: str) -> Iterator[Block]:
    yield Heading(str(naming.name), 2)
    if naming.guidance:
        yield Words(str(naming.guidance), keep=True)
    by_hand = field.kind not in FILES
    yield Words(" ".join(_notes(field, naming, working)), quiet=True, keep=by_hand)
    columns = tuple(str(naming.column(column.key)) for column in columns_of(field))
    if field.kind == "consent":
        yield Boxes((_("Yes"),))
    elif 0 < len(field.options) <= MOST_BOXES:
        yield Boxes(tuple(str(naming.option(option)) for option in field.options))
    elif columns and by_hand:
        yield Grid(columns, blank=min(field.most or 4, 6))
    elif by_hand:
        yield Space(_lines(field))


def _notes(field: Field, naming: Naming, working: str) -> Iterator[str]:
    """How long an answer may be, whether it must be given, and who sees it."""
    yield _("Required.") if field.required else _("Optional.")
    if limit := naming.limit(working):
        yield limit
    if field.kind == "pictures":
        yield _("JPEG or PNG, 10 MB each, with caption, description and credit.")
    elif field.kind == "files":
        yield _("PDF, JPEG, PNG, DOCX or XLSX, 10 MB each.")
    if field.kind != "consent":
        yield naming.readers()


def _lines(field: Field) -> int:
    """How many lines to write on: as many as the answer may need, and one for what is short or chosen."""
    if field.kind in LINES or field.options:
        return LINES.get(field.kind, 1)
    return max(FEWEST, min(MOST, -(-field.limit // WORDS_A_LINE)))

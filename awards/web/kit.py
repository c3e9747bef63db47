"""The press kit: a ZIP of texts in every language, pictures, share images, logo and list; stamped under an embargo."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from awards import spreadsheets, storage
from awards.attachments import FILES
from awards.documents import plain, printing, stamp, writing
from awards.documents.paper import Block, Facts, Heading, Paper, Words
from awards.extensions import db
from awards.models import EditionImage, Publication
from awards.timetable import in_zone
from awards.web import drawn, laureates, results, words
from awards.web.downloads import MARK
from awards.web.face import Face
from awards.web.language import NAMES, current, speaking
from awards.web.laureates import Laureate
from awards.web.papers.call import missing
from judging.rules import Rules
from judging.values import Json

LOGO = "logo"
MADE = (1980, 1, 1, 0, 0, 0)
"""The date of every file in it, so that the same kit is the same file."""
LOOKS = 1
"""Counted up when kits change though what stands in them doesn't."""


@dataclass(frozen=True, slots=True)
class Embargo:
    """For whom alone a kit is, since when, and until when nothing of it may be published, where that is stated."""

    name: str
    at: datetime
    until: datetime | None

    def stamp(self) -> str:
        return _("Under embargo. For %(name)s, %(at)s", name=self.name, at=f"{self.at:%Y-%m-%d %H:%M} UTC")

    def says(self, zone: str) -> str:
        """The line on top of every text."""
        when = words.when(in_zone(self.until, zone)) if self.until else ""
        ends = (
            _("Not for publication before the winners are public: %(when)s.", when=when)
            if when
            else _("Not for publication before the winners are public.")
        )
        return f"{self.stamp()}. {ends}"


@dataclass(frozen=True, slots=True)
class Content:
    """What a kit is made from: winners of one edition that may be shown, all of them or `only` one."""

    face: Face
    rules: Rules
    published: Sequence[Publication]
    only: str = ""
    embargo: Embargo | None = None

    def laureates(self) -> list[Laureate]:
        found = laureates.laureates(self.published, self.rules, self.face)
        return [it for it in found if self.only in ("", it.reference)]

    def part(self, published: Publication, part: str) -> list[Any]:
        """Rows of a part of what was published: the winners, what was revoked, what was corrected."""
        return [row for row in published.document.get(part, ()) if self.only in ("", row["reference"])]


def public(content: Content) -> bytes:
    """The kit of winners that are public, made once for what stands in it."""
    logo = _logo(content)
    rows: list[Json] = [
        [it.category, *(content.part(it, part) for part in ("rows", "revoked", "corrected"))]
        for it in content.published
    ]
    texts = dict(content.face.texts)
    about: Json = [
        "kit",
        LOOKS,
        content.face.key,
        content.only,
        rows,
        texts,
        logo[0] if logo else "",
        content.face.edition.specimen,
    ]
    return drawn.kept(about, ".zip", lambda: make(content))


def make(content: Content) -> bytes:
    """The kit as a ZIP file; nothing in it is packed, so that anybody can look for a name in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        for name, data in _files(content):
            file.writestr(zipfile.ZipInfo(name, MADE), data)
    return buffer.getvalue()


def _files(content: Content) -> Iterator[tuple[str, bytes]]:
    for tag in NAMES:
        with speaking(tag):
            yield from _in_a_language(content)
    stamped = _stamp(content)
    for it in content.laureates():
        for number, found in it.pictures:
            if photograph := stamped(laureates.file_of(found)):
                yield f"pictures/{it.reference}-{number}.{'jpg' if content.embargo else 'webp'}", photograph
    with speaking(content.face.edition.language):
        yield "winners.csv", _csv(content)
    if logo := _logo(content):
        yield f"logo.{logo[0].rpartition('.')[2]}", logo[1]


def _in_a_language(content: Content) -> Iterator[tuple[str, bytes]]:
    tag, found, stamped = current(), content.laureates(), _stamp(content)
    paper = _paper(content, found)
    yield f"{tag}/read-me.txt", plain.write_text(_about(content, found))
    yield f"{tag}/winners.txt", plain.write_text(paper)
    yield f"{tag}/winners.docx", writing.write_paper(paper)
    yield f"{tag}/winners.pdf", printing.print_paper(paper)
    for it in found:
        shown = laureates.image(it, content.face)
        name = f"{tag}/{it.reference}"
        yield f"{name}.{'jpg' if content.embargo else 'png'}", stamped(shown)


def _stamp(content: Content) -> Callable[[bytes], bytes]:
    """What is done to every picture: nothing, or the stamp of the embargo."""
    if content.embargo is None:
        return lambda picture: picture
    said = content.embargo.stamp()
    return lambda picture: stamp.stamp_picture(picture, said)


def _framed(content: Content, title: str, blocks: Sequence[Block]) -> Paper:
    face = content.face
    under = content.embargo.says(face.edition.zone) if content.embargo else ""
    said = content.embargo.stamp() if content.embargo else ""
    specimen = _("SPECIMEN") if face.edition.specimen else ""
    return Paper(
        language=current(),
        over=under or str(face.name),
        title=title,
        blocks=tuple(blocks),
        foot=said or str(face.name),
        page=_("Page {number} of {count}"),
        missing=missing(),
        author=str(face.say("association")),
        specimen=said or specimen,
    )


def _paper(content: Content, found: Sequence[Laureate]) -> Paper:
    """Who won, for what and why, to be copied from."""
    face = content.face
    blocks: list[Block] = [Words(str(face.say("honours")))] if not content.only else []
    for it in found:
        blocks += _winner(face, it)
    if mended := list(_mended(content, found)):
        blocks += [Heading(_("Changed since the release")), Facts(tuple(mended))]
    title = found[0].called if content.only and found else _("The winners of %(edition)s", edition=face.name)
    return _framed(content, title, blocks)


def _mended(content: Content, found: Sequence[Laureate]) -> Iterator[tuple[str, str]]:
    """Whose prize was revoked or corrected, on which day, and why."""
    names, called = content.face.names, {it.reference: it.called for it in found}
    for it in content.published:
        for row in content.part(it, "revoked"):
            nominee, prize = results.nominee_of(row), names.name("prizes", row["prize"])
            said = _("Revoked on %(day)s.", day=_day(row))
            yield f"{nominee.read_as or nominee.name}: {prize}", f"{said} {row['because']}"
        for row in content.part(it, "corrected"):
            if row["reference"] in called:
                said = _("Corrected on %(day)s.", day=_day(row))
                yield called[row["reference"]], f"{said} {row['because']}"


def _day(row: Mapping[str, Any]) -> str:
    return words.day(date.fromisoformat(row["on"]))


def _winner(face: Face, it: Laureate) -> Iterator[Block]:
    yield Heading(it.called)
    pairs = [
        (_("Prize"), it.prizes),
        (_("Project"), str(it.nominee.title)),
        (_("City and country"), it.placed),
        (_("Together with"), ", ".join(str(name) for name in it.row.get("partners") or ())),
        (_("Page"), laureates.here(face, it)),
    ]
    yield Facts(tuple((name, said) for name, said in pairs if said))
    for given in it.given:
        if given.citation:
            yield Words(_("Why it won: “%(citation)s”", citation=given.citation))
    if it.nominee.summary:
        yield Words(str(it.nominee.summary))
    if contacts := [_contact(each) for each in it.row.get("contacts") or ()]:
        yield Facts(tuple((_("Contact"), each) for each in contacts if each))


def _contact(said: Mapping[str, object]) -> str:
    return ", ".join(str(said[key]) for key in ("name", "latin_name", "office", "email") if said.get(key))


def _about(content: Content, found: Sequence[Laureate]) -> Paper:
    """What is in the kit, and under which terms it may be used."""
    face = content.face
    blocks: list[Block] = [
        Words(
            _(
                "Texts in each language, to be copied from; pictures of the projects; an image of each winner to "
                "share; a list of all as CSV."
            )
        ),
        Heading(_("Terms of use"), 2),
        Words(
            _("You may use all of this in reports on these awards. Name the credit of a picture beside it.")
        ),
        Words(
            _(
                "Whoever wrote a nomination agreed to what stands here, and may withdraw it. It then leaves the site "
                "and this kit: please take it out of what you go on publishing."
            )
        ),
    ]
    if licence := face.say("licence"):
        blocks.append(Words(str(licence)))
    pictures = tuple(
        (f"{it.reference}-{number}", _captioned(said)) for it in found for number, said in it.pictures
    )
    if pictures:
        blocks += [Heading(_("Pictures"), 2), Facts(pictures)]
    blocks += [Heading(_("Pages"), 2), Facts(tuple((it.called, laureates.page_of(face, it)) for it in found))]
    return _framed(content, _("Press kit of %(edition)s", edition=face.name), blocks)


def _captioned(said: Mapping[str, object]) -> str:
    caption = str(said.get("caption") or said.get("alternative") or _("no caption"))
    credit = str(said.get("credit") or "")
    return _("%(caption)s Credit: %(credit)s", caption=caption, credit=credit) if credit else caption


def _csv(content: Content) -> bytes:
    rows = laureates.rows_of(content.laureates())
    if content.embargo is None:
        return MARK + spreadsheets.as_csv(laureates.COLUMNS, rows)
    said = content.embargo.says(content.face.edition.zone)
    return MARK + spreadsheets.as_csv(("embargo", *laureates.COLUMNS), ((said, *row) for row in rows))


def _logo(content: Content) -> tuple[str, bytes] | None:
    """The edition's logo, by the name of its file; None where it has none."""
    found = db.session.scalars(
        select(EditionImage)
        .where(EditionImage.edition_id == content.face.edition.id, EditionImage.name == LOGO)
        .order_by(EditionImage.id.desc())
    ).first()
    if found is None:
        return None
    try:
        file = storage.locate(Path(current_app.config["LAURELS_DATA"]) / FILES, found.file)
    except storage.NoSuchFile:
        return None
    return found.file, file.read_bytes()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""A dossier in words and addresses, for templates/macros/dossier.html: the same for judges and for who looks ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, current_app, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from awards import attachments, fields, renditions
from awards.cells import is_link
from awards.dossiers import Dossier, File, Part
from awards.extensions import db
from awards.models import Attachment, DrawnState, Edition, Rendition
from awards.renditions import Page
from awards.web import built_in, headers, refusals, words
from awards.web.questions import Naming, namings
from awards.web.texts import Names, Text, listed
from judging.rules import INDIVIDUAL, Field

AT_FIRST = 3
"""Pages of a file that are shown at once; the others unfold."""
MOST_SECONDS = 7 * 24 * 60 * 60
"""How long a browser keeps a drawn page, which never changes."""
JUDGES, SCREENERS, ELECTORS, PANEL = "judges", "screeners", "electors", "panel"
ROUTES: Mapping[str, tuple[str, str]] = {
    JUDGES: ("judging.file", "judging.page"),
    SCREENERS: ("files.screen", "files.screen_page"),
    ELECTORS: ("voting.file", "voting.page"),
    PANEL: ("deliberation.file", "deliberation.page"),
}


@dataclass(frozen=True)
class Shown:
    """A file as it is shown: its words, its addresses, its pages at first and those that unfold."""

    file: File
    href: str
    pages: Sequence[tuple[Page, str, str]]
    """Each page with its addresses, large and small."""

    @classmethod
    def of(cls, file: File, edition: Edition, *, seen_by: str, reference: str = "") -> Shown:
        """A file at the addresses that are for judges of a nomination, for those who screen, or for electors."""
        at = {"edition": edition.key, "key": file.key} | ({"reference": reference} if reference else {})
        original, drawn = ROUTES[seen_by]

        def address(endpoint: str, **values: str | int) -> str:
            return url_for(endpoint, **at, **values)  # type: ignore[arg-type]

        pages = [
            (it, address(drawn, page=it.number), address(drawn, page=it.number, size="small"))
            for it in file.pages
        ]
        return cls(file, address(original), pages)

    @property
    def facts(self) -> str:
        """Its kind and size: "PDF · 1.2 MB"."""
        return f"{self.file.suffix} · {refusals.size(self.file.size)}"

    @property
    def first(self) -> Sequence[tuple[Page, str, str]]:
        return self.pages[:AT_FIRST]

    @property
    def rest(self) -> Sequence[tuple[Page, str, str]]:
        return self.pages[AT_FIRST:]

    @property
    def unfold(self) -> str:
        """What opens the pages that don't stand there at once."""
        one, other = self.rest[0][0].number, self.rest[-1][0].number
        if one == other:
            return _("Page %(page)d of %(name)s", page=one, name=self.file.name)
        return _("Pages %(first)d to %(last)d of %(name)s", first=one, last=other, name=self.file.name)

    def describe(self, page: Page) -> str:
        """What a picture is, for who can't see it."""
        if self.file.is_picture:
            told = self.file.alternative or self.file.caption
            return told or _("Picture without a description: %(name)s", name=self.file.name)
        return _(
            "Page %(page)d of %(total)d of %(name)s",
            page=page.number,
            total=self.file.total,
            name=self.file.name,
        )

    @property
    def state(self) -> str:
        """Why it isn't shown here, or not all of it; nothing where it is."""
        match self.file.drawn:
            case None:
                return _("Files of this kind are not shown here: open the original.")
            case DrawnState.WAITING:
                return _("Not drawn yet: open the original, or come back in some minutes.")
            case DrawnState.FAILED:
                return _("It could not be drawn: open the original.")
        if len(self.pages) >= self.file.total:
            return ""
        return ngettext(
            "%(num)d page of %(total)d is shown here; the original has them all.",
            "%(num)d pages of %(total)d are shown here; the original has them all.",
            len(self.pages),
            total=self.file.total,
        )


@dataclass(frozen=True)
class Read:
    """A dossier as a page shows it."""

    it: Dossier
    seen_by: str

    @cached_property
    def names(self) -> Mapping[str, Naming]:
        asked = [field for part in self.it.parts for field in part.fields]
        return namings(self.it.texts, [*asked, *self.it.file_fields], self.it.edition.language)

    def part_name(self, part: Part) -> Text:
        return built_in.section_name(self.it.texts, part.section, self.it.edition.language)

    def given(self, part: Part) -> list[Field]:
        """The questions of a part that were answered."""
        return [it for it in part.fields if fields.is_given(it, self.it.answers.get(it.key))]

    def not_given(self, asked: Sequence[Field]) -> str:
        """The names of the questions that were left open, which a judge should know."""
        there = {file.field for file in self.it.files}
        empty = [
            it for it in asked if it.key not in there and not fields.is_given(it, self.it.answers.get(it.key))
        ]
        return listed(str(self.names[it.key].name) for it in empty)

    def anchor(self, part: Part) -> str:
        return f"dossier-{part.section.page}"

    @property
    def contents(self) -> list[tuple[str, object]]:
        """The dossier's own list of contents: where each part stands, and what it is called."""
        found: list[tuple[str, object]] = [("dossier-summary", _("Summary"))]
        found += [(self.anchor(it), self.part_name(it)) for it in self.it.parts]
        return [*found, ("dossier-files", _("Files"))] if self.it.file_fields else found

    @property
    def title(self) -> Text:
        return Text(self.it.title, self.it.language)

    @property
    def titles(self) -> list[Text]:
        return [Text(text, tag) for tag, text in self.it.titles.items()]

    @property
    def summaries(self) -> list[Text]:
        """The summary as written, then in other languages."""
        others = [Text(text, tag) for tag, text in self.it.summaries.items()]
        return [it for it in (Text(self.it.summary, self.it.language), *others) if it]

    @property
    def facts(self) -> list[tuple[str, object]]:
        """Who put it forward, and as what, name by name."""
        it = self.it
        names = Names(it.texts, it.edition.language)
        whose = _("Name of the person") if it.nominee_kind == INDIVIDUAL else _("Organisation")
        city = "" if it.city == it.organisation else it.city
        stated: list[tuple[str, object]] = [
            (_("Category"), names.name("categories", it.category)),
            (whose, it.organisation),
            (_("City"), city),
            (_("Country"), words.country(it.country) if it.country else ""),
            (_("Partners"), listed(partner.name for partner in it.partners)),
            (_("Written in"), words.language_name(it.language) if it.language else ""),
        ]
        return [(name, said) for name, said in stated if said]

    def files_in(self, field: str) -> list[Shown]:
        return [self.shown(it) for it in self.it.files_in(field)]

    def shown(self, file: File) -> Shown:
        reference = self.it.reference if self.seen_by in (JUDGES, ELECTORS, PANEL) else ""
        return Shown.of(file, self.it.edition, seen_by=self.seen_by, reference=reference)


def host_of(address: str) -> str:
    """The host that a link leads to, as it is reached; nothing for what is no link."""
    if not is_link(address):
        return ""
    try:
        host = urlsplit(address).hostname or ""
        return host.encode("idna").decode("ascii")
    except ValueError:
        return ""


def serve_page(attachment: Attachment | None, page: int, size: str) -> Response | None:
    """A drawn page as a picture that a browser keeps for itself; None where there is none."""
    row = _find(attachment, page)
    if row is None:
        return None
    small = size == "small"
    folder = Path(current_app.config["LAURELS_DATA"]) / attachments.FILES
    file = renditions.locate(folder, row, small=small)
    answer = send_file(file, mimetype=row.media_type, conditional=False, etag=False, max_age=MOST_SECONDS)
    return headers.keep_privately(headers.lock(answer), MOST_SECONDS)


def _find(attachment: Attachment | None, page: int) -> Rendition | None:
    return None if attachment is None else renditions.find(db.session(), attachment, page)


def init_app(app: Flask) -> None:
    """Give templates/macros/dossier.html what it asks."""
    app.jinja_env.globals.update(read_dossier=Read, host_of=host_of)

"""How the winners were chosen: the count sheet of each category in words, the panel, and the record to count again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, send_file
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import records, storage
from awards.extensions import db
from awards.models import ElectionKind, Publication, PublishedRecord
from awards.web import comparing, results
from awards.web.access import Audience, audience
from awards.web.chapters import Chapter
from awards.web.edition_page import Page, page_of
from awards.web.polling import says
from awards.web.public.routes import blueprint, show
from awards.web.table import sayings
from awards.web.texts import Names, Text
from judging.clauses import Section
from judging.count import outcome_of, step_of
from judging.ladder import StepTaken
from judging.outcome import Outcome
from judging.values import Json, Method, SecondRound, as_list, as_object

IN_WORDS = (Section.FIRST_ROUND, Section.SECOND_ROUND)
"""The chapters of the rules that say how it is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """A nomination in the result: who, where it stands, with what, and which prize it has."""

    name: Text | str
    title: Text | str
    reference: str
    place: int
    figure: str
    prize: Text | str
    declined: Text | str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The count of a category: sentences and steps of each round, and the result line by line."""

    key: str
    name: Text
    first: tuple[str, ...]
    cut: tuple[str, ...]
    votes: tuple[str, ...]
    struck: tuple[str, ...]
    lines: tuple[Line, ...]
    steps: tuple[str, ...]
    not_given: tuple[Text, ...]


@blueprint.get("/<edition>/method")
@audience(Audience.ANYONE)
def method(edition: str) -> str:
    page = _released(edition)
    names = page.face.names
    told = comparing.in_words(page.rules, names.texts)
    return show(
        "method.html",
        page,
        chapters=[it for it in told if _counts(it)],
        numbers=_numbers(page),
        sheets=[_sheet(page, it) for it in page.shown.winners if it.document.get("count")],
        value=_value(page),
    )


@blueprint.get("/<edition>/panel")
@audience(Audience.ANYONE)
def panel(edition: str) -> str:
    page = _released(edition)
    return show("panel.html", page, panel=_latest(page, "panel"))


@blueprint.get("/<edition>/record")
@audience(Audience.ANYONE)
def record(edition: str) -> str:
    page = page_of(edition)
    return show("record.html", page, record=_record(page))


@blueprint.get("/<edition>/record.zip")
@audience(Audience.ANYONE)
def record_file(edition: str) -> Response:
    found = _record(page_of(edition))
    folder = Path(current_app.config["LAURELS_DATA"]) / "files"
    return send_file(
        storage.locate(folder, found.key),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{edition}-record.zip",
        etag=found.manifest_sha256,
    )


def _record(page: Page) -> PublishedRecord:
    """The public record. 404 before it is published; 410 where it names winners that were taken down."""
    if page.shown.record is None:
        abort(
            410
            if page.shown.down and records.was_published(db.session(), page.face.edition, page.now)
            else 404
        )
    return page.shown.record


def _released(edition: str) -> Page:
    page = page_of(edition)
    if not page.shown.winners:
        abort(410 if page.shown.is_down else 404)
    return page


def _counts(chapter: Chapter) -> bool:
    return chapter.key in {it.value for it in IN_WORDS}


def _latest(page: Page, part: str) -> Mapping[str, Any]:
    """A part that was frozen with every category, as it was with the last one."""
    told = [it for it in page.shown.winners if it.document.get(part)]
    last = max(told, key=lambda it: (it.visible_from, it.id), default=None)
    return dict(last.document[part]) if last else {}


def _numbers(page: Page) -> list[tuple[str, int]]:
    """What is told as numbers; what did not happen is told too."""
    found = _latest(page, "numbers")
    judges = _latest(page, "panel").get("judges")
    words = {
        "nominations": _("Nominations submitted"),
        "ineligible": _("Found not eligible"),
        "withdrawn": _("Withdrawn"),
        "recusals": _("Times a judge stood back because of an interest"),
        "waived_conflicts": _("Interests of the same country waived by the chair"),
        "waived_minimums": _("Nominations marked by fewer judges than asked, by the chair's leave"),
    }
    told = [(said, int(found[key])) for key, said in words.items() if key in found]
    return [*told, *([(_("Judges whose marks count"), int(judges))] if judges else [])]


def _value(page: Page) -> str:
    """What the figure is by which places were given."""
    if page.rules.second_round is not SecondRound.VOTE or page.rules.vote is None:
        return _("Mean of the marks")
    return _("Points") if page.rules.vote.method is Method.BORDA else _("Votes")


def _sheet(page: Page, published: Publication) -> Sheet:
    count = as_object(published.document["count"])
    called = _Called(page, published)
    names, category = page.face.names, published.category
    result = outcome_of(as_object(count["result"])) if count["result"] else None
    return Sheet(
        category,
        names.name("categories", category),
        tuple(_first(count)),
        called.steps(as_list(count["shortlist"]), names),
        tuple(_vote(as_object(it)) for it in as_list(count["elections"])),
        tuple(_struck(published)) if count["elections"] else (),
        tuple(called.lines(result, names)) if result else (),
        tuple(called.step(it, names) for it in result.steps) if result else (),
        tuple(names.name("prizes", key) for key in published.document.get("not_given", ())),
    )


def _first(count: Mapping[str, Any]) -> Iterable[str]:
    judged, advanced = int(count["judged"]), len(count["advanced"])
    yield ngettext("One nomination was judged.", "%(num)d nominations were judged.", judged)
    yield ngettext("One of them advanced.", "%(num)d of them advanced.", advanced)


def _vote(found: Mapping[str, Any]) -> str:
    cast, abstained = int(found["ballots"]), int(found["abstentions"])
    again = _("One more vote among those that were level.") if found["kind"] == ElectionKind.RUNOFF else ""
    said = ngettext(
        "%(cast)d of %(num)d elector cast a ballot; abstentions: %(abstained)d.",
        "%(cast)d of %(num)d electors cast a ballot; abstentions: %(abstained)d.",
        int(found["electors"]),
        cast=cast + abstained,
        abstained=abstained,
    )
    return f"{again} {said}".strip()


def _struck(published: Publication) -> Iterable[str]:
    """What was struck before the opening, with reason and number; that nothing was is told too."""
    found = published.document.get("struck")
    if found is None:  # published before envelopes could be struck
        return
    for it in found:
        yield says.counted(
            str(it["because"]), str(it["about"]), int(it["envelopes"]), public=bool(it["public"])
        )
    if not found:
        yield _("No envelope was struck.")


class _Called:
    """How the nominations of a category are called: by name where the record names them, else by their number."""

    def __init__(self, page: Page, published: Publication) -> None:
        self.category = published.category
        self.prizes = {
            row["reference"]: row["prize"] for row in published.document["rows"] if not row.get("by_decision")
        }
        self.declined = {it["nomination"]: it["prize"] for it in published.document.get("declined", ())}
        same = [it for it in page.shown.finalists if it.category == self.category]
        rows = [row for it in (*same, published) for row in it.document["rows"]]
        self.known = {row["reference"]: results.nominee_of(row) for row in rows}

    def name(self, label: str) -> str:
        found = self.known.get(label)
        if found is None:
            return _("nomination %(number)s", number=label)
        return f"{found.read_as or found.name} ({label})"

    def steps(self, documents: Iterable[Json], names: Names) -> tuple[str, ...]:
        return tuple(self.step(step_of(as_object(it)), names) for it in documents)

    def step(self, taken: StepTaken, names: Names) -> str:
        """A step of the ladder in words, with names in place of the record's keys."""
        called = replace(
            taken,
            level=tuple(map(self.name, taken.level)),
            groups=tuple(tuple(map(self.name, group)) for group in taken.groups),
        )
        return sayings.step(called, self.category, names)

    def lines(self, result: Outcome, names: Names) -> Iterable[Line]:
        for row in result.rows:
            found = self.known.get(row.nomination)
            declined = self.declined.get(row.nomination)
            prize = self.prizes.get(row.nomination) if found else None if declined else row.prize
            yield Line(
                found.name if found else self.name(row.nomination),
                found.title if found else "",
                row.nomination,
                row.place,
                sayings.figure(row.value),
                names.name("prizes", prize) if prize else "",
                names.name("prizes", declined) if declined else "",
            )

"""How the winners were chosen: the count sheet of each category in words, the panel, and the record to count again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, send_file
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import records, storage, unsealing
from awards.extensions import db
from awards.models import ElectionKind, Publication, PublishedRecord
from awards.web import comparing, results
from awards.web.access import Audience, audience
from awards.web.chapters import Chapter
from awards.web.edition_page import Page, page_of
from awards.web.explained import UNITS, paragraph
from awards.web.polling import says
from awards.web.public.routes import blueprint, show
from awards.web.table import sayings
from awards.web.table.tables import Table, tables
from awards.web.texts import Names, Text
from judging.clauses import Section
from judging.count import outcome_of, step_of, tally_of
from judging.ladder import StepTaken
from judging.outcome import Outcome
from judging.rules import Rules
from judging.values import Json, SecondRound, as_list, as_object, as_whole

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
    revoked: Text | str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The count of a category: sentences and steps of each round, and the result line by line."""

    key: str
    name: Text
    first: tuple[str, ...]
    cut: tuple[str, ...]
    below: tuple[str, ...]
    votes: tuple[str, ...]
    removed: str
    struck: tuple[str, ...]
    lines: tuple[Line, ...]
    steps: tuple[str, ...]
    not_given: tuple[Text, ...]
    tables: tuple[Table, ...]
    public: ByThePublic | None


@dataclass(frozen=True, slots=True)
class ByThePublic:
    """What the public's own vote in a category gave: on which prize, by how many, line by line."""

    prize: Text
    votes: str
    value: str
    lines: tuple[Line, ...]
    steps: tuple[str, ...]
    tables: tuple[Table, ...]


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
        value=_value(page.rules),
        example=paragraph(page.rules.vote) if page.rules.vote else "",
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


def _value(rules: Rules) -> str:
    """What the figure is by which places were given."""
    if rules.second_round is not SecondRound.VOTE or rules.vote is None:
        return _("Mean of the marks")
    return str(UNITS[rules.vote.method])


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
        tuple(_below(as_object(it)) for it in published.document.get("below_quorum", ())),
        tuple(_vote(as_object(it)) for it in as_list(count["elections"])),
        _removed(published.document.get("removed")),
        tuple(_struck(published)) if count["elections"] else (),
        tuple(called.lines(result, names)) if result else (),
        tuple(called.step(it, names) for it in result.steps) if result else (),
        tuple(names.name("prizes", key) for key in published.document.get("not_given", ())),
        tuple(_tables(page.rules, as_list(count["elections"]), result)),
        _by_the_public(page, as_object(count["public"]), called) if "public" in count else None,
    )


def _by_the_public(page: Page, found: Mapping[str, Any], called: _Called) -> ByThePublic:
    """The public's own vote; `called` knows the nominations, and whose its prize is."""
    rules, names = page.rules.for_the_public(), page.face.names
    election, result = as_object(found["election"]), outcome_of(as_object(found["result"]))
    abstained = as_whole(election["abstentions"])
    cast = as_whole(election["ballots"]) + abstained
    said = ngettext("One ballot of the public was cast.", "%(num)d ballots of the public were cast.", cast)
    if abstained:
        kept = ngettext("One abstained.", "%(num)d abstained.", abstained)
        said = f"{said} {kept}"
    return ByThePublic(
        names.name("prizes", rules.prizes_of(called.category)[0].key),
        said,
        _value(rules),
        tuple(called.lines(result, names, public=True)),
        tuple(called.step(it, names) for it in result.steps),
        tuple(_tables(rules, [election], result if result.rows else None)),
    )


def _tables(rules: Rules, elections: Iterable[Json], result: Outcome | None) -> Iterable[Table]:
    """The numbers of the vote itself, where ballots rank; publications of earlier times don't have them."""
    vote = rules.vote
    for it in map(as_object, elections):
        if vote is not None and result and it["kind"] != ElectionKind.RUNOFF and "pairwise" in it:
            yield from tables(vote.method, tally_of(it), [row.nomination for row in result.rows])


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


def _below(found: Mapping[str, Any]) -> str:
    """That too few had taken part, and what was done."""
    said = _(
        "Too few took part: %(present)d of %(roll)d electors, where at least %(needed)d were needed.",
        present=int(found["present"]),
        roll=int(found["roll"]),
        needed=int(found["needed"]),
    )
    if found["act"] == unsealing.EXTENDED:
        return " ".join([said, _("Nothing was opened, and the vote was extended once.")])
    return " ".join([said, _("Their envelopes were destroyed unopened, and the judges voted instead.")])


def _removed(found: Json) -> str:
    """How many ballots of the public were removed, also where none was; nothing where the public had no vote."""
    if not isinstance(found, int):
        return ""
    return ngettext(
        "Public vote: %(num)d ballot was removed before the opening, unread.",
        "Public vote: %(num)d ballots were removed before the opening, unread.",
        found,
    )


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
        rows = published.document["rows"]
        given = [(row["reference"], row["prize"]) for row in rows if not row.get("by_decision")]
        back = [(it["nomination"], it["prize"]) for it in published.document.get("declined", ())]
        public = page.rules.is_the_publics
        self.prizes = {whose: dict(it for it in given if public(it[1]) == whose) for whose in (False, True)}
        lost = [(it["reference"], it["prize"]) for it in published.document.get("revoked", ())]
        self.revoked = {whose: dict(it for it in lost if public(it[1]) == whose) for whose in (False, True)}
        self.declined = {whose: dict(it for it in back if public(it[1]) == whose) for whose in (False, True)}
        same = [it for it in page.shown.finalists if it.category == self.category]
        rows = [row for it in (*same, published) for row in it.document["rows"]]
        rows += published.document.get("revoked", ())
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

    def lines(self, result: Outcome, names: Names, *, public: bool = False) -> Iterable[Line]:
        """A result line by line. `public`: of the public's own prize, which one may have beside another."""
        for row in result.rows:
            found = self.known.get(row.nomination)
            declined = self.declined[public].get(row.nomination)
            prize = self.prizes[public].get(row.nomination) if found else None if declined else row.prize
            yield Line(
                found.name if found else self.name(row.nomination),
                found.title if found else "",
                row.nomination,
                row.place,
                sayings.figure(row.value),
                names.name("prizes", prize) if prize else "",
                names.name("prizes", declined) if declined else "",
                names.name("prizes", lost) if (lost := self.revoked[public].get(row.nomination)) else "",
            )

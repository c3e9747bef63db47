"""The library of cases: a search and filters that stand in the address, with how many cases each would leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import render_template, request, url_for
from flask_babel import gettext as _

from awards import cases
from awards.cases import FINALIST, Case, Wish
from awards.extensions import db
from awards.web import face, results, words
from awards.web.access import Audience, audience
from awards.web.face import YEAR, Face
from awards.web.public.routes import blueprint
from awards.web.results import Nominee
from awards.web.secretariat.wording import REGIONS
from awards.web.texts import Text, choose
from awards.web.words import lazy as _l

PAGE = 30
LONGEST, MOST_DIGITS = 200, 6
SHORT = 280
NAMES: Mapping[str, str] = {
    "category": _l("Category"),
    "prize": _l("Prize"),
    "topic": _l("Topic"),
    "goal": _l("Sustainable development goal"),
    "region": _l("Region"),
    "country": _l("Country or area"),
    "year": _l("Year"),
}
"""The filters in the order of the page."""
ADDRESSED = {"words": "q", "goal": "sdg"}
"""What stands in the address for a filter, where that is something else than its name."""


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its values; `without` is the address without it."""

    key: str
    address: str
    name: str
    options: tuple[Option, ...]
    without: str

    @property
    def chosen(self) -> Option | None:
        return next((it for it in self.options if it.chosen), None)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A case as the page lists it."""

    it: Case
    nominee: Nominee
    face: Face
    category: Text
    prizes: tuple[Text, ...]
    summary: Text


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of what was found."""

    cases: tuple[Shelved, ...]
    total: int
    page: int
    before: str
    after: str

    @property
    def pages(self) -> int:
        return max(-(-self.total // PAGE), 1)

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.cases) - 1


@blueprint.get("/library")
@audience(Audience.ANYONE)
def library() -> str:
    """In a few queries however many cases there are."""
    session, now = db.session(), datetime.now(UTC)
    faces = face.all_faces(session, now)
    wish = _wish()
    all_cases = cases.public(session, now)
    found = cases.find(all_cases, wish, {it.edition.id: _year(it) for it in faces})
    namer = Namer(faces)
    return render_template(
        "public/library.html",
        wish=wish,
        filters=_filters(wish, found.counts, namer),
        shelf=_shelf(wish, found.cases, namer),
        everything=len(all_cases),
        longest=LONGEST,
        words=words,
        specimen=bool(faces) and all(it.edition.specimen for it in faces),
    )


class Namer:
    """What keys are called: by the latest edition that knows them."""

    def __init__(self, faces: Sequence[Face]) -> None:
        self.faces = {it.edition.id: it for it in faces}
        self.order = {number: place for place, number in enumerate(self.faces)}

    def name(self, key: str, value: str) -> str:
        """A value of a filter in words."""
        if key == "region":
            return str(REGIONS.get(value, value))
        if key == "country":
            return words.country(value)
        if key == "prize" and value == FINALIST:
            return _("Finalist, without a prize")
        if key in ("category", "prize"):
            return self._said({"category": "categories", "prize": "prizes"}[key], value)
        if key in ("topic", "goal"):
            return self._option({"topic": cases.TOPICS, "goal": cases.GOALS}[key], value)
        return value

    def _said(self, thing: str, value: str) -> str:
        for it in self.faces.values():
            if value in it.texts.get(thing, {}):
                return str(it.names.name(thing, value))
        return value

    def _option(self, field: str, value: str) -> str:
        for it in self.faces.values():
            options = it.texts.get("fields", {}).get(field, {}).get("options", {})
            if value in options:
                return str(choose(options[value].get("name"), it.edition.language)) or value
        return value


def _wish() -> Wish:
    """What stands in the address, tidied; nothing where somebody typed what can be nothing."""
    asked = {
        key: words.tidy(request.args.get(ADDRESSED.get(key, key), ""))[:LONGEST]
        for key in Wish.__dataclass_fields__
    }
    return Wish(**asked)


def _address(wish: Wish, page: int = 1) -> str:
    given = {ADDRESSED.get(key, key): getattr(wish, key) for key in Wish.__dataclass_fields__}
    said = {key: value for key, value in given.items() if value}
    return url_for("public.library", **said, **({"page": page} if page > 1 else {}))  # type: ignore[arg-type]


def _filters(wish: Wish, counts: Mapping[str, Mapping[str, int]], namer: Namer) -> list[Filter]:
    """Those that tell cases apart, and those that are set."""
    found = []
    for key, name in NAMES.items():
        chosen = getattr(wish, key)
        counted = dict(counts[key]) | ({chosen: counts[key].get(chosen, 0)} if chosen else {})
        if not counted:
            continue
        options = [Option(it, namer.name(key, it), number, it == chosen) for it, number in counted.items()]
        options.sort(key=lambda it: it.key if key == "year" else it.name.casefold(), reverse=key == "year")
        without = _address(replace(wish, **{key: ""}))
        found.append(Filter(key, ADDRESSED.get(key, key), str(name), tuple(options), without))
    return found


def _shelf(wish: Wish, found: Sequence[Case], namer: Namer) -> Shelf:
    """The page that is asked for, or the last one."""
    typed = request.args.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS else 1
    pages = max(-(-len(found) // PAGE), 1)
    page = min(max(number, 1), pages)
    ordered = sorted(
        (it for it in found if it.edition in namer.faces),
        key=lambda it: (
            namer.order[it.edition],
            not it.prizes,
            it.category,
            it.row.get("place") or 0,
            it.reference,
        ),
    )
    return Shelf(
        tuple(_shelved(it, namer) for it in ordered[(page - 1) * PAGE : page * PAGE]),
        len(found),
        page,
        _address(wish, page - 1) if page > 1 else "",
        _address(wish, page + 1) if page < pages else "",
    )


def _shelved(it: Case, namer: Namer) -> Shelved:
    its, nominee = namer.faces[it.edition], results.nominee_of(it.row)
    said = nominee.citation or nominee.summary
    return Shelved(
        it,
        nominee,
        its,
        its.names.name("categories", it.category),
        tuple(its.names.name("prizes", key) for key in it.prizes),
        Text(_short(said.text), said.language),
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    if len(plain) <= SHORT:
        return plain
    cut = plain[:SHORT]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[SHORT // 2 :] else cut}…"


def _year(its: Face) -> str:
    """The year of an edition: that of its key, else the last four digits of its name."""
    found = YEAR.search(its.key) or YEAR.search(its.name.text)
    return found[1] if found else ""

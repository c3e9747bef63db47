"""The rules in words: clauses in, chapters of sentences out, each sentence from the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.web.kinds import ORGANISATION_KINDS
from awards.web.texts import Text, choose
from awards.web.words import language_name
from judging.clauses import Clause, ClauseKind, Section
from judging.rules import EXTEND_BY, INDIVIDUAL
from judging.values import BelowQuorum, Electorate, Method, RecordScope, SameCountry, Step, Vacated

TITLES: Final = {
    Section.NOMINATION: _l("Who may be nominated"),
    Section.MARKS: _l("What judges mark"),
    Section.FIRST_ROUND: _l("First round"),
    Section.SECOND_ROUND: _l("Second round"),
    Section.PRIZES: _l("Prizes"),
    Section.FAIRNESS: _l("Fairness"),
    Section.RECORD: _l("The public record"),
}
STEPS: Final = {
    Step.OWN_CRITERION: _l(
        "the higher mean on the criterion that belongs to the category; passed over where it has none"
    ),
    Step.MEDIAN: _l("the higher median of the judges' totals"),
    Step.LOWEST_SHARE: _l("the smaller share of marks at the lowest value of the scale"),
    Step.HEAD_TO_HEAD: _l("ranked above the others that are level on more ballots"),
    Step.FIRST_PLACES: _l("ranked first on more ballots"),
    Step.FIRST_ROUND: _l("the higher total in the first round"),
    Step.EXTEND: _l(
        "all that are level advance, at most %(most)d more than there are places", most=EXTEND_BY
    ),
    Step.CHAIR: _l("the chair decides and signs a reason"),
    Step.LOT: _l("a lot"),
    Step.SHARE: _l("the prize is shared, and the next one is not given"),
    Step.RUNOFF: _l("one more vote, on those that are level only"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what it is about, what is said of it, and a figure or a few words."""

    name: Text | str
    text: Text | str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a chapter: `sentences`, the `steps` of a ladder, or `rows` of a table under `heads`."""

    intro: str = ""
    sentences: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    key: str
    title: str
    blocks: tuple[Block, ...]


class Reader:
    """Says clauses in words, with the names that the texts of an edition give to keys."""

    def __init__(self, texts: Mapping[str, Any], fallback: str) -> None:
        self.texts, self.fallback = texts, fallback

    def name(self, thing: str, key: object, part: str = "name") -> Text:
        """A text of the edition, such as the name of a category; the key itself where there is none."""
        texts = self.texts.get(thing, {}).get(str(key), {}).get(part)
        return choose(texts, self.fallback) or Text(str(key) if part == "name" else "", "")

    def names(self, thing: str, keys: object) -> str:
        assert isinstance(keys, tuple)
        return _join(str(self.name(thing, key)) for key in keys)

    def chapters(self, found: Iterable[Clause]) -> tuple[Chapter, ...]:
        """The clauses as chapters, in their order."""
        return tuple(
            Chapter(section.value, str(TITLES[section]), tuple(self._blocks(list(group))))
            for section, group in groupby(found, key=lambda clause: clause.section)
        )

    def _blocks(self, found: list[Clause]) -> Iterator[Block]:
        for shape, run in groupby(found, key=lambda clause: SHAPES.get(clause.kind)):
            group = list(run)
            if shape is None:
                yield Block(sentences=tuple(SENTENCES[clause.kind](clause, self) for clause in group))
            else:
                yield shape(group, self)


def _join(parts: Iterable[str]) -> str:
    return _(", ").join(parts)


def _kinds(clause: Clause) -> str:
    kinds = clause["kinds"]
    assert isinstance(kinds, tuple)
    return _join(str(ORGANISATION_KINDS[kind]) for kind in kinds)


def _number(clause: Clause, name: str) -> int:
    value = clause[name]
    assert isinstance(value, int)
    return value


def _criteria(group: list[Clause], reader: Reader) -> Block:
    rows = tuple(
        Row(
            reader.name("criteria", clause["criterion"]),
            reader.name("criteria", clause["criterion"], "text"),
            _percent(clause["share"]),
        )
        for clause in group
    )
    return Block(rows=rows, heads=(_("Criterion"), _("What judges look for"), _("Weight")))


def _percent(share: object) -> str:
    value = Fraction(str(share)) * 100
    return f"{value} %" if value.denominator == 1 else str(Fraction(str(share)))


def _places(group: list[Clause], reader: Reader) -> Block:
    if len({clause["places"] for clause in group}) == 1:
        number = _number(group[0], "places")
        best = ngettext(
            "In each category the best nomination advances.",
            "In each category the %(num)d best nominations advance. Where there are fewer, all advance.",
            number,
        )
        return Block(sentences=(best,))
    rows = tuple(
        Row(reader.name("categories", clause.category), "", str(clause["places"])) for clause in group
    )
    return Block(
        intro=_("So many nominations advance in each category. Where there are fewer, all advance."),
        rows=rows,
        heads=(_("Category"), "", _("Places")),
    )


def _prizes(group: list[Clause], reader: Reader) -> Block:
    by_category = {
        category: tuple((str(c["prize"]), _number(c, "first"), _number(c, "last")) for c in clauses)
        for category, clauses in groupby(group, key=lambda clause: clause.category)
    }
    if len(set(by_category.values())) == 1 and len(by_category) > 1:
        prizes = next(iter(by_category.values()))
        rows = tuple(Row(reader.name("prizes", key), "", _span(first, last)) for key, first, last in prizes)
        return Block(intro=_("In each category:"), rows=rows, heads=(_("Prize"), "", _("Place")))
    rows = tuple(
        Row(reader.name("prizes", key), reader.name("categories", category), _span(first, last))
        for category, prizes in by_category.items()
        for key, first, last in prizes
    )
    return Block(rows=rows, heads=(_("Prize"), _("Category"), _("Place")))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else _("%(first)d to %(last)d", first=first, last=last)


def _shortlist_steps(group: list[Clause], _reader: Reader) -> Block:
    return Block(
        intro=_("If nominations are level at the last place, these steps tell them apart, in this order:"),
        steps=tuple(str(STEPS[Step(str(clause["step"]))]) for clause in group),
    )


def _result_steps(group: list[Clause], _reader: Reader) -> Block:
    return Block(
        intro=_(
            "If nominations are level at the edge of a prize, these steps tell them apart, in this order:"
        ),
        steps=tuple(str(STEPS[Step(str(clause["step"]))]) for clause in group),
    )


SHAPES: Mapping[ClauseKind, Callable[[list[Clause], Reader], Block]] = {
    ClauseKind.CRITERION: _criteria,
    ClauseKind.PLACES: _places,
    ClauseKind.PRIZE: _prizes,
    ClauseKind.SHORTLIST_STEP: _shortlist_steps,
    ClauseKind.RESULT_STEP: _result_steps,
}


def _deadline(clause: Clause, _reader: Reader) -> str:
    minutes = _number(clause, "grace_minutes")
    if not minutes:
        return _("A nomination counts if it is submitted by the deadline.")
    return ngettext(
        "A nomination counts if it is submitted by the deadline. "
        "A form opened before the deadline may be sent up to one minute after it.",
        "A nomination counts if it is submitted by the deadline. "
        "A form opened before the deadline may be sent up to %(num)d minutes after it.",
        minutes,
    )


def _nominee_kinds(clause: Clause, reader: Reader) -> str:
    category = reader.name("categories", clause.category)
    if clause["kinds"] == (INDIVIDUAL,):
        return _("%(category)s is for individuals only.", category=category)
    return _("%(category)s is for projects only.", category=category)


def _reading(clause: Clause, _reader: Reader) -> str:
    each = _number(clause, "per_nomination")
    if not clause["up_to"]:
        return ngettext("Each nomination goes to one judge.", "Each nomination goes to %(num)d judges.", each)
    return _(
        "Every judge reads every nomination of their categories, as long as that is no more than %(up_to)d for "
        "each. Above that, each nomination goes to %(each)d judges.",
        up_to=clause["up_to"],
        each=each,
    )


ELECTORATES: Final = {
    Electorate.JUDGES: _l("The judges of a category vote on its prizes."),
    Electorate.MEMBERS: _l(
        "The full-member local governments vote. Each has one ballot in every category, cast by the delegate it names."
    ),
    Electorate.PUBLIC: _l("The public votes. Everybody on the roll has one ballot in every category."),
}
METHODS: Final = {
    Method.BORDA: _l(
        "A ballot ranks all that stand. The last of a ranking gets no point, each one above it a point more than "
        "the one below; those left unranked share the mean of the points that are left."
    ),
    Method.ONE_CHOICE: _l("A ballot names one."),
}
BELOW: Final = {
    BelowQuorum.EXTEND: _l("If fewer do, nothing is opened and the vote is extended once, to a stated date."),
    BelowQuorum.JUDGES: _l("If fewer do, the envelopes are destroyed unopened and the judges vote instead."),
}
COUNTRY: Final = {
    SameCountry.BLOCK: _l("A judge does not mark nominations of their own country."),
    SameCountry.WAIVABLE: _l(
        "A judge does not mark nominations of their own country. The chair may waive this for one judge and one "
        "nomination, with a reason, where no other judge is left."
    ),
    SameCountry.OFF: _l("A judge may mark nominations of their own country."),
}
VACANCIES: Final = {
    Vacated.VACANT: _l("A prize that is lost or declined stays vacant."),
    Vacated.MOVE_UP: _l("A prize that is lost or declined goes to the next in the result."),
}
RECORDS: Final = {
    RecordScope.FINALISTS: _l(
        "With the result a record is published that names finalists and winners. Every other nomination is a "
        "number in it, without title, city or country. Anybody can recount the result from the record."
    ),
    RecordScope.NUMBERS: _l(
        "With the result a record is published in which every nomination is a number. "
        "Anybody can recount the result from the record."
    ),
    RecordScope.ALL: _l(
        "With the result a record is published that names every nomination. "
        "Anybody can recount the result from the record."
    ),
}


def _method(clause: Clause, _reader: Reader) -> str:
    method = Method(str(clause["method"]))
    if method is Method.APPROVAL:
        return _("A ballot names up to %(most)d.", most=clause["approve_up_to"])
    return str(METHODS[method])


def _quorum(clause: Clause, _reader: Reader) -> str:
    share = _("The vote stands if at least %(share)s of the roll takes part.", share=clause["share"])
    return f"{share} {BELOW[BelowQuorum(str(clause['below']))]}"


def _own_city(clause: Clause, _reader: Reader) -> str:
    if clause["electorate"] == Electorate.JUDGES and clause["same_country"] != SameCountry.OFF:
        return _(
            "Nobody votes for a nomination of their own city, of a body above or within it, or of their own "
            "country. In a ranking it stands at the foot of the ballot."
        )
    return _(
        "Nobody votes for a nomination of their own city, or of a body above or within it. "
        "In a ranking it stands at the foot of the ballot."
    )


SENTENCES: Mapping[ClauseKind, Callable[[Clause, Reader], str]] = {
    ClauseKind.DEADLINE: _deadline,
    ClauseKind.ONE_CATEGORY: lambda c, r: _("A project is nominated in one category only."),
    ClauseKind.PER_CITY: lambda c, r: ngettext(
        "A city has one nomination at most. Individuals do not count towards it.",
        "A city has %(num)d nominations at most. Individuals do not count towards them.",
        _number(c, "most"),
    ),
    ClauseKind.ORGANISATION_KINDS: lambda c, r: _("These may be nominated: %(kinds)s.", kinds=_kinds(c)),
    ClauseKind.CITY_APPROVAL: lambda c, r: _(
        "These need the approval of the city: %(kinds)s.", kinds=_kinds(c)
    ),
    ClauseKind.MEMBERS_ONLY: lambda c, r: _("Only members of the association may be nominated."),
    ClauseKind.RUNNING_MONTHS: lambda c, r: ngettext(
        "At the deadline the project has been in operation for at least one month.",
        "At the deadline the project has been in operation for at least %(num)d months.",
        _number(c, "months"),
    ),
    ClauseKind.LANGUAGES: lambda c, r: _(
        "Language of the form: %(languages)s.",
        languages=_join(language_name(tag) for tag in c["languages"]),  # type: ignore[union-attr]
    ),
    ClauseKind.NO_EARLIER_WINNERS: lambda c, r: _(
        "A project that won a prize in an earlier edition is not nominated again."
    ),
    ClauseKind.REQUIRED_FIELDS: lambda c, r: _(
        "The form must answer: %(fields)s.", fields=r.names("fields", c["fields"])
    ),
    ClauseKind.NOMINEE_KINDS: _nominee_kinds,
    ClauseKind.MINIMUM_NOMINATIONS: lambda c, r: ngettext(
        "A category without a nomination is merged with another, carried over or cancelled before the first round.",
        "A category with fewer than %(num)d nominations is merged with another, carried over or cancelled before "
        "the first round.",
        _number(c, "least"),
    ),
    ClauseKind.SCALE: lambda c, r: _(
        "For each criterion a judge gives a whole number from %(lowest)d (lowest) to %(highest)d (highest).",
        lowest=c["lowest"],
        highest=c["highest"],
    ),
    ClauseKind.CATEGORY_CRITERIA: lambda c, r: _(
        "%(category)s is marked on: %(criteria)s.",
        category=r.name("categories", c.category),
        criteria=r.names("criteria", c["criteria"]),
    ),
    ClauseKind.TOTAL: lambda c, r: _(
        "The total of a sheet is the mean of its marks, each by its criterion's weight. The total of a nomination "
        "is the mean of its judges' totals. Totals are compared exactly; only what is printed is rounded."
    ),
    ClauseKind.EVERYONE_READS: _reading,
    ClauseKind.MINIMUM_SHEETS: lambda c, r: ngettext(
        "A nomination needs the marks of at least one judge.",
        "A nomination needs the marks of at least %(num)d judges. Only the chair may waive this, with a reason; "
        "the number of waivers is published.",
        _number(c, "least"),
    ),
    ClauseKind.NO_SECOND_ROUND: lambda c, r: _(
        "There is no second round: the places of the first round decide."
    ),
    ClauseKind.PANEL: lambda c, r: (
        _(
            "A panel marks the finalists again, on the same criteria and scale. Marks of the first round count too."
        )
        if c["carry_over"]
        else _(
            "A panel marks the finalists again, on the same criteria and scale. "
            "Marks of the first round no longer count."
        )
    ),
    ClauseKind.VOTE: lambda c, r: str(ELECTORATES[Electorate(str(c["electorate"]))]),
    ClauseKind.METHOD: _method,
    ClauseKind.SLATE: lambda c, r: _(
        "All eligible nominations stand in the second round, not the finalists only."
    ),
    ClauseKind.MINIMUM_ELECTORS: lambda c, r: _(
        "The vote in a category is held if at least %(num)d may vote in it.", num=c["least"]
    ),
    ClauseKind.QUORUM: _quorum,
    ClauseKind.OWN_CITY: _own_city,
    ClauseKind.PRIZE_BY_DECISION: lambda c, r: _(
        "%(prize)s: at most %(most)d, named by the committee with a signed reason, without marks or votes.",
        prize=r.name("prizes", c["prize"]),
        most=c["most"],
    ),
    ClauseKind.WITHHOLD: lambda c, r: _(
        "Before the second round opens, the chair may decide that a prize is not given."
    ),
    ClauseKind.VACATED: lambda c, r: str(VACANCIES[Vacated(str(c["vacated"]))]),
    ClauseKind.CONFLICTS: lambda c, r: _(
        "No judge marks a nomination of their own city or organisation or of a body above or within it, one that "
        "names them, or one in which they have declared an interest. Nobody can waive this."
    ),
    ClauseKind.SAME_COUNTRY: lambda c, r: str(COUNTRY[SameCountry(str(c["same_country"]))]),
    ClauseKind.BLINDNESS: lambda c, r: _(
        "Until a round is closed, nobody sees a mark but the judge who gave it."
    ),
    ClauseKind.LOT: lambda c, r: _(
        "No lot is drawn by hand. Its seed is made when the rules are frozen; the seed's fingerprint is published "
        "with the rules and the seed itself with the result."
    ),
    ClauseKind.RECORD: lambda c, r: str(RECORDS[RecordScope(str(c["names"]))]),
    ClauseKind.MIN_PUBLISH: lambda c, r: _(
        "Where fewer than %(num)d vote in a category, the record shows the count sheet in place of the ballots.",
        num=c["least"],
    ),
}

"""The rules as chapters: sentences, tables and ladders, made from clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.web.sentences import SENTENCES, number
from awards.web.texts import Names, Text
from judging.clauses import Clause, ClauseKind, Section
from judging.rules import EXTEND_BY
from judging.values import Step

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


def chapters(found: Iterable[Clause], names: Names) -> tuple[Chapter, ...]:
    """Clauses as chapters, in their order."""
    return tuple(
        Chapter(section.value, str(TITLES[section]), tuple(_blocks(list(group), names)))
        for section, group in groupby(found, key=lambda clause: clause.section)
    )


def _blocks(found: list[Clause], names: Names) -> Iterator[Block]:
    for shape, run in groupby(found, key=lambda clause: SHAPES.get(clause.kind)):
        group = list(run)
        if shape is None:
            yield Block(sentences=tuple(SENTENCES[clause.kind](clause, names) for clause in group))
        else:
            yield shape(group, names)


def _criteria(group: list[Clause], names: Names) -> Block:
    rows = tuple(
        Row(
            names.name("criteria", clause["criterion"]),
            names.name("criteria", clause["criterion"], "text"),
            _percent(clause["share"]),
        )
        for clause in group
    )
    return Block(rows=rows, heads=(_("Criterion"), _("What judges look for"), _("Weight")))


def _percent(share: object) -> str:
    value = Fraction(str(share)) * 100
    return f"{value} %" if value.denominator == 1 else str(Fraction(str(share)))


def _places(group: list[Clause], names: Names) -> Block:
    if len({clause["places"] for clause in group}) == 1:
        places = number(group[0], "places")
        best = ngettext(
            "In each category the best nomination advances.",
            "In each category the %(num)d best nominations advance. Where there are fewer, all advance.",
            places,
        )
        return Block(sentences=(best,))
    rows = tuple(
        Row(names.name("categories", clause.category), "", str(clause["places"])) for clause in group
    )
    return Block(
        intro=_("So many nominations advance in each category. Where there are fewer, all advance."),
        rows=rows,
        heads=(_("Category"), "", _("Places")),
    )


def _prizes(group: list[Clause], names: Names) -> Block:
    by_category = {
        category: tuple((str(c["prize"]), number(c, "first"), number(c, "last")) for c in clauses)
        for category, clauses in groupby(group, key=lambda clause: clause.category)
    }
    if len(set(by_category.values())) == 1 and len(by_category) > 1:
        prizes = next(iter(by_category.values()))
        rows = tuple(Row(names.name("prizes", key), "", _span(first, last)) for key, first, last in prizes)
        return Block(intro=_("In each category:"), rows=rows, heads=(_("Prize"), "", _("Place")))
    rows = tuple(
        Row(names.name("prizes", key), names.name("categories", category), _span(first, last))
        for category, prizes in by_category.items()
        for key, first, last in prizes
    )
    return Block(rows=rows, heads=(_("Prize"), _("Category"), _("Place")))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else _("%(first)d to %(last)d", first=first, last=last)


def _shortlist_steps(group: list[Clause], _names: Names) -> Block:
    return Block(
        intro=_("If nominations are level at the last place, these steps tell them apart, in this order:"),
        steps=tuple(str(STEPS[Step(str(clause["step"]))]) for clause in group),
    )


def _result_steps(group: list[Clause], _names: Names) -> Block:
    return Block(
        intro=_(
            "If nominations are level at the edge of a prize, these steps tell them apart, in this order:"
        ),
        steps=tuple(str(STEPS[Step(str(clause["step"]))]) for clause in group),
    )


SHAPES: Mapping[ClauseKind, Callable[[list[Clause], Names], Block]] = {
    ClauseKind.CRITERION: _criteria,
    ClauseKind.PLACES: _places,
    ClauseKind.PRIZE: _prizes,
    ClauseKind.SHORTLIST_STEP: _shortlist_steps,
    ClauseKind.RESULT_STEP: _result_steps,
}

"""The scorecard as a form: what stands on it, what was typed into it, what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from awards import scoring
from awards.queues import Item
from awards.scoring import Content
from awards.seats import Seat
from awards.web.judging.routes import Reader
from awards.web.texts import NOTHING, Text, choose
from awards.web.words import tidy_text
from judging.programme import anchored
from judging.rules import Rules, Scale
from judging.scoring import sheet_total

MARK = "mark-"
COMMENT, FEEDBACK = "comment", "feedback"
MOST_BUTTONS = 21
MOST_DIGITS = 4
Posted = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A posted card: what of it can be saved, and what is wrong with the rest, by field."""

    content: Content
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What some marks mean: "7-8" and its words."""

    marks: str
    text: Text
    covers: range


@dataclass(frozen=True, slots=True)
class Choice:
    mark: int
    chosen: bool
    meaning: Text


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion on the card."""

    key: str
    name: Text
    guidance: Text
    weight: str
    mark: int | None
    choices: tuple[Choice, ...]
    anchors: tuple[Anchor, ...]
    lowest: int
    highest: int
    wrong: str = ""

    @property
    def field(self) -> str:
        return f"{MARK}{self.key}"

    @property
    def has_buttons(self) -> bool:
        return self.highest - self.lowest < MOST_BUTTONS

    @property
    def target(self) -> str:
        """The input to which an error leads."""
        return f"{self.field}-none" if self.has_buttons else self.field


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard as it is shown. `base`: the version that it was filled from."""

    lines: tuple[Line, ...]
    content: Content
    base: int
    wrong: Mapping[str, str]
    given: int
    total: Fraction | None

    @property
    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong, with the field to which it leads, in the order of the card."""
        for line in self.lines:
            if line.wrong:
                yield line.target, f"{line.name}: {line.wrong}"
        for name in (COMMENT, FEEDBACK):
            if name in self.wrong:
                yield name, self.wrong[name]


def read(form: Posted, rules: Rules, category: str, prefix: str = "") -> Typed:
    """A card as it was posted. A mark that is none stays off it; a text that is too long stays whole, to be mended."""
    marks: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for key in rules.category(category).criteria:
        said = str(form.get(f"{prefix}{MARK}{key}", "")).strip()
        if not said:
            continue
        mark = int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else None
        if mark is None or not rules.scale.lowest <= mark <= rules.scale.highest:
            wrong[f"{MARK}{key}"] = not_a_mark(rules.scale)
        else:
            marks[key] = mark
    texts = {name: tidy_text(form.get(f"{prefix}{name}")) for name in (COMMENT, FEEDBACK)}
    for name, text in texts.items():
        if len(text) > scoring.LONGEST_TEXT:
            wrong[name] = _("This is longer than the 20,000 characters that can be kept.")
    return Typed(Content(marks, texts[COMMENT], texts[FEEDBACK]), wrong)


def not_a_mark(scale: Scale) -> str:
    return _(
        "This is no mark: give a whole number from %(lowest)d to %(highest)d.",
        lowest=scale.lowest,
        highest=scale.highest,
    )


def missing(keys: tuple[str, ...]) -> dict[str, str]:
    """What is said beside criteria that have no mark yet."""
    return {f"{MARK}{key}": _("A mark is still missing here.") for key in keys}


def base_of(form: Posted) -> int:
    """The version that a form was made from; what isn't a number is older than all."""
    said = str(form.get("base", ""))
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


def card(
    here: Reader,
    item: Item,
    content: Content,
    *,
    base: int,
    wrong: Mapping[str, str] | None = None,
) -> Card:
    """The card of a nomination, filled with marks and texts."""
    return of_category(here, item.category, content, base=base, wrong=wrong)


def of_category(
    here: Reader,
    category: str,
    content: Content,
    *,
    base: int = 0,
    wrong: Mapping[str, str] | None = None,
) -> Card:
    """The same of whatever is marked by the criteria of a category."""
    rules, told = here.seat.rules, wrong or {}
    lines = tuple(_lines(here.seat, here.edition.language, category, content, told))
    return Card(lines, content, base, told, len(content.marks), total_of(rules, category, content.marks))


def total_of(rules: Rules, category: str, marks: Mapping[str, int]) -> Fraction | None:
    """The total of a sheet that has all its marks, by the weights of the rules."""
    return None if scoring.missing(rules, category, marks) else sheet_total(rules, category, marks)


def _lines(
    seat: Seat, fallback: str, category: str, content: Content, wrong: Mapping[str, str]
) -> Iterator[Line]:
    rules = seat.rules
    weights = {criterion.weight for criterion in rules.criteria_of(category)}
    for criterion in rules.criteria_of(category):
        texts = seat.texts.get("criteria", {}).get(criterion.key, {})
        anchors = tuple(_anchors(texts, rules.scale, fallback))
        mark = content.marks.get(criterion.key)
        yield Line(
            criterion.key,
            choose(texts.get("name"), fallback) or Text(criterion.key, ""),
            choose(texts.get("text"), fallback),
            str(criterion.weight) if len(weights) > 1 else "",
            mark,
            tuple(_choices(rules.scale, mark, anchors)),
            anchors,
            rules.scale.lowest,
            rules.scale.highest,
            wrong.get(f"{MARK}{criterion.key}", ""),
        )


def _choices(scale: Scale, mark: int | None, anchors: tuple[Anchor, ...]) -> Iterator[Choice]:
    if scale.highest - scale.lowest >= MOST_BUTTONS:
        return
    for number in range(scale.lowest, scale.highest + 1):
        means = next((it.text for it in anchors if number in it.covers), NOTHING)
        yield Choice(number, number == mark, means)


def _anchors(texts: Mapping[str, Any], scale: Scale, fallback: str) -> Iterator[Anchor]:
    """The wordings of a criterion's marks, lowest first; a key that names no mark of the scale says nothing."""
    stated = texts.get("anchors", {})
    known = {key: anchored(key, scale) for key in stated}
    for key in sorted((key for key in known if known[key]), key=lambda it: known[it].start):
        text = choose(stated[key].get("text"), fallback)
        if text:
            yield Anchor(key.replace("-", "–"), text, known[key])

"""The call for nominations: whether it is open, what is asked, and the blank form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from awards import sections
from awards.sections import Section
from awards.timetable import Deadline, Moment, Phase
from awards.web import built_in
from awards.web.face import Face
from awards.web.questions import Naming
from awards.web.texts import Text
from awards.web.words import language_name
from judging.rules import Field, Rules


class Standing(StrEnum):
    """Whether nominations can be begun now."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Call:
    """The call of an edition that takes nominations; `moment` is its opening before that, its deadline after."""

    standing: Standing
    moment: Deadline | None
    categories: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the blank form with the words of its questions."""

    name: Text
    questions: tuple[tuple[Field, Naming], ...]


def of(face: Face, rules: Rules, now: datetime) -> Call | None:
    """The call; None outside the phase of nominations."""
    if face.phase is not Phase.NOMINATIONS:
        return None
    opens, closes = face.moment(Moment.NOMINATIONS_OPEN), face.moment(Moment.NOMINATIONS_CLOSE)
    categories = tuple(
        (face.names.name("categories", it.key), face.names.name("categories", it.key, "text"))
        for it in rules.categories
    )
    if opens is not None and now < opens.instant:
        return Call(Standing.NOT_YET, opens, categories)
    over = closes is not None and closes.instant < now
    return Call(Standing.OVER if over else Standing.OPEN, closes, categories)


def parts(face: Face, rules: Rules) -> list[Part]:
    """The blank form: every question there may be, whatever one answers to the others."""
    form = blank(face, rules)
    names = built_in.namings(face.texts, rules, form, face.edition.language)
    return [
        Part(
            built_in.section_name(face.texts, section, face.edition.language),
            tuple((field, names[field.key]) for field in section.fields),
        )
        for section in form
    ]


def blank(face: Face, rules: Rules) -> Sequence[Section]:
    """The sections of a form in which nothing is answered yet."""
    category = max(rules.categories, key=_choice)
    return sections.of_form(rules, face.texts, {"category": category.key, "language": ""})


def languages(rules: Rules) -> list[str]:
    """The names of the languages in which a nomination may be written; none where the rules ask for none."""
    return [language_name(tag) for tag in rules.eligibility.languages]


def _choice(category: object) -> int:
    return len(getattr(category, "nominee_kinds", ()))

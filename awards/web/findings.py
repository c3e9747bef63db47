"""The sentences of findings: what a rule found about a nomination, and what could not be checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from babel import Locale
from babel.dates import format_date
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards.eligibility import FindingKind, NotChecked
from awards.web.kinds import ORGANISATION_KINDS
from awards.web.texts import Names
from judging.rules import INDIVIDUAL

Data = Mapping[str, object]
FieldName = Callable[[str], object]

BUILT_IN: Mapping[str, object] = {
    "category": _l("Category"),
    "nominee_kind": _l("Project or individual"),
    "title": _l("Title"),
    "titles": _l("Title in other languages"),
    "organisation_name": _l("Organisation"),
    "organisation_id": _l("Organisation in the directory"),
    "city": _l("City"),
    "country": _l("Country"),
    "language": _l("Language of the nomination"),
    "summary": _l("Summary"),
    "summaries": _l("Summary in other languages"),
    "topics": _l("Topics"),
    "kept_back": _l("Not for publication"),
    "nominee": _l("The person nominated"),
}
"""The names of what every form asks, beside the programme's own fields."""

SHORT: Mapping[FindingKind, object] = {
    FindingKind.LATE: _l("late"),
    FindingKind.IN_TWO_CATEGORIES: _l("in two categories"),
    FindingKind.TOO_MANY_FROM_CITY: _l("too many from its city"),
    FindingKind.NOMINEE_KIND: _l("not for this category"),
    FindingKind.ORGANISATION_KIND: _l("kind of organisation"),
    FindingKind.CITY_APPROVAL_MISSING: _l("city's approval missing"),
    FindingKind.NOT_A_MEMBER: _l("not a member"),
    FindingKind.RUNNING_TOO_SHORT: _l("running too short"),
    FindingKind.FIELD_MISSING: _l("answer missing"),
    FindingKind.FILE_MISSING: _l("file missing"),
    FindingKind.LANGUAGE: _l("language"),
    FindingKind.EARLIER_WINNER: _l("earlier winner"),
    FindingKind.POSSIBLE_DUPLICATE: _l("possible duplicate"),
}
"""Findings in a few words, for lists."""

UNCHECKED: Mapping[FindingKind, object] = {
    FindingKind.LATE: _l(
        "Whether it was in time could not be checked: no deadline is stated, or no time is known."
    ),
    FindingKind.CITY_APPROVAL_MISSING: _l(
        "The city's approval could not be checked for nominations brought in from a file without that column."
    ),
    FindingKind.RUNNING_TOO_SHORT: _l(
        "How long a project has run could not be checked for nominations brought in from a file without that column."
    ),
    FindingKind.ORGANISATION_KIND: _l(
        "The kind of organisation could not be checked where the directory does not know it."
    ),
    FindingKind.LANGUAGE: _l(
        "The language could not be checked for nominations brought in from a file without that column."
    ),
}


def field_name(key: str, names: Names) -> object:
    """What a field is called: one of every form, or one of the programme's."""
    return BUILT_IN[key] if key in BUILT_IN else names.name("fields", key)


def short(kind: FindingKind | str) -> str:
    """A finding in a few words."""
    return str(SHORT[FindingKind(kind)])


def sentence(kind: FindingKind | str, data: Data, field: FieldName = str) -> str:
    """A finding as a sentence with its numbers; `field` names a field by its key. Empty for a kind that is none."""
    return SENTENCES[FindingKind(kind)](data, field) if kind in SENTENCES else ""


def unchecked(missing: NotChecked, field: FieldName = str) -> str:
    """What could not be checked, as a sentence."""
    if missing.kind in UNCHECKED:
        return str(UNCHECKED[missing.kind])
    return _(
        "“%(field)s” could not be checked for nominations brought in from a file without that column.",
        field=field(missing.field),
    )


def _late(data: Data, _field: FieldName) -> str:
    minutes = _number(data, "minutes")
    if minutes < 120:
        return ngettext(
            "It was submitted one minute after the deadline.",
            "It was submitted %(num)d minutes after the deadline.",
            minutes,
        )
    if minutes < 48 * 60:
        return ngettext(
            "It was submitted one hour after the deadline.",
            "It was submitted %(num)d hours after the deadline.",
            minutes // 60,
        )
    return ngettext(
        "It was submitted one day after the deadline.",
        "It was submitted %(num)d days after the deadline.",
        minutes // (24 * 60),
    )


def _in_two(data: Data, _field: FieldName) -> str:
    if data.get("other"):
        return _("The same project is nominated in another category too: %(other)s.", other=data["other"])
    return _("The same project is nominated in another category too. A project is nominated in one only.")


def _too_many(data: Data, _field: FieldName) -> str:
    return _(
        "%(found)d nominations stand for this city; the rules allow %(limit)d.",
        found=_number(data, "found"),
        limit=_number(data, "limit"),
    )


def _nominee_kind(data: Data, _field: FieldName) -> str:
    if data.get("found") == INDIVIDUAL:
        return _("This category takes no individuals.")
    return _("This category takes no projects.")


def _organisation_kind(data: Data, _field: FieldName) -> str:
    kind = str(data.get("found", ""))
    return _(
        "The rules do not admit this kind of organisation: %(kind)s.",
        kind=ORGANISATION_KINDS.get(kind, kind),
    )


def _too_short(data: Data, _field: FieldName) -> str:
    try:
        started = format_date(date.fromisoformat(str(data.get("started_on"))), "long", locale=_locale())
    except ValueError:
        started = str(data.get("started_on", ""))
    return ngettext(
        "It started on %(day)s; at the deadline it must have run for %(num)d month.",
        "It started on %(day)s; at the deadline it must have run for %(num)d months.",
        _number(data, "months"),
        day=started,
    )


def _language(data: Data, _field: FieldName) -> str:
    tag = str(data.get("found", ""))
    return _(
        "It is written in a language that the rules do not accept: %(language)s.",
        language=_locale().languages.get(tag, tag),
    )


SENTENCES: Mapping[FindingKind, Callable[[Data, FieldName], str]] = {
    FindingKind.LATE: _late,
    FindingKind.IN_TWO_CATEGORIES: _in_two,
    FindingKind.TOO_MANY_FROM_CITY: _too_many,
    FindingKind.NOMINEE_KIND: _nominee_kind,
    FindingKind.ORGANISATION_KIND: _organisation_kind,
    FindingKind.CITY_APPROVAL_MISSING: lambda d, f: _("The approval of the city is missing."),
    FindingKind.NOT_A_MEMBER: lambda d, f: _("The organisation is not a member of the association."),
    FindingKind.RUNNING_TOO_SHORT: _too_short,
    FindingKind.FIELD_MISSING: lambda d, f: _(
        "“%(field)s” has not been answered.", field=f(str(d.get("field", "")))
    ),
    FindingKind.FILE_MISSING: lambda d, f: _(
        "A file is missing: %(field)s.", field=f(str(d.get("field", "")))
    ),
    FindingKind.LANGUAGE: _language,
    FindingKind.EARLIER_WINNER: lambda d, f: _("This project won a prize in an earlier edition."),
    FindingKind.POSSIBLE_DUPLICATE: lambda d, f: _(
        "It may be the same as %(other)s: the title or a file is the same.", other=d.get("other", "")
    ),
}


def _number(data: Data, name: str) -> int:
    value = data.get(name, 0)
    return value if isinstance(value, int) else 0


def _locale() -> Locale:
    """The conventions of the language in which is spoken now, on a page or in a mail."""
    return get_locale() or Locale("en")

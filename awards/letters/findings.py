"""The rules that a nomination did not meet, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from awards import untrusted
from awards.eligibility import FindingKind
from awards.letters.letter import Case
from awards.web import words
from judging.values import Json

Data = Mapping[str, Any]


def sentence(case: Case, found: Json) -> str:
    """One finding, {"kind": ..., "data": {...}}, as a sentence; empty where it is none that we know."""
    if not isinstance(found, dict):
        return ""
    kind, data = str(found.get("kind", "")), found.get("data")
    if kind not in SENTENCES:
        return ""
    return SENTENCES[FindingKind(kind)](case, data if isinstance(data, dict) else {})


def _number(data: Data, key: str) -> int:
    found = data.get(key)
    return found if isinstance(found, int) else 0


def _late(_case: Case, data: Data) -> str:
    minutes = _number(data, "minutes")
    return ngettext(
        "It came %(num)s minute after the deadline.", "It came %(num)s minutes after the deadline.", minutes
    )


def _in_two(_case: Case, data: Data) -> str:
    other = untrusted.line(data.get("other", ""))
    return _("The same project is also nominated in another category: %(other)s.", other=other)


def _too_many(_case: Case, data: Data) -> str:
    return _(
        "At most %(limit)s nominations may come from one city; from this one there are %(found)s.",
        limit=_number(data, "limit"),
        found=_number(data, "found"),
    )


def _kind(_case: Case, _data: Data) -> str:
    return _("This category is not for nominees of this kind.")


def _organisation(_case: Case, _data: Data) -> str:
    return _("These awards are not for organisations of this kind.")


def _approval(_case: Case, _data: Data) -> str:
    return _("The approval of the city is missing.")


def _member(_case: Case, _data: Data) -> str:
    return _("These awards are for members only, and the organisation is none.")


def _running(_case: Case, data: Data) -> str:
    months, started = _number(data, "months"), str(data.get("started_on", ""))
    try:
        on = words.day(date.fromisoformat(started))
    except ValueError:
        on = ""
    asked = ngettext(
        "A project must have run for %(num)s month.", "A project must have run for %(num)s months.", months
    )
    began = _("This one began on %(day)s.", day=on) if on else ""
    return f"{asked} {began}".strip()


def _field(case: Case, data: Data) -> str:
    return _("An answer is missing: %(field)s.", field=case.name("fields", data.get("field", "")))


def _file(case: Case, data: Data) -> str:
    return _("A file is missing: %(field)s.", field=case.name("fields", data.get("field", "")))


def _language(_case: Case, data: Data) -> str:
    tag = untrusted.line(words.language_name(str(data.get("found", ""))), 40)
    return _("It is written in a language that these awards do not take: %(language)s.", language=tag)


def _winner(_case: Case, _data: Data) -> str:
    return _("The same project won in an earlier edition.")


def _duplicate(_case: Case, data: Data) -> str:
    other = untrusted.line(data.get("other", ""))
    return _("It may be the same as another nomination: %(other)s.", other=other)


SENTENCES: Mapping[FindingKind, Callable[[Case, Data], str]] = {
    FindingKind.LATE: _late,
    FindingKind.IN_TWO_CATEGORIES: _in_two,
    FindingKind.TOO_MANY_FROM_CITY: _too_many,
    FindingKind.NOMINEE_KIND: _kind,
    FindingKind.ORGANISATION_KIND: _organisation,
    FindingKind.CITY_APPROVAL_MISSING: _approval,
    FindingKind.NOT_A_MEMBER: _member,
    FindingKind.RUNNING_TOO_SHORT: _running,
    FindingKind.FIELD_MISSING: _field,
    FindingKind.FILE_MISSING: _file,
    FindingKind.LANGUAGE: _language,
    FindingKind.EARLIER_WINNER: _winner,
    FindingKind.POSSIBLE_DUPLICATE: _duplicate,
}

"""What a rehearsal found, in words: what it is, what to do about it, and the page where it is mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from awards import judges
from awards.models import Edition
from awards.rehearsing.findings import Kind, Severity
from awards.web.rehearsed_cases import CASES
from awards.web.rehearsed_tones import STEPS, Spoken

HEADINGS: Mapping[Severity, object] = {
    Severity.STOPS: _l("Stops the edition"),
    Severity.LOOK: _l("Should be looked at"),
    Severity.KNOW: _l("Good to know"),
}
FIGURES: Mapping[str, object] = {
    "judges": _l("Judges"),
    "nominations": _l("Number of nominations"),
    "categories": _l("Categories"),
    "sheets": _l("Score sheets"),
    "least": _l("Fewest nominations of one judge"),
    "most": _l("Most nominations of one judge"),
    "electors": _l("Electors"),
    "ballots": _l("Ballots"),
    "shares": _l("Shares of the key that opened"),
    "prizes": _l("Prizes"),
    "certificates": _l("Certificates"),
    "mails": _l("Mails"),
}
MOST_DETAILS = 40


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words; `endpoint` is the page of the edition where it is mended."""

    says: str
    details: tuple[str, ...]
    advice: str
    endpoint: str


def judges_of(session: Session, edition: Edition) -> dict[str, str]:
    """What the judges of an edition are called, by their identifiers."""
    return {it.public_id: it.account.name or it.account.email for it in judges.of_edition(session, edition)}


def groups(report: Mapping[str, Any], spoken: Spoken) -> list[tuple[Severity, list[Said]]]:
    """The findings by how much they matter, the gravest first; severities without any are left out."""
    found: dict[Severity, list[Said]] = {it: [] for it in Severity}
    for it in report.get("findings", ()):
        found[Severity(it["severity"])].append(_said(it, spoken))
    return [(severity, said) for severity, said in found.items() if said]


def _said(finding: Mapping[str, Any], spoken: Spoken) -> Said:
    case = CASES[Kind(finding["kind"])]
    values = finding["values"]
    details = tuple(case.details(values, spoken)) if case.details else ()
    more = len(details) - MOST_DETAILS
    if more > 0:
        details = (*details[:MOST_DETAILS], ngettext("%(num)d more", "%(num)d more", more))
    advice = case.advice(values) if case.advice else ""
    return Said(case.says(values, spoken), details, advice, case.endpoint)


def played(report: Mapping[str, Any]) -> Iterator[tuple[object, str]]:
    """Every step, and whether it was played."""
    done = set(report.get("played", ()))
    for step, name in STEPS.items():
        if step.value in done:
            yield name, _("Played")
        elif step.value == report.get("stopped"):
            yield name, _("Stopped here")
        else:
            yield name, _("Not reached")


def figures(report: Mapping[str, Any]) -> list[tuple[object, int]]:
    """What was played with, in numbers."""
    found = report.get("figures", {})
    return [(name, found[key]) for key, name in FIGURES.items() if key in found]


def summary(report: Mapping[str, Any]) -> str:
    """The figures on one line."""
    return "; ".join(f"{name}: {number}" for name, number in figures(report))

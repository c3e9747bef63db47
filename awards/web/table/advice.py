"""What the calibration says to chair and auditor, read in a few queries, and why it says nothing where it doesn't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from awards import affiliations, calibrations, chairs, judges, nominations
from awards.extensions import db
from awards.models import Calibration, CalibrationState, Edition, Judge, Nomination, NominationRevision
from awards.web import sessions
from awards.web.secretariat.frame import name_of

FSI, PDI = "\u2068", "\u2069"
"""Around a name in a sentence, so that one written the other way leaves the rest in order."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a judge belongs: countries, and organisations by row."""

    countries: frozenset[str]
    organisations: frozenset[int]


@dataclass(frozen=True)
class Advice:
    """The calibration that is or will be in force, with whom and what its keys mean.

    `kept_out`: the references of which whoever reads may not be advised.
    """

    edition: Edition
    row: Calibration | None
    panel: Mapping[str, Judge]
    kept_out: frozenset[str]
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return self.row is not None and self.row.state is CalibrationState.FITTED

    @property
    def has_failed(self) -> bool:
        return self.row is not None and self.row.state is CalibrationState.FAILED

    def name(self, judge: str) -> str:
        found = self.panel.get(judge)
        return f"{FSI}{name_of(found.account)}{PDI}" if found else judge

    @cached_property
    def homes(self) -> dict[str, Home]:
        """Where each judge belongs."""
        ties: dict[int, list[Any]] = {}
        for tie in affiliations.holding(db.session(), [it.account for it in self.panel.values()]):
            ties.setdefault(tie.account_id, []).append(tie)
        return {
            key: Home(
                frozenset({it.nationality, it.residence, *(tie.country for tie in mine)} - {""}),
                frozenset(tie.organisation_id for tie in mine if tie.organisation_id is not None),
            )
            for key, it in self.panel.items()
            for mine in [ties.get(it.account_id, [])]
        }

    def shares(self, judge: str, nomination: NominationRevision) -> str:
        """What a judge has in common with a nomination, in words; nothing where it is nothing."""
        home = self.homes.get(judge)
        if home is None:
            return ""
        if nomination.organisation_id in home.organisations:
            return _("the same organisation")
        return _("the same country") if nomination.country in home.countries else ""

    @property
    def why_not(self) -> list[str]:
        """Why there is nothing to be read yet."""
        if self.row is None:
            return [_("The marks are not compared yet: that begins when the first round is closed.")]
        if self.has_failed:
            return [
                _("The comparison of the marks could not be finished. The standing does not hang on that."),
                _("It can be tried again. If it fails again, tell the people who run this site."),
            ]
        if self.row.state is CalibrationState.RUNNING and self.row.steps:
            done = min(self.row.done * 100 // self.row.steps, 99)
            return [
                _("The marks are being compared: %(percent)d %% are done.", percent=done),
                _("Load this page again in a minute."),
            ]
        return [
            _("The marks are waiting to be compared. That begins within a minute."),
            _("Load this page again in a minute."),
        ]


def of(edition: Edition) -> Advice:
    """What there is for whoever reads."""
    session = db.session()
    row = calibrations.latest(session, edition)
    hidden = chairs.kept_out(session, edition, sessions.me())
    found: list[Nomination] = nominations.of_edition(session, edition) if hidden else []
    ready = row is not None and row.state is CalibrationState.FITTED
    return Advice(
        edition=edition,
        row=row,
        panel={it.public_id: it for it in judges.of_edition(session, edition)},
        kept_out=frozenset(it.reference for it in found if it.id in hidden),
        document=row.document if ready and row is not None else {},
    )

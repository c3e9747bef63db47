"""The cut line of a category: how sure each place is, for chair, deputies and auditor, beside what decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import borderline, calibrations, editions
from awards.calibrations import NotFailed
from awards.extensions import db
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import may, name_of
from awards.web.table import advice, chances, cut_drawing
from awards.web.table.advice import FSI, PDI, Advice
from awards.web.table.chances import BANDS, Chance, Change
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.sight import Sight, category_or_404
from awards.web.table.stood import Line
from awards.web.texts import listed
from judging.calibration.values import Band, Why
from judging.values import StandingBy, rounded

Fit = Mapping[str, Any]
BEFORE = _l(
    "The first round is not closed. What the marks say of each other is there once it is, never before."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A nomination as it stands, with what the calibration says of it; `fit` None where it says nothing."""

    line: Line
    fit: Fit | None
    adjusted: bool

    @property
    def is_known(self) -> bool:
        return self.fit is not None

    @property
    def raw(self) -> str:
        return self.line.mean

    @property
    def fair(self) -> str:
        """The one that decides, where it does: that of a category stays while its own sheets do."""
        if self.line.by_fair:
            return self.line.total
        return rounded(Fraction(self.fit["fair"])) if self.fit else ""

    @property
    def share(self) -> str:
        return chances.percent(Fraction(self.fit["p_top"])) if self.fit else ""

    @property
    def band(self) -> Band | None:
        return Band(self.fit["band"]) if self.fit else None

    @property
    def said(self) -> object:
        return BANDS[self.band] if self.band else ""

    @property
    def ranks(self) -> str:
        if not self.fit:
            return ""
        low, high = self.fit["rank_low"], self.fit["rank_high"]
        return str(low) if low == high else f"{low}–{high}"


def called(line: Line) -> str:
    """A nomination within a sentence: its reference and its city."""
    return f"{FSI}{line.nomination.reference} {line.revision.city or line.revision.organisation_name}{PDI}"


@blueprint.get("/<category>/cut-line")
@audience(Audience.ADVICE)
def cut_line(edition: str, category: str) -> Answer:  # noqa: ARG001
    """How sure the cut of one category is."""
    here = door.edition()
    if not is_closed():
        if category not in {it.key for it in editions.rules_of(db.session(), here).categories}:
            abort(404)
        return no_advice(_("The cut line"), "table.index", [str(BEFORE)])
    it = category_or_404(category)
    found = advice.of(here)
    title = _("The cut line: %(category)s", category=str(it.name))
    if not found.is_ready:
        return no_advice(title, "table.index", found.why_not, failed=found.has_failed, it=it)
    bound = sorted(found.kept_out & {line.nomination.reference for line in it.lines})
    if bound:
        return no_advice(title, "table.index", bound_said(it, bound), it=it)
    fit = calibrations.category(found.document, category)
    if fit is None:
        return no_advice(title, "table.index", [_("No sheet of this category counts.")], it=it)
    return _show(it, found, fit, title)


def bound_said(it: Sight, references: Iterable[str]) -> list[str]:
    """That whoever reads has a conflict, and who reads it instead."""
    says = [
        _(
            "You have a conflict with: %(references)s. So you are not advised about this category.",
            references=", ".join(references),
        )
    ]
    if it.acting is not None and not it.is_mine:
        says.append(_("Who reads it: %(name)s.", name=name_of(it.acting.account)))
    return says


def no_advice(title: str, tab: str, why: list[str], *, failed: bool = False, it: Sight | None = None) -> str:
    """A page that says in words why there is nothing to be read."""
    again = failed and may(Audience.ADVICE, reading=False)
    return show("no_advice.html", tab, title=title, why=why, again=again, it=it)


@blueprint.post("/acts/calibrate")
@audience(Audience.ADVICE)
def calibrate(edition: str) -> Answer:  # noqa: ARG001
    """Try a calibration again that failed."""
    try:
        calibrations.again(db.session(), door.edition(), actor=sessions.actor(), now=sessions.now())
    except NotFailed:
        db.session.rollback()
        return lead("table.reliability", _("It has not failed, so nothing was begun anew."), "caution")
    db.session.commit()
    return lead("table.reliability", _("It is tried again. Load this page in a minute."))


def _show(it: Sight, found: Advice, fit: Fit, title: str) -> str:
    decides, no_fair = decides_said(found, fit)
    by_name = {} if no_fair else {one["nomination"]: one for one in fit["nominations"]}
    adjusted = set(fit["adjusted"])
    rows = [
        Row(line, by_name.get(line.nomination.reference), line.nomination.reference in adjusted)
        for line in it.lines
    ]
    lines = {line.nomination.reference: line for line in it.lines}
    changes, level = _changes(found, it, fit), any(line.open for line in it.lines)
    could = [
        (found.name(one["judge"]), called(lines[one["nomination"]]))
        for one in fit["missing"]
        if one["could_matter"] and one["nomination"] in lines
    ]
    return show(
        "cut_line.html",
        "table.index",
        it=it,
        title=title,
        decides=decides,
        no_fair=no_fair,
        sentences=[] if no_fair else chances.places_said(_chances(rows), it.places),
        hangs=chances.without_said(changes, level=level) if len(rows) > it.places else [],
        level=level,
        doubt=[] if no_fair or len(rows) <= it.places else _doubt(fit, it.places),
        rows=rows,
        drawing=None if no_fair or len(rows) < 2 else cut_drawing.of(rows, it.places, it.cut_after),
        changes=changes,
        judges=len(fit["without"]),
        missing=chances.missing_said(could, len(fit["missing"]) - len(could)),
        against=against_said(fit, lines, no_fair=no_fair),
        method_dependent=fit["method_dependent"],
        readings_can_come=borderline.can_come(db.session(), door.edition()),
        bands=BANDS,
    )


def _doubt(fit: Fit, places: int) -> list[str]:
    margin = None if fit["margin"] is None else Fraction(fit["margin"])
    return chances.doubt_said(Fraction(fit["expected_wrong"]), margin, places=places)


def changes_of(it: Sight, fit: Fit) -> dict[str, tuple[list[str], list[str]]]:
    """Who would come in and who go out without each judge without whom the category would stand otherwise."""
    best = [one["nomination"] for one in fit["nominations"][: fit["places"]]]
    advancing = {line.nomination.reference for line in it.lines if line.advances}
    level = {line.nomination.reference for line in it.lines if line.open}
    found = {one["judge"]: chances.changed(one, best, advancing, level) for one in fit["without"]}
    return {judge: (enters, leaves) for judge, (enters, leaves) in found.items() if enters or leaves}


def _changes(found: Advice, it: Sight, fit: Fit) -> list[Change]:
    lines = {line.nomination.reference: line for line in it.lines}
    said = []
    for judge, (enters, leaves) in changes_of(it, fit).items():
        ins, outs = ([lines[name] for name in names if name in lines] for names in (enters, leaves))
        ties = [
            _("%(nomination)s: %(tie)s", nomination=called(line), tie=tie)
            for line in (*ins, *outs)
            if (tie := found.shares(judge, line.revision))
        ]
        said.append(Change(found.name(judge), tuple(map(called, ins)), tuple(map(called, outs)), tuple(ties)))
    return said


def _chances(rows: list[Row]) -> list[Chance]:
    return [
        Chance(
            position=row.line.position,
            name=called(row.line),
            share=Fraction(row.fit["p_top"]),
            band=Band(row.fit["band"]),
            inside=row.line.advances or row.line.open,
        )
        for row in rows
        if row.fit
    ]


def decides_said(found: Advice, fit: Fit) -> tuple[list[str], bool]:
    """Which total decides and why, and whether there is no fair score at all."""
    rules = editions.rules_of(db.session(), found.edition)
    says = why_said(fit)
    no_fair = fit["why"] in (Why.NOT_LINKED, Why.TOO_FEW)
    if rules.standing is StandingBy.MEAN:
        return [_("The plain mean decides; this page is advice."), *(says if no_fair else [])], no_fair
    if fit["deciding"] == "fair":
        return [_("The fair score decides, as the rules say.")], no_fair
    return [
        _("The rules let the fair score decide where it can be trusted. Here the plain mean decides."),
        *says,
    ], (no_fair)


def why_said(fit: Fit) -> list[str]:
    """Why there is no fair score, or why it may not decide."""
    if fit["why"] == Why.NOT_LINKED:
        return [
            _(
                "There is no fair score: the judges of this category fall into %(parts)d groups that read no "
                "nomination in common. Whether a group is strict, or had the weaker nominations, can't be told.",
                parts=len(fit["parts"]),
            )
        ]
    if fit["why"] == Why.TOO_FEW:
        return [
            _(
                "There is no fair score: there are too few sheets to tell the strictness of judges from chance."
            )
        ]
    if fit["why"] == Why.PREDICTS_NO_BETTER:
        return [
            _(
                "The fair score was tried on sheets that were put aside, and it foretold them no better than the "
                "plain mean."
            )
        ]
    return []


def against_said(fit: Fit, lines: Mapping[str, Line], *, no_fair: bool) -> list[str]:
    """Who would be in by the other of the two totals."""
    if no_fair:
        return []
    enters = [called(lines[name]) for name in fit["enters"] if name in lines]
    leaves = [called(lines[name]) for name in fit["leaves"] if name in lines]
    if not enters and not leaves:
        return [_("By plain mean and by fair score the same nominations are ahead of the cut.")]
    return [
        _("By the fair score these would be in: %(names)s.", names=listed(enters)),
        _("By the plain mean these would be in instead: %(names)s.", names=listed(leaves)),
    ]

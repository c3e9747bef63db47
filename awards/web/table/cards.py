"""Judge cards for the chair: how strictly, how evenly and how apart a judge marked, and sheets far from the others'."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flask import abort, url_for
from flask_babel import gettext as _

from awards import calibrations, nominations
from awards.extensions import db
from awards.models import Judge
from awards.web import door, sessions, severities
from awards.web.access import Audience, audience
from awards.web.severities import Card
from awards.web.table import advice, sight
from awards.web.table.advice import Advice
from awards.web.table.cut_line import BEFORE, changes_of, no_advice
from awards.web.table.routes import Answer, blueprint, is_closed, show
from awards.web.texts import Text
from judging.values import rounded

MOST_FAR = 100


@dataclass(frozen=True, slots=True)
class Far:
    """A sheet more than three points from what the others gave the same nomination."""

    judge: str
    name: str
    reference: str
    address: str
    value: str
    panel: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A judge in the list. `card` None where no sheet of theirs counts."""

    judge: Judge
    name: str
    card: Card | None
    far: int

    @property
    def severity(self) -> str:
        return severities.severity(self.card) if self.card else ""


@blueprint.get("/judges")
@audience(Audience.ADVICE)
def judges(edition: str) -> Answer:  # noqa: ARG001
    """All judges, and all sheets that are far from the others'."""
    title = _("How judges marked")
    if not is_closed():
        return no_advice(title, "", [str(BEFORE)])
    found = advice.of(door.edition())
    if not found.is_ready:
        return no_advice(title, "table.judges", found.why_not, failed=found.has_failed)
    far, hidden = far_of(found)
    counts = {key: sum(it.judge == key for it in far) for key in found.panel}
    cards = {it["judge"]: it for it in found.document["judges"]}
    seats = [
        Seat(it, found.name(key), cards.get(key), counts[key])
        for key, it in found.panel.items()
        if key in cards
    ]
    return show(
        "judges.html",
        "table.judges",
        seats=seats,
        far=far[:MOST_FAR],
        more=max(len(far) - MOST_FAR, 0),
        hidden=hidden,
    )


@blueprint.get("/judges/<judge>")
@audience(Audience.ADVICE)
def judge(edition: str, judge: str) -> Answer:  # noqa: ARG001
    """One judge."""
    if not is_closed():
        return no_advice(_("How judges marked"), "", [str(BEFORE)])
    found = advice.of(door.edition())
    if judge not in found.panel:
        abort(404)
    title = _("How %(name)s marked", name=found.name(judge))
    if not found.is_ready:
        return no_advice(title, "table.judges", found.why_not, failed=found.has_failed)
    card = severities.of_judge(found.document, judge)
    if card is None:
        return no_advice(title, "table.judges", [_("No sheet of this judge counts.")])
    far, hidden = far_of(found, judge)
    return show(
        "judge.html",
        "table.judges",
        title=title,
        card=card,
        far=far,
        hidden=hidden,
        severities=severities,
        decided=decided_by(found, judge),
        kept_out=bool(found.kept_out),
        own=found.panel[judge].account_id == sessions.me().id,
    )


def far_of(found: Advice, judge: str | None = None) -> tuple[list[Far], int]:
    """Sheets far from the others', of one judge or of all, and how many whoever reads may not see."""
    edition = door.edition()
    listed = [it for it in found.document["far"] if judge in (None, it["judge"])]
    shown = [it for it in listed if it["nomination"] not in found.kept_out]
    there = (
        {it.reference: it.category for it in nominations.of_edition(db.session(), edition)} if shown else {}
    )
    rows = [
        Far(
            judge=it["judge"],
            name=found.name(it["judge"]),
            reference=it["nomination"],
            address=url_for("table.category", edition=edition.key, category=there[it["nomination"]]),
            value=rounded(Fraction(it["value"])),
            panel=rounded(Fraction(it["panel"])),
        )
        for it in shown
        if it["nomination"] in there
    ]
    return rows, len(listed) - len(shown)


def decided_by(found: Advice, judge: str) -> list[tuple[str, Text]]:
    """The categories in which a place hangs on one judge.

    Not those with a nomination that whoever reads has a conflict with.
    """
    return [
        (it.key, it.name)
        for it in sight.board(found.edition)
        if not found.kept_out & {line.nomination.reference for line in it.lines}
        and len(it.lines) > it.places
        and (fit := calibrations.category(found.document, it.key)) is not None
        and judge in changes_of(it, fit)
    ]

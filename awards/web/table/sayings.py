"""The words of the table: totals as people read them, the cut, and every step of the ladder."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.models import Decision, DecisionKind
from awards.verdicts import Stage
from awards.web.chapters import STEPS
from awards.web.texts import Names, listed
from judging.ladder import StepTaken
from judging.shortlist import Standing, StandingRow
from judging.values import Deciding, Finalist, Step, StepResult, rounded

MOST_DECIMALS = 6
RESULTS: Final[Mapping[StepResult, object]] = {
    StepResult.SETTLED: _l("This settles it."),
    StepResult.PARTED: _l("This parts some of them; the next step compares those that are still level."),
    StepResult.STILL_LEVEL: _l("They stay level."),
}
FINALISTS: Final[Mapping[Finalist, object]] = {
    Finalist.YES: _l("advances"),
    Finalist.NO: _l("does not advance"),
    Finalist.OPEN: _l("level at the cut"),
}

WHY: Final[Mapping[str, object]] = {
    "not_linked": _l(
        "The plain mean decides here: some judges of this category read no nomination in common with the others, "
        "so their strictness can't be compared."
    ),
    "predicts_no_better": _l(
        "The plain mean decides here: the fair score predicts no better than it what a judge gives."
    ),
    "too_few": _l("The plain mean decides here: there are too few sheets for a fair score."),
}
"""Why the fair score does not decide a category, though the rules would let it."""


def figure(number: Fraction) -> str:
    """A number without loss: "8.25" where its decimals end, else "8.667 (26/3)"."""
    for places in range(MOST_DECIMALS + 1):
        if (number * 10**places).denominator == 1:
            return rounded(number, places)
    return f"{rounded(number, 3)} ({mixed(number)})"


def mixed(number: Fraction) -> str:
    """A number as a whole and a fraction: "8 2/3"."""
    whole, rest = divmod(number.numerator, number.denominator)
    if not rest:
        return str(whole)
    return f"{whole} {rest}/{number.denominator}" if whole else f"{rest}/{number.denominator}"


def decided_by(standing: Standing) -> list[str]:
    """Which total decides, and why, where the rules let a calibration decide; else nothing needs to be said."""
    if standing.deciding is None:
        return []
    if standing.deciding is Deciding.FAIR:
        return [
            _(
                "The fair score decides: what a judge of average strictness would have given. "
                "The plain mean stands beside it."
            )
        ]
    return [str(WHY[standing.why or ""])]


def cut(standing: Standing, places: int) -> list[str]:
    """What decides, who advances and where the cut runs, in sentences."""
    return [*decided_by(standing), *_cut(standing, places)]


def _cut(standing: Standing, places: int) -> list[str]:
    rows = standing.rows
    if not rows:
        return [_("No nomination stands here any more.")]
    if len(rows) <= places:
        return [
            ngettext(
                "One nomination stands here for %(places)d places, so it advances.",
                "%(num)d nominations stand here for %(places)d places, so all advance.",
                len(rows),
                places=places,
            )
        ]
    ahead, behind = rows[places - 1], rows[places]
    if ahead.total != behind.total:
        return [
            _advance(len(standing.finalists)),
            _(
                "Place %(last)d has %(ahead)s, place %(next)d has %(behind)s: the cut runs between them.",
                last=places,
                ahead=figure(ahead.total),
                next=places + 1,
                behind=figure(behind.total),
            ),
        ]
    return [*_at_the_cut(standing, ahead.total, places)]


def _at_the_cut(standing: Standing, total: Fraction, places: int) -> list[str]:
    level = [number for number, row in enumerate(standing.rows, start=1) if row.total == total]
    first, last, at = level[0], level[-1], figure(total)
    says = (
        _("Places %(first)d and %(last)d are level at %(total)s.", first=first, last=last, total=at)
        if len(level) == 2
        else _("Places %(first)d to %(last)d are level at %(total)s.", first=first, last=last, total=at)
    )
    if any(row.finalist is Finalist.OPEN for row in standing.rows):
        free = places - sum(row.finalist is Finalist.YES for row in standing.rows)
        return [
            ngettext("There is one place in all.", "There are %(num)d places in all.", places),
            says,
            ngettext(
                "One place is left for them.",
                "%(num)d places are left for them.",
                free,
            ),
        ]
    return [_advance(len(standing.finalists)), says, _("The ladder of the rules tells them apart:")]


def _advance(count: int) -> str:
    return ngettext("One nomination advances.", "%(num)d nominations advance.", count)


def settled(row: StandingRow) -> str:
    """What settled the place of one that was level at the cut."""
    return "" if row.settled_by is None else str(STEPS[row.settled_by])


def _measure(step: Step, category: str, names: Names) -> str:
    if step is Step.OWN_CRITERION:
        return _("The mean of the marks on “%(criterion)s”", criterion=names.name("criteria", category))
    if step is Step.MEDIAN:
        return _("The median of the judges' totals")
    if step is Step.LOWEST_SHARE:
        return _("The share of marks at the lowest value, the smaller one first")
    if step is Step.FIRST_ROUND:
        return _("The total of the first round")
    if step is Step.HEAD_TO_HEAD:
        return _(
            "Of the others that are level, how many each beats on more ballots, an even pair counting a half"
        )
    if step is Step.FIRST_PLACES:
        return _("On how many ballots each is ranked first")
    if step is Step.RUNOFF:
        return _("The votes of the run-off")
    return str(STEPS[step])


def step(taken: StepTaken, category: str, names: Names) -> str:
    """One step of the ladder, with its numbers and what came of it."""
    if taken.step is Step.CHAIR:
        return _chair(taken)
    if taken.step is Step.EXTEND:
        return _extend(taken)
    if taken.step is Step.LOT:
        return _("The lot, drawn from the sealed seed: %(order)s.", order=_order(taken))
    if taken.step is Step.SHARE:
        return _("The prize is shared: %(level)s.", level=listed(taken.level))
    if taken.step is Step.RUNOFF and taken.result is StepResult.WAITING:
        return _("A run-off among these decides: %(level)s. This step waits.", level=listed(taken.level))
    what = _measure(taken.step, category, names)
    if taken.result is StepResult.SKIPPED or not taken.numbers:
        return _("%(measure)s: passed over, because it does not apply here.", measure=what)
    return _(
        "%(measure)s: %(figures)s. %(result)s",
        measure=what,
        figures=_figures(taken),
        result=RESULTS[taken.result],
    )


def _figures(taken: StepTaken) -> str:
    by_name = dict(zip(taken.level, taken.numbers, strict=True))
    tell = mixed if taken.step is Step.LOWEST_SHARE else figure
    return listed(f"{name} {tell(by_name[name])}" for group in taken.groups for name in group)


def _order(taken: StepTaken) -> str:
    return listed(name for group in taken.groups for name in group)


def _chair(taken: StepTaken) -> str:
    if taken.result is StepResult.WAITING:
        return _("The chair decides among these: %(level)s. This step waits.", level=listed(taken.level))
    if taken.result is StepResult.SKIPPED:
        return _("The chair's order: passed over, because the chair and all deputies have a conflict.")
    ordered = [group[0] for group in taken.groups if len(group) == 1]
    left = [name for group in taken.groups if len(group) > 1 for name in group]
    says = _("The chair's order: %(order)s.", order=listed(ordered))
    if left:
        says = _("%(order)s Left level: %(level)s.", order=says, level=listed(left))
    return says


def _extend(taken: StepTaken) -> str:
    if taken.result is StepResult.SKIPPED:
        return _("Letting all of them advance: passed over, because they are too many.")
    return _("All that are level advance: %(level)s. This settles it.", level=listed(taken.level))


def told(decision: Decision, names: Names) -> list[str]:
    """What a decision says beyond its kind: what follows from a declined prize, how second readings stand, of which
    vote level ones were ordered.
    """
    public = decision.kind is DecisionKind.TIE and decision.subject.get("stage") == Stage.PUBLIC
    of_the_public = [_("Among those whom the public left level.")] if public else []
    return [*of_the_public, *_after_a_decline(decision, names), *_further(decision)]


def _further(decision: Decision) -> list[str]:
    """Of second readings: how many further sheets each nomination is to get, or how they ended."""
    subject = decision.subject
    if "called_off" in subject:
        return [_("Called off.")]
    if "closed" in subject:
        number = int(subject["sheets"])
        return [
            ngettext("Closed: %(num)d further sheet counts.", "Closed: %(num)d further sheets count.", number)
        ]
    if further := subject.get("extra"):
        named = [f"{reference} ({number})" for reference, number in sorted(further.items())]
        return [_("Further sheets: %(sheets)s.", sheets=listed(named))]
    return []


def _after_a_decline(decision: Decision, names: Names) -> list[str]:
    """What the rules made of a declined prize: who moved to which, and which stays vacant."""
    moved = [
        _(
            "%(reference)s moves to %(prize)s.",
            reference=it["nomination"],
            prize=names.name("prizes", it["prize"]),
        )
        for it in decision.subject.get("moved", ())
    ]
    vacant = [
        _("%(prize)s stays vacant.", prize=names.name("prizes", key))
        for key in decision.subject.get("vacant", ())
    ]
    return moved + vacant

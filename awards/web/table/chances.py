"""The cut line said in sentences: which places are safe, between whom the others are open, and what that hangs on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.web.texts import listed
from judging.calibration.values import Band
from judging.values import rounded

NBSP = "\u00a0"
MOST_NAMED = 4
MOST_JUDGES = 3
BANDS: Final = {Band.SAFE: _l("safe"), Band.IN_PLAY: _l("in play"), Band.OUT: _l("out")}


@dataclass(frozen=True, slots=True)
class Chance:
    """A nomination of the standing: where it stands, and how likely it is truly among the best."""

    position: int
    name: str
    share: Fraction
    band: Band
    inside: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Without a judge's sheets: who would be among the best, and who no longer. `ties`: what they share with them."""

    judge: str
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    ties: tuple[str, ...] = ()


def percent(share: Fraction) -> str:
    """A share as people read it: never 0 % and never 100 %, because neither is known."""
    if share < Fraction(1, 100):
        return _("under %(share)s", share=_percent("1"))
    if share > Fraction(99, 100):
        return _("over %(share)s", share=_percent("99"))
    return _percent(rounded(share * 100, 0))


def _percent(number: str) -> str:
    return _("%(number)s %%", number=number).replace(" ", NBSP)


def places_said(chances: Sequence[Chance], places: int) -> list[str]:
    """Which places are safe, and who may have the others."""
    if not chances:
        return [_("No nomination stands here any more.")]
    if len(chances) <= places:
        return [_("There are places for all nominations of this category, so nothing hangs on the cut.")]
    safe = [it for it in chances if it.inside and it.band is Band.SAFE]
    safe_at = {it.position for it in safe}
    says = [_safe(safe)] if safe else [_("No place is safe.")]
    open_places = [it for it in range(1, places + 1) if it not in safe_at][: max(places - len(safe), 0)]
    if not open_places:
        return [*says, _("So all places are safe: the marks tell the others clearly apart.")]
    return [*says, *_open(chances, safe_at, open_places)]


def _open(chances: Sequence[Chance], safe: set[int], places: list[int]) -> list[str]:
    near = [it for it in chances if it.position not in safe and (it.inside or it.band is not Band.OUT)]
    likely = sorted(near, key=lambda it: (-it.share, it.position))
    named = likely if len(likely) <= MOST_NAMED + 1 else likely[:MOST_NAMED]
    parts = [_("%(name)s (%(share)s)", name=it.name, share=percent(it.share)) for it in named]
    if more := len(likely) - len(named):
        parts.append(ngettext("one other", "one of %(num)d others", more))
    says = [_place(places, safe, either(parts) if len(likely) > len(places) else listed(parts))]
    if len(likely) <= len(places):
        return [*says, _("Nobody else comes near.")]
    ahead = [it.name for it in near if it.inside]
    if len(ahead) == len(places):
        says.append(
            ngettext(
                "As it stands, it goes to %(names)s.", "As it stands, they go to %(names)s.", len(ahead),
                names=listed(ahead),
            )
        )  # fmt: skip
    return says


def _place(places: list[int], safe: set[int], who: str) -> str:
    if not _lead(safe):
        return ngettext(
            "The other place: %(who)s.", "The other %(num)d places: %(who)s.", len(places), who=who
        )
    if len(places) == 1:
        return _("Place %(number)d: %(who)s.", number=places[0], who=who)
    return _("Places %(numbers)s: %(who)s.", numbers=spans(places), who=who)


def _lead(positions: Collection[int]) -> bool:
    """Whether these are the first places, with no other among them."""
    return set(positions) == set(range(1, len(positions) + 1))


def _safe(safe: Sequence[Chance]) -> str:
    positions = [it.position for it in safe]
    if not _lead(positions):
        return _("Safe: %(names)s.", names=listed(it.name for it in safe))
    if len(positions) == 1:
        return _("Place %(number)d is safe.", number=positions[0])
    return _("Places %(numbers)s are safe.", numbers=spans(positions))


def spans(numbers: Iterable[int]) -> str:
    """Whole numbers in order, runs of them drawn together: "1–4, 6"."""
    runs = groupby(enumerate(numbers), key=lambda it: it[1] - it[0])
    found = [[number for _place_, number in run] for _key, run in runs]
    return listed(str(it[0]) if len(it) == 1 else f"{it[0]}–{it[-1]}" for it in found)


def either(parts: Sequence[str]) -> str:
    """One of some: "A, B or C"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s or %(last)s", first=listed(parts[:-1]), last=parts[-1])


def changed(
    without: Mapping[str, Any], best: Collection[str], advancing: Collection[str], level: Collection[str]
) -> tuple[list[str], list[str]]:
    """Who would come in and who go out without a judge, against those who do advance.

    `best`: the best by total alone, level ones by name, against which the calibration compares. `level`: those among
    whom the chair still decides. Who is in because all that were level advance doesn't go out by a rule of names.
    """
    enters, leaves = set(without["enters"]), set(without["leaves"])
    if not enters and not leaves:
        return [], []
    again = set(best) - leaves | enters
    extended = set(advancing) - set(best) if len(advancing) > len(best) else set()
    return sorted(again - set(advancing) - set(level)), sorted(set(advancing) - again - extended)


def without_said(changes: Sequence[Change], *, level: bool = False) -> list[str]:
    """What hangs on one judge. `changes`: of those judges alone without whom somebody else would be in. `level`:
    whether some are level at the cut and wait for the ladder, so that nothing is said of them.
    """
    if not changes and level:
        return [
            _(
                "Apart from those that are level at the cut, the same nominations advance without any one judge."
            )
        ]
    if not changes:
        return [_("No single judge decides a place: without any one of them the same nominations advance.")]
    says = [without(it) for it in changes[:MOST_JUDGES]]
    more = len(changes) - MOST_JUDGES
    if more > 0:
        says.append(
            ngettext(
                "One more judge decides a place: the table below names them.",
                "%(num)d more judges decide a place: the table below names them.",
                more,
            )
        )
    return says


def without(change: Change) -> str:
    if not change.enters:
        return _(
            "Without %(judge)s there would be no place for %(leaves)s.",
            judge=change.judge,
            leaves=listed(change.leaves),
        )
    if not change.leaves:
        return _(
            "Without %(judge)s it would be %(enters)s too.", judge=change.judge, enters=listed(change.enters)
        )
    return _(
        "Without %(judge)s it would be %(enters)s instead of %(leaves)s.",
        judge=change.judge,
        enters=listed(change.enters),
        leaves=listed(change.leaves),
    )


def missing_said(could: Sequence[tuple[str, str]], others: int) -> list[str]:
    """Sheets that never came. `could`: judge and nomination where it could change who advances."""
    if not could and not others:
        return [_("No sheet is missing.")]
    says = [
        _(
            "The sheet of %(judge)s on %(nomination)s is missing, and a low one could change who advances.",
            judge=judge,
            nomination=nomination,
        )
        for judge, nomination in could
    ]
    if others:
        says.append(
            ngettext(
                "One sheet is missing that could not change who advances.",
                "%(num)d sheets are missing that could not change who advances.",
                others,
            )
        )
    return says


def doubt_said(expected_wrong: Fraction, margin: Fraction | None, *, places: int) -> list[str]:
    """How near it was, and how many of the places are likely to be in the wrong hands."""
    says = []
    if margin == 0:
        says.append(_("The last place and the next nomination are level: the ladder of the rules decides."))
    elif margin is not None:
        says.append(
            _(
                "The last place is ahead of the next nomination by %(margin)s points.",
                margin=rounded(abs(margin), 2) if abs(margin) >= Fraction(5, 1000) else _("less than 0.01"),
            )
        )
    if places > 1:
        says.append(
            _(
                "Marks are never exact: on average, %(wrong)s of %(places)d places go to a nomination that is not "
                "truly among the best.",
                wrong=rounded(expected_wrong, 1),
                places=places,
            )
        )
    return says

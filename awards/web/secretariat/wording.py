"""The words of the secretariat's pages for what the use cases answer in values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.dates import Doubt, Doubted
from awards.models import Edition, NominationState, Role
from awards.steps import Gap, Missing
from awards.timetable import Deadline, Moment, Phase
from awards.web import words
from judging.reading import Mistake, MistakeKind
from judging.rules import Rules
from judging.values import SecondRound

DUTIES: Mapping[Role, object] = {
    Role.ORGANISER: _l("runs the edition: dates, texts, people, screening, rounds, publication"),
    Role.SCREENER: _l("checks nominations against the rules; never scores"),
    Role.CLERK: _l("types in marks that arrive on paper"),
    Role.TELLER: _l("watches over the vote, reminds electors, opens the envelopes with a second person"),
    Role.HOLDER: _l("holds one of three shares of the key; any two of them open the envelopes"),
    Role.AUDITOR: _l("reads everything and changes nothing"),
    Role.CHAIR: _l("settles ties, signs the shortlist and the winners"),
    Role.DEPUTY: _l("acts where the chair has a conflict; the first in the order who has none"),
}
STATES: Mapping[NominationState, object] = {
    NominationState.DRAFT: _l("Drafts"),
    NominationState.SUBMITTED: _l("Submitted, not decided"),
    NominationState.RETURNED: _l("Returned to the nominator"),
    NominationState.ELIGIBLE: _l("Eligible"),
    NominationState.INELIGIBLE: _l("Not eligible"),
    NominationState.NOT_SHORTLISTED: _l("Not shortlisted"),
    NominationState.FINALIST: _l("Finalists"),
    NominationState.WINNER: _l("Winners"),
    NominationState.NOT_AWARDED: _l("Finalists without a prize"),
    NominationState.DECLINED: _l("Prize declined"),
    NominationState.REVOKED: _l("Prize revoked"),
    NominationState.DISQUALIFIED: _l("Disqualified"),
    NominationState.WITHDRAWN: _l("Withdrawn"),
}
STEPS: Mapping[Phase, object] = {
    Phase.NOMINATIONS: _l("Open the call"),
    Phase.SCREENING: _l("Close nominations and begin the eligibility check"),
    Phase.FIRST_ROUND: _l("Freeze the rules and open the first round"),
    Phase.SECOND_ROUND: _l("Open the second round"),
    Phase.ARCHIVED: _l("Close the edition"),
}
"""The act that enters a phase, as its button says it."""
BEFORE_A_PANEL = (
    _l("The finalists stand. A panel reads and marks them anew, once they are assigned to its judges."),
    _l("Whoever is on the panel stays on it; more judges can be invited."),
)
CARRIED_OVER = {
    False: _l("Marks of the first round are not carried over: the second round alone decides."),
    True: _l("Marks of the first round count again, together with those of the second."),
}
"""What follows where a panel is the second round, by whether the rules carry its marks over."""
FOLLOWS: Mapping[Phase, tuple[object, ...]] = {
    Phase.NOMINATIONS: (
        _l("The edition appears on the front page, with its rules in words and their fingerprint."),
        _l("Anybody may begin a nomination, and submit it until nominations close."),
        _l("From now on a change of the rules is a numbered amendment, told to everyone with a draft."),
    ),
    Phase.SCREENING: (
        _l("Drafts that were not submitted stay with their writers and do not take part."),
        _l("Screeners decide which nominations are eligible."),
        _l("Late requests, returned nominations and deadlines of their own go on."),
    ),
    Phase.FIRST_ROUND: (
        _l("The rules are frozen: a mistake can be mended only by two, and only before the first sheet."),
        _l("The seed of the lots is drawn and its fingerprint published."),
        _l("Judges read and mark. Until the round is closed nobody sees a mark but the judge who gave it."),
    ),
    Phase.SECOND_ROUND: (_l("The finalists stand. Those on the roll vote."),),
    Phase.ARCHIVED: (_l("Nothing can be changed any more. Pages and certificates stay as they are."),),
}
DRAFT_NOW: Final = _l("In preparation. Nobody sees this edition but those who run it.")
CLOSED_NOW: Final = _l(
    "The second round is closed. What is level is settled, then the chair signs the winners."
)

GAPS: Mapping[Gap, object] = {
    Gap.NO_CLOSE: _l("No date is stated for the close of nominations, so nothing closes."),
    Gap.CLOSE_PASSED: _l("Nominations would be closed the moment they open: the date stated has passed."),
    Gap.CLOSE_AHEAD: _l("Nominations are promised to be open until the deadline and its grace have passed."),
    Gap.DISORDER: _l("Two dates stand the wrong way round."),
    Gap.NO_CHAIR: _l("No chair is named yet. The chair signs the shortlist and the winners."),
    Gap.NO_JUDGES: _l("Nobody is on the panel yet, so nobody could read and mark."),
}
COUNTED: Mapping[Gap, Callable[[int], str]] = {
    Gap.OWN_DEADLINES: lambda count: ngettext(
        "One deadline of its own is still ahead; it goes on.",
        "%(num)d deadlines of their own are still ahead; they go on.",
        count,
    ),
    Gap.TEXTS: lambda count: ngettext(
        "One text is missing in a language.", "%(num)d texts are missing in a language.", count
    ),
    Gap.LATE_REQUESTS: lambda count: ngettext(
        "One request for late acceptance waits for an answer.",
        "%(num)d requests for late acceptance wait for an answer.",
        count,
    ),
    Gap.DRAFTS: lambda count: ngettext(
        "One draft has not been submitted.", "%(num)d drafts have not been submitted.", count
    ),
    Gap.UNDECIDED: lambda count: ngettext(
        "One nomination has no eligibility decision yet.",
        "%(num)d nominations have no eligibility decision yet.",
        count,
    ),
    Gap.RETURNED: lambda count: ngettext(
        "One nomination is with its nominator to be completed.",
        "%(num)d nominations are with their nominators to be completed.",
        count,
    ),
    Gap.APPEALS: lambda count: ngettext(
        "One appeal waits for a decision.", "%(num)d appeals wait for a decision.", count
    ),
    Gap.TOO_FEW: lambda count: ngettext(
        "One category has fewer nominations than the rules ask for: merge, carry or cancel it by decision.",
        "%(num)d categories have fewer nominations than the rules ask for: merge, carry or cancel them by "
        "decision.",
        count,
    ),
    Gap.UNASSIGNED: lambda count: ngettext(
        "One nomination is assigned to nobody yet.",
        "%(num)d nominations are assigned to nobody yet.",
        count,
    ),
    Gap.UNLINKED: lambda count: ngettext(
        "In one category the marks could not well be compared: its judges share too few nominations.",
        "In %(num)d categories the marks could not well be compared: their judges share too few nominations.",
        count,
    ),
    Gap.SHORT_OF_SHEETS: lambda count: ngettext(
        "One nomination has fewer submitted sheets than the rules ask for.",
        "%(num)d nominations have fewer submitted sheets than the rules ask for.",
        count,
    ),
    Gap.COMPLETE_SHEETS: lambda count: ngettext(
        "One sheet is complete but not submitted.",
        "%(num)d sheets are complete but not submitted.",
        count,
    ),
    Gap.SHEETS_LEFT: lambda count: ngettext(
        "One sheet is half-done or not begun.", "%(num)d sheets are half-done or not begun.", count
    ),
    Gap.STILL_MARKING: lambda count: ngettext(
        "One judge can still mark and has sheets left.",
        "%(num)d judges can still mark and have sheets left.",
        count,
    ),
    Gap.TYPINGS: lambda count: ngettext(
        "One typed sheet waits to be confirmed.", "%(num)d typed sheets wait to be confirmed.", count
    ),
    Gap.SUSPICIONS: lambda count: ngettext(
        "One suspected conflict waits for a decision.",
        "%(num)d suspected conflicts wait for a decision.",
        count,
    ),
}
PLACES: Mapping[Gap, str] = {
    Gap.NO_CLOSE: "dates",
    Gap.CLOSE_PASSED: "dates",
    Gap.CLOSE_AHEAD: "dates",
    Gap.OWN_DEADLINES: "own_deadlines",
    Gap.DISORDER: "dates",
    Gap.TEXTS: "texts",
    Gap.NO_CHAIR: "people",
    Gap.NO_JUDGES: "panel.judges",
    Gap.LATE_REQUESTS: "late",
    Gap.DRAFTS: "nominations",
    Gap.UNDECIDED: "nominations",
    Gap.RETURNED: "nominations",
    Gap.APPEALS: "nominations",
    Gap.TOO_FEW: "nominations",
    Gap.UNASSIGNED: "panel.assignment",
    Gap.UNLINKED: "panel.assignment",
    Gap.SHORT_OF_SHEETS: "panel.closing",
    Gap.COMPLETE_SHEETS: "panel.remind",
    Gap.SHEETS_LEFT: "panel.progress",
    Gap.STILL_MARKING: "panel.progress",
    Gap.TYPINGS: "panel.closing",
    Gap.SUSPICIONS: "panel.conflicts",
}
"""The page on which a gap is closed."""

MISTAKES: Mapping[MistakeKind, object] = {
    MistakeKind.NOT_TOML: _l("This is not TOML."),
    MistakeKind.UNKNOWN_KEY: _l("Nothing is known by this name here."),
    MistakeKind.MISSING: _l("This has to be stated."),
    MistakeKind.WRONG_TYPE: _l("Something else belongs here."),
    MistakeKind.BAD_KEY: _l("A key is made of small letters, digits and single hyphens, 64 at most."),
    MistakeKind.DUPLICATE: _l("This stands here twice."),
    MistakeKind.NOT_ABOVE_ZERO: _l("This has to be above zero."),
    MistakeKind.TOO_SMALL: _l("This number is too small."),
    MistakeKind.TOO_LARGE: _l("This number is too large."),
    MistakeKind.UPSIDE_DOWN: _l("The lowest has to be below the highest."),
    MistakeKind.NOT_ONE_OF: _l("This is none of the values that are possible here."),
    MistakeKind.NOT_DEFINED: _l("Nothing of this key is defined in the file."),
    MistakeKind.EMPTY: _l("This must not be empty."),
    MistakeKind.MISSING_LANGUAGE: _l("The text is missing in this language."),
    MistakeKind.MORE_PRIZES_THAN_PLACES: _l("There are more prizes than places."),
    MistakeKind.STEP_NOT_POSSIBLE: _l("This step can't be taken here."),
    MistakeKind.LADDER_CAN_END_UNRESOLVED: _l(
        "These steps can leave nominations level: end with a lot or a share."
    ),
    MistakeKind.DOES_NOT_APPLY: _l("This does not apply with the second round as it is."),
    MistakeKind.RESERVED: _l("The pages of this site use this key already. Choose another one."),
}
DOUBTS: Mapping[Doubt, object] = {
    Doubt.PAST: _l("This moment has passed already."),
    Doubt.FAR: _l("This is more than three years ahead. Is the year right?"),
    Doubt.CLOCK_SKIPS: _l("On this day the clocks skip this hour. Choose another one."),
}
PARTS: Mapping[str, object] = {
    "programme": _l("The awards"),
    "categories": _l("Categories"),
    "criteria": _l("Criteria"),
    "prizes": _l("Prizes"),
    "sections": _l("Sections of the form"),
    "fields": _l("Questions of the form"),
    "signatories": _l("Who signs certificates"),
    "conduct": _l("Code of conduct of the judges"),
    "membership": _l("What membership offers, shown once to winners that are no members"),
    "feedback": _l("Next steps, in the feedback to nominees"),
}
PIECES: Mapping[str, object] = {
    "name": _l("Name shown"),
    "text": _l("Text"),
    "guidance": _l("Guidance"),
    "office": _l("Office"),
    "honours": _l("What is honoured"),
    "association": _l("Association"),
    "licence": _l("Licence of the open data"),
}
REGIONS: Mapping[str, object] = {
    "asia": _l("Asia"),
    "oceania": _l("Oceania"),
    "americas": _l("Americas"),
    "europe": _l("Europe"),
    "middle-east": _l("Middle East"),
    "africa": _l("Africa"),
}


def place(found: Gap) -> str:
    """The endpoint of the page on which a gap is closed."""
    there = PLACES[found]
    return there if "." in there else f"secretariat.{there}"


def phase_now(edition: Edition, second_round: SecondRound | None = None) -> str:
    """Where an edition stands, as those who run it read it."""
    if edition.phase is Phase.DRAFT:
        return str(DRAFT_NOW)
    if edition.phase is Phase.SECOND_ROUND and edition.second_closed_at is not None:
        return str(CLOSED_NOW)
    return words.phase_now(edition.phase, second_round)


def follows(phase: Phase, rules: Rules) -> tuple[object, ...]:
    """What follows from entering a phase."""
    if phase is Phase.SECOND_ROUND and rules.second_round is SecondRound.PANEL:
        return (*BEFORE_A_PANEL, CARRIED_OVER[rules.carry_over])
    return FOLLOWS[phase]


def gap(missing: Missing) -> str:
    """What is missing, as a sentence."""
    counted = COUNTED.get(missing.gap)
    return counted(missing.count) if counted else str(GAPS[missing.gap])


def doubt(found: Doubted) -> str:
    """What looks mistyped about a date, as a sentence."""
    if found.other is None:
        return str(DOUBTS[found.doubt])
    other = words.MOMENTS[found.other]
    if found.doubt is Doubt.BEFORE_EARLIER:
        return _("This comes before “%(other)s”, which should come first.", other=other)
    return _("This comes after “%(other)s”, which should come later.", other=other)


def mistake(found: Mistake) -> str:
    """A mistake of a programme's file, as a sentence with what stands there and what may."""
    parts = [str(MISTAKES[found.kind])]
    if found.found:
        parts.append(_("It says: %(found)s.", found=found.found))
    if found.allowed:
        parts.append(_("Possible: %(allowed)s.", allowed=", ".join(found.allowed)))
    return " ".join(parts)


def own_time(stated: Deadline, zone: str) -> str:
    """The same moment where the reader is; empty where the clocks agree."""
    here = stated.instant.astimezone(ZoneInfo(zone))
    if here.replace(tzinfo=None) == stated.local:
        return ""
    return words.when(Deadline(here.replace(tzinfo=None), zone, stated.instant))


def at(moment: datetime, zone: str) -> str:
    """A moment of the past as the reader's clock showed it."""
    here = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return words.when(Deadline(here, zone, moment.astimezone(UTC)))


def zones() -> dict[str, list[tuple[str, str]]]:
    """The time zones to choose from, by part of the world."""
    found: dict[str, list[tuple[str, str]]] = {"UTC": [("UTC", "UTC")]}
    for name in sorted(available_timezones()):
        region, _slash, place = name.partition("/")
        if place and region in AREAS:
            found.setdefault(region, []).append((name, place.replace("_", " ")))
    return found


AREAS: Final = frozenset(
    {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def moment(found: Moment) -> object:
    return words.MOMENTS[found]


def label(name: StrEnum | str) -> str:
    """A key as it can be read where it has no name."""
    return str(name).replace("_", " ").replace("-", " ")

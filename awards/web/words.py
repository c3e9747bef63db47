"""The words for what the core answers in values: phases, moments, days, countries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import proxies
from awards.timetable import Deadline, Moment, Phase, UnknownZone
from awards.web.language import locale
from judging.values import SecondRound

Words = Mapping[StrEnum, object]
ZERO_WIDTH_JOINERS = "\u200c\u200d"
"""Without which words of several scripts are misspelt."""


def lazy(text: str) -> str:
    """A text that is looked up when it is shown; WTForms takes it for a string."""
    return cast("str", _l(text))


PHASES: Words = {
    Phase.DRAFT: _l("Preparation"),
    Phase.NOMINATIONS: _l("Nominations"),
    Phase.SCREENING: _l("Eligibility check"),
    Phase.FIRST_ROUND: _l("First round"),
    Phase.DELIBERATION: _l("Shortlist"),
    Phase.SECOND_ROUND: _l("Second round"),
    Phase.DECIDED: _l("Decision"),
    Phase.PUBLISHED: _l("Winners"),
    Phase.ARCHIVED: _l("Archive"),
}
NOW: Words = {
    Phase.NOMINATIONS: _l("Nominations are open."),
    Phase.SCREENING: _l("Nominations are closed. Each one is being checked against the rules."),
    Phase.FIRST_ROUND: _l("The judges are reading and marking the nominations."),
    Phase.DELIBERATION: _l("All marks are in. The shortlist is being settled."),
    Phase.SECOND_ROUND: _l("The shortlist is settled. The second round is under way."),
    Phase.DECIDED: _l("The result is settled. It will be published here."),
    Phase.PUBLISHED: _l("The winners are announced."),
    Phase.ARCHIVED: _l("The winners are announced and the edition is closed."),
}
BY_SECOND_ROUND: Words = {
    SecondRound.VOTE: _l("The shortlist is settled. The vote on the prizes is under way."),
    SecondRound.PANEL: _l("The shortlist is settled. A panel is marking it for the prizes."),
}
MOMENTS: Words = {
    Moment.NOMINATIONS_OPEN: _l("Nominations open"),
    Moment.NOMINATIONS_CLOSE: _l("Nominations close"),
    Moment.MARKS_CLOSE: _l("Marks are due"),
    Moment.FINALISTS_ANNOUNCED: _l("Finalists are announced"),
    Moment.VOTE_OPEN: _l("The vote opens"),
    Moment.VOTE_CLOSE: _l("The vote closes"),
    Moment.CEREMONY: _l("Ceremony"),
}
OF_A_PANEL: Words = {
    Moment.VOTE_OPEN: _l("The second round opens"),
    Moment.VOTE_CLOSE: _l("Marks of the second round are due"),
}
"""What the moments of a vote are where a panel marks instead."""


PROXIES: Mapping[type[Exception], object] = {
    proxies.TooManyBallots: _l(
        "This person casts the ballots of as many electors already as the rules let one person. Name somebody else."
    ),
    proxies.JudgeIsNoProxy: _l(
        "This person is a judge and casts the ballot of another elector already. A judge casts one at most. Name "
        "somebody else."
    ),
}
"""Why somebody can't be named to cast an elector's ballot."""
HONOURS: Mapping[str, object] = {"winner": _l("Winner"), "finalist": _l("Finalist"), "judge": _l("Judge")}
"""What a certificate without a prize certifies, by its kind."""
CERTIFICATE_STATES: Mapping[str, object] = {
    "in_force": _l("in force"),
    "unsigned": _l("not signed yet"),
    "revoked": _l("revoked"),
    "reissued": _l("reissued"),
}


def phase_now(phase: Phase, second_round: SecondRound | None = None) -> str:
    """Where an edition stands, as a sentence."""
    if phase is Phase.SECOND_ROUND and second_round and second_round in BY_SECOND_ROUND:
        return str(BY_SECOND_ROUND[second_round])
    return str(NOW[phase])


def moments(second_round: SecondRound) -> Words:
    """The names of the moments of an edition."""
    return {**MOMENTS, **OF_A_PANEL} if second_round is SecondRound.PANEL else MOMENTS


def announced_now(of: str) -> str:
    """The same while finalists are public already, of "all" categories or "some", or "winners" of some categories."""
    if of == "winners":
        return _("The winners of some categories are announced. The others follow.")
    if of == "all":
        return _("The finalists are announced.")
    return _("The finalists of some categories are announced. The other shortlists are being settled.")


def day(when: date | datetime) -> str:
    """A day with its weekday: "Sunday 10 May 2026"."""
    return format_date(when, "full", locale=locale()).replace(",", "")


def when(moment: Deadline) -> str:
    """A moment as it was stated: "Sunday 10 May 2026, 23:59 in Seoul"."""
    return _(
        "%(day)s, %(time)s in %(place)s",
        day=day(moment.local),
        time=f"{moment.local:%H:%M}",
        place=zone(moment.zone),
    )


def in_zone(instant: datetime, zone: str) -> Deadline:
    """A moment as clocks of a zone show it."""
    return Deadline(instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None), zone, instant)


def own_zone(zone: str, stated: str) -> str:
    """The zone of somebody's clock: what they chose, or that of the edition where they chose none."""
    return stated if zone in ("", "UTC") else zone


def in_both(moment: Deadline, own: str) -> str:
    """A moment as it was stated, and in a person's own zone where their clock shows another time.

    "Sunday 10 May 2026, 23:59 in Seoul, 15:59 in Tunis"; the day again where it is another one.
    """
    try:
        here = in_zone(moment.instant, own) if own else moment
    except (UnknownZone, OverflowError):
        here = moment
    if here.local == moment.local:
        return when(moment)
    if here.local.date() == moment.local.date():
        return _(
            "%(stated)s, %(time)s in %(place)s",
            stated=when(moment),
            time=f"{here.local:%H:%M}",
            place=zone(own),
        )
    return _("%(stated)s; for you %(yours)s", stated=when(moment), yours=when(here))


def tidy(text: str | None) -> str:
    """One line as it was typed, without what can't be seen and what no database keeps."""
    kept = "".join(sign if sign.isprintable() or sign in ZERO_WIDTH_JOINERS else " " for sign in text or "")
    return " ".join(kept.split())


def tidy_text(text: str | None) -> str:
    """A text of any number of lines as it can be kept: without NUL and halves of letters, lines ended in one way."""
    whole = (text or "").encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return whole.replace("\r\n", "\n").replace("\r", "\n").strip()


def zone(name: str) -> str:
    """Where the clocks of a zone hang: "Seoul"; UTC is called so."""
    if name in ("UTC", "Etc/UTC"):
        return "UTC"
    return get_timezone_location(name, locale=locale(), return_city=True)


def country(code: str) -> str:
    """The name of a country in the language of the page; the code itself where nobody knows it."""
    return str(locale().territories.get(code, code))


def language_name(tag: str) -> str:
    return str(locale().languages.get(tag, tag))

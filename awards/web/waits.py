"""What waits in each role: how many of what, in words, and the page on which it is seen to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from awards.duties import Duty
from awards.models import Edition


class Wait(NamedTuple):
    """`shows`: which part of the page. An edition's page, but where what waits belongs to all editions."""

    page: str
    says: Callable[[int], str]
    shows: str | None = None
    everywhere: bool = False


WAITS: Mapping[Duty, Wait] = {
    Duty.TO_SCREEN: Wait(
        "screening.index",
        lambda count: ngettext("%(num)d nomination to check", "%(num)d nominations to check", count),
    ),
    Duty.TO_RELEASE: Wait(
        "screening.letters",
        lambda count: ngettext("%(num)d decision to be released", "%(num)d decisions to be released", count),
    ),
    Duty.APPEALS: Wait(
        "screening.index",
        lambda count: ngettext("%(num)d appeal to decide", "%(num)d appeals to decide", count),
        shows="appeals",
    ),
    Duty.LATE: Wait(
        "secretariat.late",
        lambda count: ngettext(
            "%(num)d request for late acceptance", "%(num)d requests for late acceptance", count
        ),
    ),
    Duty.ORGANISATIONS: Wait(
        "secretariat.organisations",
        lambda count: ngettext("%(num)d organisation to confirm", "%(num)d organisations to confirm", count),
        everywhere=True,
    ),
    Duty.BEHIND: Wait(
        "panel.progress",
        lambda count: ngettext("%(num)d judge is behind", "%(num)d judges are behind", count),
        shows="behind",
    ),
    Duty.SILENT: Wait(
        "panel.progress",
        lambda count: ngettext(
            "%(num)d judge has submitted nothing and not been here for a week",
            "%(num)d judges have submitted nothing and not been here for a week",
            count,
        ),
        shows="silent",
    ),
    Duty.UNASSIGNED: Wait(
        "panel.assignment",
        lambda count: ngettext(
            "%(num)d nomination is assigned to nobody", "%(num)d nominations are assigned to nobody", count
        ),
    ),
    Duty.HANDED_BACK: Wait(
        "panel.assignment",
        lambda count: ngettext(
            "%(num)d nomination was handed back by a judge",
            "%(num)d nominations were handed back by judges",
            count,
        ),
    ),
    Duty.SUSPICIONS: Wait(
        "panel.conflicts",
        lambda count: ngettext(
            "%(num)d suspected conflict to decide", "%(num)d suspected conflicts to decide", count
        ),
    ),
    Duty.TO_CLOSE: Wait("panel.closing", lambda _count: _("The time for marks is over: close the round")),
    Duty.NO_CHAIR: Wait(
        "secretariat.people", lambda _count: _("No chair is named: nobody can waive, settle ties or sign")
    ),
    Duty.TYPINGS: Wait(
        "clerk.confirming",
        lambda count: ngettext("%(num)d typed sheet to confirm", "%(num)d typed sheets to confirm", count),
    ),
    Duty.WAIVERS: Wait(
        "table.minimum",
        lambda count: ngettext(
            "%(num)d nomination is below the minimum of sheets: waive it or not",
            "%(num)d nominations are below the minimum of sheets: waive it or not",
            count,
        ),
    ),
    Duty.SHORTLISTS: Wait(
        "table.index",
        lambda count: ngettext(
            "%(num)d shortlist to settle and sign", "%(num)d shortlists to settle and sign", count
        ),
    ),
    Duty.WINNERS: Wait(
        "table.results",
        lambda count: ngettext(
            "%(num)d result to settle and sign", "%(num)d results to settle and sign", count
        ),
    ),
    Duty.REOPENINGS: Wait(
        "table.reopened",
        lambda count: ngettext(
            "%(num)d judge asks to mend a sheet", "%(num)d judges ask to mend a sheet", count
        ),
    ),
    Duty.READINGS: Wait(
        "table.readings",
        lambda _count: _("Second readings are all in, or their time is over: close them"),
    ),
    Duty.TO_ANNOUNCE: Wait(
        "table.index",
        lambda count: ngettext(
            "Announce the finalists of one category", "Announce the finalists of %(num)d categories", count
        ),
    ),
    Duty.LEFT_OPEN: Wait(
        "polling.index",
        lambda _count: _("The vote is still open, and its time is over or no date closes it: close it"),
    ),
    Duty.TO_UNSEAL: Wait(
        "polling.unseal", lambda _count: _("The vote is closed: its envelopes wait for two people")
    ),
    Duty.DISPUTES: Wait(
        "table.disputes",
        lambda count: ngettext(
            "It is disputed who cast one ballot: nothing is opened before that is decided",
            "It is disputed who cast %(num)d ballots: nothing is opened before that is decided",
            count,
        ),
    ),
    Duty.STRIKES: Wait(
        "polling.strikes",
        lambda count: ngettext(
            "One proposal to strike envelopes, or to put them back, waits for a second person",
            "%(num)d proposals to strike envelopes, or to put them back, wait for a second person",
            count,
        ),
    ),
    Duty.TO_HOLD: Wait("holding.index", lambda _count: _("Make your key: the rules wait for it")),
    Duty.TO_GIVE: Wait("holding.index", lambda _count: _("The vote is closed: give your share of the key")),
    Duty.TO_COUNT: Wait(
        "table.results",
        lambda count: ngettext(
            "The result of one category can be counted",
            "The results of %(num)d categories can be counted",
            count,
        ),
    ),
    Duty.CITATIONS: Wait(
        "table.results",
        lambda count: ngettext(
            "No reason is written yet why one prize was won",
            "No reasons are written yet why %(num)d prizes were won",
            count,
        ),
    ),
    Duty.ANSWERS: Wait(
        "release.winners",
        lambda count: ngettext(
            "%(num)d winner declines or asks for a change",
            "%(num)d winners decline or ask for a change",
            count,
        ),
    ),
    Duty.TO_APPROVE: Wait(
        "release.index",
        lambda count: ngettext(
            "%(num)d proposal about the release waits for your word",
            "%(num)d proposals about the release wait for your word",
            count,
        ),
    ),
    Duty.TO_ISSUE: Wait(
        "certificates.index",
        lambda count: ngettext(
            "%(num)d proposal about certificates waits for your word",
            "%(num)d proposals about certificates wait for your word",
            count,
        ),
    ),
    Duty.TO_ARM: Wait(
        "release.index",
        lambda count: ngettext(
            "The winners of one category are signed and wait for their release",
            "The winners of %(num)d categories are signed and wait for their release",
            count,
        ),
    ),
    Duty.HELD: Wait(
        "release.index",
        lambda _count: _("A release is held: nothing of it becomes public until somebody lets it go on"),
    ),
    Duty.COMMENTS: Wait(
        "after.comments_page",
        lambda count: ngettext(
            "Words of judges for one nominee wait for your word",
            "%(num)d texts of judges for nominees wait for your word",
            count,
        ),
    ),
}


def says(duty: Duty, count: int) -> str:
    """How many of what wait."""
    return WAITS[duty].says(count)


def where(duty: Duty, edition: Edition) -> str:
    """The address of the page on which it is seen to."""
    wait = WAITS[duty]
    return url_for(wait.page, edition=None if wait.everywhere else edition.key, show=wait.shows)

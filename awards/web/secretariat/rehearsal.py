"""The rehearsal of an edition: asked for by one button, played by the worker, read here."""

from __future__ import annotations

from flask_babel import gettext as _

from awards import editions, rehearsals
from awards.extensions import db
from awards.models import Rehearsal, RehearsalState
from awards.rehearsals import TooLateToRehearse
from awards.web import door, rehearsed, sessions, words
from awards.web.access import Audience, audience
from awards.web.language import locale
from awards.web.rehearsed_tones import Spoken
from awards.web.secretariat.frame import Answer, back_to, blueprint, show


@blueprint.get("/<edition>/rehearsal")
@audience(Audience.ORGANISER)
def rehearsal(edition: str) -> str:
    """What the last rehearsal found, and how far the one that goes on is."""
    return _page()


@blueprint.post("/<edition>/rehearsal")
@audience(Audience.ORGANISER)
def rehearse(edition: str) -> Answer:
    """Ask for one."""
    session = db.session()
    try:
        _row, is_new = rehearsals.ask(session, door.edition(), actor=sessions.actor(), now=sessions.now())
    except TooLateToRehearse:
        session.rollback()
        return _page(), 422
    session.commit()
    says = _("The rehearsal is about to begin. It takes a minute or less.")
    return back_to(
        "rehearsal", says if is_new else _("A rehearsal goes on already; another one wasn't begun.")
    )


def _page() -> str:
    found, session = door.edition(), db.session()
    last = rehearsals.latest(session, found)
    done = rehearsals.latest(session, found, RehearsalState.DONE)
    report = done.report if done else {}
    spoken = Spoken(editions.texts_of(session, found), rehearsed.judges_of(session, found), locale().language)
    return show(
        "rehearsal.html",
        "rehearsal",
        ahead=last if last and last.state in rehearsals.AHEAD else None,
        failed=last if last and last.state is RehearsalState.FAILED else None,
        done=done,
        ended=_ended(done, found.zone),
        is_too_late=found.first_closed_at is not None,
        report=report,
        groups=rehearsed.groups(report, spoken),
        headings=rehearsed.HEADINGS,
        played=list(rehearsed.played(report)),
        figures=rehearsed.figures(report),
    )


def _ended(row: Rehearsal | None, zone: str) -> str:
    return words.when(words.in_zone(row.ended_at, zone)) if row and row.ended_at else ""

"""Closing the round: what is missing, what follows, and the act itself."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, request
from flask_babel import gettext as _

from awards import chairs, closing, decisions, progress, steps
from awards.calibrations import INLINE_MOST, TooManyToFit
from awards.closing import Cause, Closing
from awards.extensions import db
from awards.models import DecisionKind
from awards.panels import RoundClosed, RoundNotOpen
from awards.rounds import NobodyEntered
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.panel.progress import day, round_name
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import Answer, back_to, face_of, long_reason, name_of, posted, show
from awards.web.words import lazy as _l
from judging.values import Round

CAUSES = {
    Cause.UNASSIGNED: _l("assigned to nobody yet"),
    Cause.TOO_FEW_ISSUED: _l(
        "too few judges have it: assign it to more, or ask the chair to waive the minimum"
    ),
    Cause.SHEETS_LEFT: _l("enough judges have it, and their sheets are not all submitted"),
}


@blueprint.route("/closing", methods=["GET", "POST"], endpoint="closing")
@audience(Audience.ORGANISER)
def close(**_edition: str) -> Answer:
    """Look, then close what was looked at."""
    session, edition = db.session(), door.edition()
    try:
        if request.method == "GET":
            return _page(closing.look(session, edition, sessions.now()))
        return _closed()
    except RoundClosed:
        session.rollback()
        return _done()
    except RoundNotOpen:
        session.rollback()
        return show("panel/no_round.html", "panel.progress", closed=edition.first_closed_at is not None)


def _closed() -> Answer:
    session, edition, now = db.session(), door.edition(), sessions.now()
    if wrong := long_reason():
        return _page(closing.look(session, edition, now), wrong=wrong), 422
    try:
        closing.close(
            session,
            edition,
            seen=posted("seen"),
            reason=posted("reason"),
            key_folder=Path(current_app.config["LAURELS_DATA"]) / "keys",
            actor=sessions.actor(),
            now=now,
        )
    except (closing.SeenOtherwise, closing.StaysOpen, NobodyEntered):
        session.rollback()
        says = _("Nothing was closed: what is missing has changed since you opened the page. Read it again.")
        return _page(closing.look(session, edition, now), wrong={"": says}), 422
    except TooManyToFit:
        session.rollback()
        says = _(
            "Nothing was closed: with more than %(most)d nominations the fair scores take too long for a page. "
            "Whoever runs the server closes the round with: flask round close %(key)s first",
            most=INLINE_MOST,
            key=edition.key,
        )
        return _page(closing.look(session, edition, now), wrong={"": says}), 422
    except decisions.ReasonMissing:
        session.rollback()
        wrong = {
            "reason": _("Write why the round closes while judges could still mark: the decision states it.")
        }
        return _page(closing.look(session, edition, now), wrong=wrong), 422
    session.commit()
    return back_to("panel.closing", _("The round is closed."))


@blueprint.post("/closing/ask")
@audience(Audience.ORGANISER)
def ask_the_chair(**_edition: str) -> Answer:
    """Ask who acts as chair to look at the nominations below the minimum."""
    session = db.session()
    try:
        asked = closing.ask_the_chair(session, door.edition(), actor=sessions.actor(), now=sessions.now())
    except chairs.NotTheChair:
        session.rollback()
        says = _("Nobody can act as chair here: nobody is named, or all of them have a conflict.")
        return back_to("panel.closing", says, "alarm")
    except (RoundClosed, RoundNotOpen):
        session.rollback()
        return back_to("panel.closing", _("The round is not open any more; nothing was asked."), "caution")
    session.commit()
    if asked:
        return back_to("panel.closing", _("The chair is asked by mail."))
    return back_to("panel.closing", _("The chair was asked today already."), "caution")


def _done() -> str:
    """Where the round is closed already: since when, and by whom."""
    edition, session = door.edition(), db.session()
    last = decisions.of_edition(session, edition, DecisionKind.ROUND_CLOSED)
    return show(
        "panel/closed.html",
        "panel.progress",
        decision=last[-1] if last else None,
        day=day,
        phase=words.PHASES[edition.phase],
        unchaired=edition.phase in steps.CHAIRED and chairs.lacking(session, edition),
    )


def _page(found: Closing, *, wrong: dict[str, str] | None = None) -> str:
    edition, session = door.edition(), db.session()
    return show(
        "panel/closing.html",
        "panel.progress",
        found=found,
        tally=found.progress.tally,
        causes=CAUSES,
        titles=progress.titles(session, [it.of.nomination for it in found.short]),
        names=face_of(edition).names,
        wrong=wrong or {},
        reason=posted("reason"),
        round_name=round_name(found.round),
        first=found.round is Round.FIRST,
        unchaired=chairs.lacking(session, edition),
        chairs=[name_of(it.account) for it in chairs.in_order(session, edition)],
    )

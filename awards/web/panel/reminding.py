"""Reminding judges of what they have left: who gets it and what it says first, then sending it."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import panels, prompts
from awards.extensions import db
from awards.models import Outbox
from awards.notices import Template
from awards.progress import OfJudge, Show
from awards.prompts import Prompts
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.language import NAMES
from awards.web.panel.progress import SHOWS, none_open, round_name
from awards.web.panel.routes import blueprint
from awards.web.secretariat import previews
from awards.web.secretariat.frame import Answer, back_to, posted, show
from awards.web.secretariat.previews import Text

MOST = 5000
IN_ORDER = (Show.LEFT, Show.BEHIND, Show.UNBEGUN, Show.UNDONE, Show.UNSUBMITTED)


@blueprint.route("/progress/remind", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def remind(**_edition: str) -> Answer:
    """A choice of judges and the letter; posted, those ticked are reminded."""
    edition, session, now = door.edition(), db.session(), sessions.now()
    which = _wanted()
    try:
        if request.method == "GET":
            return _page(prompts.look(session, edition, which, now), which)
        form = sessions.filled()
        whom = set(form.getlist("judge")[:MOST]) if form is not None else set()
        if not whom:
            return _page(
                prompts.look(session, edition, which, now), which, wrong=_("Tick whom to remind.")
            ), 422
        told = prompts.send(session, edition, which, whom=whom, actor=sessions.actor(), now=now)
    except (panels.RoundNotOpen, panels.RoundClosed):
        session.rollback()
        return none_open()
    session.commit()
    if not told:
        says = _("Nobody was reminded: all of them were within a day, or have nothing left by now.")
        return back_to("panel.progress", says, "caution")
    return back_to("panel.progress", ngettext("One judge is reminded.", "%(num)d judges are reminded.", told))


def _wanted() -> Show:
    """The choice of the posted form, or of the address."""
    given = posted("show") or request.args.get("show", "")
    return Show(given) if given in {it.value for it in prompts.REMINDED} else Show.LEFT


def _page(found: Prompts, which: Show, *, wrong: str = "") -> str:
    return show(
        "panel/remind.html",
        "panel.progress",
        found=found,
        which=which,
        shows=[(it, SHOWS[it]) for it in IN_ORDER],
        texts=[_text(found.go[0], language) for language in NAMES] if found.go else [],
        first=found.go[0].name if found.go else "",
        wrong={"": wrong} if wrong else {},
        round_name=round_name(found.round),
    )


def _text(it: OfJudge, language: str) -> Text:
    """The letter as it would go out; the message is put nowhere."""
    edition = door.edition()
    message = Outbox(
        edition_id=edition.id,
        account_id=it.judge.account_id,
        recipient=it.judge.account.email,
        language=language,
        template=Template.JUDGE_REMINDER.value,
        arguments=prompts.arguments(edition, it, sessions.now()),
    )
    return previews.of(message)

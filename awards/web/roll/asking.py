"""Organisations are asked by mail to name their delegate: who gets it and what it says first, then sending it."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import addressing, delegations, roll
from awards.extensions import db
from awards.models import Outbox, RollEntry
from awards.notices import Template
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.language import NAMES
from awards.web.roll import says
from awards.web.roll.routes import blueprint
from awards.web.roll.sight import Sight, Way
from awards.web.secretariat import previews
from awards.web.secretariat.frame import Answer, back_to, show
from awards.web.secretariat.previews import Text
from judging.values import Electorate

REFUSED = (roll.VoteClosed, delegations.NotAsked)


@blueprint.route("/ask", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def ask(**_edition: str) -> Answer:
    if door.vote().electorate is not Electorate.MEMBERS:
        return back_to("roll.index")
    if request.method == "GET":
        return _page()
    session, form = db.session(), sessions.filled()
    wanted = set(form.getlist("elector")) if form is not None else set()
    chosen = [it for it in roll.on(session, door.edition()) if it.public_id in wanted]
    if not chosen:
        return _page(_("Tick whom to ask.")), 422
    try:
        asked = delegations.ask(session, door.edition(), chosen, actor=sessions.actor(), now=sessions.now())
    except REFUSED as error:
        session.rollback()
        return _page(says.wrong(error)[""]), 422
    session.commit()
    return back_to(
        "roll.index",
        ngettext(
            "One organisation is asked by mail.", "%(num)d organisations are asked by mail.", len(asked)
        ),
    )


def _page(wrong: str = "") -> str:
    seen = Sight()
    open_ = [it for it in seen.lines if it.way is not Way.OFF and it.entry.judge_id is None]
    cast = roll.cast(db.session(), door.edition())
    asks = [it for it in open_ if it.entry.contact and it.entry.id not in cast and not it.entry.name]
    again = [it for it in asks if it.asked is not None and not it.failed]
    return show(
        "roll/ask.html",
        "roll.index",
        wrong={"": wrong} if wrong else {},
        new=[it for it in asks if it not in again],
        again=again,
        named=[it for it in open_ if it.entry.name and it.entry.contact and it.entry.id not in cast],
        unreachable=[it for it in open_ if not it.entry.contact and not it.entry.name],
        texts=[_text(asks[0].entry, tag) for tag in NAMES] if asks else [],
        first=asks[0].name if asks else "",
        ticked=_ticked(),
    )


def _ticked() -> set[str]:
    form = sessions.filled()
    return set(form.getlist("elector")) if form is not None else set()


def _text(entry: RollEntry, language: str) -> Text:
    """The mail as it would go out; the message is put nowhere."""
    edition, session = door.edition(), db.session()
    message = Outbox(
        edition_id=edition.id,
        recipient=entry.contact,
        language=language,
        template=Template.DELEGATE_ASKED.value,
        arguments=addressing.arguments_of(session, edition, entry, language, now=sessions.now()),
    )
    return previews.of(message)

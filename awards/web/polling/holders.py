"""The key and its holders, as organisers see them: who is ready, who has tried, who has given; reminders and losses."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import decisions, giving, polls, shares, voiding
from awards import holders as people
from awards.extensions import db
from awards.holders import Holder, State, Wanted
from awards.polls import Stage
from awards.web import door, key_kept, sessions
from awards.web.access import Audience, audience
from awards.web.polling import routes, says
from awards.web.polling.routes import VOTE, Answer, blueprint, lead
from awards.web.secretariat.frame import long_reason, may, posted


@dataclass(frozen=True, slots=True)
class Line:
    """A holder, how far they are, and whether their share waits."""

    holder: Holder
    state: object
    has_given: bool


@blueprint.route(f"{VOTE}/holders", methods=["GET", "POST"])
@audience(Audience.POLLS)
def holders(edition: str) -> Answer:  # noqa: ARG001
    door.vote()
    if request.method == "GET":
        return _page()
    if posted("act") == "remind":
        return _remind()
    if not may(Audience.ORGANISER, reading=False):
        return _page({"": _("An organiser does this.")}), 422
    return _lose()


def _remind() -> Answer:
    session, found, now = db.session(), door.edition(), sessions.now()
    wanted, whom = _wanted()
    told = people.ask(session, found, whom, wanted, now=now)
    session.commit()
    if not told:
        return lead(
            "holders",
            _("Nobody was written to: there is nothing to ask, or it was within the hour."),
            "caution",
        )
    return lead(
        "holders", ngettext("One holder is written to.", "%(num)d holders are written to.", len(told))
    )


def _wanted() -> tuple[Wanted, list[Holder]]:
    """What holders are wanted for now, and which of them."""
    session, found = db.session(), door.edition()
    there = people.of_edition(session, found)
    if not shares.is_shared(session, found):
        late = bool(key_kept.said(found))
        return Wanted.PREPARE, [it for it in there if it.state in (State.NAMED, State.MADE) and not late]
    ready = [it for it in there if it.state is State.READY]
    if polls.look(session, found).stage is Stage.CLOSED:
        first = giving.first(session, found, key_folder=routes.key_folder(), now=sessions.now())
        return Wanted.GIVE, [it for it in ready if first is None or it.account.id != first.holder.account.id]
    return Wanted.TRY, ready


def _lose() -> Answer:
    """Record that the key of somebody who is gone is lost."""
    session = db.session()
    there = people.of_edition(session, door.edition())
    holder = next((it for it in there if it.account.public_id == posted("holder")), None)
    if holder is None:
        return _page({"holder": _("Choose whose key is lost.")}), 422
    if wrong := long_reason():
        return _page(wrong), 422
    try:
        people.lose(
            session,
            door.edition(),
            holder.account,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _page({"reason": _("Write a reason: the audit states it.")}), 422
    except (people.NoKeyYet, people.IsLost):
        session.rollback()
        return lead("holders", _("There is no key of this holder that could be lost."), "caution")
    session.commit()
    return lead("holders", _("It is noted that %(name)s has lost the key.", name=holder.name))


def _page(wrong: dict[str, str] | None = None) -> str:
    session, found = db.session(), door.edition()
    first = giving.first(session, found, key_folder=routes.key_folder(), now=sessions.now())
    there = people.of_edition(session, found)
    wanted, whom = _wanted()
    return routes.show(
        "holders.html",
        kept=key_kept.said(found),
        is_shared=shares.is_shared(session, found),
        lines=[
            Line(it, says.HOLDERS[it.state], first is not None and first.holder.account.id == it.account.id)
            for it in there
        ],
        first=first,
        lost=voiding.lost(session, found, key_folder=routes.key_folder()),
        remindable=bool(whom),
        wanted=wanted.value,
        losable=[it for it in there if it.state in (State.MADE, State.READY)],
        chosen=posted("holder"),
        reason=posted("reason"),
        wrong=wrong or {},
    )

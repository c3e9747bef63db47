"""Waivers: the chair lets a judge read a nomination of their own country where no other judge is left."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from awards import chairs, conflicts, decisions, editions, nominations
from awards.chairs import NotTheChair
from awards.conflicts import NoConflict, NotWaivable, OtherJudgesLeft, Waivable
from awards.extensions import db
from awards.models import Account, Conflict, Decision, DecisionKind, Judge, Nomination
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import LONGEST_REASON, back_to, long_reason, name_of, posted
from awards.web.table.routes import blueprint, show
from judging.values import SameCountry

Answer = str | Response | tuple[str, int]


@blueprint.route("/waivers", methods=["GET", "POST"])
@audience(Audience.TABLE)
def waivers(**_edition: str) -> Answer:
    """The pairs that may be waived, one at a time, and those that were."""
    if request.method == "GET":
        return _page()
    session, edition = db.session(), door.edition()
    pair = next((it for it in conflicts.waivable(session, edition) if _key(it) == posted("pair")), None)
    if pair is None:
        return back_to("table.waivers", _("This pair can't be waived any more, or has been."), "caution")
    if wrong := long_reason():
        return _page(wrong), 422
    try:
        decision, _new = conflicts.waive(
            session,
            edition,
            pair.judge,
            pair.nomination,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        wrong["reason"] = _("Write why: the decision states it.")
    except NotTheChair as error:
        wrong[""] = _refused(error)
    except (NoConflict, NotWaivable, OtherJudgesLeft):
        wrong[""] = _("This pair can't be waived any more, or has been.")
    if wrong:
        session.rollback()
        return _page(wrong), 422
    number, reference = decision.number, pair.nomination.reference
    session.commit()
    said = _("Waived for %(reference)s: decision %(number)d.", reference=reference, number=number)
    return back_to("table.waivers", said)


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, edition = db.session(), door.edition()
    found = conflicts.waivable(session, edition)
    revisions = nominations.current_revisions(session, [it.nomination for it in found])
    mine = sessions.me()
    acting = bool(door.roles_in(mine, edition) & set(chairs.CHAIRS))
    return show(
        "waivers.html",
        "table.waivers",
        pairs=[
            (
                it,
                _key(it),
                name_of(it.judge.account),
                revisions[it.nomination.id].title if it.nomination.id in revisions else "",
                words.country(it.conflict.detail),
                acting and it.judge.account_id != mine.id,
            )
            for it in found
        ],
        allowed=editions.rules_of(session, edition).same_country is SameCountry.WAIVABLE,
        acting=acting,
        waived=_waived(),
        chosen=posted("pair") if wrong else "",
        reason=posted("reason") if wrong else "",
        wrong=dict(wrong or {}),
        longest=LONGEST_REASON,
    )


def _key(it: Waivable) -> str:
    """What a pair is called in the form."""
    return f"{it.judge.public_id} {it.nomination.public_id}"


def _waived() -> list[tuple[Decision, str, str]]:
    """The decisions that waive a conflict, with judge and reference."""
    rows = db.session.execute(
        select(Decision, Account, Nomination.reference)
        .join(Conflict, Conflict.waived_by == Decision.id)
        .join(Judge, Judge.id == Conflict.judge_id)
        .join(Account, Account.id == Judge.account_id)
        .join(Nomination, Nomination.id == Conflict.nomination_id)
        .where(Decision.edition_id == door.edition().id, Decision.kind == DecisionKind.CONFLICT_WAIVED)
        .order_by(Decision.number)
    )
    return [(decision, account.name, reference) for decision, account, reference in rows]


def _refused(error: NotTheChair) -> str:
    if error.acting is None:
        return _("The chair and all deputies have an interest in this nomination, or nobody is appointed.")
    return _("You can't waive this. For this nomination %(name)s acts as chair.", name=name_of(error.acting))

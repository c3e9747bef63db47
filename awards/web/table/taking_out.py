"""Taking a nomination out after the close: the chair disqualifies, an organiser records a withdrawal in writing."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import gettext as _

from awards import decisions, disqualifying
from awards.chairs import NotTheChair
from awards.disqualifying import NotJudged, NotThen, OrganiserRecords
from awards.extensions import db
from awards.recusals import InterestBinds
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, may, name_of, posted
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.sight import Sight, State, category_or_404
from awards.web.table.stood import Line


@blueprint.route("/<category>/out", methods=["GET", "POST"])
@audience(Audience.TABLE)
def take_out(edition: str, category: str) -> Answer:  # noqa: ARG001
    """First which nomination, then what follows, with the reason and the act."""
    if not is_closed():
        return lead("table.index")
    it = category_or_404(category)
    wanted = posted("nomination") or request.args.get("nomination", "")
    line = next((line for line in _possible(it) if line.nomination.reference == wanted), None)
    if request.method == "GET":
        return _page(it, line)
    if line is None:
        return _page(it, None, {"nomination": _("Choose one that is still in the standing.")}), 422
    if wrong := long_reason():
        return _page(it, line, wrong), 422
    reference, act = line.nomination.reference, posted("act")
    verb = disqualifying.disqualify if act == "disqualify" else disqualifying.record_withdrawal
    try:
        verb(
            db.session(),
            door.edition(),
            line.nomination,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        return _page(it, line, {"reason": _("Write why: the decision states it.")}), 422
    except (NotTheChair, OrganiserRecords, InterestBinds) as error:
        db.session.rollback()
        return _page(it, line, {"": refused(error)}), 409
    except (NotThen, NotJudged):
        db.session.rollback()
        return lead("table.category", _late(), "caution", category=it.key)
    db.session.commit()
    said = (
        _("%(reference)s is disqualified. The standing was counted again without it.", reference=reference)
        if act == "disqualify"
        else _("%(reference)s is withdrawn. The standing was counted again without it.", reference=reference)
    )
    return lead("table.category", said, category=it.key)


def _late() -> str:
    return _("It is out already, or its finalists are announced. Nothing was changed.")


def refused(error: Exception) -> str:
    """Why this person does not take a nomination out."""
    if isinstance(error, OrganiserRecords):
        return _("An organiser records a withdrawal.")
    if isinstance(error, InterestBinds):
        return _("You have an interest in it yourself. Another organiser records this.")
    if isinstance(error, NotTheChair) and error.acting is not None:
        return _("Who decides: %(name)s.", name=name_of(error.acting))
    return _("Nobody at the table may decide this: no chair is appointed, or all have a conflict.")


def _possible(it: Sight) -> list[Line]:
    possible = {it.id for it in disqualifying.possible(db.session(), door.edition(), it.stand)}
    return [line for line in it.lines if line.nomination.id in possible]


def _page(it: Sight, line: Line | None, wrong: Mapping[str, str] | None = None) -> str:
    acting = it.table.acting(it.stand, it.key)
    return show(
        "take_out.html",
        "table.index",
        it=it,
        line=line,
        possible=_possible(it),
        chair=acting is not None and acting.account_id == sessions.me().id,
        acting=name_of(acting.account) if acting else "",
        planned=it.public_from if it.state is State.PLANNED else None,
        organiser=may(Audience.ORGANISER, reading=False),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

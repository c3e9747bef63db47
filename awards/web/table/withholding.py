"""Withheld prizes: before the second round opens the chair keeps one back, or gives it after all."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import gettext as _

from awards import decisions, editions, withholding
from awards.chairs import NotTheChair
from awards.extensions import db
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import long_reason, may, posted
from awards.web.table import sight
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import not_you
from awards.withholding import NotByTheRules, NotWithheld, TooLate, WithheldAlready


@blueprint.route("/withholding", methods=["GET", "POST"])
@audience(Audience.TABLE)
def withhold(edition: str) -> Answer:  # noqa: ARG001
    """Every contested prize of every category: given by the result, or withheld by decision."""
    rules = editions.rules_of(db.session(), door.edition())
    if not is_closed() or not rules.withhold:
        return lead("table.index")
    if request.method == "GET":
        return _page()
    category, _between, prize = posted("which").partition(" ")
    is_back = posted("act") == "give"
    verb = withholding.give_after_all if is_back else withholding.withhold
    wrong = long_reason()
    try:
        if not wrong:
            verb(
                db.session(),
                door.edition(),
                category,
                prize,
                reason=posted("reason"),
                actor=sessions.actor(),
                now=sessions.now(),
            )
    except decisions.ReasonMissing:
        wrong = {"reason": _("Write why: the decision states it.")}
    except NotByTheRules:
        wrong = {"which": _("Choose one of these prizes.")}
    except NotTheChair as error:
        wrong = {"": not_you(error)}
    except (TooLate, WithheldAlready, NotWithheld) as error:
        db.session.rollback()
        return lead("table.withhold", _refused(error), "caution")
    if wrong:
        db.session.rollback()
        return _page(wrong), 422
    db.session.commit()
    said = _("It is given after all.") if is_back else _("Withheld by decision.")
    return lead("table.withhold", said)


def _refused(error: Exception) -> str:
    if isinstance(error, TooLate):
        return _("It is too late: the second round is open, or the winners are signed. Nothing was changed.")
    return _("This was done already. Nothing was changed.")


def _page(wrong: Mapping[str, str] | None = None) -> str:
    session, edition = db.session(), door.edition()
    rules, withheld = editions.rules_of(session, edition), withholding.by_category(session, edition)
    return show(
        "withhold.html",
        "table.withhold",
        board=[
            (
                it,
                [
                    (prize.key, it.names.name("prizes", prize.key), withheld.get(it.key, {}).get(prize.key))
                    for prize in rules.prizes_of(it.key)
                ],
                withholding.is_open(session, edition, it.key),
            )
            for it in sight.board(edition)
        ],
        writing=may(Audience.TABLE, reading=False),
        wrong=dict(wrong or {}),
        which=posted("which"),
        act=posted("act"),
        reason=posted("reason"),
    )

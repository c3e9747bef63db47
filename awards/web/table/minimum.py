"""The minimum of sheets, waived by the chair for one nomination at a time while the round is open."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from awards import chairs, decisions, panels, progress, rounds, stages
from awards.chairs import NotTheChair
from awards.extensions import db
from awards.progress import OfNomination
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import Answer, face_of, long_reason, name_of, posted
from awards.web.table.routes import blueprint, show


@blueprint.get("/minimum")
@audience(Audience.TABLE)
def minimum(**_edition: str) -> str:
    """The nominations below the minimum, with numbers of sheets only, and those for which it is waived."""
    rows = _rows()
    short = [it for it in rows or () if it.is_short]
    return _page(
        "minimum.html",
        is_open=rows is not None,
        short=short,
        waived=[it for it in rows or () if it.waived and not it.is_short],
        titles=progress.titles(
            db.session(), [it.nomination for it in rows or () if it.is_short or it.waived]
        ),
        acting=_acting(short),
    )


@blueprint.route("/minimum/<reference>", methods=["GET", "POST"])
@audience(Audience.TABLE)
def waive(reference: str, **_edition: str) -> Answer:
    """Waive it for one nomination: what follows, then the reason and the signature."""
    edition, session = door.edition(), db.session()
    rows = {it.nomination.reference: it for it in _rows() or ()}
    it = rows.get(reference)
    if it is None:
        abort(404)
    if request.method == "GET":
        return _waive(it)
    if wrong := long_reason():
        return _waive(it, wrong), 422
    try:
        _decision, new = rounds.waive_minimum(
            session,
            edition,
            it.nomination,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _waive(it, {"reason": _("Write why: the decision states it.")}), 422
    except NotTheChair as error:
        session.rollback()
        return _waive(it, {"": _not_the_chair(error)}), 403
    except (panels.RoundClosed, panels.RoundNotOpen):
        session.rollback()
        return _waive(it, {"": _("The round is not open any more, so nothing can be waived.")}), 409
    session.commit()
    said = _("Waived for %(reference)s.", reference=reference)
    flash(said if new else _("It was waived for %(reference)s before.", reference=reference), "done")
    return redirect(url_for("table.minimum", edition=edition.key), 303)


def _rows() -> tuple[OfNomination, ...] | None:
    """The nominations of the open round; None where none is open."""
    edition, session = door.edition(), db.session()
    of_round = stages.current_round(session, edition)
    if of_round is None:
        return None
    return progress.of_round(session, edition, of_round, sessions.now()).nominations


def _may(it: OfNomination) -> bool:
    nomination = it.nomination
    found = chairs.acting(db.session(), door.edition(), [nomination], nomination.category)
    return found is not None and found.account_id == sessions.me().id


def _acting(short: list[OfNomination]) -> str:
    """Who acts as chair, for those who may only read."""
    edition, session = door.edition(), db.session()
    if not short:
        return ""
    nomination = short[0].nomination
    found = chairs.acting(session, edition, [nomination], nomination.category)
    return name_of(found.account) if found else ""


def _not_the_chair(error: NotTheChair) -> str:
    if error.acting is None:
        return _("Nobody may waive this: all who could act as chair have a conflict with it.")
    return _("Only %(name)s acts as chair here.", name=name_of(error.acting))


def _waive(it: OfNomination, wrong: dict[str, str] | None = None) -> str:
    titles = progress.titles(db.session(), [it.nomination])
    return _page(
        "waive.html",
        it=it,
        title=titles.get(it.nomination.id),
        wrong=wrong or {},
        reason=posted("reason"),
        may=_may(it),
        acting=_acting([it]),
    )


def _page(template: str, **values: object) -> str:
    return show(template, "table.minimum", names=face_of(door.edition()).names, **values)

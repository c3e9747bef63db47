"""The finalists while it can still happen that one is taken out: disqualified by the chair, or withdrawn in writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from awards import chairs, decisions, naming, nominations, replacing
from awards.chairs import NotTheChair
from awards.disqualifying import OrganiserRecords
from awards.elections import TooFewElectors
from awards.extensions import db
from awards.models import Nomination, NominationState
from awards.nominations import NoSuchNomination
from awards.recusals import InterestBinds
from awards.replacing import Outlook, Then
from awards.web import door, results, sessions
from awards.web.access import Audience, audience
from awards.web.polling import routes
from awards.web.polling.routes import VOTE, Answer, blueprint, lead
from awards.web.results import Nominee
from awards.web.secretariat.frame import long_reason, may, name_of, posted
from awards.web.table import taking_out

ACTS = {"disqualify": NominationState.DISQUALIFIED, "withdraw": NominationState.WITHDRAWN}
GONE = (replacing.NotThen, replacing.NotStanding)
ONLY = _l(
    "Nobody else stands in this category and nobody could come in. It can't be taken out here: without it there is "
    "nothing to vote on."
)


def cards(references: Iterable[str]) -> list[Nominee]:
    """Finalists as pages show them, in the order of their references."""
    found = db.session.scalars(
        select(Nomination)
        .where(Nomination.edition_id == door.edition().id, Nomination.reference.in_(list(references)))
        .order_by(Nomination.reference)
        .options(selectinload(Nomination.revisions), selectinload(Nomination.partners))
    )
    return [results.nominee_of(naming.shown(it)) for it in found]


@blueprint.get(f"{VOTE}/finalists")
@audience(Audience.TABLE)
def finalists(edition: str) -> str:  # noqa: ARG001
    """Who stands in each category, each with the page on which it is taken out."""
    door.vote()
    by_category: dict[str, list[str]] = {}
    for it in replacing.standing_out(db.session(), door.edition()):
        by_category.setdefault(it.category, []).append(it.reference)
    return routes.show(
        "finalists.html", cards={key: cards(references) for key, references in by_category.items()}
    )


@blueprint.route(f"{VOTE}/finalists/<path:reference>", methods=["GET", "POST"])
@audience(Audience.TABLE)
def finalist(edition: str, reference: str) -> Answer:  # noqa: ARG001
    """What follows if this one is taken out, with the reason and the act."""
    door.vote()
    nomination = _find(reference)
    try:
        outlook = replacing.look(db.session(), door.edition(), nomination, sessions.now())
    except GONE:
        return _late()
    except replacing.OnlyOne:
        return lead("finalists", str(ONLY), "caution")
    if request.method == "GET":
        return _page(nomination, outlook)
    if wrong := long_reason():
        return _page(nomination, outlook, wrong), 422
    return _taken_out(nomination, outlook)


def _find(reference: str) -> Nomination:
    if not reference.isprintable():
        abort(404)
    try:
        return nominations.find(db.session(), door.edition(), reference)
    except NoSuchNomination:
        abort(404)


def _late() -> Answer:
    says = _("It is out already, is not announced, or the envelopes are opened. Nothing was changed.")
    return lead("finalists", says, "caution")


def _taken_out(nomination: Nomination, outlook: Outlook) -> Answer:
    session = db.session()
    if posted("act") not in ACTS or posted("seen") not in {it.value for it in Then}:
        abort(400)
    state = ACTS[posted("act")]
    try:
        replacing.take_out(
            session,
            door.edition(),
            nomination,
            state,
            successor=posted("successor"),
            seen=Then(posted("seen")),
            reason=posted("reason"),
            key_folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except GONE:
        session.rollback()
        return _late()
    except decisions.ReasonMissing:
        session.rollback()
        return _page(
            nomination, outlook, {"reason": _("Write why: the decision and the letter state it.")}
        ), 422
    except replacing.ChooseSuccessor:
        session.rollback()
        wrong = {"successor": _("Several are level as the next in the standing. Choose one.")}
        return _page(nomination, outlook, wrong), 422
    except (NotTheChair, OrganiserRecords, InterestBinds, TooFewElectors) as error:
        session.rollback()
        return _page(nomination, outlook, {"": _refused(error)}), 409
    session.commit()
    if outlook.then is Then.VOTED_AGAIN:
        said = _("%(reference)s is out. Its category is voted on again.", reference=nomination.reference)
    else:
        said = _(
            "%(reference)s is out, and the finalists are shown without it.", reference=nomination.reference
        )
    return lead("finalists", said)


def _refused(error: Exception) -> str:
    if isinstance(error, TooFewElectors):
        return _("Too few could vote again in this category.")
    return taking_out.refused(error)


def _page(nomination: Nomination, outlook: Outlook, wrong: Mapping[str, str] | None = None) -> str:
    session, found = db.session(), door.edition()
    about = [nomination, *(outlook.next if len(outlook.next) > 1 else ())]
    acting = chairs.acting(session, found, about, nomination.category)
    is_chair = acting is not None and acting.account_id == sessions.me().id
    is_choice = len(outlook.next) > 1
    return routes.show(
        "finalist.html",
        it=cards([nomination.reference])[0],
        category=nomination.category,
        outlook=outlook,
        next=cards(other.reference for other in outlook.next),
        chair=is_chair,
        acting=name_of(acting.account) if acting else "",
        organiser=may(Audience.ORGANISER, reading=False) and (is_chair or not is_choice),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        successor=posted("successor"),
    )

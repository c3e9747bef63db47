"""One suspicion with both sides, and a person's word on it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from awards import barring, decisions, nominations, recounts, suspicions
from awards.extensions import db
from awards.models import Account, Affiliation, Nomination, Suspicion, SuspicionKind
from awards.recusals import InterestBinds
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import Answer, back_to, name_of, posted, show

HERE = "panel.judges"
KINDS: Mapping[SuspicionKind, object] = {
    SuspicionKind.MAIL_DOMAIN: _l("Mail addresses of one domain"),
    SuspicionKind.SIMILAR_ORGANISATION: _l("Organisations of similar names"),
    SuspicionKind.NAMED_IN_TEXT: _l("Perhaps named in the text"),
    SuspicionKind.FORMER_CITY: _l("The same city, by an affiliation that has ended"),
    SuspicionKind.FORMER_ORGANISATION: _l("The same organisation, by an affiliation that has ended"),
}


@blueprint.route("/conflicts/<suspicion>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def suspicion(suspicion: str, **_edition: str) -> Answer:
    """One suspicion with both sides: it is a conflict, or it is none, with a reason."""
    session, edition = db.session(), door.edition()
    try:
        found = suspicions.one(session, edition, suspicion if suspicion.isprintable() else "")
    except suspicions.NoSuchSuspicion:
        abort(404)
    if request.method == "GET":
        return _suspicion(found)
    if posted("act") not in ("conflict", "none"):
        abort(400)
    wrong = {}
    if len(posted("reason")) > barring.LONGEST_DETAIL:
        wrong["reason"] = _("Write at most %(most)d characters.", most=barring.LONGEST_DETAIL)
        return _suspicion(found, wrong), 422
    reference = found.nomination.reference
    try:
        ended = suspicions.decide(
            session,
            edition,
            found,
            is_conflict=posted("act") == "conflict",
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        wrong["reason"] = _("Write why: whoever looks at it later reads that.")
    except InterestBinds:
        wrong[""] = _(
            "You have an interest in %(reference)s yourself. Another organiser decides.", reference=reference
        )
    if wrong:
        session.rollback()
        return _suspicion(suspicions.one(session, edition, suspicion), wrong), 422
    session.commit()
    return back_to("panel.conflicts", _outcome(found.nomination, ended, posted("act") == "conflict"))


def _outcome(nomination: Nomination, ended: int, is_conflict: bool) -> str:
    reference = nomination.reference
    if not is_conflict:
        return _("%(reference)s: decided that it is no conflict.", reference=reference)
    if ended:
        return _(
            "%(reference)s: it is a conflict. The assignment has ended; what was marked is kept and does not count.",
            reference=reference,
        )
    if not recounts.still_matters(db.session(), door.edition(), nomination.category, sessions.now()):
        return _(
            "%(reference)s: it is a conflict. What was counted stays as it stands: the finalists are announced.",
            reference=reference,
        )
    return _("%(reference)s: it is a conflict. The pair is kept apart.", reference=reference)


def _suspicion(found: Suspicion, wrong: Mapping[str, str] | None = None) -> str:
    session = db.session()
    revision = nominations.standing_revision(found.nomination)
    ties = session.scalars(
        select(Affiliation)
        .where(Affiliation.account_id == found.judge.account_id, Affiliation.ended_on.is_(None))
        .order_by(Affiliation.id)
        .options(selectinload(Affiliation.organisation))
    ).all()
    return show(
        "panel/suspicion.html",
        HERE,
        found=found,
        kind=KINDS[found.kind],
        judge=name_of(found.judge.account),
        email=found.judge.account.email,
        ties=[_place(it.organisation.name if it.organisation else "", it.city, it.country) for it in ties],
        revision=revision,
        place=_place(revision.organisation_name, revision.city, revision.country),
        by=name_of(session.get(Account, found.decided_by_id)) if found.decided_by_id else "",
        reason=posted("reason") if wrong else "",
        wrong=dict(wrong or {}),
    )


def _place(*parts: str) -> str:
    *names, country = parts
    return " · ".join(it for it in (*names, words.country(country) if country else "") if it)

"""Pinned and forbidden pairs: said with a reason before a proposal is drawn, listed, and ended again."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from awards import decisions, pair_rules
from awards.extensions import db
from awards.models import Judge, Nomination, PairRule, PairRuleKind
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.panel import pairs
from awards.web.panel.assignment import HERE, board
from awards.web.panel.by_hand import pair_of
from awards.web.panel.outcome import Outcome
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import Answer, back_to, name_of, posted, show
from awards.web.words import tidy

KINDS = {it.value: it for it in PairRuleKind}
FIELDS = ("judge", "reference", "kind", "reason")


@blueprint.route("/assignment/pairs", methods=["GET", "POST"], endpoint="pair_rules")
@audience(Audience.ORGANISER)
def rules(**_edition: str) -> Answer:
    """The pairs that people have pinned or forbidden; posted, one more."""
    if request.method == "GET":
        return _page()
    found = board()
    judge, nomination, wrong = pair_of(found)
    kind = KINDS.get(posted("kind"))
    if kind is None:
        wrong["kind"] = _("Choose one of the two.")
    if not posted("reason"):
        wrong["reason"] = _("Write why: it is kept, and others will ask.")
    elif len(posted("reason")) > pair_rules.LONGEST_REASON:
        wrong["reason"] = _("Write at most %(most)d characters.", most=pair_rules.LONGEST_REASON)
    if judge is None or nomination is None or wrong:
        return _page(wrong), 422
    says = _said(kind, judge, nomination)
    verb = pair_rules.pin if kind is PairRuleKind.PINNED else pair_rules.forbid
    try:
        verb(
            db.session(),
            door.edition(),
            judge,
            nomination,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (*pairs.REFUSALS, decisions.ReasonMissing) as error:
        db.session.rollback()
        return _page({"": pairs.refusal(error)}), 422
    db.session.commit()
    return back_to(HERE, says)


def _said(kind: PairRuleKind | None, judge: Judge, nomination: Nomination) -> str:
    named = {"reference": nomination.reference, "name": name_of(judge.account)}
    if kind is PairRuleKind.PINNED:
        return _(
            "%(reference)s is pinned to %(name)s: every proposal drawn from now on gives it to them.", **named
        )
    return _("%(name)s is kept from %(reference)s until you end that.", **named)


@blueprint.post("/assignment/pairs/<rule>/end")
@audience(Audience.ORGANISER)
def end_rule(rule: str, **_edition: str) -> Answer:
    """Let a pinned or forbidden pair be free again."""
    found = _rule(rule)
    named = {"reference": found.nomination.reference, "name": name_of(found.judge.account)}
    try:
        pair_rules.end(db.session(), door.edition(), found, actor=sessions.actor(), now=sessions.now())
    except pairs.REFUSALS as error:
        db.session.rollback()
        return back_to("panel.pair_rules", pairs.refusal(error), "caution")
    db.session.commit()
    says = _("%(reference)s and %(name)s are free again. What was issued stays.", **named)
    return back_to("panel.pair_rules", says)


def _rule(identifier: str) -> PairRule:
    """A rule of the edition of the address; 404 for any other."""
    if not door.IDENTIFIER.fullmatch(identifier):
        abort(404)
    found = db.session.scalars(
        select(PairRule)
        .join(PairRule.judge)
        .where(Judge.edition_id == door.edition().id, PairRule.public_id == identifier)
    ).first()
    if found is None:
        abort(404)
    return found


def _page(wrong: dict[str, str] | None = None) -> str:
    is_post = request.method == "POST"
    found = board()
    return show(
        "panel/pair_rules.html",
        HERE,
        board=found,
        told=Outcome(found),
        wrong=wrong or {},
        typed={
            name: posted(name) if is_post else tidy(request.args.get(name)) or posted(name) for name in FIELDS
        },
        name_of=name_of,
        longest=pair_rules.LONGEST_REASON,
    )

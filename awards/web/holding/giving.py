"""Giving the share after the close: the first waits, the second opens the envelopes."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from awards import (
    approvals,
    decisions,
    disputes,
    envelopes,
    giving,
    holders,
    keys,
    reckoning,
    shares,
    unsealing,
)
from awards.extensions import db
from awards.giving import Given
from awards.web import breaches, door, sessions
from awards.web.access import Audience, audience
from awards.web.holding import routes
from awards.web.holding.own_key import wrong_secret
from awards.web.holding.routes import Answer, back, blueprint, mine, show
from awards.web.polling.routes import keep_and_destroy_keys
from awards.web.secretariat import frame
from awards.web.secretariat.frame import long_reason, posted
from awards.web.texts import listed

MOVED = (
    unsealing.NotClosed,
    giving.NotShared,
    envelopes.NobodyVoted,
    envelopes.QuorumNotMet,
    approvals.NoProposal,
    approvals.SubjectChanged,
    approvals.ProposalWaits,
)
REFUSALS = (
    keys.WrongSecret,
    decisions.ReasonMissing,
    approvals.SamePerson,
    keys.KeyMissing,
    keys.SharesDoNotFit,
    shares.ShareMissing,
    holders.NoKeyYet,
    holders.IsLost,
    disputes.DisputesOpen,
    reckoning.PapersUnsettled,
    *MOVED,
)


@blueprint.route("/<edition>/give", methods=["GET", "POST"])
@audience(Audience.HOLDER)
def give(edition: str) -> Answer:  # noqa: ARG001
    """Give one's share by passphrase or words; where another waits, the envelopes are opened by it."""
    mine()
    if request.method == "GET":
        return back()
    if wrong := long_reason():
        return _again(wrong), 422
    if not routes.may_try():
        return _again({"": routes.too_many()}), 429
    try:
        done = giving.give(
            db.session(),
            door.edition(),
            sessions.me(),
            routes.secret(),
            reason=posted("reason"),
            key_folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except REFUSALS as error:
        db.session.rollback()
        return _refused(error)
    routes.forget_tries()
    return _answer(done)


def _refused(error: Exception) -> Answer:
    """What keeps a share from being given."""
    match error:
        case keys.WrongSecret():
            return _again(wrong_secret()), 422
        case decisions.ReasonMissing():
            return _again({"reason": _("Write a reason: the decision states it.")}), 422
        case approvals.SamePerson():
            return back(_("You have given your share already. It waits for a second holder."), "caution")
        case keys.KeyMissing() | keys.SharesDoNotFit() | shares.ShareMissing():
            return _again({"": _no_share()}), 409
        case holders.NoKeyYet() | holders.IsLost():
            return back(_("Your key is lost or was never made, so there is no share to give."), "caution")
        case disputes.DisputesOpen():
            said = _("A dispute who has cast a ballot is not decided yet. Nothing was opened.")
            return _again({"": said}), 409
        case reckoning.PapersUnsettled():
            said = _(
                "Nothing was opened: papers are not entered yet by two, or don't add up. See to it on the page of the "
                "ballots on paper."
            )
            return _again({"": said}), 409
    return back(_("The vote has moved on meanwhile; nothing was done."), "caution")


def _again(wrong: dict[str, str]) -> str:
    return show(wrong, at="give", reason=posted("reason"))


def _no_share() -> str:
    return _(
        "Your share of this vote's key is not there, or was made for a key that you have lost. Nothing was opened. The "
        "two others can open without you; tell the secretariat."
    )


def _answer(done: Given) -> Answer:
    if done.spoilt:
        db.session.commit()
        names = frame.face_of(door.edition()).names
        if done.breach is not None:
            return back(
                breaches.said(done.breach, str(names.name("categories", done.breach.category))), "alarm"
            )
        return back(
            _(
                "Nothing was opened: an envelope does not hold a ballot of this vote. It is noted, and the organisers "
                "can have these categories voted on again: %(categories)s.",
                categories=listed(str(names.name("categories", it)) for it in done.spoilt),
            ),
            "alarm",
        )
    if done.closed is None:
        db.session.commit()
        return back(_("Your share is given. It waits twelve hours for a second one; nothing is opened yet."))
    keep_and_destroy_keys()
    return back(
        _("The envelopes are opened and counted. The key, its shares and what was given are destroyed.")
    )


@blueprint.post("/<edition>/back")
@audience(Audience.HOLDER)
def take_back(edition: str) -> Answer:  # noqa: ARG001
    """Take one's share back before a second one is given."""
    mine()
    try:
        giving.take_back(
            db.session(),
            door.edition(),
            sessions.me(),
            key_folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except giving.NothingGiven:
        db.session.rollback()
        return back(_("No share of yours waits; nothing was changed."), "caution")
    db.session.commit()
    return back(_("Your share is taken back and destroyed. You can give it again."))

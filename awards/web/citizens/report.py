"""The report on anomalies of the public's vote, and one of its classes, whose ballots may be proposed to be struck."""

from __future__ import annotations

from datetime import datetime

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import anomalies, approvals, decisions, editions, elections, striking
from awards.anomalies import ClassGone
from awards.bursts import ALIKE, AT_LEAST, Class, Sign
from awards.extensions import db
from awards.models import Edition, RollEntry, StruckBecause
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.citizens.routes import Answer, blueprint
from awards.web.polling.routes import VOTE
from awards.web.secretariat import frame
from awards.web.secretariat.frame import long_reason, posted
from awards.web.voting import says as voting


@blueprint.get(f"{VOTE}/anomalies")
@audience(Audience.POLLS)
def report(edition: str) -> str:  # noqa: ARG001
    """What looks strange among those who confirmed an address: counts, no names and no choices."""
    return _show("report.html", report=anomalies.look(db.session(), _edition()), sealed=_sealed())


@blueprint.route(f"{VOTE}/anomalies/<key>", methods=["GET", "POST"])
@audience(Audience.POLLS)
def strange(edition: str, key: str) -> Answer:  # noqa: ARG001
    """One class: what would be struck, and the proposal to strike it. People decide, and two of them."""
    session, found = db.session(), _edition()
    try:
        one, entries = anomalies.class_of(session, found, key)
    except ClassGone:
        return frame.back_to("citizens.report", _("There is no such class in the report now."), "caution")
    if request.method == "GET":
        return _page(one)
    if wrong := long_reason():
        return _page(one, wrong), 422
    try:
        return _propose(one, entries)
    except decisions.ReasonMissing:
        session.rollback()
        return _page(one, {"reason": _("Write a reason: the decision states it.")}), 422
    except striking.AboutMissing:
        session.rollback()
        return _page(one, {"about": _("Say in at most 200 letters what is struck: this is published.")}), 422
    except striking.NothingToStrike:
        session.rollback()
        return _page(
            one, {"": _("None of them has a ballot in the box, so there is nothing to strike.")}
        ), 422
    except approvals.ProposalWaits:
        session.rollback()
        return _page(one, {"": _("This was proposed already, and waits for somebody else's word.")}), 422
    except striking.OpenedAlready:
        session.rollback()
        return frame.back_to(
            "citizens.report", _("The envelopes are opened: nothing is struck any more."), "caution"
        )


def _propose(one: Class, entries: list[RollEntry]) -> Answer:
    session = db.session()
    striking.propose(
        session,
        door.edition(),
        entries,
        StruckBecause.FRAUD,
        about=posted("about"),
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    session.commit()
    said = ngettext(
        "Proposed to strike %(num)d ballot. Another organiser or teller has to approve it.",
        "Proposed to strike %(num)d ballots. Another organiser or teller has to approve it.",
        one.ballots,
    )
    return frame.back_to("polling.strikes", said)


def _edition() -> Edition:
    """The edition of the address; 404 where its rules give the public no vote."""
    found = door.edition()
    if editions.rules_of(db.session(), found).public_vote is None:
        abort(404)
    return found


def _sealed() -> bool:
    return bool(elections.of_the_public(db.session(), door.edition(), *elections.IN_THE_BOX))


def _page(one: Class, wrong: dict[str, str] | None = None) -> str:
    return _show(
        "class.html",
        one=one,
        wrong=wrong or {},
        sealed=_sealed(),
        about=posted("about") or published(one),
        reason=posted("reason"),
    )


def _show(template: str, **values: object) -> str:
    return frame.show(
        f"citizens/{template}",
        "polling.index",
        staff=frame.may(Audience.STAFF, reading=True),
        tending=frame.may(Audience.POLLS, reading=False),
        what=what,
        why=why,
        hour=hour,
        start=start,
        least=AT_LEAST,
        alike=ALIKE,
        **values,
    )


def start(moment: str) -> str:
    """An hour of the report on the edition's clock."""
    return voting.hour(datetime.fromisoformat(moment), door.edition().zone)


def hour(it: Class) -> str:
    return voting.hour(it.hour, door.edition().zone) if it.hour is not None else ""


def what(it: Class) -> str:
    """A class in a few words, for those who run the vote."""
    match it.sign:
        case Sign.DISPOSABLE:
            return _("Throw-away addresses at %(domain)s", domain=it.what)
        case Sign.NETWORK_BURST:
            return _("One network (%(code)s) within an hour", code=it.what)
        case Sign.DOMAIN_BURST:
            return _("Addresses at %(domain)s within an hour", domain=it.what)
        case Sign.ALIKE:
            return _("Addresses at %(domain)s that are nearly the same", domain=it.what)


def why(it: Class) -> str:
    """Why it may be strange, and why it may be nothing."""
    match it.sign:
        case Sign.DISPOSABLE:
            return _(
                "The domain is on a public list of those that give anybody a mailbox for minutes. Some people use them "
                "so as not to give their address away."
            )
        case Sign.NETWORK_BURST:
            return _(
                "Far more than the other hours lead to expect. It can be one machine; it can be a school, an office or "
                "a town behind one address of the network, in which all were asked to vote at once."
            )
        case Sign.DOMAIN_BURST:
            return _(
                "Far more than the other hours lead to expect. It can be one person who owns the domain; it can be a "
                "city that asked its staff to vote."
            )
        case Sign.ALIKE:
            return _(
                "Alike but for dots, tags and numbers. They can be one person's; they can be a family's, or how a city "
                "names its mailboxes."
            )


def published(it: Class) -> str:
    """What is proposed as the published reason: no network and no name in it."""
    match it.sign:
        case Sign.DISPOSABLE:
            return _("throw-away addresses at %(domain)s", domain=it.what)
        case Sign.NETWORK_BURST:
            return _("addresses confirmed from one network: %(hour)s", hour=hour(it))
        case Sign.DOMAIN_BURST:
            return _("addresses at %(domain)s: %(hour)s", domain=it.what, hour=hour(it))
        case Sign.ALIKE:
            return _("addresses at %(domain)s that are nearly the same", domain=it.what)

"""The box of a closed vote: opened by two, or, where too few took part, dealt with as the rules say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import (
    approvals,
    decisions,
    disputes,
    editions,
    envelopes,
    giving,
    polls,
    reckoning,
    unsealing,
)
from awards.ballot_log import LogBroken
from awards.dates import ClosesInThePast
from awards.editions import DeadlineEarlier
from awards.elections import TooFewElectors
from awards.envelopes import OPENING
from awards.extensions import db
from awards.models import Account, Approval
from awards.polls import Stage
from awards.repeats import TO_JUDGES
from awards.timetable import Deadline
from awards.unsealing import Box, WayOn
from awards.web import breaches, door, sessions, words
from awards.web.access import Audience, audience
from awards.web.polling import acts, index, routes
from awards.web.polling.routes import VOTE, Answer, blueprint, lead
from awards.web.secretariat import stating, wording
from awards.web.secretariat.frame import long_reason, may, name_of, posted
from awards.web.texts import Names

CHANGED = (
    approvals.NoProposal,
    approvals.ProposalWaits,
    approvals.SubjectChanged,
    unsealing.NotClosed,
    unsealing.QuorumMet,
    unsealing.NotByTheRules,
    envelopes.QuorumNotMet,
    envelopes.NobodyVoted,
)


@blueprint.route(f"{VOTE}/opening", methods=["GET", "POST"])
@audience(Audience.POLLS)
def unseal(edition: str) -> Answer:  # noqa: ARG001
    """One proposes, another approves; nobody sees a count before both have."""
    door.vote()
    session = db.session()
    try:
        box = unsealing.look(session, door.edition())
    except unsealing.NotClosed:
        if polls.look(session, door.edition()).stage is Stage.COUNTED:
            return lead("index", _("The envelopes are opened and counted."))
        return lead("index", _("There is no closed vote whose envelopes could be opened."), "caution")
    if request.method == "GET":
        return _page(box)
    if wrong := long_reason():
        return _page(box, wrong), 422
    act = None if box.is_shared and posted("act") in BY_HOLDERS else ACTS.get(posted("act"))
    if posted("act") in BY_ORGANISERS and not may(Audience.ORGANISER, reading=False):
        return _page(box, {"": _("An organiser does this.")}), 422
    try:
        if act is None:
            return _page(box), 422
        said = act()
    except Refused as error:
        session.rollback()
        return _page(box, error.wrong, error.wanted), 422
    except decisions.ReasonMissing:
        session.rollback()
        return _page(box, {"reason": _("Write a reason: the decision states it.")}), 422
    except approvals.SamePerson:
        session.rollback()
        return _page(box, {"": _("You proposed this yourself. Somebody else has to approve it.")}), 422
    except TooFewElectors:
        session.rollback()
        return _page(box, {"": _("Too few judges could vote in a category. Nothing was destroyed.")}), 422
    except (*envelopes.BROKEN, disputes.DisputesOpen) as error:
        session.rollback()
        return _page(box, {"": _shut(error)}), 409
    except CHANGED:
        session.rollback()
        return lead("index", _("The vote has moved on meanwhile; nothing was done."), "caution")
    return lead("index", said)


class Refused(Exception):
    """A date that can't be taken, with what is wrong by field."""

    def __init__(self, wrong: dict[str, str], wanted: Deadline | None = None) -> None:
        super().__init__(", ".join(wrong))
        self.wrong, self.wanted = wrong, wanted


def _shut(error: Exception) -> str:
    if isinstance(error, disputes.DisputesOpen):
        return _("A dispute who has cast a ballot is not decided yet. Nothing was opened.")
    if isinstance(error, LogBroken):
        names = Names(editions.texts_of(db.session(), door.edition()), door.edition().language)
        return breaches.said(error, str(names.name("categories", error.category)))
    return _(
        "Nothing was opened: the key is not there, or an envelope does not hold a ballot of this vote. Whoever runs "
        "this site has to look into it. If it can't be mended, the vote is held again: see the end of this page."
    )


@contextmanager
def _settled() -> Iterator[None]:
    """Say it where papers keep the envelopes shut."""
    try:
        yield
    except reckoning.PapersUnsettled as error:
        said = _(
            "Nothing was opened: papers are not entered yet by two, or don't add up. See to it on the page of the "
            "ballots on paper."
        )
        raise Refused({"": said}) from error


def _propose() -> str:
    with _settled():
        unsealing.propose(
            db.session(), door.edition(), reason=posted("reason"), actor=sessions.actor(), now=sessions.now()
        )
    db.session.commit()
    return _("Proposed. Another organiser or teller has to approve it; then the envelopes are opened.")


def _approve() -> str:
    with _settled():
        closed = unsealing.approve(
            db.session(),
            door.edition(),
            posted("sha256"),
            key_folder=routes.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    routes.keep_and_destroy_keys()
    if closed.runoffs:
        return _("The envelopes are opened and counted. Where nominations are level a run-off is open.")
    return _("The envelopes are opened and counted, and their key is destroyed.")


def _propose_judges() -> str:
    unsealing.propose_judges(
        db.session(), door.edition(), reason=posted("reason"), actor=sessions.actor(), now=sessions.now()
    )
    db.session.commit()
    return _("Proposed. Another organiser has to approve it.")


def _approve_judges() -> str:
    told = unsealing.approve_judges(
        db.session(),
        door.edition(),
        posted("sha256"),
        key_folder=routes.key_folder(),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    routes.keep_and_destroy_keys()
    more = ngettext("One judge is written to.", "%(num)d judges are written to.", len(told))
    return " ".join([_("The envelopes are destroyed unopened, and the judges vote."), more])


def _extend() -> str:
    wanted = stating.typed()
    if wanted.at is None:
        raise Refused(wanted.wrong)
    try:
        told = unsealing.extend(
            db.session(),
            door.edition(),
            wanted.at.local,
            zone=wanted.at.zone,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (ClosesInThePast, DeadlineEarlier) as error:
        raise Refused(acts.refused(error), wanted.at) from error
    db.session.commit()
    said = _("The vote is open again until %(when)s.", when=words.when(wanted.at))
    more = ngettext("One elector is written to.", "%(num)d electors are written to.", len(told))
    return f"{said} {more}"


ACTS: Mapping[str, Callable[[], str]] = {
    "propose": _propose,
    "approve": _approve,
    "end": partial(routes.end, OPENING),
    "extend": _extend,
    "propose-judges": _propose_judges,
    "approve-judges": _approve_judges,
    "end-judges": partial(routes.end, TO_JUDGES),
}
BY_HOLDERS = frozenset({"propose", "approve", "end"})
"""What holders do on their own pages where the key is shared."""
BY_ORGANISERS = frozenset({"extend", "propose-judges", "approve-judges", "end-judges"})
"""What changes the course of the vote is not the tellers'."""


def _page(box: Box, wrong: Mapping[str, str] | None = None, wanted: Deadline | None = None) -> str:
    return routes.show(
        "opening.html",
        box=box,
        poll=box.poll,
        public=index.of_the_public(box.poll),
        prize=index.prize_of_the_public(),
        first=giving.first(db.session(), door.edition(), key_folder=routes.key_folder(), now=sessions.now()),
        ways={it.value for it in box.ways},
        proposer=_proposer(box.opening or box.handing),
        own=(proposal := box.opening or box.handing) is not None and proposal.proposer_id == sessions.me().id,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        wanted=wanted,
        typed={**stating.fields(zone=door.edition().zone), "reason": posted("reason")},
        zones=wording.zones(),
        extendable=WayOn.EXTEND in box.ways,
        unsettled=_papers_left(box),
    )


def _papers_left(box: Box) -> list[reckoning.Account]:
    """The categories whose papers keep the envelopes shut."""
    found = reckoning.accounts(db.session(), door.edition(), box.poll.elections)
    return [it for it in found if not it.is_settled]


def _proposer(proposal: Approval | None) -> str:
    return name_of(db.session.get(Account, proposal.proposer_id)) if proposal else ""

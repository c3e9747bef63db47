"""What the pages of ballots on paper have in common: how they are shown, and how an act is carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from awards import approvals, bundles
from awards.extensions import db
from awards.models import Account, Approval, Bundle
from awards.web import door, sessions
from awards.web.access import Audience
from awards.web.language import PREFIX
from awards.web.secretariat import frame
from awards.web.secretariat.frame import name_of, posted
from awards.web.tellers import says

blueprint = Blueprint("tellers", __name__, url_prefix=f"{PREFIX}/secretariat/<edition>/vote/papers")

Answer = str | Response | tuple[str, int]
Act = Callable[[], Response]


def show(template: str, **values: object) -> str:
    """A page of ballots on paper. `tending`: whether the reader may do what organisers and tellers do."""
    return frame.show(
        f"tellers/{template}",
        "polling.index",
        says=says,
        staff=frame.may(Audience.STAFF, reading=True),
        tending=frame.may(Audience.POLLS, reading=False),
        me=sessions.me().id,
        **values,
    )


def lead(endpoint: str, said: str = "", mood: str = "done", **values: str | int) -> Response:
    """Lead to a page of ballots on paper, with a word on what was done."""
    return frame.back_to(f"tellers.{endpoint}", said, mood, **values)


def bundle_of(identifier: str) -> Bundle:
    """A bundle of the edition; 404 for any other."""
    door.vote()
    if not door.IDENTIFIER.fullmatch(identifier):
        abort(404)
    try:
        return bundles.find(db.session(), door.edition(), identifier)
    except bundles.NoSuchBundle:
        abort(404)


def carry_out(act: Act, page: Callable[[Mapping[str, str]], str]) -> Answer:
    """Carry out an act and lead on; or show the page again with what is wrong, as it was typed."""
    session = db.session()
    if wrong := frame.long_reason():
        return page(wrong), 422
    try:
        answer = act()
    except says.REFUSED as error:
        session.rollback()
        return page(says.wrong(error)), 422
    session.commit()
    return answer


def end(act: str) -> None:
    """End a proposal, as who made it or who turns it down. Raises NoProposal."""
    proposal = approvals.take(db.session(), door.edition(), act, posted("sha256"))
    approvals.end(db.session(), door.edition(), proposal, actor=sessions.actor(), now=sessions.now())


def proposer(proposal: Approval | None) -> str:
    return name_of(db.session.get(Account, proposal.proposer_id)) if proposal else ""

"""One bundle: how far its two tellers are, its number of papers corrected, or all of it set aside by two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import approvals, bundles, reckoning
from awards.extensions import db
from awards.models import Account, Bundle
from awards.reckoning import ASIDE
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.secretariat.frame import name_of, posted, posted_number
from awards.web.tellers.routes import Answer, blueprint, bundle_of, carry_out, lead, show


@blueprint.route("/bundles/<bundle>", methods=["GET", "POST"])
@audience(Audience.POLLS)
def bundle(bundle: str, **_edition: str) -> Answer:
    found = bundle_of(bundle)
    act = ACTS.get(posted("act"))
    if request.method == "GET" or act is None:
        return _page(found), 200 if request.method == "GET" else 422
    return carry_out(partial(act, found), partial(_page, found))


def _page(it: Bundle, wrong: Mapping[str, str] | None = None) -> str:
    session = db.session()
    sight = bundles.look(session, it)
    me = sessions.me().id
    return show(
        "bundle.html",
        sight=sight,
        it=it,
        next=sight.next_of(me) if sight.is_for(me) else None,
        tellers=[
            (name_of(session.get(Account, account)), len(entered.done))
            for account, entered in sight.tellers.items()
        ],
        waits=approvals.waiting(session, door.edition(), ASIDE) is not None,
        wrong=dict(wrong or {}),
        typed={"papers": posted("papers") or it.papers, "reason": posted("reason")},
    )


def _correct(it: Bundle) -> Response:
    bundles.correct(
        db.session(),
        door.edition(),
        it,
        posted_number("papers"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return lead("bundle", _("The number is corrected."), bundle=it.public_id)


def _aside(it: Bundle) -> Response:
    reckoning.propose_aside(
        db.session(),
        door.edition(),
        it,
        reason=posted("reason"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return lead("index", _("Proposed. Another organiser or teller has to approve it."))


ACTS: Mapping[str, Callable[[Bundle], Response]] = {"correct": _correct, "aside": _aside}

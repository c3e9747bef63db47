"""What is published of each nomination, consents withdrawn and given again, as the secretariat sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request

from awards import consents, editions, published
from awards.extensions import db
from awards.models import Nomination, WithdrawnConsent
from awards.web import consenting, door, sessions
from awards.web.access import Audience, audience
from awards.web.consenting import Listed
from awards.web.release.routes import Answer, blueprint, show
from awards.web.results import nominee_of
from awards.web.secretariat import wording
from awards.web.secretariat.frame import back_to, posted
from awards.web.texts import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A consent that was withdrawn: of whom, by whom, and whether it stands."""

    it: WithdrawnConsent
    nomination: Nomination
    by: str
    name: Text | str


@blueprint.get("/consents")
@audience(Audience.ORGANISER)
def consents_of(edition: str) -> Answer:  # noqa: ARG001
    session, here = db.session(), door.edition()
    nominations = published.nominations_of(session, here, sessions.now())
    found = consents.of_edition(session, here)
    people, by_row = consents.names_of(session, found), {it.id: it for it in nominations}
    rules, texts = editions.in_force(session, here)
    entries = [
        Entry(
            it,
            by_row[it.nomination_id],
            people.get(it.by_id or 0, ""),
            consenting.name_of(it.item, rules, texts, here.language),
        )
        for it in found
        if it.nomination_id in by_row
    ]
    names = {key: nominee_of(row) for key, row in published.names_of(session, here, sessions.now()).items()}
    return show("consents.html", entries=entries, nominations=nominations, names=names)


@blueprint.route("/consents/<reference>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def consents_in(edition: str, reference: str) -> Answer:  # noqa: ARG001
    """One nomination: what is published of it, each item with what an organiser may do."""
    found = _listed(reference)
    if request.method == "GET":
        return _page(found, {})
    done = consenting.act(
        door.edition(), found, as_organiser=True, actor=sessions.actor(), now=sessions.now()
    )
    if done.wrong:
        return _page(found, done.wrong), 422
    return back_to("release.consents_in", done.says, done.mood, reference=reference)


def _listed(reference: str) -> Listed:
    session, here, now = db.session(), door.edition(), sessions.now()
    its = {it.reference: it for it in published.nominations_of(session, here, now)}
    if reference not in its:
        abort(404)
    rules, texts = editions.in_force(session, here)
    found = consenting.listed(here, its[reference], rules, texts, now)
    assert found is not None
    return found


def _page(found: Listed, wrong: Mapping[str, str]) -> str:
    return show(
        "consent.html",
        found=found,
        wrong=dict(wrong),
        reason=posted("reason"),
        at=wording.at,
        zone=sessions.me().zone,
    )

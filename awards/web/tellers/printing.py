"""Papers to be printed: one a category, in each language, the same for everybody but who has finalists barred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import elections, roll
from awards.extensions import db
from awards.models import Election, ElectionState, Entitlement
from awards.web import door, downloads
from awards.web.access import Audience, audience
from awards.web.language import NAMES, speaking
from awards.web.papers.ballots import ballot
from awards.web.polling.finalists import cards
from awards.web.tellers.routes import blueprint

STATES = (ElectionState.PREPARED, ElectionState.OPEN)
LONGEST = 400


@blueprint.get("/print/<category>/<tag>.pdf")
@audience(Audience.POLLS)
def blank(category: str, tag: str, **_edition: str) -> Response:
    """The paper of a category. `without`: finalists that can't be chosen on it, which stand at its foot."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    door.vote()
    session, edition = db.session(), door.edition()
    found = [it for it in elections.of_edition(session, edition, *STATES) if it.category == category]
    if not found or tag not in NAMES:
        abort(404)
    election = found[-1]
    without = request.args.get("without", "")[:LONGEST].split(",")
    barred = tuple(it for it in election.slate if it in without)
    if barred and barred not in bars(session, [election]).get(category, {}):
        abort(404)
    with speaking(tag):
        content = print_paper(ballot(edition, election, barred))
    name = f"{edition.key}-{category}-paper-{tag}{'-' if barred else ''}{'-'.join(barred)}.pdf"
    return downloads.download(content, downloads.PDF, name)


def named(references: Iterable[str]) -> dict[str, str]:
    """Finalists by reference, each by its name and reference."""
    return {it.reference: f"{it.name.text} ({it.reference})" for it in cards(references)}


def bars(session: Session, among: Sequence[Election]) -> dict[str, dict[tuple[str, ...], int]]:
    """By category, the finalists that are barred to some electors together, and how many electors these are."""
    slates = {it.id: it for it in among}
    on = {it.id for it in roll.on(session, door.edition())} if slates else set()
    found: dict[str, dict[tuple[str, ...], int]] = {}
    rows = session.execute(
        select(Entitlement.election_id, Entitlement.roll_entry_id, Entitlement.barred).where(
            Entitlement.election_id.in_(slates), Entitlement.withheld_because.is_(None)
        )
    )
    for election_id, entry, barred in rows:
        election = slates[election_id]
        which = tuple(it for it in election.slate if it in barred)
        if which and entry in on:
            here = found.setdefault(election.category, {})
            here[which] = here.get(which, 0) + 1
    return found

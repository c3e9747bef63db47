"""The nominations of an edition as the secretariat sees them: drafts as counts only, submitted ones by reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flask import request, url_for
from sqlalchemy import and_, select

from awards import editions, recusals, releasing, steps
from awards.extensions import db
from awards.models import Edition, Nomination, NominationRevision, NominationState
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.screening.rows import stands_for_bound, stands_for_reader
from awards.web.secretariat.frame import blueprint, face_of, may, screening_of, show
from awards.web.texts import Text


@dataclass(frozen=True, slots=True)
class Row:
    """A category with its counts: drafts, those in play, and all that were put forward."""

    key: str
    name: Text
    drafts: int
    submitted: int
    eligible: int
    too_few: bool


class Entry(NamedTuple):
    """A nomination that was submitted, as it stands; `state` is None where that isn't the reader's to know yet."""

    reference: str
    state: NominationState | None
    category: str
    title: str
    organisation: str
    language: str

    @property
    def address(self) -> str:
        """Its page among those of the eligibility check."""
        return screening_of(self.reference)

    @property
    def preview(self) -> str:
        """What judges read of it."""
        return url_for("panel.dossier", edition=door.edition().key, reference=self.reference)


@blueprint.get("/<edition>/nominations")
@audience(Audience.SCREENER)
def nominations(edition: str) -> str:
    found, session = door.edition(), db.session()
    names = face_of(found).names
    counted = steps.by_category(session, found)
    few = steps.too_few(session, found)
    categories = editions.rules_of(session, found).categories
    rows = [
        Row(
            key=it.key,
            name=names.name("categories", it.key),
            drafts=counted.get((it.key, NominationState.DRAFT), 0),
            submitted=sum(
                number
                for (category, state), number in counted.items()
                if category == it.key and state not in (NominationState.DRAFT, NominationState.WITHDRAWN)
            ),
            eligible=counted.get((it.key, NominationState.ELIGIBLE), 0),
            too_few=it.key in few,
        )
        for it in categories
    ]
    category = request.args.get("category", "")
    chosen = category if category in {it.key for it in categories} else ""
    return show(
        "nominations.html",
        "nominations",
        rows=rows,
        entries=_entries(found, chosen),
        names=names,
        chosen=chosen,
    )


def _entries(edition: Edition, category: str) -> list[Entry]:
    """What was submitted; the content of drafts is their writers' until they submit."""
    query = (
        select(
            Nomination,
            NominationRevision.title,
            NominationRevision.organisation_name,
            NominationRevision.language,
        )
        .join(
            NominationRevision,
            and_(
                NominationRevision.nomination_id == Nomination.id,
                NominationRevision.number == Nomination.submitted_number,
            ),
        )
        .where(Nomination.edition_id == edition.id, Nomination.state != NominationState.DRAFT)
        .order_by(Nomination.reference)
    )
    if category:
        query = query.where(Nomination.category == category)
    session = db.session()
    rows = session.execute(query).all()
    bound = recusals.interests_in(session, edition, sessions.me())
    known = releasing.told_states(session, [it for it, *_ in rows if it.id in bound])
    of_table = may(Audience.TABLE, reading=True)
    return [
        Entry(
            it.reference,
            stands_for_bound(known[it.id]) if it.id in bound else stands_for_reader(it, of_table=of_table),
            it.category,
            *names,
        )
        for it, *names in rows
    ]

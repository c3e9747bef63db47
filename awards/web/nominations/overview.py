"""My nominations, and one of them: where it stands, what is missing, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from sqlalchemy import func, select

from awards import (
    acceptances,
    correspondence,
    membership,
    publication,
    releasing,
    submitting,
    windows,
    withdrawing,
)
from awards.extensions import db
from awards.models import (
    Decision,
    Edition,
    Nomination,
    NominationEditor,
    NominationRevision,
    NominationState,
)
from awards.web import face, sessions, words
from awards.web.access import Audience, audience
from awards.web.nominations import certificates, result, says
from awards.web.nominations.desk import desk
from awards.web.texts import Text, choose


@dataclass(frozen=True)
class Mine:
    """A nomination in the list of those of a person."""

    nomination: Nomination
    edition: Text
    title: Text
    state: NominationState
    is_changed: bool


def init_app(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/nominations/", "index", index)
    blueprint.add_url_rule("/nominations/<nomination>/", "show", show)


@audience(Audience.SIGNED_IN)
def index() -> str:
    return render_template(
        "nominations/index.html", mine=list(_mine()), words=words, says=says, states=NominationState
    )


@audience(Audience.NOMINATOR)
def show(nomination: str) -> str:  # noqa: ARG001 (the door has found it)
    here = desk()
    database = db.session()
    asked = submitting.late_request(database, here.nomination)
    return render_template(
        "nominations/show.html",
        desk=here,
        state=_states(here.now, [here.nomination])[here.nomination.id],
        states=NominationState,
        asked=asked,
        ruled=database.get(Decision, asked.decision_id) if asked and asked.decision_id else None,
        returned=windows.last_return(database, here.nomination),
        standing=next(iter(here.submissions), None),
        it=here.nomination,
        in_confidence=bool(acceptances.of_nomination(database, here.nomination)),
        certified=certificates.has_any(here),
        released=result.is_released(here.nomination, result.shown_of(here)),
        public=bool(publication.frozen_rows(database, here.edition, here.nomination, here.now)),
        membership=choose(membership.offer(database, here.edition, here.nomination, here.now)),
        may_withdraw=withdrawing.is_possible(here.edition, here.nomination),
        writers=correspondence.people(database, here.nomination),
        zone=sessions.me().zone,
        words=words,
        says=says,
        specimen=here.edition.specimen,
    )


def _mine() -> list[Mine]:
    """The nominations that the person writes, the newest first, in a few queries however many there are."""
    account, database = sessions.me(), db.session()
    writes = select(NominationEditor.nomination_id).where(
        NominationEditor.account_id == account.id, NominationEditor.ended_at.is_(None)
    )
    newest = (
        select(NominationRevision.nomination_id, func.max(NominationRevision.number).label("number"))
        .group_by(NominationRevision.nomination_id)
        .subquery()
    )
    rows = database.execute(
        select(Nomination, NominationRevision, Edition)
        .join(newest, newest.c.nomination_id == Nomination.id)
        .join(
            NominationRevision,
            (NominationRevision.nomination_id == Nomination.id)
            & (NominationRevision.number == newest.c.number),
        )
        .join(Edition, Edition.id == Nomination.edition_id)
        .where((Nomination.nominator_id == account.id) | Nomination.id.in_(writes))
        .order_by(Nomination.created_at.desc(), Nomination.id.desc())
    ).all()
    names = {it.edition.id: it.name for it in face.all_faces(database, sessions.now())}
    changed = {
        it.id
        for edition in {edition.id: edition for _, _, edition in rows}.values()
        for it in submitting.unsubmitted(database, edition)
    }
    told = _states(sessions.now(), [nomination for nomination, _, _ in rows])
    return [
        Mine(
            nomination,
            names.get(edition.id, Text(edition.key, "")),
            Text(revision.title, revision.language),
            told[nomination.id],
            nomination.id in changed,
        )
        for nomination, revision, edition in rows
    ]


def _states(now: datetime, found: Sequence[Nomination]) -> dict[int, NominationState]:
    """The state of each, by row number, as its people may know it."""
    session = db.session()
    return publication.known_states(session, found, releasing.told_states(session, found), now)

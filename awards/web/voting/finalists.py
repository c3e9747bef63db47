"""Finalists as electors see them: a card on the ballot, and a page with what their people let everybody read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only
from werkzeug.wrappers import Response

from awards import attachments, consents, dossiers, drafts, naming, nominations
from awards.dossiers import Dossier
from awards.extensions import db
from awards.models import Attachment, Nomination, NominationRevision, Organisation
from awards.own_ballots import Paper
from awards.web import door, files, results
from awards.web.access import Audience, audience
from awards.web.dossier import serve_page
from awards.web.results import Nominee
from awards.web.texts import Text, choose
from awards.web.voting import routes
from awards.web.voting.routes import Booth, blueprint

ON_A_CARD = 240
"""Characters of a summary that stand on the ballot; all of it stands on the finalist's page."""
ON_CARDS = (
    NominationRevision.nominee_kind,
    NominationRevision.title,
    NominationRevision.titles,
    NominationRevision.organisation_id,
    NominationRevision.organisation_name,
    NominationRevision.city,
    NominationRevision.country,
    NominationRevision.language,
    NominationRevision.summary,
    NominationRevision.summaries,
)
"""What is read of a nomination for its card: not the answers, which are long."""


@dataclass(frozen=True, slots=True)
class Card:
    """A finalist on a ballot. `number`: its place on the slate, which names its fields."""

    reference: str
    nominee: Nominee
    summary: Text
    is_barred: bool
    number: int


def cards(session: Session, here: Booth, paper: Paper) -> list[Card]:
    """The finalists of a ballot, in the elector's own order."""
    return list(cards_of(session, here, {paper.category: paper.slate}).values())


def cards_of(session: Session, here: Booth, wanted: Mapping[str, Iterable[str]]) -> dict[str, Card]:
    """Some finalists of some ballots, in the order in which they are asked for; after one query."""
    papers = {reference: here.papers[key] for key, its in wanted.items() for reference in its}
    if not papers:
        return {}
    rows = session.execute(
        select(Nomination.reference, NominationRevision)
        .join(NominationRevision.nomination)
        .where(
            Nomination.edition_id == here.edition.id,
            Nomination.reference.in_(papers),
            NominationRevision.number == Nomination.submitted_number,
        )
        .options(
            load_only(*ON_CARDS, raiseload=True),
            joinedload(NominationRevision.organisation).load_only(Organisation.name, Organisation.names),
        )
    )
    standing = {reference: revision for reference, revision in rows}  # noqa: C416 (rows are no pairs to mypy)
    return {
        reference: _card(reference, standing[reference], paper)
        for reference, paper in papers.items()
        if reference in standing
    }


def _card(reference: str, revision: NominationRevision, paper: Paper) -> Card:
    summary = choose(
        {revision.language: revision.summary} | dict(revision.summaries or {}), revision.language
    )
    return Card(
        reference,
        results.nominee_of(naming.lead(reference, revision)),
        Text(_cut(summary.text), summary.language),
        reference in paper.barred,
        paper.election.slate.index(reference),
    )


def _cut(text: str) -> str:
    """The beginning of a text, to the end of a word."""
    words = " ".join(text.split())
    if len(words) <= ON_A_CARD:
        return words
    begin = words[:ON_A_CARD]
    return f"{begin.rpartition(' ')[0] or begin} …"


@blueprint.get("/<edition>/finalists/<path:reference>")
@audience(Audience.ELECTOR)
def finalist(reference: str, **_edition: str) -> str:
    here, dossier = _read(reference)
    paper = next(it for it in here.papers.values() if reference in it.slate)
    card = cards_of(db.session(), here, {paper.category: [reference]})[reference]
    return routes.show("finalist", here, dossier=dossier, card=card)


@blueprint.get("/<edition>/finalists/<path:reference>/files/<key>")
@audience(Audience.ELECTOR)
def file(reference: str, key: str, **_edition: str) -> Response:
    """The original, to be saved: nothing in it runs."""
    here, dossier = _read(reference)
    nomination, found = _file(here, dossier, key)
    return files.download(nomination, found)


@blueprint.get("/<edition>/finalists/<path:reference>/pages/<key>/<int:page>")
@audience(Audience.ELECTOR)
def page(reference: str, key: str, page: int, **_edition: str) -> Response:
    here, dossier = _read(reference)
    _nomination, found = _file(here, dossier, key)
    return serve_page(found, page, request.args.get("size", "")) or abort(404)


def _read(reference: str) -> tuple[Booth, Dossier]:
    """What everybody may read of a nomination on one of the elector's ballots. 404 for any other."""
    here = routes.booth()
    if not any(reference in paper.slate for paper in here.papers.values()):
        abort(404)
    session = db.session()
    nomination = nominations.find(session, here.edition, reference)
    revision = nominations.standing_revision(nomination)
    found = dossiers.of_nomination(
        session, here.edition, nomination.id, rules=here.rules, texts=here.face.texts
    )
    kept_back = [*revision.kept_back, *_withdrawn(here, nomination)]
    return here, dossiers.for_everybody(found, kept_back, drafts.said_by(revision))


def _withdrawn(here: Booth, nomination: Nomination) -> list[str]:
    """The questions to whose publication consent was withdrawn since; of pictures, all as soon as one was."""
    items = consents.of_nomination(db.session(), nomination)
    if consents.EVERYTHING in items:
        return [it.key for it in here.rules.fields]
    some = any(it.startswith(consents.PICTURE) for it in items)
    return [*items, *(it.key for it in here.rules.fields if some and it.kind == "pictures")]


def _file(here: Booth, dossier: Dossier, key: str) -> tuple[Nomination, Attachment]:
    """A file of a finalist that everybody may see. 404 for any other."""
    session = db.session()
    nomination = nominations.find(session, here.edition, dossier.reference)
    found = attachments.find(session, nomination, key) if door.IDENTIFIER.fullmatch(key) else None
    if found is None or key not in {it.key for it in dossier.files}:
        abort(404)
    return nomination, found

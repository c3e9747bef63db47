"""What the public pages and papers of one edition have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import abort

from awards.extensions import db
from awards.models import RulesDocument
from awards.timetable import ORDER, Phase
from awards.web import face
from awards.web.face import Face, Shown
from judging.rules import Rules


@dataclass(frozen=True)
class Page:
    """What the pages of one edition have in common."""

    face: Face
    documents: tuple[RulesDocument, ...]
    rules: Rules
    shown: Shown
    now: datetime

    @property
    def has_votes(self) -> bool:
        """Whether the second round, if it is a vote, has begun: from then on there is a public log."""
        begun = ORDER.index(self.face.phase) >= ORDER.index(Phase.SECOND_ROUND)
        return self.rules.vote is not None and begun


def page_of(edition: str) -> Page:
    """An edition as it may be shown now. 404 where it is in preparation or unknown."""
    session, now = db.session(), datetime.now(UTC)
    found = face.face_of(session, edition, now) if edition.isprintable() else None
    if found is None:
        abort(404)
    documents = tuple(face.rules_documents(session, found.edition))
    rules = face.read(documents[-1])
    return Page(found, documents, rules, face.shown(session, found, rules, now), now)

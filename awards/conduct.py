"""The code of conduct: what every judge agrees to before anything is shown; who agreed to which wording, and when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions
from awards.models import Edition, Judge, TextsDocument
from awards.models.base import Document
from awards.texts import CONDUCT


class ConductNotAgreed(Exception):
    """A judge agrees to the code of conduct before reading anything."""


class ConductChanged(Exception):
    """The code of conduct was changed after it was shown."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """The code in one language, with the version of the edition's texts that it stands in."""

    version: int
    language: str
    text: str
    sha256: str


def of_edition(session: Session, edition: Edition, language: str) -> Conduct | None:
    """The code as it is shown now: in that language, else in the edition's, else in any; None where there is none."""
    shown = editions.texts_document(session, edition)
    said = _said(shown.document)
    for tag in (language, edition.language, *said):
        if text := said.get(tag):
            return Conduct(shown.version, tag, text, hashlib.sha256(text.encode()).hexdigest())
    return None


def is_asked(session: Session, edition_id: int) -> bool:
    """Whether an edition, by its row, has a code of conduct."""
    newest = session.scalars(
        select(TextsDocument)
        .where(TextsDocument.edition_id == edition_id)
        .order_by(TextsDocument.version.desc())
        .limit(1)
    ).first()
    return newest is not None and any(_said(newest.document).values())


def has_agreed(session: Session, edition: Edition, judge: Judge) -> bool:
    """Whether a judge has agreed to the code as it is worded now, in the language in which they read it."""
    now = of_edition(session, edition, judge.conduct_language)
    return now is None or (judge.conduct_at is not None and judge.conduct_sha256 == now.sha256)


def agree(
    session: Session, edition: Edition, judge: Judge, *, language: str, sha256: str, now: datetime
) -> None:
    """Keep that a judge agreed to the code as it was shown. Raises ConductChanged where that is no longer shown."""
    shown = of_edition(session, edition, language)
    if shown is None or shown.sha256 != sha256:
        raise ConductChanged(edition.key)
    judge.conduct_version, judge.conduct_language = shown.version, shown.language
    judge.conduct_sha256, judge.conduct_at = shown.sha256, now


def _said(document: Document) -> dict[str, str]:
    part = document.get(CONDUCT[0])
    said = part.get(CONDUCT[1]) if isinstance(part, dict) else None
    return {str(tag): str(text) for tag, text in said.items()} if isinstance(said, dict) else {}

"""What the papers of one nomination say: the receipt, and the letter by which a city approves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from awards import deadlines, drafts
from awards.documents.paper import (
    Block,
    Facts,
    Fingerprint,
    Grid,
    Heading,
    Paper,
    Signatures,
    Space,
    Words,
)
from awards.models import Edition, Nomination, NominationRevision, NominationSubmission
from awards.timetable import Deadline, in_zone
from awards.web import face, words
from awards.web.face import Face
from awards.web.papers.call import paper
from awards.web.papers.parts import Question, parts
from awards.web.sessions import me, now
from judging.values import Json

BUILT_IN = frozenset({"category", "title", "summary", "organisation"})


def receipt(session: Session, nomination: Nomination, submission: NominationSubmission) -> Paper:
    """The receipt of one submission: when, under which reference and hash, and everything that was submitted."""
    found, documents = _face(session, nomination)
    revision = drafts.revision(session, nomination, submission.revision_number)
    if revision is None:
        abort(404)
    rules = face.read(documents[-1])
    pairs = (
        (_("Reference"), nomination.reference),
        (_("Title"), revision.title),
        (_("Organisation and city"), _organisation(revision)),
        (_("Category"), str(found.names.name("categories", revision.category))),
        (_("Received"), received(submission, found.edition)),
        (_("Submission"), str(submission.number)),
    )
    blocks: list[Block] = [
        Words(
            _("This nomination was received. Keep this paper: reference and fingerprint prove what you sent.")
        ),
        Facts(pairs),
        Words(_("SHA-256 of the text as it was submitted:")),
        Fingerprint(submission.sha256),
        Heading(_("What was submitted")),
        Heading(_("Summary"), 2),
        Words(revision.summary),
    ]
    for part in parts(rules, found.names):
        for question in part.questions:
            if question.key not in BUILT_IN:
                blocks += _answer(question, revision.content.get(question.key))
    return paper(found, _("Receipt"), blocks, documents[-1])


def received(submission: NominationSubmission, edition: Edition) -> str:
    """When a submission came in: where the edition's clocks hang, and where the reader's do."""
    there = in_zone(submission.at, edition.zone)
    here = in_zone(submission.at, me().zone)
    both = there.local == here.local
    return words.when(there) if both else f"{words.when(there)}\n{words.when(here)}"


def approval(session: Session, nomination: Nomination) -> Paper:
    """A letter to print, sign, stamp and upload, by which a city or a partner approves the nomination."""
    found, documents = _face(session, nomination)
    revision = drafts.latest(session, nomination)
    closes = deadlines.closes(session, found.edition, nomination)
    pairs = (
        (_("Awards"), str(found.name)),
        (_("Category"), str(found.names.name("categories", revision.category))),
        (_("Title"), revision.title or "…"),
        (_("Put forward by"), _organisation(revision)),
        (_("Reference"), _reference(nomination)),
    )
    blocks: list[Block] = [
        Words(_("To the secretariat of %(edition)s", edition=str(found.name))),
        Words(
            _(
                "We know of the nomination named below and approve it. We have read its summary, and we may be "
                "asked about it during the check of eligibility."
            )
        ),
        Facts(pairs),
        Heading(_("Summary"), 2),
        Words(revision.summary or "…"),
        Heading(_("Who approves"), 2),
        Words(_("Name of the body, name and office of whoever signs:"), quiet=True),
        Space(3),
        Signatures((_("Place and date"), _("Signature"), _("Stamp or seal"))),
        Words(_until(closes), quiet=True),
    ]
    return paper(found, _("Letter of approval"), blocks, documents[-1])


def _until(closes: Deadline | None) -> str:
    sign = _("Print this letter, sign and stamp it, and upload it as PDF or as a photograph.")
    if closes is None:
        return sign
    due = _("It is due by %(when)s.", when=words.when(closes))
    return f"{sign} {due}"


def _face(session: Session, nomination: Nomination) -> tuple[Face, Any]:
    edition = session.get_one(Edition, nomination.edition_id)
    found = face.face_of(session, edition.key, now())
    if found is None:
        abort(404)
    return found, face.rules_documents(session, edition)


def _reference(nomination: Nomination) -> str:
    return nomination.reference if nomination.submitted_number else _("not submitted yet")


def _organisation(revision: NominationRevision) -> str:
    place = [part for part in (revision.city, words.country(revision.country)) if part]
    return "\n".join(part for part in (revision.organisation_name, ", ".join(place)) if part) or "…"


def _answer(question: Question, answer: Json) -> Iterator[Block]:
    if answer in (None, "", [], False):
        return
    yield Heading(str(question.label), 2)
    if answer is True:
        yes = _("Yes")
        yield Words(f"{yes}. {question.guidance}")
    elif isinstance(answer, list) and all(isinstance(item, Mapping) for item in answer):
        yield _rows(question, answer)
    elif isinstance(answer, list):
        yield Words("\n".join(_named(question, item) for item in answer))
    else:
        yield Words(_named(question, answer))


def _rows(question: Question, answer: list[Any]) -> Block:
    keys = list(dict.fromkeys(key for row in answer for key in row if key not in ("file", "permission")))
    heads = [str(column) for column in question.columns]
    if len(heads) != len(keys):
        heads = keys
    return Grid(tuple(heads), tuple(tuple(str(row.get(key) or "") for key in keys) for row in answer))


def _named(question: Question, item: Json) -> str:
    return str(question.names.get(str(item), item)) if question.names else str(item)

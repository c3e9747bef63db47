"""What the papers of one nomination say: the receipt, and the letter by which a city or a partner approves."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from awards import deadlines, fields
from awards.attachments import CAPTIONS
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
from awards.extensions import db
from awards.models import NominationSubmission, Organisation
from awards.timetable import Deadline
from awards.web import approval, face, words
from awards.web.nominations import reading
from awards.web.nominations.desk import Desk
from awards.web.nominations.reading import Reading
from awards.web.papers.call import paper
from awards.web.sessions import me
from judging.rules import Field
from judging.values import Json


def receipt(desk: Desk, submission: NominationSubmission) -> Paper:
    """The receipt of a submission, as its page has it: its facts, the hash, and everything that was submitted."""
    sent = reading.of_submission(desk, submission)
    blocks: list[Block] = [
        Words(
            _("This nomination was received. Keep this paper: reference and fingerprint prove what you sent.")
        ),
        Facts(reading.facts(desk, submission)),
        Words(_("SHA-256 of the text as it was submitted:")),
        Fingerprint(submission.sha256),
    ]
    for section in sent.sections:
        if given := sent.given(section):
            blocks.append(Heading(str(desk.section_name(section))))
            for question in given:
                blocks += answer(sent, question)
    return _paper(desk, _("Receipt"), blocks)


def approval_letter(desk: Desk, partner: Organisation | None) -> Paper:
    """A letter to print, sign, stamp and upload, by which a city or a partner approves the nomination."""
    said = approval.of(db.session(), desk.nomination, _face(desk), partner)
    closes = deadlines.closes(db.session(), desk.edition, desk.nomination)
    blocks: list[Block] = [
        Words(said.to),
        Words(said.says),
        Facts(tuple((name, str(value)) for name, value in said.facts)),
        Heading(_("Summary"), 2),
        Words(str(desk.said["summary"] or "…")),
        Heading(_("Who approves"), 2),
        Words(f"{said.signs[0]}, {said.signs[1]}", quiet=True),
        Space(2),
        Signatures(said.signs[2:]),
        Words(_until(closes), quiet=True),
    ]
    return _paper(desk, _("Approval letter"), blocks)


def _until(closes: Deadline | None) -> str:
    sign = _("Print this letter, sign and stamp it, and upload it as PDF or as a photograph.")
    if closes is None:
        return sign
    due = _("It is due by %(when)s.", when=words.in_both(closes, me().zone))
    return f"{sign} {due}"


def _face(desk: Desk) -> face.Face:
    return face.faces_of(db.session(), [desk.edition], desk.now)[desk.edition.id]


def _paper(desk: Desk, title: str, blocks: list[Block]) -> Paper:
    return paper(_face(desk), title, blocks, face.rules_documents(db.session(), desk.edition)[-1])


def answer(sent: Reading, question: Field) -> Iterator[Block]:
    """One answer, in the words in which its page shows it."""
    naming, answer = sent.names[question.key], sent.answers[question.key]
    yield Heading(str(naming.name), 2)
    if question.kind == "consent":
        yes = _("Yes")
        yield Words(f"{yes}. {naming.guidance}")
    elif question.kind == "files":
        yield Words("\n".join(_file(sent, key) for key in fields.items_of(answer)))
    elif question.kind == "pictures":
        yield Facts(tuple(_picture(sent, question, row) for row in fields.rows_of(question, answer)))
    elif question.kind in fields.GROUPS:
        yield _rows(sent, question)
    elif question.options:
        yield Words("\n".join(str(naming.option(key)) for key in fields.items_of(answer)))
    else:
        yield Words("\n".join(naming.words_of(question.kind, item) for item in fields.items_of(answer)))


def _file(sent: Reading, key: str) -> str:
    found = sent.desk.files.get(key)
    return found["name"] if found else key


def _picture(sent: Reading, question: Field, row: dict[str, Json]) -> tuple[str, str]:
    """The name of a picture's file, and what is said of it."""
    naming, yes = sent.names[question.key], _("Yes")
    said = [
        f"{naming.column(part)}: {yes if row[part] is True else row[part]}"
        for part in (*CAPTIONS, "permission")
        if row[part]
    ]
    return _file(sent, fields.text_of(row["file"])), "\n".join(said)


def _rows(sent: Reading, question: Field) -> Block:
    """Rows or contacts, without columns in which nothing stands."""
    naming = sent.names[question.key]
    rows = fields.rows_of(question, sent.answers[question.key])
    columns = [it for it in fields.columns_of(question) if any(row[it.key] for row in rows)]
    return Grid(
        tuple(str(naming.column(it.key)) for it in columns),
        tuple(tuple(naming.words_of(it, row[it.key]) for it in columns) for row in rows),
    )

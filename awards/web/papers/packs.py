"""The pack of a judge on paper: a cover, a sheet for every nomination with its code, and the texts where wished."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from awards import dossiers, drafts, editions
from awards.documents.paper import (
    Block,
    Facts,
    Heading,
    Label,
    PageBreak,
    Paper,
    Scale,
    Signatures,
    Space,
    Steps,
    Words,
)
from awards.models import Assignment, Edition
from awards.packs import Pack
from awards.web import face, sessions, words
from awards.web.nominations.desk import Desk
from awards.web.nominations.reading import Reading
from awards.web.papers.call import paper
from awards.web.papers.letters import answer
from awards.web.texts import Names
from judging.values import Round

MOST_BOXES = 20
COMMENT, FEEDBACK = 2, 2
ROOM_TO_SIGN = 20
MOST_WITH_WORDS = 5
"""With more criteria than these a sheet has room for their names only."""


def pack(
    session: Session,
    edition: Edition,
    found: Pack,
    *,
    with_texts: bool = False,
    hidden: Collection[int] = (),
) -> Paper:
    """The paper in the language that is spoken now. No mark stands in it. `hidden`: nominations, by row, of which no
    text is printed.
    """
    seen = face.faces_of(session, [edition], sessions.now())[edition.id]
    names = Names(editions.texts_of(session, edition), edition.language)
    blocks: list[Block] = [*_cover(found, seen, edition)]
    for it in found.assignments:
        blocks += _sheet(found, it, names)
        if with_texts and it.nomination_id in hidden:
            blocks.append(
                Words(
                    _(
                        "The text is left out: whoever printed this has an interest in the nomination. "
                        "Read it on the site."
                    )
                )
            )
        elif with_texts:
            blocks += _texts(session, edition, found, it)
    return paper(seen, _("Score sheets"), blocks, face.rules_documents(session, edition)[-1])


def _cover(found: Pack, seen: face.Face, edition: Edition) -> Iterator[Block]:
    account, zone = found.judge.account, found.judge.account.zone
    number = len(found.assignments)
    facts = [
        (_("Judge"), account.name or account.email),
        (_("Edition"), str(seen.name)),
        (_("Round"), _("First round") if found.round is Round.FIRST else _("Second round")),
        (_("Sheets"), ngettext("%(num)d sheet", "%(num)d sheets", number)),
    ]
    if found.closes is not None:
        facts.append((_("Due by"), words.in_both(found.closes, zone or edition.zone)))
    yield Facts(tuple(facts))
    yield Heading(_("How to fill them in"), 2)
    yield Steps(
        (
            _("Tick one box for each criterion. Leave a criterion without a tick only if you give no mark."),
            _("To mend a mark, strike it out, write the right number beside it, and add your initials."),
            _("If you have an interest in a nomination, give it no marks and tell the secretariat at once."),
            _("Sign each sheet."),
        )
    )
    yield Heading(_("How to give them back"), 2)
    yield Steps(
        (
            _(
                "Scan or photograph the sheets and send them to the secretariat, or send or hand in the paper."
            ),
            _("They must have arrived by the date above; what arrives in time may be typed after it."),
            _("A clerk types each sheet by its code. You then get a mail and confirm what was typed."),
            _(
                "You can also call the secretariat and read out code and marks, or give them on the site yourself."
            ),
        )
    )
    yield Words(
        _("Keep these sheets to yourself: nobody else may read your marks before the round is closed."),
        quiet=True,
    )


def _sheet(found: Pack, assignment: Assignment, names: Names) -> Iterator[Block]:
    revision, category = found.revision(assignment), assignment.nomination.category
    account = found.judge.account
    yield PageBreak()
    said = (_("Code of this sheet"), _("Judge: %(name)s", name=account.name or account.email))
    yield Label(assignment.code or "", " · ".join(said))
    place = " · ".join(
        it for it in (revision.city or revision.organisation_name, words.country(revision.country)) if it
    )
    yield Heading(f"{assignment.nomination.reference}  {revision.title}")
    yield Words(f"{names.name('categories', category)} · {place}", quiet=True)
    scale = found.rules.scale
    marks = tuple(str(mark) for mark in range(scale.lowest, scale.highest + 1))
    criteria = found.rules.category(category).criteria
    for key in criteria:
        yield Scale(
            str(names.name("criteria", key)),
            str(names.name("criteria", key, "text")) if len(criteria) <= MOST_WITH_WORDS else "",
            marks if len(marks) <= MOST_BOXES else (),
        )
    if len(marks) > MOST_BOXES:
        yield Words(
            _("A mark is a whole number from %(low)d to %(high)d.", low=scale.lowest, high=scale.highest),
            quiet=True,
        )
    yield Heading(_("Comment for the panel"), 2)
    yield Space(COMMENT)
    yield Heading(_("Feedback for the nominee"), 2)
    yield Space(FEEDBACK)
    yield Signatures((_("Date"), _("Signature")), ROOM_TO_SIGN)


def _texts(session: Session, edition: Edition, found: Pack, assignment: Assignment) -> Iterator[Block]:
    """What judges read of a nomination, after its sheet."""
    revision = found.revision(assignment)
    desk = Desk(
        nomination=assignment.nomination,
        edition=edition,
        rules=found.rules,
        texts=editions.texts_of(session, edition),
        revision=revision,
        opened=sessions.now(),
        token="",
        now=sessions.now(),
    )
    sent = Reading(desk, drafts.said_by(revision))
    readable = {"summary"} | {it.key for it in dossiers.readable(found.rules.fields)}
    yield PageBreak()
    yield Words(f"{assignment.nomination.reference}  {revision.title}", quiet=True)
    for section in sent.sections:
        given = [it for it in sent.given(section) if it.key in readable]
        if given:
            yield Heading(str(desk.section_name(section)))
        for question in given:
            yield from answer(sent, question)

"""Feedback: what each nominee is told of how its nomination was judged, frozen when it is sent.

Bands instead of marks, comments that judge and organiser let out, next steps; never a total, a place or a distance, and
nothing at all before the result of its category is public and no finalist can be replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, bands, comments, editions, marked, nominations, notices, publication, releasing
from awards.audit import Actor
from awards.models import (
    CommentState,
    Edition,
    Feedback,
    Nomination,
    RecordLabel,
)
from awards.models.base import Document
from awards.notices import Template
from awards.texts import FEEDBACK
from awards.timetable import Phase
from judging.scoring import Marks
from judging.values import Json, Round

SETTLED = (Phase.DECIDED, Phase.PUBLISHED, Phase.ARCHIVED)
"""Phases in which no finalist can be replaced."""


class NotYet(Exception):
    """Feedback is sent once the result of the category is public and nobody can come in for somebody else."""


class NothingToSend(Exception):
    """Everybody has been sent what there is to say."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A category on its way to its nominees: how many were judged, whether bands are told, how comments stand, how many
    were sent feedback, and for how many there is something that they were not sent.
    """

    category: str
    is_open: bool
    judged: int
    has_bands: bool
    unreleased: int
    waiting: int
    approved: int
    kept_back: int
    sent: int
    unsent: int


def is_open(session: Session, edition: Edition, category: str, now: datetime) -> bool:
    """Whether the nominees of a category may be told anything now."""
    return category in open_categories(session, edition, now)


def open_categories(session: Session, edition: Edition, now: datetime) -> set[str]:
    """The categories whose nominees may be told something now."""
    if edition.phase not in SETTLED:
        return set()
    return {it.category for it in publication.outings(session, edition) if it.is_shown(now)}


def compose(session: Session, edition: Edition, category: str) -> dict[int, Document]:
    """What each nominee of a category would be told now, by the nomination's row; of those judged only."""
    rules, texts = editions.rules_of(session, edition), editions.texts_of(session, edition)
    sheets: dict[str, list[Marks]] = {}
    for _, reference, _, marks in marked.read(session, edition, Round.FIRST, category=category):
        sheets.setdefault(reference, []).append(marks)
    criteria = [it.key for it in rules.criteria_of(category)]
    found, said = bands.by_criterion(sheets, criteria), comments.approved(session, edition, category)
    further = dict(texts.get(FEEDBACK[0], {}).get(FEEDBACK[1], {}))
    rows = session.execute(
        select(Nomination.id, Nomination.reference).where(
            Nomination.edition_id == edition.id, Nomination.reference.in_(sheets)
        )
    )
    return {
        row: {
            "bands": [
                {
                    "criterion": key,
                    "name": dict(texts["criteria"][key]["name"]),
                    "band": found[reference][key].value,
                }
                for key in criteria
                if key in found[reference]
            ],
            "comments": list[Json](said.get(row, ())),
            "next": further,
        }
        for row, reference in rows
    }


def standing(session: Session, edition: Edition, now: datetime) -> list[Standing]:
    """Every category in the order of the rules. What would be sent is composed for those only that are open.

    Nothing of what judges wrote is counted while somebody still marks.
    """
    opened = open_categories(session, edition, now)
    counted = comments.counts(session, edition) if edition.phase in SETTLED else {}
    judged = _judged(session, edition)
    last = {it.nomination_id: it for it in _latest(session, edition)}
    found = []
    for key in (it.key for it in editions.rules_of(session, edition).categories if it.key in judged):
        its = counted.get(key, {})
        mine = compose(session, edition, key) if key in opened else {}
        found.append(
            Standing(
                key,
                key in opened,
                judged[key],
                judged[key] >= bands.FEWEST,
                its.get(None, 0),
                its.get(CommentState.RELEASED, 0),
                its.get(CommentState.APPROVED, 0),
                its.get(CommentState.KEPT_BACK, 0),
                sum(row in last for row in mine),
                sum(row not in last or last[row].document != document for row, document in mine.items()),
            )
        )
    return found


def send(
    session: Session, edition: Edition, categories: Collection[str], *, actor: Actor, now: datetime
) -> int:
    """Freeze and send what there is to say to the nominees of some categories; how many nominations.

    Whoever was sent the same already is sent nothing; whoever was sent something else is told that this takes its
    place. Raises NotYet, NothingToSend.
    """
    editions.lock(session, edition)
    if not categories or not set(categories) <= open_categories(session, edition, now):
        raise NotYet(", ".join(sorted(categories)))
    last = {it.nomination_id: it for it in _latest(session, edition)}
    wanted = {
        row: document
        for category in sorted(categories)
        for row, document in compose(session, edition, category).items()
        if row not in last or last[row].document != document
    }
    if not wanted:
        raise NothingToSend(edition.key)
    made = [
        Feedback(
            edition_id=edition.id,
            nomination_id=row,
            number=last[row].number + 1 if row in last else 1,
            document=document,
            by_id=actor.account.id,
            at=now,
        )
        for row, document in wanted.items()
    ]
    session.add_all(made)
    session.flush()
    _tell(session, edition, made, now=now)
    audit.record(
        session,
        actor=actor,
        action="feedback.sent",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"categories": list[Json](sorted(categories)), "nominations": len(made)},
    )
    return len(made)


def _tell(session: Session, edition: Edition, made: Sequence[Feedback], *, now: datetime) -> None:
    """The letter only opens the page."""
    its = list(
        session.scalars(select(Nomination).where(Nomination.id.in_([it.nomination_id for it in made])))
    )
    writers, revisions = releasing.writers_of(session, its), nominations.current_revisions(session, its)
    by_row = {it.id: it for it in its}
    for feedback in made:
        nomination = by_row[feedback.nomination_id]
        about: dict[str, Json] = {
            "title": revisions[nomination.id].title,
            "reference": nomination.reference,
            "path": f"/nominations/{nomination.public_id}/feedback",
            "again": feedback.number > 1,
        }
        people = writers[nomination.id]
        notices.tell(session, Template.FEEDBACK, people, edition=edition, arguments=about, now=now)


def latest(session: Session, nomination: Nomination) -> Feedback | None:
    """What a nominee was sent last; whether it may be read now `is_open` says."""
    return session.scalars(
        select(Feedback)
        .where(Feedback.nomination_id == nomination.id)
        .order_by(Feedback.number.desc())
        .limit(1)
    ).first()


def number_of(session: Session, nomination: Nomination) -> str:
    """What the public record calls a nomination that it does not name; empty where it has no number."""
    return session.scalar(select(RecordLabel.label).where(RecordLabel.nomination_id == nomination.id)) or ""


def numbers_of_judge(session: Session, judge: int) -> Sequence[tuple[str, str]]:
    """What the public record calls a judge, by row, in each category: category and number."""
    rows = session.execute(
        select(RecordLabel.category, RecordLabel.label)
        .where(RecordLabel.judge_id == judge)
        .order_by(RecordLabel.category)
    )
    return [(row.category, row.label) for row in rows]


def _latest(session: Session, edition: Edition) -> Sequence[Feedback]:
    last = (
        select(Feedback.nomination_id, func.max(Feedback.number).label("number"))
        .where(Feedback.edition_id == edition.id)
        .group_by(Feedback.nomination_id)
        .subquery()
    )
    same = (Feedback.nomination_id == last.c.nomination_id) & (Feedback.number == last.c.number)
    return session.scalars(select(Feedback).join(last, same)).all()


def _judged(session: Session, edition: Edition) -> dict[str, int]:
    """How many nominations of each category have marks that count."""
    seen: dict[str, set[str]] = {}
    for category, reference, _, _ in marked.read(session, edition, Round.FIRST):
        seen.setdefault(category, set()).add(reference)
    return {category: len(its) for category, its in seen.items()}

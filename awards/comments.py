"""Comments for nominees: what judges release of their sheets, and what an organiser approves of it or keeps back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from awards import audit, chairs, decisions, editions, notices
from awards.audit import Actor
from awards.marked import last_versions
from awards.models import (
    Account,
    Assignment,
    AssignmentKind,
    CommentState,
    Edition,
    FeedbackComment,
    Judge,
    Nomination,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from awards.notices import Template
from awards.timetable import ORDER, Phase
from awards.writing import cleaned
from judging.values import Round

LONGEST = 20_000


class RoundOn(Exception):
    """Words for nominees are released once the round of the sheet is over."""


class NothingWritten(Exception):
    """There are no words to release."""


class CommentTooLong(Exception):
    """Words for a nominee have at most 20,000 characters."""


class CommentChanged(Exception):
    """It was released, taken back or decided meanwhile."""


class MayNotDecide(Exception):
    """Whoever has an interest in a nomination decides nothing about it."""


@dataclass(frozen=True, slots=True)
class Own:
    """A sheet of a judge that counts: what they wrote on it for the nominee, and what became of it last."""

    sheet: ScoreSheet
    nomination: Nomination
    written: str
    comment: FeedbackComment | None

    @property
    def number(self) -> int:
        """Which release of the sheet is the last one; zero where there is none."""
        return self.comment.number if self.comment else 0

    @property
    def stands(self) -> CommentState | None:
        return self.comment.state if self.comment else None

    @property
    def text(self) -> str:
        return self.comment.text if self.comment else self.written

    @property
    def waits(self) -> bool:
        """Whether there are words that the judge has not released."""
        return self.comment is None and bool(self.written)


def of_judge(session: Session, edition: Edition, judge: Judge) -> list[Own]:
    """The sheets of a judge that count and whose round is over, by reference."""
    if not is_time(edition, Round.FIRST):
        return []
    rounds = [it for it in (Round.FIRST, Round.SECOND) if is_time(edition, it)]
    rows = session.execute(
        _counted(edition)
        .where(Assignment.judge_id == judge.id, Assignment.round.in_(rounds))
        .order_by(Nomination.reference, Assignment.round)
    ).all()
    last = {
        it.sheet_id: it
        for it in session.scalars(
            select(FeedbackComment)
            .where(FeedbackComment.sheet_id.in_([sheet.id for sheet, _, _ in rows]))
            .order_by(FeedbackComment.number)
        )
    }
    return [Own(sheet, nomination, said.strip(), last.get(sheet.id)) for sheet, nomination, said in rows]


def is_time(edition: Edition, of_round: Round) -> bool:
    """Whether the words on sheets of a round can be released: the round is over."""
    from_phase = Phase.DELIBERATION if of_round is Round.FIRST else Phase.DECIDED
    return edition.first_closed_at is not None and ORDER.index(edition.phase) >= ORDER.index(from_phase)


def release(
    session: Session,
    edition: Edition,
    judge: Judge,
    sheet: str,
    text: str,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> FeedbackComment:
    """Let the nominee read these words of a sheet, once an organiser approves; they take the place of those before.

    `seen`: which release was the last one when its page was shown. Raises RoundOn, NothingWritten, CommentTooLong,
    CommentChanged.
    """
    editions.lock(session, edition)
    own = _own(session, edition, judge, sheet)
    if own.number != seen or own.stands is CommentState.RELEASED:
        raise CommentChanged(sheet)
    said = cleaned(text)
    if not said:
        raise NothingWritten(sheet)
    if len(said) > LONGEST:
        raise CommentTooLong(sheet)
    comment = _released(own, said, now)
    session.add(comment)
    session.flush()
    _record(session, edition, [comment], "released", actor=actor, now=now)
    return comment


def _released(own: Own, text: str, now: datetime) -> FeedbackComment:
    return FeedbackComment(
        sheet_id=own.sheet.id,
        nomination_id=own.nomination.id,
        number=own.number + 1,
        text=text,
        state=CommentState.RELEASED,
        released_at=now,
    )


def release_all(session: Session, edition: Edition, judge: Judge, *, actor: Actor, now: datetime) -> int:
    """Release everything that a judge wrote for nominees and has not decided about, as it stands; how many."""
    editions.lock(session, edition)
    made = [
        _released(it, said, now)
        for it in of_judge(session, edition, judge)
        if it.waits and (said := cleaned(it.written)[:LONGEST])
    ]
    session.add_all(made)
    session.flush()
    if made:
        _record(session, edition, made, "released", actor=actor, now=now)
    return len(made)


def take_back(
    session: Session, edition: Edition, judge: Judge, sheet: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Take words back that were released and on which nobody has decided. Raises RoundOn, CommentChanged."""
    editions.lock(session, edition)
    own = _own(session, edition, judge, sheet)
    if own.comment is None or own.number != seen or own.stands is not CommentState.RELEASED:
        raise CommentChanged(sheet)
    own.comment.state = CommentState.TAKEN_BACK
    session.flush()
    _record(session, edition, [own.comment], "taken_back", actor=actor, now=now)


def _own(session: Session, edition: Edition, judge: Judge, sheet: str) -> Own:
    found = next((it for it in of_judge(session, edition, judge) if it.sheet.public_id == sheet), None)
    if found is None:
        raise RoundOn(sheet)
    return found


def waiting(session: Session, edition: Edition) -> list[tuple[FeedbackComment, Nomination]]:
    """What was released and nobody has decided about, by nomination, in an order that tells nothing of who wrote it."""
    rows = session.execute(
        select(FeedbackComment, Nomination)
        .join(Nomination, Nomination.id == FeedbackComment.nomination_id)
        .where(Nomination.edition_id == edition.id, FeedbackComment.state == CommentState.RELEASED, _counts())
    ).all()
    return sorted(
        ((comment, it) for comment, it in rows), key=lambda row: (row[1].reference, _shuffled(row[0].text))
    )


def kept_back(session: Session, edition: Edition) -> list[tuple[FeedbackComment, Nomination]]:
    """What is kept back and was not worded anew since, by nomination."""
    return _by_nomination(session, edition, FeedbackComment.state == CommentState.KEPT_BACK, _is_last())


def let_out(session: Session, edition: Edition) -> list[tuple[FeedbackComment, Nomination]]:
    """What is approved and may be kept back still, by nomination, in an order that tells nothing of who wrote it."""
    approved = _by_nomination(session, edition, FeedbackComment.state == CommentState.APPROVED, _counts())
    return sorted(approved, key=lambda row: (row[1].reference, _shuffled(row[0].text)))


def _by_nomination(
    session: Session, edition: Edition, *wanted: ColumnElement[bool]
) -> list[tuple[FeedbackComment, Nomination]]:
    rows = session.execute(
        select(FeedbackComment, Nomination)
        .join(Nomination, Nomination.id == FeedbackComment.nomination_id)
        .where(Nomination.edition_id == edition.id, *wanted)
        .order_by(Nomination.reference, FeedbackComment.id)
    )
    return [(comment, it) for comment, it in rows]


def approve(
    session: Session, edition: Edition, chosen: Collection[str], *, actor: Actor, now: datetime
) -> int:
    """Let nominees read some comments, by their public identifiers; how many. Those decided or taken back meanwhile are
    left out, and those on nominations in which the actor has an interest. Raises CommentChanged where none is left.
    """
    editions.lock(session, edition)
    found = [(comment, it) for comment, it in waiting(session, edition) if comment.public_id in chosen]
    bound = set() if actor.operator else {it.id for it in _bound(session, edition, found, actor)}
    mine = [comment for comment, it in found if it.id not in bound]
    if not mine:
        raise (MayNotDecide if found else CommentChanged)(edition.key)
    before = session.scalars(
        select(FeedbackComment).where(
            FeedbackComment.sheet_id.in_([it.sheet_id for it in mine]),
            FeedbackComment.state == CommentState.APPROVED,
        )
    ).all()
    for it in before:  # of each sheet one stands: another wording takes the place of it
        it.state = CommentState.TAKEN_BACK
    _decide(session, edition, mine, CommentState.APPROVED, "", actor=actor, now=now)
    return len(mine)


def keep_back(
    session: Session, edition: Edition, chosen: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Keep a comment back with a reason, which its judge is told; an approved one too, for what is sent from now on.

    Raises CommentChanged, MayNotDecide, ReasonMissing.
    """
    editions.lock(session, edition)
    row = session.execute(
        select(FeedbackComment, Nomination)
        .join(Nomination, Nomination.id == FeedbackComment.nomination_id)
        .where(
            Nomination.edition_id == edition.id,
            FeedbackComment.public_id == chosen,
            FeedbackComment.state.in_((CommentState.RELEASED, CommentState.APPROVED)),
        )
    ).first()
    if row is None:
        raise CommentChanged(chosen)
    comment, nomination = row
    if not actor.operator and _bound(session, edition, [(comment, nomination)], actor):
        raise MayNotDecide(nomination.reference)
    why = decisions.need_reason(reason)
    _decide(session, edition, [comment], CommentState.KEPT_BACK, why, actor=actor, now=now)
    judge = session.scalars(
        select(Account)
        .join(Judge, Judge.account_id == Account.id)
        .join(Assignment, Assignment.judge_id == Judge.id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(ScoreSheet.id == comment.sheet_id)
    ).unique()
    notices.tell(
        session,
        Template.COMMENT_KEPT_BACK,
        judge,
        edition=edition,
        arguments={
            "reference": nomination.reference,
            "comment": comment.text,
            "reason": why,
            "path": f"/judging/{edition.key}/feedback",
        },
        now=now,
    )


def approved(session: Session, edition: Edition, category: str) -> dict[int, tuple[str, ...]]:
    """What the nominees of a category may read, by the nomination's row, in an order that tells nothing of who wrote
    what. Only of sheets that count still.
    """
    rows = session.execute(
        select(FeedbackComment.nomination_id, FeedbackComment.text)
        .join(Nomination, Nomination.id == FeedbackComment.nomination_id)
        .where(
            Nomination.edition_id == edition.id,
            Nomination.category == category,
            FeedbackComment.state == CommentState.APPROVED,
            _counts(),
        )
    )
    found: dict[int, set[str]] = {}
    for nomination, said in rows:
        found.setdefault(nomination, set()).add(said)
    return {nomination: tuple(sorted(its, key=_shuffled)) for nomination, its in found.items()}


def counts(session: Session, edition: Edition) -> dict[str, dict[CommentState | None, int]]:
    """How many comments of each category stand how; under None what judges wrote and have not released."""
    rows = session.execute(
        select(Nomination.category, FeedbackComment.state, func.count())
        .join(Nomination, Nomination.id == FeedbackComment.nomination_id)
        .where(Nomination.edition_id == edition.id, _is_last())
        .group_by(Nomination.category, FeedbackComment.state)
    )
    found: dict[str, dict[CommentState | None, int]] = {}
    for category, state, number in rows:
        found.setdefault(category, {})[state] = number
    released = exists().where(FeedbackComment.sheet_id == ScoreSheet.id)
    words = _counted(edition).where(func.trim(ScoreSheetVersion.feedback) != "", ~released).subquery()
    unreleased = select(words.c.category, func.count()).group_by(words.c.category)
    for category, number in session.execute(unreleased):
        found.setdefault(category, {})[None] = number
    return found


def _counted(edition: Edition) -> Select[ScoreSheet, Nomination, str]:
    last = last_versions()
    return (
        select(ScoreSheet, Nomination, ScoreSheetVersion.feedback)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(Nomination, Nomination.id == Assignment.nomination_id)
        .join(last, last.c.sheet_id == ScoreSheet.id)
        .join(
            ScoreSheetVersion,
            (ScoreSheetVersion.sheet_id == last.c.sheet_id) & (ScoreSheetVersion.number == last.c.number),
        )
        .where(
            Nomination.edition_id == edition.id,
            Assignment.kind != AssignmentKind.PRACTICE,
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.counted.is_(True),
        )
    )


def _is_last() -> ColumnElement[bool]:
    """That nothing was released of the sheet since."""
    later = aliased(FeedbackComment)
    return ~exists().where(later.sheet_id == FeedbackComment.sheet_id, later.number > FeedbackComment.number)


def _counts() -> ColumnElement[bool]:
    """That the sheet counts."""
    return exists().where(ScoreSheet.id == FeedbackComment.sheet_id, ScoreSheet.counted.is_(True))


def _bound(
    session: Session, edition: Edition, found: Sequence[tuple[FeedbackComment, Nomination]], actor: Actor
) -> list[Nomination]:
    return chairs.bound(session, edition, actor.account, [it for _, it in found])


def _decide(
    session: Session,
    edition: Edition,
    found: Sequence[FeedbackComment],
    state: CommentState,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    for it in found:
        it.state, it.reason = state, reason
        it.decided_at, it.decided_by_id = now, actor.account.id
    session.flush()
    _record(session, edition, found, state.value, actor=actor, now=now)


def _record(
    session: Session,
    edition: Edition,
    found: Sequence[FeedbackComment],
    done: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"comment.{done}",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"comments": [it.public_id for it in found]},
    )


def _shuffled(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()

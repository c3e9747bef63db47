"""Codes: a few plain words of a printed letter, by which an elector without a mail comes in. Only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from awards import audit, editions, roll
from awards.audit import Actor
from awards.models import Edition, PassBy, RollEntry, RollState, VotingCode, VotingPass

FOLDER = Path(__file__).with_name("code_words")
OTHERS = "en"
WORDS = 7
"""Of more than 450 each: 2^61 codes, so that nobody finds one by trying, nor from its hash."""
LONGEST = 200


class CodeUnknown(Exception):
    """This is not the code of a letter that holds now."""


class LettersChanged(Exception):
    """Somebody has made letters since the page was opened; made now, these would void those."""


@lru_cache
def words_of(language: str) -> tuple[str, ...]:
    """The words that codes in a language are made of; the English ones where it has none of its own."""
    file = FOLDER / f"{language}.txt"
    known = {it.stem for it in FOLDER.glob("*.txt")}
    if language not in known:
        file = FOLDER / f"{OTHERS}.txt"
    return tuple(file.read_text(encoding="utf-8").split())


def make(
    session: Session,
    edition: Edition,
    entries: Sequence[RollEntry],
    *,
    seen: str | None = None,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """A new code for each elector, in the elector's language, in order; nobody ever learns them again.

    The code of an earlier letter ends, and whoever came in by it is out again. Whoever has voted may need another one
    for a run-off, or for a category that is voted on again. `seen` is what `state` was when the page was opened.
    Raises VoteClosed, NotOnRoll, AlreadyCast, LettersChanged.
    """
    editions.lock(session, edition)
    if roll.is_over(session, edition):
        raise roll.VoteClosed(edition.key)
    if seen is not None and seen != state(session, edition):
        raise LettersChanged(edition.key)
    have_cast, left = roll.cast(session, edition), roll.left(session, edition)
    for entry in entries:
        if entry.state is not RollState.ON:
            raise roll.NotOnRoll(entry.elector)
        if entry.id in have_cast and entry.id not in left:
            raise roll.AlreadyCast(entry.elector)
    numbers = _numbers(session, entries)
    void(session, entries, now=now)
    made = []
    for entry in entries:
        words = words_of(entry.language)
        code = " ".join(secrets.choice(words) for _ in range(WORDS))
        session.add(
            VotingCode(
                roll_entry_id=entry.id,
                number=numbers.get(entry.id, 0) + 1,
                code_hash=digest(code),
                made_at=now,
                made_by_id=actor.account.id,
            )
        )
        made.append(code)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="codes.made",
        subject=edition.key,
        now=now,
        edition=edition,
        after={"electors": [entry.elector for entry in entries]},
    )
    return made


def void(session: Session, entries: Sequence[RollEntry], *, now: datetime) -> None:
    """End the codes of electors, and the passes of those who came in by one."""
    ids = [entry.id for entry in entries]
    session.execute(
        update(VotingCode)
        .where(VotingCode.roll_entry_id.in_(ids), VotingCode.voided_at.is_(None))
        .values(voided_at=now)
    )
    session.execute(
        update(VotingPass)
        .where(VotingPass.roll_entry_id.in_(ids), VotingPass.by == PassBy.CODE, VotingPass.ended_at.is_(None))
        .values(ended_at=now)
    )


def find(session: Session, text: str) -> RollEntry:
    """The elector whose letter holds this code, however it is spaced or written. Raises CodeUnknown."""
    entry = session.scalars(
        select(RollEntry)
        .join(VotingCode, VotingCode.roll_entry_id == RollEntry.id)
        .where(
            VotingCode.code_hash == digest(text),
            VotingCode.voided_at.is_(None),
            RollEntry.state == RollState.ON,
        )
    ).first()
    if entry is None:
        raise CodeUnknown
    return entry


def digest(text: str) -> str:
    """The hash of a code as it may be typed: letters alone count, whatever stands between them."""
    whole = text[:LONGEST].encode("utf-8", "ignore").decode("utf-8")
    letters = "".join(it for it in unicodedata.normalize("NFKC", whole).casefold() if it.isalpha())
    return hashlib.sha256(letters.encode()).hexdigest()


def latest(session: Session, edition: Edition) -> Mapping[int, VotingCode]:
    """The code that holds for each elector who has one, by the elector's row number."""
    found = session.scalars(
        select(VotingCode)
        .join(RollEntry, RollEntry.id == VotingCode.roll_entry_id)
        .where(RollEntry.edition_id == edition.id, VotingCode.voided_at.is_(None))
    )
    return {it.roll_entry_id: it for it in found}


def state(session: Session, edition: Edition) -> str:
    """What stands for all codes ever made in an edition; another one as soon as one more is made."""
    count = session.scalar(
        select(func.count())
        .select_from(VotingCode)
        .join(RollEntry, RollEntry.id == VotingCode.roll_entry_id)
        .where(RollEntry.edition_id == edition.id)
    )
    return str(count or 0)


def _numbers(session: Session, entries: Sequence[RollEntry]) -> dict[int, int]:
    rows = session.execute(
        select(VotingCode.roll_entry_id, func.max(VotingCode.number))
        .where(VotingCode.roll_entry_id.in_([entry.id for entry in entries]))
        .group_by(VotingCode.roll_entry_id)
    )
    return {row[0]: int(row[1]) for row in rows}

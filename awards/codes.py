"""Codes: a few plain words of a printed letter, by which an elector without a mail comes in. Only hashes are kept."""

from __future__ import annotations

import hashlib
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards.models import RollEntry, RollState, VotingCode

LONGEST = 200


class CodeUnknown(Exception):
    """This is not the code of a letter that holds now."""


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

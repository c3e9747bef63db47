"""The references under which nominations are known: OC-14."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards.models import Edition, Nomination

WORDS = re.compile(r"[a-z0-9]+")
NUMBERED = re.compile(r"([A-Za-z]+)-([0-9]+)")


def following(session: Session, edition: Edition, category: str) -> str:
    """The next free reference of a category: "OC-15" after OC-14; its first one is made from the category's key."""
    there = session.execute(
        select(Nomination.reference, Nomination.category)
        .where(Nomination.edition_id == edition.id, Nomination.submitted_number.is_not(None))
        .order_by(Nomination.id)
    ).all()
    numbers: dict[str, int] = {}
    owner: dict[str, str] = {}
    for row in there:
        if known := NUMBERED.fullmatch(row.reference):
            numbers[known[1]] = max(numbers.get(known[1], 0), int(known[2]))
            owner.setdefault(known[1], row.category)
    mine = [prefix for prefix, of in owner.items() if of == category]
    prefix = mine[0] if mine else next(it for it in _initials(category) if it not in owner)
    return f"{prefix}-{numbers.get(prefix, 0) + 1:02d}"


def _initials(category: str) -> Iterator[str]:
    """Letters for a category, from the shortest fitting ones to such as nobody else has."""
    parts = WORDS.findall(category.lower()) or ["n"]
    letters = [part for part in parts if part[0].isalpha()] or ["n"]
    if len(letters) > 1:
        yield "".join(part[0] for part in letters).upper()
    whole = re.sub("[^a-z]", "", "".join(letters)).upper()
    yield from (whole[:size] for size in range(2, len(whole) + 1))
    yield from (f"{whole}{chr(letter)}" for letter in range(ord("A"), ord("Z") + 1))

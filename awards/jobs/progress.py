"""How far a long piece of work is, written now and then so that pages can show it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from awards.jobs import Work
from awards.models import Calibration, Rehearsal

Long = TypeVar("Long", Calibration, Rehearsal)
BETWEEN = 0.5
"""Seconds between two notes."""


def noted(
    work: Work,
    kind: type[Long],
    number: int,
    *,
    begin: Callable[[], None],
    commit: Callable[[], None],
) -> Callable[[int, int], None]:
    """A function that notes steps done and steps in all in that row, each time in a transaction of its own."""
    last = time.monotonic() - BETWEEN

    def note(done: int, steps: int) -> None:
        nonlocal last
        if time.monotonic() - last < BETWEEN and done < steps:
            return
        begin()
        row = work.session.get_one(kind, number)
        row.done, row.steps = done, steps
        commit()
        last = time.monotonic()

    return note

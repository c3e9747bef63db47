"""The way to the end of the eligibility check, by the use cases, for a prize that a story begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from awards import accounts, cycle, nominations, screening, submissions
from awards.audit import Actor
from awards.extensions import db
from awards.models import Edition
from awards.timetable import Phase
from tests.awards.play import NOMINATION_COLUMNS, table


def nominate(
    edition: Edition,
    rows: Sequence[Sequence[str]],
    writers: Mapping[str, str],
    *,
    keys: Path,
    who: Actor,
    now: datetime,
) -> None:
    """Take in a file of nominations and accept them; `writers`: who leads each, by reference."""
    session = db.session()
    reach = partial(cycle.reach, session, edition, actor=who, now=now, key_folder=keys)
    reach(Phase.NOMINATIONS)
    submissions.load(session, edition, table(NOMINATION_COLUMNS, rows), actor=who, now=now)
    for key, email in writers.items():
        writer, _ = accounts.find_or_make(session, email, name=f"Writer of {key}", now=now, actor=who)
        nominations.find(session, edition, key).nominator_id = writer.id
    reach(Phase.SCREENING)
    screening.accept_clean(session, edition, actor=who, now=now)

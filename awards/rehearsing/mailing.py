"""The mails of a rehearsal: written into its own folder, none of them ever sent."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from awards.jobs import Work, sending
from awards.models import Outbox, OutboxState
from awards.rehearsing.papers import URL
from awards.rehearsing.stage import DOMAIN, Stage

LATER = timedelta(days=3650)
"""By then everything is due."""


def send(stage: Stage) -> tuple[int, Counter[str]]:
    """Write every mail into the folder: how many, and by template how many could not be written."""
    session, then = stage.session, stage.now + LATER
    work = Work(
        session, stage.actor, then, stage.theatre.keys, URL, f"office@{DOMAIN}", files=stage.theatre.files
    )
    with sending.post_office("file:", stage.theatre.mails) as post:
        turn = sending.Turn(post, lambda: None, session.commit, lambda: then)
        sent, _ = sending.send_due(work, turn)
    failed = session.execute(
        select(Outbox.template).where(
            Outbox.attempts > 0, Outbox.state.not_in((OutboxState.SENT, OutboxState.CANCELLED))
        )
    )
    return sent, Counter(template for (template,) in failed)

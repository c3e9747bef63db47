"""Addressing: what an elector is called, and the mails about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import editions, notices
from awards.models import Edition, Outbox, OutboxState, RollEntry
from awards.notices import Template
from awards.timetable import Deadline, Moment
from judging.values import Json


def tell(
    session: Session,
    edition: Edition,
    entry: RollEntry,
    template: Template,
    recipient: str,
    arguments: Mapping[str, Json],
    *,
    now: datetime,
    tag: str = "",
) -> None:
    """Write to somebody about an elector, in the language `tag` where it is not the elector's."""
    language = tag or entry.language
    said = arguments_of(session, edition, entry, language, now=now)
    message = notices.queue(
        session,
        template,
        recipient,
        language=language,
        now=now,
        edition=edition,
        arguments=said | dict(arguments),
    )
    if message is not None:
        message.roll_entry_id = entry.id
        session.flush()


def cancel(session: Session, entry: RollEntry, templates: Sequence[Template]) -> None:
    """Take back mails about an elector that haven't gone out yet."""
    waiting = session.scalars(
        select(Outbox).where(
            Outbox.roll_entry_id == entry.id,
            Outbox.template.in_([it.value for it in templates]),
            Outbox.state.in_((OutboxState.QUEUED, OutboxState.HELD)),
        )
    )
    notices.cancel(session, waiting)


def arguments_of(
    session: Session, edition: Edition, entry: RollEntry, language: str, *, now: datetime
) -> dict[str, Json]:
    """What every mail about an elector says: the organisation, and the dates of the vote that lie ahead."""
    dates = dates_ahead(session, edition, now)
    said: dict[str, Json] = {"organisation": called(entry, language), "path": f"/{edition.key}"}
    for key, moment in (("opens", Moment.VOTE_OPEN), ("closes", Moment.VOTE_CLOSE)):
        if moment in dates:
            said[key] = notices.moment(dates[moment])
    return said


def dates_ahead(session: Session, edition: Edition, now: datetime) -> dict[Moment, Deadline]:
    """The dates of the vote that are stated and lie ahead; none for a run-off, which people close."""
    if edition.second_closed_at is not None:
        return {}
    stated = editions.timetable_of(session, edition)
    return {
        moment: stated[moment]
        for moment in (Moment.VOTE_OPEN, Moment.VOTE_CLOSE)
        if moment in stated and stated[moment].instant > now
    }


def called(entry: RollEntry, language: str) -> str:
    """What an elector is called in a language: the organisation's own name there, else as the roll has it."""
    names = entry.organisation.names if entry.organisation is not None else {}
    return str(names.get(language) or entry.elector)

"""What was issued, as a file: who, what, how it stands. No sheet and no mark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from awards import judges
from awards.extensions import db
from awards.models import Assignment, Nomination
from awards.web import door
from awards.web.access import Audience, audience
from awards.web.downloads import download_csv
from awards.web.panel.board import NO_TEXT, Board
from awards.web.panel.routes import blueprint

COLUMNS = (
    "judge", "email", "reference", "category", "title", "city", "country", "state", "issued", "told", "ended",
)  # fmt: skip


@blueprint.get("/assignment/list.csv")
@audience(Audience.ORGANISER)
def as_csv(edition: str) -> Response:
    """Every assignment of the round."""
    return download_csv(COLUMNS, _lines(Board(db.session(), door.edition())), f"{edition}-assignment.csv")


def _lines(board: Board) -> Iterator[tuple[str, ...]]:
    people = {it.id: it for it in judges.of_edition(board.session, board.edition)}
    rows = board.session.scalars(
        select(Assignment)
        .join(Assignment.nomination)
        .where(Nomination.edition_id == board.edition.id, Assignment.round == board.round)
        .options(joinedload(Assignment.nomination))
        .order_by(Assignment.judge_id, Nomination.reference)
    )
    for it in rows:
        judge, text = people[it.judge_id], board.pairs.texts.get(it.nomination_id, NO_TEXT)
        yield (
            judge.account.name,
            judge.account.email,
            it.nomination.reference,
            it.nomination.category,
            text.title,
            text.city,
            text.country,
            it.state.value,
            _stamp(it.at),
            _stamp(it.told_at),
            _stamp(it.ended_at),
        )


def _stamp(at: datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else ""

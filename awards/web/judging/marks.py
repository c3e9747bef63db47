"""A judge's own marks as a table per category, to compare and to be consistent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from awards import calibrations, feedback, queues
from awards.extensions import db
from awards.models import CalibrationState
from awards.queues import Item, Progress, Queue
from awards.timetable import Phase
from awards.web import face, sessions, severities
from awards.web.access import Audience, audience
from awards.web.downloads import download_csv
from awards.web.judging import card, says
from awards.web.judging.routes import Reader, blueprint, reader, show
from awards.web.texts import Text
from judging.values import Round

TOTAL, STATE, REFERENCE, TITLE = "total", "state", "reference", "title"
DOWN = "down"


@dataclass(frozen=True, slots=True)
class Row:
    item: Item
    marks: tuple[int | None, ...]
    total: Fraction | None


@dataclass(frozen=True, slots=True)
class Group:
    """A category: its criteria with their keys, and its sheets in the order that was asked for."""

    key: str
    name: Text
    criteria: tuple[tuple[str, Text], ...]
    rows: tuple[Row, ...]


@blueprint.get("/marks")
@audience(Audience.JUDGE)
def marks(**_edition: str) -> str:
    here = reader()
    by, down = _asked()
    return show(
        "marks.html",
        here,
        groups=_groups(here, here.queue, by, down=down),
        earlier=_groups(here, _first_round(here), REFERENCE, down=False),
        by=by,
        down=down,
        numbers=_numbers(here),
        strictness=_strictness(here),
    )


def _numbers(here: Reader) -> list[tuple[Text, str]]:
    """What the public record calls the judge in each category, once it may be read."""
    if here.edition.phase not in (Phase.PUBLISHED, Phase.ARCHIVED):
        return []
    session, now = db.session(), sessions.now()
    found = face.face_of(session, here.edition.key, now)
    if found is None or face.shown(session, found, here.seat.rules, now).record is None:
        return []
    return [
        (here.names.name("categories", category), label)
        for category, label in feedback.numbers_of_judge(session, here.judge.id)
    ]


def _strictness(here: Reader) -> str:
    """How strictly the judge marked in the first round, where the rules let them know, once it is closed."""
    if not here.seat.rules.own_severity or here.edition.first_closed_at is None:
        return ""
    found = calibrations.latest(db.session(), here.edition)
    if found is None or found.state is not CalibrationState.FITTED:
        return ""
    card = severities.of_judge(found.document, here.judge.public_id)
    return severities.own_severity(card) if card else ""


def _first_round(here: Reader) -> Queue:
    """What the judge marked before the round that is on; in the first one nothing."""
    if here.seat.of_round is Round.FIRST:
        return Queue({}, {}, 0, frozenset())
    return queues.of_judge(db.session(), here.edition, here.judge, here.seat.rules, Round.FIRST)


@blueprint.get("/marks.csv")
@audience(Audience.JUDGE)
def marks_csv(edition: str) -> Response:
    here = reader()
    criteria = [it.key for it in here.seat.rules.criteria]
    names = [str(here.names.name("criteria", key)) for key in criteria]
    header = [_("Reference"), _("Category"), _("Title"), _("City"), *names, _("Total"), _("State")]
    rows = [
        [
            row.item.reference,
            str(group.name),
            row.item.title,
            row.item.city,
            *("" if (mark := (row.item.marks or {}).get(key)) is None else mark for key in criteria),
            "" if row.total is None else says.short(row.total),
            str(says.STATES[row.item.progress]),
        ]
        for group in _groups(here, here.queue, REFERENCE, down=False)
        for row in group.rows
    ]
    return download_csv(header, rows, f"{edition}-my-marks.csv")


def _asked() -> tuple[str, bool]:
    """By what the tables are sorted: a criterion, the total, the state, title or reference."""
    return request.args.get("by", "")[:64] or REFERENCE, request.args.get("way") == DOWN


def _groups(here: Reader, queue: Queue, by: str, *, down: bool) -> list[Group]:
    return [
        _group(here, queue, category.key, by, down=down)
        for category in here.seat.rules.categories
        if category.key in queue.categories
    ]


def _group(here: Reader, queue: Queue, category: str, by: str, *, down: bool) -> Group:
    rules = here.seat.rules
    keys = rules.category(category).criteria
    rows = [
        Row(
            item,
            tuple((item.marks or {}).get(key) for key in keys),
            card.total_of(rules, category, item.marks or {}),
        )
        for item in sorted(queue.categories[category], key=lambda it: it.reference)
    ]
    value = _value(by, keys)
    there = [row for row in rows if value(row) is not None]
    there.sort(key=value, reverse=down)
    names = tuple((key, here.names.name("criteria", key)) for key in keys)
    last = [row for row in rows if value(row) is None]
    return Group(category, here.names.name("categories", category), names, (*there, *last))


def _value(by: str, keys: tuple[str, ...]) -> Callable[[Row], Any]:
    """What rows are sorted by; those that have none of it come last either way."""
    if by in keys:
        place = keys.index(by)
        return lambda row: row.marks[place]
    order = list(Progress)
    known: dict[str, Callable[[Row], Any]] = {
        TOTAL: lambda row: row.total,
        STATE: lambda row: order.index(row.item.progress),
        TITLE: lambda row: row.item.title.casefold(),
    }
    return known.get(by, lambda row: row.item.reference)

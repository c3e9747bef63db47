"""Who signs the certificates: names and offices in every language, each in office from a day to a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from awards import decisions, editions, signatories
from awards.extensions import db
from awards.models import Edition
from awards.signatories import Signs
from awards.timetable import Moment
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.paperwork.routes import Answer, blueprint, show
from awards.web.secretariat.frame import back_to, long_reason, posted
from awards.web.texts import choose

PIECES = ("name", "office")
DAYS = ("since", "until")


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who signs, and whether they are in office on the day of the certificates."""

    name: str
    office: str
    since: str
    until: str
    signs: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody in the form: what stands in each field, by its name without the number."""

    number: int
    fields: Mapping[str, str]


def day_of(edition: Edition) -> date:
    """The day of the certificates: that of the ceremony, else today where the edition is."""
    ceremony = editions.timetable_of(db.session(), edition).get(Moment.CEREMONY)
    return ceremony.local.date() if ceremony else sessions.now().astimezone(ZoneInfo(edition.zone)).date()


def seats(edition: Edition) -> list[Seat]:
    """All who are named to sign, in the reader's language."""
    day, session = day_of(edition), db.session()
    fallback = editions.rules_of(session, edition).working_language
    found = signatories.listed(editions.texts_of(session, edition))
    return [
        Seat(
            str(choose(it.name, fallback)),
            str(choose(it.office, fallback)),
            words.day(it.since) if it.since else "",
            words.day(it.until) if it.until else "",
            it.on(day),
        )
        for it in found
    ]


@blueprint.route("/signatories", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def signing(edition: str) -> Answer:  # noqa: ARG001 (the door has looked it up)
    """State who signs. A row that is emptied is taken out."""
    if request.method == "GET" and sessions.filled() is None:
        return _show([_row(number, it) for number, it in enumerate(_listed(), start=1)])
    rows = [_posted(number) for number in range(1, signatories.MOST + 2)]
    rows = [it for it in rows if any(it.fields.values())]
    wrong = {**_wrong_days(rows), **long_reason()}
    if request.method == "GET" or wrong:
        return _show(rows, wrong), 422 if wrong else 200
    return _save(rows)


def _save(rows: list[Row]) -> Answer:
    session = db.session()
    try:
        made = signatories.set_all(
            session,
            door.edition(),
            [_signs(it) for it in rows],
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except signatories.OfficeMissing as error:
        session.rollback()
        number = rows[int(str(error)) - 1].number
        return _show(
            rows, {f"office-{number}-{_languages()[0]}": _("State the office of whoever signs.")}
        ), 422
    except signatories.DaysUpsideDown as error:
        session.rollback()
        number = rows[error.number - 1].number
        return _show(rows, {f"until-{number}": _("The last day in office is before the first.")}), 422
    except signatories.TooManySign:
        session.rollback()
        return _show(rows, {"": _("There is room for eight who sign. Take some out.")}), 422
    except decisions.ReasonMissing:
        session.rollback()
        return _show(rows, {"reason": _("Write in a few words why this changes.")}), 422
    session.commit()
    if made is None:
        return back_to("paperwork.index", _("Nothing differs; no new version was made."), "calm")
    return back_to(
        "paperwork.index",
        _("Saved. Certificates that are issued from now on bear these names; those issued stay as they are."),
    )


def _listed() -> tuple[Signs, ...]:
    return signatories.listed(editions.texts_of(db.session(), door.edition()))


def _languages() -> tuple[str, ...]:
    return editions.rules_of(db.session(), door.edition()).languages


def _row(number: int, it: Signs) -> Row:
    fields = {f"{piece}-{tag}": getattr(it, piece).get(tag, "") for piece in PIECES for tag in _languages()}
    return Row(number, fields | {key: day.isoformat() if (day := getattr(it, key)) else "" for key in DAYS})


def _posted(number: int) -> Row:
    fields = {
        f"{piece}-{tag}": posted(f"{piece}-{number}-{tag}")[:200] for piece in PIECES for tag in _languages()
    }
    return Row(number, fields | {key: posted(f"{key}-{number}") for key in DAYS})


def _wrong_days(rows: list[Row]) -> dict[str, str]:
    return {
        f"{key}-{it.number}": _("Write a day as 2021-05-03, or leave it empty.")
        for it in rows
        for key in DAYS
        if it.fields[key] and _day(it.fields[key]) is None
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _signs(row: Row) -> Signs:
    said = {
        piece: {tag: text for tag in _languages() if (text := row.fields[f"{piece}-{tag}"])}
        for piece in PIECES
    }
    return Signs(said["name"], said["office"], _day(row.fields["since"]), _day(row.fields["until"]))


def _show(rows: list[Row], wrong: Mapping[str, str] | None = None) -> str:
    blank = Row(max((it.number for it in rows), default=0) + 1, {})
    return show(
        "signing.html",
        rows=[*rows, *([blank] if len(rows) < signatories.MOST else [])],
        tags=_languages(),
        day=words.day(day_of(door.edition())),
        wrong=dict(wrong or {}),
        reason=posted("reason"),
    )

"""How a nomination fared, for its own people, from the release of its category on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template

from awards import feedback, releasing
from awards.extensions import db
from awards.models import Nomination, NominationState, Publication
from awards.timetable import ORDER, Phase
from awards.web import face, words
from awards.web.access import Audience, audience
from awards.web.face import Shown
from awards.web.nominations import says
from awards.web.nominations.desk import Desk, desk
from awards.web.texts import Names, Text
from judging.values import RecordScope

OUT = (NominationState.WITHDRAWN, NominationState.INELIGIBLE, NominationState.DISQUALIFIED)

FROM = ORDER.index(Phase.DELIBERATION)
"""No winners are released before this phase."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A prize that was revoked: since when, and why."""

    prize: Text
    day: str
    because: str


@dataclass(frozen=True, slots=True)
class Fared:
    """What was published of a nomination: its prizes, those that were revoked, or whether it was a finalist; what the
    record calls it.
    """

    prizes: tuple[Text, ...]
    lost: tuple[Lost, ...]
    finalist: bool
    number: str
    named: bool
    has_record: bool


def init_app(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/nominations/<nomination>/result", "result", result)


@audience(Audience.NOMINATOR)
def result(nomination: str) -> str:  # noqa: ARG001 (the door has found it)
    here = desk()
    shown = shown_of(here)
    if not is_released(here.nomination, shown):
        abort(410 if was_released(here.nomination, shown) else 404)
    session = db.session()
    state = releasing.told_states(session, [here.nomination])[here.nomination.id]
    return render_template(
        "nominations/result.html",
        desk=here,
        fared=_fared(here, shown),
        out=says.STATES[here.nomination.state] if here.nomination.state in OUT and state in OUT else "",
        feedback=_feedback(here),
        words=words,
        specimen=here.edition.specimen,
    )


def _feedback(here: Desk) -> bool:
    """Whether feedback was sent that may be read now."""
    session, nomination = db.session(), here.nomination
    there = feedback.latest(session, nomination) is not None
    return there and feedback.is_open(session, here.edition, nomination.category, here.now)


def shown_of(here: Desk) -> Shown:
    """What may be shown now of the edition of a nomination."""
    session = db.session()
    if ORDER.index(here.edition.phase) < FROM:
        return Shown((), (), None)
    found = face.face_of(session, here.edition.key, here.now)
    return face.shown(session, found, here.rules, here.now) if found else Shown((), (), None)


def is_released(nomination: Nomination, shown: Shown) -> bool:
    """Whether the winners of its category may be shown, and it took part."""
    return nomination.submitted_number is not None and any(
        it.category == nomination.category for it in shown.winners
    )


def was_released(nomination: Nomination, shown: Shown) -> bool:
    """Whether the winners of its category were public and were taken down."""
    return nomination.submitted_number is not None and any(
        it.category == nomination.category for it in shown.down
    )


def _fared(here: Desk, shown: Shown) -> Fared:
    names, reference = Names(here.texts, here.edition.language), here.nomination.reference
    prizes = [row["prize"] for row in _rows(shown.winners, reference)]
    lost = tuple(
        Lost(names.name("prizes", row["prize"]), words.day(date.fromisoformat(row["on"])), row["because"])
        for row in _rows(shown.winners, reference, "revoked")
    )
    finalist = bool(_rows(shown.finalists, reference))
    scope = here.rules.record
    named = scope is RecordScope.ALL or (scope is RecordScope.FINALISTS and (finalist or bool(prizes)))
    number = "" if named else feedback.number_of(db.session(), here.nomination)
    return Fared(
        tuple(names.name("prizes", key) for key in prizes),
        lost,
        finalist,
        number,
        named,
        shown.record is not None,
    )


def _rows(published: tuple[Publication, ...], reference: str, part: str = "rows") -> list[dict[str, str]]:
    return [row for it in published for row in it.document.get(part, ()) if row["reference"] == reference]

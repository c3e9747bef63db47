"""Second readings: what the rule would order, the chair's order, how far it is, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards import (
    borderline,
    calibrations,
    chairs,
    decisions,
    editions,
    nominations,
    queues,
    readers,
    second_readings,
    standings,
)
from awards import readings as under_way
from awards.borderline import (
    NoBudget,
    NotCalibrated,
    NothingClose,
    NotNow,
    PanelHasRead,
    Plan,
    ReadingsOpen,
    SheetsMended,
)
from awards.calibrations import TooManyToFit
from awards.chairs import NotTheChair
from awards.extensions import db
from awards.models import Grant, NominationRevision, ReadingState, SecondReading
from awards.readings import Progress
from awards.second_readings import (
    AnotherList,
    NotConfirmed,
    NotOpen,
    StillReading,
    SubmittedAlready,
    TooEarly,
)
from awards.timetable import Deadline, in_zone
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.judging import says
from awards.web.secretariat import wording
from awards.web.secretariat.frame import face_of, long_reason, may, name_of, posted
from awards.web.secretariat.stating import fields, is_looked_at, seen, typed
from awards.web.table.routes import Answer, blueprint, is_closed, lead, show
from awards.web.table.signing import not_you
from judging.assignment import Cause

WHY_NOT: Mapping[type[Exception], object] = {
    NoBudget: _l("The budget of the rules for second readings is used up."),
    NotNow: _l("Second readings are ordered between the close of the round and the first signed shortlist."),
    PanelHasRead: _l(
        "The deliberation room was opened, so the panel has read the standing. Nobody reads further after that."
    ),
    SheetsMended: _l(
        "A judge mends a sheet, or has asked to. Second readings are ordered when that is over."
    ),
    NotCalibrated: _l(
        "The marks as they stand now are still being compared. Until that is done nobody knows where it is close."
    ),
    NothingClose: _l(
        "By the rule no nomination gets a further reading, or no judge is left who may read one."
    ),
}
CAUSES: Mapping[str, object] = {
    Cause.CAPACITY.value: _l("the other judges have no room left"),
    Cause.LANGUAGE.value: _l("no other judge reads its language"),
    Cause.NO_JUDGES.value: _l("no judge reads this category"),
}
OTHERS = _l("the other judges have read it, have a conflict or see the standings")
MOVED_ON = _l("Second readings have moved on since you opened the page; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Row:
    """A nomination with further readings, and how they are."""

    reference: str
    title: str
    language: str
    number: int
    submitted: int = 0
    out: int = 0
    lacking: int = 0
    short: str = ""


@blueprint.route("/readings", methods=["GET", "POST"])
@audience(Audience.TABLE)
def readings(edition: str) -> Answer:  # noqa: ARG001
    """What the rule orders now, or how far the open order is. Posted: an order, more time, a reminder, other judges."""
    if not is_closed():
        return lead("table.index")
    _need_rule()
    reading = under_way.current(db.session(), door.edition())
    if request.method == "GET":
        return _page(reading)
    if wrong := long_reason():
        return _page(reading, wrong), 422
    act = posted("for")
    acts = {"order": _order, "more": _extend, "remind": _remind, "fill": _fill}
    if act not in acts:
        abort(400)
    try:
        return acts[act](reading)
    except NotTheChair as error:
        db.session.rollback()
        return _again({"": not_you(error)}), 409
    except (NotOpen, ReadingsOpen):
        db.session.rollback()
        return lead("table.readings", str(MOVED_ON), "caution")


@blueprint.route("/readings/close", methods=["GET", "POST"])
@audience(Audience.TABLE)
def close_readings(edition: str) -> Answer:  # noqa: ARG001
    """What closing means and what is missing; posted, the sheets count and the standings are frozen anew."""
    return _end("readings_close.html", _close)


@blueprint.route("/readings/call-off", methods=["GET", "POST"])
@audience(Audience.TABLE)
def call_off_readings(edition: str) -> Answer:  # noqa: ARG001
    """What calling off means; posted with its reason, the order is taken back."""
    return _end("readings_off.html", _call_off)


def _end(template: str, act) -> Answer:  # type: ignore[no-untyped-def]
    if not is_closed():
        return lead("table.index")
    _need_rule()
    reading = under_way.current(db.session(), door.edition())
    if reading is None:
        return lead("table.readings", str(MOVED_ON), "caution")
    if request.method == "GET":
        return _ending(template, reading)
    if wrong := long_reason():
        return _ending(template, reading, wrong), 422
    try:
        said = act()
    except NotTheChair as error:
        wrong = {"": not_you(error)}
    except StillReading:
        wrong = {"": _("Sheets are still to come in, and their time is not over.")}
    except NotConfirmed:
        wrong = {"": _("What is missing has changed since you opened the page. Read it as it stands now.")}
    except SubmittedAlready:
        wrong = {"": _("A further sheet is submitted, so second readings are closed and not called off.")}
    except TooManyToFit:
        wrong = {
            "": _(
                "There are too many nominations to count while a page is loading. Whoever runs the server closes "
                "second readings with: flask round close %(key)s readings",
                key=door.edition().key,
            )
        }
    except NotOpen:
        db.session.rollback()
        return lead("table.readings", str(MOVED_ON), "caution")
    except decisions.ReasonMissing:
        db.session.rollback()
        return _ending(template, reading, {"reason": _("Write why: the decision states it.")}), 422
    else:
        db.session.commit()
        return lead("table.readings", said)
    db.session.rollback()
    return _ending(template, reading, wrong), 409


def _close() -> str:
    second_readings.close(
        db.session(),
        door.edition(),
        missing=posted("missing"),
        actor=sessions.actor(),
        now=sessions.now(),
    )
    return _("Second readings are closed. The standings were counted and frozen again with all sheets.")


def _call_off() -> str:
    second_readings.call_off(
        db.session(), door.edition(), reason=posted("reason"), actor=sessions.actor(), now=sessions.now()
    )
    return _("Second readings are called off. The judges are told by mail.")


def _order(_reading: SecondReading | None) -> Answer:
    wanted = typed()
    if wanted.at is None:
        return _again(wanted.wrong), 422
    if wanted.at.instant <= sessions.now():
        return _again({"day": _("The last day has to lie ahead.")}), 422
    if not is_looked_at(seen(wanted.at)):
        return _page(None, looked=wanted.at)
    try:
        second_readings.order(
            db.session(),
            door.edition(),
            closes=wanted.at.instant,
            shown=posted("shown"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except AnotherList:
        db.session.rollback()
        return _again(
            {"": _("The list or its readers have changed since you opened the page. Read it as it is now.")}
        ), 409
    except (NoBudget, NotNow, SheetsMended, NotCalibrated, NothingClose) as error:
        db.session.rollback()
        return _again({"": str(WHY_NOT[type(error)])}), 409
    db.session.commit()
    return lead("table.readings", _("Second readings are ordered. The judges are told by mail."))


def _extend(reading: SecondReading | None) -> Answer:
    wanted = typed()
    if wanted.at is None:
        return _again(wanted.wrong), 422
    if reading is not None and not is_looked_at(seen(wanted.at)):
        if wanted.at.instant <= max(sessions.now(), reading.closes_at):
            return _again({"day": _later()}), 422
        return _page(reading, looked=wanted.at)
    try:
        readers.extend(
            db.session(),
            door.edition(),
            closes=wanted.at.instant,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        db.session.rollback()
        return _again({"reason": _("Write why: the decision states it.")}), 422
    except TooEarly:
        db.session.rollback()
        return _again({"day": _later()}), 422
    db.session.commit()
    return lead("table.readings", _("The second readers have more time. They are told by mail."))


def _later() -> str:
    return _("More time has to lie ahead, and after the day that holds.")


def _remind(_reading: SecondReading | None) -> Answer:
    told = readers.remind(db.session(), door.edition(), actor=sessions.actor(), now=sessions.now())
    db.session.commit()
    if not told:
        return lead("table.readings", _("Nobody was reminded: all have been within a day."), "calm")
    said = ngettext("%(num)d judge is reminded by mail.", "%(num)d judges are reminded by mail.", told)
    return lead("table.readings", said)


def _fill(_reading: SecondReading | None) -> Answer:
    drawn = readers.fill(db.session(), door.edition(), actor=sessions.actor(), now=sessions.now())
    db.session.commit()
    number = len(drawn.new)
    if not number:
        return lead("table.readings", _("No other judge is left who may read them."), "caution")
    said = ngettext("%(num)d sheet has another judge.", "%(num)d sheets have other judges.", number)
    return lead("table.readings", said)


def _need_rule() -> None:
    """404 where the rules know no second readings."""
    session, edition = db.session(), door.edition()
    if not _budget() and not under_way.of_edition(session, edition):
        abort(404)


def _budget() -> int:
    return editions.rules_of(db.session(), door.edition()).readings.budget


def _again(wrong: Mapping[str, str]) -> str:
    return _page(under_way.current(db.session(), door.edition()), wrong)


def _page(
    reading: SecondReading | None,
    wrong: Mapping[str, str] | None = None,
    *,
    looked: Deadline | None = None,
) -> str:
    session, edition = db.session(), door.edition()
    found, why = (None, "") if reading is not None else _plan()
    progress = under_way.progress(session, reading) if reading is not None else None
    names = list(reading.extra) if reading is not None else list(found.extra) if found else []
    acting = _acting(names)
    fitted = calibrations.latest(session, edition)
    return show(
        "readings.html",
        "table.readings",
        reading=reading,
        closes=in_zone(reading.closes_at, edition.zone) if reading is not None else None,
        over=reading is not None and reading.closes_at <= sessions.now(),
        progress=progress,
        plan=found,
        why=why,
        mending=why == str(WHY_NOT[SheetsMended]),
        fitting=fitted if found is None and reading is None else None,
        rows=_rows(reading, progress, found),
        hours=_takes(found) if found else "",
        acting=acting,
        is_mine=acting is not None and acting.account_id == sessions.me().id,
        before=[it for it in under_way.of_edition(session, edition) if it.state is not ReadingState.OPEN],
        budget=_budget(),
        left=borderline.budget_left(session, edition),
        wrong=dict(wrong or {}),
        typed={
            **fields(
                in_zone(reading.closes_at, edition.zone) if reading is not None else None, zone=edition.zone
            ),
            "reason": posted("reason"),
        },
        wanted=looked,
        seen=seen(looked) if looked else "",
        zones=wording.zones(),
        name_of=name_of,
        acts=may(Audience.TABLE, reading=False),
        cut_lines=_cut_lines(),
        target=url_for("table.readings", edition=edition.key),
    )


def _cut_lines() -> list[tuple[str, object]]:
    """The categories whose cut line whoever asks may read."""
    if not may(Audience.ADVICE, reading=True):
        return []
    session, edition = db.session(), door.edition()
    names = face_of(edition).names
    return [(key, names.name("categories", key)) for key in standings.latest(session, edition)]


def _plan() -> tuple[Plan | None, str]:
    try:
        return borderline.plan(db.session(), door.edition()), ""
    except tuple(WHY_NOT) as error:
        return None, str(WHY_NOT[type(error)])


def _acting(names: list[str]) -> Grant | None:
    """Who orders and closes: the chair, or the first deputy without a conflict in the list."""
    session, edition = db.session(), door.edition()
    about = [it for it in nominations.of_edition(session, edition) if it.reference in names]
    table = chairs.table_of(session, edition)
    return table.acting([] if table.all_bound(about) else about)


def _rows(reading: SecondReading | None, progress: Progress | None, plan: Plan | None) -> list[Row]:
    extra = reading.extra if reading is not None else plan.extra if plan else {}
    texts = _texts(list(extra))
    short: dict[str, str] = {}
    if reading is not None:
        short = {it["nomination"]: str(CAUSES.get(it["cause"], OTHERS)) for it in reading.unfilled}
    elif plan:
        short = {it.reference: str(CAUSES.get(it.cause.value, OTHERS)) for it in plan.drawn.lacks}
    lines = {it.reference: it for it in progress.lines} if progress else {}
    given = {it.reference: it.found for it in plan.drawn.lacks} if plan else {}
    found = []
    for reference, number in sorted(extra.items()):
        line, text = lines.get(reference), texts.get(reference)
        lacking = line.lacking if line else number - given.get(reference, number)
        found.append(
            Row(
                reference,
                text.title if text else "",
                text.language if text else "",
                int(number),
                line.submitted if line else 0,
                line.out if line else 0,
                lacking,
                short.get(reference, str(OTHERS)) if lacking else "",
            )
        )
    return found


def _texts(names: list[str]) -> dict[str, NominationRevision]:
    session, edition = db.session(), door.edition()
    there = [it for it in nominations.of_edition(session, edition) if it.reference in names]
    revisions = nominations.current_revisions(session, there) if there else {}
    return {it.reference: revisions[it.id] for it in there}


def _takes(plan: Plan) -> str:
    """How long all of it takes the judges together, from the length of the texts."""
    texts = _texts(list(plan.extra))
    minutes = sum(
        number
        * queues.minutes(len(str(texts[name].content)) + len(texts[name].summary or ""), texts[name].language)
        for name, number in plan.extra.items()
        if name in texts
    )
    return says.takes(minutes)


def _ending(template: str, reading: SecondReading, wrong: Mapping[str, str] | None = None) -> str:
    progress = under_way.progress(db.session(), reading)
    acting = _acting(list(reading.extra))
    return show(
        template,
        "table.readings",
        reading=reading,
        progress=progress,
        rows=[it for it in _rows(reading, progress, None) if it.out or it.lacking],
        ready=not progress.out or reading.closes_at <= sessions.now(),
        missing=second_readings.lacking_sha256(progress),
        acting=acting,
        is_mine=acting is not None and acting.account_id == sessions.me().id,
        wrong=dict(wrong or {}),
        reason=posted("reason"),
        back=url_for("table.readings", edition=door.edition().key),
        name_of=name_of,
    )

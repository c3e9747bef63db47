"""Deadlines of their own: one nomination, organisation or category may submit later than the others, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from awards import accounts, dates, deadlines, decisions, directory, editions, lateness
from awards.editions import DeadlineEarlier
from awards.extensions import db
from awards.models import Account, Nomination, NominationState
from awards.recusals import InterestBinds
from awards.timetable import Deadline
from awards.web import door, sessions, words
from awards.web.access import Audience, audience
from awards.web.secretariat import wording
from awards.web.secretariat.frame import (
    Answer,
    back_to,
    blueprint,
    face_of,
    long_reason,
    name_of,
    posted,
    show,
)
from awards.web.secretariat.stating import fields, is_looked_at, seen, typed

WHOM = ("nomination", "organisation", "category")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several that may be meant."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Target:
    """For whom a deadline is meant, as it is granted and as it is named; or the choices where several may be."""

    what: dict[str, Any]
    name: str = ""
    choices: tuple[Choice, ...] = ()
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    at: Deadline
    reason: str
    by: str
    granted: datetime


def target() -> Target:
    """Whom the posted form means."""
    whom, text, chosen = posted("whom"), posted("who"), posted("chosen")
    if whom == "category":
        category = posted("category")
        names = face_of(door.edition()).names
        if category not in editions.open_categories(db.session(), door.edition()):
            return Target({}, wrong=_("Choose a category."))
        return Target({"category": category}, str(names.name("categories", category)))
    if whom == "organisation":
        return _organisation(text, chosen)
    return _nomination(text, chosen)


def _organisation(text: str, chosen: str) -> Target:
    found = directory.search(db.session(), text) if text else []
    named = {it.public_id: f"{it.name}, {words.country(it.country)}" for it in found}
    for it in found:
        if chosen == it.public_id:
            return Target({"organisation": it}, named[it.public_id])
    choices = tuple(Choice(*pair) for pair in named.items())
    return Target({}, choices=choices, wrong="" if choices else _("No organisation is found by this name."))


def _nomination(text: str, chosen: str) -> Target:
    """By its reference, or by the address of who writes it: what stands in a draft is not shown."""
    session, edition = db.session(), door.edition()
    known = accounts.find(session, text) if text else None
    query = select(Nomination).where(
        Nomination.edition_id == edition.id, Nomination.state != NominationState.WITHDRAWN
    )
    if known is not None:
        query = query.where(Nomination.nominator_id == known.id)
    else:
        query = query.where(Nomination.reference == text, Nomination.state != NominationState.DRAFT)
    found = session.scalars(query.order_by(Nomination.id)).all() if text else []
    named = {it.public_id: _named(it) for it in found}
    for it in found:
        if chosen == it.public_id or len(found) == 1:
            return Target({"nomination": it}, named[it.public_id])
    choices = tuple(Choice(*pair) for pair in named.items())
    missing = _("No nomination has this reference, and nobody with this address writes one here.")
    return Target({}, choices=choices, wrong="" if choices else missing)


def _named(nomination: Nomination) -> str:
    """A draft is named by its category and the day it was begun."""
    names = face_of(door.edition()).names
    category = names.name("categories", nomination.category) if nomination.category else _("no category yet")
    if nomination.state is not NominationState.DRAFT:
        return f"{nomination.reference} · {category}"
    begun = words.day(nomination.created_at)
    return _("draft begun on %(day)s · %(category)s", day=begun, category=category)


@blueprint.route("/<edition>/dates/own", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def own_deadlines(edition: str) -> Answer:
    """List what was granted, and grant: `look` shows who and when is meant, `save` grants it."""
    if request.method == "GET":
        return _page()
    wanted, whom = typed(), target()
    wrong = dict(wanted.wrong)
    if whom.wrong:
        wrong["category" if posted("whom") == "category" else "who"] = whom.wrong
    if wrong or wanted.at is None:
        return _page(wanted.at, whom, wrong=wrong), 422
    if not whom.what:
        return _page(wanted.at, whom)
    if not is_looked_at(_seen(wanted.at, whom)):
        return _page(wanted.at, whom, looked=True)
    if wrong := long_reason():
        return _page(wanted.at, whom, wrong=wrong, looked=True), 422
    try:
        lateness.grant(
            db.session(),
            door.edition(),
            wanted.at.local,
            zone=wanted.at.zone,
            reason=posted("reason"),
            actor=sessions.actor(),
            now=sessions.now(),
            **whom.what,
        )
    except DeadlineEarlier:
        db.session.rollback()
        wrong = {"day": _("A deadline of its own has to lie ahead, and after the one that holds.")}
        return _page(wanted.at, whom, wrong=wrong), 422
    except InterestBinds:
        db.session.rollback()
        says = _("You have an interest in this: another organiser gives it more time.")
        return _page(wanted.at, whom, wrong={"who": says}), 403
    except decisions.ReasonMissing:
        db.session.rollback()
        wrong = {"reason": _("Write why: the decision states it.")}
        return _page(wanted.at, whom, wrong=wrong, looked=True), 422
    db.session.commit()
    says = _("Granted to %(name)s: %(when)s.", name=whom.name, when=words.when(wanted.at))
    return back_to("own_deadlines", says)


def _seen(at: Deadline, whom: Target) -> str:
    return f"{seen(at)} {whom.name}"


def _page(
    wanted: Deadline | None = None,
    whom: Target | None = None,
    *,
    wrong: dict[str, str] | None = None,
    looked: bool = False,
) -> str:
    found, session = door.edition(), db.session()
    names = face_of(found).names
    return show(
        "own_deadlines.html",
        "dates",
        lines=_lines(),
        closes=deadlines.closes(session, found),
        categories=[(key, names.name("categories", key)) for key in editions.open_categories(session, found)],
        wanted=wanted,
        whom=whom,
        wrong=wrong or {},
        seen=_seen(wanted, whom) if wanted and whom and looked else "",
        typed={
            "whom": posted("whom") or WHOM[0],
            "who": posted("who"),
            "chosen": posted("chosen"),
            "category": posted("category"),
            **fields(zone=found.zone),
            "reason": posted("reason"),
        },
        zones=wording.zones(),
    )


def _lines() -> Sequence[Line]:
    found, session = door.edition(), db.session()
    names = face_of(found).names
    return [
        Line(
            name=_whose(it, names.name("categories", it.deadline.category or "").text),
            at=Deadline(datetime.fromisoformat(it.deadline.local), it.deadline.zone, it.deadline.at_utc),
            reason=it.deadline.reason,
            by=name_of(session.get(Account, it.deadline.by_id)),
            granted=it.deadline.at,
        )
        for it in dates.granted(session, found)
    ]


def _whose(granted: dates.Granted, category: str) -> str:
    if granted.nomination is not None:
        return _named(granted.nomination)
    return granted.organisation.name if granted.organisation is not None else category

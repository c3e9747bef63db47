"""All that was chosen, once more; then the ballots go into the box, and their receipts are shown, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import ballot_log, casting, editions, extensions
from awards.casting import (
    CameAtOnce,
    CastBefore,
    ChoiceRefused,
    FormDamaged,
    NoBallot,
    OnPaper,
    Receipt,
)
from awards.envelopes import NotOpen
from awards.extensions import db
from awards.models import LogHead
from awards.web import door, language, sessions, voters, words
from awards.web.access import Audience, audience
from awards.web.voting import finalists, paper, routes, says, sheet
from awards.web.voting.routes import Answer, Booth, blueprint
from awards.web.voting.sheet import AT, Sheet
from judging.ballot import Choice

ONLY = "only"


@blueprint.route("/<edition>/review", methods=["GET", "POST"])
@audience(Audience.ELECTOR)
def review(edition: str) -> Answer:
    if request.method != "POST":
        return redirect(url_for("voting.index", edition=edition), 303)
    here, found = sheet.read()
    if (late := paper.too_late(here, found)) is not None:
        return late
    came_from = request.form.get(AT, "")
    wrong = came_from if came_from in here.open and found.marked[came_from].slips else found.first_wrong
    if wrong is not None and wrong in here.open:
        return paper.show(here, found, wrong)
    return _reviewed(here, found)


def _reviewed(here: Booth, found: Sheet, problem: str = "") -> Answer:
    page = routes.show(
        "review",
        here,
        sheet=found,
        choices=found.choices,
        ready=[key for key in here.open if key in found.choices],
        cards=finalists.cards_of(db.session(), here, {key: found.choices.get(key, ()) for key in here.open}),
        problem=problem,
        tongues=paper.tongues("voting.review", here),
    )
    return page, 422 if problem else 200


@blueprint.route("/<edition>/cast", methods=["GET", "POST"])
@audience(Audience.ELECTOR)
def cast(edition: str) -> Answer:
    """The answer to the form is the receipt itself: it stands in no address and no cookie."""
    if request.method != "POST":
        return redirect(url_for("voting.index", edition=edition), 303)
    editions.hold(db.session(), door.edition())
    if door.still_elector() is None:
        return _turned_away()
    here, found = sheet.read()
    if found.is_new:
        flash(_("This page was too old. Nothing was cast: choose again."), "caution")
        return redirect(url_for("voting.index", edition=edition), 303)
    if found.first_wrong is not None and found.first_wrong in here.open:
        return paper.show(here, found, found.first_wrong)
    only = request.form.get(ONLY, "")
    choices = {key: choice for key, choice in found.choices.items() if only in ("", key)}
    if not choices:
        return _reviewed(
            here, found, _("Nothing is chosen yet. Choose in one category at least, or abstain.")
        )
    try:
        here, receipts = _put(here, found, choices)
    except CastBefore as error:
        db.session.rollback()
        return paper.cast_before(*sheet.read(), error.hours)
    except (NotOpen, NoBallot, FormDamaged, ChoiceRefused) as error:
        db.session.rollback()
        return _refused(error)
    extensions.commit_and_show()
    return routes.show(
        "receipt",
        here,
        receipts=_slips(here, receipts),
        left=found.without(receipts),
    )


@dataclass(frozen=True)
class Slip:
    """A receipt as it is shown: the code and the envelope's number in lines, and the newest root of its log."""

    category: str
    code: list[str]
    fingerprint: list[str]
    again: bool
    head: LogHead | None
    when: str


def _slips(here: Booth, receipts: Mapping[str, Receipt]) -> list[Slip]:
    numbers = {key: here.papers[key].election.id for key in receipts}
    heads = ballot_log.newest(db.session(), numbers.values())
    tongue, found = language.current(), []
    for key, it in receipts.items():
        head = heads.get(numbers[key])
        when = words.when(words.in_zone(head.at, here.edition.zone)) if head else ""
        code = says.in_lines(it.code(tongue))
        found.append(Slip(key, code, says.grouped(it.fingerprint), it.again, head, when))
    return found


def _put(here: Booth, found: Sheet, choices: Mapping[str, Choice]) -> tuple[Booth, Mapping[str, Receipt]]:
    """Put ballots into the box, all of them or none: the edition is held, and everything here was read since."""

    def put(here: Booth) -> tuple[Booth, Mapping[str, Receipt]]:
        receipts = casting.cast_held(
            db.session(),
            here.entry,
            here.papers,
            choices,
            vote=here.vote,
            form=found.secret,
            nonces=found.nonces(),
            now=sessions.now(),
        )
        return here.after(receipts), receipts

    try:
        return put(here)
    except CameAtOnce:
        return put(routes.booth(opened=found.opened))


def _turned_away() -> Response:
    return voters.ask_to_come_in()


def _refused(error: Exception) -> Answer:
    """The vote was closed meanwhile, or the slate is another one: back to how it stands."""
    here = routes.booth()
    if isinstance(error, ChoiceRefused):
        flash(
            _("The finalists have changed since you opened the page. Nothing was cast: choose again."),
            "caution",
        )
    elif isinstance(error, FormDamaged):
        flash(_("This page was too old. Nothing was cast: choose again."), "caution")
    elif isinstance(error, OnPaper):
        flash(says.shut(), "caution")
    elif isinstance(error, NoBallot):
        flash(_("There is no ballot for you here any more. Nothing was cast."), "alarm")
    else:
        flash(_("The vote is not open any more. Nothing was cast."), "alarm")
    return redirect(url_for("voting.index", edition=here.edition.key), 303)

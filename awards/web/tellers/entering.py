"""One paper after another: a teller types the numbers that are marked on it. What was typed is shown nowhere again."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import abort, request
from flask_babel import gettext as _

from awards import bundles, tellers
from awards.bundles import Sight
from awards.extensions import db
from awards.models import Bundle, BundleState
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.papers.ballots import called
from awards.web.polling import routes as polling
from awards.web.polling.finalists import cards
from awards.web.secretariat.frame import posted_number
from awards.web.tellers import says
from awards.web.tellers.routes import Answer, blueprint, bundle_of, lead, show
from awards.web.words import tidy
from judging.ballot import Choice

FIELD = "on_paper"
"""The field of what stands on a paper: it is never kept for people whose session ended (see awards.web.sessions)."""
BLANK, NOT_TOLD = "0", "x"
ONE_DIGIT = 9


class Typed(NamedTuple):
    """What was typed of a paper: a choice, None where none can be told; or what is wrong with it."""

    choice: Choice | None = None
    wrong: str = ""


@blueprint.route("/bundles/<bundle>/<int:number>", methods=["GET", "POST"])
@audience(Audience.POLLS)
def enter(bundle: str, number: int, **_edition: str) -> Answer:
    found = bundle_of(bundle)
    if not 1 <= number <= found.papers:
        abort(404)
    sight = bundles.look(db.session(), found)
    if not sight.is_for(sessions.me().id):
        return lead("bundle", bundle=found.public_id)
    if request.method == "GET":
        return _page(sight, number)
    typed = read(request.form.getlist(FIELD), found.election.slate)
    if typed.wrong:
        return _page(sight, number, {FIELD: typed.wrong}), 422
    return _enter(found, number, typed.choice)


def _enter(found: Bundle, number: int, choice: Choice | None) -> Answer:
    session = db.session()
    try:
        sight = tellers.enter(
            session,
            door.edition(),
            found,
            number,
            choice,
            counted=posted_number("counted"),
            key_folder=polling.key_folder(),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except tellers.CountDiffers as error:
        session.rollback()
        return _again(found, number, {"counted": says.counted(error)})
    except tellers.NoChoice as error:
        session.rollback()
        return _again(found, number, {FIELD: str(says.FAULTS[error.faults[0][1]])})
    except says.REFUSED as error:
        session.rollback()
        return lead("bundle", says.wrong(error).popitem()[1], "caution", bundle=found.public_id)
    session.commit()
    return _next(sight, number)


def _again(found: Bundle, number: int, wrong: Mapping[str, str]) -> Answer:
    return _page(bundles.look(db.session(), found), number, wrong), 422


def _next(sight: Sight, number: int) -> Answer:
    there = {"bundle": sight.bundle.public_id}
    if sight.bundle.state is BundleState.AGREED:
        return lead("bundle", _("Two have entered the same for every paper: the bundle counts."), **there)
    if len(sight.tellers) > 1 and sight.differing and number in sight.differing:
        return lead(
            "bundle", _("Some papers differ. Take them out and look at them again."), "caution", **there
        )
    following = sight.next_of(sessions.me().id, number)
    if following is None:
        return lead("bundle", _("You have entered all of it."), **there)
    return lead("enter", number=following, **there)


def read(values: Sequence[str], slate: Sequence[str]) -> Typed:
    """What was typed, as references in the order in which they stand there."""
    said = {tidy(unicodedata.normalize("NFKC", it)).casefold() for it in values} - {""}
    if not said:
        return Typed(wrong=_("Type a number, or press one of the buttons below."))
    if len(said) > 1:
        return Typed(wrong=_("You typed a choice and pressed a button that says another thing. Choose one."))
    text = said.pop()
    if text in (BLANK, NOT_TOLD):
        return Typed(() if text == BLANK else None)
    numbers = _numbers(text, len(slate))
    if numbers is None or not all(1 <= it <= len(slate) for it in numbers):
        return Typed(
            wrong=_("Type the numbers of finalists as on the paper, 1 to %(last)s.", last=len(slate))
        )
    return Typed(tuple(slate[it - 1] for it in numbers))


def _numbers(text: str, last: int) -> list[int] | None:
    parts = "".join(sign if sign.isdecimal() else " " if sign in " ,.;/-" else "?" for sign in text).split()
    if last <= ONE_DIGIT:
        parts = [digit for part in parts for digit in part]
    if not parts or any("?" in it or len(it) > len(str(last)) for it in parts):
        return None
    return [int(it) for it in parts]


def _page(sight: Sight, number: int, wrong: Mapping[str, str] | None = None) -> str:
    it, vote, me = sight.bundle, door.vote(), sessions.me().id
    names = {one.reference: one for one in cards(it.election.slate)}
    mine = sight.of(me)
    most = tellers.places(it.election, vote)
    return show(
        "enter.html",
        it=it,
        number=number,
        begins=me not in sight.tellers,
        again=number in mine.again,
        done=number in mine.done,
        left=it.papers - len(mine.done),
        asks=says.asks(vote, most),
        keyboard="numeric" if most == 1 or len(it.election.slate) <= ONE_DIGIT else "text",
        finalists=[called(names[reference]) for reference in it.election.slate],
        field=FIELD,
        blank=BLANK,
        not_told=NOT_TOLD,
        wrong=dict(wrong or {}),
        typed=_typed() if wrong else "",
        counted=posted_number("counted") or "",
    )


def _typed() -> str:
    """What was typed, given back with what is wrong with it, and kept nowhere."""
    return tidy(next((it for it in request.form.getlist(FIELD) if it), ""))[:100]

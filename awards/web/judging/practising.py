"""Practice nominations for judges: one's own marks first, then what a panel gave. It counts for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, flash, g, url_for
from flask_babel import gettext as _

from awards import judges, practice, seats
from awards.extensions import db
from awards.models import JudgeState, PracticeNomination, PracticeSheet
from awards.practice import Incomplete, NotOffered, Told
from awards.queues import Queue
from awards.scoring import Content
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.judging import card
from awards.web.judging.routes import Answer, Reader, blueprint, first, show
from awards.web.texts import Text, choose
from judging.rules import Scale
from judging.values import rounded

WIDTH, EDGE = 160, 8
NOTHING_QUEUED = Queue({}, {}, 0, frozenset())


@dataclass(frozen=True, slots=True)
class Offer:
    """A practice nomination before a judge, in the language of the page."""

    it: PracticeNomination
    sheet: PracticeSheet | None
    title: Text
    body: Text
    why: Text


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a panel gave on a criterion, drawn along the scale: the range as a bar, the mean on it, one's own mark."""

    told: Told
    name: Text
    low: float
    high: float
    mean: float
    mine: float

    @property
    def average(self) -> str:
        return rounded(self.told.mean, 1)


@blueprint.get("/practice", endpoint="practice")
@audience(Audience.JUDGE)
def practice_index(edition: str) -> str:  # noqa: ARG001
    here = _reader()
    return show("practice.html", here, offers=_offers(here), is_open=_is_open(here))


@blueprint.route("/practice/<key>", methods=["GET", "POST"], endpoint="practise")
@audience(Audience.JUDGE)
def practise(edition: str, key: str) -> Answer:  # noqa: ARG001
    """The nomination with the marks; what the panel gave stands there once all are given."""
    here = _reader()
    offer = next((it for it in _offers(here) if it.it.public_id == key), None)
    if offer is None:
        abort(404)
    form = sessions.filled()
    if form is None:
        marks = dict(offer.sheet.marks) if offer.sheet else {}
        return _page(here, offer, Content(marks, "", ""))
    typed = card.read(form, here.seat.rules, offer.it.category)
    if typed.wrong:
        return _page(here, offer, typed.content, typed.wrong), 422
    try:
        practice.mark(
            db.session(), here.edition, offer.it, here.judge, typed.content.marks, now=sessions.now()
        )
    except Incomplete as error:
        db.session.rollback()
        return _page(here, offer, typed.content, card.missing(error.keys)), 422
    except NotOffered:
        db.session.rollback()
        return _page(_reader(), offer, typed.content), 409
    db.session.commit()
    flash(_("Kept for you alone. Below stands what the panel gave."), "done")
    page = url_for("judging.practise", edition=here.edition.key, key=key, _anchor="panel")
    return sessions.lead(page)


def _reader() -> Reader:
    """A judge who has joined, where the rules offer practice; the declaration of interests is not waited for."""
    edition = door.edition()
    seat = seats.find(db.session(), edition, sessions.me(), opened=None, now=sessions.now())
    if seat is None or seat.judge.state in (JudgeState.DECLINED, JudgeState.LEFT) or not seat.rules.practice:
        abort(404)
    g.judge = seat.judge
    if not judges.joined(seat.judge):
        first("judging.join")
    return Reader(edition, seat, NOTHING_QUEUED, "")


def _is_open(here: Reader) -> bool:
    return practice.is_open(here.edition, here.seat.rules)


def _offers(here: Reader) -> list[Offer]:
    language = here.edition.language
    return [
        Offer(
            it,
            sheet,
            choose({tag: text["title"] for tag, text in it.texts.items()}, language),
            choose({tag: text["body"] for tag, text in it.texts.items()}, language),
            choose(it.comments, language),
        )
        for it, sheet in practice.for_judge(db.session(), here.edition, here.judge)
    ]


def _page(here: Reader, offer: Offer, content: Content, wrong: Mapping[str, str] | None = None) -> str:
    rules = here.seat.rules
    given = practice.told(rules, offer.it, offer.sheet) if offer.sheet else []
    return show(
        "practise.html",
        here,
        offer=offer,
        card=card.of_category(here, offer.it.category, content, wrong=wrong),
        given=[_drawn(here, it, rules.scale) for it in given],
        is_open=_is_open(here),
        width=WIDTH,
    )


def _drawn(here: Reader, told: Told, scale: Scale) -> Drawn:
    def along(value: float) -> float:
        span = (scale.highest - scale.lowest) or 1
        return round(EDGE + (value - scale.lowest) / span * (WIDTH - 2 * EDGE), 1)

    return Drawn(
        told,
        here.names.name("criteria", told.criterion),
        along(told.lowest),
        along(told.highest),
        along(float(told.mean)),
        along(told.mine),
    )

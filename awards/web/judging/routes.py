"""What the judge's pages have in common: the blueprint, who reads, and since when a form was open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from flask import Blueprint, abort, current_app, g, make_response, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from awards import declarations, editions, judges, queues, seats
from awards.extensions import db
from awards.models import Edition, Judge, JudgeState
from awards.queues import Item, Progress, Queue
from awards.seats import Seat
from awards.timetable import Phase
from awards.web import door, errors, sessions, words
from awards.web.judging import says
from awards.web.language import PREFIX
from awards.web.texts import Names

blueprint = Blueprint("judging", __name__, url_prefix=f"{PREFIX}/judging/<edition>")

Answer = str | Response | tuple[str, int]
OPENED = "opened"


@dataclass(frozen=True)
class Reader:
    """Whoever asks, as a judge who may read what was given to them. `token`: since when their form is open, signed.

    `item`: the nomination before them, where it is one.
    """

    edition: Edition
    seat: Seat
    queue: Queue
    token: str
    item: Item | None = None

    @property
    def category(self) -> str:
        return self.item.category if self.item else ""

    @property
    def judge(self) -> Judge:
        return self.seat.judge

    @property
    def is_open(self) -> bool:
        """Whether marks are taken: for that nomination, or for any."""
        return self.takes(self.item) if self.item else self.seat.is_open

    def takes(self, item: Item) -> bool:
        return self.seat.takes(item.category, item.assignment)

    @property
    def is_further(self) -> bool:
        """Whether the nomination before them is one to be read after the close."""
        return self.item is not None and self.item.assignment in self.seat.further

    @property
    def further(self) -> tuple[Item, ...]:
        """The nominations that they are to read after the close."""
        return tuple(it for it in self.queue.items if it.assignment in self.seat.further)

    @property
    def unread(self) -> tuple[Item, ...]:
        """Those that wait for marks and take them."""
        return tuple(it for it in self.queue.unread if self.takes(it))

    @property
    def next(self) -> Item | None:
        """The one to do next: begun before not begun, in the judge's order."""
        begun = [it for it in self.unread if it.progress is Progress.HALF_DONE]
        return next(iter(begun or self.unread), None)

    def after(self, reference: str) -> Item | None:
        """The next one after a nomination that still waits for marks, from the beginning again at the end."""
        unread = self.unread
        return next((it for it in self.queue.around(reference) if it in unread), None)

    @property
    def reads_files(self) -> bool:
        """While a round is on, or one is open again for them; what they have given is read after that too."""
        return self.seat.marking is not None

    @property
    def complete(self) -> tuple[Item, ...]:
        """The sheets that can be submitted now without a look at each."""
        return tuple(it for it in self.queue.complete if self.takes(it))

    @property
    def to_mend(self) -> tuple[str, ...]:
        """The nominations for whose sake the closed round is open: of that category, or of any."""
        found = (it.nomination for it in self.seat.reopened)
        return tuple(it.reference for it in found if self.category in ("", it.category))

    @property
    def may_ask(self) -> bool:
        """Whether it is the time in which a judge may ask to mend a sheet."""
        return self.edition.phase is Phase.DELIBERATION and self.edition.first_closed_at is not None

    @property
    def names(self) -> Names:
        return Names(self.seat.texts, self.edition.language)


def reader(reference: str = "") -> Reader:
    """Who reads here; the other pages of a judge are 404. `reference`: the nomination of the address.

    Whoever hasn't joined or hasn't declared their interests is led there first.
    """
    edition, session, now = door.edition(), db.session(), sessions.now()
    form = sessions.filled()
    since = min(_read(form) or now, now)
    seat = seats.find(session, edition, sessions.me(), opened=since, now=now)
    if seat is None or seat.judge.state in (JudgeState.DECLINED, JudgeState.LEFT):
        abort(404)
    g.judge = seat.judge
    if not judges.joined(seat.judge):
        first("judging.join")
    queue = queues.of_judge(session, edition, seat.judge, seat.rules, seat.of_round, reference=reference)
    if seat.marking is not None and not _has_declared(seat, queue):
        first("judging.declare")
    token = _serializer().dumps([edition.public_id, sessions.me().public_id, since.isoformat()])
    item = queue.find(reference) if reference else None
    return Reader(edition, seat, queue, token, item)


def _has_declared(seat: Seat, queue: Queue) -> bool:
    """Of all that was issued; while nothing is, of all that may be."""
    if queue.items:
        return all(item.declared for item in queue.items)
    return not declarations.missing(db.session(), door.edition(), seat.judge, seat.of_round)


def first(endpoint: str) -> NoReturn:
    """Lead to the page that comes before; what was sent meanwhile is kept."""
    if request.method == "POST":
        sessions.hold()
    _leave(sessions.lead(url_for(endpoint, edition=door.edition().key)))


@blueprint.errorhandler(NotFound)
def _not_found(_error: NotFound) -> Response:
    """No page; to a judge who left the panel meanwhile, that they did, with what they had typed to be copied."""
    edition, account = g.get("edition"), sessions.current()
    if edition is None or account is None:
        return errors.page(404, 404)
    left = db.session.scalars(
        select(Judge).where(
            Judge.edition_id == edition.id, Judge.account_id == account.id, Judge.state == JudgeState.LEFT
        )
    ).first()
    if left is None or left.left_at is None:
        return errors.page(404, 404)
    form: Mapping[str, Any] = sessions.filled() or {}
    texts = editions.texts_of(db.session(), edition)
    keys = [it.key for it in editions.rules_of(db.session(), edition).criteria]
    page = render_template(
        "judging/left.html",
        edition_name=says.name_of(texts, edition),
        since=says.at(left.left_at, words.own_zone(account.zone, edition.zone)),
        names=Names(texts, edition.language),
        marks=[(key, str(form.get(f"mark-{key}", ""))[:20]) for key in keys if form.get(f"mark-{key}")],
        texts={name: str(form.get(name, "")).replace("\0", "") for name in ("comment", "feedback")},
        specimen=edition.specimen,
    )
    return make_response(page, 404)


def _leave(response: Response) -> NoReturn:
    abort(response)


def show(template: str, here: Reader, **values: object) -> str:
    """A page of a judge."""
    return render_template(
        f"judging/{template}",
        edition=here.edition,
        edition_name=says.name_of(here.seat.texts, here.edition),
        specimen=here.edition.specimen,
        reader=here,
        queue=here.queue,
        names=here.names,
        words=words,
        says=says,
        zone=words.own_zone(sessions.me().zone, here.edition.zone),
        now=sessions.now(),
        **values,
    )


def _read(form: Mapping[str, Any] | None) -> datetime | None:
    """When a form was opened by whoever is signed in; None for a token that isn't ours."""
    try:
        edition, account, opened = _serializer().loads(str((form or {}).get(OPENED, "")))
        mine = (edition, account) == (door.edition().public_id, sessions.me().public_id)
        return datetime.fromisoformat(opened) if mine else None
    except (BadSignature, ValueError, TypeError):
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="sheet-opened")

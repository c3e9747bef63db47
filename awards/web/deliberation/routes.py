"""What the pages of the deliberation room have in common: who comes in, what they may see of a category, the frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import Blueprint, abort, flash, g, make_response, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import rooms
from awards.extensions import db
from awards.models import Edition, Room
from awards.rooms import Entrant
from awards.web import door, errors, sessions, words
from awards.web.access import Audience
from awards.web.language import PREFIX
from awards.web.secretariat import wording
from awards.web.secretariat.frame import face_of, may, posted
from awards.web.table import sight
from awards.web.table.sight import Sight
from awards.web.table.sight import State as Standing

blueprint = Blueprint("deliberation", __name__, url_prefix=f"{PREFIX}/deliberation/<edition>")

Answer = str | Response | tuple[str, int]
NOTE = "text"

STANDS = {
    Standing.MENDING: _l("Not settled: sheets of this category are looked at again"),
    Standing.UNMARKED: _l("Not settled: sheets of this category are looked at again"),
    Standing.TIE: _l("Level at the cut: the chair decides"),
    Standing.STUCK: _l("Level at the cut, and nobody at the table may decide"),
    Standing.TO_SIGN: _l("Decided by the marks, not signed yet"),
    Standing.SIGNED: _l("Decided: the chair has signed the shortlist"),
    Standing.PLANNED: _l("Decided: the chair has signed the shortlist"),
    Standing.ANNOUNCED: _l("Decided and announced"),
}


@dataclass(frozen=True)
class Visitor:
    """Whoever asks, and how the room stands for them."""

    edition: Edition
    room: Room | None
    who: Entrant
    runs_it: bool

    @property
    def state(self) -> rooms.State:
        return rooms.state_of(self.edition, self.room)

    @property
    def is_in(self) -> bool:
        return self.who.comes_in(self.state)

    @cached_property
    def board(self) -> list[Sight]:
        """The categories before them; none for who doesn't come in now."""
        if not self.is_in:
            return []
        return [it for it in sight.board(self.edition) if self.who.reads_category(it.key)]

    def is_bound_in(self, category: Sight) -> bool:
        """Whether they have a conflict in a category: its places would tell them of the nomination that isn't theirs to
        read about."""
        return any(self.who.is_kept_out(line.nomination) for line in category.lines)


def visitor() -> Visitor:
    """Who asks; 404 for judges who declined, left or haven't joined."""
    session, edition = db.session(), door.edition()
    who = rooms.entrant(session, edition, sessions.me())
    if who is None:
        abort(404)
    runs = rooms.runs_it(session, edition, who.account) if who.sits else False
    return Visitor(edition, rooms.of_edition(session, edition), who, runs)


def show(template: str, here: Visitor, **values: object) -> str:
    """A page of the room."""
    edition = here.edition
    return render_template(
        f"deliberation/{template}",
        edition=edition,
        face=face_of(edition),
        here=here,
        stands=STANDS,
        at_table=may(Audience.TABLE, reading=True),
        advised=may(Audience.ADVICE, reading=True),
        words=words,
        wording=wording,
        specimen=edition.specimen,
        my_zone=words.own_zone(sessions.me().zone, edition.zone),
        **values,
    )


def lead(endpoint: str, said: str = "", mood: str = "done", **values: str) -> Response:
    """Lead to a page of the room, with a word on what was done."""
    if said:
        flash(said, mood)
    return redirect(url_for(endpoint, edition=door.edition().key, **values), 303)  # type: ignore[arg-type]


@blueprint.errorhandler(NotFound)
def _not_found(_error: NotFound) -> Response:
    """No page; what was typed meanwhile stands there to be copied, as of a judge who has left the panel."""
    edition = g.get("edition")
    if edition is None or sessions.current() is None or not (text := posted(NOTE)):
        return errors.page(404, 404)
    page = render_template("deliberation/gone.html", text=text, specimen=edition.specimen)
    return make_response(page, 404)

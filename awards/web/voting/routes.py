"""What the elector's pages have in common: who votes, on what, and how a page of theirs is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from awards import editions, own_ballots, proxies, roll
from awards.casting import Receipt
from awards.extensions import db
from awards.models import Edition, RollEntry
from awards.own_ballots import Paper
from awards.roll import NoVote
from awards.timetable import Moment
from awards.web import door, face, sessions, words
from awards.web.face import Face
from awards.web.language import PREFIX
from awards.web.texts import Names, Text
from awards.web.voting import says
from judging.rules import Rules, Vote
from judging.values import Electorate

blueprint = Blueprint("voting", __name__, url_prefix=f"{PREFIX}/vote")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Booth:
    """An elector before their ballots. `papers`: by category, in the rules' order."""

    edition: Edition
    entry: RollEntry
    rules: Rules
    vote: Vote
    papers: Mapping[str, Paper]
    face: Face
    zone: str
    """The zone of the elector's clock, empty where nobody knows it."""
    others: tuple[RollEntry, ...] = ()
    """The other electors for whom the same person votes."""

    @property
    def names(self) -> Names:
        return self.face.names

    @property
    def name(self) -> str:
        """For whom the ballots are."""
        return self.called(self.entry)

    @staticmethod
    def called(entry: RollEntry) -> str:
        """The elector; of the public it is the address that is known."""
        if entry.is_public:
            return entry.email or _("somebody of the public")
        return entry.organisation.name if entry.organisation else entry.name or entry.elector

    @property
    def open(self) -> tuple[str, ...]:
        """The categories in which a ballot can be cast now."""
        return tuple(key for key, paper in self.papers.items() if paper.is_open)

    def category(self, key: str) -> Text:
        return self.names.name("categories", key)

    def after(self, receipts: Mapping[str, Receipt]) -> Booth:
        """The same, once ballots are in the box."""
        cast = {
            key: replace(paper, cast_at=receipts[key].cast_at)
            for key, paper in self.papers.items()
            if key in receipts
        }
        return replace(self, papers={**self.papers, **cast})

    @property
    def until(self) -> str:
        """Until when all that is open can be cast; empty where people close some of it."""
        found = {self.papers[key].closes for key in self.open}
        closes = found.pop() if len(found) == 1 else None
        return words.in_both(closes, self.zone) if closes is not None else ""

    @property
    def is_by_hand(self) -> bool:
        """Whether people close some of what is open, and no date that was stated before."""
        return any(self.papers[key].is_by_hand for key in self.open)

    @property
    def last_call(self) -> str:
        """Until when what people close can be cast, once they have announced it."""
        found = [
            closes
            for key in self.open
            if (closes := self.papers[key].closes) is not None and self.papers[key].is_by_hand
        ]
        return words.in_both(min(found, key=lambda it: it.instant), self.zone) if found else ""

    @property
    def stands_in(self) -> bool:
        """Whether a judge votes where the rules let others vote: too few of those took part."""
        vote = self.rules.vote
        return (
            self.entry.judge_id is not None and vote is not None and vote.electorate is not Electorate.JUDGES
        )

    def hour(self, moment: datetime) -> str:
        return says.hour(moment, self.zone or self.edition.zone)


def booth(*, opened: datetime | None = None) -> Booth:
    """The ballots of whoever asks. 404 where the rules have no vote."""
    edition, entry, session, now = door.edition(), door.elector().entry, db.session(), sessions.now()
    rules, texts = editions.in_force(session, edition)
    try:
        vote = roll.vote_of(rules, public=entry.is_public)
    except NoVote:
        abort(404)
    account = g.get("account")
    seen = face.worded(session, edition, texts)
    closes = seen.moment(Moment.VOTE_CLOSE)
    return Booth(
        edition,
        entry,
        rules,
        vote,
        own_ballots.papers_until(session, entry, rules, closes, opened=opened, now=now),
        seen,
        words.own_zone(account.zone, edition.zone) if account is not None else "",
        tuple(proxies.others(session, entry)) if vote.max_ballots > 1 else (),
    )


def show(template: str, here: Booth, **values: Any) -> str:
    """A page of an elector."""
    by_pass = door.elector().by is not None
    return render_template(
        f"voting/{template}.html",
        here=here,
        says=says,
        by_pass=by_pass,
        specimen=here.edition.specimen,
        **values,
    )

"""The letters by which electors without a mail vote: address, code in words, how to use it, until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flask_babel import gettext as _

from awards import addressing
from awards.documents.paper import Block, Facts, Heading, PageBreak, Paper, Steps, Words
from awards.extensions import db
from awards.models import Edition, RollEntry
from awards.timetable import Moment
from awards.web import face, sessions, words
from awards.web.language import current
from awards.web.papers.call import paper

IN_A_LINE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """What one letter says that no other does."""

    entry: RollEntry
    code: str
    number: int


def letters(edition: Edition, found: Sequence[Letter], url: str) -> Paper:
    """A letter a page, in the language that is spoken now."""
    session = db.session()
    seen = face.faces_of(session, [edition], sessions.now())[edition.id]
    rules = face.rules_documents(session, edition)[-1]
    blocks: list[Block] = []
    for place, it in enumerate(found):
        blocks += [PageBreak()] if place else []
        blocks += _letter(edition, seen, it, url)
    made = paper(seen, _("Your ballot"), blocks, rules)
    return replace(made, page="", titled=False)


def _letter(edition: Edition, seen: face.Face, it: Letter, url: str) -> Iterator[Block]:
    entry = it.entry
    body = addressing.called(entry, current())
    yield Words(entry.post or "\n".join(dict.fromkeys(part for part in (entry.name, body) if part)))
    yield Words(words.day(words.in_zone(sessions.now(), edition.zone).local), quiet=True)
    yield Heading(_("Your ballot in the vote of %(edition)s", edition=seen.name))
    yield Words(_who(entry, body))
    yield Heading(_("How to vote"), 2)
    yield Steps(
        (
            _("On any phone or computer, open %(address)s", address=f"{url}/vote/"),
            _("Type the seven words below, in this order. Capitals and spaces do not matter."),
            _("Choose in each category, look at everything once more, and cast your ballot."),
        )
    )
    yield Heading(_("Your seven words"), 2)
    yield Heading("\n".join(_lines(it.code)))
    dates = addressing.dates_ahead(db.session(), edition, sessions.now())
    pairs = [
        (name, words.when(dates[moment]))
        for name, moment in (
            (_("The vote opens"), Moment.VOTE_OPEN),
            (_("The vote closes"), Moment.VOTE_CLOSE),
        )
        if moment in dates
    ]
    yield Facts((*pairs, (_("Letter"), _("number %(number)s for this elector", number=it.number))))
    yield Heading(_("Keep this letter to yourself"), 2)
    yield Words(
        _(
            "Whoever has these words can cast your ballot, once. The secretariat never asks for them. If the letter is "
            "lost or somebody else has read it, tell the secretariat: you get a new one, and this one no longer works."
        )
    )
    yield Words(_("Your vote is secret: nobody learns how you voted, the secretariat neither."))


def _who(entry: RollEntry, body: str) -> str:
    if entry.organisation is None or entry.judge_id is not None:
        return _("You have one ballot.")
    if entry.name:
        return _(
            "%(organisation)s has one ballot, and %(name)s casts it.", organisation=body, name=entry.name
        )
    return _(
        "%(organisation)s has one ballot. Give this letter to the person who casts it.", organisation=body
    )


def _lines(code: str) -> list[str]:
    parts = code.split()
    cuts = [0, IN_A_LINE, len(parts)]
    return ["\u2003".join(parts[a:b]) for a, b in pairwise(cuts)]

"""A ballot on paper: what stands on it is the same for everybody, and no name and no number of the paper is on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from flask_babel import gettext as _

from awards import editions, tellers
from awards.documents.paper import Block, Boxes, Grid, Heading, Paper, Words
from awards.extensions import db
from awards.models import Edition, Election, ElectionKind
from awards.web import face, sessions
from awards.web.papers.call import paper
from awards.web.polling.finalists import cards
from awards.web.results import Nominee
from awards.web.tellers import says
from awards.web.texts import listed
from judging.rules import Vote
from judging.values import Method

BOX = "\u00a0"


def ballot(edition: Edition, election: Election, barred: Collection[str]) -> Paper:
    """The paper of an election in the language that is spoken now, the barred finalists at its foot."""
    session = db.session()
    seen = face.faces_of(session, [edition], sessions.now())[edition.id]
    rules = editions.rules_of(session, edition)
    vote = rules.vote
    assert vote is not None
    blocks = list(_blocks(seen, election, vote, barred))
    made = paper(seen, _("Ballot paper"), blocks, face.rules_documents(session, edition)[-1])
    return replace(made, page="")


def _blocks(seen: face.Face, election: Election, vote: Vote, barred: Collection[str]) -> Iterator[Block]:
    yield Heading(str(seen.names.name("categories", election.category)))
    if election.kind is ElectionKind.RUNOFF:
        yield Words(_("Run-off"))
    elif election.kind is ElectionKind.REPEAT:
        yield Words(_("Voted on again"))
    names = {it.reference: it for it in cards(election.slate)}
    lines = [
        (number, called(names[reference]))
        for number, reference in enumerate(election.slate, start=1)
        if reference not in barred
    ]
    most = min(tellers.places(election, vote), len(lines))
    yield Words(says.on_the_paper(vote, most))
    if vote.method in (Method.ONE_CHOICE, Method.APPROVAL):
        yield Boxes(tuple(f"{number}{BOX}{BOX} {name}" for number, name in lines))
    else:
        yield Grid(
            (_("Place"), _("No."), _("Finalist")), tuple((BOX, str(number), name) for number, name in lines)
        )
    if barred:
        yield Words(
            _(
                "Not to be chosen on this paper, because it is of your own city or close to you: %(finalists)s.",
                finalists=listed(called(names[it]) for it in election.slate if it in barred),
            ),
            quiet=True,
        )
    yield Words(_("Leave all of it blank to abstain: it counts as taking part."))
    yield Heading(_("Then"), 2)
    yield Words(
        _(
            "Fold the paper so that nobody sees your choice, and put it into the box yourself. Write nothing else on "
            "it, no name and no sign. Spoilt it? Give it back folded and you get another one."
        )
    )


def called(it: Nominee) -> str:
    """A finalist in one line: the name in its own script and as the reader reads it, the place, the title."""
    name = it.name.text
    if it.read_as.text and it.read_as.text != name:
        name = f"{name} ({it.read_as.text})"
    place = ", ".join(part for part in (it.city.text if it.city else "", it.country) if part)
    return f"{name}, {place}: {it.title.text}" if place else f"{name}: {it.title.text}"

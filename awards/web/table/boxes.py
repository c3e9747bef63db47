"""The ballot boxes of the second round: how many could vote, how many did, and what the opened ballots came to."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from awards import elections
from awards.elections import Turnout
from awards.extensions import db
from awards.models import Edition, Election, ElectionKind, ElectionState
from awards.web.table import sayings
from awards.web.texts import listed
from judging.ballot import Tally
from judging.count import tally_of


@dataclass(frozen=True, slots=True)
class Box:
    """One election of a category: who could vote, what was in the box, and what it came to once it was opened."""

    election: Election
    turnout: Turnout
    tally: Tally | None

    @property
    def is_runoff(self) -> bool:
        return self.election.kind is ElectionKind.RUNOFF

    @property
    def is_public(self) -> bool:
        return self.election.kind is ElectionKind.PUBLIC

    @property
    def says(self) -> str:
        if self.is_public:
            cast = ngettext(
                "One ballot of the public was cast.",
                "%(num)d ballots of the public were cast.",
                self.turnout.envelopes,
            )
        else:
            cast = self._of_electors()
        if self.tally is None:
            return cast
        if not self.tally.abstentions:
            kept = _("Nobody abstained.")
        else:
            kept = ngettext("One abstained.", "%(num)d abstained.", self.tally.abstentions)
        return f"{cast} {kept}"

    def _of_electors(self) -> str:
        return ngettext(
            "%(envelopes)d of %(num)d elector cast a ballot.",
            "%(envelopes)d of %(num)d electors cast a ballot.",
            self.turnout.electors,
            envelopes=self.turnout.envelopes,
        )

    @property
    def votes(self) -> str:
        """What each got in it, best first."""
        tally = self.tally
        if tally is None:
            return ""
        ordered = sorted(tally.slate, key=lambda name: (-tally.votes[name], name))
        return listed(f"{name} {sayings.figure(tally.votes[name])}" for name in ordered)


def of_edition(edition: Edition) -> dict[str, list[Box]]:
    """The elections of each category that were opened or are open, the vote itself before its run-offs."""
    session = db.session()
    held = [
        it
        for it in (*elections.of_edition(session, edition), *elections.of_the_public(session, edition))
        if it.state not in (ElectionState.VOID, ElectionState.PREPARED)
    ]
    found: dict[str, list[Box]] = {}
    for election, turnout in zip(held, elections.turnout(session, held), strict=True):
        tally = tally_of(election.tally) if election.tally else None
        found.setdefault(election.category, []).append(Box(election, turnout, tally))
    return found

"""The votes of an edition as their public log shows them, and the words for what a receipt leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, url_for
from flask_babel import gettext as _

from awards import ballot_list, elections, labels
from awards.ballot_list import PAGE, Found, Kind, Log
from awards.extensions import db
from awards.models import Ballot, Election, ElectionKind, ElectionState, LogHead, StruckBecause
from awards.web import language, words
from awards.web.edition_page import page_of
from awards.web.results import nominee_of
from judging import receipt_words


@dataclass(frozen=True)
class Listed:
    """A ballot of the opened list: its code in words, and what it chose where single ballots are published."""

    code: str
    commitment: str
    choice: tuple[str, ...] | None


@dataclass(frozen=True)
class Part:
    """Which part of a long list a page shows: from the `first` of `total`, and the pages before and after."""

    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    @property
    def start(self) -> int:
        return (self.number - 1) * PAGE

    @property
    def first(self) -> int:
        return min(self.start + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.start + PAGE, self.total)


class Votes:
    """The votes of an edition as their log shows them, with the words for them."""

    def __init__(self, edition: str) -> None:
        self.page = page_of(edition)
        if not self.page.has_votes:
            abort(404)
        self._named: set[str] | None = None
        self.released = {it.category for it in self.page.shown.winners}
        self.logs = ballot_list.logs(db.session(), self.page.face.edition, self.released)

    def ranks(self, election: Election) -> bool:
        """Whether the order of a choice says something."""
        return elections.vote_of(self.page.rules, election).method.is_ranking

    def one(self, public_id: str) -> Log:
        found = [it for it in self.logs if it.election.public_id == public_id]
        return found[0] if found else abort(404)

    def name(self, election: Election) -> str:
        """How a vote is called: by its category, and what it is beside the vote itself."""
        category = str(self.page.face.names.name("categories", election.category))
        more = {
            ElectionKind.RUNOFF: _("run-off"),
            ElectionKind.REPEAT: _("voted again"),
            ElectionKind.PUBLIC: _("public vote"),
        }.get(election.kind)
        return f"{category} · {more}" if more else category

    def state(self, log: Log) -> str:
        """How far a vote has come, in words."""
        if log.election.state is ElectionState.VOID:
            return _("This vote is void: its envelopes were destroyed unopened, and it was held again.")
        if log.election.state is ElectionState.OPEN:
            return _("The vote is open.")
        if log.election.state is ElectionState.CLOSED:
            return _("The vote is closed. Its envelopes are not opened yet.")
        if self.lists(log):
            return _("The envelopes were opened together; every ballot is listed.")
        return _("The envelopes were opened together.")

    def when(self, head: LogHead) -> str:
        return words.when(words.in_zone(head.at, self.page.face.edition.zone))

    def is_released(self, log: Log) -> bool:
        return log.election.category in self.released and log.election.state is ElectionState.COUNTED

    def lists(self, log: Log) -> bool:
        """Whether what single ballots chose is public: after the release, enough of them, and everybody named."""
        return (
            self.is_released(log)
            and log.ballots >= self.page.rules.min_publish
            and self._is_named(log.election)
        )

    def _is_named(self, election: Election) -> bool:
        """Whether the public record names everybody on the slate; asked once a page."""
        if self._named is None:
            self._named = labels.named_in_public(db.session(), self.page.face.edition)
        return self._named.issuperset(election.slate)

    def called(self, category: str) -> Mapping[str, str]:
        """The names of those on a slate, by their references."""
        published = [*self.page.shown.finalists, *self.page.shown.winners]
        rows = [row for it in published if it.category == category for row in it.document["rows"]]
        found = {row["reference"]: nominee_of(row) for row in rows}
        return {reference: str(it.read_as or it.name) for reference, it in found.items()}

    def listed(self, log: Log, found: Ballot | Found, names: Mapping[str, str]) -> Listed:
        commitment = found.value if isinstance(found, Found) else found.commitment
        choice = tuple(names.get(it, it) for it in found.choice) if self.lists(log) else None
        return Listed(" ".join(receipt_words.words(commitment, language.current())), commitment, choice)


@dataclass(frozen=True)
class Told:
    """What is said of a receipt that was found."""

    name: str
    sentences: tuple[str, ...]
    value: str
    code: str
    choice: tuple[str, ...] | None
    is_ranked: bool
    address: str


def in_words(votes: Votes, found: Found) -> Told:
    election = found.election
    log = next((it for it in votes.logs if it.election is election), Log(election, None, 0, 0))
    key, vote = votes.page.face.key, election.public_id
    if found.kind is Kind.BALLOT:
        listed = votes.listed(log, found, votes.called(election.category))
        return Told(
            votes.name(election),
            (_ballot(votes, log),),
            found.value,
            listed.code,
            listed.choice,
            votes.ranks(election),
            "",
        )
    if found.kind is Kind.LOGGED:
        said = _("This envelope is in the log, at position %(position)d.", position=found.position + 1)
        part = found.position // PAGE + 1
        address = url_for("public.envelopes_of", edition=key, public_id=vote, part=part if part > 1 else None)
    else:
        said = _("This envelope is in the box. It is part of the next root.")
        address = url_for("public.envelopes_of", edition=key, public_id=vote)
    more = struck(found.because) if found.because else _lies(election)
    return Told(
        votes.name(election), (said, more), found.value, "", None, False, address if log.length else ""
    )


def _lies(election: Election) -> str:
    if election.state is ElectionState.VOID:
        return _("The vote is void: the envelope was destroyed unopened.")
    if election.state is ElectionState.COUNTED:
        return _("It was opened with all others, and its ballot was counted.")
    return _("It was cast, and is not opened yet.")


def _ballot(votes: Votes, log: Log) -> str:
    if votes.lists(log):
        return _("This ballot was counted. Whoever knows its code sees what it chose:")
    if votes.is_released(log):
        return _("This ballot was counted. What single ballots of this category chose is not published.")
    return _(
        "This ballot came out of the box and was counted. What it chose is public with the results, if at all."
    )


def struck(because: str) -> str:
    """Why an envelope counts for nothing."""
    return {
        StruckBecause.NOT_ENTITLED.value: _("Struck before the opening: not entitled to vote."),
        StruckBecause.DELEGATE_DISPUTED.value: _(
            "Struck before the opening: another delegate was the right one."
        ),
        StruckBecause.FRAUD.value: _("Struck before the opening: one of a class of fraudulent ballots."),
    }.get(because, _("Set aside before the opening with its bundle of papers."))

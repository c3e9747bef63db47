"""Ballot boxes: the ballots of each election, checked against slate and commitments, and added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from judging.ballot import Choice, ChoiceFault, Tally, commitment, consistent, count, faults
from judging.count import tally_of
from judging.evidence import Evidence, StatedElection
from judging.ledger import LOG, Ledger, Misfit, Sorted, read_into
from judging.record import Record
from judging.rules import Vote
from judging.values import Json, as_object, as_text, as_texts


@dataclass(slots=True)
class Box:
    """What one election's ballots, or the table in their place, add up to, and what is wrong with them.

    `stated` is the tally that the record states. `tally` is None while nothing was opened. `spoilt` are choices
    that break the rules, with the fault; they don't count. `uncommitted` are hashes of ballots to which nobody was
    committed, `uncast` is how many commitments there are beyond the ballots: both only where ballots can be checked.
    `log`: what does not fit the public log or the root of the commitments, where the record has them.
    """

    key: str
    category: str
    slate: tuple[str, ...]
    stated: Mapping[str, Json] | None
    is_checkable: bool
    most_ranked: int | None = None
    tally: Tally | None = None
    is_consistent: bool = True
    spoilt: list[tuple[Choice, tuple[str, ChoiceFault]]] = field(default_factory=list)
    uncommitted: list[str] = field(default_factory=list)
    uncast: int = 0
    ledger: Ledger | None = None
    commitments_root: str | None = None
    log: list[Misfit] = field(default_factory=list)
    _cast: Counter[Choice] = field(default_factory=Counter)
    _commitments: set[bytes] = field(default_factory=set)
    _sorted: Sorted = field(default_factory=Sorted)

    def commit(self, digest: bytes) -> None:
        if digest in self._commitments:
            raise ValueError("a commitment stands twice")
        self._commitments.add(digest)
        if self.commitments_root is not None:
            self._sorted.take(digest)

    def put(self, line: Mapping[str, Json]) -> None:
        """Take one line of ballots.jsonl: a ballot, or the table of a whole election."""
        if self.tally or ("table" in line and self._cast):
            raise ValueError("a table and ballots")
        if "table" in line:
            self.tally = tally_of(as_object(line["table"]))
            if self.tally.slate != self.slate:
                raise ValueError("the table of another slate")
            return
        choice = as_texts(line["choice"])
        self._cast[choice] += 1
        if self.is_checkable:
            found = commitment(self.key, choice, as_text(line["nonce"]))
            try:
                self._commitments.remove(bytes.fromhex(found))
            except KeyError:
                self.uncommitted.append(found)

    def close(self, vote: Vote) -> None:
        """Add up what was put in."""
        if self.tally:
            self.is_consistent = consistent(vote.method, self.tally)
            if self.is_checkable:
                self.uncast = len(self._commitments) - self.tally.ballots - self.tally.abstentions
            return
        if self.stated is None and not self._cast:
            return
        self.uncast = len(self._commitments) if self.is_checkable else 0
        for choice in sorted(self._cast):
            wrong = faults(
                vote.method,
                self.slate,
                choice,
                barred=(),
                approve_up_to=vote.approve_up_to,
                most_ranked=self.most_ranked,
            )
            if wrong:
                self.spoilt.append((choice, wrong[0]))
                del self._cast[choice]
        self.tally = count(vote.method, self.slate, self._cast)

    def check_log(self) -> None:
        """Compare with the public log, once all of it is read and the ballots are added up."""
        if self.commitments_root is not None and self.is_checkable:
            self.log += self._sorted.misfits(self.commitments_root)
        if self.ledger is not None:
            self.log += self.ledger.misfits(self.tally)


def boxes(record: Record, evidence: Evidence) -> dict[str, Box]:
    """The box of every election that the record states, by the election's key.

    Ballots can be checked against their commitments where the record names everybody on the slate: the commitment
    is over references. Raises KeyError, TypeError or ValueError for lines of another form or of no election.
    """
    elections = [
        election
        for category in evidence.categories
        for election in (*category.elections, *((category.public.election,) if category.public else ()))
    ]
    found = {election.key: _box(evidence, election) for election in elections}
    votes = {election.key: _vote(evidence, election) for election in elections}
    if len(found) != len(elections):
        raise ValueError("elections that can't be")
    for line in record.lines("commitments.jsonl"):
        found[as_text(line["election"])].commit(bytes.fromhex(as_text(line["commitment"])))
    for line in record.lines("ballots.jsonl"):
        found[as_text(line["election"])].put(line)
    for key, box in found.items():
        box.close(votes[key])
    _read_log(record, found)
    return found


def _read_log(record: Record, found: Mapping[str, Box]) -> None:
    if record.has(LOG):
        read_into({key: box.ledger for key, box in found.items() if box.ledger}, record.lines(LOG))
    for box in found.values():
        box.check_log()


def _vote(evidence: Evidence, election: StatedElection) -> Vote:
    """The vote that an election is by the rules. Raises ValueError where they have none."""
    rules = evidence.rules
    vote = rules.vote
    if election.is_public:
        vote = rules.public_vote.vote if rules.public_vote else None
    if vote is None:
        raise ValueError("a vote that the rules don't have")
    return vote


def _box(evidence: Evidence, election: StatedElection) -> Box:
    return Box(
        key=election.key,
        category=election.category,
        slate=election.slate,
        stated=election.tally,
        is_checkable=evidence.names_all(frozenset(election.slate)),
        most_ranked=election.most_ranked,
        ledger=None if election.heads is None else Ledger(election.heads),
        commitments_root=election.commitments_root,
    )

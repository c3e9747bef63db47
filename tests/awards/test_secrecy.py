"""Who cast which ballot: all that is left after the opening, and an attacker who tries to join it.

The attacker has every table, SQLite's write-ahead log and database file, PostgreSQL's row versions and places, the log,
the audit trail and the outbox, and copies of all of it made before the opening. What it may not have is the key, which
is gone. The same attacker succeeds at once when a protection is taken out: ballots written in the order of the
envelopes, a transaction for each, or contents sealed at their own length.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session, scoped_session

from awards import envelopes, keys, roll
from awards.extensions import db
from awards.models import AuditEvent, AuditPayload, Ballot, Election, Envelope, EnvelopeOrigin, Outbox
from tests.awards.contest import Contest
from tests.awards.play import entry

ELECTORS = 24
SLATE = ("SV", "SV-2", "SV-003", "SV-00004", "SV-0000005", "SV-000000006")
ONE_CHOICE = '\n[vote]\nelectorate = "public"\nmethod = "one_choice"\n'
Feature = Mapping[str, object]
"""A value for each thing; things with neighbouring values are suspected to belong together."""


class Without(StrEnum):
    """Which protection is taken out."""

    NOTHING = "nothing"
    ORDER = "ballots in the order of their commitments"
    ONE_TRANSACTION = "one transaction for all"
    PADDING = "contents of equal length"


@dataclass
class Loot:
    """What the attacker holds: features of electors' envelopes, and features of ballots by their nonce."""

    electors: dict[str, Feature] = field(default_factory=dict)
    ballots: dict[str, Feature] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    entries = [entry(name) for name in SLATE]
    contest = Contest(
        session, tmp_path, {"places": 6}, ONE_CHOICE, marks=dict.fromkeys(SLATE, 8), entries=entries
    )
    contest.enrol(*((f"elector-{n:02}", "", "", "") for n in range(ELECTORS)))
    contest.opened()
    contest.session.commit()
    return contest


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, "sqlalchemy.engine"):
        yield caplog


def vote(contest: Contest) -> dict[str, str]:
    """Every elector casts a ballot, one after another, each in a transaction of its own."""
    truth = {}
    election = contest.election()
    entries = roll.of_edition(contest.session, contest.edition)
    for place, elector in enumerate(entries):
        truth[elector.elector] = SLATE[(place * 7 + place // 5) % len(SLATE)]
        envelopes.cast(
            contest.session,
            contest.edition,
            election,
            elector,
            (truth[elector.elector],),
            origin=EnvelopeOrigin.ONLINE,
            now=contest.now,
        )
        contest.session.commit()
    return truth


def open_badly(contest: Contest, without: Without) -> None:
    """What an opening would be without one of its protections."""
    election = contest.election()
    vote_rules = roll.vote_of(envelopes.editions.rules_of(contest.session, contest.edition))
    box = keys.load(contest.keys, election.key.file_name)
    rows = contest.session.execute(
        select(Envelope.roll_entry_id, Envelope.sealed).where(Envelope.election_id == election.id)
    ).all()
    opened = [(envelopes._ballot(election, vote_rules, box, sealed), entry_id) for entry_id, sealed in rows]
    if without is Without.ONE_TRANSACTION:
        opened.sort(key=lambda pair: str(pair[0]["commitment"]))
    for ballot, entry_id in opened:
        contest.session.execute(insert(Ballot), [ballot])
        if without is Without.ONE_TRANSACTION:
            _blank(contest, election, entry_id)
            contest.session.commit()
    if without is Without.ORDER:
        for _, entry_id in opened:
            _blank(contest, election, entry_id)
    contest.session.commit()


def _blank(contest: Contest, election: Election, entry_id: int) -> None:
    contest.session.execute(
        update(Envelope)
        .where(Envelope.election_id == election.id, Envelope.roll_entry_id == entry_id)
        .values(sealed=None)
    )


def envelope_rows(contest: Contest) -> dict[str, dict[str, object]]:
    """The table of envelopes with whatever the database itself keeps about its rows."""
    sqlite = db.engine.dialect.name == "sqlite"
    hidden = (
        "envelope.rowid AS place"
        if sqlite
        else "envelope.ctid::text AS place, envelope.xmin::text AS version"
    )
    rows = contest.session.execute(
        text(
            f"SELECT elector, length(sealed) AS length, sealed, tag, cast_at, {hidden}"
            " FROM envelope JOIN roll_entry ON roll_entry.id = roll_entry_id"
        )
    )
    return {row["elector"]: dict(row) for row in rows.mappings()}


def ballot_rows(contest: Contest) -> list[dict[str, object]]:
    sqlite = db.engine.dialect.name == "sqlite"
    hidden = "" if sqlite else ", ctid::text AS place, xmin::text AS version"
    rows = contest.session.execute(text(f"SELECT commitment, nonce, choice{hidden} FROM ballot"))
    return [dict(row) for row in rows.mappings()]


def files(app: Flask) -> dict[str, bytes]:
    """The database's own files, where it is one: main file and write-ahead log."""
    if db.engine.dialect.name != "sqlite":
        return {}
    file = Path(str(db.engine.url.database))
    found = {"file": file, "log": file.with_name(f"{file.name}-wal")}
    return {name: path.read_bytes() for name, path in found.items() if path.exists()}


def frames(log: bytes) -> list[bytes]:
    """The pages in SQLite's write-ahead log, in the order in which they were written."""
    size = int.from_bytes(log[8:12], "big")
    return [log[start + 24 : start + 24 + size] for start in range(32, len(log), 24 + size)]


def loot(contest: Contest, app: Flask, before: dict[str, dict[str, object]]) -> Loot:
    """Everything that is left after the opening, with what was copied before it."""
    found = Loot()
    after = envelope_rows(contest)
    taken = files(app)
    pages = frames(taken["log"]) if "log" in taken else []
    for elector, row in before.items():
        tag, sealed = str(row["tag"]).encode(), row["sealed"]
        features: dict[str, object] = {f"before {name}": value for name, value in row.items()}
        features |= {f"after {name}": value for name, value in after[elector].items()}
        features |= {f"in {name}": content.rfind(tag) for name, content in taken.items()}
        blanked = [n for n, page in enumerate(pages) if tag in page and bytes(sealed) not in page]  # type: ignore[call-overload]
        features["frame"] = blanked[0] if blanked else None
        found.electors[elector] = features
    for number, row in enumerate(ballot_rows(contest)):
        nonce = str(row["nonce"]).encode()
        features = {f"after {name}": value for name, value in row.items() if name != "choice"}
        features["number"] = number
        features |= {f"in {name}": content.rfind(nonce) for name, content in taken.items()}
        written = [(n, page.find(nonce)) for n, page in enumerate(pages) if nonce in page]
        features["frame"] = written[0][0] if written else None
        features["in frame"] = written[0][1] if written else None
        features["length"] = len(str(row["choice"]))
        choice = str(row["choice"]).strip("[]\"'")
        found.ballots[str(row["nonce"])] = features
        found.choices[str(row["nonce"])] = choice
    return found


def attack(found: Loot, truth: Mapping[str, str]) -> tuple[int, str]:
    """Sort envelopes and ballots by each pair of features and join them in that order; the best of all tries.

    A guess is right when it names what the elector chose.
    """
    best, how = 0, ""
    for left in _features(found.electors):
        for right in _features(found.ballots):
            for backwards in (False, True):
                electors = _sorted(found.electors, left)
                ballots = _sorted(found.ballots, right, backwards=backwards)
                right_ones = sum(
                    truth[elector] == found.choices[ballot]
                    for elector, ballot in zip(electors, ballots, strict=True)
                )
                if right_ones > best:
                    best, how = right_ones, f"{left} / {right}"
    return best, how


def _features(things: Mapping[str, Feature]) -> list[str]:
    """The features that tell things apart."""
    names = next(iter(things.values()))
    return [name for name in names if len({str(it[name]) for it in things.values()}) > 1]


def _sorted(things: Mapping[str, Feature], name: str, *, backwards: bool = False) -> list[str]:
    """Things by a feature. Level ones come in an order that says nothing: that of a hash."""
    scattered = sorted(things, key=lambda thing: hash_of(f"{name} {thing}"))
    return sorted(scattered, key=lambda thing: _rank(things[thing][name]), reverse=backwards)


def hash_of(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()


def _rank(value: object) -> tuple[int, object]:
    """Numbers as numbers, places of PostgreSQL as (page, item), everything else as text."""
    if value is None:
        return (0, 0)
    if isinstance(value, int):
        return (1, value)
    shown = value.hex() if isinstance(value, bytes) else str(value)
    digits = shown.strip("()").split(",")
    if all(it.isdigit() for it in digits):
        return (1, tuple(map(int, digits)) if len(digits) > 1 else int(shown))
    return (2, shown)


def by_chance(truth: Mapping[str, str]) -> float:
    """How many guesses in any one try are right by luck, and what several hundred tries won't exceed by luck."""
    share = [list(truth.values()).count(choice) / len(truth) for choice in set(truth.values())]
    expected = len(truth) * sum(part * part for part in share)
    return expected + 4.5 * sqrt(expected)


def test_nothing_that_is_left_joins_ballots_to_electors(
    contest: Contest, app: Flask, log: pytest.LogCaptureFixture
) -> None:
    truth = vote(contest)
    before = envelope_rows(contest)

    contest.close()
    contest.session.commit()
    envelopes.destroy_spent_keys(
        contest.session, key_folder=contest.keys, actor=contest.actor, now=contest.now
    )
    contest.session.commit()

    right, how = attack(loot(contest, app, before), truth)
    assert right <= by_chance(truth), how
    assert list(contest.keys.iterdir()) == []
    assert _choices_in(log.text, contest) == []
    assert contest.session.scalars(select(Outbox)).all() == []


def _choices_in(written: str, contest: Contest) -> list[str]:
    """Nonces and commitments that stand in the log: either would tie a line of it to a ballot."""
    return [
        secret
        for ballot in contest.session.scalars(select(Ballot))
        for secret in (ballot.nonce, ballot.commitment)
        if secret in written
    ]


def test_the_audit_says_who_opened_but_not_what_anybody_chose(contest: Contest) -> None:
    vote(contest)
    contest.close()

    written = " ".join(
        [
            *(f"{it.before} {it.after}" for it in contest.session.scalars(select(AuditPayload))),
            *(f"{it.action} {it.subject}" for it in contest.session.scalars(select(AuditEvent))),
        ]
    )

    assert "decision.opening" in written
    assert "approval.operator_alone" in written
    assert _choices_in(written, contest) == []
    assert not any(f"elector-{n:02}" in written for n in range(ELECTORS))


@pytest.mark.parametrize("without", [Without.ORDER, Without.ONE_TRANSACTION, Without.PADDING])
def test_the_same_attacker_succeeds_when_a_protection_is_taken_out(
    contest: Contest, app: Flask, without: Without, monkeypatch: pytest.MonkeyPatch
) -> None:
    if without is Without.PADDING:
        monkeypatch.setattr(envelopes, "_length", lambda election: 0)
    truth = vote(contest)
    before = envelope_rows(contest)

    if without is Without.PADDING:
        contest.close()
        contest.session.commit()
    else:
        open_badly(contest, without)

    right, _ = attack(loot(contest, app, before), truth)
    assert right >= ELECTORS - 2
    assert right > by_chance(truth)


def test_a_sealed_envelope_opens_with_its_key_alone(contest: Contest, tmp_path: Path) -> None:
    vote(contest)
    sealed = contest.session.scalars(select(Envelope.sealed)).first()
    keys.make(tmp_path, "other")

    with pytest.raises(keys.EnvelopeDamaged):
        keys.open_sealed(keys.load(tmp_path, "other"), sealed or b"")

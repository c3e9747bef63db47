"""Who cast which ballot: asked of copies made before and after the opening, and of the public log watched throughout.

The attacker has two backups, as `sqlite3 .backup` and `pg_dump` make them, with whatever else lies in the data folder
but the keys, and what anybody saw of the log after every single envelope. The vote has key holders, one form that casts
for two electors, struck envelopes, a dispute, papers that two tellers entered, and a vote of the public beside it. The
attacker sorts, compares, hashes and unseals, and pairs nobody with a ballot. Each way succeeds at once where the
protection against it is taken out.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, scoped_session

from awards import ballot_list, ballot_log, casting, envelopes, keys, shares
from awards.extensions import db
from awards.models import Election, Envelope, RollEntry
from judging.ballot import Choice
from judging.values import Json, canonical
from tests.awards.keeping import Kept
from tests.awards.play import NOW
from tests.awards.poll import Poll
from tests.awards.public_vote import BESIDE, Square
from tests.awards.test_paper import Desk
from tests.awards.test_secrecy import Loot, attack, by_chance
from tests.awards.test_striking import decide, dispute, strike

ELECTORS = tuple(f"elector-{n:02}" for n in range(24))
CITIZENS = tuple(f"citizen-{n:02}" for n in range(18))
ON_PAPER, STRUCK, DISPUTED = ELECTORS[18:22], ELECTORS[3], ELECTORS[7]
FORM = "a form that its page alone holds"
Row = Mapping[str, str]
Tables = Mapping[str, list[Row]]


class Without(StrEnum):
    """Which protection is taken out."""

    ORDER = "ballots in the order of their commitments"
    COMMITMENTS = "no commitment before the opening"
    TAGS = "tags over a secret of the form"
    DIGESTS = "digests of papers over a secret"
    KEY = "the key nowhere but in shares"
    SHARES = "shares sealed, and in the key folder"


class World(Kept, Square, Desk):
    """A vote with all there is. `truth`: election -> owner of each envelope that counts -> choice; `seen`: what the log
    listed after each step.
    """

    def __init__(self, session: scoped_session[Session], folder: Path) -> None:
        super().__init__(session, folder, BESIDE, electors=ELECTORS)
        self.engine, self.is_watched = db.engine, True
        self.truth: dict[str, dict[str, str]] = {}
        self.seen: list[frozenset[str]] = []

    def watch(self) -> None:
        """Look at the public log, as anybody may by the minute."""
        self.session.commit()
        if not self.is_watched:
            return
        found = ballot_list.logs(self.session(), self.edition, ())
        self.seen.append(
            frozenset(
                line.fingerprint for log in found for line in ballot_list.all_envelopes(self.session(), log)
            )
        )

    def owner(self, election: Election, owner: str, choice: str) -> None:
        self.truth.setdefault(election.public_id, {})[owner] = choice

    def online(self, elector: str, form: str = "") -> None:
        entry, choice = self.of(elector), self.chosen(elector)
        form = f"{FORM} {form or elector}"
        casting.cast(
            self.session(),
            self.edition,
            entry,
            {"services": (choice,)},
            form=form,
            nonces={"services": form[::-1]},
            now=self.now,
        )
        self.owner(self.elections()[0], entry.public_id, choice)
        self.watch()

    def chosen(self, name: str) -> str:
        at = int(name[-2:])
        return f"SV-{(at * 7 + at // 5) % 4 + 1}"

    def played(self) -> World:
        """Up to the opening, which waits for the second share."""
        self.begun()
        election = self.elections()[0]
        online = [it for it in ELECTORS if it not in ON_PAPER and it != ELECTORS[-1]]
        for elector in online[::2] + online[1::2]:
            pair = elector in online[:2]
            self.online(elector, "of a proxy" if pair else "")
        for name in CITIZENS:
            self.citizen(name, self.chosen(name))
            self.watch()
        for entry in self.session.scalars(select(RollEntry).where(RollEntry.is_public)):
            self.owner(self.public(), entry.public_id, self.chosen(entry.elector))
        self.hand_in(*ON_PAPER)
        strike(self, STRUCK)
        decide(self, dispute(self, DISPUTED), upheld=True)
        for gone in (STRUCK, DISPUTED):
            del self.truth[election.public_id][self.of(gone).public_id]
        self.online(DISPUTED, "the other delegate's")
        self.over()
        self.watch()
        self.enter_papers(election)
        self.give("hana")
        self.watch()
        return self

    def enter_papers(self, election: Election) -> None:
        bundle = self.bundle(len(ON_PAPER))
        choices: list[Choice] = [(self.chosen(it),) for it in ON_PAPER]
        self.enter(bundle, self.organiser, *choices)
        self.enter(bundle, self.teller, *choices)
        for number, (choice,) in enumerate(choices, 1):
            self.owner(election, f"{bundle.public_id}:{number}", choice)

    def opened(self) -> World:
        self.give("hugo")
        envelopes.destroy_spent_keys(self.session(), key_folder=self.keys, actor=self.actor, now=self.now)
        self.watch()
        return self


@dataclass(frozen=True)
class Copy:
    """A backup: every table in the order in which it is written down, and the files beside the database."""

    tables: Tables
    files: tuple[bytes, ...]

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def find(self, table: str, name: str, value: str) -> Row:
        return next(it for it in self[table] if it[name] == value)


def copy(world: World, to: Path) -> Copy:
    """A backup of database and data folder. The key folder is left out."""
    world.session.commit()
    there = _backup if world.engine.dialect.name == "sqlite" else _dump
    shutil.copytree(
        world.folder,
        to,
        ignore=shutil.ignore_patterns("keys", "laurels.sqlite*", "copies"),
    )
    files = [it.read_bytes() for it in sorted(to.rglob("*")) if it.is_file()]
    return Copy(there(world.engine, to / "backup"), tuple(files))


def _backup(engine: Engine, to: Path) -> Tables:
    source = sqlite3.connect(str(engine.url.database))
    target = sqlite3.connect(to)
    source.backup(target)
    source.close()
    target.row_factory = sqlite3.Row
    names = [it[0] for it in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: [_as_text(row) for row in target.execute(f'SELECT * FROM "{name}"')] for name in names}
    target.close()
    return found


def _as_text(row: sqlite3.Row) -> Row:
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 (a row is no mapping)
    return {name: it.hex() if isinstance(it, bytes) else str(it) for name, it in values.items()}


def _dump(engine: Engine, to: Path) -> Tables:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    written = subprocess.run(
        ["pg_dump", "--data-only", "--dbname", url], check=True, capture_output=True, text=True
    ).stdout
    to.write_text(written)
    found: dict[str, list[Row]] = {}
    for table, columns, rows in re.findall(
        r"^COPY public\.(\w+) \(([^)]*)\) FROM stdin;\n(.*?)^\\\.$", written, re.MULTILINE | re.DOTALL
    ):
        names = [it.strip().strip('"') for it in columns.split(",")]
        found[table] = [
            dict(zip(names, (it.removeprefix("\\\\x") for it in line.split("\t")), strict=True))
            for line in rows.splitlines()
        ]
    return found


@dataclass(frozen=True)
class Spoils:
    """What the attacker has: copies from before and after the opening, and the log as it was watched."""

    before: Copy
    after: Copy
    seen: Sequence[frozenset[str]]

    @property
    def text(self) -> str:
        """Everything that was written down before the opening."""
        rows = (" ".join(row.values()) for rows in self.before.tables.values() for row in rows)
        return "\n".join([*rows, *(it.decode("latin-1") for it in self.before.files)])

    def owners(self, election: Row) -> dict[str, dict[str, object]]:
        """Of each envelope that counts, online or on paper: whatever there is to sort it by."""
        found: dict[str, dict[str, object]] = {}
        names = {it["id"]: it["public_id"] for it in self.before["roll_entry"]}
        bundles = {
            it["id"]: it["public_id"] for it in self.after["bundle"] if it["election_id"] == election["id"]
        }
        for when, taken in (("before", self.before), ("after", self.after)):
            for place, row in enumerate(taken["envelope"]):
                if row["election_id"] == election["id"] and row["struck_because"] in ("None", "\\N"):
                    mine = found.setdefault(names[row["roll_entry_id"]], {})
                    mine |= {f"{when} {name}": value for name, value in row.items()} | {
                        f"{when} place": place
                    }
            for place, row in enumerate(taken["bundle_paper"]):
                if row["bundle_id"] in bundles and row["fingerprint"]:
                    mine = found.setdefault(f"{bundles[row['bundle_id']]}:{row['number']}", {})
                    mine |= {f"{when} {name}": value for name, value in row.items()} | {
                        f"{when} place": place
                    }
        leaves = {it["fingerprint"]: int(it["position"]) for it in self.after["log_leaf"]}
        for mine in found.values():
            print_ = str(mine["before fingerprint"])
            mine["leaf"] = leaves[print_]
            mine["seen"] = next((at for at, there in enumerate(self.seen) if print_ in there), None)
        names_ = sorted({name for mine in found.values() for name in mine})
        return {owner: {name: mine.get(name) for name in names_} for owner, mine in found.items()}

    def ballots(self, election: Row) -> list[Row]:
        return [
            {**row, "place": str(place)}
            for place, row in enumerate(self.after["ballot"])
            if row["election_id"] == election["id"]
        ]


def by_order(spoils: Spoils, election: Row, truth: Mapping[str, str]) -> bool:
    """Sort owners and ballots by all there is, and join them in that order: more right guesses than luck gives."""
    ballots = spoils.ballots(election)
    loot = Loot(
        dict(spoils.owners(election)),
        {it["nonce"]: {name: value for name, value in it.items() if name != "choice"} for it in ballots},
        {it["nonce"]: chosen(it) for it in ballots},
    )
    assert loot.electors.keys() == truth.keys()
    right, _ = attack(loot, truth)
    return right > by_chance(truth)


def chosen(ballot: Row) -> str:
    return ballot["choice"].strip("[]\"'")


def by_value(spoils: Spoils, election: Row, _truth: object) -> bool:
    """What names an opened ballot stands somewhere in the copy from before."""
    there = spoils.text
    ballots = spoils.ballots(election)
    return any(it["nonce"] in there or it["commitment"][:16] in there for it in ballots)


def by_tag(spoils: Spoils, election: Row, truth: Mapping[str, str]) -> bool:
    """Make the tag of each ballot, without the secret of its form."""
    tags = {str(mine["before tag"]): owner for owner, mine in spoils.owners(election).items()}
    pairs = {
        (tags[tag], chosen(it))
        for it in spoils.ballots(election)
        for tag in made(["tag", election["public_id"], [chosen(it)], it["nonce"]])
        if tag in tags
    }
    return bool(pairs & truth.items())


def by_digest(spoils: Spoils, election: Row, truth: Mapping[str, str]) -> bool:
    """Make the digest of each choice that may stand on a paper, without the secret of the tellers."""
    pairs = set()
    for owner, mine in spoils.owners(election).items():
        bundle, _, number = owner.partition(":")
        pairs |= {
            (owner, choice)
            for choice in set(truth.values())
            if number and str(mine["before digest"]) in made(["paper", bundle, int(number), [choice]])
        }
    return bool(pairs & truth.items())


def made(parts: list[Json]) -> set[str]:
    content = canonical(parts)
    keyed = hmac.new(b"", content, hashlib.sha256)
    return {hashlib.sha256(content).hexdigest(), keyed.hexdigest()}


def by_unsealing(spoils: Spoils, election: Row, truth: Mapping[str, str]) -> bool:
    """Try everything that has the size of a key, and every two things that have the size of a share."""
    public = next(it["public_key"] for it in spoils.before["ballot_key"] if it["id"] == election["key_id"])
    box = next(candidates(spoils, public), None)
    if box is None:
        return False
    pairs = {
        (owner, json.loads(box.decrypt(bytes.fromhex(str(mine["before sealed"]))))[1][0])
        for owner, mine in spoils.owners(election).items()
    }
    return pairs == truth.items()


def candidates(spoils: Spoils, public: str) -> Iterator[SealedBox[PrivateKey]]:
    for found in sorted(set(re.findall(r"\b[0-9a-f]{64}\b", spoils.text))):
        private = PrivateKey(bytes.fromhex(found))
        if keys.public_of(private) == public:
            yield keys.box_of(private)
    parts = [it for it in spoils.before.files if len(it) == 1 + 2 * keys.HALF]
    for two in itertools.combinations(parts, 2):
        with suppress(keys.SharesDoNotFit):
            yield keys.join(two, public)


TAKEN_OUT: Mapping[Without, Callable[..., bool]] = {
    Without.ORDER: by_order,
    Without.COMMITMENTS: by_value,
    Without.TAGS: by_tag,
    Without.DIGESTS: by_digest,
    Without.KEY: by_unsealing,
    Without.SHARES: by_unsealing,
}
WAYS = tuple(dict.fromkeys(TAKEN_OUT.values()))


def take_out(without: Without, monkeypatch: pytest.MonkeyPatch) -> None:
    if without is Without.ORDER:
        monkeypatch.setattr(envelopes, "sorted", lambda found, key: list(found), raising=False)
    if without is Without.COMMITMENTS:
        sealed = envelopes._envelope

        def with_commitment(*it: Any, **more: Any) -> dict[str, object]:
            election, _, choice, vote = it
            return sealed(*it, **more) | {"tag": envelopes.commit(election, vote, choice, more["nonce"])}

        monkeypatch.setattr(envelopes, "_envelope", with_commitment)
    if without is Without.TAGS:
        right = casting._hash
        monkeypatch.setattr(casting, "_hash", lambda kind, _form, *rest: right(kind, *rest))
    if without is Without.DIGESTS:
        monkeypatch.setattr(keys, "secret", lambda *_: b"")
    if without in (Without.KEY, Without.SHARES):
        hand_out = shares.hand_out

        def keep_too(*it: Any, folder: Path) -> None:
            hand_out(*it, folder=folder)
            private = it[2]
            whole = [private.encode().hex().encode()]
            for at, part in enumerate(whole if without is Without.KEY else keys.split(private)):
                keys.keep(folder.parent / "spare", f"{it[1].id}-{at}", part)

        monkeypatch.setattr(shares, "hand_out", keep_too)


def take(world: World) -> Spoils:
    before = copy(world.played(), world.folder / "copies" / "before")
    return Spoils(before, copy(world.opened(), world.folder / "copies" / "after"), world.seen)


def ways(spoils: Spoils, world: World) -> set[Callable[..., bool]]:
    """The ways that pair somebody with a ballot."""
    elections = [it for it in spoils.after["election"] if it["public_id"] in world.truth]
    assert len(elections) == 2
    return {way for way in WAYS for it in elections if way(spoils, it, world.truth[it["public_id"]])}


def test_copies_and_the_watched_log_pair_nobody_with_a_ballot(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    world = World(session, tmp_path)
    spoils = take(world)

    assert ways(spoils, world) == set()
    assert len(spoils.after["ballot"]) == sum(map(len, world.truth.values())) == 22 + 18
    assert {it["sealed"] for name in ("envelope", "bundle_paper") for it in spoils.after[name]} <= {
        "None",
        "\\N",
    }
    times = [it["cast_at"] for it in spoils.before["envelope"]]
    times += [it["entered_at"] for it in spoils.before["bundle_paper"]]
    assert {re.sub(r".* \d\d:", "", it)[:5] for it in times} == {"00:00"}
    assert list(world.keys.iterdir()) == []


@pytest.mark.parametrize(
    ("database", "without"),
    [
        ("postgresql", {Without.ORDER}),
        ("sqlite", {Without.TAGS, Without.KEY}),
        ("sqlite", {Without.COMMITMENTS, Without.DIGESTS, Without.SHARES}),
    ],
    indirect=["database"],
    ids=["order", "tags, key", "commitments, digests, shares"],
)
def test_the_same_attacker_finds_ballots_where_protections_are_taken_out(
    session: scoped_session[Session], tmp_path: Path, without: set[Without], monkeypatch: pytest.MonkeyPatch
) -> None:
    for it in without:
        take_out(it, monkeypatch)
    world = World(session, tmp_path)
    world.is_watched = False

    found = ways(take(world), world)

    sorted_by_tag = {by_order} if Without.COMMITMENTS in without else set()
    assert found - sorted_by_tag == {TAKEN_OUT[it] for it in without}


def concordant(these: Sequence[str], those: Sequence[str]) -> float:
    """The share of pairs that stand in the same order in both."""
    place = {it: at for at, it in enumerate(those)}
    pairs = list(itertools.combinations(these, 2))
    return sum(place[one] < place[other] for one, other in pairs) / len(pairs)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_log_tells_neither_order_nor_minute_in_which_envelopes_came(
    session: scoped_session[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = Poll(session, tmp_path, electors=ELECTORS)
    poll.begun()
    came: list[str] = []
    for elector in ELECTORS:
        poll.cast(elector)
        came += set(session.scalars(select(Envelope.fingerprint))) - set(came)
        poll.now += timedelta(minutes=1)
    (log,) = ballot_list.logs(session(), poll.edition, ())
    waiting = [it.fingerprint for it in ballot_list.all_envelopes(session(), log)]
    assert waiting == sorted(came)
    assert {it.minute for it in session.scalars(select(Envelope.cast_at))} == {0}
    hour = {"actor": poll.actor, "now": NOW.replace(minute=0) + timedelta(hours=1)}

    attempt = session.begin_nested()
    ballot_log.publish_due(session(), **hour)
    assert 0.1 < concordant(list(ballot_log.leaves(session(), log.election)), came) < 0.9
    attempt.rollback()

    monkeypatch.setattr(ballot_log, "sorted", lambda found: sorted(found, key=came.index), raising=False)
    ballot_log.publish_due(session(), **hour)
    assert concordant(list(ballot_log.leaves(session(), log.election)), came) == 1

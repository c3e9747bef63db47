"""A vote whose key is shared among three holders; all made up."""

from __future__ import annotations

from awards import accounts, giving, holders, keys
from awards.audit import Actor
from awards.giving import Given
from awards.holders import Secret
from awards.models import KeyHolder, Role
from tests.awards.play import NOW
from tests.awards.poll import Poll

keys.TURNS, keys.MEMORY = 1, 2**20  # nobody guesses at these
NAMES = ("hana", "hugo", "hilda")
PASSPHRASES = {it: f"seven quiet herons of {it[::-1]}" for it in NAMES}


class Kept(Poll):
    """The poll with its key holders, each made ready before the freeze."""

    words: dict[str, tuple[str, ...]]

    def nominate(self) -> None:
        self.words = {}
        for name in NAMES:
            self.named(name)
        for name in self.prepared():
            self.make_ready(name)
        super().nominate()

    def prepared(self) -> tuple[str, ...]:
        return NAMES

    def named(self, name: str) -> Actor:
        return self.person(f"{name}@keys.example", Role.HOLDER)

    def holder(self, name: str) -> Actor:
        account = accounts.find(self.session, f"{name}@keys.example")
        assert account is not None
        return Actor(account=account, real=account)

    def act(self, name: str) -> dict[str, object]:
        return {"folder": self.keys, "actor": self.holder(name), "now": self.now}

    def make(self, name: str) -> tuple[str, ...]:
        actor = self.holder(name)
        return holders.make(
            self.session,
            self.edition,
            actor.account,
            PASSPHRASES[name],
            folder=self.keys,
            actor=actor,
            now=NOW,
        )

    def make_ready(self, name: str) -> KeyHolder:
        self.words[name] = words = self.make(name)
        actor = self.holder(name)
        row = holders.find(self.session, self.edition, actor.account).row
        assert row is not None
        one, other = holders.asked(row)
        return holders.confirm(
            self.session,
            self.edition,
            actor.account,
            PASSPHRASES[name],
            (words[one - 1], words[other - 1]),
            folder=self.keys,
            actor=actor,
            now=NOW,
        )

    def give(self, name: str, *, by_words: bool = False, reason: str = "All are here") -> Given:
        secret = Secret(words=" ".join(self.words[name])) if by_words else Secret(PASSPHRASES[name])
        actor = self.holder(name)
        return giving.give(
            self.session,
            self.edition,
            actor.account,
            secret,
            reason=reason,
            key_folder=self.keys,
            actor=actor,
            now=self.now,
        )

    def voted(self) -> Kept:
        """Three of four have cast their ballots, and the vote is closed."""
        self.begun()
        for category in {it.category for it in self.elections()}:
            first = next(it.slate[0] for it in self.elections() if it.category == category)
            self.cast("one", "two", "three", choice=(first,), category=category)
        self.over()
        return self

    def files(self, kind: str) -> list[str]:
        return sorted(it.name for it in self.keys.glob(f"*.{kind}")) if self.keys.is_dir() else []

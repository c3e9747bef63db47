"""Passwords: how they are kept, and which ones everybody would guess first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from awards.folding import fold

SHORTEST = 12
LONGEST = 256
FEWEST_SIGNS = 5
SHORTEST_WORD = 3
LEAST_LEFT = 5

NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$p3niVzbvMKsRieXI3tgYXA$cwN45RZSI4n+cS3vyUKwQVetbk5yDDHnzxaSPkVAtvo"
"""What is verified where there is no password, so that the answer takes as long. Nobody knows what it is made of."""

ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p",
)
COMMON = frozenset(
    """password passwort passw0rd secret admin administrator welcome letmein login access master default changeme
    iloveyou dragon monkey football baseball superman batman sunshine princess shadow whatever trustno hello test
    testing guest user root temp temporary pass word passphrase starwars summer winter spring autumn qwerty
    computer internet google samsung galaxy korea seoul love freedom michael jordan charlie award awards city
    correcthorsebatterystaple correct horse battery staple thisismypassword mypassword nopassword""".split()
)


class Fault(StrEnum):
    """Why a password won't do."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    OWN_WORDS = "own_words"


class PasswordRefused(Exception):
    """This password won't do; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def check(password: str, own: Iterable[str] = ()) -> None:
    """Raise PasswordRefused for what is too short, or guessed first: common words, rows of keys, one's own words.

    `own` are texts that others know of the person: names and addresses.
    """
    if (fault := fault_of(password, own)) is not None:
        raise PasswordRefused(fault)


def fault_of(password: str, own: Iterable[str] = ()) -> Fault | None:
    """What is wrong with a password, None where nothing is."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < SHORTEST:
        return Fault.TOO_SHORT
    if len(text) > LONGEST:
        return Fault.TOO_LONG
    plain = fold(text).replace(" ", "")
    words = {word for it in (*own, "laurels") for word in fold(it).split() if len(word) >= SHORTEST_WORD}
    if _left(plain, words) < LEAST_LEFT and any(word in plain for word in words):
        return Fault.OWN_WORDS
    if len(set(plain)) < FEWEST_SIGNS or _repeats(plain) or _left(_without_rows(plain), COMMON) < LEAST_LEFT:
        return Fault.COMMON
    return None


def hash_password(password: str) -> str:
    return _hasher().hash(unicodedata.normalize("NFC", password))


def verify(kept: str | None, password: str) -> bool:
    """Whether this is the password that was kept; where none was, the same work is done for nothing."""
    text = unicodedata.normalize("NFC", password[: LONGEST + 1])
    try:
        _hasher().verify(kept or NOBODYS, text)
    except (InvalidHashError, VerificationError):
        return False
    return kept is not None and len(text) <= LONGEST


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _left(plain: str, words: Iterable[str]) -> int:
    """How many letters are left of a text without the words and the digits: the longest words go first."""
    for word in sorted(words, key=len, reverse=True):
        plain = plain.replace(word, " ")
    return sum(1 for sign in plain if sign.isalpha())


def _without_rows(plain: str) -> str:
    """A text without the runs of four and more that are neighbours on a keyboard or in the alphabet."""
    for row in (it for forward in ROWS for it in (forward * 2, forward[::-1] * 2)):
        for size in range(len(plain), 3, -1):
            for run in {plain[at : at + size] for at in range(len(plain) - size + 1)}:
                if " " not in run and run in row:
                    plain = plain.replace(run, " ")
    return plain


def _repeats(plain: str) -> bool:
    """Whether a text is one short text over and over."""
    return re.fullmatch(r"(.{1,3}?)\1{2,}.{0,2}", plain) is not None

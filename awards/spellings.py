"""Spellings: which mailbox an e-mail address names, however it is written, and which addresses look like one person's.

Two things are told apart. `mailbox_of` folds only what the provider is known to deliver to the same mailbox: it decides
who has a ballot already. `likeness_of` folds what any server might: it only suggests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("disposable_domains") / "domains.txt"
DIGITS_AT_THE_END = re.compile(r"[0-9]+$")


@dataclass(frozen=True, slots=True)
class Habit:
    """What a provider ignores in the part before the @. `same_as`: the domain under which the mailbox is one too."""

    tag: str = "+"
    ignored: str = ""
    same_as: str = ""


HABITS: Mapping[str, Habit] = {
    "gmail.com": Habit(ignored="."),
    "googlemail.com": Habit(ignored=".", same_as="gmail.com"),
    "outlook.com": Habit(),
    "hotmail.com": Habit(),
    "live.com": Habit(),
    "icloud.com": Habit(),
    "me.com": Habit(same_as="icloud.com"),
    "mac.com": Habit(same_as="icloud.com"),
    "fastmail.com": Habit(),
    "fastmail.fm": Habit(),
    "proton.me": Habit(ignored=".-_"),
    "protonmail.com": Habit(ignored=".-_", same_as="proton.me"),
    "pm.me": Habit(ignored=".-_", same_as="proton.me"),
    "yahoo.com": Habit(tag="-"),
    "zoho.com": Habit(),
    "daum.net": Habit(tag=""),
    "hanmail.net": Habit(tag="", same_as="daum.net"),
}
"""Providers whose habits are stated by themselves. For every other server each spelling counts as a mailbox."""

EVERYBODYS = frozenset(HABITS) | {
    "naver.com",
    "kakao.com",
    "nate.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "orange.fr",
    "free.fr",
    "libero.it",
    "yandex.ru",
    "mail.ru",
    "qq.com",
    "163.com",
    "126.com",
    "aol.com",
}
"""Providers at which everybody has a mailbox: many who come from one of them at once are nothing strange."""


def folded(address: str) -> str:
    """An address without what no server tells apart."""
    return unicodedata.normalize("NFC", address.strip()).casefold()


def domain_of(address: str) -> str:
    """The part after the @, in the letters that mail servers use, folded."""
    domain = folded(address).rpartition("@")[2].rstrip(".")
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def mailbox_of(address: str) -> str:
    """The mailbox of an address, the same for every spelling that its provider is known to deliver to it."""
    local, domain = folded(address).rpartition("@")[0], domain_of(address)
    habit = HABITS.get(domain)
    if habit is None:
        return f"{local}@{domain}"
    if habit.tag:
        local = local.partition(habit.tag)[0] or local
    kept = "".join(it for it in local if it not in habit.ignored) or local
    return f"{kept}@{habit.same_as or domain}"


def likeness_of(address: str) -> str:
    """What addresses of one person may share: without tag, dots, dashes and a number at the end; at the same domain."""
    mailbox = mailbox_of(address)
    local, domain = mailbox.rpartition("@")[0], domain_of(mailbox)
    bare = "".join(it for it in local.partition("+")[0] if it not in ".-_")
    return f"{DIGITS_AT_THE_END.sub('', bare) or bare or local}@{domain}"


@lru_cache
def disposable() -> frozenset[str]:
    """The domains of mailboxes that last minutes, as far as the list knows them."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(it for it in lines if it and not it.startswith("#"))


def is_disposable(domain: str) -> bool:
    """Whether a domain, or one above it, is on the list."""
    parts = domain.split(".")
    return any(".".join(parts[at:]) in disposable() for at in range(len(parts) - 1))

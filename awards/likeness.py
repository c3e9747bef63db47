"""What two names or addresses have in common that suggests an interest and proves none. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from awards.folding import fold

PROVIDERS = frozenset(
    [
        *("gmail", "googlemail", "hotmail", "outlook", "live", "msn", "yahoo", "ymail", "rocketmail", "aol"),
        *("icloud", "mac", "proton", "protonmail", "gmx", "web", "yandex", "mail", "zoho", "fastmail", "pm"),
        *(
            "naver",
            "daum",
            "hanmail",
            "kakao",
            "nate",
            "qq",
            "163",
            "126",
            "sina",
            "sohu",
            "foxmail",
            "rediffmail",
        ),
        *(
            "orange",
            "wanadoo",
            "free",
            "laposte",
            "libero",
            "t-online",
            "uol",
            "bol",
            "terra",
            "seznam",
            "wp",
            "me",
        ),
    ]
)
"""Names of those who give a mailbox to anybody, under whatever ending."""
SECOND_LEVELS = frozenset("ac co com edu go gob gouv gov ne net or org re".split())

GENERIC = frozenset(
    """
    a an and at for in of on the to de del della der des di do du da das dos el la las le les los et y e und von van
    agency association authority bureau cabinet center centre city club commission committee company corporation
    council county department directorate district division foundation government group inc institute institution
    international ltd llc gmbh metropolitan ministry municipal municipality national office organisation organization
    province public research school secretariat service services society state town university ville ciudad cidade
    stadt mairie ayuntamiento alcaldia alcaldía municipio universidad université universite instituto fundacion
    시 시청 구 구청 도 도청 군 군청
    """.split()
)
"""Words that many bodies have in their names, and that say nothing of which."""

SHORTEST_MISSPELT = 6
SHORTEST_HANGUL = 4
SHORTEST_SURNAME = 3
MOST_BETWEEN = 2
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
HANGUL_OR_HAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")
FORMS_OF_ADDRESS = frozenset("prof professor dr mr mrs ms mx sir dame eng ing".split())


def domain(address: str) -> str:
    """The domain of a mail address, empty for one of a provider that gives mailboxes to anybody."""
    found = address.rpartition("@")[2].casefold().strip(".")
    labels = found.split(".")
    if len(labels) < 2:
        return ""
    names = labels[:-1] if len(labels) == 2 or labels[-2] not in SECOND_LEVELS else labels[:-2]
    if not names or (len(names) == 1 and names[0] in PROVIDERS):
        return ""
    return found


def domains_in(text: str) -> set[str]:
    """The domains of all mail addresses in a text."""
    return {found for part in ADDRESS.findall(text) if (found := domain(part))}


def above(name: str) -> Iterator[str]:
    """A domain and those that contain it, as far down as they belong to one body."""
    labels = name.split(".")
    shortest = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVELS else 2
    for start in range(len(labels) - shortest + 1):
        yield ".".join(labels[start:])


@dataclass(slots=True)
class Names:
    """Names of bodies, found by one that is written alike: the same telling words, or one letter amiss."""

    _keys: dict[str, set[int]] = field(default_factory=dict)
    _telling: dict[str, frozenset[str]] = field(default_factory=dict)
    _by_word: dict[str, set[str]] = field(default_factory=dict)
    _by_letters: dict[str, set[str]] = field(default_factory=dict)

    def add(self, key: int, name: str) -> None:
        folded = fold(name)
        if folded in self._keys:
            self._keys[folded].add(key)
            return
        words = _telling(folded)
        if not words:
            return
        self._keys[folded], self._telling[folded] = {key}, words
        for word in words:
            self._by_word.setdefault(word, set()).add(folded)
        for letters in _amiss(_joined(folded)):
            self._by_letters.setdefault(letters, set()).add(folded)

    def like(self, name: str) -> Iterator[tuple[int, str]]:
        """The keys of names like this one, each with the name that is like it, folded."""
        folded = fold(name)
        words = _telling(folded)
        shared = Counter(other for word in words for other in self._by_word.get(word, ()))
        alike = {
            other
            for other, number in shared.items()
            if _enough(number, len(words), len(self._telling[other]))
        }
        for letters in _amiss(_joined(folded)):
            alike |= self._by_letters.get(letters, set())
        for other in sorted(alike):
            for key in sorted(self._keys[other]):
                yield key, other


def _enough(shared: int, mine: int, theirs: int) -> bool:
    """All telling words of both, or two and all those of the shorter name."""
    return shared == max(mine, theirs) or (shared >= 2 and shared == min(mine, theirs))


def _telling(folded: str) -> frozenset[str]:
    return frozenset(word for word in folded.split() if word not in GENERIC)


def _joined(folded: str) -> str:
    return "".join(word for word in folded.split() if word not in GENERIC)


def _amiss(letters: str) -> Iterator[str]:
    """A word as it is, and without any one of its letters: two that share such a form differ by a letter or so."""
    least = SHORTEST_HANGUL if HANGUL_OR_HAN.search(letters) else SHORTEST_MISSPELT
    if len(letters) < least:
        return
    yield letters
    if len(letters) > least:
        for place in range(len(letters)):
            yield letters[:place] + letters[place + 1 :]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in which people are looked for."""

    plain: str
    folded: str
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Text:
        folded = fold(text)
        return cls(_plain(text), f" {folded} ", frozenset(folded.split()))

    def names(self, name: str) -> str:
        """How the text may mean a person of that name, as it stands there; empty where it doesn't.

        Surname first, initials with a point, other names between: what may be somebody else.
        """
        words = _words(name)
        if not ends(name) & self.words:
            return ""
        for pattern in _forms(words):
            if found := pattern.search(self.folded):
                return found[0].strip()
        for pattern in _initials(words):
            if found := pattern.search(self.plain):
                return found[0].strip()
        return ""


def ends(name: str) -> frozenset[str]:
    """The first and the last word of a name: a text without either means nobody of that name."""
    words = _words(name)
    return frozenset((words[0], words[-1])) if len(words) > 1 else frozenset()


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in fold(name).split() if word not in FORMS_OF_ADDRESS)


@lru_cache(maxsize=4096)
def _forms(words: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    first, last = re.escape(words[0]), re.escape(words[-1])
    between = rf"(?:\w+ ){{0,{MOST_BETWEEN}}}"
    found = [rf" {last} {between}{first} ", rf" {first} {between}{last} "]
    if len(words) > 2:
        for family, given in ((words[0], "".join(words[1:])), (words[-1], "".join(words[:-1]))):
            found += [
                rf" {re.escape(family)} {re.escape(given)} ",
                rf" {re.escape(given)} {re.escape(family)} ",
            ]
    return tuple(re.compile(it) for it in found)


@lru_cache(maxsize=4096)
def _initials(words: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    first, last = re.escape(words[0][0]), re.escape(words[-1])
    if len(words[-1]) < SHORTEST_SURNAME:
        return ()
    return (
        re.compile(rf"(?<!\w){first}\.\s*(?:-?\w\.\s*){{0,2}}{last}(?!\w)"),
        re.compile(rf"(?<!\w){last},?\s+{first}\."),
    )


def _plain(text: str) -> str:
    """Without case and accents, points kept."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(it for it in apart if not unicodedata.combining(it)))

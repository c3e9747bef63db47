"""Papers to be read, printed or filled in: rules, forms, receipts, letters. Values here; how they look elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 opens a chapter, 2 a part of it."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; line breaks in it are kept. `keep`: it stays on the page of what follows it."""

    text: str
    quiet: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """A numbered list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are, one a line."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `blank` adds so many empty rows to be filled in by hand."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Space:
    """Room to write in by hand, in lines."""

    lines: int


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes to tick."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, side by side, with what belongs under each; `room` above them, in points."""

    labels: tuple[str, ...]
    room: int = 46


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A hash, set so that it can be compared by eye."""

    text: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a page of its own."""


@dataclass(frozen=True, slots=True)
class Label:
    """A code in large letters and as a square to photograph, by which a paper is known when it comes back."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Something to be marked: its name, what it asks, and a box to tick for every mark; without any, room for one."""

    name: str
    asks: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finalist:
    """Who stands for election: name, what else is said of it in a line, title; beside a picture where there is one, the
    path of its file with its width and height. `summary` stands below.
    """

    name: str
    about: str
    title: str
    summary: str
    picture: tuple[str, int, int] | None = None
    credit: str = ""


Block = (
    Heading
    | Words
    | Steps
    | Facts
    | Grid
    | Space
    | Boxes
    | Signatures
    | Fingerprint
    | PageBreak
    | Label
    | Scale
    | Finalist
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in one language.

    `over` stands above the title, `foot` at the foot of every page beside its number; `page` is the word for a page
    number, as "Page {number} of {count}"; `missing` is said at the end where characters could not be printed.
    `specimen` is the word across every page, empty for a real paper. `titled`: the first page begins with `over` and
    title; otherwise the blocks say all.
    """

    language: str
    over: str
    title: str
    blocks: tuple[Block, ...]
    foot: str
    page: str
    missing: str
    author: str = ""
    specimen: str = ""
    titled: bool = True

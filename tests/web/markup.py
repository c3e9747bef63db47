"""Reading a page as a strict reader does: what is opened is closed, and what is promised is there."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"meta", "link", "img", "input", "br", "hr", "path"})
DATA = "application/ld+json"
"""The type of a block that no browser runs."""
FORBIDDEN = frozenset({"style", "iframe", "object", "embed", "base"})


class Page(HTMLParser):
    """A page taken apart; `faults` lists what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.headings: list[str] = []
        self.language = ""
        self.title = ""
        self.words: list[tuple[str, str]] = []
        self._languages: list[str] = []
        self._is_data = False
        if not text.startswith("<!doctype html>\n"):
            self.faults.append("no doctype")
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append(f"never closed: {self.open}")
        self._judge()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._judge_tag(tag, found)
        if tag == "html":
            self.language = found.get("lang") or ""
        if found.get("id"):
            self.ids.append(found["id"] or "")
        if tag in ("a", "link"):
            self.links.append(found.get("href") or "")
        if tag == "label":
            self.labelled.add(found.get("for") or "")
        if tag == "input" and found.get("type") != "hidden":
            self.fields.append(found.get("id") or "")
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(tag)
        if tag not in VOID:
            self.open.append(tag)
            before = self._languages[-1] if self._languages else ""
            self._languages.append(before if found.get("lang") is None else str(found["lang"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]} in line {self.getpos()[0]}")
            return
        self.open.pop()
        self._languages.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] == "script":
            self.faults += [] if self._is_data else ["code in the page"]
        elif data.strip() and self.open:
            if self.open[-1] == "title":
                self.title += data
            self.words.append((self._languages[-1], " ".join(data.split())))

    def _judge_tag(self, tag: str, found: dict[str, str | None]) -> None:
        if tag in FORBIDDEN:
            self.faults.append(f"<{tag}>")
        self._is_data = tag == "script" and found.get("type") == DATA
        if (
            tag == "script"
            and not self._is_data
            and not ((found.get("src") or "").startswith("/static/js/") and _waits(found))
        ):
            self.faults.append("a script that is no file of ours or does not wait for the page")
        if inline := [name for name in found if name == "style" or name.startswith("on")]:
            self.faults.append(f"{inline} on <{tag}>")
        if tag == "img" and "alt" not in found:
            self.faults.append("picture without alternative text")
        if tag == "p" and "p" in self.open:
            self.faults.append(f"paragraph in a paragraph in line {self.getpos()[0]}")
        if tag == "th" and found.get("scope") not in ("col", "row"):
            self.faults.append("heading of a table without scope")

    def _judge(self) -> None:
        if self.headings.count("h1") != 1 or self.headings[:1] != ["h1"]:
            self.faults.append(f"headings: {self.headings}")
        levels = [int(heading[1]) for heading in self.headings]
        if any(after > before + 1 for before, after in pairwise(levels)):
            self.faults.append(f"a level of headings left out: {self.headings}")
        if len(set(self.ids)) != len(self.ids):
            self.faults.append(f"one id twice: {self.ids}")
        if not self.title.strip():
            self.faults.append("no title")
        if missing := [link for link in self.links if link.startswith("#") and link[1:] not in self.ids]:
            self.faults.append(f"leads nowhere: {missing}")
        if "#main" not in self.links[:8]:
            self.faults.append("no skip link")
        if unlabelled := [field for field in self.fields if field not in self.labelled]:
            self.faults.append(f"fields without label: {unlabelled}")


def _waits(found: dict[str, str | None]) -> bool:
    return "defer" in found or found.get("type") == "module"

"""Fields of every kind, and a page's inputs read as a browser would send them."""

from __future__ import annotations

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict

from judging.programme import FIELD_KINDS
from judging.rules import Column, Field

COLUMNS = (
    Column("what", "line", required=True),
    Column("much", "number", required=False),
    Column("day", "date", required=False),
    Column("where", "links", required=False),
)


def field_of(
    kind: str, *, required: bool = False, limit: int = 0, most: int = 0, characters: int = 0
) -> Field:
    return Field(
        key=f"the_{kind}",
        kind=kind,
        required=required,
        public=True,
        judges=True,
        limit=limit,
        characters=characters,
        most=most,
        options=("red", "green", "dark-blue") if kind in ("choice", "choices") else (),
        columns=COLUMNS if kind == "rows" else (),
    )


EVERY = tuple(field_of(kind) for kind in FIELD_KINDS)


class Sent(HTMLParser):
    """What a browser would send of a page's inputs if nobody touched them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.form: MultiDict[str, str] = MultiDict()
        self._area: str | None = None
        self._choice = ""
        self._typed = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self._area, self._typed = found["name"], ""
        elif tag == "select":
            self._choice = found["name"]
        elif tag == "option" and "selected" in found:
            self.form.add(self._choice, found["value"])
        elif tag == "input":
            ticked = "checked" in found or found.get("type") not in ("checkbox", "radio")
            if ticked:
                self.form.add(found["name"], found.get("value", ""))

    def handle_data(self, data: str) -> None:
        self._typed += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            text = self._typed.removeprefix("\n")
            self.form.add(self._area, text.replace("\n", "\r\n"))
            self._area = None

"""The fields of a programme's form: their kinds, and reading one with its options and columns."""

from __future__ import annotations

from collections.abc import Callable

from judging.reading import MistakeKind, Table, unique_keys
from judging.rules import Column, Field
from judging.values import Json

FIELD_KINDS = (
    "line", "text", "number", "date", "choice", "choices", "rows",
    "links", "files", "pictures", "contacts", "consent",
)  # fmt: skip
COLUMN_KINDS = ("line", "number", "date", "links")
CONTACT_PARTS = ("name", "latin_name", "office", "email", "phone")

RESERVED = (
    "category", "nominee_kind", "title", "titles", "organisation_id", "organisation_name", "city", "country",
    "language", "summary", "summaries", "kept_back", "nominee", "nominee_name",
    "base", "asked", "opened", "more", "next", "stay", "clash", "to-files", "csrf_token",
)  # fmt: skip
"""Keys that no field may have: answers that every form asks for, and what the pages of a form send beside answers.

A programme's file that takes one is refused; rules that were fixed before stay readable.
"""

Named = Callable[[Table, bool], Json]
"""Takes the name of a table in every language; the second says whether it must have one."""


class FieldReader:
    """One field: its rule, and the texts that hang on it. `named` reads a name; None where there are no texts."""

    def __init__(self, table: Table, sections: tuple[str, ...], named: Named | None) -> None:
        self.table, self.sections, self.name_of = table, sections, named
        self.texts: dict[str, Json] = {}

    def field(self) -> Field:
        table = self.table
        kind = table.string("kind", "text")
        if kind not in FIELD_KINDS:
            table.wrong(MistakeKind.NOT_ONE_OF, "kind", kind, FIELD_KINDS)
        key = table.key("key")
        if self.name_of:
            self.texts["section"] = self._section()
            if key in RESERVED:
                table.wrong(MistakeKind.RESERVED, "key", key, RESERVED)
        return Field(
            key=key,
            kind=kind,
            required=table.boolean("required", False),
            public=table.boolean("public", False),
            judges=table.boolean("judges", True),
            limit=table.integer("limit", 0),
            characters=table.integer("characters", 0),
            most=table.integer("most", 0),
            options=self._options(kind),
            columns=self._columns(kind),
        )

    def _section(self) -> str:
        section = self.table.string("section", None if self.sections else "")
        if section and section not in self.sections:
            self.table.wrong(MistakeKind.NOT_DEFINED, "section", section, self.sections)
        return section

    def _options(self, kind: str) -> tuple[str, ...]:
        tables = self._listed("options", kind, of=("choice", "choices"))
        keys = [table.key("key") for table in tables]
        self._named("options", tables, keys)
        return tuple(keys)

    def _columns(self, kind: str) -> tuple[Column, ...]:
        """What each row asks for; those of contacts are among CONTACT_PARTS, and have names of their own."""
        tables = self._listed("columns", kind, of=("rows", "contacts"))
        found = []
        for table in tables:
            column = Column(
                key=table.key("key"),
                kind=table.string("kind", "line"),
                required=table.boolean("required", False),
            )
            if column.kind not in COLUMN_KINDS:
                table.wrong(MistakeKind.NOT_ONE_OF, "kind", column.kind, COLUMN_KINDS)
            if kind == "contacts" and column.key not in CONTACT_PARTS:
                table.wrong(MistakeKind.NOT_ONE_OF, "key", column.key, CONTACT_PARTS)
            found.append(column)
        self._named("columns", tables, [column.key for column in found], required=kind != "contacts")
        return tuple(found)

    def _listed(self, name: str, kind: str, *, of: tuple[str, ...]) -> list[Table]:
        if kind in of or not self.table.has(name):
            return self.table.tables(name)
        self.table.wrong(MistakeKind.DOES_NOT_APPLY, name, kind, of)
        self.table.take(name)
        return []

    def _named(self, name: str, tables: list[Table], keys: list[str], *, required: bool = True) -> None:
        unique_keys(tables, keys)
        if self.name_of and tables:
            self.texts[name] = {
                key: {"name": self.name_of(table, required)} for table, key in zip(tables, keys, strict=True)
            }
        for table in tables:
            table.close()

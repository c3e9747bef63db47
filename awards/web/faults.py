"""What is wrong with an answer, as a sentence for whoever has to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from babel.numbers import format_decimal
from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from awards import fields
from awards.cells import is_link
from awards.fields import Fault, FaultKind
from awards.web.language import locale
from awards.web.questions import Naming, target

SENTENCES: Mapping[FaultKind, Callable[[Fault, str], str]] = {
    FaultKind.MISSING: lambda f, name: _("%(name)s: this is still to be answered.", name=name),
    FaultKind.TOO_MANY_WORDS: lambda f, name: _(
        "%(name)s: this has %(found)s words; the limit is %(limit)s. Shorten it by %(over)s.",
        **_numbers(f, name),
    ),
    FaultKind.TOO_MANY_CHARACTERS: lambda f, name: _(
        "%(name)s: this has %(found)s characters without spaces; the limit is %(limit)s. Shorten it by %(over)s.",
        **_numbers(f, name),
    ),
    FaultKind.TOO_LONG: lambda f, name: _(
        "%(name)s: this has %(found)s characters; no more than %(limit)s can be saved here. Put the rest into a file "
        "or a page and link to it.",
        **_numbers(f, name),
    ),
    FaultKind.NOT_ONE_LINE: lambda f, name: _("%(name)s: write this on one line.", name=name),
    FaultKind.NOT_A_NUMBER: lambda f, name: _(
        "%(name)s: write a number in figures, such as 1200 or 0.5.", name=name
    ),
    FaultKind.NOT_A_DATE: lambda f, name: _(
        "%(name)s: write a day as 2021-05-03. Where you don't know the day, 2021-05 or 2021 will do.",
        name=name,
    ),
    FaultKind.NOT_A_LINK: lambda f, name: _(
        "%(name)s: write the whole address of the page, beginning with https://.", name=name
    ),
    FaultKind.NOT_AN_ADDRESS: lambda f, name: _(
        "%(name)s: write a mail address, such as name@example.org.", name=name
    ),
    FaultKind.NOT_AN_OPTION: lambda f, name: _(
        "%(name)s: what was chosen is not on the list any more. Choose another.", name=name
    ),
    FaultKind.NOT_YES_OR_NO: lambda f, name: _("%(name)s: answer yes or no.", name=name),
    FaultKind.TOO_MANY_ITEMS: lambda f, name: ngettext(
        "%(name)s: there are %(found)s here; only one is asked for.",
        "%(name)s: there are %(found)s here; at most %(limit)s are taken.",
        f.limit,
        **_numbers(f, name),
    ),
    FaultKind.COLUMN_MISSING: lambda f, name: _("%(name)s: this cell is still empty.", name=name),
    FaultKind.UNREADABLE: lambda f, name: ngettext(
        "%(name)s: one character here can't be stored. It may not be seen: type the text again where it was pasted.",
        "%(name)s: %(found)s characters here can't be stored. They may not be seen: type the text again where it was "
        "pasted.",
        f.found,
        **_numbers(f, name),
    ),
}


def init_app(app: Flask) -> None:
    """Give templates/macros/fields.html what it asks."""
    app.jinja_env.globals.update(
        fault_words=fault_words,
        fault_target=target,
        is_given=fields.is_given,
        is_link=is_link,
        rows_of=fields.rows_of,
        items_of=fields.items_of,
        columns_of=fields.columns_of,
    )


def fault_words(fault: Fault, names: Naming) -> str:
    """The sentence for a fault. It names the field, in a list also the row, counted from one, and the column."""
    return SENTENCES[fault.kind](fault, _place(fault, names))


def _place(fault: Fault, names: Naming) -> str:
    if fault.row is None:
        return str(names.name)
    row = fault.row + 1
    if not fault.column:
        return _("%(name)s, number %(row)d", name=names.name, row=row)
    return _(
        "%(name)s, number %(row)d, %(column)s", name=names.name, row=row, column=names.column(fault.column)
    )


def _numbers(fault: Fault, name: str) -> dict[str, str]:
    found = {"found": fault.found, "limit": fault.limit, "over": fault.found - fault.limit}
    return {"name": name} | {key: format_decimal(value, locale=locale()) for key, value in found.items()}

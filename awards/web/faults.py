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

SENTENCES: Mapping[FaultKind, Callable[[Fault], str]] = {
    FaultKind.MISSING: lambda f: _("This is still to be answered."),
    FaultKind.TOO_MANY_WORDS: lambda f: _(
        "This has %(found)s words; the limit is %(limit)s. Shorten it by %(over)s.", **_numbers(f)
    ),
    FaultKind.TOO_MANY_CHARACTERS: lambda f: _(
        "This has %(found)s characters without spaces; the limit is %(limit)s. Shorten it by %(over)s.",
        **_numbers(f),
    ),
    FaultKind.TOO_LONG: lambda f: _(
        "This has %(found)s characters; no more than %(limit)s can be saved here. Put the rest into a file or a page "
        "and link to it.",
        **_numbers(f),
    ),
    FaultKind.NOT_ONE_LINE: lambda f: _("Write this on one line."),
    FaultKind.NOT_A_NUMBER: lambda f: _("Write a number in figures, such as 1200 or 0.5."),
    FaultKind.NOT_A_DATE: lambda f: _(
        "Write a day as 2021-05-03. Where you don't know the day, 2021-05 or 2021 will do."
    ),
    FaultKind.NOT_A_LINK: lambda f: _("Write the whole address of the page, beginning with https://."),
    FaultKind.NOT_AN_ADDRESS: lambda f: _("Write a mail address, such as name@example.org."),
    FaultKind.NOT_AN_OPTION: lambda f: _("What was chosen is not on the list any more. Choose another."),
    FaultKind.NOT_YES_OR_NO: lambda f: _("Answer yes or no."),
    FaultKind.TOO_MANY_ITEMS: lambda f: ngettext(
        "There are %(found)s here; only %(limit)s is asked for.",
        "There are %(found)s here; at most %(limit)s are taken.",
        f.limit,
        **_numbers(f),
    ),
    FaultKind.COLUMN_MISSING: lambda f: _("This cell is still empty."),
    FaultKind.UNREADABLE: lambda f: ngettext(
        "%(found)s character here can't be stored. It may not be seen: type the text again where it was pasted.",
        "%(found)s characters here can't be stored. They may not be seen: type the text again where it was pasted.",
        f.found,
        **_numbers(f),
    ),
}


def init_app(app: Flask) -> None:
    """Give templates/macros/fields.html what it asks."""
    app.jinja_env.globals.update(
        fault_words=fault_words,
        fault_beside=beside,
        fault_target=target,
        is_given=fields.is_given,
        is_link=is_link,
        rows_of=fields.rows_of,
        items_of=fields.items_of,
        columns_of=fields.columns_of,
    )


def fault_words(fault: Fault, names: Naming) -> str:
    """The sentence for a fault, after the name of its field and in a list the row, counted from one, and the column."""
    return _("%(place)s: %(fault)s", place=_place(fault, names), fault=beside(fault))


def beside(fault: Fault) -> str:
    """The sentence alone, for beside the field."""
    return SENTENCES[fault.kind](fault)


def _place(fault: Fault, names: Naming) -> str:
    if fault.row is None or not names.is_group():
        return str(names.name)
    row = fault.row + 1
    if not fault.column:
        return _("%(name)s %(row)d", name=names.name, row=row)
    column = names.column(fault.column)
    if names.field.most == 1:
        return _("%(name)s, %(column)s", name=names.name, column=column)
    return _("%(name)s %(row)d, %(column)s", name=names.name, row=row, column=column)


def _numbers(fault: Fault) -> dict[str, str]:
    found = {"found": fault.found, "limit": fault.limit, "over": fault.found - fault.limit}
    return {key: str(format_decimal(value, locale=locale())) for key, value in found.items()}

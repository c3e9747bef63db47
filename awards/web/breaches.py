"""What is said where box and public log don't belong together: what was found, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from awards.ballot_log import Breach, LogBroken
from awards.web.words import lazy as _l

SHOWN, DIGITS = 3, 16

FOUND: Mapping[Breach, str] = {
    Breach.CHANGED: _l("An envelope is not the one that was cast, or lies under another elector."),
    Breach.GONE: _l("An envelope of the log is not in the box any more."),
    Breach.ADDED: _l("An envelope is in the box that is not in the log: it came in after the close."),
    Breach.TWICE: _l("An envelope is there twice."),
    Breach.ROOT: _l("The log does not give the roots that were published: it was changed afterwards."),
    Breach.STRUCK: _l("Other envelopes are struck than two people have decided."),
}


def said(error: LogBroken, category: str) -> str:
    """The words for those who open the box; `category` as it is called."""
    parts = [
        _(
            "Nothing was opened: in %(category)s, box and public log do not belong together.",
            category=category,
        ),
        str(FOUND[error.breach]),
    ]
    if error.fingerprints:
        numbers = ", ".join(it[:DIGITS] for it in error.fingerprints[:SHOWN])
        more = len(error.fingerprints) - SHOWN
        parts.append(
            _("Envelopes: %(numbers)s and %(more)d more.", numbers=numbers, more=more)
            if more > 0
            else _("Envelopes: %(numbers)s.", numbers=numbers)
        )
    parts.append(
        _(
            "Change nothing, keep a copy of the database, and call the auditor and whoever runs this site. If it can't "
            "be mended, two people hold the vote of this category again: see the end of this page."
        )
    )
    return " ".join(parts)

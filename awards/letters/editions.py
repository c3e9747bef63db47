"""Letters to everybody who writes a nomination for an edition: a date moved, the rules amended."""

from __future__ import annotations

from flask_babel import gettext as _

from awards import untrusted
from awards.letters.letter import Case, Letter, listed, parts, reason, text
from awards.timetable import Moment
from awards.web import words


def date_moved(case: Case) -> Letter:
    """What moved, from when to when, why."""
    what, before, after = _moment(case), case.when("old"), case.when("new")
    return Letter(
        _("Another date: %(what)s, %(edition)s", what=what, edition=case.edition),
        parts(
            text(
                _("A date of %(edition)s has moved.", edition=case.edition)
                if before
                else _("A date of %(edition)s is stated now.", edition=case.edition)
            ),
            listed(
                (
                    _("What: %(what)s", what=what),
                    _("New date: %(when)s", when=after) if after else "",
                    _("Before: %(when)s", when=before) if before else "",
                )
            ),
            *reason(case),
            text(_("What you have saved or submitted stays as it is.")),
        ),
        act=_("See all dates"),
        link=case.link,
        why=_why(case),
    )


def _moment(case: Case) -> str:
    """The name of a moment of the timetable."""
    found = str(case.arguments.get("moment", ""))
    return str(words.MOMENTS[Moment(found)]) if found in [it.value for it in Moment] else _("a deadline")


def rules_amended(case: Case) -> Letter:
    changes = [untrusted.line(it, 300) for it in case.items("changes") if isinstance(it, str)]
    number, sha256 = case.said("number", 10), case.said("sha256", 64)
    return Letter(
        _("Amended rules: %(edition)s", edition=case.edition),
        parts(
            text(
                _(
                    "The rules of %(edition)s were amended (number %(number)s).",
                    edition=case.edition,
                    number=number,
                )
                if number
                else _("The rules of %(edition)s were amended.", edition=case.edition),
                _("They are now as the page of rules states them, with the difference."),
            ),
            listed(
                (
                    *changes,
                    _("Hash of the amended rules (SHA-256): %(hash)s", hash=sha256) if sha256 else "",
                )
            ),
            *reason(case),
            text(
                _(
                    "Look whether this concerns your nomination. What you have saved or submitted stays as it is."
                )
            ),
        ),
        act=_("Read the rules"),
        link=case.link,
        why=_why(case),
    )


def _why(case: Case) -> str:
    return _(
        "You receive this because you write a nomination for %(edition)s or have a part in it.",
        edition=case.edition,
    )

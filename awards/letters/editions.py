"""Letters to everybody who writes a nomination for an edition: a date moved, the rules amended."""

from __future__ import annotations

from flask_babel import gettext as _

from awards import untrusted
from awards.letters.letter import Case, Letter, listed, parts, reason, text
from awards.letters.rounds import as_judge
from awards.timetable import Moment
from awards.web import words


def date_moved(case: Case) -> Letter:
    """What moved, from when to when, why."""
    what, before, after = _moment(case), case.when("old"), case.when("new")
    return Letter(
        _("Another date: %(what)s, %(edition)s", what=what, edition=case.edition),
        parts(
            text(_happened(case, is_new=not before)),
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
        act=_("Open your sheets") if _to_judge(case) else _("See all dates"),
        link=case.link,
        why=as_judge(case) if _to_judge(case) else _why(case),
    )


def _happened(case: Case, *, is_new: bool) -> str:
    if case.is_so("own"):
        return _("You have more time for your sheets of %(edition)s than the others.", edition=case.edition)
    if is_new:
        return _("A date of %(edition)s is stated now.", edition=case.edition)
    return _("A date of %(edition)s has moved.", edition=case.edition)


def _to_judge(case: Case) -> bool:
    return case.arguments.get("reader") == "judge"


def _moment(case: Case) -> str:
    """The name of a moment of the timetable."""
    found = str(case.arguments.get("moment", ""))
    if _to_judge(case) and found == Moment.VOTE_CLOSE:
        return str(words.OF_A_PANEL[Moment.VOTE_CLOSE])
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

"""Letters to a judge about what is theirs to read, and what no longer is."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from awards import untrusted
from awards.letters.letter import Case, Letter, listed, parts, reason, text


def assigned(case: Case) -> Letter:
    """How many nominations are theirs and until when; not which, for the mail may be read by others."""
    new, everything, until = _number(case, "new"), _number(case, "all"), case.when("until")
    return Letter(
        ngettext(
            "%(num)s nomination for you to judge: %(edition)s",
            "%(num)s nominations for you to judge: %(edition)s",
            new,
            edition=case.edition,
        ),
        parts(
            text(
                ngettext(
                    "%(num)s nomination of %(edition)s was given to you to read and mark.",
                    "%(num)s nominations of %(edition)s were given to you to read and mark.",
                    new,
                    edition=case.edition,
                ),
                ngettext("In all you have %(num)s.", "In all you have %(num)s.", everything)
                if everything > new
                else "",
            ),
            text(_("Marks are due by %(when)s.", when=until)) if until else None,
            text(
                _("Before you read, you look through titles and cities and declare any interest you have."),
                _("What you begin is kept: you can stop at any time and go on later, on another device too."),
                _("What you can't read you can hand back with a reason."),
            ),
        ),
        act=_("See your nominations"),
        link=case.link,
        why=_why(case),
    )


def released(case: Case) -> Letter:
    references = [untrusted.line(it, 40) for it in case.items("references") if isinstance(it, str)]
    return Letter(
        ngettext(
            "%(num)s nomination less for you to judge: %(edition)s",
            "%(num)s nominations less for you to judge: %(edition)s",
            len(references),
            edition=case.edition,
        ),
        parts(
            text(_("The secretariat has taken these back; you need not read them any more:")),
            listed(references),
            *reason(case),
            text(
                _("What you had saved for them is kept and doesn't count. What you submitted stays as it is.")
            ),
        ),
        act=_("See your nominations"),
        link=case.link,
        why=_why(case),
    )


def further_reading(case: Case) -> Letter:
    """How many nominations more and until when; never which, nor why these."""
    number, until = _number(case, "number"), case.when("until")
    return Letter(
        ngettext(
            "%(num)s more nomination for you to read: %(edition)s",
            "%(num)s more nominations for you to read: %(edition)s",
            number,
            edition=case.edition,
        ),
        parts(
            text(
                _("This is a reminder: you still have these to submit.") if case.is_so("again") else "",
                ngettext(
                    "%(num)s more nomination of %(edition)s is with you to read and mark.",
                    "%(num)s more nominations of %(edition)s are with you to read and mark.",
                    number,
                    edition=case.edition,
                ),
            ),
            text(_("Marks are due by %(when)s.", when=until)) if until else None,
            text(
                _("You read and mark as in the round. Your other sheets are closed and stay as they are."),
                _(
                    "If you have an interest in one, say so on its page; what you can't read you can hand back."
                ),
            ),
        ),
        act=_("See your nominations"),
        link=case.link,
        why=_why(case),
    )


def _number(case: Case, key: str) -> int:
    found = case.arguments.get(key)
    return found if isinstance(found, int) else 0


def _why(case: Case) -> str:
    return _("You receive this because you are a judge of %(edition)s.", edition=case.edition)

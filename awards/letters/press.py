"""Letters to the press: asked under an embargo, what was shown taken back, access ended. None says who won."""

from __future__ import annotations

from flask_babel import gettext as _

from awards import untrusted
from awards.letters.letter import Case, Letter, parts, text


def invited(case: Case) -> Letter:
    """It has the link, and says what is asked before anything is shown."""
    until = case.when("until")
    return Letter(
        _("Under embargo: the winners of %(edition)s", edition=case.edition),
        parts(
            text(
                _("You can read who won before the result is public, to prepare your report."),
                _categories(case),
            ),
            text(
                _(
                    "The embargo ends when the winners are public: %(when)s. If that moves, the page says so.",
                    when=until,
                )
                if until
                else _("The embargo ends when the winners are public. The page says when that is.")
            ),
            text(
                _(
                    "First you agree to the embargo under your name. Then you read the winners and take the press kit."
                ),
                _("Every file has your name on it, and what you open is noted."),
                _("The link is for you alone: please don't pass it on."),
            ),
        ),
        act=_("Read the terms"),
        link=case.link,
        why=_why(case),
    )


def taken_back(case: Case) -> Letter:
    """To those who agreed, and may have read it."""
    return Letter(
        _("Please don't use it: a result of %(edition)s is taken back", edition=case.edition),
        parts(
            text(
                _("A result that you could read under embargo does not stand any more."),
                _categories(case),
            ),
            text(
                _("Please publish nothing of it, and delete the files that you took."),
                _("You are written to if you can read it again."),
            ),
        ),
        act=_("See the awards"),
        link=case.link,
        why=_why(case),
    )


def ended(case: Case) -> Letter:
    return Letter(
        _("Your access to the winners of %(edition)s has ended", edition=case.edition),
        parts(
            text(
                _("The secretariat has ended your access, and your link opens nothing any more."),
                _("What you agreed to holds until the winners are public: please publish nothing before."),
            ),
            text(_("If you think that this is a mistake, write to the secretariat.")),
        ),
        act=_("See the awards"),
        link=case.link,
        why=_why(case),
    )


def _categories(case: Case) -> str:
    named = untrusted.line(_(", ").join(case.name("categories", key) for key in case.items("categories")))
    return _("Categories: %(categories)s.", categories=named) if named else ""


def _why(case: Case) -> str:
    return _(
        "You receive this because the secretariat of %(edition)s asked %(name)s under an embargo.",
        edition=case.edition,
        name=case.said("name"),
    )

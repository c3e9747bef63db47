"""Letters about prizes that were revoked, moved or corrected after their release, and about feedback."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.letters.letter import Case, Letter, as_writer, parts, quoted, reason, text
from awards.mending import REVOKE


def revoked(case: Case) -> Letter:
    """To those whose prize it was."""
    return Letter(
        _("Prize revoked: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "The prize %(prize)s of your nomination %(nomination)s was revoked.",
                    prize=case.name("prizes", case.arguments.get("prize")),
                    nomination=case.nomination,
                ),
                _("Two people decided it, and the decision is signed."),
            ),
            *reason(case),
            text(
                _("The public pages say so, with this reason."),
                _("Its certificate and its digital badge are in force no more."),
                _("If you think that this is wrong, write to the secretariat."),
            ),
        ),
        act=_("See the result"),
        link=case.link,
        why=as_writer(case),
    )


def moved(case: Case) -> Letter:
    """To those who have another prize because one was revoked."""
    return Letter(
        _("A prize for your nomination %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your nomination %(nomination)s now has: %(prize)s.",
                    nomination=case.nomination,
                    prize=case.name("prizes", case.arguments.get("prize")),
                ),
                _("Another prize of the category was revoked, and the rules say who moves up."),
            ),
            text(
                _("The winners' page says so already."),
                _("The secretariat writes to you about the certificate."),
            ),
        ),
        act=_("See the result"),
        link=case.link,
        why=as_writer(case),
    )


def corrected(case: Case) -> Letter:
    """To those whose prize it is."""
    return Letter(
        _("Corrected: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "What is public of the prize %(prize)s of your nomination %(nomination)s was corrected.",
                    prize=case.name("prizes", case.arguments.get("prize")),
                    nomination=case.nomination,
                ),
                _("The prize stays yours."),
            ),
            *reason(case),
            text(
                _("A certificate that says it as it was is replaced by a new one."),
                _("The code of the old one leads to it."),
            ),
        ),
        act=_("See the result"),
        link=case.link,
        why=as_writer(case),
    )


def mended(case: Case) -> Letter:
    """To the table, and to the press that was told beforehand: what is public has changed."""
    prize, whose = case.name("prizes", case.arguments.get("prize")), case.said("whose")
    is_press = case.is_so("press")
    category = case.name("categories", case.arguments.get("category"))
    if case.said("mended") == REVOKE:
        says = _("The prize %(prize)s of %(whose)s was revoked.", prize=prize, whose=whose)
    else:
        says = _(
            "What is public of the prize %(prize)s of %(whose)s was corrected.", prize=prize, whose=whose
        )
    asks = _("If you have published the result, please correct it.") if is_press else ""
    why = (
        _(
            "You receive this because you were told of winners of %(edition)s beforehand.",
            edition=case.edition,
        )
        if is_press
        else _("You receive this because you sit at the chair's table of %(edition)s.", edition=case.edition)
    )
    return Letter(
        _("The result of %(edition)s has changed", edition=case.edition),
        parts(
            text(says, _("Category: %(category)s.", category=category) if category else ""),
            *reason(case),
            text(_("The winners' page says so, and the record is published anew."), asks),
        ),
        act=_("See the winners"),
        link=case.link,
        why=why,
    )


def feedback(case: Case) -> Letter:
    """It says nothing of what stands there: mails are read over shoulders."""
    return Letter(
        _("Feedback on %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "There is feedback of the judges on your nomination %(nomination)s.",
                    nomination=case.nomination,
                ),
                _("You read it on a page of your own, and can take it away as a PDF."),
            ),
            text(_("It takes the place of what you were sent before.")) if case.is_so("again") else None,
            text(_("Thank you for the work that you put into it.")),
        ),
        act=_("Read the feedback"),
        link=case.link,
        why=as_writer(case),
    )


def comment_kept_back(case: Case) -> Letter:
    """To the judge who released it."""
    said = case.lines("comment")
    return Letter(
        _("Feedback on %(reference)s is kept back", reference=case.said("reference", 40)),
        parts(
            text(
                _(
                    "The secretariat does not pass your feedback on %(reference)s on to the nominee.",
                    reference=case.said("reference", 40),
                )
            ),
            quoted(said) if said else None,
            *reason(case),
            text(_("You may word it anew and release it again.")),
        ),
        act=_("Word it anew"),
        link=case.link,
        why=_("You receive this because you judge for %(edition)s.", edition=case.edition),
    )

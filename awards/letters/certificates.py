"""Letters about certificates that were revoked or issued anew; what was awarded stands on the page alone."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.letters.letter import Case, Letter, parts, quoted, text


def revoked(case: Case) -> Letter:
    return Letter(
        _("Certificate %(number)s is revoked", number=case.said("number", 64)),
        parts(
            text(
                _(
                    "Certificate %(number)s of %(edition)s is revoked.",
                    number=case.said("number", 64),
                    edition=case.edition,
                ),
                _("Whoever verifies its code reads so, with the reason:"),
            ),
            quoted(case.lines("because")),
            text(_("Please use it no more, and take it off your pages.")),
        ),
        act=_("See your certificates"),
        link=case.link,
        why=_why(),
    )


def reissued(case: Case) -> Letter:
    return Letter(
        _("Certificate %(number)s is issued anew", number=case.said("number", 64)),
        parts(
            text(
                _(
                    "Certificate %(number)s of %(edition)s is issued anew under another number.",
                    number=case.said("number", 64),
                    edition=case.edition,
                ),
                _("This is why:"),
            ),
            quoted(case.lines("because")),
            text(
                _("Its old code leads to the new certificate."),
                _("The file is on your page as soon as it is signed, within minutes as a rule."),
            ),
        ),
        act=_("See your certificates"),
        link=case.link,
        why=_why(),
    )


def _why() -> str:
    return _("You get this because the certificate is yours, or your nomination's.")

"""Letters about the vote: an elector is invited to it, and reminded."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.letters.letter import Case, Letter, listed, parts, text
from awards.passes import Why


def ballot(case: Case) -> Letter:
    """The vote is open: how to come in, until when, and that it is secret."""
    elector, until = case.said("elector"), case.when("until")
    return Letter(
        _subject(case),
        parts(
            text(
                _("The vote of %(edition)s is open.", edition=case.edition),
                _why(case),
                _("You cast the ballots of %(elector)s.", elector=elector) if elector else "",
                _("You can vote until %(when)s.", when=until) if until else "",
            ),
            listed(
                (
                    _("The link leads to your ballots. You need no account and no password."),
                    _("One ballot a category; what is cast can't be changed."),
                    _("Your ballot is sealed as it comes in, and nothing keeps who cast which."),
                )
            ),
        ),
        act=_("Open your ballots"),
        link=case.link,
        after=parts(
            text(
                _(
                    "The link is yours alone: whoever has it can vote in your place. It works as often as you wish, "
                    "until the vote closes. Do not send it on."
                )
            )
        ),
        why=_as_elector(case, elector),
    )


def citizen(case: Case) -> Letter:
    """Somebody asked to vote in the public vote with this address: the link that shows it is theirs."""
    until = case.when("until")
    return Letter(
        _("Your link to the public vote: %(edition)s", edition=case.edition),
        parts(
            text(
                _(
                    "Somebody, you we hope, asked to vote in the public vote of %(edition)s with this address.",
                    edition=case.edition,
                ),
                _("You can vote until %(when)s.", when=until) if until else "",
            ),
            listed(
                (
                    _("Open the link and press its button: that shows that the address is yours."),
                    _("One ballot a category for each mailbox; what is cast can't be changed."),
                    _("Your ballot is sealed as it comes in, and nothing keeps who cast which."),
                    _("Your address is used for this vote only, and dropped once its result is published."),
                )
            ),
        ),
        act=_("Open your ballots"),
        link=case.link,
        after=parts(
            text(
                _(
                    "It was not you? Then do nothing: no ballot is cast, and nobody writes to you again of their own."
                ),
                _("Do not send the link on: whoever has it can vote in your place."),
            )
        ),
        why=_(
            "You receive this because your address was typed on the page of the public vote of %(edition)s.",
            edition=case.edition,
        ),
    )


def _subject(case: Case) -> str:
    if case.is_so(Why.JUDGES):
        return _("The judges vote now: %(edition)s", edition=case.edition)
    if any(case.is_so(why) for why in Why):
        return _("Please vote once more: %(edition)s", edition=case.edition)
    if case.is_so("again"):
        return _("You can still vote: %(edition)s", edition=case.edition)
    return _("You can vote now: %(edition)s", edition=case.edition)


def _why(case: Case) -> str:
    if case.is_so(Why.JUDGES):
        return _(
            "Too few electors took part, so their envelopes were destroyed unopened and the judges vote instead. You "
            "are one of them."
        )
    if case.is_so(Why.ANEW):
        return _(
            "A category is voted on again: ballots that were cast in it were destroyed unopened, and count no more."
        )
    if case.is_so(Why.RUNOFF):
        return _("This is a run-off: one more vote among those that are level.")
    return _("No ballot has come from you in some category.") if case.is_so("again") else ""


def _as_elector(case: Case, elector: str) -> str:
    if elector:
        return _(
            "You receive this because %(elector)s named you to vote for it in %(edition)s.",
            elector=elector,
            edition=case.edition,
        )
    if case.is_so("public"):
        return _(
            "You receive this because you came to the vote of the public of %(edition)s.",
            edition=case.edition,
        )
    return _("You receive this because you are on the roll of %(edition)s.", edition=case.edition)

"""Letters about envelopes that are struck before the opening, and about disputes who has cast a ballot."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards.letters.letter import Case, Letter, parts, reason, text
from awards.models import StruckBecause

BECAUSE = {
    StruckBecause.NOT_ENTITLED.value: _l("Two people found that this elector has no right to vote here."),
    StruckBecause.FRAUD.value: _l(
        "Two people found that it belongs to a group that did not come about honestly."
    ),
    StruckBecause.DELEGATE_DISPUTED.value: _l(
        "The chair found that it did not come from the right delegate."
    ),
}


def envelope_struck(case: Case) -> Letter:
    """An elector and its organisation read that its envelope was struck, or put back."""
    body = case.said("organisation")
    if case.is_so("back"):
        subject = _("Your ballot counts again: %(organisation)s", organisation=body)
        told = text(
            _(
                "The ballot of %(organisation)s in the vote of %(edition)s counts again.",
                organisation=body,
                edition=case.edition,
            ),
            _("It had been struck; two people put it back. It stayed sealed all the time."),
        )
        more = None
    else:
        subject = _("Your ballot was struck: %(organisation)s", organisation=body)
        told = text(
            _(
                "The ballot of %(organisation)s in the vote of %(edition)s was struck, and does not count.",
                organisation=body,
                edition=case.edition,
            ),
            str(BECAUSE.get(str(case.arguments.get("because", "")), "")),
            _("It was not opened, and never will be: nobody has seen or will see what is in it."),
        )
        more = text(
            _(
                "If you think that this is a mistake, write to the secretariat before the envelopes are opened: until "
                "then it can be put back."
            )
        )
    return Letter(subject, parts(told, more), act=_("See the awards"), link=case.link, why=_party(case))


def dispute_raised(case: Case) -> Letter:
    """Both sides read that it is disputed who has cast a ballot, and what follows."""
    body = case.said("organisation")
    return Letter(
        _("Who cast the ballot of %(organisation)s is disputed", organisation=body),
        parts(
            text(
                _(
                    "Somebody says that the ballot of %(organisation)s in the vote of %(edition)s was not cast by the "
                    "right delegate.",
                    organisation=body,
                    edition=case.edition,
                ),
                _("The chair decides on it before the envelopes are opened. Nobody sees what is in them."),
            ),
            text(_("If you know something about it, write to the secretariat at once.")),
        ),
        act=_("See the awards"),
        link=case.link,
        why=_party(case),
    )


def dispute_decided(case: Case) -> Letter:
    """Both sides read how it was decided, why, and whether the elector can vote again."""
    body = case.said("organisation")
    if case.is_so("upheld"):
        told = text(
            _(
                "The ballot of %(organisation)s in the vote of %(edition)s is struck: it did not come from the right "
                "delegate. It was not opened, and never will be.",
                organisation=body,
                edition=case.edition,
            ),
            _("Links and letters that were sent for it no longer work."),
        )
        then = (
            _(
                "%(organisation)s can name its delegate again, who can vote while the vote is open.",
                organisation=body,
            )
            if case.is_so("may_vote")
            else _("The vote is closed, so no other ballot can be cast in it.")
        )
    else:
        told = text(
            _(
                "The ballot of %(organisation)s in the vote of %(edition)s stands. It is opened with all others.",
                organisation=body,
                edition=case.edition,
            )
        )
        then = ""
    return Letter(
        _("Decided: the ballot of %(organisation)s", organisation=body),
        parts(told, *reason(case), text(then) if then else None),
        act=_("See the awards"),
        link=case.link,
        why=_party(case),
    )


def _party(case: Case) -> str:
    return _(
        "You receive this because you cast the ballot of %(organisation)s, or were named as its contact, in the vote "
        "of %(edition)s.",
        organisation=case.said("organisation"),
        edition=case.edition,
    )

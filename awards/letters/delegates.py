"""Letters about who casts an organisation's ballot."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.letters.letter import Case, Letter, Part, parts, text


def delegate_asked(case: Case) -> Letter:
    """An organisation reads that it has a ballot, and names who casts it by the link of this mail."""
    body = case.said("organisation")
    return Letter(
        _("Who casts the ballot of %(organisation)s? %(edition)s", organisation=body, edition=case.edition),
        parts(
            text(
                _(
                    "%(organisation)s has a ballot in the vote of %(edition)s.",
                    organisation=body,
                    edition=case.edition,
                ),
                _("Please name the person who casts it."),
            ),
            dates(case),
            text(
                _("You can name somebody else with the same link until the ballot is cast."),
                _(
                    "Whoever has this link can do so: pass it on only to who decides this for %(organisation)s.",
                    organisation=body,
                ),
            ),
        ),
        act=_("Name your delegate"),
        link=case.link,
        why=_contact(case),
    )


def delegate_named(case: Case) -> Letter:
    """A delegate reads what they are named for, and what comes next."""
    body = case.said("organisation")
    return Letter(
        _("You cast the ballot of %(organisation)s", organisation=body),
        parts(
            text(
                _(
                    "You are named to cast the ballot of %(organisation)s in the vote of %(edition)s.",
                    organisation=body,
                    edition=case.edition,
                )
            ),
            dates(case),
            text(_("The link to your ballot comes in a mail of its own once the vote is open.")),
            text(
                _(
                    "If you are the wrong person, tell %(organisation)s, or the secretariat.",
                    organisation=body,
                )
            ),
        ),
        act=_("See the awards"),
        link=case.link,
        why=_(
            "You receive this because you were named as the delegate of %(organisation)s.", organisation=body
        ),
    )


def delegate_ended(case: Case) -> Letter:
    """Who was the delegate reads that they are so no more."""
    body = case.said("organisation")
    return Letter(
        _("You no longer cast the ballot of %(organisation)s", organisation=body),
        parts(
            text(
                _(
                    "You are no longer to cast the ballot of %(organisation)s in the vote of %(edition)s.",
                    organisation=body,
                    edition=case.edition,
                ),
                "" if case.is_so("nobody") else _("Somebody else was named."),
                _("Links and letters that you were sent for it no longer work."),
            ),
            text(_("If you think that this is a mistake, ask %(organisation)s.", organisation=body)),
        ),
        act=_("See the awards"),
        link=case.link,
        why=_("You receive this because you were the delegate of %(organisation)s.", organisation=body),
    )


def delegate_recorded(case: Case) -> Letter:
    """The organisation reads who is its delegate now: it may not have been the one who said so."""
    body, name = case.said("organisation"), case.said("name")
    return Letter(
        _("%(name)s casts the ballot of %(organisation)s", name=name, organisation=body),
        parts(
            text(
                _("%(name)s was named with the link that was sent to this address.", name=name)
                if case.is_so("by_link")
                else _("The secretariat has recorded that you named %(name)s.", name=name),
                _(
                    "%(name)s casts the ballot of %(organisation)s in the vote of %(edition)s.",
                    name=name,
                    organisation=body,
                    edition=case.edition,
                ),
            ),
            dates(case),
            text(
                _(
                    "If this is wrong, write to the secretariat at once: it can be changed until the ballot is cast."
                )
            ),
        ),
        act=_("See the awards"),
        link=case.link,
        why=_contact(case),
    )


def dates(case: Case) -> Part | None:
    """From when until when the vote is open, as far as that is stated."""
    opens, closes = case.when("opens"), case.when("closes")
    said = [
        _("The vote opens: %(when)s.", when=opens) if opens else "",
        _("The vote closes: %(when)s.", when=closes) if closes else "",
    ]
    return text(*said) if any(said) else None


def _contact(case: Case) -> str:
    return _(
        "You receive this because this is the address of %(organisation)s for the vote of %(edition)s.",
        organisation=case.said("organisation"),
        edition=case.edition,
    )

"""Letters about what judges send on paper or say by telephone."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.letters.letter import Case, Letter, parts, text


def sheet_typed(case: Case) -> Letter:
    """The judge is asked whether a typed sheet is what they gave. No mark stands in it."""
    reference = case.said("reference", 40)
    return Letter(
        _("Please confirm your sheet for %(reference)s", reference=reference),
        parts(
            text(
                _(
                    "Your score sheet for %(reference)s came on paper and was typed for you.",
                    reference=reference,
                )
                if case.is_so("paper")
                else _(
                    "Your score sheet for %(reference)s came by telephone and was typed for you.",
                    reference=reference,
                )
            ),
            text(
                _("Please look whether it is what you gave. It doesn't count before somebody confirms it."),
                _("If something is wrong, say so on the same page: nothing counts then."),
            ),
        ),
        act=_("See the typed sheet"),
        link=case.link,
        why=_("You receive this because you are a judge of %(edition)s.", edition=case.edition),
    )

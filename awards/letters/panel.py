"""Letters about a panel: who accepts, who has left, what that means."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from awards.letters.letter import Case, Letter, parts, reason, text
from awards.models import Leaving

LEFT: Mapping[str, object] = {
    Leaving.CONFLICT.value: _l("The reason recorded is a conflict of interest."),
    Leaving.MISCONDUCT.value: _l("The reason recorded is a breach of the code of conduct."),
    Leaving.ILLNESS.value: _l("The reason recorded is illness."),
    Leaving.RESIGNATION.value: _l("The reason recorded is that you resigned."),
    Leaving.SILENCE.value: _l("The reason recorded is that nothing was heard from you."),
}


def judge_answered(case: Case) -> Letter:
    """Whoever invited a judge reads what they answered."""
    name, edition = case.said("name") or _("Somebody"), case.edition
    accepted = case.is_so("accepted")
    return Letter(
        _("%(name)s accepts to judge %(edition)s", name=name, edition=edition)
        if accepted
        else _("%(name)s declines to judge %(edition)s", name=name, edition=edition),
        parts(
            text(
                _("%(name)s has accepted and is now asked to state interests and languages.", name=name)
                if accepted
                else _(
                    "%(name)s has declined. Look whether the panel still covers every category and language.",
                    name=name,
                )
            )
        ),
        act=_("See the judges"),
        link=case.link,
        why=_as_organiser(case),
    )


def judge_left(case: Case) -> Letter:
    """A judge reads that they are off the panel, and what becomes of their sheets by the rule."""
    return Letter(
        _("You have left the panel of %(edition)s", edition=case.edition),
        parts(
            text(
                _("You are no longer a judge of %(edition)s.", edition=case.edition),
                _("Another reason is recorded now in the place of the first.") if case.is_so("again") else "",
                str(LEFT.get(str(case.arguments.get("leaving", "")), "")),
            ),
            *reason(case),
            text(_sheets(case)),
            text(_("The code of conduct still binds you: what you read stays confidential.")),
            text(_("If this is a mistake, write to the secretariat."))
            if not case.is_so("by_judge")
            else None,
            text(_("Thank you for the work that you have done.")),
        ),
        act=_("See your pages"),
        link=case.link,
        why=_("You receive this because you were a judge of %(edition)s.", edition=case.edition),
    )


def _sheets(case: Case) -> str:
    submitted, unfinished = case.number("submitted"), case.number("unfinished")
    found = []
    if submitted and case.is_so("counts"):
        found.append(
            ngettext(
                "By the rules the %(num)s sheet that you submitted counts.",
                "By the rules the %(num)s sheets that you submitted count.",
                submitted,
            )
        )
    elif submitted:
        found.append(
            ngettext(
                "By the rules the %(num)s sheet that you submitted is kept and does not count.",
                "By the rules the %(num)s sheets that you submitted are kept and do not count.",
                submitted,
            )
        )
    if unfinished:
        found.append(
            ngettext(
                "%(num)s nomination that you had not finished goes to others.",
                "%(num)s nominations that you had not finished go to others.",
                unfinished,
            )
        )
    return " ".join(found)


def panel_lost(case: Case) -> Letter:
    """The organisers read that a judge has left, and how many nominations that leaves short of sheets."""
    name, short = case.said("name"), case.number("short")
    return Letter(
        _("%(name)s has left the panel of %(edition)s", name=name, edition=case.edition),
        parts(
            text(_("%(name)s has left the panel.", name=name)),
            *reason(case),
            text(
                ngettext(
                    "%(num)s nomination now has fewer judges than the minimum of sheets. Give it to others.",
                    "%(num)s nominations now have fewer judges than the minimum of sheets. Give them to others.",
                    short,
                )
                if short
                else _("Every nomination still has as many judges as the minimum of sheets.")
            ),
        ),
        act=_("See the judge"),
        link=case.link,
        why=_as_organiser(case),
    )


def _as_organiser(case: Case) -> str:
    return _("You receive this because you are an organiser of %(edition)s.", edition=case.edition)

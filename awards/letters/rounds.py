"""Letters about a round of marks: what a judge has left, what the chair is asked to waive."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from awards.letters.letter import Case, Letter, listed, parts, text


def judge_reminder(case: Case) -> Letter:
    """How many sheets are left, of what kind, until when."""
    issued, submitted = _number(case, "issued"), _number(case, "submitted")
    complete, typed, half, none = (_number(case, key) for key in ("complete", "typed", "half", "none"))
    left = max(issued - submitted, 0)
    until = case.when("until")
    return Letter(
        ngettext(
            "%(num)d sheet left: %(edition)s", "%(num)d sheets left: %(edition)s", left, edition=case.edition
        ),
        parts(
            text(
                ngettext(
                    "%(submitted)s of the %(num)d sheet that you were given for %(edition)s is submitted.",
                    "%(submitted)s of the %(num)d sheets that you were given for %(edition)s are submitted.",
                    issued,
                    submitted=submitted,
                    edition=case.edition,
                )
            ),
            listed(
                (
                    ngettext(
                        "%(num)d is complete but not submitted: it counts only once you submit it",
                        "%(num)d are complete but not submitted: submit all of them, or they do not count",
                        complete,
                    )
                    if complete
                    else "",
                    ngettext(
                        "%(num)d was typed for you: it counts only once it is confirmed",
                        "%(num)d were typed for you: they count only once they are confirmed",
                        typed,
                    )
                    if typed
                    else "",
                    ngettext("%(num)d is half-done", "%(num)d are half-done", half) if half else "",
                    ngettext("%(num)d is not begun", "%(num)d are not begun", none) if none else "",
                )
            ),
            text(_until(case, until)) if until else None,
        ),
        act=_("Open your sheets"),
        link=case.link,
        after=parts(
            text(
                _(
                    "If you can't read them all, hand single ones back there with a reason, or answer the secretariat: "
                    "somebody else can read them while there is time."
                )
            )
        ),
        why=as_judge(case),
    )


def _until(case: Case, until: str) -> str:
    if case.is_so("over"):
        return _("The forms closed on %(when)s.", when=until)
    return _("You can mark until %(when)s. Then the forms close.", when=until)


def waiver_asked(case: Case) -> Letter:
    """The chair is asked to look at nominations with too few sheets."""
    number = _number(case, "number")
    return Letter(
        _("The chair is asked: %(edition)s", edition=case.edition),
        parts(
            text(
                ngettext(
                    "%(num)d nomination of %(edition)s has fewer sheets than the rules ask for.",
                    "%(num)d nominations of %(edition)s have fewer sheets than the rules ask for.",
                    number,
                    edition=case.edition,
                ),
                _("As long as that is so the round can't be closed."),
            ),
            text(
                _(
                    "Only the chair may waive the minimum, for one nomination at a time and with a reason. How many "
                    "waivers there were is published. You may also leave it so: then the secretariat finds other "
                    "judges."
                )
            ),
        ),
        act=_("Look at them"),
        link=case.link,
        why=_("You receive this because you are chair or deputy of %(edition)s.", edition=case.edition),
    )


def room_opened(case: Case) -> Letter:
    """The panel may come in to deliberate; nothing of what stands there is in the letter."""
    return Letter(
        _("The deliberation room is open: %(edition)s", edition=case.edition),
        parts(
            text(
                _(
                    "The chair has opened the deliberation room of %(edition)s. You find there how the nominations "
                    "stand after the close, what judges wrote for the panel, without names, and notes of the panel.",
                    edition=case.edition,
                )
            ),
            text(
                _("Marks are not changed any more."),
                _("What stands there is confidential until the finalists are announced."),
            ),
        ),
        act=_("Open the deliberation room"),
        link=case.link,
        why=_(
            "You receive this because you are on the panel of %(edition)s or chair it.", edition=case.edition
        ),
    )


def as_judge(case: Case) -> str:
    return _("You receive this because you are a judge of %(edition)s.", edition=case.edition)


def _number(case: Case, key: str) -> int:
    found = case.arguments.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0

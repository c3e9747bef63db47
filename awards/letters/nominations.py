"""Letters about a nomination while it is written: receipt, reminders, too late, withdrawn."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from awards.letters.letter import Case, Letter, Part, as_writer, listed, parts, reason, text


def receipt(case: Case) -> Letter:
    """What was received and when, with the hash by which anybody can tell that it is this text."""
    at, sha256 = case.when("at"), case.said("sha256", 64)
    return Letter(
        _("Received: %(nomination)s", nomination=case.short),
        parts(
            text(_("Your nomination %(nomination)s is submitted.", nomination=case.nomination)),
            listed(
                (
                    _("Reference: %(reference)s", reference=case.said("reference", 40)),
                    _("Received: %(when)s", when=at) if at else "",
                    _("Hash of what was received (SHA-256): %(hash)s", hash=sha256) if sha256 else "",
                )
            ),
            text(
                _("This is what stands."),
                _("If you change it, this text stands until you submit the changed one."),
            ),
        ),
        act=_("See the receipt"),
        link=case.link,
        after=parts(text(_("Keep this message: it is your proof that the nomination arrived."))),
        why=as_writer(case),
    )


def reminder(case: Case) -> Letter:
    """A draft not submitted yet, or a nomination given back and not answered yet."""
    return _returned_reminder(case) if case.arguments.get("what") == "returned" else _draft_reminder(case)


def _draft_reminder(case: Case) -> Letter:
    days = case.arguments.get("days")
    left = days if isinstance(days, int) else 2
    return Letter(
        ngettext(
            "%(num)s day left for %(nomination)s",
            "%(num)s days left for %(nomination)s",
            left,
            nomination=case.short,
        ),
        parts(
            text(
                _("Your nomination %(nomination)s is a draft.", nomination=case.nomination),
                _("Everything you saved is kept, but nobody reads it before you submit it."),
            ),
            *_until(case),
            *_missing(case),
        ),
        act=_("Go on writing"),
        link=case.link,
        after=parts(
            text(_("If you do not want to submit it, you need do nothing: a draft counts for nothing."))
        ),
        why=as_writer(case),
    )


def _returned_reminder(case: Case) -> Letter:
    return Letter(
        _("Still to be corrected: %(nomination)s", nomination=case.short),
        parts(
            text(
                _("Your nomination %(nomination)s was returned to you.", nomination=case.nomination),
                _("The correction has not been submitted yet."),
            ),
            *_until(case),
            text(_("Open are:")) if case.items("fields") else None,
            listed(fields_of(case)),
            text(_("Without an answer by then it is decided on what was submitted before.")),
        ),
        act=_("Correct the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def fields_of(case: Case) -> list[str]:
    """The fields that a message names, as the form calls them."""
    return [case.field(key) for key in case.items("fields")]


def _until(case: Case) -> tuple[Part, ...]:
    until = case.when("until")
    return (text(_("Submit it by %(when)s.", when=until)),) if until else ()


def _missing(case: Case) -> tuple[Part, ...]:
    """What the form still asks for, by the names of its fields."""
    missing = case.items("missing")
    if not missing:
        return ()
    return (text(_("Still missing:")), listed(case.field(key) for key in missing))


def unsubmitted_changes(case: Case) -> Letter:
    return Letter(
        _("Changes not submitted: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "You have changed your nomination %(nomination)s after submitting it.",
                    nomination=case.nomination,
                )
            ),
            text(
                _("The changed text is kept, but the one you submitted stands."),
                _("Judges read the changes only if you submit them."),
            ),
            *_until(case),
        ),
        act=_("See the changes and submit them"),
        link=case.link,
        after=parts(text(_("If the submitted text is to stand, you need do nothing."))),
        why=as_writer(case),
    )


def late_kept(case: Case) -> Letter:
    return Letter(
        _("Kept, not yet accepted: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your nomination %(nomination)s came after the deadline.",
                    nomination=case.nomination,
                ),
                _(
                    "All of it is kept, and your request to accept it all the same has reached the secretariat."
                ),
            ),
            *reason(case),
            text(_("You will get a message when it is decided. Until then you need do nothing.")),
        ),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def late_decided(case: Case) -> Letter:
    accepted = case.is_so("accepted")
    subject = (
        _("Accepted although late: %(nomination)s", nomination=case.short)
        if accepted
        else _("Not accepted, as it came too late: %(nomination)s", nomination=case.short)
    )
    what = (
        _(
            "Your nomination %(nomination)s came after the deadline and is accepted.",
            nomination=case.nomination,
        )
        if accepted
        else _(
            "Your nomination %(nomination)s came after the deadline and is not accepted.",
            nomination=case.nomination,
        )
    )
    then = (
        _("It takes part like every other one. You need do nothing.")
        if accepted
        else _("Your text is kept, and you can still read it and copy from it.")
    )
    return Letter(
        subject,
        parts(text(what), *reason(case), text(then)),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def disqualified(case: Case) -> Letter:
    return Letter(
        _("Disqualified: %(nomination)s", nomination=case.short),
        parts(
            text(
                _("The nomination %(nomination)s was disqualified by the chair.", nomination=case.nomination),
                _("It takes no further part. Its text is kept, and those who wrote it can still read it."),
            ),
            *reason(case),
            text(_("If you have a question, write to the secretariat.")),
        ),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def withdrawn(case: Case) -> Letter:
    by = case.said("by")
    return Letter(
        _("Withdrawn: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "The nomination %(nomination)s was withdrawn by %(name)s.",
                    nomination=case.nomination,
                    name=by,
                )
                if by
                else _("The nomination %(nomination)s was withdrawn.", nomination=case.nomination),
                _("It takes no further part. Its text is kept, and those who wrote it can still read it."),
            ),
            *reason(case),
            text(_("If this was not meant, write to the secretariat at once.")),
        ),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )

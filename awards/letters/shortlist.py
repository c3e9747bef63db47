"""Letters about the shortlist: to nominees, each about their own only, and to a judge who asked to mend a sheet."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.letters.letter import Case, Letter, as_writer, parts, reason, text


def finalist(case: Case) -> Letter:
    public = case.when("public")
    return Letter(
        _("A finalist: %(nomination)s", nomination=case.short),
        parts(
            text(
                _("Your nomination %(nomination)s is a finalist.", nomination=case.nomination),
                _category(case),
            ),
            text(
                _("The finalists are announced on %(when)s.", when=public) if public else "",
                _("Until then please tell nobody else.") if public else _("The finalists are announced."),
                _("You need do nothing now. What comes next stands in the timetable of the awards."),
            ),
        ),
        act=_("See the nomination") if public else _("See the finalists"),
        link=case.link,
        why=as_writer(case),
    )


def not_shortlisted(case: Case) -> Letter:
    public = case.when("public")
    return Letter(
        _("Not among the finalists: %(nomination)s", nomination=case.short),
        parts(
            text(
                _("Your nomination %(nomination)s is not among the finalists.", nomination=case.nomination),
                _category(case),
            ),
            text(
                _("Every nomination was read and marked by judges, by rules that anybody can read."),
                _("Nobody outside the awards is told how yours was marked."),
                _("The finalists are announced on %(when)s.", when=public) if public else "",
            ),
            text(
                _("Thank you for the work that you put into it. Your text is kept, and you can copy from it.")
            ),
        ),
        act=_("See the nomination") if public else _("See the finalists"),
        link=case.link,
        why=as_writer(case),
    )


def _category(case: Case) -> str:
    category = case.name("categories", case.arguments.get("category"))
    return _("Category: %(category)s.", category=category) if category else ""


def reopening(case: Case) -> Letter:
    """To a judge who asked, after the close, to mend a sheet."""
    granted, about = case.is_so("granted"), case.said("reference", 40)
    return Letter(
        _("You can mend your sheet: %(reference)s", reference=about)
        if granted
        else _("Your sheet stays as it is: %(reference)s", reference=about),
        parts(
            text(
                _("You asked to mend your sheet of %(reference)s.", reference=about),
                _(
                    "Two people have agreed. You can change your sheets of this category until you say you are done."
                )
                if granted
                else _("This was turned down."),
            ),
            *(() if granted else reason(case)),
        ),
        act=_("See the request"),
        link=case.link,
        why=_("You receive this because you are a judge of %(edition)s.", edition=case.edition),
    )

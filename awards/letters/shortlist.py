"""Letters about the shortlist: to finalists, and to those who are not among them; each about their own only."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.letters.letter import Case, Letter, as_writer, parts, text


def finalist(case: Case) -> Letter:
    public = case.when("public")
    return Letter(
        _("A finalist: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your nomination %(nomination)s is a finalist in the category %(category)s.",
                    nomination=case.nomination,
                    category=case.name("categories", case.arguments.get("category")),
                ),
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
                _(
                    "Your nomination %(nomination)s is not among the finalists in the category %(category)s.",
                    nomination=case.nomination,
                    category=case.name("categories", case.arguments.get("category")),
                ),
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

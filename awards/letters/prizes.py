"""Letters about prizes: to winners in confidence, to everybody of the second round once the result is public."""

from __future__ import annotations

from flask_babel import gettext as _

from awards import untrusted
from awards.letters.letter import Case, Letter, as_writer, parts, text


def won(case: Case) -> Letter:
    """It doesn't say which prize: that stands on a page that only those who write the nomination can open."""
    return Letter(
        _("In confidence: %(nomination)s", nomination=case.short),
        parts(
            text(
                _("There is news of your nomination %(nomination)s.", nomination=case.nomination),
                _("You read it on a page of your own, before anybody else."),
            ),
            text(
                _("Please tell nobody before the result is public."),
                _("Answer there: whether you accept, whether all names are right, and who comes."),
            ),
        ),
        act=_("Read it in confidence"),
        link=case.link,
        why=as_writer(case),
    )


def won_taken_back(case: Case) -> Letter:
    """To those who were told in confidence; it doesn't say of which prize, or whether it comes back."""
    return Letter(
        _("In confidence: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "What you read in confidence of your nomination %(nomination)s does not stand now.",
                    nomination=case.nomination,
                ),
                _("The result of its category is being looked at again before it is public."),
            ),
            text(
                _("Please go on telling nobody."),
                _("You are written to when it is settled, and need do nothing until then."),
            ),
        ),
        act=_("Read it in confidence"),
        link=case.link,
        why=as_writer(case),
    )


def result(case: Case) -> Letter:
    prizes = _prizes(case)
    if prizes:
        says = _(
            "Your nomination %(nomination)s has won: %(prizes)s.", nomination=case.nomination, prizes=prizes
        )
    elif case.is_so("declined"):
        says = _(
            "The prize of your nomination %(nomination)s was declined, as you asked.",
            nomination=case.nomination,
        )
    else:
        says = _("Your nomination %(nomination)s has not won a prize.", nomination=case.nomination)
    return Letter(
        _("The result is public: %(nomination)s", nomination=case.short),
        parts(
            text(says, _category(case)),
            text(
                _("The winners are public, with the reasons and with the count."),
                _("Anybody can recount the result once the record is published."),
            ),
            None if prizes else text(_("Thank you for the work that you put into it.")),
        ),
        act=_("See the winners"),
        link=case.link,
        why=as_writer(case),
    )


def taken_down(case: Case) -> Letter:
    return Letter(
        _("The result was taken down: %(nomination)s", nomination=case.short),
        parts(
            text(
                _("The winners of the category of %(nomination)s were public.", nomination=case.nomination),
                _("The secretariat has taken them down to look into something."),
                _category(case),
            ),
            text(
                _("Please don't publish the result until you hear from us again."),
                _("You are written to when it is public again, or when it has changed."),
            ),
        ),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def put_back(case: Case) -> Letter:
    prizes = _prizes(case)
    return Letter(
        _("The result is public again: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "The winners of the category of %(nomination)s are public again.",
                    nomination=case.nomination,
                ),
                _category(case),
            ),
            text(
                _("Your nomination has: %(prizes)s.", prizes=prizes)
                if prizes
                else _("Your nomination has no prize.")
            ),
        ),
        act=_("See the winners"),
        link=case.link,
        why=as_writer(case),
    )


def answered(case: Case) -> Letter:
    """To organisers; it names nobody, as mails are read over shoulders."""
    return Letter(
        _("A winner has answered"),
        parts(text(_("One of those told in confidence has answered, or changed an answer."))),
        act=_("Read the answers"),
        link=case.link,
        why=_("You receive this because you are an organiser of %(edition)s.", edition=case.edition),
    )


def consent_changed(case: Case) -> Letter:
    """To organisers; what it is stands on their page."""
    return Letter(
        _("Somebody changed what may be published"),
        parts(
            text(
                _("Those who wrote a nomination withdrew their consent to something, or gave it again."),
                _("Every page, file and list of Laurels follows at once, and you need do nothing there."),
            ),
            text(_("What you printed or passed on yourselves may still have it: please look.")),
        ),
        act=_("See what changed"),
        link=case.link,
        why=_("You receive this because you are an organiser of %(edition)s.", edition=case.edition),
    )


def _prizes(case: Case) -> str:
    return untrusted.line(_(", ").join(case.name("prizes", key) for key in case.items("prizes")))


def _category(case: Case) -> str:
    category = case.name("categories", case.arguments.get("category"))
    return _("Category: %(category)s.", category=category) if category else ""

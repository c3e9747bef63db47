"""Letters about what was decided: returned, eligible or not and why, appeals, another category."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from awards import untrusted
from awards.letters.letter import Case, Letter, Part, as_writer, listed, parts, quoted, reason, text
from awards.letters.nominations import fields_of
from awards.web import findings
from judging.values import Json

KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


def returned(case: Case) -> Letter:
    note, until = case.lines("note"), case.when("until")
    return Letter(
        _("Returned to you: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your nomination %(nomination)s was returned to you to be corrected.",
                    nomination=case.nomination,
                ),
                _("What you submitted is kept."),
                numbered(case),
            ),
            text(_("Open for you are these, and only these:")) if case.items("fields") else None,
            listed(fields_of(case)),
            text(_("The secretariat writes:")) if note else None,
            quoted(note),
            text(
                _("Correct it and submit it again by %(when)s.", when=until) if until else "",
                _("Without an answer by then it is decided on what was submitted before."),
            ),
        ),
        act=_("Correct the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def eligible(case: Case) -> Letter:
    return Letter(
        _("Eligible: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your nomination %(nomination)s was checked against the rules and is eligible.",
                    nomination=case.nomination,
                ),
                _("It now goes to the judges. You need do nothing."),
                numbered(case),
            ),
            *reason(case),
        ),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def ineligible(case: Case) -> Letter:
    until = case.when("appeal_until") or case.when("until")
    return Letter(
        _("Not eligible: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your nomination %(nomination)s was checked against the rules and is not eligible.",
                    nomination=case.nomination,
                ),
                numbered(case),
            ),
            *_reasons(case),
            *reason(case),
            text(
                _("If you think that this is wrong, you may appeal once."),
                _("The appeal must be there by %(when)s.", when=until) if until else "",
                _("Somebody else than before decides on it."),
            ),
            text(_("Your text is kept, and you can still read it and copy from it.")),
        ),
        act=_("Read the reasons, and appeal"),
        link=case.link,
        why=as_writer(case),
    )


def numbered(case: Case) -> str:
    """The number under which a decision is kept."""
    number = case.said("decision", 10)
    return _("It is decision %(number)s.", number=number) if number else ""


def _reasons(case: Case) -> tuple[Part, ...]:
    """The rules that were not met, each in words."""
    found = [_sentence(case, it) for it in case.items("reasons")]
    return (text(_("Why:")), listed(found)) if any(found) else ()


def _sentence(case: Case, found: Json) -> str:
    """A finding, {"kind": ..., "data": {...}}, as on its page, strangers' words in it made harmless."""
    if not isinstance(found, dict):
        return ""
    data = found.get("data")
    said = {key: _harmless(it) for key, it in data.items()} if isinstance(data, dict) else {}
    return findings.sentence(str(found.get("kind", "")), said, case.field)


def _harmless(said: Json) -> Json:
    """Keys and days stay as they are, to be looked up; other texts are made harmless."""
    return untrusted.line(said) if isinstance(said, str) and not KEY.fullmatch(said) else said


def appeal_received(case: Case) -> Letter:
    at, number = case.when("at"), case.said("decision", 10)
    return Letter(
        _("Your appeal has arrived: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your appeal for the nomination %(nomination)s has arrived.",
                    nomination=case.nomination,
                ),
                _("It was received on %(when)s.", when=at) if at else "",
                _("It is against decision %(number)s.", number=number) if number else "",
                _("Somebody who did not take the first decision decides on it."),
            ),
            text(_("You will get a message when it is decided. Until then you need do nothing.")),
        ),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def appeal_decided(case: Case) -> Letter:
    upheld = case.is_so("upheld")
    subject = (
        _("Your appeal succeeded: %(nomination)s", nomination=case.short)
        if upheld
        else _("Your appeal did not succeed: %(nomination)s", nomination=case.short)
    )
    what = (
        _(
            "Your appeal for the nomination %(nomination)s succeeded. It is eligible and goes to the judges.",
            nomination=case.nomination,
        )
        if upheld
        else _(
            "Your appeal for the nomination %(nomination)s did not succeed. It stays not eligible, "
            "and this is the last word on it.",
            nomination=case.nomination,
        )
    )
    return Letter(
        subject,
        parts(text(what, numbered(case)), *(() if upheld else _reasons(case)), *reason(case)),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )


def category_move(case: Case) -> Letter:
    """A nomination was moved to another category, which its nominator has agreed to."""
    arguments = case.arguments
    here = case.name("categories", arguments.get("from"))
    there = case.name("categories", arguments.get("to") or arguments.get("category"))
    return Letter(
        _("Another category: %(nomination)s", nomination=case.short),
        parts(
            text(
                _(
                    "Your nomination %(nomination)s now stands in the category %(category)s.",
                    nomination=case.nomination,
                    category=there,
                ),
                _("Before it stood in %(category)s.", category=here) if here else "",
                _("Nothing else of it was changed."),
            ),
            *reason(case),
        ),
        act=_("See the nomination"),
        link=case.link,
        why=as_writer(case),
    )

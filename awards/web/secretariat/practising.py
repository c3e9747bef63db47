"""Practice nominations as organisers write them: a text, what a panel gave, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from awards import editions, practice
from awards.extensions import db
from awards.models import PracticeNomination
from awards.practice import Draft, Fault, MarkedAlready, NotOffered, Unfit
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.language import NAMES
from awards.web.secretariat.frame import PRACTICE, Answer, back_to, blueprint, face_of, may, posted, show
from awards.web.texts import Names, choose
from judging.rules import Rules

TAB = "panel.judges"
MOST_DIGITS = 4
BETWEEN = re.compile(r"[\s,;/·、]+")
FAULTS = {
    Fault.MISSING: _l("This is missing."),
    Fault.TOO_LONG: _l("This is too long: a title has at most 200 characters, a text 10,000."),
    Fault.NOT_MARKS: _l("Write whole numbers of the scale, with spaces between them."),
    Fault.UNEVEN: _l("Write as many marks as for the first criterion: one for each judge of the panel."),
    Fault.TOO_FEW: _l("Write the marks of two judges at least."),
    Fault.TOO_MANY: _l("Write the marks of 20 judges at most."),
}


@blueprint.get("/<edition>/practice", endpoint="practice")
@audience(Audience.ORGANISER)
def index(edition: str) -> str:
    session, here = db.session(), door.edition()
    rules = editions.rules_of(session, here)
    found, marked = practice.of_edition(session, here), practice.marked(session, here)
    return show(
        "practice.html",
        TAB,
        offered=rules.practice,
        is_open=practice.is_open(here, rules),
        found=[(it, choose(_titles(it), here.language), it.id in marked) for it in found],
        categories=[(it.key, _names().name("categories", it.key)) for it in rules.categories],
        names=_names(),
    )


@blueprint.route("/<edition>/practice/new", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def practice_new(edition: str) -> Answer:
    rules = _offering()
    category = posted("category") or request.args.get("category", "")
    if category not in [it.key for it in rules.categories]:
        return back_to(PRACTICE, _("Choose a category first."), "caution")
    if sessions.filled() is None:
        return _form(rules, Draft(category), None)
    draft = _typed(rules, category)
    if request.method == "GET":
        return _form(rules, draft, None)
    try:
        practice.make(db.session(), door.edition(), draft, actor=sessions.actor(), now=sessions.now())
    except Unfit as error:
        db.session.rollback()
        return _form(rules, draft, None, error.faults), 422
    except NotOffered:
        db.session.rollback()
        return _form(rules, draft, None, over=True), 409
    db.session.commit()
    return back_to(PRACTICE, _("The practice nomination is there for judges of its category."))


@blueprint.route("/<edition>/practice/<key>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def practice_edit(edition: str, key: str) -> Answer:
    rules, found = _offering(), _find(key)
    if sessions.filled() is None:
        return _form(rules, practice.draft_of(found), found)
    draft = _typed(rules, found.category)
    if request.method == "GET":
        return _form(rules, draft, found)
    try:
        practice.edit(db.session(), door.edition(), found, draft, actor=sessions.actor(), now=sessions.now())
    except Unfit as error:
        db.session.rollback()
        return _form(rules, draft, found, error.faults), 422
    except (NotOffered, MarkedAlready) as error:
        db.session.rollback()
        return _form(rules, draft, found, over=isinstance(error, NotOffered)), 409
    db.session.commit()
    return back_to(PRACTICE, _("Saved."))


@blueprint.route("/<edition>/practice/<key>/end", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def practice_end(edition: str, key: str) -> Answer:
    """What follows, then the act."""
    found = _find(key)
    if request.method == "GET":
        return show("practice_end.html", TAB, it=found, title=choose(_titles(found), door.edition().language))
    practice.end(db.session(), door.edition(), found, actor=sessions.actor(), now=sessions.now())
    db.session.commit()
    return back_to(PRACTICE, _("Ended: judges don't find it any more."))


def _offering() -> Rules:
    """The rules, where they offer practice; 404 where they don't."""
    rules = editions.rules_of(db.session(), door.edition())
    if not rules.practice:
        abort(404)
    return rules


def _find(key: str) -> PracticeNomination:
    found = practice.find(db.session(), door.edition(), key) if door.IDENTIFIER.fullmatch(key) else None
    return found if found is not None else abort(404)


def _names() -> Names:
    here = door.edition()
    return Names(face_of(here).texts, here.language)


def _titles(it: PracticeNomination) -> dict[str, str]:
    return {tag: str(text["title"]) for tag, text in it.texts.items()}


def _typed(rules: Rules, category: str) -> Draft:
    def by_language(name: str) -> dict[str, str]:
        return {tag: posted(f"{name}-{tag}") for tag in rules.languages}

    asked = rules.category(category).criteria
    given = {key: _marks(posted(f"panel-{key}")) for key in asked}
    return Draft(category, by_language("title"), by_language("body"), by_language("comment"), given)


LABELS = {
    "title": _l("Title"),
    "body": _l("Text of the nomination"),
    "comment": _l("Why the panel marked it so"),
}


def _label(names: Names, name: str) -> str:
    """What a field of the form is called, with its language."""
    what, _hyphen, key = name.partition("-")
    if what == "panel":
        return str(names.name("criteria", key))
    return f"{LABELS[what]} ({NAMES.get(key, key)})" if what in LABELS else _("Category")


def _marks(said: str) -> tuple[int, ...] | None:
    """Marks as they were typed in a row; None where one is no number."""
    found = [it for it in BETWEEN.split(said) if it]
    if any(not it.isascii() or not it.isdecimal() or len(it) > MOST_DIGITS for it in found):
        return None
    return tuple(int(it) for it in found)


def _form(
    rules: Rules,
    draft: Draft,
    found: PracticeNomination | None,
    faults: Mapping[str, Fault] | None = None,
    *,
    over: bool = False,
) -> str:
    session, names = db.session(), _names()
    filled = sessions.filled() is not None
    wrong = {name: str(FAULTS[fault]) for name, fault in (faults or {}).items()}
    return show(
        "practice_form.html",
        TAB,
        it=found,
        draft=draft,
        category=names.name("categories", draft.category),
        languages=[(tag, NAMES.get(tag, tag), tag == rules.working_language) for tag in rules.languages],
        criteria=[
            (
                key,
                names.name("criteria", key),
                posted(f"panel-{key}") if filled else " ".join(map(str, draft.panel.get(key) or ())),
            )
            for key in rules.category(draft.category).criteria
        ],
        scale=rules.scale,
        fixed=found is not None and practice.is_marked(session, found),
        over=over or not practice.is_open(door.edition(), rules),
        wrong=wrong,
        listed_wrong={name: f"{_label(names, name)}: {says}" for name, says in wrong.items()},
        may_write=may(Audience.ORGANISER, reading=False),
    )

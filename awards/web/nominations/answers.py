"""A section of the draft: read, saved half-filled, and never over what somebody else has saved meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from awards import drafts, fields, sections
from awards.drafts import Clash
from awards.extensions import db
from awards.fields import Fault
from awards.models import Account, NominationRevision
from awards.sections import Section
from awards.web import sessions, words
from awards.web.access import Audience, audience
from awards.web.nominations import says
from awards.web.nominations.desk import Desk, desk
from judging.rules import Field
from judging.values import Json

Posted = MultiDict[str, str]
Answers = dict[str, Json]
KEEP = "keep-"
THEIRS, MINE = "theirs", "mine"
TO_FILES = "to-files"
"""The button that saves the section and goes on to the page of a file field, which takes no typed text with it."""

SIMPLE = frozenset(["line", "text", "number", "date", "choice"])


@dataclass
class Page:
    """A section as it is shown: the stored answers, over them what was typed and could not be saved."""

    desk: Desk
    section: Section
    typed: Answers = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    closed: bool = False
    more: str = ""
    made_from: str = ""

    @property
    def answers(self) -> Answers:
        return sections.answers(self.desk.said, self.desk.rules) | self.typed

    @property
    def base(self) -> str:
        """The revision that the form is made from; a form given back keeps its own."""
        return self.made_from or str(self.desk.revision.number)

    @property
    def asked(self) -> list[str]:
        return [it.key for it in self.section.fields if is_asked(self.desk, it)]

    def language(self, question: Field) -> str:
        return sections.language_of(question, self.desk.said, self.desk.rules)

    def faults_of(self, question: Field) -> tuple[Fault, ...]:
        return tuple(it for it in self.faults if it.field == question.key)


def init_app(blueprint: Blueprint) -> None:
    address = "/nominations/<nomination>/<section>"
    blueprint.add_url_rule(address, "section", section, methods=["GET", "POST"])


@audience(Audience.NOMINATOR)
def section(nomination: str, section: str) -> str | Response | tuple[str, int]:
    form = sessions.filled()
    here = desk(form)
    found = next((it for it in here.sections if it.page == section), None)
    if found is None:
        abort(404)
    if request.method == "POST":
        return _save(nomination, here, found, request.form)
    typed = read(here, found, form) if form is not None and here.is_written else {}
    missing = "missing" in request.args
    faults = sections.faults(found, here.said, here.rules, missing=missing)
    made_from = str(_base_of(form)) if typed and form is not None else ""
    return _show(Page(here, found, typed, faults, more=request.args.get("more", ""), made_from=made_from))


def is_asked(here: Desk, question: Field) -> bool:
    """Whether a question is answered on the page of its section; files have pages of their own."""
    return question.kind not in fields.FILES and here.may_change(question)


def read(here: Desk, found: Section, form: Posted) -> Answers:
    """The answers in a posted form; a question that it didn't ask is none of its affair."""
    asked = set(form.getlist("asked"))
    return {
        it.key: fields.posted(it, form)
        for it in found.fields
        if it.key in asked and is_asked(here, it) and (it.kind not in SIMPLE or it.key in form)
    }


def _save(nomination: str, here: Desk, found: Section, form: Posted) -> str | Response | tuple[str, int]:
    if not here.is_written:
        return _show_closed(here, found, form)
    given = read(here, found, form)
    refused = tuple(_refused(here, found, given))
    bad = {it.field for it in refused}
    unsettled = _unsettled(form, given)
    if lost := _closed_meanwhile(here, found, form):
        return _keep_open(here, found, form, given, lost, bad | set(unsettled))
    if unsettled:
        return _show_clash(here, found, given, list(given), refused)
    given = {key: value for key, value in given.items() if form.get(f"{KEEP}{key}") != THEIRS}
    good = {key: value for key, value in given.items() if key not in bad}
    clashes = _store(here, good, _base_of(form))
    db.session.commit()
    now_here = desk(form)
    if clashes:
        keys = [it.key for it in clashes] + _changed_since(now_here, _base_of(form), bad)
        return _show_clash(now_here, found, given, keys, refused)
    if refused:
        typed = {key: value for key, value in given.items() if key in bad}
        return _show(Page(now_here, found, typed, refused), status=422)
    return _go_on(nomination, now_here, found, form)


def _closed_meanwhile(here: Desk, found: Section, form: Posted) -> Answers:
    """What was typed in answer to questions that the form asked and that are not open any more."""
    asked, stored = set(form.getlist("asked")), sections.answers(here.said, here.rules)
    typed = {
        it.key: fields.posted(it, form)
        for it in found.fields
        if it.key in asked and it.kind not in fields.FILES and not here.may_change(it)
        if it.kind not in SIMPLE or it.key in form
    }
    return {key: value for key, value in typed.items() if not drafts.same(value, stored.get(key))}


def _keep_open(
    here: Desk, found: Section, form: Posted, given: Answers, lost: Answers, bad: Collection[str]
) -> tuple[str, int]:
    """Save what is open still; the rest of what was typed stands in the page, to be copied."""
    given = {key: value for key, value in given.items() if form.get(f"{KEEP}{key}") != THEIRS}
    good = {key: value for key, value in given.items() if key not in bad}
    clashing = {it.key for it in _store(here, good, _base_of(form))}
    db.session.commit()
    typed = lost | {key: value for key, value in given.items() if key in bad or key in clashing}
    answer = _show(Page(desk(form), found, typed, closed=True), status=409)
    assert isinstance(answer, tuple)
    return answer


def _changed_since(here: Desk, base: int, keys: Collection[str]) -> list[str]:
    """Of some questions those that somebody else has answered anew since a revision."""
    older = drafts.revision(db.session(), here.nomination, base)
    before = sections.answers(drafts.said_by(older), here.rules) if older is not None else {}
    stored = sections.answers(here.said, here.rules)
    return [key for key in keys if not drafts.same(before.get(key), stored.get(key))]


def _store(here: Desk, given: Answers, base: int) -> tuple[Clash, ...]:
    """Save what can be saved; of what two people changed nothing is, and both texts come back."""
    changes = sections.changes(given, here.said, here.rules)
    if here.open_fields is not None:
        changes = {key: value for key, value in changes.items() if key in given}
    try:
        _change(here, changes, base)
    except drafts.StaleDraft as stale:
        clashing = {clash.key for clash in stale.clashes}
        _change(here, {key: value for key, value in changes.items() if key not in clashing}, base)
        return stale.clashes
    return ()


def _change(here: Desk, changes: Mapping[str, Json], base: int) -> NominationRevision:
    return drafts.change(
        db.session(), here.nomination, changes, base=base, actor=sessions.actor(), now=here.now
    )


def _base_of(form: Posted) -> int:
    """The revision that the form was made from; what isn't a number is older than all."""
    base = form.get("base", "")
    return int(base) if base.isascii() and base.isdigit() and len(base) < 9 else 0


def _refused(here: Desk, found: Section, given: Answers) -> Iterable[Fault]:
    for question in found.fields:
        if question.key in given:
            language = sections.language_of(question, here.said, here.rules)
            yield from sections.unstorable(question, given[question.key], language)


def _unsettled(form: Posted, given: Answers) -> list[str]:
    """The clashing questions for which nobody has chosen yet which text is to stand."""
    if "clash" not in form:
        return []
    return [key for key in given if form.get(f"{KEEP}{key}") not in (THEIRS, MINE)]


def _go_on(nomination: str, here: Desk, found: Section, form: Posted) -> Response:
    """To the next section, or to this one again where something is wrong or the person stays."""
    if not here.is_open:
        flash(_("The deadline has passed. What you wrote is kept, and it is not submitted."), "caution")
        return redirect(url_for("nominations.show", nomination=nomination), 303)
    if more := form.get("more", "")[:64]:
        return redirect(here.address(found.page, more=more, _anchor=f"field-{more}"), 303)
    files = [it.key for it in found.fields if it.kind in fields.FILES]
    if (wanted := form.get(TO_FILES)) in files:
        return redirect(url_for("files.field", nomination=nomination, field=wanted), 303)
    wrong = sections.faults(found, here.said, here.rules, missing=False)
    if "next" in form and not wrong:
        flash(_("Saved."), "done")
        home = url_for("nominations.show", nomination=nomination)
        return redirect(here.after(found.page) or home, 303)
    flash(_("Saved, with something to mend.") if wrong else _("Saved."), "caution" if wrong else "done")
    return redirect(here.address(found.page), 303)


def _show(page: Page, *, status: int = 200) -> str | tuple[str, int]:
    here = page.desk
    pages = [it.page for it in here.sections]
    place = pages.index(page.section.page)
    shown = render_template(
        "nominations/section.html",
        page=page,
        desk=here,
        section=page.section,
        number=place + 1,
        of=len(pages),
        before=pages[place - 1] if place else None,
        words=words,
        says=says,
        fields=fields,
        is_asked=is_asked,
        specimen=here.edition.specimen,
    )
    return (shown, status) if status != 200 else shown


def _show_closed(here: Desk, found: Section, form: Posted) -> tuple[str, int]:
    """What was typed stands in the page, to be copied: it can't be saved any more."""
    asked = set(form.getlist("asked"))
    typed = {
        it.key: fields.posted(it, form)
        for it in found.fields
        if it.key in asked and it.kind not in fields.FILES
    }
    answer = _show(Page(here, found, typed, closed=True), status=409)
    assert isinstance(answer, tuple)
    return answer


def _show_clash(
    here: Desk, found: Section, given: Answers, keys: Collection[str], refused: tuple[Fault, ...]
) -> tuple[str, int]:
    """Both texts of each question in dispute, and what can't be stored with its faults."""
    bad = {it.field for it in refused}
    stored = sections.answers(here.said, here.rules)
    author = db.session.get(Account, here.revision.author_id) if here.revision.author_id else None
    shown = render_template(
        "nominations/clash.html",
        desk=here,
        page=Page(here, found, given, refused),
        section=found,
        asked=[it for it in found.fields if it.key in keys],
        refused=[it for it in found.fields if it.key in bad and it.key not in keys],
        theirs=stored,
        author=author,
        words=words,
        specimen=here.edition.specimen,
    )
    return shown, 409

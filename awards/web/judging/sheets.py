"""One nomination with its score sheet: reading it, saving it half-done or whole, submitting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from awards import dossiers, scoring
from awards.extensions import db
from awards.marking import MarksClosed
from awards.models import Assignment
from awards.queues import Item, Progress
from awards.scoring import Content
from awards.web import sessions
from awards.web.access import Audience, audience
from awards.web.judging import card, clashing
from awards.web.judging.card import COMMENT, FEEDBACK, Typed
from awards.web.judging.routes import Answer, Reader, blueprint, reader, show
from awards.web.words import tidy, tidy_text


@blueprint.route("/n/<path:reference>", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def sheet(reference: str, **_edition: str) -> Answer:
    here = reader(reference)
    item = here.queue.find(reference)
    form = sessions.filled()
    if item is None:
        return gone(here, reference, form)
    if form is None:
        return _page(here, item, item.content, base=item.number)
    typed = card.read(form, here.seat.rules, item.category)
    if not here.is_open:
        return _closed(here, item, typed)
    if request.method == "GET":
        return _page(here, item, typed.content, base=card.base_of(form), wrong=typed.wrong)
    return _save(here, item, form, typed)


def _save(here: Reader, item: Item, form: MultiDict[str, str], typed: Typed) -> Answer:
    base = card.base_of(form)
    if clashing.CLASH in form:
        settled = clashing.settle(form, item, typed.content)
        if settled is None:
            return clashing.show_both(here, item, typed, undecided=True)
        typed = Typed(settled, typed.wrong)
    if typed.wrong:
        return _page(here, item, typed.content, base=base, wrong=typed.wrong), 422
    assignment = db.session.get_one(Assignment, item.assignment)
    who = {"opened": here.seat.opened, "actor": sessions.actor(), "now": sessions.now()}
    try:
        version = scoring.save(db.session(), here.edition, assignment, typed.content, base=base, **who)  # type: ignore[arg-type]
    except scoring.StaleSheet:
        db.session.rollback()
        again = reader(item.reference)
        return clashing.show_both(again, again.queue.find(item.reference) or item, typed)
    except MarksClosed:
        db.session.rollback()
        return _closed(here, item, typed)
    except scoring.NotAssigned:
        db.session.rollback()
        return gone(reader(item.reference), item.reference, form)
    except scoring.Incomplete as error:
        db.session.rollback()
        wrong = card.missing(error.keys)
        return _page(here, item, typed.content, base=base, wrong=wrong, stays=True), 422
    act, number = form.get("act"), version.number if version else 0
    if act == "submit":
        try:
            scoring.submit(db.session(), here.edition, assignment, **who)  # type: ignore[arg-type]
        except scoring.Incomplete as error:
            db.session.commit()
            again = reader(item.reference)
            now_there = again.queue.find(item.reference) or item
            return _page(
                again, now_there, typed.content, base=number, wrong=card.missing(error.keys), kept=True
            ), 422
    db.session.commit()
    return _go_on(here.edition.key, item.reference, act or "save", number)


def _go_on(edition: str, reference: str, act: str, number: int) -> Answer:
    """To the next nomination or this one again, with a word on what was done."""
    here = reader(reference)
    item = here.queue.find(reference)
    assert item is not None
    flash(_done(here, item, act, number), "done")
    if act == "save":
        return sessions.lead(
            url_for("judging.sheet", edition=edition, reference=reference, _anchor="scorecard")
        )
    following = here.after(reference)
    if following is None:
        return sessions.lead(url_for("judging.queue", edition=edition))
    return sessions.lead(url_for("judging.sheet", edition=edition, reference=following.reference))


def _done(here: Reader, item: Item, act: str, number: int) -> str:
    if act == "submit":
        return _(
            "The sheet of %(reference)s is submitted. You can change it while the round is open for you.",
            reference=item.reference,
        )
    if not number:
        return _("Nothing was given yet, so nothing was saved.")
    asked = len(here.seat.rules.category(item.category).criteria)
    said = _(
        "%(reference)s is saved as version %(number)d: %(given)d of %(all)d marks.",
        reference=item.reference,
        number=number,
        given=len(item.marks or {}),
        all=asked,
    )
    if item.progress is Progress.COMPLETE:
        return " ".join((said, _("It counts once you submit it.")))
    return said


def _page(
    here: Reader,
    item: Item,
    content: Content,
    *,
    base: int,
    wrong: Mapping[str, str] | None = None,
    stays: bool = False,
    kept: bool = False,
) -> str:
    """The dossier and the card. `stays`: a submitted sheet can't lose marks; `kept`: all was saved, not submitted."""
    before, after = here.queue.beside(item.reference)
    found = dossiers.of_nomination(
        db.session(), here.edition, item.nomination, rules=here.seat.rules, texts=here.seat.texts
    )
    return show(
        "sheet.html",
        here,
        item=item,
        place=here.queue.place(item.reference),
        before=before,
        after=after,
        card=card.card(here, item, content, base=base, wrong=wrong),
        dossier=found if here.reads_files else replace(found, file_fields=(), files=(), missing=()),
        held_back=bool(found.files) and not here.reads_files,
        stays=stays,
        kept=kept,
    )


def _closed(here: Reader, item: Item, typed: Typed) -> tuple[str, int]:
    """Nothing is saved any more; what was typed stands there to be copied."""
    shown = card.card(here, item, typed.content, base=0, wrong=typed.wrong)
    return show("closed.html", here, item=item, card=shown, reference=item.reference), 409


def gone(here: Reader, reference: str, form: MultiDict[str, str] | None = None) -> tuple[str, int]:
    """The nomination was taken off this judge meanwhile; what was typed stands there to be copied. 404 for others'."""
    if reference not in here.queue.gone:
        abort(404)
    if form is None:
        return show("closed.html", here, item=None, reference=reference), 404
    marks = [
        (name.removeprefix(card.MARK), tidy(said)[:20])
        for name, said in form.items()
        if name.startswith(card.MARK) and name.removeprefix(card.MARK) in _criteria(here)
    ]
    texts = {name: tidy_text(form.get(name)) for name in (COMMENT, FEEDBACK)}
    return show("closed.html", here, item=None, reference=reference, marks=marks, texts=texts), 409


def _criteria(here: Reader) -> set[str]:
    return {criterion.key for criterion in here.seat.rules.criteria}

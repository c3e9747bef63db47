"""Two sheets for one nomination: what was typed beside what was saved elsewhere meanwhile, field by field."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from awards.queues import Item
from awards.scoring import Content
from awards.web import sessions
from awards.web.judging import card
from awards.web.judging.card import COMMENT, FEEDBACK, Typed
from awards.web.judging.routes import Answer, Reader, show

THEIRS, MINE = "theirs", "mine"
KEEP = "keep-"
CLASH = "clash"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field for which two things were given. Marks are whole numbers or nothing, texts texts."""

    field: str
    name: object
    stands: object
    mine: object
    is_text: bool
    kept: str


def show_both(here: Reader, item: Item, typed: Typed, *, undecided: bool = False) -> Answer:
    """Both sheets, field by field: what stands and what was typed; nothing is lost and nothing saved yet."""
    filled = card.card(here, item, typed.content, base=item.number, wrong=typed.wrong)
    stands = item.content
    found = [
        Difference(line.field, line.name, stands.marks.get(line.key), line.mark, False, _kept(line.field))
        for line in filled.lines
        if stands.marks.get(line.key) != line.mark
    ]
    names = {COMMENT: _("Comment for the panel"), FEEDBACK: _("Feedback for the nominee")}
    found += [
        Difference(name, names[name], getattr(stands, name), getattr(typed.content, name), True, _kept(name))
        for name in names
        if getattr(stands, name) != getattr(typed.content, name)
    ]
    if not found:
        flash(_("What you sent is what was saved already."), "calm")
        return sessions.lead(
            url_for("judging.sheet", edition=here.edition.key, reference=item.reference, _anchor="scorecard")
        )
    fields = {it.field for it in found}
    same: list[tuple[str, object]] = [
        (line.field, line.mark) for line in filled.lines if line.field not in fields and line.mark is not None
    ]
    same += [(name, getattr(stands, name)) for name in names if name not in fields]
    page = show(
        "clash.html", here, item=item, differences=found, same=same, undecided=undecided, wrong=typed.wrong
    )
    return page, 422 if undecided else 409


def _kept(name: str) -> str:
    return request.form.get(f"{KEEP}{name}", "") if CLASH in request.form else ""


def settle(form: MultiDict[str, str], item: Item, mine: Content) -> Content | None:
    """The sheet as it was chosen, field by field or as a whole; None while a field is undecided."""
    if card.base_of(form) != item.number:
        return mine
    whole = form.get("act")
    stands = item.content
    if whole in (f"all-{THEIRS}", f"all-{MINE}"):
        return stands if whole == f"all-{THEIRS}" else mine
    marks: dict[str, int] = {}
    for key in dict.fromkeys([*stands.marks, *mine.marks]):
        side = _side(form, f"{card.MARK}{key}", stands.marks.get(key) == mine.marks.get(key))
        if side is None:
            return None
        chosen = (stands if side == THEIRS else mine).marks.get(key)
        if chosen is not None:
            marks[key] = chosen
    texts = {}
    for name in (COMMENT, FEEDBACK):
        side = _side(form, name, getattr(stands, name) == getattr(mine, name))
        if side is None:
            return None
        texts[name] = getattr(stands if side == THEIRS else mine, name)
    return Content(marks, texts[COMMENT], texts[FEEDBACK])


def _side(form: MultiDict[str, str], name: str, same: bool) -> str | None:
    said = MINE if same else form.get(f"{KEEP}{name}")
    return said if said in (THEIRS, MINE) else None

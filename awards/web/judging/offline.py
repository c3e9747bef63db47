"""The pack to print and the workbook to fill in without a connection, and its way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from awards import editions, filling, marking, packs, scoring, workbooks
from awards.extensions import db
from awards.filling import Returned
from awards.packs import Pack
from awards.scoring import Content
from awards.uploads import Refusal, UploadRefused
from awards.uploads.values import MOST_BYTES
from awards.web import door, downloads, refusals, sessions, words
from awards.web.access import Audience, audience
from awards.web.face import faces_of
from awards.web.judging.routes import Reader, blueprint, reader
from awards.web.texts import Names
from awards.web.words import Words, tidy, tidy_text
from awards.workbooks import Became, Line, Wording

BECAME: Words = {
    Became.SAVED: _l("Saved"),
    Became.SAME: _l("Nothing new"),
    Became.LEFT: _l("Left alone, for it is blank"),
    Became.STALE: _l("Not taken: you have saved this sheet on the site since you downloaded the workbook"),
    Became.NOT_A_MARK: _l("Not taken: not a mark of the scale"),
    Became.FORMULA: _l("Not taken: a formula. Write the number itself"),
    Became.TOO_LONG: _l("Not taken: the text is longer than 20,000 characters"),
    Became.TWICE: _l("Not taken: the row is there more than once"),
    Became.NOT_IN_PACK: _l("Not taken: this nomination is not yours to mark, or not any more"),
    Became.REVISED: _l(
        "Not taken: the nomination was changed since you downloaded the workbook. Read it again"
    ),
    Became.WOULD_BE_INCOMPLETE: _l("Not taken: the sheet is submitted, so no mark may be missing"),
}
REFUSED: Mapping[type[Exception], object] = {
    workbooks.AnothersPack: _l(
        "This workbook was made for another judge. Nothing of it was taken. Upload the one you downloaded yourself."
    ),
    workbooks.AnotherEdition: _l(
        "This workbook is of another edition or another round. Nothing of it was taken. Download the one of this page."
    ),
    workbooks.OtherRules: _l(
        "The rules have changed since this workbook was made. Nothing of it was taken. Download it again and copy your "
        "marks into it."
    ),
    marking.MarksClosed: _l("Marks are closed. Nothing of the workbook was taken."),
}
SHOWN_TEXT = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the report in words."""

    line: Line
    says: str
    names: str

    @property
    def is_refused(self) -> bool:
        return self.line.became in workbooks.REFUSED


@dataclass(frozen=True, slots=True)
class Side:
    """What stands on the site, or in the workbook, by the names of the criteria."""

    marks: tuple[tuple[str, str], ...]
    comment: str
    feedback: str


@blueprint.route("/offline", methods=["GET", "POST"])
@audience(Audience.JUDGE)
def offline(**_edition: str) -> str | AnyResponse | tuple[str, int]:
    """Downloads, and the workbook's way back: sound rows are saved, and every row is reported."""
    here = reader()
    if request.method != "POST":
        return _page(here)
    if request.form.get("act") == "take":
        return _take_over(here)
    sent = request.files.get("workbook")
    if sent is None or not sent.filename:
        return _page(here, wrong=_("Choose the workbook that you have filled in.")), 422
    return _take(sent)


@blueprint.get("/offline/sheets.pdf")
@audience(Audience.JUDGE)
def printed(**_edition: str) -> Response:
    """One's own pack, in the language of the page."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)
    from awards.web.papers import packs as papers  # noqa: PLC0415 (as above)

    pack = _need_pack()
    made = papers.pack(db.session(), door.edition(), pack, with_texts=request.args.get("texts") == "1")
    return downloads.download(print_paper(made), downloads.PDF, f"{door.edition().key}-sheets.pdf")


@blueprint.get("/offline/marks.xlsx")
@audience(Audience.JUDGE)
def workbook(**_edition: str) -> Response:
    session, edition, pack = db.session(), door.edition(), _need_pack()
    made = workbooks.make(session, edition, pack, _wording(pack), now=sessions.now())
    return downloads.download(made, downloads.XLSX, f"{edition.key}-marks.xlsx")


def _pack(here: Reader) -> Pack | None:
    return packs.of_judge(db.session(), here.edition, here.judge)


def _need_pack(here: Reader | None = None) -> Pack:
    found = _pack(here or reader())
    if found is None or not found.assignments:
        abort(404)
    return found


def _take(sent: FileStorage) -> str | tuple[str, int]:
    returned = _look_through(sent)
    here = reader()
    if isinstance(returned, str):
        return _page(here, wrong=returned), 422
    session, edition = db.session(), door.edition()
    try:
        lines = workbooks.take(
            session,
            edition,
            door.judge(),
            returned,
            opened=here.seat.opened,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except tuple(REFUSED) as error:
        session.rollback()
        return _page(here, wrong=str(REFUSED[type(error)])), 422
    session.commit()
    told = _told(lines)
    return _page(here, told=told), 422 if any(it.is_refused for it in told) else 200


def _look_through(sent: FileStorage) -> Returned | str:
    """What came back in the file, or why it is not taken."""
    try:
        with door.stepped_out():
            return workbooks.read(sent.filename or "", sent.stream.read(MOST_BYTES + 1))
    except filling.NotAWorkbook:
        return _(
            "This is not a workbook of ours, or a part of it is gone. Download it again and copy your marks into it."
        )
    except UploadRefused as error:
        if error.refusal is Refusal.TYPE:
            return _(
                "This is not an Excel workbook (.xlsx). Upload the one that you downloaded here, filled in."
            )
        return refusals.refused(error)


def _take_over(here: Reader) -> AnyResponse | tuple[str, int]:
    """What was ticked of the rows that differ from what was saved on the site."""
    session, edition, pack = db.session(), door.edition(), _need_pack(here)
    taken = left = 0
    for code in request.form.getlist("take")[: len(pack.assignments)]:
        assignment = pack.by_code.get(code)
        if assignment is None:
            left += 1
            continue
        base = tidy(request.form.get(f"{code}-base"))
        try:
            workbooks.take_over(
                session,
                edition,
                assignment,
                _sent(pack, code, assignment.nomination.category),
                base=int(base) if base.isascii() and base.isdecimal() and len(base) < 9 else 0,
                opened=here.seat.opened,
                actor=sessions.actor(),
                now=sessions.now(),
            )
            taken += 1
        except (
            scoring.NotAssigned, scoring.NotAMark, scoring.StaleSheet, scoring.Incomplete, marking.MarksClosed
        ):  # fmt: skip
            left += 1
    session.commit()
    if left:
        says = _(
            "Not every row could be taken: the sheet was saved again, or marks are closed. Upload the workbook again."
        )
        flash(says, "alarm")
    if taken or not left:
        flash(ngettext("%(num)d sheet was taken over.", "%(num)d sheets were taken over.", taken), "done")
    return redirect(url_for("judging.offline", edition=edition.key), 303)


def _sent(pack: Pack, code: str, category: str) -> Content:
    marks = {}
    for key in pack.rules.category(category).criteria:
        text = tidy(request.form.get(f"{code}-mark-{key}"))
        if text.isascii() and text.isdecimal() and len(text) < 5:
            marks[key] = int(text)
    texts = (tidy_text(request.form.get(f"{code}-{key}"))[: scoring.LONGEST_TEXT] for key in workbooks.TEXTS)
    return Content(marks, *texts)


def _page(here: Reader, *, wrong: str = "", told: list[Told] | None = None) -> str:
    session, edition, pack = db.session(), door.edition(), _pack(here)
    lines = told or []
    return render_template(
        "judging/offline.html",
        edition=edition,
        face=faces_of(session, [edition], sessions.now())[edition.id],
        specimen=edition.specimen,
        pack=pack,
        due=words.in_both(pack.closes, sessions.me().zone) if pack is not None and pack.closes else "",
        late=pack is not None and pack.closes is not None and not here.is_open,
        token=here.token,
        wrong=wrong,
        told=lines,
        saved=sum(it.line.became is Became.SAVED for it in lines),
        refused=[it for it in lines if it.is_refused],
        stale=[it.line for it in lines if it.line.became is Became.STALE],
        side_of=_side,
    )


def _told(lines: list[Line]) -> list[Told]:
    names = _names()
    return [
        Told(line, str(BECAME[line.became]), ", ".join(_column(names, key) for key in line.keys))
        for line in lines
    ]


def _column(names: Names, key: str) -> str:
    heads = _heads()
    return heads[key] if key in heads else str(names.name("criteria", key.removeprefix("mark ")))


def _side(content: Content) -> Side:
    names = _names()
    return Side(
        tuple((str(names.name("criteria", key)), str(mark)) for key, mark in content.marks.items()),
        content.comment[:SHOWN_TEXT],
        content.feedback[:SHOWN_TEXT],
    )


def _names() -> Names:
    edition = door.edition()
    return Names(editions.texts_of(db.session(), edition), edition.language)


def _heads() -> dict[str, str]:
    return {
        "reference": _("Reference"),
        "title": _("Title"),
        "city": _("City"),
        "comment": _("Comment for the panel"),
        "feedback": _("Feedback for the nominee"),
    }


def _wording(pack: Pack) -> Wording:
    """The words of the workbook, in the language of the page."""
    names, scale = _names(), pack.rules.scale
    low, high = scale.lowest, scale.highest
    due = ""
    if pack.closes is not None:
        due = _("Marks are due by %(when)s.", when=words.in_both(pack.closes, sessions.me().zone))
    says = _(
        "Write marks from %(low)d to %(high)d, whole numbers, into the light cells; comment and feedback if you wish. "
        "A row that you leave blank is left alone. Save the file and upload it on the page where you downloaded it: "
        "you are told of every row. Nothing counts before you submit it there. Keep this file to yourself.",
        low=low,
        high=high,
    )
    return Wording(
        heads=_heads(),
        criteria=lambda key: str(names.name("criteria", key)),
        categories=lambda key: str(names.name("categories", key)),
        says=f"{says} {due}".strip(),
        hint=(_("Not a mark"), _("A mark is a whole number from %(low)d to %(high)d.", low=low, high=high)),
    )

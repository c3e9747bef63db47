"""The ceremony sheet: who is called in which order, how the name is said, who comes on stage; page and PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Response, abort
from flask_babel import gettext as _

from awards import ceremonies
from awards.ceremonies import Turn
from awards.documents import printing
from awards.documents.paper import Block, Facts, Heading, Paper, Words
from awards.extensions import db
from awards.timetable import Moment
from awards.web import door, results, sessions, words
from awards.web.access import Audience, audience
from awards.web.downloads import PDF, download
from awards.web.language import current
from awards.web.papers.call import missing
from awards.web.press.routes import Answer, blueprint, show
from awards.web.results import Nominee
from awards.web.secretariat.frame import back_to, face_of, posted
from awards.web.texts import Text, choose

FIELDS = ("position", "said_as", "on_stage", "remark")


@dataclass(frozen=True, slots=True)
class Line:
    """A prize on the sheet."""

    it: Turn
    nominee: Nominee
    prize: Text
    category: Text
    citation: Text
    partners: tuple[str, ...]

    @property
    def called(self) -> str:
        read_as = self.nominee.read_as
        return f"{self.nominee.name} ({read_as})" if read_as else str(self.nominee.name)

    @property
    def placed(self) -> str:
        return " · ".join(str(it) for it in (self.nominee.city, self.nominee.country) if it)


@blueprint.get("/ceremony")
@audience(Audience.ORGANISER)
def ceremony(edition: str) -> str:  # noqa: ARG001
    """Every prize of a signed result in the order in which it is handed over."""
    lines = _lines()
    return show("ceremony.html", lines=lines, when=_when(), confidential=_confidential(lines))


@blueprint.get("/ceremony.pdf")
@audience(Audience.ORGANISER)
def ceremony_sheet(edition: str) -> Response:
    """The same to be printed for the host, confidential until all of it is public."""
    lines = _lines()
    if not lines:
        abort(404)
    return download(printing.print_paper(_paper(lines)), PDF, f"{edition}-ceremony.pdf")


@blueprint.route("/ceremony/<reference>/<prize>", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def ceremony_note(edition: str, reference: str, prize: str) -> Answer:  # noqa: ARG001
    """What the host needs for one prize."""
    line = next(
        (
            it
            for it in _lines()
            if it.it.award.nomination.reference == reference and it.it.award.prize == prize
        ),
        None,
    )
    if line is None:
        abort(404)
    turn = line.it
    noted = turn.note
    typed = {
        "position": str(noted.position or "") if noted else "",
        "said_as": turn.said_as,
        "on_stage": turn.on_stage,
        "remark": turn.remark,
    }
    if not posted("act"):
        return show("ceremony_note.html", one=line, typed=typed, wrong={})
    typed = {key: posted(key) for key in FIELDS}
    try:
        ceremonies.note(
            db.session(),
            door.edition(),
            turn.award,
            position=_position(typed["position"]),
            said_as=typed["said_as"],
            on_stage=typed["on_stage"],
            remark=typed["remark"],
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except ceremonies.NoPosition:
        db.session.rollback()
        return _wrong(line, typed, {"position": _("Write a number from 1 to 999, or leave it empty.")})
    except ceremonies.TooLong:
        db.session.rollback()
        long = {
            key: _("Write at most 300 characters.") if key == "said_as" else _("Write at most 2,000.")
            for key in FIELDS
            if len(typed[key]) > (ceremonies.LONGEST_NAME if key == "said_as" else ceremonies.LONGEST)
        }
        return _wrong(line, typed, long)
    except ceremonies.NotHandedOver:
        db.session.rollback()
        return back_to(
            "press.ceremony", _("This prize does not stand any more; nothing was kept."), "caution"
        )
    db.session.commit()
    return back_to("press.ceremony", _("Kept for the ceremony sheet."))


def _position(text: str) -> int | None:
    """A place in the order; 0 for what is no number, which no place is."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("1000") else 0


def _wrong(line: Line, typed: Mapping[str, str], wrong: Mapping[str, str]) -> tuple[str, int]:
    return show("ceremony_note.html", one=line, typed=typed, wrong=wrong), 422


def _lines() -> list[Line]:
    here = door.edition()
    names = face_of(here).names
    return [
        Line(
            it,
            results.nominee_of(it.award.names),
            names.name("prizes", it.award.prize),
            names.name("categories", it.award.category),
            choose(it.award.citations, here.language),
            tuple(str(name) for name in it.award.names.get("partners") or ()),
        )
        for it in ceremonies.turns(db.session(), here)
    ]


def _confidential(lines: list[Line]) -> bool:
    return ceremonies.is_confidential(db.session(), door.edition(), [it.it for it in lines])


def _when() -> str:
    stated = face_of(door.edition()).moment(Moment.CEREMONY)
    return words.when(stated) if stated else ""


def _paper(lines: list[Line]) -> Paper:
    face = face_of(door.edition())
    confidential = _confidential(lines)
    marked = _("Confidential") if confidential else _("Ceremony sheet")
    blocks: list[Block] = []
    if when := _when():
        blocks.append(Facts(((_("Ceremony"), when),)))
    if confidential:
        blocks.append(Words(_("Confidential until the winners are public: for the host alone.")))
    for line in lines:
        blocks += _turn(line)
    specimen = _("SPECIMEN") if face.edition.specimen else ""
    return Paper(
        language=current(),
        over=str(face.name),
        title=_("Ceremony sheet"),
        blocks=tuple(blocks),
        foot=f"{face.name} · {marked}",
        page=_("Page {number} of {count}"),
        missing=missing(),
        author=str(face.say("association")),
        specimen=_("CONFIDENTIAL") if confidential else specimen,
    )


def _turn(line: Line) -> Iterator[Block]:
    yield Heading(f"{line.it.number}. {line.category}: {line.prize}")
    pairs = (
        (_("Name"), line.called),
        (_("Said as"), line.it.said_as or _("not noted")),
        (_("City and country"), line.placed),
        (_("Project"), str(line.nominee.title)),
        (_("Together with"), ", ".join(line.partners)),
        (_("On stage"), line.it.on_stage or _("not said")),
        (_("To know"), line.it.remark),
    )
    yield Facts(tuple((name, said) for name, said in pairs if said))
    if line.citation:
        yield Words(f"“{line.citation}”")

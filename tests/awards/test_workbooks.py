"""Workbooks that judges fill in without a connection: what comes back is taken row by row, or said why not."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import editions, filling, packs, scoring, workbooks
from awards.audit import Actor
from awards.marking import MarksClosed
from awards.models import (
    Account,
    Assignment,
    Judge,
    NominationState,
    Origin,
    Reopening,
    RulesDocument,
    ScoreSheetVersion,
    SheetState,
)
from awards.scoring import Content
from awards.timetable import Phase
from awards.uploads import UploadRefused
from awards.workbooks import Became, Line, Wording
from judging.values import Round
from tests.awards.play import NOW, Play, entry, judge

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HEADS = dict.fromkeys(("reference", "title", "city", "comment", "feedback"), "Head")
WORDING = Wording(
    HEADS, criteria=str.title, categories=str.title, says="Write marks.", hint=("Wrong", "From 1 to 10")
)
Cells = Mapping[str, object]


class Train:
    """Kim, who reads on trains, with three sheets."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.play = Play(session, folder)
        self.play.nominate(entry("S-1"), entry("S-2"), entry("O-1", "openness"))
        self.play.seat(judge("kim"), judge("lee"))
        self.play.assign()
        self.session, self.edition = session, self.play.edition
        self.kim = self.judge("kim")
        self.actor = Actor(self.kim.account, self.kim.account)

    def judge(self, name: str) -> Judge:
        return self.session.scalars(
            select(Judge).join(Account).where(Account.name == f"{name.title()} Fictional")
        ).one()

    def assignment(self, reference: str) -> Assignment:
        return self.session.scalars(
            select(Assignment).where(
                Assignment.judge_id == self.kim.id,
                Assignment.nomination_id == self.play.nomination(reference).id,
            )
        ).one()

    def made(self, who: Judge | None = None) -> bytes:
        pack = packs.of_judge(self.session, self.edition, who or self.kim)
        assert pack is not None
        return workbooks.make(self.session, self.edition, pack, WORDING, now=NOW)

    def take(self, content: bytes, name: str = "marks.xlsx") -> dict[str, Line]:
        returned = workbooks.read(name, content)
        lines = workbooks.take(
            self.session, self.edition, self.kim, returned, opened=NOW, actor=self.actor, now=NOW
        )
        return {line.reference: line for line in lines}

    def save(self, reference: str, content: Content, base: int = 0) -> None:
        scoring.save(
            self.session,
            self.edition,
            self.assignment(reference),
            content,
            base=base,
            opened=None,
            actor=self.actor,
            now=NOW,
        )

    def given(self, reference: str) -> Content:
        return Content.of(scoring.latest(self.session, self.assignment(reference)))

    def versions(self) -> int:
        return self.session.scalar(select(func.count()).select_from(ScoreSheetVersion)) or 0


@pytest.fixture
def train(session: scoped_session[Session], tmp_path: Path) -> Train:
    return Train(session(), tmp_path)


def edited(content: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook as a spreadsheet program saves it after a change."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def filled(content: bytes, rows: Mapping[str, Cells]) -> bytes:
    """The workbook with cells filled in, by reference and by the key of the column."""

    def fill(book: Any) -> None:
        for sheet in book.worksheets:
            keys = {cell.value: cell.column for cell in sheet[filling.KEYS] if cell.value}
            for row in sheet.iter_rows(min_row=filling.KEYS + 2):
                cells = rows.get(str(sheet.cell(row[0].row, keys.get("reference", 1)).value), {})
                for key, value in cells.items():
                    sheet.cell(row[0].row, keys[key]).value = value

    return edited(content, fill)


def test_the_workbook_is_locked_but_for_what_is_to_be_filled_in(train: Train) -> None:
    train.save("S-1", Content({"services": 4}, "Half."))
    book = openpyxl.load_workbook(io.BytesIO(train.made()))

    assert book.sheetnames == ["Services", "Openness", "laurels"]
    assert book["laurels"].sheet_state == "veryHidden"
    sheet = book["Services"]
    keys = {cell.value: cell.column_letter for cell in sheet[3] if cell.value}
    row = {key: sheet[f"{letter}5"] for key, letter in keys.items()}
    assert (row["reference"].value, row["mark services"].value, row["comment"].value) == ("S-1", 4, "Half.")
    assert sheet.protection.sheet
    locked = {key for key, cell in row.items() if cell.protection.locked}
    assert locked == {"code", "base", "revision", "reference", "title", "city"}
    assert [sheet.column_dimensions[keys[key]].hidden for key in ("code", "base", "title")] == [
        True,
        True,
        False,
    ]
    rules = sheet.data_validations.dataValidation
    assert {(it.type, it.formula1, it.formula2) for it in rules} == {("whole", "1", "10")}


def test_what_was_filled_in_is_saved_and_the_same_file_twice_changes_nothing(train: Train) -> None:
    file = filled(
        train.made(),
        {"S-1": {"mark services": 7, "mark impact": "９", "comment": "=good"}, "O-1": {"mark impact": 3.0}},
    )
    file = filled(file, {"S-1": {"comment": "Good\r\nidea"}})

    first = train.take(file)
    again = train.take(file)

    assert [first[it].became for it in ("S-1", "S-2", "O-1")] == [Became.SAVED, Became.LEFT, Became.SAVED]
    assert [again[it].became for it in ("S-1", "S-2", "O-1")] == [Became.SAME, Became.LEFT, Became.SAME]
    assert train.given("S-1") == Content({"services": 7, "impact": 9}, "Good\nidea")
    assert train.versions() == 2
    version = scoring.latest(train.session, train.assignment("S-1"))
    assert version is not None
    assert (version.origin, version.sheet.state) == (Origin.FILE, SheetState.DRAFT)


def test_the_same_workbook_filled_in_further_goes_on_from_itself(train: Train) -> None:
    blank = train.made()
    train.take(filled(blank, {"S-1": {"mark services": 7}}))

    lines = train.take(filled(blank, {"S-1": {"mark services": 7, "mark impact": 8}}))

    assert lines["S-1"].became is Became.SAVED
    assert train.given("S-1").marks == {"services": 7, "impact": 8}


def test_what_was_saved_on_the_site_since_stays_until_the_judge_ticks_the_row(train: Train) -> None:
    file = filled(train.made(), {"S-1": {"mark services": 7}, "S-2": {"mark services": 5}})
    train.save("S-1", Content({"services": 2}))

    lines = train.take(file)

    assert (lines["S-1"].became, lines["S-2"].became) == (Became.STALE, Became.SAVED)
    assert (lines["S-1"].portal, lines["S-1"].file) == (Content({"services": 2}), Content({"services": 7}))
    assert train.given("S-1").marks == {"services": 2}
    workbooks.take_over(
        train.session,
        train.edition,
        train.assignment("S-1"),
        Content({"services": 7}),
        base=lines["S-1"].base,
        opened=NOW,
        actor=train.actor,
        now=NOW,
    )
    assert train.given("S-1").marks == {"services": 7}


def test_rows_that_can_not_be_taken_are_named_and_the_others_saved(train: Train) -> None:
    made = train.made()
    for cells, became, keys in (
        ({"mark services": 11}, Became.NOT_A_MARK, ("services",)),
        ({"mark services": 7.5}, Became.NOT_A_MARK, ("services",)),
        ({"mark services": "seven", "mark impact": -1}, Became.NOT_A_MARK, ("services", "impact")),
        ({"mark services": "=3+4"}, Became.FORMULA, ("mark services",)),
        ({"mark services": 7, "comment": "=cmd|' /C calc'!A0"}, Became.FORMULA, ("comment",)),
        ({"mark services": 7, "comment": "x" * 20_001}, Became.TOO_LONG, ("comment",)),
        ({"mark services": 7, "code": "ZZZZZZZZ"}, Became.NOT_IN_PACK, ()),
        ({"mark services": 7, "revision": 9}, Became.REVISED, ()),
    ):
        line = train.take(filled(made, {"S-1": cells, "S-2": {"mark services": 5}}))["S-1"]
        assert (line.became, line.keys) == (became, keys)
    assert train.given("S-1") == Content()
    assert train.given("S-2").marks == {"services": 5}


def test_a_submitted_sheet_stays_complete_and_a_row_stands_once(train: Train) -> None:
    train.save("S-1", Content({"services": 6, "impact": 6}))
    scoring.submit(
        train.session, train.edition, train.assignment("S-1"), opened=None, actor=train.actor, now=NOW
    )
    made = train.made()
    code = train.assignment("S-1").code

    gap = train.take(filled(made, {"S-1": {"mark impact": None}}))
    twice = train.take(filled(made, {"S-2": {"code": code, "mark services": 1}}))

    assert (gap["S-1"].became, gap["S-1"].keys) == (Became.WOULD_BE_INCOMPLETE, ("impact",))
    assert twice["S-1"].became is Became.TWICE
    assert train.given("S-1").marks == {"services": 6, "impact": 6}


def test_an_assignment_that_ended_meanwhile_is_not_taken(train: Train) -> None:
    file = filled(train.made(), {"S-1": {"mark services": 7}, "S-2": {"mark services": 5}})
    from awards.models import AssignmentState

    train.assignment("S-1").state = AssignmentState.HANDED_BACK
    train.session.flush()

    lines = train.take(file)

    assert (lines["S-1"].became, lines["S-2"].became) == (Became.NOT_IN_PACK, Became.SAVED)


def test_another_judges_workbook_or_one_of_other_rules_is_refused_whole(train: Train) -> None:
    theirs = filled(train.made(train.judge("lee")), {"S-1": {"mark services": 1, "mark impact": 1}})
    with pytest.raises(workbooks.AnothersPack):
        train.take(theirs)

    mine = filled(train.made(), {"S-1": {"mark services": 7}})

    def other(key: str, value: str) -> bytes:
        def change(book: Any) -> None:
            for row in book["laurels"].iter_rows():
                if row[0].value == key:
                    row[1].value = value

        return edited(mine, change)

    for key, refused in (("edition", workbooks.AnotherEdition), ("round", workbooks.AnotherEdition)):
        with pytest.raises(refused):
            train.take(other(key, Round.SECOND.value))
    with pytest.raises(workbooks.OtherRules):
        train.take(other("rules", "0" * 64))
    with pytest.raises(filling.NotAWorkbook):
        train.take(edited(mine, lambda book: book.remove(book["laurels"])))
    assert train.versions() == 0


def test_after_the_close_nothing_is_taken(train: Train) -> None:
    file = filled(train.made(), {"S-1": {"mark services": 7}})
    train.edition.phase = Phase.DELIBERATION
    train.session.flush()

    with pytest.raises(MarksClosed):
        train.take(file)
    assert train.versions() == 0


def test_hostile_files_are_refused_in_words_and_nothing_breaks(train: Train) -> None:
    made = train.made()
    bomb = io.BytesIO(made)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zero.bin", b"\0" * 60_000_000)
    macros = io.BytesIO(made)
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")

    for name, content in (
        ("marks.xlsx", b"reference,mark\nS-1,7\n"),
        ("marks.csv", b"reference,mark\nS-1,7\n"),
        ("marks.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("marks.csv", made),
        ("marks.xlsx", made[: len(made) // 2]),
        ("marks.xlsx", b""),
        ("marks.xlsx", bomb.getvalue()),
        ("marks.xlsx", macros.getvalue()),
    ):
        with pytest.raises(UploadRefused):
            train.take(content, name)

    def far(book: Any) -> None:
        book["Services"].cell(1_048_576, 16_384).value = 1

    lines = train.take(edited(filled(made, {"S-1": {"mark services": 7}}), far))
    assert lines["S-1"].became is Became.SAVED
    plain = openpyxl.Workbook()
    file = io.BytesIO()
    plain.save(file)
    with pytest.raises(filling.NotAWorkbook):
        train.take(file.getvalue())
    assert train.session.scalar(select(func.count()).select_from(RulesDocument)) == 1
    assert editions.rules_of(train.session, train.edition).scale.highest == 10


def test_in_a_reopened_category_a_workbook_is_taken_and_its_other_rows_are_named(train: Train) -> None:
    train.edition.phase = Phase.DELIBERATION
    train.session.add(
        Reopening(
            judge_id=train.kim.id,
            nomination_id=train.play.nomination("S-1").id,
            round=Round.FIRST,
            reason="The wrong one",
            asked_at=NOW,
            approved_at=NOW,
        )
    )
    train.session.flush()

    lines = train.take(filled(train.made(), {"S-1": {"mark services": 7}, "O-1": {"mark impact": 3}}))

    assert [lines[it].became for it in ("S-1", "O-1")] == [Became.SAVED, Became.NOT_IN_PACK]


def test_what_was_withdrawn_is_in_no_pack(train: Train) -> None:
    train.play.nomination("S-2").state = NominationState.WITHDRAWN
    train.session.flush()

    pack = packs.of_judge(train.session, train.edition, train.kim)

    assert pack is not None
    assert [it.nomination.reference for it in pack.assignments] == ["O-1", "S-1"]
    assert [number for _judge, number in packs.counted(train.session, train.edition)] == [2, 2]

"""Workbooks: a judge's sheets to be filled in without a connection, and what is taken of one that comes back."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import audit, editions, filling, marking, packs, scoring
from awards.audit import Actor
from awards.filling import Column, Filled, Leaf, Returned
from awards.models import Assignment, Edition, Judge, Origin, ScoreSheet, ScoreSheetVersion
from awards.packs import Pack
from awards.scoring import LONGEST_TEXT, Content
from awards.uploads import Kind, inspect

FORMAT = "1"
FIXED = ("code", "base", "revision", "reference", "title", "city")
TEXTS = ("comment", "feedback")
LONGEST_MARK = 4


class AnothersPack(Exception):
    """The workbook was made for another judge."""


class AnotherEdition(Exception):
    """The workbook is of another edition, or of another round."""


class OtherRules(Exception):
    """The rules have changed since the workbook was made."""


class Became(StrEnum):
    """What became of a row. LEFT: blank, so nothing was done."""

    SAVED = "saved"
    SAME = "same"
    LEFT = "left"
    STALE = "stale"
    NOT_A_MARK = "not_a_mark"
    FORMULA = "formula"
    TOO_LONG = "too_long"
    TWICE = "twice"
    NOT_IN_PACK = "not_in_pack"
    REVISED = "revised"
    WOULD_BE_INCOMPLETE = "would_be_incomplete"


REFUSED = frozenset(
    {
        Became.NOT_A_MARK, Became.FORMULA, Became.TOO_LONG, Became.TWICE, Became.NOT_IN_PACK, Became.REVISED,
        Became.WOULD_BE_INCOMPLETE,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row; `keys` names the columns at fault.

    Of a stale row `file` is what stands in the workbook and `portal` what was saved on the site meanwhile.
    """

    sheet: str
    number: int
    reference: str
    title: str
    became: Became
    keys: tuple[str, ...] = ()
    code: str = ""
    file: Content | None = None
    portal: Content | None = None
    base: int = 0


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a workbook in its judge's language."""

    heads: Mapping[str, str]
    criteria: Callable[[str], str]
    categories: Callable[[str], str]
    says: str
    hint: tuple[str, str]


def make(session: Session, edition: Edition, pack: Pack, wording: Wording, *, now: datetime) -> bytes:
    """The workbook of a pack, filled with what its judge has saved so far."""
    saved = packs.last_saved(session, pack)
    about = {
        "format": FORMAT,
        "edition": edition.key,
        "round": pack.round.value,
        "judge": pack.judge.public_id,
        "rules": pack.rules_sha256,
        "made": now.isoformat(timespec="seconds"),
    }
    return filling.write(about, [_leaf(pack, category, saved, wording) for category in pack.categories])


def read(name: str, content: bytes) -> Returned:
    """What came back in a file, looked through first. Raises UploadRefused, NotAWorkbook."""
    return filling.read(inspect(name, content, kinds=(Kind.XLSX,)).content)


def take(
    session: Session,
    edition: Edition,
    judge: Judge,
    returned: Returned,
    *,
    opened: datetime | None,
    actor: Actor,
    now: datetime,
) -> list[Line]:
    """Save what is sound of a workbook and say of every row what became of it.

    A blank row is left alone; one that was saved on the site since is not overwritten. The edition is locked, as for
    everything that keeps several sheets. `opened`: since when the form of the upload was open.
    Raises AnothersPack, AnotherEdition, OtherRules, MarksClosed: then nothing was saved.
    """
    editions.lock(session, edition)
    pack = packs.of_judge(session, edition, judge)
    marking.need_open(session, edition, judge, opened=opened, now=now)
    assert pack is not None
    about = returned.about
    if about.get("edition") != edition.key or about.get("round") != pack.round.value:
        raise AnotherEdition(about.get("edition", ""))
    if about.get("judge") != judge.public_id:
        raise AnothersPack
    if about.get("rules") != pack.rules_sha256:
        raise OtherRules
    times = Counter(row.cells.get("code", "") for row in returned.rows)
    twice = {code for code, number in times.items() if code and number > 1}
    lines = [_take_row(session, edition, pack, row, twice, opened, actor, now) for row in returned.rows]
    counts = Counter(line.became.value for line in lines)
    audit.record(
        session,
        actor=actor,
        action="workbook.taken",
        subject=judge.public_id,
        now=now,
        edition=edition,
        after={"saved": counts[Became.SAVED], "stale": counts[Became.STALE]},
    )
    return lines


def take_over(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    content: Content,
    *,
    base: int,
    opened: datetime | None,
    actor: Actor,
    now: datetime,
) -> ScoreSheetVersion | None:
    """Let the workbook's row stand over what was saved on the site, seen beside it. Raises what scoring.save does.

    Several rows are taken over in one transaction, so the edition is locked as in `take`.
    """
    editions.lock(session, edition)
    return scoring.save(
        session,
        edition,
        assignment,
        content,
        base=base,
        opened=opened,
        origin=Origin.FILE,
        actor=actor,
        now=now,
    )


def _leaf(pack: Pack, category: str, saved: Mapping[int, ScoreSheetVersion], wording: Wording) -> Leaf:
    scale, criteria = pack.rules.scale, pack.rules.category(category).criteria
    hidden = (
        Column("code", "code", 10, hidden=True),
        Column("base", "base", 6, hidden=True),
        Column("revision", "revision", 6, hidden=True),
    )
    shown = (
        Column("reference", wording.heads["reference"], 12),
        Column("title", wording.heads["title"], 34),
        Column("city", wording.heads["city"], 18),
    )
    marks = tuple(
        Column(
            f"mark {key}",
            wording.criteria(key),
            14,
            open=True,
            whole=(scale.lowest, scale.highest),
            hint=wording.hint,
        )
        for key in criteria
    )
    texts = tuple(Column(key, wording.heads[key], 44, open=True) for key in TEXTS)
    rows = []
    for it in pack.of_category(category):
        revision, version = pack.revision(it), saved.get(it.id)
        given = Content.of(version)
        rows.append(
            (
                it.code or "",
                version.number if version else 0,
                revision.number,
                it.nomination.reference,
                revision.title,
                revision.city or revision.organisation_name,
                *(given.marks.get(key, "") for key in criteria),
                given.comment,
                given.feedback,
            )
        )
    name = wording.categories(category)
    return Leaf(name, name, wording.says, (*hidden, *shown, *marks, *texts), tuple(rows))


def _take_row(
    session: Session,
    edition: Edition,
    pack: Pack,
    row: Filled,
    twice: Collection[str],
    opened: datetime | None,
    actor: Actor,
    now: datetime,
) -> Line:
    """Save what a row gives, where nothing stands against it; the line of the report."""
    left = _left_out(pack, row, twice)
    if left is not None:
        return left
    assignment, content = pack.by_code[row.cells["code"]], _content(row)
    became = partial(_line, pack, row)
    before = scoring.latest(session, assignment)
    base = _base(session, assignment, row.cells.get("base", ""))
    try:
        version = scoring.save(
            session,
            edition,
            assignment,
            content,
            base=base,
            opened=opened,
            origin=Origin.FILE,
            actor=actor,
            now=now,
        )
    except (scoring.NotAssigned, marking.MarksClosed):
        return became(Became.NOT_IN_PACK)
    except scoring.NotAMark as error:
        return became(Became.NOT_A_MARK, error.keys)
    except scoring.Incomplete as error:
        return became(Became.WOULD_BE_INCOMPLETE, error.keys)
    except scoring.StaleSheet as error:
        stands = error.latest
        return became(Became.STALE, file=content, portal=Content.of(stands), base=stands.number)
    return became(Became.SAME if version is before else Became.SAVED)


def _left_out(pack: Pack, row: Filled, twice: Collection[str]) -> Line | None:
    """What stands against a row before its sheet is looked at; None for one that can be saved."""
    code, became = row.cells.get("code", ""), partial(_line, pack, row)
    assignment = pack.by_code.get(code) if code else None
    if row.formulas:
        return became(Became.FORMULA, row.formulas)
    if _is_blank(row):
        return became(Became.LEFT)
    if assignment is None:
        return became(Became.NOT_IN_PACK)
    if code in twice:
        return became(Became.TWICE)
    if wrong := tuple(key for key, mark in _marks(row).items() if mark is None):
        return became(Became.NOT_A_MARK, wrong)
    if row.cells.get("revision") != str(pack.revision(assignment).number):
        return became(Became.REVISED)
    if too_long := tuple(key for key in TEXTS if len(row.cells.get(key, "")) > LONGEST_TEXT):
        return became(Became.TOO_LONG, too_long)
    return None


def _line(
    pack: Pack,
    row: Filled,
    became: Became,
    keys: tuple[str, ...] = (),
    *,
    file: Content | None = None,
    portal: Content | None = None,
    base: int = 0,
) -> Line:
    code = row.cells.get("code", "")
    assignment = pack.by_code.get(code) if code else None
    reference, title = row.cells.get("reference", "")[:64], row.cells.get("title", "")[:200]
    if assignment is not None:
        reference, title = assignment.nomination.reference, pack.revision(assignment).title
    return Line(row.sheet, row.number, reference, title, became, keys, code, file, portal, base)


def _is_blank(row: Filled) -> bool:
    return not any(
        value.strip() for key, value in row.cells.items() if key in TEXTS or key.startswith("mark ")
    )


def _content(row: Filled) -> Content:
    """What a row gives."""
    marks = {key: mark for key, mark in _marks(row).items() if mark is not None}
    return Content(marks, *(_tidy(row.cells.get(key, "")) for key in TEXTS))


def _marks(row: Filled) -> dict[str, int | None]:
    """The marks of a row by criterion, None where a cell holds no whole number."""
    marks: dict[str, int | None] = {}
    for key, value in row.cells.items():
        if not key.startswith("mark "):
            continue
        text = unicodedata.normalize("NFKC", value).strip()
        whole = text.isascii() and text.isdecimal() and len(text) <= LONGEST_MARK
        if text:
            marks[key.removeprefix("mark ")] = int(text) if whole else None
    return marks


def _tidy(text: str) -> str:
    """A text as pages take it in, so that what is saved on the site comes back from a workbook as the same."""
    whole = text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").replace("_x000D_", "")
    return whole.replace("\r\n", "\n").replace("\r", "\n").strip()


def _base(session: Session, assignment: Assignment, said: str) -> int:
    """The version that a row rests on: the one it was filled from, or a later one that came from a file too."""
    base = int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0
    later = session.execute(
        select(ScoreSheetVersion.number, ScoreSheetVersion.origin)
        .join(ScoreSheet)
        .where(ScoreSheet.assignment_id == assignment.id, ScoreSheetVersion.number > base)
    ).all()
    if later and all(origin is Origin.FILE for _, origin in later):
        return max(number for number, _ in later)
    return base

"""`python -m judging recount FILE [--manifest SHA256]`: count a published record again.
`python -m judging receipt FILE CODE`: show one ballot by its code in words, or an envelope by its number, and prove it.

Exit status 0 when everything agrees, 1 with the first difference in words or where nothing is found, 2 when the file is
damaged or hostile.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from judging import receipts
from judging.outcome import Outcome
from judging.receipt_words import BYTES, WORDS, CodeUnreadable, words
from judging.receipts import Proved
from judging.record import Record, RecordDamaged, read
from judging.recount import CategoryCount, Check, Difference, Recount, recount
from judging.shortlist import Standing
from judging.values import Deciding, exact, rounded

AGREES, DIFFERS, DAMAGED = 0, 1, 2

WHAT = {
    Check.RULES: "the rules are not the ones that were frozen",
    Check.SEED: "the seed of the lots is not the one whose hash was published",
    Check.LOT: "a lot was not drawn from the seed",
    Check.SHEET: "a score sheet does not fit the rules",
    Check.CALIBRATION: "the totals of the calibration do not fit the sheets and the rules",
    Check.STANDING: "the first round's standing",
    Check.SLATE: "who stands for the prizes",
    Check.BALLOT: "a ballot does not fit the rules",
    Check.COMMITMENT: "ballots and published commitments do not belong together",
    Check.LOG: "box and public log do not belong together",
    Check.TALLY: "the count of the votes",
    Check.WITHHELD: "a prize was withheld, which the rules do not allow",
    Check.RESULT: "the result",
    Check.AWARD: "a prize does not follow from the result or a decision",
}
WHY = {
    "not_linked": "the judges of this category can't be compared with each other",
    "predicts_no_better": "the fair score predicts no better what a judge gives",
    "too_few": "there are too few sheets for a fair score",
}
LONGEST = 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m judging", description="Count a published record again.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("recount", help="count again and compare with what the record states")
    command.add_argument("file", type=Path)
    command.add_argument("--manifest", metavar="SHA256", help="the hash under which the record was published")
    command = commands.add_parser("receipt", help="show one ballot, or one envelope, and its proof")
    command.add_argument("file", type=Path)
    command.add_argument(
        "code", nargs="+", help="the words of a code, or a number of which 16 digits are enough"
    )
    command.add_argument("--manifest", metavar="SHA256", help="the hash under which the record was published")
    chosen = parser.parse_args(arguments)
    try:
        with chosen.file.open("rb") as source:
            record = read(source, manifest_sha256=chosen.manifest)
            if chosen.command == "receipt":
                return _receipt(record, " ".join(chosen.code))
            found = recount(record)
    except OSError as error:
        _say(f"The file can't be read: {error.strerror}.", to=sys.stderr)
        return DAMAGED
    except RecordDamaged as error:
        where = f" ({error.part})" if error.part else ""
        _say(f"This is not a sound record: {error.damage.value.replace('_', ' ')}{where}.", to=sys.stderr)
        return DAMAGED
    _say(*_report(found), to=sys.stdout)
    if found.differences:
        _say(_in_words(found.differences[0]), to=sys.stderr)
        if len(found.differences) > 1:
            _say(f"There are {len(found.differences) - 1} more differences.", to=sys.stderr)
        return DIFFERS
    _say("Everything that the record states was counted again and agrees.", to=sys.stdout)
    return AGREES


def _receipt(record: Record, text: str) -> int:
    """Show what a receipt leads to, and whether it is proved to stand there."""
    try:
        found = receipts.find(record, receipts.digits_of(text))
    except receipts.TooShort:
        _say(f"Type at least the first {receipts.LEAST} digits.", to=sys.stderr)
        return DIFFERS
    except CodeUnreadable as error:
        wrong = (
            f"{error.word!r} is none of the words" if error.word else f"{error.count} words, and not {BYTES}"
        )
        _say(f"This is no code: {wrong}.", to=sys.stderr)
        return DIFFERS
    if not found:
        _say("The record holds no such ballot and no such envelope.", to=sys.stderr)
        return DIFFERS
    for it in found:
        _say(*_proof(it), to=sys.stdout)
    return AGREES if all(it.holds for it in found) else DIFFERS


def _proof(found: Proved) -> list[str]:
    thing = "envelope" if found.is_envelope else "ballot"
    lines = [
        f"{thing:9} {found.value}",
        f"category  {found.election.category}, election {found.election.key}",
        f"place     {found.place + 1} of {found.size}",
    ]
    if found.struck:
        lines.append(f"struck    {found.struck.replace('_', ' ')}: it was not opened")
    if not found.is_envelope:
        lines += [f"code      {' '.join(words(found.value, it))}" for it in WORDS]
        lines.append(f"choice    {_choice(found)}")
    side = [f"          {it.hex()}" for it in found.hashes]
    if not found.root:
        return [*lines, "proof     the record states no root for it, so it can't be proved", ""]
    verdict = "holds" if found.holds else "DOES NOT HOLD: the list does not give the root"
    return [*lines, f"root      {found.root}", "proof     (from below)", *side, f"          {verdict}", ""]


def _choice(found: Proved) -> str:
    if found.choice is None:
        return "not shown: the record has a table of this election instead of ballots"
    return " > ".join(found.choice) or "abstention"


def _say(*lines: str, to: TextIO) -> None:
    """Print lines of which parts were written by strangers: nothing in them moves a cursor or ends a line."""
    for line in lines:
        shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in line)
        encoding = to.encoding or "utf-8"
        print(shown.encode(encoding, "backslashreplace").decode(encoding), file=to)


def _report(found: Recount) -> list[str]:
    lines = [
        f"Edition {found.edition}, {found.kind} record",
        f"rules     {found.rules_sha256}",
        f"manifest  {found.manifest_sha256}",
    ]
    for category in found.categories:
        lines += ["", category.category, *_standing(category, found.names), *_outcome(category, found.names)]
    decided = [award for award in found.awards if not _won(found, award)]
    if decided:
        lines += ["", "Prizes by decision"]
        lines += [f"  {prize}  {nomination}  ({category})" for category, nomination, prize in decided]
    if found.lacks:
        lines += ["", f"The record does not hold yet: {', '.join(found.lacks)}."]
    return [*lines, ""]


def _standing(count: CategoryCount, names: Mapping[str, str]) -> list[str]:
    if count.standing is None:
        return ["  no standing yet"]
    rows: list[tuple[str, ...]] = [
        ("place", "nomination", "total", "exact", "finalist", "settled by", "title")
    ]
    rows += [
        (
            str(row.place),
            row.nomination,
            rounded(row.total),
            exact(row.total),
            row.finalist.value,
            row.settled_by.value if row.settled_by else "",
            names.get(row.nomination, ""),
        )
        for row in count.standing.rows
    ]
    if count.standing.deciding is Deciding.FAIR:
        rows = [(*row[:4], mean, *row[4:]) for row, mean in zip(rows, _means(count.standing), strict=True)]
    return [*_table("first round", rows), *_decided_by(count.standing)]


def _means(standing: Standing) -> list[str]:
    """The column of plain means beside the fair scores."""
    return ["plain mean", *("" if row.raw is None else rounded(row.raw) for row in standing.rows)]


def _decided_by(standing: Standing) -> list[str]:
    if standing.deciding is Deciding.FAIR:
        return [
            "    The fair score decides. Its numbers were taken from the record, which a recount can rank and not fit;",
            "    on the full record `python -m judging.calibration refit FILE` fits them again.",
        ]
    if standing.deciding is Deciding.RAW:
        return [f"    The plain mean decides: {WHY.get(standing.why or '', standing.why)}."]
    return []


def _outcome(count: CategoryCount, names: Mapping[str, str]) -> list[str]:
    if count.outcome is None:
        return ["  no result yet"]
    told = _places("result", count.outcome, names)
    return told if count.public is None else [*told, *_places("the public's own prize", count.public, names)]


def _places(title: str, outcome: Outcome, names: Mapping[str, str]) -> list[str]:
    rows = [("place", "nomination", "decided by", "prize", "settled by", "title")]
    rows += [
        (
            str(row.place),
            row.nomination,
            exact(row.value),
            "open" if row.open else row.prize or "",
            row.settled_by.value if row.settled_by else "",
            names.get(row.nomination, ""),
        )
        for row in outcome.rows
    ]
    return _table(title, rows)


def _table(title: str, rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(_short(row[column])) for row in rows) for column in range(len(rows[0]))]
    return [f"  {title}"] + [
        (
            "    " + "  ".join(_short(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _won(found: Recount, award: tuple[str, str, str]) -> bool:
    return any(
        (count.category, row.nomination, row.prize) == award
        for count in found.categories
        for outcome in (count.outcome, count.public)
        if outcome
        for row in outcome.rows
    )


def _in_words(difference: Difference) -> str:
    where = f" in category {difference.category}" if difference.category else ""
    return (
        f"DIFFERENCE: {WHAT[difference.check]}{where}, at {_short(difference.place)}: "
        f"the record states {_short(difference.stated)}, counting gives {_short(difference.counted)}."
    )


if __name__ == "__main__":
    sys.exit(main())

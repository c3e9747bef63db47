"""`python -m judging recount FILE [--manifest SHA256]`: count a published record again.

Exit status 0 when everything agrees, 1 with the first difference in words, 2 when the file is damaged or hostile.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from judging.record import RecordDamaged, read
from judging.recount import CategoryCount, Check, Difference, Recount, recount
from judging.values import exact, rounded

AGREES, DIFFERS, DAMAGED = 0, 1, 2

WHAT = {
    Check.RULES: "the rules are not the ones that were frozen",
    Check.SEED: "the seed of the lots is not the one whose hash was published",
    Check.SHEET: "a score sheet does not fit the rules",
    Check.STANDING: "the first round's standing",
    Check.SLATE: "who stands for the prizes",
    Check.BALLOT: "a ballot does not fit the rules",
    Check.COMMITMENT: "a ballot and the published commitments do not belong together",
    Check.TALLY: "the count of the votes",
    Check.RESULT: "the result",
    Check.AWARD: "a prize that does not follow from the result or a decision",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m judging", description="Count a published record again.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("recount", help="count again and compare with what the record states")
    command.add_argument("file", type=Path)
    command.add_argument("--manifest", metavar="SHA256", help="the hash under which the record was published")
    chosen = parser.parse_args(arguments)
    try:
        with chosen.file.open("rb") as source:
            found = recount(read(source, manifest_sha256=chosen.manifest))
    except OSError as error:
        print(f"The file can't be read: {error.strerror}.", file=sys.stderr)
        return DAMAGED
    except RecordDamaged as error:
        where = f" ({error.part})" if error.part else ""
        print(f"This is not a sound record: {error.damage.value.replace('_', ' ')}{where}.", file=sys.stderr)
        return DAMAGED
    print(*_report(found), sep="\n")
    if found.differences:
        print(_in_words(found.differences[0]), file=sys.stderr)
        if len(found.differences) > 1:
            print(f"There are {len(found.differences) - 1} more differences.", file=sys.stderr)
        return DIFFERS
    print("Everything that the record states was counted again and agrees.")
    return AGREES


def _report(found: Recount) -> list[str]:
    lines = [
        f"Edition {found.edition}, {found.kind} record",
        f"rules     {found.rules_sha256}",
        f"manifest  {found.manifest_sha256}",
    ]
    for category in found.categories:
        lines += ["", category.category, *_standing(category), *_outcome(category)]
    decided = [award for award in found.awards if not _won(found, award)]
    if decided:
        lines += ["", "Prizes by decision"]
        lines += [f"  {prize}  {nomination}  ({category})" for category, nomination, prize in decided]
    if found.lacks:
        lines += ["", f"The record does not hold yet: {', '.join(found.lacks)}."]
    return [*lines, ""]


def _standing(count: CategoryCount) -> list[str]:
    if count.standing is None:
        return ["  no standing yet"]
    rows = [("place", "nomination", "total", "exact", "finalist", "settled by")]
    rows += [
        (
            str(row.place),
            row.nomination,
            rounded(row.total),
            exact(row.total),
            row.finalist.value,
            row.settled_by.value if row.settled_by else "",
        )
        for row in count.standing.rows
    ]
    return _table("first round", rows)


def _outcome(count: CategoryCount) -> list[str]:
    if count.outcome is None:
        return []
    rows = [("place", "nomination", "decided by", "prize", "settled by")]
    rows += [
        (
            str(row.place),
            row.nomination,
            exact(row.value),
            "open" if row.open else row.prize or "",
            row.settled_by.value if row.settled_by else "",
        )
        for row in count.outcome.rows
    ]
    return _table("result", rows)


def _table(title: str, rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [f"  {title}"] + [
        ("    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _won(found: Recount, award: tuple[str, str, str]) -> bool:
    return any(
        (count.category, row.nomination, row.prize) == award
        for count in found.categories
        if count.outcome
        for row in count.outcome.rows
    )


def _in_words(difference: Difference) -> str:
    where = f" in category {difference.category}" if difference.category else ""
    return (
        f"DIFFERENCE: {WHAT[difference.check]}{where}, at {difference.place}: "
        f"the record states {difference.stated}, counting gives {difference.counted}."
    )


if __name__ == "__main__":
    sys.exit(main())

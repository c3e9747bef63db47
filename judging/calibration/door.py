"""`python -m judging.calibration`: the calibration for files of strangers, and fitting a record again.

    python -m judging.calibration SHEETS.csv [--predict PAIRS.csv] [--top N --seed S]
    python -m judging.calibration refit RECORD.zip

Exit status 0; 1 where a refit changes a place; 2 for a file that can't be used.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from judging.calibration.papers import six
from judging.calibration.reading import Asked, FileFault, Read, read_pairs, read_sheets
from judging.calibration.values import Calibration, NominationFit, Why
from judging.calibration.whole import DRAWS, calibrate, on_one_core

DONE, CHANGED, UNUSABLE = 0, 1, 2
PLACES, MOST_PLACES = 5, 10**6
WORDS = {
    Why.NOT_LINKED: "its judges are not linked by nominations read together, so its fair score is the plain mean",
    Why.PREDICTS_NO_BETTER: "the fair score predicts sheets held out no better, so it is the plain mean",
    Why.TOO_FEW: "there are too few sheets to tell judges and nominations apart, so its fair score is the plain mean",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    on_one_core()
    try:
        if given[:1] == ["refit"]:
            return _refit(given[1:])
        return _fit(given)
    except FileFault as fault:
        _note(str(fault))
        return UNUSABLE
    except BrokenPipeError:  # who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _refit(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m judging.calibration refit", description="Fit the sheets of a full record again."
    )
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args(given)
    from judging.calibration.again import refit

    lines, changed = refit(chosen.file)
    for line in lines:
        _say(sys.stdout, line)
    return CHANGED if changed else DONE


def _fit(given: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m judging.calibration",
        description="Fair scores of nominations that different judges marked, or predictions of single sheets.",
    )
    parser.add_argument(
        "sheets", type=Path, help="CSV with judge, nomination, category (may be empty), value"
    )
    parser.add_argument("--predict", type=Path, metavar="PAIRS", help="CSV with judge, nomination")
    parser.add_argument(
        "--top", type=_places, metavar="N", help="print the probability of the best N as well"
    )
    parser.add_argument("--seed", default="", help="the seed of the draws (any text)")
    chosen = parser.parse_args(given)
    read = read_sheets(chosen.sheets)
    if read.empty:
        _note(f"{read.empty} rows without a value were left out.")
    if read.repeated:
        _note(
            f"{read.repeated} sheets repeat a judge and nomination; each such pair counts once, with its mean."
        )
    if chosen.predict:
        _write_predictions(read, read_pairs(chosen.predict), chosen.seed)
    else:
        _write_scores(read, chosen.top, chosen.seed)
    return DONE


def _places(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_PLACES or len(text) > 9:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_PLACES} is wanted")
    return int(text)


def _write_scores(read: Read, top: int | None, seed: str) -> None:
    places: dict[str, int] = defaultdict(lambda: top or PLACES)
    found = calibrate(read.sheets, places=places, seed=seed, draws=DRAWS if top else 1)
    for category in found.categories:
        if category.why:
            name = f"Category “{category.category}”" if category.category else "All nominations"
            _note(f"{name}: {WORDS[category.why]}.")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["nomination", "raw", "fair", *(["p_top"] if top else [])])
    for fitted, by_fair in _in_order(found):
        fair = six(fitted.fair) if by_fair else six(fitted.raw)
        row = [fitted.nomination, six(fitted.raw), fair, *([six(fitted.p_top)] if top else [])]
        writer.writerow([_printable(cell) for cell in row])


def _in_order(found: Calibration) -> list[tuple[NominationFit, bool]]:
    return [(it, category.why is None) for category in found.categories for it in category.nominations]


def _write_predictions(read: Read, pairs: Sequence[Asked], seed: str) -> None:
    from judging.calibration.foretelling import foretell

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["judge", "nomination", "predicted"])
    for pair, value in zip(pairs, foretell(read.sheets, pairs, seed=seed), strict=True):
        writer.writerow([_printable(pair.judge), _printable(pair.nomination), six(value)])


def _printable(text: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _note(line: str) -> None:
    _say(sys.stderr, line)


def _say(stream: TextIO, line: str) -> None:
    """Parts of a line were written by strangers: nothing in it moves a cursor or ends it."""
    shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in line)
    encoding = stream.encoding or "utf-8"
    stream.write(shown.encode(encoding, "backslashreplace").decode(encoding) + "\n")

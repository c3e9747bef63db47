"""`python -m judging.assignment PROBLEM.json`: the best pairs of judges and nominations, as JSON.

Exit status 0 with an answer on standard output, 2 with a sentence on standard error when the file can't be used. The
format is in `docs/assignment.md`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from judging.assignment import assign
from judging.assignment.answering import answered
from judging.assignment.asking import Fault, read

ANSWERED, UNUSABLE = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m judging.assignment", description="Who reads what, at best."
    )
    parser.add_argument("file", metavar="PROBLEM.json", help="what is to be assigned; - for standard input")
    chosen = parser.parse_args(arguments)
    try:
        text = sys.stdin.buffer.read() if chosen.file == "-" else Path(chosen.file).read_bytes()
        question = read(text)
    except OSError as error:
        return _refused(f"The file can't be read: {error.strerror or error}.")
    except ValueError as error:
        return _refused(str(error) if isinstance(error, Fault) else "This is no name of a file.")
    answer = answered(question, assign(question.problem))
    print(
        "{",
        ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in answer.items()),
        "}",
        sep="\n",
    )
    return ANSWERED


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())

"""Probes say of a program what a tracer says of it, and know every branch of what recounts."""

import ast
from pathlib import Path

from coverage import Coverage
from coverage.python import PythonFileReporter

from tests import probes

PROGRAM = '''"""A program."""

from __future__ import annotations

import contextlib


def mark(function):
    """A decorator."""
    return function


@mark
def walk(numbers, *, much=False):
    found = []
    for number in numbers:
        if number == 1:
            continue
        elif number == 2:
            found.append(
                number,
            )
        else:
            while number > 5:
                number -= 5
                if number == 7:
                    break
            else:
                found.append(number)
        try:
            found.append(6 / number)
        except ZeroDivisionError:
            found.append(0)
        except (TypeError, ValueError):
            found.append(1)
        finally:
            number += 0
        match number:
            case 1 | 3:
                found.append(3)
            case int() if much:
                found.append(4)
    with contextlib.suppress(IndexError):
        if found:
            return found[len(found)]
    return None


class Kept:
    """A class."""

    size = 3

    def grow(self):
        if self.size: return 4
'''
CALLS = (
    "",
    "walk([0])",
    "walk([1, 2, 3, 17])",
    "walk([2, 7, 12], much=True)",
    "walk([])",
    "Kept().grow()",
    "walk(['a'])",
)


def traced(file: Path, calls: str) -> tuple[set[int], set[tuple[int, int]]]:
    coverage = Coverage(data_file=None, branch=True, config_file=False, include=[str(file)])
    code = compile(file.read_bytes(), file, "exec")
    with coverage.collect():
        run(code, {}, calls)
    return told(file, set(coverage.get_data().arcs(str(file)) or ()))


def probed(file: Path, calls: str) -> tuple[set[int], set[tuple[int, int]]]:
    probes.seen[str(file)] = one = probes.probe(file)
    run(one.code, {}, calls)
    del probes.seen[str(file)]
    facts = [fact for passed, known in zip(one.passed, one.facts, strict=True) if passed for fact in known]
    return told(file, set(probes._arcs(reporter_of(file), facts)))


def run(code: object, names: dict[str, object], calls: str) -> None:
    exec(code, names)  # noqa: S102
    try:
        exec(calls, names)  # noqa: S102
    except TypeError:
        assert "'a'" in calls


def reporter_of(file: Path) -> PythonFileReporter:
    return PythonFileReporter(str(file), Coverage(config_file=False))


def told(file: Path, arcs: set[tuple[int, int]]) -> tuple[set[int], set[tuple[int, int]]]:
    """The lines and the branches that arcs speak of."""
    reporter = reporter_of(file)
    lines = reporter.translate_lines(line for arc in arcs for line in arc if line > 0) & reporter.lines()
    ways = reporter.exit_counts()
    return lines, {arc for arc in reporter.translate_arcs(arcs) & reporter.arcs() if ways.get(arc[0], 0) > 1}


def test_probes_say_what_a_tracer_says(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, encoding="utf-8")

    passed = set()
    for calls in CALLS:
        assert probed(file, calls) == traced(file, calls), calls
        passed |= probed(file, calls)[1]

    assert len(passed) == 16


def test_probes_know_every_branch_of_what_recounts() -> None:
    for file in sorted((probes.ROOT / "judging").glob("*.py")):
        prober = probes.Prober()
        prober.visit(ast.parse(file.read_bytes()))
        reporter = reporter_of(file)
        known = set(probes._arcs(reporter, [fact for facts in prober.facts for fact in facts]))
        ways, left_out = reporter.exit_counts(), reporter.excluded_lines()
        branches = {arc for arc in reporter.arcs() if ways.get(arc[0], 0) > 1 and arc[0] not in left_out}
        assert branches - known <= {arc for arc in branches if arc[1] in left_out}, file.name

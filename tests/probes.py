"""Coverage without a tracer: on Python 3.11 one slows whatever runs, our code and all libraries, by two thirds or more.

Each statement of awards/ and judging/, and each way on from a branch, gets a probe: an item of a list that is set. What
was seen becomes data of coverage.py, which knows what can be seen, and reports and judges as ever. A way on from a
branch that no probe knows counts as missed. Subprocesses are measured by coverage.py itself.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from itertools import takewhile
from pathlib import Path
from types import CodeType
from typing import Any
from uuid import uuid4

from coverage import Coverage, CoverageData
from coverage.plugin import FileReporter
from coverage.python import PythonFileReporter

ROOT = Path(__file__).resolve().parents[1]
WANTED = os.environ.get("PROBES") == "1"
MEASURED = ("awards", "judging")
PROBES = "__probes__"
Fact = tuple[int, int]
"""A line, and the line of the body that it led to; negative for the way past that body, AT for the line alone."""
AT = 0


class Prober(ast.NodeTransformer):
    """Puts probes into a module; `facts` says what each stands for."""

    def __init__(self) -> None:
        self.facts: list[list[Fact]] = []

    def probe(self, *facts: Fact) -> ast.stmt:
        self.facts.append(list(facts))
        found = ast.parse(f"{PROBES}[{len(self.facts) - 1}] = 1").body[0]
        for node in ast.walk(found):
            if "lineno" in node._attributes:
                node.lineno = node.end_lineno = abs(facts[0][0])
        return found

    def body(self, statements: Sequence[ast.stmt], *facts: Fact) -> list[ast.stmt]:
        """Statements with a probe before each, but for what must stand first; `facts` are known once it is entered."""
        found: list[ast.stmt] = [self.probe(*facts)] if facts else []
        first = 0 if facts else _first(statements)
        found += [*statements[:first], *map(self.at, statements[:first])]
        for statement in statements[first:]:
            found += [self.at(statement), self.visit(statement)]
        return found

    def at(self, statement: ast.stmt) -> ast.stmt:
        return self.probe(*((line, AT) for line in _lines(statement)))

    def _named(self, node: Any) -> Any:
        node.body = self.body(node.body)
        return node

    visit_Module = visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _named

    def _branch(self, node: Any) -> Any:
        body = _line(node.body[0])
        node.body = self.body(node.body, (node.lineno, body))
        node.orelse = self.body(node.orelse, (node.lineno, -body))
        return node

    visit_If = visit_For = visit_While = _branch

    def visit_With(self, node: ast.With) -> ast.With:
        node.body = self.body(node.body)
        return node

    def visit_Try(self, node: ast.Try) -> ast.Try:
        node.body = self.body(node.body)
        passed: list[Fact] = []
        for handler in node.handlers:
            here, body = handler.lineno, _line(handler.body[0])
            handler.body = self.body(handler.body, (here, body), *passed)
            passed.append((here, -body))
        node.orelse = self.body(node.orelse)
        node.finalbody = self.body(node.finalbody)
        return node

    def visit_Match(self, node: ast.Match) -> ast.Match:
        passed: list[Fact] = []
        for case in node.cases:
            here, body = case.pattern.lineno, _line(case.body[0])
            case.body = self.body(case.body, (here, body), *passed)
            passed.append((here, -body))
        last = node.cases[-1]
        if last.guard is not None or not (
            isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        ):
            node.cases.append(ast.match_case(ast.MatchAs(), None, [self.probe(*passed)]))
        return node


def _first(statements: Sequence[ast.stmt]) -> int:
    """How many statements no probe may come before."""
    return len(list(takewhile(_stands_first, statements)))


def _stands_first(statement: ast.stmt) -> bool:
    """Whether it is a docstring or an import from the future."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _line(statement: ast.stmt) -> int:
    return _lines(statement)[0]


def _lines(statement: ast.stmt) -> list[int]:
    decorators: Iterable[ast.expr] = getattr(statement, "decorator_list", ())
    return [*(one.lineno for one in decorators), statement.lineno]


@dataclass(frozen=True)
class Probed:
    """A module's code, and of each of its probes whether it was passed and what that says."""

    code: CodeType
    passed: list[int]
    facts: list[list[Fact]]


seen: dict[str, Probed] = {}


def start() -> None:
    """Probe what this process imports from now on, and trace the processes that it starts."""
    assert not {name.partition(".")[0] for name in sys.modules} & set(MEASURED)
    get_code = SourceFileLoader.get_code

    def probed(loader: SourceFileLoader, name: str) -> CodeType | None:
        path = Path(loader.get_filename(name))
        if not any(path.is_relative_to(ROOT / package) for package in MEASURED):
            return get_code(loader, name)
        if str(path) not in seen:
            seen[str(path)] = probe(path)
        return seen[str(path)].code

    SourceFileLoader.get_code = probed
    os.environ["COVERAGE_PROCESS_CONFIG"] = Coverage().config.serialize()


def probe(path: Path) -> Probed:
    tree, prober = ast.parse(path.read_bytes()), Prober()
    first = _first(tree.body)
    tree = prober.visit(tree)
    passed = ast.parse(f"{PROBES} = __import__('sys').modules[{__name__!r}].seen[{str(path)!r}].passed").body
    tree.body[first:first] = passed
    code = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    return Probed(code, [0] * len(prober.facts), prober.facts)


def keep(folder: Path) -> None:
    """Write down what this process has seen."""
    facts = {
        path: sorted(
            {fact for passed, known in zip(it.passed, it.facts, strict=True) if passed for fact in known}
        )
        for path, it in seen.items()
    }
    (folder / f"probes-{uuid4().hex}.json").write_text(json.dumps(facts), encoding="utf-8")


def report(folder: Path) -> None:
    """Turn what all processes have seen into data of coverage.py."""
    facts: defaultdict[str, set[Fact]] = defaultdict(set)
    for file in folder.glob("probes-*.json"):
        for path, found in json.loads(file.read_text(encoding="utf-8")).items():
            facts[path].update((line, way) for line, way in found)
    ours = [str(file) for package in MEASURED for file in (ROOT / package).rglob("*.py")]
    coverage, data = Coverage(), CoverageData(suffix=True)
    data.add_arcs(
        {path: set(_arcs(PythonFileReporter(path, coverage), known)) for path, known in facts.items()}
    )
    data.touch_files(ours)
    data.write()


def _arcs(reporter: FileReporter, facts: Iterable[Fact]) -> Iterator[tuple[int, int]]:
    """What was seen as coverage.py says it: from line to line."""
    ways: defaultdict[int, set[int]] = defaultdict(set)
    for line, target in reporter.arcs():
        ways[line].add(target)
    for at, way in facts:
        (line,), body = reporter.translate_lines({at}), reporter.translate_lines({abs(way)})
        yield (line, line)
        taken = ways[line] & body if way > 0 else ways[line] - body
        if way != AT and len(taken) == 1:
            yield (line, *taken)

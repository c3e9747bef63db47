"""The import contracts of setup.cfg leave no module out, and those that recount need no package at all."""

import ast
import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BEYOND_THE_RECOUNT = {"judging.assignment", "judging.calibration"}

CONTRACTS = ConfigParser()
CONTRACTS.read(ROOT / "setup.cfg", encoding="utf-8")


def listed(contract: str, option: str) -> list[str]:
    return CONTRACTS[f"importlinter:contract:{contract}"][option].split()


def imported(module: Path) -> Iterator[str]:
    """The packages that a module imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "judging" if node.level else (node.module or "").partition(".")[0]


def modules_of(package: str) -> set[str]:
    found = {path.stem for path in (ROOT / package).glob("*.py")}
    found |= {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    return {f"{package}.{name}" for name in found - {"__init__"}}


@pytest.mark.parametrize("name", listed("recount", "source_modules"))
def test_what_recounts_imports_the_standard_library_and_itself_only(name: str) -> None:
    module = ROOT / f"{name.replace('.', '/')}.py"

    foreign = set(imported(module)) - sys.stdlib_module_names - {"judging"}

    assert foreign == set()


def test_every_module_of_judging_recounts_or_is_named_as_one_that_does_not() -> None:
    recounts = set(listed("recount", "source_modules"))

    assert recounts | BEYOND_THE_RECOUNT == modules_of("judging")
    assert set(listed("recount", "forbidden_modules")) >= BEYOND_THE_RECOUNT


def test_the_coverage_gate_measures_what_recounts() -> None:
    gate = re.search(
        r"^BEYOND_THE_RECOUNT := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert gate is not None
    assert {
        re.sub(r"(\.py|/\*)$", "", path).replace("/", ".") for path in gate[1].split(",")
    } == BEYOND_THE_RECOUNT


def test_every_module_of_awards_has_its_layer() -> None:
    layers = re.findall(r"awards\.\w+", CONTRACTS["importlinter:contract:order"]["layers"])

    assert set(layers) == modules_of("awards")


def test_every_module_below_the_shell_stands_under_a_contract_of_its_kind() -> None:
    kinds = ("pure", "documents", "models", "use-cases")
    shell = {
        f"awards.{name}" for name in "cli config extensions fitting jobs letters mails rehearsing web".split()
    }

    assert {name for kind in kinds for name in listed(kind, "source_modules")} | shell == modules_of("awards")

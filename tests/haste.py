"""What thousands of applications in one run would each do anew, done once: a quarter of the suite's time."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule


def build_addresses_once() -> None:
    """Keep the functions that Werkzeug compiles to build a rule's addresses; they take the rule they are for."""
    compiled: dict[object, Callable[..., Any]] = {}
    compile_builder = Rule._compile_builder

    def remember(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, append_unknown, tuple(rule._trace), repr(rule.defaults))
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = remember  # type: ignore[method-assign]


def wait_for_no_disk() -> None:
    """Let SQLite not wait until the disk has everything: no test outlives the machine. After our own settings."""
    if not event.contains(Engine, "connect", _hurry):
        event.listen(Engine, "connect", _hurry)


def _hurry(connection: Any, _record: object) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF").close()

"""What thousands of applications in one run would each do anew, done once: a quarter of the suite's time."""

from collections.abc import Callable
from typing import Any

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

"""What thousands of applications in one run would each do anew, done once: a quarter of the suite's time."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Map, Rule
from werkzeug.routing.rules import RulePart

_spoken: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}


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


def parse_addresses_once() -> None:
    """Keep what Werkzeug reads from the text of a rule; its converters know nothing of the map they are made for."""
    parsed: dict[object, tuple[Any, ...]] = {}
    parse_rule = Rule._parse_rule

    def remember(rule: Rule, text: str) -> Iterator[RulePart]:
        assert isinstance(rule.map, Map)
        key = (text, tuple(rule.map.converters.items()))
        if key not in parsed:
            fresh = Rule(rule.rule)
            fresh.map, fresh._trace, fresh._converters = rule.map, [], {}
            parsed[key] = (tuple(parse_rule(fresh, text)), fresh._trace, fresh._converters)
        parts, trace, converters = parsed[key]
        rule._trace.extend(trace)
        rule._converters.update(converters)
        rule.arguments.update(converters)
        yield from parts

    Rule._parse_rule = remember  # type: ignore[assignment, method-assign]


def compile_statements_once(engine: Engine) -> None:
    """Let an engine use what others have compiled: a statement is compiled for a dialect, not for a database."""
    if engine.dialect.name not in _spoken:
        engine.connect().close()  # a dialect learns at its first connection what server it speaks to
        _spoken[engine.dialect.name] = (engine.dialect, LRUCache(5_000))
    dialect, compiled = _spoken[engine.dialect.name]
    engine.dialect = engine.pool._dialect = dialect
    engine._compiled_cache = compiled


def collect_seldom() -> None:
    """Let the collector pass over what is there before the first test, and look less often for what tests leave."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def wait_for_no_disk() -> None:
    """Let SQLite not wait until the disk has everything: no test outlives the machine. After our own settings."""
    if not event.contains(Engine, "connect", _hurry):
        event.listen(Engine, "connect", _hurry)


def _hurry(connection: Any, _record: object) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF").close()

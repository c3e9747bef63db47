"""Records of every kind of edition, and what a recount says of them."""

from collections.abc import Callable

import pytest

from judging.ladder import Verdicts
from judging.record import Damage, RecordDamaged, read_bytes
from judging.recount import Check, Recount, recount
from tests.builders import SEVEN, rules, sheets
from tests.judging.records import Case, Parts

LEVEL = sheets(A=[(5, 5)] * 3, B=[(5, 5)] * 3, C=[(5, 5)] * 3)
TWO_PLACES = {"places": 2, "ladder": ["chair", "lot"]}
BY_CHOICE = {"electorate": "public", "method": "one_choice"}
Level = frozenset[str]


def counted(content: bytes) -> Recount:
    return recount(read_bytes(content))


def found(parts: Parts) -> list[tuple[Check, str, str, str]]:
    """The differences: what, where, stated, counted."""
    return [(it.check, it.place, it.stated, it.counted) for it in counted(parts.written()).differences]


def checks(parts: Parts) -> set[Check]:
    return {check for check, *_ in found(parts)}


def is_no_record(parts: Parts) -> bool:
    with pytest.raises(RecordDamaged) as refused:
        counted(parts.written())
    return refused.value.damage is Damage.NOT_THE_FORM


CASES: dict[str, Callable[[], Case]] = {
    "a Borda vote": Case,
    "a table instead of ballots": lambda: Case(as_table=True),
    "one choice": lambda: Case(rules(vote=BY_CHOICE), ballots=[("A",), ("B",), ("A",), ("C",), ()]),
    "one choice as a table": lambda: Case(rules(vote=BY_CHOICE), ballots=[("A",), ("B",), ()], as_table=True),
    "approval": lambda: Case(
        rules(vote={"method": "approval"}, result={"ladder": ["first_round", "lot"]}),
        ballots=[("A", "C"), ("C",), ()],
    ),
    "approval as a table": lambda: Case(
        rules(vote={"method": "approval"}, result={"ladder": ["first_round", "lot"]}),
        ballots=[("A", "C"), ("C",), ()],
        as_table=True,
    ),
    "nobody voted": lambda: Case(ballots=[]),
    "everybody judged stands": lambda: Case(rules(slate="eligible"), ballots=[("G", "A"), ("F",)]),
    "a panel": lambda: Case(rules(second_round="panel"), panel=dict.fromkeys("ABCDE", SEVEN["A"])),
    "a panel for everybody": lambda: Case(
        rules(second_round="panel", slate="eligible"), panel={name: SEVEN[name][:2] for name in "ABCDEFG"}
    ),
    "a panel on top of the first round": lambda: Case(
        rules(second_round="panel", panel={"carry_over": True}), panel=dict.fromkeys("ABCDE", SEVEN["B"][:1])
    ),
    "no second round": lambda: Case(rules(second_round="none", slate="eligible")),
    "a lot": lambda: Case(rules(shortlist={"places": 2, "ladder": ["lot"]}), LEVEL, [("A",), ("B",)]),
    "a lot among numbers": lambda: Case(
        rules(shortlist={"places": 2, "ladder": ["lot"]}), LEVEL, [], unnamed="ABC", kind="public"
    ),
    "a chair who orders all": lambda: Case(
        rules(shortlist=TWO_PLACES), LEVEL, [], shortlist=Verdicts(orders={Level("ABC"): ("C", "B", "A")})
    ),
    "a chair who orders some": lambda: Case(
        rules(shortlist=TWO_PLACES), LEVEL, [], shortlist=Verdicts(orders={Level("ABC"): ("C",)})
    ),
    "a chair who may not": lambda: Case(
        rules(shortlist=TWO_PLACES), LEVEL, [], shortlist=Verdicts(barred=frozenset({Level("ABC")}))
    ),
    "a chair who has yet to decide": lambda: Case(rules(second_round="none", shortlist=TWO_PLACES), LEVEL),
    "a shared prize": lambda: Case(
        rules(result={"ladder": ["share"]}), LEVEL, [("A", "B", "C"), ("B", "A", "C")], as_table=True
    ),
    "a run-off": lambda: Case(
        rules(result={"ladder": ["runoff", "lot"]}),
        LEVEL,
        [("A", "B", "C"), ("B", "A", "C")],
        runoff=[("B", "A"), ("B",), ()],
    ),
    "a run-off that nobody held yet": lambda: Case(
        rules(result={"ladder": ["runoff", "lot"]}), LEVEL, [("A", "B", "C"), ("B", "A", "C")]
    ),
    "a withheld prize": lambda: Case(rules(withhold=True), withheld=["best"]),
    "a prize by decision": lambda: Case(
        rules(prizes=[{"key": "best"}, {"key": "special", "by_decision": True}]), given=[("G", "special")]
    ),
}

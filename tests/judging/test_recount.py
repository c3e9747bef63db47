"""Recounting: a sound record agrees; whatever is changed in it, and hashed again, is found and said where."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judging import record
from judging.ballot import commitment
from judging.count import first_round
from judging.ladder import Verdicts, draw
from judging.record import Damage, RecordDamaged, read_bytes
from judging.recount import Check, Recount, recount
from judging.values import canonical
from tests.builders import CATEGORY, SEED, SEVEN, rules, sheets
from tests.judging.categories import ballots, category, decide, tempers
from tests.judging.independent import People
from tests.judging.records import Case, Parts, changed, unpacked

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


@pytest.mark.parametrize("name", CASES)
def test_a_sound_record_agrees(name: str) -> None:
    recounted = counted(CASES[name]().written())

    assert recounted.differences == ()
    assert recounted.lacks == ()


@given(tempers(), st.sampled_from(["borda", "approval", "one_choice"]), st.booleans())
def test_any_record_agrees(temper: int, method: str, as_table: bool) -> None:
    it, people = category(temper, method), People(seed=SEED)
    standing = decide(
        lambda verdicts: first_round(it.rules, CATEGORY, it.sheets, verdicts=verdicts, seed=SEED),
        people,
        temper,
    )
    cast = ballots(temper, method, sorted(standing.finalists)) if standing.finalists else []

    content = Case(
        it.rules,
        it.sheets,
        cast,
        shortlist=Verdicts(people.orders, frozenset(people.barred)),
        as_table=as_table,
    ).written()

    assert counted(content).differences == ()


def test_a_recount_tells_what_was_counted() -> None:
    content = Case().written()

    recounted = counted(content)

    assert (recounted.edition, recounted.kind) == ("made-up-2014", "full")
    assert recounted.manifest_sha256 == hashlib.sha256(unpacked(content)["manifest.json"]).hexdigest()
    assert recounted.rules_sha256 == hashlib.sha256(unpacked(content)["rules.json"]).hexdigest()
    assert recounted.names["A"] == "Project A"
    assert recounted.awards == ((CATEGORY, "A", "best"), (CATEGORY, "B", "outstanding"))
    [of_category] = recounted.categories
    assert of_category.standing
    assert of_category.standing.finalists == ("A", "B", "C", "D", "E")
    assert of_category.outcome
    assert of_category.outcome.rows[1].value == Fraction(21, 2)


def test_a_changed_mark_is_found_in_every_number_that_follows_from_it() -> None:
    parts = Case().parts()
    parts.lines["sheets.jsonl"][-1]["marks"]["value"] = 10

    assert found(parts)[0] == (Check.STANDING, "rows.G.total", "5/3", "19/6")


def test_a_sheet_that_no_longer_counts_is_missed() -> None:
    parts = Case().parts()
    parts.lines["sheets.jsonl"][0]["counted"] = False

    assert (Check.STANDING, "rows.A.sheets", "3", "2") in found(parts)


@pytest.mark.parametrize(
    ("mark", "fault"),
    [
        (11, "outside_scale"),
        (0, "outside_scale"),
        (True, "outside_scale"),
        ("9", "outside_scale"),
        (None, "outside_scale"),
    ],
)
def test_a_mark_that_is_none_is_found(mark: Any, fault: str) -> None:
    parts = Case().parts()
    parts.lines["sheets.jsonl"][0]["marks"]["value"] = mark

    assert found(parts)[0] == (Check.SHEET, "judge-1 A first value", str(mark), fault)


def test_a_missing_and_an_unknown_mark_are_found() -> None:
    parts = Case().parts()
    del parts.lines["sheets.jsonl"][0]["marks"]["value"]
    parts.lines["sheets.jsonl"][1]["marks"]["charm"] = 3

    assert found(parts)[:2] == [
        (Check.SHEET, "judge-1 A first value", "None", "missing"),
        (Check.SHEET, "judge-2 A first charm", "3", "unknown_criterion"),
    ]


def test_a_second_sheet_of_a_judge_is_found() -> None:
    parts = Case().parts()
    parts.lines["sheets.jsonl"].append(parts.lines["sheets.jsonl"][0])

    assert found(parts) == [(Check.SHEET, "judge-1 A first", "a sheet", "twice")]


def test_a_sheet_that_was_not_assigned_is_found() -> None:
    parts = Case().parts()
    del parts.lines["assignments.jsonl"][0]

    assert found(parts)[0] == (Check.SHEET, "judge-1 A first", "a sheet", "not assigned")


OUTCOME_PLACES: list[tuple[str, Callable[[Any], None], tuple[Check, str]]] = [
    ("a total", lambda it: it["standing"]["rows"][0].update(total="9"), (Check.STANDING, "rows.A.total")),
    ("a place", lambda it: it["standing"]["rows"][6].update(place=6), (Check.STANDING, "rows.G.place")),
    (
        "a place as true",
        lambda it: it["standing"]["rows"][0].update(place=True),
        (Check.STANDING, "rows.A.place"),
    ),
    (
        "a finalist",
        lambda it: it["standing"]["rows"][5].update(finalist="yes"),
        (Check.STANDING, "rows.F.finalist"),
    ),
    (
        "what settled",
        lambda it: it["standing"]["rows"][4].update(settled_by="lot"),
        (Check.STANDING, "rows.E.settled_by"),
    ),
    ("a step", lambda it: it["standing"]["steps"][0].update(numbers=["6", "7"]), (Check.STANDING, "steps")),
    ("a step left out", lambda it: it["standing"].update(steps=[]), (Check.STANDING, "steps")),
    ("a row left out", lambda it: it["standing"]["rows"].pop(), (Check.STANDING, "rows.G")),
    ("a row more", lambda it: it["standing"]["rows"].append({"nomination": "H"}), (Check.STANDING, "rows.H")),
    (
        "a row twice",
        lambda it: it["standing"]["rows"].insert(0, {"nomination": "A"}),
        (Check.STANDING, "rows"),
    ),
    ("the order", lambda it: it["standing"]["rows"].reverse(), (Check.STANDING, "order of rows")),
    ("the category", lambda it: it["standing"].update(category="other"), (Check.STANDING, "category")),
    ("a vote", lambda it: it["elections"][0]["tally"]["votes"].update(A="15"), (Check.TALLY, "votes.A")),
    (
        "a pair",
        lambda it: it["elections"][0]["tally"]["pairwise"]["A"].update(B=0),
        (Check.TALLY, "pairwise.A.B"),
    ),
    (
        "abstentions",
        lambda it: it["elections"][0]["tally"].update(abstentions=2),
        (Check.TALLY, "abstentions"),
    ),
    ("the value", lambda it: it["result"]["rows"][0].update(value="99"), (Check.RESULT, "rows.A.value")),
    (
        "a prize",
        lambda it: it["result"]["rows"][0].update(prize="outstanding"),
        (Check.RESULT, "rows.A.prize"),
    ),
    ("an open place", lambda it: it["result"]["rows"][0].update(open=0), (Check.RESULT, "rows.A.open")),
    ("the winners' order", lambda it: it["result"]["rows"].reverse(), (Check.RESULT, "order of rows")),
    ("a prize not given", lambda it: it["result"].update(not_given=["best"]), (Check.RESULT, "not_given")),
]


@pytest.mark.parametrize(
    ("change", "where"), [it[1:] for it in OUTCOME_PLACES], ids=[it[0] for it in OUTCOME_PLACES]
)
def test_whatever_the_record_states_is_compared(
    change: Callable[[Any], None], where: tuple[Check, str]
) -> None:
    parts = Case().parts()
    change(parts.category)

    assert where in [(check, place) for check, place, *_ in found(parts)]


def test_rules_that_were_not_frozen_are_found() -> None:
    parts = Case().parts()
    parts.documents["rules.json"]["withhold"] = True

    assert [check for check, *_ in found(parts)] == [Check.RULES]


def test_a_rule_left_out_is_found_though_its_default_is_the_same() -> None:
    parts = Case().parts()
    del parts.documents["rules.json"]["withhold"]

    assert checks(parts) == {Check.RULES}


def test_an_amendment_after_the_freeze_names_the_rules_in_force() -> None:
    parts = Case().parts()
    parts.documents["rules.json"]["withhold"] = True
    after = hashlib.sha256(canonical(parts.documents["rules.json"])).hexdigest()
    parts.decisions.append({"kind": "amendment", "category": None, "subject": {"after": after}})

    assert found(parts) == []


def test_an_amendment_before_the_freeze_is_past() -> None:
    parts = Case().parts()
    parts.decisions.insert(0, {"kind": "amendment", "category": None, "subject": {"after": "0" * 64}})

    assert found(parts) == []


def test_another_seed_than_the_one_that_was_fixed_is_found() -> None:
    parts = Case().parts()
    parts.outcome["seed"] = "another"
    assert checks(parts) == {Check.SEED}

    parts = Case().parts()
    parts.outcome.update(seed="another", seed_sha256=hashlib.sha256(b"another").hexdigest())
    assert [place for _, place, *_ in found(parts)] == ["published"]


def test_a_stated_lot_is_drawn_again_where_all_are_named() -> None:
    parts = CASES["a lot"]().parts()
    [lot] = [it for it in parts.decisions if it["kind"] == "lot"]
    drawn = draw(SEED, "ABC")
    lot["subject"]["order"] = list(drawn[::-1])

    assert found(parts) == [(Check.LOT, "A B C", str(drawn[::-1]), str(drawn))]


def test_a_lot_that_involves_a_number_is_taken_as_stated() -> None:
    order = draw(SEED, "ABC")[::-1]
    case = Case(
        rules(shortlist={"places": 2, "ladder": ["lot"]}),
        LEVEL,
        [],
        shortlist=Verdicts(lots={Level("ABC"): order}),
        unnamed="C",
        kind="public",
    )

    recounted = counted(case.written())

    assert recounted.differences == ()
    [of_category] = recounted.categories
    assert of_category.standing
    assert of_category.standing.finalists == order[:2]


def test_before_the_seed_is_revealed_a_lot_is_taken_as_stated() -> None:
    parts = CASES["a lot"]().parts()
    parts.outcome["seed"] = None

    assert found(parts) == []


def test_a_lot_that_is_neither_stated_nor_can_be_drawn_is_no_record() -> None:
    parts = CASES["a lot"]().parts()
    parts.outcome["seed"] = None
    parts.documents["decisions.json"] = [it for it in parts.decisions if it["kind"] != "lot"]

    assert is_no_record(parts)


@pytest.mark.parametrize("order", [["A", "B"], ["A", "B", "B"], ["A", "B", "X"], []])
def test_a_stated_lot_orders_all_of_them(order: list[str]) -> None:
    parts = CASES["a lot among numbers"]().parts()
    next(it for it in parts.decisions if it["kind"] == "lot")["subject"]["order"] = order

    assert is_no_record(parts)


def test_a_chairs_order_that_is_changed_changes_the_shortlist() -> None:
    parts = CASES["a chair who orders all"]().parts()
    next(it for it in parts.decisions if it["kind"] == "tie")["subject"]["order"] = ["A", "B", "C"]

    assert Check.STANDING in checks(parts)


def test_a_decision_at_another_stage_settles_nothing_here() -> None:
    parts = CASES["a chair who orders all"]().parts()
    for it in parts.decisions:
        if it["kind"] == "tie":
            it["subject"]["stage"] = "result"

    assert (Check.STANDING, "rows.C.finalist", "yes", "open") in found(parts)


def test_a_slate_without_a_finalist_is_found() -> None:
    parts = Case().parts()
    parts.category["slate"] = list("ABCD")

    assert found(parts)[0][:2] == (Check.SLATE, "slate")
    assert found(parts)[1] == (Check.RESULT, "result", "a result", "nothing to count it from")


def test_a_replacement_by_decision_stands_on_the_slate() -> None:
    parts = Case(rules(second_round="none")).parts()
    parts.decisions.append(
        {"kind": "replacement", "category": CATEGORY, "subject": {"removed": ["E"], "added": ["F"]}}
    )
    parts.category["slate"] = list("ABCDF")

    assert Check.SLATE not in checks(parts)


def test_a_changed_ballot_is_found_by_its_commitment_and_in_the_count() -> None:
    parts = Case().parts()
    parts.lines["ballots.jsonl"][0]["choice"] = ["B", "A", "C"]
    [election] = parts.category["elections"]
    ballot = parts.lines["ballots.jsonl"][0]

    assert found(parts)[:2] == [
        (
            Check.COMMITMENT,
            election["election"],
            "nothing",
            commitment(election["election"], ("B", "A", "C"), ballot["nonce"]),
        ),
        (Check.COMMITMENT, election["election"], "1 more", "no such ballots"),
    ]
    assert (Check.TALLY, "votes.A", "14", "13") in found(parts)


def test_a_ballot_left_out_is_missed() -> None:
    parts = Case().parts()
    del parts.lines["ballots.jsonl"][0]

    assert {Check.COMMITMENT, Check.TALLY} <= checks(parts)


def test_ballots_left_out_altogether_are_missed() -> None:
    parts = Case().parts()
    parts.lines["ballots.jsonl"] = []

    assert {Check.COMMITMENT, Check.TALLY, Check.RESULT} <= checks(parts)


def test_a_ballot_put_in_twice_is_found() -> None:
    parts = Case().parts()
    parts.lines["ballots.jsonl"].append(parts.lines["ballots.jsonl"][0])

    assert {Check.COMMITMENT, Check.TALLY} == checks(parts) - {Check.RESULT}


@pytest.mark.parametrize(
    ("choice", "fault"), [(["A", "X"], ("X", "not_on_slate")), (["A", "B", "A"], ("A", "named_twice"))]
)
def test_a_ballot_against_the_rules_is_found_and_does_not_count(
    choice: list[str], fault: tuple[str, str]
) -> None:
    parts = Case().parts()
    parts.lines["ballots.jsonl"][4]["choice"] = choice

    assert found(parts)[0] == (Check.BALLOT, " > ".join(choice), *fault)
    assert (Check.TALLY, "abstentions", "1", "0") in found(parts)


def test_a_commitment_stands_once() -> None:
    parts = Case().parts()
    parts.lines["commitments.jsonl"].append(parts.lines["commitments.jsonl"][0])

    assert is_no_record(parts)


def test_ballots_on_numbers_have_no_nonce_and_are_not_held_against_commitments() -> None:
    parts = Case(rules(slate="eligible"), unnamed="FG", kind="public").parts()
    for line in parts.lines["ballots.jsonl"]:
        del line["nonce"]

    assert found(parts) == []


def test_where_all_are_named_every_ballot_has_its_nonce() -> None:
    parts = Case().parts()
    del parts.lines["ballots.jsonl"][0]["nonce"]

    assert is_no_record(parts)


def test_ballots_of_a_vote_that_was_never_counted_are_found() -> None:
    parts = Case().parts()
    parts.category["elections"][0]["tally"] = None

    assert (Check.TALLY, parts.category["elections"][0]["election"], "nothing", "4 ballots") in found(parts)


def test_a_vote_whose_envelopes_are_closed_lacks_its_result() -> None:
    parts = Case().parts()
    parts.lines["ballots.jsonl"] = []
    parts.category["elections"][0]["tally"] = None
    parts.category["result"] = None
    parts.outcome["awards"] = []
    parts.documents["decisions.json"] = [it for it in parts.decisions if it["kind"] != "winners"]

    recounted = counted(parts.written())

    assert recounted.differences == ()
    assert recounted.lacks == ("result",)


def test_a_table_that_no_ballots_add_up_to_is_found() -> None:
    parts = Case(as_table=True).parts()
    table = parts.lines["ballots.jsonl"][0]["table"]
    table["votes"]["A"] = parts.category["elections"][0]["tally"]["votes"]["A"] = "15"

    assert (
        Check.TALLY,
        parts.category["elections"][0]["election"],
        "a table",
        "no ballots add up to it",
    ) in found(parts)


def test_a_table_and_ballots_are_no_record() -> None:
    table = Case(as_table=True).parts().lines["ballots.jsonl"]
    ballot_lines = Case().parts().lines["ballots.jsonl"]

    for lines in (table + ballot_lines, ballot_lines + table, table + table):
        parts = Case().parts()
        parts.lines["ballots.jsonl"] = lines
        assert is_no_record(parts)


def test_the_table_of_another_slate_is_no_record() -> None:
    parts = Case(as_table=True).parts()
    parts.category["elections"][0]["slate"] = list("EDCBA")

    assert is_no_record(parts)


def test_two_votes_of_one_category_are_no_record() -> None:
    parts = Case().parts()
    parts.category["elections"].append(parts.category["elections"][0] | {"election": "another"})

    assert is_no_record(parts)


def test_one_vote_stated_twice_is_no_record() -> None:
    parts = Case().parts()
    parts.category["elections"] *= 2

    assert is_no_record(parts)


def test_a_vote_that_the_rules_do_not_have_is_no_record() -> None:
    parts = Case(rules(second_round="none")).parts()
    parts.category["elections"] = Case().parts().category["elections"]

    assert is_no_record(parts)


def test_a_finalist_whom_the_panel_did_not_mark_has_no_result() -> None:
    parts = CASES["a panel"]().parts()
    for name in ("sheets.jsonl", "assignments.jsonl"):
        parts.lines[name] = [
            it for it in parts.lines[name] if (it["nomination"], it["round"]) != ("E", "second")
        ]

    assert (Check.RESULT, "result", "a result", "nothing to count it from") in found(parts)


def test_a_prize_withheld_against_the_rules_is_found() -> None:
    parts = Case(withheld=["best"]).parts()

    assert found(parts) == [(Check.WITHHELD, "prizes", "best", "none")]


def test_a_prize_that_nobody_gave_is_found() -> None:
    parts = Case().parts()
    parts.outcome["awards"][0]["nomination"] = "G"

    assert found(parts) == [(Check.AWARD, "G", "best", "nothing"), (Check.AWARD, "A", "nothing", "best")]


def test_a_prize_given_twice_is_found() -> None:
    parts = Case().parts()
    parts.outcome["awards"] *= 2

    assert (Check.AWARD, "A", "best", "one") in found(parts)


def test_prizes_are_not_missed_before_they_are_signed() -> None:
    parts = Case().parts()
    parts.outcome["awards"] = []
    assert checks(parts) == {Check.AWARD}

    parts.documents["decisions.json"] = [it for it in parts.decisions if it["kind"] != "winners"]
    assert found(parts) == []


def test_a_prize_by_decision_needs_its_decision_and_a_decision_its_prize() -> None:
    parts = CASES["a prize by decision"]().parts()
    parts.outcome["awards"][-1]["nomination"] = "F"

    assert found(parts) == [
        (Check.AWARD, "F", "special", "nothing"),
        (Check.AWARD, "G", "nothing", "special"),
    ]


def test_a_category_left_out_is_lacking() -> None:
    parts = Case(rules(categories=[{"key": CATEGORY}, {"key": "mobility"}])).parts()
    assert counted(parts.written()).lacks == ()

    parts.lines["nominations.jsonl"].append({"nomination": "M", "category": "mobility"})
    assert counted(parts.written()).lacks == ("standing", "result")

    parts.decisions.append({"kind": "category_closed", "category": "mobility", "subject": {}})
    assert counted(parts.written()).lacks == ()


def test_an_edition_that_has_not_begun_agrees_and_lacks_everything() -> None:
    parts = Case().parts()
    parts.lines = {name: [] for name in record.LINES} | {
        "nominations.jsonl": parts.lines["nominations.jsonl"]
    }
    parts.outcome.update(categories={}, awards=[], seed=None, lacks=["judges"])
    parts.documents["decisions.json"] = []

    recounted = counted(parts.written())

    assert recounted.differences == ()
    assert recounted.lacks == ("judges", "standing", "result")


def test_a_result_without_a_standing_is_found() -> None:
    parts = Case().parts()
    parts.category["standing"] = None

    assert (Check.RESULT, "result", "a result", "no standing") in found(parts)


NO_RECORDS: dict[str, Callable[[Parts], Any]] = {
    "another format": lambda it: it.outcome.update(format="laurels-record-9"),
    "another kind": lambda it: it.outcome.update(kind="secret"),
    "a category that the rules don't have": lambda it: it.outcome["categories"].update(x=it.category),
    "rules against the rules": lambda it: it.documents["rules.json"].update(criteria=[]),
    "an endless weight": lambda it: it.documents["rules.json"]["criteria"][0].update(weight="1e999999999"),
    "a nomination twice": lambda it: it.lines["nominations.jsonl"].append(it.lines["nominations.jsonl"][0]),
    "a slate with one twice": lambda it: it.category["slate"].append("A"),
    "a sheet of nobody": lambda it: it.lines["sheets.jsonl"][0].update(nomination="X"),
    "a sheet that counts perhaps": lambda it: it.lines["sheets.jsonl"][0].update(counted=1),
    "a third round": lambda it: it.lines["sheets.jsonl"][0].update(round="third"),
    "a ballot of no election": lambda it: it.lines["ballots.jsonl"][0].update(election="x"),
    "a commitment that is no hash": lambda it: it.lines["commitments.jsonl"][0].update(commitment="x"),
    "an unknown prize": lambda it: it.outcome["awards"][0].update(prize="x"),
    "an unexact total in a table": lambda it: it.lines.update(
        {
            "ballots.jsonl": [
                {
                    "election": it.category["elections"][0]["election"],
                    "table": it.category["elections"][0]["tally"]
                    | {"votes": dict.fromkeys("ABCDE", "1e99999999")},
                }
            ]
        }
    ),
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_what_has_not_the_form_is_no_record(name: str) -> None:
    parts = Case().parts()
    NO_RECORDS[name](parts)

    assert is_no_record(parts)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 12)
    | st.sampled_from(["", "A", "best", CATEGORY, "first", "1/0", "lot"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["A", "nomination", "key", "rows", "marks"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document that can hold another value: a container and a key or number in it."""
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.data(),
    st.sampled_from(
        ["a Borda vote", "a table instead of ballots", "a lot", "a panel", "a prize by decision"]
    ),
)
def test_no_document_however_hostile_breaks_the_recount(data: st.DataObject, name: str) -> None:
    parts = CASES[name]().parts()
    everywhere = places(parts.documents) + places(parts.lines)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(everywhere))
        if (
            isinstance(container, dict)
            and data.draw(st.booleans())
            and container not in (parts.documents, parts.lines)
        ):
            container.pop(key, None)
        elif key in container or (isinstance(key, int) and key < len(container)):
            container[key] = data.draw(VALUES)
    content = Case().written()
    for part in record.DOCUMENTS:
        content = changed(content, part, canonical(parts.documents[part]))
    for part in record.LINES:
        lines = parts.lines[part] if isinstance(parts.lines[part], list) else [parts.lines[part]]
        content = changed(content, part, b"".join(canonical(line) + b"\n" for line in lines))

    with contextlib.suppress(RecordDamaged):
        counted(content)


def test_documents_nested_without_end_are_no_record() -> None:
    for depth in range(300, 1100, 25):
        deep = b'{"format":' + b"[" * depth + b"]" * depth + b"}"
        with pytest.raises(RecordDamaged):
            counted(changed(Case().written(), "outcome.json", deep))


def test_a_value_nested_deep_in_what_is_stated_is_shown_or_refused() -> None:
    outcome = json.loads(unpacked(Case().written())["outcome.json"])
    for depth in range(900, 1000, 10):
        outcome["categories"][CATEGORY]["standing"]["rows"] = "DEEP"
        part = canonical(outcome).replace(b'"DEEP"', b"[" * depth + b"]" * depth)
        with contextlib.suppress(RecordDamaged):
            assert counted(changed(Case().written(), "outcome.json", part)).differences

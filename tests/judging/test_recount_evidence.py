"""Recounting: what is changed in sheets, ballots or the stated result, and hashed again, is found and said where."""

from collections.abc import Callable
from typing import Any

import pytest

from judging.ballot import commitment
from judging.recount import Check
from tests.builders import rules
from tests.judging.cases import CASES, checks, counted, found, is_no_record
from tests.judging.records import Case


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
        (Check.COMMITMENT, election["election"], "+1 commitments", "one a ballot"),
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
    assert recounted.lacks == ("result of open-city",)


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


def test_a_record_that_hides_its_freeze_is_found() -> None:
    parts = Case().parts()
    parts.documents["decisions.json"] = [
        it for it in parts.documents["decisions.json"] if it["kind"] != "freeze"
    ]

    assert found(parts) == [(Check.RULES, "freeze", "a seed drawn at the freeze", "no decision to freeze")]


def test_a_judge_who_is_not_listed_is_found() -> None:
    parts = Case().parts()
    del parts.lines["judges.jsonl"][0]

    assert found(parts)[0] == (Check.SHEET, "judge-1", "assigned", "not among the judges")


@pytest.mark.parametrize(
    ("detail", "stated", "counted_again"), [("place", 2, "1"), ("by_decision", True, "False")]
)
def test_what_is_stated_of_an_award_is_checked(detail: str, stated: object, counted_again: str) -> None:
    parts = Case().parts()
    award = parts.documents["outcome.json"]["awards"][0]
    award |= {"place": 1, "by_decision": False}
    assert found(parts) == []

    award[detail] = stated

    nomination = award["nomination"]
    assert found(parts) == [(Check.AWARD, f"{nomination} {detail}", str(stated), counted_again)]


def test_a_table_needs_as_many_commitments_as_it_counts_ballots() -> None:
    parts = Case(as_table=True).parts()
    assert found(parts) == []

    parts.lines["commitments.jsonl"].pop()

    assert [check for check, *_ in found(parts)] == [Check.COMMITMENT]


def test_texts_that_are_no_object_make_no_record() -> None:
    parts = Case().parts()
    parts.documents["texts.json"] = []

    assert is_no_record(parts)

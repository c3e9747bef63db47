"""Recounting: a sound record agrees, and what is changed in rules, seed, decisions or prizes is found."""

import hashlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging import record
from judging.count import first_round
from judging.ladder import Verdicts, draw
from judging.recount import Check
from judging.values import canonical
from tests.builders import CATEGORY, SEED, rules
from tests.judging.cases import CASES, LEVEL, Level, checks, counted, found, is_no_record
from tests.judging.categories import ballots, category, decide, tempers
from tests.judging.independent import People
from tests.judging.records import Case, unpacked


@pytest.mark.parametrize("name", CASES)
def test_a_sound_record_agrees(name: str) -> None:
    recounted = counted(CASES[name]().written())

    assert recounted.differences == ()
    assert recounted.lacks == ()


@given(tempers(), st.sampled_from(["borda", "schulze", "approval", "one_choice"]), st.booleans())
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


def test_a_category_that_was_judged_and_is_left_out_is_lacking() -> None:
    parts = Case(rules(categories=[{"key": CATEGORY}, {"key": "mobility"}])).parts()
    parts.lines["nominations.jsonl"].append({"nomination": "M", "category": "mobility"})
    assert counted(parts.written()).lacks == ()

    parts.lines["assignments.jsonl"].append({"judge": "judge-1", "nomination": "M", "round": "first"})
    assert counted(parts.written()).lacks == ("standing of mobility",)


def test_an_edition_that_has_not_begun_agrees_and_lacks_everything() -> None:
    parts = Case().parts()
    parts.lines = {name: [] for name in record.LINES} | {
        "nominations.jsonl": parts.lines["nominations.jsonl"]
    }
    parts.outcome.update(
        categories={}, awards=[], seed=None, seed_sha256=None, lacks=["standing of open-city"]
    )
    parts.documents["decisions.json"] = []

    recounted = counted(parts.written())

    assert recounted.differences == ()
    assert recounted.lacks == ("standing of open-city",)


def test_a_result_without_a_standing_is_found() -> None:
    parts = Case().parts()
    parts.category["standing"] = None

    assert (Check.RESULT, "result", "a result", "no standing") in found(parts)

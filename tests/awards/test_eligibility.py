"""Eligibility: what the rules find about nominations, alone and beside each other."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards import eligibility
from awards.eligibility import Candidate, Finding, FindingKind, NotChecked, Screened
from awards.timetable import deadline
from judging.programme import read_rules
from judging.rules import Rules

CLOSE = deadline(datetime(2026, 3, 31, 23, 59), "Asia/Seoul")  # noqa: DTZ001 (the zone stands beside it)
LENIENT = {"deadline": False, "one_category": False}


def rules_with(fields: tuple[dict[str, Any], ...] = (), **asked: Any) -> Rules:
    return read_rules(
        {
            "key": "made-up",
            "languages": ["en"],
            "criteria": [{"key": "value"}],
            "prizes": [],
            "categories": [{"key": "services"}, {"key": "mobility", "nominee_kinds": ["project"]}],
            "eligibility": {**LENIENT, **asked},
            "fields": [*fields],
            "second_round": "none",
        }
    )


def nomination(reference: str = "A", **changes: Any) -> Candidate:
    plain = Candidate(
        reference=reference,
        category="services",
        nominee_kind="project",
        titles=frozenset({f"project {reference.lower()}"}),
        organisation=f"#{reference}",
        organisation_kind="city",
        member=True,
        city=f"city of {reference}",
        language="en",
        submitted_at=datetime(2026, 3, 1, tzinfo=UTC),
        answered=frozenset(),
        started_on=None,
        files=frozenset(),
        columns=None,
    )
    return replace(plain, **changes)


def found(screened: Screened) -> dict[str, list[FindingKind]]:
    return {reference: [it.kind for it in findings] for reference, findings in screened.findings.items()}


def finding(rules: Rules, candidate: Candidate, **given: Any) -> tuple[Finding, ...]:
    return eligibility.screen(rules, [candidate], **{"close": None, **given}).findings[candidate.reference]


def test_a_nomination_that_meets_every_rule_has_no_finding() -> None:
    assert finding(rules_with(), nomination()) == ()
    assert eligibility.is_clean(())


# ── The deadline ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("after", "minutes"), [(-60, None), (0, None), (900, None), (901, 16), (86400, 1440)]
)
def test_a_nomination_counts_within_the_grace_and_is_late_after_it(after: int, minutes: int | None) -> None:
    late = nomination(submitted_at=CLOSE.instant + timedelta(seconds=after))

    assert finding(rules_with(deadline=True), late, close=CLOSE) == (
        () if minutes is None else (Finding(FindingKind.LATE, True, (("minutes", minutes),)),)
    )


def test_a_nomination_may_have_a_deadline_of_its_own() -> None:
    late = nomination(submitted_at=CLOSE.instant + timedelta(days=1))
    own = {"A": CLOSE.instant + timedelta(days=2)}

    assert finding(rules_with(deadline=True), late, close=CLOSE, own_deadlines=own) == ()


def test_a_deadline_that_is_not_stated_is_not_checked() -> None:
    screened = eligibility.screen(rules_with(deadline=True), [nomination("A"), nomination("B")], close=None)

    assert screened.not_checked == (NotChecked(FindingKind.LATE),)
    assert found(screened) == {"A": [], "B": []}


def test_an_import_without_times_is_not_held_against_the_deadline() -> None:
    late = nomination(submitted_at=CLOSE.instant + timedelta(days=1), columns=frozenset())

    screened = eligibility.screen(rules_with(deadline=True), [late], close=CLOSE)

    assert (found(screened), screened.not_checked) == (
        {"A": []},
        (NotChecked(FindingKind.LATE, "submitted_at"),),
    )


# ── Beside each other ───────────────────────────────────────────────────────────


def test_the_cap_of_a_city_is_found_on_all_of_its_nominations() -> None:
    field = [nomination(reference, city="seoul") for reference in "ABC"] + [nomination("D")]

    screened = eligibility.screen(rules_with(per_city=2), field, close=None)

    over = Finding(FindingKind.TOO_MANY_FROM_CITY, True, (("found", 3), ("limit", 2)))
    assert screened.findings == {"A": (over,), "B": (over,), "C": (over,), "D": ()}


def test_deciding_one_ineligible_frees_the_others_of_its_city() -> None:
    field = [nomination(reference, city="seoul", stands=reference != "B") for reference in "ABC"]

    assert found(eligibility.screen(rules_with(per_city=2), field, close=None)) == {
        "A": [],
        "B": [FindingKind.TOO_MANY_FROM_CITY],
        "C": [],
    }


def test_individuals_do_not_count_towards_their_city() -> None:
    field = [nomination("A", city="seoul"), nomination("B", city="seoul", nominee_kind="individual")]

    assert found(eligibility.screen(rules_with(per_city=1), field, close=None)) == {"A": [], "B": []}


def test_nominations_without_a_city_share_none() -> None:
    field = [nomination("A", city=""), nomination("B", city="")]

    assert found(eligibility.screen(rules_with(per_city=1), field, close=None)) == {"A": [], "B": []}


def same_project(**changes: Any) -> list[Candidate]:
    alike = {"organisation": "#1", "titles": frozenset({"one project"})}
    return [nomination("A", **alike), nomination("B", **{**alike, **changes})]


def test_a_project_in_two_categories_is_found_on_both() -> None:
    screened = eligibility.screen(
        rules_with(one_category=True), same_project(category="mobility"), close=None
    )

    assert screened.findings["A"] == (
        Finding(FindingKind.IN_TWO_CATEGORIES, True, (("other", "B"),)),
        Finding(FindingKind.POSSIBLE_DUPLICATE, False, (("other", "B"),)),
    )
    assert found(screened)["A"] == found(screened)["B"]


def test_a_project_twice_in_one_category_is_a_warning_that_leaves_it_clean() -> None:
    screened = eligibility.screen(rules_with(one_category=True), same_project(), close=None)

    assert found(screened) == {"A": [FindingKind.POSSIBLE_DUPLICATE], "B": [FindingKind.POSSIBLE_DUPLICATE]}
    assert eligibility.is_clean(screened.findings["A"])


@pytest.mark.parametrize(
    "changes", [{"organisation": "#2"}, {"titles": frozenset({"another"})}, {"stands": False}]
)
def test_another_organisation_another_title_or_one_decided_ineligible_is_no_duplicate(changes: Any) -> None:
    screened = eligibility.screen(rules_with(), same_project(**changes), close=None)

    assert found(screened)["A"] == []


def test_one_title_in_common_in_any_language_is_enough() -> None:
    field = same_project(titles=frozenset({"프로젝트", "one project"}))

    assert found(eligibility.screen(rules_with(), field, close=None))["B"] == [FindingKind.POSSIBLE_DUPLICATE]


def test_the_same_file_is_a_possible_duplicate_once() -> None:
    field = [nomination("A", files=frozenset({"f1", "f2"})), nomination("B", files=frozenset({"f1", "f2"}))]

    assert found(eligibility.screen(rules_with(), field, close=None)) == {
        "A": [FindingKind.POSSIBLE_DUPLICATE],
        "B": [FindingKind.POSSIBLE_DUPLICATE],
    }


# ── Who may apply ───────────────────────────────────────────────────────────────


def test_a_category_may_be_closed_to_individuals() -> None:
    person = nomination(category="mobility", nominee_kind="individual")

    assert finding(rules_with(), person) == (
        Finding(FindingKind.NOMINEE_KIND, True, (("found", "individual"),)),
    )


def test_a_kind_of_organisation_that_may_not_apply_is_found_and_an_unknown_one_is_not_checked() -> None:
    rules = rules_with(organisation_kinds=["city"])
    field = [nomination("A", organisation_kind="corporation"), nomination("B", organisation_kind="other")]

    screened = eligibility.screen(rules, field, close=None)

    assert found(screened) == {"A": [FindingKind.ORGANISATION_KIND], "B": []}
    assert screened.not_checked == (NotChecked(FindingKind.ORGANISATION_KIND, "organisation_kind"),)


def test_an_individual_is_not_asked_for_the_kind_of_an_organisation() -> None:
    person = nomination(nominee_kind="individual", organisation_kind="corporation")

    assert finding(rules_with(organisation_kinds=["city"], city_approval=["corporation"]), person) == ()


def test_a_company_needs_its_citys_approval_and_a_city_does_not() -> None:
    rules = rules_with(city_approval=["corporation"])
    company = nomination(organisation_kind="corporation")

    assert finding(rules, company) == (Finding(FindingKind.CITY_APPROVAL_MISSING, True),)
    assert finding(rules, replace(company, answered=frozenset({"city_approval"}))) == ()
    assert finding(rules, nomination()) == ()


def test_where_only_members_may_apply_another_is_found() -> None:
    assert finding(rules_with(members_only=True), nomination(member=False)) == (
        Finding(FindingKind.NOT_A_MEMBER, True),
    )


# ── How long it has run ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("started", "long_enough"),
    [(date(2024, 3, 31), True), (date(2024, 4, 1), False), (date(2024, 3, 1), True)],
)
def test_a_project_has_run_its_months_at_the_deadline(started: date, long_enough: bool) -> None:
    project = nomination(started_on=started, answered=frozenset({"started_on"}))

    findings = finding(rules_with(running_months=24), project, close=CLOSE)

    assert (findings == ()) is long_enough


def test_months_end_on_the_last_day_of_a_shorter_month() -> None:
    project = nomination(started_on=date(2023, 8, 31), submitted_at=datetime(2024, 2, 29, tzinfo=UTC))

    assert finding(rules_with(running_months=6), project) == ()


def test_without_a_deadline_the_months_are_counted_to_the_submission() -> None:
    project = nomination(started_on=date(2026, 2, 2))

    assert finding(rules_with(running_months=1), project) == (
        Finding(FindingKind.RUNNING_TOO_SHORT, True, (("months", 1), ("started_on", "2026-02-02"))),
    )


def test_a_project_that_does_not_say_since_when_it_runs_lacks_the_field() -> None:
    asked = ({"key": "started_on", "kind": "date", "required": True},)

    assert finding(rules_with(asked, running_months=12), nomination()) == (
        Finding(FindingKind.FIELD_MISSING, True, (("field", "started_on"),)),
    )


# ── The form ────────────────────────────────────────────────────────────────────

FORM = (
    {"key": "problem", "kind": "text", "required": True},
    {"key": "letter", "kind": "files", "required": True},
    {"key": "budget", "kind": "text"},
)


def test_required_fields_and_files_that_are_missing_are_found() -> None:
    assert finding(rules_with(FORM), nomination()) == (
        Finding(FindingKind.FIELD_MISSING, True, (("field", "problem"),)),
        Finding(FindingKind.FILE_MISSING, True, (("field", "letter"),)),
    )
    assert finding(rules_with(FORM), nomination(answered=frozenset({"problem", "letter"}))) == ()


def test_a_form_is_held_in_one_of_the_languages() -> None:
    rules = rules_with(languages=["en"])

    assert finding(rules, nomination(language="ko")) == (
        Finding(FindingKind.LANGUAGE, True, (("found", "ko"),)),
    )
    assert finding(rules, nomination()) == ()


def test_what_an_import_has_no_column_for_is_not_checked_and_said_once() -> None:
    rules = rules_with(FORM, running_months=12, city_approval=["city"], languages=["en"])
    bare = frozenset({"reference"})
    field = [nomination(reference, columns=bare, language="ko") for reference in "AB"]

    screened = eligibility.screen(rules, field, close=CLOSE)

    assert found(screened) == {"A": [], "B": []}
    assert screened.not_checked == (
        NotChecked(FindingKind.CITY_APPROVAL_MISSING, "city_approval"),
        NotChecked(FindingKind.FIELD_MISSING, "problem"),
        NotChecked(FindingKind.FILE_MISSING, "letter"),
        NotChecked(FindingKind.LANGUAGE, "language"),
        NotChecked(FindingKind.RUNNING_TOO_SHORT, "started_on"),
    )


# ── Earlier winners ─────────────────────────────────────────────────────────────


def test_a_project_that_won_before_is_found_where_the_rules_say_so() -> None:
    winners = frozenset({("#A", "project a"), ("#C", "project b")})
    field = [nomination("A"), nomination("B")]

    strict = eligibility.screen(rules_with(earlier_winners=False), field, close=None, winners=winners)
    lenient = eligibility.screen(rules_with(earlier_winners=True), field, close=None, winners=winners)

    assert found(strict) == {"A": [FindingKind.EARLIER_WINNER], "B": []}
    assert found(lenient) == {"A": [], "B": []}


# ── Properties ──────────────────────────────────────────────────────────────────


@given(
    st.lists(
        st.tuples(
            st.sampled_from("xyz"),
            st.sampled_from("xyz"),
            st.sampled_from(["services", "mobility"]),
            st.booleans(),
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_nominations_changes_no_finding(
    field: list[tuple[str, str, str, bool]], chance: Any
) -> None:
    rules = rules_with(per_city=1, one_category=True)
    candidates = [
        nomination(
            str(number),
            city=city,
            organisation="#1",
            titles=frozenset({title}),
            category=category,
            stands=stands,
        )
        for number, (city, title, category, stands) in enumerate(field)
    ]
    shuffled = list(candidates)
    chance.shuffle(shuffled)

    one, other = (eligibility.screen(rules, it, close=None) for it in (candidates, shuffled))

    assert one.findings == other.findings
    assert one.not_checked == other.not_checked

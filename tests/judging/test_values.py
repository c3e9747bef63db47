"""Exact numbers, canonical documents, and what differs between two of them."""

import json
import re
import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.values import (
    as_list,
    as_object,
    as_text,
    as_whole,
    canonical,
    differences,
    exact,
    normalise,
    parse_exact,
    rounded,
)

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def is_the_same(document: object, other: object) -> bool:
    return json.dumps(document, sort_keys=True) == json.dumps(other, sort_keys=True)


@pytest.mark.parametrize(
    ("number", "text"), [(Fraction(8), "8"), (Fraction(26, 3), "26/3"), (Fraction(-1, 2), "-1/2")]
)
def test_a_number_is_written_in_lowest_terms(number: Fraction, text: str) -> None:
    assert exact(number) == text
    assert parse_exact(text) == number


@given(st.fractions())
def test_what_is_written_exactly_is_read_exactly(number: Fraction) -> None:
    assert parse_exact(exact(number)) == number


@pytest.mark.parametrize(
    "text", ["", "4/2", "1/0", "0.5", "1e9", "1e999999999", " 1", "+1", "01", "-0", "1_0", "١", "½", "1/-2"]
)
def test_what_would_not_be_written_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}"):
        parse_exact(text)


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        (Fraction(26, 3), 2, "8.67"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(1, 200), 2, "0.01"),
        (Fraction(999, 100), 1, "10.0"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(0), 2, "0.00"),
    ],
)
def test_numbers_are_rounded_half_up_where_they_are_printed(number: Fraction, places: int, text: str) -> None:
    assert rounded(number, places) == text


def test_the_canonical_form_is_sorted_tight_and_composed() -> None:
    document = {"b": [1, True, None], "가": "é", "a": {"z": "", "\u0065\u0301": '"\\\n'}}

    assert canonical(document).decode() == '{"a":{"z":"","é":"\\"\\\\\\n"},"b":[1,true,null],"가":"é"}'


@given(DOCUMENTS)
def test_the_canonical_form_is_one_for_all_ways_of_writing(document: object) -> None:
    try:
        content = canonical(document)
    except ValueError:  # two keys that are the same text
        return

    again = json.loads(content)
    assert is_the_same(again, normalise(document))
    assert canonical(again) == content
    assert canonical(json.loads(unicodedata.normalize("NFD", content.decode()))) == content


@pytest.mark.parametrize("document", [1.5, {"a": [1.0]}, [float("nan")]])
def test_what_is_not_exact_has_no_canonical_form(document: object) -> None:
    with pytest.raises(TypeError, match="not exact"):
        canonical(document)


def test_two_keys_that_are_the_same_text_have_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="same text"):
        canonical({"\u00e9": 1, "e\u0301": 2})


@given(DOCUMENTS, DOCUMENTS)
def test_equal_documents_and_only_they_have_no_difference(one: object, other: object) -> None:
    assert differences(one, one) == []
    if differences(one, other) == []:
        assert is_the_same(one, other) or "null" in json.dumps([one, other])
    else:
        assert not is_the_same(one, other)


def test_a_difference_has_its_place() -> None:
    before = {"places": 5, "criteria": [{"key": "a", "weight": 1}, {"key": "b", "weight": 2}]}
    after = {
        "places": 5,
        "criteria": [{"key": "b", "weight": 3}, {"key": "a", "weight": 1}],
        "withhold": True,
    }

    assert differences(before, after) == [("criteria.b.weight", 2, 3), ("withhold", None, True)]


def test_rows_are_compared_by_nomination() -> None:
    assert differences([{"nomination": "A", "place": 1}], [{"nomination": "B", "place": 1}]) == [
        ("A", {"nomination": "A", "place": 1}, None),
        ("B", None, {"nomination": "B", "place": 1}),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([{"key": "a"}, {"key": "a"}], [{"key": "a"}]),
        ([{"key": "a"}], [{"nomination": "a"}]),
        ([{"key": "a"}], []),
        ([], [{"key": "a"}]),
        ([1], [True]),
        ([{"x": 1}], [{"x": True}]),
        ([{"x": 1}], [{"y": 1}]),
        (0, False),
        ("1", 1),
        ([1, 2], [2, 1]),
        ([[]], [{}]),
    ],
)
def test_lookalikes_differ(before: object, after: object) -> None:
    assert differences(before, after) != []


@pytest.mark.parametrize("reader", [as_text, as_whole, as_list, as_object])
def test_a_value_is_taken_only_as_what_it_is(reader: object) -> None:
    fitting = {as_text: "a", as_whole: 3, as_list: [1], as_object: {"a": 1}}
    wrong = [value for key, value in fitting.items() if key is not reader]

    assert reader(fitting[reader]) == fitting[reader]
    for value in [*wrong, None, True]:
        with pytest.raises(TypeError, match="wanted"):
            reader(value)

"""Two texts compared word by word."""

from hypothesis import given
from hypothesis import strategies as st

from awards import differences
from awards.differences import Change, Part


def test_a_changed_word_is_taken_out_and_put_in() -> None:
    assert differences.of_texts("The city pays half.", "The province pays half.") == (
        Part(Change.SAME, "The "),
        Part(Change.REMOVED, "city"),
        Part(Change.ADDED, "province"),
        Part(Change.SAME, " pays half."),
    )


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_parts_give_back_both_texts(before: str, after: str) -> None:
    parts = differences.of_texts(before, after)

    assert "".join(it.text for it in parts if it.change is not Change.ADDED) == before
    assert "".join(it.text for it in parts if it.change is not Change.REMOVED) == after


def test_very_long_texts_are_compared_as_a_whole() -> None:
    long = "word " * differences.LONGEST

    assert [it.change for it in differences.of_texts(long, long + "more")] == [Change.REMOVED, Change.ADDED]


def test_nothing_and_empty_are_the_same_answer() -> None:
    assert list(differences.changed_keys({"a": None, "b": "x"}, {"a": "", "b": "y", "c": []})) == ["b"]

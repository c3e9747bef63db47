"""The form against any text: never an exception, never a loss, and no fault only where nothing is wrong."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from awards import cells, fields, writing
from awards.fields import Fault, FaultKind
from judging.programme import FIELD_KINDS
from judging.rules import Field
from judging.values import Json, canonical
from tests.awards.forms import EVERY, field_of

ODD = (
    "\0", "\ud800", "\udfff", "\uffff", "\x1b", "\x85", "\r", "\r\n", "\n", "\t", " ", "\u00a0", "\u3000", "\u200b",
    "\u200f", "\u202e", "\u2067", "\u0301", "\u0323", "\u0344", "\u0f73", "e\u0301", "\u1100\u1161\u11a8", "각", "あ",
    "か\u3099", "中", "ไทย", "مدينة", "עיר", "👩‍👩‍👧", "🇰🇷", "|", ";", "https://example.org/", "a@example.org",
    "2021-05", "2021. 5. 3.", "1,234.5", "yes", "red", "dark-blue", "<b>", "{{ x }}", "\\", '"', "word ",
)  # fmt: skip
texts = st.one_of(
    st.text(alphabet=st.characters(codec=None), max_size=60),
    st.lists(st.sampled_from(ODD), max_size=12).map("".join),
    st.sampled_from(ODD),
)
answers: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["what", "much", "day", "name", "email", "file", "permission"]), inner
        )
    ),
    max_leaves=8,
)
languages = st.sampled_from(["en", "ko", "ar", "zh-Hant", "th", "", "x" * 50])
kinds = st.sampled_from(FIELD_KINDS)
limits = st.integers(0, 6)


@st.composite
def asked(draw: st.DrawFn, kind: str = "") -> Field:
    return field_of(
        kind or draw(kinds),
        required=draw(st.booleans()),
        limit=draw(limits),
        most=draw(limits),
        characters=draw(limits),
    )


def names_of(field: Field) -> list[str]:
    columns = [column.key for column in fields.columns_of(field)]
    if columns:
        return [f"{field.key}-{row}-{column}" for row in (0, 1, 7, 10) for column in columns]
    return [f"{field.key}-{row}" for row in (0, 1, 7, 10)] if field.kind == "links" else [field.key]


@st.composite
def filled(draw: st.DrawFn, kind: str = "") -> tuple[Field, MultiDict[str, str]]:
    field = draw(asked(kind))
    others = ["csrf_token", f"{field.key}-x", f"{field.key}-٣"]
    names = st.one_of(st.sampled_from(names_of(field)), st.sampled_from(others))
    return field, MultiDict(draw(st.lists(st.tuples(names, texts), max_size=8)))


def form_of(field: Field, answer: Json) -> MultiDict[str, str]:
    """A form that holds an answer, as templates/macros/fields.html writes it."""
    if field.kind in fields.GROUPS:
        rows = fields.rows_of(field, answer)
        return MultiDict(
            (f"{field.key}-{place}-{key}", "yes" if cell is True else fields.text_of(cell))
            for place, row in enumerate(rows)
            for key, cell in row.items()
        )
    if field.kind == "links":
        return MultiDict((f"{field.key}-{place}", link) for place, link in enumerate(fields.items_of(answer)))
    if field.kind in fields.LISTS:
        return MultiDict((field.key, item) for item in fields.items_of(answer))
    if field.kind == "consent":
        return MultiDict({field.key: "yes"} if answer is True else {})
    return MultiDict({field.key: fields.text_of(answer)})


def strings(answer: Json) -> Iterator[str]:
    if isinstance(answer, str):
        yield answer
    for item in answer if isinstance(answer, list) else answer.values() if isinstance(answer, dict) else ():
        yield from strings(item)


def bare(text: str) -> str:
    """A text without white space, composed: what tidying must not change."""
    return unicodedata.normalize("NFC", "".join(text.split())).translate(
        dict.fromkeys([0x1C, 0x1D, 0x1E, 0x1F])
    )


@given(texts)
def test_tidying_changes_nothing_but_white_space_and_composition(text: str) -> None:
    tidied = writing.tidy(text)

    assert writing.tidy(tidied) == tidied
    assert bare(tidied) == bare(text)
    assert unicodedata.is_normalized("NFC", tidied)
    assert "\r" not in tidied


@given(texts)
def test_cleaning_takes_what_cannot_be_stored_and_nothing_else(text: str) -> None:
    cleaned = writing.cleaned(text)

    assert writing.unreadable(cleaned) == 0
    assert (writing.unreadable(writing.tidy(text)) > 0) or cleaned == writing.tidy(text)
    cleaned.encode()


every_kind = pytest.mark.parametrize("kind", FIELD_KINDS)


@every_kind
@given(st.data())
def test_what_was_posted_is_posted_again_as_it_is(kind: str, data: st.DataObject) -> None:
    field, form = data.draw(filled(kind))

    answer = fields.posted(field, form)

    assert fields.posted(field, form_of(field, answer)) == answer


@pytest.mark.parametrize("kind", [kind for kind in FIELD_KINDS if kind not in ("consent", "pictures")])
@given(st.data())
def test_nothing_that_was_typed_into_an_input_is_lost(kind: str, data: st.DataObject) -> None:
    field, form = data.draw(filled(kind))
    names = [name for name in form if name in names_of(field)]
    sent = [
        text
        for name in names
        for text in (form.getlist(name) if field.kind in fields.LISTS else [form[name]])
    ]
    if field.kind in ("links", "rows", "contacts"):
        sent = [form[name] for name in names]

    kept = set(strings(fields.posted(field, form)))

    for text in sent:
        tidied = writing.tidy(text)
        assert not tidied or tidied in kept or cells.day_of(tidied) in kept


@given(asked(), answers, languages)
def test_whatever_is_stored_can_be_checked(field: Field, answer: Json, language: str) -> None:
    faults = fields.faults_of(field, answer, language)

    assert all(fault.field == field.key for fault in faults)
    fields.is_given(field, answer)
    fields.rows_of(field, answer)
    canonical(fields.storable(answer))


@given(asked(), texts, languages)
def test_any_cell_of_an_import_can_be_read_and_checked(field: Field, cell: str, language: str) -> None:
    answer = fields.answer(field, cell, {"red": ["빨강", "Red"]})

    fields.faults_of(field, answer, language)

    assert fields.posted(field, form_of(field, answer)) == answer or field.kind in (*fields.LISTS, "consent")


@every_kind
@given(st.data(), languages)
def test_an_answer_without_fault_meets_what_is_asked(kind: str, data: st.DataObject, language: str) -> None:
    field, form = data.draw(filled(kind))
    answer = fields.posted(field, form)
    if fields.faults_of(field, answer, language):
        return

    assert fields.is_given(field, answer) or not field.required
    assert sum(writing.unreadable(text) for text in strings(answer)) == 0
    limit = fields.limit_of(field, language)
    if limit:
        assert fields.measure(fields.text_of(answer), language).count <= limit.count
    if isinstance(answer, list):
        assert not field.most or len(answer) <= field.most
    if field.kind == "number" and answer:
        assert cells.number_of(fields.text_of(answer)) is not None
    if field.kind == "date" and answer:
        assert cells.date_of(fields.text_of(answer)) is not None
    if field.kind == "choice" and answer:
        assert answer in field.options
    if field.kind == "choices":
        assert set(fields.items_of(answer)) <= set(field.options)


@given(filled(), languages)
def test_a_fault_can_be_mended_by_taking_the_answer_away(
    given_form: tuple[Field, MultiDict[str, str]], language: str
) -> None:
    field, _ = given_form
    nothing = fields.posted(field, MultiDict())

    expected = (Fault(field.key, FaultKind.MISSING),) if field.required else ()
    assert fields.faults_of(field, nothing, language) == expected


BULK = 10 * 1024 * 1024
PIECES = {
    "letters": ("a",),
    "words": ("a ",),
    "spaces": (" ",),
    "spaces between": ("a", " ", "b"),
    "line ends": ("\r\n",),
    "line ends between": ("a", "\r\n", "b"),
    "zero": ("\0",),
    "surrogates": ("\ud800",),
    "marks out of order": ("a", "\u0301", "\u0323"),
    "marks that come apart": ("\u0f73",),
    "invisible": ("\u200b",),
    "right to left": ("\u202eمدينة ",),
    "digits": ("9",),
    "commas": (",1",),
    "an address": ("a@", "a."),
    "a link": ("https://", "a/"),
    "bars": ("|;",),
}
"""What long texts are made of, each piece as long as the others together."""


def long(name: str, length: int) -> str:
    pieces = PIECES[name]
    return "".join(piece * (length // len(pieces) // len(piece)) for piece in pieces)


@pytest.mark.parametrize("name", PIECES)
def test_ten_megabytes_take_no_more_than_seconds(name: str) -> None:
    text, begun = long(name, BULK), time.process_time()

    for kind in ("text", "line", "number", "date", "choice", "links", "consent"):
        field = field_of(kind, limit=100)
        form = MultiDict({field.key: text, f"{field.key}-0": text})
        answer = fields.posted(field, form)
        faults = fields.faults_of(field, answer, "en")
        assert all(fault.kind is not FaultKind.MISSING for fault in faults)

    assert time.process_time() - begun < 20


@pytest.mark.parametrize("name", PIECES)
def test_the_longest_text_that_is_kept_is_read_at_once(name: str) -> None:
    text, begun = long(name, writing.LONGEST), time.process_time()

    for language in ("en", "zh"):
        field = field_of("text", limit=100)
        answer = fields.posted(field, MultiDict({field.key: text}))
        fields.faults_of(field, answer, language)
        fields.storable(answer)

    assert time.process_time() - begun < 3


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from([*"aé\u0301\u0323\u0f73\u0344각中か\u3099", "e\u0301"]), max_size=3000).map(
        "".join
    )
)
def test_long_runs_of_marks_stay_as_they_are_or_are_composed(text: str) -> None:
    tidied = writing.tidy(text)

    assert writing.tidy(tidied) == tidied
    assert unicodedata.normalize("NFC", tidied) == unicodedata.normalize("NFC", text)


def test_every_character_at_which_a_text_is_cut_begins_anew() -> None:
    """Composing piece by piece gives what composing the whole would, for every pair across a cut."""
    first = writing._PIECE
    openers = [
        chr(code)
        for code in range(0x110000)
        if first.match(chr(code) + "\u0301").end() == 2 and _cuts(chr(code))
    ]  # type: ignore[union-attr]

    assert len(openers) > 10_000
    for character in openers:
        assert unicodedata.combining(character) == 0
        assert unicodedata.is_normalized("NFC", character)
        for before in ("a", "\u1100", "\uac00", "か", "\u0b47", "\u09c7", "\u1025"):
            assert (
                unicodedata.normalize("NFC", before + character)
                == unicodedata.normalize("NFC", before) + character
            )


def _cuts(character: str) -> bool:
    return len([piece for piece in writing._PIECE.findall("a" + character) if piece]) == 2


def test_every_kind_has_a_field() -> None:
    assert {field.kind for field in EVERY} == set(FIELD_KINDS)

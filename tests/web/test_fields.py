"""templates/macros/fields.html: every kind can be filled in, sent again as it was, and read."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awards import fields
from awards.fields import Fault, FaultKind
from awards.web import faults
from awards.web.questions import Naming, namings, target
from judging.programme import FIELD_KINDS
from judging.rules import Field
from judging.values import Json
from tests.awards.forms import EVERY, Sent, field_of
from tests.web.markup import Page

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGE = """{% extends "base.html" %}{% import "macros/fields.html" as fields %}{% block title %}T{% endblock %}
{% block scripts %}{{ fields.scripts() }}{% endblock %}
{% block main %}<h1>T</h1>{{ fields.problems(found, {field.key: names}) }}
{{ fields.input(field, answer, found, names, "en", more=more) }}{{ fields.shown(field, answer, names, files) }}
{% endblock %}"""
TEXTS: dict[str, Any] = {
    "fields": {"the_choice": {"options": {"red": {"name": {"en": "Red", "ko": "빨강"}}}}}
}
SOME: dict[str, Json] = {
    "line": "One <b>line</b>",
    "text": "\n\nTwo\n\nparagraphs </textarea>",
    "number": "1,200",
    "date": "2021-05",
    "choice": "red",
    "choices": ["red", "dark-blue"],
    "rows": [{"what": "Days", "much": "35", "day": "2021", "where": "https://example.org/"}],
    "links": ["https://example.org/a", "javascript:alert(1)"],
    "files": ["abc", "def"],
    "pictures": [{"file": "abc", "caption": "A", "alternative": "B", "credit": "C", "permission": True}],
    "contacts": [{"name": "홍길동", "latin_name": "Hong", "office": "", "email": "h@example.org", "phone": ""}],
    "consent": True,
}  # fmt: skip


@pytest.fixture
def words(app: Flask) -> Iterator[None]:
    with app.test_request_context("/en/"):
        yield


def drawn(
    field: Field, answer: Json, found: tuple[Fault, ...] = (), *, more: bool = False, **files: object
) -> str:
    names = namings(TEXTS, [field])[field.key]
    return render_template_string(
        PAGE, field=field, answer=answer, found=found, names=names, more=more, files=files
    )


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("kind", FIELD_KINDS)
def test_an_answer_that_is_drawn_is_sent_as_it_was(kind: str) -> None:
    field = field_of(kind)
    stored = fields.posted(field, Sent(drawn(field, SOME[kind])).form)

    assert fields.posted(field, Sent(drawn(field, stored)).form) == stored
    assert stored == SOME[kind] if kind != "text" else stored == "Two\n\nparagraphs </textarea>"


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("kind", FIELD_KINDS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_text_that_is_drawn_is_sent_as_it_was(kind: str, data: st.DataObject) -> None:
    text = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=20)
    field = field_of(kind)
    names = [f"{field.key}{tail}" for tail in ("", "-0", "-0-what", "-1-name", "-0-caption", "-2-day")]
    form = Sent("").form
    for name in names:
        form.add(name, data.draw(text))

    stored = fields.posted(field, form)

    assert fields.posted(field, Sent(drawn(field, stored)).form) == stored


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("kind", FIELD_KINDS)
@pytest.mark.parametrize("wrong", [False, True])
def test_every_input_has_its_label_and_every_fault_its_input(kind: str, wrong: bool) -> None:
    field = field_of(kind, required=True, most=1, limit=1)
    answer: Json = {"rows": [{"what": "", "much": "x"}], "contacts": [{"email": "x"}]}.get(kind, SOME[kind])  # type: ignore[assignment]
    found = fields.faults_of(field, answer if wrong else None, "en")

    page = Page(drawn(field, answer if wrong else None, found))

    assert page.faults == []
    assert {target(fault, field) for fault in found} <= set(page.ids)


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    "answer",
    [
        "text",
        ["text", None, 7],
        [{"what": "a", "much": ["x"], "day": 7, "where": {}}, "x"],
        {"what": "x"},
        7,
        True,
        None,
        [[]],
        [{}],
    ],
)
def test_whatever_an_older_import_stored_can_be_drawn(answer: Json) -> None:
    for field in EVERY:
        assert Page(drawn(field, answer, fields.faults_of(field, answer, "en"))).faults == []


@pytest.mark.usefixtures("words")
def test_nothing_that_was_written_becomes_markup_or_a_dangerous_link() -> None:
    links = drawn(field_of("links"), SOME["links"])

    assert "<b>" not in drawn(field_of("line"), SOME["line"])
    assert 'href="https://example.org/a"' in links
    assert 'href="javascript' not in links


@pytest.mark.usefixtures("words")
def test_an_option_that_is_gone_is_still_shown_and_sent() -> None:
    for kind in ("choice", "choices"):
        field = field_of(kind)

        assert Sent(drawn(field, ["mauve"] if kind == "choices" else "mauve")).form.getlist(field.key) == [
            "mauve"
        ]


@pytest.mark.usefixtures("words")
def test_rows_grow_by_one_up_to_as_many_as_are_taken() -> None:
    field = field_of("rows", most=3)
    one: Json = [{"what": "a"}]

    assert drawn(field, None).count('class="row"') == 2
    assert drawn(field, one).count('class="row"') == 2
    assert drawn(field, one, more=True).count('class="row"') == 3
    assert 'name="more"' in drawn(field, one)
    assert 'name="more"' not in drawn(field, [{"what": "a"}] * 2)
    assert drawn(field, [{"what": "a"}] * 4).count('class="row"') == 4


@pytest.mark.usefixtures("words")
def test_the_count_as_of_the_last_save_stands_beside_the_limit() -> None:
    assert "2 of 3 words" in drawn(field_of("text", limit=3), "two words")
    assert "At most 3 words." in drawn(field_of("text", limit=3), "")


@pytest.mark.usefixtures("words")
def test_a_page_says_who_sees_an_answer() -> None:
    def readers(*, public: bool, judges: bool) -> str:
        return Naming(Field("a", "text", False, public, judges, 0), {}).readers()

    assert readers(public=True, judges=True) == "May be published."
    assert readers(public=False, judges=True) == "For the judges. Not published."
    assert readers(public=False, judges=False).startswith("For the secretariat only.")


@pytest.mark.usefixtures("words")
def test_files_are_named_and_led_to() -> None:
    text = drawn(field_of("files"), ["abc", "def"], abc={"href": "/f/abc", "name": "plan.pdf"})

    assert '<a href="/f/abc">plan.pdf</a>' in text
    assert "There are 2 files." in text
    assert 'href="files/the_files"' in text


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_is_said_with_its_place(app: Flask, language: str, kind: FaultKind) -> None:
    field = field_of("rows")
    with app.test_request_context(f"/{language}/"):
        names = Naming(field, {})
        said = faults.fault_words(Fault(field.key, kind, limit=1200, found=1300, row=1, column="what"), names)

    assert said.startswith("the_rows 2번, what: " if language == "ko" else "the_rows 2, what: ")
    assert "%" not in said
    if kind in (FaultKind.TOO_MANY_WORDS, FaultKind.TOO_LONG, FaultKind.TOO_MANY_ITEMS):
        assert "1,200" in said
        assert "1,300" in said


@pytest.mark.usefixtures("words")
def test_days_and_numbers_are_read_as_the_language_writes_them(app: Flask) -> None:
    names = Naming(field_of("date"), {})

    assert [names.words_of("date", day) for day in ("2021", "2021-05", "2021-05-03", "soon")] == [
        "2021",
        "May 2021",
        "3 May 2021",
        "soon",
    ]
    assert [names.words_of("number", cell) for cell in ("1200", "0.50", "many")] == ["1,200", "0.5", "many"]
    with app.test_request_context("/ko/"):
        assert [names.words_of("date", day) for day in ("2021-05", "2021-05-03")] == [
            "2021년 5월",
            "2021년 5월 3일",
        ]

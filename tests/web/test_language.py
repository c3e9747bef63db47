"""The language stands in the address; without one the browser's wish decides, among the languages we have."""

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.web import world

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
KOREAN = world.ROOT / "awards" / "translations" / "ko" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@ON_SQLITE
@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en;q=0.5", "ko"),
        ("fr, ko;q=0.2", "ko"),
        ("en-US,en;q=0.9,ko;q=0.1", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("../../etc; q=x,,;", "en"),
        ("", "en"),
    ],
)
def test_an_address_without_language_leads_to_the_one_asked_for(
    visitor: FlaskClient, wish: str, language: str
) -> None:
    answer = visitor.get(f"/{world.RELEASED}/rules?a=b", headers={"Accept-Language": wish})

    assert (answer.status_code, answer.location) == (302, f"/{language}/{world.RELEASED}/rules?a=b")
    assert "Accept-Language" in answer.headers["Vary"]


@ON_SQLITE
@pytest.mark.parametrize("path", ["/fr/", "/fr/verify/", f"/zh-Hant/{world.RELEASED}/", "/EN/", "/xx/"])
def test_a_language_that_we_do_not_have_is_no_page(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path, follow_redirects=True)

    assert answer.status_code == 404
    assert "There is no page here" in answer.text


@ON_SQLITE
def test_no_address_leads_to_another_site(visitor: FlaskClient) -> None:
    for path in ("//example.org/", "/%2F%2Fexample.org/", "/\\example.org/"):
        location = visitor.get(path).headers.get("Location", "")
        assert not re.match(r"(?:[a-z]+:)?[/\\]{2}", location), path


@ON_SQLITE
def test_every_page_leads_to_itself_in_the_other_language(visitor: FlaskClient) -> None:
    page = visitor.get(f"/ko/{world.RELEASED}/winners").text

    assert f'<a href="/en/{world.RELEASED}/winners" lang="en" hreflang="en">English</a>' in page


@ON_SQLITE
def test_data_in_another_language_says_so(visitor: FlaskClient) -> None:
    page = visitor.get(f"/ko/{world.RELEASED}/winners").text

    assert '<span lang="en" dir="ltr">Barcelona</span>' in page
    assert '<span lang="ar" dir="rtl">أبوظبي</span>' in page
    assert ">서울</a></p>" in page


def extracted() -> Catalog:
    found = Catalog()
    methods = [("awards/**.py", "python"), ("templates/**", "jinja2")]
    for name, line, message, _comments, _context in extract_from_dir(
        str(world.ROOT),
        method_map=methods,
        keywords=KEYWORDS,
        directory_filter=lambda path: (
            Path(path).name in ("awards", "web", "cli", "documents", "templates")
            or {"templates", "web", "letters"} & set(Path(path).relative_to(world.ROOT).parts)
        ),
    ):
        found.add(message, locations=[(name, line)])
    return found


def test_everything_that_is_said_is_said_in_korean_too() -> None:
    korean = read_po(BytesIO(KOREAN.read_bytes()))
    said = {message.id for message in extracted() if message.id}
    translated = {message.id for message in korean if message.id and message.string and not message.fuzzy}

    assert said - translated == set(), "translate these"
    assert translated - said == set(), "nobody says these any more"
    assert [error for message in korean for error in message.check()] == []


def test_what_is_said_in_korean_names_nothing_that_the_english_does_not() -> None:
    """Else it is shown unfilled, and the catalogue can't be compiled."""
    wrong = []
    for message in read_po(BytesIO(KOREAN.read_bytes()), locale="ko"):
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        asked = message.id if isinstance(message.id, tuple) else (message.id,)
        named = set(PLACEHOLDER.findall(asked[-1]))
        if message.id and (list(message.check()) or not set(PLACEHOLDER.findall(" ".join(said))) <= named):
            wrong.append(asked[0])
    assert wrong == []


def test_no_sentence_hides_inside_a_formatted_string() -> None:
    """What stands in braces is found by no extractor, and would stay English in every language."""
    hidden = [
        f"{path.relative_to(world.ROOT)}:{call.lineno}"
        for path in sorted((world.ROOT / "awards").rglob("*.py"))
        for joined in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]

    assert hidden == []

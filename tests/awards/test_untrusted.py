"""What strangers wrote stays words: no line of its own, no link, no turned direction."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awards import untrusted

LINKS = re.compile(
    r"[a-z][a-z0-9+.-]*:(?=[\w/\\+])|//|\bwww[.]|[^\s@]@[^\s@]|[^\W_][.\uff0e\u3002\uff61\u2024][^\W\d_]",
    re.IGNORECASE,
)
"""More than any mail program would make a link of."""

NASTY = [
    "http://evil.example/x", "https:\\\\evil.example", "www.evil.example", "evil.example", "ada@evil.example",
    "mailto:ada@evil.example", "javascript:alert(1)", "tel:+4912345", "tel:4912345", "a.:b",
    "evil\u3002example", "x\uff0ecom",
    "//evil.example", "WWW.Evil.Example", "a\u200b.com", "e\u2060vil.com", "ht\u00adtp://e.vil", "..a.b..c",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.text(
        st.sampled_from(list("aZ09.:/@\\w \n\r\t\x00\u202e\u2066\u2069\u2068\u200f\u0627\u05d0\ud800%<>"))
    ),
    st.lists(st.sampled_from(NASTY)).map(" ".join),
)


def shown(text: str) -> str:
    """What is left for the eye of a program that looks for links: joiners part words for it."""
    return text.replace(untrusted.JOINER, " ").replace(untrusted.OPEN, " ").replace(untrusted.CLOSE, " ")


@given(TEXTS)
def test_one_line_stays_one_line_without_links_and_controls(text: str) -> None:
    found = untrusted.line(text, 100)
    inside = found.strip(untrusted.OPEN + untrusted.CLOSE)

    assert LINKS.search(shown(found)) is None
    assert all(unicodedata.category(it) not in ("Cc", "Cs", "Zl", "Zp") for it in found)
    assert not any(unicodedata.category(it) == "Cf" and it not in "\u200c\u200d\u2060" for it in inside)
    assert (found == "") == (inside == "")
    found.encode()


@given(TEXTS)
@example("one\ntwo\r\nthree\u2028four")
def test_a_longer_text_is_lines_each_of_them_harmless(text: str) -> None:
    found = untrusted.lines(text)

    assert all(LINKS.search(shown(line)) is None for line in found)
    assert all("\n" not in line for line in found)


@pytest.mark.parametrize("text", NASTY)
def test_what_looks_like_an_address_is_broken_up(text: str) -> None:
    assert LINKS.search(shown(untrusted.line(text))) is None


@pytest.mark.parametrize(
    "text",
    [
        "Open budget portal",
        "예산 공개 포털",
        "St. Gallen, 3.5 km, 10:30",
        "بوابة الميزانية",
        "Öffnung 2.0: was nun?",
    ],
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert untrusted.plain(untrusted.line(text)).strip(untrusted.OPEN + untrusted.CLOSE) == text


def test_letters_from_right_to_left_are_kept_apart_and_others_need_no_marks() -> None:
    assert untrusted.plain(f"See {untrusted.line('بوابة')}, now") == "See \u2068بوابة\u2069, now"
    assert untrusted.plain(f"See {untrusted.line('portal')}, now") == "See portal, now"


def test_marks_that_turn_the_direction_are_taken_out() -> None:
    assert untrusted.plain(untrusted.line("invoice\u202egpj.exe")) == "invoicegpj.\u2060exe"


def test_what_is_too_long_is_cut() -> None:
    assert untrusted.plain(untrusted.line("a" * 500, 20)) == "a" * 19 + "…"
    assert len(untrusted.lines("a\n" * 5000, 100)) <= 100

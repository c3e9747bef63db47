"""Passwords: short ones, common ones and those made of one's own words are refused; every other one is good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards import passwords
from awards.passwords import Fault, fault_of

OWN = ("Minjun Kim", "김민준", "minjun.kim@seoul")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven sign", Fault.TOO_SHORT),
        ("x" * 257, Fault.TOO_LONG),
        ("password1234", Fault.COMMON),
        ("PASSWORD-password", Fault.COMMON),
        ("123456789012", Fault.COMMON),
        ("20260504 20260504", Fault.COMMON),
        ("qwertyuiop12", Fault.COMMON),
        ("1q2w3e4r5t6y", Fault.COMMON),
        ("zyxwvutsrqpo", Fault.COMMON),
        ("abcabcabcabc", Fault.COMMON),
        ("aaaaaaaaaaaaaaaa", Fault.COMMON),
        ("correct horse battery staple", Fault.COMMON),
        ("MinjunKim2026!", Fault.OWN_WORDS),
        ("kim minjun kim minjun", Fault.OWN_WORDS),
        ("minjun.kim@seoul", Fault.OWN_WORDS),
        ("Laurels2026!!", Fault.OWN_WORDS),
        ("seven quiet herons", None),
        ("관악산에 해가 뜬다 오늘도", None),
        ("Tr0ub4dor&3 bicycle", None),
        ("a long walk around Seoul with Kim", None),
        ("  spaces in front and behind  ", None),
        ("the blue window is shut " * 10, None),
    ],
)
def test_what_is_refused_and_why(password: str, fault: Fault | None) -> None:
    assert fault_of(password, OWN) is fault


def test_sixty_four_characters_and_more_are_welcome() -> None:
    assert fault_of("quiet herons wade along the shallow river before anyone is awake") is None


@given(st.text(max_size=400), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gets_an_answer(password: str, own: list[str]) -> None:
    assert fault_of(password, own) in (None, *Fault)


def test_what_was_kept_is_recognised_and_nothing_else() -> None:
    kept = passwords.hash_password("seven quiet herons")

    assert passwords.verify(kept, "seven quiet herons")
    assert not passwords.verify(kept, "seven quiet heron")
    assert not passwords.verify(None, "seven quiet herons")
    assert not passwords.verify("", "seven quiet herons")
    assert not passwords.verify("no hash", "seven quiet herons")


def test_an_overlong_password_is_not_the_password() -> None:
    kept = passwords.hash_password("x" * 257)

    assert not passwords.verify(kept, "x" * 257)
    assert not passwords.verify(kept, "x" * 300)


def test_nobodys_password_asks_for_the_same_work() -> None:
    kept = passwords.hash_password("seven quiet herons")

    assert passwords.NOBODYS.split("$")[:4] == kept.split("$")[:4]

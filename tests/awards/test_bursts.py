"""What looks strange among many addresses, and which spellings are one mailbox."""

from datetime import UTC, datetime, timedelta

import pytest

from awards import bursts
from awards.bursts import Person, Sign
from awards.spellings import is_disposable, likeness_of, mailbox_of

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def people(*groups: tuple[int, str, str, int]) -> list[Person]:
    """`number` people at a domain, from a network, so many hours after noon; each has cast one ballot."""
    found = []
    for number, domain, network, hours in groups:
        for _ in range(number):
            at = len(found)
            hour = NOON + timedelta(hours=hours)
            found.append(
                Person(at, f"{chr(97 + at % 26)}{at}x@{domain}", domain, network or f"n{at}", hour, 1, 0)
            )
    return found


def classes(*groups: tuple[int, str, str, int]) -> list[tuple[str, str, int]]:
    return [(it.sign.value, it.what, it.electors) for it in bursts.report(people(*groups), 0).classes]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna.Example@gmail.com", "annaexample+vote@googlemail.com"),
        ("anna@proton.me", "a.n-n_a@pm.me"),
        ("anna@outlook.com", "ANNA+2@outlook.com"),
        ("anna@hanmail.net", "anna@daum.net"),
        ("anna-shop@yahoo.com", "anna@yahoo.com"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
    ],
)
def test_spellings_that_a_provider_delivers_to_one_mailbox_are_one(one: str, other: str) -> None:
    assert mailbox_of(one) == mailbox_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna.example@city.example", "annaexample@city.example"),
        ("anna+1@city.example", "anna+2@city.example"),
        ("a.b@outlook.com", "ab@outlook.com"),
        ("+1@gmail.com", "+2@city.example"),
    ],
)
def test_where_nobody_knows_what_a_server_does_each_spelling_is_a_mailbox(one: str, other: str) -> None:
    assert mailbox_of(one) != mailbox_of(other)


def test_what_is_folded_away_leaves_something() -> None:
    assert mailbox_of("+1@gmail.com") == "+1@gmail.com"
    assert mailbox_of("...@gmail.com") == "...@gmail.com"
    assert likeness_of("2027@city.example") == "2027@city.example"


def test_disposable_domains_are_known_with_what_is_below_them() -> None:
    assert is_disposable("mailinator.com")
    assert is_disposable("vote.mailinator.com")
    assert not is_disposable("city.example")
    assert not is_disposable("com")


def test_many_of_one_network_within_an_hour_are_a_burst_and_the_same_over_a_day_are_none() -> None:
    assert classes(
        (100, "city.example", "", 0), (100, "city.example", "", 1), (20, "x.example", "net", 2)
    ) == [
        ("network_burst", "net", 20),
        ("domain_burst", "x.example", 20),
    ]
    assert classes(*((19, "city.example", "net", hour) for hour in range(6))) == []
    assert classes(*((50, "city.example", "net", hour) for hour in range(6))) == []


def test_a_busy_hour_makes_no_burst_of_a_domain_whose_share_is_the_same_as_ever() -> None:
    quiet = [(n, it, "", hour) for n, it in ((40, "gmail.com"), (60, "naver.com")) for hour in (0, 2, 3)]
    assert classes(*quiet, (400, "gmail.com", "", 1), (600, "naver.com", "", 1)) == []
    assert classes(*quiet, (400, "gmail.com", "", 1), (250, "naver.com", "", 1)) == []
    assert classes((400, "gmail.com", "", 1)) == []
    assert classes(*quiet, (300, "own.example", "", 1)) == [("domain_burst", "own.example", 300)]


def test_a_class_says_how_many_ballots_lie_there_and_how_many_were_struck() -> None:
    some = people((3, "mailinator.com", "", 0))
    some[0] = Person(0, "a@mailinator.com", "mailinator.com", "n", NOON, 0, 2)
    [one] = bursts.report(some, 5).classes

    assert (one.sign, one.electors, one.ballots, one.struck) == (Sign.DISPOSABLE, 3, 2, 2)


def test_addresses_alike_but_for_tags_and_numbers_are_shown_from_three_on() -> None:
    def named(*locals_: str) -> list[tuple[Sign, str, int]]:
        found = [
            Person(at, f"{it}@city.example", "city.example", "", NOON, 1, 0) for at, it in enumerate(locals_)
        ]
        return [(it.sign, it.what, it.electors) for it in bursts.report(found, 0).classes]

    assert named("anna+1", "a.nna+2", "anna77", "ben") == [(Sign.ALIKE, "city.example", 3)]
    assert named("anna+1", "anna+2", "ben") == []


def test_a_kept_report_is_read_as_it_was_without_who_is_in_a_class() -> None:
    before = bursts.report(people((30, "mailinator.com", "net", 0), (9, "city.example", "", 1)), 50)
    after = bursts.read(bursts.document(before), NOON)

    assert after.frozen_at == NOON
    assert [it.entries for it in after.classes] == [()] * len(before.classes)
    assert bursts.document(after) == bursts.document(before)
    assert [it.what for it in after.domains] == ["mailinator.com", "city.example"]
    assert [it.electors for it in after.hours] == [30, 9]

"""What a badge and a list of revoked badges say, before they are signed."""

from datetime import UTC, date, datetime, timedelta

from awards.documents import badge as pure

URL = "https://awards.example.org"


def test_a_status_list_is_the_same_the_whole_day_and_believed_for_two() -> None:
    morning = datetime(2026, 5, 4, 1, tzinfo=UTC)

    first = pure.status_list(URL, 1, [3], now=morning)
    later = pure.status_list(URL, 1, [3], now=morning + timedelta(hours=20))

    assert first == later
    assert (first["validFrom"], first["validUntil"]) == ("2026-05-04T00:00:00Z", "2026-05-06T00:00:00Z")


def test_a_specimen_says_so_in_its_name() -> None:
    claim = pure.Claim(
        url=URL, key="k", edition_key="e", place=0, language="ko", association="A", edition="E 2014", prize="대상",
        prize_key="best", category="C", category_key="c", names=("N",), project="P", page="",
        awarded_on=date(2014, 1, 1), issued_at=datetime(2014, 1, 2, tzinfo=UTC), specimen=True,
    )  # fmt: skip

    assert pure.credential(claim)["name"] == "견본 · 대상 · E 2014"

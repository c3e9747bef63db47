import datetime
from dataclasses import replace

import pytest

from awards.documents import CertificateKind, Citation
from awards.documents.wording import CATALOGUE, edition_in_full, grouped

ENGLISH, KOREAN = CATALOGUE["en"], CATALOGUE["ko"]


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_date_is_written_as_the_language_writes_it() -> None:
    day = datetime.date(2026, 3, 5)

    assert ENGLISH.day(day) == "5 March 2026"
    assert KOREAN.day(day) == "2026년 3월 5일"


def test_the_place_stands_before_the_date_in_english_and_after_it_in_korean(
    english: Citation, korean: Citation
) -> None:
    assert ENGLISH.when_and_where(english) == "Seoul, 20 November 2026"
    assert KOREAN.when_and_where(korean) == "2026년 11월 20일, 서울"
    assert ENGLISH.when_and_where(replace(english, place=None)) == "20 November 2026"


def test_the_programme_is_named_once(english: Citation) -> None:
    assert edition_in_full(english) == "Riverside Awards 2026"
    assert edition_in_full(replace(english, edition="Fourth edition")) == "Riverside Awards, Fourth edition"


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("K7QM2XR9TBWHA", "K7Q-M2X-R9T-BWHA"),
        ("K7QM2XR9TBWH", "K7QM-2XR9-TBWH"),
        ("K7QM-2XR9-TBWH", "K7QM-2XR9-TBWH"),
        ("K7Q", "K7Q"),
    ],
)
def test_the_code_is_printed_in_even_groups_of_four_at_most(code: str, groups: str) -> None:
    assert grouped(code) == groups


def test_a_korean_prize_is_given_in_a_full_sentence(korean: Citation) -> None:
    assert spaced(KOREAN.sentence(korean)) == (
        "위 기관의 사업을 제5회 강변 어워드 열린 도시 부문 최우수상 수상작으로 선정하고 이 상장을 수여합니다."
    )


def test_a_korean_finalist_is_said_to_have_passed_the_first_round(korean: Citation) -> None:
    finalist = replace(korean, kind=CertificateKind.FINALIST, prize=None, category="열린 도시 부문")

    assert (
        spaced(KOREAN.sentence(finalist))
        == "위 기관의 사업이 제5회 강변 어워드 열린 도시 부문 1차 평가를 통과하였기에 이 상장을 수여합니다."
    )


def test_a_person_is_not_called_a_body(korean: Citation) -> None:
    person = replace(korean, person=True)

    assert (
        spaced(KOREAN.sentence(person))
        == "위 사람을 제5회 강변 어워드 열린 도시 부문 최우수상 수상자로 선정하고 이 상장을 수여합니다."
    )
    assert ENGLISH.merit(person) == "for"


def test_a_winner_without_a_named_prize_is_a_winner(english: Citation, korean: Citation) -> None:
    assert ENGLISH.honour_of(replace(english, prize=None)) == "Winner"
    assert ENGLISH.given_for(replace(english, prize=None)) == "This certificate is awarded to"
    assert spaced(KOREAN.sentence(replace(korean, prize=None))).endswith(
        "열린 도시 부문 수상작으로 선정하고 이 상장을 수여합니다."
    )

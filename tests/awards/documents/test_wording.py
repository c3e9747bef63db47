import datetime
from dataclasses import replace

import pytest

from awards.documents import CertificateKind, Citation
from awards.documents.template import built_in, design_of
from awards.documents.wording import edition_in_full, fill, grouped, said_in, words_in, written
from judging.programme import LANGUAGES


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "5 March 2026"),
        ("ko", "2026년 3월 5일"),
        ("de", "5. März 2026"),
        ("es", "5 de marzo de 2026"),
        ("th", "5 มีนาคม พ.ศ. 2569"),
        ("bn", "৫ মার্চ ২০২৬"),
        ("vi", "ngày 5 tháng 3 năm 2026"),
    ],
)
def test_the_date_is_written_as_the_language_writes_it(language: str, said: str) -> None:
    assert written(datetime.date(2026, 3, 5), built_in().languages[language].date) == said


def test_the_first_of_a_month_is_written_as_one_says_it_in_french() -> None:
    assert written(datetime.date(2026, 5, 1), built_in().languages["fr"].date) == "1er mai 2026"


def test_the_place_stands_before_the_date_in_english_and_after_it_in_korean(
    english: Citation, korean: Citation
) -> None:
    assert words_in(english)["when"] == "Seoul, 20 November 2026"
    assert words_in(korean)["when"] == "2026년 11월 20일, 서울"
    assert words_in(replace(english, place=None))["when"] == "20 November 2026"


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
    assert spaced(words_in(korean)["sentence"]) == (
        "위 기관의 사업을 제5회 강변 어워드 열린 도시 부문 최우수상 수상작으로 선정하고 이 상장을 수여합니다."
    )


def test_a_korean_finalist_is_said_to_have_passed_the_first_round(korean: Citation) -> None:
    finalist = replace(korean, kind=CertificateKind.FINALIST, prize=None, category="열린 도시 부문")

    assert (
        spaced(words_in(finalist)["sentence"])
        == "위 기관의 사업이 제5회 강변 어워드 열린 도시 부문 1차 평가를 통과하였기에 이 상장을 수여합니다."
    )


def test_a_person_is_not_called_a_body(english: Citation, korean: Citation) -> None:
    assert (
        spaced(words_in(replace(korean, person=True))["sentence"])
        == "위 사람을 제5회 강변 어워드 열린 도시 부문 최우수상 수상자로 선정하고 이 상장을 수여합니다."
    )
    assert words_in(replace(english, person=True))["merit"] == "for"


def test_a_winner_without_a_named_prize_is_a_winner(english: Citation, korean: Citation) -> None:
    bare = words_in(replace(english, prize=None))

    assert (bare["honour"], bare["given"]) == ("Winner", "This certificate is awarded to")
    assert spaced(words_in(replace(korean, prize=None))["sentence"]).endswith(
        "열린 도시 부문 수상작으로 선정하고 이 상장을 수여합니다."
    )


def test_a_partner_is_said_to_be_one_and_a_judge_is_thanked(english: Citation, korean: Citation) -> None:
    partner = replace(english, nominee="Quill Sensors", organisation=None, partner_of="Tunis")
    judge = replace(
        english,
        kind=CertificateKind.JUDGE,
        prize=None,
        category="",
        project="",
        organisation=None,
        person=True,
    )

    assert words_in(partner)["role"] == "as a partner of Tunis"
    assert words_in(judge)["honour"] == "Judge"
    assert words_in(judge)["occasion"] == "Riverside Awards 2026"
    assert words_in(judge)["sentence"] == "with thanks for reading and judging as a member of the panel"
    assert "심사 위원" in words_in(replace(korean, kind=CertificateKind.JUDGE, person=True))["sentence"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CertificateKind)
def test_every_language_of_a_programme_says_everything_of_every_kind(
    language: str, kind: CertificateKind, english: Citation
) -> None:
    for partner, person in (("", False), ("", True), ("Tunis", False)):
        citation = replace(
            english,
            language=language,
            kind=kind,
            prize="Grand Prize" if kind is CertificateKind.WINNER else None,
            partner_of=partner if kind is CertificateKind.WINNER else "",
            person=person,
        )
        said = words_in(citation)

        assert {"title", "honour", "nominee", "when", "association"} <= set(said)
        assert said["honour"] == "Grand Prize" or kind is not CertificateKind.WINNER
        assert not any("{" in text for text in said.values())
        assert any(english.edition in text for text in said.values())
        assert all(said_in(citation, it) for it in ("number", "code", "verify", "specimen"))


def test_of_several_texts_the_first_is_taken_whose_fields_all_have_a_value() -> None:
    tries = ("{place}, {day}", "{day}")

    assert fill(tries, {"place": "Seoul", "day": "today"}) == "Seoul, today"
    assert fill(tries, {"place": "", "day": "today"}) == "today"
    assert fill(tries, {"place": "", "day": ""}) == ""


def test_what_was_frozen_stays_when_the_template_changes(english: Citation) -> None:
    frozen = replace(english, design=design_of(built_in(), english))
    design = dict(frozen.design or {})
    later = replace(frozen, design={**design, "texts": {**design["texts"], "title": ["Diploma"]}})

    assert words_in(frozen)["title"] == "Certificate"
    assert words_in(later)["title"] == "Diploma"

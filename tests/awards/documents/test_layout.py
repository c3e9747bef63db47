from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.documents import CertificateKind, Citation, Signatory
from awards.documents.layout import FRAME, PAGE, Ink, Page, arrange
from awards.documents.lettering import Face, width
from awards.documents.typesetting import fit

Box = tuple[float, float, float, float]


def outside(page: Page) -> list[str]:
    left, foot, right, top = FRAME + 4, FRAME + 4, PAGE[0] - FRAME - 4, PAGE[1] - FRAME - 4
    return [
        line.text
        for line in page.lines
        if line.box[0] < left or line.box[1] < foot or line.box[2] > right or line.box[3] > top
    ]


def overlap(one: Box, other: Box) -> bool:
    slack = 0.01
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > slack
        and min(one[3], other[3]) - max(one[1], other[1]) > slack
    )


def collisions(page: Page) -> list[tuple[str, str]]:
    x, y, side = page.qr
    boxes = [(line.text, line.box) for line in page.lines] + [("QR", (x, y, x + side, y + side))]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if overlap(one, other)]


def text_of(page: Page, part: str) -> str:
    return " ".join(line.text for line in page.lines if line.part == part)


def sizes_of(page: Page, part: str) -> set[float]:
    return {line.size for line in page.lines if line.part == part}


def test_the_longest_names_stay_inside_the_frame_and_off_each_other(overlong: Citation) -> None:
    page = arrange(overlong)

    assert outside(page) == []
    assert collisions(page) == []
    assert text_of(page, "project") == overlong.project
    assert text_of(page, "nominee") == overlong.nominee


def test_long_korean_breaks_at_spaces_only(korean: Citation) -> None:
    project = (
        "시민 참여형 실시간 침수 예측과 하천 수위 감시 체계를 결합한 안전 지도 구축 및 "
        "취약 계층을 위한 다국어 재난 알림 서비스"
    )
    page = arrange(replace(korean, project=project, nominee="강원특별자치도 춘천시 스마트도시통합운영센터"))

    assert outside(page) == []
    assert collisions(page) == []
    assert text_of(page, "project") == project
    assert text_of(page, "nominee") == "강원특별자치도 춘천시 스마트도시통합운영센터"


def test_the_nominee_is_the_largest_thing_on_the_page(english: Citation, korean: Citation) -> None:
    for citation in (english, korean):
        page = arrange(citation)
        largest = max(page.lines, key=lambda line: line.size)

        assert largest.text == citation.nominee


def test_only_the_honour_of_a_winner_is_gold(english: Citation) -> None:
    winner = arrange(english)
    finalist = arrange(replace(english, kind=CertificateKind.FINALIST, prize=None))

    assert [line.text for line in winner.lines if line.ink is Ink.GOLD] == ["Grand Prize"]
    assert [line.text for line in finalist.lines if line.ink is Ink.GOLD] == []
    assert [line.text for line in finalist.lines if line.ink is Ink.LAUREL] == ["Finalist"]


def test_a_second_line_that_says_the_same_is_left_out(english: Citation) -> None:
    page = arrange(replace(english, nominee_latin="Tunis", organisation="Tunis"))

    assert {line.part for line in page.lines} & {"nominee_latin", "organisation"} == set()


def test_a_certificate_without_a_project_is_for_nothing_in_particular(english: Citation) -> None:
    page = arrange(replace(english, project=""))

    assert {line.part for line in page.lines} & {"merit", "project"} == set()


def test_without_signatories_there_is_no_line_to_sign_on(english: Citation) -> None:
    page = arrange(replace(english, signatories=()))

    assert page.rules == ()
    assert outside(page) == []


def test_signatories_are_set_in_one_size(overlong: Citation) -> None:
    page = arrange(overlong)

    assert len(page.rules) == 4
    assert len(sizes_of(page, "signatory")) == len(sizes_of(page, "office")) == 1


def test_korean_and_latin_never_mix_serif_and_sans_in_a_line(english: Citation) -> None:
    page = arrange(replace(english, nominee="Seoul 서울", project="Open data"))

    assert {line.face for line in page.lines if line.part == "nominee"} == {Face.SANS_BOLD}
    assert {line.face for line in page.lines if line.part == "project"} == {Face.SERIF}


def test_lines_are_of_even_length() -> None:
    setting = fit(
        "one two three four five six seven eight", Face.SANS, size=20, least=20, measure=300, most=2
    )
    first, second = (width(line, Face.SANS, setting.size) for line in setting.lines)

    assert abs(first - second) < 0.4 * max(first, second)


def test_a_word_breaks_only_when_nothing_smaller_helps() -> None:
    setting = fit("x" * 400, Face.SANS, size=20, least=10, measure=200, most=3)

    assert "".join(setting.lines) == "x" * 400
    assert setting.size < 10
    assert all(width(line, Face.SANS, setting.size) <= 200 for line in setting.lines)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_ever_leaves_the_frame(language: str, english: Citation, korean: Citation) -> None:
    base = {"en": english, "ko": korean}[language]
    words = st.text(st.sampled_from("aWgŃЖ서울 ỘÅ-"), min_size=1, max_size=220)

    @settings(max_examples=25, deadline=None)
    @given(words, words, words, st.lists(words, max_size=5))
    def check(nominee: str, project: str, other: str, names: list[str]) -> None:
        page = arrange(
            replace(
                base,
                nominee=nominee,
                nominee_latin=other,
                project=project,
                prize=other,
                category=project,
                association=nominee,
                number=other,
                code=other,
                signatories=tuple(Signatory(name, other) for name in names),
            )
        )
        assert outside(page) == []
        assert collisions(page) == []

    check()


def test_a_page_that_runs_leftward_is_mirrored_and_the_address_in_it_runs_rightward(
    english: Citation,
) -> None:
    page = arrange(replace(english, language="ar", nominee="بلدية تونس", nominee_latin="Tunis"))

    left, _, right, _ = next(it.box for it in page.lines if it.part == "number")
    assert (left > PAGE[0] / 2, round(PAGE[0] - right)) == (True, 52)
    assert {it.language for it in page.lines if it.part == "address"} == {"en"}
    assert text_of(page, "address").replace(" ", "") == "awards.example.org/verify/K7QM2XR9TBWHA"
    assert collisions(page) == []


def test_a_short_name_is_not_divided_in_a_sentence_of_a_script_without_spaces(english: Citation) -> None:
    programme, category, prize = "滨河城市奖及国际合作伙伴表彰计划", "开放城市", "特等奖"
    for more in range(12):
        page = arrange(
            replace(
                english,
                language="zh",
                programme=programme + "城" * more,
                edition=programme + "城" * more,
                category=category,
                prize=prize,
            )
        )

        sentence = [it.text for it in page.lines if it.part == "sentence"]
        assert len(sentence) > 1
        assert [name for name in (category, prize) if not any(name in line for line in sentence)] == []
        assert "\u2060" not in "".join(sentence)

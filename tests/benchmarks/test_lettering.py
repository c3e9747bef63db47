"""Pages of lines in every script, each page with a name of its own: against ReportLab setting letters side by side."""

from io import BytesIO

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from awards.documents.lettering import PLAIN, Face, fonts, unpack, width, write
from tests.benchmarks.figures import ratio

SAID = {
    "en": (
        "NotoSans-Regular",
        "League of Riverside Cities",
        "City of Tunis {}",
        "Open budget portal for every district",
    ),
    "ko": ("NotoSansKR-Regular", "강변도시연맹", "서울특별시 {}", "시민이 함께 만드는 열린 데이터 광장"),
    "zh": ("NotoSansSC-Regular", "河畔城市联盟", "成都市 {}", "为全市居民提供公共服务的开放数据平台"),
    "ar": (
        "NotoNaskhArabic-Regular",
        "رابطة المدن النهرية",
        "بلدية تونس {}",
        "بوابة الميزانية المفتوحة لكل حي",
    ),
    "hi": ("NotoSansDevanagari-Regular", "नदी नगर संघ", "मुंबई महानगरपालिका {}", "हर वार्ड के लिए खुला बजट पोर्टल"),
}


def ours(language: str, number: int) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1, initialFontName=PLAIN)  # type: ignore[arg-type]
    for text in lines(language, number):
        write(canvas, text, Face.SANS, 18, 300 - width(text, Face.SANS, 18, language) / 2, 400, language)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def theirs(language: str, number: int) -> bytes:
    font, buffer = SAID[language][0], BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setFont(font, 18)
    for text in lines(language, number):
        canvas.drawCentredString(300, 400, text)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(language: str, number: int) -> list[str]:
    _, *texts = SAID[language]
    return [text.format(number) for text in texts] * 4


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("number", [8, pytest.param(200, marks=pytest.mark.bench)])
def test_a_page_of_lines_keeps_pace_with_letters_side_by_side(language: str, number: int) -> None:
    unpack()
    font = SAID[language][0]
    if font not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(font, str(fonts.UNPACKED / f"{font}.ttf")))
    ours(language, 0)
    theirs(language, 0)

    found = ratio(
        f"{number} pages of lines, {language}",
        lambda: [ours(language, page) for page in range(number)],
        lambda: [theirs(language, page) for page in range(number)],
    )

    assert found < 2.5

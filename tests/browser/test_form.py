"""The programme's form in a real browser: the counter counts as the server does, and nothing typed is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from awards import fields
from awards.writing import WHITE, tidy
from tests.browser.form import Sample, programme
from tests.browser.site import browser, serving, settled

CORPUS = (
    "",
    " ",
    "one two  three\tfour\nfive\r\nsix",
    "don't well-known 3.5 a/b …",
    "우리 도시는 민원을 온라인으로 처리합니다.",
    "한국어 문장\u3000전각 공백과 보통 공백",
    "\u1112\u1161\u11ab\u1100\u1173\u11af 나뉜 자모",
    "我们的城市在网上办理市民的申请。第二句话 English 123",
    "市役所の手続きを\u3000オンラインで。か\u3099き\u3099",
    "เมืองของเราให้บริการประชาชนทางออนไลน์",
    "مدينتنا تقدّم خدمات رقمية للمواطنين، والحمد لله",
    "עיר חכמה לכל התושבים",
    "Cafe\u0301 Å A\u030a \u212b q\u0307\u0323",
    "no\u00a0break narrow\u202fno\u2007break thin\u2009space line\u2028paragraph\u2029next\u0085end",
    "zero\u200bwidth join\u200der non\u200cjoiner word\u2060joiner bom\ufeffhere soft\u00adhyphen",
    "emoji 👩‍👩‍👧‍👦 🇰🇷 👍🏽 1️⃣",
    "\u202eright to left override\u202c \u2067isolated\u2069",
    "  spaces at both ends  \n\n\n",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠀀𠀁 beyond the basic plane",
    "word " * 3000,
    "a\u0301" * 500,
)
ANSWERS: dict[str, str] = {
    "problem": "\n\n Two lines,\nand a < \"sign\" & 'quotes' </textarea> {{ 7 * 7 }}",
    "solution": "مدينتنا تقدّم خدمات رقمية\nline two \u200f",
    "citizens": "민원 서비스",
    "started_on": "2021. 5.",
    "population": "about a million",
}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample(programme())


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, sample: Sample) -> Iterator[str]:
    with settled(tmp_path_factory.mktemp("form")) as app:
        sample.init_app(app)
        with serving(app) as found:
            yield f"{found}/en/sample/form"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    found = context.new_page()
    found.goto(address)
    yield found
    context.close()


@pytest.mark.parametrize("language", ["en", "ko", "ar", "zh-Hant", "ja", "th"])
def test_page_and_server_count_alike(page: Page, language: str) -> None:
    every_white = [f"a{white}b" for white in WHITE]
    near = [
        f"a{chr(code)}b" for code in (0x1C, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2800, 0x3164, 0xFEFF)
    ]
    corpus = [*CORPUS, *every_white, *near]
    unit = fields.measure("", language).unit

    counted = page.evaluate(
        """async ([texts, unit]) => {
            const { count } = await import("/static/js/counter.js");
            return texts.map((text) => count(text, unit));
        }""",
        [corpus, unit],
    )

    assert counted == [fields.measure(tidy(text), language).count for text in corpus]


def test_the_count_follows_what_is_typed_and_says_when_it_is_too_much(page: Page) -> None:
    length = page.locator("#field-budget-length")
    before = length.inner_text()

    page.get_by_label("Budget and funding").fill("word " * 151)

    assert before == "0 of 150 words"
    assert length.inner_text() == "151 of 150 words"
    assert "over" in (length.get_attribute("class") or "")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_typed_comes_back_and_is_sent_again_as_it_was(
    chromium: Browser, address: str, sample: Sample, scripts: bool
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(address)
    for key, text in ANSWERS.items():
        page.locator(f"#field-{key}").fill(text)
    page.locator("#field-results-0-indicator").fill("Days to a permit")
    page.locator("#field-results-1-date").fill("soon")
    page.locator("#field-links-1").fill("example.org")
    page.locator("#field-contacts-0-name").fill("Kim Sample")
    page.get_by_label("In full operation").check()
    page.get_by_label("Energy and climate").check()
    page.locator("#field-consent").check()

    page.locator("button[name=save]").click()
    first = dict(sample.posted)
    page.locator("button[name=save]").click()
    context.close()

    assert sample.posted == first
    assert first["problem"] == ANSWERS["problem"].strip()
    assert first["solution"] == tidy(ANSWERS["solution"])
    assert first["population"] == "about a million"
    assert first["started_on"] == "2021-05"
    assert first["links"] == ["example.org"]
    assert [row["indicator"] for row in first["results"]] == ["Days to a permit", ""]  # type: ignore[index, union-attr, call-overload]
    assert (first["stage"], first["topics"], first["consent"]) == ("operating", ["energy"], True)


def test_one_more_row_is_shown_after_the_button_was_pressed(page: Page) -> None:
    page.locator("#field-results-0-indicator").fill("One")
    page.locator("#field-results-1-indicator").fill("Two")

    page.locator("button[name=more][value=results]").click()

    assert page.locator("#field-results-1-indicator").input_value() == "Two"
    assert page.locator("[id^=field-results-][id$=-indicator]").count() == 4


def test_every_fault_leads_to_its_input(page: Page) -> None:
    page.locator("#field-contacts-0-email").fill("nobody")
    page.locator("button[name=save]").click()

    links = page.locator(".problems a")
    targets = [link.get_attribute("href") or "" for link in links.all()]

    assert len(targets) > 10
    assert [target for target in targets if page.locator(target).count() != 1] == []
    assert "#field-contacts-0-email" in targets


def test_no_script_runs_but_our_own(page: Page) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))

    ran = page.evaluate(
        """() => {
            const code = document.createElement("script");
            code.textContent = "window.ran = true";
            document.body.append(code);
            return window.ran === true;
        }"""
    )

    assert ran is False
    assert any("Content Security Policy" in text for text in refused)


def test_the_form_is_no_wider_than_a_phone(page: Page) -> None:
    page.locator("button[name=save]").click()

    assert page.evaluate("document.documentElement.scrollWidth") == 360

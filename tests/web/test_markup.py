"""Every page is well-formed, labelled, and says which language each of its texts is in."""

import gzip
import re
from pathlib import Path

import pytest

from tests.web import world
from tests.web.conftest import Walk
from tests.web.markup import Page

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SHEETS = tuple(sorted((world.ROOT / "static" / "css").glob("*.css")))
SHEET = world.ROOT / "static" / "css" / "laurels.css"
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
NUMBER = re.compile(r"[0-9A-Z]+(?:-[0-9A-Z]+)+")
DATA = {"Laurels", "English", "SHA", "Python", "judging", "WeGO", "python3", "recount", "PDF", "DOCX"}
DATA |= {"CSV", "JSON", "UTF", "UTC", "HTML", "Atom", "Open", "Badge", "PNG", "SVG", "JWT", "ISO", "BCP"}
DATA |= {"project", "individual", "ZIP"}
FREE_TEXT = re.compile(r'<(?:textarea|blockquote|input type="text")[^>]*>')
KINDS_OF_TEXT_IN_CODE = re.compile(r"^(python3 |[0-9a-f]{64}$|[0-9A-Z]{4}-|[0-9A-Z]{16}$|no-such|WEGO)")


@ON_SQLITE
def test_every_page_is_well_formed(walk: Walk) -> None:
    pages = {
        address: Page(answer.text)
        for address, answer in walk.answers.items()
        if answer.mimetype == "text/html" and answer.status_code not in (302, 308)
    }

    assert {address: page.faults for address, page in pages.items() if page.faults} == {}
    assert {address for address, page in pages.items() if page.language not in ("en", "ko")} == set()
    assert all(page.language == "ko" for address, page in pages.items() if address.startswith("/ko/"))


@ON_SQLITE
def test_no_english_is_left_on_a_korean_page(walk: Walk) -> None:
    """Data in another language says so; what is said in the page's language is Korean."""
    for address, answer in walk.answers.items():
        if not address.startswith("/ko/") or answer.mimetype != "text/html":
            continue
        for language, words in Page(answer.text).words:
            if language == "ko" and not KINDS_OF_TEXT_IN_CODE.match(words):
                foreign = set(LATIN_WORD.findall(NUMBER.sub("", words))) - DATA
                assert foreign == set(), (address, words)


@ON_SQLITE
def test_every_page_of_a_specimen_says_so(walk: Walk) -> None:
    pages = [
        (address, answer.text)
        for address, answer in walk.answers.items()
        if f"/{world.RELEASED}/" in address and answer.mimetype == "text/html" and answer.status_code == 200
    ]

    assert len(pages) == 64
    for address, text in pages:
        word = "SPECIMEN" if address.startswith("/en/") else "견본"
        assert f'<p class="specimen"><strong>{word}</strong>' in text, address


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda it: it.name)
def test_a_stylesheet_stays_small(sheet: Path) -> None:
    assert len(gzip.compress(sheet.read_bytes(), mtime=0)) < 8 * 1024


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda it: it.name)
def test_a_stylesheet_closes_every_block_before_the_next_heading(sheet: Path) -> None:
    """A brace that a merge has eaten hides half of the sheet in a print rule, and no browser says so."""
    parts = re.split(r"^/\*.*\*/$", sheet.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert [part.strip()[-80:] for part in parts if part.count("{") != part.count("}")] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda it: it.name)
def test_a_stylesheet_knows_no_left_and_right(sheet: Path) -> None:
    """So that a page in Arabic needs no sheet of its own."""
    physical = re.findall(
        r"(?:margin|padding|border|inset)?-?(?:left|right)\b(?=[^;{]*:)|\bfloat\s*:|text-align:\s*(?:left|right)",
        sheet.read_text(encoding="utf-8"),
    )

    assert physical == []


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_colour_of_text_can_be_read_on_paper_and_sheet() -> None:
    schemes = SHEET.read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    for scheme in (schemes[0], schemes[1].split("@media", maxsplit=1)[0]):
        colours = dict(re.findall(r"--(\w+): #([0-9a-f]{3,6});", scheme))
        for text in ("ink", "quiet", "laurel", "gold", "alarm", "caution", "calm"):
            for ground in ("paper", "sheet"):
                light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_what_people_write_runs_in_its_own_direction() -> None:
    """Arabic in a page of English begins on the right, while it is typed and where it is quoted. Code does not."""
    pages = [it for it in (world.ROOT / "templates").rglob("*.html") if it.parent.name != "mail"]
    tags = [(page.name, tag) for page in pages for tag in FREE_TEXT.findall(page.read_text(encoding="utf-8"))]

    assert len(tags) > 20
    assert [
        it
        for it in tags
        if 'dir="auto"' not in it[1] and "{{ said }}" not in it[1] and 'class="code' not in it[1]
    ] == []

"""Papers: the same bytes for the same values, everything said can be read back, nothing is lost at the edges."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from awards.documents.paper import (
    Block,
    Boxes,
    Facts,
    Fingerprint,
    Grid,
    Heading,
    Paper,
    Signatures,
    Space,
    Steps,
    Words,
)
from awards.documents.printing import print_paper
from awards.documents.writing import write_paper

BLOCKS: tuple[Block, ...] = (
    Heading("Who may be nominated"),
    Words("Cities and public agencies.\nIndividuals too."),
    Heading("Problem", 2),
    Words("At most 300 words.", quiet=True),
    Steps(("the higher median", "a lot")),
    Facts((("Reference", "OC-14"), ("접수 시각", "2026년 5월 10일 일요일 23:41"))),
    Grid(("Indicator", "Value"), (("Waiting time", "2 days"),), blank=2),
    Space(4),
    Boxes(("pilot", "in full operation")),
    Signatures(("Signature", "Stamp")),
    Fingerprint("ab12" * 16),
)
PAPER = Paper(
    language="en",
    over="Riverside Awards 2026",
    title="Rules",
    blocks=BLOCKS,
    foot="Riverside Awards 2026 · Rules 1",
    page="Page {number} of {count}",
    missing="□ stands for a character that this paper can't print.",
    author="League of Riverside Cities",
)
SAID = (
    "Riverside Awards 2026", "Who may be nominated", "Individuals too.", "the higher median", "OC-14",
    "2026년 5월 10일 일요일 23:41", "Waiting time", "in full operation", "Stamp", "Page 1 of 1",
)  # fmt: skip


def read(pdf: bytes) -> str:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def test_a_paper_says_everything_it_was_given() -> None:
    text = read(print_paper(PAPER))

    assert [words for words in SAID if words not in text] == []
    assert "can't print" not in text


def test_the_same_paper_is_the_same_bytes() -> None:
    assert print_paper(PAPER) == print_paper(replace(PAPER))


def test_a_paper_names_title_author_and_language_and_embeds_its_fonts() -> None:
    found = PdfReader(BytesIO(print_paper(PAPER)))

    assert found.metadata is not None
    assert (found.metadata.title, found.metadata.author) == ("Rules", "League of Riverside Cities")
    assert found.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]
    fonts = subprocess.run(["pdffonts", "-"], input=print_paper(PAPER), capture_output=True, check=True)
    embedded = [line.split()[-5] for line in fonts.stdout.decode().splitlines()[2:]]
    assert set(embedded) == {"yes"}


def test_a_character_that_no_font_draws_is_a_box_and_the_paper_says_so() -> None:
    text = read(print_paper(replace(PAPER, blocks=(Words("ᏣᎳᎩ Portal"),))))

    assert "Portal" in text
    assert "□" in text
    assert "stands for a character" in text


def test_every_page_has_its_number_and_a_specimen_its_word() -> None:
    long = replace(PAPER, blocks=(Words("A long text. " * 1200),), specimen="SPECIMEN")

    pages = PdfReader(BytesIO(print_paper(long))).pages

    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page.extract_text()
        assert "SPECIMEN" in page.extract_text()


def test_a_paper_to_fill_in_opens_in_a_word_processor() -> None:
    content = write_paper(replace(PAPER, language="ko"))

    found = docx.Document(BytesIO(content))
    text = "\n".join([it.text for it in found.paragraphs] + [c.text for t in found.tables for c in t._cells])
    assert [words for words in SAID[:-1] if words not in text] == []
    assert found.core_properties.language == "ko-KR"
    assert b'w:eastAsia="Malgun Gothic"' in ZipFile(BytesIO(content)).read("word/styles.xml")


@given(st.text(max_size=300), st.text(alphabet="ab<>&\"'\u202e\u0301\x00\n가漢ا", max_size=80))
def test_no_text_keeps_a_paper_from_being_made(one: str, other: str) -> None:
    blocks = (Heading(one), Words(other), Grid((one, other), ((other, one),)), Facts(((one, other),)))
    paper = replace(PAPER, title=one or "-", blocks=blocks, foot=other * 5)

    assert print_paper(paper).startswith(b"%PDF")
    assert write_paper(paper).startswith(b"PK")

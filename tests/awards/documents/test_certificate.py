import subprocess
import sys
import threading
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from awards.documents import CertificateKind, Citation, UnprintableText, render_certificate, unprintable


def read(pdf: bytes) -> str:
    """The text as another program than the one that wrote it reads it."""
    poppler = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return " ".join(poppler.split())


def read_with_pypdf(pdf: bytes) -> str:
    return " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Every font of every page's resources and whether it is embedded."""
    found = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        resources = page["/Resources"]
        assert isinstance(resources, DictionaryObject)
        fonts = resources["/Font"]
        assert isinstance(fonts, DictionaryObject)
        for font in (reference.get_object() for reference in fonts.values()):
            assert isinstance(font, DictionaryObject)
            descendants = font["/DescendantFonts"]
            assert isinstance(descendants, ArrayObject)
            descriptor = descendants[0].get_object()["/FontDescriptor"]
            found[str(font["/BaseFont"])] = "/FontFile2" in descriptor
    return found


def test_it_says_everything_the_citation_says(english: Citation) -> None:
    text = read(render_certificate(english))

    for words in (
        "League of Riverside Cities",
        "Certificate",
        "Grand Prize",
        "Open City · Riverside Awards 2026",
        "is awarded to",
        "Tunis",
        "Municipality of Tunis",
        "for the project",
        "Open budget portal for every district",
        "Seoul, 20 November 2026",
        "Ada Lindqvist-Moreau",
        "Chair of the jury",
        "No. RA-2026-0007",
        "K7Q-M2X-R9T-BWHA",
        "Verify at awards.example.org/verify/K7QM2XR9TBWHA",
    ):
        assert words in text


def test_a_korean_one_is_a_sangjang(korean: Citation) -> None:
    pdf = render_certificate(korean)

    for text in (read(pdf), read_with_pypdf(pdf)):
        for words in (
            "제 2026-0007 호",
            "상장",
            "최우수상",
            "서울특별시",
            "Seoul",
            "시민이 함께 만드는 열린 데이터 광장",
            "이 상장을 수여합니다.",
            "2026년 11월 20일, 서울",
            "강변도시연맹",
            "한가람",
            "진위 확인",
        ):
            assert words in text
        assert "인증서" not in text


@pytest.mark.parametrize(
    "nominee",
    [
        "Reykjavík",
        "Thành phố Huế",
        "Iași",
        "Улаанбаатар хот",
        "Київ",
        "Θεσσαλονίκη",
        "Ἀθῆναι",
        "서울特別市",
        "İzmir",
    ],
)
def test_every_script_it_prints_reads_back(english: Citation, nominee: str) -> None:
    pdf = render_certificate(replace(english, nominee=nominee))

    assert nominee in read(pdf)
    assert nominee in read_with_pypdf(pdf)


def test_decomposed_text_is_composed_first(english: Citation) -> None:
    decomposed, composed = "Hue\u0302\u0301 \u1109\u1165", "Huế 서"

    assert unprintable(replace(english, nominee=decomposed)) == ()
    assert render_certificate(replace(english, nominee=decomposed)) == render_certificate(
        replace(english, nominee=composed)
    )


def test_every_font_is_embedded_and_cut_to_what_is_used(english: Citation, korean: Citation) -> None:
    for citation in (english, korean, replace(english, specimen=True, nominee="서울 Київ")):
        pdf = render_certificate(citation)
        fonts = fonts_of(pdf)

        assert [name for name, embedded in fonts.items() if not embedded] == []
        assert {name.split("+")[1].split("-")[0] for name in fonts} <= {"NotoSans", "NotoSerif", "NotoSansKR"}
        assert len(pdf) < 120_000


def test_the_same_citation_gives_the_same_bytes_in_another_process(
    english: Citation, korean: Citation
) -> None:
    script = (
        "import datetime, sys; from awards.documents import *; "
        "sys.stdout.buffer.write(render_certificate(eval(sys.stdin.buffer.read().decode())))"
    )
    render_certificate(replace(english, nominee="Київ", specimen=True))

    for citation in (english, korean):
        source = (
            repr(citation).replace(repr(citation.kind), f"CertificateKind({citation.kind.value!r})").encode()
        )
        elsewhere = subprocess.run(
            [sys.executable, "-c", script], input=source, capture_output=True, check=True
        )
        assert render_certificate(citation) == elsewhere.stdout


def test_certificates_drawn_at_once_do_not_mix(english: Citation) -> None:
    citations = [replace(english, nominee=f"Τόπος {letter}") for letter in "ΑΒΓΔΕΖΗΘ"]
    alone = [render_certificate(citation) for citation in citations]
    together: dict[int, bytes] = {}

    def draw(index: int) -> None:
        together[index] = render_certificate(citations[index])

    threads = [threading.Thread(target=draw, args=(index,)) for index in range(len(citations))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [together[index] for index in range(len(citations))] == alone


def test_characters_that_no_font_has_are_named(english: Citation) -> None:
    citation = replace(english, nominee="ᏣᎳᎩ Tunis", project="กรุงเทพ \U00020bb7", place="Seoul")

    with pytest.raises(UnprintableText) as refusal:
        render_certificate(citation)

    assert unprintable(citation) == tuple(dict.fromkeys("ᏣᎳᎩ\U00020bb7"))
    assert refusal.value.characters == unprintable(citation)
    assert refusal.value.fields == ("nominee", "project")


def test_old_korean_and_control_signs_are_not_guessed(english: Citation) -> None:
    assert unprintable(replace(english, nominee="\u1100\u119e \x07")) == ("\u1100", "\u119e", "\x07")


def test_invisible_format_characters_are_dropped(english: Citation) -> None:
    marked = replace(english, nominee="\ufeffTu\u00adnis\u200e", place=" Seoul\n")

    assert render_certificate(marked) == render_certificate(english)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_specimen_says_so_on_the_page_and_in_the_title(
    language: str, english: Citation, korean: Citation
) -> None:
    citation, word = {"en": (english, "SPECIMEN"), "ko": (korean, "견본")}[language]
    specimen, real = render_certificate(replace(citation, specimen=True)), render_certificate(citation)

    assert word in read_with_pypdf(specimen)
    assert word not in read_with_pypdf(real)
    assert title_of(specimen).startswith(f"{word} · ")
    assert word not in title_of(real)


def title_of(pdf: bytes) -> str:
    metadata = PdfReader(BytesIO(pdf)).metadata
    assert metadata is not None
    return metadata.title or ""


def test_the_file_says_what_it_is(korean: Citation) -> None:
    reader = PdfReader(BytesIO(render_certificate(korean)))

    assert reader.metadata is not None
    assert reader.metadata.title == "상장 · 최우수상 · 서울특별시 · 제5회 강변 어워드"
    assert reader.metadata.author == "강변도시연맹"
    assert str(reader.root_object["/Lang"]) == "ko"
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [842, 595]


@pytest.mark.parametrize("specimen", [False, True])
def test_a_telephone_reads_the_address_from_the_page(
    overlong: Citation, specimen: bool, tmp_path: Path
) -> None:
    (tmp_path / "page.pdf").write_bytes(render_certificate(replace(overlong, specimen=specimen)))

    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", "page.pdf", "page"], cwd=tmp_path, check=True
    )
    seen = subprocess.run(
        ["zbarimg", "-q", "--raw", "page.png"], cwd=tmp_path, capture_output=True, check=True, text=True
    ).stdout

    assert seen.strip() == overlong.verify_url


def test_a_finalist_is_called_one(english: Citation) -> None:
    text = read(render_certificate(replace(english, kind=CertificateKind.FINALIST, prize=None)))

    assert "Finalist" in text
    assert "This certificate is awarded to" in text


def test_a_language_without_wording_is_refused(english: Citation) -> None:
    with pytest.raises(KeyError):
        render_certificate(replace(english, language="xx"))

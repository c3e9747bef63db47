"""Templates as files: laid over the built-in one, every mistake with its place, what is undefined named."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from awards.documents import CertificateKind, Citation, ImageMissing, render_certificate, render_print_form
from awards.documents.layout import FRAME, Ink, arrange
from awards.documents.template import (
    BUILT_IN,
    TemplateInvalid,
    built_in,
    design_of,
    line_of,
    read,
    undefined,
)
from awards.documents.wording import words_in
from judging.programme import LANGUAGES
from judging.reading import MistakeKind

SEAL = "[images.seal]\nx = 130\ny = 12\nwidth = 22\n"


def mistakes(source: str) -> list[tuple[MistakeKind, str]]:
    with pytest.raises(TemplateInvalid) as refused:
        read(source)
    return [(it.kind, it.place) for it in refused.value.mistakes]


def with_template(source: str, citation: Citation) -> Citation:
    return replace(citation, design=design_of(read(source), citation))


def png() -> tuple[bytes, dict[str, object]]:
    buffer = BytesIO()
    Image.new("RGB", (60, 30), "#ffffff").save(buffer, "PNG")
    return buffer.getvalue(), {"file": "seal.png", "sha256": "ab" * 32, "wide": 60, "high": 30}


def test_the_built_in_template_has_words_in_every_language_a_programme_may_have() -> None:
    assert set(built_in().languages) == set(LANGUAGES)
    assert undefined(built_in()) == ()


def test_a_template_says_only_what_differs() -> None:
    made = read('border = "single"\n\n[languages.en]\ntitle = "Diploma"\n')

    assert made.border == "single"
    assert made.languages["en"].texts["title"] == {"every": ("Diploma",)}
    assert made.languages["en"].texts["verify"] == built_in().languages["en"].texts["verify"]
    assert made.languages["ko"] == built_in().languages["ko"]


def test_every_mistake_is_named_with_its_place_and_line() -> None:
    source = (
        'paper = "A5"\nborder = "wavy"\n\n[colours]\nink = "black"\n\n'
        '[languages.en]\norder = ["nominee", "motto"]\n'
    )

    assert mistakes(source) == [
        (MistakeKind.NOT_ONE_OF, "paper"),
        (MistakeKind.NOT_ONE_OF, "border"),
        (MistakeKind.WRONG_TYPE, "colours.ink"),
        (MistakeKind.NOT_DEFINED, "languages.en.order[2]"),
    ]
    assert line_of(source, "colours.ink") == 5


@pytest.mark.parametrize(
    ("source", "kind", "place"),
    [
        ("title = [", MistakeKind.NOT_TOML, ""),
        (f"border = {'9' * 5000}", MistakeKind.NOT_TOML, ""),
        (f"border = {'[' * 5000}", MistakeKind.NOT_TOML, ""),
        (f"border{'.a' * 5000} = 1", MistakeKind.NOT_TOML, ""),
        (f"[border{'.a' * 190}]\na{'.a' * 190} = 1", MistakeKind.WRONG_TYPE, "border"),
        ('motto = "x"', MistakeKind.UNKNOWN_KEY, "motto"),
        ('second = { ko = "xx" }', MistakeKind.NOT_DEFINED, "second.ko"),
        ('issue = ["xx"]', MistakeKind.NOT_DEFINED, "issue"),
        ("[images.seal]\nx = 1\ny = 1\nwidth = 9999", MistakeKind.WRONG_TYPE, "images.seal.width"),
        ('[languages.en.title]\nloser = "x"', MistakeKind.UNKNOWN_KEY, "languages.en.title.loser"),
        ('[values.nominee]\nen = "x"', MistakeKind.RESERVED, "values.nominee"),
        ('[languages.en]\nday = "{week}"', MistakeKind.NOT_ONE_OF, "languages.en.day"),
        (f'[languages.en]\ntitle = "{"x" * 401}"', MistakeKind.TOO_LARGE, "languages.en.title"),
        ('[letters.farewell.en]\ntitle = "x"\ntext = "x"', MistakeKind.NOT_ONE_OF, "letters.farewell"),
    ],
)
def test_a_wrong_template_is_refused(source: str, kind: MistakeKind, place: str) -> None:
    assert (kind, place) in mistakes(source)


def test_a_field_that_nothing_defines_is_named_and_stands_in_red(english: Citation) -> None:
    source = '[languages.en]\ntitle = "Certificate of {motto}"\n'
    page = arrange(with_template(source, english))

    assert undefined(read(source)) == (("languages.en.title", "motto"),)
    assert [line.text for line in page.lines if line.ink is Ink.WRONG] == ["Certificate of {motto}"]


def test_a_template_may_have_fields_of_its_own(english: Citation) -> None:
    source = '[values.motto]\nen = "Rivers join"\n\n[languages.en]\ntitle = "{motto}"\n'

    assert undefined(read(source)) == ()
    assert words_in(with_template(source, english))["title"] == "Rivers join"


def test_two_languages_stand_on_one_sheet(english: Citation, korean: Citation) -> None:
    page = arrange(replace(korean, second=replace(english, nominee="Seoul")))
    said = [(line.language, line.text) for line in page.lines if line.part in ("title", "honour", "when")]

    assert said == [
        ("ko", "상장"),
        ("en", "Certificate"),
        ("ko", "최우수상"),
        ("en", "Grand Prize"),
        ("ko", "2026년 11월 20일, 서울"),
        ("en", "Seoul, 20 November 2026"),
    ]
    assert not any(line.box[1] < FRAME or line.box[3] > page.size[1] - FRAME for line in page.lines)


def test_a_sheet_may_stand_upright_and_be_large(english: Citation) -> None:
    pdf = render_certificate(with_template('paper = "A3"\norientation = "portrait"\n', english))
    box = PdfReader(BytesIO(pdf)).pages[0].mediabox

    assert [round(float(it)) for it in box[2:]] == [842, 1191]


def test_an_image_is_drawn_where_the_template_puts_it_and_missed_where_it_is_gone(english: Citation) -> None:
    content, known = png()
    citation = replace(english, design=design_of(read(SEAL), english, {"seal": known}))

    drawn = render_certificate(citation, images={"ab" * 32: content})

    assert len(PdfReader(BytesIO(drawn)).pages[0].images) == 1
    assert render_certificate(citation, images={"ab" * 32: content}) == drawn
    with pytest.raises(ImageMissing):
        render_certificate(citation)


def test_a_print_form_is_larger_than_its_sheet_and_bears_no_signatures(english: Citation) -> None:
    content, known = png()
    source = 'signatures = ["seal"]\n'
    citation = replace(english, design=design_of(read(source), english, {"seal": known}))

    form = PdfReader(BytesIO(render_print_form(citation, images={"ab" * 32: content}, paper="A3"))).pages[0]
    issued = PdfReader(BytesIO(render_certificate(citation, images={"ab" * 32: content}))).pages[0]

    assert (len(form.images), len(issued.images)) == (0, 1)
    assert [round(float(it)) for it in form.mediabox[2:]] == [1276, 927]
    assert "Ada Lindqvist-Moreau" in form.extract_text()


@pytest.mark.parametrize("kind", CertificateKind)
def test_what_no_design_was_frozen_with_is_drawn_by_the_built_in_template(
    kind: CertificateKind, english: Citation
) -> None:
    bare = replace(english, kind=kind)

    assert render_certificate(bare) == render_certificate(replace(bare, design=design_of(built_in(), bare)))


def test_the_built_in_file_reads_as_a_template_over_itself() -> None:
    assert read(BUILT_IN.read_text(encoding="utf-8")) == built_in()

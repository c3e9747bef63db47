"""Lines in every script: read back, in place, in the order of their readers, the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops

from awards.config import ROOT
from awards.documents.lettering import (
    Face,
    chunks,
    clusters,
    draws,
    fonts,
    is_rtl,
    plain,
    settle,
    unprintable,
    width,
)
from awards.documents.lettering.direction import runs
from awards.documents.lettering.faces import assign
from awards.documents.lettering.shaping import line
from judging.programme import LANGUAGES
from tests.awards.documents.pages import (
    pages_of,
    picture_of,
    read,
    read_by_pdfium,
    read_by_poppler,
    read_by_tesseract,
)

NAMES = (
    ("en", "Reykjavík office of fine affairs"),
    ("ko", "서울특별시 데이터전략과"),
    ("zh", "成都市人民政府"),
    ("zh", "臺北市“智慧城市”"),
    ("ar", "بلدية تونس العاصمة"),
    ("ar", "إدارة دار السلام ٢٠٢٦"),
    ("es", "San Fernando, año de la Unión"),
    ("fr", "Issy-les-Moulineaux, cœur de ville"),
    ("ru", "Улаанбаатар, Ульяновск, Київ"),
    ("pt", "São Paulo"),
    ("de", "Frankfurt am Main, große Straße"),
    ("id", "Pemerintah Kabupaten Serang"),
    ("ja", "さいたま市 東京都渋谷区"),
    ("vi", "Thành phố Huế"),
    ("th", "กรุงเทพมหานคร เพื่อน้ำใจ"),
    ("tr", "İzmir Büyükşehir Belediyesi"),
    ("mn", "Улаанбаатар хот өргөө"),
    ("ne", "काठमाडौँ महानगरपालिका"),
    ("bn", "ঢাকা দক্ষিণ সিটি কর্পোরেশন"),
    ("hi", "मुंबई महानगरपालिका श्रीनगर"),
    ("am", "አዲስ አበባ ከተማ"),
)
OTHERS = (
    ("fa", "شهر تهران می\u200cخواهد"),
    ("ur", "اسلام آباد کے شہری"),
    ("he", "תל אביב-יפו"),
    ("dv", "މާލެ"),
    ("el", "Θεσσαλονίκη Ἀθῆναι"),
    ("si", "ශ්\u200dරී ජයවර්ධනපුර කෝට්ටේ"),
    ("ta", "யாழ்ப்பாணம்"),
    ("km", "ភ្នំពេញ"),
    ("lo", "ວຽງຈັນ"),
    ("my", "ရန်ကုန်မြို့"),
    ("ka", "თბილისი"),
    ("hy", "Երևան"),
    ("gu", "અમદાવાદ"),
    ("pa", "ਅੰਮ੍ਰਿਤਸਰ"),
    ("kn", "ಬೆಂಗಳೂರು"),
    ("te", "హైదరాబాద్"),
    ("ml", "തിരുവനന്തപുരം"),
)
VOCALISED = "بَلَدِيَّةُ أَبُو ظَبْيٍ"


def test_every_language_of_a_programme_has_a_name_here() -> None:
    assert {language for language, _ in NAMES} == set(LANGUAGES)


@pytest.mark.parametrize("face", Face)
def test_names_in_every_script_read_back_as_they_are(face: Face) -> None:
    lines = [*NAMES, *OTHERS, ("ar", VOCALISED), ("en", "Ẇ\u0303 d\u0303ȯ x\u0302\u0304")]
    pdf = pages_of(lines, face)

    said = [read(text) for _, text in lines]
    assert read_by_poppler(pdf) == said
    assert read_by_pdfium(pdf) == said


def test_words_of_a_line_that_runs_both_ways_read_back_each_by_itself() -> None:
    lines = (
        ("ar", "مدينة Tunis (تونس) 2026"),
        ("ar", "الجائزة (Grand Prize) 2026"),
        ("en", "Award for تونس (2026)"),
    )
    pdf = pages_of(lines)

    for found in (read_by_poppler(pdf), read_by_pdfium(pdf)):
        for (_, text), words in zip(lines, found, strict=True):
            letters = str.maketrans("()", "  ")
            assert sorted("".join(words.translate(letters).split())) == sorted(
                "".join(text.translate(letters).split())
            )


def test_marks_that_stand_on_each_other_leave_every_letter_where_it_is() -> None:
    bare = "".join(c for c in VOCALISED if not "\u064b" <= c <= "\u0652")
    without, vocalised = (picture_of(pages_of([("ar", text)])) for text in (bare, VOCALISED))

    assert vocalised.size == without.size
    lost = ImageChops.subtract(vocalised, without)
    assert lost.getextrema()[1] < 100, "some ink of the bare letters is paper now"
    added = ImageChops.subtract(without, vocalised).point(lambda grey: 255 if grey > 128 else 0).getbbox()
    assert added is not None
    left, top, right, bottom = added
    assert 80 <= left < right <= without.width - 80
    assert top > 0
    assert bottom < without.height


@pytest.mark.parametrize(
    ("language", "trained", "text"),
    [("ko", "kor", "시민이 함께 만드는 열린 데이터 광장"), ("ar", "ara", "بلدية تونس العاصمة")],
)
@pytest.mark.parametrize("face", [Face.SANS, Face.SERIF_BOLD])
def test_tesseract_reads_what_is_seen(
    face: Face, language: str, trained: str, text: str, tmp_path: Path
) -> None:
    assert read_by_tesseract(pages_of([(language, text)], face), trained, tmp_path) == text


def seen(text: str, language: str = "") -> list[str]:
    """The parts of a line from left to right, each as it is said."""
    return [text[start:end] for start, end, _ in runs(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("Award for تونس in 2026", "en", ["Award for ", "تونس", " in 2026"]),
        ("مدينة Tunis الجديدة", "ar", [" الجديدة", "Tunis", "مدينة "]),
        ("جائزة ٢٠٢٦ الكبرى", "ar", [" الكبرى", "٢٠٢٦", "جائزة "]),
        ("تونس 2026/11", "ar", ["2026/11", "تونس "]),
        ("تونس.", "ar", ["تونس."]),
        ("تونس.", "en", ["تونس", "."]),
        ("تونس.", "", ["تونس."]),
        ("Tunis!", "ar", ["!", "Tunis"]),
        ("서울 (Seoul)", "ko", ["서울 (Seoul)"]),
        ("Tunis (Tunisia) تونس", "ar", [" تونس", "Tunis (Tunisia)"]),
        ("Tunis (تونس [a]) b", "en", ["Tunis (", "تونس", " [a]) b"]),
        ("می\u200cخواهد", "fa", ["می\u200cخواهد"]),
        ("", "ar", []),
    ],
)
def test_a_line_runs_as_its_language_does_and_its_parts_as_theirs(
    text: str, language: str, parts: list[str]
) -> None:
    assert seen(text, language) == parts


def drawn(text: str, language: str) -> list[int]:
    """The numbers of the glyphs of a line, from left to right."""
    stretches = (stretch for run in line(text, Face.SANS, language).runs for stretch in run.stretches)
    return [number for it in stretches for part in it.parts if isinstance(part, tuple) for number, _ in part]


def test_brackets_open_towards_what_they_hold() -> None:
    [opening] = drawn("(", "en")
    [closing] = drawn(")", "en")
    alef = drawn("ا", "ar")

    for language in ("ar", "en", ""):
        assert drawn("(ا)", language) == [opening, *alef, closing]


def test_some_languages_run_to_the_left() -> None:
    assert [tag for tag in (*LANGUAGES, "ar-EG", "fa", "he") if is_rtl(tag)] == ["ar", "ar-EG", "fa", "he"]


def families(text: str, language: str, face: Face = Face.SANS) -> set[str]:
    return {font.family for font in assign(text, settle(face, text), language)}


def test_ideographs_take_the_form_of_the_language_they_stand_in() -> None:
    assert families("直骨", "zh") == {"NotoSansSC"}
    assert families("直骨", "ja") == {"NotoSansJP"}
    assert families("直骨", "ko") == {"NotoSansKR"}
    assert families("直骨", "en") == {"NotoSansSC"}
    assert families("直の骨", "en") == {"NotoSansJP"}
    assert families("서울直骨", "en") == {"NotoSansKR"}


def test_a_rare_name_in_bold_borrows_the_lighter_letter() -> None:
    assert [font.name for font in assign("李喆堃龘", Face.SANS_BOLD, "zh")][-1] == "NotoSansSC-Regular"


def test_serifs_are_kept_where_the_script_has_them() -> None:
    assert families("Tunis تونس", "en", Face.SERIF) == {"NotoSerif", "NotoNaskhArabic"}
    assert families("Bangkok กรุงเทพ", "en", Face.SERIF) == {"NotoSerif", "NotoSerifThai"}
    assert families("Seoul 서울", "en", Face.SERIF) == {"NotoSans", "NotoSansKR"}


def test_spaces_and_points_stand_with_the_letters_before_them() -> None:
    assert families("نص عربي، هنا", "ar") == {"NotoNaskhArabic"}
    assert [font.family for font in assign("成都“开放”——b", Face.SANS, "zh")][2:3] == ["NotoSansSC"]


def test_every_font_can_be_asked_for_and_every_one_that_is_asked_for_exists() -> None:
    assert {name.rpartition("-")[0] for name in fonts.names()} == set(fonts.FAMILIES)
    assert len(fonts.names()) == 2 * len(fonts.FAMILIES)


def test_the_fonts_stay_light_and_come_with_their_licences() -> None:
    assert sum(path.stat().st_size for path in fonts.PACKED.glob("*.*")) < 12_500_000
    for licence in fonts.PACKED.glob("OFL-*.txt"):
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text()


def test_characters_that_no_font_draws_are_named_once() -> None:
    assert unprintable(["\U00020bb7 Tunis \U00020bb7", "Ꮳ تونس \x07"]) == ("\U00020bb7", "Ꮳ", "\x07")
    assert [c for _, text in (*NAMES, *OTHERS) for c in plain(text) if not draws(c)] == []


def test_joiners_stay_between_the_letters_that_need_them_only() -> None:
    assert plain("می\u200cخواهد") == "می\u200cخواهد"
    assert plain("ශ්\u200dරී") == "ශ්\u200dරී"
    assert plain("Tu\u200cnis\u200d \u200fتونس\u200d") == "Tunis تونس"


def pieces_of(text: str) -> list[str]:
    return [piece for _, piece in chunks(text)]


def test_lines_break_where_readers_of_the_script_would() -> None:
    assert list(chunks("the open city")) == [(" ", "the"), (" ", "open"), (" ", "city")]
    assert list(chunks("열린 도시")) == [(" ", "열린"), (" ", "도시")]
    assert pieces_of(f"「成都市」，{'开放' * 9}")[:5] == ["「成", "都", "市」，", "开", "放"]
    assert pieces_of(f"เก่า\u00a0น้ำ{'กรุงเทพ' * 4}")[:6] == ["เก่า\u00a0น้ำ", "ก", "รุ", "ง", "เท", "พ"]
    assert pieces_of("成都市大数据管理局 เทศบาลนครกรุงเทพ") == ["成都市大数据管理局", "เทศบาลนครกรุงเทพ"]
    assert list(clusters("ক্ষীe\u0301")) == ["ক্", "ষী", "e\u0301"]


ALONE = """
import sys, types
for name in ("awards", "awards.documents"):  # without all that the application loads
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [name.replace(".", "/")]
from tests.awards.documents.pages import pages_of
sys.stdout.buffer.write(pages_of(eval(sys.stdin.buffer.read().decode())))
"""


def test_the_same_lines_are_the_same_bytes_whatever_was_drawn_before() -> None:
    pages_of(reversed(OTHERS))

    elsewhere = subprocess.run(
        [sys.executable, "-c", ALONE],
        input=repr(NAMES).encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert pages_of(NAMES) == elsewhere.stdout


@given(st.text(max_size=30), st.sampled_from(["", "en", "ar", "zh"]), st.sampled_from(Face))
def test_any_text_is_drawn_somehow(text: str, language: str, face: Face) -> None:
    assert width(text, face, 10, language) >= 0
    assert sorted(
        place for start, end, _ in runs(plain(text), language) for place in range(start, end)
    ) == list(range(len(plain(text))))
    assert pages_of([(language, text)], face).startswith(b"%PDF")


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(fonts, "UNPACKED", tmp_path / "unpacked")
    return tmp_path / "unpacked"


def test_a_font_that_is_missing_is_unpacked_whole_by_many_at_a_time(empty: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: len(fonts.Font("NotoSansThai-Bold").points), range(8)))

    assert found == [101] * 8
    assert [path.name for path in empty.iterdir()] == ["NotoSansThai-Bold.ttf"]


def test_a_font_is_unpacked_for_the_process_alone_where_nothing_may_be_written(empty: Path) -> None:
    empty.write_text("a file where the folder should be")

    assert len(fonts.Font("NotoSansThai-Bold").points) == 101


def test_a_packed_font_that_changed_is_unpacked_again(empty: Path) -> None:
    empty.mkdir()
    old = empty / "NotoSansThai-Bold.ttf"
    old.write_bytes(b"an older one")
    os.utime(old, (0, 0))

    assert len(fonts.Font("NotoSansThai-Bold").points) == 101

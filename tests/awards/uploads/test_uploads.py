"""What may be uploaded: five kinds, proved by their structure; everything else is refused for a reason."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from awards.uploads import PICTURES, Kind, Refusal, UploadRefused, clean_name, inspect, office, pdf
from awards.uploads.values import MOST_BYTES, MOST_PIXELS, Budget
from tests.awards.uploads import samples
from tests.awards.uploads.samples import OLE, SCRIPT

ROOT = Path(__file__).parents[3]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ODT = samples.zipped(mimetype=b"application/vnd.oasis.opendocument.text")

BAD: dict[str, tuple[str, Callable[[], bytes], Refusal, int | Kind]] = {
    "empty": ("letter.pdf", lambda: b"", Refusal.EMPTY, 0),
    "too large": ("letter.pdf", lambda: b"%PDF-" + bytes(11 << 20), Refusal.TOO_LARGE, (11 << 20) + 5),
    "text": ("letter.txt", lambda: b"Dear Sir or Madam", Refusal.TYPE, Kind.TEXT),
    "noise": ("letter.pdf", lambda: bytes(range(1, 256)) * 30, Refusal.TYPE, Kind.UNKNOWN),
    "GIF as PNG": ("logo.png", lambda: samples.picture("GIF"), Refusal.TYPE, Kind.GIF),
    "WebP as JPEG": ("photo.jpg", lambda: samples.picture("WEBP"), Refusal.TYPE, Kind.WEBP),
    "TIFF": ("scan.tif", lambda: samples.picture("TIFF"), Refusal.TYPE, Kind.TIFF),
    "BMP": ("scan.bmp", lambda: samples.picture("BMP"), Refusal.TYPE, Kind.BMP),
    "HEIC": ("photo.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(50), Refusal.TYPE, Kind.HEIC),
    "video": ("film.mp4", lambda: b"\0\0\0\x18ftypisom" + bytes(50), Refusal.TYPE, Kind.VIDEO),
    "SVG as PNG": ("logo.png", lambda: SVG, Refusal.TYPE, Kind.SVG),
    "SVG as PDF": ("logo.pdf", lambda: b'<?xml version="1.0"?>\n' + SVG, Refusal.TYPE, Kind.SVG),
    "HTML as PDF": ("letter.pdf", lambda: b"\n\n<!DOCTYPE html>" + SCRIPT, Refusal.TYPE, Kind.HTML),
    "HTML in UTF-16": ("a.png", lambda: SCRIPT.decode().encode("utf-16"), Refusal.TYPE, Kind.HTML),
    "XML": ("data.xml", lambda: b"<?xml version='1.0'?><data/>", Refusal.TYPE, Kind.XML),
    "program": ("letter.pdf", lambda: b"MZ\x90\0" + bytes(400), Refusal.TYPE, Kind.PROGRAM),
    "script": ("letter.docx", lambda: b"#!/bin/sh\necho made up", Refusal.TYPE, Kind.SCRIPT),
    "ZIP as DOCX": ("letter.docx", lambda: samples.zipped(letter=b"hello"), Refusal.TYPE, Kind.ZIP),
    "RAR": ("letter.pdf", lambda: b"Rar!\x1a\x07\0" + bytes(50), Refusal.TYPE, Kind.ARCHIVE),
    "old Word": ("letter.docx", lambda: OLE + bytes(600), Refusal.TYPE, Kind.OLD_OFFICE),
    "Hangul": ("승인서.hwp", lambda: OLE + bytes(60) + b"HWP Document File", Refusal.TYPE, Kind.HANGUL),
    "OpenDocument": ("letter.odt", lambda: ODT, Refusal.TYPE, Kind.OPEN_DOCUMENT),
    "PDF as DOCX": ("letter.docx", samples.pdf, Refusal.NAME_DIFFERS, Kind.PDF),
    "DOCX as PDF": ("letter.pdf", samples.word, Refusal.NAME_DIFFERS, Kind.DOCX),
    "JPEG as PDF": ("letter.pdf", lambda: samples.picture("JPEG"), Refusal.NAME_DIFFERS, Kind.JPEG),
    "PDF as program": ("letter.exe", samples.pdf, Refusal.NAME_DIFFERS, Kind.PDF),
    "JPEG and ZIP": (
        "photo.jpg",
        lambda: samples.picture("JPEG") + samples.zipped(made_up=b"x"),
        Refusal.POLYGLOT,
        Kind.JPEG,
    ),
    "PNG and HTML": ("a.png", lambda: samples.picture("PNG") + SCRIPT, Refusal.POLYGLOT, Kind.PNG),
    "PDF and HTML": (
        "letter.pdf",
        lambda: samples.pdf().replace(b"\n", b"\n%" + SCRIPT + b"\n", 1),
        Refusal.POLYGLOT,
        Kind.PDF,
    ),
    "PDF with HTML behind": ("a.pdf", lambda: samples.pdf() + SCRIPT, Refusal.POLYGLOT, Kind.PDF),
    "PDF and ZIP": ("a.pdf", lambda: samples.pdf() + samples.zipped(a=b"x"), Refusal.POLYGLOT, Kind.PDF),
    "ZIP and PDF": (
        "letter.docx",
        lambda: samples.begun_with(samples.word(), samples.pdf()),
        Refusal.POLYGLOT,
        Kind.ZIP,
    ),
    "DOCX with a comment": ("letter.docx", lambda: commented(samples.word()), Refusal.POLYGLOT, Kind.ZIP),
    "PDF with a password": (
        "letter.pdf",
        lambda: samples.encrypted_pdf(user="secret"),
        Refusal.ENCRYPTED,
        Kind.PDF,
    ),
    "DOCX with a password": (
        "letter.docx",
        lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(60),
        Refusal.ENCRYPTED,
        Kind.DOCX,
    ),
    "PNG cut off": ("a.png", lambda: samples.picture("PNG")[:-300], Refusal.BROKEN, Kind.PNG),
    "JPEG cut off": ("a.jpg", lambda: samples.picture("JPEG")[:-900], Refusal.BROKEN, Kind.JPEG),
    "PDF cut off": ("a.pdf", lambda: samples.pdf(pages=20)[:-300], Refusal.BROKEN, Kind.PDF),
    "DOCX cut off": ("a.docx", lambda: samples.word()[:-900], Refusal.BROKEN, Kind.DOCX),
    "DOCX with a torn table of contents": (
        "a.docx",
        lambda: samples.rezipped(samples.word(), replace={"[Content_Types].xml": (b"</Types>", b"")}),
        Refusal.BROKEN,
        Kind.DOCX,
    ),
    "PDF without pages": ("a.pdf", lambda: samples.pdf(pages=0), Refusal.BROKEN, Kind.PDF),
    "pixel bomb": ("a.png", samples.pixel_bomb, Refusal.TOO_MANY_PIXELS, 100_000_000),
    "zip bomb": ("a.docx", samples.swollen_document, Refusal.BOMB, 0),
    "zip bomb that lies": ("a.docx", samples.lying_document, Refusal.BROKEN, Kind.DOCX),
    "archives in archives": ("a.docx", samples.nested_archives, Refusal.BOMB, 0),
    "too many members": (
        "a.docx",
        lambda: samples.rezipped(samples.word(), {f"word/{n}.xml": b"<a/>" for n in range(2001)}),
        Refusal.BOMB,
        0,
    ),
    "a way out of the archive": (
        "a.docx",
        lambda: samples.rezipped(samples.word(), {"../../evil.xml": b"<a/>"}),
        Refusal.BOMB,
        0,
    ),
    "entity bomb": ("a.docx", samples.entity_bomb, Refusal.BOMB, 0),
    "document type in a part": (
        "a.xlsx",
        lambda: samples.rezipped(samples.excel(), {"xl/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
        Refusal.BOMB,
        0,
    ),
    "PDF bomb": ("a.pdf", samples.swollen_pdf, Refusal.BOMB, 0),
    "PDF bomb to be opened": ("a.pdf", lambda: samples.swollen_pdf(kind="ObjStm"), Refusal.BOMB, 0),
    "PDF bomb packed twice": ("a.pdf", lambda: samples.swollen_pdf(400, times=2), Refusal.BOMB, 2),
    "PDF of many pages": ("a.pdf", lambda: samples.pdf(pages=501), Refusal.BOMB, 501),
    "macros": ("a.docm", samples.macro_document, Refusal.MACROS, 0),
    "macros as DOCX": ("a.docx", samples.macro_document, Refusal.MACROS, 0),
    "macros in a plain DOCX": (
        "a.docx",
        lambda: samples.rezipped(samples.word(), {"word/vbaProject.bin": OLE}),
        Refusal.MACROS,
        0,
    ),
    "PDF with script": ("a.pdf", lambda: samples.pdf(samples.script_in_pdf), Refusal.ACTIVE, Kind.PDF),
    "PDF with launch": ("a.pdf", lambda: samples.pdf(samples.launch_in_pdf), Refusal.ACTIVE, Kind.PDF),
    "PDF with a file": ("a.pdf", lambda: samples.pdf(samples.file_in_pdf), Refusal.ACTIVE, Kind.PDF),
    "PDF with XFA": ("a.pdf", lambda: samples.pdf(samples.form_in_pdf), Refusal.ACTIVE, Kind.PDF),
    "embedded object": (
        "a.docx",
        lambda: samples.rezipped(samples.word(), {"word/embeddings/oleObject1.bin": OLE}),
        Refusal.ACTIVE,
        0,
    ),
    "DDE": (
        "a.docx",
        lambda: samples.rezipped(
            samples.word(), {"word/x.xml": b"<w:instrText> DDEAUTO c:\\\\x</w:instrText>"}
        ),
        Refusal.ACTIVE,
        0,
    ),
    "template elsewhere": (
        "a.xlsx",
        lambda: samples.related(
            samples.excel(), "xl/_rels/workbook.xml.rels", "attachedTemplate", "https://evil.example/t.xltm"
        ),
        Refusal.EXTERNAL,
        0,
    ),
    "template on a share": (
        "a.docx",
        lambda: samples.related(
            samples.word(),
            "word/_rels/settings.xml.rels",
            "attachedTemplate",
            r"file:///\\evil.example\t.dotx",
        ),
        Refusal.EXTERNAL,
        0,
    ),
    "object elsewhere": (
        "a.docx",
        lambda: samples.related(
            samples.word(), "word/_rels/document.xml.rels", "oleObject", "http://evil.example/o"
        ),
        Refusal.EXTERNAL,
        0,
    ),
    "link to a script": (
        "a.docx",
        lambda: samples.related(
            samples.word(), "word/_rels/document.xml.rels", "hyperlink", "javascript:alert(1)"
        ),
        Refusal.EXTERNAL,
        0,
    ),
}


def commented(content: bytes) -> bytes:
    target = BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = SCRIPT
    return target.getvalue()


@pytest.mark.parametrize("sample", BAD)
def test_a_bad_file_is_refused_for_its_reason(sample: str) -> None:
    name, content, refusal, found = BAD[sample]

    with pytest.raises(UploadRefused) as caught:
        inspect(name, content())

    assert caught.value.refusal is refusal
    if found:
        assert caught.value.found == found


def test_a_field_of_pictures_takes_pictures_only() -> None:
    with pytest.raises(UploadRefused) as caught:
        inspect("letter.pdf", samples.pdf(), kinds=PICTURES)

    assert (caught.value.refusal, caught.value.found) == (Refusal.TYPE, Kind.PDF)


@pytest.mark.parametrize(
    ("name", "content", "suffix"),
    [
        ("시청 승인서.pdf", samples.pdf, ".pdf"),
        ("خطاب الموافقة.docx", samples.word, ".docx"),
        ("Показатели.xlsx", samples.excel, ".xlsx"),
        ("REPORT.PDF", lambda: samples.pdf(samples.link_in_pdf, linearize=True), ".pdf"),
        ("locked.pdf", lambda: samples.encrypted_pdf(user=""), ".pdf"),
        (
            "template.docx",
            lambda: samples.related(
                samples.word(),
                "word/_rels/settings.xml.rels",
                "attachedTemplate",
                r"file:///C:\Users\me\t.dotx",
            ),
            ".docx",
        ),
        (
            "chart.docx",
            lambda: samples.rezipped(samples.word(), {"word/embeddings/Sheet1.xlsx": samples.excel()}),
            ".docx",
        ),
    ],
)
def test_documents_are_kept_byte_for_byte(name: str, content: Callable[[], bytes], suffix: str) -> None:
    sent = content()

    taken = inspect(name, sent)

    assert (taken.name, taken.suffix, taken.content) == (name, suffix, sent)


def test_an_embedded_workbook_is_looked_through_as_well() -> None:
    inner = samples.rezipped(samples.excel(), {"xl/vbaProject.bin": OLE})

    with pytest.raises(UploadRefused) as caught:
        inspect("chart.docx", samples.rezipped(samples.word(), {"word/embeddings/Sheet1.xlsx": inner}))

    assert caught.value.refusal is Refusal.MACROS


def test_what_is_kept_still_opens() -> None:
    assert docx.Document(BytesIO(inspect("a.docx", samples.word()).content)).paragraphs
    assert openpyxl.load_workbook(BytesIO(inspect("a.xlsx", samples.excel()).content)).active["A1"].value


def test_a_photograph_forgets_where_it_was_taken_and_stands_upright() -> None:
    sent = samples.located_jpeg()
    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    assert samples.HIDDEN in sent

    taken = inspect("IMG_0001.JPG", sent)

    kept = Image.open(BytesIO(taken.content))
    kept.load()
    assert (kept.size, taken.width, taken.height) == ((200, 320), 200, 320)
    assert not kept.getexif()
    assert "comment" not in kept.info
    assert b"Photographer" not in taken.content
    assert samples.HIDDEN not in taken.content


def test_what_hangs_on_a_photograph_is_left_behind() -> None:
    """Phones hang a film behind a picture, and that is no reason to refuse it."""
    taken = inspect("motion.jpg", samples.picture("JPEG") + samples.HIDDEN * 100)

    assert samples.HIDDEN not in taken.content


@pytest.mark.parametrize(
    ("form", "mode", "kept"),
    [
        ("JPEG", "RGB", "RGB"),
        ("JPEG", "L", "L"),
        ("JPEG", "CMYK", "RGB"),
        ("PNG", "1", "L"),
        ("PNG", "P", "RGB"),
        ("PNG", "LA", "RGBA"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "I;16", "L"),
    ],
)
def test_every_kind_of_colour_becomes_one_that_browsers_show(form: str, mode: str, kept: str) -> None:
    taken = inspect(f"a.{form.lower()}", samples.picture(form, mode=mode))

    for content in (taken.content, taken.small):
        found = Image.open(BytesIO(content))
        found.load()
        assert found.width <= 320
    assert Image.open(BytesIO(taken.content)).mode == kept


def test_a_moving_picture_stands_still() -> None:
    moving = samples.picture("PNG", frames=3)
    assert Image.open(BytesIO(moving)).n_frames == 3  # type: ignore[attr-defined]

    taken = inspect("moving.png", moving)

    assert getattr(Image.open(BytesIO(taken.content)), "n_frames", 1) == 1


def test_a_very_long_picture_is_scaled_down() -> None:
    taken = inspect("panorama.jpg", samples.picture("JPEG", size=(12_000, 600)))

    assert (taken.width, taken.height) == (6000, 300)
    assert MOST_PIXELS > 12_000 * 600


@pytest.mark.parametrize("name", ["photo.png", "photo.heic", "photo", "사진.jpeg", "v1.2"])
def test_a_picture_is_taken_under_its_real_ending(name: str) -> None:
    taken = inspect(name, samples.picture("JPEG"), kinds=PICTURES)

    assert taken.suffix == ".jpg"
    assert taken.name.endswith((".jpg", ".jpeg"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("시청 승인서.pdf", "시청 승인서.pdf"),
        ("خطاب.pdf", "خطاب.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\letter.pdf", "letter.pdf"),
        ("letter\u202efdp.exe", "letterfdp.exe"),
        ("let\0ter\r\nX-Injected: 1.pdf", "letter X-Injected_ 1.pdf"),
        ("\ud800letter.pdf", "letter.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("  ..  ", "file"),
        ("", "file"),
        ("/", "file"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("a" * 300 + ".pdf", "a" * 115 + "….pdf"),
        ("\u0915\u094d\u200d\u0937.pdf", "\u0915\u094d\u200d\u0937.pdf"),
    ],
)
def test_a_name_is_cleaned_and_never_a_reason_to_refuse(name: str, shown: str) -> None:
    assert clean_name(name) == shown


def test_a_strange_name_is_taken_with_its_file() -> None:
    name = "../../\u202e" + "승" * 400 + "\0.pdf"

    assert inspect(name, samples.pdf()).name == "승" * 115 + "….pdf"


GOOD = {
    "a.pdf": samples.pdf(samples.link_in_pdf),
    "a.jpg": samples.picture("JPEG", size=(64, 48)),
    "a.png": samples.picture("PNG", size=(64, 48)),
    "a.docx": samples.word(),
    "a.xlsx": samples.excel(),
}


@given(st.sampled_from(sorted(GOOD)), st.data())
@settings(max_examples=max(100, settings().max_examples // 10))
def test_a_mangled_file_is_taken_or_refused_and_nothing_else(name: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[name])
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    try:
        taken = inspect(name, bytes(content))
    except UploadRefused:
        return
    assert 0 < len(taken.content) <= MOST_BYTES


@given(
    st.text(), st.binary(max_size=200), st.sampled_from([b"", b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff", OLE])
)
def test_any_name_and_any_bytes_are_answered(name: str, content: bytes, start: bytes) -> None:
    with pytest.raises(UploadRefused):
        inspect(name, start + content)
    assert clean_name(name).isprintable() or "\u200c" in clean_name(name) or "\u200d" in clean_name(name)


BOMBS = """
import resource, sys, time
from awards.uploads import UploadRefused, inspect
from tests.awards.uploads import samples
bombs = {
    "a.png": samples.pixel_bomb(), "b.docx": samples.swollen_document(), "c.docx": samples.nested_archives(),
    "d.pdf": samples.swollen_pdf(), "e.pdf": samples.swollen_pdf(kind="ObjStm"), "f.docx": samples.entity_bomb(),
    "g.pdf": samples.swollen_pdf(400, times=2), "h.pdf": samples.swollen_pdf(400, times=2, kind="ObjStm"),
}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
for name, content in bombs.items():
    try:
        inspect(name, content)
    except UploadRefused:
        continue
    sys.exit(f"{name} was taken")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, time.process_time() - started)
"""


def test_bombs_cost_neither_memory_nor_time() -> None:
    """Measured in a process of their own: none of gigabytes that they stand for is ever held."""
    done = subprocess.run(
        [sys.executable, "-c", BOMBS], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stderr
    megabytes, seconds = map(float, done.stdout.split())
    assert megabytes < 400
    assert seconds < 20


@pytest.mark.parametrize("content", [samples.chained_pdf, samples.unending_pdf])
def test_streams_through_streams_end_at_the_budget_of_the_file(content: Callable[[], bytes]) -> None:
    made = content()
    budget = Budget(pdf.MOST_UNPACKED)

    with pytest.raises(UploadRefused) as refused:
        pdf.check(made, budget)

    assert refused.value.refusal is Refusal.BOMB
    assert budget.unpacked <= pdf.MOST_UNPACKED + (pdf.TRIED + 1) * 1024 * 1024


def test_the_archives_of_a_document_are_counted_together() -> None:
    budget = Budget(office.MOST_UNPACKED, office.MOST_INNER)

    with pytest.raises(UploadRefused) as refused:
        office.check(samples.document_of_workbooks(office.MOST_INNER + 1), budget)

    assert (refused.value.refusal, refused.value.limit) == (Refusal.BOMB, office.MOST_INNER)
    assert budget.unpacked < office.MOST_UNPACKED
    office.check(samples.document_of_workbooks(office.MOST_INNER))


def test_what_the_archives_of_a_document_unpack_to_is_counted_together() -> None:
    made = samples.document_of_workbooks(20, each=15_000_000)
    with pytest.raises(UploadRefused) as refused:
        office.check(made)

    assert (refused.value.refusal, refused.value.limit) == (Refusal.BOMB, office.MOST_UNPACKED)

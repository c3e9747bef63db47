"""Files as people and attackers send them, made when a test asks for them."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pikepdf
from PIL import Image, ImageDraw

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SCRIPT = b"<html><script>alert('made up')</script></html>"
HIDDEN = b"THE-HIDDEN-PAYLOAD"


def picture(
    form: str, size: tuple[int, int] = (320, 200), mode: str = "RGB", frames: int = 1, **options: Any
) -> bytes:
    """A drawn picture: a circle on a ground."""
    drawn = Image.new(mode, size)
    ImageDraw.Draw(drawn).ellipse((20, 20, 150, 150), fill=200 if mode in ("L", "I;16") else None)
    target = BytesIO()
    more = {"save_all": True, "append_images": [drawn.rotate(90 * n) for n in range(1, frames)]}
    drawn.save(target, form, **options, **(more if frames > 1 else {}))
    return target.getvalue()


def located_jpeg() -> bytes:
    """A photograph lying on its side that says where it was taken, by whom, and with a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Example Photographer"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (37.0, 33.0, 59.0)
    return picture("JPEG", exif=exif, comment=HIDDEN)


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, *, pages: int = 1, **options: Any) -> bytes:
    """A PDF with empty pages, changed before it is written."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
        if change:
            change(document)
        target = BytesIO()
        document.save(target, **options)
    return target.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Approval of the invented city", level=1)
    document.add_paragraph("The city supports the nomination.")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def excel() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Indicator", "Baseline", "Value"])
    book.active["D1"] = "source"
    book.active["D1"].hyperlink = "https://city.example/report"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def rezipped(
    content: bytes,
    add: Mapping[str, bytes] | None = None,
    *,
    replace: Mapping[str, tuple[bytes, bytes]] | None = None,
    without: str = "",
) -> bytes:
    """An archive written again with members added, text in members replaced, or a member left out."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != without:
                before, after = (replace or {}).get(entry.filename, (b"", b""))
                text = old.read(entry)
                assert before in text, before
                new.writestr(entry.filename, text.replace(before, after, 1) if before else text)
        for name, text in (add or {}).items():
            new.writestr(name, text)
    return target.getvalue()


def begun_with(content: bytes, first: bytes) -> bytes:
    """An archive whose first member is stored as it is, so that another reader finds it at the beginning."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        new.writestr("first", first)
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    return target.getvalue()


def related(content: bytes, part: str, kind: str, target: str, *, mode: str = "External") -> bytes:
    """An Office file with one more relationship."""
    schema = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="rIdX" Type="{schema}/{kind}" Target="{target}" TargetMode="{mode}"/>'.encode()
    end = b"</Relationships>"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if part in archive.namelist():
            return rezipped(content, replace={part: (end, one + end)})
    head = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return rezipped(content, {part: head + one + end})


def zipped(**members: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return target.getvalue()


def macro_document() -> bytes:
    kind = b"wordprocessingml.document.main+xml"
    name = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    assert kind in name
    return rezipped(
        word(), {"word/vbaProject.bin": OLE + HIDDEN}, replace={"[Content_Types].xml": (name, macro)}
    )


@cache
def nested_archives(levels: int = 4, each: int = 8) -> bytes:
    """A document with archives in archives, as 42.zip has them."""
    inner = zipped(zeros=bytes(4 * 1024 * 1024))
    for level in range(levels):
        inner = zipped(**{f"lib{level}-{number}.zip": inner for number in range(each)})
    return rezipped(word(), {"word/media/lib.zip": inner})


@cache
def swollen_document(megabytes: int = 300) -> bytes:
    """A document of a few hundred kilobytes that unpacks to hundreds of megabytes of text."""
    target = BytesIO(word())
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/big.xml", "w") as one,
    ):
        for _ in range(megabytes):
            one.write(b" " * 1024 * 1024)
    return target.getvalue()


def lying_document() -> bytes:
    """A swollen document whose directory says that its member is small."""
    content = bytearray(swollen_document(40))
    place = content.rfind(b"word/big.xml") - 46
    size = struct.unpack("<I", content[place + 24 : place + 28])[0]
    assert size == 40 * 1024 * 1024
    content[place + 24 : place + 28] = struct.pack("<I", 100)
    return bytes(content)


def entity_bomb() -> bytes:
    """A document whose table of contents is a billion laughs."""
    lines = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    declared = b'<!DOCTYPE Types [<!ENTITY l0 "lol">' + lines + b"]><Types"
    return rezipped(word(), replace={"[Content_Types].xml": (b"<Types", declared)})


def chunk(kind: bytes, text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + kind + text + struct.pack(">I", zlib.crc32(kind + text))


@cache
def pixel_bomb(edge: int = 10_000) -> bytes:
    """A PNG of a few kilobytes with a hundred million pixels."""
    packed, row = zlib.compressobj(9), bytes(1 + edge // 8)
    rows = b"".join(packed.compress(row) for _ in range(edge)) + packed.flush()
    header = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@cache
def zeros(megabytes: int, *, times: int = 1) -> bytes:
    """Nothing at all, packed once or more often."""
    packed = zlib.compressobj(9)
    found = b"".join(packed.compress(bytes(1024 * 1024)) for _ in range(megabytes)) + packed.flush()
    for _ in range(times - 1):
        found = zlib.compress(found, 9)
    return found


def swollen_pdf(megabytes: int = 700, *, times: int = 1, kind: str = "") -> bytes:
    """A PDF with a stream that unpacks to hundreds of megabytes, read or, as an object stream, needed to open it."""
    content = zeros(megabytes, times=times)
    filters = b"[" + b"/FlateDecode " * times + b"]"
    body = bytearray(b"%PDF-1.5\n")
    objects = [
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/Piece 4 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n",
        b"4 0 obj\n<<%s/Filter %s/Length %d>>\nstream\n%s\nendstream\nendobj\n"
        % (b"/Type/ObjStm/N 1/First 4" if kind == "ObjStm" else b"", filters, len(content), content),
    ]
    places = []
    for one in objects:
        places.append(len(body))
        body += one
    entries = [b"\0" + bytes(4) + b"\xff", *(b"\1" + struct.pack(">I", place) + b"\0" for place in places)]
    if kind == "ObjStm":
        entries[3] = b"\2" + struct.pack(">I", 4) + b"\0"
    start = len(body)
    entries.append(b"\1" + struct.pack(">I", start) + b"\0")
    table = b"".join(entries)
    body += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    body += table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(body)


def encrypted_pdf(*, user: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(user=user, owner="owner"))


def script_in_pdf(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('made up')")


def launch_in_pdf(document: pikepdf.Pdf) -> None:
    document.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="made-up.exe"))


def file_in_pdf(document: pikepdf.Pdf) -> None:
    document.attachments["made-up.txt"] = b"made up"


def form_in_pdf(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA="<xdp/>")


def link_in_pdf(document: pikepdf.Pdf) -> None:
    """What letters hold: a title and a link to be clicked, and a page to begin on."""
    document.docinfo["/Title"] = "시청 승인서"
    document.pages[0].Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Link,
                Rect=[0, 0, 10, 10],
                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://city.example/"),
            )
        ]
    )
    document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])


def chained_pdf(bytes_long: int = 9_500_000) -> bytes:
    """Every "stream" begins a chain of tiny stored blocks that runs through all the others."""
    link = b"stream\n\x78\x01" + b"\0\x09\0\xf6\xff"
    return b"%PDF-1.4\n" + link * (bytes_long // len(link)) + b"\nendstream\nstartxref\n0\n%%EOF\n"


def unending_pdf(bytes_long: int = 9_500_000) -> bytes:
    """Streams begin, and none ends."""
    return b"%PDF-1.4\n" + b"stream\n" * (bytes_long // 7) + b"\nstartxref\n0\n%%EOF\n"


def document_of_workbooks(number: int, *, each: int = 0) -> bytes:
    """A document with workbooks inside, each of `each` bytes more when it is unpacked."""
    workbook = rezipped(excel(), {"xl/more.xml": b"<a/>" + b" " * each}) if each else excel()
    return rezipped(word(), {f"word/embeddings/{n}.xlsx": workbook for n in range(number)})
